//! The scripts, the workflow and the action pass the linters of their kind, and so do the jobs that the guides show.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{Release, ok, script};
use crate::support::program::root;
use crate::support::servers;

/// The scripts of the repository.
fn scripts() -> Vec<PathBuf> {
    let folders =
        ["packaging", "tests/packaging"].into_iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let files = folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut scripts: Vec<PathBuf> = files.collect();
    scripts.extend(["install.sh", ".ci/run", "tests/servers/build"].map(|file| root().join(file)));
    scripts.sort();
    scripts
}

#[test]
fn shellcheck_finds_nothing_in_the_scripts() {
    let Some(shellcheck) = servers::binary("shellcheck") else { return };
    let release = Release::new();
    ok(script(&shellcheck).args(scripts()).arg(release.installer()));
}

#[test]
fn actionlint_and_zizmor_find_nothing_in_the_workflows() {
    let (Some(actionlint), Some(zizmor)) = (servers::binary("actionlint"), servers::binary("zizmor")) else { return };
    let workflow = root().join(".github/workflows/release.yml");
    ok(script(&actionlint).args(["-shellcheck", "", "-pyflakes", ""]).arg(&workflow));
    let home = tempfile::tempdir().unwrap();
    let mut command = script(&zizmor);
    command.args(["--offline", "--no-progress", "--persona", "auditor"]).arg(&workflow).arg(root().join("action.yml"));
    ok(command.env("HOME", home.path()));
}

/// Whole workflows alone: a block with a step or two is none.
#[test]
fn actionlint_finds_nothing_in_the_guides_workflows() {
    let Some(actionlint) = servers::binary("actionlint") else { return };
    let mut count = 0;
    for page in ["docs/ci.md", "docs/flux.md", "docs/install.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for block in text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            if !block.contains("\non:") {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("workflow.yml");
            fs::write(&file, block).unwrap();
            let output =
                Command::new(&actionlint).args(["-shellcheck", "", "-pyflakes", ""]).arg(&file).output().unwrap();
            assert!(output.status.success(), "{page}: {}\n{block}", String::from_utf8_lossy(&output.stdout));
            count += 1;
        }
    }
    assert!(count >= 4, "{count}");
}

/// The workflow does nothing by itself that a maintainer could not do by hand.
#[test]
fn the_workflow_only_calls_just_release() {
    let text = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    let workflow: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    let steps = workflow["jobs"]["release"]["steps"].as_array().unwrap();
    let runs: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert!(runs.iter().any(|run| run.starts_with("just release ")), "{runs:?}");
    assert!(runs.iter().all(|run| !run.contains("cargo ")), "{runs:?}");
    // Another's action is named by its commit.
    let pinned = regex::Regex::new("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$").unwrap();
    assert!(steps.iter().filter_map(|step| step["uses"].as_str()).all(|uses| pinned.is_match(uses)), "{text}");
}
