//! The environment of a tool: built, not inherited. What is not named here does not reach it: no `VAULT_*`, no `AVP_*`, no token,
//! no kubeconfig. A kustomization can print any variable that kustomize has, so none may hold a secret.

use std::collections::BTreeMap;
use std::path::Path;

/// What a tool gets of ours.
const PASSED: &[&str] = &[
    "PATH",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
];

/// What it gets beside: git asks nobody and clones nothing from this machine, and nobody finds a cluster.
const SET: &[(&str, &str)] =
    &[("GIT_ALLOW_PROTOCOL", "https"), ("GIT_TERMINAL_PROMPT", "0"), ("KUBECONFIG", "/dev/null")];

/// The environment of a tool with the home `private`.
pub(super) fn environment(variables: &BTreeMap<String, String>, private: &Path) -> BTreeMap<String, String> {
    let passed = PASSED.iter().filter_map(|name| Some((*name, variables.get(*name)?.as_str())));
    let harmless = passed.filter(|(_, value)| !holds_password(value));
    let mut environment: BTreeMap<String, String> =
        harmless.chain(SET.iter().copied()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let folders = environment.remove("PATH").unwrap_or_default();
    let folders: Vec<&str> = folders.split(':').filter(|folder| Path::new(folder).is_absolute()).collect();
    if !folders.is_empty() {
        environment.insert("PATH".to_owned(), folders.join(":"));
    }
    environment.insert("HOME".to_owned(), private.to_string_lossy().into_owned());
    environment
}

/// Whether it is an address with somebody's name or password in it.
fn holds_password(value: &str) -> bool {
    let host = value.split_once("://").map_or(value, |(_, rest)| rest).split('/').next();
    host.is_some_and(|host| host.contains('@'))
}

#[cfg(test)]
mod tests {
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
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let environment = environment(&variables, Path::new("/tmp/x"));
        let expected = [
            ("GIT_ALLOW_PROTOCOL", "https"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("HOME", "/tmp/x"),
            ("HTTPS_PROXY", "http://proxy:3128"),
            ("KUBECONFIG", "/dev/null"),
            ("LANG", "C.UTF-8"),
            ("PATH", "/usr/bin:/bin"),
        ];
        let found: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(found, expected);
    }
}
