//! Guards as GitHub's expressions.
//!
//! For example, `All([Atom(event is push), Not(Planned("changed-docs"))])` becomes
//!
//! ```yaml
//! if: ${{ github.event_name == 'push' && needs.plan.outputs.changed-docs != 'true' }}
//! ```

use super::names::result_of;
use super::references::{self, BRANCHES, TAGS};
use super::values::is_worked_out;
use super::{Lowering, previews};
use crate::expression::Expression;
use pipec_github_catalogue::Offers;
use pipec_ir::{Condition, Event, InputType, Pipeline, Program, Trigger};
use pipec_logic::Glob;
use pipec_lowering::{DecidedWhen, Decision, Expressive, Guard, JobPlan, Nodes, PLAN, RunFact, Start, Test};
use pipec_runtime::names::{ORDINARY, OVERRIDE_GATE as GATE};

/// What GitHub's expressions can say about the runs of a pipeline.
#[derive(Clone, Copy)]
pub(super) struct Expressions<'p> {
    /// The pipeline.
    pub(super) pipeline: &'p Pipeline,
    has_overrides: bool,
    has_environments: bool,
}

impl<'p> Expressions<'p> {
    /// The expressions for the runs of a pipeline.
    pub(super) fn of(program: &Program, pipeline: &'p Pipeline) -> Expressions<'p> {
        let has_environments = Offers::of(program.platforms.get("github")).environments;
        Expressions { pipeline, has_overrides: pipeline.has_overrides(), has_environments }
    }
}

impl Expressive for Expressions<'_> {
    fn name(&self) -> &'static str {
        "github"
    }

    fn decides_when(&self) -> DecidedWhen {
        DecidedWhen::AfterItsWaits
    }

    fn works_out(&self, fact: RunFact) -> bool {
        is_worked_out(fact)
    }

    fn has_environments(&self) -> bool {
        self.has_environments
    }

    fn decision(&self, atom: &Condition) -> Decision {
        let of_event = match atom {
            Condition::Event(event) => Some(*event),
            Condition::Fork => Some(Event::PullRequest),
            _ => None,
        };
        if let Some(event) = of_event {
            return if self.pipeline.starts_on(event) {
                Decision::ByTheEngine
            } else {
                Decision::Known(false)
            };
        }
        match self.atom(atom) {
            None => Decision::ByThePlan,
            Some(Expression::Constant(value)) => Decision::Known(value),
            Some(_) => Decision::ByTheEngine,
        }
    }
}

impl Expressions<'_> {
    /// An atom, if an expression says exactly that.
    fn atom(&self, atom: &Condition) -> Option<Expression> {
        match atom {
            Condition::Event(event) => Some(self.event(*event)),
            Condition::Fork => Some(self.fork()),
            Condition::Branch(glob) => self.branch(glob),
            Condition::Tag(glob) => self.tag(glob),
            Condition::Input { name, value } => self.input(name, value),
            Condition::Always
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_)
            | Condition::Changed(_) => None,
        }
    }

    /// The expression that an event started the run.
    pub(super) fn event(&self, event: Event) -> Expression {
        let named = |name| Expression::equals("github.event_name", name);
        let both = self.pipeline.starts_on(Event::Push) && self.pipeline.starts_on(Event::Tag);
        let of_type =
            |ty| if both { Expression::equals("github.ref_type", ty) } else { Expression::Constant(true) };
        match event {
            _ if !self.pipeline.starts_on(event) => Expression::Constant(false),
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

    /// The expression that a pull request is from another repository or by a bot.
    ///
    /// A deleted repository counts as another.
    fn fork(&self) -> Expression {
        if !self.pipeline.starts_on(Event::PullRequest) {
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

    /// The expression that the run is an override, once `plan` has admitted it.
    fn override_run(&self) -> Expression {
        if !self.has_overrides {
            return Expression::Constant(false);
        }
        let dispatched = Expression::equals("github.event_name", "workflow_dispatch");
        if self.pipeline.starts_on(Event::Manual) {
            Expression::all([dispatched, self.ordinary_run().negated()])
        } else {
            dispatched
        }
    }

    /// The expression that a manual run is no override.
    fn ordinary_run(&self) -> Expression {
        if self.has_overrides {
            Expression::equals(format!("inputs.{GATE}"), ORDINARY)
        } else {
            Expression::Constant(true)
        }
    }

    /// The expression that the branch is in a glob, if one says exactly that.
    ///
    /// None does for a scheduled run, which is of the default branch, or for a manual run, which is of any branch.
    fn branch(&self, glob: &Glob) -> Option<Expression> {
        if self.pipeline.starts_on(Event::Schedule) || self.pipeline.starts_on(Event::Manual) {
            return None;
        }
        // A merge queue's own branches.
        if self.pipeline.starts_on(Event::MergeQueue)
            && references::may_match_under(glob, "gh-readonly-queue/")
        {
            return None;
        }
        let filters = self.filters(|trigger| match trigger {
            Trigger::Push(globs, _) => Some(globs),
            _ => None,
        });
        references::is_one_of(BRANCHES, glob, &filters)
    }

    /// The expression that the pushed tag is in a glob, if one says exactly that.
    fn tag(&self, glob: &Glob) -> Option<Expression> {
        let filters = self.filters(|trigger| match trigger {
            Trigger::Tag(globs, _) => Some(globs),
            _ => None,
        });
        references::is_one_of(TAGS, glob, &filters)
    }

    /// The expression that an input has a value, if one says exactly that.
    ///
    /// GitHub compares texts without regard to case.
    fn input(&self, name: &str, value: &str) -> Option<Expression> {
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

impl Lowering<'_> {
    /// The expression for a guard.
    pub(super) fn guard(&self, guard: &Guard) -> Expression {
        match guard {
            Guard::Always => Expression::Constant(true),
            Guard::Never => Expression::Constant(false),
            // An atom that no expression decides is left to the plan, and so is never asked here.
            Guard::Atom(atom) => self.expressions.atom(atom).unwrap_or(Expression::Constant(false)),
            Guard::Planned(place) => self.planned(*place, "true"),
            Guard::PlannedNot(place) => self.planned(*place, "false"),
            Guard::Succeeded(job) => Expression::equals(result_of(job), "success"),
            Guard::Failed(job) => Expression::equals(result_of(job), "failure"),
            Guard::Overrides(gate) => Expression::equals(format!("inputs.{GATE}"), gate.clone()),
            Guard::NotCancelled => Expression::raw("!cancelled()"),
            Guard::Whatever => Expression::raw("always()"),
            Guard::Broken => Expression::raw("!success()"),
            Guard::SucceededAct(act) => outcome(act, "success"),
            Guard::FailedAct(act) => outcome(act, "failure"),
            Guard::SkippedAct(act) => outcome(act, "skipped"),
            Guard::Sweep => previews::sweep(),
            Guard::ClosedByMember => previews::closed_by_member(),
            Guard::Found(job) => previews::found(job),
            Guard::FoundAct(act) => previews::still_found(act),
            Guard::Said(act, output) => Expression::equals(format!("steps.{act}.outputs.{output}"), "true"),
            Guard::SomeFailed => some_ended("failure"),
            Guard::SomeCancelled => some_ended("cancelled"),
            Guard::FailedBefore => Expression::raw("failure()"),
            Guard::Cancelled => Expression::raw("cancelled()"),
            Guard::All(parts) => Expression::all(parts.iter().map(|part| self.guard(part))),
            Guard::Any(parts) => Expression::any(parts.iter().map(|part| self.guard(part))),
            Guard::Not(part) => self.guard(part).negated(),
        }
    }

    /// The expression that a planned fact has a value.
    ///
    /// The inputs of an override are no facts of its run, although the plan knows them.
    fn planned(&self, place: usize, value: &'static str) -> Expression {
        let Some((name, test)) = self.plans.planned.get(place) else { return Expression::Constant(false) };
        let holds = Expression::equals(format!("needs.{PLAN}.outputs.{name}"), value);
        match test {
            Test::Input { .. } => Expression::all([self.expressions.ordinary_run(), holds]),
            _ => holds,
        }
    }

    /// The condition of a job; none if GitHub's default means the same.
    ///
    /// A condition without a status function also asks `success()`: that every job before it, near or far, has succeeded.
    /// If that is what the job waits for, its condition only says when it is due. Otherwise it compares results itself.
    pub(super) fn start(&self, job: &JobPlan<'_>) -> Option<Expression> {
        let due = match &job.start {
            Start::Always => return Some(Expression::raw("always()")),
            Start::AfterSuccess(due) => return Some(self.guard(due)),
            Start::Afterwards(due) => {
                // Without a status function, GitHub would also ask `success()`.
                let always = (!asks_whether_cancelled(due)).then(|| Expression::raw("always()"));
                return Some(Expression::all(always.into_iter().chain([self.guard(due)])));
            }
            Start::If(due) => match self.guard(due) {
                // GitHub takes a constant for a mistake, and it is one: this is a condition that no event meets.
                Expression::Constant(false) => Expression::equals("github.event_name", "never"),
                due => due,
            },
        };
        if job.waits.is_empty() || job.follows_success {
            return (due != Expression::Constant(true)).then_some(due);
        }
        let alive = Expression::raw("!cancelled()");
        let over = job.waits.iter().map(|wait| match wait.due {
            Guard::Always => self.guard(&wait.passed),
            _ => self.guard(&wait.guard()),
        });
        Some(Expression::all([alive, due].into_iter().chain(over)))
    }
}

/// The expression that one of the jobs that a job needs has ended in this way.
fn some_ended(ended: &'static str) -> Expression {
    Expression::raw(format!("contains(needs.*.result, '{ended}')"))
}

/// Whether a guard asks whether the run was cancelled.
fn asks_whether_cancelled(guard: &Guard) -> bool {
    match guard {
        Guard::NotCancelled | Guard::Cancelled => true,
        Guard::All(parts) | Guard::Any(parts) => parts.iter().any(asks_whether_cancelled),
        Guard::Not(part) => asks_whether_cancelled(part),
        _ => false,
    }
}

/// The expression that a step of the same job has ended in this way.
fn outcome(step: &str, ended: &'static str) -> Expression {
    Expression::equals(format!("steps.{step}.outcome"), ended)
}
