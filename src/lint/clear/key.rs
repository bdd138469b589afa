//! Finds private keys: PEM of every kind, and those of PuTTY and age. A header without a key is not reported.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::leak::{Leak, LeakKind};
use crate::source::Span;

/// The beginning of a private key, or a text in its header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) text: &'static str,
    pub(super) name: &'static str,
}

/// All marks.
pub(super) static MARKS: &[Mark] = &[
    Mark { text: "-----BEGIN RSA PRIVATE KEY-----", name: "an RSA private key" },
    Mark { text: "-----BEGIN EC PRIVATE KEY-----", name: "an EC private key" },
    Mark { text: "-----BEGIN DSA PRIVATE KEY-----", name: "a DSA private key" },
    Mark { text: "-----BEGIN PRIVATE KEY-----", name: "a private key" },
    Mark { text: "-----BEGIN ANY PRIVATE KEY-----", name: "a private key" },
    Mark { text: "-----BEGIN ENCRYPTED PRIVATE KEY-----", name: "an encrypted private key" },
    Mark { text: "-----BEGIN OPENSSH PRIVATE KEY-----", name: "an OpenSSH private key" },
    Mark { text: "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", name: "an SSH2 private key" },
    Mark { text: "-----BEGIN PGP PRIVATE KEY BLOCK-----", name: "a PGP private key" },
    Mark { text: "-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----", name: "a cosign private key" },
    Mark { text: "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----", name: "a cosign private key" },
    Mark { text: "PuTTY-User-Key-File-", name: "a PuTTY private key" },
    Mark { text: "AGE-SECRET-KEY-1", name: "an age private key" },
    Mark { text: "AGE-PLUGIN-", name: "an age private key" },
];

/// The most bytes of a key after its header.
const REACH: usize = 1 << 15;

/// The text between a header and the key: line breaks, escaped or not, quotes, and headers such as `Proc-Type`.
static BODY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let before = r#"(?:\s|\\+[nrt]|["'+,]|[A-Z][A-Za-z-]+: [^\n\\]*(?:\n|\\+n))*"#;
    Regex::new(&format!(r#"^{before}([A-Za-z0-9+/=]{{16,}})(?:\s|[\\"'-]|$)"#)).ok()
});

/// The rest of a key without a footer.
static REST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^(?:(?:\s|\\+[nrt]|["'+])*[A-Za-z0-9+/=]{16,})*"#).ok());

/// The key whose mark is at the offset `at`.
pub(super) fn find(mark: Mark, bytes: &[u8], at: usize) -> Option<Leak> {
    let header = at + mark.text.len();
    let end = match mark.text.as_bytes() {
        [b'A', ..] => age(bytes, header)?,
        [b'P', ..] => putty(bytes, header)?,
        _ => pem(bytes, header)?,
    };
    Some(Leak { span: Span::new(at, end), kind: LeakKind::Key(mark.name), is_encoded: false, is_example: false })
}

/// The end of an age key: 58 characters of bech32, or the key of a plugin.
fn age(bytes: &[u8], at: usize) -> Option<usize> {
    let is_bech32 = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'-';
    let length = bytes[at..].iter().take(REACH).take_while(is_bech32).count();
    (length >= 40 && is_varied(&bytes[at..at + length])).then_some(at + length)
}

/// The end of a PuTTY key: its last line.
fn putty(bytes: &[u8], at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + REACH)];
    if !matches!(window, [b'0'..=b'9', b':', ..]) {
        return None;
    }
    let last = memmem::find(window, b"Private-MAC:").or(memmem::find(window, b"Private-Lines:"))?;
    Some(at + last + window[last..].iter().take_while(|byte| **byte != b'\n').count())
}

/// The end of the key after a PEM header; `None` if no key follows.
fn pem(bytes: &[u8], header: usize) -> Option<usize> {
    let window = &bytes[header..bytes.len().min(header + REACH)];
    let window =
        &window[..memmem::find(window, b"-- BEGIN").or(memmem::find(window, b"--BEGIN")).unwrap_or(window.len())];
    let body = BODY.as_ref()?.captures(window)?.get(1)?;
    if !is_varied(body.as_bytes()) {
        return None;
    }
    let footer = memmem::find(window, b"-----END").or(memmem::find(window, b"---- END"));
    let end = match footer {
        Some(footer) => footer + footer_length(&window[footer..]),
        None => body.end() + REST.as_ref()?.find(&window[body.end()..]).map_or(0, |rest| rest.end()),
    };
    Some(header + end)
}

/// The length of `-----END … KEY-----`.
fn footer_length(rest: &[u8]) -> usize {
    let is_footer = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b' ');
    rest.iter().take_while(is_footer).count()
}

/// Whether a word is more than a repetition such as `xxxxxxxxxxxxxxxx`.
fn is_varied(word: &[u8]) -> bool {
    word.iter().fold(0_u128, |seen, byte| seen | 1 << (byte & 0x7f)).count_ones() >= 6
}
