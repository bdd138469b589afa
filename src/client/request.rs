//! Requests and responses as values, so that both are tested without a network. Knows no connection.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::redacted::Redacted;

/// The HTTP method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// `GET`.
    Get,
    /// `POST`, with a body.
    Post,
}

/// A request, before it is known to which server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path below the server's address, percent-encoded, with its query.
    pub path: String,
    /// Its headers.
    pub headers: Vec<(&'static str, Redacted)>,
    /// JSON to send.
    pub body: Option<Redacted>,
}

/// A server's response.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Zeroizing<Vec<u8>>,
    /// How long `Retry-After` asks to wait.
    pub retry_after: Option<Duration>,
    /// The server's time, in seconds since 1970.
    pub date: Option<i64>,
}

impl Request {
    /// A request that reads `path`.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::Get, path: path.into(), headers: Vec::new(), body: None }
    }

    /// A request that sends `body` to `path`.
    pub(crate) fn post(path: impl Into<String>, body: Redacted) -> Self {
        Self { method: Method::Post, path: path.into(), headers: Vec::new(), body: Some(body) }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: Redacted) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The path and the query.
    pub(super) fn parts(&self) -> (&str, Option<&str>) {
        self.path.split_once('?').map_or((&*self.path, None), |(path, query)| (path, Some(query)))
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
            Request::post("/v1/auth/x/login", Redacted::new("canary")).header("X-Vault-Token", Redacted::new("canary"));
        let response =
            Response { status: 200, body: Zeroizing::new(b"canary".to_vec()), retry_after: None, date: None };
        assert!(!format!("{request:?} {response:?}").contains("canary"));
    }
}
