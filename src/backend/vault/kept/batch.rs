//! What the keep has for readings that are made together: it is asked once. Sends no request.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::FoundSecrets;
use crate::secret::SecretId;

/// Readings that are made together.
pub(in crate::backend::vault) struct Batch {
    /// The secrets that the keep may have.
    wanted: Vec<SecretId>,
    /// What it has; `None` if it is away, or nobody knows whose it would be.
    found: OnceCell<Option<Arc<FoundSecrets>>>,
}

impl Batch {
    /// A batch of readings of these secrets, of which the keep may have some.
    pub(in crate::backend::vault) fn new<'i>(ids: impl Iterator<Item = &'i SecretId>) -> Self {
        Self { wanted: ids.filter(|id| super::may_be_kept(id)).cloned().collect(), found: OnceCell::new() }
    }

    /// The secrets that the keep may have.
    pub(in crate::backend::vault) fn wanted(&self) -> &[SecretId] {
        &self.wanted
    }

    /// What the keep has of them; `ask` asks it the first time.
    pub(in crate::backend::vault) async fn found<E>(
        &self,
        ask: impl AsyncFnOnce() -> Result<Option<FoundSecrets>, E>,
    ) -> Result<Option<Arc<FoundSecrets>>, E> {
        self.found.get_or_try_init(|| async { Ok(ask().await?.map(Arc::new)) }).await.cloned()
    }
}
