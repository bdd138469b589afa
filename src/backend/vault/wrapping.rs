//! Credentials in a wrapping token of Vault's, which opens once. Knows no login.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use zeroize::Zeroizing;

use super::failure;
use super::member::text;
use super::request;
use super::round_client::RoundClient;
use crate::client::{Deadline, Request, Response, Retry};
use crate::error::{Error, Kind};
use crate::keep::{Entry, EntryLabel, EntryName, Keep};
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

/// What wrapping tokens held, for further logins: of this process, and with a keep those of others.
pub(super) struct Unwrapped {
    known: Mutex<HashMap<String, Redacted>>,
    keep: Option<Keep>,
}

/// The kind of their entries in the keep.
const KIND: &str = "unwrapped";
/// How long a credential without an end is kept.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 86_400);

/// What a wrapping token held, and how long it is good.
struct Opened {
    content: Redacted,
    life: Duration,
}

impl Unwrapped {
    /// Nothing is known yet, but what `keep` holds.
    pub(super) fn new(keep: Option<Keep>) -> Self {
        Self { known: Mutex::default(), keep }
    }

    /// What a token held that was opened before.
    fn get(&self, token: &Redacted) -> Option<Redacted> {
        self.lock().get(token.reveal()).cloned()
    }

    /// Keeps what a token held.
    fn put(&self, token: &Redacted, content: Redacted) {
        self.lock().insert(token.reveal().to_owned(), content);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Redacted>> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What `token` holds: opened before, or now.
    pub(super) async fn open(
        &self,
        token: &WrappingToken<'_>,
        client: RoundClient<'_>,
        deadline: Deadline,
    ) -> Result<Redacted, Error> {
        if let Some(content) = self.get(token.text) {
            return Ok(content);
        }
        let content = match &self.keep {
            Some(keep) => kept_or_opened(keep, token, client, deadline).await?,
            None => token.open(client, deadline).await?.content,
        };
        self.put(token.text, content.clone());
        Ok(content)
    }
}

/// What `token` holds: opened before, in whatever process, or now. A keep that is away keeps nothing.
async fn kept_or_opened(
    keep: &Keep,
    token: &WrappingToken<'_>,
    client: RoundClient<'_>,
    deadline: Deadline,
) -> Result<Redacted, Error> {
    let place = [client.client().address_with_path(), token.namespace.unwrap_or_default().to_owned()];
    let name = EntryName::new(KIND, place.into_iter().chain([token.text.reveal().to_owned()]));
    let _lock = keep.lock(&name, deadline).await.ok().flatten();
    if let Ok(Some(entry)) = keep.load(&name, deadline).await
        && let Ok(content) = std::str::from_utf8(&entry.body)
    {
        return Ok(Redacted::new(content));
    }
    let Opened { content, life } = token.open(client, deadline).await?;
    let label = EntryLabel { path: token.creation_path.to_owned(), ..EntryLabel::default() };
    let (made, body) = (keep.now(), Zeroizing::new(content.reveal().as_bytes().to_vec()));
    if let Err(trouble) = keep.store(&name, &Entry { made, ends: made + life, label, body }, deadline).await {
        client.client().journal().tell(|| trouble.into_warning().detail);
    }
    Ok(content)
}

impl WrappingToken<'_> {
    /// Opens it once it is known where it was made: looking does not use it up.
    async fn open(&self, client: RoundClient<'_>, deadline: Deadline) -> Result<Opened, Error> {
        let looked_up = ask(client, request::look_up_wrapping(self.text, self.namespace), deadline).await?;
        let made_at = data(&looked_up, "creation_path").ok_or_else(|| unusable(&looked_up))?;
        if made_at.reveal().trim_matches('/') != self.creation_path {
            let detail = format!("the wrapping token of `AVP_SECRET_ID` was made at `{}`", made_at.reveal());
            return Err(Error::new(Kind::Denied, detail).hint(format!(
                "`AVP_SECRET_ID_WRAPPING_PATH` says `{}`: somebody may have put another token in its place",
                self.creation_path
            )));
        }
        client.client().journal().tell(|| format!("unwraps `{}`", self.member));
        let opened = ask(client, request::unwrap(self.text, self.namespace), deadline).await?;
        let life = data(&opened, &format!("{}_ttl", self.member)).and_then(|seconds| seconds.reveal().parse().ok());
        let life = life.filter(|seconds| *seconds > 0).map_or(LONGEST_LIFE, Duration::from_secs);
        let content = data(&opened, self.member).ok_or_else(|| unusable(&opened))?;
        Ok(Opened { content, life: life.min(LONGEST_LIFE) })
    }
}

async fn ask(client: RoundClient<'_>, request: Request, deadline: Deadline) -> Result<Response, Error> {
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
         out who did; if one has, what it held went with that process: `AVP_KEEP` lets all runs share it",
    )
}

/// A text in the `data` of a response.
fn data(response: &Response, name: &str) -> Option<Redacted> {
    let body = Value::from_json(&response.body).ok().filter(|_| response.status == 200)?;
    text(body.get("data")?.get(name)?).map(Redacted::new)
}
