//! Conditions as GitHub's expressions, or as facts that the `plan` job decides.

use super::plan::Test;
use super::references::{self, BRANCHES, TAGS};
use super::{Lowering, PLAN};
use crate::expression::Expression;
use pipec_ir::{Change, Condition, Event, InputType, Trigger};
use pipec_logic::Glob;

impl Lowering<'_> {
    /// That a condition holds.
    pub(super) fn condition(&self, condition: &Condition) -> Expression {
        match condition {
            Condition::Always => Expression::Constant(true),
            Condition::All(parts) => Expression::all(parts.iter().map(|part| self.condition(part))),
            Condition::Any(parts) => Expression::any(parts.iter().map(|part| self.condition(part))),
            Condition::Not(part) => self.condition(part).negated(),
            Condition::Event(event) => self.event(*event),
            Condition::Branch(glob) => {
                self.branch(glob).unwrap_or_else(|| self.planned(&Test::Branch(glob.clone())))
            }
            Condition::Tag(glob) => self.tag(glob).unwrap_or_else(|| self.planned(&Test::Tag(glob.clone()))),
            Condition::Changed(changes) => Expression::any(changes.iter().map(|change| self.changed(change))),
            Condition::Input { name, value } => self.input(name, value).unwrap_or_else(|| {
                self.planned_input(Test::Input { name: name.clone(), value: value.clone() })
            }),
            Condition::Fork => self.fork(),
        }
    }

    /// That an event started the run.
    pub(super) fn event(&self, event: Event) -> Expression {
        let named = |name| Expression::equals("github.event_name", name);
        let both = self.starts_on(Event::Push) && self.starts_on(Event::Tag);
        let of_type =
            |ty| if both { Expression::equals("github.ref_type", ty) } else { Expression::Constant(true) };
        match event {
            _ if !self.starts_on(event) => Expression::Constant(false),
            Event::Push => {
                let pushed = Expression::all([named("push"), of_type("branch")]);
                Expression::any([pushed, self.override_run()])
            }
            Event::Tag => Expression::all([named("push"), of_type("tag")]),
            Event::PullRequest => named("pull_request"),
            Event::Schedule => named("schedule"),
            Event::Manual => Expression::all([named("workflow_dispatch"), self.ordinary_run()]),
            Event::MergeQueue => named("merge_group"),
        }
    }

    /// That the run is of a pull request from another repository or by a bot; a repository that is gone is another one.
    pub(super) fn fork(&self) -> Expression {
        if !self.starts_on(Event::PullRequest) {
            return Expression::Constant(false);
        }
        let head = "github.event.pull_request.head.repo.full_name";
        Expression::all([
            self.event(Event::PullRequest),
            Expression::any([
                Expression::raw(format!("{head} != github.repository")),
                Expression::equals("github.event.pull_request.user.type", "Bot"),
            ]),
        ])
    }

    /// That something of these may have changed.
    pub(super) fn changed(&self, change: &Change) -> Expression {
        self.planned(&Test::changed(change))
    }

    /// That nothing of this is known to have changed: only then is a gate exempt.
    pub(super) fn unchanged(&self, change: &Change) -> Expression {
        match self.planned.output(&Test::changed(change)) {
            Some(output) => Expression::equals(format!("needs.{PLAN}.outputs.{output}"), "false"),
            None => Expression::Constant(false),
        }
    }

    /// The plan knows the inputs of every manual run; an override has them too, but they are none of its facts.
    fn planned_input(&self, test: Test) -> Expression {
        let manual = if self.has_overrides() { self.ordinary_run() } else { Expression::Constant(true) };
        Expression::all([manual, self.planned(&test)])
    }

    fn planned(&self, test: &Test) -> Expression {
        match self.planned.output(test) {
            Some(output) => Expression::equals(format!("needs.{PLAN}.outputs.{output}"), "true"),
            None => Expression::Constant(false),
        }
    }

    /// That the branch whose own commit runs is one of these, where an expression says exactly that: a scheduled run is
    /// of whatever branch is the default one, and a manual run of any, in any case.
    pub(super) fn branch(&self, glob: &Glob) -> Option<Expression> {
        if self.starts_on(Event::Schedule) || self.starts_on(Event::Manual) {
            return None;
        }
        // A merge queue's own branches.
        if self.starts_on(Event::MergeQueue) && references::may_match_under(glob, "gh-readonly-queue/") {
            return None;
        }
        let filters = self.filters(|trigger| match trigger {
            Trigger::Push(globs, _) => Some(globs),
            _ => None,
        });
        references::is_one_of(BRANCHES, glob, &filters)
    }

    /// That the tag that was pushed is one of these, where an expression says exactly that.
    pub(super) fn tag(&self, glob: &Glob) -> Option<Expression> {
        let filters = self.filters(|trigger| match trigger {
            Trigger::Tag(globs, _) => Some(globs),
            _ => None,
        });
        references::is_one_of(TAGS, glob, &filters)
    }

    /// That the input of a manual run has this value, where an expression says exactly that: texts are compared without
    /// regard to case.
    pub(super) fn input(&self, name: &str, value: &str) -> Option<Expression> {
        let manual = self.event(Event::Manual);
        let inputs = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Manual(inputs, _) => Some(inputs),
            _ => None,
        });
        let Some(input) = inputs.flatten().find(|input| input.name == name) else {
            return Some(Expression::Constant(false));
        };
        if input.ty != InputType::Boolean {
            return None;
        }
        let truth = Expression::raw(format!("inputs.{name}"));
        match value {
            "true" => Some(Expression::all([manual, truth])),
            "false" => Some(Expression::all([manual, truth.negated()])),
            _ => Some(Expression::Constant(false)),
        }
    }

    fn filters<'b>(&'b self, of: impl Fn(&'b Trigger) -> Option<&'b Vec<Glob>>) -> Vec<&'b Glob> {
        self.pipeline.triggers.iter().filter_map(of).flatten().collect()
    }
}
