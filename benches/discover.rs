//! How long `discover` takes, the whole program, in a repository of 10,000 files: at best the first file tells, at worst none does.
//! `cargo bench --bench discover` prints milliseconds, the median of fifty runs and the ends.
#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints its figures")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

const RUNS: usize = 50;
const FILES: usize = 10_000;

fn main() {
    for (extension, printed) in [("yaml", "plain\n"), ("go", "")] {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), extension);
        let mut times: Vec<f64> = (0..RUNS).map(|_| milliseconds(folder.path(), printed)).collect();
        times.sort_by(f64::total_cmp);
        let (median, least, most) = (times[RUNS / 2], times[0], times[RUNS - 1]);
        println!("{median:5.1} ms  ({least:.1} to {most:.1})  {FILES} files .{extension}");
    }
}

/// In folders of a hundred.
fn write(repository: &Path, extension: &str) {
    for number in 0..FILES {
        let folder = repository.join(format!("apps/{}", number / 100));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{number}.{extension}")), "").expect("a file");
    }
}

fn milliseconds(repository: &Path, printed: &str) -> f64 {
    let begin = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_vault-render"));
    let output = program.arg("discover").current_dir(repository).output().expect("the program runs");
    let milliseconds = begin.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(output.stdout, printed.as_bytes());
    milliseconds
}
