//! Every setting there is: one row each. Reading, trust, help, docs/settings.md and "did you mean" walk this table.
//! Knows no source: where a value comes from is `read.rs`.

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
    /// What the three tenant rules make of it; none is plain.
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
    /// Whom TLS believes to be that address: as an address, and locked once the operator has set any of them.
    Verification,
    /// A file's or folder's name.
    File,
    /// The choice of a store or a login.
    Login,
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
    /// The mount of an auth method: `approle` or `auth/approle`, slashes or not.
    Mount,
    /// A Vault namespace, slashes at the ends or not.
    Namespace,
    /// Names, separated by commas or blanks.
    List,
    /// One of these; each with its other spellings.
    Choice(&'static [&'static [&'static str]]),
}

/// All settings, in the order in which help and docs show them.
pub const SETTINGS: &[Row] = &[
    Row::new("AVP_TYPE", "which store the secrets are in", Format::Choice(&[&["vault"], &["file"]]), "vault")
        .roles(&[Role::Login])
        .default("vault"),
    Row::new("AVP_FILE", "the file that the `file` store reads", Format::Path, "secrets.yaml")
        .roles(&[Role::File, Role::Credential])
        .store("file")
        .flag("--secrets"),
    Row::new("VAULT_ADDR", "Vault's address", Format::Url, "https://vault.example.com:8200")
        .roles(&[Role::Address])
        .store("vault"),
    Row::new("VAULT_NAMESPACE", "the Vault namespace of the login and of every path", Format::Namespace, "team-a")
        .roles(&[Role::Mount])
        .store("vault"),
    Row::new(
        "AVP_AUTH_TYPE",
        "how to log in to Vault; unset, `token` if there is a token, else `k8s` in a pod",
        LOGINS,
        "k8s",
    )
    .roles(&[Role::Login])
    .store("vault"),
    Row::new("VAULT_TOKEN", "the token; unset, what `~/.vault-token` holds", Format::Text, "hvs.…")
        .roles(&[Role::Credential])
        .store("vault")
        .logins(&["token"]),
    Row::new("AVP_ROLE_ID", "the role id of an AppRole login", Format::Text, "1f2d…")
        .roles(&[Role::Credential])
        .store("vault")
        .logins(&["approle"]),
    Row::new("AVP_SECRET_ID", "the secret id of an AppRole login", Format::Text, "9c41…")
        .roles(&[Role::Credential])
        .store("vault")
        .logins(&["approle"]),
    Row::new("AVP_GITHUB_TOKEN", "the personal access token of a GitHub login", Format::Text, "ghp_…")
        .roles(&[Role::Credential])
        .store("vault")
        .logins(&["github"]),
    Row::new("AVP_USERNAME", "the user of a userpass login", Format::Text, "argocd")
        .store("vault")
        .logins(&["userpass"]),
    Row::new("AVP_PASSWORD", "the password of a userpass login", Format::Text, "…")
        .roles(&[Role::Credential])
        .store("vault")
        .logins(&["userpass"]),
    Row::new("AVP_K8S_ROLE", "the Vault role of a Kubernetes login", Format::Text, "argocd")
        .store("vault")
        .logins(&["k8s"]),
    Row::new(
        "AVP_K8S_TOKEN_PATH",
        "the service-account token of a Kubernetes login",
        Format::Path,
        SERVICE_ACCOUNT_TOKEN,
    )
    .roles(&[Role::File, Role::Credential])
    .default(SERVICE_ACCOUNT_TOKEN)
    .store("vault")
    .logins(&["k8s"]),
    Row::new("AVP_K8S_MOUNT_PATH", "where the Kubernetes auth method is mounted", Format::Mount, "auth/kubernetes")
        .roles(&[Role::Mount])
        .default("kubernetes")
        .store("vault")
        .logins(&["k8s"]),
    Row::new(
        "AVP_MOUNT_PATH",
        "where another auth method is mounted; unset, at its own name",
        Format::Mount,
        "auth/approle",
    )
    .roles(&[Role::Mount])
    .store("vault")
    .logins(&["approle", "github", "userpass"]),
    Row::new(
        "AVP_KV_VERSION",
        "read every path as KV version 1 or 2; unset, the answer tells",
        Format::Choice(&[&["1"], &["2"]]),
        "2",
    )
    .store("vault"),
    Row::new(
        "AVP_PATH_VALIDATION",
        "a path that this does not match is refused",
        Format::Regex,
        "^secret/data/team-a/",
    )
    .roles(&[Role::Narrowing]),
    Row::new(
        "AVP_SYSTEM_PATHS",
        "Vault's own paths that a tenant's placeholders may name, as prefixes; unset, none below `auth`, `sys`, `identity`, \
         `cubbyhole` and `audit`",
        Format::List,
        "identity/oidc/token/",
    )
    .roles(&[Role::Narrowing])
    .store("vault"),
    Row::new(
        "AVP_TENANT_SETTINGS",
        "settings that tenants may choose in spite of the tenant rules",
        Format::List,
        "VAULT_NAMESPACE",
    )
    .roles(&[Role::Narrowing]),
    Row::new("VAULT_CACERT", "a PEM file: the authorities that may vouch for Vault", Format::Path, "/etc/vault/ca.pem")
        .roles(&[Role::File, Role::Verification])
        .store("vault"),
    Row::new("VAULT_CACERT_BYTES", "the same, inline", Format::Text, "-----BEGIN CERTIFICATE-----…")
        .roles(&[Role::Verification])
        .store("vault"),
    Row::new("VAULT_CAPATH", "a folder of such PEM files", Format::Path, "/etc/vault/ca")
        .roles(&[Role::File, Role::Verification])
        .store("vault"),
    Row::new("VAULT_CLIENT_CERT", "a PEM file: the certificate shown to Vault", Format::Path, "/etc/vault/client.pem")
        .roles(&[Role::File])
        .store("vault"),
    Row::new("VAULT_CLIENT_KEY", "a PEM file: the key of that certificate", Format::Path, "/etc/vault/client-key.pem")
        .roles(&[Role::File, Role::Credential])
        .store("vault"),
    Row::new("VAULT_TLS_SERVER_NAME", "the name that Vault's certificate must bear", Format::Text, "vault.internal")
        .roles(&[Role::Verification])
        .store("vault"),
    Row::new("VAULT_SKIP_VERIFY", "`true` accepts any certificate: for experiments only", Format::Bool, "false")
        .roles(&[Role::Narrowing])
        .default("false")
        .store("vault"),
    Row::new("VAULT_CLIENT_TIMEOUT", "how long a request may take; `0` is for ever", Format::Duration, "30s")
        .default("60s")
        .store("vault"),
    Row::new("AVP_TIMEOUT", "how long all readings of a run may take, retries included", Format::Duration, "30s")
        .roles(&[Role::Narrowing])
        .default("50s"),
    Row::new("VAULT_MAX_RETRIES", "how often a failed reading is tried again", Format::Number, "5")
        .default("2")
        .store("vault"),
    Row::new("VAULT_RATE_LIMIT", "requests per second, as `RATE` or `RATE:BURST`", Format::Rate, "10:20")
        .store("vault"),
    Row::new("AVP_DISABLE_TOKEN_CACHE", "`true` keeps no token between runs", Format::Bool, "true")
        .default("false")
        .store("vault")
        .flag("--disable-token-cache"),
    Row::new(
        "AVP_PARALLEL_RENDERS",
        "how many runs of this user's render at once, the others wait for their turn; unset, all; not from the Secret of `-s`",
        Format::Number,
        "8",
    )
    .roles(&[Role::Narrowing]),
];

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

/// What is known and not honoured.
pub const UNSUPPORTED: &[Unsupported] = &[
    Unsupported { name: "AVP_POLICY", level: Level::Error, hint: "use `AVP_PATH_VALIDATION`, or a policy in Vault" },
    Unsupported {
        name: "AVP_LOCK_ROLE",
        level: Level::Error,
        hint: "bind the Vault roles to the service account instead",
    },
    Unsupported { name: "VAULT_AGENT_ADDR", level: Level::Warning, hint: "set `VAULT_ADDR` to the agent's address" },
    Unsupported { name: "VAULT_PROXY_ADDR", level: Level::Warning, hint: "set `HTTPS_PROXY` instead" },
];

/// The stores of AVP that are not here.
pub const OTHER_STORES: &[&str] = &[
    "1passwordconnect",
    "awssecretsmanager",
    "azurekeyvault",
    "delineasecretserver",
    "gcpsecretmanager",
    "ibmsecretsmanager",
    "keepersecretsmanager",
    "kubernetessecret",
    "onepasswordconnect",
    "sops",
    "yandexcloudlockbox",
];

/// Where Kubernetes puts a pod's service-account token.
pub const SERVICE_ACCOUNT_TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

const LOGINS: Format = Format::Choice(&[&["token"], &["approle"], &["k8s", "kubernetes"], &["userpass"], &["github"]]);

/// The row of a setting.
pub fn find(name: &str) -> Option<&'static Row> {
    SETTINGS.iter().find(|row| row.name == name)
}

/// Whether a name is a setting's, honoured or not.
pub(super) fn is_known(name: &str) -> bool {
    find(name).is_some() || UNSUPPORTED.iter().any(|row| row.name == name)
}

impl Row {
    const fn new(name: &'static str, doc: &'static str, format: Format, example: &'static str) -> Self {
        Self { name, doc, format, roles: &[], default: None, example, store: None, logins: &[], flag: None }
    }

    const fn roles(self, roles: &'static [Role]) -> Self {
        Self { roles, ..self }
    }

    const fn default(self, value: &'static str) -> Self {
        Self { default: Some(value), ..self }
    }

    const fn store(self, store: &'static str) -> Self {
        Self { store: Some(store), ..self }
    }

    const fn logins(self, logins: &'static [&'static str]) -> Self {
        Self { logins, ..self }
    }

    const fn flag(self, flag: &'static str) -> Self {
        Self { flag: Some(flag), ..self }
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_documented_and_none_is_there_twice() {
        let mut names = HashSet::new();
        for row in SETTINGS {
            assert!(names.insert(row.name), "{} is there twice", row.name);
            assert!(row.name.starts_with("AVP_") || row.name.starts_with("VAULT_"), "{}", row.name);
            assert!(!row.doc.is_empty() && !row.doc.ends_with('.') && !row.doc.contains('\n'), "{}", row.name);
            assert!(row.format.canonical(row.example).is_ok(), "{}", row.name);
            assert!(
                row.default.is_none_or(|value| row.format.canonical(value).as_deref() == Ok(value)),
                "{}",
                row.name
            );
        }
        assert!(UNSUPPORTED.iter().all(|row| names.insert(row.name)));
    }

    #[test]
    fn the_settings_of_avp_and_of_vaults_cli_are_there() {
        for name in "AVP_TYPE AVP_AUTH_TYPE AVP_KV_VERSION AVP_ROLE_ID AVP_SECRET_ID AVP_GITHUB_TOKEN AVP_USERNAME AVP_PASSWORD \
             AVP_K8S_ROLE AVP_K8S_MOUNT_PATH AVP_K8S_TOKEN_PATH AVP_MOUNT_PATH AVP_PATH_VALIDATION AVP_FILE AVP_TENANT_SETTINGS \
             VAULT_ADDR VAULT_TOKEN VAULT_NAMESPACE VAULT_CACERT VAULT_CACERT_BYTES VAULT_CAPATH VAULT_CLIENT_CERT VAULT_CLIENT_KEY \
             VAULT_TLS_SERVER_NAME VAULT_SKIP_VERIFY VAULT_CLIENT_TIMEOUT VAULT_MAX_RETRIES VAULT_RATE_LIMIT"
            .split_whitespace()
        {
            assert!(find(name).is_some(), "{name}");
        }
    }
}
