//! Text → the secrets in it that are known by how they look: one look for all their marks, then a closer one at each mark;
//! base64 is looked into. Knows neither YAML nor findings.

use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;

use super::encoded;
use super::forms::{Form, forms, is_varied};
use super::key;
use crate::source::Span;

/// How far after its mark a token is looked for.
const REACH: usize = 4096;

/// How far it is looked for at least, and how many times the way from the mark before: so all looks together take no longer than
/// the text is long, however closely its marks stand.
const LEAST_REACH: usize = 512;
const REACH_A_BYTE: usize = 64;

/// How deep base64 in base64 is looked into.
const DEPTH: usize = 3;

/// A secret in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leak {
    /// All of it, or of the base64 that holds it.
    pub(super) span: Span,
    /// What it is.
    pub(super) what: What,
    /// Whether it stands in base64.
    pub(super) encoded: bool,
    /// Whether it says itself that it is an example.
    pub(super) example: bool,
}

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A token, by its form's name.
    Token(&'static str),
    /// A private key, by its kind.
    Key(&'static str),
}

/// The secrets in a text, in order, none inside of another.
pub(super) fn leaks(bytes: &[u8]) -> Vec<Leak> {
    leaks_at(bytes, DEPTH)
}

fn leaks_at(bytes: &[u8], depth: usize) -> Vec<Leak> {
    let mut found = SCANNER.plain(bytes);
    if depth > 0 {
        for run in encoded::runs(bytes) {
            let inner = leaks_at(&run.decoded, depth - 1);
            let leaks = inner.into_iter().map(|leak| Leak { span: run.span, encoded: true, ..leak });
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

/// Every mark, and what may stand at it.
struct Scanner {
    marks: AhoCorasick,
    /// For each mark, who looks closer.
    looks: Vec<Look>,
    /// For each form its pattern, compiled when its first mark is met.
    patterns: Vec<OnceLock<Option<Regex>>>,
}

/// Who looks closer at a mark.
#[derive(Clone, Copy)]
enum Look {
    Key(key::Mark),
    Form(usize, &'static Form),
}

impl Scanner {
    fn new() -> Self {
        let keys = key::MARKS.iter().map(|mark| (mark.text, Look::Key(*mark)));
        let tokens = forms()
            .enumerate()
            .flat_map(|(index, form)| form.marks.iter().map(move |mark| (*mark, Look::Form(index, form))));
        let (marks, looks): (Vec<_>, Vec<_>) = keys.chain(tokens).unzip();
        let marks = AhoCorasick::new(marks).unwrap_or_else(|_| unreachable!("the marks are a few hundred bytes"));
        Self { marks, looks, patterns: forms().map(|_| OnceLock::new()).collect() }
    }

    /// The secrets that stand in a text as they are, in no order.
    fn plain(&self, bytes: &[u8]) -> Vec<Leak> {
        let (mut found, mut end) = (Vec::<Leak>::new(), 0);
        let mut before = vec![None; self.patterns.len()];
        for mark in self.marks.find_overlapping_iter(bytes) {
            let at = mark.start();
            let leak = match self.looks[mark.pattern().as_usize()] {
                // What begins inside of a secret is a part of it.
                Look::Key(_) if at < end => None,
                Look::Key(key) => key::find(key, bytes, at),
                Look::Form(_, form) if form.before == 0 && at < end => None,
                Look::Form(index, form) => {
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

    /// The token of a form whose mark stands at `at`, no further than `reach` behind it.
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
            what: What::Token(form.name),
            encoded: false,
            example: is_example(text),
        })
    }
}

/// A form's pattern; where the mark comes first it is not looked for elsewhere.
fn pattern(form: &Form) -> Option<Regex> {
    let anchor = if form.before == 0 { "^" } else { "" };
    Regex::new(&format!("{anchor}(?:{})", form.pattern)).ok()
}

/// Whether what comes next goes on with a word. The `n` of a `\n` begins none.
fn continues_word(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't'] => false,
        [.., last] => last.is_ascii_alphanumeric() || *last == b'_',
        [] => false,
    }
}

/// Whether a token says itself that it opens nothing.
fn is_example(token: &str) -> bool {
    let token = token.to_ascii_lowercase();
    ["example", "xxxxxx", "your", "placeholder", "changeme", "redacted"].iter().any(|word| token.contains(word))
}
