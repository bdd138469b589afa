//! Which documents may hold a placeholder: a raw scan that says no only where the reader would find none.

use memchr::memmem::Finder;

use crate::source::Span;

/// Looks for the traces of placeholders, once through the text whatever the number of documents.
pub(super) struct Candidates<'a> {
    bytes: &'a [u8],
    traces: [Trace; 4],
}

/// One kind of trace, and where it comes next.
struct Trace {
    find: Find,
    next: usize,
}

enum Find {
    /// `<`, a backslash, `&`.
    Sign,
    /// `%3C`
    Percent,
    /// A name that is looked for as it stands, and what tells that it is meant.
    Word(Box<Finder<'static>>, fn(&[u8], usize) -> bool),
}

impl<'a> Candidates<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let annotation = Find::Word(Box::new(Finder::new("avp.kubernetes.io")), is_annotation);
        let secret = Find::Word(Box::new(Finder::new("Secret")), is_kind);
        let traces = [Find::Sign, Find::Percent, annotation, secret];
        Self { bytes, traces: traces.map(|find| Trace { next: 0, find }) }
    }

    /// Whether there is a trace in `document`. Documents must come in order.
    pub(super) fn any(&mut self, document: Span) -> bool {
        self.traces.iter_mut().any(|trace| {
            if trace.next <= document.start {
                trace.next = trace.find(self.bytes, document.start).unwrap_or(usize::MAX);
            }
            trace.next < document.end
        })
    }
}

impl Trace {
    fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = &bytes[from..];
        match &self.find {
            Find::Sign => {
                memchr::memchr3_iter(b'<', b'\\', b'&', rest).map(|at| from + at).find(|at| is_sign(bytes, *at))
            }
            Find::Percent => memchr::memchr_iter(b'%', rest).map(|at| from + at).find(|at| is_percent(bytes, *at)),
            Find::Word(finder, is_meant) => finder.find_iter(rest).map(|at| from + at).find(|at| is_meant(bytes, *at)),
        }
    }
}

fn is_sign(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + 1..];
    match bytes[at] {
        b'<' => starts_placeholder(rest),
        b'\\' => matches!(rest.first(), Some(b'x' | b'u' | b'U' | b'\n' | b'\r')),
        _ => is_html(rest),
    }
}

/// After `<`: blanks, line breaks, escapes, then the first letter of `path:` or `raw:`.
fn starts_placeholder(mut rest: &[u8]) -> bool {
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'\n' | b'\r' | 0x80.., rest @ ..] => rest,
            [b'\\', _, rest @ ..] => rest,
            [b'p' | b'r', ..] => return true,
            _ => return false,
        }
    }
}

/// After `%`: `3C`, itself encoded any number of times.
fn is_percent(bytes: &[u8], at: usize) -> bool {
    let mut rest = &bytes[at + 1..];
    while let [b'2', b'5', more @ ..] = rest {
        rest = more;
    }
    matches!(rest, [b'3', b'c' | b'C', ..])
}

/// After `&`: `lt`, `#60`, `#x3c`, itself encoded any number of times.
fn is_html(mut rest: &[u8]) -> bool {
    while let Some(more) = rest.strip_prefix(b"amp;") {
        rest = more;
    }
    match rest {
        [b'l' | b'L', b't' | b'T', ..] => true,
        [b'#', b'x' | b'X', rest @ ..] => matches!(without_zeros(rest), [b'3', b'c' | b'C', ..]),
        [b'#', rest @ ..] => without_zeros(rest).starts_with(b"60"),
        _ => false,
    }
}

fn without_zeros(rest: &[u8]) -> &[u8] {
    let zeros = rest.iter().take_while(|byte| **byte == b'0').count();
    &rest[zeros..]
}

/// The annotation `avp.kubernetes.io/path`, in JSON also `avp.kubernetes.io\/path`.
fn is_annotation(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + "avp.kubernetes.io".len()..];
    rest.starts_with(b"/path") || rest.starts_with(b"\\/path")
}

/// `Secret` or `SecretList` as a scalar of its own: a value begins before it and ends after it.
fn is_kind(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at + "Secret".len()..];
    let rest = rest.strip_prefix(b"List").unwrap_or(rest);
    begins_value(&bytes[..at]) && ends_value(rest)
}

fn begins_value(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'")).unwrap_or(before);
    let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let before = &before[..before.len() - blanks];
    let word = before.iter().rev().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let word = &before[before.len() - word..];
    // A tag or an anchor may stand between the key and its value.
    word.first().is_none_or(|first| matches!(first, b'!' | b'&' | b'-' | b'?'))
        || matches!(word.last(), Some(b':' | b',' | b'[' | b'{'))
}

fn ends_value(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match rest.get(blanks) {
        None | Some(b'\n' | b'\r' | b',' | b'}' | b']' | b':') => true,
        Some(b'#') => blanks > 0,
        Some(_) => false,
    }
}
