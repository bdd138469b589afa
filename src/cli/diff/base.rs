//! The files of both sides of a comparison, by names that both sides share.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::super::environment::Environment;
use super::Args;
use crate::error::{Error, Errors};
use crate::input::{Buildable, MergeBase, Revision};
use crate::pass::Session;
use crate::pass::build::{Build, BuildFolder, BuildPlan, BuildSite, BuiltFolders, InputFiles, private_folder};
use crate::source::Source;
use crate::workspace::Workspace;

/// The base of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Base {
    name: String,
    is_revision: bool,
    /// The branch that the working folder's branch follows, if the base is where it left that.
    upstream: Option<String>,
}

/// A file of one side.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// The name that both sides have for it.
    pub(super) key: String,
    /// Its text.
    pub(super) source: Arc<Source>,
}

/// The files of both sides.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) before: Vec<File>,
    pub(super) after: Vec<File>,
    /// Errors of files that cannot be read now.
    pub(super) errors: Errors,
    /// Errors of folders that cannot be built now, and the tools' messages. The rest is compared.
    pub(super) build_errors: Errors,
    /// Errors of folders that cannot be built at the base, and the messages of their tools.
    pub(super) base_build_errors: Errors,
    /// Sentences that name what is not compared.
    pub(super) notes: Vec<String>,
    /// The folders whose tools have printed some of the files.
    pub(super) built: BuiltFolders,
}

impl Base {
    /// As `--base` names it: a folder or file if there is one, else a revision.
    pub(super) fn named(base: &str, workspace: &Workspace) -> Self {
        // An empty name comes from a command that has failed to print one.
        let is_path = !base.is_empty() && workspace.locate(base).exists();
        Self { name: base.to_owned(), is_revision: !is_path, upstream: None }
    }

    /// Where a branch left another.
    pub(super) fn of_branch(base: MergeBase) -> Self {
        Self { name: base.commit, is_revision: true, upstream: Some(base.upstream) }
    }

    /// The name by which messages call it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a Git revision.
    pub(super) fn is_revision(&self) -> bool {
        self.is_revision
    }

    /// Reads both sides.
    pub(super) async fn read(
        &self,
        args: &Args,
        session: &mut Session,
        environment: &Environment,
    ) -> Result<Files, Error> {
        let options = (&args.build).into();
        let mut plan = BuildPlan::new(&options, session, environment);
        let mut files = match self.is_revision {
            false => with_path(args.paths.list(), &self.name, &mut plan).await?,
            true => with_revision(args.paths.list(), &self.name, &mut plan).await?,
        };
        let left = self.upstream.as_ref().map(|branch| format!("`{}` is where the branch left `{branch}`", self.name));
        let choice = plan.choice().filter(|_| !args.require_build);
        if args.require_build {
            files.build_errors.extend(plan.errors_for_left_out());
            files.notes.splice(0..0, left);
        } else {
            files.build_errors.extend(plan.unused_words());
            files.notes.splice(0..0, left.into_iter().chain(choice).chain(plan.notes()));
        }
        Ok(files)
    }
}

async fn with_path(paths: &[String], base: &str, plan: &mut BuildPlan<'_>) -> Result<Files, Error> {
    let mut files = Files::default();
    let base = [base.to_owned()];
    let (after_key, before_key) = (|name: &str| below(name, paths), |name: &str| below(name, &base));
    let after = InputFiles::read(paths, plan).await?;
    let before = InputFiles::read(&base, plan).await?;
    files.errors.extend(after.errors);
    files.errors.extend(before.errors);
    files.after = called(after.sources, &after_key);
    files.before = called(before.sources, &before_key);
    files.add_built((after.build, &after_key), (before.build, &before_key));
    Ok(files)
}

async fn with_revision(paths: &[String], name: &str, plan: &mut BuildPlan<'_>) -> Result<Files, Error> {
    let mut files = Files::default();
    let workspace = plan.workspace().clone();
    let revision = Revision::open(name, &workspace)?;
    let base_files = revision.read(paths)?;
    // A path that was removed since is not a mistake.
    let there = |path: &&String| workspace.locate(path).exists() || !revision.has(path);
    let there: Vec<String> = paths.iter().filter(there).cloned().collect();
    let is_elsewhere = |path: &Path| {
        let path = path.strip_prefix(".").unwrap_or(path);
        base_files.elsewhere.iter().any(|other| path.starts_with(other))
    };
    let wanted = |path: &Path| !is_elsewhere(path) && !revision.is_ignored(path, paths);
    let after = InputFiles::read_wanted(&there, plan, &wanted).await?;
    let build = build_of(&revision, name, &base_files.buildable, plan).await?;
    files.errors = after.errors;
    files.after = called(after.sources, &str::to_owned);
    let read = base_files.files.into_iter().filter(|(name, _)| !build.is_printed(name));
    files.before = read.map(|(key, source)| File { key, source }).collect();
    files.notes.extend(base_files.errors.into_iter().map(|error| error.to_string()));
    files.add_built((after.build, &str::to_owned), (build, &str::to_owned));
    Ok(files)
}

/// The charts and kustomizations of a revision, built in a copy of its files.
async fn build_of(
    revision: &Revision,
    name: &str,
    buildable: &Buildable,
    plan: &mut BuildPlan<'_>,
) -> Result<Build, Error> {
    let folders = plan.choose(buildable);
    if folders.is_empty() {
        return Ok(Build::default());
    }
    let folder = private_folder(plan.workspace())?;
    let checkout = revision.checkout(folder.path())?;
    let copy_of = Some((checkout.root().to_owned(), format!("{name}:")));
    let find = |path: &str| checkout.place(path);
    plan.build(&folders, &BuildSite { workspace: checkout.workspace(), find: &find, copy_of }).await
}

/// Turns the name that one side has for a file into the name that both sides share.
type Key<'k> = &'k dyn Fn(&str) -> String;

fn called(sources: Vec<Arc<Source>>, key: Key<'_>) -> Vec<File> {
    sources.into_iter().map(|source| File { key: key(&source.name), source }).collect()
}

impl Files {
    /// Adds the outputs of the tools. A folder that cannot be built now is not compared.
    fn add_built(&mut self, (after, after_key): (Build, Key<'_>), (before, before_key): (Build, Key<'_>)) {
        let failed: BTreeSet<String> = after.failed.iter().map(|folder| file_key(folder, after_key)).collect();
        let not_compared = after.failed.iter().map(|folder| format!("`{}` is not compared", folder.output));
        self.notes.extend(not_compared);
        let were_not = before.failed.iter().filter(|folder| !failed.contains(&file_key(folder, before_key)));
        let counts = |folder: &BuildFolder| format!("`{}` cannot be built: all of it counts as added", folder.output);
        self.notes.extend(were_not.map(counts));
        (self.build_errors, self.base_build_errors) = (after.errors, before.errors);
        let after = self.outputs(after.outputs, after_key);
        self.after.extend(after);
        let before = self.outputs(before.outputs, before_key);
        self.before.extend(before.into_iter().filter(|file| !failed.contains(&file.key)));
    }

    /// The outputs of tools as files.
    fn outputs(&mut self, outputs: Vec<(BuildFolder, Arc<Source>)>, key: Key<'_>) -> Vec<File> {
        let file = |(folder, source): (BuildFolder, Arc<Source>)| {
            let key = file_key(&folder, key);
            self.built.push(folder);
            File { key, source }
        };
        outputs.into_iter().map(file).collect()
    }
}

/// The name that both sides have for the output of a folder's tool.
fn file_key(folder: &BuildFolder, key: Key<'_>) -> String {
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
