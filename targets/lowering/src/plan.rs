//! The job `plan`: it decides the facts that the engine can't.
//!
//! It also refuses manual runs on tags and invalid overrides.
//!
//! For a condition that asks for `changed "docs/**"`, it checks out the history and runs the fixed script `Plan` with
//!
//! ```text
//! SOURCES   deploy.pipe, and the path of the output
//! FACTS     changed-docs changed-glob ^docs/.*$
//! ```
//!
//! and hands on `changed-docs`.

use crate::PLAN;
use crate::acts::{Act, Does};
use crate::jobs::{HandOn, JobPlan, MINUTE, Role, Timeout};
use crate::overrides;
use crate::passes::Passes;
use crate::source::Nodes;
use crate::token::TokenUse;
use crate::value::{Part, Value};
use pipec_ir::{Checkout, Event, variable_part};
use pipec_runtime::{PlanForm, Script};
use std::borrow::Cow;

/// How long the plan may take, in milliseconds.
///
/// It checks out the history and calls the API twice.
const TIMEOUT: u64 = 10 * MINUTE;

/// What it checks out if facts depend on what has changed.
static HISTORY: Checkout = Checkout::With { full_history: true, submodules: false, lfs: false };

impl<'p> Passes<'_, 'p> {
    /// The job, if something is left to it.
    pub(crate) fn plan(&self) -> Option<JobPlan<'p>> {
        let pipeline = self.source.pipeline;
        if !self.planned.need_a_job() {
            return None;
        }
        let mut token = Vec::new();
        let mut acts = Vec::new();
        if let Some(act) = overrides::asked(pipeline) {
            token.push(TokenUse::BranchHead);
            acts.push(act);
        }
        let output = |name: &str| HandOn::new(name.to_owned(), Value::output(PLAN, name.to_owned()));
        let mut hands_on: Vec<HandOn<'p>> = self.planned.iter().map(|(name, _)| output(name)).collect();
        if pipeline.starts_on(Event::Manual) || pipeline.has_overrides() {
            acts.push(Act::fixed("Refuse a manual run of a tag", Script::OfABranch, []));
        }
        let asks_for_changes = self.planned.ask_for_changes();
        let (form, title) = match asks_for_changes {
            true => (PlanForm::Changes, "Decide what has changed"),
            false => (PlanForm::Names, "Decide names with their case"),
        };
        let mut decide = Act::fixed(title, Script::Plan(form), []).with_id(PLAN);
        if asks_for_changes {
            hands_on.extend(["baseline", "unknown"].map(output));
            token.push(TokenUse::History);
            acts.push(Act::new("Check out", Does::Checkout(&HISTORY)));
            if pipeline.starts_on(Event::Push) {
                token.push(TokenUse::GreenRun);
            }
            decide = decide.with("SOURCES", self.sources());
            if !pipeline.changes.is_empty() {
                decide = decide.with("CHANGES", Value::lines(self.change_lines()));
            }
        }
        for name in self.planned.inputs() {
            let parameter = Cow::Owned(format!("INPUT_{}", variable_part(name)));
            decide = decide.with(parameter, Value::input(name.to_owned()));
        }
        if !self.planned.is_empty() {
            acts.push(decide.with("FACTS", Value::lines(self.planned.lines())));
        }
        Some(JobPlan {
            comments: vec![self.plan_comment()],
            timeout: Timeout::Milliseconds(TIMEOUT),
            token,
            hands_on,
            acts,
            ..JobPlan::new(PLAN.to_owned(), Role::Plan, pipeline.origin.span, PLAN.to_owned())
        })
    }

    /// What the plan decides, in words.
    fn plan_comment(&self) -> String {
        let pipeline = self.source.pipeline;
        let mut decided = Vec::new();
        if self.planned.ask_for_changes() {
            decided.push("what has changed");
        }
        if self.planned.iter().any(|(_, test)| !test.is_change()) {
            decided.push("names with their case");
        }
        if pipeline.starts_on(Event::Manual) {
            decided.push("that a manual run is of a branch");
        }
        if pipeline.has_overrides() {
            decided.push("that an override is by the book");
        }
        decided.join("; ")
    }

    /// The files that define the pipeline. If one of them has changed, earlier runs prove nothing.
    fn sources(&self) -> Value<'p> {
        let sources = self.source.pipeline.sources.iter();
        Value::lines(sources.map(|source| &source.path)).and_text("\n").and(Part::OutputPath)
    }

    fn change_lines(&self) -> impl Iterator<Item = String> {
        let rules = self.source.pipeline.changes.iter();
        rules.flat_map(|rule| {
            rule.globs.iter().map(move |glob| format!("{} {}", rule.kind, glob.expression()))
        })
    }
}
