//! Removes map entries and list items, from key or dash to the value's end, with the comment on that line. Comments on lines
//! of their own stay, and an emptied collection stays as `{}` or `[]`.

use std::collections::{BTreeMap, HashMap, HashSet};

use zeroize::Zeroizing;

use super::flaw::Flaw;
use super::splice::Edit;
use super::tabs;
use super::token::{self, BREAKS, Chomp};
use super::tree::{Content, NodeId, Style, Tree};
use crate::error::Kind;
use crate::source::{Source, Span};

/// The nodes to remove, each with everything inside it.
pub(super) struct Removal {
    gone: Vec<bool>,
    /// For each node, the last node up to it that stays.
    staying: Vec<Option<NodeId>>,
    /// The maps and lists that lose entries but stay.
    shrunk: Vec<NodeId>,
}

impl Removal {
    /// Removes the map values (with their keys) and list items `nodes`.
    pub(super) fn new(tree: &Tree, nodes: impl Iterator<Item = NodeId>) -> Result<Self, Flaw> {
        let mut nodes = nodes.peekable();
        if nodes.peek().is_none() {
            return Ok(Self { gone: Vec::new(), staying: Vec::new(), shrunk: Vec::new() });
        }
        let mut gone = vec![false; tree.nodes.len()];
        for id in nodes {
            let node = tree.node(id);
            if node.parent.is_none() || node.is_key {
                return Err(Flaw::new(Kind::Value, node.span, "only a map entry or a list item can be removed"));
            }
            gone[id.index()] = true;
        }
        let mut removal = Self { gone, staying: Vec::new(), shrunk: Vec::new() };
        removal.spread(tree);
        removal.refuse_named(tree)?;
        Ok(removal)
    }

    /// Whether there is nothing to remove.
    pub(super) fn is_empty(&self) -> bool {
        self.gone.is_empty()
    }

    /// Whether a node is removed.
    pub(super) fn takes(&self, id: NodeId) -> bool {
        self.gone.get(id.index()).copied().unwrap_or(false)
    }

    /// The edits that remove the nodes, while the nodes in `set` get another value.
    pub(super) fn edits(&self, tree: &Tree, document: Span, set: &HashSet<NodeId>) -> Result<Vec<Edit>, Flaw> {
        let mut cuts = Cuts { tree, text: &tree.text[..document.end], removal: self, set, edits: Vec::new() };
        for id in &self.shrunk {
            let entries = cuts.entries(*id)?;
            match tree.node(*id).flow {
                true => cuts.flow(*id, &entries),
                false => cuts.block(*id, &entries)?,
            }
        }
        cuts.keep_last_line_open();
        Ok(cuts.edits)
    }

    /// Removes keys with their values, and children with their parents.
    fn spread(&mut self, tree: &Tree) {
        let mut shrunk = BTreeMap::new();
        for (index, node) in tree.nodes.iter().enumerate() {
            let Some(parent) = node.parent else { continue };
            let with_value = node.is_key && node.next.is_some_and(|value| self.takes(value));
            if self.takes(parent) || with_value {
                self.gone[index] = true;
            }
            if self.gone[index] && !self.takes(parent) {
                shrunk.insert(parent, ());
            }
        }
        self.shrunk = shrunk.into_keys().collect();
        let mut last = None;
        self.staying = (0..tree.nodes.len())
            .map(NodeId::at)
            .map(|id| {
                last = if self.takes(id) { last } else { Some(id) };
                last
            })
            .collect();
    }

    /// Refuses to remove an anchor that a remaining alias refers to.
    fn refuse_named(&self, tree: &Tree) -> Result<(), Flaw> {
        for (index, node) in tree.nodes.iter().enumerate() {
            if let Content::Alias(target) = node.content
                && self.takes(target)
                && !self.gone[index]
            {
                let target = tree.node(target);
                let source = Source::new("", tree.text);
                let line = |at| source.line_column(at).0;
                let detail = format!(
                    "the anchor on line {} cannot be removed: the alias on line {} refers to it",
                    line(target.start),
                    line(node.span.start)
                );
                let hint = "write the value out in place of the alias, or give the placeholder a `| default …`";
                return Err(Flaw::new(Kind::Value, target.span, detail).hint(hint));
            }
        }
        Ok(())
    }
}

/// A map entry or list item: its bytes from key or dash to its value's end.
struct Entry {
    start: usize,
    end: usize,
    gone: bool,
}

struct Cuts<'t, 's> {
    tree: &'t Tree<'s>,
    /// The source up to the document's end.
    text: &'t str,
    removal: &'t Removal,
    set: &'t HashSet<NodeId>,
    edits: Vec<Edit>,
}

impl Cuts<'_, '_> {
    fn entries(&self, id: NodeId) -> Result<Vec<Entry>, Flaw> {
        let collection = self.tree.node(id);
        if collection.content == Content::Map {
            let entry = |(key, value)| Entry {
                start: self.entry_start(key),
                end: self.tree.node(key).span.end.max(self.tree.node(value).span.end),
                gone: self.removal.takes(value),
            };
            return Ok(self.tree.entries(id).map(entry).collect());
        }
        let mut entries: Vec<Entry> = Vec::new();
        for item in self.tree.items(id) {
            let node = self.tree.node(item);
            let start = match entries.last() {
                _ if collection.flow => self.explicit(node.start),
                None => collection.span.start,
                Some(last) => token::skip_space(self.text.as_bytes(), last.end),
            };
            if !collection.flow && self.text.as_bytes().get(start) != Some(&b'-') {
                return Err(Flaw::new(Kind::Bug, node.span, "a list item without a dash"));
            }
            let end = node.span.end.max(start + usize::from(!collection.flow));
            entries.push(Entry { start, end, gone: self.removal.takes(item) });
        }
        Ok(entries)
    }

    fn entry_start(&self, key: NodeId) -> usize {
        self.explicit(self.tree.node(key).start)
    }

    /// The `?` before a key, if there is one.
    fn explicit(&self, start: usize) -> usize {
        let before = self.text[..start].trim_end_matches(is_space);
        match before.strip_suffix('?') {
            Some(rest) if before.len() < start && is_separated(rest) => rest.len(),
            _ => start,
        }
    }

    fn cut(&mut self, start: usize, end: usize) {
        self.replace(start, end, "");
    }

    fn replace(&mut self, start: usize, end: usize, text: &str) {
        self.edits.push(Edit { span: Span::new(start, end), text: Zeroizing::new(text.to_owned()) });
    }

    /// Removes entries from `{…}` or `[…]`, each with a comma.
    fn flow(&mut self, id: NodeId, entries: &[Entry]) {
        let span = self.tree.node(id).span;
        if entries.iter().all(|entry| entry.gone) {
            return self.replace(span.start, span.end, self.empty(id));
        }
        let mut index = 0;
        while index < entries.len() {
            let run = entries[index..].iter().take_while(|entry| entry.gone).count();
            if run > 0 {
                self.flow_run(entries, index, index + run);
            }
            index += run + 1;
        }
    }

    /// Removes the entries `first..end`, of which at least one neighbour stays.
    fn flow_run(&mut self, entries: &[Entry], first: usize, end: usize) {
        let has_comment = |around: &[Entry]| {
            let mut gaps = around.windows(2).map(|pair| (pair[0].end, pair[1].start));
            gaps.any(|(from, to)| self.text[from..to].contains('#'))
        };
        if let Some(next) = entries.get(end) {
            match has_comment(&entries[first..=end]) {
                false => self.cut(entries[first].start, next.start),
                true => self.flow_lines(&entries[first..end]),
            }
        } else if let Some(last) = first.checked_sub(1).map(|last| &entries[last]) {
            let (from, to) = (last.end, entries[end - 1].end);
            let comma = token::skip_space(self.text.as_bytes(), from);
            match has_comment(&entries[first - 1..end]) {
                // Kubernetes reads `{a:}` as the key `a:`, and in `{a: b:,}` the comma alone makes `b:` a text.
                false if self.text[..from].ends_with(':') => self.cut(comma + 1, to),
                false => self.cut(from, to),
                true => {
                    self.cut(comma, comma + 1);
                    self.flow_lines(&entries[first..end]);
                }
            }
        }
    }

    /// Removes entries one by one, each with its comma and the comment on that line.
    fn flow_lines(&mut self, entries: &[Entry]) {
        let bytes = self.text.as_bytes();
        for entry in entries {
            let comma = token::skip_space(bytes, entry.end);
            let mut end = if bytes.get(comma) == Some(&b',') { comma + 1 } else { entry.end };
            let rest = token::skip_blanks(bytes, end);
            if token::is_line_done(bytes, rest) {
                end = token::line_end(bytes, rest);
            }
            self.cut(entry.start, end);
        }
    }

    fn empty(&self, id: NodeId) -> &'static str {
        if self.tree.node(id).content == Content::Map { "{}" } else { "[]" }
    }

    /// Removes entries of a block collection with their lines. An entry on a dash's line is replaced by the entry that follows it.
    fn block(&mut self, id: NodeId, entries: &[Entry]) -> Result<(), Flaw> {
        let shares_line = entries.first().is_some_and(|first| !self.starts_line(first.start));
        let is_emptied = entries.iter().all(|entry| entry.gone);
        let mut first = 0;
        if is_emptied {
            let in_place = shares_line || self.tree.node(id).parent.is_none();
            if in_place {
                let entry = &entries[0];
                self.replace(entry.start, self.content_end(entry), self.empty(id));
                tabs::clear(self.text, self.content_end(entry), &mut self.edits);
                first = 1;
            } else {
                let at = self.opening(id)?;
                self.replace(at, at, &format!(" {}", self.empty(id)));
            }
        } else if shares_line && entries[0].gone {
            first = self.shared_line(entries);
        }
        for entry in entries[first..].iter().filter(|entry| entry.gone) {
            self.whole_lines(entry);
        }
        Ok(())
    }

    /// Removes the first entries, which start on the line of a dash. Returns how many it removed.
    fn shared_line(&mut self, entries: &[Entry]) -> usize {
        let run = entries.iter().take_while(|entry| entry.gone).count();
        let (first, next) = (&entries[0], &entries[run]);
        let gaps = entries[..=run].windows(2).map(|pair| (self.line_after(&pair[0]), pair[1].start));
        let has_comment = gaps.into_iter().any(|(from, to)| from < to && self.text[from..to].contains('#'));
        if !has_comment {
            self.cut(first.start, next.start);
            return run;
        }
        let start = token::trim_blanks(self.text.as_bytes(), first.start);
        self.cut(start, self.content_end(first));
        tabs::clear(self.text, self.content_end(first), &mut self.edits);
        1
    }

    fn whole_lines(&mut self, entry: &Entry) {
        let line = token::line_start(self.text.as_bytes(), entry.start);
        let mut end = self.line_after(entry);
        let mut rest = String::new();
        if let Some((before, block)) = self.block_before(entry.start) {
            let keeps = block.chomp == Chomp::Keep || self.set.contains(&before);
            end = self.detach(end, keeps, &mut rest);
        } else {
            tabs::clear(self.text, self.content_end(entry), &mut self.edits);
        }
        self.replace(line, end, &rest);
    }

    /// If a text without a last line break loses its last lines, removes the line break before them too. The line break of a
    /// block scalar stays, as it is part of its text.
    fn keep_last_line_open(&mut self) {
        let (mut last, mut at) = (None, self.text.len());
        let mut cuts = HashMap::new();
        for (index, edit) in self.edits.iter().enumerate() {
            if edit.text.is_empty() && edit.span.start < edit.span.end {
                cuts.entry(edit.span.end).or_insert(index);
            }
        }
        while let Some(cut) = cuts.get(&at) {
            (last, at) = (Some(*cut), self.edits[*cut].span.start);
        }
        let Some(cut) = last.filter(|_| !self.text.ends_with(BREAKS)) else { return };
        if self.block_before(at).is_none() {
            self.edits[cut].span.start -= at - token::without_break(&self.text[..at]).len();
        }
    }

    /// The remaining block scalar that comes right before `at`.
    fn block_before(&self, at: usize) -> Option<(NodeId, token::Block)> {
        let before = self.tree.nodes.partition_point(|node| node.start < at);
        let id = self.removal.staying[before.checked_sub(1)?]?;
        let node = self.tree.node(id);
        let is_block = matches!(node.content, Content::Scalar(Style::Literal | Style::Folded, _));
        is_block.then(|| (id, token::block(self.text, node.span)))
    }

    /// Keeps the lines from `at` on out of the block scalar that will stand before them. Blank lines become empty, or go if the
    /// scalar keeps blank lines; a comment moves to the line's start. Returns the end of the bytes that `rest` replaces.
    fn detach(&self, mut at: usize, keeps: bool, rest: &mut String) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            let start = token::skip_blanks(bytes, at);
            let line_break = token::line_break(self.text, start);
            match bytes.get(start) {
                _ if !line_break.is_empty() => rest.push_str(if keeps { "" } else { line_break }),
                Some(b'#') | None => return start,
                Some(_) => return at,
            }
            at = start + line_break.len();
        }
    }

    /// The end of the entry's last line, with its comment and without its line break.
    fn content_end(&self, entry: &Entry) -> usize {
        match token::without_break(&self.text[..entry.end]).len() {
            end if end < entry.end => end,
            end => token::line_end(self.text.as_bytes(), end),
        }
    }

    /// The start of the line after the entry.
    fn line_after(&self, entry: &Entry) -> usize {
        let end = self.content_end(entry);
        end + token::line_break(self.text, end).len()
    }

    /// Whether only spaces stand before `at` on its line.
    fn starts_line(&self, at: usize) -> bool {
        let line = token::line_start(self.text.as_bytes(), at);
        self.text[line..at].bytes().all(|byte| byte == b' ')
    }

    /// Where a collection that starts on a later line would open on this one: after its key's colon or its dash, its tag and anchor.
    fn opening(&self, id: NodeId) -> Result<usize, Flaw> {
        let node = self.tree.node(id);
        let bytes = self.text.as_bytes();
        let unknown = || Flaw::new(Kind::Bug, node.span, "a collection without a key or dash");
        let parent = node.parent.ok_or_else(unknown)?;
        let mut at = match self.tree.key_of(id) {
            Some(key) => token::skip_space(bytes, self.tree.node(key).span.end) + 1,
            None => {
                let index = self.tree.items(parent).position(|item| item == id).ok_or_else(unknown)?;
                self.entries(parent)?.get(index).ok_or_else(unknown)?.start + 1
            }
        };
        loop {
            let next = token::skip_space(bytes, at);
            if next >= node.span.start || !matches!(bytes[next], b'&' | b'!') {
                return Ok(at);
            }
            at = token::word_end(bytes, next);
        }
    }
}

/// Whether an indicator may follow: at the start of the text, after white space or a bracket.
fn is_separated(before: &str) -> bool {
    before.is_empty() || before.ends_with(is_space) || before.ends_with(['{', '[', ',']) || before == "\u{feff}"
}

fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t') || BREAKS.contains(&char)
}
