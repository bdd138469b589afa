//! What is said of one line of a team's set-up.

use std::fmt;

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Site {
    /// The file, as the user typed it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// What moving does to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// It does not work with vault-render, or not as it is.
    Stops,
    /// Nobody can say: it is not among the known shapes.
    NotUnderstood,
    /// It is written in another way.
    Changes,
    /// It works as it is.
    Stays,
}

/// What is said of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Where it stands.
    pub site: Site,
    /// What moving does to it.
    pub effect: Effect,
    /// The thing, in the user's own words.
    pub subject: String,
    /// What happens to it, and why.
    pub text: String,
    /// Whether it is to be read before everything else.
    pub is_first: bool,
}

impl Site {
    /// The same file, some lines below.
    pub(super) fn below(&self, lines: usize) -> Self {
        Self { file: self.file.clone(), line: self.line + lines }
    }
}

impl Effect {
    /// The word for people.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::NotUnderstood => "not understood",
            Self::Changes => "changes",
            Self::Stays => "stays",
        }
    }
}

impl Statement {
    /// A statement about `subject`.
    pub(super) fn new(site: Site, effect: Effect, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { site, effect, subject: subject.into(), text: text.into(), is_first: false }
    }

    /// One that is to be read before everything else.
    pub(super) fn first(self) -> Self {
        Self { is_first: true, ..self }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
