//! The texts that paths name, each by what it is, for a caller that judges every text. A file that a user names is judged by what it is,
//! too, not read as a manifest whatever it holds.

use std::path::Path;
use std::sync::Arc;

use super::names::has_manifest_ending;
use super::text_kind::{TextKind, TextKinds, looks_like_a_manifest};
use super::{FileFilter, InputText, list, non_manifests::non_manifests};
use crate::error::{Error, Errors, Kind};
use crate::source::{Place, Source, Span};
use crate::workspace::Workspace;

/// Texts by what they are.
#[derive(Debug, Default)]
pub(crate) struct TextsByKind {
    /// Manifests, stdin among them.
    pub manifests: Vec<Arc<Source>>,
    /// Kustomizations and values of charts.
    pub tool_inputs: Vec<Arc<Source>>,
    /// Templates of charts.
    pub templates: Vec<Arc<Source>>,
    /// All other texts.
    pub others: Vec<Arc<Source>>,
}

/// Reads the files that are `wanted` among those that `paths` name, and all other texts of the folders among them. A file that
/// is not a text is an error if it has a manifest's name, and left out otherwise.
pub(crate) fn read_by_kind(paths: &[String], wanted: FileFilter<'_>, workspace: &Workspace) -> (TextsByKind, Errors) {
    let (listed, mut errors) = list(paths, true, workspace);
    let kinds = TextKinds::new(workspace);
    let mut texts = TextsByKind::default();
    for text in listed.into_iter().filter(|text| text.path().is_none_or(wanted)) {
        match text.read(workspace) {
            Ok(source) if is_piped(&text, workspace) => texts.manifests.push(Arc::new(source)),
            Ok(source) if is_binary(&source) => {
                errors.extend(has_manifest_ending(Path::new(&source.name)).then(|| no_text(source)));
            }
            Ok(source) => texts.add(source, &kinds),
            Err(error) => errors.push(error),
        }
    }
    for source in non_manifests(paths, wanted, workspace) {
        match kinds.of(Path::new(&source.name), &source.bytes) {
            TextKind::ToolInput => texts.tool_inputs.push(source),
            TextKind::Template => texts.templates.push(source),
            TextKind::Manifest | TextKind::Other => texts.others.push(source),
        }
    }
    (texts, errors)
}

impl TextsByKind {
    /// All texts.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Source>> {
        [&self.manifests, &self.tool_inputs, &self.templates, &self.others].into_iter().flatten()
    }

    /// Moves the files that a tool reads and that are not objects of Kubernetes, such as patches, to its inputs.
    pub(crate) fn hand_to_tools(&mut self, is_read: impl Fn(&str) -> bool) {
        let is_input = |source: &Arc<Source>| is_read(&source.name) && !looks_like_a_manifest(&source.bytes);
        let (inputs, manifests) = std::mem::take(&mut self.manifests).into_iter().partition(is_input);
        self.manifests = manifests;
        self.tool_inputs.extend::<Vec<_>>(inputs);
    }

    fn add(&mut self, source: Source, kinds: &TextKinds) {
        let list = match kinds.of(Path::new(&source.name), &source.bytes) {
            TextKind::Manifest => &mut self.manifests,
            TextKind::ToolInput => &mut self.tool_inputs,
            TextKind::Template => &mut self.templates,
            TextKind::Other => &mut self.others,
        };
        list.push(Arc::new(source));
    }
}

/// The error that a file has a manifest's name and is no text. Its content is not looked at.
fn no_text(source: Source) -> Error {
    let at = memchr::memchr(0, &source.bytes).unwrap_or_default();
    let error = Error::new(Kind::Syntax, "this is not text: it holds a NUL byte").rule("not-text").hidden();
    error.hint("name only YAML and JSON, in UTF-8").at(Place::new(Arc::new(source), Span::new(at, at)))
}

/// Whether a text comes from another command, as stdin or as `<(…)`.
fn is_piped(text: &InputText, workspace: &Workspace) -> bool {
    text.path().is_none_or(|path| !workspace.locate(path).is_file())
}

/// Whether a source holds bytes that no text has.
fn is_binary(source: &Source) -> bool {
    source.bytes.contains(&0) && source.utf16().is_none()
}
