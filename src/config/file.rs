//! The file that `-c` names, as settings: YAML, JSON or `KEY=VALUE` lines. Knows no setting's meaning.

use std::collections::HashMap;
use std::fmt;

use zeroize::Zeroizing;

use super::Origin;
use super::read::Layer;
use crate::budget::Budget;
use crate::error::{Error, Errors, Kind};
use crate::source::{LineCounter, Source};
use crate::value::Value;
use crate::yaml::resolve::{Plain, resolve};
use crate::yaml::tree::{Content, NodeId, Style, Tree};
use crate::yaml::{self, reader, split};

/// The content of a file of settings.
#[derive(Clone)]
pub struct ConfigFile {
    /// The path, as the user wrote it.
    pub path: String,
    /// The text: YAML, JSON or an env file.
    pub text: Zeroizing<String>,
    /// Whether the path or the file itself is in the repository. If there is a tenant, the file is theirs.
    pub is_in_repository: bool,
}

impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Names with values.
type Pairs = Vec<(String, Zeroizing<String>)>;

/// The file's settings.
pub(super) fn layer(file: &ConfigFile, errors: &mut Errors) -> Layer {
    let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
    let pairs = match text {
        _ if text.trim_start().starts_with('{') => json(text).or_else(|_| yaml(text)),
        _ if is_env(text) => env(text),
        _ => yaml(text),
    };
    let pairs = pairs.unwrap_or_else(|cause| {
        let error = Error::new(Kind::Setting, format!("`{}` is not a settings file", file.path)).cause(cause);
        errors.push(error.hint("write a map of settings in YAML or JSON, or lines of `KEY=VALUE`"));
        Pairs::new()
    });
    Layer { origin: Origin::File { path: file.path.clone(), is_tenants: file.is_in_repository }, pairs }
}

/// The settings of a JSON text. A cause names a line, but never quotes it: it may hold a secret.
fn json(text: &str) -> Result<Pairs, String> {
    match Value::from_json(text.as_bytes())? {
        Value::Map(entries) => entries.iter().map(|(key, value)| pair(key, json_text(value))).collect(),
        _ => Err("not a map of settings".to_owned()),
    }
}

fn json_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(text) | Value::Text(text) => Some(text.to_string()),
        Value::List(items) => joined(items.iter().map(json_text)),
        Value::Map(_) | Value::Bytes(_) => None,
    }
}

fn yaml(text: &str) -> Result<Pairs, String> {
    // Duplicates, several documents and aliases that expand too far are errors here.
    yaml::parse_with_written_keys(text, &Budget::default()).map_err(|reason| {
        let at = reason.rfind(" (line").map_or("", |at| &reason[at..]);
        twice(text).unwrap_or_else(|| format!("not valid YAML{at}"))
    })?;
    let Some((tree, root)) = document(text) else { return Ok(Pairs::new()) };
    match &tree.node(root).content {
        Content::Scalar(Style::Plain, text) if resolve(text) == Plain::Null => return Ok(Pairs::new()),
        Content::Map => {}
        _ => return Err("not a map of settings".to_owned()),
    }
    let named = tree.entries(root).filter_map(|(key, value)| Some((name(&tree, key)?, value)));
    named.map(|(key, value)| pair(key, yaml_text(&tree, value))).collect()
}

/// The first document that is not empty.
fn document(text: &str) -> Option<(Tree<'_>, NodeId)> {
    let mut trees = split::split(text.as_bytes()).filter_map(|document| reader::read(text, document).ok());
    trees.find_map(|tree| tree.root().map(|root| (tree, root)))
}

/// The cause that a name is set twice, with both places. The parser tells neither.
fn twice(text: &str) -> Option<String> {
    let source = Source::new("", text);
    let (tree, root) = document(text)?;
    let names = tree.entries(root).filter_map(|(key, _)| Some((tree.text(key)?, tree.node(key).span.start)));
    let mut first = HashMap::new();
    for (name, at) in names {
        if let Some(before) = first.insert(name, at) {
            let ((line, _), (again, column)) = (source.line_column(before), source.line_column(at));
            return Some(format!("`{name}` is set twice: in line {line}, and again (line {again}, column {column})"));
        }
    }
    None
}

/// A key that is text: a number or null is not the name of a setting.
fn name<'t>(tree: &'t Tree<'_>, key: NodeId) -> Option<&'t str> {
    let is_plain = matches!(tree.node(key).content, Content::Scalar(Style::Plain, _));
    tree.text(key).filter(|text| !is_plain || matches!(resolve(text), Plain::Text | Plain::Bool(_)))
}

fn yaml_text(tree: &Tree<'_>, node: NodeId) -> Option<String> {
    let target = tree.target(node);
    match &tree.node(target).content {
        Content::Scalar(style, text) => match tree.node(target).tag() {
            None if *style == Style::Plain => plain_text(text),
            None | Some("tag:yaml.org,2002:str") => Some(text.to_string()),
            Some(_) => None,
        },
        Content::List => joined(tree.items(target).map(|item| yaml_text(tree, item))),
        Content::Map | Content::Alias(_) => None,
    }
}

/// A plain scalar as YAML 1.2 reads it: `yes` is text. `None` for a number that is not in its shortest form: a password `1.50` must
/// not become `1.5`.
fn plain_text(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    match resolve(text) {
        Plain::Null => Some(String::new()),
        Plain::Bool(value) if matches!(text.as_bytes()[0], b't' | b'T' | b'f' | b'F') => Some(value.to_string()),
        Plain::Number(_) if !is_octal && !text.contains('_') => is_canonical(text).then(|| text.to_owned()),
        _ => Some(text.to_owned()),
    }
}

/// Whether a number is in the form in which it would be printed.
fn is_canonical(digits: &str) -> bool {
    digits.parse::<u64>().is_ok_and(|number| number.to_string() == digits)
        || digits.parse::<i64>().is_ok_and(|number| number.to_string() == digits)
        || digits.parse::<f64>().is_ok_and(|number| format!("{number:?}") == digits)
}

fn joined(items: impl Iterator<Item = Option<String>>) -> Option<String> {
    Some(items.collect::<Option<Vec<_>>>()?.join(","))
}

fn pair(key: &str, text: Option<String>) -> Result<(String, Zeroizing<String>), String> {
    let text = text.ok_or_else(|| format!("`{key}` is neither text nor a plain number: put it in quotes"))?;
    Ok((key.to_ascii_uppercase(), Zeroizing::new(text)))
}

/// Whether the first line that is neither empty nor a comment is `KEY=…`.
fn is_env(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| key_and_rest(line).is_some())
}

/// The key and the rest of `[export ]KEY=…`.
fn key_and_rest(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, rest) = line.split_once('=')?;
    let key = key.trim();
    let name = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    name.then_some((key, rest))
}

fn env(text: &str) -> Result<Pairs, String> {
    let (mut pairs, mut rest) = (Pairs::new(), text);
    let mut lines = LineCounter::new(text.as_bytes(), 1);
    while !rest.is_empty() {
        let number = lines.number(text.len() - rest.len());
        let (line, next) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            rest = next;
            continue;
        }
        let wrong = || format!("line {number} is not `KEY=VALUE`");
        let (key, _) = key_and_rest(line).ok_or_else(wrong)?;
        let value = rest[line.find('=').map_or(0, |at| at + 1)..].trim_start_matches([' ', '\t']);
        let (value, after) = env_value(value).ok_or_else(wrong)?;
        pairs.push((key.to_ascii_uppercase(), Zeroizing::new(value)));
        rest = after;
    }
    Ok(pairs)
}

/// One value and the text after its line. A quoted value may have several lines; a `#` after a blank starts a comment.
fn env_value(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|char| matches!(char, '"' | '\''));
    let Some(quote) = quote else {
        let (line, next) = text.split_once('\n').unwrap_or((text, ""));
        let comment =
            line.char_indices().find(|(at, char)| *char == '#' && (*at == 0 || line[..*at].ends_with([' ', '\t'])));
        return Some((line[..comment.map_or(line.len(), |(at, _)| at)].trim().to_owned(), next));
    };
    let (value, after) = quoted(&text[1..], quote)?;
    let (line, next) = after.split_once('\n').unwrap_or((after, ""));
    let blank = line.trim().is_empty() || line.trim_start().starts_with('#');
    blank.then_some((value, next))
}

/// The text before the closing quote, and the text after it. Backslashes escape only in double quotes, as in a shell; `\n` is a line break.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            char if char == quote => return Some((value, &text[at + 1..])),
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => value.push('\n'),
                escaped @ ('"' | '\\' | '$' | '`') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            char => value.push(char),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pair as `KEY=VALUE`, or the error's cause.
    fn read(text: &str) -> Vec<String> {
        let file = ConfigFile { path: "avp".into(), text: text.to_owned().into(), is_in_repository: false };
        let mut errors = Errors::new();
        let layer = layer(&file, &mut errors);
        let causes = errors.iter().map(|error| error.cause.clone().unwrap_or_default());
        layer.pairs.iter().map(|(name, value)| format!("{name}={}", value.as_str())).chain(causes).collect()
    }

    #[test]
    fn yaml_json_and_env_files_say_the_same() {
        let same = ["VAULT_ADDR=https://v:8200", "VAULT_MAX_RETRIES=5", "VAULT_SKIP_VERIFY=true", "AVP_ROLE_ID=01"];
        for text in [
            "---\n# a comment\nVAULT_ADDR: https://v:8200\nVAULT_MAX_RETRIES: 5\nVAULT_SKIP_VERIFY: true\nAVP_ROLE_ID: '01'\n",
            "\u{feff}vault_addr: \"https://v:8200\"\r\nVAULT_MAX_RETRIES: 5\r\nVAULT_SKIP_VERIFY: true\r\nAVP_ROLE_ID: '01'\r\n",
            "{\"VAULT_ADDR\":\"https://v:8200\",\n\t\"VAULT_MAX_RETRIES\":5,\"VAULT_SKIP_VERIFY\":true,\"AVP_ROLE_ID\":\"01\"}",
            "{VAULT_ADDR: 'https://v:8200', VAULT_MAX_RETRIES: 5, VAULT_SKIP_VERIFY: true, AVP_ROLE_ID: '01'}",
            "# a comment\n\nexport VAULT_ADDR=https://v:8200 # there\nVAULT_MAX_RETRIES = 5\r\nVAULT_SKIP_VERIFY='true'\nAVP_ROLE_ID=\"01\"",
        ] {
            assert_eq!(read(text), same, "{text}");
        }
    }

    #[test]
    fn b31_a_number_is_its_digits() {
        assert_eq!(read("VAULT_MAX_RETRIES: 5"), ["VAULT_MAX_RETRIES=5"]);
        assert_eq!(read(r#"{"AVP_PASSWORD": 1.50}"#), ["AVP_PASSWORD=1.50"]);
        for text in ["AVP_PASSWORD: 1.50", "AVP_PASSWORD: 1e5", "AVP_PASSWORD: 0x1F", "AVP_PASSWORD: {a: b}"] {
            assert_eq!(read(text), ["`AVP_PASSWORD` is neither text nor a plain number: put it in quotes"], "{text}");
        }
    }

    #[test]
    fn a_list_is_its_names() {
        assert_eq!(read("AVP_TENANT_SETTINGS: [VAULT_ADDR, AVP_TYPE]"), ["AVP_TENANT_SETTINGS=VAULT_ADDR,AVP_TYPE"]);
    }

    #[test]
    fn quotes_in_an_env_file_are_a_shells() {
        assert_eq!(
            read("A=\"x\\n\\\"y\\\" \\$z\"\nB='a\\nb'\nC=\"one\ntwo\" # both\nD=a#b\nE=\nF= x # y\nG=a=b"),
            ["A=x\n\"y\" $z", "B=a\\nb", "C=one\ntwo", "D=a#b", "E=", "F=x", "G=a=b"]
        );
    }

    #[test]
    fn what_is_no_file_of_settings_is_an_error_without_its_content() {
        for (text, cause) in [
            ("", &[][..]),
            ("- canary", &["not a map of settings"]),
            ("canary", &["not a map of settings"]),
            ("a: canary\nb: [canary", &["not valid YAML (line "]),
            ("{\"a\": canary", &["not valid YAML (line "]),
            ("A=b\ncanary", &["line 2 is not `KEY=VALUE`"]),
            ("A='canary", &["line 1 is not `KEY=VALUE`"]),
            ("A='b' canary", &["line 1 is not `KEY=VALUE`"]),
            ("a: canary\na: canary", &["`a` is set twice: in line 1, and again (line 2, column 1)"]),
            (
                "# x\n---\n\n\"é\": canary\nb: {c: canary}\n'é': canary",
                &["`é` is set twice: in line 4, and again (line 6,"],
            ),
            ("\n{a: canary, b: canary, a: canary}", &["`a` is set twice: in line 2, and again (line 2, column 24)"]),
            ("a: {b: canary, b: canary}", &["not valid YAML"]),
        ] {
            let read = read(text);
            assert_eq!(read.len(), cause.len(), "{text}: {read:?}");
            assert!(
                read.iter().zip(cause).all(|(read, cause)| read.starts_with(cause) && !read.contains("canary")),
                "{read:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A=\"'\\\\#: \n\r{}é,-]{0,40}") {
            read(&text);
        }
    }
}
