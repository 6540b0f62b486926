//! Random numbers that are the same everywhere.

/// A generator of random numbers (splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
#[derive(Clone, Debug)]
pub struct Chooser(u64);

impl Chooser {
    /// A generator with a seed.
    pub fn new(seed: u64) -> Chooser {
        Chooser(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// True with a probability in percent.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several options.
    pub fn of<T: Clone>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())].clone()
    }

    /// Some of several options: at least one, each at most once, in their order.
    pub fn some_of<T: Clone>(&mut self, options: &[T], percent: usize) -> Vec<T> {
        let mut chosen: Vec<T> = options.iter().filter(|_| self.chance(percent)).cloned().collect();
        if chosen.is_empty() {
            chosen.push(self.of(options));
        }
        chosen
    }
}
