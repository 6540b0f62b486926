//! The `plan` job: it decides the facts that expressions can't, and refuses manual runs on tags and overrides that are
//! not by the book.

use super::{Lowering, PLAN};
use crate::document::{Input, Job, Step};
use crate::pins;
use crate::template::Template;
use pipec_ir::{Change, Condition, Event, Exemption};
use pipec_logic::Glob;
use pipec_runtime::{Dialect, Script};

/// How long the plan may take, in minutes: a checkout with its history and two calls of the API.
const TIMEOUT: u32 = 10;

/// Something that the plan decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
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
    /// That something of these may have changed.
    pub(super) fn changed(change: &Change) -> Test {
        match change {
            Change::Kind(kind) => Test::ChangedKind(kind.clone()),
            Change::Glob(glob) => Test::ChangedGlob(glob.clone()),
        }
    }

    fn is_change(&self) -> bool {
        matches!(self, Test::ChangedKind(_) | Test::ChangedGlob(_))
    }

    /// A readable name of the plan's output.
    fn name(&self) -> String {
        match self {
            Test::ChangedKind(kind) => words(&["changed", kind]),
            Test::ChangedGlob(glob) => words(&["changed", glob.text()]),
            Test::Branch(glob) => words(&["branch is", glob.text()]),
            Test::Tag(glob) => words(&["tag is", glob.text()]),
            Test::Input { name, value } => words(&["input", name, "is", value]),
        }
    }

    /// What stands behind the name in the plan's variable `FACTS`.
    fn line(&self) -> String {
        match self {
            Test::ChangedKind(kind) => format!("changed-kind {kind}"),
            Test::ChangedGlob(glob) => format!("changed-glob {}", glob.text()),
            Test::Branch(glob) => format!("branch {}", glob.text()),
            Test::Tag(glob) => format!("tag {}", glob.text()),
            Test::Input { name, value } => format!("input {} {value}", variable(name)),
        }
    }
}

/// What the plan decides, each under the name of its output.
#[derive(Clone, Debug, Default)]
pub(super) struct PlannedFacts {
    facts: Vec<(String, Test)>,
}

impl PlannedFacts {
    /// All that the conditions and exemptions of a pipeline leave to the plan.
    pub(super) fn of(lowering: &Lowering<'_>) -> PlannedFacts {
        let mut planned = PlannedFacts::default();
        for stage in &lowering.pipeline.stages {
            for atom in stage.condition.atoms() {
                match atom {
                    Condition::Changed(changes) => {
                        changes.iter().for_each(|change| planned.add(Test::changed(change)));
                    }
                    Condition::Branch(glob) if lowering.branch(glob).is_none() => {
                        planned.add(Test::Branch(glob.clone()));
                    }
                    Condition::Tag(glob) if lowering.tag(glob).is_none() => {
                        planned.add(Test::Tag(glob.clone()))
                    }
                    Condition::Input { name, value } if lowering.input(name, value).is_none() => {
                        planned.add(Test::Input { name: name.clone(), value: value.clone() });
                    }
                    _ => {}
                }
            }
        }
        for (_, gate) in lowering.pipeline.gates() {
            for rule in &gate.exemptions {
                if let Exemption::UnlessChanged(changes) = &rule.when {
                    changes.iter().for_each(|change| planned.add(Test::changed(change)));
                }
            }
        }
        planned
    }

    /// The output that tells whether it holds.
    pub(super) fn output(&self, test: &Test) -> Option<&str> {
        self.facts.iter().find(|(_, other)| other == test).map(|(name, _)| name.as_str())
    }

    /// Whether something hangs on what has changed.
    pub(super) fn decide_changes(&self) -> bool {
        self.facts.iter().any(|(_, test)| test.is_change())
    }

    fn add(&mut self, test: Test) {
        if self.output(&test).is_some() {
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

impl Lowering<'_> {
    /// Whether there is a plan: something is left to it, a manual run might be on a tag, or an override not by the book.
    pub(super) fn has_plan(&self) -> bool {
        !self.planned.facts.is_empty() || self.starts_on(Event::Manual) || self.has_overrides()
    }

    /// The plan, if there is one.
    pub(super) fn plan_job(&self) -> Option<Job> {
        if !self.has_plan() {
            return None;
        }
        let mut job = Job {
            id: PLAN.to_owned(),
            comments: vec![self.plan_comment()],
            name: PLAN.to_owned(),
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            outputs: self
                .planned
                .facts
                .iter()
                .map(|(name, _)| (name.clone(), Template::expression(format!("steps.plan.outputs.{name}"))))
                .collect(),
            ..Job::default()
        };
        if let Some(step) = self.override_asked_step() {
            job.permissions.read("contents", "the head of the branch, to compare an override with");
            job.steps.push(step);
        }
        let mut step = Step::run("Decide the facts", Script::Plan.text(Dialect::GitHub)).with_id("plan");
        if self.planned.decide_changes() {
            for told in ["baseline", "unknown"] {
                job.outputs
                    .push((told.to_owned(), Template::expression(format!("steps.plan.outputs.{told}"))));
            }
            job.permissions.read("contents", "the history, to see what changed");
            let inputs = vec![("fetch-depth", Input::Number(0)), ("persist-credentials", Input::Flag(false))];
            job.steps.push(Step::uses("Check out", &pins::CHECKOUT, inputs));
            if self.starts_on(Event::Push) {
                job.permissions.read("actions", "the last green run of this branch");
                step = step
                    .with_env("GH_TOKEN", Template::expression("github.token"))
                    .with_env("WORKFLOW", self.file.clone());
            }
            step = step.with_env("SOURCES", lines(self.sources()));
            if !self.pipeline.changes.is_empty() {
                step = step.with_env("CHANGES", lines(self.change_lines()));
            }
        }
        let mut inputs: Vec<&str> = Vec::new();
        for (_, test) in &self.planned.facts {
            if let Test::Input { name, .. } = test
                && !inputs.contains(&name.as_str())
            {
                inputs.push(name);
            }
        }
        for name in inputs {
            let value = Template::expression(format!("inputs.{name}"));
            step = step.with_env(format!("INPUT_{}", variable(name)), value);
        }
        let facts = self.planned.facts.iter().map(|(name, test)| format!("{name} {}", test.line()));
        step = step.with_env("FACTS", lines(facts));
        job.steps.push(step);
        Some(job)
    }

    fn plan_comment(&self) -> String {
        let facts = &self.planned.facts;
        let mut decided = Vec::new();
        if self.planned.decide_changes() {
            decided.push("what has changed");
        }
        if facts.iter().any(|(_, test)| !test.is_change()) {
            decided.push("names with their case");
        }
        if self.starts_on(Event::Manual) {
            decided.push("that a manual run is of a branch");
        }
        if self.has_overrides() {
            decided.push("that an override is by the book");
        }
        format!("decides what GitHub's expressions can't: {}", decided.join("; "))
    }

    /// The files that make the pipeline what it is: where one of them has changed, earlier runs say nothing.
    fn sources(&self) -> impl Iterator<Item = String> {
        let workflow = format!(".github/workflows/{}", self.file);
        self.pipeline.sources.iter().map(|source| source.path.clone()).chain(std::iter::once(workflow))
    }

    fn change_lines(&self) -> impl Iterator<Item = String> {
        let rules = self.pipeline.changes.iter();
        rules.flat_map(|rule| rule.globs.iter().map(move |glob| format!("{} {}", rule.kind, glob.text())))
    }
}

/// Lines of a variable.
fn lines(lines: impl IntoIterator<Item = String>) -> Template {
    Template::text(lines.into_iter().map(|line| line + "\n").collect::<String>())
}

/// The part of a variable's name that stands for an input.
fn variable(input: &str) -> String {
    input.to_ascii_uppercase().replace('-', "_")
}

/// Letters and digits of all, in lower case because GitHub tells no outputs apart by it; everything else turned into
/// single hyphens.
fn words(parts: &[&str]) -> String {
    let joined = parts.join("-").to_ascii_lowercase();
    let pieces = joined.split(|character: char| !character.is_ascii_alphanumeric());
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_have_readable_names_and_each_its_own() {
        let mut planned = PlannedFacts::default();
        let glob = |text| Test::ChangedGlob(Glob::parse(text).unwrap());
        planned.add(glob("docs/**"));
        planned.add(glob("docs/*"));
        planned.add(glob("docs/**"));
        planned.add(Test::Branch(Glob::parse("release/*").unwrap()));
        let names: Vec<&str> = planned.facts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["changed-docs", "changed-docs-2", "branch-is-release"]);
    }
}
