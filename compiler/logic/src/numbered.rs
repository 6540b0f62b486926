//! Sets whose members are numbered in the order of their addition.

use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};

/// Keys that all differ, numbered from 0 in the order in which they were added.
///
/// Each key is kept once, beside a table of numbers with open addressing, so that a look costs little more than a hash.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<K> {
    keys: Vec<K>,
    /// The number of each key, in the slot that its hash names or in the next that was free; a power of two of slots, at
    /// most half of them taken.
    slots: Vec<u32>,
}

/// What stands in a slot that is not taken.
const FREE: u32 = u32::MAX;

impl<K: Eq + Hash> Numbered<K> {
    /// An empty set with room for so many keys.
    pub(crate) fn with_room(count: usize) -> Numbered<K> {
        let slots = vec![FREE; count.saturating_mul(2).next_power_of_two()];
        Numbered { keys: Vec::with_capacity(count), slots }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn into_keys(self) -> Vec<K> {
        self.keys
    }

    pub(crate) fn get(&self, number: u32) -> Option<&K> {
        self.keys.get(number as usize)
    }

    /// The number of a key that was added.
    pub(crate) fn number(&self, key: &K) -> Option<u32> {
        let mut slot = self.first_slot(key);
        loop {
            let number = self.slots.get(slot).copied().filter(|number| *number != FREE)?;
            if self.get(number) == Some(key) {
                return Some(number);
            }
            slot = self.slot_behind(slot);
        }
    }

    /// Adds a key that is not there yet; 2³² keys do not fit into memory.
    pub(crate) fn add(&mut self, key: K) -> u32 {
        let number = u32::try_from(self.keys.len()).unwrap_or(FREE);
        self.keys.push(key);
        if self.keys.len() * 2 > self.slots.len() {
            self.fill_slots(self.slots.len() * 2);
        } else {
            self.take_slot(number);
        }
        number
    }

    /// Forgets all keys but the first so many.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.keys.truncate(count);
        self.fill_slots(self.slots.len());
    }

    fn fill_slots(&mut self, count: usize) {
        self.slots.clear();
        self.slots.resize(count, FREE);
        for number in (0..).take(self.keys.len()) {
            self.take_slot(number);
        }
    }

    fn take_slot(&mut self, number: u32) {
        let Some(key) = self.get(number) else { return };
        let mut slot = self.first_slot(key);
        while self.slots.get(slot).is_some_and(|taken| *taken != FREE) {
            slot = self.slot_behind(slot);
        }
        if let Some(free) = self.slots.get_mut(slot) {
            *free = number;
        }
    }

    fn first_slot(&self, key: &K) -> usize {
        // Only the lower bits count, on machines of every width.
        FxBuildHasher.hash_one(key) as usize & (self.slots.len() - 1)
    }

    fn slot_behind(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_numbers_while_the_table_grows_and_shrinks() {
        let mut set = Numbered::with_room(0);
        for key in 0..1000_u32 {
            assert_eq!(set.number(&(key * 7)), None);
            assert_eq!(set.add(key * 7), key);
        }
        assert!((0..1000).all(|key| set.number(&(key * 7)) == Some(key)));
        set.truncate(10);
        assert_eq!(set.len(), 10);
        assert_eq!((set.number(&63), set.number(&70)), (Some(9), None));
        assert_eq!(set.add(70), 10);
        assert_eq!(set.into_keys().last(), Some(&70));
    }
}
