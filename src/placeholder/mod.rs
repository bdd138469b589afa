//! The language between `<` and `>`: finds the placeholders of a decoded text, bare or inside an encoding, and parses them; says quickly
//! which texts may hold one. Two tables, of dialects and of encodings, are all that it knows of them. Knows no store.

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
pub(crate) use quick::{disguises, may_hold, may_hold_unparsed};

/// How many encodings may stand around one placeholder.
const LAYERS: usize = 4;

/// A place in a text that filling has to do with, or that a reader should know of.
#[derive(Debug)]
pub struct Match {
    /// Its bytes in the text that was searched.
    pub span: Span,
    /// What stands there.
    pub kind: MatchKind,
}

/// What stands between `<` and `>`.
#[derive(Debug)]
pub enum MatchKind {
    /// The escape `<raw:x>`: this text takes its place.
    Raw(String),
    /// A placeholder to fill.
    Placeholder(Box<Placeholder>),
    /// Clearly a placeholder, but one that cannot be filled: an unknown modifier, a version that is no number.
    Wrong(Box<Error>),
    /// Begins like an inline placeholder and is none: it stays as text. The reason, in a user's words.
    Malformed(String),
    /// Encoded text that holds placeholders.
    Encoded {
        /// How it is encoded.
        encoding: &'static Encoding,
        /// The decoded text.
        text: String,
        /// What it holds; spans are in `text`.
        matches: Vec<Match>,
    },
}

/// A placeholder: which value, and what happens to it.
#[derive(Debug)]
pub struct Placeholder {
    /// As it stands in the text, with `<` and `>`.
    pub written: String,
    /// Which secret.
    pub secret: Reference,
    /// Which of its keys.
    pub key: Key,
    /// The modifiers, in order.
    pub chain: Chain,
    /// `</key>` stands later in the text: if the secret has no such key, this is markup and stays.
    pub closed: bool,
}

impl Match {
    /// Whether filling has to do with it: it is more than text.
    pub fn is_filled(&self) -> bool {
        match &self.kind {
            MatchKind::Raw(_) | MatchKind::Placeholder(_) | MatchKind::Wrong(_) => true,
            MatchKind::Malformed(_) => false,
            MatchKind::Encoded { matches, .. } => matches.iter().any(Self::is_filled),
        }
    }
}

impl Placeholder {
    /// As it stands in the text, however it is folded there.
    pub fn on_one_line(&self) -> String {
        on_one_line(&self.written)
    }

    /// What helps if a `|` was forgotten: the key ends with a modifier, and is not in double quotes.
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

/// Which secret a placeholder names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `<path:PATH#…>`: the path as written, trimmed, and the version; none is the newest.
    Inline {
        /// The path, not yet normalised.
        path: String,
        /// The version.
        version: Option<u64>,
    },
    /// `<key>`: the secret of the resource's path annotation.
    Annotated,
}

/// Which part of a secret a placeholder names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `*`: all of it.
    Whole,
    /// One key.
    Named(String),
}

/// What counts as a placeholder in a text.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// `<key>` counts: the resource has the path annotation.
    pub generic: bool,
    /// Where base64 is looked into.
    pub base64: Base64,
}

/// Where base64 is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base64 {
    /// Nowhere.
    No,
    /// The whole text: a Secret's `data`.
    Whole,
    /// In the strings of JSON text: what a Secret's `data` held.
    InJson,
    /// In both, at any depth: what `--strict` looks for.
    Anywhere,
}
