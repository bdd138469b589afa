//! One reading: the path as it is written, and where that fails without `data/`, what its mount says about it.

use std::sync::OnceLock;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::guard::guard;
use super::request;
use super::response::{self, Answer, Found, Mount, Query};
use super::session::{Answered, Session};
use crate::client::{Client, Failure};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::policy::Rules;
use crate::secret::{Engine, Outcome, Secret, SecretId};

/// Endpoints that answer a reading with something new: logins, tokens, certificates.
const CREATING: [&str; 9] = ["creds", "static-creds", "sts", "token", "key", "issue", "sign", "code", "role-id"];

/// Vault as a store.
pub(super) struct Vault {
    client: Client,
    session: Session,
    /// The operator's namespace.
    namespace: Option<String>,
    engine: Option<Engine>,
    /// What may be read: where a path is not read as it was written, that is asked again.
    rules: Rules,
    /// Names that the settings give and messages repeat.
    own_words: Vec<String>,
    /// What is known of mounts, each with its namespace.
    mounts: Mutex<Vec<(Option<String>, Mount)>>,
    /// Why no further reading makes sense.
    down: OnceLock<Error>,
}

/// What a reading came to: its answer, and what to say should it be a refusal.
struct Read {
    answer: Answer,
    refused: Option<String>,
}

impl Vault {
    pub(super) fn new(config: &Config, client: Client, session: Session, engine: Option<Engine>) -> Self {
        let names = ["VAULT_NAMESPACE", "AVP_MOUNT_PATH", "AVP_K8S_MOUNT_PATH", "AVP_K8S_ROLE"];
        let own_words = names.iter().filter_map(|name| config.get(name)).map(str::to_owned).chain([client.address()]);
        Self {
            own_words: own_words.collect(),
            client,
            session,
            namespace: config.get("VAULT_NAMESPACE").map(str::to_owned),
            engine,
            rules: Rules::of(config),
            mounts: Mutex::default(),
            down: OnceLock::new(),
        }
    }

    /// Reads `id`. Nothing that is handed out shows a credential of the session.
    pub(super) async fn find(&self, id: &SecretId) -> Outcome {
        let _reading = self.client.start();
        let words = self.own_words.iter().map(String::as_str);
        let own: Vec<&str> = words.chain([&*id.path]).chain(id.namespace.as_deref()).collect();
        guard(self.find_unguarded(id).await, &own, self.client.credentials())
    }

    /// Once Vault is known to be out of order, the readings that wait are not tried.
    async fn find_unguarded(&self, id: &SecretId) -> Outcome {
        if let Some(error) = self.down.get() {
            return failed(error.clone());
        }
        match self.look_up(id).await {
            Ok(outcome) => outcome,
            Err(Failure { error, everywhere }) => {
                if everywhere {
                    let _ = self.down.set(error.clone());
                }
                failed(error)
            }
        }
    }

    /// Whether reading `id` would create something: its mount is no KV engine, or its path looks so where Vault does not say.
    pub(super) async fn foresee(&self, id: &SecretId) -> bool {
        let _reading = self.client.start();
        match self.mount(id, self.client.deadline()).await {
            Ok(Some(mount)) => !matches!(&*mount.kind, "kv" | "generic" | "cubbyhole"),
            _ => !id.path.contains("/data/") && id.path.split('/').any(|segment| CREATING.contains(&segment)),
        }
    }

    async fn look_up(&self, id: &SecretId) -> Result<Outcome, Failure> {
        let deadline = self.client.deadline();
        let engine = id.engine.or(self.engine);
        let read = self.read(id, &id.path, engine, deadline).await?;
        let may_lack_data = !id.path.contains("/data/") && read.refused.is_none();
        match read.answer {
            Answer::Absent | Answer::Denied(_) if may_lack_data => self.ask_the_mount(id, engine, read, deadline).await,
            _ => Ok(self.outcome(id, &id.path, read)),
        }
    }

    async fn read(
        &self,
        id: &SecretId,
        path: &str,
        engine: Option<Engine>,
        deadline: Instant,
    ) -> Result<Read, Failure> {
        let build = |token: &_| request::read(path, id.version, self.namespace(id), token);
        let Answered { response, refused } = self.session.send(&self.client, build, deadline).await?;
        if response::is_down(&response) {
            return Err(Failure { error: response::failed(&response), everywhere: true });
        }
        let answer = response::read(Query { path, version: id.version, engine }, &response);
        let refusal = match &answer {
            Answer::Found(found) => self.refuse(id, found, deadline).await?,
            _ => None,
        };
        Ok(Read { answer: refusal.map_or(answer, Answer::Refused), refused })
    }

    /// Why what was found may not be passed on: a namespace in front of a path hides that it is one of Vault's own.
    async fn refuse(&self, id: &SecretId, found: &Found, deadline: Instant) -> Result<Option<Error>, Failure> {
        let system = self.rules.system_paths();
        let kind = found.mount_type.as_deref();
        if let Some(error) = kind.and_then(|kind| system.refuse_type(&id.path, kind)) {
            return Ok(Some(error));
        }
        if kind.is_some_and(is_kv) || found.is_versioned || !system.may_be_hidden(&id.path) {
            return Ok(None);
        }
        let mount = self.mount(id, deadline).await?;
        Ok(match &mount {
            Some(mount) if is_kv(&mount.kind) => None,
            Some(mount) => {
                system.refuse_type(&id.path, &mount.kind).or_else(|| system.refuse_mount(&id.path, Some(&mount.path)))
            }
            None => system.refuse_mount(&id.path, None),
        })
    }

    /// A path without `data/` was not found or denied: under least privilege Vault denies what KV version 2 does not know.
    async fn ask_the_mount(
        &self,
        id: &SecretId,
        engine: Option<Engine>,
        first: Read,
        deadline: Instant,
    ) -> Result<Outcome, Failure> {
        let Some(mount) = self.mount(id, deadline).await? else {
            let guess = guess(&id.path).filter(|_| engine != Some(Engine::V1));
            let hint = guess.map(|guess| format!("if its engine is KV version 2, the path is `{guess}`"));
            return Ok(with_hint(self.outcome(id, &id.path, first), hint));
        };
        let Some(path) = mount.path_with_data(&id.path) else {
            return Ok(with_hint(self.outcome(id, &id.path, first), known(&mount)));
        };
        if engine == Some(Engine::V1) {
            let hint = format!(
                "it was read as KV version 1, as asked, but `{}` is a KV version 2 mount: there the path is `{path}`",
                mount.path
            );
            return Ok(with_hint(self.outcome(id, &id.path, first), Some(hint)));
        }
        if self.rules.refuse(&SecretId { path: path.clone(), ..id.clone() }).is_some() {
            let hint =
                format!("its mount is KV version 2, so `{path}` is meant, which `AVP_PATH_VALIDATION` does not allow");
            return Ok(with_hint(self.outcome(id, &id.path, first), Some(hint)));
        }
        let second = self.read(id, &path, Some(Engine::V2), deadline).await?;
        let note = format!("`{}` is a KV version 2 mount: `{}` was read as `{path}`", mount.path, id.path);
        Ok(match self.outcome(id, &path, second) {
            Outcome::Found(mut secret) => {
                let warning = Error::warning(Kind::Placeholder, note).hint(format!("write `{path}`"));
                secret.warnings.push(warning);
                Outcome::Found(secret)
            }
            outcome => with_hint(outcome, Some(note)),
        })
    }

    /// The mount that the path is in, asked for once; none where Vault does not say.
    async fn mount(&self, id: &SecretId, deadline: Instant) -> Result<Option<Mount>, Failure> {
        let namespace = self.namespace(id);
        let mut mounts = self.mounts.lock().await;
        let holds = |(of, mount): &&(Option<String>, Mount)| {
            of.as_deref() == namespace && format!("{}/", id.path).starts_with(&mount.path)
        };
        if let Some((_, mount)) = mounts.iter().find(holds) {
            return Ok(Some(mount.clone()));
        }
        let build = |token: &_| request::mount(&id.path, namespace, token);
        let answered = self.session.send(&self.client, build, deadline).await?;
        let mount = response::mount(&answered.response);
        mounts.extend(mount.clone().map(|mount| (namespace.map(str::to_owned), mount)));
        Ok(mount)
    }

    /// An annotation's namespace stands instead of the operator's.
    fn namespace<'a>(&'a self, id: &'a SecretId) -> Option<&'a str> {
        id.namespace.as_deref().or(self.namespace.as_deref())
    }

    fn outcome(&self, id: &SecretId, path: &str, read: Read) -> Outcome {
        let named = match self.namespace(id) {
            Some(namespace) => format!("`{path}` in namespace `{namespace}`"),
            None => format!("`{path}`"),
        };
        match (read.answer, id.version) {
            (Answer::Found(found), _) => Outcome::Found(Secret::new(found.data)),
            (Answer::Gone(error), _) => Outcome::NoVersion(error),
            (Answer::Absent, None) => Outcome::NoPath(Error::new(Kind::Missing, format!("no secret at {named}"))),
            (Answer::Absent, Some(version)) => {
                let detail = format!("no version {version} of {named}, or no secret at all");
                Outcome::NoVersion(Error::new(Kind::Missing, detail))
            }
            (Answer::Refused(error), _) => Outcome::Denied(error),
            (Answer::Denied(causes), _) => Outcome::Denied(denied(&named, causes, read.refused)),
            (Answer::Failed(error), _) => {
                Outcome::Failed(Error { detail: format!("cannot read {named}: {}", error.detail), ..error })
            }
        }
    }
}

/// Whether a mount of this type holds what users have put there.
fn is_kv(mount_type: &str) -> bool {
    matches!(mount_type, "kv" | "generic")
}

/// What stopped every reading: a refused login is a denial.
fn failed(error: Error) -> Outcome {
    if error.kind == Kind::Denied { Outcome::Denied(error) } else { Outcome::Failed(error) }
}

fn denied(named: &str, causes: String, refused: Option<String>) -> Error {
    let hint = refused.unwrap_or_else(|| "the login's policies do not grant `read` there".to_owned());
    let error = Error::new(Kind::Denied, format!("Vault denies reading {named} (403)")).hint(hint);
    if causes.is_empty() { error } else { error.cause(causes) }
}

/// The same with `hint` in front of its own.
fn with_hint(outcome: Outcome, hint: Option<String>) -> Outcome {
    let Some(hint) = hint else { return outcome };
    let add = |error: Error| {
        let own = error.hint.clone().map(|own| format!("; {own}")).unwrap_or_default();
        error.hint(format!("{hint}{own}"))
    };
    match outcome {
        Outcome::NoPath(error) => Outcome::NoPath(add(error)),
        Outcome::NoVersion(error) => Outcome::NoVersion(add(error)),
        Outcome::Denied(error) => Outcome::Denied(add(error)),
        Outcome::Failed(error) => Outcome::Failed(add(error)),
        found => found,
    }
}

/// What is known of a mount where `data/` is not what is missing.
fn known(mount: &Mount) -> Option<String> {
    let kind = match mount.engine {
        Some(Engine::V1) => "KV version 1",
        Some(Engine::V2) => "KV version 2",
        None => &mount.kind,
    };
    Some(format!("its mount `{}` is {kind}", mount.path))
}

/// The path with `data/` after its first segment, where most mounts end.
fn guess(path: &str) -> Option<String> {
    path.split_once('/').map(|(mount, rest)| format!("{mount}/data/{rest}"))
}
