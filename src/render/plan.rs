//! Sources → what is to be filled, and which secrets that takes. Pure; what is wrong is collected.

use std::collections::HashSet;
use std::sync::Arc;

use super::Options;
use super::survey::{self, Document, Unparsed};
use crate::error::{Error, Errors, Kind, Level};
use crate::manifest::{Annotations, Field, FieldType, Resource};
use crate::placeholder::{Match, MatchKind, Placeholder, Reference};
use crate::secret::{Access, Engine, SecretId, normalise};
use crate::source::{Place, ResourceId, Source, Span};
use crate::yaml::tree::{NodeId, Tree};

/// What a run will fill, and the readings that it takes.
#[derive(Debug, Default)]
pub struct Plan<'s> {
    pub(super) documents: Vec<DocumentPlan<'s>>,
    pub(super) accesses: Vec<Access>,
}

/// A document with placeholders.
#[derive(Debug)]
pub(super) struct DocumentPlan<'s> {
    pub(super) source: Arc<Source>,
    pub(super) span: Span,
    pub(super) tree: Tree<'s>,
    pub(super) gaps: Vec<Gap>,
}

/// A scalar to fill.
#[derive(Debug)]
pub struct Gap {
    /// The scalar.
    pub node: NodeId,
    /// Where in the resource it stands.
    pub field: Field<'static>,
    /// What Kubernetes takes there.
    pub field_type: FieldType,
    /// The resource.
    pub resource: Arc<ResourceContext>,
    /// What its text holds.
    pub matches: Vec<Match>,
    /// Where each of `matches` stands in the source, if it does so literally.
    pub places: Vec<Option<Span>>,
    /// The scalar's start.
    pub place: Place,
}

/// A placeholder in its gap.
#[derive(Debug)]
pub struct PlaceholderUse<'g> {
    /// The scalar.
    pub gap: &'g Gap,
    /// The placeholder.
    pub placeholder: &'g Placeholder,
    /// Where it stands.
    pub place: Place,
    /// Whether it stands in no encoding.
    pub bare: bool,
}

/// The resource that asks: what its placeholders need to know of it.
#[derive(Debug)]
pub struct ResourceContext {
    /// What `kubectl` would call it.
    pub id: Arc<ResourceId>,
    /// The template it came from.
    pub origin: Option<Arc<str>>,
    /// What its annotations ask for.
    pub annotations: Annotations,
    /// Whether it has a kind and an apiVersion.
    pub is_object: bool,
}

impl<'s> Plan<'s> {
    /// What filling `documents` takes.
    pub(super) fn of(
        documents: impl Iterator<Item = Result<Document<'s>, Unparsed>>,
        options: &Options,
        errors: &mut Errors,
    ) -> Self {
        let mut plan = Self::default();
        for document in documents {
            plan.documents.extend(plan_document(document, options, errors));
        }
        for planned in &plan.documents {
            for gap in &planned.gaps {
                for (index, found) in gap.matches.iter().enumerate() {
                    accesses(gap, found, &gap.place_of(index), &mut plan.accesses, errors);
                }
            }
        }
        plan
    }

    /// Every placeholder, in the order of the input.
    pub fn placeholders(&self) -> impl Iterator<Item = PlaceholderUse<'_>> {
        let gaps = self.documents.iter().flat_map(|planned| &planned.gaps);
        gaps.flat_map(Gap::placeholders)
    }

    /// The readings, in the order of the input; one for each placeholder.
    pub fn accesses(&self) -> &[Access] {
        &self.accesses
    }
}

impl Gap {
    /// The placeholders that it holds, in order.
    pub fn placeholders(&self) -> Vec<PlaceholderUse<'_>> {
        let mut asked = Vec::new();
        for (index, found) in self.matches.iter().enumerate() {
            self.collect(found, &self.place_of(index), true, &mut asked);
        }
        asked
    }

    fn collect<'g>(&'g self, found: &'g Match, place: &Place, bare: bool, out: &mut Vec<PlaceholderUse<'g>>) {
        match &found.kind {
            MatchKind::Placeholder(placeholder) => {
                out.push(PlaceholderUse { gap: self, placeholder, place: place.clone(), bare })
            }
            MatchKind::Encoded { matches, .. } => {
                matches.iter().for_each(|inner| self.collect(inner, place, false, out))
            }
            MatchKind::Raw(_) | MatchKind::Wrong(_) | MatchKind::Malformed(_) => {}
        }
    }

    /// Where the `index`th of `matches` stands.
    pub fn place_of(&self, index: usize) -> Place {
        let literal = self.places.get(index).copied().flatten();
        Place { span: literal.unwrap_or(self.place.span), ..self.place.clone() }
    }
}

impl ResourceContext {
    pub(super) fn new(resource: Resource) -> (Arc<Self>, NodeId, Vec<Resource>) {
        let Resource { node, id, is_object, annotations, origin, items } = resource;
        (Arc::new(Self { id, origin, annotations, is_object }), node, items)
    }

    /// Which secret a placeholder of this resource reads. None where its path leads above the root.
    pub fn secret(&self, placeholder: &Placeholder) -> Option<SecretId> {
        let Annotations { path, kv_version, version, namespace, .. } = &self.annotations;
        let (path, version) = match &placeholder.secret {
            Reference::Inline { path, version } => (normalise(path)?, *version),
            Reference::Annotated => (normalise(path.as_ref()?)?, *version),
        };
        let engine = kv_version.map(|version| if version == 1 { Engine::V1 } else { Engine::V2 });
        Some(SecretId { namespace: namespace.clone(), path, version, engine })
    }

    /// `place`, with the resource that it is in.
    pub fn place(&self, place: Place) -> Place {
        Place { resource: Some(self.id.clone()), origin: self.origin.clone(), ..place }
    }
}

/// Plans every document of `sources` that may hold a placeholder.
pub fn plan<'s>(sources: &'s [Arc<Source>], options: &Options, errors: &mut Errors) -> Plan<'s> {
    let strict = options.strict;
    Plan::of(survey::documents(sources, !strict, strict), options, errors)
}

/// What filling a document takes; what does not parse is an error only where it could have been filled.
fn plan_document<'s>(
    document: Result<Document<'s>, Unparsed>,
    options: &Options,
    errors: &mut Errors,
) -> Option<DocumentPlan<'s>> {
    let mut document = match document {
        Ok(document) => document,
        Err(unparsed) => {
            errors.extend(unparsed.may_hold_placeholder.then_some(unparsed.error));
            return None;
        }
    };
    if options.strict {
        errors.extend(document.leftovers.drain(..));
    }
    errors.extend(document.errors.drain(..));
    let asking: HashSet<*const ResourceContext> = document.gaps.iter().map(|gap| Arc::as_ptr(&gap.resource)).collect();
    for (_, resource) in &document.resources {
        let asks = asking.contains(&Arc::as_ptr(resource));
        let findings = annotation_findings(&document.source, resource);
        errors.extend(findings.filter(|error| asks || error.level < Level::Error));
    }
    if let Some(gap) = document.gaps.iter().find(|gap| !gap.resource.is_object && !options.any) {
        errors.push(no_object(gap));
        return None;
    }
    document.planned()
}

/// Whether filling has to do with `found`.
pub(super) fn fills(found: &Match) -> bool {
    match &found.kind {
        MatchKind::Raw(_) | MatchKind::Placeholder(_) | MatchKind::Wrong(_) => true,
        MatchKind::Malformed(_) => false,
        MatchKind::Encoded { matches, .. } => matches.iter().any(fills),
    }
}

fn annotation_findings(source: &Arc<Source>, resource: &ResourceContext) -> impl Iterator<Item = Error> {
    let place = |span| resource.place(Place::new(source.clone(), span));
    resource.annotations.findings.iter().map(move |(span, error)| error.clone().at(place(*span)))
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
fn accesses(gap: &Gap, found: &Match, place: &Place, out: &mut Vec<Access>, errors: &mut Errors) {
    match &found.kind {
        MatchKind::Placeholder(placeholder) => match gap.resource.secret(placeholder) {
            Some(id) => out.push(Access { id, place: place.clone() }),
            None if gap.resource.annotations.path.is_none() && placeholder.secret == Reference::Annotated => {}
            None => errors.push(
                Error::new(Kind::Placeholder, format!("the path of `{}` leads above the root", placeholder.written))
                    .hint("write the path without `..`")
                    .at(place.clone()),
            ),
        },
        MatchKind::Wrong(error) => errors.push((**error).clone().at(place.clone())),
        MatchKind::Encoded { matches, .. } => matches.iter().for_each(|inner| accesses(gap, inner, place, out, errors)),
        MatchKind::Raw(_) | MatchKind::Malformed(_) => {}
    }
}
