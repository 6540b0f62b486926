//! Overrides: a manual run in which one gate may fail, if its role approves that.
//!
//! Such a run has the facts of a push to its branch, with what changed unknown. GitHub calls it a `workflow_dispatch`, so
//! wherever a condition asks for the event it counts as a push. `plan` refuses one that is not by the book, and every job
//! waits for `plan`.

use super::Lowering;
use super::names::result_of;
use crate::document::{EnvironmentUse, Job, Step};
use crate::template::Template;
use pipec_base::codes;
use pipec_ir::{Event, Node, Override, Pipeline, Trigger};
use pipec_logic::Glob;
pub(super) use pipec_lowering::overriding;
use pipec_lowering::{JobPlan, Nodes, override_job_name};
use pipec_runtime::{Dialect, Script};
use pipec_yaml::{Mapping, Sequence};

/// The inputs of the manual entry that the compiler adds.
pub(super) const GATE: &str = "override-gate";
const COMMIT: &str = "override-commit";
const REASON: &str = "override-reason";

/// What the first says in a manual run of the pipeline's own. No gate has a name with a blank.
pub(super) const ORDINARY: &str = "no override";

/// How long an approved override may take to be recorded, in minutes.
const TIMEOUT: u32 = 5;

/// The step and the output that tell when an override was approved.
const STEP: &str = "override";
const APPROVED_AT: &str = "approved-at";

/// What an override tells others: when and by whom it was approved, and until when it holds.
const OUTPUTS: [&str; 4] = [APPROVED_AT, "approved-by", "expires", "review-by"];

const MILLISECONDS_PER_SECOND: u64 = 1000;

/// The name of the environment that asks the role of a gate.
pub(super) fn environment(pipeline: &Pipeline, gate: &Node) -> String {
    format!("{}-{}", pipeline.name, override_job_name(gate))
}

impl Lowering<'_> {
    /// The inputs of a manual run, with those of the compiler's own entry.
    pub(super) fn with_override_inputs(&self, inputs: Mapping<'static>) -> Mapping<'static> {
        if !self.pipeline.has_overrides() {
            return inputs;
        }
        let own = self.pipeline.starts_on(Event::Manual);
        let ordinary = own.then(|| ORDINARY.to_owned());
        let gates =
            ordinary.into_iter().chain(self.pipeline.overridable().map(|(gate, _)| gate.name.clone()));
        let required = |input: Mapping<'static>| if own { input } else { input.entry("required", true) };
        let mut gate = required(
            Mapping::new()
                .entry("description", "the gate to override, where it fails and its role approves that")
                .entry("type", "choice")
                .entry("options", Sequence::flow(gates)),
        );
        if own {
            gate = gate.entry("default", ORDINARY);
        }
        let text = |description: &'static str| {
            required(Mapping::new().entry("description", description).entry("type", "string"))
        };
        inputs
            .entry(GATE, gate)
            .entry(COMMIT, text("of an override: the commit it is for, the head of this branch, in full"))
            .entry(REASON, text("of an override: why, in one line"))
    }

    /// The step that refuses an override which is not by the book.
    pub(super) fn override_asked_step(&self) -> Option<Step> {
        if !self.pipeline.has_overrides() {
            return None;
        }
        let pushed = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Push(globs, _) => Some(globs),
            _ => None,
        });
        let ordinary = if self.pipeline.starts_on(Event::Manual) { ORDINARY } else { "" };
        let step = Step::run("Override by the book", Script::OverrideAsked.text(Dialect::GitHub))
            .with_env("GH_TOKEN", Template::expression("github.token"))
            .with_env("GATE", input(GATE))
            .with_env("COMMIT", input(COMMIT))
            .with_env("REASON", input(REASON))
            .with_env("ORDINARY", Template::text(ordinary))
            .with_env("GATES", lines(self.pipeline.overridable().map(|(gate, _)| gate.name.as_str())))
            .with_env("PUSHED", lines(pushed.flatten().map(Glob::text)))
            .with_env("PROTECTED", lines(self.pipeline.protected_branches.iter().map(Glob::text)));
        Some(step)
    }

    /// The job that asks the role of a gate, after it failed.
    pub(super) fn override_job(&self, plan: &JobPlan, gate: &Node) -> Option<Job> {
        let overriding = overriding(gate)?;
        self.check_role(gate, overriding);
        let mut job = Job {
            runs_on: "ubuntu-24.04".to_owned(),
            timeout_minutes: TIMEOUT,
            environment: Some(EnvironmentUse {
                name: environment(self.pipeline, gate),
                url: None,
                is_deployment: true,
            }),
            outputs: OUTPUTS
                .map(|name| (name.to_owned(), Template::expression(format!("steps.{STEP}.outputs.{name}"))))
                .to_vec(),
            ..self.shell(plan)
        };
        job.permissions.read("actions", "who approved this run");
        let step = Step::run("Approved, and recorded", Script::OverrideApproved.text(Dialect::GitHub))
            .with_id(STEP)
            .with_env("GH_TOKEN", Template::expression("github.token"))
            .with_env("ENVIRONMENT", Template::text(environment(self.pipeline, gate)))
            .with_env("GATE", Template::text(gate.name.clone()))
            .with_env("EXPIRES", seconds(overriding.expires))
            .with_env("REVIEW_WITHIN", seconds(overriding.review_within))
            .with_env("REASON", input(REASON));
        job.steps.push(step);
        Some(job)
    }

    /// The step of a deploy that refuses to start on an override which has expired.
    pub(super) fn override_in_force_step(&self, plan: &JobPlan) -> Option<Step> {
        let gates = plan.relies_on.iter().fold(Template::default(), |gates, reliance| {
            gates
                .and_text(format!("{} ", reliance.gate))
                .and(result_of(&reliance.job))
                .and_text(format!(" {} ", reliance.expires / MILLISECONDS_PER_SECOND))
                .and(format!("needs.{}.outputs.{APPROVED_AT}", reliance.asked_by))
                .and_text("\n")
        });
        (gates != Template::default()).then(|| {
            Step::run("Override in force", Script::OverrideInForce.text(Dialect::GitHub))
                .with_env("GATE", input(GATE))
                .with_env("OVERRIDES", gates)
        })
    }

    /// The names that the compiler gives to what overrides need.
    pub(super) fn check_override_names(&self) {
        if !self.pipeline.has_overrides() {
            return;
        }
        let inputs = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Manual(inputs, _) => Some(inputs),
            _ => None,
        });
        for input in inputs.flatten() {
            if [GATE, COMMIT, REASON].contains(&input.name.as_str()) {
                self.error(
                    codes::P1102,
                    &input.origin,
                    format!("`{}` is an input that the compiler adds for overrides", input.name),
                    "choose another name",
                );
            }
        }
        for (gate, overriding) in self.pipeline.overridable() {
            let name = override_job_name(gate);
            if let Some(other) = self.plans.units.iter().find(|unit| unit.id.eq_ignore_ascii_case(&name)) {
                self.error(
                    codes::P1102,
                    &overriding.origin,
                    format!("the job for this override has the name `{}` on GitHub, like a node", other.id),
                    "rename the node",
                );
            }
        }
    }

    /// Somebody must be able to approve.
    fn check_role(&self, gate: &Node, overriding: &Override) {
        let role = self.program.roles.get(&overriding.role);
        if role.is_some_and(|role| !role.members.contains_key("github")) {
            self.error(
                codes::P0506,
                &overriding.origin,
                format!(
                    "`{}` has no members on github, so nobody could override `{}`",
                    overriding.role, gate.name
                ),
                format!("name its members: `role {} {{ github team \"OWNER/TEAM\" }}`", overriding.role),
            );
        }
    }
}

fn input(name: &str) -> Template {
    Template::expression(format!("inputs.{name}"))
}

fn seconds(milliseconds: u64) -> Template {
    Template::text((milliseconds / MILLISECONDS_PER_SECOND).to_string())
}

/// Lines of a variable.
fn lines<'t>(lines: impl IntoIterator<Item = &'t str>) -> Template {
    Template::text(lines.into_iter().map(|line| format!("{line}\n")).collect::<String>())
}
