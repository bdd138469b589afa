//! The files, folders and addresses that a kustomization and its bases name, checked before kustomize runs. The caller reads the files.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::address::Address;
use super::command::{PathTarget, ToolContext};
use super::document::{Entries, ParsedFile, is_field};
use super::{MARKS, Tool, without_dots};
use crate::error::{Error, Errors, Kind};
use crate::source::Span;
use crate::yaml::tree::{Content, NodeId, Tree};

/// Fields that name folders, files and addresses; a text of several lines stands for itself.
const LOADS: [&str; 6] = ["resources", "bases", "components", "generators", "transformers", "validators"];

/// Fields that name files or folders, in a kustomization or in the configuration of what is built into kustomize.
const FILES: [&str; 18] = [
    "crds",
    "configurations",
    "patches",
    "patchesStrategicMerge",
    "path",
    "paths",
    "files",
    "envs",
    "env",
    "valuesFile",
    "additionalValuesFiles",
    "values",
    "chartHome",
    "configHome",
    "helmHome",
    "helmBin",
    "targetFilePath",
    "argsFromFile",
];

/// Fields that name the address of a repository of charts.
const ADDRESSES: [&str; 3] = ["repo", "chartRepo", "chartRepoUrl"];

/// Fields whose content is data, whatever its keys are called.
const DATA: [&str; 17] = [
    "buildMetadata",
    "commonAnnotations",
    "commonLabels",
    "generatorOptions",
    "images",
    "imageTags",
    "labels",
    "literals",
    "metadata",
    "options",
    "patch",
    "replicas",
    "sortOptions",
    "target",
    "targets",
    "valuesInline",
    "valuesLocal",
];

/// How many files a kustomization may be made of.
const MOST: usize = 10_000;

/// How deep files and values may nest.
const DEPTH: usize = 64;

/// Checks the files, folders and addresses that kustomize reads in the folder.
pub(super) fn check(context: &ToolContext<'_>, errors: &mut Errors) {
    let mut reading = ReferenceCheck { context, errors, seen: HashSet::new(), entries: Entries::default() };
    if let PathTarget::Folder(folder) = (context.target)(context.folder) {
        reading.folder(&folder, context.folder, 0);
    }
}

/// The kind of thing that a field names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReferenceKind {
    Load,
    File,
    Address,
}

struct ReferenceCheck<'r> {
    context: &'r ToolContext<'r>,
    errors: &'r mut Errors,
    /// The files and folders that were read.
    seen: HashSet<PathBuf>,
    entries: Entries,
}

/// The charts that kustomize has helm build.
struct Charts {
    /// Their names.
    names: Vec<(String, Span)>,
    /// The folders that may hold them.
    homes: BTreeSet<String>,
}

/// A file that is being read.
struct KustomizationFile<'f> {
    document: &'f ParsedFile,
    /// The file and the span that it stands in, if it is a text there.
    around: Option<(&'f ParsedFile, Span)>,
    /// Its name in messages.
    name: String,
    /// Its folder's place, without links, and its name.
    folder: (&'f Path, &'f Path),
    depth: usize,
}

impl ReferenceCheck<'_> {
    /// A kustomization's folder, with its place and its name in messages.
    fn folder(&mut self, folder: &Path, name: &Path, depth: usize) {
        let marks = MARKS.iter().filter(|(_, tool)| *tool == Tool::Kustomize);
        for (mark, _) in marks {
            self.file(&folder.join(mark), (folder, name), mark, depth, true);
        }
    }

    /// A kustomization, or the configuration of something built into kustomize.
    fn file(&mut self, path: &Path, folder: (&Path, &Path), name: &str, depth: usize, is_kustomization: bool) {
        if depth > DEPTH || self.seen.len() >= MOST || !self.seen.insert(path.to_owned()) {
            return;
        }
        let name = without_dots(&folder.1.join(name)).to_string_lossy().into_owned();
        let Some(text) = (self.context.read)(&path.to_string_lossy()) else {
            let is_there = is_kustomization && (self.context.target)(path) != PathTarget::Nowhere;
            let detail = format!("`{name}` is not a text file of the repository");
            return self.errors.extend(is_there.then(|| Error::new(Kind::Input, detail)));
        };
        // The word may be written with escapes, or as base64.
        if is_kustomization || ["builtin", "\\", "!!"].iter().any(|sign| text.contains(sign)) {
            let document = ParsedFile::new(&*name, text);
            self.document(
                &KustomizationFile { document: &document, around: None, name, folder, depth },
                is_kustomization,
            );
        }
    }

    fn document(&mut self, file: &KustomizationFile<'_>, is_kustomization: bool) {
        let trees = match file.document.trees() {
            Ok(trees) => trees,
            // Another file is read for its references only: kustomize says what is wrong with it.
            Err(error) => return self.errors.extend(is_kustomization.then_some(error)),
        };
        for (tree, root) in trees.iter().filter_map(|tree| Some((tree, tree.root()?))) {
            let is_builtin = || tree.get(root, "apiVersion").and_then(|node| tree.text(node)) == Some("builtin");
            if is_kustomization || is_builtin() {
                let mut charts = Charts { names: Vec::new(), homes: ["charts".to_owned()].into() };
                self.map(file, tree, root, &mut charts, 0);
                self.charts(file, &charts);
            }
        }
        if self.entries.are_too_many() {
            self.errors.push(file.too_large());
        }
    }

    fn map(&mut self, file: &KustomizationFile<'_>, tree: &Tree<'_>, map: NodeId, charts: &mut Charts, depth: usize) {
        for (key, _, value) in self.entries.of(tree, map) {
            let is_one_of = |names: &[&str]| names.iter().any(|name| is_field(key, name));
            if is_one_of(&DATA) || depth > DEPTH {
                continue;
            }
            let role = [
                (&LOADS[..], ReferenceKind::Load),
                (&FILES, ReferenceKind::File),
                (&ADDRESSES, ReferenceKind::Address),
            ];
            let role = role.into_iter().find(|(names, _)| is_one_of(names)).map(|(_, role)| role);
            match tree.text(value) {
                Some(text) if is_one_of(&["chartHome"]) => drop(charts.homes.insert(text.to_owned())),
                Some(text) if is_one_of(&["name", "chartName"]) => {
                    charts.names.push((text.to_owned(), tree.node(value).span));
                }
                _ => {}
            }
            self.value(file, tree, value, role, charts, depth + 1);
        }
    }

    fn value(
        &mut self,
        file: &KustomizationFile<'_>,
        tree: &Tree<'_>,
        node: NodeId,
        role: Option<ReferenceKind>,
        charts: &mut Charts,
        depth: usize,
    ) {
        let target = tree.target(node);
        if !self.entries.may_go_on() {
            return;
        }
        match (&tree.node(target).content, role) {
            (Content::Scalar(_, text), Some(role)) => self.text(file, tree.node(node).span, text, role),
            (Content::Map, _) => self.map(file, tree, target, charts, depth),
            (Content::List, _) if depth <= DEPTH => {
                tree.items(target).for_each(|item| self.value(file, tree, item, role, charts, depth + 1));
            }
            _ => {}
        }
    }

    /// A text that names something.
    fn text(&mut self, file: &KustomizationFile<'_>, span: Span, text: &str, role: ReferenceKind) {
        if text.contains('\n') {
            let inner = ParsedFile::new(file.name.clone(), text.to_owned());
            let around = Some(file.around.unwrap_or((file.document, span)));
            let inner = KustomizationFile {
                document: &inner,
                around,
                name: file.name.clone(),
                folder: file.folder,
                depth: file.depth,
            };
            return if role == ReferenceKind::Load {
                self.document(&inner, false)
            };
        }
        // `key=path` is how a generator gives a file another name.
        let path = text.split_once('=').map_or(text, |(_, path)| path);
        for word in [text, path].into_iter().take(if path == text || role != ReferenceKind::File { 1 } else { 2 }) {
            if let Err(error) = self.word(file, span, word, role) {
                return self.errors.push(error);
            }
        }
    }

    fn word(&mut self, file: &KustomizationFile<'_>, span: Span, word: &str, role: ReferenceKind) -> Result<(), Error> {
        let path = without_dots(&file.folder.0.join(word));
        let target = (self.context.target)(&path);
        let names = |what: &str| file.wrong(span, format!("`{}` names `{word}`, {what}", file.name));
        let is_file = matches!(target, PathTarget::File(_)) && !word.contains("://");
        if let Some(address) = Address::of(word).filter(|_| !is_file) {
            return match address.refusal(self.context.may_reach) {
                Some((what, hint)) => Err(names(&what).hint(hint)),
                None => Ok(()),
            };
        }
        match (target, role) {
            (_, ReferenceKind::Address) | (PathTarget::Nowhere, _) => Ok(()),
            (PathTarget::Outside, _) => {
                Err(names("which is not in the repository").hint("copy it into the repository"))
            }
            (PathTarget::Folder(folder), ReferenceKind::Load) => {
                let name = without_dots(&file.folder.1.join(word));
                self.folder(&folder, &name, file.depth + 1);
                Ok(())
            }
            (PathTarget::File(real), ReferenceKind::Load) => {
                self.file(&real, file.folder, word, file.depth + 1, false);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The charts that kustomize has helm build: a name below a home.
    fn charts(&mut self, file: &KustomizationFile<'_>, charts: &Charts) {
        if charts.names.len() * charts.homes.len() > MOST {
            return self.errors.push(file.too_large());
        }
        for (name, span) in &charts.names {
            let places = charts.homes.iter().map(|home| without_dots(&file.folder.0.join(home).join(name)));
            let leads_out = places.into_iter().any(|place| match (self.context.target)(&place) {
                PathTarget::Folder(chart) => !(self.context.is_inside)(&chart),
                target => target == PathTarget::Outside,
            });
            if leads_out {
                let detail = format!("`{}` names the chart `{name}`, which leads outside the repository", file.name);
                self.errors.push(file.wrong(*span, detail));
            }
        }
    }
}

impl KustomizationFile<'_> {
    fn wrong(&self, span: Span, detail: impl Into<String>) -> Error {
        match self.around {
            Some((document, span)) => document.wrong(span, detail),
            None => self.document.wrong(span, detail),
        }
    }

    fn too_large(&self) -> Error {
        self.wrong(Span::new(0, 0), format!("`{}` is too large a kustomization", self.name))
    }
}
