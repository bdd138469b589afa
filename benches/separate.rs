//! What two processes cost in place of one: the same manifests rendered with `AVP_SEPARATE` and without, in turn.
//! `cargo bench --bench separate` prints milliseconds, medians and the ends, and what is between the medians.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 200;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    for count in [1, 50] {
        write(folder.path(), count);
        let input = [("stdin", vec!["generate", "-"]), ("folder", vec!["generate", "."])];
        for (name, arguments) in input {
            let (mut one, mut two) = (Vec::new(), Vec::new());
            for _ in 0..RUNS {
                one.push(timed(folder.path(), &arguments, "false"));
                two.push(timed(folder.path(), &arguments, "true"));
            }
            let (one, two) = (figures(one), figures(two));
            println!("{}  one process, {count} secrets, {name}", one.1);
            println!("{}  two processes, {count} secrets, {name}", two.1);
            println!("{:>7.2} ms more", (two.0 - one.0) * 1e3);
        }
    }
}

fn write(folder: &Path, count: usize) {
    let numbers = || 0..count;
    let fields: String = numbers().map(|number| format!("  k{number}: <path:app/{number}#key>\n")).collect();
    let manifest = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n{fields}");
    let secrets: String = numbers().map(|number| format!("app/{number}: {{key: value}}\n")).collect();
    std::fs::write(folder.join("app.yaml"), manifest).expect("a file");
    std::fs::write(folder.join(".secrets.yaml"), secrets).expect("a file");
}

/// How long a run takes, from its start to its end.
fn timed(folder: &Path, arguments: &[&str], separate: &str) -> Duration {
    let stdin = std::fs::File::open(folder.join("app.yaml")).expect("the manifest");
    let mut run = Command::new(env!("CARGO_BIN_EXE_vault-render"));
    run.args(arguments).args(["--secrets", ".secrets.yaml"]).current_dir(folder).env_clear();
    run.env("AVP_SEPARATE", separate).stdin(stdin).stdout(Stdio::null());
    let start = Instant::now();
    let status = run.status().expect("the program starts");
    assert!(status.success());
    start.elapsed()
}

/// The median, and a line with it and the ends.
fn figures(mut times: Vec<Duration>) -> (f64, String) {
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let [least, median, most] = [0, times.len() / 2, times.len() - 1].map(|at| times[at]);
    let line = format!("{:>7.2} ms ({:.2} to {:.2})", milliseconds(median), milliseconds(least), milliseconds(most));
    (median.as_secs_f64(), line)
}
