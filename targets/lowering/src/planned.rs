//! The facts for the `plan` job: the engine can't decide them itself.
//!
//! For example, `changed "docs/**"` in a condition becomes the planned fact `changed-docs`, which the plan's variable
//! `FACTS` describes by the line
//!
//! ```text
//! changed-docs changed-glob ^docs/.*$
//! ```

use crate::expressive::{Decision, Expressive};
use crate::source::Nodes;
use pipec_ir::{Change, Condition, Event, Exemption, Pipeline, variable_part};
use pipec_logic::Glob;

/// A test that the plan evaluates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// A path of this kind may have changed.
    ChangedKind(String),
    /// A path in this glob may have changed.
    ChangedGlob(Glob),
    /// The branch whose own commit runs is in this glob.
    Branch(Glob),
    /// The tag that was pushed is in this glob.
    Tag(Glob),
    /// The input of a manual run has this value.
    Input {
        /// The input.
        name: String,
        /// The value.
        value: String,
    },
}

impl Test {
    /// That one of these may have changed.
    pub(crate) fn changed(change: &Change) -> Test {
        match change {
            Change::Kind(kind) => Test::ChangedKind(kind.clone()),
            Change::Glob(glob) => Test::ChangedGlob(glob.clone()),
        }
    }

    /// Whether it depends on the changes.
    pub fn is_change(&self) -> bool {
        matches!(self, Test::ChangedKind(_) | Test::ChangedGlob(_))
    }

    /// A readable name for the fact.
    fn name(&self) -> String {
        match self {
            Test::ChangedKind(kind) => words(&["changed", kind]),
            Test::ChangedGlob(glob) => words(&["changed", glob.text()]),
            Test::Branch(glob) => words(&["branch is", glob.text()]),
            Test::Tag(glob) => words(&["tag is", glob.text()]),
            Test::Input { name, value } => words(&["input", name, "is", value]),
        }
    }

    /// The test as a line of the plan's variable `FACTS`. It follows the name of the fact.
    fn line(&self) -> String {
        match self {
            Test::ChangedKind(kind) => format!("changed-kind {kind}"),
            Test::ChangedGlob(glob) => format!("changed-glob {}", glob.expression()),
            Test::Branch(glob) => format!("branch {}", glob.expression()),
            Test::Tag(glob) => format!("tag {}", glob.expression()),
            Test::Input { name, value } => format!("input {} {value}", variable_part(name)),
        }
    }
}

/// The facts that the plan decides, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedFacts {
    facts: Vec<(String, Test)>,
    /// Whether the plan refuses manual runs of tags, or invalid overrides.
    admits_runs: bool,
}

impl PlannedFacts {
    /// The facts in a pipeline's conditions and exemptions that the plan must decide.
    pub fn of(pipeline: &Pipeline, engine: &dyn Expressive) -> PlannedFacts {
        let admits_runs = pipeline.starts_on(Event::Manual) || pipeline.has_overrides();
        let mut planned = PlannedFacts { facts: Vec::new(), admits_runs };
        for atom in pipeline.stages.iter().flat_map(|stage| stage.condition.atoms()) {
            match atom {
                Condition::Changed(changes) => {
                    changes.iter().for_each(|change| planned.add(Test::changed(change)));
                }
                atom => {
                    let test = test_of(atom).filter(|_| engine.decision(atom) == Decision::ByThePlan);
                    test.into_iter().for_each(|test| planned.add(test));
                }
            }
        }
        for (_, gate) in pipeline.gates() {
            for rule in &gate.exemptions {
                if let Exemption::UnlessChanged(changes) = &rule.when {
                    changes.iter().for_each(|change| planned.add(Test::changed(change)));
                }
            }
        }
        planned
    }

    /// The facts with their names, in the order of their first use in the source.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Test)> {
        self.facts.iter().map(|(name, test)| (name.as_str(), test))
    }

    /// Whether the plan decides no fact.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// The fact at an index.
    pub fn get(&self, place: usize) -> Option<(&str, &Test)> {
        self.facts.get(place).map(|(name, test)| (name.as_str(), test))
    }

    /// The index of a fact.
    pub(crate) fn place(&self, test: &Test) -> Option<usize> {
        self.facts.iter().position(|(_, other)| other == test)
    }

    /// Whether some fact depends on the changes.
    pub fn ask_for_changes(&self) -> bool {
        self.facts.iter().any(|(_, test)| test.is_change())
    }

    /// The inputs in the facts, each once.
    pub fn inputs(&self) -> Vec<&str> {
        let mut inputs: Vec<&str> = Vec::new();
        for (_, test) in &self.facts {
            if let Test::Input { name, .. } = test
                && !inputs.contains(&name.as_str())
            {
                inputs.push(name);
            }
        }
        inputs
    }

    /// The lines of the plan's variable `FACTS`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.facts.iter().map(|(name, test)| format!("{name} {}", test.line()))
    }

    /// Whether a pipeline needs the job `plan`.
    pub fn need_a_job(&self) -> bool {
        !self.facts.is_empty() || self.admits_runs
    }

    /// Whether no job may start before the plan has admitted the run.
    ///
    /// The plan refuses manual runs of tags and invalid overrides.
    pub(crate) fn admit_runs(&self) -> bool {
        self.admits_runs
    }

    fn add(&mut self, test: Test) {
        if self.place(&test).is_some() {
            return;
        }
        let name = test.name();
        let taken = |name: &str| self.facts.iter().any(|(other, _)| other == name);
        let mut unique = name.clone();
        let mut number = 1;
        while taken(&unique) {
            number += 1;
            unique = format!("{name}-{number}");
        }
        self.facts.push((unique, test));
    }
}

/// The test of an atom that is about a name or an input.
pub(crate) fn test_of(atom: &Condition) -> Option<Test> {
    match atom {
        Condition::Branch(glob) => Some(Test::Branch(glob.clone())),
        Condition::Tag(glob) => Some(Test::Tag(glob.clone())),
        Condition::Input { name, value } => Some(Test::Input { name: name.clone(), value: value.clone() }),
        _ => None,
    }
}

/// Letters and digits of all parts in lower case, and single hyphens for everything else.
///
/// Some engines ignore case in the names of outputs.
fn words(parts: &[&str]) -> String {
    let joined = parts.join("-").to_ascii_lowercase();
    let pieces = joined.split(|character: char| !character.is_ascii_alphanumeric());
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_have_readable_and_distinct_names() {
        let mut planned = PlannedFacts::default();
        let glob = |text| Test::ChangedGlob(Glob::parse(text).unwrap());
        planned.add(glob("docs/**"));
        planned.add(glob("docs/*"));
        planned.add(glob("docs/**"));
        planned.add(Test::Branch(Glob::parse("release/*").unwrap()));
        let names: Vec<&str> = planned.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["changed-docs", "changed-docs-2", "branch-is-release"]);
    }
}
