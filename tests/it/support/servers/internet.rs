//! Hosts of the tests' own, behind an operator's proxy: https with certificates of an authority of its own, files in a folder for each host,
//! and Git's smart protocol for bare repositories among them; `a.location` says where `a` has moved. It records what it was asked.

use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use super::Authority;
use super::head::Head;

/// The running hosts.
pub(crate) struct Internet {
    /// The operator's proxy, without a password: it takes any.
    pub(crate) proxy: String,
    folder: TempDir,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Internet {
    /// Hosts of these names.
    pub(crate) fn new(hosts: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for host in hosts {
            std::fs::create_dir(folder.path().join(host)).expect("a folder of its own");
        }
        let authority = Authority::new("tests");
        std::fs::write(folder.path().join("ca.pem"), &authority.pem).expect("it is ours");
        let identity = authority.server(hosts);
        let chain = CertificateDer::from_pem_slice(identity.certificate.as_bytes()).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).expect("a key");
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![chain], key));
        let (tls, asked) = (Arc::new(tls.expect("they fit")), Arc::<Mutex<Vec<String>>>::default());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let proxy = format!("http://{}", listener.local_addr().expect("bound"));
        let site = Site { tls, root: folder.path().to_owned(), asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = site.clone();
                std::thread::spawn(move || site.serve(stream));
            }
        });
        Self { proxy, folder, asked }
    }

    /// The certificate authority's file.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The folder whose files a host serves.
    pub(crate) fn files(&self, host: &str) -> PathBuf {
        self.folder.path().join(host)
    }

    /// All requests: `CONNECT charts.example.com:443`, `GET https://charts.example.com/index.yaml`, and the proxy's passwords.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[derive(Clone)]
struct Site {
    tls: Arc<ServerConfig>,
    root: PathBuf,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// One way through the proxy, with one request at its end. Whoever goes early is fine.
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::with_capacity(1, stream.try_clone().ok()?);
        let head = Head::read(&mut reader)?;
        self.note(format!("{} {}", head.method, head.path));
        self.asked.lock().unwrap().extend(head.get("proxy-authorization").map(str::to_owned));
        let host = head.path.split(':').next()?.to_owned();
        if head.method != "CONNECT" || !self.root.join(&host).is_dir() {
            return stream.write_all(b"HTTP/1.1 502 No such host\r\nContent-Length: 0\r\n\r\n").ok();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
        let connection = ServerConnection::new(Arc::clone(&self.tls)).ok()?;
        let mut stream = BufReader::new(StreamOwned::new(connection, stream));
        let head = Head::read(&mut stream)?;
        self.note(format!("{} https://{host}{}", head.method, head.path));
        let body = body(&mut stream, &head)?;
        let answer = self.answer(&host, &head, &body);
        let mut stream = stream.into_inner();
        stream.write_all(&answer).ok()?;
        stream.conn.send_close_notify();
        stream.flush().ok()
    }

    fn note(&self, line: String) {
        self.asked.lock().unwrap().push(line);
    }

    fn answer(&self, host: &str, head: &Head, body: &[u8]) -> Vec<u8> {
        let (path, query) = head.path.split_once('?').unwrap_or((&head.path, ""));
        let root = self.root.join(host);
        if query.starts_with("service=git-") || path.contains("/git-upload-pack") {
            return git(&root, path, query, head, body);
        }
        let file = root.join(path.trim_start_matches('/'));
        match (std::fs::read(&file), std::fs::read_to_string(file.with_extension("location"))) {
            (Ok(text), _) => [plain("200 OK", text.len()).into_bytes(), text].concat(),
            (_, Ok(location)) => plain(&format!("302 Found\r\nLocation: {location}"), 0).into_bytes(),
            _ => plain("404 Not Found", 0).into_bytes(),
        }
    }
}

fn body(reader: &mut impl Read, head: &Head) -> Option<Vec<u8>> {
    let mut body = vec![0; head.get("content-length").map_or(Some(0), |length| length.parse().ok())?];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn plain(status: &str, length: usize) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
}

/// What `git http-backend`, a CGI program, answers for the repositories below `root`.
fn git(root: &Path, path: &str, query: &str, head: &Head, body: &[u8]) -> Vec<u8> {
    let mut backend = Command::new("git");
    backend.arg("http-backend").env_clear().env("PATH", "/usr/bin:/bin").env("HOME", root);
    backend.env("GIT_PROJECT_ROOT", root).env("GIT_HTTP_EXPORT_ALL", "1").env("PATH_INFO", path);
    backend.env("QUERY_STRING", query).env("REQUEST_METHOD", &head.method);
    for (variable, header) in [
        ("CONTENT_TYPE", "content-type"),
        ("CONTENT_LENGTH", "content-length"),
        ("HTTP_CONTENT_ENCODING", "content-encoding"),
        ("GIT_PROTOCOL", "git-protocol"),
    ] {
        backend.envs(head.get(header).map(|value| (variable, value)));
    }
    let mut backend = backend.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git is there");
    let mut stdin = backend.stdin.take().expect("it is piped");
    stdin.write_all(body).expect("git reads it");
    drop(stdin);
    let output = backend.wait_with_output().expect("it ends").stdout;
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let headers = String::from_utf8_lossy(&output[..end]);
    let status = headers.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let head = format!("HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\n", output.len() - end - 4);
    [format!("{head}Connection: close\r\n\r\n").as_bytes(), &output[end + 4..]].concat()
}
