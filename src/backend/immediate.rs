//! Stores that hold all their secrets in memory and answer without waiting. Their rounds have no state.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use super::{Freshness, Intent, Readings, Round, Store};
use crate::policy::{Grant, Policy};
use crate::secret::{Outcome, SecretId};

/// A store that reads with `read`.
pub(super) fn store(read: impl Fn(&SecretId) -> Outcome + Send + Sync + 'static) -> Arc<dyn Store> {
    Arc::new(Immediate(read))
}

struct Immediate<F>(F);

struct ImmediateRound<F>(Arc<Immediate<F>>);

impl<F: Fn(&SecretId) -> Outcome + Send + Sync + 'static> Store for Immediate<F> {
    fn begin(self: Arc<Self>, _: Arc<Policy>, _: Freshness) -> Box<dyn Round> {
        Box::new(ImmediateRound(self))
    }
}

impl<F: Fn(&SecretId) -> Outcome + Send + Sync> Round for ImmediateRound<F> {
    fn read(&self, grants: Vec<Grant>, _: Intent) -> Readings<'_> {
        let Immediate(read) = &*self.0;
        stream::iter(grants)
            .map(|grant| {
                let outcome = read(grant.id());
                (grant, outcome)
            })
            .boxed()
    }
}
