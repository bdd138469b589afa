//! Reads the YAML of a policy file: maps with known fields, lists, texts and numbers, each with its place. Knows no rule.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::config::duration;
use crate::error::{Error, Errors, Kind};
use crate::source::{Place, Source, Span};
use crate::words::{list, suggestion};
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style, Tree};

/// How many letters of a field's name may be wrong for the name to be suggested.
const TYPOS: usize = 3;

/// A document, and what is wrong with it.
pub(super) struct Reader<'s> {
    pub(super) source: &'s Arc<Source>,
    pub(super) tree: Tree<'s>,
    errors: Errors,
    /// Whether its lines may be shown.
    shows_lines: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s Arc<Source>, tree: Tree<'s>) -> Self {
        Self { source, tree, errors: Errors::new(), shows_lines: true }
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// The fields of a map, each once. `what` names the map to people.
    pub(super) fn fields(&mut self, map: NodeId, what: &str, known: &[&'static str]) -> Vec<(&'static str, NodeId)> {
        let (mut fields, mut seen) = (Vec::new(), HashSet::new());
        for (key, value) in self.entries(map, what) {
            let name = self.tree.text(key).unwrap_or_default().to_owned();
            match known.iter().find(|field| **field == name) {
                Some(field) if seen.insert(*field) => fields.push((*field, value)),
                Some(field) => self.wrong(key, format!("{what} has `{field}` twice"), "remove one of them"),
                None => {
                    let near = suggestion::by_edits(&name, known.iter().copied(), TYPOS);
                    let hint = near.map(suggestion::did_you_mean);
                    let hint = hint.unwrap_or_else(|| format!("{what} has {}", list::quoted(known)));
                    self.wrong(key, format!("{what} has no `{name}`"), hint);
                }
            }
        }
        fields
    }

    /// The entries of a map whose keys are names of the user's, each once.
    pub(super) fn named(&mut self, map: NodeId, what: &str) -> Vec<(String, NodeId)> {
        let (mut named, mut seen) = (Vec::new(), HashSet::new());
        for (key, value) in self.entries(map, what) {
            let name = self.tree.text(key).unwrap_or_default().to_owned();
            match seen.insert(name.clone()) {
                true => named.push((name, value)),
                false => self.wrong(key, format!("{what} has `{name}` twice"), "remove one of them"),
            }
        }
        named
    }

    /// The items of a list.
    pub(super) fn items(&mut self, node: NodeId, what: &str) -> Vec<NodeId> {
        let node = self.tree.target(node);
        if !matches!(self.tree.node(node).content, Content::List) {
            self.wrong(node, format!("{what} is not a list"), "write each item on a line of its own, after `- `");
        }
        self.tree.items(node).map(|item| self.tree.target(item)).collect()
    }

    /// The texts of a list, or the one text that stands in its place, each with where it stands.
    pub(super) fn texts(&mut self, node: NodeId, what: &str) -> Vec<(String, NodeId)> {
        let nodes = match self.tree.node(self.tree.target(node)).content {
            Content::List => self.items(node, what),
            _ => vec![node],
        };
        if nodes.is_empty() {
            self.wrong(node, format!("{what} is empty"), "name something, or leave it out");
        }
        let mut texts = Vec::new();
        for item in nodes {
            texts.extend(self.text(item, what).map(|text| (text, item)));
        }
        texts
    }

    /// A text; numbers count as texts.
    pub(super) fn text(&mut self, node: NodeId, what: &str) -> Option<String> {
        let text = self.tree.text(node).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        if text.is_none() {
            self.wrong(node, format!("{what} is not a text"), "put it in quotes");
        }
        text
    }

    /// Whether something is so.
    pub(super) fn switch(&mut self, node: NodeId, what: &str) -> Option<bool> {
        let value = self.plain(node).map(resolve);
        match value {
            Some(Plain::Bool(value)) => Some(value),
            _ => {
                self.wrong(node, format!("{what} is neither `true` nor `false`"), "write `true` or `false`");
                None
            }
        }
    }

    /// A number of things, one at least.
    pub(super) fn count(&mut self, node: NodeId, what: &str) -> Option<u64> {
        let count = self.tree.text(node).and_then(|text| text.trim().parse().ok()).filter(|count| *count > 0);
        if count.is_none() {
            self.wrong(node, format!("{what} is not a whole number above 0"), "e.g. `20`");
        }
        count
    }

    /// A time: seconds, or as Go writes durations.
    pub(super) fn time(&mut self, node: NodeId, what: &str) -> Option<Duration> {
        let time = self.tree.text(node).and_then(|text| duration(text.trim()).ok()).filter(|time| !time.is_zero());
        if time.is_none() {
            self.wrong(node, format!("{what} is not a time above 0"), "seconds, or e.g. `90s`");
        }
        time
    }

    /// Notes that something is wrong at a node.
    pub(super) fn wrong(&mut self, node: NodeId, detail: String, hint: impl Into<String>) {
        let error = Error::new(Kind::Setting, detail).hint(hint);
        self.errors.push(error.at(self.place(node)));
    }

    /// Notes that something is wrong at a byte of the text.
    pub(super) fn wrong_at(&mut self, byte: usize, detail: &str, hint: &str) {
        let place = Place::new(self.source.clone(), Span::new(byte, byte));
        self.errors.push(Error::new(Kind::Setting, detail).hint(hint).at(place));
    }

    /// Notes that a secret stands at a node: no error shows a line of this file then.
    pub(super) fn holds_secret(&mut self, node: NodeId, detail: String, hint: String) {
        self.wrong(node, detail, hint);
        self.shows_lines = false;
    }

    /// What is wrong with the document.
    pub(super) fn into_errors(self) -> Errors {
        let mut errors = Errors::new();
        let hide = |error| if self.shows_lines { error } else { Error { hidden: true, ..error } };
        errors.extend(self.errors.into_iter().map(hide));
        errors
    }

    /// What a parser makes of a text, or its error at the text.
    pub(super) fn parsed<T>(&mut self, node: NodeId, parsed: Result<T, Error>) -> Option<T> {
        parsed.map_err(|error| self.errors.push(error.at(self.place(node)))).ok()
    }

    /// Where a node stands: the first line of a map or a list.
    pub(super) fn place(&self, node: NodeId) -> Place {
        let span = self.tree.node(node).span;
        let is_scalar = matches!(self.tree.node(node).content, Content::Scalar(..));
        let end = if is_scalar { span.end } else { span.start };
        Place::new(self.source.clone(), Span::new(span.start, end))
    }

    /// The line on which a node begins.
    pub(super) fn line(&self, node: NodeId) -> usize {
        self.source.line_column(self.tree.node(node).span.start).0
    }

    fn entries(&mut self, map: NodeId, what: &str) -> Vec<(NodeId, NodeId)> {
        let map = self.tree.target(map);
        if !matches!(self.tree.node(map).content, Content::Map) {
            self.wrong(map, format!("{what} is not a map"), "write `name: value`, each on a line of its own");
        }
        self.tree.entries(map).map(|(key, value)| (key, self.tree.target(value))).collect()
    }

    fn plain(&self, node: NodeId) -> Option<&str> {
        match &self.tree.node(node).content {
            Content::Scalar(Style::Plain, text) => Some(text),
            _ => None,
        }
    }
}
