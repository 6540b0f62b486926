//! Results that a session remembers, by the value that they are about.

use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Results by key. Forgets those that one round of work did not ask for.
#[derive(Debug)]
pub struct Kept<K, V> {
    /// Each result, with the last round that asked for it.
    known: FxHashMap<K, (V, u64)>,
    round: u64,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Kept<K, V> {
        Kept { known: FxHashMap::default(), round: 0 }
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    /// The remembered result for a key.
    pub fn get(&mut self, key: &K) -> Option<V> {
        self.get_mut(key).cloned()
    }

    /// The remembered result for a key, or a new one, which is remembered.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> V {
        self.get(&key).unwrap_or_else(|| {
            let made = make();
            self.insert(key, made.clone());
            made
        })
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// The remembered result for a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let (value, asked) = self.known.get_mut(key)?;
        *asked = self.round;
        Some(value)
    }

    /// Remembers a result.
    pub fn insert(&mut self, key: K, value: V) {
        self.known.insert(key, (value, self.round));
    }

    /// Ends a round: forgets the results that it did not ask for.
    pub fn forget_unused(&mut self) {
        let round = self.round;
        self.known.retain(|_, (_, asked)| *asked == round);
        self.round += 1;
    }

    /// Forgets the results that `holds` refuses.
    pub fn retain(&mut self, mut holds: impl FnMut(&V) -> bool) {
        self.known.retain(|_, (value, _)| holds(value));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.known.clear();
    }
}

/// A shared value as a key, compared by its address. The key holds the value, so no other value can have this address.
#[derive(Debug)]
pub struct Same<T>(Arc<T>);

impl<T> Same<T> {
    /// The key of a shared value.
    pub fn of(value: &Arc<T>) -> Same<T> {
        Same(value.clone())
    }
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Same<T> {
        Same(self.0.clone())
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Same<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Eq for Same<T> {}

impl<T> Hash for Same<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_kept_as_long_as_every_round_asks_for_it() {
        let mut kept: Kept<u8, &str> = Kept::default();
        assert_eq!(kept.get_or_insert_with(1, || "one"), "one");
        assert_eq!(kept.get_or_insert_with(1, || "another"), "one");
        kept.insert(2, "two");
        kept.forget_unused();
        assert_eq!(kept.get(&1), Some("one"));
        kept.forget_unused();
        assert_eq!((kept.get(&1), kept.get(&2)), (Some("one"), None));
    }

    #[test]
    fn equal_values_at_two_addresses_are_two_keys() {
        let (first, second) = (Arc::new(1), Arc::new(1));
        assert!(Same::of(&first) == Same::of(&first.clone()));
        assert!(Same::of(&first) != Same::of(&second));
    }
}
