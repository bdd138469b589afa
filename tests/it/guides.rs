//! Runs the blocks of the guides: the jobs of CI in a clone of a repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::canary::piece;
use crate::packaging::Release;
use crate::support::program::{binary, root};
use crate::support::servers::{self, Repository};

/// Where the guides' jobs have the installer of a release.
const INSTALLER: &str = "ci/install-vault-render.sh";

#[test]
fn the_jobs_for_pull_requests_check_and_show_what_changes() {
    let Some(vault) = servers::vault() else { return };
    vault.mount("ci", 2);
    vault.write("ci", "app", &json!({"password": "zq7Xk3vWn9Rb5Tg2", "user": "zq7Xk3vWn9Rb5Tg2-user"}));
    let work = tempfile::tempdir().unwrap();
    let release = Release::new();
    let clone = pull_request(work.path(), &release);
    let base = sh(work.path(), &clone, "git rev-parse origin/main");
    let variables = [
        ("VAULT_ADDR", &*vault.address),
        ("VAULT_TOKEN", &vault.root),
        ("VAULT_RENDER_MASK_KEY", "a key of the user's"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.trim()),
    ];
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let (jobs, offline) = page.split_once("## Without Vault").expect("the section");
    let steps: Vec<String> =
        blocks(jobs, "yaml").flat_map(|block| steps(&serde_yaml::from_str(block).unwrap())).collect();
    let (install, steps): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| step.contains(INSTALLER));
    let [check, sarif, comment, html, gitlab_check, gitlab_note, _curl] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!(install.len(), 3, "each of GitHub's jobs installs the program, GitLab's image has it: {install:?}");
    install.iter().for_each(|step| drop(sh(work.path(), &clone, step)));
    let run = |line: &str| ended(&with(work.path(), &clone, line, &variables));
    for step in [check, gitlab_check] {
        assert_eq!(run(step).0, 0, "{step}");
    }
    for (step, file) in [(comment, "diff.md"), (gitlab_note, "diff.md"), (html, "diff.html")] {
        let (code, _) = run(step);
        let shown = fs::read_to_string(clone.join(file)).unwrap();
        fs::remove_file(clone.join(file)).unwrap();
        assert!(code == 0 && shown.contains("app") && shown.contains("redacted"), "{step}\n{shown}");
        assert_eq!(piece(shown.as_bytes()), None, "{step}");
    }
    run("vault-render record manifests/ -o record.json");
    let generate = blocks(offline, "sh").next().and_then(|line| line.split(" | ").next()).expect("what is piped");
    assert!(with(work.path(), &clone, generate, &[]).status.success(), "{generate}");

    let broken = "apiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {a: '<path:ci/app>'}\n";
    fs::write(clone.join("manifests/b.yaml"), broken).unwrap();
    assert_eq!((run(sarif).0, run(gitlab_check).0), (0, 1));
    assert!(fs::read_to_string(clone.join("check.sarif")).unwrap().contains("manifests/b.yaml"));
    let (code, found) = run(check);
    assert!(code == 1 && found.starts_with("::error file=manifests/b.yaml,line=4,"), "{found}");
    let accept = blocks(offline, "sh").find(|block| block.contains("baseline")).expect("the lines");
    assert_eq!(run(accept).0, 0);
}

#[test]
fn the_jobs_for_rendered_manifests_push_them_with_their_placeholders() {
    let (Some(helm), Some(kustomize)) = (servers::binary("helm4"), servers::binary("kustomize")) else { return };
    let page = fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let page = page.split_once("## Rendered manifests").expect("the section").1;
    let jobs: Vec<Vec<String>> =
        blocks(page, "yaml").map(|job| steps(&serde_yaml::from_str(job).expect("YAML"))).collect();
    assert_eq!(jobs.iter().map(Vec::len).collect::<Vec<_>>(), [8, 7], "GitHub's and GitLab's");
    let release = Release::new();
    for job in jobs {
        let work = tempfile::tempdir().unwrap();
        for (name, program) in [("helm", &*helm), ("kustomize", &*kustomize)] {
            std::os::unix::fs::symlink(program, work.path().join(name)).unwrap();
        }
        if !job[0].contains(INSTALLER) {
            std::os::unix::fs::symlink(binary(), work.path().join("vault-render")).unwrap();
        }
        let (remote, clone) = (work.path().join("remote"), work.path().join("clone"));
        let repository = repository(&release);
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
fn repository(release: &Release) -> Repository {
    let folder = tempfile::tempdir().unwrap();
    add_installer(folder.path(), release);
    let examples = root().join("examples");
    let copy = format!(
        "cp -r {0}/helm/chart chart && mkdir overlays && cp -r {0}/kustomize/base base && cp -r {0}/kustomize/prod overlays/prod && \
         sed -i 's|[.][.]/base|../../base|' overlays/prod/kustomization.yaml",
        examples.display()
    );
    sh(folder.path(), folder.path(), &copy);
    Repository::of(folder)
}

/// The installer of a release, where the jobs call it.
fn add_installer(repository: &Path, release: &Release) {
    fs::create_dir_all(repository.join("ci")).unwrap();
    fs::copy(release.installer(), repository.join(INSTALLER)).unwrap();
}

/// A clone below `work` whose branch changes a Secret of `main`.
fn pull_request(work: &Path, release: &Release) -> PathBuf {
    let secret =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: app}\nstringData:\n  password: <path:ci/app#password>\n";
    let commit = "git -c user.name=t -c user.email=t@example.com commit --quiet --all --message x";
    fs::create_dir_all(work.join("remote/manifests")).unwrap();
    fs::write(work.join("remote/manifests/app.yaml"), secret).unwrap();
    add_installer(&work.join("remote"), release);
    sh(work, &work.join("remote"), &format!("git init --quiet --initial-branch main && git add . && {commit}"));
    sh(work, work, "git clone --quiet remote clone && git -C clone switch --quiet --create pull");
    fs::write(work.join("clone/manifests/app.yaml"), format!("{secret}  user: <path:ci/app#user>\n")).unwrap();
    sh(work, &work.join("clone"), commit);
    work.join("clone")
}

/// The blocks of a language on a page.
pub(crate) fn blocks<'p>(page: &'p str, language: &str) -> impl Iterator<Item = &'p str> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks.filter_map(move |block| block.strip_prefix(language)?.strip_prefix('\n'))
}

/// What jobs run, of GitHub's `run` or GitLab's `script`, in order; what calls GitHub itself is left out.
fn steps(job: &Value) -> Vec<String> {
    let text = |step: &Value| {
        let line = step.as_str()?.replace("${{ github.sha }}", "1234").replace("${{ github.base_ref }}", "main");
        Some(line.lines().filter(|line| !line.starts_with("gh ")).collect::<Vec<_>>().join("\n"))
    };
    match job {
        Value::Array(items) => items.iter().flat_map(steps).collect(),
        Value::Object(entries) => entries
            .iter()
            .flat_map(|(key, value)| match (&**key, value) {
                ("run", step) => text(step).into_iter().collect(),
                ("script", Value::Array(lines)) => lines.iter().filter_map(text).collect(),
                _ => steps(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What a line prints that a shell runs in `folder`, with the programs of `path`.
fn sh(path: &Path, folder: &Path, line: &str) -> String {
    let output =
        with(path, folder, line, &[("CI_COMMIT_SHA", "1234"), ("PUSH_URL", &path.join("remote").to_string_lossy())]);
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Runs a line of a guide with these variables, whatever its exit code is.
fn with(path: &Path, folder: &Path, line: &str, variables: &[(&str, &str)]) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-euc", line]).current_dir(folder).env_clear().envs(variables.iter().copied());
    shell.env("PATH", format!("{0}/.local/bin:{0}:/usr/bin:/bin", path.display())).env("HOME", path);
    shell.env("GITHUB_PATH", path.join("github-path")).output().expect("a shell")
}

/// The exit code, and what was printed.
fn ended(output: &Output) -> (i32, String) {
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
}
