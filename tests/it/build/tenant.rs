//! The flags and variables that a tenant may give to helm and kustomize, and what reaches the tools.

use std::path::Path;

use super::{build, helms, objects, stdout, write};
use crate::support::program::root;
use crate::support::servers;

/// A script in place of a tool: it prints a manifest that shows its words and its environment.
const MIRROR: &str = "#!/bin/sh\necho 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mirror}\ndata:'\n\
                      for word; do echo \"- $word\" >&2; done\nprintf '  environment: |\\n'\nenv | sed 's/^/    /'\n";

/// A folder with a chart that shows its values, a kustomization, and the mirror.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    let values = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}\n\
                  data:\n  values: {{ .Values | toJson | quote }}\n  kube: {{ .Capabilities.KubeVersion.Version | quote }}\n\
                  {{- if .Capabilities.APIVersions.Has \"example.com/v1\" }}\n  api: there\n{{- end }}\n";
    write(root, "chart/templates/values.yaml", values);
    write(
        root,
        "chart/templates/test.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n",
    );
    write(root, "prod.yaml", "file: prod\n");
    write(root, "kustomize/kustomization.yaml", "resources: [a.yaml]\n");
    write(root, "kustomize/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    write(root, "mirror", MIRROR);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(root.join("mirror"), executable).unwrap();
    folder
}

fn mirrored(folder: &Path, variables: &[(&str, &str)]) -> (String, String) {
    let run = build(folder, &["chart", "--helm", "./mirror"]);
    let output = variables.iter().fold(run, |run, (name, value)| run.env(name, value)).output();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn no_setting_and_no_secret_reaches_a_tool() {
    let folder = repository();
    let variables = [
        ("VAULT_ADDR", "https://canary"),
        ("VAULT_TOKEN", "canary"),
        ("AVP_SECRET_ID", "canary"),
        ("ARGOCD_ENV_AVP_ROLE_ID", "canary"),
        ("AWS_SECRET_ACCESS_KEY", "canary"),
        ("KUBERNETES_SERVICE_HOST", "canary"),
        ("HTTPS_PROXY", "http://user:canary@proxy"),
        ("LANG", "C.UTF-8"),
    ];
    let (stdout, stderr) = mirrored(folder.path(), &variables);
    assert!(!stdout.contains("canary") && !stdout.contains("VAULT_") && !stdout.contains("AVP_"), "{stdout}{stderr}");
    assert!(stdout.contains("    LANG=C.UTF-8\n") && stdout.contains("    HOME=/"), "{stdout}{stderr}");
}

#[test]
fn argo_cd_s_variables_become_words() {
    let folder = repository();
    let (_, stderr) = mirrored(
        folder.path(),
        &[
            ("ARGOCD_APP_NAME", "team_web"),
            ("ARGOCD_APP_NAMESPACE", "shop"),
            ("KUBE_VERSION", "1.34.0"),
            ("KUBE_API_VERSIONS", "v1,example.com/v1"),
            ("ARGOCD_ENV_HELM_ARGS", "--set 'a=b c' -f prod.yaml --skip-tests --skip-crds"),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"helm-parameters","map":{"x":"1,2"}}]"#),
        ],
    );
    let words = "\
- template
           - --namespace=shop
           - --kube-version=1.34.0
           - --api-versions=v1,example.com/v1
           - --set=x=1\\,2
           - --set=a=b c
           - --values=./prod.yaml
           - --skip-tests
           - --
           - web
           - ./chart
";
    assert!(stderr.contains(words), "{stderr}");
}

#[test]
fn values_come_from_everywhere_and_the_later_ones_win() {
    let folder = repository();
    let parameters = r#"[{"name":"values-files","array":["prod.yaml"]},{"name":"values","string":"yaml: p\nfile: p\n"},
        {"name":"helm-parameters","map":{"single":"3","list":"{a,b}","text":"a,b"}},{"name":"release-name","string":"own"}]"#;
    for helm in helms() {
        let run = build(folder.path(), &["chart", "--helm", &helm.display().to_string(), "--", "--set", "operator=o"]);
        let run = run
            .env("ARGOCD_APP_NAME", "web")
            .env("ARGOCD_APP_NAMESPACE", "shop")
            .env("KUBE_VERSION", "1.29.3")
            .env("KUBE_API_VERSIONS", "example.com/v1,example.com/v1/Thing")
            .env("ARGOCD_ENV_HELM_VALUES", "env: e\nyaml: e\n")
            .env("ARGOCD_ENV_HELM_ARGS", "--set word=w,operator=w --skip-tests")
            .env("ARGOCD_APP_PARAMETERS", parameters);
        let objects = objects(&stdout(run));
        assert_eq!(objects.len(), 1, "{objects:?}");
        let (data, metadata) = (&objects[0]["data"], &objects[0]["metadata"]);
        let values: serde_json::Value = serde_json::from_str(data["values"].as_str().unwrap()).unwrap();
        let expected = serde_json::json!({"file": "p", "yaml": "e", "env": "e", "single": 3, "list": ["a", "b"],
            "text": "a,b", "word": "w", "operator": "o"});
        assert_eq!(values, expected);
        assert_eq!((metadata["name"].as_str(), metadata["namespace"].as_str()), (Some("own"), Some("shop")));
        assert_eq!((data["kube"].as_str(), data["api"].as_str()), (Some("v1.29.3"), Some("there")));
    }
}

#[test]
fn a_tenant_s_words_count_however_they_are_spelt() {
    let folder = repository();
    for name in ["ARGOCD_ENV_helm_args", "ARGOCD_ENV_Helm_Args", "ARGOCD_ENV_ARGOCD_ENV_HELM_ARGS", "helm_args"] {
        let (stdout, stderr) = mirrored(folder.path(), &[(name, "-f prod.yaml")]);
        assert!(stderr.contains("- --values=./prod.yaml\n") && !stderr.contains("has no effect"), "{stdout}{stderr}");
        // They stay a tenant's.
        let run = build(folder.path(), &["chart", "--helm", "./mirror"]).env(name, "--post-renderer ./mirror");
        run.status(1).stderr_holds([format!("`--post-renderer` in `{name}` runs a program")]).check();
    }
    for name in ["ARGOCD_ENV_helm_values", "helm_values", "ARGOCD_ENV_ARGOCD_ENV_HELM_VALUES"] {
        let (_, stderr) = mirrored(folder.path(), &[(name, "a: b")]);
        assert!(stderr.contains(&format!("- --values=`{name}`\n")), "{stderr}");
    }
    for name in ["ARGOCD_ENV_kustomize_build_options", "kustomize_build_options"] {
        let run = build(folder.path(), &["kustomize", "--kustomize", "./mirror"]).env(name, "--enable-helm");
        run.status(1).stderr_holds([format!("`--enable-helm` in `{name}`")]).check();
    }
    let both = [("ARGOCD_ENV_HELM_ARGS", "--skip-tests"), ("ARGOCD_ENV_helm_args", "-f prod.yaml")];
    let (_, stderr) = mirrored(folder.path(), &both);
    let warning = "warning: `ARGOCD_ENV_helm_args` has no effect: `ARGOCD_ENV_HELM_ARGS` counts";
    assert!(
        stderr.contains(warning) && stderr.contains("- --skip-tests\n") && !stderr.contains("prod.yaml"),
        "{stderr}"
    );
    for (name, near) in [
        ("ARGOCD_ENV_HELM_ARG", "did you mean `ARGOCD_ENV_HELM_ARGS`?"),
        ("ARGOCD_ENV_RELEASE_NAME", "the parameter `release-name`"),
    ] {
        let (_, stderr) = mirrored(folder.path(), &[(name, "x")]);
        assert!(stderr.contains(&format!("warning: nothing reads `{name}`")) && stderr.contains(near), "{stderr}");
    }
}

#[test]
fn a_value_keeps_its_backslashes_and_its_commas() {
    let folder = repository();
    let values = [
        ("user", r"DOMAIN\user", r"DOMAIN\user"),
        ("share", r"\\server\share\", r"\\server\share\"),
        ("regex", r"^\d+\.\d{1,3}$", r"^\d+\.\d{1,3}$"),
        ("comma", r"a,b", r"a,b"),
        // As Argo CD has it.
        ("escaped", r"a\,b", r"a,b"),
        ("brace", r"{a", r"{a"),
    ];
    let map: serde_json::Map<_, _> = values.iter().map(|(key, value, _)| (key.to_string(), (*value).into())).collect();
    let parameters = serde_json::json!([{"name": "helm-parameters", "map": map}]).to_string();
    for helm in helms() {
        let run = build(folder.path(), &["chart", "--helm", &helm.display().to_string()]);
        let run = run.env("ARGOCD_APP_PARAMETERS", &parameters).env("ARGOCD_ENV_HELM_ARGS", "--skip-tests");
        let read: serde_json::Value =
            serde_json::from_str(objects(&stdout(run))[0]["data"]["values"].as_str().unwrap()).unwrap();
        for (key, _, expected) in values {
            assert_eq!(read[key], expected, "{key}");
        }
    }
}

#[test]
fn helm_s_messages_name_what_the_user_has_written() {
    let folder = repository();
    for helm in helms() {
        for (name, value, called) in [
            ("ARGOCD_ENV_HELM_VALUES", "a: [", "`ARGOCD_ENV_HELM_VALUES`"),
            ("ARGOCD_ENV_helm_values", "a: [", "`ARGOCD_ENV_helm_values`"),
            ("ARGOCD_APP_PARAMETERS", r#"[{"name":"values","string":"a: ["}]"#, "the parameter `values`"),
        ] {
            let output =
                build(folder.path(), &["chart", "--helm", &helm.display().to_string()]).env(name, value).output();
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(stderr.contains(called) && !stderr.contains(".yaml:"), "{stderr}");
            assert_eq!(output.status.code(), Some(1));
        }
    }
}

#[test]
fn what_a_tenant_may_not_say_is_refused_by_name() {
    let folder = repository();
    std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.yaml")).unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    for (words, refused) in [
        ("--post-renderer ./mirror", "`--post-renderer` in `ARGOCD_ENV_HELM_ARGS` runs a program"),
        ("--set-file a=/etc/hostname", "`--set-file` in `ARGOCD_ENV_HELM_ARGS` names `/etc/hostname`"),
        ("--set-file a=link.yaml", "`--set-file` in `ARGOCD_ENV_HELM_ARGS` names `link.yaml`"),
        ("-f ../../../../../../etc/hostname", "`--values` in `ARGOCD_ENV_HELM_ARGS` names `../"),
        ("-f https://example.com/x.yaml", "`--values` in `ARGOCD_ENV_HELM_ARGS` names the address"),
        ("-f -", "`--values` in `ARGOCD_ENV_HELM_ARGS` names `-`, which is not in the repository"),
        ("--kubeconfig /x", "`--kubeconfig` in `ARGOCD_ENV_HELM_ARGS` talks to a cluster"),
        ("--dry-run=server", "`--dry-run` in `ARGOCD_ENV_HELM_ARGS` talks to a cluster"),
        ("--repo https://example.com", "`--repo` in `ARGOCD_ENV_HELM_ARGS` is about a chart from elsewhere"),
        ("--name-template {{env}}", "`--name-template` in `ARGOCD_ENV_HELM_ARGS` is a template"),
        ("other/chart", "`other/chart` in `ARGOCD_ENV_HELM_ARGS` is not a flag"),
        ("--sets a=b", "`--sets` in `ARGOCD_ENV_HELM_ARGS` is not a flag that a tenant may use"),
    ] {
        let run = build(folder.path(), &["chart", "--helm", "./mirror"]).env("ARGOCD_ENV_HELM_ARGS", words);
        run.status(1).stderr_holds([refused]).check();
    }
    for words in [
        "--enable-exec",
        "--enable-alpha-plugins",
        "--load-restrictor=LoadRestrictionsNone",
        "--enable-helm",
        "--helm-command=./mirror",
        "-o x",
        "--output=x",
        "-e HOME",
        "--network",
    ] {
        let run = build(folder.path(), &["kustomize", "--kustomize", "./mirror"]);
        let run = run.env("ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS", words).status(1);
        run.stderr_holds(["in `ARGOCD_ENV_KUSTOMIZE_BUILD_OPTIONS`", "only the operator may use it"]).check();
    }
    for file in ["/etc/hostname", "--post-renderer=./mirror"] {
        let parameters = format!(r#"[{{"name":"values-files","array":["{file}"]}}]"#);
        let run = build(folder.path(), &["chart", "--helm", "./mirror"]).env("ARGOCD_APP_PARAMETERS", parameters);
        run.status(1).stderr_holds([format!("`--values` in `ARGOCD_APP_PARAMETERS` names `{file}`")]).check();
    }
}

#[test]
fn the_operator_s_words_are_his_own() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let folder = repository();
    let kustomize = kustomize.display().to_string();
    write(folder.path(), "kustomize/kustomization.yaml", "resources: [../outside.yaml]\n");
    write(folder.path(), "outside.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outside}\n");
    let refused = build(folder.path(), &["kustomize", "--kustomize", &kustomize]).status(1);
    refused.stderr_holds(["`kustomize build` failed with exit code 1", "security; file"]).check();
    let words = ["kustomize", "--kustomize", &kustomize, "--", "--load-restrictor", "LoadRestrictionsNone"];
    assert_eq!(objects(&stdout(build(folder.path(), &words)))[0]["metadata"]["name"], "outside");
}

#[test]
fn a_chart_s_links_stay_in_the_repository() {
    let folder = repository();
    let link = folder.path().join("chart/templates/link.yaml");
    std::os::unix::fs::symlink("/etc/hostname", link).unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let run = build(folder.path(), &["chart", "--helm", "./mirror"]).status(1);
    run.stderr_holds(["the link `chart/templates/link.yaml` leads outside the repository"]).check();
}

#[test]
fn what_is_said_to_another_tool_gets_a_warning() {
    let rendered = std::fs::read(root().join("examples/plain/rendered.yaml")).unwrap();
    let run = build(root(), &["examples/plain/manifests", "--secrets", "examples/plain/secrets.yaml"]).stdout(rendered);
    let run = run.env("ARGOCD_ENV_HELM_ARGS", "--set a=b").env("ARGOCD_APP_PARAMETERS", "null");
    run.stderr("warning: `ARGOCD_ENV_HELM_ARGS` is for helm, and the folder is plain: it has no effect\n").check();
}
