//! The environment of the reader: built, not inherited. What is not named here does not reach it: no setting, no token, no home.

use std::collections::BTreeMap;
use std::path::Path;

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

/// The environment that a reader is started with, whatever the settings are.
pub(super) fn inherited(variables: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    let passed = variables.iter().filter(|(name, _)| is_passed(name));
    passed.map(|(name, value)| (name.as_str(), value.as_str())).chain([(READER, "1")])
}

/// The variables that the broker tells it: those that may stand in paths, and its folder for temporary files.
pub(super) fn told(
    variables: &BTreeMap<String, String>,
    in_paths: &[&str],
    private: Option<&Path>,
) -> Vec<(String, String)> {
    let in_paths = in_paths.iter().filter_map(|name| Some(((*name).to_owned(), variables.get(*name)?.clone())));
    let private = private.map(|folder| ("TMPDIR".to_owned(), folder.to_string_lossy().into_owned()));
    in_paths.chain(private).collect()
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
            ("STAGE", "prod"),
        ];
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: BTreeMap<_, _> = passed.iter().chain(&others).map(owned).collect();
        let expected: BTreeMap<_, _> = passed.into_iter().chain([(READER, "1")]).collect();
        assert_eq!(inherited(&variables).collect::<BTreeMap<_, _>>(), expected);
        let expected = [("STAGE", "prod"), ("TMPDIR", "/private")].iter().map(owned).collect::<Vec<_>>();
        assert_eq!(told(&variables, &["STAGE", "NONE"], Some(Path::new("/private"))), expected);
    }
}
