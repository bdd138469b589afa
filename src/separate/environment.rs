//! The environment of the reader: built, not inherited. What is not named here does not reach it: no setting, no token, no home.

use std::collections::BTreeMap;

use crate::tool;

/// The variable that makes the program a reader.
pub(crate) const READER: &str = "VAULT_RENDER_READER";

/// The variables that it inherits: where programs and their authorities are, how texts look, and the cluster's versions.
const PASSED: &[&str] = &[
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TERM",
    "COLUMNS",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "KUBE_VERSION",
    "KUBE_API_VERSIONS",
];

/// How the names of the variables begin with which Argo CD says what it renders.
const ARGOCD: &str = "ARGOCD_APP_";

/// The environment of a reader, whose temporary files are in `private`, with the variables that may stand in paths.
pub(super) fn environment(
    variables: &BTreeMap<String, String>,
    in_paths: &[&str],
    private: &str,
) -> BTreeMap<String, String> {
    let passed = variables.iter().filter(|(name, _)| is_passed(name) || in_paths.contains(&name.as_str()));
    let own = [(READER, "1"), ("TMPDIR", private)].map(|(name, value)| (name.to_owned(), value.to_owned()));
    passed.map(|(name, value)| (name.clone(), value.clone())).chain(own).collect()
}

fn is_passed(name: &str) -> bool {
    PASSED.contains(&name) || name.starts_with(ARGOCD) || tool::is_for_tools(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_reaches_the_reader() {
        let passed = [
            ("PATH", "/usr/bin"),
            ("ARGOCD_APP_NAME", "web"),
            ("ARGOCD_APP_PARAMETERS", "[]"),
            ("ARGOCD_ENV_HELM_ARGS", "-f a.yaml"),
            ("ARGOCD_ENV_helm_args", "-f a.yaml"),
            ("ARGOCD_ENV_HELM_ARG", "x"),
            ("KUBE_VERSION", "1.33"),
            ("STAGE", "prod"),
        ];
        let others = [
            ("VAULT_TOKEN", "hvs.x"),
            ("AVP_SECRET_ID", "x"),
            ("ARGOCD_ENV_VAULT_TOKEN", "hvs.x"),
            ("ARGOCD_ENV_AVP_SECRET_ID", "x"),
            ("ARGOCD_ENV_DB_PASSWORD", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("AZURE_CLIENT_SECRET", "x"),
            ("KUBECONFIG", "/home/argocd/.kube/config"),
            ("SSH_AUTH_SOCK", "/run/agent"),
            ("HTTPS_PROXY", "http://user:pass@proxy:3128"),
            ("VAULT_RENDER_MASK_KEY", "x"),
            ("HOME", "/home/argocd"),
            ("TMPDIR", "/var/tmp"),
        ];
        let variables =
            passed.iter().chain(&others).map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let expected: BTreeMap<String, String> = [("TMPDIR", "/private"), (READER, "1")]
            .iter()
            .chain(&passed)
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        assert_eq!(environment(&variables, &["STAGE"], "/private"), expected);
    }
}
