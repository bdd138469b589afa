//! Tables of edits: a document, a change, the document after it.

use super::edit::{Change, edit};
use super::reader::read;
use super::splice::splice;
use super::tree::{NodeId, Tree};
use crate::source::Span;
use crate::value::Value;

/// The node at a path of keys and indexes.
pub(super) fn at(tree: &Tree, path: &str) -> NodeId {
    let mut node = tree.root().unwrap();
    for segment in path.split('.').filter(|segment| !segment.is_empty()) {
        node = match segment.parse::<usize>() {
            Ok(index) => tree.items(node).nth(index).unwrap_or_else(|| panic!("no item {path}")),
            Err(_) => {
                let entry = tree.entries(node).find(|(key, _)| tree.text(*key) == Some(segment));
                entry.unwrap_or_else(|| panic!("no key {path}")).1
            }
        };
    }
    node
}

/// The text after the changes, or the error's detail.
pub(super) fn changed(text: &str, changes: &[(&str, Option<Value>)]) -> String {
    let document = Span::new(0, text.len());
    let tree = read(text, document).unwrap_or_else(|flaw| panic!("{flaw:?}\n{text}"));
    let changes: Vec<Change> = changes
        .iter()
        .map(|(path, value)| match value {
            Some(value) => Change::Set { node: at(&tree, path), value: value.clone() },
            None => Change::Remove { node: at(&tree, path) },
        })
        .collect();
    match edit(&tree, document, &changes) {
        Ok(edits) => String::from_utf8(splice(text.as_bytes(), &edits).to_vec()).unwrap(),
        Err(flaw) => format!("ERROR {}", flaw.error.detail),
    }
}

fn json(json: &str) -> Value {
    Value::from_json(json.as_bytes()).unwrap()
}

#[test]
fn texts_keep_the_style_that_can_hold_them() {
    for (before, value, after) in [
        ("a: X\n", "plain", "a: plain\n"),
        ("a: X # c\n", "a b", "a: a b # c\n"),
        ("a: X\n", "yes", "a: 'yes'\n"),
        ("a: X\n", "0123", "a: '0123'\n"),
        ("a: X\n", "it's: #1", "a: 'it''s: #1'\n"),
        ("a: X\n", "a\nb", "a: \"a\\nb\"\n"),
        ("a: X\n", "", "a: ''\n"),
        ("a: X\n  Y\n", "v", "a: v\n"),
        ("a: 'X'\n", "v", "a: 'v'\n"),
        ("a: 'X'\n", "a\tb", "a: \"a\\tb\"\n"),
        ("a: \"X\"\n", "v\u{1}\u{85}\u{2028}😀", "a: \"v\\u0001\\u0085\\u2028😀\"\n"),
        ("a: {b: X}\n", "u:v", "a: {b: 'u:v'}\n"),
        ("a: X\n", "http://x:80/y", "a: http://x:80/y\n"),
        ("{\"a\": \"X\"}", "a\"b/c\n", "{\"a\": \"a\\\"b/c\\n\"}"),
        ("{\"a\": 1}", "v", "{\"a\": \"v\"}"),
        ("a: !!str X\n", "1", "a: !!str '1'\n"),
        ("a: &x X\nb: *x\n", "v", "a: &x v\nb: *x\n"),
        ("a:\n", "v", "ERROR only a scalar that has a text and is not a key can be set"),
        ("a: &x:X\nb: *x\n", "v", "a: &x v\nb: *x\n"),
        ("a:\u{2028}  X\nb: 1\n", "u: v", "a:\u{2028}  'u: v'\nb: 1\n"),
        ("\u{feff}a: X\r\n", "v", "\u{feff}a: v\r\n"),
        ("a: X\n\t\n \t# c\nb: 1\n", "v", "a: v\n\t\n \t# c\nb: 1\n"),
        ("a: X\n\t\n \t# c\nb: 1\n", "yes", "a: 'yes'\n\n  # c\nb: 1\n"),
        ("a: X # c\u{85}b: 1\n", "u: v", "a: 'u: v' # c\u{85}b: 1\n"),
        ("a: 'X'# c\n", "v", "a: 'v'# c\n"),
    ] {
        let path = if before.contains("b: X") { "a.b" } else { "a" };
        assert_eq!(changed(before, &[(path, Some(Value::text(value)))]), after, "{before:?}");
    }
}

#[test]
fn block_scalars_keep_header_indentation_and_line_breaks() {
    for (before, value, after) in [
        ("a: |\n  X\nb: 1\n", "v\n", "a: |\n  v\nb: 1\n"),
        ("a: |\n  X\n\nb: 1\n", "v\nw\n", "a: |\n  v\n  w\n\nb: 1\n"),
        ("a: | # c\n  X\nb: 1\n", "v", "a: |- # c\n  v\nb: 1\n"),
        ("a: |\n  X\nb: 1\n", "v\n\n", "a: |+\n  v\n\nb: 1\n"),
        ("a: |\n  X\n\nb: 1\n", "v\n\n", "a: |+\n  v\n\nb: 1\n"),
        ("a: >- # c\n  X\n  Y\nb: 1\n", "v\nw", "a: |- # c\n  v\n  w\nb: 1\n"),
        ("a: |2-\n    X\nb: 1\n", "  v", "a: |2-\n    v\nb: 1\n"),
        ("a: | # c\n  X\n", "", "a: \"\" # c\n"),
        ("a: |\r\n  X\r\nb: 1\r\n", "v\nw\n", "a: |\r\n  v\r\n  w\r\nb: 1\r\n"),
        ("a: |\n  X", "v", "a: |-\n  v"),
        ("a: |\n  X", "v\n", "a: |\n  v"),
        ("a: |+\n  X\n\n", "v\n", "a: |+\n  v\n"),
        ("a: |\n\n  X\n", "\nv\n", "a: |\n\n  v\n"),
        ("a: |\n  b\n \n  X\n    \n  c\n", "b\n\nv\n\nw\n  \nc\n", "a: |\n  b\n \n  v\n\n  w\n    \n  c\n"),
        ("a: |+\n  X\n\n \n", "v\n\n\n", "a: |+\n  v\n\n \n"),
        ("a: |\r\n  X\r\n \r\n  b\r\n", "v\nw\n\nb\n", "a: |\r\n  v\r\n  w\r\n \r\n  b\r\n"),
        ("a: |\n  X\n \nb: 1\n", "v\n\n", "a: |+\n  v\n \nb: 1\n"),
        ("a:\n|\n  X\n", "\tv", "a:\n \"\\tv\"\n"),
        ("a: |\u{2028}  X\u{2028}b: 1\n", "v\nw\n", "a: |\n  v\n  w\nb: 1\n"),
    ] {
        assert_eq!(changed(before, &[("a", Some(Value::text(value)))]), after, "{before:?}");
    }
}

#[test]
fn words_that_stay_keep_their_lines() {
    for (before, value, after) in [
        ("a: one X\n  two # c\n", "one v: two", "a: 'one v: two' # c\n"),
        ("a: one X\n\n  two # c\n", "one v w\ntwo", "a: one v w\n\n  two # c\n"),
        ("a: one X\n  two\n", "one two", "a: one two\n"),
        ("a: one X\n  two\n", "one  v two", "a: 'one  v two'\n"),
        ("a: one X\n  two\n", "one v\ntwo", "a: \"one v\\ntwo\"\n"),
        ("a: X |\n  Y\n  two\n", "v two", "a: v\n  two\n"),
        ("a: X |\n  Y\n", "v", "a: v\n"),
        ("a: X\n  two\n", "'v two", "a: '''v two'\n"),
        ("a: 'one\n  it''s X'\n", "one it's v's", "a: 'one\n  it''s v''s'\n"),
        ("a: 'one\nX'\n", "one ---", "a: 'one ---'\n"),
        ("a: \"one\r\n  X two\"\r\n", "one v\\\"w two", "a: \"one\r\n  v\\\\\\\"w two\"\r\n"),
        ("a: \"o\\tne\n  X\"\n", "o\tne v", "a: \"o\\tne v\"\n"),
        (
            "a: >- # c\n  one X\n  two\n\n  X\nb: 1\n",
            "one v w two\n: #",
            "a: >- # c\n  one v w\n  two\n\n  : #\nb: 1\n",
        ),
        ("a: >\n  one X\n  two\n", "one\nv two\n", "a: |\n  one\n  v two\n"),
        ("a: {b: X\n  two}\n", "v,w two", "a: {b: 'v,w two'}\n"),
        ("a: {b: X\n  two}\n", "v/w two", "a: {b: v/w\n  two}\n"),
    ] {
        let path = if before.contains("b: X") { "a.b" } else { "a" };
        assert_eq!(changed(before, &[(path, Some(Value::text(value)))]), after, "{before:?}");
    }
}

#[test]
fn lists_and_maps_become_native() {
    let map = r#"{"k":"v","l":[1,{"x":true}],"e":{}}"#;
    for (before, path, value, after) in [
        ("a: X\n", "a", map, "a:\n  k: v\n  l:\n    - 1\n    - x: true\n  e: {}\n"),
        ("a: X # c\nb: 1\n", "a", r#"{"k":null}"#, "a: # c\n  k: null\nb: 1\n"),
        ("a:\n- 1\nb: X\n", "b", r#"["x", "y"]"#, "a:\n- 1\nb:\n- x\n- 'y'\n"),
        ("a:\n    b: X\n", "a.b", r#"{"k":"v"}"#, "a:\n    b:\n        k: v\n"),
        ("- X\n- b\n", "0", r#"{"k":"v","l":"w"}"#, "- k: v\n  l: w\n- b\n"),
        ("- X # c\n- b\n", "0", r#"{"k":"v","l":"w"}"#, "- # c\n  k: v\n  l: w\n- b\n"),
        ("- &x X\n- b\n", "0", r#"{"k":"v","l":"w"}"#, "- &x\n  k: v\n  l: w\n- b\n"),
        ("- - X\n", "0.0", r#"{"k":"v","l":"w"}"#, "- - k: v\n    l: w\n"),
        ("a: {b: X}\n", "a.b", r#"{"k":"v"}"#, "a: {b: {\"k\": \"v\"}}\n"),
        ("{\"b\":\"X\"}\n", "b", r#"{"k":"v"}"#, "{\"b\":{\"k\":\"v\"}}\n"),
        ("a: |\n  X\nb: 1\n", "a", r#"{"k":"v"}"#, "a:\n  k: v\nb: 1\n"),
        ("a: | # c\n  X\nb: 1\n", "a", r#"{"k":"v"}"#, "a: # c\n  k: v\nb: 1\n"),
        ("a:\n  X\n", "a", r#"{"k":"v"}"#, "a:\n  k: v\n"),
        ("a:\n  X # c\n", "a", r#"{"k":"v"}"#, "a:\n   # c\n  k: v\n"),
        ("X", "", r#"{"k":"v"}"#, "k: v"),
        ("--- X\n", "", r#"{"k":"v"}"#, "--- {\"k\": \"v\"}\n"),
        ("? k\n: X\n", "k", r#"{"k":"v"}"#, "? k\n: {\"k\": \"v\"}\n"),
        ("a: X\n", "a", r#"{"k":"v\nw\n","l":"x\ny"}"#, "a:\n  k: |\n    v\n    w\n  l: |-\n    x\n    y\n"),
        ("a: X", "a", r#"{"k":"v\nw\n"}"#, "a:\n  k: \"v\\nw\\n\""),
        ("a: X\n", "a", "[]", "a: []\n"),
        ("a: X\n", "a", "3", "a: 3\n"),
        ("a: 'X'\n", "a", "1.50", "a: 1.50\n"),
        ("a: !!str X\n", "a", "1.50", "a: !!str '1.50'\n"),
        ("a: !!int X\n", "a", "\"x\"", "ERROR text cannot stand after the tag `!!int`"),
    ] {
        assert_eq!(changed(before, &[(path, Some(json(value)))]), after, "{before:?}");
    }
}

#[test]
fn entries_and_items_are_removed() {
    for (before, paths, after) in [
        ("a: 1\nb: 2\nc: 3\n", &["b"][..], "a: 1\nc: 3\n"),
        ("a: 1\n# own\nb: 2 # c\nc: 3\n", &["b"], "a: 1\n# own\nc: 3\n"),
        ("a: 1\nb: 2", &["b"], "a: 1"),
        ("a: |\n  x\nb: 2", &["b"], "a: |\n  x\n"),
        ("a: 1\n", &["a"], "{}\n"),
        ("k: # c\n  a: 1\n  # own\n  b: 2\nl: 1\n", &["k.a", "k.b"], "k: {} # c\n  # own\nl: 1\n"),
        ("k: &x\n  a: 1\n", &["k.a"], "k: &x {}\n"),
        ("k:\n- a\n- b\n", &["k.0", "k.1"], "k: []\n"),
        ("k:\n- a\n- b\n", &["k.0"], "k:\n- b\n"),
        ("- a: 1 # c\n  b: 2\n", &["0.a"], "- b: 2\n"),
        ("- a: 1\n  # own\n  b: 2\n", &["0.a"], "-\n  # own\n  b: 2\n"),
        ("- a: 1 # c\n- b\n", &["0.a"], "- {}\n- b\n"),
        ("- a: |\n    x\n  b: 2\n", &["0.a"], "- b: 2\n"),
        ("- - a\n  - b\n  - c\n", &["0.0", "0.1"], "- - c\n"),
        ("a: |\n  x\n\nb: 2\n", &["a"], "\nb: 2\n"),
        ("a: |+\n  x\n\nb: 2\n\nc: 3\n", &["b"], "a: |+\n  x\n\nc: 3\n"),
        ("k: {a: 1, b: 2, c: 3}\n", &["k.b"], "k: {a: 1, c: 3}\n"),
        ("k: {a: 1, b: 2, c: 3}\n", &["k.c", "k.b"], "k: {a: 1}\n"),
        ("k: {a: 1, b: 2}\n", &["k.a", "k.b"], "k: {}\n"),
        ("k: {a: , b: 2}\n", &["k.b"], "k: {a: ,}\n"),
        ("k: {a: x:, b: 2\n  }\n", &["k.b"], "k: {a: x:,\n  }\n"),
        ("k: [1, 2,]\n", &["k.1"], "k: [1,]\n"),
        ("k: [ a: 1 ]\n", &["k.0.a"], "k: [ {} ]\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", &["b"], "{\n  \"a\": 1\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", &["a"], "{\n  \"b\": 2\n}\n"),
        ("? a\n: 1\n? b\n: 2\n", &["a"], "? b\n: 2\n"),
        ("- ? a\n  : 1\n  b: 2\n", &["0.a"], "- b: 2\n"),
        ("b: 1\n\u{feff}a: 2\nc: 3\n", &["\u{feff}a"], "b: 1\nc: 3\n"),
        ("\u{feff}a: 1\nb: 2\n", &["a"], "\u{feff}b: 2\n"),
        ("\u{feff}a: 1\nb: 2\n", &["a", "b"], "\u{feff}{}\n"),
        ("a: 1\u{2028}b: 2\u{85}c: 3\n", &["b"], "a: 1\u{2028}c: 3\n"),
        ("-\u{2028}  a\u{85}- b\n", &["0"], "- b\n"),
        ("k:\u{2028}  a: 1\n", &["k.a"], "k: {}\u{2028}"),
        ("a: |\u{85}  x\u{2028}\u{85}b: 2\u{85}\nc: 3\n", &["b"], "a: |\u{85}  x\u{2028}\u{85}\nc: 3\n"),
        ("a: 'x'\nb: 2\n\n \t\n\t# c\n", &["b"], "a: 'x'\n\n\n # c\n"),
        ("- a: 2\n\t# c\n  b: 3\n", &["0.a"], "-\n # c\n  b: 3\n"),
        ("- a: 2\n\t# c\n", &["0.a"], "- {}\n # c\n"),
        ("a: &x 1\nb: *x\n", &["a"], "ERROR the anchor on line 1 cannot be removed: the alias on line 2 refers to it"),
        ("a: &x 1\nb: *x\nc: 1\n", &["a", "b"], "c: 1\n"),
    ] {
        let changes: Vec<_> = paths.iter().map(|path| (*path, None)).collect();
        assert_eq!(changed(before, &changes), after, "{before:?}");
    }
}
