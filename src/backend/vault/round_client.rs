//! A client that sends the requests of one round. Each of them says for whom the run reads, in headers for Vault's audit log.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::client::{Client, Deadline, Failure, Request, Response, Retry};
use crate::policy::Requester;
use crate::redacted::Redacted;

/// What a header's value does not hold as it is, beside everything that is not ASCII: control characters; a blank, which is lost at the
/// ends; a `%`, which begins an escape.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

/// The longest value. The longest name that Argo CD gives an Application has 317 characters.
const LONGEST_VALUE: usize = 512;

/// The headers that say for whom a run reads.
#[derive(Default)]
pub(super) struct RequesterHeaders(Vec<(&'static str, String)>);

/// The client of a store, on behalf of one requester.
#[derive(Clone, Copy)]
pub(super) struct RoundClient<'r> {
    client: &'r Client,
    headers: &'r RequesterHeaders,
}

impl RequesterHeaders {
    /// The headers for `requester`: one for each part that is known.
    pub(super) fn of(requester: &Requester) -> Self {
        let parts = [
            ("X-Vault-Render-Application", &requester.application),
            ("X-Vault-Render-Project", &requester.project),
            ("X-Vault-Render-Namespace", &requester.namespace),
        ];
        let known = parts.into_iter().filter_map(|(name, part)| Some((name, value(part.as_deref()?))));
        Self(known.collect())
    }

    fn add_to(&self, request: Request) -> Request {
        self.0.iter().fold(request, |request, (name, value)| request.header(name, Redacted::new(value.as_str())))
    }
}

impl<'r> RoundClient<'r> {
    pub(super) fn new(client: &'r Client, headers: &'r RequesterHeaders) -> Self {
        Self { client, headers }
    }

    /// The client that it sends through.
    pub(super) fn client(&self) -> &'r Client {
        self.client
    }

    /// Sends a request, with the headers that say for whom.
    pub(super) async fn send(&self, request: Request, retry: Retry, deadline: Deadline) -> Result<Response, Failure> {
        self.client.send(&self.headers.add_to(request), retry, deadline).await
    }
}

/// A text as the value of a header, cut between escapes if it is too long.
fn value(text: &str) -> String {
    let mut value = String::new();
    for chunk in text.chars() {
        let chunk = utf8_percent_encode(chunk.encode_utf8(&mut [0; 4]), ESCAPED).to_string();
        if value.len() + chunk.len() > LONGEST_VALUE {
            break;
        }
        value += &chunk;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_requester_becomes_headers() {
        let requester = Requester {
            application: Some("apps_web".into()),
            namespace: Some("prod".into()),
            repository: Some("https://user:password@git.test/web".into()),
            ..Requester::default()
        };
        let request = RequesterHeaders::of(&requester).add_to(Request::get("/v1/a"));
        let headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.reveal())).collect();
        assert_eq!(headers, [("X-Vault-Render-Application", "apps_web"), ("X-Vault-Render-Namespace", "prod")]);
    }

    #[test]
    fn a_value_is_printable_ascii_and_not_too_long() {
        for (text, expected) in [
            ("apps_web-1.x/y:z", "apps_web-1.x/y:z"),
            ("a\r\nX-Vault-Token: t", "a%0D%0AX-Vault-Token:%20t"),
            ("50%", "50%25"),
            ("zoë\u{7f}", "zo%C3%AB%7F"),
            (&"a".repeat(600), &"a".repeat(512)),
            (&"ë".repeat(86), &"%C3%AB".repeat(85)),
        ] {
            assert_eq!(value(text), expected);
        }
    }
}
