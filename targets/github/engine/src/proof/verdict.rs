//! The verdict: the one check to require. GitHub takes a required check that was skipped for one that passed (trap 9), so
//! it must always run and be green exactly if every job that was due succeeded and no other ran.

use crate::meaning::expression::{Datum, Evaluator, Scope, Words};
use crate::meaning::source::UNTRUSTED;
use crate::proof::gating::Gating;
use crate::proof::gating::jobs_of;
use crate::proof::overrides;
use crate::proof::record::RECORD;
use crate::read::expression::{Expression, Piece, Template};
use crate::read::finding::Finding;
use crate::read::workflow::Job;
use crate::read::workflow::path_of;
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::Node;
use pipec_logic::Proposition;
use pipec_runtime::Script;
use std::collections::BTreeSet;

/// The verdict's id.
pub(crate) const VERDICT: &str = "verdict";
/// The plan's id.
pub(crate) const PLAN: &str = "plan";

/// A line of JOBS: the job, its result, whether it was due, and the result of its override.
type Line<'t> = (&'t str, &'t Expression, Due<'t>, Option<&'t Expression>);

#[derive(Clone, Copy)]
enum Due<'t> {
    Constant(bool),
    Expression(&'t Expression),
}

/// What all lines have in common.
struct Common<'c> {
    scope: Scope<'c>,
    /// The admitted runs with a green plan: without it, the plan's own line is red already.
    runs: Proposition,
}

/// Every way in which the verdict could be green over a pipeline that is not.
pub(crate) fn check(gating: &Gating<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(job) = gating.workflow.job(VERDICT) else {
        return vec![Finding::of_file("it has no job `verdict`", 1)];
    };
    let mut differs = |what: String| findings.push(Finding::of_job(VERDICT, what, job.line));
    if job.condition != Some(Expression::Call("always", Vec::new())) {
        differs("it does not always run".to_owned());
    }
    let [step] = job.steps.as_slice() else {
        differs("it is not one step".to_owned());
        return findings;
    };
    let is_fixed = step.runtime_script() == Some(Script::Verdict);
    let told = step.node.get("env").map(Yaml::entries).unwrap_or_default();
    let more = told.iter().any(|(name, _)| !is_jobs(name)) || step.node.get("working-directory").is_some();
    let told_of = job.node.get("outputs").map(Yaml::entries).unwrap_or_default();
    let names_absent = matches!(told_of, [(name, value)]
        if name == "not-due" && path_of(Some(value)).as_deref() == Some("steps.verdict.outputs.not-due"));
    if !names_absent || step.id.as_deref() != Some(VERDICT) {
        differs("it does not tell which jobs were not due".to_owned());
    }
    if !is_fixed || more || step.node.get("if").is_some() {
        differs("it does not run the verdict's script".to_owned());
    }
    // The script reads every variable whose name begins so.
    let jobs = told.iter().filter(|(name, _)| is_jobs(name));
    let lines: Option<Vec<Vec<Line<'_>>>> = jobs
        .map(|(_, jobs)| match &jobs.value {
            Value::Text(text) => lines(text.template()?),
            _ => None,
        })
        .collect();
    let Some(lines) = lines.map(|lines| lines.concat()) else {
        differs("its `JOBS` can't be read".to_owned());
        return findings;
    };
    let asked: BTreeSet<&str> = lines.iter().map(|(id, ..)| *id).collect();
    let needs: BTreeSet<&str> = job.needs.iter().map(String::as_str).collect();
    for other in &gating.workflow.jobs {
        let advisory = gating.source.node_of(&other.id).is_some_and(Node::is_advisory);
        if other.id != VERDICT && other.id != RECORD && !advisory && !asked.contains(other.id.as_str()) {
            findings.push(Finding::of_job(VERDICT, format!("it does not ask for `{}`", other.id), job.line));
        }
    }
    let logic = gating.world.logic();
    let Some(state) = gating.jobs.get(VERDICT) else { return findings };
    let stopped = state.stopped.clone();
    let scope = Scope::of_job(VERDICT, &job.needs, gating.jobs, stopped);
    let mut runs = gating.wanted();
    if let Some(plan) = gating.jobs.get(PLAN) {
        runs = logic.and(&runs, &plan.success);
    }
    let common = Common { scope, runs };
    for line in &lines {
        if !needs.contains(line.0) {
            let what = format!("it does not need `{}`", line.0);
            findings.push(Finding::of_job(VERDICT, what, job.line));
        }
        self::line(gating, job, line, &common, &mut findings);
    }
    findings
}

/// `JOBS`, or one of those that hold what does not fit in it.
fn is_jobs(name: &str) -> bool {
    name.strip_prefix("JOBS").is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('_').is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    })
}

/// Cuts `JOBS` into lines; `None` where a line is anything else than three words.
fn lines(jobs: &Template) -> Option<Vec<Line<'_>>> {
    let mut lines = Vec::new();
    let mut open: Vec<Part<'_>> = Vec::new();
    for piece in &jobs.pieces {
        match piece {
            Piece::Expression(expression) => open.push(Part::Expression(expression)),
            Piece::Literal(text) => {
                let mut parts = text.split('\n').peekable();
                while let Some(part) = parts.next() {
                    if !part.is_empty() {
                        open.push(Part::Literal(part));
                    }
                    if parts.peek().is_some() {
                        lines.extend(line_of(&open)?);
                        open.clear();
                    }
                }
            }
        }
    }
    lines.extend(line_of(&open)?);
    Some(lines)
}

/// A piece of a line.
enum Part<'t> {
    Literal(&'t str),
    Expression(&'t Expression),
}

fn line_of<'t>(parts: &[Part<'t>]) -> Option<Option<Line<'t>>> {
    use Part::{Expression, Literal};
    let (name, result, due, overriding) = match *parts {
        [] => return Some(None),
        [Literal(name), Expression(result), Literal(" due")] => (name, result, Due::Constant(true), None),
        [Literal(name), Expression(result), Literal(" not-due")] => {
            (name, result, Due::Constant(false), None)
        }
        [Literal(name), Expression(result), Literal(" "), Expression(due)] => {
            (name, result, Due::Expression(due), None)
        }
        [Literal(name), Expression(result), Literal(" due "), Expression(overriding)] => {
            (name, result, Due::Constant(true), Some(overriding))
        }
        [Literal(name), Expression(result), Literal(" not-due "), Expression(overriding)] => {
            (name, result, Due::Constant(false), Some(overriding))
        }
        [
            Literal(name),
            Expression(result),
            Literal(" "),
            Expression(due),
            Literal(" "),
            Expression(overriding),
        ] => (name, result, Due::Expression(due), Some(overriding)),
        _ => return None,
    };
    let name = name.strip_suffix(' ').filter(|name| !name.contains(char::is_whitespace))?;
    Some(Some((name, result, due, overriding)))
}

fn line(
    gating: &Gating<'_, '_>,
    job: &Job,
    (id, result, due, overriding): &Line<'_>,
    common: &Common<'_>,
    findings: &mut Vec<Finding>,
) {
    let id = *id;
    let logic = gating.world.logic();
    if result.words().as_deref() != Some(["needs", id, "result"].as_slice()) {
        findings.push(Finding::of_job(
            VERDICT,
            format!("it asks something else for the result of `{id}`"),
            job.line,
        ));
    }
    // A gate that failed counts only behind the job that asks its own role, and only where that can be.
    let gate = gating.source.node_of(id).filter(|gate| gate.overriding().is_some() && gate.name == id);
    let asked =
        gate.map(|gate| vec!["needs".to_owned(), format!("override-{}", gate.name), "result".to_owned()]);
    if overriding.and_then(Expression::path) != asked {
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
    let said = match due {
        Due::Constant(due) => logic.constant(*due),
        Due::Expression(expression) => {
            let cases = Evaluator { world: gating.world, scope: &common.scope }.value(expression);
            // Any word but these two is neither, and the script is red for it.
            let due = Datum::Text(Words::Exact("due".to_owned()));
            let said = cases.into_iter().filter(|(_, datum)| *datum == due).map(|(guard, _)| guard);
            logic.any(&said.collect::<Vec<_>>())
        }
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
