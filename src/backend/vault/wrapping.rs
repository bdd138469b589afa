//! Credentials in a wrapping token of Vault's, which opens once. Knows no login.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use super::failure;
use super::member::text;
use super::request;
use crate::client::{Client, Deadline, Request, Response, Retry};
use crate::error::{Error, Kind};
use crate::redacted::Redacted;
use crate::value::Value;

/// A token that wraps a credential.
pub(super) struct WrappingToken<'t> {
    pub(super) text: &'t Redacted,
    /// The member of the response that holds the credential.
    pub(super) member: &'t str,
    /// The path whose response the token must wrap.
    pub(super) creation_path: &'t str,
    pub(super) namespace: Option<&'t str>,
}

/// What wrapping tokens held, for further logins of this process.
#[derive(Default)]
pub(super) struct Unwrapped(Mutex<HashMap<String, Redacted>>);

impl Unwrapped {
    /// What a token held that was opened before.
    fn get(&self, token: &Redacted) -> Option<Redacted> {
        self.lock().get(token.reveal()).cloned()
    }

    /// Keeps what a token held.
    fn put(&self, token: &Redacted, content: Redacted) {
        self.lock().insert(token.reveal().to_owned(), content);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Redacted>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What `token` holds: opened before, or now.
    pub(super) async fn open(
        &self,
        token: &WrappingToken<'_>,
        client: &Client,
        deadline: Deadline,
    ) -> Result<Redacted, Error> {
        if let Some(content) = self.get(token.text) {
            return Ok(content);
        }
        let content = token.open(client, deadline).await?;
        self.put(token.text, content.clone());
        Ok(content)
    }
}

impl WrappingToken<'_> {
    /// Opens it once it is known where it was made: looking does not use it up.
    async fn open(&self, client: &Client, deadline: Deadline) -> Result<Redacted, Error> {
        let looked_up = ask(client, &request::look_up_wrapping(self.text, self.namespace), deadline).await?;
        let made_at = data(&looked_up, "creation_path").ok_or_else(|| unusable(&looked_up))?;
        if made_at.reveal().trim_matches('/') != self.creation_path {
            let detail = format!("the wrapping token of `AVP_SECRET_ID` was made at `{}`", made_at.reveal());
            return Err(Error::new(Kind::Denied, detail).hint(format!(
                "`AVP_SECRET_ID_WRAPPING_PATH` says `{}`: somebody may have put another token in its place",
                self.creation_path
            )));
        }
        client.journal().tell(|| format!("unwraps `{}`", self.member));
        let opened = ask(client, &request::unwrap(self.text, self.namespace), deadline).await?;
        data(&opened, self.member).ok_or_else(|| unusable(&opened))
    }
}

async fn ask(client: &Client, request: &Request, deadline: Deadline) -> Result<Response, Error> {
    client.send(request, Retry::OnlyIfUnsent, deadline).await.map_err(|failure| failure.error)
}

/// The error of a wrapping token that does not open.
fn unusable(response: &Response) -> Error {
    if !matches!(response.status, 200 | 400 | 403) {
        return failure::failed(response);
    }
    let causes = failure::causes(response);
    Error::new(Kind::Denied, format!("the wrapping token of `AVP_SECRET_ID` does not open: {causes}")).hint(
        "it opens once, and only before its end: if no run of yours has opened it, the secret id may have been stolen, so revoke it and find \
         out who did; if one has, what it held went with that process: give each run a new one, or let one `serve` keep it",
    )
}

/// A text in the `data` of a response.
fn data(response: &Response, name: &str) -> Option<Redacted> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200)?;
    text(body.get("data")?.get(name)?).map(Redacted::new)
}
