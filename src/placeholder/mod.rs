//! The language between `<` and `>`: finds the placeholders of a decoded text, bare or inside an encoding, and parses them. Tells
//! quickly which texts may hold one. Two tables list the dialects and the encodings. Knows no store.

mod dialect;
mod encoding;
mod find;
mod parse;
mod quick;
#[cfg(test)]
mod tests;
mod trace;

use crate::error::Error;
use crate::modifier::{self, Chain};
use crate::source::Span;

pub(crate) use dialect::INLINE;
pub(crate) use encoding::{ENCODINGS, Encoding};
pub use find::find;
pub use quick::Candidates;
pub(crate) use quick::{disguises, may_be_disguised, may_hold, may_hold_binary, may_hold_unparsed};

/// How many encodings may stand around one placeholder.
const LAYERS: usize = 4;

/// A part of a text that is filled or reported.
#[derive(Debug)]
pub struct Match {
    /// Its bytes in the text that was searched.
    pub span: Span,
    /// The kind of match.
    pub kind: MatchKind,
}

/// The kinds of text between `<` and `>` that matter.
#[derive(Debug)]
pub enum MatchKind {
    /// The escape `<raw:x>`, replaced by this text.
    Raw(String),
    /// A placeholder to fill.
    Placeholder(Box<Placeholder>),
    /// Clearly a placeholder, but it cannot be filled: it has an unknown modifier, or a version that is not a number.
    Wrong(Box<Error>),
    /// Begins like an inline placeholder but is not one, so it stays as text; with the reason for a user.
    Malformed(String),
    /// Encoded text that holds placeholders.
    Encoded {
        /// The encoding around the text.
        encoding: &'static Encoding,
        /// The decoded text.
        text: String,
        /// Its matches; their spans are in `text`.
        matches: Vec<Match>,
    },
}

/// A placeholder: the value that it names, and the modifiers for it.
#[derive(Debug)]
pub struct Placeholder {
    /// Its text as the user wrote it, with `<` and `>`.
    pub written: String,
    /// The secret that it names.
    pub secret: Reference,
    /// The key in the secret.
    pub key: Key,
    /// The modifiers, in order.
    pub chain: Chain,
    /// Whether `</key>` stands later in the text. If the secret lacks the key, this is markup and stays.
    pub closed: bool,
}

impl Match {
    /// Whether filling handles it, as opposed to leaving it as text.
    pub fn is_filled(&self) -> bool {
        match &self.kind {
            MatchKind::Raw(_) | MatchKind::Placeholder(_) | MatchKind::Wrong(_) => true,
            MatchKind::Malformed(_) => false,
            MatchKind::Encoded { matches, .. } => matches.iter().any(Self::is_filled),
        }
    }
}

impl Placeholder {
    /// Its text on one line, even if it is folded over several.
    pub fn on_one_line(&self) -> String {
        on_one_line(&self.written)
    }

    /// A hint about a forgotten `|`, if the key ends with a modifier and is not in double quotes.
    pub fn forgotten_bar(&self) -> Option<String> {
        let Key::Named(key) = &self.key else { return None };
        let is_quoted = self.written.split_once('#').is_some_and(|(_, key)| key.trim_start().starts_with('"'));
        let call = modifier::ending(key).filter(|_| !is_quoted)?;
        Some(format!("write `| {call}` if the modifier is meant, or the key in double quotes"))
    }
}

fn on_one_line(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The secret that a placeholder names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `<path:PATH#…>`: the path as written, trimmed, and the version.
    Inline {
        /// The path, not yet normalised.
        path: String,
        /// The version; `None` is the newest.
        version: Option<u64>,
    },
    /// `<key>`: the secret of the resource's path annotation.
    Annotated,
}

/// The part of a secret that a placeholder names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `*`: all of it.
    Whole,
    /// One key.
    Named(String),
}

impl Key {
    /// The one key; `None` is all of the secret.
    pub(crate) fn named(&self) -> Option<&str> {
        match self {
            Self::Whole => None,
            Self::Named(name) => Some(name),
        }
    }

    /// The key as a placeholder names it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Whole => "*",
            Self::Named(name) => name,
        }
    }
}

/// The circumstances that decide which placeholders count in a text.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// Whether `<key>` counts: the resource has the path annotation.
    pub generic: bool,
    /// Where base64 is decoded.
    pub base64: Base64,
}

/// Where base64 is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base64 {
    /// Nowhere.
    No,
    /// The whole text: a Secret's `data`.
    Whole,
    /// In the strings of JSON, for JSON inside a Secret's `data`.
    InJson,
    /// In both, at any depth, for `--strict`.
    Anywhere,
}
