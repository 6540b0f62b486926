//! One of the three infinite sets (branches, tags, paths), split into finite regions.
//!
//! ```text
//! globs      main, release/*
//! regions    0: main    1: release/* (witness release/x)    2: all other names (witness x)
//! variables  one per region; "the branch is in `release/*`" is the variable of region 1
//! ```

use super::vocabulary::NameSets;
use pipec_logic::{Language, Model, Propositions, Regions, TooLarge, VariableId};
use std::collections::{BTreeMap, BTreeSet};

/// A set of names split into regions, each with its variable.
#[derive(Debug)]
pub(super) struct Axis {
    /// The position of each glob in the list of languages that made the regions.
    globs: BTreeMap<String, usize>,
    /// The same position, by index in the vocabulary.
    positions: Vec<usize>,
    regions: Regions,
    variables: Vec<VariableId>,
}

impl Axis {
    /// Splits the names by all languages of a vocabulary.
    pub(super) fn of(names: &NameSets, limit: usize, propositions: &Propositions) -> Result<Axis, TooLarge> {
        // Globs are sorted by their text, before the other languages. So regions and witnesses do not depend on the
        // order of the source.
        let mut order: Vec<usize> = names.globs.values().copied().collect();
        let with_text: BTreeSet<usize> = order.iter().copied().collect();
        order.extend((0..names.languages.len()).filter(|place| !with_text.contains(place)));
        let mut positions = vec![0; names.languages.len()];
        for (position, place) in order.iter().enumerate() {
            if let Some(slot) = positions.get_mut(*place) {
                *slot = position;
            }
        }
        let languages: Vec<Language> =
            order.iter().filter_map(|place| names.languages.get(*place)).cloned().collect();
        let regions = Regions::of(&languages, limit)?;
        let variables = (0..regions.len()).map(|_| propositions.new_variable()).collect();
        let globs = names.globs.keys().cloned().zip(0..).collect();
        Ok(Axis { globs, positions, regions, variables })
    }

    /// The indices of the regions.
    pub(super) fn regions(&self) -> std::ops::Range<usize> {
        0..self.regions.len()
    }

    /// The variable of a region.
    pub(super) fn variable(&self, region: usize) -> Option<VariableId> {
        self.variables.get(region).copied()
    }

    /// The variable of the region that holds a name.
    pub(super) fn variable_of(&self, name: &str) -> Option<VariableId> {
        self.variable(self.regions.region_of(name)?)
    }

    /// The variables of all regions.
    pub(super) fn variables(&self) -> &[VariableId] {
        &self.variables
    }

    /// Whether a region is in the language at an index of the vocabulary.
    pub(super) fn is_inside(&self, region: usize, place: usize) -> bool {
        self.positions.get(place).is_some_and(|position| self.regions.inside(region, *position))
    }

    /// The variables of the regions in the language at an index of the vocabulary.
    pub(super) fn inside(&self, place: usize) -> Vec<VariableId> {
        self.regions()
            .filter(|region| self.is_inside(*region, place))
            .filter_map(|region| self.variable(region))
            .collect()
    }

    /// Globs that together contain these regions, and as few other regions as possible.
    ///
    /// The result is `None` if a region lies in no glob.
    pub(super) fn cover(&self, wanted: &BTreeSet<usize>) -> Option<BTreeSet<String>> {
        let globs: Vec<(&String, BTreeSet<usize>)> = self
            .globs
            .iter()
            .map(|(glob, position)| {
                (glob, self.regions().filter(|region| self.regions.inside(*region, *position)).collect())
            })
            .collect();
        let mut chosen: Vec<&(&String, BTreeSet<usize>)> = Vec::new();
        let mut open = wanted.clone();
        while let Some(region) = open.first().copied() {
            let containing = globs.iter().filter(|(_, regions)| regions.contains(&region));
            // The fewest unwanted regions first, then the most wanted ones.
            let glob = containing.min_by_key(|(_, regions)| {
                let others = regions.difference(wanted).count();
                (others, usize::MAX - regions.intersection(wanted).count())
            })?;
            open.retain(|region| !glob.1.contains(region));
            chosen.push(glob);
        }
        let is_needed = |(glob, regions): &&&(&String, BTreeSet<usize>)| {
            !chosen.iter().any(|(other, more)| other != glob && more.is_superset(regions))
        };
        Some(chosen.iter().filter(is_needed).map(|(glob, _)| (*glob).clone()).collect())
    }

    /// A member of each region whose variable is true.
    pub(super) fn witnesses(&self, model: &Model) -> Vec<String> {
        self.variables
            .iter()
            .enumerate()
            .filter(|(_, variable)| model.is_true(**variable))
            .map(|(region, _)| self.regions.witness(region).to_owned())
            .collect()
    }

    /// Whether the witness of a variable's region is itself a glob. `None` for a variable of another axis.
    pub(super) fn is_literal(&self, variable: VariableId) -> Option<bool> {
        let region = self.variables.iter().position(|known| *known == variable)?;
        Some(self.globs.contains_key(self.regions.witness(region)))
    }
}
