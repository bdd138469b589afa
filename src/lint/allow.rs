//! Comments that accept findings: `# vault-render: allow RULE reason`, on a line or above it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use memchr::memmem;

use super::clear::Documents;
use super::{Detector, Rule, find, rules};
use crate::error::{Error, Errors, Kind, Level};
use crate::render::Survey;
use crate::source::{Place, Source, Span};
use crate::words::suggestion;

/// The rule about such comments themselves.
const ALLOW_COMMENT: &str = "allow-comment";

pub(super) static RULES: &[Rule] = &[Rule {
    id: ALLOW_COMMENT,
    level: Level::Note,
    doc: "a comment that accepts findings without a reason, or names an unknown rule",
    explanation: "`# vault-render: allow RULE reason`, on a line or above it, accepts what the rule finds there; several \
        rules are separated by commas. The reason is for whoever reads it next year.",
    example: "",
    detector: Detector::Pass,
}];

/// The words that make a comment accept a finding.
const WORDS: &str = "vault-render: allow";

/// The signs that begin comments, in the formats of files that people keep beside manifests.
const SIGNS: &[&str] = &["#", "//", "<!--", "--", ";", "/*", "%", "*"];

/// The comments of a run that accept findings.
#[derive(Debug)]
pub struct Comments {
    list: Vec<Allow>,
    /// What is accepted in each source, sorted by first byte.
    covers: HashMap<*const Source, Vec<Cover>>,
}

/// A comment that accepts findings.
#[derive(Debug)]
struct Allow {
    /// The place of the comment.
    place: Place,
    /// The first byte of the line to which it applies.
    about: usize,
    rules: Vec<String>,
    has_reason: bool,
}

/// What is accepted on one line.
#[derive(Debug)]
struct Cover {
    /// The line, and the rest of the scalars that begin on it, as no comment can be inside a scalar.
    span: Span,
    rules: HashSet<String>,
}

impl Comments {
    /// Reads the comments of manifests and other texts.
    pub fn of(survey: &Survey<'_>, others: &[Arc<Source>]) -> Self {
        let list: Vec<Allow> = survey.sources().iter().chain(others).flat_map(allows).collect();
        let mut lines: BTreeMap<_, (&Arc<Source>, HashSet<String>)> = BTreeMap::new();
        for Allow { place, about, rules, .. } in &list {
            let line = (Arc::as_ptr(&place.source), *about);
            lines.entry(line).or_insert_with(|| (&place.source, HashSet::new())).1.extend(rules.iter().cloned());
        }
        let documents = Documents::of(survey);
        let mut covers: HashMap<*const Source, Vec<Cover>> = HashMap::new();
        for ((of, about), (source, rules)) in lines {
            // The line break belongs to the line: a finding may be about an empty value at the end of the line.
            let line = Span::new(about, source.line_span(about).end + 1);
            let scalars = documents.around(source, about).and_then(|document| document.end_of_scalars(line));
            let span = Span { end: line.end.max(scalars.unwrap_or(0)), ..line };
            covers.entry(of).or_default().push(Cover { span, rules });
        }
        Self { list, covers }
    }

    /// The findings that no comment accepts, and findings about the comments themselves.
    pub fn remaining(&self, found: Errors) -> Errors {
        let found: Vec<Error> = found.into_iter().collect();
        let accepted = self.accepted(&found);
        let mut left = Errors::new();
        left.extend(found.into_iter().zip(accepted).filter(|(_, accepted)| !accepted).map(|(error, _)| error));
        left.extend(self.list.iter().flat_map(wrong));
        left
    }

    /// For each finding, whether a comment accepts it. Findings and covers are walked together, by first byte.
    fn accepted(&self, found: &[Error]) -> Vec<bool> {
        let mut accepted = vec![false; found.len()];
        let mut places: HashMap<*const Source, Vec<(usize, usize)>> = HashMap::new();
        for (number, place) in
            found.iter().enumerate().filter_map(|(number, error)| Some((number, error.place.as_ref()?)))
        {
            places.entry(Arc::as_ptr(&place.source)).or_default().push((place.span.start, number));
        }
        for (source, mut places) in places {
            places.sort_unstable();
            let mut covers = self.covers.get(&source).into_iter().flatten().peekable();
            let mut open: Vec<&Cover> = Vec::new();
            for (at, number) in places {
                while let Some(cover) = covers.next_if(|cover| cover.span.start <= at) {
                    open.push(cover);
                }
                open.retain(|cover| at < cover.span.end);
                accepted[number] = open.iter().any(|cover| cover.rules.contains(found[number].rule));
            }
        }
        accepted
    }
}

/// The comments of a text.
fn allows(source: &Arc<Source>) -> Vec<Allow> {
    let mut next = NextLines { source, lines: None };
    memmem::find_iter(&source.bytes, WORDS).filter_map(|at| allow(source, at, &mut next)).collect()
}

fn allow(source: &Arc<Source>, at: usize, next: &mut NextLines<'_>) -> Option<Allow> {
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
        place: Place::new(source.clone(), Span::new(at, line.end)),
        about: if before.trim().is_empty() { next.after(line.end) } else { line.start },
        rules: names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        has_reason: !reason.trim().is_empty(),
    })
}

/// Finds the line below a comment to which the comment applies.
struct NextLines<'s> {
    source: &'s Source,
    /// The first byte of each line that is neither blank nor a comment; computed when first needed.
    lines: Option<Vec<usize>>,
}

impl NextLines<'_> {
    /// The start of the next such line after the offset `end`, or the end of the text.
    fn after(&mut self, end: usize) -> usize {
        let lines = self.lines.get_or_insert_with(|| content_lines(&self.source.bytes));
        let next = lines.partition_point(|start| *start <= end);
        lines.get(next).copied().unwrap_or(self.source.bytes.len())
    }
}

fn content_lines(bytes: &[u8]) -> Vec<usize> {
    let mut start = 0;
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        start += line.len();
        (start - line.len(), line.trim_ascii())
    });
    let is_comment =
        |text: &[u8]| ["#", "//", "-- ", ";", "/*", "<!--"].iter().any(|sign| text.starts_with(sign.as_bytes()));
    lines.filter(|(_, text)| !text.is_empty() && !is_comment(text)).map(|(start, _)| start).collect()
}

/// The findings about a comment.
fn wrong(comment: &Allow) -> Vec<Error> {
    let note = |detail: String, hint: String| {
        Error::note(Kind::Annotation, detail).rule(ALLOW_COMMENT).hint(hint).at(comment.place.clone())
    };
    let how = || format!("write `{WORDS} RULE reason`");
    let unknown = comment.rules.iter().filter(|name| find(name).is_none());
    let mut wrong: Vec<Error> = unknown.map(|name| note(format!("`{name}` is not a rule"), rule_hint(name))).collect();
    if comment.rules.is_empty() {
        wrong.push(note("a comment that accepts a finding names no rule".to_owned(), how()));
    } else if !comment.has_reason {
        wrong.push(note("a comment that accepts a finding gives no reason".to_owned(), how()));
    }
    wrong
}

/// The rule that may be meant, or where the rules are listed.
fn rule_hint(name: &str) -> String {
    const TYPOS: usize = 3;
    match suggestion::by_edits(name, rules().map(|rule| rule.id), TYPOS) {
        Some(id) => suggestion::did_you_mean(id),
        None => "each finding and docs/rules.md name the rules".to_owned(),
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
        let survey = Survey::new(&sources, &Arc::default());
        let mut found = Errors::new();
        found.extend(check(&survey, &others));
        Comments::of(&survey, &others).remaining(found).into_iter().map(|error| error.rule).collect()
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
