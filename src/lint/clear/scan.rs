//! Finds secrets of a known form in a text: one pass finds the marks of all forms, then each mark is examined. Base64 is decoded
//! and searched as well. Knows neither YAML nor findings.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;

use super::encoded;
use super::forms::{Form, forms, is_varied};
use super::key;
use super::leak::{Leak, LeakKind};
use crate::source::Span;

/// The most bytes after its mark in which a token is searched.
const REACH: usize = 4096;

/// The least number of those bytes, and how many for each byte since the mark before. With many marks in a row, the time stays
/// proportional to the length of the text.
const LEAST_REACH: usize = 512;
const REACH_A_BYTE: usize = 64;

/// How many layers of base64 are decoded.
const DEPTH: usize = 3;

/// The secrets in a text, in order. None lies inside another.
pub(super) fn leaks(bytes: &[u8]) -> Vec<Leak> {
    leaks_at(bytes, DEPTH)
}

fn leaks_at(bytes: &[u8], depth: usize) -> Vec<Leak> {
    let mut found = SCANNER.plain(bytes);
    if depth > 0 {
        for run in encoded::runs(bytes) {
            let inner = leaks_at(&run.decoded, depth - 1);
            let leaks = inner.into_iter().map(|leak| Leak { span: run.span, is_encoded: true, ..leak });
            found.extend(leaks.take(1));
        }
    }
    found.sort_by_key(|leak| (leak.span.start, std::cmp::Reverse(leak.span.end)));
    let mut end = 0;
    found.retain(|leak| {
        let is_apart = leak.span.start >= end;
        end = end.max(leak.span.end);
        is_apart
    });
    found
}

static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// All marks, and the kinds of secret to which they belong.
struct Scanner {
    marks: AhoCorasick,
    /// What to examine at each mark.
    candidates: Vec<Candidate>,
    /// The pattern of each form, compiled at its first mark.
    patterns: Vec<OnceLock<Option<Regex>>>,
}

/// What to examine at a mark.
#[derive(Clone, Copy)]
enum Candidate {
    Key(key::Mark),
    Form(usize, &'static Form),
}

impl Scanner {
    fn new() -> Self {
        let keys = key::MARKS.iter().map(|mark| (mark.text, Candidate::Key(*mark)));
        let tokens = forms()
            .enumerate()
            .flat_map(|(index, form)| form.marks.iter().map(move |mark| (*mark, Candidate::Form(index, form))));
        let (marks, candidates): (Vec<_>, Vec<_>) = keys.chain(tokens).unzip();
        let marks = AhoCorasick::new(marks).unwrap_or_else(|_| unreachable!("the marks are a few hundred bytes"));
        Self { marks, candidates, patterns: forms().map(|_| OnceLock::new()).collect() }
    }

    /// The secrets in a text itself, without its base64, in no particular order.
    fn plain(&self, bytes: &[u8]) -> Vec<Leak> {
        let (mut found, mut end) = (Vec::<Leak>::new(), 0);
        let mut before = vec![None; self.patterns.len()];
        for mark in self.marks.find_overlapping_iter(bytes) {
            let at = mark.start();
            let leak = match self.candidates[mark.pattern().as_usize()] {
                // A mark inside a secret belongs to that secret.
                Candidate::Key(_) if at < end => None,
                Candidate::Key(key) => key::find(key, bytes, at),
                Candidate::Form(_, form) if form.before == 0 && at < end => None,
                Candidate::Form(index, form) => {
                    let way = before[index].replace(at).map_or(REACH, |before| at - before);
                    let reach = way.saturating_mul(REACH_A_BYTE).clamp(LEAST_REACH, REACH);
                    self.token(index, form, bytes, at, reach)
                }
            };
            end = end.max(leak.as_ref().map_or(0, |leak| leak.span.end));
            found.extend(leak);
        }
        found
    }

    /// The token of a form whose mark is at the offset `at`, within `reach` bytes.
    fn token(&self, index: usize, form: &Form, bytes: &[u8], at: usize, reach: usize) -> Option<Leak> {
        let start = at.saturating_sub(form.before);
        if form.before == 0 && continues_word(&bytes[..at]) {
            return None;
        }
        let window = &bytes[start..bytes.len().min(at + reach)];
        let pattern = self.patterns[index].get_or_init(|| pattern(form)).as_ref()?;
        let found = pattern
            .captures_iter(window)
            .find(|found| found.get(0).is_some_and(|all| all.start() <= at - start && at - start < all.end()))?;
        let token = found.get(1).or(found.get(0))?;
        let text = std::str::from_utf8(token.as_bytes()).ok()?;
        let body = form.marks.iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
        (is_varied(body) && (form.check)(text)).then(|| Leak {
            span: Span::new(start + token.start(), start + token.end()),
            kind: LeakKind::Token(form.name),
            is_encoded: false,
            is_example: is_example(text),
        })
    }
}

/// The compiled pattern of a form. A form that begins with its mark matches only there.
fn pattern(form: &Form) -> Option<Regex> {
    let anchor = if form.before == 0 { "^" } else { "" };
    Regex::new(&format!("{anchor}(?:{})", form.pattern)).ok()
}

/// Whether the next byte would continue a word. The `n` of a `\n` does not begin one.
fn continues_word(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => false,
        [.., last] => last.is_ascii_alphanumeric() || *last == b'_',
        [] => false,
    }
}

/// Whether a token says that it is only an example.
fn is_example(token: &str) -> bool {
    let token = token.to_ascii_lowercase();
    ["example", "xxxxxx", "your", "placeholder", "changeme", "redacted"].iter().any(|word| token.contains(word))
}
