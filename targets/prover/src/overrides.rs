//! Overrides: the source must admit a run in which a gate may fail.
//!
//! The gate then passes only after its role has approved that, in this run and for this gate.
//!
//! ```yaml
//! override-unit:             # gate unit: test { … override by officers { … } }
//!   needs: [plan, unit]
//!   if: ${{ !cancelled() && needs.plan.result == 'success' && inputs.override-gate == 'unit' }}
//!   environment:
//!     name: hello-override-unit
//! # `needs.unit.result == 'failure'` is missing, a finding: "it starts, though its gate has not failed"
//! ```

use crate::gating::Gating;
use crate::gating::jobs_of;
use pipec_claims::TheoremId;
use pipec_ir::{Node, Override, Pipeline};
use pipec_logic::Proposition;
use pipec_model::Finding;
use pipec_model::Source;
use pipec_model::{ConditionId, Job, Part, Value};
use pipec_runtime::Script;
use pipec_runtime::names::OVERRIDE;
use pipec_runtime::names::UNTRUSTED;
use pipec_runtime::names::{OVERRIDE_GATE as GATE, OVERRIDE_REASON as REASON};

/// The theorems that fail if a gate passes by an unapproved override.
pub(crate) const THEOREMS: &[TheoremId] =
    &[TheoremId::Override, TheoremId::StartsOnlyWhenDue, TheoremId::Order, TheoremId::Verdict];

/// The output with the time of the approval.
const APPROVED_AT: &str = "approved-at";

/// The outputs of an override for the record.
const OUTPUTS: [&str; 4] = [APPROVED_AT, "approved-by", "expires", "review-by"];

/// The gate whose role a job asks.
pub(crate) fn gate_of<'p>(source: &Source<'p>, job: &str) -> Option<&'p Node> {
    let gate = job.strip_prefix(OVERRIDE)?;
    source.overridable().iter().copied().find(|other| other.name == gate)
}

/// The job that asks the role of a gate.
pub(crate) fn job_of<'g>(gating: &Gating<'g, '_>, gate: &Node) -> Option<&'g Job> {
    gate.overriding().and_then(|_| gating.job(&id(gate)))
}

/// The environment of that job.
pub(crate) fn environment(pipeline: &Pipeline, gate: &Node) -> String {
    format!("{}-{}", pipeline.name, id(gate))
}

pub(crate) fn id(gate: &Node) -> String {
    format!("{OVERRIDE}{}", gate.name)
}

/// The job of a gate for reviewed code. It can be overridden.
fn own_job<'g>(gating: &Gating<'g, '_>, gate: &Node) -> Option<&'g Job> {
    jobs_of(gating, gate).iter().copied().find(|job| job.id == gate.name || !job.id.ends_with(UNTRUSTED))
}

/// Every difference of the job that asks the role of a gate.
pub(crate) fn check(gating: &Gating<'_, '_>, gate: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(overriding) = gate.overriding() else { return findings };
    let Some(job) = gating.job(&id(gate)) else {
        findings.push(Finding::of_job(&gate.name, "nobody is asked for its override", 1));
        return findings;
    };
    starts(gating, gate, job, &mut findings);
    asks(gating, gate, overriding, job, &mut findings);
    outputs(job, &mut findings);
    findings
}

/// Checks that it starts exactly in overrides of this gate after its failure.
fn starts(gating: &Gating<'_, '_>, gate: &Node, job: &Job, findings: &mut Vec<Finding>) {
    let logic = gating.world.logic();
    let named = logic.and(&gating.wanted(), &gating.world.overrides(&gate.name));
    let Some(own) = own_job(gating, gate) else { return };
    if let Some(failed) = gating.jobs.get(own.id.as_str()) {
        let runs = gating.runs(job);
        gating.prove(job, &runs, &named, "starts in a run that is no override of its gate", findings);
        let failed = failed.failure(gating.world);
        gating.prove(job, &runs, failed, "starts, though its gate has not failed", findings);
    }
    if let Some(failed) = gating.green.get(own.id.as_str()) {
        let due = logic.all(&[named, gating.due(gate), failed.failure(gating.world).clone()]);
        let runs = gating.runs_if_green(job);
        gating.prove(job, &due, &runs, "does not start, though its gate has failed", findings);
    }
}

/// Checks that it has one step, which asks for an approval of exactly this gate.
fn asks(gating: &Gating<'_, '_>, gate: &Node, overriding: &Override, job: &Job, findings: &mut Vec<Finding>) {
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let [step] = job.steps() else { return differs("it is not one step that asks for an approval") };
    let is_plain = step.condition == ConditionId::PLAIN && step.directory.is_none();
    if !step.runs(Script::OverrideApproved) || !is_plain || step.id.is_none() {
        return differs("it does not ask for an approval");
    }
    let seconds = |milliseconds: u64| (milliseconds / 1000).to_string();
    let texts = [
        ("ENVIRONMENT", environment(gating.pipeline, gate)),
        ("GATE", gate.name.clone()),
        ("EXPIRES", seconds(overriding.expires)),
        ("REVIEW_WITHIN", seconds(overriding.review_within)),
    ];
    let reason = Part::Fact(pipec_ir::Fact::Input(REASON.to_owned()));
    let parts = [("GH_TOKEN", Part::Token), ("REASON", reason)];
    let same = texts.iter().all(|(name, text)| step.env_literal(name) == Some(text))
        && parts.iter().all(|(name, part)| step.env(name).is_some_and(|given| given.is_part(part)))
        && step.env.len() == texts.len() + parts.len();
    if !same {
        differs("it asks for another approval than that of its gate");
    }
}

/// Checks that its outputs are those of its step.
fn outputs(job: &Job, findings: &mut Vec<Finding>) {
    let id = job.steps().first().and_then(|step| step.id.as_ref());
    for given in job.outputs() {
        let recorded = id.map(|step| Part::StepOutput { step: step.clone(), output: given.name.to_string() });
        let is_it = recorded.is_some_and(|recorded| given.value.is_part(&recorded));
        if !OUTPUTS.contains(&&*given.name) || !is_it {
            let what = format!("its output `{}` is not what its step recorded", given.name);
            findings.push(Finding::of_job(&job.id, what, given.line));
        }
    }
    let is_handed_on = |wanted: &str| job.outputs().iter().any(|given| *given.name == *wanted);
    for missing in OUTPUTS.iter().filter(|wanted| !is_handed_on(wanted)) {
        findings.push(Finding::of_job(&job.id, format!("it does not hand on `{missing}`"), job.line));
    }
}

/// The gates that may have been overridden before a deploy starts.
fn before<'g>(gating: &'g Gating<'_, '_>, deploy: &Node) -> Vec<(&'g Node, &'g Override, &'g Job)> {
    let logic = gating.world.logic();
    let gates = gating.pipeline.overridable().filter(|(gate, _)| deploy.before.contains(&gate.id));
    let together = |gate: &Node| {
        let named = gating.world.overrides(&gate.name);
        let both = logic.and(&gating.due(deploy), &gating.due(gate));
        logic.is_compatible(&both, &named).unwrap_or(true)
    };
    gates
        .filter(|(gate, _)| together(gate))
        .filter_map(|(gate, overriding)| Some((gate, overriding, own_job(gating, gate)?)))
        .collect()
}

/// The number of a deploy's steps that check overrides.
pub(crate) fn wanted_steps(gating: &Gating<'_, '_>, node: &Node) -> usize {
    usize::from(node.is_deploy() && !before(gating, node).is_empty())
}

/// Whether such a step checks each override, with the time that its job recorded.
pub(crate) fn asks_whether_in_force(gating: &Gating<'_, '_>, node: &Node, step: &pipec_model::Step) -> bool {
    let mut lines = Value::default();
    for (gate, overriding, job) in before(gating, node) {
        let approved = Part::JobOutput { jobs: vec![id(gate)], output: APPROVED_AT.to_owned() };
        lines.push(Part::literal(format!("{} ", gate.name)));
        lines.push(Part::JobResult(job.id.clone()));
        lines.push(Part::literal(format!(" {} ", overriding.expires / 1000)));
        lines.push(approved);
        lines.push(Part::literal("\n"));
    }
    let gate = Part::Fact(pipec_ir::Fact::Input(GATE.to_owned()));
    step.env("OVERRIDES").is_some_and(|given| given.is(&lines))
        && step.env("GATE").is_some_and(|given| given.is_part(&gate))
}

/// That the run overrides this gate and it failed. The override job must then have succeeded.
pub(crate) fn due(gating: &Gating<'_, '_>, gate: &Node) -> Proposition {
    let logic = gating.world.logic();
    let failed = own_job(gating, gate).and_then(|job| gating.jobs.get(job.id.as_str()));
    let failed = failed.map_or_else(|| logic.falsehood(), |state| state.failure(gating.world).clone());
    logic.all(&[gating.wanted(), gating.world.overrides(&gate.name), failed])
}
