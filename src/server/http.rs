//! The server's port for probes and Prometheus: three pages, for GET and HEAD alone. Knows of the server only the answers that it is given.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::metrics;
use crate::error::{Error, Kind};

/// How long to wait when no connection can be accepted, for instance as there are no descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// The most bytes of a request; hyper takes no less.
const REQUEST_BYTES: usize = 8 << 10;

/// What the pages say.
pub(super) struct Answers {
    /// Whether calls are served, else the reason.
    pub(super) ready: Box<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// The text for Prometheus.
    pub(super) metrics: Box<dyn Fn() -> String + Send + Sync>,
}

/// How much clients may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// At once; others wait until one ends.
    connections: usize,
    /// For the request's head.
    head_time: Duration,
    /// For a connection as a whole.
    time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 64, head_time: Duration::from_secs(2), time: Duration::from_secs(10) }
    }
}

/// Opens the port. Returns it with its address, where port 0 has become one that was free.
pub(super) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let bound = TcpListener::bind(address).await.and_then(|port| port.local_addr().map(|address| (port, address)));
    bound.map_err(|error| {
        Error::new(Kind::Setting, format!("cannot listen on `{address}`"))
            .cause(error.to_string())
            .hint("`--listen` takes an address of this machine with a port that is free: `0.0.0.0:8085`")
    })
}

/// Answers, until it is dropped.
pub(super) async fn serve(listener: TcpListener, answers: Arc<Answers>, limits: Limits) {
    let free = Arc::new(Semaphore::new(limits.connections));
    loop {
        let Ok(slot) = free.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let answers = answers.clone();
        tokio::spawn(async move {
            let _slot = slot;
            let _ended_in_time = tokio::time::timeout(limits.time, connection(stream, &answers, limits)).await;
        });
    }
}

/// Answers one request. What goes wrong with it is its client's to notice.
async fn connection(stream: TcpStream, answers: &Answers, limits: Limits) {
    let service = service_fn(async |request| Ok::<_, Infallible>(answer(&request, answers)));
    let mut connection = http1::Builder::new();
    connection.keep_alive(false).max_buf_size(REQUEST_BYTES);
    connection.timer(TokioTimer::new()).header_read_timeout(limits.head_time);
    let _ended = connection.serve_connection(TokioIo::new(stream), service).await;
}

fn answer(request: &Request<Incoming>, answers: &Answers) -> Response<String> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        let mut response = page(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served\n".to_owned());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match request.uri().path() {
        "/healthz" => page(StatusCode::OK, "ok\n".to_owned()),
        "/readyz" => match (answers.ready)() {
            Ok(()) => page(StatusCode::OK, "ok\n".to_owned()),
            Err(reason) => page(StatusCode::SERVICE_UNAVAILABLE, reason + "\n"),
        },
        "/metrics" => {
            let mut response = page(StatusCode::OK, (answers.metrics)());
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE));
            response
        }
        _ => page(StatusCode::NOT_FOUND, "there are /healthz, /readyz and /metrics\n".to_owned()),
    }
}

fn page(status: StatusCode, text: String) -> Response<String> {
    let mut response = Response::new(text);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn served(limits: Limits, ready: Result<(), &'static str>) -> (SocketAddr, tokio::task::JoinHandle<()>) {
        let (listener, address) = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let answers = Answers {
            ready: Box::new(move || ready.map_err(str::to_owned)),
            metrics: Box::new(|| "vault_render_x 1\n".to_owned()),
        };
        (address, tokio::spawn(serve(listener, Arc::new(answers), limits)))
    }

    /// What comes back for these bytes, until the server closes.
    async fn sent(address: SocketAddr, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // A server that has had enough resets the connection.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn the_three_pages_are_there_and_no_other() {
        let (address, _task) = served(Limits::default(), Err("the socket is gone")).await;
        for (request, status, end) in [
            ("GET /healthz", "200", "ok\n"),
            ("GET /readyz", "503", "the socket is gone\n"),
            ("GET /metrics?x=1", "200", "vault_render_x 1\n"),
            ("HEAD /metrics", "200", "\r\n\r\n"),
            ("GET /", "404", "/metrics\n"),
            ("POST /metrics", "405", "served\n"),
            ("DELETE /healthz", "405", "served\n"),
        ] {
            let answer = sent(address, format!("{request} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {answer}");
            assert!(answer.ends_with(end), "{request}: {answer}");
        }
        let (address, _task) = served(Limits::default(), Ok(())).await;
        assert!(sent(address, b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").await.starts_with("HTTP/1.1 200 "));
    }

    #[tokio::test]
    async fn who_sends_too_much_or_nothing_is_turned_away() {
        let limits = Limits { connections: 1, head_time: Duration::from_millis(50), ..Limits::default() };
        let (address, _task) = served(limits, Ok(())).await;
        let long = format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(2 * REQUEST_BYTES));
        assert!(!sent(address, long.as_bytes()).await.contains("200 OK"));
        // The one connection that may be there says nothing: whoever comes after it is answered all the same.
        let _silent = TcpStream::connect(address).await.unwrap();
        assert!(sent(address, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.ends_with("ok\n"));
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_a_wrong_setting() {
        let (address, _task) = served(Limits::default(), Ok(())).await;
        let error = bind(address).await.unwrap_err();
        assert!(error.detail.contains(&address.to_string()) && error.hint.is_some());
    }
}
