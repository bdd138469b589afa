//! Masked rendering and rendering from a record agree with each other, and neither shows a value.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Record;
use crate::budget::Budget;
use crate::error::{Error, Errors, Kind};
use crate::render::{FillOptions, Filling, Joiner, Mask, MaskForm, Options, Plan, ValueSource, fill, plan};
use crate::secret::{Outcome, Secret, SecretId, Secrets, Version};
use crate::source::Source;
use crate::value::Value;

const CANARY: &str = "zq7Xk3vWn9Rb5Tg2";

const MANIFESTS: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: <path:a/b#name>
  annotations: {avp.kubernetes.io/path: a/b, avp.kubernetes.io/remove-missing: "true"}
stringData:
  whole: <text>
  inside: "https://u:<text>@<path:a/b#text | urlencode>:<number>/"
  lines: |
    first
    <lines>
  gone: <none>
  gone-too: <path:no/such#k>
  old: <path:a/b#text#7>
  stands-in: <none | default "x">
  null: <null | default 3>
  markup: <b>x</b>
  json: '{"a": "<lines | jsonEscape>", "b": <map | toJson>, "n": <number>}'
  url: "x?q=%3Cpath%3Aa%2Fb%23lines%3E"
  html: "&lt;path:a/b#lines&gt;"
  parsed: <json | jsonPath {.x}>
data:
  encoded: <text | base64encode>
  number: <number | base64encode>
  bytes: <bytes | base64encode>
  layers: PHBhdGg6YS9iI3RleHQ+ # <path:a/b#text>
  auth: eyJhdXRoIjoiUEhCaGRHZzZZUzlpSTNSbGVIUSsifQ== # {"auth": base64 of <path:a/b#text>}
---
apiVersion: example.org/v1
kind: Custom
metadata: {name: c}
spec:
  number: <path:a/b#number>
  bool: <path:a/b#bool>
  null: <path:a/b#null>
  list: <path:a/b#list>
  map: <path:a/b#map>
  parsed: <path:a/b#json | jsonParse>
  again: [<path:a/b#text>, <path:a/b#"odd | key">]
---
apiVersion: v1
kind: Secret
metadata: {name: all}
data: <path:a/c#*>
"#;

fn secrets() -> Secrets {
    let binary = [b"\xff".as_slice(), CANARY.as_bytes()].concat();
    let json = serde_json::json!({
        "name": "app", "text": CANARY, "lines": format!("{CANARY}\n{CANARY}\n"), "number": 7_391_846_205_u64, "bool": true,
        "null": null, "list": [CANARY, [CANARY, 7_391_846_205_u64]], "map": {"k": CANARY, "deep": {"m": CANARY}},
        "json": format!("{{\"x\":\"{CANARY}\",\"y\":[1.50]}}"), "odd | key": CANARY,
    });
    let Value::Map(mut entries) = Value::from_json(json.to_string().as_bytes()).unwrap() else { unreachable!() };
    entries.push(("bytes".to_owned().into(), Value::bytes(binary)));
    let found = |data| Outcome::Found(Secret::new(data));
    let id = |path: &str, version: Option<u64>| SecretId {
        path: path.into(),
        version: version.map(Version::from),
        ..SecretId::default()
    };
    let mut secrets = Secrets::default();
    let other = Value::from_json(format!("{{\"k\":\"{CANARY}\",\"n\":7391846205}}").as_bytes()).unwrap();
    secrets.insert(id("a/b", None), found(Value::Map(entries)));
    secrets.insert(id("a/c", None), found(other));
    secrets.insert(id("a/b", Some(7)), Outcome::NoVersion(Error::new(Kind::Missing, "no version")));
    secrets.insert(id("no/such", None), Outcome::NoPath(Error::new(Kind::Missing, "no path")));
    secrets
}

fn planned(sources: &[Arc<Source>]) -> Plan<'_> {
    let mut errors = Errors::new();
    let plan = plan(sources, &Options::default(), &Arc::default(), &mut errors);
    assert!(!errors.any(), "{:?}", errors.iter().next());
    plan
}

fn rendered(sources: &[Arc<Source>], values: ValueSource<'_>) -> String {
    let mut errors = Errors::new();
    let rendered = fill(
        &planned(sources),
        values,
        Filling { options: &FillOptions::default(), budget: &Budget::default() },
        &mut errors,
    );
    assert!(!errors.any(), "{:?}", errors.iter().next());
    String::from_utf8(Joiner::default().write_all(sources, &rendered).concat()).unwrap()
}

fn sources() -> [Arc<Source>; 1] {
    [Arc::new(Source::new("m.yaml", MANIFESTS))]
}

/// The record of the manifests, through its file.
fn record(mask: Option<&Mask>) -> (String, Record) {
    let sources = sources();
    let text = Record::of(
        &planned(&sources),
        &secrets(),
        mask,
        Filling { options: &FillOptions::default(), budget: &Budget::default() },
    )
    .text();
    let record = Record::parse("r.json", &text).unwrap();
    assert_eq!(record.text(), text);
    (text, record)
}

/// The text and the decoded base64 in it, at any depth.
fn decoded(text: &str) -> String {
    let words = text.split(|char: char| !(char.is_ascii_alphanumeric() || "+/=".contains(char)));
    let inner =
        words.filter_map(|word| String::from_utf8(STANDARD.decode(word).ok()?).ok()).filter(|word| !word.is_empty());
    inner.fold(text.to_owned(), |all, word| all + "\n" + &decoded(&word))
}

/// Slices of the secret values that are in `text`, plain, backwards or encoded.
fn leaks(text: &str) -> Vec<String> {
    let text = decoded(text).to_lowercase();
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let base64 = (0..3).map(|skip| STANDARD.encode(&CANARY.as_bytes()[skip..]).trim_end_matches('=').to_owned());
    let whole = base64.chain([CANARY.to_owned(), CANARY.chars().rev().collect(), hex, "7391846205".to_owned()]);
    let pieces = whole
        .flat_map(|whole| (0..=whole.len() - 6).map(move |at| whole[at..at + 6].to_lowercase()).collect::<Vec<_>>());
    pieces.filter(|piece| text.contains(piece)).collect()
}

#[test]
fn nothing_of_a_value_is_seen() {
    let mask = Mask::new(b"key");
    assert!(!leaks(&rendered(&sources(), ValueSource::Clear(&secrets()))).is_empty());
    for form in [MaskForm::Marked, MaskForm::Valid] {
        let masked = rendered(&sources(), ValueSource::Masked(&secrets(), &mask, form));
        assert_eq!(leaks(&masked), [""; 0], "{masked}");
    }
    for mask in [None, Some(&mask)] {
        let (text, record) = record(mask);
        assert_eq!(leaks(&text), [""; 0], "{text}");
        assert_eq!(leaks(&format!("{record:?}")), [""; 0]);
        assert_eq!(leaks(&rendered(&sources(), ValueSource::Recorded(&record))), [""; 0]);
    }
}

#[test]
fn a_record_with_fingerprints_renders_as_the_store_does_masked() {
    let mask = Mask::new(b"key");
    let record = record(Some(&mask)).1;
    for (form, record) in [(MaskForm::Marked, record.shown(&mask)), (MaskForm::Valid, record)] {
        let masked = rendered(&sources(), ValueSource::Masked(&secrets(), &mask, form));
        assert_eq!(masked, rendered(&sources(), ValueSource::Recorded(&record)));
    }
}

#[test]
fn structure_and_types_stay() {
    let mask = Mask::new(b"key");
    let masked = rendered(&sources(), ValueSource::Masked(&secrets(), &mask, MaskForm::Marked));
    let [text, number] = [CANARY, "7391846205"].map(|value| mask.fingerprint(value.as_bytes()));
    let number = number.number_mark();
    let (mark, encoded) = (text.mark(), STANDARD.encode(text.mark()));
    for line in [
        format!("  whole: '{mark}'\n"),
        format!("@{}:{}/\"\n", mask.fingerprint(CANARY.as_bytes()).mark(), number),
        format!("  encoded: {encoded}\n"),
        format!("  layers: {encoded} #"),
        format!("  number: '{number}'\n"),
        "  null: null\n".to_owned(),
        "  markup: <b>x</b>\n".to_owned(),
        format!("  name: '{}'\n", mask.fingerprint(b"app").mark()),
        format!("    first\n    {}\n  stands-in", mask.fingerprint(format!("{CANARY}\n{CANARY}\n").as_bytes()).mark()),
        format!("  url: \"x?q=%3Credacted%3A{}%3E\"\n", mask.fingerprint(format!("{CANARY}\n{CANARY}\n").as_bytes())),
        format!("  html: \"&lt;redacted:{}&gt;\"\n", mask.fingerprint(format!("{CANARY}\n{CANARY}\n").as_bytes())),
        format!("\"n\": {number}}}'\n"),
    ] {
        assert!(masked.contains(&line), "{line} is not in:\n{masked}");
    }
    assert!(!masked.contains("gone"), "{masked}");
}

#[test]
fn without_a_key_there_is_no_fingerprint_and_each_placeholder_has_its_own_mask() {
    let (text, record) = record(None);
    let digits = regex::Regex::new(r"[0-9a-f]{10}").unwrap();
    assert!(!digits.is_match(&text), "{text}");
    let offline = rendered(&sources(), ValueSource::Recorded(&record));
    let mark = |field: &str| {
        let line = offline.lines().find(|line| line.trim_start().starts_with(field)).expect(field);
        digits.find(line).expect(field).as_str().to_owned()
    };
    assert_ne!(mark("whole:"), mark("parsed:"));
    assert_ne!(mark("whole:"), mark("stands-in:"));
    assert!(!offline.contains("gone"), "{offline}");
}

#[test]
fn what_is_not_recorded_is_an_error_that_says_how() {
    let (_, record) = record(None);
    for placeholder in ["<path:a/b#text | toJson>", "<path:a/b#new>", "<path:a/x#text>", "<path:a/b#text#3>"] {
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData:\n  k: {placeholder}\n");
        let sources = [Arc::new(Source::new("m.yaml", text))];
        let mut errors = Errors::new();
        fill(
            &planned(&sources),
            ValueSource::Recorded(&record),
            Filling { options: &FillOptions::default(), budget: &Budget::default() },
            &mut errors,
        );
        let error = errors.iter().next().unwrap();
        assert_eq!(error.to_string(), format!("`{placeholder}`: not in the record `r.json`"));
        assert!(
            error.hint.as_ref().is_some_and(|hint| hint.contains("vault-render record PATH… -o r.json")),
            "{error:?}"
        );
    }
}

#[test]
fn what_is_no_record_is_refused_and_not_quoted() {
    for (text, detail) in [
        ("canary", "`r.json` is not a record"),
        ("{\"canary\": 1}", "`r.json` is not a record"),
        ("[]", "`r.json` is not a record"),
        ("{\"version\": 3, \"canary\": []}", "the record `r.json` has version 3, this program knows 1 and 2"),
        ("{\"version\": 1}", "the record `r.json` is damaged"),
        ("{\"version\": 1, \"secrets\": [], \"canary\": 1}", "the record `r.json` is damaged"),
        (
            "{\"version\": 1, \"secrets\": [{\"path\": \"a\", \"values\": {\"k\": \"canary\"}}]}",
            "the record `r.json` is damaged",
        ),
        (
            "{\"version\": 1, \"secrets\": [{\"path\": \"a\", \"values\": {\"k\": \"text canary\"}}]}",
            "the record `r.json` is damaged",
        ),
        (
            "{\"version\": 1, \"secrets\": [{\"path\": \"a\", \"values\": {\"k\": 5}}]}",
            "the record `r.json` is damaged",
        ),
        (
            "{\"version\": 1, \"secrets\": [{\"path\": \"a\", \"engine\": 3, \"values\": {}}]}",
            "the record `r.json` is damaged",
        ),
    ] {
        let error = Record::parse("r.json", text).unwrap_err();
        assert_eq!(error.detail, detail);
        assert!(!format!("{error:?}").contains("canary") && error.hint.is_some(), "{error:?}");
    }
}

#[test]
fn a_record_of_version_1_is_read() {
    let new = record(Some(&Mask::new(b"key"))).0;
    let class = regex::Regex::new(r#""(text|number|bool)( [a-z0-9-]+)?( \d/\d)? ([0-9a-f]{10})""#).unwrap();
    let old = class.replace_all(&new, "\"$1 $4\"").replace("\"version\": 2", "\"version\": 1");
    assert_ne!(old.matches(' ').count(), new.matches(' ').count(), "{new}");
    let record = Record::parse("r.json", &old).unwrap();
    assert_eq!(leaks(&rendered(&sources(), ValueSource::Recorded(&record))), [""; 0]);
    let mask = Mask::new(b"key");
    let masked = rendered(&sources(), ValueSource::Masked(&secrets(), &mask, MaskForm::Marked));
    assert_eq!(masked, rendered(&sources(), ValueSource::Recorded(&record.shown(&mask))));
}

/// The masks of a manifest's only value, clear and from a record, are the same.
fn valid(manifest: &str, value: &str) -> String {
    let sources = [Arc::new(Source::new("m.yaml", manifest))];
    let data = Value::from_json(format!("{{\"k\":{value}}}").as_bytes()).unwrap();
    let id = SecretId { path: "a".into(), ..SecretId::default() };
    let mut secrets = Secrets::default();
    secrets.insert(id, Outcome::Found(Secret::new(data)));
    let mask = Mask::new(b"key");
    let masked = rendered(&sources, ValueSource::Masked(&secrets, &mask, MaskForm::Valid));
    let text = Record::of(
        &planned(&sources),
        &secrets,
        Some(&mask),
        Filling { options: &FillOptions::default(), budget: &Budget::default() },
    )
    .text();
    let record = Record::parse("r.json", &text).unwrap();
    assert_eq!(masked, rendered(&sources, ValueSource::Recorded(&record)), "{text}");
    masked.lines().last().unwrap_or_default().trim().to_owned()
}

#[test]
fn a_mask_is_valid_where_it_stands() {
    for (kind, path, value, expected) in [
        ("Secret", "stringData/k", "\"x\"", "^k: '<redacted:[0-9a-f]{10}>'$"),
        ("Secret", "data/k", "\"eA==\"", "^k: PHJlZGFjdGVk"),
        ("Secret", "stringData/k", r#""{\"user\":\"x\"}""#, r#"^k: '\{"redacted":"<redacted:[0-9a-f]{10}>"\}'$"#),
        ("Secret", "stringData/.dockerconfigjson", "\"x\"", r#"^.dockerconfigjson: '\{"auths":\{"redacted-"#),
        ("Service", "spec/ports/-/nodePort", "31000", r"^- nodePort: 3[0-2]\d{3}$"),
        ("Service", "spec/ports/-/port", "\"443\"", r"^- port: \d{1,5}$"),
        ("Service", "spec/ports/-/targetPort", "\"https\"", "^- targetPort: r-[0-9a-f]{10}$"),
        ("Service", "spec/externalIPs/-", "\"1.2.3.4\"", r"^- '198\.1[89]\.\d+\.\d+'$"),
        ("Service", "spec/selector/app", "\"web\"", "^app: redacted-[0-9a-f]{10}$"),
        ("Service", "metadata/labels/n", "5", "^n: redacted-[0-9a-f]{10}$"),
        ("CronJob", "spec/schedule", "\"@daily\"", r"^schedule: '?\d+ \d+ \d+ \d+ \*'?$"),
        ("Ingress", "spec/rules/-/host", "\"*.a.org\"", r#"^- host: '\*\.redacted-[0-9a-f]{10}\.invalid'$"#),
        ("Custom", "spec/x", "\"https://a.org/\"", r"^x: https://redacted-[0-9a-f]{10}\.invalid/$"),
        ("Custom", "spec/x", "\"1h\"", r"^x: '?\d{1,5}m'?$"),
        ("Custom", "spec/x", "7", r"^x: \d{1,10}$"),
        ("Custom", "spec/x", "\"7\"", "^x: '<redacted:[0-9a-f]{10}>'$"),
        ("Custom", "spec/x", "true", "^x: (true|false)$"),
        ("Custom", "spec/x", "\"word\"", "^x: '<redacted:[0-9a-f]{10}>'$"),
    ] {
        let manifest = manifest(kind, path);
        let shown = valid(&manifest, value);
        assert!(regex::Regex::new(expected).unwrap().is_match(&shown), "{kind} {path} {value}: {shown}");
    }
}

/// A resource with a placeholder in a field; `-` in its path is the first item of a list.
fn manifest(kind: &str, path: &str) -> String {
    let version = if kind == "Custom" { "example.org/v1" } else { "v1" };
    let mut text = format!("apiVersion: {version}\nkind: {kind}\n");
    let mut indent = String::new();
    for part in path.split('/') {
        match part {
            "-" => text += &format!("{indent}- "),
            key if text.ends_with("- ") => text += &format!("{key}:\n"),
            key => text += &format!("{indent}{key}:\n"),
        }
        indent += "  ";
    }
    format!("{} <path:a#k>\n", text.trim_end())
}
