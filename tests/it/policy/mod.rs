//! The policy file: who may read what, as whom, and how much.

mod commands;
mod file;
mod rules;
mod schema;

use std::path::PathBuf;

use tempfile::TempDir;

/// A policy file of the operator's, outside of every repository.
struct Policy {
    _folder: TempDir,
    path: PathBuf,
}

impl Policy {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.yaml");
        std::fs::write(&path, text).unwrap();
        Self { _folder: folder, path }
    }
}
