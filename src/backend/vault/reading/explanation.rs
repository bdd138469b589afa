//! Why a path cannot be read: asks for its mount, which may imply another path, and for the names beside it.

use std::sync::Arc;

use super::super::engine::Engine;
use super::super::missing::{self, Folder};
use super::super::mount::Mount;
use super::super::outcome::{ReadResponse, describe, outcome, with_hint};
use super::super::request;
use super::super::response::ReadResult;
use super::super::token::Token;
use super::{Reading, guess_with_data};
use crate::client::{Deadline, Failure};
use crate::error::{Error, Kind};
use crate::policy::Grant;
use crate::secret::Outcome;

impl Reading<'_> {
    /// The secret at the path that its mount implies, else the outcome of the `first` reading with a hint.
    pub(super) async fn explain(
        &self,
        engine: Option<Engine>,
        first: ReadResponse,
        deadline: Deadline,
    ) -> Result<Outcome, Failure> {
        let path = &*self.grant.id().path;
        let may_ask = first.token.uses().is_none() || !path.contains("/data/");
        let hint = match (missing::misspelt(path), &first.result) {
            (Some(hint), _) => Some(hint),
            (_, ReadResult::NoMount(front)) => Some(self.unknown_mount(front, deadline).await),
            (_, ReadResult::Denied(_)) if path.contains("/data/") => None,
            _ if may_ask => return self.ask_the_mount(engine, first, deadline).await,
            _ => None,
        };
        Ok(self.explained(self.grant, first, hint))
    }

    /// Looks for a reason in the mount: under least privilege Vault denies a path without the `data/` of KV version 2.
    async fn ask_the_mount(
        &self,
        engine: Option<Engine>,
        first: ReadResponse,
        deadline: Deadline,
    ) -> Result<Outcome, Failure> {
        let written = &*self.grant.id().path;
        let explained = |first, hint| Ok(self.explained(self.grant, first, hint));
        let Some(mount) = self.mount(deadline).await? else {
            let guess = guess_with_data(written).filter(|_| engine != Some(Engine::V1) && !written.contains("/data/"));
            return explained(
                first,
                guess.map(|guess| format!("if its engine is KV version 2, the path is `{guess}`")),
            );
        };
        let Some(path) = mount.path_with_data(written) else {
            let hint = self.hint(self.grant, &mount, &first, deadline).await;
            return explained(first, Some(hint));
        };
        if engine == Some(Engine::V1) {
            let hint = format!(
                "it was read as KV version 1, as requested, but `{}` is a KV version 2 mount: there the path is `{path}`",
                mount.path
            );
            return explained(first, Some(hint));
        }
        match self.policy.regrant(self.grant, path.clone(), &mount.mount_type) {
            Ok(grant) => self.read_rewritten(&grant, &mount, deadline).await,
            Err(error) => {
                explained(first, Some(format!("its mount is KV version 2, so `{path}` is meant: {}", error.detail)))
            }
        }
    }

    /// Reads `grant`, whose path has the `data/` that the user left out.
    async fn read_rewritten(&self, grant: &Grant, mount: &Mount, deadline: Deadline) -> Result<Outcome, Failure> {
        let (written, path) = (&self.grant.id().path, &grant.id().path);
        let response = self.read(grant, Some(Engine::V2), deadline).await?;
        let note = format!("`{}` is a KV version 2 mount: `{written}` was read as `{path}`", mount.path);
        if let ReadResult::Absent = response.result {
            let hint = missing::joined([Some(note), Some(self.hint(grant, mount, &response, deadline).await)]);
            return Ok(self.explained(grant, response, Some(hint)));
        }
        Ok(match outcome(grant, self.namespace(), response) {
            Outcome::Found(mut secret) => {
                let warning = Error::warning(Kind::Placeholder, note).hint(format!("write `{path}`"));
                secret.warnings.push(warning);
                secret.read_path = Some(path.clone());
                Outcome::Found(secret)
            }
            outcome => with_hint(outcome, Some(note)),
        })
    }

    fn explained(&self, grant: &Grant, response: ReadResponse, hint: Option<String>) -> Outcome {
        with_hint(outcome(grant, self.namespace(), response), hint)
    }

    /// The hint for a path in `mount` that Vault does not have, or denies.
    async fn hint(&self, grant: &Grant, mount: &Mount, response: &ReadResponse, deadline: Deadline) -> String {
        let (id, namespace) = (grant.id(), self.namespace());
        let is_absent = matches!(response.result, ReadResult::Absent);
        let needless = missing::needless_data(mount, &id.path);
        let near = match is_absent && needless.is_none() {
            true => self.near(grant, mount, &response.token, deadline).await,
            false => None,
        };
        let kind = (needless.is_none() && !id.path.contains("/data/")).then(|| describe(mount));
        let command = is_absent.then(|| missing::command(mount, &id.path, id.version.as_ref(), namespace));
        missing::joined([needless, kind, near, command])
    }

    /// The hint of the names beside a path, where Vault lists them: none that this requester may not read, as others' names are none of
    /// their business. A token with a limited number of uses is kept for readings.
    async fn near(&self, grant: &Grant, mount: &Mount, token: &Arc<Token>, deadline: Deadline) -> Option<String> {
        let folder = Folder::of(mount, &grant.id().path).filter(|_| token.uses().is_none())?;
        let (namespace, listing) = (self.namespace(), &*folder.listing);
        let key = (namespace.map(str::to_owned), listing.to_owned());
        let ask = async {
            let build = |token: &_| request::list(listing, namespace, token);
            self.send(build, deadline).await.map(|list| missing::names(&list.response)).unwrap_or_default()
        };
        let names = self.round.lists().get(key, ask).await;
        match folder.has(&names) {
            true => Some("the secret is there, this version is not".to_owned()),
            false => folder.hint(&names, |path| self.may_read(path, mount)),
        }
    }

    /// The hint of the mounts in the namespace `front` that stands in front of the path, if one does.
    async fn unknown_mount(&self, front: &str, deadline: Deadline) -> String {
        let namespace = match (self.namespace(), front) {
            (namespace, "") => namespace.map(str::to_owned),
            (Some(above), front) => Some(format!("{}/{front}", above.trim_matches('/'))),
            (None, front) => Some(front.to_owned()),
        };
        let ask = async {
            let build = |token: &_| request::mounts(namespace.as_deref(), token);
            self.send(build, deadline).await.map(|list| Mount::parse_all(&list.response)).unwrap_or_default()
        };
        let mounts = self.round.mounts().get(namespace.clone(), ask).await;
        missing::unknown_mount((front, &self.grant.id().path), &mounts, |path, mount| self.may_read(path, mount))
    }

    /// Whether the policy lets this requester read `path`.
    fn may_read(&self, path: &str, mount: &Mount) -> bool {
        self.policy.regrant(self.grant, path.to_owned(), &mount.mount_type).is_ok()
    }
}
