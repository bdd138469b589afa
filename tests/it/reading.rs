//! Charts and kustomizations that name files outside the repository are refused with a place, before helm or kustomize runs.

use std::path::Path;

use crate::diff::{Repository, shown};
use crate::support::program::{Program, program};
use crate::support::servers;

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: canary}\n";

/// A repository, and beside it a manifest, a kustomization and a chart that it must not read.
fn repository() -> Repository {
    let repository = Repository::new();
    let outside = repository.root().join("../outside");
    for (name, text) in [
        ("a.yaml", CONFIG_MAP),
        ("kustomization.yaml", "resources: [a.yaml]\n"),
        ("Chart.yaml", "apiVersion: v2\nname: lib\nversion: 0.1.0\n"),
        ("templates/a.yaml", CONFIG_MAP),
    ] {
        std::fs::create_dir_all(outside.join(name).parent().unwrap()).unwrap();
        std::fs::write(outside.join(name), text).unwrap();
    }
    repository
}

fn build(repository: &Repository, tool: &str, program_file: &Path) -> Program {
    let run = program(["build", "app", tool]).args([program_file]).folder(repository.root());
    run.env("PATH", "/usr/bin:/bin").env("ARGOCD_APP_NAME", "app")
}

/// Checks that the run fails at a place in `file`, and shows nothing from outside.
#[track_caller]
fn refused(run: Program, file: &str, what: &str) {
    let (stdout, stderr, code) = shown(&run.output());
    assert_eq!(code, Some(1), "{what}: {stdout}{stderr}");
    assert!(stderr.contains(&format!("--> {file}:")), "{what}: {stderr}");
    assert!(!stdout.contains("canary") && !stderr.contains("canary"), "{what}: {stdout}{stderr}");
}

#[test]
fn a_kustomization_names_nothing_outside() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    for text in [
        "resources: [../../outside]",
        "Resources: [../../outside]",
        "resources: [../../outside/a.yaml]",
        "resources: [linked]",
        "components: [linked/.]",
        "resources: [sub/../linked]",
        "generators: [/proc/self/cwd]",
        "resources: [../../gone]",
        "configMapGenerator: [{name: x, files: [k=../../outside/a.yaml]}]",
        "configMapGenerator: [{name: x, files: ['k=http://127.0.0.1:1/v1/x']}]",
        "configMapGenerator: [{name: x, envs: ['http://127.0.0.1:1/v1/x']}]",
        "openapi: {path: 'http://127.0.0.1:1/'}",
        "resources: ['git@github.com:x/y']",
        "resources: ['file:///etc']",
        "patches: [{path: git.yaml}]",
    ] {
        let repository = repository();
        repository.write("app/kustomization.yaml", &format!("{text}\n")).write("app/sub/x", "");
        repository.link("app/linked", "../../outside").link("app/git.yaml", "../.git/config");
        refused(build(&repository, "--kustomize", &kustomize), "app/kustomization.yaml", text);
    }
}

#[test]
fn what_is_not_utf_8_is_not_passed_over() {
    let repository = repository();
    let utf_16 = |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    repository.write("app/x", "");
    for (tool, file, text) in [
        ("kustomize", "kustomization.yaml", "resources: [../../outside]\n"),
        ("helm3", "Chart.lock", "dependencies: [{name: lib, repository: 'file://../../outside'}]\n"),
    ] {
        let Some(binary) = servers::binary(tool) else { continue };
        if tool == "helm3" {
            std::fs::remove_file(repository.root().join("app/kustomization.yaml")).unwrap_or_default();
            repository.write("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 0.1.0\n");
        }
        std::fs::write(repository.root().join("app").join(file), utf_16(text)).unwrap();
        let run = build(&repository, if tool == "helm3" { "--helm" } else { "--kustomize" }, &binary).status(1);
        run.stderr_holds([format!("`app/{file}` is not a text file of the repository")]).check();
    }
}

#[test]
fn a_base_is_read_as_its_kustomization_is() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let repository = repository();
    repository.write("app/kustomization.yaml", "resources: [../base, ../fine]\n");
    repository.write("fine/kustomization.yaml", "resources: [a.yaml]\n").write("fine/a.yaml", CONFIG_MAP);
    repository.write("base/Kustomization", "transformers:\n- |-\n  apiVersion: builtin\n  kind: PatchTransformer\n  metadata: {name: x}\n  path: ../../outside/a.yaml\n");
    refused(build(&repository, "--kustomize", &kustomize), "base/Kustomization", "an inline transformer");
    repository.write("base/Kustomization", "transformers: [t.yaml]\n");
    repository.write(
        "base/t.yaml",
        "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\npath: http://127.0.0.1:1/\n",
    );
    refused(build(&repository, "--kustomize", &kustomize), "base/t.yaml", "a transformer");
    repository
        .write("base/Kustomization", "resources: [b.yaml]\n")
        .write("base/b.yaml", &CONFIG_MAP.replace("{name: a}", "{name: b}"));
    let output = build(&repository, "--kustomize", &kustomize).output();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_lock_names_nothing_outside() {
    let chart = "apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n- name: lib\n  version: 0.1.0\n  repository: REPOSITORY\n";
    let lock = "dependencies:\n- name: lib\n  KEY: REPOSITORY\n  version: 0.1.0\ndigest: x\ngenerated: \"2026-01-01T00:00:00Z\"\n";
    for helm in ["helm3", "helm4"].into_iter().filter_map(servers::binary) {
        for (key, repository_of_lib, file) in [
            ("repository", "file://../../outside", "app/Chart.lock"),
            ("Repository", "file://../../outside", "app/Chart.lock"),
            ("repoſitory", "file://../../outside", "app/Chart.lock"),
            ("repository", "file://link/../../../outside", "app/Chart.lock"),
            ("repository", "file:///etc", "app/Chart.lock"),
            ("repository", "http://127.0.0.1:1/", "app/Chart.lock"),
            ("repository", "'@stable'", "app/Chart.lock"),
            ("repository", "alias:stable", "app/Chart.lock"),
            ("repository", "file://../lib", "app/Chart.yaml"),
        ] {
            let repository = repository();
            let own = if file == "app/Chart.yaml" { "file://../../outside" } else { repository_of_lib };
            repository.write("app/Chart.yaml", &chart.replace("REPOSITORY", own));
            repository
                .write("lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 0.1.0\n")
                .write("app/deep/er/x", "");
            repository.link("app/link", "deep/er");
            repository.write("app/Chart.lock", &lock.replace("KEY", key).replace("REPOSITORY", repository_of_lib));
            refused(build(&repository, "--helm", &helm), file, &format!("{key}: {repository_of_lib}"));
        }
        let repository = repository();
        repository.write("app/Chart.yaml", &chart.replace("REPOSITORY", "file://../lib"));
        repository.write("app/Chart.lock", "dependencies: []\n");
        repository
            .write("app/requirements.lock", &lock.replace("KEY", "repository").replace("REPOSITORY", "file:///etc"));
        let run = build(&repository, "--helm", &helm).status(1);
        run.stderr_holds(["`Chart.lock` and `requirements.lock` are both there"]).check();
    }
}

#[test]
fn a_source_comment_does_not_tell_what_is_there() {
    let Some(kustomize) = servers::binary("kustomize") else { return };
    let repository = Repository::new();
    repository.write("app/kustomization.yaml", "resources: [a.yaml]\n");
    repository.link("app/etc", "/etc");
    let template = |origin: &str| {
        let comment =
            format!("metadata:\n  name: a\n  annotations: {{postrenderer.helm.sh/postrender-filename: '{origin}'}}\n");
        repository
            .write("app/a.yaml", &format!("apiVersion: v1\nkind: ConfigMap\n{comment}data: {{a: '<path:a/b#c>'}}\n"));
        repository.write("secrets.yaml", "{}\n");
        let run = build(&repository, "--kustomize", &kustomize).args(["--secrets", "secrets.yaml"]);
        let (_, stderr, _) = shown(&run.output());
        stderr.lines().find_map(|line| Some(line.split_once("= template: ")?.1.to_owned())).unwrap_or_default()
    };
    for (there, missing) in [
        ("../../../../../../etc/passwd", "../../../../../../etc/gone"),
        ("/etc/passwd", "/etc/gone"),
        ("etc/passwd", "etc/gone"),
    ] {
        assert_eq!(template(there).replace("passwd", "gone"), template(missing), "{there}");
    }
}

#[test]
fn a_link_does_not_tell_what_is_there() {
    let repository = Repository::new();
    let said = |target: &str| {
        if repository.root().join("l.yaml").is_symlink() {
            repository.remove("l.yaml");
        }
        repository.link("l.yaml", target);
        [&["generate", "."][..], &["generate", "l.yaml"], &["check", "."]].map(|args| {
            let (stdout, stderr, code) = shown(&program(args).folder(repository.root()).output());
            assert!(
                (stdout.clone() + &stderr).contains("leads outside the repository"),
                "{target} {args:?}: {stdout}{stderr}"
            );
            (stdout, stderr, code)
        })
    };
    assert_eq!(said("/etc/passwd"), said("/etc/gone"));
    assert_eq!(said("../../../../../../../../etc/passwd"), said("../../gone/../x"));
    repository.link("other", "/etc/gone");
    assert_eq!(said("other"), said("/etc/passwd"));
}
