//! One rendering, ready to be compared: its resources, each with its text. The items of a List are resources of their own.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::manifest;
use crate::source::{LineCounter, ResourceId, Span};
use crate::yaml::reader;
use crate::yaml::split::split;
use crate::yaml::tree::{NodeId, Tree};

/// One of the two renderings that are compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Side {
    pub(super) resources: Vec<Resource>,
}

/// A rendered resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// What it is matched by on the other side.
    pub identity: Identity,
    /// The file in which it is written, as a user would type it, or its other origin.
    pub file: Arc<str>,
    /// The name of that file which both sides share.
    pub(super) key: Arc<str>,
    /// The line at which it starts in that file.
    pub line: usize,
    /// Its lines, each ending with `\n`, without document markers and without blank lines at either end.
    pub text: String,
    /// Its number among the resources of its file.
    pub(super) number: usize,
}

/// The names by which a resource is found on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    /// Its kind, namespace and name.
    pub id: ResourceId,
    /// The file, where the document has no name or is not a Kubernetes object: nothing else identifies it.
    pub file: Option<Arc<str>>,
}

/// The number of resources in a text.
pub(crate) fn count(text: &[u8]) -> usize {
    let count = |document: &[u8]| {
        let text = String::from_utf8_lossy(document);
        match memchr::memmem::find(document, b"List").is_some() {
            true => Side::default().with("", "", 1, &text).resources.len(),
            false => usize::from(!body(&text).is_empty()),
        }
    };
    split(text).map(|document| count(&text[document.range()])).sum()
}

impl Side {
    /// A side without resources.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds the documents of a rendered text, which begins at the line `line` of `file`. `key` is a name of the file that both
    /// sides share: it identifies documents that have no name.
    pub(crate) fn add(&mut self, file: &str, key: &str, line: usize, text: &str) {
        let names = Names { file: file.into(), key: key.into() };
        let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
        let mut lines = LineCounter::new(text.as_bytes(), line);
        for span in split(text.as_bytes()) {
            self.add_document(&names, lines.number(span.start), &text[span.range()]);
        }
    }

    fn with(mut self, file: &str, key: &str, line: usize, text: &str) -> Self {
        self.add(file, key, line, text);
        self
    }

    fn add_document(&mut self, names: &Names, line: usize, document: &str) {
        let span = body(document);
        if span.is_empty() {
            return;
        }
        let mut lines = LineCounter::new(document.as_bytes(), line);
        let (start, line) = (span.start, lines.number(span.start));
        let body = &document[span];
        let tree = reader::read(body, Span::new(0, body.len())).ok();
        let Some((tree, root)) = tree.as_ref().and_then(|tree| Some((tree, tree.target(tree.root()?)))) else {
            return self.push(names, line, nameless(ResourceId::default(), names), with_break(body));
        };
        for object in manifest::objects(tree, body) {
            let (line, text) = match object.node == root {
                true => (line, with_break(body)),
                false => (lines.number(start + tree.node(object.node).span.start), item_text(tree, body, object.node)),
            };
            self.push(names, line, identity(&object, names), text);
        }
    }

    fn push(&mut self, names: &Names, line: usize, identity: Identity, text: String) {
        let number = self.resources.len();
        let (file, key) = (names.file.clone(), names.key.clone());
        self.resources.push(Resource { identity, file, key, line, text, number });
    }
}

/// The names of a file: the user's, and the one that both sides share.
struct Names {
    file: Arc<str>,
    key: Arc<str>,
}

impl fmt::Display for Identity {
    /// `Deployment shop/web`; a document that is not a Kubernetes object goes by its file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) if self.id.kind.is_empty() => write!(f, "a document of {file}"),
            Some(file) => write!(f, "{} of {file}", self.id),
            None => write!(f, "{}", self.id),
        }
    }
}

fn identity(resource: &manifest::Resource, names: &Names) -> Identity {
    let id = (*resource.id).clone();
    match resource.is_object && id.name.is_some() {
        true => Identity { id, file: None },
        false => nameless(id, names),
    }
}

fn nameless(id: ResourceId, names: &Names) -> Identity {
    Identity { id, file: Some(names.key.clone()) }
}

/// The text of an item, moved to the left margin.
fn item_text(tree: &Tree<'_>, document: &str, node: NodeId) -> String {
    let span = tree.node(node).span;
    let before = &document[..span.start];
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let lines = document[span.range()].trim_end().split('\n').enumerate();
    let dedented = lines.map(|(index, line)| match index {
        0 => line,
        _ => line.get(column..).filter(|_| line[..column].trim().is_empty()).unwrap_or(line.trim_start()),
    });
    dedented.map(|line| format!("{line}\n")).collect()
}

/// The bytes of a document without its marker and the blank lines around it; empty if it holds only comments.
fn body(document: &str) -> std::ops::Range<usize> {
    let text = document.strip_prefix('\u{feff}').unwrap_or(document);
    let (mut start, mut at, mut content) = (document.len(), document.len() - text.len(), false);
    for line in text.split_inclusive('\n') {
        let is_marker = matches!(line.trim_end(), "---" | "...");
        if is_marker && !content {
            start = document.len();
        } else if !line.trim().is_empty() && start == document.len() {
            start = at;
        }
        content |= !is_marker && !line.trim().is_empty() && !line.trim_start().starts_with('#');
        at += line.len();
    }
    let keeps_blank_lines = text.contains("|+") || text.contains(">+");
    let end = document.trim_end().strip_suffix("\n...").unwrap_or(document);
    let end = if keeps_blank_lines { end.len() } else { end.trim_end().len() };
    if content { start..end.max(start) } else { 0..0 }
}

fn with_break(text: &str) -> String {
    format!("{text}\n")
}
