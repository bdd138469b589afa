//! What Vault has listed: each list is asked for once a round. Sends no request.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::Mutex;

/// Lists by the folder or the namespace that they are of.
pub(super) struct Lists<K, T>(Mutex<HashMap<K, Arc<[T]>>>);

impl<K: Eq + Hash, T> Lists<K, T> {
    /// The list under `key`; `ask` gets it the first time, while others that want one wait.
    pub(super) async fn get(&self, key: K, ask: impl Future<Output = Vec<T>>) -> Arc<[T]> {
        let mut known = self.0.lock().await;
        if let Some(list) = known.get(&key) {
            return list.clone();
        }
        known.entry(key).or_insert(ask.await.into()).clone()
    }
}

impl<K, T> Default for Lists<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_list_is_asked_for_once() {
        let lists = Lists::default();
        assert_eq!(*lists.get("a", async { vec![1] }).await, [1]);
        assert_eq!(*lists.get("a", async { unreachable!() }).await, [1]);
        assert_eq!(*lists.get("b", async { vec![2] }).await, [2]);
    }
}
