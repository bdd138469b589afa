//! Which documents may hold a placeholder: a raw scan that says no only where the reader would find none.

use memchr::memmem;

use crate::source::Span;

/// Looks for the traces of placeholders, once through the text whatever the number of documents.
pub(super) struct Candidates<'a> {
    bytes: &'a [u8],
    /// Where each trace comes next.
    next: [usize; TRACES.len()],
}

/// Finds the first trace of its kind from an offset on.
type Find = fn(&[u8], usize) -> Option<usize>;

const TRACES: [Find; 4] = [sign, percent, annotation, kind];

impl<'a> Candidates<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: [0; TRACES.len()] }
    }

    /// Whether there is a trace in `document`. Documents must come in order.
    pub(super) fn any(&mut self, document: Span) -> bool {
        self.next.iter_mut().zip(TRACES).any(|(next, find)| {
            if *next <= document.start {
                *next = find(self.bytes, document.start).unwrap_or(usize::MAX);
            }
            *next < document.end
        })
    }
}

/// `<` before a placeholder, an escape that may be one, an HTML entity that may be one.
fn sign(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr3_iter(b'<', b'\\', b'&', &bytes[from..]).map(|at| from + at).find(|at| is_sign(bytes, *at))
}

/// `%3C`, and what else may lead to a `<` in another encoding.
fn percent(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'%', &bytes[from..]).map(|at| from + at).find(|at| is_percent(bytes, *at))
}

/// The annotation's name.
fn annotation(bytes: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(&bytes[from..], "avp.kubernetes.io").map(|at| from + at).find(|at| is_annotation(bytes, *at))
}

/// `Secret` as a kind.
fn kind(bytes: &[u8], from: usize) -> Option<usize> {
    memmem::find_iter(&bytes[from..], "Secret").map(|at| from + at).find(|at| is_kind(bytes, *at))
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

/// After `%`: `3C`, or the `&` or `\\` of another encoding, itself encoded any number of times.
fn is_percent(bytes: &[u8], at: usize) -> bool {
    let mut rest = &bytes[at + 1..];
    while let [b'2', b'5', more @ ..] = rest {
        rest = more;
    }
    matches!(rest, [b'3' | b'5', b'c' | b'C', ..] | [b'2', b'6', ..])
}

/// After `&`: `lt` or a number, itself encoded any number of times.
fn is_html(mut rest: &[u8]) -> bool {
    while let Some(more) = rest.strip_prefix(b"amp;").or_else(|| rest.strip_prefix(b"AMP;")) {
        rest = more;
    }
    matches!(rest, [b'l' | b'L', b't' | b'T', ..] | [b'#', ..])
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
