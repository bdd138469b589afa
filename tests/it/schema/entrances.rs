//! The definitions of a run count in it, whatever way it came.

use super::{DEFINITION, TYPED, UNTYPED, WIDGET, folder, printed, run};
use crate::support::files::write;
use crate::support::servers;

#[test]
fn definitions_among_the_manifests_count_wherever_they_stand() {
    let folder = folder();
    write(folder.path(), "apps/a-widget.yaml", WIDGET);
    write(folder.path(), "apps/b-definition.yaml", DEFINITION);
    assert!(printed(run(folder.path(), &["generate", "apps"])).contains(TYPED));
    let (before, behind) = (format!("{DEFINITION}---\n{WIDGET}"), format!("{WIDGET}---\n{DEFINITION}"));
    for text in [&before, &behind] {
        assert!(printed(run(folder.path(), &["generate", "-"]).stdin(&**text)).contains(TYPED));
    }
    assert!(printed(run(folder.path(), &["generate", "-", "--stream"]).stdin(before)).contains(TYPED));
    let many = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n".repeat(50_000);
    let shown =
        printed(run(folder.path(), &["generate", "-", "--stream"]).stdin(format!("{DEFINITION}---\n{many}{WIDGET}")));
    assert!(shown.contains(TYPED), "forgotten");
    let shown =
        printed(run(folder.path(), &["generate", "-", "--stream"]).stdin(format!("{WIDGET}---\n{many}{DEFINITION}")));
    assert!(shown.contains(UNTYPED), "known before it was read");
}

#[test]
fn definitions_of_a_chart_and_of_a_kustomization_count() {
    let (Some(helm), Some(kustomize)) = (servers::binary("helm4"), servers::binary("kustomize")) else { return };
    let folder = folder();
    write(folder.path(), "chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
    write(folder.path(), "chart/templates/widget.yaml", WIDGET);
    write(folder.path(), "chart/crds/widget.yaml", DEFINITION);
    let build = |more: &[&str]| {
        run(folder.path(), &[&["build", "chart", "--release-name", "web"], more].concat())
            .args(["--helm".as_ref(), helm.as_os_str()])
    };
    assert!(printed(build(&[])).contains(TYPED));
    write(folder.path(), "base/kustomization.yaml", "resources: [widget.yaml, definition.yaml]\n");
    write(folder.path(), "base/widget.yaml", WIDGET);
    write(folder.path(), "base/definition.yaml", DEFINITION);
    let shown = printed(run(folder.path(), &["build", "base"]).args(["--kustomize".as_ref(), kustomize.as_os_str()]));
    assert!(shown.contains("  size: 3\n"), "{shown}");
}

#[test]
fn definitions_count_in_a_list_of_a_function() {
    let folder = folder();
    let item = |text: &str| text.trim_end().replace('\n', "\n  ");
    let list = format!(
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- {}\n- {}\n",
        item(WIDGET),
        item(DEFINITION)
    );
    let shown = printed(run(folder.path(), &["fn"]).stdin(list));
    assert!(shown.contains("size: 3\n"), "{shown}");
}

#[test]
fn a_record_and_a_check_with_the_store_know_them() {
    let folder = folder();
    write(
        folder.path(),
        "all.yaml",
        &format!("{DEFINITION}---\n{WIDGET}").replace("size: <path:app#three>", "size: <path:app#true>"),
    );
    for args in [&["record", "all.yaml", "-o", "-"][..], &["check", "all.yaml", "--online"]] {
        let output = run(folder.path(), args).output();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(told.contains("`spec.size` takes an integer"), "{args:?}: {told}");
    }
}

#[test]
fn a_diff_renders_what_a_definition_that_stays_describes() {
    let folder = folder();
    write(
        folder.path(),
        "old/all.yaml",
        &format!("{DEFINITION}---\n{WIDGET}").replace("size: <path:app#three>", "size: 1"),
    );
    write(folder.path(), "new/all.yaml", &format!("{DEFINITION}---\n{WIDGET}"));
    let output = run(folder.path(), &["diff", "new", "--base", "old"]).output();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}
