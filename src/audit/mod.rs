//! Who has read what: one line for each reading, written before its value is used. Knows no store, and no value of a secret.

mod line;
pub(crate) mod settings;
mod sink;
mod uses;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::SystemTime;

use crate::config::Config;
use crate::error::{Error, Kind};
use crate::moment;
use crate::named_file::NamedFile;
use crate::policy::{Grant, Refusal, Requester, RuleId};
use crate::secret::{Access, Outcome, Provenance, Secret, SecretId};
use line::Line;
use settings::{AUDIT, REQUIRED, Target};
pub(crate) use sink::Writer;
use sink::{append, write_line};
use uses::{Users, Uses};

/// Where the runs of a requester are audited, and what all their lines have.
#[derive(Debug)]
pub(crate) struct AuditLog {
    target: Target,
    is_required: bool,
    has_tenant: bool,
    requester: Requester,
    store: StoreName,
}

/// The store that is read.
#[derive(Clone, Debug)]
pub(crate) struct StoreName {
    /// Its name, e.g. `vault`.
    pub name: &'static str,
    /// The scope of readings that name none, such as a Vault namespace.
    pub scope: Option<String>,
}

/// The audit of one run.
pub(crate) struct Audit<'r> {
    log: Arc<AuditLog>,
    intent: &'static str,
    writer: Writer<'r>,
    uses: Uses,
    /// What lines have told already, by its secret.
    told: HashMap<SecretId, Told>,
    trouble: Option<Error>,
}

/// The uses of a secret that lines have told.
#[derive(Default)]
struct Told {
    manifests: HashSet<String>,
    /// `None` is the whole secret.
    keys: HashSet<Option<String>>,
}

impl AuditLog {
    /// The log that `AVP_AUDIT` names; `None` where it is not set. A file in the repository is an error, as tenants write there.
    pub(crate) fn of(config: &Config, requester: Requester, store: StoreName) -> Result<Option<Self>, Error> {
        let Some(target) = config.get(&AUDIT).cloned() else { return Ok(None) };
        if let (Target::File(path), Some(repository)) = (&target, config.contributed_folder())
            && let Some(folder) = path.parent()
            && NamedFile::find(folder, repository, repository).is_ok_and(|folder| folder.is_in_repository())
        {
            let detail = format!("`{}` names a file in the repository: `{target}`", AUDIT.name());
            return Err(
                Error::new(Kind::Setting, detail).hint("whoever may edit the repository could read and change it")
            );
        }
        let (is_required, has_tenant) = (config.is_on(&REQUIRED), config.has_tenant());
        Ok(Some(Self { target, is_required, has_tenant, requester, store }))
    }

    /// Begins the audit of a run, whose lines go to `stderr` if the settings say so. A warning in place of it lets the run go on.
    pub(crate) fn begin<'r>(self: Arc<Self>, is_preview: bool, stderr: Writer<'r>) -> Result<Audit<'r>, Error> {
        let opened = match &self.target {
            Target::Stderr => Ok(stderr),
            Target::File(path) => append(path),
        };
        let writer = opened.map_err(|error| self.trouble(&error))?;
        let intent = if is_preview { "preview" } else { "render" };
        Ok(Audit { log: self, intent, writer, uses: Uses::default(), told: HashMap::new(), trouble: None })
    }

    /// Why a line is not written.
    fn trouble(&self, error: &std::io::Error) -> Error {
        let detail = format!("cannot audit readings to `{}`, which `{}` names", self.target, AUDIT.name());
        match self.is_required {
            true => Error::new(Kind::Setting, detail).hint(format!("`{}` demands it", REQUIRED.name())),
            false => {
                Error::warning(Kind::Setting, detail).hint(format!("`{}=true` would fail the run", REQUIRED.name()))
            }
        }
        .cause(error.to_string())
    }

    /// Whether a tenant may see the lines: what a plugin writes to stderr is a part of the error that Argo CD shows.
    fn is_seen_by_tenants(&self) -> bool {
        self.has_tenant && self.target == Target::Stderr
    }
}

impl Audit<'_> {
    /// Says who uses the secrets that are judged and read next.
    pub(crate) fn expect(&mut self, accesses: &[Access]) {
        self.uses = Uses::of(accesses);
    }

    /// Writes a line for each secret that the policy refuses, and for each rule that does.
    pub(crate) fn refused(&mut self, refusals: &[Refusal]) {
        let mut told: Vec<(&SecretId, &Option<RuleId>)> = Vec::new();
        for Refusal { access, rule, .. } in refusals {
            if told.contains(&(&access.id, rule)) {
                continue;
            }
            told.push((&access.id, rule));
            let of_rule = refusals.iter().filter(|other| other.access.id == access.id && other.rule == *rule);
            let keys = of_rule.map(|other| other.access.usage.key.as_deref());
            let line = Line { result: "denied", by: Some("policy"), ..self.line(&access.id, keys, rule.as_ref()) };
            let users = self.uses.users(&access.id);
            self.write(with_users(line, users));
        }
    }

    /// Writes a line for a reading with the login of this accessor. Returns whether its value may be used.
    pub(crate) fn read(&mut self, grant: &Grant, outcome: &Outcome, accessor: Option<String>) -> bool {
        let users = self.uses.users(grant.id());
        self.told.entry(grant.id().clone()).or_default().learn(grant, &users);
        let line = with_users(self.line_of(grant, outcome), users);
        self.write(Line { login: accessor, ..line })
    }

    /// Writes a line for a secret that was read before, if manifests use it, or keys of it, that no line tells yet. Returns whether its value
    /// may be used.
    pub(crate) fn used_again(&mut self, grant: &Grant, outcome: &Outcome) -> bool {
        let users = self.uses.users(grant.id());
        if !self.told.entry(grant.id().clone()).or_default().learn(grant, &users) {
            return true;
        }
        let line = with_users(self.line_of(grant, outcome), users);
        self.write(Line { repeat: true, ..line })
    }

    /// Why lines were not written: an error if they must be, else a warning. It is told once.
    pub(crate) fn take_trouble(&mut self) -> Option<Error> {
        self.trouble.take()
    }

    fn line_of(&self, grant: &Grant, outcome: &Outcome) -> Line {
        let keys = grant.usages().iter().map(|usage| usage.key.as_deref());
        let (result, by) = result(outcome);
        let line = Line { result, by, ..self.line(grant.id(), keys, grant.rule()) };
        match outcome {
            Outcome::Found(secret) => of_secret(line, secret),
            _ => line,
        }
    }

    /// What each line of a secret has.
    fn line<'k>(&self, id: &SecretId, keys: impl Iterator<Item = Option<&'k str>>, rule: Option<&RuleId>) -> Line {
        let AuditLog { requester, store, .. } = &*self.log;
        let mut keys: Vec<String> = keys.map(|key| key.unwrap_or("*").to_owned()).collect();
        keys.sort_unstable();
        keys.dedup();
        Line {
            time: moment::precise(SystemTime::now()),
            application: requester.application.clone(),
            project: requester.project.clone(),
            namespace: requester.namespace.clone(),
            store: id.store.as_deref().unwrap_or(store.name).to_owned(),
            vault_namespace: id.scope.clone().or_else(|| store.scope.clone()),
            path: id.path.clone(),
            parameters: id.parameters.keys().cloned().collect(),
            version: id.version.as_ref().map(ToString::to_string),
            keys,
            intent: self.intent,
            rule: rule.map(ToString::to_string),
            ..Line::default()
        }
    }

    /// Writes a line. Returns whether the run may go on as if it were written.
    fn write(&mut self, line: Line) -> bool {
        let line = match self.log.is_seen_by_tenants() {
            true => Line { rule: None, login: None, lease: None, ..line },
            false => line,
        };
        let Err(error) = write_line(&mut self.writer, &line.bytes()) else { return true };
        self.trouble.get_or_insert_with(|| self.log.trouble(&error));
        !self.log.is_required
    }
}

impl Told {
    /// Notes what a line tells of a secret. Returns whether anything of it is new.
    fn learn(&mut self, grant: &Grant, users: &Users) -> bool {
        let before = self.manifests.len() + self.keys.len();
        self.manifests.extend(users.manifests.iter().cloned());
        self.keys.extend(grant.usages().iter().map(|usage| usage.key.clone()));
        self.manifests.len() + self.keys.len() > before
    }
}

/// The line's word for an outcome, and who denies it.
fn result(outcome: &Outcome) -> (&'static str, Option<&'static str>) {
    match outcome {
        Outcome::Found(secret) => match secret.provenance {
            Provenance::Store => ("found", None),
            Provenance::Kept => ("kept", None),
            Provenance::LastGood => ("last_good", None),
            Provenance::Shared => ("shared", None),
        },
        Outcome::NoPath(_) | Outcome::NoVersion(_) => ("missing", None),
        Outcome::Denied(_) => ("denied", Some("store")),
        Outcome::Refused(_) => ("denied", Some("policy")),
        Outcome::Failed(_) => ("failed", None),
        Outcome::Planned => ("planned", None),
    }
}

fn of_secret(line: Line, secret: &Secret) -> Line {
    let version = secret.version.as_ref().map(ToString::to_string).or(line.version);
    let lease = secret.lease.as_ref().map(|lease| lease.id.clone()).filter(|id| !id.is_empty());
    match &secret.read_path {
        Some(path) => Line { version, lease, written_path: Some(line.path), path: path.clone(), ..line },
        None => Line { version, lease, ..line },
    }
}

fn with_users(line: Line, Users { manifests, resources }: Users) -> Line {
    let (manifest, resource) = (manifests.first().cloned(), resources.first().cloned());
    let several = |names: Vec<String>| if names.len() > 1 { names } else { Vec::new() };
    Line { manifest, resource, manifests: several(manifests), resources: several(resources), ..line }
}
