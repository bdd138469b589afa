//! Manifests of real projects, as `just servers` keeps them from the Go modules: without placeholders they leave as they came.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::program::binary;
use crate::support::servers;

#[test]
fn manifests_of_real_projects_leave_byte_for_byte() {
    let Some(files) = servers::distinct_manifests() else { return };
    let (next, wrong) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(problem) = difference(file) {
                        wrong.lock().unwrap().push(problem);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(files.len() > 1000, "{} files are too few", files.len());
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), files.len(), wrong[..wrong.len().min(20)].join("\n"));
}

/// How a file leaves otherwise than it came, if it does.
fn difference(file: &Path) -> Option<String> {
    let bytes = fs::read(file).unwrap();
    if is_empty(&bytes) {
        return None;
    }
    let mut command = Command::new(binary());
    let output =
        command.arg("generate").arg(file).env_clear().stdin(Stdio::null()).output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Some(format!("{}: {stderr}", file.display()));
    }
    (output.stdout != bytes).then(|| format!("{} has changed {stderr}", file.display()))
}

/// A file of comments is not a manifest, and is an error of its own.
fn is_empty(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.trim_start_matches('\u{feff}')
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#') || line.starts_with("---"))
}
