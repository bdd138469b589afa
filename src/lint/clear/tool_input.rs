//! Finds literal secrets in what helm and kustomize read: the literals of a `secretGenerator`, and passwords in values of a chart.

use std::path::Path;

use super::literal::{finding, is_harmless, names_a_secret};
use super::scan;
use crate::error::{Error, Level};
use crate::render::Document;
use crate::source::Span;
use crate::yaml::tree::{Content, NodeId, Style};

/// The ends of keys, without their separators and in small letters, whose values in a chart are secret. A bare `secret` or `key` usually
/// names something.
const SECRET_ENDS: [&str; 9] =
    ["password", "passwd", "passphrase", "pwd", "token", "apikey", "clientsecret", "secretaccesskey", "privatekey"];

pub(super) fn find(document: &Document<'_>, found: &mut Vec<Error>) {
    let Some(root) = document.tree.root() else { return };
    if let Some(generators) = document.tree.get(root, "secretGenerator") {
        document.tree.items(document.tree.target(generators)).for_each(|one| generator(document, one, found));
    } else if is_values(document) {
        values(document, found);
    }
}

/// The literals of a generator, each `KEY=VALUE`.
fn generator(document: &Document<'_>, generator: NodeId, found: &mut Vec<Error>) {
    let tree = &document.tree;
    let Some(literals) = tree.get(generator, "literals") else { return };
    for literal in tree.items(tree.target(literals)) {
        let Some((key, value)) = tree.text(literal).and_then(|text| text.split_once('=')) else { continue };
        let value = unquoted(value);
        let Some(span) = secret_span(document, literal, value) else { continue };
        let level = if names_a_secret(key) { Level::Error } else { Level::Note };
        found.push(finding(document, literal, span, level, "a literal value in a `secretGenerator`".to_owned()));
    }
}

/// Whether a document is a file of values, by its name and because it is no object of Kubernetes.
fn is_values(document: &Document<'_>) -> bool {
    let file = Path::new(&document.source.name).file_name().unwrap_or_default().to_string_lossy().into_owned();
    file.starts_with("values") && document.tree.root().is_some_and(|root| document.tree.get(root, "kind").is_none())
}

fn values(document: &Document<'_>, found: &mut Vec<Error>) {
    let tree = &document.tree;
    for (map, _) in tree.nodes().filter(|(_, node)| node.content == Content::Map) {
        for (key, value) in tree.entries(map) {
            let is_text = matches!(&tree.node(value).content, Content::Scalar(style, text) if is_text(*style, text));
            let is_secret = is_text && tree.text(key).is_some_and(is_secret_key);
            let span = tree.text(value).filter(|_| is_secret).and_then(|text| secret_span(document, value, text));
            let detail = || "a literal value under a key for a secret".to_owned();
            found.extend(span.map(|span| finding(document, value, span, Level::Warning, detail())));
        }
    }
}

/// Whether a scalar is read as text: a number of a port or an age is not a password.
fn is_text(style: Style, text: &str) -> bool {
    style != Style::Plain || text.parse::<f64>().is_err()
}

fn is_secret_key(key: &str) -> bool {
    let letters: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    SECRET_ENDS.iter().any(|end| letters.ends_with(end))
}

/// The bytes of a value that is a secret in clear, within its scalar; `None` of one that is harmless, filled, or found by its form.
fn secret_span(document: &Document<'_>, node: NodeId, value: &str) -> Option<Span> {
    let node = document.tree.target(node);
    let whole = document.tree.node(node).span;
    let written = &document.source.bytes[whole.range()];
    if document.is_filled(node) || is_harmless(value.as_bytes()) || !scan::leaks(written).is_empty() {
        return None;
    }
    let at = memchr::memmem::rfind(written, value.as_bytes()).map(|at| whole.start + at);
    Some(at.map_or(whole, |start| Span::new(start, start + value.len())))
}

/// A value without the quotes that kustomize takes off.
fn unquoted(value: &str) -> &str {
    let quotes = ['"', '\''];
    quotes.iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::render::Survey;
    use crate::source::Source;

    /// The level and the text of what is found in a file.
    fn found(name: &str, text: &str) -> Vec<(Level, String)> {
        let sources = [Arc::new(Source::new(name, text))];
        let survey = Survey::new(&sources, &Arc::default());
        let mut found = Vec::new();
        survey.documents().for_each(|document| find(document, &mut found));
        let text = |span: Span| text[span.range()].to_owned();
        found.into_iter().map(|error| (error.level, text(error.place.unwrap().span))).collect()
    }

    #[test]
    fn literals_of_generators_are_found() {
        for (literal, expected) in [
            ("password=hunter22", Some((Level::Error, "hunter22"))),
            ("'password=hunter22'", Some((Level::Error, "hunter22"))),
            ("\"password='hunter22'\"", Some((Level::Error, "hunter22"))),
            ("username=app", Some((Level::Note, "app"))),
            ("\"password=<path:secret/data/app#password>\"", None),
            ("password=${PASSWORD}", None),
            ("password=", None),
            ("password", None),
        ] {
            let text = format!("secretGenerator:\n- name: a\n  literals:\n  - {literal}\n");
            let expected: Vec<_> = expected.map(|(level, text)| (level, text.to_owned())).into_iter().collect();
            assert_eq!(found("kustomization.yaml", &text), expected, "{literal}");
        }
        assert_eq!(found("kustomization.yaml", "configMapGenerator:\n- literals: [password=hunter22]\n"), []);
    }

    #[test]
    fn passwords_in_values_are_warnings() {
        for (entry, is_found) in [
            ("password: hunter22", true),
            ("dbPassword: 'hunter22'", true),
            ("db: {clientSecret: hunter22}", true),
            ("password: \"\"", false),
            ("password:", false),
            ("password: '{{ .Values.global.password }}'", false),
            ("password: <path:secret/data/app#password>", false),
            ("existingSecret: app", false),
            ("passwordKey: password", false),
            ("automountServiceAccountToken: true", false),
            ("token: {create: true}", false),
            ("maxToken: 4096", false),
        ] {
            let expected = if is_found { vec![(Level::Warning, "hunter22".to_owned())] } else { vec![] };
            assert_eq!(found("chart/values-prod.yaml", &format!("{entry}\n")), expected, "{entry}");
            assert_eq!(found("app.yaml", &format!("{entry}\n")), [], "{entry}");
        }
    }
}
