//! What is wrong, where, and what helps: one error type for every stage, and the collection that a run gathers.
//! Knows no terminal: `report/` draws it. A detail, hint or cause never holds a secret's value.

use std::fmt;

use crate::budget::Limit;
use crate::source::Place;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably wrong; the run goes on.
    Warning,
    /// Wrong; nothing is printed on stdout.
    Error,
}

/// What kind of thing is wrong. Each has an id, which is a finding's `rule` unless it has a narrower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A file or folder that cannot be read.
    Input,
    /// YAML or JSON that does not parse.
    Syntax,
    /// A document with placeholders that is no Kubernetes object.
    NotKubernetes,
    /// A malformed placeholder, or one where none may be.
    Placeholder,
    /// An unknown modifier, wrong arguments, or a value it does not take.
    Modifier,
    /// An annotation of ours with a wrong value.
    Annotation,
    /// A secret, version or key that is not there.
    Missing,
    /// The store refused the reading (403), or the policy did.
    Denied,
    /// The store could not be asked, or failed.
    Store,
    /// A value that cannot stand where its placeholder stands.
    Value,
    /// More than a run may make of its input.
    Limit,
    /// A setting that is wrong, missing, or not the tenant's to choose.
    Setting,
    /// Something that should never be: please report it.
    Bug,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Error {
    /// How bad.
    pub level: Level,
    /// What kind.
    pub kind: Kind,
    /// The rule that it breaks, as findings show it: the kind's own id, or a narrower one.
    pub rule: &'static str,
    /// One line, lower case, the user's words in backticks, no full stop.
    pub detail: String,
    /// Where, once a stage knows it.
    pub place: Option<Place>,
    /// Where else the same is wrong.
    pub also: Vec<Place>,
    /// What the user may do, or the near names.
    pub hint: Option<String>,
    /// Whether nothing of its line is shown: a secret may stand there.
    pub hidden: bool,
    /// What lies behind it: the store's answer, the operating system's message.
    pub cause: Option<String>,
}

/// Everything a run has found, in the order it was found.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    list: Vec<Error>,
}

impl Kind {
    /// The id that a finding shows as its `rule`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Syntax => "syntax",
            Self::NotKubernetes => "not-kubernetes",
            Self::Placeholder => "placeholder",
            Self::Modifier => "modifier",
            Self::Annotation => "annotation",
            Self::Missing => "missing",
            Self::Denied => "denied",
            Self::Store => "store",
            Self::Value => "value",
            Self::Limit => "limit",
            Self::Setting => "setting",
            Self::Bug => "bug",
        }
    }
}

impl Error {
    /// An error without a place yet.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let (level, rule, detail) = (Level::Error, kind.id(), detail.into());
        Self { level, kind, rule, detail, place: None, also: Vec::new(), hint: None, hidden: false, cause: None }
    }

    /// The same as a warning.
    pub fn warning(kind: Kind, detail: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::new(kind, detail) }
    }

    /// The same as a note.
    pub fn note(kind: Kind, detail: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::new(kind, detail) }
    }

    /// With the rule that it breaks.
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    /// With its place.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// With what helps.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, nothing of its line shown.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// With what lies behind it.
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl From<Limit> for Error {
    /// That there is more than the limit allows.
    fn from(limit: Limit) -> Self {
        Self::new(Kind::Limit, limit.to_string()).hint("docs/security.md has the limits of a run")
    }
}

impl fmt::Display for Error {
    /// The detail alone; `report/` draws the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}

impl Errors {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more.
    pub fn push(&mut self, error: Error) {
        self.list.push(error);
    }

    /// All of `other` too.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Error>) {
        self.list.extend(other);
    }

    /// Whether anything here stops the output.
    pub fn any(&self) -> bool {
        self.list.iter().any(|error| error.level == Level::Error)
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// As they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Error> {
        self.list.iter()
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self { list: vec![error] }
    }
}
