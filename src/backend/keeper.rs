//! What becomes of the entries of the keep between runs, when they are renewed or ended before their time. Knows no store.

use std::fmt;
use std::time::SystemTime;

use crate::error::Error;
use crate::keep::EntryLabel;
use crate::moment;

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

impl fmt::Display for Fate {
    /// "renewed, good until 2026-11-30 12:00 UTC"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |end: &SystemTime| moment::shown(moment::of_system(*end));
        match self {
            Self::Good(end) => write!(f, "good until {}", shown(end)),
            Self::Renewed(end) => write!(f, "renewed, good until {}", shown(end)),
            Self::Ending(end) => write!(f, "good until {} at most: the next rendering replaces it", shown(end)),
            Self::Ended => f.write_str("had ended: forgotten"),
            Self::Revoked => f.write_str("revoked"),
            Self::Forgotten(end) => write!(f, "forgotten; it ends by itself, {}", shown(end)),
            Self::Failed(error) => f.write_str(&error.detail),
        }
    }
}
