//! Runs of base64 in a text, decoded. Knows nothing of what they hold.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::source::Span;

/// The shortest run that is decoded: what is known by how it looks is no shorter.
const SHORTEST: usize = 24;

/// A line at least as long as this may go on in the next one.
const WRAPPED: usize = 44;

/// Lenient at the end: a run may lack its padding, and the text may go on behind it.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// A run of base64.
#[derive(Debug)]
pub(super) struct Run {
    /// Its bytes in the text.
    pub(super) span: Span,
    /// What it stands for.
    pub(super) decoded: Zeroizing<Vec<u8>>,
}

/// The runs of a text that stand for text.
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

/// The next run from `at` on. Of every [`SHORTEST`] bytes one is looked at, for a run holds it.
fn next(bytes: &[u8], mut at: usize) -> Option<Span> {
    loop {
        let probe = at + SHORTEST - 1;
        if !is_base64(*bytes.get(probe)?) {
            at = probe + 1;
            continue;
        }
        let start = probe - bytes[at..probe].iter().rev().take_while(|byte| is_base64(**byte)).count();
        // The `n` of a `\n` is none of the run's.
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

/// The end of a run that is wrapped: long lines that hold nothing else, and a last one.
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

/// Where the text of the next line begins, if nothing else stands on this one; a `\n` in quotes breaks a line too.
fn next_line(bytes: &[u8], end: usize) -> Option<usize> {
    let rest = &bytes[end..];
    let rest = rest.strip_prefix(b"\r").or(rest.strip_prefix(b"\\r")).unwrap_or(rest);
    let rest = rest.strip_prefix(b"\n").or(rest.strip_prefix(b"\\n"))?;
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some(bytes.len() - rest.len() + blanks)
}

/// What a run stands for, if it is text.
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

/// Whether its beginning is text, as no random bytes are.
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
