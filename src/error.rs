//! What is wrong, where, and what helps: one error type for every stage, and the collection that a run gathers.
//! Knows no terminal: `report/` draws it. A detail, hint or cause never holds a secret's value.

use std::{fmt, iter};

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

/// What a finding is about, where its place alone does not say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A placeholder on one line, as it is written, and the path of its secret where the placeholder does not name it.
    Placeholder {
        /// `<path:kv/app#key>`, `<key>`
        written: String,
        /// `kv/app`
        path: Option<String>,
    },
    /// A folder that a tool builds.
    Folder(String),
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
    /// The placeholder or folder that the detail speaks of.
    pub subject: Option<Subject>,
    /// What is wrong with the subject: one line, lower case, the user's words in backticks, no full stop.
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

impl Subject {
    /// The user's own words.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (name, path) = match self {
            Self::Placeholder { written, path } => (written, path.as_deref()),
            Self::Folder(name) => (name, None),
        };
        iter::once(name.as_str()).chain(path)
    }

    /// The user's own words, to take out what may not be shown.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let (name, path) = match self {
            Self::Placeholder { written, path } => (written, path.as_mut()),
            Self::Folder(name) => (name, None),
        };
        iter::once(name).chain(path)
    }
}

impl Error {
    /// An error without a place yet.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let (level, rule, detail) = (Level::Error, kind.id(), detail.into());
        let (subject, place, also, hint, cause) = (None, None, Vec::new(), None, None);
        Self { level, kind, rule, subject, detail, place, also, hint, hidden: false, cause }
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

    /// With what it is about. A narrower subject that it has already becomes part of the detail.
    pub fn about(mut self, subject: Subject) -> Self {
        self.detail = self.to_string();
        self.subject = Some(subject);
        self
    }

    /// All that it says, in one line: subject and detail, cause, hint.
    pub fn in_one_line(&self) -> String {
        let cause = self.cause.iter().map(|cause| format!(": {cause}"));
        let hint = self.hint.iter().map(|hint| format!("; {hint}"));
        iter::once(self.to_string()).chain(cause).chain(hint).collect()
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
    /// The subject and the detail; `report/` draws the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => write!(f, "{subject}: {}", self.detail),
            None => f.write_str(&self.detail),
        }
    }
}

impl fmt::Display for Subject {
    /// The user's own words in backticks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Placeholder { written, path: Some(path) } => write!(f, "`{written}` of `{path}`"),
            Self::Placeholder { written: name, path: None } | Self::Folder(name) => write!(f, "`{name}`"),
        }
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
