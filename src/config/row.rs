//! What a setting's row says: how its value is written, and what the tenant rules make of it. Knows no setting by name.

use crate::error::Level;

/// One setting.
#[derive(Debug)]
pub struct Row {
    /// Its name, as AVP and the Vault CLI have it.
    pub name: &'static str,
    /// What it is for, one line.
    pub doc: &'static str,
    /// How its value is written.
    pub format: Format,
    /// What the three tenant rules make of it.
    pub roles: &'static [Role],
    /// Its value where nobody sets it.
    pub default: Option<&'static str>,
    /// A value that makes sense.
    pub example: &'static str,
    /// The store that reads it; none is every store.
    pub store: Option<&'static str>,
    /// The logins (`AVP_AUTH_TYPE`) that read it; none is every login.
    pub logins: &'static [&'static str],
    /// The flag that sets it.
    pub flag: Option<&'static str>,
    /// Whether it counts before the cluster is asked for the Secret of `-s`, which therefore cannot set it.
    pub early: bool,
}

/// What a setting is in the eyes of the tenant rules (`trust.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The address that a credential travels to.
    Address,
    /// A namespace or mount at that address.
    Mount,
    /// What proves who asks.
    Credential,
    /// What the operator locks: its default counts as set.
    Narrowing,
    /// What the operator has set, a tenant may only tighten; where the operator has said nothing, tenants choose.
    Limit(Tighter),
    /// A limit of which the default counts as set.
    Ceiling(Tighter),
    /// Whom the credential of the same login speaks for.
    Identity,
    /// What a tenant may always choose: it says which secrets, and narrows nothing.
    Free,
    /// Whom TLS believes to be that address: as an address, and locked once the operator has set any of them.
    Verification,
    /// A file's or folder's name.
    File,
    /// The choice of a store or a login.
    Login,
}

/// Which of two values of a limit is the tighter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tighter {
    /// The smaller number.
    Fewer,
    /// The shorter duration; `0` is for ever, so the loosest.
    Shorter,
    /// The lower rate with the smaller burst.
    Slower,
    /// The switch that is on.
    On,
}

/// How a setting's value is written. `format.rs` reads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Any text.
    Text,
    /// As Go's ParseBool: `1`, `t`, `true`, `0`, `f`, `false` in lower, upper or title case.
    Bool,
    /// Digits.
    Number,
    /// As Vault's CLI: Go's durations (`60s`, `1m30s`), or bare seconds.
    Duration,
    /// Requests per second, or `RATE:BURST`.
    Rate,
    /// An `http://` or `https://` address.
    Url,
    /// A regular expression, matched anywhere unless anchored.
    Regex,
    /// A file or folder.
    Path,
    /// A name that becomes one segment of a URL's path: no slash, not `.` or `..`, nothing that cannot be seen.
    Segment,
    /// The mount of an auth method: `approle` or `auth/approle`, slashes or not.
    Mount,
    /// A Vault namespace, slashes at the ends or not.
    Namespace,
    /// Names, separated by commas or blanks.
    List,
    /// Absolute paths, separated by colons, commas or blanks.
    Paths,
    /// Bytes, as Kubernetes writes memory: `1Gi`, `512Mi`, `1G`, or bare.
    Size,
    /// One of these; each with its other spellings.
    Choice(&'static [&'static [&'static str]]),
}

/// A setting of AVP or the Vault CLI that is known and not honoured.
#[derive(Debug)]
pub struct Unsupported {
    /// Its name.
    pub name: &'static str,
    /// An error where ignoring it would let in more than it allows, else a warning.
    pub level: Level,
    /// What to do instead.
    pub hint: &'static str,
}

impl Row {
    pub(super) const fn new(name: &'static str, doc: &'static str, format: Format, example: &'static str) -> Self {
        Self {
            name,
            doc,
            format,
            roles: &[],
            default: None,
            example,
            store: None,
            logins: &[],
            flag: None,
            early: false,
        }
    }

    pub(super) const fn roles(self, roles: &'static [Role]) -> Self {
        Self { roles, ..self }
    }

    pub(super) const fn default(self, value: &'static str) -> Self {
        Self { default: Some(value), ..self }
    }

    pub(super) const fn store(self, store: &'static str) -> Self {
        Self { store: Some(store), ..self }
    }

    pub(super) const fn logins(self, logins: &'static [&'static str]) -> Self {
        Self { logins, ..self }
    }

    pub(super) const fn flag(self, flag: &'static str) -> Self {
        Self { flag: Some(flag), ..self }
    }

    pub(super) const fn early(self) -> Self {
        Self { early: true, ..self }
    }

    /// How a tenant may tighten it, if it is a limit.
    pub fn limit(&self) -> Option<Tighter> {
        self.roles.iter().find_map(|role| match role {
            Role::Limit(tighter) | Role::Ceiling(tighter) => Some(*tighter),
            _ => None,
        })
    }

    /// Whether a run reads it that uses this store and this login.
    pub fn serves(&self, store: Option<&str>, login: Option<&str>) -> bool {
        let logs_in = self.logins.is_empty() || login.is_some_and(|login| self.logins.contains(&login));
        self.store.is_none_or(|own| Some(own) == store) && logs_in
    }

    /// Whether it plays this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
