//! The plan: the job that decides facts which the engine's conditions can't decide.
//!
//! ```text
//! plan: checkout, then the script `plan-changes` with FACTS `docs changed-kind docs`
//! ```
//!
//! It does nothing else and always starts. So a job that reads its output `docs` starts exactly when the source says.

use crate::gating::Gating;
use crate::ledger::{Broken, Ledger};
use pipec_claims::TheoremId;
use pipec_model::overriding::{asked_step, checks_override_rules};
use pipec_model::plan::{self, plan_step};
use pipec_model::{CheckoutOf, ConditionId, Does, Finding, Job, Starts};
use pipec_runtime::Script;
use pipec_runtime::names::PLAN;

/// The theorems that depend on the plan's facts. The facts decide which jobs start in a run.
pub(crate) const THEOREMS: &[TheoremId] = &[
    TheoremId::PlannedFacts,
    TheoremId::Admission,
    TheoremId::StartsOnlyWhenDue,
    TheoremId::StartsWheneverDue,
    TheoremId::StartsOnce,
    TheoremId::Order,
    TheoremId::Verdict,
    TheoremId::UntrustedEmpty,
    TheoremId::Override,
    TheoremId::PreviewEntry,
];

/// Every way in which a decision of the plan could differ from the source.
pub(crate) fn check(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    let broken = Broken::of(THEOREMS);
    for job in gating.all_jobs() {
        if job.id == PLAN {
            ledger.extend(&broken, steps(gating, job));
        }
        ledger.extend(&broken, plan::check(job, gating.file, gating.pipeline));
    }
}

/// The steps of the plan: its checkout, its script, and the step that refuses overrides. The plan always starts.
fn steps(gating: &Gating<'_, '_>, job: &Job) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differs = |what: String, line: usize| findings.push(Finding::of_job(&job.id, what, line));
    let plan = plan_step(job);
    let is_conditional = job.steps().iter().any(|step| step.condition != ConditionId::PLAIN);
    if job.starts != Starts::Plain || !job.waits_for.is_empty() || is_conditional {
        differs("it does not always decide".to_owned(), job.line);
    }
    for step in job.steps() {
        if asked_step(job).is_some_and(|asked| std::ptr::eq(asked, step)) {
            if !gating.world.can_override() || !checks_override_rules(step, gating.pipeline) {
                differs("it lets overrides begin against their rules".to_owned(), job.line);
            }
            continue;
        }
        let is_plan = plan.is_some_and(|plan| std::ptr::eq(plan, step));
        let is_known = is_plan || step.runs(Script::OfABranch) || matches!(step.does, Does::Checkout(_));
        if !is_known || step.directory.is_some() {
            differs("it does something else than to plan".to_owned(), job.line);
        }
        if let Does::Checkout(of) = step.does
            && of != (CheckoutOf { full_history: of.full_history, ..CheckoutOf::default() })
        {
            differs("it checks out something else, or keeps the credentials".to_owned(), job.line);
        }
    }
    let Some(plan) = plan else { return findings };
    let Does::Runtime(script) = plan.does else { return findings };
    let of_engine = gating.engine.dialect().parameters(script);
    for given in &plan.env {
        let name = &*given.name;
        let is_known = script.parameters().contains(&name) || of_engine.contains(&name);
        if !is_known && !name.starts_with("INPUT_") {
            differs(format!("the plan is given `{name}`"), given.line);
        }
    }
    findings
}
