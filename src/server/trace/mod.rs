//! The server's traces: a span for each call, and one for each step of it, that go on with Argo CD's own. No attribute ever holds a value of a
//! secret, nor a path.

mod context;
mod export;
mod message;
mod options;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{mpsc, oneshot};
use tonic::Code;

use super::call_record::{CallRecord, SERVICE};
use super::log::Log;
pub(super) use context::TraceParent;
use context::{TraceContext, random};
use export::Order;
use message::{KeyValue, Span, Status};
pub(crate) use options::{TraceOptions, address, attributes, headers, ratio};

/// How long the last spans may take at the server's end.
const LAST: Duration = Duration::from_secs(2);

/// A span's kinds.
const INTERNAL: i32 = 1;
const SERVER: i32 = 2;

/// The status of a span that failed.
const FAILED: i32 = 2;

/// Who records traces.
#[derive(Clone)]
pub(super) struct Tracer {
    orders: mpsc::Sender<Order>,
    ratio: f64,
}

impl Tracer {
    /// A tracer, and the sending that it needs to run beside it.
    pub(super) fn new(options: TraceOptions, log: Log) -> (Self, impl Future<Output = ()> + Send) {
        let (orders, taken) = mpsc::channel(export::WAITING);
        (Self { orders, ratio: options.ratio }, export::export(options, taken, log))
    }

    /// Records a call that has ended.
    pub(super) fn record(&self, call: &CallRecord, parent: Option<TraceParent>) {
        let spans = TraceContext::of(parent, self.ratio).and_then(|context| spans(&context, call));
        // Where too many wait already, these are lost.
        let _ = spans.map(|spans| self.orders.try_send(Order::Send(spans)));
    }

    /// Waits a little until what was recorded is sent.
    pub(super) async fn flush(&self) {
        let (done, is_done) = oneshot::channel();
        if self.orders.send(Order::Flush(done)).await.is_ok() {
            let _in_time = tokio::time::timeout(LAST, is_done).await;
        }
    }
}

/// The spans of a call; `None` if the system has no random bytes.
fn spans(context: &TraceContext, call: &CallRecord) -> Option<Vec<Span>> {
    let root = random::<8>()?;
    let mut spans = vec![Span {
        span_id: root.to_vec(),
        parent_span_id: context.parent.map(|parent| parent.to_vec()).unwrap_or_default(),
        kind: SERVER,
        attributes: about(call),
        status: (call.code != Code::Ok).then(|| Status { message: call.code_name(), code: FAILED }),
        ..span(context, format!("{SERVICE}/{}", call.method), call.start, call.took)
    }];
    for step in &call.steps {
        spans.push(Span {
            span_id: random::<8>()?.to_vec(),
            parent_span_id: root.to_vec(),
            kind: INTERNAL,
            attributes: vec![KeyValue::text("vault_render.step", &step.what)],
            ..span(context, first_word(&step.what), step.start, step.took)
        });
    }
    Some(spans)
}

/// `reading` of `reading 3 secrets`: names of spans are few.
fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_owned()
}

fn span(context: &TraceContext, name: String, start: SystemTime, took: Duration) -> Span {
    let nanos = |time: SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    };
    let (start_time_unix_nano, end_time_unix_nano) = (nanos(start), nanos(start + took));
    Span { trace_id: context.trace.to_vec(), name, start_time_unix_nano, end_time_unix_nano, ..Span::default() }
}

/// The names of OpenTelemetry's conventions, then ours. What is not known is left out.
fn about(call: &CallRecord) -> Vec<KeyValue> {
    let known = [("argocd.application", &call.application), ("argocd.project", &call.project)];
    let known = known.into_iter().filter_map(|(name, value)| Some(KeyValue::text(name, value.as_deref()?)));
    let rpc = [("rpc.system", "grpc"), ("rpc.service", SERVICE), ("rpc.method", call.method)];
    let rpc = rpc.map(|(name, value)| KeyValue::text(name, value)).into_iter();
    let numbers = [
        ("rpc.grpc.status_code", call.code as u64),
        ("vault_render.reads", call.reads),
        ("vault_render.cache_hits", call.cache_hits),
    ];
    rpc.chain(numbers.map(|(name, value)| KeyValue::number(name, value))).chain(known).collect()
}
