//! Where documents end, and which may hold placeholders.

use proptest::prelude::*;

use super::*;

fn parts(text: &str) -> Vec<&str> {
    split(text.as_bytes()).map(|document| &text[document.span.range()]).collect()
}

#[test]
fn documents_end_where_kubernetes_and_yaml_end_them() {
    for (text, expected) in [
        ("", &[][..]),
        ("a: 1", &["a: 1"]),
        ("a: 1\n---\nb: 2\n", &["a: 1\n", "---\nb: 2\n"]),
        ("---\na: 1\n---\nb: 2\n", &["---\na: 1\n", "---\nb: 2\n"]),
        ("# c\n---\na: 1\n", &["# c\n---\na: 1\n"]),
        ("a: 1\r\n---\r\nb: 2\r\n", &["a: 1\r\n", "---\r\nb: 2\r\n"]),
        ("a: 1\r---\rb: 2\r", &["a: 1\r", "---\rb: 2\r"]),
        ("\u{feff}---\na: 1\n---\nb: 2", &["\u{feff}---\na: 1\n", "---\nb: 2"]),
        ("a: 1\n---\n\u{feff}b: 2\n", &["a: 1\n", "---\n\u{feff}b: 2\n"]),
        ("a: 1\n---#c\nb: 2\n", &["a: 1\n", "---#c\nb: 2\n"]),
        ("a: 1\n--- # c\nb: 2\n", &["a: 1\n", "--- # c\nb: 2\n"]),
        ("a: 1\n---\t\nb: 2\n", &["a: 1\n", "---\t\nb: 2\n"]),
        ("a: 1\n--- {b: 2}\n", &["a: 1\n", "--- {b: 2}\n"]),
        ("a: 1\n----\n---a\n", &["a: 1\n----\n---a\n"]),
        ("a: |\n  x\n  ---\n  y\n", &["a: |\n  x\n  ---\n  y\n"]),
        ("a: 1\n...\n---\nb: 2\n", &["a: 1\n...\n", "---\nb: 2\n"]),
        ("a: 1\n... # c\nb: 2\n", &["a: 1\n... # c\n", "b: 2\n"]),
        ("a: 1\n...\n%TAG ! !x\n---\nb: 2\n", &["a: 1\n...\n", "%TAG ! !x\n---\nb: 2\n"]),
        ("---\n---\na: 1\n---\n", &["---\n", "---\na: 1\n", "---\n"]),
        ("{}{\"a\":1}\n[]", &["{}", "{\"a\":1}\n[]"]),
        ("{\"a\":\"}{\"}\n---\n{}", &["{\"a\":\"}{\"}\n", "---\n{}"]),
        ("{\"a\": 1}\n---\nb: 2\n", &["{\"a\": 1}\n", "---\nb: 2\n"]),
        ("{a: '} {'}\n", &["{a: '} {'}\n"]),
    ] {
        assert_eq!(parts(text), expected, "{text:?}");
    }
}

#[test]
fn a_window_ends_after_its_last_complete_document() {
    for (text, expected) in [
        ("", None),
        ("a: 1\n", None),
        ("a: 1\n---", None),
        ("a: 1\n---\n", Some(5)),
        ("a: 1\n---\nb: 2\n--", Some(5)),
        ("a: 1\n---\nb: 2\n---\nc", Some(14)),
        ("a: 1\n...", None),
        ("a: 1\n...\r", None),
        ("a: 1\n...\n", Some(9)),
        ("a: 1\n...\nb", Some(9)),
        ("{\"a\": 1}", None),
        ("{\"a\": 1} {\"b", Some(9)),
        ("{\"a\": 1}\n{\"b\": 2}\n", Some(9)),
    ] {
        assert_eq!(boundary(text.as_bytes()), expected, "{text:?}");
    }
}

#[test]
fn candidates_hold_a_trace_of_a_placeholder_or_a_secret() {
    for (text, expected) in [
        ("a: <path:x#y>", true),
        ("a: < path:x#y>", true),
        ("a: \"<\\n  path:x#y>\"", true),
        ("a: <\n  path:x#y>", true),
        ("a: <raw:x>", true),
        ("a: x < y", false),
        ("a: <div>", false),
        ("a: \"\\u003cpath:\"", true),
        ("a: \"\\x3cpath:\"", true),
        ("a: \"\\U0000003c\"", true),
        ("a: \"<\\\npath:\"", true),
        ("a: \"b\\\n  c\"", true),
        ("a: \"b\\n  c\"", false),
        ("a: %3Cpath%3A", true),
        ("a: %3cpath", true),
        ("a: %253Cpath", true),
        ("a: %26lt%3Bpath", true),
        ("a: %2526lt%253Bpath", true),
        ("a: %5Cu003cpath", true),
        ("a: 50%", false),
        ("a: a%20b", false),
        ("a: &lt;path:", true),
        ("a: &#60;path", true),
        ("a: &#0060;path", true),
        ("a: &#X003Cpath", true),
        ("a: &amp;lt;path", true),
        ("a: &#38;lt;path", true),
        ("a: &amp;#x26;lt;path", true),
        ("a: x&amp;y", false),
        ("a: &anchor x", false),
        ("avp.kubernetes.io/path: x", true),
        ("\"avp.kubernetes.io\\/path\": x", true),
        ("avp.kubernetes.io/ignore: x", false),
        ("kind: Secret\n", true),
        ("kind: Secret # c\n", true),
        ("kind: \"Secret\"", true),
        ("{\"kind\":\"Secret\"}", true),
        ("{kind: Secret}", true),
        ("kind: !!str Secret\r\n", true),
        ("kind: &k Secret", true),
        ("kind:\n  Secret\n", true),
        ("kind: |-\n  Secret\n", true),
        ("kind: SecretList\n", true),
        ("kind: SecretStore\n", false),
        ("kind: ExternalSecret\n", false),
        ("imagePullSecrets:\n", false),
        ("a: the Secret to use\n", false),
        ("a: the name of the Secret\n", false),
    ] {
        assert_eq!(split(text.as_bytes()).any(|document| document.candidate), expected, "{text:?}");
    }
}

#[test]
fn each_document_is_judged_by_itself() {
    let text = "a: 1\n---\na: <path:x#y>\n---\na: 2\n---\nkind: Secret\n---\na: 3\n";
    let found: Vec<bool> = split(text.as_bytes()).map(|document| document.candidate).collect();
    assert_eq!(found, [false, true, false, true, false]);
}

/// Scalars that are, or nearly are, placeholders, in the ways that YAML can write them.
fn scalar() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("<"),
        Just("path:a#b>"),
        Just("raw:x>"),
        Just(" "),
        Just("\n  "),
        Just("\\\n  "),
        Just("\\n"),
        Just("\\x3c"),
        Just("\\u003C"),
        Just("\\U0000003c"),
        Just("\\ "),
        Just("\\t"),
        Just("\\x70ath:"),
        Just("p"),
        Just("ath:"),
        Just("''"),
        Just("a"),
        Just("\u{a0}"),
        Just("\u{2028}"),
        Just("\\_"),
        Just("\\N"),
        Just("\r\n  "),
        Just("\t"),
        Just("\\\r\n  "),
    ];
    let quote =
        prop_oneof![Just(("", "")), Just(("'", "'")), Just(("\"", "\"")), Just(("|\n  ", "")), Just((">\n  ", ""))];
    (quote, proptest::collection::vec(part, 0..8))
        .prop_map(|((open, close), parts)| format!("k: {open}{}{close}\n", parts.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_scan_misses_what_the_reader_finds(text in scalar()) {
        let is_candidate = split(text.as_bytes()).any(|document| document.candidate);
        if let Ok(tree) = crate::yaml::reader::read(&text, Span::new(0, text.len())) {
            let starts = |text: &str| text.split('<').skip(1).any(|rest| {
                let rest = rest.trim_start();
                rest.starts_with("path:") || rest.starts_with("raw:")
            });
            let found = tree.nodes.iter().any(|node| {
                matches!(&node.content, crate::yaml::tree::Content::Scalar(_, text) if starts(text))
            });
            prop_assert!(is_candidate || !found, "{text:?}");
        }
    }

    #[test]
    fn every_byte_belongs_to_one_document(text in "(a: 1|---|--- |\\.\\.\\.|#|[{}\\[\\]\"a<:]|\n|\r\n|\r| ){0,12}") {
        prop_assert_eq!(parts(&text).concat(), text.as_str());
        if let Some(end) = boundary(text.as_bytes()) {
            let longer = format!("{text}x");
            prop_assert!(split(longer.as_bytes()).any(|document| document.span.end == end));
        }
    }
}
