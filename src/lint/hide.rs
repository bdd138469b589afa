//! Removes secrets in clear from findings: a finding must not show its own secret, nor that of another finding.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::clear;
use crate::error::{Error, Errors, Subject};
use crate::source::{Place, Source, Span};

/// The shortest secret that is searched in the texts of findings.
const SHORTEST: usize = 6;

/// Hides the lines that hold a secret in clear, and removes the secrets from the texts of findings.
/// Needs all findings of a run, including those that a comment or the baseline accepts.
pub fn hide(found: Errors) -> Errors {
    let mut found: Vec<Error> = found.into_iter().collect();
    let mut secrets: HashMap<*const Source, Secrets> = HashMap::new();
    let about = found.iter().filter(|error| clear::is_about_a_secret(error.rule));
    for place in about.filter_map(|error| error.place.as_ref()) {
        secrets.entry(Arc::as_ptr(&place.source)).or_default().add(&place.source, place.span);
    }
    let longest = found.iter().flat_map(texts).map(str::len).max().unwrap_or(0);
    secrets.values_mut().for_each(|secrets| secrets.finish(longest));
    for error in &mut found {
        let Some(place) = error.place.clone() else { continue };
        let Some(secrets) = secrets.get(&Arc::as_ptr(&place.source)) else { continue };
        error.hidden |= secrets.share_a_line(&place);
        secrets.take_out(error);
    }
    let mut hidden = Errors::new();
    hidden.extend(found);
    hidden
}

/// The texts of a finding.
fn texts(error: &Error) -> impl Iterator<Item = &str> {
    let field = error.place.as_ref().and_then(|place| place.field.as_deref());
    let subject = error.subject.iter().flat_map(Subject::texts);
    [Some(error.detail.as_str()), error.hint.as_deref(), error.cause.as_deref(), field]
        .into_iter()
        .flatten()
        .chain(subject)
}

/// The secrets in clear in a source.
#[derive(Default)]
struct Secrets {
    /// Sorted by first byte. The end of each is the latest end of it and of all before it.
    spans: Vec<Span>,
    texts: BTreeSet<String>,
    any: Option<AhoCorasick>,
}

impl Secrets {
    fn add(&mut self, source: &Source, span: Span) {
        self.spans.push(span);
        let Ok(text) = std::str::from_utf8(&source.bytes[span.range()]) else { return };
        let text = text.trim().trim_matches(['"', '\'']);
        if text.len() >= SHORTEST {
            self.texts.insert(text.to_owned());
        }
    }

    /// Prepares the search in texts of at most `longest` bytes.
    fn finish(&mut self, longest: usize) {
        self.spans.sort();
        let mut end = 0;
        for span in &mut self.spans {
            end = end.max(span.end);
            span.end = end;
        }
        self.texts.retain(|text| text.len() <= longest);
        let mut builder = AhoCorasick::builder();
        // This kind of automaton is the quickest to build: there may be many secrets, and only few texts to search.
        builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::NoncontiguousNFA));
        self.any = builder.build(&self.texts).ok();
    }

    /// Whether the line of a place holds a part of a secret.
    fn share_a_line(&self, place: &Place) -> bool {
        let line = place.source.line_span(place.span.start);
        let before = self.spans.partition_point(|secret| secret.start <= line.end);
        self.spans[..before].last().is_some_and(|secret| line.start < secret.end)
    }

    fn take_out(&self, error: &mut Error) {
        let Some(any) = &self.any else { return };
        let field = error.place.as_mut().and_then(|place| place.field.as_mut());
        let subject = error.subject.iter_mut().flat_map(Subject::texts_mut);
        let texts = [Some(&mut error.detail), error.hint.as_mut(), error.cause.as_mut(), field];
        for text in texts.into_iter().flatten().chain(subject).filter(|text| any.is_match(text.as_str())) {
            let mut out = String::with_capacity(text.len());
            any.replace_all_with(text, &mut out, |_, _, out| {
                out.push('…');
                true
            });
            *text = out;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_secret_is_neither_shown_with_nor_named_by_another_finding() {
        let text = "a: <path:x#y | bas64> # hunter22\nb: <z>\n";
        let source = Arc::new(Source::new("x", text));
        let place = |part: &str| {
            let at = text.find(part).unwrap();
            Place::new(source.clone(), Span::new(at, at + part.len()))
        };
        let mut found = Errors::new();
        found.extend([
            Error::new(Kind::Modifier, "`hunter22`").hint("not hunter22").at(place("<path:x#y | bas64>")),
            Error::new(Kind::Value, "x").rule("known-token").at(place("hunter22")),
            Error::new(Kind::Modifier, "x").at(place("<z>")),
        ]);
        let found: Vec<Error> = hide(found).into_iter().collect();
        assert_eq!(found.iter().map(|error| error.hidden).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!((found[0].detail.as_str(), found[0].hint.as_deref()), ("`…`", Some("not …")));
    }
}
