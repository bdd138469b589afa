//! Runs every tests/cases/**/*.case and reports all that fail. `CASE=part/of/a/name cargo test cases` runs some.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::support::case::Case;
use crate::support::program::root;

#[expect(clippy::disallowed_methods, reason = "which cases run is a setting of the tests, not of the program")]
#[test]
fn every_case_renders_as_it_says() {
    let wanted = std::env::var("CASE").unwrap_or_default();
    let cases: Vec<PathBuf> = cases().filter(|path| path.to_string_lossy().contains(&wanted)).collect();
    assert!(wanted.is_empty() || !cases.is_empty(), "no case's name holds {wanted:?}");
    let failures = in_parallel(&cases);
    assert!(failures.is_empty(), "{}{} of {} cases fail", failures.join("\n"), failures.len(), cases.len());
}

/// Every case file's path below tests/cases.
fn cases() -> impl Iterator<Item = PathBuf> {
    let walk = WalkDir::new(folder()).sort_by_file_name().into_iter();
    walk.map(|entry| entry.expect("tests/cases is readable").into_path())
        .filter(|path| path.extension().is_some_and(|e| e == "case"))
}

fn folder() -> PathBuf {
    root().join("tests/cases")
}

/// What is wrong with each case that fails, in order.
fn in_parallel(cases: &[PathBuf]) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let runs: Vec<_> = cases
            .chunks(cases.len().div_ceil(threads).max(1))
            .map(|chunk| scope.spawn(move || chunk.iter().filter_map(|path| failure(path)).collect::<Vec<String>>()))
            .collect();
        runs.into_iter().flat_map(|run| run.join().expect("a case does not panic")).collect()
    })
}

fn failure(path: &Path) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder for the secrets");
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
    let result = text.and_then(|text| Case::parse(&text)).and_then(|case| case.run(folder.path()));
    let name = path.strip_prefix(self::folder()).unwrap_or(path).display().to_string();
    result.err().map(|difference| format!("== {name}\n{difference}"))
}
