//! Whether the token may read the paths of the manifests. Vault is asked about its policies; no secret is read.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};

use super::{Patient, Standing};
use crate::backend::vault::endpoint::capability;
use crate::backend::vault::member::names;
use crate::backend::vault::mount::Mount;
use crate::backend::vault::{Engine, failure, missing, request};
use crate::client::{Failure, Retry};
use crate::error::{Error, Kind};
use crate::policy::Grant;
use crate::probe::Verdict;
use crate::value::Value;

/// How many mounts are asked for at once.
const CONCURRENCY: usize = 8;

/// What Vault allows at each path of one namespace; `None` where it does not say.
type Capabilities = BTreeMap<String, Vec<String>>;

pub(super) fn may_read(patient: &Patient) -> BoxFuture<'_, Vec<Verdict>> {
    Box::pin(async {
        let Some(grants) = &patient.subject.grants else {
            return vec![Verdict::NotTried("no manifests are named: `vault-render doctor PATH`".to_owned())];
        };
        let Some(standing) = patient.standing.get() else { return Vec::new() };
        if grants.is_empty() {
            return vec![Verdict::NotTried("the manifests need no secret".to_owned())];
        }
        let (own, others): (Vec<&Grant>, Vec<&Grant>) =
            grants.iter().partition(|grant| *grant.login() == patient.login);
        let mut verdicts = Vec::new();
        for (namespace, grants) in by_namespace(patient, own) {
            let inquiry = Inquiry { patient, standing, namespace };
            verdicts
                .extend(inquiry.verdicts(&grants).await.unwrap_or_else(|failure| vec![Verdict::Wrong(failure.error)]));
        }
        let read_by_another = |grant: &Grant| format!("`{}`, which is read with {}", grant.id().path, grant.login());
        verdicts.extend(others.into_iter().map(|grant| Verdict::NotTried(read_by_another(grant))));
        patient.clean(verdicts)
    })
}

/// The grants by the namespace in which they are read; each path once.
fn by_namespace<'p>(patient: &'p Patient, grants: Vec<&'p Grant>) -> BTreeMap<Option<&'p str>, Vec<&'p Grant>> {
    let mut groups: BTreeMap<Option<&str>, Vec<&Grant>> = BTreeMap::new();
    for grant in grants {
        let group = groups.entry(grant.id().scope.as_deref().or(patient.namespace())).or_default();
        let is_same =
            |other: &&Grant| other.id().path == grant.id().path && Engine::of(other.id()) == Engine::of(grant.id());
        if !group.iter().any(is_same) {
            group.push(grant);
        }
    }
    groups
}

/// The questions about one namespace.
struct Inquiry<'p> {
    patient: &'p Patient,
    standing: &'p Standing,
    namespace: Option<&'p str>,
}

impl Inquiry<'_> {
    async fn verdicts(&self, grants: &[&Grant]) -> Result<Vec<Verdict>, Failure> {
        let paths: Vec<String> = grants.iter().map(|grant| grant.id().path.clone()).collect();
        let asked = stream::iter(paths).map(|path| self.mount(path)).buffered(CONCURRENCY);
        let mounts = asked.collect::<Vec<_>>().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let paths = grants.iter().zip(&mounts).flat_map(|(grant, mount)| {
            let with_data = mount.as_ref().and_then(|mount| mount.path_with_data(&grant.id().path));
            [Some(grant.id().path.clone()), with_data]
        });
        let Some(capabilities) = self.capabilities(paths.flatten().collect()).await? else {
            let reason = "the token may not ask what it may: the policy `default` allows `sys/capabilities-self`";
            return Ok(vec![Verdict::NotTried(reason.to_owned())]);
        };
        let known = if mounts.iter().any(Option::is_none) { self.mounts().await } else { Vec::new() };
        let judge =
            |(grant, mount): (&&Grant, &Option<Mount>)| self.judge(grant, mount.as_ref(), &capabilities, &known);
        Ok(grants.iter().zip(&mounts).map(judge).collect())
    }

    fn judge(&self, grant: &Grant, mount: Option<&Mount>, capabilities: &Capabilities, known: &[Mount]) -> Verdict {
        let written = &grant.id().path;
        let Some(mount) = mount else { return self.without_mount(grant, capabilities, known) };
        let engine = Engine::of(grant.id()).or(self.patient.engine());
        if let Some(error) = mismatch(written, engine, mount) {
            return Verdict::Wrong(error);
        }
        let path = mount.path_with_data(written).unwrap_or_else(|| written.clone());
        let capability = capability(grant.id());
        if allows(capabilities, &path, capability) {
            let kind =
                mount.engine.map_or(mount.mount_type.clone(), |engine| format!("KV version {}", engine.number()));
            let as_read = if path == *written { String::new() } else { format!(", read as `{path}`") };
            return Verdict::Right(format!("`{written}`{as_read} ({kind})"));
        }
        Verdict::Wrong(denied(&path, capability))
    }

    /// Vault names no mount to a token that may do nothing there, and to everybody where there is none.
    fn without_mount(&self, grant: &Grant, capabilities: &Capabilities, known: &[Mount]) -> Verdict {
        let path = &grant.id().path;
        let may_read = |near: &str, mount: &Mount| {
            self.patient.subject.policy.regrant(grant, near.to_owned(), &mount.mount_type).is_ok()
        };
        let hint = missing::unknown_mount(("", path), known, may_read);
        let capability = capability(grant.id());
        if allows(capabilities, path, capability) {
            let detail = format!("nothing can be read at `{path}`");
            return Verdict::Wrong(
                Error::new(Kind::Missing, detail).hint(format!("{hint}; `vault secrets list` shows the mounts")),
            );
        }
        let error = denied(path, capability);
        let own = error.hint.clone().unwrap_or_default();
        Verdict::Wrong(error.hint(format!("{own}; or {hint}, which Vault tells nobody who may do nothing there")))
    }

    async fn mount(&self, path: String) -> Result<Option<Mount>, Failure> {
        let request = request::mount(&path, self.namespace, &self.standing.token.text);
        Ok(Mount::parse(&self.send(&request).await?))
    }

    /// The mounts that the token may know of.
    async fn mounts(&self) -> Vec<Mount> {
        let request = request::mounts(self.namespace, &self.standing.token.text);
        self.send(&request).await.map(|response| Mount::parse_all(&response)).unwrap_or_default()
    }

    /// What the token may do at these paths; `None` if it may not ask.
    async fn capabilities(&self, paths: Vec<String>) -> Result<Option<Capabilities>, Failure> {
        let request = request::capabilities(&paths, self.namespace, &self.standing.token.text);
        let response = self.send(&request).await?;
        let body = Value::from_json(&response.body).ok();
        let data = body.as_ref().and_then(|body| body.get("data"));
        match (response.status, data) {
            (200, Some(data)) => Ok(Some(paths.into_iter().map(|path| (path.clone(), names(data, &path))).collect())),
            (403, _) => Ok(None),
            _ => Err(Failure::from(failure::failed(&response))),
        }
    }

    async fn send(&self, request: &crate::client::Request) -> Result<crate::client::Response, Failure> {
        self.patient.client().send(request, Retry::Idempotent, self.patient.deadline()).await
    }
}

fn allows(capabilities: &Capabilities, path: &str, needed: &str) -> bool {
    let of_path = capabilities.get(path).map_or(&[][..], Vec::as_slice);
    of_path.iter().any(|capability| capability == needed || capability == "root")
}

fn denied(path: &str, needed: &str) -> Error {
    Error::new(Kind::Denied, format!("the token's policies do not allow reading `{path}`"))
        .hint(format!("add to a policy of the login: `path \"{path}\" {{ capabilities = [\"{needed}\"] }}`"))
}

/// The error of a KV version, or of a path, that is not its mount's.
fn mismatch(path: &str, engine: Option<Engine>, mount: &Mount) -> Option<Error> {
    if let Some(hint) = missing::needless_data(mount, path) {
        let detail = format!("`{path}` is written for KV version 2, and `{}` is KV version 1", mount.path);
        return Some(Error::new(Kind::Setting, detail).hint(hint));
    }
    let (expected, real) = (engine?, mount.engine?);
    (expected != real).then(|| {
        let detail = format!(
            "`{path}` is to be read as KV version {}, and `{}` is KV version {}",
            expected.number(),
            mount.path,
            real.number()
        );
        Error::new(Kind::Setting, detail).hint(format!(
            "`AVP_KV_VERSION` or the annotation `avp.kubernetes.io/kv-version` says {}: set it to {}, or leave it out",
            expected.number(),
            real.number()
        ))
    })
}
