//! What reader and broker say to each other, in types of their own: a secret's name, how it is used and for which resource; a finding;
//! the outcome of a reading without its value. Never a manifest, and never a credential.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::bounds::ReaderBounds;
use crate::error::{Error, Kind, Level};
use crate::modifier;
use crate::secret::{Access, KV_VERSION, Outcome, Parameters, Secret, SecretId, Usage, Version, Withheld};
use crate::source::{Place, ResourceId, Source, Span};
use crate::value::Value;

/// A message with the number of its request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Numbered<M> {
    pub(super) number: u64,
    pub(super) message: M,
}

/// What the reader asks for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// That a run begins.
    Begin {
        /// The settings of a KRM function's configuration.
        function: Vec<(String, String)>,
        /// Whether nothing may be created.
        is_preview: bool,
    },
    /// What these accesses need. Without any, the settings alone are read.
    Fetch(Vec<AccessMessage>),
}

/// What the broker answers to a fetch.
#[derive(Debug, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "each is made once and sent")]
pub(super) enum Answer {
    /// The outcome of reading a secret. Its value is the body of the frame.
    Outcome(SecretMessage, OutcomeMessage),
    /// There is nothing more.
    Done {
        /// What was wrong on the way.
        findings: Vec<Finding>,
        /// The settings that rendering needs.
        settings: Vec<(String, String)>,
    },
}

/// What the reader needs to begin.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Greeting {
    /// How long the broker has been running, in milliseconds.
    pub(super) elapsed: u64,
    /// How long a run may take, in milliseconds, by the settings and the policy.
    pub(super) time_limit: Option<u64>,
    /// The signals that the caller had the broker ignore, one bit each.
    pub(super) ignored_signals: u64,
    /// The settings that rendering needs.
    pub(super) settings: Vec<(String, String)>,
    /// The variables that it did not inherit.
    pub(super) variables: Vec<(String, String)>,
    /// What contains it.
    pub(super) bounds: ReaderBounds,
}

/// An access without the text that it stands in.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AccessMessage {
    secret: SecretMessage,
    key: Option<String>,
    modifiers: Vec<String>,
    place: PlaceMessage,
    resource: Option<ResourceMessage>,
}

/// A secret's name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SecretMessage {
    store: Option<String>,
    scope: Option<String>,
    path: String,
    version: Option<Version>,
    parameters: Parameters,
    kv_version: Option<String>,
}

/// The name of a manifest, and the bytes in it: both sides know a place by it.
#[derive(Debug, Serialize, Deserialize)]
struct PlaceMessage {
    manifest: String,
    span: (usize, usize),
    /// Line and column, for people.
    position: (usize, usize),
}

#[derive(Debug, Serialize, Deserialize)]
struct ResourceMessage {
    kind: String,
    group: String,
    namespace: Option<String>,
    name: Option<String>,
}

/// A finding.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Finding {
    place: Option<PlaceMessage>,
    level: Level,
    kind: Kind,
    detail: String,
    hint: Option<String>,
    cause: Option<String>,
    hidden: bool,
}

/// An outcome without the value.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum OutcomeMessage {
    Found { version: Option<Version>, warnings: Vec<Finding>, withheld: Withheld },
    NoPath(Finding),
    NoVersion(Finding),
    Denied(Finding),
    Refused(Finding),
    Failed(Finding),
    Planned,
}

impl From<&Access> for AccessMessage {
    fn from(Access { id, usage, place }: &Access) -> Self {
        Self {
            secret: id.into(),
            key: usage.key.clone(),
            modifiers: usage.modifiers.iter().map(|name| (*name).to_owned()).collect(),
            place: place.into(),
            resource: place.resource.as_deref().map(ResourceMessage::from),
        }
    }
}

impl AccessMessage {
    /// The access; `None` if no placeholder makes such a one.
    pub(super) fn access(self) -> Option<Access> {
        let modifiers = self.modifiers.iter().map(|name| modifier::known_name(name)).collect::<Option<_>>()?;
        let resource = self.resource.map(|resource| Arc::new(resource.into()));
        let (usage, place) = (Usage { key: self.key, modifiers }, self.place.into());
        Some(Access { id: self.secret.id()?, usage, place: Place { resource, ..place } })
    }
}

impl From<&Place> for PlaceMessage {
    fn from(Place { source, span, .. }: &Place) -> Self {
        let position = source.line_column(span.start);
        Self { manifest: source.name.clone(), span: (span.start, span.end), position }
    }
}

impl From<PlaceMessage> for Place {
    /// A place in a text that is not here.
    fn from(PlaceMessage { manifest, span: (start, end), .. }: PlaceMessage) -> Self {
        Self::new(Arc::new(Source::new(manifest, "")), Span::new(start, end))
    }
}

impl From<&SecretId> for SecretMessage {
    fn from(id: &SecretId) -> Self {
        Self {
            store: id.store.as_deref().map(str::to_owned),
            scope: id.scope.clone(),
            path: id.path.clone(),
            version: id.version.clone(),
            parameters: id.parameters.clone(),
            kv_version: id.instructions.get(KV_VERSION).cloned(),
        }
    }
}

impl SecretMessage {
    /// The secret; `None` if its path is not clean: a policy judges no other one.
    pub(super) fn id(self) -> Option<SecretId> {
        let Self { store, scope, path, version, parameters, kv_version } = self;
        let instructions = kv_version.map(|version| (KV_VERSION, version)).into_iter().collect();
        let id = SecretId { store: store.map(Arc::from), scope, path, version, parameters, instructions };
        id.is_clean().then_some(id)
    }
}

impl From<&ResourceId> for ResourceMessage {
    fn from(ResourceId { kind, group, namespace, name }: &ResourceId) -> Self {
        Self { kind: kind.clone(), group: group.clone(), namespace: namespace.clone(), name: name.clone() }
    }
}

impl From<ResourceMessage> for ResourceId {
    fn from(ResourceMessage { kind, group, namespace, name }: ResourceMessage) -> Self {
        Self { kind, group, namespace, name }
    }
}

impl From<&Error> for Finding {
    fn from(error: &Error) -> Self {
        let Error { level, kind, hint, cause, hidden, place, .. } = error.clone();
        Self {
            place: place.as_ref().map(PlaceMessage::from),
            level,
            kind,
            detail: error.to_string(),
            hint,
            cause,
            hidden,
        }
    }
}

impl From<Finding> for Error {
    /// The error. The reader has no text of a place beside the manifests: a line and a column of that file stand in for it.
    fn from(Finding { place, level, kind, detail, hint, cause, hidden }: Finding) -> Self {
        let at = place
            .map(|PlaceMessage { manifest, position: (line, column), .. }| format!("{manifest}:{line}:{column}: "));
        Self { level, hint, cause, hidden, ..Self::new(kind, at.unwrap_or_default() + &detail) }
    }
}

impl Finding {
    /// The error, at the place of the access with the same bytes of the same manifest.
    pub(super) fn error(self, accesses: &[Access]) -> Error {
        let is_meant = |place: &Place, named: &PlaceMessage| {
            place.source.name == named.manifest && (place.span.start, place.span.end) == named.span
        };
        let places = accesses.iter().map(|access| &access.place);
        let place = self.place.as_ref().and_then(|named| places.into_iter().find(|place| is_meant(place, named)));
        match place.cloned() {
            Some(place) => Error::from(Self { place: None, ..self }).at(place),
            None => self.into(),
        }
    }
}

impl OutcomeMessage {
    /// The message and the value of an outcome.
    pub(super) fn of(outcome: Outcome) -> (Self, Option<Value>) {
        let message = match outcome {
            Outcome::Found(secret) => {
                let Secret { data, version, warnings, withheld, .. } = secret;
                let warnings = warnings.iter().map(Finding::from).collect();
                return (Self::Found { version, warnings, withheld }, Some(data));
            }
            Outcome::NoPath(error) => Self::NoPath((&error).into()),
            Outcome::NoVersion(error) => Self::NoVersion((&error).into()),
            Outcome::Denied(error) => Self::Denied((&error).into()),
            Outcome::Refused(error) => Self::Refused((&error).into()),
            Outcome::Failed(error) => Self::Failed((&error).into()),
            Outcome::Planned => Self::Planned,
        };
        (message, None)
    }

    /// The outcome with its value; `None` if a found secret has none.
    pub(super) fn outcome(self, data: Option<Value>) -> Option<Outcome> {
        Some(match self {
            Self::Found { version, warnings, withheld } => {
                let warnings = warnings.into_iter().map(Error::from).collect();
                Outcome::Found(Secret { version, warnings, withheld, ..Secret::new(data?) })
            }
            Self::NoPath(finding) => Outcome::NoPath(finding.into()),
            Self::NoVersion(finding) => Outcome::NoVersion(finding.into()),
            Self::Denied(finding) => Outcome::Denied(finding.into()),
            Self::Refused(finding) => Outcome::Refused(finding.into()),
            Self::Failed(finding) => Outcome::Failed(finding.into()),
            Self::Planned => Outcome::Planned,
        })
    }
}
