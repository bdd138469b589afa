//! A tool's time, memory and output are limited, and the error names the setting that raises the limit.

use std::time::{Duration, Instant};

use super::{Site, helms};

/// A chart and a script in place of helm.
fn script(text: &str) -> (Site, String) {
    let site = Site::new();
    site.chart("web", "");
    let helm = site.script("repository/helm", &format!("#!/bin/sh\n{text}\n"));
    (site, helm)
}

#[test]
fn a_tool_that_takes_too_long_ends() {
    let (site, helm) = script("sleep 600");
    let start = Instant::now();
    let run = site.build(["web", "--helm", &helm]).env("AVP_TOOL_TIMEOUT", "500ms").status(1);
    run.stderr("error: `helm template` took longer than 500ms\nhint: the operator may raise `AVP_TOOL_TIMEOUT`\n")
        .check();
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_tool_that_takes_too_much_memory_ends() {
    let (site, helm) =
        script("until [ \"$(ulimit -d)\" != unlimited ]; do sleep 0.05; done; exec perl -e '$x = \"a\" x (1 << 29)'");
    let run = site.build(["web", "--helm", &helm]).env("AVP_TOOL_MEMORY", "256Mi").status(1);
    run.stderr_holds(["`helm template` failed", "hint: the operator may raise `AVP_TOOL_MEMORY`"]).check();
}

#[test]
fn a_tool_that_writes_too_much_ends() {
    let (site, helm) = script(
        "until [ \"$(ulimit -f)\" != unlimited ]; do sleep 0.05; done; yes | head -c 20000000 > \"$HOME/x\"; exec kill -s XFSZ $$",
    );
    let run = site.build(["web", "--helm", &helm]).env("AVP_TOOL_MEMORY", "16Mi").status(1);
    run.stderr_holds(["`helm template` was killed by signal 25", "`AVP_TOOL_MEMORY`"]).check();
}

#[test]
fn a_template_that_never_ends_ends() {
    for helm in helms() {
        let site = Site::new();
        site.chart("web", "{{ define \"x\" }}{{ $x := . }}{{ $y := printf \"%s%s\" $x $x }}{{ include \"x\" $y }}{{ end }}{{ include \"x\" \"aaaaaaaa\" }}");
        let start = Instant::now();
        let run = site.build(["web", "--helm", &helm]).env("AVP_TOOL_MEMORY", "384Mi").env("AVP_TOOL_TIMEOUT", "10s");
        let output = run.output();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains("AVP_TOOL_"), "{stderr}");
        assert!(start.elapsed() < Duration::from_secs(60));
    }
}

#[test]
fn limits_are_the_operator_s_alone() {
    let (site, helm) = script("echo 'kind: A'");
    for (name, value) in [
        ("AVP_TOOL_TIMEOUT", "1h"),
        ("AVP_TOOL_MEMORY", "100Gi"),
        ("AVP_TOOL_PATHS", "/"),
        ("AVP_TOOL_HOSTS", "*"),
        ("AVP_UNCONTAINED_TOOLS", "1"),
    ] {
        let run = site.build(["web", "--helm", &helm]).env(&format!("ARGOCD_ENV_{name}"), value).status(1);
        run.stderr_holds([format!("`ARGOCD_ENV_{name}`")]).check();
    }
}
