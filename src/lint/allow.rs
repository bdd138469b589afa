//! `# vault-render: allow RULE reason`, on a line or above it: what is accepted where it stands.

use std::sync::Arc;

use memchr::memmem;

use super::clear::{document, node};
use super::{Judge, Rule, find, rules};
use crate::error::{Error, Kind, Level};
use crate::render::Survey;
use crate::source::{Place, Source, Span};

/// The rule of comments that accept nothing, or not why.
const ALLOW_COMMENT: &str = "allow-comment";

pub(super) static RULES: &[Rule] = &[Rule {
    id: ALLOW_COMMENT,
    level: Level::Note,
    doc: "a comment that accepts findings without a reason, or of a rule that there is not",
    explanation: "`# vault-render: allow RULE reason`, on a line or above it, accepts what the rule finds there; several \
        rules are separated by commas. The reason is for whoever reads it next year.",
    example: "# vault-render: allow secret-in-data\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n",
    judge: Judge::Pass,
}];

/// What a comment of ours begins with, after its sign.
const WORDS: &str = "vault-render: allow";

/// What comments begin with, in the files that people keep beside manifests.
const SIGNS: &[&str] = &["#", "//", "--", ";", "/*", "<!--", "%", "*"];

/// A comment that accepts findings.
struct Allow<'t> {
    source: Arc<Source>,
    /// Where it stands.
    span: Span,
    /// Where the line begins that it is about.
    line: usize,
    rules: Vec<&'t str>,
    has_reason: bool,
}

/// The findings that no comment accepts, and what is wrong with the comments.
pub fn accept(survey: &Survey<'_>, others: &[Arc<Source>], found: Vec<Error>) -> Vec<Error> {
    let sources: Vec<&Arc<Source>> = survey.sources().iter().chain(others).collect();
    let comments: Vec<Allow<'_>> = sources.into_iter().flat_map(allows).collect();
    if comments.is_empty() {
        return found;
    }
    let wrong: Vec<Error> = comments.iter().flat_map(wrong).collect();
    let is_left = |error: &Error| !comments.iter().any(|comment| comment.accepts(error, survey));
    found.into_iter().filter(is_left).chain(wrong).collect()
}

impl Allow<'_> {
    fn accepts(&self, error: &Error, survey: &Survey<'_>) -> bool {
        let Some(place) = &error.place else { return false };
        Arc::ptr_eq(&place.source, &self.source)
            && self.rules.contains(&error.rule)
            && (self.is_about(place.span.start) || scalar(survey, place).is_some_and(|start| self.is_about(start)))
    }

    fn is_about(&self, offset: usize) -> bool {
        self.source.line_span(offset).start == self.line
    }
}

/// Where the scalar around a place begins: no comment can stand inside of one.
fn scalar(survey: &Survey<'_>, place: &Place) -> Option<usize> {
    let document = document(survey, place)?;
    match node(document, place.span.start) {
        (Some(node), true) => Some(document.tree.node(node).span.start),
        _ => None,
    }
}

/// The comments of a text.
fn allows(source: &Arc<Source>) -> Vec<Allow<'_>> {
    memmem::find_iter(&source.bytes, WORDS).filter_map(|at| allow(source, at)).collect()
}

fn allow(source: &Arc<Source>, at: usize) -> Option<Allow<'_>> {
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
    Some(Allow {
        source: source.clone(),
        span: Span::new(at, line.end),
        line: if before.trim().is_empty() { next_line(source, line.end) } else { line.start },
        rules: names.split(',').filter(|name| !name.is_empty()).collect(),
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
fn wrong(comment: &Allow<'_>) -> Vec<Error> {
    let note = |detail: String, hint: String| {
        let place = Place::new(comment.source.clone(), comment.span);
        Error::note(Kind::Annotation, detail).rule(ALLOW_COMMENT).hint(hint).at(place)
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
        _ => "the end of each finding's first line and docs/rules.md name the rules".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    /// The rules of what is left of a manifest and of a text beside it.
    fn left(manifest: &str, other: &str) -> Vec<&'static str> {
        let sources = [Arc::new(Source::new("a.yaml", manifest))];
        let others = [Arc::new(Source::new(".env", other))];
        let survey = Survey::new(&sources);
        let found = check(&survey, &others);
        accept(&survey, &others, found).into_iter().map(|error| error.rule).collect()
    }

    /// A Secret with these lines in `stringData`.
    fn secret(lines: &str) -> String {
        format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n{lines}")
    }

    #[test]
    fn a_comment_on_a_line_or_above_it_accepts_what_is_there() {
        for (lines, rules) in [
            ("  a: hunter22\n", vec!["secret-in-data"]),
            ("  a: hunter22 # vault-render: allow secret-in-data for a demo\n", vec![]),
            ("  # vault-render: allow secret-in-data for a demo\n  a: hunter22\n", vec![]),
            ("  # vault-render: allow secret-in-data for a demo\n\n  # more\n  a: hunter22\n", vec![]),
            ("  # vault-render: allow known-token,secret-in-data for a demo\n  a: |\n    hunter22\n", vec![]),
            ("  # vault-render: allow secret-in-data for a demo\n  a: x\n  b: y\n", vec!["secret-in-data"]),
            ("  a: hunter22 # vault-render: allow known-token for a demo\n", vec!["secret-in-data"]),
            ("  a: hunter22 # vault-render: allow secret-in-data\n", vec![ALLOW_COMMENT]),
            ("  a: hunter22 # vault-render: allow secret-in-dat x\n", vec!["secret-in-data", ALLOW_COMMENT]),
            ("  a: hunter22 # vault-render: allow\n", vec!["secret-in-data", ALLOW_COMMENT]),
        ] {
            assert_eq!(left(&secret(lines), ""), rules, "{lines}");
        }
    }

    #[test]
    fn comments_of_other_files_count_and_prose_does_not() {
        let token = super::super::clear::forms().next().unwrap().example.concat();
        for (text, rules) in [
            (format!("TOKEN={token}\n"), vec!["known-token"]),
            (format!("# vault-render: allow known-token of a test\nTOKEN={token}\n"), vec![]),
            (format!("{token} <!-- vault-render: allow known-token of a test -->\n"), vec![]),
            (format!("let a = \"{token}\"; // vault-render: allow known-token of a test\n"), vec![]),
            ("Write `# vault-render: allow RULE reason` above it.\n".to_owned(), vec![]),
        ] {
            assert_eq!(left("", &text), rules, "{text}");
        }
    }

    #[test]
    fn a_comment_above_a_block_accepts_what_is_in_it() {
        let token = super::super::clear::forms().next().unwrap().example.concat();
        let comment = "  # vault-render: allow known-token of a test\n";
        let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n{comment}  a: |\n    b: 1\n    c: {token}\n");
        assert_eq!(left(&text, ""), [""; 0]);
        assert_eq!(left(&text.replace(comment, ""), ""), ["known-token"]);
    }
}
