//! Every schema that a run may use, the nearest first.

use std::sync::{Arc, OnceLock};

use memchr::memmem;

use super::built_in::{KUBERNETES, OPERATORS};
use super::crd::DEFINITION;
use super::{KindId, Schema, Table};
use crate::source::Source;

/// The schemas of a run. Kubernetes' own kinds are always the built-in ones.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    /// Whether names alone decide, as if there were no schema.
    names_only: bool,
    /// Those of the cluster and those that were named, the nearest first.
    given: Vec<Arc<Table>>,
    /// Those of CustomResourceDefinitions that the run has left behind.
    earlier: Arc<Table>,
    /// The texts that may hold further ones, which are read once one is asked for.
    sources: Vec<Arc<Source>>,
    read: OnceLock<Arc<Table>>,
}

impl Schemas {
    /// The schemas for a run in which names alone decide a field's type.
    pub(crate) fn by_names() -> Self {
        Self { names_only: true, ..Self::default() }
    }

    /// The schemas for a run with some that were `given`, the nearest first.
    pub(crate) fn given(given: Vec<Arc<Table>>) -> Self {
        Self { given, ..Self::default() }
    }

    /// Adds the CustomResourceDefinitions in `sources`. Those of an earlier call stay known, not their texts.
    pub(crate) fn learn(&mut self, sources: &[Arc<Source>]) {
        if !self.sources.is_empty() {
            self.earlier = self.of_run().clone();
        }
        let finder = memmem::Finder::new(DEFINITION);
        self.sources = sources.iter().filter(|source| finder.find(&source.bytes).is_some()).cloned().collect();
        self.read = OnceLock::new();
    }

    /// The schema of a kind, if one is known.
    pub(crate) fn of(&self, kind: &KindId) -> Option<Schema> {
        if self.names_only {
            return None;
        }
        let schema = |table: &Arc<Table>| Schema::of(table, &KUBERNETES, kind);
        schema(&KUBERNETES)
            .or_else(|| self.given.iter().find_map(schema))
            .or_else(|| schema(self.of_run()))
            .or_else(|| schema(&OPERATORS))
    }

    /// Whether a version of a group is Kubernetes' own.
    pub(crate) fn is_built_in(group: &str, version: &str) -> bool {
        KUBERNETES.has_version(group, version)
    }

    fn of_run(&self) -> &Arc<Table> {
        if self.sources.is_empty() {
            return &self.earlier;
        }
        self.read.get_or_init(|| {
            let mut table = Table::clone(&self.earlier);
            self.sources.iter().for_each(|source| drop(table.add_definitions(&source.bytes)));
            Arc::new(table)
        })
    }
}
