//! The head of a request to the proxy, bounded. httparse reads HTTP; one request is all that a connection has.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest head.
const LONGEST: usize = 8 << 10;

/// The most header lines.
const LINES: usize = 32;

/// The request of a tool.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    /// `Proxy-Authorization`.
    pub(super) authorization: Option<Vec<u8>>,
    /// Bytes that came after the head.
    pub(super) rest: Vec<u8>,
}

/// Reads a request's head; an error of kind `InvalidData` if it is not one, or too long.
pub(super) async fn read(client: &mut (impl AsyncRead + Unpin)) -> io::Result<Request> {
    let mut bytes = Vec::with_capacity(1 << 10);
    loop {
        if let Some(request) = parse(&bytes)? {
            return Ok(request);
        }
        if bytes.len() >= LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the head is too long"));
        }
        let room = (LONGEST - bytes.len()) as u64;
        if (&mut *client).take(room).read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// `None` if the head is not complete.
fn parse(bytes: &[u8]) -> io::Result<Option<Request>> {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut request = httparse::Request::new(&mut lines);
    let status = request.parse(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let httparse::Status::Complete(length) = status else { return Ok(None) };
    let authorization = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("proxy-authorization"));
    Ok(Some(Request {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        authorization: authorization.map(|header| header.value.to_owned()),
        rest: bytes[length..].to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_head_is_read_and_what_follows_is_kept() {
        let mut bytes =
            &b"CONNECT a.example:443 HTTP/1.1\r\nHost: b\r\nproxy-authorization: Basic eA==\r\n\r\n\x16\x03"[..];
        let request = read(&mut bytes).await.unwrap();
        assert_eq!((request.method.as_str(), request.target.as_str()), ("CONNECT", "a.example:443"));
        assert_eq!(request.authorization.as_deref(), Some(&b"Basic eA=="[..]));
        assert_eq!(request.rest, b"\x16\x03");
    }

    #[tokio::test]
    async fn a_head_is_bounded() {
        let long = format!("CONNECT a:443 HTTP/1.1\r\nx: {}", "x".repeat(LONGEST));
        let many = format!("CONNECT a:443 HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(LINES + 1));
        let one = format!("CONNECT {}", "a".repeat(LONGEST));
        for text in [&*long, &*many, &*one, "\x16\x03\x01\x02", "CONNECT a:443\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\n"] {
            assert!(read(&mut text.as_bytes()).await.is_err(), "{text:.40}");
        }
    }
}
