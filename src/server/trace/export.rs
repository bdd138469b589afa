//! Sends spans to a collector, as OTLP over gRPC. A collector that is slow or away costs spans, and no call any time.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use super::message::{
    ExportTraceServiceRequest, ExportTraceServiceResponse, KeyValue, Resource, ResourceSpans, ScopeSpans, Span,
};
use super::options::TraceOptions;
use crate::error::{Error, Kind};
use crate::server::log::Log;

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// The name that Argo CD's own server has there.
const SERVICE: &str = "argocd-cmp-server";

/// How many calls' spans wait to be sent. Those of further calls are lost.
pub(super) const WAITING: usize = 1024;

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the exporter is told.
pub(super) enum Order {
    /// Send the spans of a call.
    Send(Vec<Span>),
    /// Say when what came before is sent.
    Flush(oneshot::Sender<()>),
}

/// Sends what comes, until nobody can order any more. What comes while one request is under way goes with the next one.
pub(super) async fn export(options: TraceOptions, mut orders: mpsc::Receiver<Order>, log: Log) {
    let channel = match channel(&options) {
        Ok(channel) => channel,
        Err(error) => return log.report(&error),
    };
    let mut is_failing = false;
    let mut waiting = Vec::new();
    while orders.recv_many(&mut waiting, WAITING).await > 0 {
        let (mut spans, mut flushes) = (Vec::new(), Vec::new());
        for order in waiting.drain(..) {
            match order {
                Order::Send(more) => spans.extend(more),
                Order::Flush(done) => flushes.push(done),
            }
        }
        let sent = send(&options, channel.clone(), spans).await;
        if let Err(code) = sent
            && !is_failing
        {
            log.report(&lost(&options, code));
        }
        is_failing = sent.is_err();
        for done in flushes {
            let _ = done.send(());
        }
    }
}

async fn send(options: &TraceOptions, channel: Channel, spans: Vec<Span>) -> Result<(), Code> {
    if spans.is_empty() {
        return Ok(());
    }
    let mut request = Request::new(request(options, spans));
    *request.metadata_mut() = options.headers.clone();
    let mut client = Grpc::new(channel);
    let answered = async {
        client.ready().await.map_err(|_| Status::unavailable(""))?;
        let codec = ProstCodec::<ExportTraceServiceRequest, ExportTraceServiceResponse>::default();
        client.unary(request, PathAndQuery::from_static(EXPORT), codec).await
    };
    match tokio::time::timeout(PATIENCE, answered).await {
        Ok(answer) => answer.map(|_| ()).map_err(|status| status.code()),
        Err(_) => Err(Code::DeadlineExceeded),
    }
}

fn request(options: &TraceOptions, spans: Vec<Span>) -> ExportTraceServiceRequest {
    let own = [("service.name", SERVICE), ("service.version", env!("CARGO_PKG_VERSION"))];
    let chosen = options.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let attributes = own.into_iter().chain(chosen).map(|(name, value)| KeyValue::text(name, value)).collect();
    let (resource, scope_spans) = (Some(Resource { attributes }), vec![ScopeSpans { spans }]);
    ExportTraceServiceRequest { resource_spans: vec![ResourceSpans { resource, scope_spans }] }
}

/// A connection that is made once it is needed.
fn channel(options: &TraceOptions) -> Result<Channel, Error> {
    let scheme = if options.is_insecure { "http" } else { "https" };
    let wrong = |error: tonic::transport::Error| {
        Error::warning(Kind::Setting, format!("traces cannot be sent to `{}`", options.address))
            .cause(error.to_string())
    };
    let endpoint = Endpoint::from_shared(format!("{scheme}://{}", options.address)).map_err(wrong)?;
    let endpoint = match options.is_insecure {
        true => endpoint,
        false => endpoint.tls_config(ClientTlsConfig::new().with_enabled_roots()).map_err(wrong)?,
    };
    Ok(endpoint.connect_lazy())
}

/// The words of the collector are left out: it has the headers, and may repeat them.
fn lost(options: &TraceOptions, code: Code) -> Error {
    Error::warning(Kind::Setting, format!("traces are lost: the collector at `{}` answers `{code:?}`", options.address))
        .hint("`--otlp-address` takes the port for OTLP over gRPC, 4317 as a rule; `--otlp-insecure=false` is TLS")
}
