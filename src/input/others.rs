//! The files of a folder that are no manifests: what a look for secrets in clear reads as well.
//! What Git ignores is not committed, so it is left out. Must not know what is in them, beyond whether it is text.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use ignore::{DirEntry, WalkBuilder};

use super::{Here, Text, Wanted, list, typed};
use crate::source::Source;

/// The longest file that is read: what is longer was not written by hand.
const LONGEST: u64 = 1 << 20;

/// Every text below the folders that `paths` name which is no manifest: hidden files and charts too, `.git` and links not.
pub fn others(paths: &[String], here: &Here, wanted: Wanted<'_>) -> Vec<Arc<Source>> {
    let manifests: HashSet<Text> = list(paths, here).0.into_iter().collect();
    let folders = paths.iter().filter(|path| *path != "-").map(Path::new).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| {
        let mut walk = WalkBuilder::new(folder);
        walk.hidden(false).ignore(false).git_global(false).sort_by_file_name(Ord::cmp);
        walk.filter_entry(|entry| entry.file_name() != ".git").build().flatten().filter(is_short)
    });
    let files = files.map(DirEntry::into_path).filter(|path| wanted(path));
    let files = files.filter(|path| !manifests.contains(&Text::File(path.clone())));
    files.filter_map(|path| text(&path)).map(Arc::new).collect()
}

fn is_short(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file()) && entry.metadata().is_ok_and(|file| file.len() <= LONGEST)
}

/// The file's text; none where it cannot be read or holds bytes that no text has.
fn text(path: &Path) -> Option<Source> {
    let bytes = std::fs::read(path).ok()?;
    (!bytes.contains(&0)).then(|| Source::new(typed(path), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_is_no_manifest_is_found() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (".env", "a"),
            (".git/config", "a"),
            (".gitignore", "target\n"),
            ("target/built.txt", "a"),
            ("README.md", "a"),
            ("app.yaml", "a: 1"),
            ("chart/Chart.yaml", "a: 1"),
            ("chart/templates/x.yaml", "a: {{ x }}"),
            ("logo.png", "\0"),
        ] {
            std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let path = folder.path().to_str().unwrap().to_owned();
        let found = others(std::slice::from_ref(&path), &Here::default(), &|_| true);
        let names: Vec<&str> = found.iter().map(|file| file.name.strip_prefix(&path).unwrap()).collect();
        assert_eq!(names, ["/.env", "/.gitignore", "/README.md", "/chart/Chart.yaml", "/chart/templates/x.yaml"]);
    }
}
