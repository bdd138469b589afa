//! Plan → its reads: each secret once, with the placeholders that need it. Pure; the policy decides elsewhere which are allowed.

use indexmap::IndexMap;

use super::gap::PlaceholderUse;
use super::plan::Plan;
use crate::secret::SecretId;

/// A read that a run will make.
#[derive(Debug)]
pub struct Read<'p> {
    /// The secret to read.
    pub id: SecretId,
    /// The placeholders that need it, in the order of the input; at least one.
    pub uses: Vec<PlaceholderUse<'p>>,
}

impl Plan<'_> {
    /// The reads, in the order of their first placeholder in the input.
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
