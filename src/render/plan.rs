//! Sources → the gaps to fill, and the secrets that they need. Pure; errors are collected.

use std::collections::HashSet;
use std::sync::Arc;

use super::document::{Document, Unparsed, documents};
use super::gap::{Gap, PlaceholderUse};
use super::resource_context::ResourceContext;
use super::surroundings::Surroundings;
use super::{Leftovers, Options, strict};
use crate::error::{Error, Errors, Kind, Level};
use crate::placeholder::{Match, MatchKind, Placeholder};
use crate::secret::{Access, Usage};
use crate::source::{Place, Source, Span};
use crate::yaml::tree::Tree;

/// The documents that a run fills, and the secrets that it reads for them.
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

impl<'s> Plan<'s> {
    /// The plan to fill `documents`.
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

    /// The accesses, one for each placeholder, in the order of the input.
    pub fn accesses(&self) -> &[Access] {
        &self.accesses
    }
}

/// Plans every document of `sources` that may hold a placeholder.
pub fn plan<'s>(
    sources: &'s [Arc<Source>],
    options: &Options,
    surroundings: &Arc<Surroundings>,
    errors: &mut Errors,
) -> Plan<'s> {
    Plan::of(
        documents(sources, options.leftovers != Leftovers::Refused, surroundings.clone(), options.leftovers),
        options,
        errors,
    )
}

/// Plans a document. One that does not parse is an error only if it may hold a placeholder.
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
    let leftovers = document.leftovers.drain(..);
    match options.leftovers {
        Leftovers::Ignored => {}
        Leftovers::Warned => errors.extend(leftovers.map(strict::as_warning)),
        Leftovers::Refused => errors.extend(leftovers),
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
    let Document { source, span, tree, mut gaps, .. } = document;
    gaps.shrink_to_fit();
    (!gaps.is_empty()).then_some(DocumentPlan { source, span, tree, gaps })
}

fn annotation_findings(source: &Arc<Source>, resource: &ResourceContext) -> impl Iterator<Item = Error> {
    let place = |span| resource.place(Place::new(source.clone(), span));
    resource.annotations.findings.iter().map(move |(span, error)| error.clone().at(place(*span)))
}

/// The part of the secret that a placeholder uses.
fn usage(placeholder: &Placeholder) -> Usage {
    Usage { key: placeholder.key.named().map(str::to_owned), modifiers: placeholder.chain.names().collect() }
}

fn no_object(gap: &Gap) -> Error {
    Error::new(
        Kind::NotKubernetes,
        "a document with placeholders is not a Kubernetes object: it has no `apiVersion` or no `kind`",
    )
    .hint("`--any` fills any YAML or JSON, values files for example")
    .at(gap.place.clone())
}

/// Adds the accesses that `found` needs, and the errors of placeholders that cannot be filled.
fn accesses(gap: &Gap, found: &Match, place: &Place, out: &mut Vec<Access>, errors: &mut Errors) {
    match &found.kind {
        MatchKind::Placeholder(placeholder) => match gap.resource.named_secret(placeholder) {
            Some(Ok(id)) => out.push(Access { id, usage: usage(placeholder), place: place.clone() }),
            Some(Err(error)) => errors.push(error.at(place.clone())),
            None => {}
        },
        MatchKind::Wrong(error) => errors.push((**error).clone().at(place.clone())),
        MatchKind::Encoded { matches, .. } => matches.iter().for_each(|inner| accesses(gap, inner, place, out, errors)),
        MatchKind::Raw(_) | MatchKind::Malformed(_) => {}
    }
}
