//! Argo CD's plugin protocol and gRPC's health check as tonic services: translation only.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{ClientStreamingService, Grpc, NamedService, UnaryService};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower_service::Service;

use super::message::{AppStreamRequest, HealthCheckRequest, HealthCheckResponse, ServingStatus};
use super::observed::ObservedCall;
use super::plugin::Plugin;
use super::receipt::{Receipt, Upload};
use super::timeout::timeout;
use super::trace::TraceParent;

/// Argo CD's plugin protocol.
#[derive(Clone)]
pub(super) struct PluginService(pub(super) Arc<Plugin>);

/// gRPC's health protocol: who gets an answer is served.
#[derive(Clone, Copy)]
pub(super) struct HealthService;

/// The answer to come of an HTTP request.
type Answer = BoxFuture<'static, Result<http::Response<Body>, Infallible>>;

/// The plugin's answer to an upload, given the time that its client waits. The text of an error is what Argo CD shows.
type Answering<A> =
    for<'a> fn(&'a Plugin, &'a mut Upload, Option<Duration>, &'a ObservedCall) -> BoxFuture<'a, Result<A, String>>;

/// A method that answers at once.
struct Method<F>(F);

/// A method that answers an upload.
struct UploadMethod<A> {
    name: &'static str,
    plugin: Arc<Plugin>,
    answer: Answering<A>,
}

/// The text for a fault of ours. What the panic itself says may hold a secret.
const FAULT: &str = "vault-render failed: this is a fault of its own, please report it";

impl NamedService for PluginService {
    const NAME: &'static str = "plugin.ConfigManagementPluginService";
}

impl NamedService for HealthService {
    const NAME: &'static str = "grpc.health.v1.Health";
}

impl Service<http::Request<Body>> for PluginService {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        let plugin = self.0.clone();
        match method(&request) {
            "CheckPluginConfiguration" => unary(request, move |()| Ok(plugin.configuration())),
            "GenerateManifest" => upload("GenerateManifest", plugin, request, |plugin, upload, timeout, observed| {
                plugin.generate_manifest(upload, timeout, observed).boxed()
            }),
            "MatchRepository" => upload("MatchRepository", plugin, request, |plugin, upload, timeout, observed| {
                plugin.match_repository(upload, timeout, observed).boxed()
            }),
            "GetParametersAnnouncement" => {
                upload("GetParametersAnnouncement", plugin, request, |plugin, upload, timeout, observed| {
                    plugin.parameters_announcement(upload, timeout, observed).boxed()
                })
            }
            _ => unimplemented(),
        }
    }
}

impl Service<http::Request<Body>> for HealthService {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Answer {
        match method(&request) {
            "Check" => unary(request, health),
            _ => unimplemented(),
        }
    }
}

impl<F, Q, A> UnaryService<Q> for Method<F>
where
    F: FnMut(Q) -> Result<A, Status>,
{
    type Response = A;
    type Future = std::future::Ready<Result<Response<A>, Status>>;

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        std::future::ready((self.0)(request.into_inner()).map(Response::new))
    }
}

impl<A> ClientStreamingService<AppStreamRequest> for UploadMethod<A>
where
    A: prost::Message + Default + 'static,
{
    type Response = A;
    type Future = BoxFuture<'static, Result<Response<A>, Status>>;

    fn call(&mut self, request: Request<Streaming<AppStreamRequest>>) -> Self::Future {
        let (plugin, answer) = (self.plugin.clone(), self.answer);
        let (timeout, parent) = (timeout(request.metadata()), TraceParent::of(request.metadata()));
        let mut upload = Receipt::new(request.into_inner());
        let observed = ObservedCall::new(plugin.observers.clone(), self.name, timeout, parent);
        Box::pin(async move {
            let answered = AssertUnwindSafe(answer(&plugin, &mut upload, timeout, &observed)).catch_unwind().await;
            upload.drain().await;
            let answered = answered.unwrap_or_else(|_| Err(FAULT.to_owned()));
            match &answered {
                Ok(_) => observed.end(Code::Ok, None),
                Err(text) => observed.end(Code::Unknown, Some(text)),
            }
            answered.map(Response::new).map_err(Status::unknown)
        })
    }
}

/// The last part of a request's path.
fn method(request: &http::Request<Body>) -> &str {
    request.uri().path().rsplit('/').next().unwrap_or_default()
}

/// Answers a call at once.
fn unary<Q, A>(request: http::Request<Body>, answer: impl FnMut(Q) -> Result<A, Status> + Send + 'static) -> Answer
where
    Q: prost::Message + Default + 'static,
    A: prost::Message + Default + 'static,
{
    Box::pin(async move { Ok(Grpc::new(ProstCodec::<A, Q>::default()).unary(Method(answer), request).await) })
}

/// Answers a call that sends an archive, once all of it was read.
fn upload<A>(name: &'static str, plugin: Arc<Plugin>, request: http::Request<Body>, answer: Answering<A>) -> Answer
where
    A: prost::Message + Default + 'static,
{
    let bytes = plugin.message_bytes;
    Box::pin(async move {
        let grpc = Grpc::new(ProstCodec::<A, AppStreamRequest>::default());
        let mut grpc = grpc.max_decoding_message_size(bytes).max_encoding_message_size(bytes);
        Ok(grpc.client_streaming(UploadMethod { name, plugin, answer }, request).await)
    })
}

fn unimplemented() -> Answer {
    Box::pin(std::future::ready(Ok(Status::unimplemented("there is no such method").into_http())))
}

/// The health of the server as a whole and of the one service that it has.
fn health(request: HealthCheckRequest) -> Result<HealthCheckResponse, Status> {
    match request.service.as_str() {
        "" | PluginService::NAME => Ok(HealthCheckResponse { status: ServingStatus::Serving.into() }),
        _ => Err(Status::not_found("unknown service")),
    }
}
