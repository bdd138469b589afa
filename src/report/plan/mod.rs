//! What a run will read, before it does: for people, for programs, and as the policy that Vault has to grant for it.

mod hcl;
mod json;
mod text;

use std::collections::HashSet;

pub use hcl::policy;
pub use json::json;
pub use text::text;

use crate::backend::StoreFacts;
use crate::render::Read;
use crate::secret::Engine;

/// The reads of a run, as far as its input and settings say.
#[derive(Debug)]
pub struct Forecast<'p> {
    /// What is known of the store.
    pub store: StoreFacts,
    /// Each secret with who needs it, in the order of the input.
    pub reads: Vec<Read<'p>>,
    /// Whether nothing was wrong with the input: an error may hide further reads.
    pub complete: bool,
}

impl Forecast<'_> {
    /// How many requests the reads take.
    fn requests(&self) -> usize {
        if self.store.is_remote { self.reads.len() } else { 0 }
    }

    /// The namespace in which `read` happens; an annotation's stands instead of the operator's.
    fn namespace<'f>(&'f self, read: &'f Read<'_>) -> Option<&'f str> {
        read.id.namespace.as_deref().or(self.store.namespace.as_deref())
    }

    /// The KV engine whose rules `read` follows, if that was said.
    fn engine(&self, read: &Read<'_>) -> Option<Engine> {
        read.id.engine.or(self.store.engine)
    }

    /// How many paths, placeholders and resources there are.
    fn counts(&self) -> [usize; 3] {
        let paths: HashSet<_> = self.reads.iter().map(|read| (self.namespace(read), &read.id.path)).collect();
        let uses = || self.reads.iter().flat_map(|read| &read.uses);
        let resources: HashSet<_> = uses().map(|usage| std::sync::Arc::as_ptr(&usage.gap.resource)).collect();
        [paths.len(), uses().count(), resources.len()]
    }
}

/// A KV engine's version.
fn number(engine: Engine) -> u8 {
    match engine {
        Engine::V1 => 1,
        Engine::V2 => 2,
    }
}
