//! The broker's answers to one request, each a frame. Short ones travel together.

use std::io;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use zeroize::Zeroizing;

use super::frame::Frame;
use super::message::{Answer, Numbered, OutcomeMessage};
use super::value;
use crate::secret::{Outcome, SecretId};

/// How many bytes travel together at most.
const BATCH: usize = 16 << 10;

/// The answers to one request. The last of them is [`Answer::Done`].
pub(super) struct Reply<'s> {
    stream: &'s mut UnixStream,
    number: u64,
    /// The frames that are not sent yet. It never grows: growing would leave a copy of the values behind.
    batch: Zeroizing<Vec<u8>>,
}

impl<'s> Reply<'s> {
    /// The answers to the request of this number.
    pub(super) fn new(stream: &'s mut UnixStream, number: u64) -> Self {
        Self { stream, number, batch: Zeroizing::new(Vec::with_capacity(BATCH)) }
    }

    /// Sends the outcome of reading a secret, at once or with the answers behind it.
    pub(super) async fn add_outcome(&mut self, id: &SecretId, outcome: Outcome) -> io::Result<()> {
        let (outcome, data) = OutcomeMessage::of(outcome);
        let body = data.as_ref().and_then(value::encode).unwrap_or_default();
        self.add(Answer::Outcome(id.into(), outcome), body).await
    }

    /// Sends the last answer, and all that have not been sent.
    pub(super) async fn finish(mut self, done: Answer) -> io::Result<()> {
        self.add(done, Zeroizing::default()).await?;
        self.flush().await
    }

    async fn add(&mut self, message: Answer, body: Zeroizing<Vec<u8>>) -> io::Result<()> {
        let bytes = Frame::with_body(&Numbered { number: self.number, message }, body)?.to_bytes();
        if self.batch.len() + bytes.len() > BATCH {
            self.flush().await?;
        }
        if bytes.len() > BATCH {
            return self.stream.write_all(&bytes).await;
        }
        self.batch.extend_from_slice(&bytes);
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.batch).await?;
        self.batch.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::value::Value;

    #[tokio::test]
    async fn answers_arrive_in_their_order_however_long_they_are() {
        let (mut own, mut other) = UnixStream::pair().unwrap();
        let lengths = [1, BATCH / 2, BATCH / 2, 2 * BATCH, 1];
        let id = SecretId { path: "a".to_owned(), ..SecretId::default() };
        let send = async {
            let mut reply = Reply::new(&mut own, 7);
            for length in lengths {
                let found = Outcome::Found(Secret::new(Value::text("x".repeat(length))));
                reply.add_outcome(&id, found).await.unwrap();
                assert_eq!(reply.batch.capacity(), BATCH, "it has not grown");
            }
            reply.finish(Answer::Done { findings: Vec::new(), settings: Vec::new() }).await.unwrap();
        };
        let receive = async {
            let mut bodies = Vec::new();
            for _ in 0..=lengths.len() {
                let frame = Frame::receive(&mut other).await.unwrap().unwrap();
                assert_eq!(frame.message::<Numbered<Answer>>().unwrap().number, 7);
                bodies.push(value::decode(frame.body()));
            }
            bodies
        };
        let ((), bodies) = tokio::join!(send, receive);
        let sent = lengths.map(|length| Some(Value::text("x".repeat(length))));
        assert!(bodies.iter().eq(sent.iter().chain(&[None])));
    }
}
