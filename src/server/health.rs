//! Asks a server on a socket whether it serves, by gRPC's health protocol, as a probe does.

use std::path::Path;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::UnixStream;
use tokio::time::timeout;
use tonic::body::Body;
use tonic::codegen::http::Uri;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::{BoxFuture, StdError, http};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;
use tower_service::Service;

use super::message::{HealthCheckRequest, HealthCheckResponse, ServingStatus};
use crate::error::{Error, Kind};

/// How long the server has to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server's address: gRPC wants one, and nobody looks at it.
const ORIGIN: &str = "http://localhost";

/// The method that is called.
const CHECK: &str = "/grpc.health.v1.Health/Check";

/// A connection to the server, as gRPC's client calls it.
struct Connection(SendRequest<Body>);

impl Service<http::Request<Body>> for Connection {
    type Response = http::Response<Incoming>;
    type Error = hyper::Error;
    type Future = BoxFuture<Self::Response, hyper::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.0.send_request(request))
    }
}

/// Whether the server on a socket serves; else the reason why not.
pub(crate) async fn check_health(socket: &Path) -> Result<(), Error> {
    let unhealthy = |cause: String| {
        Error::new(Kind::Unavailable, format!("no server serves on `{}`", socket.display())).cause(cause)
    };
    match timeout(PATIENCE, status(socket)).await {
        Ok(Ok(status)) if status == i32::from(ServingStatus::Serving) => Ok(()),
        Ok(Ok(status)) => Err(unhealthy(format!("its health is {status}"))),
        Ok(Err(error)) => Err(unhealthy(error.to_string())),
        Err(_) => Err(unhealthy(format!("it does not answer within {PATIENCE:?}"))),
    }
}

/// What the server says about itself.
async fn status(socket: &Path) -> Result<i32, StdError> {
    let stream = UnixStream::connect(socket).await?;
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut client = tonic::client::Grpc::with_origin(Connection(sender), Uri::from_static(ORIGIN));
    client.ready().await?;
    let request = Request::new(HealthCheckRequest::default());
    let codec = ProstCodec::<HealthCheckRequest, HealthCheckResponse>::default();
    let answer = client.unary(request, PathAndQuery::from_static(CHECK), codec).await;
    Ok(answer.map_err(|status: Status| status.message().to_owned())?.into_inner().status)
}
