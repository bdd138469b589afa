//! A tool can use what the operator names: files, programs, wrappers, other users.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use super::{CANARY, Site, helms, kustomize, manifest, printed};
use crate::support::program::binary;

/// A script in place of helm that prints the values files which it is given.
const VALUES: &str = "#!/bin/sh\necho 'kind: A'\nfor word; do case $word in\n--values=*) sed 's/^/# /' \"${word#*=}\";;\n\
                      -f) next=1;;\n*) [ -z \"$next\" ] || sed 's/^/# /' \"$word\"; next=;;\nesac; done\nexit 0\n";

#[test]
fn files_that_the_operator_s_words_name_are_read() {
    let site = Site::new();
    site.chart("web", &manifest("{{ .Values.a }}"));
    let values = site.outside().join("values.yaml").display().to_string();
    super::link("values.yaml", site.outside().join("link.yaml"));
    let linked = site.outside().join("link.yaml").display().to_string();
    let mirror = site.script("repository/helm", VALUES);
    for helm in helms().into_iter().chain([mirror]) {
        for words in [vec!["-f", &values], vec!["-f", "../outside/values.yaml"], vec!["-f", &linked]] {
            let text = printed(site.build([&["web", "--helm", &helm, "--"][..], &words].concat()));
            assert!(text.contains(CANARY), "{helm} {words:?}: {text}");
        }
        let words = ["web", "--helm", &helm, "--", &format!("--values={values}")];
        assert!(printed(site.build(words)).contains(CANARY), "{helm}");
    }
    for helm in helms() {
        let set_file = format!("a={values}");
        let text = printed(site.build(["web", "--helm", &helm, "--", "--set-file", &set_file]));
        assert!(text.contains(CANARY), "{text}");
    }
}

#[test]
fn what_a_shell_pipes_in_is_read_as_another_user_too() {
    let site = Site::new();
    site.chart("web", &manifest("{{ .Values.a }}"));
    let mirror = site.script("repository/helm", VALUES);
    std::fs::set_permissions(site.folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let is_root = rustix::process::geteuid().is_root();
    for user in [Some(None), is_root.then_some(Some(999))].into_iter().flatten() {
        for helm in helms().into_iter().chain([mirror.clone()]) {
            let line = format!("exec {} build web --helm {helm} -- -f <(echo 'a: {CANARY}')", binary());
            let mut command = Command::new("/bin/bash");
            command.args(["-c", &line]).current_dir(site.repository()).env_clear().env("PATH", "/usr/bin:/bin");
            if let Some(user) = user {
                command.uid(user).gid(user);
            }
            let output = command.stdin(Stdio::null()).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains(CANARY), "{user:?} {helm}: {text}{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn a_wrapper_finds_what_avp_tool_paths_names() {
    let site = Site::new();
    site.chart("web", "");
    let real = site.script("opt/tool/bin/real", "#!/bin/sh\necho 'kind: A'\n");
    let interpreter = format!("#!/usr/bin/env -S bash -e\nexec {real} \"$@\"\n");
    let helm = site.script("elsewhere/helm", &interpreter);
    let refused = site.build(["web", "--helm", &helm]).status(1);
    refused.stderr_holds(["ermission denied", "`AVP_TOOL_PATHS`"]).check();
    let paths = site.root().join("opt").display().to_string();
    site.build(["web", "--helm", &helm]).env("AVP_TOOL_PATHS", paths).stdout("kind: A\n").check();
}

#[test]
fn kustomize_runs_what_the_operator_enables() {
    let Some(kustomize) = kustomize() else { return };
    for helm in helms() {
        let site = Site::new();
        let home = site.repository().join("app");
        site.write("repository/app/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
        site.write("repository/app/charts/web/values.yaml", "a: b\n");
        site.write("repository/app/charts/web/templates/a.yaml", &manifest("{{ .Values.a }}"));
        site.write("repository/app/kustomization.yaml", "helmCharts: [{name: web, valuesInline: {a: filled}}]\n");
        let text = printed(site.build(["app", "--kustomize", &kustomize, "--helm", &helm, "--", "--enable-helm"]));
        assert!(text.contains("filled") && home.is_dir(), "{text}");
    }
    let site = Site::new();
    site.write("repository/app/a.yaml", &manifest("a"));
    site.write("repository/app/kustomization.yaml", "resources: [a.yaml]\ntransformers: [function.yaml]\n");
    let function = "apiVersion: v1\nkind: F\nmetadata:\n  name: f\n  annotations:\n    config.kubernetes.io/function: |\n      exec: {path: ./f.sh}\n";
    site.write("repository/app/function.yaml", function);
    site.script("repository/app/f.sh", "#!/bin/sh\nsed 's/\"a\"/\"filled\"/; s/a: a$/a: filled/'\n");
    let words = ["app", "--kustomize", &kustomize, "--", "--enable-alpha-plugins", "--enable-exec"];
    let text = printed(site.build(words));
    assert!(text.contains("filled"), "{text}");
}

#[test]
fn a_chart_is_left_as_it_is() {
    for helm in helms() {
        let site = Site::new();
        site.chart("db", &manifest("db"));
        site.write("repository/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 0.1.0\n");
        site.chart("web", &manifest("web"));
        let needs = "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{name: db, version: 0.1.0, repository: 'file://../db'}]\n";
        site.write("repository/web/Chart.yaml", needs);
        let mut update = Command::new(&helm);
        update.args(["dependency", "update", "web"]).current_dir(site.repository()).env("HOME", site.root());
        assert!(update.output().unwrap().status.success());
        std::fs::remove_dir_all(site.repository().join("web/charts")).unwrap();
        let text = printed(site.build(["web", "--helm", &helm]));
        assert!(text.contains("web") && text.contains("db"), "{text}");
        assert!(!site.repository().join("web/charts").exists());
    }
}
