//! The purpose of each job: a node, or a task of the compiler.
//!
//! ```text
//! verdict:     the compiler adds it
//! unit:        the node `unit`
//! more:        a finding, whatever it does
//! ```

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use crate::{overrides, windows};
use pipec_ir::Node;
use pipec_model::{Finding, Job};
use pipec_runtime::names::{PLAN, RECORD, VERDICT};

/// Every job without a purpose. Also every clause of a node that the model does not know.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    for job in gating.all_jobs() {
        let found = match gating.source.node_of(&job.id) {
            Some(node) => beyond_the_model(gating, node),
            None => of_own_job(gating, job),
        };
        // The effect of such a job on the others is unknown.
        let findings = found.into_iter().map(|what| Finding::of_job(&job.id, what, job.line));
        ledger.extend(&Broken::Everything, findings);
    }
}

fn of_own_job(gating: &Gating<'_, '_>, job: &Job) -> Vec<String> {
    let mut found = Vec::new();
    if job.legs.is_split {
        found.push("it is split into legs, though it belongs to no node".to_owned());
    }
    if job.legs.all.iter().any(|leg| !leg.variables.is_empty()) {
        found.push("it has variables, though it belongs to no node".to_owned());
    }
    let asks = overrides::gate_of(gating.source, &job.id).is_some();
    let waits = windows::awaited_by(gating.program, gating.source, &job.id).is_some();
    if !asks && !waits && ![PLAN, VERDICT, RECORD].contains(&job.id.as_str()) {
        found.push("it belongs to no node of the source".to_owned());
    }
    found
}

fn beyond_the_model(gating: &Gating<'_, '_>, node: &Node) -> Vec<String> {
    let body = &node.body;
    let is_raw_here = body.blocks_for(gating.engine.name()).next().is_some();
    let unknown = [
        ("retry of a gate or a deploy", body.retry.is_some() && node.retry().is_none()),
        ("raw steps that repeat", node.quorum().is_some() && !body.engines.is_empty()),
        ("raw steps of several attempts", node.retry().is_some() && is_raw_here),
        ("sidecars of several attempts", node.retry().is_some() && !body.sidecars.is_empty()),
    ];
    let said = unknown.into_iter().filter(|(_, said)| *said);
    let mut found: Vec<String> =
        said.map(|(clause, _)| format!("the model does not know `{clause}`")).collect();
    // The output asks the platform for one approval only.
    let approval = gating.program.environment_of(node).and_then(|environment| environment.approval.as_ref());
    if approval.is_some_and(|approval| approval.min > 1) {
        found.push("the model does not know a clause of its node".to_owned());
    }
    found
}
