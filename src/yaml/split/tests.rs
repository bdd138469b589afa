//! Where documents end.

use proptest::prelude::*;

use super::*;

fn parts(text: &str) -> Vec<&str> {
    split(text.as_bytes()).map(|document| &text[document.range()]).collect()
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn every_byte_belongs_to_one_document(text in "(a: 1|---|--- |\\.\\.\\.|#|[{}\\[\\]\"a<:]|\n|\r\n|\r| ){0,12}") {
        prop_assert_eq!(parts(&text).concat(), text.as_str());
        if let Some(end) = boundary(text.as_bytes()) {
            let longer = format!("{text}x");
            prop_assert!(split(longer.as_bytes()).any(|document| document.end == end));
        }
    }
}
