//! Writes the skeleton of a secrets file (`--secrets FILE`): every path and key that is read, with a word in place of each value, for a
//! person to fill in. Knows nothing of the store.

use std::collections::{BTreeSet, HashMap};

use super::super::text::one_line;
use super::ReadPlan;
use crate::placeholder::Key;
use crate::render::Read;
use crate::visible;
use crate::words::list;

/// The number of resources that are named above a secret.
const RESOURCES: usize = 3;

const HEAD: &str = "\
# Secrets for `vault-render generate --secrets FILE`: write a value in place of each <…>. `5432` is a number, `\"5432\"` is text.
";

/// A secret of the file.
#[derive(Default)]
struct Entry<'p> {
    resources: Vec<String>,
    keys: BTreeSet<&'p str>,
    is_whole: bool,
}

/// The skeleton, in the order of the input.
pub(crate) fn secrets(plan: &ReadPlan<'_>) -> String {
    let mut out = HEAD.to_owned();
    if !plan.is_complete {
        out += "# More may be missing, for there are errors.\n";
    }
    for (name, entry) in entries(plan) {
        out += &block(&name, &entry);
    }
    out
}

/// The secrets by name: one for all namespaces, as a file has none.
fn entries<'p>(plan: &'p ReadPlan<'_>) -> Vec<(String, Entry<'p>)> {
    let mut entries: Vec<(String, Entry<'p>)> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for read in &plan.reads {
        let name = name(read);
        let number = *numbers.entry(name.clone()).or_insert(entries.len());
        if number == entries.len() {
            entries.push((name, Entry::default()));
        }
        entries[number].1.add(read);
    }
    entries
}

/// `secret/data/app`, `secret/data/app#3`.
fn name(read: &Read<'_>) -> String {
    let version = read.id.version.as_ref().map(|version| format!("#{version}"));
    format!("{}{}", read.id.written_path(), version.unwrap_or_default())
}

impl<'p> Entry<'p> {
    fn add(&mut self, read: &'p Read<'_>) {
        for usage in &read.uses {
            let id = usage.gap.resource.id.to_string();
            let resource = one_line(if id.is_empty() { &usage.place.source.name } else { &id });
            if !self.resources.contains(&resource) {
                self.resources.push(resource);
            }
            match &usage.placeholder.key {
                Key::Named(key) => drop(self.keys.insert(key)),
                Key::Whole => self.is_whole = true,
            }
        }
    }
}

fn block(name: &str, entry: &Entry<'_>) -> String {
    let mut out = format!("\n# {}\n{}:\n", list::few(&entry.resources, RESOURCES), scalar(name));
    for key in &entry.keys {
        out += &format!("  {}: {}\n", scalar(key), scalar(&format!("<{key}>")));
    }
    if entry.is_whole {
        out += "  # A placeholder takes the whole secret: write all of its keys.\n";
        if entry.keys.is_empty() {
            out += "  key: <value>\n";
        }
    }
    out
}

/// Words that some reader of YAML takes for a bool or null.
const RESERVED: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// A text as a scalar of YAML: plain where no reader takes it for anything else, else in quotes.
fn scalar(text: &str) -> String {
    let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let is_reserved = |word: &&str| text.eq_ignore_ascii_case(word);
    let starts_as_text = bare.starts_with(|char: char| char.is_ascii_alphabetic());
    if !RESERVED.iter().any(is_reserved) && starts_as_text && bare.bytes().all(is_plain) {
        return text.to_owned();
    }
    visible::json(&serde_json::Value::from(text).to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_would_read_otherwise_is_quoted() {
        for (text, expected) in [
            ("secret/data/app", "secret/data/app"),
            ("<user>", "<user>"),
            ("<no>", "<no>"),
            ("no", "\"no\""),
            ("true", "\"true\""),
            ("5432", "\"5432\""),
            ("a b: #c", "\"a b: #c\""),
            ("<a\"b>", "\"<a\\\"b>\""),
            ("secret/data/app#3", "\"secret/data/app#3\""),
            ("a\u{202e}", "\"a\\u202e\""),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }
}
