//! Regions: the non-empty minterms of several languages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::automaton::{Automaton, Explored, at};
use crate::witness;
use crate::{Language, TooLarge};

/// The finest partition of the non-empty strings that some languages can tell apart.
///
/// Two strings are in the same region exactly if they are in the same languages. Regions are numbered from 0 in an
/// order that depends on nothing but the list of languages: by the positions of the languages they lie in, the region
/// outside all of them last.
#[derive(Clone, Debug)]
pub struct Regions {
    mentioned: Vec<char>,
    /// The successors in the product of all languages.
    table: Vec<u32>,
    /// The region of the non-empty strings that lead to a state of the product.
    region_of_state: Vec<usize>,
    /// For each region the positions, among languages that differ, of those it lies in; sorted.
    inside: Vec<Vec<usize>>,
    /// For each language of the input, the one that stands for all that are equal to it.
    representative: Vec<usize>,
    /// A member of each region, found when the first is asked for: only what fails is told by witnesses.
    witnesses: OnceLock<Vec<String>>,
}

/// A state of the product: the languages that can still accept, each with its state. Most globs part early, so this is
/// short where a full tuple would be as long as the list of languages.
type Live = Vec<(usize, u32)>;

/// One of the languages that differ.
struct Part<'l> {
    automaton: &'l Automaton,
    /// Its class of each class of the product.
    classes: Vec<usize>,
    dead: Option<u32>,
}

impl Regions {
    /// Splits the non-empty strings by the languages, if the product automaton has at most `limit` states.
    pub fn of(languages: &[Language], limit: usize) -> Result<Regions, TooLarge> {
        let mut positions: BTreeMap<&Language, usize> = BTreeMap::new();
        let mut differing: Vec<&Automaton> = Vec::new();
        let mut representative = Vec::new();
        for language in languages {
            let position = *positions.entry(language).or_insert(differing.len());
            if position == differing.len() {
                differing.push(language.automaton());
            }
            representative.push(position);
        }
        if let [only] = differing.as_slice() {
            return Regions::of_one(only, representative, limit);
        }
        let mut mentioned: Vec<char> =
            differing.iter().flat_map(|automaton| automaton.mentioned()).copied().collect();
        mentioned.sort_unstable();
        mentioned.dedup();

        let parts: Vec<Part> = differing
            .into_iter()
            .map(|automaton| Part {
                automaton,
                classes: automaton.classes_of(&mentioned),
                dead: automaton.dead(),
            })
            .collect();
        let step = |live: &Live, class: usize, next: &mut Live| {
            next.clear();
            for &(position, state) in live {
                let Some(part) = parts.get(position) else { continue };
                let successor = part.automaton.next(state, at(&part.classes, class));
                if Some(successor) != part.dead {
                    next.push((position, successor));
                }
            }
        };
        let start: Live = (0..parts.len()).map(|position| (position, 0)).collect();
        let product = Explored::within(limit, mentioned.len() + 1, start, step)?;

        let accepting = |live: &Live| -> Vec<usize> {
            let accepts = |&&(position, state): &&(usize, u32)| {
                parts.get(position).is_some_and(|part| part.automaton.accepts(state))
            };
            live.iter().filter(accepts).map(|&(position, _)| position).collect()
        };
        let signatures: Vec<Vec<usize>> = product.states.iter().map(accepting).collect();
        Ok(Regions::of_signatures(mentioned, product.table, signatures, representative))
    }

    /// The same for one language alone, as most pipelines name one branch: a product of one factor is that factor.
    fn of_one(only: &Automaton, representative: Vec<usize>, limit: usize) -> Result<Regions, TooLarge> {
        if only.states() > limit {
            return Err(TooLarge { limit });
        }
        let signature = |state| if only.accepts(state) { vec![0] } else { Vec::new() };
        let signatures = (0..).take(only.states()).map(signature).collect();
        let table = only.table().to_vec();
        Ok(Regions::of_signatures(only.mentioned().to_vec(), table, signatures, representative))
    }

    fn of_signatures(
        mentioned: Vec<char>,
        table: Vec<u32>,
        signatures: Vec<Vec<usize>>,
        representative: Vec<usize>,
    ) -> Regions {
        // The empty string alone leads to some start states, which then hold no region.
        let mut entered = vec![false; signatures.len()];
        for &next in &table {
            if let Some(entered) = entered.get_mut(next as usize) {
                *entered = true;
            }
        }
        let inhabited = || signatures.iter().zip(&entered).filter(|(_, entered)| **entered).map(|(it, _)| it);
        // Most states accept nothing. The empty signature is the least, but its region is numbered last.
        let within: BTreeSet<&Vec<usize>> = inhabited().filter(|signature| !signature.is_empty()).collect();
        let mut inside: Vec<Vec<usize>> = within.into_iter().cloned().collect();
        let outside = inside.len();
        let region_of_state: Vec<usize> = signatures
            .iter()
            .map(|signature| if signature.is_empty() { Ok(outside) } else { inside.binary_search(signature) })
            .map(|region| region.unwrap_or(usize::MAX))
            .collect();
        if inhabited().any(Vec::is_empty) {
            inside.push(Vec::new());
        }
        Regions { mentioned, table, region_of_state, inside, representative, witnesses: OnceLock::new() }
    }

    /// How many regions there are; at least one, because there are strings.
    #[expect(clippy::len_without_is_empty, reason = "there is always a region: some string is in it")]
    pub fn len(&self) -> usize {
        self.inside.len()
    }

    /// Whether the region is a part of the language at this position of the list that [`Regions::of`] got.
    ///
    /// A region is either a part of a language or disjoint from it.
    pub fn inside(&self, region: usize, language: usize) -> bool {
        let inside = self.inside.get(region);
        let language = self.representative.get(language);
        inside.zip(language).is_some_and(|(inside, language)| inside.binary_search(language).is_ok())
    }

    /// A member of the region to show to people, chosen like that of [`Language::witness`].
    pub fn witness(&self, region: usize) -> &str {
        let witnesses = self.witnesses.get_or_init(|| self.all_witnesses());
        witnesses.get(region).map(String::as_str).unwrap_or_default()
    }

    /// The region that holds the string; the empty string is in none.
    pub fn region_of(&self, text: &str) -> Option<usize> {
        let state = text.chars().fold(0, |state, character| self.next(state, self.class(character)));
        (!text.is_empty()).then(|| at(&self.region_of_state, state as usize))
    }

    /// A member of the region that is in the language too, chosen like that of [`Language::witness`].
    ///
    /// The language need not be one of those that made the regions; it takes up to the product of their sizes.
    pub fn witness_within(&self, region: usize, language: &Language) -> Option<String> {
        let automaton = language.automaton();
        let letters = witness::letters(&crate::automaton::merged(&self.mentioned, automaton.mentioned()));
        witness::manners().into_iter().find_map(|manner| {
            let step = |(state, other, bearing): (u32, u32, u32), index: usize| {
                let &(character, _) = letters.get(index)?;
                let other = witness::alive(automaton, automaton.next(other, automaton.class(character)))?;
                let bearing = witness::alive(manner, manner.next(bearing, manner.class(character)))?;
                Some((self.next(state, self.class(character)), other, bearing))
            };
            let mut found = None;
            witness::walk(&letters, (0, 0, 0), step, |(state, other, bearing), word| {
                let here = at(&self.region_of_state, state as usize) == region;
                if here && automaton.accepts(other) && manner.accepts(bearing) {
                    found = Some(word());
                }
                found.is_some()
            });
            found
        })
    }

    fn all_witnesses(&self) -> Vec<String> {
        let letters = witness::letters(&self.mentioned);
        let mut witnesses: Vec<Option<String>> = vec![None; self.len()];
        let mut missing = witnesses.len();
        for manner in witness::manners() {
            let classes: Vec<usize> = letters.iter().map(|&(character, _)| manner.class(character)).collect();
            let step = |(state, bearing): (u32, u32), index: usize| {
                let &(_, class) = letters.get(index)?;
                let bearing = witness::alive(manner, manner.next(bearing, at(&classes, index)))?;
                Some((self.next(state, class), bearing))
            };
            if missing == 0 {
                break;
            }
            witness::walk(&letters, (0, 0), step, |(state, bearing), word| {
                if manner.accepts(bearing)
                    && let Some(slot @ None) = witnesses.get_mut(at(&self.region_of_state, state as usize))
                {
                    *slot = Some(word());
                    missing -= 1;
                }
                missing == 0
            });
        }
        witnesses.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn class(&self, character: char) -> usize {
        self.mentioned.binary_search(&character).unwrap_or(self.mentioned.len())
    }

    fn next(&self, state: u32, class: usize) -> u32 {
        at(&self.table, state as usize * (self.mentioned.len() + 1) + class)
    }
}
