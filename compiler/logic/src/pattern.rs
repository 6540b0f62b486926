//! Patterns: sequences of steps, which become a deterministic automaton by the subset construction.
//!
//! ```text
//! glob `**/x`     Optional(2), Run(any character), One('/'), One('x')
//!
//! positions       {0, 1, 2, 3}  at the start: the optional steps may be skipped, and the run may match nothing
//! after `x`       {1, 2, 4}     4 is past the last step, so `x` matches
//! after `x/`      {1, 2, 3}     the run continues, or the `/` is done
//! ```

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use crate::TooLarge;
use crate::automaton::{Automaton, Explored};

/// A set of characters: the listed ones, or all except the listed ones.
#[derive(Clone, Debug)]
pub(crate) enum Characters {
    /// Only these.
    These(Vec<char>),
    /// All except these.
    AllExcept(Vec<char>),
}

impl Characters {
    /// Whether the set contains a character. `None` means all characters that no pattern mentions.
    fn contains(&self, character: Option<char>) -> bool {
        match (self, character) {
            (Characters::These(listed), Some(character)) => listed.contains(&character),
            (Characters::These(_), None) => false,
            (Characters::AllExcept(listed), Some(character)) => !listed.contains(&character),
            (Characters::AllExcept(_), None) => true,
        }
    }

    fn mentioned(&self) -> &[char] {
        match self {
            Characters::These(listed) | Characters::AllExcept(listed) => listed,
        }
    }
}

/// One step of a pattern.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// One character of the set.
    One(Characters),
    /// Any number of characters of the set.
    Run(Characters),
    /// The next steps, as many as the number says, may be skipped.
    Optional(usize),
}

impl Step {
    pub(crate) fn character(character: char) -> Step {
        Step::One(Characters::These(vec![character]))
    }

    pub(crate) fn letter_of_either_case(character: char) -> Step {
        let mut either = vec![character.to_ascii_lowercase(), character.to_ascii_uppercase()];
        either.dedup();
        Step::One(Characters::These(either))
    }

    pub(crate) fn anything() -> Step {
        Step::Run(Characters::AllExcept(Vec::new()))
    }
}

/// The automaton of the non-empty strings that the whole sequence of steps matches.
///
/// In the worst case (`*a??????????`), the number of states is exponential in the number of steps.
pub(crate) fn automaton(steps: &[Step], limit: usize) -> Result<Automaton, TooLarge> {
    if steps.len() > limit {
        return Err(TooLarge { limit });
    }
    let mentioned = mentioned(steps);
    let advance = |positions: &Positions, class: usize, next: &mut Positions| {
        positions.advance(steps, mentioned.get(class).copied(), next);
    };
    let explored = Explored::within(limit, mentioned.len() + 1, Positions::start(steps), advance)?;
    let accepts = |positions: &Positions| positions.accept(steps);
    Ok(Automaton::from_explored(mentioned.clone(), explored, accepts))
}

/// The automaton of a simple pattern. It has no `Optional` steps and few runs, so there are about as many states as
/// steps.
pub(crate) fn automaton_of_plain(steps: &[Step]) -> Automaton {
    let mentioned = mentioned(steps);
    let advance = |positions: &Positions, class: usize, next: &mut Positions| {
        positions.advance(steps, mentioned.get(class).copied(), next);
    };
    let accepts = |positions: &Positions| positions.accept(steps);
    Automaton::explore(mentioned.clone(), Positions::start(steps), advance, accepts)
}

fn mentioned(steps: &[Step]) -> Vec<char> {
    let listed = steps.iter().flat_map(|step| match step {
        Step::One(characters) | Step::Run(characters) => characters.mentioned(),
        Step::Optional(_) => &[],
    });
    listed.copied().collect::<BTreeSet<char>>().into_iter().collect()
}

/// The steps that may come next in a match, sorted. The position after the last step is a whole match.
#[derive(Clone, Eq)]
struct Positions(Vec<usize>);

impl Hash for Positions {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialEq for Positions {
    /// Compares the numbers one by one. Most sets have one or two numbers, just written, so a comparison of memory
    /// would stall.
    fn eq(&self, other: &Positions) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(one, two)| one == two)
    }
}

impl Positions {
    fn start(steps: &[Step]) -> Positions {
        let mut positions = Positions(vec![0]);
        positions.close(steps);
        positions
    }

    /// Writes the positions after one more character into `next`.
    fn advance(&self, steps: &[Step], character: Option<char>, next: &mut Positions) {
        next.0.clear();
        for &position in &self.0 {
            match steps.get(position) {
                Some(Step::One(characters)) if characters.contains(character) => next.0.push(position + 1),
                Some(Step::Run(characters)) if characters.contains(character) => next.0.push(position),
                _ => {}
            }
        }
        next.close(steps);
    }

    fn accept(&self, steps: &[Step]) -> bool {
        self.0.last() == Some(&steps.len())
    }

    /// Adds every position that is reachable without a character, and sorts.
    fn close(&mut self, steps: &[Step]) {
        let mut done = 0;
        while let Some(&position) = self.0.get(done) {
            done += 1;
            let free = match steps.get(position) {
                Some(Step::Run(_)) => [Some(position + 1), None],
                Some(Step::Optional(length)) => [Some(position + 1), Some(position + 1 + length)],
                Some(Step::One(_)) | None => [None, None],
            };
            for position in free.into_iter().flatten() {
                if !self.0.contains(&position) {
                    self.0.push(position);
                }
            }
        }
        self.0.sort_unstable();
        self.0.dedup();
    }
}
