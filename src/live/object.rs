//! Makes the objects that are applied from manifests: first drafts as they are written, with their covers, then filled objects.

use std::collections::HashMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::cover::Cover;
use super::needle::{Needles, texts};
use crate::budget::Budget;
use crate::error::{Error, Errors, Kind};
use crate::manifest::{self, Resource};
use crate::render::{self, Document, Edits, FillOptions, Filling, Gap, PlaceholderUse, Plan, Survey};
use crate::secret::{Outcome, Secrets};
use crate::source::{Place, ResourceId, Source, Span};
use crate::value::Value;
use crate::yaml::reader;
use crate::yaml::split::split;
use crate::yaml::tree::Tree;
use crate::yaml::{self, Flaw};

/// The objects of a document as they are written.
#[derive(Debug)]
pub(crate) struct Draft {
    source: Arc<Source>,
    span: Span,
    /// `None` for an object that cannot be compared.
    parts: Vec<Option<Part>>,
}

#[derive(Debug)]
struct Part {
    id: Arc<ResourceId>,
    api_version: String,
    place: Place,
    cover: Cover,
}

/// A filled object, with its cover.
#[derive(Debug)]
pub(crate) struct Object {
    /// Its kind, namespace and name.
    pub id: Arc<ResourceId>,
    /// Its `apiVersion`, group and version.
    pub api_version: String,
    /// Where it begins in its source.
    pub place: Place,
    pub(super) value: Value,
    pub(super) cover: Cover,
    /// The values of the placeholders in its own document.
    pub(super) own: Arc<Needles>,
}

/// All objects of a run.
#[derive(Debug)]
pub(crate) struct Objects {
    /// The objects in the order of the input.
    pub list: Vec<Object>,
    /// The number of documents and items that are not Kubernetes objects with a name: there is nothing to compare them with.
    pub nameless: usize,
    /// The values of all placeholders.
    pub(super) needles: Needles,
}

/// The shortest value that is searched in longer texts: of the same document, and of other documents.
const SHORTEST: usize = 4;
const SHORTEST_OF_OTHERS: usize = 8;

impl Object {
    /// The JSON that is applied.
    pub(crate) fn json(&self) -> Zeroizing<String> {
        self.value.to_json().unwrap_or_default()
    }

    /// Whether it holds no secret: nothing in it comes from a store, and it is not a Secret. Messages about it may be shown whole.
    pub(super) fn is_plain(&self) -> bool {
        self.cover.is_clear() && self.id.kind != "Secret"
    }
}

/// The drafts of all documents of a survey.
pub(crate) fn drafts(survey: &Survey<'_>, errors: &mut Errors) -> Vec<Draft> {
    survey.documents().map(|document| draft(document, errors)).collect()
}

fn draft(document: &Document<'_>, errors: &mut Errors) -> Draft {
    let Document { source, span, tree, gaps, .. } = document;
    // A `<raw:…>` brings in no secret.
    let gaps = gaps.iter().filter(|gap| !gap.placeholders().is_empty());
    let gaps: Vec<&str> = gaps.filter_map(|gap| tree.text(gap.node)).collect();
    let text = String::from_utf8_lossy(&source.bytes[span.range()]);
    let part = |object: Resource| {
        if !object.is_object || object.id.name.is_none() {
            return None;
        }
        let place = Place { field: None, ..document.place(object.node) };
        match yaml::value(tree, object.node) {
            Ok(value) => {
                let cover = Cover::of(&value, &|text| gaps.contains(&text));
                Some(Part { id: object.id, api_version: object.api_version, place, cover })
            }
            Err(Flaw { error, .. }) => {
                errors.push(error.at(place));
                None
            }
        }
    };
    Draft { source: source.clone(), span: *span, parts: applied(tree, &text).map(part).collect() }
}

/// The objects of the drafts, filled with the edits that `plan` and `secrets` led to.
pub(crate) fn objects(
    drafts: Vec<Draft>,
    plan: &Plan<'_>,
    secrets: &Secrets,
    options: &FillOptions,
    edits: &Edits,
    errors: &mut Errors,
) -> Objects {
    // A budget of its own: filling has counted the same values already.
    let filling = Filling { options, budget: &Budget::default() };
    let uses = plan.placeholders();
    let filled: Vec<Filled<'_>> = uses.map(|usage| (usage.gap, values(&usage, secrets, filling))).collect();
    let long = filled.iter().flat_map(|(_, values)| values).filter(|value| value.len() >= SHORTEST_OF_OTHERS);
    let mut objects = Objects { list: Vec::new(), nameless: 0, needles: Needles::new(long, SHORTEST_OF_OTHERS) };
    let texts = texts_of(&drafts, edits);
    for draft in drafts {
        objects.nameless += draft.parts.iter().filter(|part| part.is_none()).count();
        match draft.objects(&texts, &filled) {
            Ok(list) => objects.list.extend(list),
            Err(error) => errors.push(error),
        }
    }
    objects
}

/// The filled documents, by their source and where they start in it.
type Texts = HashMap<(*const Source, usize), Zeroizing<Vec<u8>>>;

fn texts_of(drafts: &[Draft], edits: &Edits) -> Texts {
    let mut sources: Vec<&Arc<Source>> = drafts.iter().map(|draft| &draft.source).collect();
    sources.dedup_by(|a, b| Arc::ptr_eq(a, b));
    let documents = sources.into_iter().flat_map(|source| {
        render::rendered_documents(source, edits)
            .map(|document| ((Arc::as_ptr(source), document.span.start), document.text))
    });
    documents.collect()
}

/// A gap, and the values that one of its placeholders brought in.
type Filled<'p> = (&'p Gap, Vec<Zeroizing<String>>);

impl Draft {
    fn objects(self, texts: &Texts, filled: &[Filled<'_>]) -> Result<Vec<Object>, Error> {
        if self.parts.iter().all(Option::is_none) {
            return Ok(Vec::new());
        }
        let within = |gap: &Gap| {
            Arc::ptr_eq(&gap.place.source, &self.source) && self.span.range().contains(&gap.place.span.start)
        };
        let own = filled.iter().filter(|(gap, _)| within(gap)).flat_map(|(_, values)| values);
        let own = Arc::new(Needles::new(own, SHORTEST));
        let values = self.values(texts)?;
        let object = |(part, value): (Option<Part>, Value)| {
            let Part { id, api_version, place, cover } = part?;
            Some(Object { id, api_version, place, value, cover, own: own.clone() })
        };
        Ok(self.parts.into_iter().zip(values).filter_map(object).collect())
    }

    /// The filled values of its parts.
    fn values(&self, texts: &Texts) -> Result<Vec<Value>, Error> {
        let here = |error: Error| error.at(Place::new(self.source.clone(), self.span));
        let text = texts.get(&(Arc::as_ptr(&self.source), self.span.start));
        let text = text.and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
        let tree = reader::read(text, Span::new(0, text.len())).map_err(|flaw| here(flaw.error))?;
        let objects: Vec<Resource> = applied(&tree, text).collect();
        if objects.len() != self.parts.len() {
            return Err(here(Error::new(Kind::Bug, "a document has other objects once it is filled")));
        }
        let value = |(object, part): (&Resource, &Option<Part>)| match part {
            Some(_) => value(&tree, object).map_err(|flaw| here(flaw.error)),
            None => Ok(Value::Null),
        };
        objects.iter().zip(&self.parts).map(value).collect()
    }
}

/// The objects with a name in a text that another program printed, and the number of those without one.
pub(crate) fn printed(text: &str) -> Result<(Vec<(ResourceId, Value)>, usize), String> {
    let (mut objects, mut nameless) = (Vec::new(), 0);
    for span in split(text.as_bytes()) {
        let document = &text[span.range()];
        let tree = reader::read(document, Span::new(0, document.len())).map_err(|flaw| flaw.error.detail)?;
        // An empty document is null, or nothing at all.
        let is_empty = |root| matches!(yaml::value(&tree, root), Ok(Value::Null));
        if tree.root().is_none_or(is_empty) {
            continue;
        }
        for object in applied(&tree, document) {
            if object.is_object && object.id.name.is_some() {
                let value = value(&tree, &object).map_err(|flaw| flaw.error.detail)?;
                objects.push(((*object.id).clone(), value));
            } else {
                nameless += 1;
            }
        }
    }
    Ok((objects, nameless))
}

/// The values that a placeholder brought in: its result, and the value of the secret from which it was made.
fn values(usage: &PlaceholderUse<'_>, secrets: &Secrets, filling: Filling<'_>) -> Vec<Zeroizing<String>> {
    let raw = match usage.outcome(secrets) {
        Some(Outcome::Found(secret)) => render::named_value(usage.placeholder, secret).ok().flatten(),
        _ => None,
    };
    let result = usage.result(secrets, filling).ok().flatten();
    let mut out = Vec::new();
    raw.into_iter().chain(&result).for_each(|value| texts(value, &mut out));
    out
}

/// The objects that a document applies: a List without items applies nothing.
fn applied(tree: &Tree<'_>, text: &str) -> impl Iterator<Item = Resource> {
    manifest::objects(tree, text).into_iter().filter(|object| !manifest::is_list(tree, object))
}

/// An object's value, completed with the kind and apiVersion that it takes from its List.
fn value(tree: &Tree<'_>, object: &Resource) -> Result<Value, Flaw> {
    let value = yaml::value(tree, object.node)?;
    let Value::Map(mut entries) = value else { return Ok(value) };
    for (key, inherited) in [("kind", &object.id.kind), ("apiVersion", &object.api_version)] {
        if !entries.iter().any(|(own, _)| own.as_str() == key) {
            entries.insert(0, (Zeroizing::new(key.to_owned()), Value::text(inherited.as_str())));
        }
    }
    Ok(Value::Map(entries))
}
