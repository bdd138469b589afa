//! A map of bounded size, which drops what was used least lately. Knows nothing of what it holds.

use std::collections::HashMap;
use std::hash::Hash;

/// A map with at most so many entries.
#[derive(Debug)]
pub(crate) struct LeastUsed<K, V> {
    entries: HashMap<K, (u64, V)>,
    most: usize,
    /// How often entries were used.
    uses: u64,
}

impl<K: Hash + Eq + Clone, V> LeastUsed<K, V> {
    /// A map of at most `most` entries.
    pub(crate) fn new(most: usize) -> Self {
        Self { entries: HashMap::new(), most, uses: 0 }
    }

    /// The value under `key`, which is used by that.
    pub(crate) fn get(&mut self, key: &K) -> Option<&V> {
        self.uses += 1;
        let (used, value) = self.entries.get_mut(key)?;
        *used = self.uses;
        Some(value)
    }

    /// Keeps a value under `key`; if there are too many, the least used one goes.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.uses += 1;
        self.entries.insert(key, (self.uses, value));
        if self.entries.len() > self.most {
            let oldest = self.entries.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| key.clone());
            oldest.and_then(|key| self.entries.remove(&key));
        }
    }
    /// The values, in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.entries.values().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_used_goes() {
        let mut map = LeastUsed::new(2);
        map.insert("a", 1);
        map.insert("b", 2);
        assert_eq!(map.get(&"a"), Some(&1));
        map.insert("c", 3);
        assert_eq!(["a", "b", "c"].map(|key| map.get(&key).copied()), [Some(1), None, Some(3)]);
    }
}
