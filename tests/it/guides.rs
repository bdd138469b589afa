//! The guides' blocks, run: CI's jobs in a clone of a repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::program::{binary, root};
use crate::support::servers::{self, Repository};

#[test]
fn the_jobs_for_rendered_manifests_push_them_with_their_placeholders() {
    let (Some(helm), Some(kustomize)) = (servers::binary("helm4"), servers::binary("kustomize")) else { return };
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let page = page.split_once("## Rendered manifests").expect("the section").1;
    let jobs = page.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap_or_default());
    let jobs: Vec<Vec<String>> = jobs.map(|job| steps(&serde_yaml::from_str(job).expect("YAML"))).collect();
    assert_eq!(jobs.iter().map(Vec::len).collect::<Vec<_>>(), [7, 7], "GitHub's and GitLab's");
    for job in jobs {
        let work = tempfile::tempdir().unwrap();
        for (name, program) in [("helm", &*helm), ("kustomize", &*kustomize), ("vault-render", Path::new(binary()))] {
            std::os::unix::fs::symlink(program, work.path().join(name)).unwrap();
        }
        let (remote, clone) = (work.path().join("remote"), work.path().join("clone"));
        let repository = repository();
        let there = work.path().display();
        sh(work.path(), work.path(), &format!("git clone --quiet --bare {} remote", repository.folder().display()));
        sh(work.path(), &remote, "git branch rendered main");
        sh(work.path(), work.path(), &format!("git clone --quiet file://{there}/remote clone"));
        job.iter().for_each(|step| drop(sh(work.path(), &clone, step)));
        for (file, part) in [("web.yaml", "# Source: web/templates/secret.yaml"), ("prod.yaml", "namespace: prod")] {
            let pushed = sh(work.path(), &remote, &format!("git show rendered:{file}"));
            assert!(pushed.contains(part), "{file}: {pushed}");
        }
    }
}

/// The examples' chart and overlay, where the jobs have them.
fn repository() -> Repository {
    let folder = tempfile::tempdir().unwrap();
    let examples = root().join("examples");
    let copy = format!(
        "cp -r {0}/helm/chart chart && mkdir overlays && cp -r {0}/kustomize/base base && cp -r {0}/kustomize/prod overlays/prod && \
         sed -i 's|[.][.]/base|../../base|' overlays/prod/kustomization.yaml",
        examples.display()
    );
    sh(folder.path(), folder.path(), &copy);
    Repository::of(folder)
}

/// What a job runs: GitHub's `run`s or GitLab's `script`.
fn steps(job: &Value) -> Vec<String> {
    let text = |step: &Value| step.as_str().map(|line| line.replace("${{ github.sha }}", "1234"));
    if let Some(script) = job["render"]["script"].as_array() {
        return script.iter().filter_map(text).collect();
    }
    let steps = job["jobs"]["render"]["steps"].as_array().expect("steps");
    steps.iter().filter_map(|step| text(&step["run"])).collect()
}

/// What a line prints that a shell runs in `folder`, with the programs of `path`.
fn sh(path: &Path, folder: &Path, line: &str) -> String {
    let output = Command::new("sh")
        .args(["-euc", line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", path.display()))
        .env("HOME", path)
        .env("CI_COMMIT_SHA", "1234")
        .env("PUSH_URL", path.join("remote"))
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
