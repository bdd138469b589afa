//! Plan → its reads: each secret once, with the placeholders that need it. Pure; whether one is allowed is not asked here.

use indexmap::IndexMap;

use super::plan::{Asked, Plan};
use crate::secret::SecretId;

/// One reading that a run will do.
#[derive(Debug)]
pub struct Read<'p> {
    /// What is read.
    pub id: SecretId,
    /// The placeholders that need it, in the order of the input; never none.
    pub asked: Vec<Asked<'p>>,
}

impl Plan<'_> {
    /// The reads, in the order in which the input first asks for each.
    pub fn reads(&self) -> Vec<Read<'_>> {
        let mut reads: IndexMap<SecretId, Vec<Asked<'_>>> = IndexMap::new();
        for asked in self.placeholders() {
            if let Some(id) = asked.gap.asker.secret(asked.placeholder) {
                reads.entry(id).or_default().push(asked);
            }
        }
        reads.into_iter().map(|(id, asked)| Read { id, asked }).collect()
    }
}
