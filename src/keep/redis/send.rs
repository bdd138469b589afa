//! Commands to Redis and their answers, over an open connection.

use ::redis::aio::{ConnectionLike, MultiplexedConnection};
use ::redis::{FromRedisValue, Pipeline, RedisError, RedisResult, Value};

/// Sends commands. The first error among the answers keeps its code, which the library's own way loses.
pub(super) async fn send<T: FromRedisValue>(
    commands: &Pipeline,
    mut connection: MultiplexedConnection,
) -> RedisResult<T> {
    let answers = connection.req_packed_commands(commands, 0, commands.len()).await?;
    let refused = answers.iter().find_map(|answer| match answer {
        Value::ServerError(error) => Some(RedisError::from(error.clone())),
        _ => None,
    });
    match refused {
        Some(error) => Err(error),
        None => Ok(T::from_redis_value(Value::Array(answers))?),
    }
}
