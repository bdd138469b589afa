//! The environment of a tool: built, not inherited. What is not named here does not reach it: no `VAULT_*`, no `AVP_*`, no token,
//! no kubeconfig. A kustomization can print any variable that kustomize has, so none may hold a secret.

use std::collections::BTreeMap;
use std::path::Path;

use super::command::ToolContext;

/// The variables that a tool inherits.
const PASSED: &[&str] = &["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The variables that are set for a tool: git asks no questions, clones nothing from this machine and reads no settings but the repository's;
/// no cluster is found; a Go program that fails does not print the state of its threads.
const SET: &[(&str, &str)] = &[
    ("GIT_ALLOW_PROTOCOL", "https"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GOTRACEBACK", "none"),
    ("KUBECONFIG", "/dev/null"),
];

/// The environment of a tool.
pub(super) fn environment(context: &ToolContext<'_>) -> BTreeMap<String, String> {
    let passed = PASSED.iter().filter_map(|name| Some((*name, context.variables.get(*name)?.as_str())));
    let mut environment: BTreeMap<String, String> =
        passed.chain(SET.iter().copied()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    environment.extend(own_variables(context));
    // Git takes the certificate authorities of helm and kustomize, which start it.
    environment.extend(context.variables.get("SSL_CERT_FILE").map(|file| ("GIT_SSL_CAINFO".to_owned(), file.clone())));
    let folders = environment.remove("PATH").unwrap_or_default();
    let folders: Vec<&str> = folders.split(':').filter(|folder| Path::new(folder).is_absolute()).collect();
    if !folders.is_empty() {
        environment.insert("PATH".to_owned(), folders.join(":"));
    }
    environment
}

/// The variables of this tool alone: its private folder, and the numbers that Go would read from `/proc`. From seven eighths of the memory
/// on, Go collects garbage more often.
fn own_variables(context: &ToolContext<'_>) -> [(String, String); 4] {
    let private = context.private.to_string_lossy().into_owned();
    [
        ("HOME", private.clone()),
        ("TMPDIR", private),
        ("GOMAXPROCS", context.processors.to_string()),
        ("GOMEMLIMIT", (context.memory - context.memory / 8).to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::super::command::PathTarget;
    use super::*;

    #[test]
    fn only_what_is_named_reaches_a_tool() {
        let variables = [
            ("PATH", ".:/usr/bin::bin:/bin"),
            ("HOME", "/home/argocd"),
            ("LANG", "C.UTF-8"),
            ("HTTPS_PROXY", "http://proxy:3128"),
            ("HTTP_PROXY", "http://user:pass@proxy:3128/"),
            ("VAULT_TOKEN", "hvs.x"),
            ("AVP_SECRET_ID", "x"),
            ("ARGOCD_ENV_X", "x"),
            ("KUBECONFIG", "/home/argocd/.kube/config"),
            ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
            ("HELM_PLUGINS", "/plugins"),
            ("GIT_SSH_COMMAND", "sh"),
            ("TMPDIR", "/var/tmp"),
            ("SSL_CERT_FILE", "/home/user@host/ca.pem"),
            ("ALL_PROXY", "socks5://user:pa/ss@proxy"),
            ("https_proxy", "user:pa?s#s@proxy:3128"),
            ("http_proxy", "//user:pass@proxy"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let environment = environment(&ToolContext {
            folder: Path::new("."),
            working_folder: Path::new("/w"),
            variables: &variables,
            words: &[],
            release_name: None,
            helm: "helm",
            kustomize: "kustomize",
            private: Path::new("/tmp/x"),
            processors: 2,
            memory: 1 << 30,
            is_inside: &|_| true,
            target: &|_| PathTarget::Nowhere,
            may_reach: &|_| Ok(()),
            read: &|_| None,
            has: &|_| false,
        });
        let expected = [
            ("GIT_ALLOW_PROTOCOL", "https"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_SSL_CAINFO", "/home/user@host/ca.pem"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GOMAXPROCS", "2"),
            ("GOMEMLIMIT", "939524096"),
            ("GOTRACEBACK", "none"),
            ("HOME", "/tmp/x"),
            ("KUBECONFIG", "/dev/null"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/bin:/bin"),
            ("SSL_CERT_FILE", "/home/user@host/ca.pem"),
            ("TMPDIR", "/tmp/x"),
        ];
        let found: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(found, expected);
    }
}
