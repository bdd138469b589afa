//! What an edit does, in the smallest text that shows it. Where the quick reader has read a document, each entry has lines of its own,
//! and what comes before its value is the source's: so the entry alone, at its column, up to the line that follows, is read as it is
//! in its place. A line further left cannot go on with it; of one at the same column the beginning is read along.

use std::borrow::Cow;

use zeroize::Zeroize;

use super::super::reader::{Token, tokens};
use super::super::resolve::{Plain, resolve};
use super::super::splice::{Edit, joined, slices};
use super::super::tree::{Content, NodeId, ReadBy, Style, Tree};
use super::super::{split, token};
use super::EditedDocument;
use super::comparison::NewValues;
use crate::source::Span;
use crate::value::Value;

/// How far a column may be from its line's start.
static BLANKS: [u8; 256] = [b' '; 256];

/// The edited entries of a document.
pub(super) struct Excerpt<'e> {
    edited: &'e EditedDocument<'e>,
    entries: Vec<Entry>,
    /// The text to read. It ends with a line break.
    slices: Vec<&'e [u8]>,
}

impl<'e> Excerpt<'e> {
    /// The excerpt of a document. `None` where only the whole document shows what its edits do: something is removed, or the document
    /// is not written in the quick reader's YAML.
    pub(super) fn of(edited: &'e EditedDocument<'e>) -> Option<Self> {
        let EditedDocument { tree, document, values, removal, edits } = edited;
        let body = split::body(tree.text.as_bytes(), *document);
        if tree.read_by != ReadBy::Subset || !removal.is_empty() || !tree.text[body.range()].ends_with('\n') {
            return None;
        }
        let entries = entries(tree, body, values)?;
        let slices = lines(tree, &entries, edits)?;
        let last = slices.iter().rfind(|slice| !slice.is_empty());
        last.is_none_or(|last| last.ends_with(b"\n")).then_some(Self { edited, entries, slices })
    }

    /// How many documents the text holds: entries that do not follow each other have one each.
    fn groups(&self) -> usize {
        self.entries.chunk_by(is_followed_by).count()
    }
}

/// Whether the parser crate reads the entries of all `excerpts` as they are meant, in one run: to start one costs as much as a small
/// document. Each group begins with a marker, and there is no other, so that none can stand in for another.
pub(super) fn are_expected(excerpts: &[&Excerpt]) -> bool {
    let text = joined(excerpts.iter().flat_map(|excerpt| excerpt.slices.iter().copied()));
    let Ok(text) = std::str::from_utf8(&text) else { return false };
    let (mut tokens, groups) = (tokens(text), excerpts.iter().map(|excerpt| excerpt.groups()).sum::<usize>());
    markers(text.as_bytes()) == groups
        && excerpts.iter().all(|Excerpt { edited, entries, .. }| {
            Reading { tree: edited.tree, values: &edited.values, tokens: &mut tokens }.is_expected(entries)
        })
        && tokens.next().is_none()
}

/// How many lines of a text begin or end a document.
fn markers(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text)
        .map(|end| end + 1)
        .chain([0])
        .filter(|start| matches!(text.get(*start..*start + 3), Some(b"---" | b"...")))
        .count()
}

/// A map's entry or a list's item that holds something changed.
struct Entry {
    /// Its key; `None` for an item.
    key: Option<NodeId>,
    value: NodeId,
    /// From its key or dash to the line that follows.
    span: Span,
    /// Where its value may begin at the earliest.
    value_start: usize,
    /// The key or item that follows at the same column.
    next: Option<NodeId>,
}

/// The changed entries, in order.
fn entries(tree: &Tree, body: Span, values: &NewValues) -> Option<Vec<Entry>> {
    let mut changed: Vec<NodeId> = values.keys().map(|id| outermost_flow(tree, *id)).collect();
    changed.sort();
    changed.dedup();
    changed.into_iter().map(|value| entry(tree, body, value)).collect()
}

/// The outermost `{…}` or `[…]` around a node, or the node: it has lines of its own.
fn outermost_flow(tree: &Tree, mut id: NodeId) -> NodeId {
    while let Some(parent) = tree.node(id).parent.filter(|parent| tree.node(*parent).flow) {
        id = parent;
    }
    id
}

fn entry(tree: &Tree, body: Span, value: NodeId) -> Option<Entry> {
    let bytes = tree.text.as_bytes();
    let parent = tree.node(value).parent?;
    let key = tree.key_of(value);
    let (start, value_start) = match key {
        Some(key) => (tree.node(key).start, tree.node(key).span.end + 1),
        None => {
            let dash = token::trim_blanks(bytes, tree.node(value).start).checked_sub(1)?;
            (dash, (bytes[dash] == b'-').then_some(dash + 1)?)
        }
    };
    let after = after(tree, value);
    let line_start = |id: NodeId| token::line_start(bytes, tree.node(id).start);
    let end = after.map_or(body.end, line_start);
    // A dash on a line of its own belongs to the node that follows, and is not a node itself.
    let has_dash = |line: &str| line.trim_start_matches(' ').starts_with('-');
    if tree.text.get(tree.node(value).span.end..end)?.split('\n').any(has_dash) {
        return None;
    }
    let next = after.filter(|next| tree.node(*next).parent == Some(parent));
    (end > start).then_some(Entry { key, value, span: Span::new(start, end), value_start, next })
}

/// The node that follows a scalar or a `{…}` with all that is in it.
fn after(tree: &Tree, value: NodeId) -> Option<NodeId> {
    let end = tree.node(value).span.end;
    let rest = tree.nodes.iter().enumerate().skip(value.index() + 1);
    rest.map(|(index, node)| (NodeId::at(index), node))
        .find(|(_, node)| !node.flow || node.start >= end)
        .map(|(id, _)| id)
}

/// Whether `next` is the entry that `entry` is followed by.
fn is_followed_by(entry: &Entry, next: &Entry) -> bool {
    entry.next.is_some() && entry.next == next.key.or(Some(next.value))
}

/// The edited entries: those that follow each other as one document, each other as its own. `None` if an edit changes more.
fn lines<'e>(tree: &'e Tree, entries: &[Entry], edits: &'e [Edit]) -> Option<Vec<&'e [u8]>> {
    let bytes = tree.text.as_bytes();
    let mut edits = edits.iter().peekable();
    let mut out: Vec<&[u8]> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let Span { start, end } = entry.span;
        let column = BLANKS.get(..start - token::line_start(bytes, start))?;
        if !index.checked_sub(1).is_some_and(|before| is_followed_by(&entries[before], entry)) {
            out.push(b"---\n");
        }
        out.push(column);
        let own =
            std::iter::from_fn(|| edits.next_if(|edit| entry.value_start <= edit.span.start && edit.span.end <= end));
        out.extend(slices(bytes, entry.span, own.map(Edit::replacement)));
        if let Some(next) =
            entry.next.filter(|_| !entries.get(index + 1).is_some_and(|next| is_followed_by(entry, next)))
        {
            let Span { start, end } = tree.node(next).span;
            let beginning: [&[u8]; 2] =
                if entry.key.is_some() { [&bytes[start..end], b": ~\n"] } else { [b"- ~\n", b""] };
            out.push(column);
            out.extend(beginning);
        }
    }
    edits.next().is_none().then_some(out)
}

/// A reading of the edited entries by the parser crate.
struct Reading<'r, 's, I> {
    tree: &'r Tree<'s>,
    values: &'r NewValues<'r>,
    tokens: &'r mut I,
}

impl<'e, I: Iterator<Item = Token<'e>>> Reading<'_, '_, I> {
    fn is_expected(&mut self, entries: &[Entry]) -> bool {
        entries.chunk_by(is_followed_by).all(|group| self.group(group))
    }

    /// Entries that follow each other, and the beginning of the one after them, which stands there as null.
    fn group(&mut self, entries: &[Entry]) -> bool {
        let is_map = entries.iter().all(|entry| entry.key.is_some());
        let next = entries.last().and_then(|last| last.next);
        self.is(Token::Document)
            && self.is(if is_map { Token::Map } else { Token::List })
            && entries.iter().all(|entry| entry.key.is_none_or(|key| self.node(key)) && self.node(entry.value))
            && next.is_none_or(|next| {
                (!is_map || self.node(next)) && self.scalar(|text, is_plain| text == "~" && is_plain)
            })
            && self.is(Token::End)
    }

    /// A node of the tree, or the value that takes its place.
    fn node(&mut self, id: NodeId) -> bool {
        if let Some(value) = self.values.get(&id) {
            return self.value(value);
        }
        let tree = self.tree;
        match &tree.node(id).content {
            Content::Scalar(style, old) => {
                self.scalar(|text, is_plain| text == old && is_plain == (*style == Style::Plain))
            }
            Content::Map => {
                self.is(Token::Map) && tree.children(id).all(|child| self.node(child)) && self.is(Token::End)
            }
            Content::List => {
                self.is(Token::List) && tree.children(id).all(|child| self.node(child)) && self.is(Token::End)
            }
            Content::Alias(_) => false,
        }
    }

    /// A value as every reader takes it.
    fn value(&mut self, value: &Value) -> bool {
        match value {
            Value::Text(value) => {
                self.scalar(|text, is_plain| text == value.as_str() && (!is_plain || resolve(text) == Plain::Text))
            }
            Value::Number(digits) => self.scalar(|text, is_plain| {
                is_plain && text == digits.as_str() && matches!(resolve(text), Plain::Number(_))
            }),
            Value::Bool(value) => self.scalar(|text, is_plain| is_plain && resolve(text) == Plain::Bool(*value)),
            Value::Null => self.scalar(|text, is_plain| is_plain && resolve(text) == Plain::Null),
            Value::List(items) => {
                self.is(Token::List) && items.iter().all(|item| self.value(item)) && self.is(Token::End)
            }
            Value::Map(entries) => {
                let key = |name: &str, text: &str, is_plain: bool| {
                    text == name && (!is_plain || resolve(text) == Plain::Text)
                };
                self.is(Token::Map)
                    && entries.iter().all(|(name, value)| {
                        self.scalar(|text, is_plain| key(name, text, is_plain)) && self.value(value)
                    })
                    && self.is(Token::End)
            }
            Value::Bytes(_) => false,
        }
    }

    fn is(&mut self, token: Token<'_>) -> bool {
        self.tokens.next().is_some_and(|next| next == token)
    }

    /// The next token as a scalar that has no tag; what was decoded is wiped from memory.
    fn scalar(&mut self, is_expected: impl Fn(&str, bool) -> bool) -> bool {
        let Some(Token::Scalar(text, is_plain)) = self.tokens.next() else { return false };
        let result = is_expected(&text, is_plain);
        if let Cow::Owned(mut text) = text {
            text.zeroize();
        }
        result
    }
}

#[cfg(test)]
impl Excerpt<'_> {
    /// The text that is read.
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.slices.concat()).unwrap()
    }
}
