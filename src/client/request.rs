//! Requests and answers as values, so that both are tested without a network. Knows no connection.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

/// Text that proves who asks: never shown, zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Zeroizing<String>);

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Sends a body.
    Post,
}

/// A request, before it is known to which server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What it does.
    pub method: Method,
    /// The path below the server's address, percent-encoded, with its query.
    pub path: String,
    /// Its headers.
    pub headers: Vec<(&'static str, Hidden)>,
    /// JSON to send.
    pub body: Option<Hidden>,
}

/// A server's answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Zeroizing<Vec<u8>>,
    /// How long `Retry-After` asks to wait.
    pub retry_after: Option<Duration>,
}

impl Hidden {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for the wire and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Request {
    /// Reads `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::Get, path: path.into(), headers: Vec::new(), body: None }
    }

    /// Sends `body` to `path`.
    pub fn post(path: impl Into<String>, body: Hidden) -> Self {
        Self { method: Method::Post, path: path.into(), headers: Vec::new(), body: Some(body) }
    }

    /// With a header.
    pub fn header(mut self, name: &'static str, value: Hidden) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The path and the query.
    pub(super) fn parts(&self) -> (&str, Option<&str>) {
        self.path.split_once('?').map_or((&*self.path, None), |(path, query)| (path, Some(query)))
    }
}

/// A path with each segment's characters as URLs take them: all but letters, digits and `-._~` as `%XX`.
pub fn encode_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => encoded.push(byte.into()),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_redacted() {
        let request =
            Request::post("/v1/auth/x/login", Hidden::new("canary")).header("X-Vault-Token", Hidden::new("canary"));
        let response = Response { status: 200, body: Zeroizing::new(b"canary".to_vec()), retry_after: None };
        assert!(!format!("{request:?} {response:?}").contains("canary"));
    }

    #[test]
    fn paths_are_encoded() {
        for (path, encoded) in
            [("secret/data/app", "secret/data/app"), ("a b/c+d/%2e%2e/é?x#y", "a%20b/c%2Bd/%252e%252e/%C3%A9%3Fx%23y")]
        {
            assert_eq!(encode_path(path), encoded);
        }
    }
}
