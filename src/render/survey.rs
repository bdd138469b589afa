//! Every document of some sources, parsed once. `check` needs all of them together; a plan takes candidates one by one. Pure.

use std::sync::Arc;

use super::document::{Document, Unparsed, documents};
use super::plan::Plan;
use super::surroundings::Surroundings;
use super::{Leftovers, Options};
use crate::error::Errors;
use crate::source::Source;

/// The documents of some sources.
#[derive(Debug)]
pub struct Survey<'s> {
    sources: &'s [Arc<Source>],
    documents: Vec<Result<Document<'s>, Unparsed>>,
}

impl<'s> Survey<'s> {
    /// Surveys every document of `sources`, leftovers included.
    pub fn new(sources: &'s [Arc<Source>], surroundings: &Arc<Surroundings>) -> Self {
        Self { sources, documents: documents(sources, false, surroundings.clone(), Leftovers::Refused).collect() }
    }

    /// The surveyed sources.
    pub fn sources(&self) -> &'s [Arc<Source>] {
        self.sources
    }

    /// The documents that parse.
    pub fn documents(&self) -> impl Iterator<Item = &Document<'s>> {
        self.documents.iter().flatten()
    }

    /// The documents that do not parse.
    pub fn unparsed(&self) -> impl Iterator<Item = &Unparsed> {
        self.documents.iter().filter_map(|document| document.as_ref().err())
    }

    /// The plan to fill the documents.
    pub fn plan(self, options: &Options, errors: &mut Errors) -> Plan<'s> {
        Plan::of(self.documents.into_iter(), options, errors)
    }
}
