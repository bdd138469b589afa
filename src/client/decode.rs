//! The letters of a text, through layers of encodings and without separators, each with its place in the text. Pure.

use std::ops::Range;

/// How many nested encodings are decoded.
const LAYERS: usize = 4;

/// The visible ASCII characters of a text in lower case, and where each comes from. Blanks, line breaks and invisible characters
/// are left out: they must not hide a word by standing in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Letters {
    bytes: Vec<u8>,
    spans: Vec<Range<usize>>,
}

/// An encoded byte at the start of a text, and how many bytes it takes.
type Decoder = fn(&[u8]) -> Option<(u8, usize)>;

const DECODERS: [Decoder; 4] = [percent, unicode_escape, backslash, entity];

const ENTITIES: [(&[u8], u8); 5] =
    [(b"&quot;", b'"'), (b"&apos;", b'\''), (b"&amp;", b'&'), (b"&lt;", b'<'), (b"&gt;", b'>')];

impl Letters {
    /// The letters of `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut letters = Self::default();
        text.bytes().enumerate().for_each(|(at, byte)| letters.push(byte, at..at + 1));
        letters
    }

    /// The letters as they are, and as they are when one more layer of encodings is taken off, until nothing changes.
    pub(super) fn decoded(self) -> Vec<Self> {
        let mut layers = vec![self];
        while layers.len() <= LAYERS {
            let next = layers[layers.len() - 1].without_a_layer();
            if layers.last() == Some(&next) {
                break;
            }
            layers.push(next);
        }
        layers
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where in the text these letters stand.
    pub(super) fn span(&self, letters: Range<usize>) -> Range<usize> {
        let spans = &self.spans[letters];
        let start = spans.first().map_or(0, |span| span.start);
        start..spans.last().map_or(start, |span| span.end)
    }

    pub(super) fn holds(&self, piece: &[u8]) -> bool {
        memchr::memmem::find(&self.bytes, piece).is_some()
    }

    fn push(&mut self, byte: u8, span: Range<usize>) {
        if byte.is_ascii_graphic() {
            self.bytes.push(byte.to_ascii_lowercase());
            self.spans.push(span);
        }
    }

    fn without_a_layer(&self) -> Self {
        let mut letters = Self::default();
        let mut at = 0;
        while at < self.bytes.len() {
            let decoded = DECODERS.iter().find_map(|decoder| decoder(&self.bytes[at..]));
            let (byte, length) = decoded.unwrap_or((self.bytes[at], 1));
            letters.push(byte, self.span(at..at + length));
            at += length;
        }
        letters
    }
}

/// `%41`.
fn percent(text: &[u8]) -> Option<(u8, usize)> {
    (text.first() == Some(&b'%')).then(|| Some((code(text.get(1..3)?, 16)?, 3)))?
}

/// `\u0041`, `\x41`.
fn unicode_escape(text: &[u8]) -> Option<(u8, usize)> {
    match text.get(..2)? {
        b"\\u" => Some((code(text.get(2..6)?, 16)?, 6)),
        b"\\x" => Some((code(text.get(2..4)?, 16)?, 4)),
        _ => None,
    }
}

/// `\"`, `\\`, `\/`, and line breaks and tabs.
fn backslash(text: &[u8]) -> Option<(u8, usize)> {
    match text.get(..2)? {
        [b'\\', byte] if !byte.is_ascii_alphanumeric() => Some((*byte, 2)),
        b"\\n" | b"\\r" | b"\\t" => Some((b' ', 2)),
        _ => None,
    }
}

/// `&#65;`, `&#x41;`, `&quot;`.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    if let Some((name, byte)) = ENTITIES.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*byte, name.len()));
    }
    let number = text.strip_prefix(b"&#")?;
    let end = number.iter().take(10).position(|byte| *byte == b';')?;
    let byte = match number[..end].strip_prefix(b"x") {
        Some(digits) => code(digits, 16)?,
        None => code(&number[..end], 10)?,
    };
    Some((byte, 2 + end + 1))
}

/// The byte of a character code. A code beyond ASCII gives a byte, too: it is left out later.
fn code(digits: &[u8], radix: u32) -> Option<u8> {
    let digits = str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some(u8::try_from(u32::from_str_radix(digits, radix).ok()?).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_off_one_by_one_and_letters_keep_their_places() {
        let letters = Letters::of("a %25 \\u0041&#x42;\u{200b}\\/&amp;lt;").decoded();
        let texts: Vec<&str> = letters.iter().map(|letters| str::from_utf8(letters.bytes()).unwrap()).collect();
        assert_eq!(texts, ["a%25\\u0041&#x42;\\/&amp;lt;", "a%ab/&lt;", "a\u{ab}/<".replace('\u{ab}', "").as_str()]);
    }

    #[test]
    fn a_place_covers_what_was_decoded() {
        let letters = Letters::of("x%2541y").decoded();
        let last = letters.last().unwrap();
        assert_eq!((last.bytes(), last.span(1..2)), (&b"xay"[..], 1..6));
        assert!(last.holds(b"ay") && !last.holds(b"yx"));
    }

    #[test]
    fn what_is_no_encoding_stays() {
        for text in ["%", "%4", "%zz", "\\", "\\u12", "\\q", "&", "&#;", "&#x;", "&#99999999999;", "&copy;"] {
            assert_eq!(Letters::of(text).decoded().len(), 1, "{text}");
        }
    }
}
