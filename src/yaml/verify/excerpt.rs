//! The smallest document that shows what an edit does: of what the quick reader has read, in which every entry has lines of its own,
//! the lines of each changed entry, the beginnings of the lines that lead to it, and the beginning of the line that follows.
//! Every other line is the source's own, and begins where the source says.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::super::remove::Removal;
use super::super::splice::{Edit, joined, slices};
use super::super::split;
use super::super::token;
use super::super::tree::{Node, NodeId, ReadBy, Tree};
use super::comparison::{NewValues, Part};
use crate::source::Span;

/// An excerpt of the edited document, and which parts of the source's nodes it holds.
pub(super) struct Excerpt {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) parts: Vec<Part>,
}

/// How much of a line, or of several, is in the excerpt.
#[derive(Clone, Copy)]
enum Lines {
    /// Up to this byte: dashes, a key and its colon.
    Beginning(usize),
    /// All up to the line that begins with this byte.
    Whole(usize),
}

impl Excerpt {
    /// What `edits` do to `values`. `None` where only the whole document shows it: something is removed, or the document is not
    /// written in the quick reader's YAML.
    pub(super) fn of(
        tree: &Tree,
        document: Span,
        values: &NewValues,
        removal: &Removal,
        edits: &[Edit],
    ) -> Option<Self> {
        let root = tree.root.filter(|_| tree.read_by == ReadBy::Subset && removal.is_empty())?;
        let body = split::body(tree.text.as_bytes(), document);
        let mut selection =
            Selection { tree, body, parts: vec![Part::Omitted; tree.nodes.len()], lines: BTreeMap::new() };
        selection.parts[root.index()] = Part::Path;
        values.keys().try_for_each(|id| selection.entry(*id))?;
        let text = selection.text(edits)?;
        Some(Self { text, parts: selection.parts })
    }
}

struct Selection<'t, 's> {
    tree: &'t Tree<'s>,
    body: Span,
    parts: Vec<Part>,
    /// By their first byte.
    lines: BTreeMap<usize, Lines>,
}

impl<'s> Selection<'_, 's> {
    /// Takes in all of the entry or item that holds `id`, with what leads to it and what follows.
    fn entry(&mut self, id: NodeId) -> Option<()> {
        let value = self.outermost_flow(id);
        if self.part(value) == Part::Whole {
            return Some(());
        }
        let parent = self.node(value).parent?;
        let start = match self.tree.key_of(value) {
            Some(key) => {
                self.set(key, Part::Whole);
                self.node(key).start
            }
            None => self.item_start(value)?,
        };
        let next = self.take(value);
        let end = next.map_or(self.body.end, |next| self.line_start(self.node(next).start));
        let line = self.line_start(start);
        (line < end).then(|| self.lines.insert(line, Lines::Whole(end)))?;
        self.lead_to(parent)?;
        next.map_or(Some(()), |next| self.beginning(next))
    }

    /// The outermost `{…}` or `[…]` around a node, or the node: it has lines of its own.
    fn outermost_flow(&self, mut id: NodeId) -> NodeId {
        while let Some(parent) = self.node(id).parent.filter(|parent| self.node(*parent).flow) {
            id = parent;
        }
        id
    }

    /// Takes in a scalar or a `{…}` with all that is in it; the node after it.
    fn take(&mut self, value: NodeId) -> Option<NodeId> {
        self.set(value, Part::Whole);
        let end = self.node(value).span.end;
        let mut index = value.index() + 1;
        while self.tree.nodes.get(index).is_some_and(|node| node.flow && node.start < end) {
            self.parts[index] = Part::Whole;
            index += 1;
        }
        (index < self.tree.nodes.len()).then(|| NodeId::at(index))
    }

    /// Takes in the beginnings of the lines that lead to the map or list `id`.
    fn lead_to(&mut self, mut id: NodeId) -> Option<()> {
        while let Some(parent) = self.node(id).parent {
            if self.part(id) == Part::Path {
                break;
            }
            match self.tree.key_of(id) {
                Some(key) => self.key(key),
                None => self.beginning(id)?,
            }
            self.set(id, Part::Path);
            id = parent;
        }
        Some(())
    }

    /// Takes in the beginning of the line on which the key or item `id` begins. A map that is an item begins on its dash's line.
    fn beginning(&mut self, id: NodeId) -> Option<()> {
        let node = self.node(id);
        let (start, first) = (node.start, node.first.filter(|_| !node.flow));
        if node.is_key {
            self.key(id);
        } else if let Some(key) = first {
            self.item_start(id)?;
            self.set_if_omitted(id, Part::Path);
            self.key(key);
        } else {
            let line = self.item_start(id)?;
            self.set_if_omitted(id, Part::Emptied);
            let end = token::trim_blanks(self.tree.text.as_bytes(), start);
            self.lines.entry(line).or_insert(Lines::Beginning(end));
        }
        Some(())
    }

    /// Takes in the line of a key up to its colon, which comes right after it; its value is empty, if nothing else of it is taken in.
    fn key(&mut self, key: NodeId) {
        let Span { start, end } = self.node(key).span;
        self.lines.entry(self.line_start(start)).or_insert(Lines::Beginning(end + 1));
        self.set(key, Part::Whole);
        if let Some(value) = self.node(key).next {
            self.set_if_omitted(value, Part::Emptied);
        }
    }

    /// Where the line of an item begins, if its dash is on it.
    fn item_start(&self, id: NodeId) -> Option<usize> {
        let start = self.node(id).start;
        let line = self.line_start(start);
        let before = &self.tree.text[line..start];
        (before.contains('-') && before.bytes().all(|byte| matches!(byte, b' ' | b'-'))).then_some(line)
    }

    /// The lines, edited.
    fn text(&self, edits: &[Edit]) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = self.tree.text.as_bytes();
        let mut edits = edits.iter().peekable();
        let mut out: Vec<&[u8]> = Vec::new();
        for (start, lines) in &self.lines {
            match lines {
                Lines::Beginning(end) => out.extend([&bytes[*start..*end], b"\n"]),
                Lines::Whole(end) => {
                    let span = Span::new(*start, *end);
                    let own =
                        std::iter::from_fn(|| edits.next_if(|edit| *start <= edit.span.start && edit.span.end <= *end));
                    out.extend(slices(bytes, span, own.map(Edit::replacement)));
                }
            }
        }
        edits.next().is_none().then(|| joined(out))
    }

    fn line_start(&self, at: usize) -> usize {
        token::line_start(self.tree.text.as_bytes(), at).max(self.body.start)
    }

    fn node(&self, id: NodeId) -> &Node<'s> {
        self.tree.node(id)
    }

    fn part(&self, id: NodeId) -> Part {
        self.parts[id.index()]
    }

    fn set(&mut self, id: NodeId, part: Part) {
        self.parts[id.index()] = part;
    }

    fn set_if_omitted(&mut self, id: NodeId, part: Part) {
        if self.part(id) == Part::Omitted {
            self.set(id, part);
        }
    }
}
