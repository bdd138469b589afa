//! The ways in: what an Application of the project `shop` brings to read what is not its project's, and what it is told.

use super::set_up::secret;
use crate::support::servers::Parameter;

/// One way in.
#[derive(Default)]
pub(super) struct Way {
    /// Its name, which is its folder in the repository as well.
    pub(super) name: &'static str,
    /// The files in that folder.
    pub(super) files: Vec<(&'static str, String)>,
    /// `spec.source.plugin.env`.
    pub(super) env: Vec<(&'static str, &'static str)>,
    /// `spec.source.plugin.parameters`.
    pub(super) parameters: Vec<Parameter>,
    /// The Application's name; without one, `shop`.
    pub(super) application: Option<&'static str>,
    /// Words of the error; without any, the Application gets its own secret and nothing else.
    pub(super) told: &'static str,
}

const OWN: &str = "<path:secret/data/shop/db#password>";
const RIVALS: &str = "<path:secret/data/rival/db#password>";

/// A manifest with this placeholder.
fn written(name: &'static str, placeholder: &str, told: &'static str) -> Way {
    files(name, &[("secret.yaml", &secret(&serde_json::json!(placeholder).to_string()))], told)
}

/// The project's own manifest with these variables.
fn set(name: &'static str, env: &[(&'static str, &'static str)], told: &'static str) -> Way {
    Way { env: env.to_vec(), told, ..written(name, OWN, "") }
}

/// A manifest with these lines below `metadata`, which has the placeholder `<password>`.
fn annotated(name: &'static str, annotations: &str, told: &'static str) -> Way {
    let text = secret("<password>").replace("stringData:", &format!("  annotations:\n{annotations}stringData:"));
    files(name, &[("secret.yaml", &text)], told)
}

fn files(name: &'static str, files: &[(&'static str, &str)], told: &'static str) -> Way {
    let files = files.iter().map(|(file, text)| (*file, (*text).to_owned())).collect();
    Way { name, files, told, ..Way::default() }
}

/// The project's own manifest with this parameter.
fn parameter(name: &'static str, parameter: Parameter, told: &'static str) -> Way {
    Way { parameters: vec![parameter], ..written(name, OWN, told) }
}

/// A manifest with this placeholder, of an Application with this name.
fn named(name: &'static str, application: &'static str, placeholder: &str, told: &'static str) -> Way {
    Way { application: Some(application), ..written(name, placeholder, told) }
}

/// The project's own manifest with a file that Argo CD lays over `spec.source`.
fn overlaid(name: &'static str, file: &'static str, variable: &str, told: &'static str) -> Way {
    let source = format!("plugin: {{name: vault-render, env: [{variable}]}}\n");
    files(name, &[("secret.yaml", &secret(OWN)), (file, &source)], told)
}

/// A chart whose template has this line below `stringData`.
fn chart(name: &'static str, line: &str, env: &[(&'static str, &'static str)], told: &'static str) -> Way {
    let template = secret(OWN) + "  more: " + line + "\n";
    let chart = ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    Way { env: env.to_vec(), ..files(name, &[chart, ("templates/secret.yaml", &template)], told) }
}

const NOT_ALLOWED: &str = "no rule of the policy allows it";

/// Paths and what is written around them.
pub(super) fn by_path() -> Vec<Way> {
    vec![
        written("plainly", RIVALS, NOT_ALLOWED),
        written("dots", "<path:secret/data/shop/../rival/db#password>", NOT_ALLOWED),
        written("above-the-root", "<path:secret/../../secret/data/rival/db#password>", "leads above the root"),
        written("slashes", "<path:secret//data/./rival//db/#password>", NOT_ALLOWED),
        written("encoded-dots", "<path:secret/data/shop/%2e%2e/rival/db#password>", "holds `%2e`"),
        written("encoded-twice", "<path:secret/data/shop/%252e%252e/rival/db#password>", "holds `%25`"),
        written("encoded-slash", "<path:secret/data/shop%2F..%2Frival/db#password>", "holds `%2F`"),
        written("semicolon", "<path:secret/data/shop/..;/rival/db#password>", "holds `;`"),
        written("question", "<path:secret/data/shop/?/../rival/db#password>", "holds `?`"),
        written("backslash", "<path:secret/data/shop\\..\\rival\\db#password>", "holds `\\`"),
        written("lookalike-slash", "<path:secret/data/shop\u{2215}..\u{2215}rival/db#password>", "looks like `/`"),
        written("lookalike-dots", "<path:secret/data/shop/\u{ff0e}\u{ff0e}/rival/db#password>", "looks like `.`"),
        written("invisible", "<path:secret/data/rival\u{200b}/db#password>", "the invisible character U+200B"),
        written("longer-name", "<path:secret/data/shopping/db#password>", NOT_ALLOWED),
        written("folder-alone", "<path:secret/data/shop#password>", NOT_ALLOWED),
        written("star", "<path:secret/data/*/db#password>", NOT_ALLOWED),
        written("metadata", "<path:secret/metadata/shop/db#password>", NOT_ALLOWED),
        written("without-data", "<path:secret/rival/db#password>", NOT_ALLOWED),
        written("version-1", "<path:plain/rival/db#password>", NOT_ALLOWED),
        written("older-version", "<path:secret/data/shop/db#password#1>", NOT_ALLOWED),
        written("other-key", "<path:secret/data/shop/db#admin>", NOT_ALLOWED),
        written("whole-secret", "<path:secret/data/shop/db#*>", NOT_ALLOWED),
        written("whole-secret-path", "<path:secret/data/shop/db#* | jsonPath {.admin}>", NOT_ALLOWED),
        written("denied-key-path", "<path:secret/data/shop/db#admin | jsonPath {.x}>", NOT_ALLOWED),
        written("other-key-path", "<path:secret/data/shop/db#password | jsonPath {.admin}>", "jsonPath"),
        written("other-key-default", "<path:secret/data/shop/db#admin | default \"of-shop\">", NOT_ALLOWED),
        written("creates", "<path:codes/keys/shop#issuer>", "reading it creates something"),
        written("code-of-rival", "<path:codes/code/rival#code>", NOT_ALLOWED),
        written("modifier", "<path:secret/data/shop/db#password | sha256sum>", NOT_ALLOWED),
        written("in-a-url", "%3Cpath%3Asecret%2Fdata%2Frival%2Fdb%23password%3E", NOT_ALLOWED),
        written("in-json", r#"{"a": "\u003cpath:secret/data/rival/db#password\u003e"}"#, NOT_ALLOWED),
        written("lookup-self", "<path:auth/token/lookup-self#id>", "one of Vault's own paths"),
        written("cubbyhole", "<path:cubbyhole/x#password>", "one of Vault's own paths"),
        written("identity", "<path:identity/oidc/token/x#token>", "one of Vault's own paths"),
        written("sys", "<path:sys/internal/ui/mounts#password>", "one of Vault's own paths"),
        written("written-endpoint", "<path:pki/issue/web?common_name=a.b#certificate>", NOT_ALLOWED),
        written("variable-unlisted", "<path:secret/data/${VAULT_ADDR}/db#password>", "which is not one for paths"),
        annotated("annotation", "    avp.kubernetes.io/path: secret/data/rival/db\n", NOT_ALLOWED),
        annotated("annotation-encoded", "    avp.kubernetes.io/path: secret/data/%72ival/db\n", "holds `%72`"),
        annotated(
            "namespace",
            "    avp.kubernetes.io/path: secret/data/shop/db\n    avp.kubernetes.io/namespace: rival\n",
            "the Vault namespace `rival`",
        ),
        annotated(
            "kv-version",
            "    avp.kubernetes.io/path: secret/rival/db\n    avp.kubernetes.io/kv-version: \"2\"\n",
            NOT_ALLOWED,
        ),
    ]
}

/// Settings of the Application's own.
pub(super) fn by_setting() -> Vec<Way> {
    vec![
        set("project", &[("ARGOCD_APP_PROJECT_NAME", "rival"), ("ARGOCD_ENV_ARGOCD_APP_PROJECT_NAME", "rival")], ""),
        set("role", &[("AVP_K8S_ROLE", "app-rival")], "`ARGOCD_ENV_AVP_K8S_ROLE` is the operator's to choose"),
        set("auth-role", &[("AVP_AUTH_ROLE", "app-rival")], "`ARGOCD_ENV_AVP_AUTH_ROLE` is the operator's to set"),
        set("address", &[("VAULT_ADDR", "http://127.0.0.1:1")], "`ARGOCD_ENV_VAULT_ADDR` would send the operator's"),
        set("bao-address", &[("BAO_ADDR", "http://127.0.0.1:1")], "`ARGOCD_ENV_BAO_ADDR` would send the operator's"),
        set("odd-case", &[("vault_Addr", "http://127.0.0.1:1")], "`ARGOCD_ENV_VAULT_ADDR` would send the operator's"),
        set("mount", &[("AVP_K8S_MOUNT_PATH", "rival")], "would send the operator's"),
        set("token-file", &[("AVP_K8S_TOKEN_PATH", "/etc/passwd")], "names a file outside the repository"),
        set("namespace-setting", &[("VAULT_NAMESPACE", "rival")], "would send the operator's"),
        set("policy", &[("AVP_POLICY", "policy.yaml")], "`ARGOCD_ENV_AVP_POLICY` differs from `AVP_POLICY`"),
        set("tenant-settings", &[("AVP_TENANT_SETTINGS", "AVP_POLICY AVP_K8S_ROLE")], "AVP_TENANT_SETTINGS"),
        set("audit", &[("AVP_AUDIT", "/tmp/x")], "`ARGOCD_ENV_AVP_AUDIT` is the operator's to set"),
        set("separate", &[("AVP_SEPARATE", "0")], ""),
        set("system-paths", &[("AVP_SYSTEM_PATHS", "auth/")], "`ARGOCD_ENV_AVP_SYSTEM_PATHS` is the operator's to set"),
        set("path-variables", &[("AVP_PATH_VARIABLES", "VAULT_TOKEN")], "`ARGOCD_ENV_AVP_PATH_VARIABLES` differs from"),
        set(
            "expansion",
            &[("AVP_K8S_ROLE", "app-$ARGOCD_APP_NAME")],
            "`ARGOCD_ENV_AVP_K8S_ROLE` is the operator's to choose",
        ),
        Way {
            env: vec![("STAGE", "../rival")],
            ..written(
                "variable-dots",
                "<path:secret/data/shop/${ARGOCD_ENV_STAGE}/db#password>",
                "whose value leads elsewhere",
            )
        },
        Way {
            env: vec![("STAGE", "rival")],
            ..written("variable-other", "<path:secret/data/${ARGOCD_ENV_STAGE}/db#password>", NOT_ALLOWED)
        },
        Way {
            env: vec![("STAGE", "$${ARGOCD_APP_NAME}")],
            ..written("variable-twice", "<path:secret/data/${ARGOCD_ENV_STAGE}/db#password>", NOT_ALLOWED)
        },
    ]
}

/// Names of the Application, in a variable of the path and in the policy's `{app}`.
pub(super) fn by_name() -> Vec<Way> {
    const BY_NAME: &str = "<path:secret/data/${ARGOCD_APP_NAME}/db#password>";
    const ADMIN: &str = "<path:secret/data/shop/db#admin>";
    vec![
        named("name-of-rival", "rival", BY_NAME, NOT_ALLOWED),
        named("name-of-dots", "..", BY_NAME, "whose value leads elsewhere"),
        named("name-with-slash", "shop/../rival", BY_NAME, "whose value leads elsewhere"),
        named("name-of-star", "*", BY_NAME, NOT_ALLOWED),
        named("name-of-braces", "{project}", BY_NAME, NOT_ALLOWED),
        named("name-of-variable", "${ARGOCD_APP_PROJECT_NAME}", BY_NAME, NOT_ALLOWED),
        named("app-of-star", "*", ADMIN, NOT_ALLOWED),
        named("app-of-stars", "**", ADMIN, NOT_ALLOWED),
        named("app-of-question", "d?", ADMIN, NOT_ALLOWED),
        named("app-of-choice", "{db,x}", ADMIN, NOT_ALLOWED),
        named("app-of-brackets", "[a-z]b", ADMIN, NOT_ALLOWED),
        named("app-of-dots", "../rival/db", "<path:secret/data/rival/db#admin>", NOT_ALLOWED),
    ]
}

/// Parameters of the plugin that are named like settings.
pub(super) fn by_parameter() -> Vec<Way> {
    vec![
        parameter("parameter-policy", Parameter::text("AVP_POLICY", "policy.yaml"), ""),
        parameter("parameter-role", Parameter::text("AVP_K8S_ROLE", "app-rival"), ""),
        parameter("parameter-address", Parameter::text("VAULT_ADDR", "http://127.0.0.1:1"), ""),
        parameter("parameter-map", Parameter::map("avp", &[("k8s_role", "app-rival")]), ""),
        parameter("parameter-env", Parameter::array("env", &["AVP_K8S_ROLE=app-rival"]), ""),
        parameter("parameter-project", Parameter::text("ARGOCD_APP_PROJECT_NAME", "rival"), ""),
    ]
}

/// Charts, kustomizations and files of the repository.
pub(super) fn by_file() -> Vec<Way> {
    vec![
        chart("post-renderer", "x", &[("HELM_ARGS", "--post-renderer ./x.sh")], "`--post-renderer`"),
        chart("values-outside", "x", &[("HELM_ARGS", "-f /etc/passwd")], "/etc/passwd"),
        chart("chart-rival", RIVALS, &[], NOT_ALLOWED),
        files(
            "base-outside",
            &[("kustomization.yaml", "resources: [../../../../../../etc]\n")],
            "not in the repository",
        ),
        files(
            "kustomize-file",
            &[("kustomization.yaml", "configMapGenerator: [{name: a, files: [../../../../../../../etc/passwd]}]\n")],
            "/etc/passwd",
        ),
        files(
            "kustomize-exec",
            &[
                ("kustomization.yaml", "generators: [g.yaml]\n"),
                (
                    "g.yaml",
                    "apiVersion: a/v1\nkind: G\nmetadata:\n  name: g\n  annotations:\n    config.kubernetes.io/function: 'exec: {path: ./x.sh}'\n",
                ),
                ("x.sh", "#!/bin/sh\n"),
            ],
            "external plugins disabled",
        ),
        files(
            "policy-in-the-repository",
            &[("secret.yaml", &secret(RIVALS)), ("policy.yaml", "rules: [{allow: {paths: ['**']}}]\n")],
            NOT_ALLOWED,
        ),
        overlaid(
            "overlaid-role",
            ".argocd-source.yaml",
            "{name: AVP_K8S_ROLE, value: app-rival}",
            "`ARGOCD_ENV_AVP_K8S_ROLE` is the operator's to choose",
        ),
        overlaid(
            "overlaid-address",
            ".argocd-source-shop.yaml",
            "{name: VAULT_ADDR, value: 'http://127.0.0.1:1'}",
            "`ARGOCD_ENV_VAULT_ADDR` would send the operator's",
        ),
        overlaid("overlaid-project", ".argocd-source.yaml", "{name: ARGOCD_APP_PROJECT_NAME, value: rival}", ""),
        files(
            "settings-in-the-repository",
            &[("secret.yaml", &secret(RIVALS)), (".env", "AVP_POLICY=\nAVP_K8S_ROLE=app-rival\n")],
            NOT_ALLOWED,
        ),
    ]
}

/// A settings file of the repository, which the plugin's command names. What the operator's environment sets, no file changes.
pub(super) fn by_settings_file() -> Vec<Way> {
    let file = |name, settings: &str, told| {
        let policy = "rules: [{allow: {}}]\n";
        files(name, &[("secret.yaml", &secret(OWN)), ("policy.txt", policy), ("settings.env", settings)], told)
    };
    vec![
        file("file-empty", "", ""),
        file("file-address", "VAULT_ADDR=http://127.0.0.1:1\n", ""),
        file("file-policy", "AVP_POLICY=policy.txt\n", ""),
        file("file-role", "AVP_K8S_ROLE=app-rival\n", ""),
        file("file-project", "ARGOCD_APP_PROJECT_NAME=rival\n", ""),
        file("file-pattern", "AVP_PATH_VALIDATION=.*\n", "`AVP_PATH_VALIDATION`"),
        file("file-system-paths", "AVP_SYSTEM_PATHS=auth/\n", "`AVP_SYSTEM_PATHS`"),
        file("file-namespace", "VAULT_NAMESPACE=rival\n", "would send the operator's"),
    ]
}
