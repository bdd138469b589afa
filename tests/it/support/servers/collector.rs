//! A collector of OpenTelemetry traces, as OTLP over gRPC.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use prost::Message;
use tokio::runtime::Runtime;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::metadata::MetadataMap;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

/// A running collector. Dropped, it is gone.
pub(crate) struct Collector {
    /// `127.0.0.1:4317`
    pub(crate) address: String,
    received: Received,
    _runtime: Runtime,
}

/// What came, with its headers.
type Received = Arc<Mutex<Vec<(MetadataMap, Exported)>>>;

#[derive(Clone)]
struct TraceService(Received);

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Exported {
    #[prost(message, repeated, tag = "1")]
    resources: Vec<Resources>,
}

#[derive(Clone, PartialEq, Message)]
struct Resources {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scopes: Vec<Scope>,
}

#[derive(Clone, PartialEq, Message)]
struct Resource {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Scope {
    #[prost(message, repeated, tag = "2")]
    spans: Vec<Span>,
}

/// A span, as far as tests look at it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Span {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) trace: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    pub(crate) parent: Vec<u8>,
    #[prost(string, tag = "5")]
    pub(crate) name: String,
    #[prost(message, repeated, tag = "9")]
    pub(crate) attributes: Vec<Attribute>,
}

/// An attribute whose value is a text.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Attribute {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) value: Option<Text>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Text {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
}

impl Collector {
    /// Starts one on a free port.
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let received = Received::default();
        let service = TraceService(received.clone());
        let incoming = runtime.block_on(async { TcpIncoming::bind("127.0.0.1:0".parse().unwrap()) }).expect("a port");
        let address = incoming.local_addr().expect("an address").to_string();
        runtime.spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
        Self { address, received, _runtime: runtime }
    }

    /// All spans so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let resources = received.iter().flat_map(|(_, exported)| &exported.resources);
        resources.flat_map(|resource| &resource.scopes).flat_map(|scope| scope.spans.clone()).collect()
    }

    /// What the traces say of the program.
    pub(crate) fn attributes(&self) -> Vec<(String, String)> {
        let received = self.received.lock().unwrap();
        let resources = received.iter().flat_map(|(_, exported)| &exported.resources);
        let attributes = resources.filter_map(|resource| resource.resource.as_ref()).flat_map(|one| &one.attributes);
        attributes.map(|one| (one.name.clone(), one.value.clone().unwrap_or_default().text)).collect()
    }

    /// A header of the first request.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let received = self.received.lock().unwrap();
        received.first()?.0.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}

impl NamedService for TraceService {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

impl Service<http::Request<Body>> for TraceService {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(Grpc::new(ProstCodec::<(), Exported>::default()).unary(service, request).await) })
    }
}

impl UnaryService<Exported> for TraceService {
    type Response = ();
    type Future = std::future::Ready<Result<Response<()>, Status>>;

    fn call(&mut self, request: Request<Exported>) -> Self::Future {
        let (headers, _, exported) = request.into_parts();
        self.0.lock().unwrap().push((headers, exported));
        std::future::ready(Ok(Response::new(())))
    }
}
