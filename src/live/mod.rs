//! Manifests against the objects of a cluster: both as the API server has them, secrets masked on both sides. Pure: whoever
//! calls asks the server. An object passes from draft (as it is written) to object (filled) to a resource on two sides.

mod cover;
mod needle;
mod object;
mod refusal;
mod shown;

use std::collections::HashSet;

use crate::client::kubernetes::{Answer, Location, Refusal};
use crate::compare::Side;
use crate::error::{Error, Errors, Kind};
use crate::render::Mask;
use crate::value::Value;

pub use object::{Draft, Object, Objects, drafts, objects};
use shown::Masking;

/// What the server said about an object of a kind that is installed.
#[derive(Debug)]
pub struct Tried {
    /// Where it is.
    pub at: Location,
    /// What is there.
    pub live: Answer,
    /// What it would become; none if it was not tried, because reading it was refused.
    pub tried: Option<Answer>,
}

/// The two sides of a comparison, and both once more with every secret looking the same.
#[derive(Debug, Default)]
pub struct Sides {
    /// What is in the cluster.
    pub before: Side,
    /// What applying would make of it.
    pub after: Side,
    /// Both, with one mark for all secrets.
    pub blank: (Side, Side),
}

/// What an object's answers come to.
enum Outcome {
    /// What is there, and what it would become.
    Compared(Option<Value>, Value),
    /// It cannot be there yet, and the server cannot complete it: why.
    New(String),
    /// It is not compared.
    Failed(Error),
}

impl Objects {
    /// The sides that `answers`, one for each object, make, and what cannot be compared. None is for a kind that is not installed.
    pub fn sides(&self, answers: &[Option<Tried>], mask: &Mask) -> (Sides, Errors) {
        let (mut sides, mut findings) = (Sides::default(), Errors::new());
        for (object, answer) in self.list.iter().zip(answers) {
            match self.outcome(object, answer.as_ref()) {
                Outcome::Compared(live, tried) => self.add(object, live.as_ref(), &tried, mask, &mut sides),
                Outcome::New(why) => {
                    findings.push(not_tried(object, &why));
                    self.add(object, None, &object.value, mask, &mut sides);
                }
                Outcome::Failed(error) => findings.push(error),
            }
        }
        (sides, findings)
    }

    fn outcome(&self, object: &Object, answer: Option<&Tried>) -> Outcome {
        let Some(Tried { at, live, tried }) = answer else { return Outcome::New(self.not_installed(object)) };
        let live = match live {
            Answer::Object(json) => match read(object, json) {
                Ok(live) => Some(live),
                Err(error) => return Outcome::Failed(error),
            },
            Answer::Refused(Refusal { code: 404, .. }) => None,
            Answer::Refused(refusal) => return Outcome::Failed(refusal::finding(object, at, "get", refusal)),
        };
        match tried {
            Some(Answer::Object(json)) => {
                read(object, json).map_or_else(Outcome::Failed, |tried| Outcome::Compared(live, tried))
            }
            Some(Answer::Refused(refusal)) if live.is_none() && refusal::is_without_namespace(refusal) => {
                Outcome::New(self.no_namespace(at))
            }
            Some(Answer::Refused(refusal)) => Outcome::Failed(refusal::finding(object, at, "patch", refusal)),
            None => Outcome::Failed(Error::new(Kind::Bug, "an object was not tried").at(object.place.clone())),
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
        let made: HashSet<&str> = (self.list.iter().filter(|other| other.id.kind == "Namespace"))
            .filter_map(|other| other.id.name.as_deref())
            .collect();
        match made.contains(namespace) {
            true => format!("its namespace `{namespace}` is not there until it is applied"),
            false => format!("the cluster has no namespace `{namespace}`"),
        }
    }
}

fn is(value: Option<&Value>, expected: Option<&str>) -> bool {
    matches!((value, expected), (Some(Value::Text(text)), Some(expected)) if text.as_str() == expected)
}

fn read(object: &Object, json: &str) -> Result<Value, Error> {
    Value::from_json(json.as_bytes()).map_err(|cause| {
        let detail = format!("the answer of Kubernetes about {} is not understood", object.id);
        Error::new(Kind::Store, detail).cause(cause).at(object.place.clone())
    })
}

/// It is shown as the manifest has it.
fn not_tried(object: &Object, why: &str) -> Error {
    let detail = format!("{} cannot be tried, and is shown as it is written: {why}", object.id);
    Error::warning(Kind::Input, detail).at(object.place.clone()).hidden()
}
