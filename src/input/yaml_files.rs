//! Every YAML and JSON file of a folder, whatever it is: values, kustomizations and the files of charts too.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::names::has_manifest_ending;
use crate::workspace::Workspace;

/// The files below a folder, as a user would type them, without hidden ones and without following links; another path is itself.
pub(crate) fn yaml_files(path: &str, workspace: &Workspace) -> Vec<String> {
    let place = workspace.locate(path);
    if path == "-" || !place.is_dir() {
        return vec![path.to_owned()];
    }
    let is_hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    let walk = WalkDir::new(&place).sort_by_file_name().into_iter().filter_entry(|entry| !is_hidden(entry));
    let files = walk.flatten().filter(|entry| entry.file_type().is_file() && has_manifest_ending(entry.path()));
    let typed = |entry: DirEntry| {
        let below = entry.path().strip_prefix(&place).unwrap_or(entry.path());
        let name = if path == "." { below.to_owned() } else { Path::new(path).join(below) };
        name.to_string_lossy().into_owned()
    };
    files.map(typed).collect()
}
