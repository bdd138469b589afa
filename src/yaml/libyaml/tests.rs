//! What libyaml reads where YAML's own grammar says something else. Elsewhere both readers give the same tree.

use crate::source::Span;
use crate::yaml::tree::Tree;
use crate::yaml::{libyaml, reader, split, value};

fn read(text: &str) -> Option<Tree<'_>> {
    let (tree, rest) = libyaml::read(text, split::body(text.as_bytes(), Span::new(0, text.len()))).ok()?;
    rest.is_none().then_some(tree)
}

/// What libyaml reads in a text, as JSON.
fn shown(text: &str) -> String {
    let Some(tree) = read(text) else { return "refused".to_owned() };
    tree.root().map_or_else(|| "nothing".to_owned(), |root| value(&tree, root).unwrap().to_json().unwrap().to_string())
}

#[test]
fn what_yaml_refuses_is_read_as_kubernetes_reads_it() {
    for (text, expected) in [
        ("a: 'x'# c\nb: \"y\"#c\n", r#"{"a":"x","b":"y"}"#),
        ("a: {b: c}# c\nd: [e]# c\n", r#"{"a":{"b":"c"},"d":["e"]}"#),
        ("a: ['b',# c\n 'c'# d\n ]\n", r#"{"a":["b","c"]}"#),
        ("a: |# c\n  x\nb: >-# c\n  y\n", r#"{"a":"x\n","b":"y"}"#),
        ("a: '{\n\"b\": 1\n}'\nc: d\n", r#"{"a":"{ \"b\": 1 }","c":"d"}"#),
        ("a:\n  b: \"x\n  y\n\n  z\"\n", r#"{"a":{"b":"x y\nz"}}"#),
        (r#"a: "it\'s""#, r#"{"a":"it's"}"#),
        ("a: x\n \ty\nb: 'x\n\ty'\n", r#"{"a":"x y","b":"x y"}"#),
        ("a: {\nb: c,\n\td: e\n}\n", r#"{"a":{"b":"c","d":"e"}}"#),
        ("a: x\u{85}  y\nb: 'x\u{85}y'\n", r#"{"a":"x y","b":"x y"}"#),
        ("a: |\n  x\u{85}  y\u{2028}  z\n", "{\"a\":\"x\\ny\u{2028}z\\n\"}"),
        ("# c\u{2029}a: x # c\u{85}b: z\n", r#"{"a":"x","b":"z"}"#),
        ("a: |\n  x", r#"{"a":"x\n"}"#),
        ("a: |+\n  x\n ", r#"{"a":"x\n\n"}"#),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
        let read = reader::read(text, Span::new(0, text.len()));
        assert!(read.is_ok(), "{text:?}: {read:?}");
    }
}

#[test]
fn what_kubernetes_refuses_is_refused() {
    for text in [
        "a: 'x\n---\ny'\n",
        "a: \"\\/\"\n",
        "a: \"\\ud83d\\ude00\"\n",
        "'a\nb': c\n",
        "a: 'x'\n\tb: c\n",
        "a: 'x'\n\t# c\n",
        "a: |\n \tx\n",
        "|\nx\n",
        "a: b: c\n",
        "a: [b\n",
        "[[a\n",
        "{a: b} {c: d}\n",
        "a: *b\n",
        "a: &b [*b]\n",
        "a: !x!y z\n",
        "a: @b\n",
        "a: \u{7f}\n",
        "%YAML 1.1\n---\na: b\n",
    ] {
        assert_eq!(shown(text), "refused", "{text:?}");
    }
    let text = "# c\u{2028}x\na: b\n";
    assert!(reader::read(text, Span::new(0, text.len())).is_err(), "a scalar before a map");
    let key = format!("{}: x\n", "k".repeat(1025));
    assert_eq!(shown(&key), "refused");
}

#[test]
fn what_kubernetes_would_drop_is_refused() {
    for text in [" a:\nb: c\n", "{a: b} {c: d}\n", "a: b\n\u{85}---\nc: d\n", "# c\u{2028} a: b\nc: d\n", "'a' b\n"] {
        let flaw = reader::read(text, Span::new(0, text.len())).unwrap_err();
        let expected = "invalid YAML: another document starts without a `---` line";
        assert_eq!(flaw.error.detail, expected, "{text:?}");
    }
}

#[test]
fn both_readers_give_the_same_tree() {
    for text in [
        "a: 1 # c\nb:\n- x\n-\n- - y\n  - z: 1\n    w:\n\nc: {d: [e, 'f', g: h], i, \"j\": }\nk: !!str &l m\nn: *l\n",
        "? a\n: b\n? |\n  c\n: - d\n? e\n",
        "a: |2-\n    x\n\n   y\n\n\nb: >+\n  x\n  y\n\n   z\n\n# c\nc: &x !y\nd:\n",
        "---\na: 'x\n\n  y'\nb: \"x\\\n  y\\x41 \\\n\n  z\"\nc: x\n  y\n\n  z # c\n...\n",
        "- &a {b: *c}\n",
        "&a {b: &c d, e: *c, ? f : g}\n",
        "--- # c\n",
        "# c\n",
        "x\r\n  y\r\n",
        "é: {ü: '😀'} # ö\n\"ä\":   >\n  a\n",
    ] {
        let body = split::body(text.as_bytes(), Span::new(0, text.len()));
        match (reader::by_parser(text, body), read(text)) {
            (Ok(theirs), Some(ours)) => {
                assert_eq!(ours.nodes, theirs.nodes, "{text:?}");
                assert_eq!(ours.root, theirs.root, "{text:?}");
            }
            (theirs, ours) => assert_eq!(theirs.is_ok(), ours.is_some(), "{text:?}"),
        }
    }
}
