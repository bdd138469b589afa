//! How fast `diff` is against a revision: 10,000 documents in files, a tenth of them changed, the whole program on one core.
//! `cargo bench --bench diff` prints seconds, the median of five runs. Linux's `taskset` keeps the program and `git` on one core.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

mod documents;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use documents::DEPLOYMENT;

const RUNS: usize = 5;
const DOCUMENTS: usize = 10_000;

/// One document of so many is changed.
const CHANGED: usize = 10;

const SECRETS: &str = "secret/data/app: {user: shop, password: correct horse, port: 5432}\n";

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let repository = folder.path().join("repository");
    std::fs::write(folder.path().join("secrets.yaml"), SECRETS).expect("the secrets");
    write(&repository, |_| false);
    for args in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "x"], &["gc", "-q"]] {
        let settings = ["-c", "user.name=b", "-c", "user.email=b@example.com"];
        let status = Command::new("git").args(settings).args(args).current_dir(&repository).status();
        assert!(status.is_ok_and(|status| status.success()), "git {args:?}");
    }
    write(&repository, |number| number % CHANGED == 0);
    let mut times: Vec<f64> = (0..RUNS).map(|_| seconds(&repository)).collect();
    times.sort_by(f64::total_cmp);
    println!("{:.2} s  ({:.2} to {:.2})  {DOCUMENTS} documents", times[RUNS / 2], times[0], times[RUNS - 1]);
}

/// The documents in files of their own, in folders of a hundred.
fn write(repository: &Path, changed: impl Fn(usize) -> bool) {
    for number in 0..DOCUMENTS {
        let folder = repository.join(format!("apps/{}", number / 100));
        std::fs::create_dir_all(&folder).expect("a folder");
        let replicas = if changed(number) { "replicas: 5" } else { "replicas: 3" };
        let text = DEPLOYMENT.replace("replicas: 3", replicas).replacen("name: web", &format!("name: web-{number}"), 1);
        std::fs::write(folder.join(format!("{number}.yaml")), text).expect("a file");
    }
}

fn seconds(repository: &Path) -> f64 {
    let begin = Instant::now();
    let program = ["-c", "0", env!("CARGO_BIN_EXE_vault-render"), "diff", "--base", "HEAD"];
    let output = Command::new("taskset")
        .args(program)
        .args(["--secrets", "../secrets.yaml"])
        .current_dir(repository)
        .output()
        .expect("taskset runs");
    let seconds = begin.elapsed().as_secs_f64();
    let end = format!("{} changed, {} unchanged\n", DOCUMENTS / CHANGED, DOCUMENTS - DOCUMENTS / CHANGED);
    assert!(output.stdout.ends_with(end.as_bytes()), "{}", String::from_utf8_lossy(&output.stderr));
    seconds
}
