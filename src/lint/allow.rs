//! `# vault-render: allow RULE reason`, on a line or above it: what is accepted where it stands.

use std::sync::Arc;

use memchr::memmem;

use super::clear::document;
use super::{Judge, Rule, find, rules};
use crate::error::{Error, Errors, Kind, Level};
use crate::render::{Document, Survey};
use crate::source::{Place, Source, Span};
use crate::yaml::tree::NodeId;

/// The rule of comments that accept nothing, or not why.
const ALLOW_COMMENT: &str = "allow-comment";

pub(super) static RULES: &[Rule] = &[Rule {
    id: ALLOW_COMMENT,
    level: Level::Note,
    doc: "a comment that accepts findings without a reason, or of a rule that there is not",
    explanation: "`# vault-render: allow RULE reason`, on a line or above it, accepts what the rule finds there; several \
        rules are separated by commas. The reason is for whoever reads it next year.",
    example: "",
    judge: Judge::Pass,
}];

/// What a comment of ours begins with, after its sign.
const WORDS: &str = "vault-render: allow";

/// What comments begin with, in the files that people keep beside manifests.
const SIGNS: &[&str] = &["#", "//", "<!--", "--", ";", "/*", "%", "*"];

/// The comments of a run that accept findings.
#[derive(Debug)]
pub struct Comments {
    list: Vec<Allow>,
}

/// A comment that accepts findings.
#[derive(Debug)]
struct Allow {
    /// Where it stands.
    place: Place,
    /// The line that it is about, with the scalars that begin there: no comment can stand inside of one.
    covers: Span,
    rules: Vec<String>,
    has_reason: bool,
}

impl Comments {
    /// Reads the comments of manifests and other texts.
    pub fn of(survey: &Survey<'_>, others: &[Arc<Source>]) -> Self {
        let mut list: Vec<Allow> = survey.sources().iter().chain(others).flat_map(allows).collect();
        for comment in &mut list {
            if let Some(end) = document(survey, &comment.place.source, comment.covers.start).and_then(|document| {
                scalars(document).filter(|span| comment.covers.range().contains(&span.start)).map(|span| span.end).max()
            }) {
                comment.covers.end = comment.covers.end.max(end);
            }
        }
        Self { list }
    }

    /// The findings that no comment accepts, and what is wrong with the comments.
    pub fn accept(&self, found: Errors) -> Errors {
        let is_left = |error: &Error| !self.list.iter().any(|comment| comment.accepts(error));
        let mut left = Errors::new();
        left.extend(found.into_iter().filter(is_left));
        left.extend(self.list.iter().flat_map(wrong));
        left
    }
}

impl Allow {
    fn accepts(&self, error: &Error) -> bool {
        let Some(place) = &error.place else { return false };
        Arc::ptr_eq(&place.source, &self.place.source)
            && self.rules.iter().any(|rule| rule == error.rule)
            && self.covers.range().contains(&place.span.start)
    }
}

/// The spans of a document's scalars.
fn scalars<'d>(document: &'d Document<'_>) -> impl Iterator<Item = Span> + 'd {
    let tree = &document.tree;
    let mut open: Vec<NodeId> = tree.root().into_iter().collect();
    std::iter::from_fn(move || {
        let node = open.pop()?;
        open.extend(tree.children(node));
        Some((tree.node(node).span, tree.text(node).is_some()))
    })
    .filter_map(|(span, is_scalar)| is_scalar.then_some(span))
}

/// The comments of a text.
fn allows(source: &Arc<Source>) -> Vec<Allow> {
    memmem::find_iter(&source.bytes, WORDS).filter_map(|at| allow(source, at)).collect()
}

fn allow(source: &Arc<Source>, at: usize) -> Option<Allow> {
    let line = source.line_span(at);
    let before = std::str::from_utf8(&source.bytes[line.start..at]).ok()?.trim_end();
    let sign = SIGNS.iter().find(|sign| before.ends_with(*sign))?;
    let before = &before[..before.len() - sign.len()];
    if !before.is_empty() && !before.ends_with([' ', '\t']) {
        return None;
    }
    let text = std::str::from_utf8(&source.bytes[at + WORDS.len()..line.end]).ok()?;
    let text = text.trim().trim_end_matches("-->").trim_end_matches("*/").trim();
    let (names, reason) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let about = if before.trim().is_empty() { next_line(source, line.end) } else { line.start };
    let line_end = source.line_span(about).end;
    Some(Allow {
        place: Place::new(source.clone(), Span::new(at, line.end)),
        // The line break too: a finding may be about an empty value at the end of the line.
        covers: Span::new(about, line_end + 1),
        rules: names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        has_reason: !reason.trim().is_empty(),
    })
}

/// The start of the next line that is neither blank nor a comment.
fn next_line(source: &Source, mut end: usize) -> usize {
    loop {
        let start = (end + memchr::memchr(b'\n', &source.bytes[end..]).map_or(1, |at| at + 1)).min(source.bytes.len());
        let line = source.line_span(start);
        let text = source.bytes[line.range()].trim_ascii();
        let is_comment = ["#", "//", "-- ", ";", "/*", "<!--"].iter().any(|sign| text.starts_with(sign.as_bytes()));
        if start >= source.bytes.len() || !(text.is_empty() || is_comment) {
            return start;
        }
        end = line.end;
    }
}

/// What is wrong with a comment.
fn wrong(comment: &Allow) -> Vec<Error> {
    let note = |detail: String, hint: String| {
        Error::note(Kind::Annotation, detail).rule(ALLOW_COMMENT).hint(hint).at(comment.place.clone())
    };
    let how = || format!("write `{WORDS} RULE reason`");
    let unknown = comment.rules.iter().filter(|name| find(name).is_none());
    let mut wrong: Vec<Error> = unknown.map(|name| note(format!("`{name}` is no rule"), near(name))).collect();
    if comment.rules.is_empty() {
        wrong.push(note("a comment that accepts a finding names no rule".to_owned(), how()));
    } else if !comment.has_reason {
        wrong.push(note("a comment that accepts a finding gives no reason".to_owned(), how()));
    }
    wrong
}

/// The rule that is meant, or how to find it.
fn near(name: &str) -> String {
    let near = rules().map(|rule| (strsim::damerau_levenshtein(name, rule.id), rule.id)).min();
    match near {
        Some((distance, id)) if distance <= 3 => format!("did you mean `{id}`?"),
        _ => "each finding and docs/rules.md name the rules".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    /// The rules of what is left of a manifest and of a text beside it; `ALLOW` stands for the words.
    fn left(manifest: &str, other: &str) -> Vec<&'static str> {
        let sources = [Arc::new(Source::new("a.yaml", manifest.replace("ALLOW", WORDS)))];
        let others = [Arc::new(Source::new(".env", other.replace("ALLOW", WORDS)))];
        let survey = Survey::new(&sources);
        let mut found = Errors::new();
        found.extend(check(&survey, &others));
        Comments::of(&survey, &others).accept(found).into_iter().map(|error| error.rule).collect()
    }

    /// A Secret with these lines in `stringData`.
    fn secret(lines: &str) -> String {
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n{lines}")
    }

    #[test]
    fn a_comment_on_a_line_or_above_it_accepts_what_is_there() {
        for (lines, rules) in [
            ("  a: hunter22\n", vec!["secret-in-data"]),
            ("  a: hunter22 # ALLOW secret-in-data for a demo\n", vec![]),
            ("  # ALLOW secret-in-data for a demo\n  a: hunter22\n", vec![]),
            ("  # ALLOW secret-in-data for a demo\n\n  # more\n  a: hunter22\n", vec![]),
            ("  # ALLOW known-token,secret-in-data for a demo\n  a: |\n    hunter22\n", vec![]),
            ("  # ALLOW secret-in-data for a demo\n  a: x\n  b: y\n", vec!["secret-in-data"]),
            ("  a: hunter22 # ALLOW known-token for a demo\n", vec!["secret-in-data"]),
            ("  a: hunter22 # ALLOW secret-in-data\n", vec![ALLOW_COMMENT]),
            ("  a: hunter22 # ALLOW secret-in-dat x\n", vec!["secret-in-data", ALLOW_COMMENT]),
            ("  a: hunter22 # ALLOW\n", vec!["secret-in-data", ALLOW_COMMENT]),
        ] {
            assert_eq!(left(&secret(lines), ""), rules, "{lines}");
        }
    }

    #[test]
    fn comments_of_other_files_count_and_prose_does_not() {
        let token = super::super::clear::forms().next().unwrap().example.concat();
        for (text, rules) in [
            (format!("TOKEN={token}\n"), vec!["known-token"]),
            (format!("# ALLOW known-token of a test\nTOKEN={token}\n"), vec![]),
            (format!("{token} <!-- ALLOW known-token of a test -->\n"), vec![]),
            (format!("let a = \"{token}\"; // ALLOW known-token of a test\n"), vec![]),
            ("Write `# ALLOW RULE reason` above it.\n".to_owned(), vec![]),
        ] {
            assert_eq!(left("", &text), rules, "{text}");
        }
    }

    #[test]
    fn a_comment_above_a_block_accepts_what_is_in_it() {
        let token = super::super::clear::forms().next().unwrap().example.concat();
        let comment = "  # ALLOW known-token of a test\n";
        let text = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n{comment}  a: |\n    b: 1\n    c: {token}\n"
        );
        assert_eq!(left(&text, ""), [""; 0]);
        assert_eq!(left(&text.replace(comment, ""), ""), ["known-token"]);
    }
}
