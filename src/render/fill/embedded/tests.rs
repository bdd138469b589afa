//! What values do to JSON and YAML, and what is done about it. `<>` is a placeholder, `<e>` one whose value is escaped already.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::render::fill::insertion::joined;
use crate::source::Span;
use crate::value::Value;

/// The insertions of `values` into the placeholders of `text`.
fn insertions(text: &str, values: &[&str]) -> Vec<Insertion> {
    let starts = text.match_indices('<').map(|(at, _)| at);
    let insertion = |(index, (start, value)): (usize, (usize, &&str))| Insertion {
        index,
        span: Span::new(start, start + text[start..].find('>').unwrap() + 1),
        bytes: Zeroizing::new(value.as_bytes().to_vec()),
        is_escaped: text[start..].starts_with("<e>"),
    };
    starts.zip(values).enumerate().map(insertion).collect()
}

fn damage_of(text: &str, values: &[&str]) -> Vec<(usize, Damage)> {
    damage(text, text.contains('\n'), &insertions(text, values))
}

fn filled(text: &str, values: &[&str], mode: Escape) -> String {
    let mut insertions = insertions(text, values);
    escape(text, &mut insertions, mode, &Budget::default()).unwrap();
    String::from_utf8(joined(text, &insertions).to_vec()).unwrap()
}

#[test]
fn json_is_broken_where_a_value_changes_what_stands_around_it() {
    use Damage::{Json, JsonString};
    for (text, values, expected) in [
        (r#"{"a":"<>"}"#, &["pass"][..], &[][..]),
        (r#"{"a":"<>"}"#, &["pa\"ss"], &[(0, JsonString)]),
        (r#"{"a":"<>"}"#, &["pass\\"], &[(0, JsonString)]),
        (r#"{"a":"<>"}"#, &["C:\\q"], &[(0, JsonString)]),
        (r#"{"a":"<>"}"#, &["C:\\new"], &[]),
        (r#"{"a":"<>"}"#, &["a\nb"], &[(0, JsonString)]),
        (r#"{"a":"<>"}"#, &["\\u00e9\\n"], &[]),
        (r#"{"a":"<>"}"#, &["\\u00"], &[(0, JsonString)]),
        (r#"{"a":"<>ame"}"#, &["C:\\n"], &[]),
        (r#"{"a":"<>name"}"#, &["C:\\"], &[]),
        (r#"{"a":"<><>"}"#, &["x\\", "n"], &[]),
        (r#"{"a":"<>\"b"}"#, &["x\\"], &[(0, JsonString)]),
        (r#"{"a":"<>","b":"<>"}"#, &["x\\", ",\"c\":\"d"], &[(0, JsonString), (1, JsonString)]),
        (r#"{"role":"<>"}"#, &["user\",\"role\":\"admin"], &[(0, JsonString)]),
        (r#"["<>"]"#, &["a\",\"b"], &[(0, JsonString)]),
        (r#" [{"<>": "<>"}] "#, &["a", "b\""], &[(1, JsonString)]),
        (r#"{"a":<>}"#, &["5432"], &[]),
        (r#"{"a":<>}"#, &[r#"{"b":[1,null]}"#], &[]),
        (r#"{"a":<>}"#, &["text"], &[(0, Json)]),
        (r#"{"a":<>}"#, &[""], &[(0, Json)]),
        (r#"{"a":<>}"#, &[r#"1,"admin":true"#], &[(0, Json)]),
        (r#"{"a":80<>}"#, &["80"], &[]),
        (r#"{"a":80<>}"#, &["x"], &[(0, Json)]),
        (r#"{"a":80<>}"#, &["0,\"b\":1"], &[(0, Json)]),
        (r#"["a",<>]"#, &[r#""b","c""#], &[]),
        (r#"["a",<>]"#, &["1],[2"], &[(0, Json)]),
        (r#"["a",<>]"#, &[" "], &[(0, Json)]),
        (r#"{<>:"a"}"#, &["\"k\""], &[]),
        (r#"{<>:"a"}"#, &["k"], &[(0, Json)]),
        (r#"{<>:"a"}"#, &["5"], &[(0, Json)]),
    ] {
        assert_eq!(damage_of(text, values), expected, "{text} {values:?}");
    }
}

#[test]
fn a_text_that_is_no_json_object_or_list_may_hold_anything() {
    for text in [
        "<>",
        "\"<>\"",
        "a \"<>\" b",
        "[<>]",
        "[<>, <>]",
        "{<>}",
        "{{ .a | quote \"<>\" }}",
        "{\"a\":\"<>\"} tail",
        "{\"a\":\"<>\",}",
        "{\"a\": \"<>\", <>}",
        "{\"a\":1}\n{\"b\":\"<>\"}",
        "{a: \"<>\"}",
        "{\"a\":\"\\<>\"}",
    ] {
        assert_eq!(damage(text, false, &insertions(text, &["a\"b", "c\""])), [], "{text}");
        assert_eq!(filled(text, &["a\"b", "c\""], Escape::Auto), filled(text, &["a\"b", "c\""], Escape::Off), "{text}");
    }
}

#[test]
fn yaml_is_broken_where_its_keys_and_items_change() {
    for (text, values, is_broken) in [
        ("a: <>\nb: 1\n", &["pass"][..], false),
        ("a: <>\nb: 1\n", &["x: y"], true),
        ("a: <>\nb: 1\n", &["@x"], true),
        ("a: <>\nb: 1\n", &["*x"], true),
        ("a: <>\nb: 1\n", &["\"x"], true),
        ("a: <>\nb: 1\n", &["x #y"], false),
        ("a: <>\nb: 1\n", &["1\nc: 2"], true),
        ("a: <>\nb: 1\n", &["{c: 2}"], false),
        ("a: \"<>\"\nb: 1\n", &["x\"y"], true),
        ("a: \"<>\"\nb: 1\n", &["x: y"], false),
        ("a: '<>'\nb: 1\n", &["it's"], true),
        ("a: \"u:<>\"\nb: 1\n", &["x\", c: \""], true),
        ("a: {\"b\": \"<>\"}\n", &["x\", \"c\": \"y"], true),
        ("- <>\n- a\n", &["x\n- y"], true),
        ("a:\n  <>\nb: 1\n", &["c: 1\n  d: 2"], false),
        ("a: |\n  <>\nb: 1\n", &["c: [\n  \"x"], false),
        ("a:\n- b: >-\n    <>\nc: 1\n", &["x: [\n\n    - y"], false),
        ("a: |\n  <>\nb: 1\n", &["x\ny: z"], true),
        ("a: |\n  <>\nb: 1\n", &[" x\n  y: z"], true),
        ("a: # |\n  <>\nb: 1\n", &["x: y\n  z"], true),
        ("<>: 1\nb: 2\n", &["x: y"], true),
        ("a: <>\n---\nb: 1\n", &["x\n---\ny"], true),
        ("just <> a text\n", &["x: y"], false),
        ("a: [\n<>\n", &["x: y"], false),
        ("[mysqld]\npassword=<>\n", &["x: y"], false),
    ] {
        assert_eq!(!damage_of(text, values).is_empty(), is_broken, "{text:?} {values:?}");
    }
    assert_eq!(damage("a: <>\nb: 1\n", false, &insertions("a: <>\nb: 1\n", &["x: y"])), [], "this is not a block");
}

#[test]
fn escaping_goes_by_place_not_by_value() {
    for (text, values, expected) in [
        (r#"{"a":"<>","b":<>}"#, &["x\"\n\\", "{\"c\":1}"][..], r#"{"a":"x\"\n\\","b":{"c":1}}"#),
        (r#"{"a":"<e>","b":"<>"}"#, &["x\\\"", "y\""], r#"{"a":"x\"","b":"y\""}"#),
        (r#"{"<>":1}"#, &["\t"], r#"{"\t":1}"#),
        (r#"{"a":"\\<>"}"#, &["\""], r#"{"a":"\\\""}"#),
    ] {
        assert_eq!(filled(text, values, Escape::Auto), expected);
        assert_eq!(damage_of(&expected.replace("<>", ""), &[]), []);
    }
}

/// A JSON text with placeholders in strings, the number of which is the second.
fn json_texts() -> impl Strategy<Value = String> {
    let string =
        r#"([a-z:, {}\[\]]|\\"|\\\\|\\n|\\u00e9){0,3}<>(:|\\\\|\\"|<>)?"#.prop_map(|inside| format!("\"{inside}\""));
    let leaf = prop_oneof![string.clone(), Just("1.50".to_owned()), Just("null".to_owned())];
    let nested = leaf.prop_recursive(3, 12, 3, move |inner| {
        let entry = (string.clone(), inner.clone()).prop_map(|(key, value)| format!("{key} : {value}"));
        prop_oneof![
            prop::collection::vec(inner, 1..3).prop_map(|items| format!("[{}]", items.join(" ,"))),
            prop::collection::vec(entry, 1..3).prop_map(|entries| format!("{{\n{}}}", entries.join(", "))),
        ]
    });
    nested.prop_map(|value| format!("[\"s\", {value}]\n"))
}

/// Text that likes to break things.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        r#"["\\{}\[\]:,'#\n\t \u{0}-\u{2}an/]{0,6}"#,
        any::<String>(),
        Just("\",\"admin\":\"true".to_owned()),
        Just("\\u0022".to_owned()),
        Just("\\".to_owned()),
    ]
}

/// The strings of a value, keys included, in order.
fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Text(text) => out.push(text.to_string()),
        Value::List(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            out.push(key.to_string());
            strings(value, out);
        }),
        _ => {}
    }
}

proptest! {
    #[test]
    fn escaped_values_are_in_the_json_as_they_are(text in json_texts(), values in prop::collection::vec(nasty(), 40)) {
        // A number before each value keeps the keys apart.
        let values: Vec<String> = values.iter().enumerate().map(|(index, value)| format!("{index} {value}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let out = filled(&text, &values, Escape::Auto);
        let parsed = Value::from_json(out.as_bytes()).map_err(|error| TestCaseError::fail(format!("{error}: {out}")))?;
        let (mut found, mut template) = (Vec::new(), Vec::new());
        strings(&parsed, &mut found);
        let markers: Vec<String> = (0..values.len()).map(|index| format!("\u{1}{index}\u{2}")).collect();
        let written = filled(&text, &markers.iter().map(String::as_str).collect::<Vec<_>>(), Escape::Auto);
        strings(&Value::from_json(written.as_bytes()).unwrap(), &mut template);
        let put = |string: &String| markers.iter().zip(&values).fold(string.clone(), |string, (marker, value)| string.replace(marker, value));
        prop_assert_eq!(found, template.iter().map(put).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_not_reported_is_json_still(text in json_texts(), values in prop::collection::vec(nasty(), 40)) {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if damage(&text, false, &insertions(&text, &values)).is_empty() {
            prop_assert!(Value::from_json(filled(&text, &values, Escape::Check).as_bytes()).is_ok());
        }
    }
}
