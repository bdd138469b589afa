//! Folders that hold a chart and a kustomization, and words that no tool takes.

use super::{build, helms, objects, printed, servers, stdout, write};

const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-chart}\ndata: {a: '<path:a/b#c>', b: '{{ .Values.b }}'}\n";
const KUSTOMIZATION: &str = "resources: [all.yaml, own.yaml]\nnamePrefix: x-\n";
const OWN: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: own}\n";

fn folder(kustomization: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "secrets.yaml", "{a/b: {c: filled}}\n");
    for (name, text) in [
        ("web/Chart.yaml", CHART),
        ("web/values.yaml", "b: one\n"),
        ("web/templates/config.yaml", CONFIG),
        ("web/kustomization.yaml", kustomization),
        ("web/own.yaml", OWN),
    ] {
        write(folder.path(), name, text);
    }
    folder
}

#[test]
fn a_folder_with_two_tools_says_which_one_is_run() {
    let folder = folder("resources: [own.yaml]\n");
    for helm in helms() {
        let helm = helm.display().to_string();
        let run = build(folder.path(), &["web", "--secrets", "secrets.yaml", "--helm", &helm]);
        let output = run.output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");
        assert!(stderr.contains("note: `web` holds a chart and a kustomization: `helm template` is run"), "{stderr}");
        let run = build(folder.path(), &["web", "--tool", "helm", "--secrets", "secrets.yaml", "--helm", &helm]);
        assert!(run.output().stderr.is_empty());
    }
}

#[test]
fn the_chart_s_output_becomes_a_resource_of_the_kustomization() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let program = kustomize.display().to_string();
    for helm in helms() {
        let folder = folder(KUSTOMIZATION);
        let name = helm.display().to_string();
        let tools = ["--helm", &name, "--kustomize", &program, "--secrets", "secrets.yaml"];
        let arguments = [&["web", "--then", "kustomize", "--release-name", "r"][..], &tools, &["--", "--set", "b=two"]];
        let built = stdout(build(folder.path(), &arguments.concat()));
        assert!(!folder.path().join("web/all.yaml").exists());
        let templated = printed(&helm, folder.path(), &["template", "r", "web", "--set", "b=two"]);
        std::fs::write(folder.path().join("web/all.yaml"), templated).unwrap();
        let piped = printed(&kustomize, folder.path(), &["build", "web"]);
        let piped = String::from_utf8(piped).unwrap().replace("<path:a/b#c>", "filled");
        assert_eq!(objects(&built), objects(piped.as_bytes()), "{name}");
        assert_eq!(objects(&built).len(), 2);
    }
}

#[test]
fn a_kustomization_without_a_place_for_the_chart_is_an_error() {
    let Some(helm) = helms().first().map(|helm| helm.display().to_string()) else { return };
    for (kustomization, more, words) in [
        ("resources: [own.yaml]\n", &[][..], "every resource of the kustomization is there already"),
        ("resources: [a.yaml, b.yaml]\n", &[], "more than one resource is not there: `a.yaml`, `b.yaml`"),
        ("resources: [a.yaml]\n", &["--helm-output", "c.yaml"], "no resource `c.yaml`"),
        ("resources: [../a.yaml]\n", &["--helm-output", "../a.yaml"], "below the folder"),
        ("resources: [a.yaml]\ntransformers: [a.yaml]\n", &[], "nothing else"),
    ] {
        let folder = folder(kustomization);
        let arguments =
            [&["web", "--then", "kustomize", "--secrets", "secrets.yaml", "--helm", &helm][..], more].concat();
        build(folder.path(), &arguments).status(1).stderr_holds([words]).hints().check();
    }
}

#[test]
fn words_that_no_tool_takes_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "plain/own.yaml", OWN);
    let words = ["nothing takes the words after `--`"];
    build(folder.path(), &["plain", "--", "--set", "a=1"]).status(2).stderr_holds(words).check();
    for command in [&["plan"][..], &["record", "-o", "-"], &["diff", "--base", "plain"], &["check"]] {
        let arguments = [command, &["plain", "--secrets", "secrets.yaml", "--", "--set", "a=1"]].concat();
        write(folder.path(), "secrets.yaml", "{}\n");
        let output = super::program(arguments).folder(folder.path()).output();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(text.contains(words[0]) && output.status.code() == Some(2), "{command:?}: {text}");
    }
}
