//! The verdict: the required check.
//!
//! GitHub counts a skipped required check as passed (trap 9). So the verdict must always run, and be green exactly if
//! every due job succeeded and no other ran. Its variable `JOBS` has a line for each job that counts. If all nodes of a
//! pipeline are always due:
//!
//! ```text
//! unit ${{ needs.unit.result }} due         the result of `unit` must be success
//! app ${{ needs.app.result }} not-due       "it takes `app` for due where it is not, or the other way round"
//! no line for deploy-app-to-production      "it does not ask for `deploy-app-to-production`"
//! ```

use crate::gating::Gating;
use crate::gating::jobs_of;
use crate::overrides;
use pipec_ir::Node;
use pipec_logic::Proposition;
use pipec_model::Finding;
use pipec_model::{ConditionId, Job, Part, Piece, Starts};
use pipec_runtime::Script;
use pipec_runtime::names::UNTRUSTED;
use pipec_runtime::names::{PLAN, RECORD, VERDICT};
use std::collections::BTreeSet;

/// A line of JOBS.
struct Line<'t> {
    /// The job.
    job: &'t str,
    /// Its result.
    result: &'t Part,
    due: Due<'t>,
    /// The result of its override job.
    overriding: Option<&'t Part>,
}

/// Whether a line states that its job was due.
#[derive(Clone, Copy)]
enum Due<'t> {
    Constant(bool),
    /// It depends on the run.
    Part(&'t Part),
}

/// The common part of all lines.
struct Common {
    /// The admitted runs with a green plan. Without it, the plan's own line is already red.
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
    let absent = Part::StepOutput { step: VERDICT.to_owned(), output: "not-due".to_owned() };
    let names_absent = matches!(job.outputs(), [given]
        if *given.name == *"not-due" && given.value.is_part(&absent));
    if !names_absent || step.id.as_deref() != Some(VERDICT) {
        differs("it does not tell which jobs were not due".to_owned());
    }
    let is_plain = step.condition == ConditionId::PLAIN && step.directory.is_none();
    if !step.runs(Script::Verdict) || !is_plain || !step.env.iter().all(|given| is_jobs(&given.name)) {
        differs("it does not run the verdict's script".to_owned());
    }
    // The script reads every variable with this prefix.
    let jobs = step.env.iter().filter(|given| is_jobs(&given.name));
    let lines = jobs.flat_map(|given| given.value.lines()).filter(|line| !line.is_empty());
    let lines: Option<Vec<Line<'_>>> = lines.map(|line| line_of(&line)).collect();
    let Some(lines) = lines else {
        differs("its `JOBS` can't be read".to_owned());
        return findings;
    };
    let asked: BTreeSet<&str> = lines.iter().map(|line| line.job).collect();
    let needs: BTreeSet<&str> = job.waits_for.iter().map(String::as_str).collect();
    for other in gating.all_jobs() {
        let advisory = gating.source.node_of(&other.id).is_some_and(Node::is_advisory);
        if other.id != VERDICT && other.id != RECORD && !advisory && !asked.contains(other.id.as_str()) {
            findings.push(Finding::of_job(VERDICT, format!("it does not ask for `{}`", other.id), job.line));
        }
    }
    let logic = gating.world.logic();
    let mut runs = gating.wanted();
    if let Some(plan) = gating.jobs.get(PLAN) {
        runs = logic.and(&runs, &plan.success);
    }
    let common = Common { runs };
    for line in &lines {
        if !needs.contains(line.job) {
            let what = format!("it does not need `{}`", line.job);
            findings.push(Finding::of_job(VERDICT, what, job.line));
        }
        self::line(gating, job, line, &common, &mut findings);
    }
    findings
}

/// Whether a variable is `JOBS`, or one of its continuations.
fn is_jobs(name: &str) -> bool {
    name.strip_prefix("JOBS").is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('_').is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    })
}

/// Parses a line of three or four words. They are the job, its result, whether it was due, and the result of its
/// override.
fn line_of<'v>(line: &[Piece<'v>]) -> Option<Line<'v>> {
    use Piece::{Part, Text};
    let constant = |word: &str| match word {
        "due" => Some(Due::Constant(true)),
        "not-due" => Some(Due::Constant(false)),
        _ => None,
    };
    let (name, result, due, overriding) = match *line {
        [Text(name), Part(result), Text(due)] => (name, result, constant(due.strip_prefix(' ')?)?, None),
        [Text(name), Part(result), Text(" "), Part(due)] => (name, result, Due::Part(due), None),
        [Text(name), Part(result), Text(due), Part(overriding)] => {
            let due = constant(due.strip_prefix(' ')?.strip_suffix(' ')?)?;
            (name, result, due, Some(overriding))
        }
        [Text(name), Part(result), Text(" "), Part(due), Text(" "), Part(overriding)] => {
            (name, result, Due::Part(due), Some(overriding))
        }
        _ => return None,
    };
    let job = name.strip_suffix(' ').filter(|name| !name.contains(char::is_whitespace))?;
    Some(Line { job, result, due, overriding })
}

fn line(gating: &Gating<'_, '_>, job: &Job, line: &Line<'_>, common: &Common, findings: &mut Vec<Finding>) {
    let id = line.job;
    let logic = gating.world.logic();
    if !matches!(line.result, Part::JobResult(of) if of == id) {
        findings.push(Finding::of_job(
            VERDICT,
            format!("it asks something else for the result of `{id}`"),
            job.line,
        ));
    }
    // A failed gate is acceptable only with the result of its own role's job, and only if that is possible.
    let gate = gating.source.node_of(id).filter(|gate| gate.overriding().is_some() && gate.name == id);
    let asked = gate.map(|gate| Part::JobResult(overrides::id(gate)));
    if line.overriding != asked.as_ref() {
        findings.push(Finding::of_job(
            VERDICT,
            format!("it takes something else for the override of `{id}`"),
            job.line,
        ));
    }
    if !gating.jobs.contains_key(id) {
        findings.push(Finding::of_job(VERDICT, format!("it asks for `{id}`, which is no job"), job.line));
        return;
    }
    let said = match line.due {
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

/// That a part of JOBS is the word for a due job. Any word except this and its opposite makes the script red.
fn says_due(gating: &Gating<'_, '_>, job: &Job, part: &Part) -> Proposition {
    let world = gating.world;
    let said = match part {
        Part::Expression(expression) => gating.reads(job, *expression, "due"),
        _ => None,
    };
    said.unwrap_or_else(|| world.free(&format!("{part:?} says that it is due")))
}
