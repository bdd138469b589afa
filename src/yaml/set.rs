//! Replaces a scalar by a value: finds the style, column and comment around it that the writers need.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::flaw::Flaw;
use super::splice::Edit;
use super::tabs;
use super::token::{self, BREAKS, Block};
use super::tree::{Content, Node, NodeId, ReadBy, Style, Tree};
use super::typed;
use super::writer::collection::{Layout, collection, is_block};
use super::writer::{Unwritable, block, flow, scalar};
use crate::budget::Limit;
use crate::error::Kind;
use crate::source::Span;
use crate::value::{NotText, Value};

/// How many nodes are searched for a document's indentation. Each placeholder searches, so searching all would be quadratic.
const SAMPLE: usize = 1_000;

/// `value` as the node's tag allows it: after `!!str` or a local tag, every value becomes text.
pub(super) fn coerce_to_tag<'v>(tree: &Tree, id: NodeId, value: &'v Value) -> Result<Cow<'v, Value>, Flaw> {
    let node = tree.node(id);
    let Some(tag) = node.tag() else { return Ok(Cow::Borrowed(value)) };
    let name = tag.strip_prefix("tag:yaml.org,2002:").unwrap_or(tag);
    let fits = match (name, value) {
        ("int" | "float", Value::Number(_)) | ("bool", Value::Bool(_)) | ("null", Value::Null) => true,
        ("map", Value::Map(_)) | ("seq", Value::List(_)) => true,
        ("int" | "float" | "bool" | "null", Value::Text(text)) => {
            typed::scalar(Style::Double, Some(tag), text).is_some()
        }
        ("int" | "float" | "bool" | "null" | "map" | "seq", _) => false,
        (_, Value::Text(_)) => true,
        _ => {
            return value
                .to_text()
                .map(|text| Cow::Owned(Value::Text(text)))
                .map_err(|reason| not_text(node.span, reason));
        }
    };
    match fits {
        true => Ok(Cow::Borrowed(value)),
        false => {
            let detail = format!("{} cannot stand after the tag `!!{name}`", value.kind());
            Err(Flaw::new(Kind::Value, node.span, detail).hint("remove the tag: the value brings its own type"))
        }
    }
}

/// Adds the edits that replace the node by `value`.
pub(super) fn set(tree: &Tree, document: Span, id: NodeId, value: &Value, edits: &mut Vec<Edit>) -> Result<(), Flaw> {
    let node = tree.node(id);
    let is_nothing = node.span.start == node.span.end;
    if node.is_key || is_nothing || matches!(node.content, Content::Map | Content::List) {
        return Err(Flaw::new(Kind::Bug, node.span, "only a scalar that has a text and is not a key can be set"));
    }
    let mut site = ScalarSite { tree, document, id, node, block: None };
    if let Content::Scalar(Style::Literal | Style::Folded, _) = node.content {
        site.block = Some(token::block(tree.text, node.span));
    }
    site.set(value, edits).map_err(|reason| unwritable(node.span, value, reason))
}

/// A scalar in its document.
struct ScalarSite<'t, 's> {
    tree: &'t Tree<'s>,
    document: Span,
    id: NodeId,
    node: &'t Node<'s>,
    /// The parts of a block scalar.
    block: Option<Block>,
}

impl ScalarSite<'_, '_> {
    fn set(&self, value: &Value, edits: &mut Vec<Edit>) -> Result<(), Unwritable> {
        if is_block(value) && !self.node.flow && self.set_lines(value, edits)? {
            self.clear_tabs(edits);
            return Ok(());
        }
        let mut out = Zeroizing::new(String::new());
        match (&self.block, &self.node.content, value) {
            (Some(block), Content::Scalar(_, old), Value::Text(text)) => {
                block::rewrite(self.document_text(), block, old, text, &mut out);
            }
            (Some(block), ..) => {
                let mut line = Zeroizing::new(String::new());
                self.inline(value, &mut line)?;
                block::on_one_line(self.document_text(), block, |out| out.push_str(&line), &mut out);
            }
            _ => self.inline(value, &mut out)?,
        }
        if !out.starts_with('|') && self.is_at_key_column() || self.touches_anchor() {
            out.insert(0, ' ');
        }
        let is_plain = !out.starts_with(['\'', '"', '{', '[', '|']);
        if is_plain && self.document_text()[self.node.span.end..].starts_with('#') {
            out.push(' ');
        }
        edits.push(Edit { span: self.node.span, text: out });
        if !is_plain {
            self.clear_tabs(edits);
        }
        Ok(())
    }

    fn clear_tabs(&self, edits: &mut Vec<Edit>) {
        let text = self.document_text();
        if !self.node.flow && matches!(self.node.content, Content::Scalar(Style::Plain, _)) {
            tabs::clear(text, token::line_end(text.as_bytes(), self.node.span.end), edits);
        }
    }

    /// The source up to the document's end, so that offsets stay.
    fn document_text(&self) -> &str {
        &self.tree.text[..self.document.end]
    }

    /// Writes `value` on the scalar's own line.
    fn inline(&self, value: &Value, out: &mut String) -> Result<(), Unwritable> {
        match value {
            Value::Text(text) => {
                let style = match &self.node.content {
                    _ if self.tree.read_by == ReadBy::Json => Style::Double,
                    Content::Scalar(style @ (Style::Single | Style::Double), _) => *style,
                    _ => Style::Plain,
                };
                scalar::text(text, style, self.node.flow, out);
            }
            value => flow::flow(value, self.tree.read_by != ReadBy::Json, out)?,
        }
        Ok(())
    }

    /// Writes a list or map on lines of its own; false if the surroundings do not allow it.
    fn set_lines(&self, value: &Value, edits: &mut Vec<Edit>) -> Result<bool, Unwritable> {
        let Some(column) = self.column(value) else { return Ok(false) };
        let text = self.document_text();
        let bytes = text.as_bytes();
        let span = self.node.span;
        let rest = self.block.map_or(span.end, |block| block.indicators_end);
        let line_end = self.block.map_or_else(|| token::line_end(bytes, span.end), |block| block.header_end);
        let comment = text[rest..line_end].trim();
        let own_line = column.in_place && comment.is_empty();

        let ends_line = match &self.block {
            Some(_) => text[..span.end].ends_with(BREAKS),
            None => line_end < bytes.len(),
        };
        let next = line_end + token::line_break(text, line_end).len();
        let next = if self.block.is_some() { span.end } else { next };
        let layout = self.layout(line_end, ends_line && !has_deep_rest(text, next));
        let mut out = Zeroizing::new(String::new());
        let start = if own_line {
            span.start
        } else {
            if !comment.is_empty() {
                out.push(' ');
                out.push_str(comment);
            }
            out.push_str(layout.line_break);
            out.extend(std::iter::repeat_n(' ', column.indent));
            if self.starts_line() { span.start } else { token::trim_blanks(bytes, span.start) }
        };
        collection(value, column.indent, layout, &mut out)?;
        let end = match self.block {
            Some(_) if ends_line => {
                out.push_str(layout.line_break);
                span.end
            }
            Some(_) => span.end,
            None => line_end,
        };
        edits.push(Edit { span: Span::new(start, end), text: out });
        Ok(true)
    }

    /// The column at which a list or map may stand; `None` if it cannot stand on lines of its own.
    fn column(&self, value: &Value) -> Option<Column> {
        let bytes = self.tree.text.as_bytes();
        let has_properties = self.node.start < self.node.span.start;
        let own = self.indentation(self.node.span.start);
        if self.starts_line() {
            return own.filter(|_| !self.is_at_key_column()).map(|indent| Column { indent, in_place: true });
        }
        let parent = self.node.parent?;
        match self.tree.node(parent).content {
            Content::List if !has_properties => own.map(|indent| Column { indent, in_place: true }),
            Content::List => {
                let dash = token::trim_blanks(bytes, self.node.start);
                let indent = self.indentation(dash.checked_sub(1)?)? + 2;
                Some(Column { indent, in_place: false })
            }
            _ => {
                let key = self.tree.node(self.tree.key_of(self.id)?);
                let between = &self.tree.text[key.span.end..self.node.start];
                let is_implicit = between.trim_start_matches([' ', '\t']).starts_with(':') && !between.contains(BREAKS);
                let layout = self.layout(self.node.span.end, true);
                let step = if matches!(value, Value::List(_)) { layout.list_step } else { layout.step };
                let indent = self.indentation(key.start)?;
                is_implicit.then_some(Column { indent: indent + step, in_place: false })
            }
        }
    }

    /// Whether the scalar begins its line at the column of the map around it, as only a block scalar may.
    fn is_at_key_column(&self) -> bool {
        let outer = self.node.parent.and_then(|parent| self.indentation(self.tree.node(parent).span.start));
        self.block.is_some() && self.starts_line() && outer.is_some() && outer >= self.indentation(self.node.span.start)
    }

    /// Whether nothing stands between the anchor and the scalar, such as `:a` after `&x`: libyaml ends an anchor at some signs.
    fn touches_anchor(&self) -> bool {
        let before = &self.tree.text[self.node.start..self.node.span.start];
        !before.is_empty() && !before.ends_with([' ', '\t']) && !before.ends_with(BREAKS)
    }

    /// Whether only spaces stand before the node on its line.
    fn starts_line(&self) -> bool {
        let bytes = self.tree.text.as_bytes();
        let line = token::line_start(bytes, self.node.span.start);
        bytes[line..self.node.span.start].iter().all(|byte| *byte == b' ')
    }

    /// The column of `at` if only spaces and indicators such as dashes come before it on its line.
    fn indentation(&self, at: usize) -> Option<usize> {
        let line = token::line_start(self.tree.text.as_bytes(), at);
        let before = &self.tree.text[line..at];
        before.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'?' | b':')).then_some(before.len())
    }

    fn layout(&self, line_end: usize, ends_line: bool) -> Layout<'_> {
        let text = self.document_text();
        let line_break = match token::line_break(text, line_end.min(text.len())) {
            line_break @ ("\n" | "\r" | "\r\n") => line_break,
            _ if text[self.document.start..].contains("\r\n") => "\r\n",
            _ => "\n",
        };
        let step = |content: Content| self.step(&content).filter(|step| *step < 9);
        Layout {
            step: step(Content::Map).filter(|step| *step > 0).unwrap_or(2),
            list_step: step(Content::List).unwrap_or(2),
            line_break,
            ends_line,
        }
    }

    /// How much further this document indents the first map or list inside a map, among the nodes that are searched.
    fn step(&self, content: &Content) -> Option<usize> {
        let inner = self.tree.nodes.iter().take(SAMPLE).filter(|node| node.content == *content && !node.flow);
        inner
            .filter_map(|node| {
                let outer = self.tree.node(node.parent?);
                (outer.content == Content::Map).then_some(())?;
                self.indentation(node.span.start)?.checked_sub(self.indentation(outer.span.start)?)
            })
            .next()
    }
}

/// A column for a list or map, and whether it starts where the scalar starts.
struct Column {
    indent: usize,
    in_place: bool,
}

/// Whether an indented blank line or comment follows, which would become part of a block scalar before it.
fn has_deep_rest(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches(BREAKS);
    let line = rest.trim_start_matches([' ', '\t']);
    line.len() < rest.len() && token::is_line_done(line.as_bytes(), 0)
}

fn not_text(span: Span, reason: NotText) -> Flaw {
    match reason {
        NotText::Null => Flaw::new(Kind::Value, span, "null cannot stand where the tag asks for text")
            .hint("`default` gives a null a value"),
        NotText::Bytes => unwritable(span, &Value::Null, Unwritable::Bytes),
    }
}

fn unwritable(span: Span, value: &Value, reason: Unwritable) -> Flaw {
    match reason {
        Unwritable::Bytes => Flaw::new(Kind::Value, span, "bytes that are not UTF-8 cannot stand in YAML")
            .hint("put them into a Secret's `data`, with `base64encode`"),
        Unwritable::Number => {
            Flaw::new(Kind::Value, span, format!("{} that Kubernetes does not read as one", value.kind()))
                .hint("`toString` makes it text")
        }
        Unwritable::Size => Flaw { span, error: Limit::Value.into() },
        Unwritable::Key => {
            Flaw::new(Kind::Value, span, "a map with a key that is too long for YAML").hint("`toJson` makes text of it")
        }
    }
}
