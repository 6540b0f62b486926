//! What two readings of random programs disagree about, and how the programs are shared out.

use super::model::Program;
use super::print::Printed;
use std::collections::BTreeMap;

/// The shortest program for each kind of disagreement.
#[derive(Debug, Default)]
pub struct Disagreements(BTreeMap<String, Example>);

/// A program over which two readings disagree.
#[derive(Debug)]
struct Example {
    text: String,
    difference: String,
}

impl Disagreements {
    /// Adds a disagreement over a program, unless a shorter program shows its kind.
    pub fn add(&mut self, kind: impl Into<String>, program: &Program, difference: String) {
        let text = Printed::of(program).text;
        let kind = kind.into();
        if self.0.get(&kind).is_none_or(|known| text.len() <= known.text.len()) {
            self.0.insert(kind, Example { text, difference });
        }
    }

    /// Fails the test if there is any, and prints them all.
    pub fn assert_none<'d>(all: impl IntoIterator<Item = &'d Disagreements>) {
        let examples = all.into_iter().flat_map(|disagreements| disagreements.0.values());
        let printed: Vec<String> =
            examples.map(|Example { text, difference }| format!("{text}{difference}\n")).collect();
        assert!(printed.is_empty(), "{}", printed.join("\n"));
    }
}

/// Does two shares of a work on two threads: that of the even seeds, which begin at 0, and that of the odd ones.
pub fn in_halves<T: Send>(share: impl Fn(u64) -> T + Sync) -> [T; 2] {
    std::thread::scope(|scope| {
        let share = &share;
        let odd = scope.spawn(move || share(1));
        let even = share(0);
        [even, odd.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
    })
}
