//! Overrides: a run in which a gate may fail begins only if the source admits it. The gate then passes only once its role
//! has approved that, in this run and for this gate.

use crate::meaning::source::UNTRUSTED;
use crate::meaning::source::overriding;
use crate::meaning::source::{Source, overridable};
use crate::meaning::world::{GATE, REASON};
use crate::proof::gating::Gating;
use crate::proof::gating::jobs_of;
use crate::proof::values;
use crate::read::finding::Finding;
use crate::read::workflow::path_of;
use crate::read::workflow::{Job, Step};
use crate::read::yaml::Node as Yaml;
use pipec_ir::{Node, NodeKind, Override, Pipeline};
use pipec_logic::Proposition;
use pipec_runtime::Script;

/// What the job that asks the role of a gate is called before the gate's own name.
pub(crate) const ASKS: &str = "override-";

/// The output that tells when somebody approved.
const APPROVED_AT: &str = "approved-at";

/// What an override leaves for the record.
const OUTPUTS: [&str; 4] = [APPROVED_AT, "approved-by", "expires", "review-by"];

/// The gate whose role a job asks.
pub(crate) fn gate_of<'p>(source: &Source<'p>, job: &str) -> Option<&'p Node> {
    let gate = job.strip_prefix(ASKS)?;
    source.overridable().iter().copied().find(|other| other.name == gate)
}

/// The job that asks the role of a gate.
pub(crate) fn job_of<'g>(gating: &Gating<'g, '_>, gate: &Node) -> Option<&'g Job> {
    overriding(gate).and_then(|_| gating.workflow.job(&id(gate)))
}

/// The environment of that job.
pub(crate) fn environment(pipeline: &Pipeline, gate: &Node) -> String {
    format!("{}-{}", pipeline.name, id(gate))
}

pub(crate) fn id(gate: &Node) -> String {
    format!("{ASKS}{}", gate.name)
}

/// The job of a gate on reviewed code: the one that can be overridden.
fn own_job<'g>(gating: &Gating<'g, '_>, gate: &Node) -> Option<&'g Job> {
    jobs_of(gating, gate).iter().copied().find(|job| job.id == gate.name || !job.id.ends_with(UNTRUSTED))
}

/// Every difference of the job that asks the role of a gate.
pub(crate) fn check(gating: &Gating<'_, '_>, gate: &Node) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(overriding) = overriding(gate) else { return findings };
    let Some(job) = gating.workflow.job(&id(gate)) else {
        findings.push(Finding::of_job(&gate.name, "nobody is asked for its override", 1));
        return findings;
    };
    starts(gating, gate, job, &mut findings);
    asks(gating, gate, overriding, job, &mut findings);
    outputs(job, &mut findings);
    findings
}

/// It starts exactly where the run overrides this gate and the gate has failed.
fn starts(gating: &Gating<'_, '_>, gate: &Node, job: &Job, findings: &mut Vec<Finding>) {
    let logic = gating.world.logic();
    let named = logic.and(&gating.wanted(), &gating.world.overrides(&gate.name));
    let Some(own) = own_job(gating, gate) else { return };
    if let (Some(state), Some(failed)) = (gating.jobs.get(job.id.as_str()), gating.jobs.get(own.id.as_str()))
    {
        gating.prove(
            job,
            state.start(gating.world),
            &named,
            "starts in a run that is no override of its gate",
            findings,
        );
        let failed = failed.failure(gating.world);
        gating.prove(
            job,
            state.start(gating.world),
            failed,
            "starts, though its gate has not failed",
            findings,
        );
    }
    if let (Some(state), Some(failed)) =
        (gating.green.get(job.id.as_str()), gating.green.get(own.id.as_str()))
    {
        let due = logic.all(&[named, gating.due(gate), failed.failure(gating.world).clone()]);
        gating.prove(
            job,
            &due,
            state.start(gating.world),
            "does not start, though its gate has failed",
            findings,
        );
    }
}

/// It is one step that asks for an approval of just this gate.
fn asks(gating: &Gating<'_, '_>, gate: &Node, overriding: &Override, job: &Job, findings: &mut Vec<Finding>) {
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let [step] = job.steps.as_slice() else { return differs("it is not one step that asks for an approval") };
    let bare = ["if", "working-directory"].iter().all(|key| step.node.get(key).is_none());
    if step.runtime_script() != Some(Script::OverrideApproved) || !bare || step.id.is_none() {
        return differs("it does not ask for an approval");
    }
    let seconds = |milliseconds: u64| (milliseconds / 1000).to_string();
    let texts = [
        ("ENVIRONMENT", environment(gating.pipeline, gate)),
        ("GATE", gate.name.clone()),
        ("EXPIRES", seconds(overriding.expires)),
        ("REVIEW_WITHIN", seconds(overriding.review_within)),
    ];
    let paths = [("GH_TOKEN", "github.token".to_owned()), ("REASON", format!("inputs.{REASON}"))];
    let given = step.node.get("env").map(Yaml::entries).unwrap_or_default();
    let same = texts.iter().all(|(name, text)| step.literal_env(name).as_ref() == Some(text))
        && paths.iter().all(|(name, path)| path_of(step.env(name)).as_ref() == Some(path))
        && given.len() == texts.len() + paths.len();
    if !same {
        differs("it asks for another approval than that of its gate");
    }
}

/// What it hands on is what its step recorded.
fn outputs(job: &Job, findings: &mut Vec<Finding>) {
    let id = job.steps.first().and_then(|step| step.id.as_deref()).unwrap_or_default();
    let entries = job.node.get("outputs").map(Yaml::entries).unwrap_or_default();
    for (name, value) in entries {
        if !OUTPUTS.contains(&name.as_str())
            || path_of(Some(value)) != Some(format!("steps.{id}.outputs.{name}"))
        {
            let what = format!("its output `{name}` is not what its step recorded");
            findings.push(Finding::of_job(&job.id, what, value.line));
        }
    }
    for missing in OUTPUTS.iter().filter(|wanted| !entries.iter().any(|(name, _)| name == **wanted)) {
        findings.push(Finding::of_job(&job.id, format!("it does not hand on `{missing}`"), job.line));
    }
}

/// The gates that may have been overridden when a deploy starts.
fn before<'g>(gating: &'g Gating<'_, '_>, deploy: &Node) -> Vec<(&'g Node, &'g Override, &'g Job)> {
    let logic = gating.world.logic();
    let gates = overridable(gating.pipeline).filter(|gate| deploy.before.contains(&gate.id));
    let together = |gate: &Node| {
        let named = gating.world.overrides(&gate.name);
        let both = logic.and(&gating.due(deploy), &gating.due(gate));
        logic.is_compatible(&both, &named).unwrap_or(true)
    };
    gates
        .filter(|gate| together(gate))
        .filter_map(|gate| Some((gate, overriding(gate)?, own_job(gating, gate)?)))
        .collect()
}

/// How many steps of a deploy ask whether overrides are in force.
pub(crate) fn wanted_steps(gating: &Gating<'_, '_>, node: &Node) -> usize {
    usize::from(matches!(node.kind, NodeKind::Deploy(_)) && !before(gating, node).is_empty())
}

/// Whether such a step asks for each of them, with the time that its job recorded.
pub(crate) fn asks_whether_in_force(gating: &Gating<'_, '_>, node: &Node, step: &Step) -> bool {
    let lines: String = before(gating, node)
        .into_iter()
        .map(|(gate, overriding, job)| {
            let seconds = overriding.expires / 1000;
            let approved = format!("needs.{}.outputs.{APPROVED_AT}", id(gate));
            format!("{} ${{{{ needs.{}.result }}}} {seconds} ${{{{ {approved} }}}}\n", gate.name, job.id)
        })
        .collect();
    values::is(step.env("OVERRIDES"), &lines) && path_of(step.env("GATE")) == Some(format!("inputs.{GATE}"))
}

/// That the run overrides this gate and it failed: the job that asks must then have succeeded.
pub(crate) fn due(gating: &Gating<'_, '_>, gate: &Node) -> Proposition {
    let logic = gating.world.logic();
    let failed = own_job(gating, gate).and_then(|job| gating.jobs.get(job.id.as_str()));
    let failed = failed.map_or_else(|| logic.falsehood(), |state| state.failure(gating.world).clone());
    logic.all(&[gating.wanted(), gating.world.overrides(&gate.name), failed])
}
