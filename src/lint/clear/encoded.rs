//! Finds and decodes runs of base64 in a text. Knows nothing of their content.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::source::Span;

/// The shortest run that is decoded: no secret of a known form is shorter.
const SHORTEST: usize = 24;

/// The shortest line that may be continued on the next line.
const WRAPPED: usize = 44;

/// Lenient at the end of a run: padding may be missing, and other text may follow.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// A run of base64.
#[derive(Debug)]
pub(super) struct Run {
    /// The bytes of the run in the text.
    pub(super) span: Span,
    /// The decoded bytes.
    pub(super) decoded: Zeroizing<Vec<u8>>,
}

/// The runs in a text whose decoded bytes are text.
pub(super) fn runs(bytes: &[u8]) -> impl Iterator<Item = Run> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(span) = next(bytes, at) {
            at = span.end;
            if let Some(decoded) = decode(&bytes[span.range()]) {
                return Some(Run { span, decoded });
            }
        }
        None
    })
}

/// The next run from the offset `at` on. Only one of every [`SHORTEST`] bytes is tested, as any run holds such a byte.
fn next(bytes: &[u8], mut at: usize) -> Option<Span> {
    loop {
        let probe = at + SHORTEST - 1;
        if !is_base64(*bytes.get(probe)?) {
            at = probe + 1;
            continue;
        }
        let start = probe - bytes[at..probe].iter().rev().take_while(|byte| is_base64(**byte)).count();
        // The `n` of a `\n` does not belong to the run.
        let start = start + usize::from(start > 0 && bytes[start - 1] == b'\\');
        let end = run_end(bytes, start);
        if end - start >= SHORTEST {
            return Some(Span::new(start, wrapped_end(bytes, start, end)));
        }
        at = end;
    }
}

fn run_end(bytes: &[u8], at: usize) -> usize {
    let chars = at + bytes[at..].iter().take_while(|byte| is_base64(**byte)).count();
    chars + bytes[chars..].iter().take(2).take_while(|byte| **byte == b'=').count()
}

/// The end of a run over several lines: long lines that hold nothing else, and a last one.
fn wrapped_end(bytes: &[u8], start: usize, mut end: usize) -> usize {
    let mut length = end - start;
    while length >= WRAPPED && bytes[end - 1] != b'=' {
        let Some(line) = next_line(bytes, end) else { break };
        let line_end = run_end(bytes, line);
        let is_alone = matches!(bytes.get(line_end), None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'\\'));
        if line_end == line || !is_alone || line_end - line > length {
            break;
        }
        (length, end) = (line_end - line, line_end);
    }
    end
}

/// Where the next line begins, if nothing else follows on this one. An escaped `\n` in quotes ends a line as well.
fn next_line(bytes: &[u8], end: usize) -> Option<usize> {
    let rest = &bytes[end..];
    let rest = rest.strip_prefix(b"\r").or(rest.strip_prefix(b"\\r")).unwrap_or(rest);
    let rest = rest.strip_prefix(b"\n").or(rest.strip_prefix(b"\\n"))?;
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some(bytes.len() - rest.len() + blanks)
}

/// The decoded bytes of a run, if they are text.
fn decode(run: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut line = Zeroizing::new(Vec::with_capacity(run.len()));
    let mut bytes = run.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            byte if byte.is_ascii_whitespace() => {}
            byte => line.push(byte),
        }
    }
    let url = line.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let engine = GeneralPurpose::new(if url { &URL_SAFE } else { &STANDARD }, CONFIG);
    let whole = line.len() - usize::from(line.len() % 4 == 1);
    let decoded = Zeroizing::new(engine.decode(&line[..whole]).ok()?);
    is_text(&decoded).then_some(decoded)
}

/// Whether the first bytes are text, which random bytes almost never are.
fn is_text(decoded: &[u8]) -> bool {
    let head = &decoded[..decoded.len().min(12)];
    head.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e))
}

fn is_base64(byte: u8) -> bool {
    IS_BASE64[usize::from(byte)]
}

static IS_BASE64: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let char = byte as u8;
        table[byte] = char.is_ascii_alphanumeric() || matches!(char, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    table
};
