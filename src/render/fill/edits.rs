//! The edits that a run makes to each source.

use std::collections::HashMap;
use std::sync::Arc;

use crate::source::Source;
use crate::yaml::splice::Edit;

/// The edits of a run, by source.
#[derive(Debug, Default)]
pub struct Edits {
    /// Each entry keeps its source alive, so that no other source gets the same address.
    edits: HashMap<*const Source, (Arc<Source>, Vec<Edit>)>,
}

impl Edits {
    /// The edits of `source`, in order.
    pub fn of(&self, source: &Arc<Source>) -> impl Iterator<Item = &Edit> {
        self.edits.get(&Arc::as_ptr(source)).into_iter().flat_map(|(_, edits)| edits)
    }

    /// Adds the edits of a further document of `source`.
    pub(super) fn add(&mut self, source: &Arc<Source>, edits: Vec<Edit>) {
        let known = self.edits.entry(Arc::as_ptr(source)).or_insert_with(|| (source.clone(), Vec::new()));
        known.1.extend(edits);
    }
}
