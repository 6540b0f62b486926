//! Jobs and artefacts that are tried again: each attempt is a part of the one job. It begins only if the one before has failed,
//! on the folder that the first one found, so that what is built is the work of one attempt alone.

use super::Lowering;
use super::jobs::minutes;
use super::scripts::title;
use crate::document::Step;
use crate::expression::Expression;
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Node, Retry, StepKind};
use pipec_runtime::{Dialect, Script};

/// Why a script that fails does not end its job.
const ANOTHER_FOLLOWS: &str = "if it fails, the next attempt begins";

/// More attempts than this are no answer to a mirror that is away for a minute.
const MOST: u64 = 10;

impl Lowering<'_> {
    /// The scripts of a node, once for each attempt, with what each attempt needs anew before them.
    pub(super) fn attempted_steps(
        &self,
        node: &Node,
        environment: &[(String, Template)],
        brought: &[Step],
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let attempts = node.attempts().min(MOST);
        let Some(Retry { because, .. }) = node.retry() else { return steps };
        let mut failed = Expression::Constant(false);
        for attempt in 1..=attempts {
            let mut began = None;
            if attempt > 1 {
                let id = format!("attempt-{attempt}");
                let begins = Expression::equals(format!("steps.{id}.outcome"), "success");
                let mut begin = Step::run(
                    format!("Begin attempt {attempt} of {attempts}"),
                    Script::Again.text(Dialect::GitHub),
                )
                .with_id(id)
                .with_env("NODE", Template::text(node.name.clone()))
                .with_env("ATTEMPT", Template::text(attempt.to_string()))
                .with_env("ATTEMPTS", Template::text(attempts.to_string()))
                .with_env("BECAUSE", Template::text(because.clone()))
                .only_if(failed);
                begin.comments.push(format!("tried again, because: {because}"));
                steps.push(begin);
                steps.extend(brought.iter().map(|step| anew(step, &begins)));
                began = Some(begins);
            }
            let (scripts, ids) = self.attempt(node, environment, (attempt, attempts), began);
            steps.extend(scripts);
            failed = Expression::any(ids.iter().map(|id| outcome(id, "failure")));
        }
        steps
    }

    /// The scripts of one attempt of so many, and their ids. Each hangs on those before it in its attempt; the first on that the
    /// attempt has begun.
    fn attempt(
        &self,
        node: &Node,
        environment: &[(String, Template)],
        (attempt, attempts): (u64, u64),
        began: Option<Expression>,
    ) -> (Vec<Step>, Vec<String>) {
        let mut steps = Vec::new();
        let mut ids: Vec<String> = Vec::new();
        // What the next script hangs on, and the ids of the neighbouring checks that it stands behind.
        let mut due = began.unwrap_or(Expression::Constant(true));
        let mut checks: Vec<String> = Vec::new();
        for (place, step) in node.body.steps.iter().enumerate() {
            let id = match node.body.steps.len() {
                1 => format!("try-{attempt}"),
                _ => format!("try-{attempt}-{}", place + 1),
            };
            let name = title(node, step).and_text(format!(" (attempt {attempt} of {attempts})"));
            let mut emitted = self.script_step(node, step, name, environment);
            if step.kind == StepKind::Run && !checks.is_empty() {
                due = Expression::all(checks.drain(..).map(|id| outcome(&id, "success")));
            }
            // A check that fails in the last attempt fails the job; its neighbours run all the same if it has run.
            let condition = match checks.first() {
                Some(first) if attempt == attempts => {
                    let ran = Expression::any(["success", "failure"].map(|ended| outcome(first, ended)));
                    Expression::all([Expression::raw("!cancelled()"), ran])
                }
                _ => due.clone(),
            };
            match step.kind {
                StepKind::Check => checks.push(id.clone()),
                StepKind::Run => due = outcome(&id, "success"),
            }
            emitted.timeout_minutes = Some(Template::text(minutes(node.body.timeout).to_string()));
            if attempt < attempts {
                emitted = emitted.going_on(ANOTHER_FOLLOWS);
            }
            ids.push(id.clone());
            steps.push(emitted.only_if(condition).with_id(id));
        }
        (steps, ids)
    }

    /// What can't be put back for another attempt.
    pub(super) fn check_retry(&self, node: &Node) {
        let Some(clause) = &node.body.retry else { return };
        if node.retry().is_none() {
            return self.refuse("`retry` of a gate or a deploy", &clause.origin);
        }
        if let Some(block) = node.body.engines.iter().find(|block| block.target == "github") {
            self.error(
                codes::P1101,
                &block.origin,
                format!("`{}` can't be tried again on github: it has raw steps", node.name),
                "nobody knows what a raw step leaves behind: drop `retry`, or do the raw steps in a node of their own",
            );
        }
        if let Some(sidecar) = node.body.sidecars.first() {
            self.error(
                codes::P1101,
                &sidecar.origin,
                format!("`{}` can't be tried again on github beside sidecar `{}`", node.name, sidecar.name),
                "a sidecar starts once for its job, so another attempt would find in it what the first one left: drop `retry`, or the sidecar",
            );
        }
        if node.attempts() > MOST {
            self.error(
                codes::P1101,
                &clause.origin,
                format!("more than {} retries can't be built for github", MOST - 1),
                "what fails as often does not fail by chance: mend it",
            );
        }
    }
}

/// That a step has ended so.
fn outcome(id: &str, ended: &'static str) -> Expression {
    Expression::equals(format!("steps.{id}.outcome"), ended)
}

/// A step once more, for an attempt that has begun. What others read of it they read of the first one, which had the same to go by.
fn anew(step: &Step, begins: &Expression) -> Step {
    let own = step.condition.clone();
    let mut again = step.clone().only_if(Expression::all([begins.clone()].into_iter().chain(own)));
    again.id = None;
    again.comments.clear();
    again.name = again.name.and_text(" again");
    again
}
