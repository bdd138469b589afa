//! Who has read what: in Vault's own audit log, and in the one that `AVP_AUDIT` names.

mod headers;
mod lines;
mod rules;
mod trouble;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// The lines of an audit, without their times.
fn lines(text: &str) -> Vec<Value> {
    let time = regex::Regex::new(r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$").unwrap();
    let parse = |line: &str| {
        let mut line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let taken = line.as_object_mut().expect("an object").remove("time");
        assert!(taken.as_ref().and_then(Value::as_str).is_some_and(|text| time.is_match(text)), "{taken:?}");
        line
    };
    text.lines().map(parse).collect()
}

/// The lines of an audit's file, sorted by path and result.
fn sorted_lines(file: &Path) -> Vec<Value> {
    let mut lines = lines(&fs::read_to_string(file).unwrap_or_default());
    lines.sort_by_key(|line| (line["path"].to_string(), line["result"].to_string()));
    lines
}

/// These members of each line, as text.
fn members(lines: &[Value], names: &[&str]) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    lines.iter().map(|line| names.iter().map(|name| text(&line[name])).collect()).collect()
}

/// A secret of the file store.
fn secrets_file(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("secrets.json");
    let secrets = json!({"app": {"k": "canary-value", "l": "other"}, "db#3": {"k": "canary-value"}});
    fs::write(&file, secrets.to_string()).unwrap();
    file
}
