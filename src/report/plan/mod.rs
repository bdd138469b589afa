//! Shows what a run will read before it reads: to people, to programs, and as the policy that Vault needs.

mod hcl;
mod json;
mod secrets;
mod text;

use std::collections::HashSet;

pub(crate) use hcl::policy;
pub(crate) use json::json;
pub(crate) use secrets::secrets;
pub(crate) use text::text;

use crate::backend::{Engine, StoreFacts};
use crate::render::Read;

/// The reads of a run, as far as its input and settings tell.
#[derive(Debug)]
pub(crate) struct ReadPlan<'p> {
    /// What is known of the store without asking it.
    pub store: StoreFacts,
    /// Each secret with the placeholders that need it, in the order of the input.
    pub reads: Vec<Read<'p>>,
    /// Whether these are all reads. Errors in the input may hide others.
    pub is_complete: bool,
}

impl ReadPlan<'_> {
    /// The number of requests for the reads.
    fn requests(&self) -> usize {
        if self.store.is_remote { self.reads.len() } else { 0 }
    }

    /// The namespace of a read: the one of the annotation, else the operator's.
    fn namespace<'f>(&'f self, read: &'f Read<'_>) -> Option<&'f str> {
        read.id.scope.as_deref().or(self.store.scope.as_deref())
    }

    /// The KV engine of a read, if the annotation or the operator names one.
    fn engine(&self, read: &Read<'_>) -> Option<Engine> {
        Engine::of(&read.id).or(self.store.engine)
    }

    /// The numbers of paths, placeholders and resources.
    fn counts(&self) -> [usize; 3] {
        let paths: HashSet<_> = self.reads.iter().map(|read| (self.namespace(read), &read.id.path)).collect();
        let uses = || self.reads.iter().flat_map(|read| &read.uses);
        let resources: HashSet<_> = uses().map(|usage| std::sync::Arc::as_ptr(&usage.gap.resource)).collect();
        [paths.len(), uses().count(), resources.len()]
    }
}
