//! Charts and kustomizations on both sides, with the real helm 3, helm 4 and kustomize.

use std::path::PathBuf;

use super::{Repository, map, shown};
use crate::support::program::Program;
use crate::support::servers;

const CHART: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";
const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  image: {{ .Values.image }}\n  \
                        user: <path:secret/data/app#user>\n";

/// A helm of each version with the kustomize, as far as they are there.
fn tools() -> Vec<(PathBuf, PathBuf)> {
    let Some(kustomize) = servers::binary("kustomize") else { return Vec::new() };
    ["helm3", "helm4"].into_iter().filter_map(servers::binary).map(|helm| (helm, kustomize.clone())).collect()
}

/// With the tools, and a folder for temporary files of its own.
fn with(program: Program, (helm, kustomize): &(PathBuf, PathBuf), temporary: &std::path::Path) -> Program {
    let (helm, kustomize) = (helm.display().to_string(), kustomize.display().to_string());
    program.args(["--helm", &helm, "--kustomize", &kustomize]).env("TMPDIR", temporary).env("PATH", "/usr/bin:/bin")
}

/// A chart, an overlay for each of two stages with one base, a component, a library chart; all committed.
fn repository() -> Repository {
    let repository = Repository::new();
    repository.write("chart/Chart.yaml", CHART).write("chart/values.yaml", "image: web:1\n");
    repository.write("chart/templates/a.yaml", TEMPLATE).write("chart/crds/a.yaml", &map("x", "crd", "1"));
    repository.write("lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n");
    repository.write("lib/templates/_a.tpl", "{{ define \"lib.name\" }}lib{{ end }}\n");
    repository.write("base/kustomization.yaml", "resources: [a.yaml]\n");
    repository.write("base/a.yaml", &map("x", "app", "<path:secret/data/app#password>"));
    repository.write(
        "part/kustomization.yaml",
        "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\ncommonAnnotations: {part: is}\n",
    );
    for stage in ["prod", "stage"] {
        let text =
            format!("resources: [../../base]\ncomponents: [../../part]\nnamespace: {stage}\npatches: [path: p.yaml]\n");
        repository.write(&format!("overlays/{stage}/kustomization.yaml"), &text);
        repository.write(&format!("overlays/{stage}/p.yaml"), &map("x", "app", "<path:secret/data/app#password>"));
    }
    repository.write("plain.yaml", &map("x", "plain", "1")).commit();
    repository
}

/// A pipe can be read only once, and here each side reads it.
#[test]
fn a_pipe_among_the_words_for_a_tool_counts_on_both_sides() {
    let repository = repository();
    for (helm, _) in tools() {
        let line = format!(
            "\"$PROGRAM\" diff chart --base HEAD --secrets ../secrets.yaml --helm {} -- -f <(echo 'image: web:2') \
             --set-file note=<(echo note)",
            helm.display()
        );
        let mut shell = std::process::Command::new("bash");
        shell.args(["-c", &line]).current_dir(repository.root()).env_clear().env("HOME", "/dev/null");
        let run =
            shell.env("PATH", "/usr/bin:/bin").env("PROGRAM", crate::support::program::binary()).output().unwrap();
        let (text, stderr, code) = shown(&run);
        assert!(text.starts_with("nothing changes") && code == Some(0), "{text}{stderr}");
    }
}

#[test]
fn what_tools_print_is_compared_and_what_they_read_is_not() {
    for tools in tools() {
        let (repository, temporary) = (repository(), tempfile::tempdir().unwrap());
        let run = |args: &[&str]| shown(&with(repository.diff(args), &tools, temporary.path()).output());
        assert_eq!(run(&["--base", "HEAD"]), ("nothing changes, 5 unchanged\n".to_owned(), String::new(), Some(0)));
        repository.write("chart/values.yaml", "image: web:2\n").write("chart/crds/a.yaml", &map("x", "crd", "2"));
        repository.write("base/a.yaml", &(map("x", "app", "<path:secret/data/app#password>") + "  more: '3'\n"));
        let status = repository.git(&["status", "--porcelain", "--ignored"]);
        let (text, stderr, code) = run(&["--base", "HEAD"]);
        assert_eq!((stderr.as_str(), code), ("", Some(1)), "{text}");
        let titles: Vec<&str> = text.lines().filter(|line| line.starts_with("changed ")).collect();
        let expected = ["ConfigMap x/crd", "ConfigMap web", "ConfigMap prod/app", "ConfigMap stage/app"]
            .map(|name| format!("changed {name}"));
        assert_eq!(titles, expected);
        for part in [
            "--- HEAD:chart/ (helm template):",
            "\n+++ chart/ (helm template):",
            "\n-  image: web:1\n+  image: web:2\n   user: '<redacted:",
            "--- HEAD:overlays/prod/ (kustomize build):1\n+++ overlays/prod/ (kustomize build):1\n",
            "\n+  more: \"3\"\n",
            "\n4 changed, 1 unchanged\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert_eq!(repository.git(&["status", "--porcelain", "--ignored"]), status);
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "temporary files are left");
    }
}

#[test]
fn a_folder_is_the_same_by_whatever_name() {
    let Some(tools) = tools().pop() else { return };
    let (repository, temporary) = (repository(), tempfile::tempdir().unwrap());
    repository.write("chart/values.yaml", "image: web:2\n").write("base/a.yaml", &map("x", "app", "4"));
    let run = |folder: &str, args: &[&str]| {
        let folder = repository.root().join(folder);
        shown(&with(repository.diff(&[]).folder(folder), &tools, temporary.path()).args(args).output()).0
    };
    let whole = repository.root().join("chart").display().to_string();
    for (folder, path, name) in [
        ("", "chart", "chart"),
        ("", "./chart/", "chart"),
        ("", "chart/", "chart"),
        ("chart", ".", "."),
        ("overlays/prod", "../../chart", "../../chart"),
        ("overlays", &*whole, &*whole),
    ] {
        let text = run(folder, &[path, "--base", "HEAD"]);
        let places = format!("--- HEAD:{name}/ (helm template):12\n+++ {name}/ (helm template):12\n");
        assert!(text.contains(&places) && text.contains("\n1 changed, 1 unchanged\n"), "{folder} {path}: {text}");
    }
    let text = run("", &["overlays/prod", "--base", "overlays/stage"]);
    assert!(text.contains("\n1 added, 1 removed, 0 unchanged\n"), "{text}");
    let text = run("", &["chart", "--base", "HEAD", "--release-name", "r", "--", "--set", "image=mine"]);
    assert_eq!(text, "nothing changes, 2 unchanged\n");
}

#[test]
fn charts_that_are_missing_are_fetched_into_a_copy() {
    for tools in tools() {
        let (repository, temporary) = (repository(), tempfile::tempdir().unwrap());
        let dependency = "dependencies: [{name: lib, version: 0.1.0, repository: 'file://../lib'}]\n";
        repository.write("chart/Chart.yaml", &(CHART.to_owned() + dependency));
        repository.write(
            "chart/templates/b.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ include \"lib.name\" . }}}\n",
        );
        let home = tempfile::tempdir().unwrap();
        let mut command = std::process::Command::new(&tools.0);
        command.args(["dependency", "update", "chart"]).current_dir(repository.root()).env("HOME", home.path());
        assert!(command.output().unwrap().status.success());
        std::fs::remove_dir_all(repository.root().join("chart/charts")).unwrap();
        repository.commit();
        repository.write("lib/templates/_a.tpl", "{{ define \"lib.name\" }}other{{ end }}\n");
        let (text, stderr, code) =
            shown(&with(repository.diff(&["--base", "HEAD"]), &tools, temporary.path()).output());
        assert_eq!((stderr.as_str(), code), ("", Some(1)), "{text}");
        assert!(text.contains("removed ConfigMap lib\n") && text.contains("added ConfigMap other\n"), "{text}");
        assert!(!repository.root().join("chart/charts").exists());
        assert_eq!(repository.git(&["status", "--porcelain"]), " M lib/templates/_a.tpl\n");
    }
}

#[test]
fn what_cannot_be_built_is_said_and_the_rest_is_compared() {
    for tools in tools() {
        let (repository, temporary) = (repository(), tempfile::tempdir().unwrap());
        let run = |args: &[&str]| shown(&with(repository.diff(args), &tools, temporary.path()).output());
        let kustomization = repository.read("overlays/prod/kustomization.yaml");
        repository.write("chart/templates/bad.yaml", "{{ fail \"not so\" }}\n");
        let broken = kustomization.replace("resources: [", "resources: [nowhere.yaml, ");
        repository.write("overlays/prod/kustomization.yaml", &broken).commit();
        repository.write("plain.yaml", &map("x", "plain", "2"));
        let (text, stderr, code) = run(&["--base", "HEAD~1"]);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(text.starts_with("changed ConfigMap x/plain\n"), "{text}");
        let end = "note: `chart/ (helm template)` is not compared\nnote: `overlays/prod/ (kustomize build)` is not compared\n\
                   1 changed, 1 unchanged\n";
        assert!(text.ends_with(end), "{text}");
        for part in [
            "error: `chart`: `helm template` failed with exit code 1\n",
            "not so",
            "error: `overlays/prod`: `kustomize build` failed",
            "hint: `--no-build` leaves charts and kustomizations out\n",
        ] {
            assert!(stderr.contains(part), "{part:?} is not in\n{stderr}");
        }
        let (text, ..) = run(&["--base", "HEAD~1", "--no-build"]);
        assert!(text.contains("note: charts are not built, as `--no-build` says: `chart`, `lib`\n"), "{text}");
        repository.remove("chart/templates/bad.yaml").write("overlays/prod/kustomization.yaml", &kustomization);
        let (text, stderr, code) = run(&["--base", "HEAD"]);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains("warning: `HEAD:chart`: `helm template` failed with exit code 1\n"), "{stderr}");
        assert!(stderr.contains("'HEAD:overlays/prod/nowhere.yaml'"), "{stderr}");
        assert!(!stderr.contains(&*temporary.path().to_string_lossy()), "{stderr}");
        for part in [
            "added ConfigMap web\n",
            "added ConfigMap prod/app\n",
            "note: `HEAD:overlays/prod/ (kustomize build)` cannot be built: all of it counts as added\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }
}

#[test]
fn a_missing_key_is_placed_in_its_template() {
    for tools in tools() {
        let (repository, temporary) = (repository(), tempfile::tempdir().unwrap());
        repository.write("chart/templates/a.yaml", &TEMPLATE.replace("#user", "#usr"));
        let run = |base: &str| shown(&with(repository.diff(&["--base", base]), &tools, temporary.path()).output());
        let (.., stderr, code) = run("HEAD");
        assert_eq!(code, Some(2), "{stderr}");
        for part in ["missing key `usr`", " --> chart/ (helm template):", " = template: chart/templates/a.yaml\n"] {
            assert!(stderr.contains(part), "{part:?} is not in\n{stderr}");
        }
        repository.commit().write("chart/templates/a.yaml", TEMPLATE);
        let (text, stderr, code) = run("HEAD");
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.starts_with("warning: ") && stderr.contains(" --> HEAD:chart/ (helm template):"), "{stderr}");
        assert!(text.contains("note: 1 thing is wrong at `HEAD`: placeholders"), "{text}");
    }
}

#[test]
fn a_revision_s_links_lead_nowhere_outside() {
    for tools in tools() {
        let (repository, temporary) = (repository(), tempfile::tempdir().unwrap());
        std::fs::write(repository.root().join("../outside"), "canary-of-the-disk\n").unwrap();
        let show = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: f}\ndata:\n  f: {{ .Files.Get \"f\" | quote }}\n";
        repository.write("chart/templates/f.yaml", show);
        let outside = repository.root().join("../outside").canonicalize().unwrap();
        repository.link("chart/f", &outside.to_string_lossy()).commit();
        let run = |args: &[&str]| shown(&with(repository.diff(args), &tools, temporary.path()).output());
        let (text, stderr, code) = run(&["--base", "HEAD~1"]);
        assert_eq!(code, Some(2), "{text}");
        assert!(!text.contains("canary"), "{text}");
        assert!(stderr.contains("`chart`: the link `chart/f` leads outside the repository"), "{stderr}");
        repository.remove("chart/f").write("chart/f", "inside");
        let (text, stderr, code) = run(&["--base", "HEAD"]);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(text.contains("-  f: \"\"\n+  f: \"inside\"\n"), "{text}");
    }
}

#[test]
fn a_chart_in_a_submodule_is_another_repository_s() {
    for tools in tools() {
        let (repository, temporary) = (Repository::new(), tempfile::tempdir().unwrap());
        let other = self::repository();
        repository.git(&["submodule", "--quiet", "add", &other.root().to_string_lossy(), "sub"]);
        repository.write("plain.yaml", &map("x", "plain", "1")).commit();
        let (text, stderr, code) =
            shown(&with(repository.diff(&["--base", "HEAD"]), &tools, temporary.path()).output());
        assert_eq!((stderr.as_str(), code), ("", Some(0)), "{text}");
        assert_eq!(text, "note: the submodule `HEAD:sub` is not compared\nnothing changes, 1 unchanged\n");
    }
}

#[test]
fn without_the_tools_folders_are_named() {
    let repository = repository();
    repository.write("chart/templates/a.yaml", "").write("plain.yaml", &map("x", "plain", "2"));
    let (text, stderr, code) = shown(&repository.diff(&["--base", "HEAD"]).output());
    assert_eq!((stderr.as_str(), code), ("", Some(1)));
    for part in [
        "note: charts are not built, there is no `helm` (install it, or name it with `--helm PATH`): `chart`, `lib`\n",
        "note: kustomizations are not built, there is no `kustomize` (install it, or name it with `--kustomize PATH`): `base`, ",
        "\n1 changed, ",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}
