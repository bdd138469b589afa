//! The value of each placeholder of a gap, or the reason why there is none.

use super::super::ValueSource;
use super::super::filling::Filling;
use super::super::gap::Gap;
use super::super::mask::Shape;
use super::super::record::identity;
use super::super::result::result;
use super::super::value_source::{Stand, masked};
use super::recorded;
use super::resolution::{Resolution, Resolved};
use super::wording::{named, subject};
use crate::error::{Error, Kind};
use crate::manifest::Step;
use crate::placeholder::{Key, Match, MatchKind, Placeholder, Reference};
use crate::secret::{Outcome, Secret, SecretId};
use crate::source::Place;
use crate::words::{list, suggestion};
use crate::yaml::tree::Tree;

/// How many similar names, and how many names in total, an error lists.
const NEAR: usize = 3;
const NAMES: usize = 12;

/// The resolutions of the placeholders in the text of a gap, in order.
pub(super) fn resolve_all(
    gap: &Gap,
    tree: &Tree<'_>,
    values: ValueSource<'_>,
    filling: Filling<'_>,
) -> Vec<Resolution> {
    let text = tree.text(gap.node).unwrap_or_default();
    let mut resolutions = Vec::new();
    for (index, found) in gap.matches.iter().enumerate() {
        let search = Search { gap, values, filling, place: &|| gap.place_of(index) };
        search.collect(found, Stand { tree, text, span: found.span, bare: true, is_field: true }, &mut resolutions);
    }
    resolutions
}

/// A lookup of placeholders, with everything that it needs.
struct Search<'s> {
    gap: &'s Gap,
    values: ValueSource<'s>,
    filling: Filling<'s>,
    place: &'s dyn Fn() -> Place,
}

impl Search<'_> {
    fn collect(&self, found: &Match, stand: Stand<'_>, out: &mut Vec<Resolution>) {
        match &found.kind {
            MatchKind::Placeholder(placeholder) => out.push(match self.resolve(placeholder, stand) {
                Resolution::Value(Resolved { value, mask: None }) => {
                    let mask = || self.values.shown(value.clone(), placeholder, self.gap, stand);
                    let mask = matches!(self.values, ValueSource::Masked(..)).then(mask);
                    Resolution::Value(Resolved { value, mask })
                }
                resolution => resolution,
            }),
            MatchKind::Wrong(_) => out.push(Resolution::NotGranted),
            MatchKind::Encoded { encoding, text, matches } => {
                let within = |inner| stand.within(encoding, text, inner, self.gap);
                matches.iter().for_each(|inner| self.collect(inner, within(inner), out));
            }
            MatchKind::Raw(_) | MatchKind::Malformed(_) => {}
        }
    }

    fn resolve(&self, placeholder: &Placeholder, stand: Stand<'_>) -> Resolution {
        let Self { gap, values, filling, place } = self;
        let Some(id) = gap.resource.secret(placeholder) else {
            return Resolution::NotGranted;
        };
        if let ValueSource::Recorded(record) = values {
            let show = |shape: &Shape, name: &str| masked(shape, name, record.form(), gap, stand);
            return recorded::resolve(placeholder, &id, record, place, &show);
        }
        let Some(outcome) = values.outcome(&id) else {
            return Resolution::NotGranted;
        };
        if let Outcome::Found(secret) = outcome
            && secret.is_refused(placeholder.key.named())
        {
            return Resolution::NotGranted;
        }
        if let Outcome::Planned = outcome {
            let (shape, name) = (Shape::planned(), identity(&id, placeholder));
            let value = masked(&shape, &name, values.form().unwrap_or_default(), gap, stand);
            return Resolution::Value(Resolved { mask: Some(value.clone()), value });
        }
        match result(placeholder, &id, outcome, *filling) {
            Ok(Some(value)) => Resolution::Value(value.into()),
            Ok(None) if placeholder.closed && matches!(outcome, Outcome::Found(_)) => Resolution::Markup,
            Ok(None) => {
                let error = described(missing(outcome, placeholder, &id), placeholder, gap);
                Resolution::Missing(named(error, placeholder).at(place()))
            }
            Err(error) if matches!(outcome, Outcome::Found(_)) => {
                Resolution::Failed(error.about(subject(placeholder, gap)).at(place()))
            }
            Err(error) => Resolution::Failed(named(described(error, placeholder, gap), placeholder).at(place())),
        }
    }
}

/// The error, with the way to write the placeholder as text where it stands in a description, as in the schema of a CRD.
fn described(error: Error, placeholder: &Placeholder, gap: &Gap) -> Error {
    let is_description = matches!(gap.field.steps.last(), Some(Step::Key(name)) if name == "description");
    if !is_description || error.hint.as_ref().is_some_and(|hint| hint.contains("<raw:")) {
        return error;
    }
    let text = placeholder.on_one_line();
    let raw = format!("if the text is meant, write `<raw:{}`", text.strip_prefix('<').unwrap_or(&text));
    let hint = error.hint.as_ref().map_or(raw.clone(), |hint| format!("{hint}; {raw}"));
    error.hint(hint)
}

fn missing(outcome: &Outcome, placeholder: &Placeholder, id: &SecretId) -> Error {
    match outcome {
        Outcome::Found(secret) => no_key(secret, placeholder, id),
        Outcome::NoPath(error)
        | Outcome::NoVersion(error)
        | Outcome::Denied(error)
        | Outcome::Refused(error)
        | Outcome::Failed(error) => error.clone(),
        Outcome::Planned => nothing(),
    }
}

fn nothing() -> Error {
    Error::new(Kind::Missing, "missing value")
}

fn no_key(secret: &Secret, placeholder: &Placeholder, id: &SecretId) -> Error {
    let Key::Named(key) = &placeholder.key else { return nothing() };
    let names: Vec<&str> = secret.names().collect();
    let keys = match near(key, &names).as_slice() {
        [] if names.is_empty() => "the secret is empty".to_owned(),
        [] => format!("its keys are {}", list::few_quoted(&names, NAMES)),
        near => format!("did you mean {}?", list::quoted(near)),
    };
    // `<br>` looks like a key.
    let hint = match placeholder.secret {
        Reference::Annotated => format!("{keys}; if the text is meant, write `<raw:{key}>`"),
        Reference::Inline { .. } => match placeholder.forgotten_bar() {
            Some(bar) => format!("{bar}; {keys}"),
            None => keys,
        },
    };
    Error::new(Kind::Missing, format!("missing key `{key}` in the secret at `{}`", id.path)).hint(hint)
}

fn near<'n>(key: &str, names: &[&'n str]) -> Vec<&'n str> {
    const ALIKE: f64 = 0.8;
    let mut alike = suggestion::by_likeness(key, names.iter().copied(), ALIKE, str::to_lowercase);
    alike.truncate(NEAR);
    alike
}
