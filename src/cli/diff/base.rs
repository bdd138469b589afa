//! What is compared, and with what: the files of both sides, by names that both sides share.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::super::built::{Builder, Built, Disk, Folder, Found, Place, Printed, private};
use super::super::environment::Environment;
use super::Args;
use crate::error::{Error, Errors};
use crate::input::Revision;
use crate::source::Source;
use crate::workspace::Workspace;

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
    /// What cannot be read now.
    pub(super) errors: Errors,
    /// What cannot be built now, and the tools' messages: the rest is compared.
    pub(super) said: Errors,
    /// The same of the base.
    pub(super) past_said: Errors,
    /// What is not compared, in sentences.
    pub(super) notes: Vec<String>,
    /// Which of the files are what a tool has printed.
    pub(super) printed: Printed,
}

impl Base {
    /// A folder or file if there is one, else a revision.
    pub(super) fn named(base: &str, workspace: &Workspace) -> Self {
        match workspace.locate(base).exists() {
            true => Self::Path(base.to_owned()),
            false => Self::Revision(base.to_owned()),
        }
    }

    /// Reads both sides.
    pub(super) fn read(&self, args: &Args, environment: &Environment) -> Result<Files, Error> {
        let mut builder = Builder::new(&args.building, &args.flags, environment);
        let mut files = match self {
            Self::Path(path) => with_path(args.paths.list(), path, &mut builder)?,
            Self::Revision(revision) => with_revision(args.paths.list(), revision, &mut builder)?,
        };
        files.notes.splice(0..0, builder.notes());
        Ok(files)
    }
}

fn with_path(paths: &[String], base: &str, builder: &mut Builder<'_>) -> Result<Files, Error> {
    let mut files = Files::default();
    let base = [base.to_owned()];
    let (after_key, before_key) = (|name: &str| below(name, paths), |name: &str| below(name, &base));
    let (after, before) = (Disk::read(paths, builder)?, Disk::read(&base, builder)?);
    files.errors.extend(after.errors);
    files.errors.extend(before.errors);
    files.after = called(after.sources, &after_key);
    files.before = called(before.sources, &before_key);
    files.add_built((after.built, &after_key), (before.built, &before_key));
    Ok(files)
}

fn with_revision(paths: &[String], name: &str, builder: &mut Builder<'_>) -> Result<Files, Error> {
    let mut files = Files::default();
    let revision = Revision::open(name, &builder.workspace())?;
    let past = revision.read(paths)?;
    // What was removed since is no mistake.
    let workspace = builder.workspace();
    let there = |path: &&String| workspace.locate(path).exists() || !revision.holds(path);
    let there: Vec<String> = paths.iter().filter(there).cloned().collect();
    let is_elsewhere = |path: &Path| {
        let path = path.strip_prefix(".").unwrap_or(path);
        past.elsewhere.iter().any(|other| path.starts_with(other))
    };
    let wanted = |path: &Path| !is_elsewhere(path) && !revision.ignores(path, paths);
    let after = Disk::read_wanted(&there, builder, &wanted)?;
    let built = past_built(&revision, name, &past.built, builder)?;
    files.errors = after.errors;
    files.after = called(after.sources, &str::to_owned);
    let read = past.files.into_iter().filter(|(name, _)| !built.takes(name));
    files.before = read.map(|(key, source)| File { key, source }).collect();
    files.notes.extend(past.errors.into_iter().map(|error| error.to_string()));
    files.add_built((after.built, &str::to_owned), (built, &str::to_owned));
    Ok(files)
}

/// What the tools print of a revision, in a copy of its files.
fn past_built(revision: &Revision, name: &str, found: &Found, builder: &mut Builder<'_>) -> Result<Built, Error> {
    let folders = builder.choose(found);
    if folders.is_empty() {
        return Ok(Built::default());
    }
    let folder = private(&builder.workspace())?;
    let checkout = revision.checkout(folder.path())?;
    let copy_of = Some((checkout.root().to_owned(), format!("{name}:")));
    builder.build(&folders, &Place { workspace: checkout.workspace(), find: &|path| checkout.place(path), copy_of })
}

/// What makes a file's name of one side the name that both sides have for it.
type Key<'k> = &'k dyn Fn(&str) -> String;

fn called(sources: Vec<Arc<Source>>, key: Key<'_>) -> Vec<File> {
    sources.into_iter().map(|source| File { key: key(&source.name), source }).collect()
}

impl Files {
    /// Adds what tools have printed. A folder that cannot be built now is not compared.
    fn add_built(&mut self, (after, after_key): (Built, Key<'_>), (before, before_key): (Built, Key<'_>)) {
        let failed: BTreeSet<String> = after.failed.iter().map(|folder| file_key(folder, after_key)).collect();
        let not_compared = after.failed.iter().map(|folder| format!("`{}` is not compared", folder.output));
        self.notes.extend(not_compared);
        let were_not = before.failed.iter().filter(|folder| !failed.contains(&file_key(folder, before_key)));
        let counts = |folder: &Folder| format!("`{}` cannot be built: all of it counts as added", folder.output);
        self.notes.extend(were_not.map(counts));
        (self.said, self.past_said) = (after.errors, before.errors);
        let after = self.outputs(after.outputs, after_key);
        self.after.extend(after);
        let before = self.outputs(before.outputs, before_key);
        self.before.extend(before.into_iter().filter(|file| !failed.contains(&file.key)));
    }

    /// What tools have printed, as files.
    fn outputs(&mut self, outputs: Vec<(Folder, Arc<Source>)>, key: Key<'_>) -> Vec<File> {
        let file = |(folder, source): (Folder, Arc<Source>)| {
            let key = file_key(&folder, key);
            self.printed.push(folder);
            File { key, source }
        };
        outputs.into_iter().map(file).collect()
    }
}

/// What both sides call what a folder's tool prints.
fn file_key(folder: &Folder, key: Key<'_>) -> String {
    format!("{} ({})", key(&folder.name.to_string_lossy()), folder.tool.command())
}

/// A file's name below the one path that is named; the name itself where there are several.
fn below(name: &str, paths: &[String]) -> String {
    let [path] = paths else { return name.to_owned() };
    let path = Path::new(path).strip_prefix(".").unwrap_or(Path::new(path));
    let below = Path::new(name).strip_prefix(path).unwrap_or(Path::new(name));
    below.to_string_lossy().into_owned()
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
}
