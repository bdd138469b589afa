//! A no is certain: the quick tests announce every placeholder that the reader and `find` find, for every row of the tables.

use proptest::prelude::*;

use super::*;
use crate::manifest::PATH_ANNOTATION;
use crate::placeholder::{Context, find};
use crate::yaml::reader::read;
use crate::yaml::split::split;

fn is_candidate(text: &str) -> bool {
    let mut candidates = Candidates::new(text.as_bytes());
    split(text.as_bytes()).any(|document| candidates.may_hold(document))
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
        assert_eq!(is_candidate(text), expected, "{text:?}");
    }
}

#[test]
fn each_document_is_judged_by_itself() {
    let text = "a: 1\n---\na: <path:x#y>\n---\na: 2\n---\nkind: Secret\n---\na: 3\n";
    let mut candidates = Candidates::new(text.as_bytes());
    let judged: Vec<bool> = split(text.as_bytes()).map(|document| candidates.may_hold(document)).collect();
    assert_eq!(judged, [false, true, false, true, false]);
}

/// Whether a document holds a match, in any of its scalars and with the widest context.
fn holds(text: &str) -> bool {
    let Ok(tree) = read(text, Span::new(0, text.len())) else { return false };
    let scalars = || tree.nodes().filter_map(|(id, _)| tree.text(id));
    let generic = scalars().any(|text| text == PATH_ANNOTATION);
    let base64 = if scalars().any(|text| text == "Secret") { Base64::Whole } else { Base64::No };
    scalars().any(|text| !find(text, Context { generic, base64 }).is_empty())
}

/// Documents that hold `text` as a scalar, in each style that can.
fn written(text: &str) -> Vec<String> {
    let double: String = text
        .chars()
        .map(|char| if char == '"' || char == '\\' { format!("\\{char}") } else { char.to_string() })
        .collect();
    let escaped: String = text.chars().map(|char| format!("\\U{:08x}", u32::from(char))).collect();
    let lines = text.replace('\n', "\n  ");
    let scalars = [
        format!("'{}'", text.replace('\'', "''").replace('\n', "\n\n  ")),
        format!("\"{}\"", double.replace('\n', "\\n")),
        format!("\"{escaped}\""),
        format!("\"{}\"", double.replace('\n', "\\n").replace(':', "\\\n  :")),
        format!("|\n  {lines}"),
        format!(">\n  {}", text.replace('\n', "\n\n  ").replace(' ', "\n  ")),
        text.to_owned(),
    ];
    scalars.map(|scalar| format!("k: {scalar}\n")).to_vec()
}

/// Every example of the tables in up to two encodings, with the lines that its dialect and its encodings need before it.
fn examples() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for dialect in DIALECTS {
        let head = if dialect.needs_annotation { format!("a: {PATH_ANNOTATION}\n") } else { String::new() };
        assert!(!dialect.doc.is_empty(), "{} says what it looks like", dialect.name);
        for example in dialect.examples {
            texts.push((head.clone(), (*example).to_owned()));
        }
    }
    for _ in 0..2 {
        for (head, text) in texts.clone() {
            for encoding in ENCODINGS {
                let kind = if encoding.name == "base64" { "kind: Secret\n" } else { "" };
                texts.extend(encoding.encode(text.as_bytes()).map(|text| (format!("{head}{kind}"), text)));
            }
        }
    }
    texts
}

#[test]
fn every_example_of_every_row_is_announced() {
    let mut held = 0;
    for (head, text) in examples() {
        for scalar in written(&text) {
            let document = format!("{head}{scalar}");
            held += usize::from(holds(&document));
            assert!(is_candidate(&document) || !holds(&document), "{document}");
        }
    }
    assert!(held > 300, "only {held} documents hold anything");
}

#[test]
fn an_example_alone_is_found_by_its_own_row() {
    for dialect in DIALECTS {
        for example in dialect.examples {
            let matches = find(example, Context { generic: dialect.needs_annotation, base64: Base64::No });
            assert!(matches!(matches.as_slice(), [one] if one.span.range() == (0..example.len())), "{example}");
            assert!(may_hold(example), "{example}");
            let own = dialect.parse_at(example, 0, example.len() - 1, dialect.needs_annotation);
            assert!(own.is_some(), "{} does not know {example}", dialect.name);
        }
    }
}

#[test]
fn a_text_that_does_not_parse_is_looked_at_in_every_form() {
    for (text, expected) in [
        ("a: [<path:a#b>", true),
        ("a: [<  path:a#b>", true),
        ("a: [\"\\x3cpath:a#b>\"", true),
        ("a: [\"\\u003c path:a#b>\"", true),
        ("a: [\"\\U0000003Cpath:a#b>\"", true),
        ("a: [%3Cpath%3Aa", true),
        ("a: [%253Cpath%253Aa", true),
        ("a: [&lt;path:a", true),
        ("a: [PHBhdGg6YSNiPg==", true),
        ("a: [eDxwYXRoOmEjYj4=", true),
        ("a: [avp.kubernetes.io/path: x", true),
        ("a: [<raw:x>", true),
        ("a: [< raw:x>", true),
        ("a: [<key>", false),
        ("a: [x < path", false),
        ("a: [avp.kubernetes.io/ignore: x", false),
    ] {
        assert_eq!(may_hold_unparsed(text), expected, "{text}");
    }
}

/// Notation that YAML allows between the characters of a placeholder, or in their place.
const NOTATION: [&str; 22] = [
    " ",
    "\n  ",
    "\\\n  ",
    "\\n",
    "\\x3c",
    "\\u003C",
    "\\U0000003c",
    "\\ ",
    "\\t",
    "\\x70ath:",
    "p",
    "ath:",
    "''",
    "a",
    "\u{a0}",
    "\u{2028}",
    "\\_",
    "\\N",
    "\r\n  ",
    "\t",
    "\\\r\n  ",
    "#b>",
];

/// The pieces of placeholders: every example's first character and its rest, bare and in each encoding, and notation of YAML.
fn pieces() -> Vec<String> {
    let examples = DIALECTS.iter().flat_map(|dialect| dialect.examples);
    let halves = examples.flat_map(|example| [example.split_at(1).0, example.split_at(1).1]);
    let encoded =
        |half: &str| ENCODINGS.iter().filter_map(|encoding| encoding.encode(half.as_bytes())).collect::<Vec<_>>();
    let mut pieces: Vec<String> = halves.flat_map(|half| [vec![half.to_owned()], encoded(half)].concat()).collect();
    pieces.extend(NOTATION.iter().map(|piece| (*piece).to_owned()));
    pieces
}

/// Scalars that are or resemble placeholders, in every YAML style.
fn scalar() -> impl Strategy<Value = String> {
    let quote =
        prop_oneof![Just(("", "")), Just(("'", "'")), Just(("\"", "\"")), Just(("|\n  ", "")), Just((">\n  ", ""))];
    (quote, proptest::collection::vec(proptest::sample::select(pieces()), 0..8))
        .prop_map(|((open, close), pieces)| format!("k: {open}{}{close}\n", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_scan_misses_what_the_reader_finds(text in scalar()) {
        prop_assert!(is_candidate(&text) || !holds(&text), "{text:?}");
    }
}
