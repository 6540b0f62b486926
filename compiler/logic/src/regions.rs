//! Regions: the non-empty minterms of several languages.
//!
//! ```
//! use pipec_logic::{Glob, Regions};
//!
//! let languages = ["docs/**", "**/*.md"].map(|text| Glob::parse(text).unwrap().language());
//! let regions = Regions::of(&languages, 1000).unwrap();
//! // In the first alone, in both, in the second alone, in neither.
//! let witnesses: Vec<_> = (0..regions.len()).map(|region| regions.witness(region)).collect();
//! assert_eq!(witnesses, ["docs/x", "docs/x.md", "x.md", "x"]);
//! assert!(regions.inside(0, 0) && !regions.inside(0, 1));
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::automaton::{Automaton, Explored, at};
use crate::witness;
use crate::{Language, TooLarge};

/// The finest partition of the non-empty strings that a list of languages can tell apart.
///
/// Two strings are in the same region exactly if they are in the same languages. Regions are numbered from 0. Their order
/// depends only on the list: by the positions of the languages that contain them, and the region outside all languages
/// last.
#[derive(Clone, Debug)]
pub struct Regions {
    mentioned: Vec<char>,
    /// The successors in the product of all languages.
    table: Vec<u32>,
    /// The region of the non-empty strings that lead to a state of the product.
    region_of_state: Vec<usize>,
    /// For each region, the sorted positions of the languages that contain it. They are positions in the list without
    /// duplicates.
    inside: Vec<Vec<usize>>,
    /// For each language of the input, its position in the list without duplicates.
    representative: Vec<usize>,
    /// A member of each region, searched on first use: only counterexamples need witnesses.
    witnesses: OnceLock<Vec<String>>,
}

/// A state of the product: the languages that can still accept, each with its state.
///
/// Most globs differ early, so this list is short. A full tuple would be as long as the list of languages.
type Live = Vec<(usize, u32)>;

/// One of the distinct languages.
struct Part<'l> {
    automaton: &'l Automaton,
    /// For each class of the product, the class of this automaton.
    classes: Vec<usize>,
    dead: Option<u32>,
}

impl Regions {
    /// Splits the non-empty strings by the languages.
    ///
    /// # Errors
    /// If the product automaton has more than `limit` states.
    pub fn of(languages: &[Language], limit: usize) -> Result<Regions, TooLarge> {
        let mut positions: BTreeMap<&Language, usize> = BTreeMap::new();
        let mut distinct: Vec<&Automaton> = Vec::new();
        let mut representative = Vec::new();
        for language in languages {
            let position = *positions.entry(language).or_insert(distinct.len());
            if position == distinct.len() {
                distinct.push(language.automaton());
            }
            representative.push(position);
        }
        if let [only] = distinct.as_slice() {
            return Regions::of_one(only, representative, limit);
        }
        let mut mentioned: Vec<char> =
            distinct.iter().flat_map(|automaton| automaton.mentioned()).copied().collect();
        mentioned.sort_unstable();
        mentioned.dedup();

        let parts: Vec<Part> = distinct
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

    /// The regions of a single language. Its automaton is the product. Most pipelines name one branch.
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
        // Only the empty string leads to a start state that no transition enters. Such a state is in no region.
        let mut entered = vec![false; signatures.len()];
        for &next in &table {
            if let Some(entered) = entered.get_mut(next as usize) {
                *entered = true;
            }
        }
        let entered_signatures =
            || signatures.iter().zip(&entered).filter(|(_, entered)| **entered).map(|(it, _)| it);
        // Most states accept nothing. The empty signature is the least one, but its region has the last number.
        let within: BTreeSet<&Vec<usize>> =
            entered_signatures().filter(|signature| !signature.is_empty()).collect();
        let mut inside: Vec<Vec<usize>> = within.into_iter().cloned().collect();
        let outside = inside.len();
        let region_of_state: Vec<usize> = signatures
            .iter()
            .map(|signature| if signature.is_empty() { Ok(outside) } else { inside.binary_search(signature) })
            .map(|region| region.unwrap_or(usize::MAX))
            .collect();
        if entered_signatures().any(Vec::is_empty) {
            inside.push(Vec::new());
        }
        Regions { mentioned, table, region_of_state, inside, representative, witnesses: OnceLock::new() }
    }

    /// How many regions there are; at least one, because there are strings.
    #[expect(clippy::len_without_is_empty, reason = "there is always a region: some string is in it")]
    pub fn len(&self) -> usize {
        self.inside.len()
    }

    /// Whether the region is a subset of a language. The index is that of the list given to [`Regions::of`].
    ///
    /// If it is not a subset, it is disjoint from the language.
    pub fn inside(&self, region: usize, language: usize) -> bool {
        let inside = self.inside.get(region);
        let language = self.representative.get(language);
        inside.zip(language).is_some_and(|(inside, language)| inside.binary_search(language).is_ok())
    }

    /// A member of the region to show to people, chosen as by [`Language::witness`].
    pub fn witness(&self, region: usize) -> &str {
        let witnesses = self.witnesses.get_or_init(|| self.all_witnesses());
        witnesses.get(region).map(String::as_str).unwrap_or_default()
    }

    /// The region that contains the string; the empty string is in none.
    pub fn region_of(&self, text: &str) -> Option<usize> {
        let state = text.chars().fold(0, |state, character| self.next(state, self.class(character)));
        (!text.is_empty()).then(|| at(&self.region_of_state, state as usize))
    }

    /// A member of both the region and a language, chosen as by [`Language::witness`].
    ///
    /// The language may be any. The cost is up to the product of its size and that of the regions.
    pub fn witness_within(&self, region: usize, language: &Language) -> Option<String> {
        let automaton = language.automaton();
        let letters = witness::letters(&crate::automaton::merged(&self.mentioned, automaton.mentioned()));
        witness::styles().into_iter().find_map(|style| {
            let step = |(state, other, style_state): (u32, u32, u32), index: usize| {
                let &(character, _) = letters.get(index)?;
                let other = witness::alive(automaton, automaton.next(other, automaton.class(character)))?;
                let style_state = witness::alive(style, style.next(style_state, style.class(character)))?;
                Some((self.next(state, self.class(character)), other, style_state))
            };
            let mut found = None;
            witness::walk(&letters, (0, 0, 0), step, |(state, other, style_state), word| {
                let here = at(&self.region_of_state, state as usize) == region;
                if here && automaton.accepts(other) && style.accepts(style_state) {
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
        for style in witness::styles() {
            let classes: Vec<usize> = letters.iter().map(|&(character, _)| style.class(character)).collect();
            let step = |(state, style_state): (u32, u32), index: usize| {
                let &(_, class) = letters.get(index)?;
                let style_state = witness::alive(style, style.next(style_state, at(&classes, index)))?;
                Some((self.next(state, class), style_state))
            };
            if missing == 0 {
                break;
            }
            witness::walk(&letters, (0, 0), step, |(state, style_state), word| {
                if style.accepts(style_state)
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
