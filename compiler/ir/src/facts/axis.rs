//! One of the three infinite sets (branches, tags, paths), cut into finitely many regions.

use pipec_logic::{Language, Model, Propositions, Regions, TooLarge, VariableId};
use std::collections::{BTreeMap, BTreeSet};

/// A set of names cut into regions, each with its variable.
#[derive(Clone, Debug)]
pub struct Axis {
    places: BTreeMap<String, usize>,
    first_extra: usize,
    regions: Regions,
    variables: Vec<VariableId>,
}

impl Axis {
    /// Cuts by the languages of globs, known by their text, and by extra ones, known by their place.
    pub fn of(
        globs: BTreeMap<String, Language>,
        extra: Vec<Language>,
        limit: usize,
        propositions: &Propositions,
    ) -> Result<Axis, TooLarge> {
        let places = globs.keys().enumerate().map(|(place, text)| (text.clone(), place)).collect();
        let first_extra = globs.len();
        let languages: Vec<Language> = globs.into_values().chain(extra).collect();
        let regions = Regions::of(&languages, limit)?;
        let variables = (0..regions.len()).map(|_| propositions.new_variable()).collect();
        Ok(Axis { places, first_extra, regions, variables })
    }

    /// The numbers of its regions.
    pub fn regions(&self) -> std::ops::Range<usize> {
        0..self.regions.len()
    }

    /// The variable of a region.
    pub fn variable(&self, region: usize) -> Option<VariableId> {
        self.variables.get(region).copied()
    }

    /// The variables of all regions.
    pub fn variables(&self) -> Vec<VariableId> {
        self.variables.clone()
    }

    /// Whether a region lies in the glob of that text.
    pub fn is_inside(&self, region: usize, glob: &str) -> bool {
        self.places.get(glob).is_some_and(|place| self.regions.inside(region, *place))
    }

    /// The variables of the regions in the glob of that text.
    pub fn inside(&self, glob: &str) -> Vec<VariableId> {
        self.places.get(glob).map(|place| self.inside_place(*place)).unwrap_or_default()
    }

    /// The variables of the regions in the extra language of that place.
    pub fn inside_extra(&self, place: usize) -> Vec<VariableId> {
        self.inside_place(self.first_extra + place)
    }

    /// Globs that together hold these regions: whole globs where they suffice, and for a region that has none to itself the
    /// glob that holds the fewest others. Nothing where a region lies in no glob.
    pub fn cover(&self, wanted: &BTreeSet<usize>) -> Option<BTreeSet<String>> {
        let globs: Vec<(&String, BTreeSet<usize>)> = self
            .places
            .iter()
            .map(|(glob, place)| {
                (glob, self.regions().filter(|region| self.regions.inside(*region, *place)).collect())
            })
            .collect();
        let mut chosen: Vec<&(&String, BTreeSet<usize>)> = Vec::new();
        let mut open = wanted.clone();
        while let Some(region) = open.first().copied() {
            let holding = globs.iter().filter(|(_, regions)| regions.contains(&region));
            // What is held besides counts first, then how much is done with one glob.
            let glob = holding.min_by_key(|(_, regions)| {
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
    pub fn witnesses(&self, model: &Model) -> Vec<String> {
        self.variables
            .iter()
            .enumerate()
            .filter(|(_, variable)| model.is_true(**variable))
            .map(|(region, _)| self.regions.witness(region).to_owned())
            .collect()
    }

    /// For the variable of one of its regions: whether a glob is nothing but the name that stands for the region.
    pub fn is_literal(&self, variable: VariableId) -> Option<bool> {
        let region = self.variables.iter().position(|known| *known == variable)?;
        Some(self.places.contains_key(self.regions.witness(region)))
    }

    fn inside_place(&self, place: usize) -> Vec<VariableId> {
        self.regions()
            .filter(|region| self.regions.inside(*region, place))
            .filter_map(|region| self.variable(region))
            .collect()
    }
}
