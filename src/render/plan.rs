//! Sources → what is to be filled, and which secrets that takes. Pure; what is wrong is collected.

use std::cell::LazyCell;
use std::sync::Arc;

use super::{Options, walk};
use crate::error::{Error, Errors, Kind, Level};
use crate::manifest::{self, Annotations, Field, PATH_ANNOTATION, Resource, Takes};
use crate::placeholder::{self, Found, Placeholder, Reference, What};
use crate::secret::{Access, Engine, SecretId, normalise};
use crate::source::{Place, ResourceId, Source, Span};
use crate::yaml::split::split;
use crate::yaml::tree::{NodeId, Tree};
use crate::yaml::{Flaw, reader};

/// What a run will fill, and the readings that it takes.
#[derive(Debug, Default)]
pub struct Plan<'s> {
    pub(super) documents: Vec<Planned<'s>>,
    pub(super) accesses: Vec<Access>,
}

/// A document with placeholders.
#[derive(Debug)]
pub(super) struct Planned<'s> {
    pub(super) source: Arc<Source>,
    pub(super) span: Span,
    pub(super) tree: Tree<'s>,
    pub(super) gaps: Vec<Gap>,
}

/// A scalar to fill.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) node: NodeId,
    pub(super) field: Field<'static>,
    pub(super) takes: Takes,
    pub(super) asker: Arc<Asker>,
    pub(super) found: Vec<Found>,
    /// Where each of `found` stands in the source, if it does so literally.
    pub(super) places: Vec<Option<Span>>,
    /// The scalar's start.
    pub(super) place: Place,
}

/// The resource that asks: what its placeholders need to know of it.
#[derive(Debug)]
pub(super) struct Asker {
    pub(super) id: Arc<ResourceId>,
    pub(super) origin: Option<Arc<str>>,
    pub(super) annotations: Annotations,
    pub(super) is_object: bool,
}

impl Plan<'_> {
    /// The readings, in the order of the input; one for each placeholder.
    pub fn accesses(&self) -> &[Access] {
        &self.accesses
    }
}

impl Gap {
    /// Where the `index`th of `found` stands.
    pub(super) fn place_of(&self, index: usize) -> Place {
        let literal = self.places.get(index).copied().flatten();
        Place { span: literal.unwrap_or(self.place.span), ..self.place.clone() }
    }
}

impl Asker {
    pub(super) fn new(resource: Resource) -> (Arc<Self>, NodeId, Vec<Resource>) {
        let Resource { node, id, is_object, annotations, origin, items } = resource;
        (Arc::new(Self { id, origin, annotations, is_object }), node, items)
    }

    /// Which secret a placeholder of this resource reads. None where its path leads above the root.
    pub(super) fn secret(&self, placeholder: &Placeholder) -> Option<SecretId> {
        let Annotations { path, kv_version, version, namespace, .. } = &self.annotations;
        let (path, version) = match &placeholder.secret {
            Reference::Inline { path, version } => (normalise(path)?, *version),
            Reference::Annotated => (normalise(path.as_ref()?)?, *version),
        };
        let engine = kv_version.map(|version| if version == 1 { Engine::V1 } else { Engine::V2 });
        Some(SecretId { namespace: namespace.clone(), path, version, engine })
    }

    /// `place`, with the resource that it is in.
    pub(super) fn place(&self, place: Place) -> Place {
        Place { resource: Some(self.id.clone()), origin: self.origin.clone(), ..place }
    }
}

/// Plans every document of `sources`.
pub fn plan<'s>(sources: &'s [Arc<Source>], options: &Options, errors: &mut Errors) -> Plan<'s> {
    let mut plan = Plan::default();
    for source in sources {
        let text = LazyCell::new(|| utf8_prefix(&source.bytes));
        for document in split(&source.bytes).filter(|document| document.candidate || options.strict) {
            plan.documents.extend(plan_document(source, &text, document.span, options, errors));
        }
    }
    for planned in &plan.documents {
        for gap in &planned.gaps {
            for (index, found) in gap.found.iter().enumerate() {
                accesses(gap, found, &gap.place_of(index), &mut plan.accesses, errors);
            }
        }
    }
    plan
}

fn plan_document<'s>(
    source: &Arc<Source>,
    text: &'s str,
    span: Span,
    options: &Options,
    errors: &mut Errors,
) -> Option<Planned<'s>> {
    let tree = match read(source, text, span) {
        Ok(tree) => tree,
        Err(error) => {
            errors.extend(error);
            return None;
        }
    };
    let resource = manifest::resources(&tree, &text[span.range()])?;
    let findings = walk::walk(source, &tree, resource, options.strict);
    if options.strict {
        errors.extend(findings.leftovers);
    }
    errors.extend(findings.errors);
    let gaps = findings.gaps;
    for asker in &findings.askers {
        let asks = gaps.iter().any(|gap| Arc::ptr_eq(&gap.asker, asker));
        errors.extend(annotation_findings(source, asker).filter(|error| asks || error.level < Level::Error));
    }
    if let Some(gap) = gaps.iter().find(|gap| !gap.asker.is_object && !options.any) {
        errors.push(no_object(gap));
        return None;
    }
    (!gaps.is_empty()).then_some(Planned { source: source.clone(), span, tree, gaps })
}

/// As much of `bytes` as is UTF-8.
fn utf8_prefix(bytes: &[u8]) -> &str {
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    std::str::from_utf8(&bytes[..valid]).unwrap_or_default()
}

/// The document's tree. What does not parse is an error only where it could have been filled.
fn read<'s>(source: &Arc<Source>, text: &'s str, span: Span) -> Result<Tree<'s>, Option<Error>> {
    let read = match text.len() < span.end {
        true => Err(Flaw {
            span: Span::new(text.len(), text.len() + 1),
            error: Error::new(Kind::Syntax, "a file with placeholders is not UTF-8 here"),
        }),
        false => reader::read(text, span),
    };
    read.map_err(|Flaw { span: at, error }| {
        let document = String::from_utf8_lossy(&source.bytes[span.range()]);
        let wanted = placeholder::looks_filled_with(&document) || document.contains(PATH_ANNOTATION);
        wanted.then(|| error.at(Place::new(source.clone(), at)))
    })
}

/// Whether filling has to do with `found`.
pub(super) fn fills(found: &Found) -> bool {
    match &found.what {
        What::Raw(_) | What::Placeholder(_) | What::Wrong(_) => true,
        What::Malformed(_) => false,
        What::Encoded { found, .. } => found.iter().any(fills),
    }
}

fn annotation_findings(source: &Arc<Source>, asker: &Asker) -> impl Iterator<Item = Error> {
    let place = |span| asker.place(Place::new(source.clone(), span));
    asker.annotations.findings.iter().map(move |(span, error)| error.clone().at(place(*span)))
}

fn no_object(gap: &Gap) -> Error {
    Error::new(
        Kind::NotKubernetes,
        "a document with placeholders is no Kubernetes object: it has no `apiVersion` or no `kind`",
    )
    .hint("`--any` fills any YAML or JSON, values files for example")
    .at(gap.place.clone())
}

/// The readings that `found` needs, and the placeholders that cannot be.
fn accesses(gap: &Gap, found: &Found, place: &Place, out: &mut Vec<Access>, errors: &mut Errors) {
    match &found.what {
        What::Placeholder(placeholder) => match gap.asker.secret(placeholder) {
            Some(id) => out.push(Access { id, place: place.clone() }),
            None if gap.asker.annotations.path.is_none() && placeholder.secret == Reference::Annotated => {}
            None => errors.push(
                Error::new(Kind::Placeholder, format!("the path of `{}` leads above the root", placeholder.written))
                    .hint("write the path without `..`")
                    .at(place.clone()),
            ),
        },
        What::Wrong(error) => errors.push((**error).clone().at(place.clone())),
        What::Encoded { found, .. } => found.iter().for_each(|inner| accesses(gap, inner, place, out, errors)),
        What::Raw(_) | What::Malformed(_) => {}
    }
}
