//! Nodes as values, with the types that Kubernetes reads: aliases and merge keys resolved, tags honoured.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use zeroize::Zeroizing;

use super::flaw::Flaw;
use super::reader::read;
use super::resolve::{Plain, resolve};
use super::split;
use super::tree::{Content, NodeId, Style, Tree};
use crate::error::Kind;
use crate::source::{Source, Span};
use crate::value::Value;

/// How many nodes a value may have once its aliases are resolved.
const NODES: usize = 1_000_000;

/// How deep a value may be once its aliases are resolved.
const DEPTH: usize = 500;

/// How the keys of a map are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// As Kubernetes names them: `n` is `false`.
    Typed,
    /// As they are written.
    Written,
}

/// A text of one document as a value; no document is null. The error names line and column, never content.
pub fn parse(text: &str) -> Result<Value, String> {
    parse_with(text, Keys::Typed)
}

/// The same with every key as it is written: `n` is `n`, where Kubernetes reads `false`.
pub fn parse_with_written_keys(text: &str) -> Result<Value, String> {
    parse_with(text, Keys::Written)
}

fn parse_with(text: &str, keys: Keys) -> Result<Value, String> {
    let mut value = None;
    for document in split::split(text.as_bytes()) {
        let tree = read(text, document.span).map_err(|flaw| explain(text, &flaw))?;
        let Some(root) = tree.root() else { continue };
        if value.is_some() {
            let (line, _) = Source::new("", text).line_column(tree.node(root).span.start);
            return Err(format!("more than one YAML document (line {line})"));
        }
        let mut values = Values { tree: &tree, left: NODES, keys };
        value = Some(values.value(root, 0).map_err(|flaw| explain(text, &flaw))?);
    }
    Ok(value.unwrap_or(Value::Null))
}

/// A node as a value.
pub fn value(tree: &Tree, node: NodeId) -> Result<Value, Flaw> {
    Values { tree, left: NODES, keys: Keys::Typed }.value(node, 0)
}

/// A scalar's type and text as its tag and style say; None where the text does not fit the tag.
pub(super) fn scalar(style: Style, tag: Option<&str>, text: &str) -> Option<Value> {
    let Some(tag) = tag else {
        return if style == Style::Plain { plain(text) } else { Some(Value::text(text)) };
    };
    let number = || plain(text).filter(|value| matches!(value, Value::Number(_)));
    match tag.strip_prefix("tag:yaml.org,2002:") {
        Some("bool") => plain(text).filter(|value| matches!(value, Value::Bool(_))),
        Some("int") => number().filter(|value| value.to_text().is_ok_and(|digits| !digits.contains(['.', 'e', 'E']))),
        Some("float") => number(),
        Some("null") => plain(text).filter(|value| matches!(value, Value::Null)),
        Some("binary") => STANDARD.decode(text.replace(['\n', '\r'], "")).ok().map(Value::bytes),
        _ => Some(Value::text(text)),
    }
}

fn plain(text: &str) -> Option<Value> {
    Some(match resolve(text) {
        Plain::Null => Value::Null,
        Plain::Bool(value) => Value::Bool(value),
        Plain::Number(digits) => Value::number(digits),
        Plain::Infinite => return None,
        Plain::Text => Value::text(text),
    })
}

fn explain(text: &str, flaw: &Flaw) -> String {
    let (line, column) = Source::new("", text).line_column(flaw.span.start);
    format!("{} (line {line}, column {column})", flaw.error.detail)
}

struct Values<'t, 's> {
    tree: &'t Tree<'s>,
    left: usize,
    keys: Keys,
}

/// A map's entries by their keys; of equal keys the last counts.
type Entries = IndexMap<String, Value>;

impl Values<'_, '_> {
    fn value(&mut self, id: NodeId, depth: usize) -> Result<Value, Flaw> {
        let span = self.tree.node(id).span;
        self.spend(span, depth)?;
        let node = self.tree.node(self.tree.target(id));
        match &node.content {
            Content::Scalar(style, text) => {
                scalar(*style, node.tag.as_deref(), text).ok_or_else(|| unfit(span, node.tag.as_deref()))
            }
            Content::Map => {
                let mut entries = Entries::new();
                self.entries(self.tree.target(id), &mut entries, depth)?;
                Ok(Value::Map(entries.into_iter().map(|(key, value)| (Zeroizing::new(key), value)).collect()))
            }
            Content::List => {
                let items = self.tree.items(self.tree.target(id)).collect::<Vec<_>>();
                items.into_iter().map(|item| self.value(item, depth + 1)).collect::<Result<_, _>>().map(Value::List)
            }
            Content::Alias(_) => Err(Flaw::new(Kind::Bug, span, "an alias of an alias")),
        }
    }

    /// Reads a map's entries into `into`, in order: what comes later counts, merged or not.
    fn entries(&mut self, map: NodeId, into: &mut Entries, depth: usize) -> Result<(), Flaw> {
        let tree = self.tree;
        for (key, value) in tree.entries(map) {
            if tree.is_merge_key(key) {
                self.merge(value, into, depth + 1)?;
            } else {
                let key = self.key(key)?;
                let value = self.value(value, depth + 1)?;
                into.insert(key, value);
            }
        }
        Ok(())
    }

    fn merge(&mut self, value: NodeId, into: &mut Entries, depth: usize) -> Result<(), Flaw> {
        let span = self.tree.node(value).span;
        for map in self.tree.merged_by(value).into_iter().rev() {
            self.spend(span, depth)?;
            if self.tree.node(map).content != Content::Map {
                return Err(Flaw::new(Kind::Syntax, span, "a merge key (`<<`) takes a map or a list of maps"));
            }
            self.entries(map, into, depth)?;
        }
        Ok(())
    }

    /// A key as JSON needs it: text.
    fn key(&self, id: NodeId) -> Result<String, Flaw> {
        let node = self.tree.node(self.tree.target(id));
        let Content::Scalar(style, text) = &node.content else {
            return Err(Flaw::new(Kind::Syntax, node.span, "a map's key is a map or a list"));
        };
        if self.keys == Keys::Written {
            return Ok(text.to_string());
        }
        match scalar(*style, node.tag.as_deref(), text) {
            Some(Value::Text(text)) => Ok(text.to_string()),
            Some(Value::Bool(value)) => Ok(value.to_string()),
            Some(Value::Number(digits)) => Ok(number_key(&digits).into_owned()),
            Some(Value::Null) => Err(Flaw::new(Kind::Syntax, node.span, "a map's key is null")),
            _ => Err(unfit(node.span, node.tag.as_deref())),
        }
    }

    fn spend(&mut self, span: Span, depth: usize) -> Result<(), Flaw> {
        if depth > DEPTH {
            return Err(Flaw::new(Kind::Syntax, span, format!("aliases nest more than {DEPTH} levels deep")));
        }
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => return Err(Flaw::new(Kind::Syntax, span, format!("aliases expand to more than {NODES} nodes"))),
        }
        Ok(())
    }
}

fn unfit(span: Span, tag: Option<&str>) -> Flaw {
    match tag.and_then(|tag| tag.strip_prefix("tag:yaml.org,2002:")) {
        Some(tag) => {
            Flaw::new(Kind::Syntax, span, format!("the scalar is none of the kind that its tag `!!{tag}` says"))
        }
        None => Flaw::new(Kind::Syntax, span, "neither infinite numbers nor `.nan` can be JSON"),
    }
}

/// Integers as they are, fractions as Go prints a 32-bit float: so Kubernetes names such keys.
fn number_key(digits: &str) -> Cow<'_, str> {
    if !digits.contains(['.', 'e', 'E']) && digits.len() < 20 {
        return Cow::Borrowed(if digits == "-0" { "0" } else { digits });
    }
    let Ok(number) = digits.parse::<f32>() else { return Cow::Borrowed(digits) };
    let scientific = format!("{number:e}");
    match scientific.split_once('e').and_then(|(mantissa, exponent)| Some((mantissa, exponent.parse::<i32>().ok()?))) {
        Some((mantissa, exponent)) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            Cow::Owned(format!("{mantissa}e{sign}{:02}", exponent.abs()))
        }
        _ => Cow::Owned(number.to_string()),
    }
}
