//! The shapes of commands in teams' definitions, each with our command for it, or with what is said in its place. And others, which nobody
//! may guess.

use crate::support::files;
use crate::support::program::program;

/// A script with our words for it.
const KNOWN: &[(&str, &str)] = &[
    ("argocd-vault-plugin generate ./", "build . --strict"),
    ("argocd-vault-plugin generate .", "build . --strict"),
    ("argocd-vault-plugin generate manifests/", "build manifests --strict"),
    ("argocd-vault-plugin generate all.yaml", "generate all.yaml --strict"),
    ("argocd-vault-plugin -s ns:name generate ./", "build . --strict -s ns:name"),
    ("argocd-vault-plugin generate ./ -s ns:name", "build . --strict -s ns:name"),
    ("argocd-vault-plugin generate --secret-name=ns:name .", "build . --strict -s ns:name"),
    ("argocd-vault-plugin generate . -c avp.yaml", "build . --strict -c avp.yaml"),
    ("/custom-tools/argocd-vault-plugin generate .", "build . --strict"),
    ("kustomize build . | argocd-vault-plugin generate -", "build . --strict"),
    ("kustomize build | argocd-vault-plugin generate -", "build . --strict"),
    ("kubectl kustomize . | argocd-vault-plugin generate -", "build . --strict"),
    ("kustomize build overlays/prod | argocd-vault-plugin generate -", "build overlays/prod --strict"),
    ("kustomize build --enable-helm . | argocd-vault-plugin generate -", "build . --strict -- --enable-helm"),
    (
        "kustomize build --enable-alpha-plugins --load-restrictor LoadRestrictionsNone . | argocd-vault-plugin generate -",
        "build . --strict -- --enable-alpha-plugins --load-restrictor LoadRestrictionsNone",
    ),
    ("kustomize build . > all.yaml && argocd-vault-plugin generate all.yaml", "build . --strict"),
    ("helm template $ARGOCD_APP_NAME . | argocd-vault-plugin generate -", "build . --strict"),
    (
        "helm template $ARGOCD_APP_NAME -n $ARGOCD_APP_NAMESPACE ${ARGOCD_ENV_HELM_ARGS} . --include-crds | argocd-vault-plugin generate -",
        "build . --strict",
    ),
    (
        "helm template \"$ARGOCD_APP_NAME\" -f <(echo \"$ARGOCD_ENV_HELM_VALUES\") . | argocd-vault-plugin generate -",
        "build . --strict",
    ),
    ("helm template ${ARGOCD_APP_NAME} ${helm_args} . | argocd-vault-plugin generate -", "build . --strict"),
    (
        "helm template --kube-version $KUBE_VERSION --api-versions $KUBE_API_VERSIONS $ARGOCD_APP_NAME . | argocd-vault-plugin generate -",
        "build . --strict",
    ),
    (
        "helm template ${ARGOCD_ENV_RELEASE_NAME:-$ARGOCD_APP_NAME} . | argocd-vault-plugin generate -",
        "build . --strict",
    ),
    (
        "helm template web ./chart --values prod.yaml --set a=b | argocd-vault-plugin generate -",
        "build chart --strict --release-name web -- --values prod.yaml --set a=b",
    ),
    ("helm dependency build && helm template $ARGOCD_APP_NAME . | argocd-vault-plugin generate -", "build . --strict"),
    (
        "set -euo pipefail; helm template $ARGOCD_APP_NAME . | argocd-vault-plugin generate - 2>/dev/null",
        "build . --strict",
    ),
    (
        "helm template $ARGOCD_APP_NAME . > all.yaml && kustomize build | argocd-vault-plugin generate -",
        "build . --strict --then kustomize",
    ),
    ("AVP_TYPE=vault argocd-vault-plugin generate .", "build . --strict"),
    ("export AVP_TYPE=vault; argocd-vault-plugin generate .", "build . --strict"),
    (
        "helm template --name-template=$ARGOCD_APP_NAME --namespace=${ARGOCD_APP_NAMESPACE} --api-versions ${KUBE_API_VERSIONS//,/ --api-versions } . | argocd-vault-plugin generate -",
        "build . --strict",
    ),
    ("helm template . | argocd-vault-plugin generate -", "build . --strict"),
    (
        "helm dependency build || true; helm template $ARGOCD_APP_NAME . | argocd-vault-plugin generate -",
        "build . --strict",
    ),
    ("kustomize build . | argocd-vault-plugin generate - || kustomize build .", "build . --strict"),
    ("kustomize build . | argocd-vault-plugin generate - || exit 1", "build . --strict"),
    ("argocd-vault-plugin generate --verbose-sensitive-output .", "build . --strict"),
];

/// A script of which something stops, with what is said.
const STOPS: &[(&str, &str)] = &[
    ("$ARGOCD_ENV_ARG_PARAMETERS | argocd-vault-plugin generate -", "runs none that a tenant chooses"),
    ("jsonnet main.jsonnet | argocd-vault-plugin generate -", "runs no jsonnet"),
    ("AVP_TYPE=sops argocd-vault-plugin generate .", "the store `sops` is not there yet"),
    (
        "export AVP_TYPE=awssecretsmanager\nargocd-vault-plugin generate .",
        "the store `awssecretsmanager` is not there yet",
    ),
    ("argocd-vault-plugin generate . -s ${ARGOCD_ENV_SECRET}", "an Application chooses the Secret"),
];

/// Scripts that are not understood.
const OTHERS: &[&str] = &[
    "for f in *.yaml; do argocd-vault-plugin generate $f; done",
    "if [ -f Chart.yaml ]; then helm template . | argocd-vault-plugin generate -; fi",
    "cat *.yaml | argocd-vault-plugin generate -",
    "find . -name '*.yaml' | xargs cat | argocd-vault-plugin generate -",
    "kustomize build . | sed s/a/b/ | argocd-vault-plugin generate -",
    "kustomize build . | argocd-vault-plugin generate - | sed s/a/b/",
    "helm template $(basename $PWD) . | argocd-vault-plugin generate -",
    "helm template $ARGOCD_APP_NAME $ARGOCD_ENV_CHART | argocd-vault-plugin generate -",
    "helm template $ARGOCD_APP_NAME . --post-renderer ./x.sh | argocd-vault-plugin generate -",
    "helm template $ARGOCD_APP_NAME . -f <(curl https://x) | argocd-vault-plugin generate -",
    "cd sub && argocd-vault-plugin generate .",
    "argocd-vault-plugin generate $ARGOCD_ENV_PATH",
    "argocd-vault-plugin generate a b",
    "argocd-vault-plugin version",
    "argocd-vault-plugin generate . --nothing",
    "eval argocd-vault-plugin generate .",
    "argocd-vault-plugin generate . &",
    "echo `argocd-vault-plugin generate .`",
    "kustomize build . --mount x; argocd-vault-plugin",
];

/// The report about a script in `sh -c`, and its exit code.
fn report(script: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let script = serde_json::Value::from(script);
    let text = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ConfigManagementPlugin\nmetadata: {{name: old}}\nspec:\n  generate:\n    command: [sh, -c]\n    args: [{script}]\n"
    );
    files::write(folder.path(), "plugin.yaml", &text);
    let output = program(["migrate", "plugin.yaml"]).folder(folder.path()).output();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// Our command for a script, from the definition that is printed.
fn command(report: &str) -> Option<String> {
    let (_, rest) = report.split_once("`old`: becomes `vault-render ")?;
    Some(rest.split_once('`')?.0.to_owned())
}

#[test]
fn known_shapes_have_our_command() {
    for (script, expected) in KNOWN {
        let (code, told) = report(script);
        assert_eq!(command(&told).as_deref(), Some(*expected), "{script}: {told}");
        assert_eq!(code, Some(0), "{script}: {told}");
        // The command is one that the program takes.
        let words = expected.split(' ').take_while(|word| *word != "--").chain(["--help"]);
        assert!(program(words).output().status.success(), "{expected}");
    }
}

/// What helm is given beside the definition's flags may change the output: it is said.
#[test]
fn what_helm_gets_beside_its_flags_is_said() {
    for (flags, words, not) in [
        ("", &["--include-crds", "--namespace", "--kube-version"][..], &[][..]),
        ("--include-crds -n $ARGOCD_APP_NAMESPACE", &["--kube-version"], &["CRDs", "--namespace"]),
        ("--skip-crds --namespace=x --kube-version=1.30", &[], &["helm is given more"]),
    ] {
        let (_, told) = report(&format!("helm template $ARGOCD_APP_NAME {flags} . | argocd-vault-plugin generate -"));
        let line = told.lines().find(|line| line.contains("helm is given more")).unwrap_or_default();
        assert!(words.iter().all(|word| line.contains(word)), "{flags}: {told}");
        assert!(!not.iter().any(|word| line.contains(word)), "{flags}: {told}");
    }
}

#[test]
fn a_fallback_is_said_before_everything_else() {
    for fallback in ["kustomize build .", "helm template .", "true", "cat x"] {
        let (_, told) = report(&format!("kustomize build . | argocd-vault-plugin generate - || {fallback}"));
        let first = told.lines().next().unwrap();
        assert!(first.contains(&format!("|| {fallback}")) && first.contains("placeholders"), "{told}");
    }
}

#[test]
fn what_stops_has_no_command() {
    for (script, words) in STOPS {
        let (code, told) = report(script);
        assert!(told.contains(words) && told.contains("stops "), "{script}: {told}");
        assert_eq!((code, command(&told)), (Some(1), None), "{script}: {told}");
    }
}

#[test]
fn other_shapes_are_not_guessed() {
    for script in OTHERS {
        let (code, told) = report(script);
        assert!(told.contains("not understood "), "{script}: {told}");
        assert_eq!((code, command(&told)), (Some(1), None), "{script}: {told}");
    }
}
