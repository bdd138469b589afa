//! Nodes as values, with the types that Kubernetes reads: aliases and merge keys resolved, tags honoured.

use std::borrow::Cow;
use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use zeroize::Zeroizing;

use super::flaw::Flaw;
use super::json::is_number;
use super::reader::read;
use super::resolve::{Plain, resolve};
use super::split;
use super::tree::{Content, NodeId, ReadBy, Style, Tree};
use crate::budget::{Budget, Making};
use crate::error::Kind;
use crate::source::{Source, Span};
use crate::value::{Value, bytes_of_entry, bytes_of_node};

/// How the keys of a map are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// As Kubernetes reads them: `n` is `false`.
    Typed,
    /// As they are written.
    Written,
}

/// Parses a text of one document into a value; an empty text is null. The error names line and column, never content.
pub fn parse(text: &str, budget: &Budget) -> Result<Value, String> {
    parse_with(text, Keys::Typed, budget)
}

/// Parses a text of one document into a value that keeps every key as it is written: `n` stays `n`, which Kubernetes would read as
/// `false`. A duplicate key is an error.
pub(crate) fn parse_with_written_keys(text: &str, budget: &Budget) -> Result<Value, String> {
    parse_with(text, Keys::Written, budget)
}

fn parse_with(text: &str, keys: Keys, budget: &Budget) -> Result<Value, String> {
    let mut value = None;
    for document in split::split(text.as_bytes()) {
        let tree = read(text, document).map_err(|flaw| explain(text, &flaw))?;
        let Some(root) = tree.root() else { continue };
        if value.is_some() {
            let (line, _) = Source::new("", text).line_column(tree.node(root).span.start);
            return Err(format!("more than one YAML document (line {line})"));
        }
        let mut values = ValueReader { tree: &tree, making: budget.making(), keys };
        value = Some(values.value(root).map_err(|flaw| explain(text, &flaw))?);
    }
    Ok(value.unwrap_or(Value::Null))
}

/// A node as a value, within a budget of its own.
pub fn value(tree: &Tree, node: NodeId) -> Result<Value, Flaw> {
    ValueReader { tree, making: Budget::default().making(), keys: Keys::Typed }.value(node)
}

/// A scalar as a value, by its tag and style; `None` if the text does not fit the tag.
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

/// Turns nodes into values. The reader has bounded their depth.
struct ValueReader<'t, 's, 'b> {
    tree: &'t Tree<'s>,
    making: Making<'b>,
    keys: Keys,
}

/// A map's entries by their keys; of equal keys the last counts.
type Entries = IndexMap<String, Value>;

impl ValueReader<'_, '_, '_> {
    fn value(&mut self, id: NodeId) -> Result<Value, Flaw> {
        let span = self.tree.node(id).span;
        let node = self.tree.node(self.tree.target(id));
        let text = self.tree.text(id).unwrap_or_default();
        self.count(bytes_of_node(text.len()), span)?;
        match &node.content {
            Content::Scalar(Style::Plain, text) if self.tree.read_by == ReadBy::Json && is_number(text) => {
                Ok(Value::number(text.as_ref()))
            }
            Content::Scalar(style, text) => scalar(*style, node.tag(), text).ok_or_else(|| unfit(span, node.tag())),
            Content::Map => {
                let mut entries = Entries::new();
                self.entries(self.tree.target(id), &mut entries)?;
                Ok(Value::Map(entries.into_iter().map(|(key, value)| (Zeroizing::new(key), value)).collect()))
            }
            Content::List => {
                let tree = self.tree;
                tree.items(tree.target(id)).map(|item| self.value(item)).collect::<Result<_, _>>().map(Value::List)
            }
            Content::Alias(_) => Err(Flaw::new(Kind::Bug, span, "an alias of an alias")),
        }
    }

    /// Reads a map's entries into `into`, in order: of equal keys the later one counts, merged or not.
    fn entries(&mut self, map: NodeId, into: &mut Entries) -> Result<(), Flaw> {
        let tree = self.tree;
        let mut own = HashSet::new();
        for (key, value) in tree.entries(map) {
            if tree.is_merge_key(key) {
                self.merge(value, into)?;
            } else {
                let name = self.key(key)?;
                self.count(bytes_of_entry(name.len()), tree.node(key).span)?;
                if self.keys == Keys::Written && !own.insert(name.clone()) {
                    let twice = format!("the key `{name}` appears twice");
                    return Err(Flaw::new(Kind::Syntax, tree.node(key).span, twice));
                }
                let value = self.value(value)?;
                into.insert(name, value);
            }
        }
        Ok(())
    }

    fn merge(&mut self, value: NodeId, into: &mut Entries) -> Result<(), Flaw> {
        let span = self.tree.node(value).span;
        for map in self.tree.merged_by(value).into_iter().rev() {
            self.count(bytes_of_node(0), span)?;
            if self.tree.node(map).content != Content::Map {
                return Err(Flaw::new(Kind::Syntax, span, "a merge key (`<<`) takes a map or a list of maps"));
            }
            self.entries(map, into)?;
        }
        Ok(())
    }

    /// A key as text, which JSON requires.
    fn key(&self, id: NodeId) -> Result<String, Flaw> {
        let node = self.tree.node(self.tree.target(id));
        let Content::Scalar(style, text) = &node.content else {
            return Err(Flaw::new(Kind::Syntax, node.span, "a map's key is a map or a list"));
        };
        if self.keys == Keys::Written {
            return Ok(text.to_string());
        }
        match scalar(*style, node.tag(), text) {
            Some(Value::Text(text)) => Ok(text.to_string()),
            Some(Value::Bool(value)) => Ok(value.to_string()),
            Some(Value::Number(digits)) => Ok(number_key(&digits).into_owned()),
            Some(Value::Null) => Err(Flaw::new(Kind::Syntax, node.span, "a map's key is null")),
            _ => Err(unfit(node.span, node.tag())),
        }
    }

    fn count(&mut self, bytes: usize, span: Span) -> Result<(), Flaw> {
        self.making.add(bytes).map_err(|limit| Flaw::new(Kind::Syntax, span, limit.to_string()))
    }
}

fn unfit(span: Span, tag: Option<&str>) -> Flaw {
    match tag.and_then(|tag| tag.strip_prefix("tag:yaml.org,2002:")) {
        Some(tag) => Flaw::new(Kind::Syntax, span, format!("the scalar does not fit its tag `!!{tag}`")),
        None => Flaw::new(Kind::Syntax, span, "infinite numbers and `.nan` cannot be written in JSON"),
    }
}

/// The name that Kubernetes gives a numeric key: an integer as it stands, a fraction as Go prints a 32-bit float.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        match parse(text, &Budget::default()) {
            Ok(value) => value.to_json().unwrap().to_string(),
            Err(error) => format!("ERROR {error}"),
        }
    }

    #[test]
    fn values_have_the_types_that_kubernetes_reads() {
        for (yaml, expected) in [
            ("", "null"),
            ("# nothing\n", "null"),
            (
                "a: yes\nb: 0777\nc: 1.50\nd: 'yes'\ne: ~\nf:\n",
                r#"{"a":true,"b":511,"c":1.50,"d":"yes","e":null,"f":null}"#,
            ),
            ("- 2001-01-01\n- !!str 1\n- !!int '12'\n- !x 12\n- ! 12\n", r#"["2001-01-01","1",12,"12","12"]"#),
            ("!!binary aGVs\n", r#""hel""#),
            ("a: !!null ''\nb: !!bool 'yes'\nc: !!float 3\n", r#"{"a":null,"b":true,"c":3}"#),
            ("a: !!int x\n", "ERROR the scalar does not fit its tag `!!int` (line 1, column 10)"),
            ("a: !!int 1.5\n", "ERROR the scalar does not fit its tag `!!int` (line 1, column 10)"),
            ("a: .inf\n", "ERROR infinite numbers and `.nan` cannot be written in JSON (line 1, column 4)"),
            (
                "yes: 1\n0777: 2\n1.50: 3\n1e6: 4\n0.00001: 5\n-0: 6\n",
                r#"{"true":1,"511":2,"1.5":3,"1e+06":4,"1e-05":5,"0":6}"#,
            ),
            ("~: 1\n", "ERROR a map's key is null (line 1, column 1)"),
            ("[a]: 1\n", "ERROR a map's key is a map or a list (line 1, column 1)"),
            ("a: 1\na: 2\n", r#"{"a":2}"#),
            ("a: &a [1]\nb: *a\n", r#"{"a":[1],"b":[1]}"#),
            (
                "m: &m {a: 1, b: 2}\nc:\n  a: 9\n  <<: *m\nd:\n  <<: *m\n  a: 9\n",
                r#"{"m":{"a":1,"b":2},"c":{"a":1,"b":2},"d":{"a":9,"b":2}}"#,
            ),
            ("<<: [{a: 5}, {a: 6, z: 7}]\n", r#"{"a":5,"z":7}"#),
            ("<<: 1\n", "ERROR a merge key (`<<`) takes a map or a list of maps (line 1, column 5)"),
            ("a: &a {<<: *a}\n", "ERROR invalid YAML: an anchor that contains its own alias (line 1, column 12)"),
            ("a: 1\n---\nb: 2\n", "ERROR more than one YAML document (line 3)"),
            ("a: [\n", "ERROR invalid YAML: unclosed bracket '[' (line 1, column 4)"),
            ("{\"a\": \"\\/\\ud83d\\ude00\", \"n\":1E400}", r#"{"a":"/😀","n":1E400}"#),
        ] {
            assert_eq!(json(yaml), expected, "{yaml:?}");
        }
    }

    #[test]
    fn alias_bombs_are_refused_before_they_go_off() {
        let refused = |bomb: &str| parse(bomb, &Budget::default()).unwrap_err();
        for (first, alias) in [("[x, x, x, x]", "[*, *, *, *, *, *, *, *, *]"), ("{x: 1}", "{<<: [*, *]}")] {
            let mut bomb = format!("a0: &a0 {first}\n");
            for index in 1..60 {
                let alias = alias.replace('*', &format!("*a{}", index - 1));
                bomb.push_str(&format!("a{index}: &a{index} {alias}\n"));
            }
            assert!(refused(&bomb).contains("its aliases expand to too much: one value takes more than 64 MiB"));
        }
        let wide = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(64));
        assert!(refused(&wide).contains("its aliases expand to too much"));
        let mut chain = String::from("a0: &a0 [x]\n");
        for index in 1..20_000 {
            chain.push_str(&format!("a{index}: &a{index} [*a{}]\n", index - 1));
        }
        assert!(refused(&chain).contains("maps and lists nest more than 255 levels deep"));
    }

    #[test]
    fn aliases_within_bounds_are_followed() {
        let text =
            format!("a: &a {}\nb: [{}]\nc: {{<<: &m {{x: 1}}, <<: *m}}\n", "x".repeat(1 << 20), "*a, ".repeat(20));
        let value = parse(&text, &Budget::default()).unwrap();
        assert!(matches!(value.get("b"), Some(Value::List(items)) if items.len() == 20));
        assert!(value.get("c").and_then(|map| map.get("x")).is_some());
    }
}
