//! A small HTTP server for behaviour that a real one cannot be made to show: scripted responses, cut connections, slow and huge
//! bodies. It records its requests.

use std::io::{BufReader, Read as IoRead, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::authority::Identity;
use super::head::Head;

/// One request as it came in. Header names are lower case.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) enum Response {
    /// A status, further headers, a body.
    Plain(u16, Vec<(&'static str, String)>, String),
    /// The connection ends without an answer.
    Cut,
    /// A body of HTTP/1.0, which ends with the connection.
    Old(String),
    /// The head promises more than comes before the connection ends.
    Torn(String),
    /// The head at once, then a byte now and then, for ever.
    Slow,
    /// A JSON text of this many bytes.
    Huge(usize),
    /// Nothing at all, and the connection stays.
    Silent,
}

impl Response {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::Plain(status, vec![("Content-Type", "application/json".to_owned())], body.to_owned())
    }

    /// 429, with or without `Retry-After` in seconds.
    pub(crate) fn too_many(retry_after: Option<u32>) -> Self {
        let headers = retry_after.map(|seconds| ("Retry-After", seconds.to_string()));
        Self::Plain(
            429,
            headers.into_iter().collect(),
            r#"{"errors":["request path \"x\": rate limit quota exceeded"]}"#.into(),
        )
    }
}

type Answers = dyn Fn(usize, &Request) -> Response + Send + Sync;

/// The running server. It stops when it is dropped.
pub(crate) struct Faults {
    /// `http://127.0.0.1:PORT`, or `https://`.
    pub(crate) address: String,
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    over: Arc<AtomicBool>,
}

impl Faults {
    /// Sends these responses in order, for any request; the last one again and again.
    pub(crate) fn script(answers: Vec<Response>) -> Self {
        Self::start(move |number, _| answers[number.min(answers.len() - 1)].clone())
    }

    /// `answer` gets the number of the request, from 0, and the request.
    pub(crate) fn start(answer: impl Fn(usize, &Request) -> Response + Send + Sync + 'static) -> Self {
        Self::serve(0, None, answer)
    }

    /// Sends these responses in order at `port`, which must be free.
    pub(crate) fn script_at(port: u16, answers: Vec<Response>) -> Self {
        Self::serve(port, None, move |number, _| answers[number.min(answers.len() - 1)].clone())
    }

    /// Serves the responses over TLS.
    pub(crate) fn start_tls(
        identity: &Identity,
        answer: impl Fn(usize, &Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::serve(0, Some(tls(identity)), answer)
    }

    fn serve(
        port: u16,
        tls: Option<Arc<ServerConfig>>,
        answer: impl Fn(usize, &Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let address = format!("{}://127.0.0.1:{port}", if tls.is_some() { "https" } else { "http" });
        let (seen, over) = (Arc::<Mutex<Vec<Request>>>::default(), Arc::<AtomicBool>::default());
        let faults = Self { address, port, seen: Arc::clone(&seen), over: Arc::clone(&over) };
        let answer: Arc<Answers> = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let (seen, over, answer, tls) =
                    (Arc::clone(&seen), Arc::clone(&over), Arc::clone(&answer), tls.clone());
                std::thread::spawn(move || {
                    match tls {
                        None => serve(&stream, &seen, &over, &*answer),
                        Some(tls) => {
                            let connection = ServerConnection::new(tls).expect("a configuration that fits");
                            serve(StreamOwned::new(connection, &stream), &seen, &over, &*answer);
                        }
                    }
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        faults
    }

    /// All requests until now.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the listener, so that it sees the end.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn tls(identity: &Identity) -> Arc<ServerConfig> {
    let chain = CertificateDer::pem_slice_iter(identity.certificate.as_bytes()).collect::<Result<_, _>>();
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).expect("a key");
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
    Arc::new(builder.with_single_cert(chain.expect("a certificate"), key).expect("an identity"))
}

/// The requests of one connection, one after the other.
fn serve(stream: impl IoRead + Write, seen: &Mutex<Vec<Request>>, over: &AtomicBool, answer: &Answers) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        if write(reader.get_mut(), answer(number, &request), over).is_none() {
            break;
        }
    }
}

fn read(reader: &mut BufReader<impl IoRead>) -> Option<Request> {
    let head = Head::read(reader)?;
    let length = head.get("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let Head { method, path, headers } = head;
    Some(Request { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// None: this connection is over.
fn write(stream: &mut impl Write, response: Response, over: &AtomicBool) -> Option<()> {
    match response {
        Response::Plain(status, headers, body) => plain(stream, status, &headers, &body),
        Response::Cut => None,
        Response::Old(body) => {
            write!(stream, "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{body}").ok()?;
            None
        }
        Response::Torn(body) => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() + 100).ok();
            None
        }
        Response::Slow => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{{")
                .ok()?;
            while !over.load(Ordering::Relaxed) {
                stream.write_all(b" ").ok()?;
                std::thread::sleep(Duration::from_millis(100));
            }
            None
        }
        Response::Huge(size) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                size + 21
            )
            .ok()?;
            stream.write_all(br#"{"data":{"huge":"ab"#).ok()?;
            let piece = [b'x'; 65536];
            for start in (0..size).step_by(piece.len()) {
                stream.write_all(&piece[..piece.len().min(size - start)]).ok()?;
            }
            stream.write_all(br#""}}"#).ok().filter(|()| false)
        }
        Response::Silent => {
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(50));
            }
            None
        }
    }
}

fn plain(stream: &mut impl Write, status: u16, headers: &[(&str, String)], body: &str) -> Option<()> {
    let mut head = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).and_then(|()| stream.flush()).ok()
}
