//! Compares manifests with the objects of a cluster, both as the API server completes them, with secrets masked on both sides.
//! Pure: the caller asks the server. A draft (as it is written) becomes an object (filled), then a resource on two sides.

mod cover;
mod needle;
mod object;
mod refusal;
mod shown;

use std::collections::HashSet;

use crate::client::kubernetes::{ApiRefusal, ApiResponse, Location};
use crate::compare::Side;
use crate::error::{Error, Errors, Kind};
use crate::render::Mask;
use crate::value::Value;

pub(crate) use object::{Object, Objects, drafts, objects, printed};
use shown::Masking;

/// The responses of the API server about an object whose kind is installed.
#[derive(Debug)]
pub(crate) struct DryRun {
    /// Where the object is in the API.
    pub at: Location,
    /// The object in the cluster.
    pub live: ApiResponse,
    /// The object as applying would make it; `None` if reading the live object was refused, so that nothing was applied.
    pub applied: Option<ApiResponse>,
}

/// The two sides of a comparison, and both again with one mask for all secrets.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    /// The objects in the cluster.
    pub before: Side,
    /// The objects as applying would make them.
    pub after: Side,
    /// Both sides, with one mask for all secrets.
    pub blank: (Side, Side),
}

/// What applying an object would do, as the responses predict it.
enum Prediction {
    /// The object in the cluster, if there is one, and what it would become.
    Known(Option<Value>, Value),
    /// The object cannot exist yet, and the server cannot complete it, for this reason.
    Unknown(String),
    /// The object cannot be compared.
    Failed(Error),
}

impl Objects {
    /// The two sides, and findings about objects that cannot be compared. There is one dry run for each object, `None` for an
    /// object whose kind is not installed.
    pub(crate) fn sides(&self, dry_runs: &[Option<DryRun>], mask: &Mask) -> (Sides, Errors) {
        let (mut sides, mut findings) = (Sides::default(), Errors::new());
        for (object, dry_run) in self.list.iter().zip(dry_runs) {
            match self.predict(object, dry_run.as_ref()) {
                Prediction::Known(live, after) => self.add(object, live.as_ref(), &after, mask, &mut sides),
                Prediction::Unknown(reason) => {
                    findings.push(as_written(object, &reason));
                    self.add(object, None, &object.value, mask, &mut sides);
                }
                Prediction::Failed(error) => findings.push(error),
            }
        }
        (sides, findings)
    }

    /// The two sides of a comparison with what another program makes of the same manifests: there is one value for each object, `None` if
    /// the program prints none. The order of keys does not count.
    pub(crate) fn against(&self, others: &[Option<Value>], mask: &Mask) -> Sides {
        let mut sides = Sides::default();
        for (object, other) in self.list.iter().zip(others) {
            let other = other.clone().map(sorted);
            self.add(object, other.as_ref(), &sorted(object.value.clone()), mask, &mut sides);
        }
        sides
    }

    /// A text in which the values of placeholders are marked.
    pub(crate) fn redact(&self, text: &str) -> String {
        let needles = self.list.iter().map(|object| &*object.own).chain([&self.needles]);
        let mut found: Vec<_> = needles.flat_map(|needles| needles.find(text)).collect();
        found.sort_by_key(|span| span.start);
        let (mut out, mut at) = (String::new(), 0);
        for span in found.into_iter().filter(|span| span.start < span.end) {
            if span.start >= at {
                out += &text[at..span.start];
                out += "[redacted]";
            }
            at = at.max(span.end);
        }
        out + &text[at..]
    }

    fn predict(&self, object: &Object, dry_run: Option<&DryRun>) -> Prediction {
        let Some(DryRun { at, live, applied }) = dry_run else {
            return Prediction::Unknown(self.not_installed(object));
        };
        let live = match live {
            ApiResponse::Object(json) => match read(object, json) {
                Ok(live) => Some(live),
                Err(error) => return Prediction::Failed(error),
            },
            ApiResponse::Refused(ApiRefusal { code: 404, .. }) => None,
            ApiResponse::Refused(refusal) => return Prediction::Failed(refusal::finding(object, at, "get", refusal)),
        };
        match applied {
            Some(ApiResponse::Object(json)) => {
                read(object, json).map_or_else(Prediction::Failed, |after| Prediction::Known(live, after))
            }
            Some(ApiResponse::Refused(refusal)) if live.is_none() && refusal::is_without_namespace(refusal) => {
                Prediction::Unknown(self.no_namespace(at))
            }
            Some(ApiResponse::Refused(refusal)) => Prediction::Failed(refusal::finding(object, at, "patch", refusal)),
            None => Prediction::Failed(Error::new(Kind::Bug, "an object was not tried").at(object.place.clone())),
        }
    }

    fn add(&self, object: &Object, live: Option<&Value>, after: &Value, mask: &Mask, sides: &mut Sides) {
        let needles = [&self.needles, &*object.own];
        let text = |value: &Value, mask: &Mask| Masking { mask, needles }.text(value, &object.cover, live);
        let (file, line, blank) = (&object.place.source.name, object.place.line_column().0, Mask::blank());
        if let Some(live) = live {
            sides.before.add(file, file, line, &text(live, mask));
            sides.blank.0.add(file, file, line, &text(live, &blank));
        }
        sides.after.add(file, file, line, &text(after, mask));
        sides.blank.1.add(file, file, line, &text(after, &blank));
    }

    fn not_installed(&self, object: &Object) -> String {
        let defines = |other: &&Object| {
            let spec = other.value.get("spec");
            let group = spec.and_then(|spec| spec.get("group"));
            let kind = spec.and_then(|spec| spec.get("names")).and_then(|names| names.get("kind"));
            let own = object.api_version.split('/').next();
            other.id.kind == "CustomResourceDefinition" && is(kind, Some(&object.id.kind)) && is(group, own)
        };
        let known = format!("the cluster has no kind `{}` of `{}`", object.id.kind, object.api_version);
        match self.list.iter().find(defines) {
            Some(definition) => format!("{known} until {} is applied", definition.id),
            None => known,
        }
    }

    fn no_namespace(&self, at: &Location) -> String {
        let namespace = at.namespace.as_deref().unwrap_or_default();
        let created: HashSet<&str> = (self.list.iter().filter(|other| other.id.kind == "Namespace"))
            .filter_map(|other| other.id.name.as_deref())
            .collect();
        match created.contains(namespace) {
            true => format!("its namespace `{namespace}` is not there until it is applied"),
            false => format!("the cluster has no namespace `{namespace}`"),
        }
    }
}

/// A value with the keys of its maps in the order of their letters.
fn sorted(value: Value) -> Value {
    match value {
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
            Value::Map(entries)
        }
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        scalar => scalar,
    }
}

fn is(value: Option<&Value>, expected: Option<&str>) -> bool {
    matches!((value, expected), (Some(Value::Text(text)), Some(expected)) if text.as_str() == expected)
}

fn read(object: &Object, json: &str) -> Result<Value, Error> {
    Value::from_json(json.as_bytes()).map_err(|cause| {
        let detail = format!("the response of Kubernetes about {} cannot be read", object.id);
        Error::new(Kind::Store, detail).cause(cause).at(object.place.clone())
    })
}

/// The warning that an object is shown as its manifest has it.
fn as_written(object: &Object, reason: &str) -> Error {
    let detail = format!("{} cannot be tried by the server, and is shown as it is written: {reason}", object.id);
    Error::warning(Kind::Input, detail).at(object.place.clone()).hidden()
}
