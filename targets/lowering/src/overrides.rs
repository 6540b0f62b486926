//! Overrides: a run in which one gate may fail, if its role approves that.
//!
//! Such a run has the facts of a push to its branch, with unknown changes. For example, for the gate `unit` with
//! `override by lead expires 1h review within 2d`, the job `override-unit` asks the role. It starts in a run that
//! overrides `unit`, after `unit` has failed. Jobs that wait for `unit` then accept its success instead.

use crate::PLAN;
use crate::acts::Act;
use crate::guard::Guard;
use crate::jobs::{EnvironmentUse, HandOn, JobPlan, MINUTE, Role, Timeout, Wait};
use crate::passes::Passes;
use crate::source::Nodes;
use crate::token::TokenUse;
use crate::units::{Runs, Unit};
use crate::value::{HandedOn, Part, Value};
use pipec_ir::{Event, Node, Pipeline, Trigger};
use pipec_logic::{Glob, Proposition};
use pipec_runtime::Script;
use pipec_runtime::names::{ORDINARY, OVERRIDE, OVERRIDE_COMMIT, OVERRIDE_GATE, OVERRIDE_REASON};
use std::borrow::Cow;

/// How long an approved override may take to be recorded, in milliseconds.
const TIMEOUT: u64 = 5 * MINUTE;

/// The id of the act that checks that the role has approved.
const ASK: &str = "override";

/// What the job of an override hands on: the approval and its limits.
const APPROVED_AT: &str = "approved-at";
const HANDS_ON: [&str; 4] = [APPROVED_AT, "approved-by", "expires", "review-by"];

const MILLISECONDS_PER_SECOND: u64 = 1000;

/// The name of the job that asks the role of a gate.
pub fn job_name(gate: &Node) -> String {
    format!("{OVERRIDE}{}", gate.name)
}

/// The name of the environment that asks the role of a gate.
pub fn environment(pipeline: &Pipeline, gate: &Node) -> String {
    format!("{}-{OVERRIDE}{}", pipeline.name, gate.name)
}

/// The act of the plan that refuses an invalid override.
pub(crate) fn asked(pipeline: &Pipeline) -> Option<Act<'_>> {
    if !pipeline.has_overrides() {
        return None;
    }
    let pushed = pipeline.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Push(globs, _) => Some(globs),
        _ => None,
    });
    let ordinary = if pipeline.starts_on(Event::Manual) { ORDINARY } else { "" };
    let parameters = [
        ("GATE", Value::input(OVERRIDE_GATE)),
        ("COMMIT", Value::input(OVERRIDE_COMMIT)),
        ("REASON", Value::input(OVERRIDE_REASON)),
        ("ORDINARY", Value::text(ordinary)),
        ("GATES", Value::lines(pipeline.overridable().map(|(gate, _)| &gate.name))),
        ("PUSHED", Value::lines(pushed.flatten().map(Glob::expression))),
        ("PROTECTED", Value::lines(pipeline.protected_branches.iter().map(Glob::expression))),
    ];
    Some(Act::fixed("Override by the book", Script::OverrideAsked, parameters))
}

impl<'p> Passes<'_, 'p> {
    /// The facts of a run with an override.
    fn override_facts(&self) -> Proposition {
        let facts = &self.source.facts;
        let push = facts.propositions().and(&facts.event(Event::Push), facts.valid());
        facts.propositions().all(&[push, facts.protected(), facts.unknown()])
    }

    /// The job of a gate that a push has.
    pub(crate) fn gate_unit(&self, gate: &Node) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.node == gate.id && unit.runs != Runs::Untrusted)
    }

    /// The job whose success replaces that of a gate.
    ///
    /// There is none if this job is in no run that overrides the gate.
    pub(crate) fn override_before(&self, unit: &Unit, gate: &Node) -> Option<String> {
        gate.overriding()?;
        let own = self.gate_unit(gate)?;
        let together = self.source.facts.propositions().and(&unit.due, &own.due);
        self.source.may_meet(&together, &self.override_facts()).then(|| job_name(gate))
    }

    /// The act that fails if a deploy relies on an override that has expired.
    pub(crate) fn override_in_force(&self, unit: &Unit, node: &Node) -> Option<Act<'p>> {
        let gates = self.source.pipeline.overridable().filter(|(gate, _)| node.before.contains(&gate.id));
        let mut lines = Value::default();
        for (gate, overriding) in gates {
            let Some(asked_by) = self.override_before(unit, gate) else { continue };
            let Some(own) = self.gate_unit(gate) else { continue };
            lines = lines
                .and_text(format!("{} ", gate.name))
                .and(Part::Result(own.id.clone()))
                .and_text(format!(" {} ", overriding.expires / MILLISECONDS_PER_SECOND))
                .and(Part::HandedOn(HandedOn { jobs: vec![asked_by.into()], name: APPROVED_AT, leg: None }))
                .and_text("\n");
        }
        let parameters = [("GATE", Value::input(OVERRIDE_GATE)), ("OVERRIDES", lines.clone())];
        let act = || Act::fixed("Override in force", Script::OverrideInForce, parameters);
        (!lines.parts.is_empty()).then(act)
    }

    /// The job that asks the role of a gate, after it failed.
    pub(crate) fn ask_for_override(&self, unit: &Unit, gate: &'p Node) -> Option<JobPlan<'p>> {
        let overriding = gate.overriding().filter(|_| unit.runs != Runs::Untrusted)?;
        let failed =
            Wait { jobs: vec![unit.id.clone()], passed: self.override_is_due(gate), due: Guard::Always };
        let environment = environment(self.source.pipeline, gate);
        let seconds = |milliseconds: u64| Value::text((milliseconds / MILLISECONDS_PER_SECOND).to_string());
        let parameters = [
            ("ENVIRONMENT", Value::text(environment.clone())),
            ("GATE", Value::text(gate.name.as_str())),
            ("EXPIRES", seconds(overriding.expires)),
            ("REVIEW_WITHIN", seconds(overriding.review_within)),
            ("REASON", Value::input(OVERRIDE_REASON)),
        ];
        let ask = Act::fixed("Approved, and recorded", Script::OverrideApproved, parameters);
        let role = Role::AskForOverride(gate.id);
        let name = format!("override {}", gate.name);
        Some(JobPlan {
            comments: vec![format!("override of the gate {}: asks {}", gate.name, overriding.role)],
            waits: vec![Wait::success(PLAN), failed],
            timeout: Timeout::Milliseconds(TIMEOUT),
            environment: Some(EnvironmentUse {
                name: Cow::Owned(environment),
                url: None,
                is_deployment: true,
            }),
            token: vec![TokenUse::Approvals],
            hands_on: HANDS_ON.map(|name| HandOn::new(name, Value::output(ASK, name))).into(),
            acts: vec![ask.with_id(ASK)],
            ..JobPlan::new(job_name(gate), role, gate.origin.span, name)
        })
    }

    /// The guard that the run overrides a gate that failed, and its role has approved that.
    ///
    /// The job that asks the role only starts in such a run.
    pub(crate) fn is_overridden(&self, gate: &Node) -> Guard {
        Guard::Succeeded(job_name(gate).into())
    }

    /// The guard that the run overrides a gate that has failed.
    pub(crate) fn override_is_due(&self, gate: &Node) -> Guard {
        let failed = self.gate_unit(gate).map_or(Guard::Never, |unit| Guard::Failed(unit.id.clone()));
        Guard::all([Guard::Overrides(gate.name.clone()), failed])
    }
}
