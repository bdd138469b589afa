//! What becomes of the entries of the keep between runs, when they are renewed or ended before their time. Knows no store.

use std::fmt;
use std::time::SystemTime;

use crate::error::Error;
use crate::keep::EntryLabel;

/// Which entries are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// All of them.
    All,
    /// Those with these paths.
    Paths(Vec<String>),
}

/// What was done to an entry.
#[derive(Debug)]
pub(crate) struct Tended {
    /// What it is.
    pub label: EntryLabel,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an entry.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is good until then, and was not touched.
    Good(SystemTime),
    /// It was renewed, and is good until then.
    Renewed(SystemTime),
    /// It cannot be renewed any further: the next rendering replaces it.
    Ending(SystemTime),
    /// It had ended, and is forgotten.
    Ended,
    /// Its token is revoked, and all that the token made with it.
    Revoked,
    /// It is forgotten; what it was lasts until then by itself.
    Forgotten(SystemTime),
    /// Nothing could be done.
    Failed(Box<Error>),
}

impl Choice {
    /// Whether an entry with this label is meant.
    pub(crate) fn holds(&self, label: &EntryLabel) -> bool {
        match self {
            Self::All => true,
            Self::Paths(paths) => paths.contains(&label.path),
        }
    }
}

impl Fate {
    /// Until when it is good, if it is.
    pub(crate) fn end(&self) -> Option<SystemTime> {
        match self {
            Self::Good(end) | Self::Renewed(end) | Self::Ending(end) | Self::Forgotten(end) => Some(*end),
            Self::Ended | Self::Revoked | Self::Failed(_) => None,
        }
    }
}

impl fmt::Display for Fate {
    /// "renewed", "ends soon, the next rendering replaces it"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good(_) => "good",
            Self::Renewed(_) => "renewed",
            Self::Ending(_) => "cannot be renewed: the next rendering replaces it",
            Self::Ended => "had ended: forgotten",
            Self::Revoked => "revoked",
            Self::Forgotten(_) => "forgotten",
            Self::Failed(error) => &error.detail,
        })
    }
}
