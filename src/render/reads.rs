//! Plan → its reads: each secret once, with the placeholders that need it. Pure; whether one is allowed is not asked here.

use indexmap::IndexMap;

use super::gap::PlaceholderUse;
use super::plan::Plan;
use crate::secret::SecretId;

/// One reading that a run will do.
#[derive(Debug)]
pub struct Read<'p> {
    /// What is read.
    pub id: SecretId,
    /// The placeholders that need it, in the order of the input; never none.
    pub uses: Vec<PlaceholderUse<'p>>,
}

impl Plan<'_> {
    /// The reads, in the order in which the input first asks for each.
    pub fn reads(&self) -> Vec<Read<'_>> {
        let mut reads: IndexMap<SecretId, Vec<PlaceholderUse<'_>>> = IndexMap::new();
        for usage in self.placeholders() {
            if let Some(id) = usage.gap.resource.secret(usage.placeholder) {
                reads.entry(id).or_default().push(usage);
            }
        }
        reads.into_iter().map(|(id, uses)| Read { id, uses }).collect()
    }
}
