//! Every setting there is: one row each. Reading, trust, help, docs/settings.md and "did you mean" walk this table.
//! Knows no source: where a value comes from is `read.rs`.

pub use super::row::{Format, Role, Row, Tighter, Unsupported};
use crate::error::Level;

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
    Row::new("AVP_USERNAME", "the user of a userpass login", Format::Segment, "argocd")
        .roles(&[Role::Identity])
        .store("vault")
        .logins(&["userpass"]),
    Row::new("AVP_PASSWORD", "the password of a userpass login", Format::Text, "…")
        .roles(&[Role::Credential])
        .store("vault")
        .logins(&["userpass"]),
    Row::new("AVP_K8S_ROLE", "the Vault role of a Kubernetes login", Format::Text, "argocd")
        .roles(&[Role::Free])
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
    .roles(&[Role::Free])
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
    Row::new(
        "AVP_TENANT",
        "`true`: there is a tenant outside Argo CD too, whose are the repository, its `-c` files and its annotations",
        Format::Bool,
        "true",
    )
    .roles(&[Role::Ceiling(Tighter::On)])
    .default("false")
    .early(),
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
        .roles(&[Role::File, Role::Identity])
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
        .roles(&[Role::Limit(Tighter::Shorter)])
        .default("60s")
        .store("vault"),
    Row::new("AVP_TIMEOUT", "how long all readings of a run may take, retries included; `0` is for ever", Format::Duration, "30s")
        .roles(&[Role::Ceiling(Tighter::Shorter)])
        .default("50s"),
    Row::new("VAULT_MAX_RETRIES", "how often a failed reading is tried again", Format::Number, "5")
        .roles(&[Role::Limit(Tighter::Fewer)])
        .default("2")
        .store("vault"),
    Row::new("VAULT_RATE_LIMIT", "requests per second, as `RATE` or `RATE:BURST`", Format::Rate, "10:20")
        .roles(&[Role::Limit(Tighter::Slower)])
        .store("vault"),
    Row::new("AVP_DISABLE_TOKEN_CACHE", "`true` keeps no token between runs", Format::Bool, "true")
        .roles(&[Role::Limit(Tighter::On)])
        .default("false")
        .store("vault")
        .flag("--disable-token-cache"),
    Row::new(
        "AVP_PARALLEL_RENDERS",
        "how many runs of this user that read what tenants wrote (all but `discover`) work at once, the others wait for their turn; unset, all",
        Format::Number,
        "8",
    )
    .roles(&[Role::Narrowing])
    .early(),
    Row::new(
        "AVP_TOOL_PATHS",
        "further files and folders that helm, kustomize and what they start may read and execute",
        Format::Paths,
        "/opt/mise",
    )
    .roles(&[Role::Narrowing])
    .early(),
    Row::new(
        "AVP_TOOL_HOSTS",
        "hosts that helm and kustomize may reach by https, `*` is any; unset, none with a tenant, else `*`",
        Format::List,
        "charts.example.com github.com",
    )
    .roles(&[Role::Narrowing])
    .early(),
    Row::new("AVP_TOOL_MEMORY", "how much memory helm and kustomize may write to", Format::Size, "2Gi")
        .roles(&[Role::Narrowing])
        .default("1Gi")
        .early(),
    Row::new(
        "AVP_TOOL_TIMEOUT",
        "how long a command of helm or kustomize may take, `0` is for ever",
        Format::Duration,
        "2m",
    )
    .roles(&[Role::Narrowing])
    .default("60s")
    .early(),
    Row::new(
        "AVP_UNCONTAINED_TOOLS",
        "`true` runs helm and kustomize where this machine cannot contain them, in spite of a tenant",
        Format::Bool,
        "true",
    )
    .roles(&[Role::Narrowing])
    .default("false")
    .early(),
];

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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_documented_and_none_is_there_twice() {
        let mut names = HashSet::new();
        for row in SETTINGS {
            assert!(names.insert(row.name), "{} is there twice", row.name);
            assert!(!row.roles.is_empty(), "what may a tenant do with {}?", row.name);
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
