//! What is compared, and with what: the files of both sides, by names that both sides share.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::Args;
use crate::error::{Error, Errors};
use crate::input::{self, Here, Revision};
use crate::source::Source;

/// How many folders a note names.
const NAMED: usize = 5;

/// What `--base` names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// A folder or a file.
    Path(String),
    /// A Git revision.
    Revision(String),
}

/// A file of one side.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// What both sides call it.
    pub(super) key: String,
    /// Its text.
    pub(super) source: Arc<Source>,
}

/// The files of both sides.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) before: Vec<File>,
    pub(super) after: Vec<File>,
    /// What cannot be read.
    pub(super) errors: Errors,
    /// What is not compared, in sentences.
    pub(super) notes: Vec<String>,
}

impl Base {
    /// A folder or file if there is one, else a revision.
    pub(super) fn named(base: &str) -> Self {
        match Path::new(base).exists() {
            true => Self::Path(base.to_owned()),
            false => Self::Revision(base.to_owned()),
        }
    }

    /// Reads both sides.
    pub(super) fn read(&self, args: &Args, here: &Here) -> Result<Files, Error> {
        match self {
            Self::Path(path) => Ok(with_path(&args.paths(), path, here)),
            Self::Revision(revision) => with_revision(&args.paths(), revision, here),
        }
    }
}

fn with_path(paths: &[String], base: &str, here: &Here) -> Files {
    let base = [base.to_owned()];
    let (after, mut errors) = input::read(paths, here);
    let (before, unreadable) = input::read(&base, here);
    errors.extend(unreadable);
    let mut built = input::built(paths);
    built.extend(input::built(&base));
    let file = |paths: &[String], source: Arc<Source>| File { key: below(&source.name, paths), source };
    Files {
        before: before.into_iter().map(|source| file(&base, source)).collect(),
        after: after.into_iter().map(|source| file(paths, source)).collect(),
        errors,
        notes: not_built(&built),
    }
}

fn with_revision(paths: &[String], revision: &str, here: &Here) -> Result<Files, Error> {
    let revision = Revision::open(revision, here)?;
    let past = revision.read(paths)?;
    // What was removed since is no mistake.
    let there = |path: &&String| Path::new(path.as_str()).exists() || !revision.holds(path);
    let paths: Vec<String> = paths.iter().filter(there).cloned().collect();
    let (after, errors) = input::read(&paths, here);
    let mut built = input::built(&paths);
    built.extend(past.built);
    let is_here = |name: &str| !past.elsewhere.iter().any(|other| Path::new(name).starts_with(other));
    let mut notes = not_built(&built);
    notes.extend(past.errors.iter().map(|error| error.detail.clone()));
    Ok(Files {
        before: past.files.into_iter().map(|(key, source)| File { key, source }).collect(),
        after: after
            .into_iter()
            .filter(|source| is_here(&source.name))
            .map(|source| File { key: source.name.clone(), source })
            .collect(),
        errors,
        notes,
    })
}

/// A file's name below the one path that is named; the name itself where there are several.
fn below(name: &str, paths: &[String]) -> String {
    let [path] = paths else { return name.to_owned() };
    let path = Path::new(path).strip_prefix(".").unwrap_or(Path::new(path));
    let below = Path::new(name).strip_prefix(path).unwrap_or(Path::new(name));
    below.to_string_lossy().into_owned()
}

/// What tools would have to build, in a sentence for each tool.
fn not_built(folders: &BTreeSet<(String, &'static str)>) -> Vec<String> {
    let of = |tool: &str| -> Vec<&str> {
        folders.iter().filter(|(_, built_by)| *built_by == tool).map(|(folder, _)| folder.as_str()).collect()
    };
    let sentences = [
        ("charts are not rendered, pipe in what `helm template` prints", of("helm")),
        ("kustomizations are not built, pipe in what `kustomize build` prints", of("kustomize")),
    ];
    let named = sentences.into_iter().filter(|(_, folders)| !folders.is_empty());
    named.map(|(what, folders)| format!("{what}: {}", listed(&folders))).collect()
}

fn listed(folders: &[&str]) -> String {
    let names: Vec<String> =
        folders.iter().take(NAMED).map(|name| format!("`{}`", if name.is_empty() { "." } else { name })).collect();
    match folders.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_call_a_file_the_same() {
        for (name, paths, key) in [
            ("new/a/x.yaml", vec!["new"], "a/x.yaml"),
            ("a/x.yaml", vec!["."], "a/x.yaml"),
            ("new/x.yaml", vec!["./new/"], "x.yaml"),
            ("x.yaml", vec!["x.yaml"], ""),
            ("stdin", vec!["-"], "stdin"),
            ("a/x.yaml", vec!["a", "b"], "a/x.yaml"),
        ] {
            let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
            assert_eq!(below(name, &paths), key, "{name} {paths:?}");
        }
    }

    #[test]
    fn folders_that_tools_build_are_named() {
        let folders = ["a", "b", "c", "d", "e", "f", ""].map(|name| (name.to_owned(), "kustomize"));
        let [note] = &not_built(&folders.into())[..] else { panic!() };
        assert!(note.ends_with(": `.`, `a`, `b`, `c`, `d` and 2 more"), "{note}");
    }
}
