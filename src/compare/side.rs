//! One rendering as it is compared: its resources, each with the text that is looked at. A List's items are resources of their own.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::manifest::{self, resources};
use crate::source::{ResourceId, Span};
use crate::yaml::reader;
use crate::yaml::split::split;
use crate::yaml::tree::{NodeId, Tree};

/// One rendering.
#[derive(Clone, Debug, Default)]
pub struct Side {
    pub(super) resources: Vec<Resource>,
}

/// A resource as it was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is matched by.
    pub identity: Identity,
    /// The file that it is written in, as a user would type it, or what else it came from.
    pub file: Arc<str>,
    /// What both sides call that file.
    pub(super) key: Arc<str>,
    /// The line of that file where it starts.
    pub line: usize,
    /// Its text: lines that end with `\n`, without document markers and blank lines around.
    pub text: String,
    /// Which of its file's resources it is.
    pub(super) number: usize,
}

/// What a resource is matched by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Its kind, namespace and name.
    pub id: ResourceId,
    /// Its apiVersion without the version: `apps` of `apps/v1`, empty for `v1`.
    pub group: String,
    /// The file of what has no name, or is no Kubernetes object: it can be matched by nothing else.
    pub file: Option<Arc<str>>,
}

/// How many resources a text holds.
pub fn count(text: &[u8]) -> usize {
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
    /// No resources yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the documents of a rendered text: the part of `file` that starts at its line `line`. `key` is the file's name where
    /// both sides call it the same, for what can be matched by nothing else.
    pub fn add(&mut self, file: &str, key: &str, line: usize, text: &str) {
        let names = Names { file: file.into(), key: key.into() };
        let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
        let mut line = line;
        for document in split(text.as_bytes()) {
            let document = &text[document.range()];
            self.add_document(&names, line, document);
            line += document.matches('\n').count();
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
        let above = document[..span.start].matches('\n').count();
        let body = &document[span];
        let tree = reader::read(body, Span::new(0, body.len())).ok();
        let Some((tree, root)) = tree.as_ref().and_then(|tree| Some((tree, resources(tree, body)?))) else {
            let identity = nameless(ResourceId::default(), String::new(), names);
            return self.push(names, line + above, identity, with_break(body));
        };
        let mut parts = Vec::new();
        collect(tree, &root, &mut parts);
        for part in parts {
            let (at, text) = match part.node == root.node {
                true => (0, with_break(body)),
                false => part_text(tree, body, part.node),
            };
            self.push(names, line + above + at, identity(tree, part, names), text);
        }
    }

    fn push(&mut self, names: &Names, line: usize, identity: Identity, text: String) {
        let number = self.resources.len();
        let (file, key) = (names.file.clone(), names.key.clone());
        self.resources.push(Resource { identity, file, key, line, text, number });
    }
}

/// What a file is called: by the user, and on both sides.
struct Names {
    file: Arc<str>,
    key: Arc<str>,
}

impl fmt::Display for Identity {
    /// `Deployment shop/web`; what is no Kubernetes object is called by its file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) if self.id.kind.is_empty() => write!(f, "a document of {file}"),
            Some(file) => write!(f, "{} of {file}", self.id),
            None => write!(f, "{}", self.id),
        }
    }
}

/// A resource, or the items of a List, also of one in it. A List of which an item is written elsewhere is one resource.
fn collect<'r>(tree: &Tree<'_>, resource: &'r manifest::Resource, parts: &mut Vec<&'r manifest::Resource>) {
    let items = tree.get(resource.node, "items").map_or(0, |items| tree.items(tree.target(items)).count());
    match items > 0 && items == resource.items.len() {
        true => resource.items.iter().for_each(|item| collect(tree, item, parts)),
        false => parts.push(resource),
    }
}

fn identity(tree: &Tree<'_>, resource: &manifest::Resource, names: &Names) -> Identity {
    let version = tree.get(resource.node, "apiVersion").and_then(|version| tree.text(version)).unwrap_or_default();
    let group = version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
    let id = (*resource.id).clone();
    match resource.is_object && id.name.is_some() {
        true => Identity { id, group, file: None },
        false => nameless(id, group, names),
    }
}

fn nameless(id: ResourceId, group: String, names: &Names) -> Identity {
    Identity { id, group, file: Some(names.key.clone()) }
}

/// An item's text, at the column where a document's would stand, and how many lines are above it.
fn part_text(tree: &Tree<'_>, document: &str, node: NodeId) -> (usize, String) {
    let span = tree.node(node).span;
    let before = &document[..span.start];
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let lines = document[span.range()].trim_end().split('\n').enumerate();
    let dedented = lines.map(|(index, line)| match index {
        0 => line,
        _ => line.get(column..).filter(|_| line[..column].trim().is_empty()).unwrap_or(line.trim_start()),
    });
    (before.matches('\n').count(), dedented.map(|line| format!("{line}\n")).collect())
}

/// A document without its marker and the blank lines around it; empty if it holds comments alone.
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
