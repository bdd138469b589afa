//! A finding: what is wrong, where, and what helps. One type for every stage, and the collection that a run fills.
//! Knows no terminal: `report/` draws it. No text of a finding ever holds the value of a secret.

use std::{fmt, iter};

use serde::{Deserialize, Serialize};

use crate::budget::Limit;
use crate::source::Place;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably wrong; the run goes on.
    Warning,
    /// Wrong; nothing is printed on stdout.
    Error,
}

/// What kind of thing is wrong. The id of its kind is a finding's `rule`, unless the finding breaks a narrower rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A file or folder that cannot be read.
    Input,
    /// YAML or JSON that does not parse.
    Syntax,
    /// A document with placeholders that is not a Kubernetes object.
    NotKubernetes,
    /// A malformed placeholder, or one in a place where none is allowed.
    Placeholder,
    /// An unknown modifier, wrong arguments, or a value that the modifier does not take.
    Modifier,
    /// An annotation of vault-render with a wrong value.
    Annotation,
    /// A secret, version or key that does not exist.
    Missing,
    /// The store (403) or the policy refused to read the secret.
    Denied,
    /// The store failed.
    Store,
    /// The store could not be reached, or serves nobody at the moment: what it gave before may stand in.
    Unavailable,
    /// A value that does not fit the place of its placeholder.
    Value,
    /// Input that would grow beyond the limits of a run.
    Limit,
    /// A setting that is wrong, missing, or reserved for the operator.
    Setting,
    /// A fault of vault-render itself: please report it.
    Bug,
}

/// What a finding is about, where its place alone does not say so.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

/// One finding, which need not be an error: its level says.
#[derive(Clone, Debug)]
pub struct Error {
    /// How bad it is.
    pub level: Level,
    /// What kind of thing is wrong.
    pub kind: Kind,
    /// The rule that it breaks: the id of its kind, or a narrower rule of `check`.
    pub rule: &'static str,
    /// The placeholder or folder that the detail speaks of.
    pub subject: Option<Subject>,
    /// What is wrong with the subject: one line, lower case, the user's words in backticks, no full stop.
    pub detail: String,
    /// Where it is, once a stage knows.
    pub place: Option<Place>,
    /// Further places where the same thing is wrong.
    pub also: Vec<Place>,
    /// What the user can do about it.
    pub hint: Option<String>,
    /// Whether its line must not be shown, as a secret may stand there.
    pub hidden: bool,
    /// The reason given by others: the store's response, the message of the operating system.
    pub cause: Option<String>,
}

/// All findings of a run, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    list: Vec<Error>,
}

/// The kinds of errors that say that the run itself failed.
const FAILURES: [Kind; 5] = [Kind::Input, Kind::Setting, Kind::Store, Kind::Unavailable, Kind::Bug];

impl Kind {
    /// The kind whose errors say that the run itself failed, by its id.
    pub fn failure(id: &str) -> Option<Self> {
        FAILURES.into_iter().find(|kind| kind.id() == id)
    }

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
            Self::Store | Self::Unavailable => "store",
            Self::Value => "value",
            Self::Limit => "limit",
            Self::Setting => "setting",
            Self::Bug => "bug",
        }
    }
}

impl Subject {
    /// What it quotes from the manifest or the command line.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (name, path) = match self {
            Self::Placeholder { written, path } => (written, path.as_deref()),
            Self::Folder(name) => (name, None),
        };
        iter::once(name.as_str()).chain(path)
    }

    /// What it quotes, so that a caller can take out what must not be shown.
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

    /// A finding that does not stop the output.
    pub fn warning(kind: Kind, detail: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::new(kind, detail) }
    }

    /// A finding that is only worth knowing.
    pub fn note(kind: Kind, detail: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::new(kind, detail) }
    }

    /// Names a narrower rule than its kind.
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }

    /// Names its subject. A narrower subject that it already has becomes part of the detail.
    pub fn about(mut self, subject: Subject) -> Self {
        self.detail = self.to_string();
        self.subject = Some(subject);
        self
    }

    /// Whether it says that the run itself failed.
    pub fn is_failure(&self) -> bool {
        self.level == Level::Error && FAILURES.contains(&self.kind)
    }

    /// All of its text on one line: subject and detail, cause, hint.
    pub fn in_one_line(&self) -> String {
        let cause = self.cause.iter().map(|cause| format!(": {cause}"));
        let hint = self.hint.iter().map(|hint| format!("; {hint}"));
        iter::once(self.to_string()).chain(cause).chain(hint).collect()
    }

    /// Says where it is.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what the user can do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Keeps its line from being shown.
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Says what the reason is, in the words of others.
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl From<Limit> for Error {
    /// The finding that a limit was exceeded.
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
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, error: Error) {
        self.list.push(error);
    }

    /// Adds findings.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Error>) {
        self.list.extend(other);
    }

    /// Whether one of them stops the output.
    pub fn any(&self) -> bool {
        self.list.iter().any(|error| error.level == Level::Error)
    }

    /// Whether nothing was found, not even a note.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The findings in the order in which they were found.
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
