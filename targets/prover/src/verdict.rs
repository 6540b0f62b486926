//! The verdict: the required check.
//!
//! GitHub counts a skipped required check as passed (trap 9). So the verdict must always run, and be green exactly if
//! every due job succeeded and no other ran. It knows the results of all jobs that it needs. Its variable `DUE` has a
//! line for each job that may be not due. If all nodes of a pipeline are always due:
//!
//! ```text
//! needs: [unit, app]                        "it does not need `deploy-app-to-production`"
//! DUE: app not-due                          "it takes `app` for due where it is not, or the other way round"
//! ```

use crate::gating::Gating;
use crate::gating::jobs_of;
use crate::overrides;
use pipec_ir::Node;
use pipec_logic::Proposition;
use pipec_model::Finding;
use pipec_model::{ConditionId, Does, Given, Job, Part, Piece, Starts};
use pipec_runtime::names::{OVERRIDE, PLAN, RECORD, UNTRUSTED, VERDICT};
use pipec_runtime::{Script, VerdictForm};

/// A line of DUE: whether a job was due.
#[derive(Clone, Copy)]
enum Due<'t> {
    Constant(bool),
    /// It depends on the run.
    Part(&'t Part),
}

/// The common part of all jobs.
struct Common {
    /// The admitted runs with a green plan. Without it, the result of the plan is already red.
    runs: Proposition,
}

/// Every way in which the verdict could be green although the pipeline is not.
pub(crate) fn check(gating: &Gating<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(job) = gating.job(VERDICT) else {
        return vec![Finding::of_file("it has no job `verdict`", 1)];
    };
    let mut differs = |what: String| findings.push(Finding::of_job(VERDICT, what, job.line));
    if job.starts != Starts::Always {
        differs("it does not always run".to_owned());
    }
    let [step] = job.steps() else {
        differs("it is not one step".to_owned());
        return findings;
    };
    let is_plain = step.condition == ConditionId::PLAIN && step.directory.is_none();
    let form = match step.does {
        Does::Runtime(Script::Verdict(form)) if is_plain => form,
        _ => {
            differs("it does not run the verdict's script".to_owned());
            return findings;
        }
    };
    let absent = Part::StepOutput { step: VERDICT.to_owned(), output: "not-due".to_owned() };
    let names_absent = match job.outputs() {
        [] => form == VerdictForm::All,
        [given] => {
            let is_absent = *given.name == *"not-due" && given.value.is_part(&absent);
            is_absent && form != VerdictForm::All && step.id.as_deref() == Some(VERDICT)
        }
        _ => false,
    };
    if !names_absent {
        differs("it does not tell which jobs were not due".to_owned());
    }
    let has_results = step.env("NEEDS").is_some_and(|needs| needs.is_part(&Part::AllResults));
    let is_known =
        |given: &&Given| *given.name == *"NEEDS" || form != VerdictForm::All && is_due(&given.name);
    if !has_results || !step.env.iter().all(|given| is_known(&given)) {
        differs("it is given something else than the results".to_owned());
    }
    // The script reads every variable with this prefix.
    let due = step.env.iter().filter(|given| is_due(&given.name));
    let lines: Option<Vec<(&str, Due<'_>)>> =
        due.flat_map(|given| given.value.lines()).map(|line| line_of(&line)).collect();
    let Some(lines) = lines else {
        differs("its `DUE` can't be read".to_owned());
        return findings;
    };
    for (place, (id, _)) in lines.iter().enumerate() {
        let is_repeated = lines.iter().take(place).any(|(other, _)| other == id);
        if is_repeated || !job.waits_for.iter().any(|need| need == id) {
            differs(format!("its `DUE` names `{id}`, which it does not need, or names it twice"));
        }
    }
    for other in gating.all_jobs() {
        let is_left_out = |node: &Node| node.is_advisory() || gating.pipeline.is_afterwards(node);
        let is_left_out = gating.source.node_of(&other.id).is_some_and(is_left_out);
        let is_judged = other.id != VERDICT && other.id != RECORD && !is_left_out;
        if is_judged != job.waits_for.contains(&other.id) {
            let what = if is_judged { "does not need" } else { "needs" };
            findings.push(Finding::of_job(VERDICT, format!("it {what} `{}`", other.id), job.line));
        }
    }
    let logic = gating.world.logic();
    let mut runs = gating.wanted();
    if let Some(plan) = gating.jobs.get(PLAN) {
        runs = logic.and(&runs, &plan.success);
    }
    let common = Common { runs };
    for id in job.waits_for.iter() {
        let due = lines.iter().find(|(listed, _)| listed == id).map(|(_, due)| *due);
        judged(gating, (job, form), id, due.unwrap_or(Due::Constant(true)), &common, &mut findings);
    }
    findings
}

/// Whether a variable is `DUE`, or one of its continuations.
fn is_due(name: &str) -> bool {
    name.strip_prefix("DUE").is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('_').is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    })
}

/// Parses a line of two words. They are the job, and whether it was due.
fn line_of<'v>(line: &[Piece<'v>]) -> Option<(&'v str, Due<'v>)> {
    match *line {
        [Piece::Text(text)] => match text.split_once(' ')? {
            (job, "due") => Some((job, Due::Constant(true))),
            (job, "not-due") => Some((job, Due::Constant(false))),
            _ => None,
        },
        [Piece::Text(job), Piece::Part(due)] => {
            let job = job.strip_suffix(' ').filter(|job| !job.contains(char::is_whitespace))?;
            Some((job, Due::Part(due)))
        }
        _ => None,
    }
}

/// Checks what the verdict expects of a job.
fn judged(
    gating: &Gating<'_, '_>,
    (job, form): (&Job, VerdictForm),
    id: &str,
    due: Due<'_>,
    common: &Common,
    findings: &mut Vec<Finding>,
) {
    let logic = gating.world.logic();
    if !gating.jobs.contains_key(id) {
        findings.push(Finding::of_job(VERDICT, format!("it needs `{id}`, which is no job"), job.line));
        return;
    }
    // A failed gate is acceptable only with the result of its own role's job, and only if that is possible.
    let gate = gating.source.node_of(id).filter(|gate| gate.overriding().is_some() && gate.name == id);
    let by_name = gating.job(&format!("{OVERRIDE}{id}")).filter(|_| form == VerdictForm::Overridable);
    if gate.map(overrides::id) != by_name.map(|asked| asked.id.clone()) {
        findings.push(Finding::of_job(
            VERDICT,
            format!("it takes something else for the override of `{id}`"),
            job.line,
        ));
    }
    let said = match due {
        Due::Constant(due) => logic.constant(due),
        Due::Part(part) => says_due(gating, job, part),
    };
    let truly = if id == PLAN {
        common.runs.clone()
    } else if let Some(gate) = overrides::gate_of(gating.source, id) {
        overrides::due(gating, gate)
    } else {
        // A job that waits for a window is due with its deploy.
        let waits = super::windows::awaited_by(gating.program, gating.source, id);
        let id = waits.map_or(id, |(deploy, _)| deploy);
        let Some(node) = gating.source.node_of(id) else { return };
        let twin = id.strip_suffix(UNTRUSTED).is_some() && node.name != id;
        let has_twin = jobs_of(gating, node).iter().any(|other| other.id != id);
        let untrusted = || gating.world.facts.untrusted();
        let due = gating.due(node);
        match (twin, has_twin) {
            (true, _) => logic.and(&due, &untrusted()),
            (false, true) => logic.and_not(&due, &untrusted()),
            (false, false) => due,
        }
    };
    let right = logic.iff(&said, &truly);
    let what = format_args!("takes `{id}` for due where it is not, or the other way round");
    gating.prove(job, &common.runs, &right, what, findings);
}

/// That the verdict takes a job for due. Any word of a part of DUE except `not-due` makes the script expect success.
fn says_due(gating: &Gating<'_, '_>, job: &Job, part: &Part) -> Proposition {
    let world = gating.world;
    let logic = world.logic();
    let reads = |word: &str| match part {
        Part::Expression(expression) => gating.reads(job, *expression, word),
        _ => None,
    };
    let (due, absent) = (reads("due"), reads("not-due"));
    let [due, absent] = [due, absent].map(|word| word.unwrap_or_else(|| logic.falsehood()));
    // Nothing is known of other words.
    let other = world.free(&format!("{part:?} says that it is due"));
    logic.or(&due, &logic.and(&logic.not(&absent), &other))
}
