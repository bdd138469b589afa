//! Rules about placeholders that would ship unfilled, or that mean something else than it seems.

use std::collections::HashMap;

use memchr::memmem;

use super::mistyped::{self, Typo};
use super::{Detector, Rule, annotations};
use crate::error::{Error, Kind, Level};
use crate::placeholder::{Base64, Context, INLINE, Key, Match, MatchKind, Reference, disguises, find};
use crate::render::{Document, ResourceContext};
use crate::source::{Place, Span};
use crate::yaml::tree::{Content, NodeId};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "malformed-placeholder",
        level: Level::Error,
        doc: "text that looks like a placeholder but is not one, and would ship as it is",
        explanation: "An inline placeholder is `<path:PATH#KEY>`, and `<path:PATH#KEY#VERSION>` for a version. Text that looks like one \
                      but lacks a part, or mistypes `path:`, stays as text. `<raw:…>` writes such text on purpose.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  password: <path:secret/data/app>
",
        detector: Detector::Document(mistyped),
    },
    Rule {
        id: "empty-version",
        level: Level::Warning,
        doc: "a placeholder with a second `#` and no version",
        explanation: "The newest version is read, as without the `#`. Name a version, write `latest`, or take the `#` out.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  password: <path:secret/data/app#password#>
",
        detector: Detector::Document(empty_versions),
    },
    Rule {
        id: "forgotten-bar",
        level: Level::Warning,
        doc: "a placeholder whose key ends with a modifier",
        explanation: "A modifier follows a `|`. Without one it is read as a part of the key, as keys in Vault may hold \
                      blanks. If the key is really called so, write it in double quotes: `<path:PATH#\"KEY\">`.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  password: <path:secret/data/app#password base64encode>
",
        detector: Detector::Document(forgotten_bars),
    },
    Rule {
        id: "placeholder-in-key",
        level: Level::Error,
        doc: "a placeholder in a map key",
        explanation: "Keys are never filled: the placeholder would ship as it is.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  <path:secret/data/app#name>: x
",
        detector: Detector::Document(generic_keys),
    },
    Rule {
        id: "placeholder-in-comment",
        level: Level::Note,
        doc: "a placeholder in a comment",
        explanation: "Comments are never filled; they stay as they are.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app} # like <path:secret/data/app#name>
",
        detector: Detector::Document(comments),
    },
    Rule {
        id: "hidden-placeholder",
        level: Level::Error,
        doc: "a placeholder inside an encoding that is not decoded there",
        explanation: "Base64 is decoded in a Secret's `data` only, other encodings everywhere. A placeholder that is hidden \
                      more deeply, or in base64 elsewhere, ships as it is: encode the value with `| base64encode` instead.",
        example: "apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  password: PHBhdGg6c2VjcmV0L2RhdGEvYXBwI3Bhc3N3b3JkPg==
",
        detector: Detector::Document(hidden),
    },
    Rule {
        id: "no-path-annotation",
        level: Level::Note,
        doc: "a generic placeholder on a resource without the path annotation",
        explanation: "`<key>` counts only where `avp.kubernetes.io/path` names the secret. It is reported only where something else suggests \
                      that one was meant: modifiers, another annotation of vault-render, or a value of a Secret that is nothing else.",
        example: "apiVersion: v1
kind: Secret
metadata: {name: app}
stringData:
  password: <password>
",
        detector: Detector::Document(unannotated),
    },
];

const EVERYWHERE: Context = Context { generic: false, base64: Base64::Anywhere };
const GENERIC: Context = Context { generic: true, base64: Base64::No };

/// `<path:` in hexadecimal, an encoding in which nothing is filled.
const HEXADECIMAL: &str = "3c706174683a";

fn mistyped(document: &Document<'_>, found: &mut Vec<Error>) {
    for (node, text, resource) in texts(document) {
        let generic = resource.is_some_and(|resource| resource.annotations.names_path);
        let mut wrong = mistyped::find(text, generic);
        if !wrong.is_empty() {
            let filled = find(text, Context { generic, base64: Base64::No });
            wrong.retain(|typo| !filled.iter().any(|one| one.is_filled() && one.span.start == typo.span.start));
        }
        let spans: Vec<Match> = wrong.iter().map(|wrong| malformed(wrong.span)).collect();
        for (Typo { span, reason }, place) in wrong.into_iter().zip(document.places(node, &spans)) {
            found.push(stays(&text[span.range()], &reason).at(place));
        }
    }
}

/// The finding that a text was meant as a placeholder, with how it is to be written.
pub(super) fn stays(text: &str, reason: &str) -> Error {
    let written = text.lines().next().unwrap_or_default();
    let error = Error::new(Kind::Placeholder, format!("`{written}` is not a placeholder and would stay in the output"));
    error.rule("malformed-placeholder").hint(format!("{reason}; if the text is meant, `<raw:…>` writes it"))
}

fn empty_versions(document: &Document<'_>, found: &mut Vec<Error>) {
    for usage in document.gaps.iter().flat_map(|gap| gap.placeholders()) {
        let written = &usage.placeholder.written;
        if matches!(usage.placeholder.secret, Reference::Inline { version: None, .. }) && has_empty_version(written) {
            let error = Error::warning(Kind::Placeholder, format!("`{written}` has an empty version"));
            found.push(
                error.rule("empty-version").hint("write a number or `latest`, or take the `#` out").at(usage.place),
            );
        }
    }
}

fn forgotten_bars(document: &Document<'_>, found: &mut Vec<Error>) {
    for usage in document.gaps.iter().flat_map(|gap| gap.placeholders()) {
        if let (Key::Named(key), Some(hint)) = (&usage.placeholder.key, usage.placeholder.forgotten_bar()) {
            let detail = format!("`{}` asks for the key `{key}`", usage.placeholder.on_one_line());
            found.push(Error::warning(Kind::Placeholder, detail).rule("forgotten-bar").hint(hint).at(usage.place));
        }
    }
}

/// Whether nothing follows the second `#`.
fn has_empty_version(written: &str) -> bool {
    let Some((_, key)) = written.split_once('#') else { return false };
    let key = key.trim_start();
    let after = match key.strip_prefix('"') {
        Some(quoted) => mistyped::after_quote(quoted),
        None => key,
    };
    let version = after.split('|').next().and_then(|part| part.split_once('#'));
    version.is_some_and(|(_, version)| version.trim_end_matches('>').trim().is_empty())
}

/// Reports generic placeholders in map keys. The pass reports inline ones.
fn generic_keys(document: &Document<'_>, found: &mut Vec<Error>) {
    let keys = document.tree.nodes().filter(|(id, _)| document.tree.is_key(*id));
    for (key, node) in keys.filter(|(_, node)| holds_opening(&node.content)) {
        let text = document.tree.text(key).unwrap_or_default();
        let annotated = |resource: &ResourceContext| resource.annotations.names_path && !resource.annotations.ignore;
        if document.field(key).0.is_some_and(|resource| annotated(resource))
            && find(text, GENERIC).iter().any(is_generic)
        {
            let error = Error::new(Kind::Placeholder, "a placeholder in a map key is never filled");
            let place = Place { span: node.span, ..document.place(key) };
            found.push(error.rule("placeholder-in-key").hint("fill a value instead").at(place));
        }
    }
}

fn comments(document: &Document<'_>, found: &mut Vec<Error>) {
    let bytes = &document.source.bytes;
    let begins = memmem::find_iter(&bytes[document.span.range()], INLINE).map(|at| document.span.start + at);
    let mut scalars = None;
    // Each line is searched once, however many placeholders it holds.
    let (mut hash, mut close) = ((0, None), 0);
    for at in begins {
        let scalars: &Vec<Span> = scalars.get_or_insert_with(|| spans(document));
        let next = scalars.partition_point(|span| span.start <= at);
        let line = document.source.line_span(at);
        if hash.0 != line.end {
            hash = (line.end, memchr::memchr(b'#', &bytes[line.range()]).map(|at| line.start + at));
        }
        let is_comment = hash.1.is_some_and(|hash| hash < at);
        if next.checked_sub(1).is_some_and(|last| scalars[last].end > at) || !is_comment {
            continue;
        }
        if close < at {
            close = memchr::memchr(b'>', &bytes[at..line.end]).map_or(line.end, |end| at + end);
        }
        let end = if close < line.end { close + 1 } else { at + INLINE.len() };
        let error =
            Error::note(Kind::Placeholder, "a placeholder in a comment is not filled").rule("placeholder-in-comment");
        found.push(error.at(Place::new(document.source.clone(), Span::new(at, end))));
    }
}

/// The spans of the scalars, in the order of the text.
fn spans(document: &Document<'_>) -> Vec<Span> {
    let scalars = document.tree.nodes().filter(|(_, node)| matches!(node.content, Content::Scalar(..)));
    let mut spans: Vec<Span> = scalars.map(|(_, node)| node.span).collect();
    spans.sort();
    spans
}

/// Reports encoded placeholders that are not decoded. The pass reports those that are.
fn hidden(document: &Document<'_>, found: &mut Vec<Error>) {
    let bytes = &document.source.bytes[document.span.range()];
    if !is_disguised(bytes) {
        return;
    }
    for (id, node) in document.tree.nodes() {
        let Content::Scalar(_, text) = &node.content else { continue };
        let ignored = || document.field(id).0.is_some_and(|resource| resource.annotations.ignore);
        if is_disguised(text.as_bytes()) && find(text, EVERYWHERE).is_empty() && !ignored() {
            let error = Error::new(
                Kind::Placeholder,
                "a placeholder would stay in the output: it is encoded in a way that is not read",
            )
            .rule("hidden-placeholder")
            .hint("write the placeholder as it is, with `| base64encode` where base64 is needed");
            found.push(error.at(document.place(id)));
        }
    }
}

/// Whether the bytes hold the beginning of an inline placeholder in an encoding that is not decoded.
pub(super) fn is_disguised(bytes: &[u8]) -> bool {
    let disguises = disguises().iter().map(String::as_str).chain([HEXADECIMAL]);
    disguises.into_iter().any(|disguise| memmem::find(bytes, disguise.as_bytes()).is_some())
}

fn unannotated(document: &Document<'_>, found: &mut Vec<Error>) {
    let mut annotated = HashMap::new();
    for (node, text, resource) in texts(document) {
        let Some(resource) = resource.filter(|resource| resource.is_object && !resource.annotations.names_path) else {
            continue;
        };
        let all = find(text, GENERIC);
        if !all.iter().any(is_generic) {
            continue;
        }
        let map = document.map(resource);
        let has_any = |map: Option<NodeId>| map.is_some_and(|map| annotations::has_any(document, map));
        let annotated = *annotated.entry(map).or_insert_with(|| has_any(map));
        let whole = all.len() == 1 && all[0].span == Span::new(0, text.trim_end().len());
        let in_secret = resource.id.kind == "Secret" && whole && is_data(document, node);
        for (one, place) in all.iter().zip(document.places(node, &all)) {
            if is_generic(one) && (annotated || in_secret || has_modifiers(one)) {
                let written = &text[one.span.range()];
                let detail =
                    format!("`{written}` is not filled: the resource has no annotation `avp.kubernetes.io/path`");
                let hint = "add the annotation, or write `<path:PATH#KEY>`";
                found.push(Error::note(Kind::Annotation, detail).rule("no-path-annotation").hint(hint).at(place));
            }
        }
    }
}

/// Whether a node is a value of `data` or `stringData`.
fn is_data(document: &Document<'_>, node: NodeId) -> bool {
    let field = document.field(node).1.to_string();
    field.starts_with("data") || field.starts_with("stringData")
}

fn is_generic(found: &Match) -> bool {
    matches!(&found.kind, MatchKind::Placeholder(placeholder)
        if placeholder.secret == Reference::Annotated && !placeholder.closed && placeholder.written != "<*>")
}

fn has_modifiers(found: &Match) -> bool {
    matches!(&found.kind, MatchKind::Placeholder(placeholder) if !placeholder.chain.is_empty())
}

/// The values that hold a `<`, with their resources. Ignored resources are left out.
fn texts<'d>(
    document: &'d Document<'_>,
) -> impl Iterator<Item = (NodeId, &'d str, Option<&'d std::sync::Arc<ResourceContext>>)> {
    let values = document.tree.nodes().filter(|(id, node)| holds_opening(&node.content) && !document.tree.is_key(*id));
    let texts = values.filter_map(|(id, _)| Some((id, document.tree.text(id)?, document.field(id).0)));
    texts.filter(|(_, _, resource)| !resource.is_some_and(|resource| resource.annotations.ignore))
}

fn holds_opening(content: &Content<'_>) -> bool {
    matches!(content, Content::Scalar(_, text) if memchr::memchr(b'<', text.as_bytes()).is_some())
}

fn malformed(span: Span) -> Match {
    Match { span, kind: MatchKind::Malformed(String::new()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_empty_where_nothing_stands_after_the_second_hash() {
        for (written, expected) in [
            ("<path:a#k#>", true),
            ("<path:a#k# >", true),
            ("<path:a#k# | base64encode>", true),
            ("<path:a#\"x#\"#>", true),
            ("<path:a#k#latest>", false),
            ("<path:a#k>", false),
            ("<path:a#\"k#\">", false),
            ("<path:a#k | default \"#\">", false),
        ] {
            assert_eq!(has_empty_version(written), expected, "{written}");
        }
    }
}
