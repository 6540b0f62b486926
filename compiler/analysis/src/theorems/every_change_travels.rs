//! Every change travels: some run of reviewed code takes it to production.
//!
//! The theorem holds for each kind of change except `docs` and `none`, and one run must take all changes of the kind. A
//! choice fixes the trigger of a run, its protected branch or tag, and its inputs. A kind travels if there is a choice
//! in which a change of this kind can occur and, whatever else changes, a deploy to production is due. On tags,
//! schedules and manual runs the changes are unknown, so a choice leaves nothing open: a deploy that can be due there
//! is due. On a push, the changes are open.
//!
//! If only one pipeline deploys to production, it must carry every kind that it declares. If several do, each must
//! carry a kind only if it starts something for such a change, or would if nothing else had changed. The same applies
//! to changes that no line of `change` claims.
//!
//! For example, `change config "config/**"` with `when changed code` at every deploy fails: a push that changes only
//! `config/a` deploys nothing.

use super::{Proof, list};
use pipec_base::{Diagnostic, codes};
use pipec_ir::facts::{ChangeId, SourceFacts};
use pipec_ir::{Event, Node, Pipeline, Program, StageId, Tier};
use pipec_logic::{Proposition, Regions, TooLarge};
use std::collections::BTreeSet;

/// The maximum number of states for distinguishing the lines of `change`.
const LINES: usize = 100_000;

/// A kind that does not travel, and a run that shows it.
struct Stranded {
    kind: String,
    run: pipec_ir::facts::Run,
}

pub(super) fn prove(proof: &mut Proof<'_>) {
    let (program, pipeline) = (proof.program, proof.pipeline);
    unused_lines(proof);
    let deploys = to_production(program, pipeline);
    // If no condition asks what changed, a deploy that runs for one change runs for all.
    if !deploys
        .iter()
        .filter_map(|node| pipeline.stage_of(node))
        .any(|stage| stage.condition.asks_for_changes())
    {
        return;
    }
    match stranded(proof, &deploys) {
        Ok(stranded) => report(proof, &deploys, &stranded),
        Err(_) => proof.undecided = true,
    }
}

/// Reports a line of `change` without effect: later lines claim all its paths.
fn unused_lines(proof: &mut Proof<'_>) {
    let changes = &proof.pipeline.changes;
    if changes.len() < 2 {
        return;
    }
    let globs = || {
        changes.iter().enumerate().flat_map(|(line, rule)| rule.globs.iter().map(move |glob| (line, glob)))
    };
    let languages: Vec<_> = globs().map(|(_, glob)| glob.language()).collect();
    // The proofs report globs with too many regions; this warning is only a help.
    let Ok(regions) = Regions::of(&languages, LINES) else { return };
    let lines: Vec<usize> = globs().map(|(line, _)| line).collect();
    let claimed: BTreeSet<usize> = (0..regions.len())
        .filter_map(|region| {
            let mut claiming = lines.iter().enumerate().rev();
            claiming.find(|(place, _)| regions.inside(region, *place)).map(|(_, line)| *line)
        })
        .collect();
    for (_, rule) in changes.iter().enumerate().filter(|(line, _)| !claimed.contains(line)) {
        let mut diagnostic = Diagnostic::warning(
            codes::P0209,
            format!("this line gives no path the kind `{}`", rule.kind),
            rule.origin.span,
        )
        .saying("later lines match all of its paths")
        .note("if several lines match a path, the last one applies")
        .help("write general globs first and special ones after them, or remove the line");
        // In a called pipeline, another call may need the line.
        if rule.origin.calls.is_empty() {
            diagnostic = diagnostic.fix("drop it", rule.origin.span, "");
        }
        proof.diagnostics.push(rule.origin.explain(diagnostic));
    }
}

fn to_production<'p>(program: &Program, pipeline: &'p Pipeline) -> Vec<&'p Node> {
    pipeline
        .deploys()
        .filter(|(_, deploy)| {
            let environment = program.entered_by(deploy);
            environment.is_some_and(|environment| environment.tier == Tier::Production)
        })
        .map(|(node, _)| node)
        .collect()
}

fn stranded(proof: &Proof<'_>, deploys: &[&Node]) -> Result<Vec<Stranded>, TooLarge> {
    let pipeline = proof.pipeline;
    let facts = SourceFacts::with_kinds(pipeline)?;
    let propositions = facts.propositions();
    let due: Vec<Proposition> = deploys.iter().map(|node| facts.due_node(node)).collect();
    let due = propositions.any(&due);
    let reviewed = propositions.all(&[due.clone(), facts.trusted(), facts.protected()]);
    // Another theorem reports if nothing reaches production, or only unreviewed code.
    if !propositions.is_satisfiable(&reviewed)? {
        return Ok(Vec::new());
    }
    if propositions.is_satisfiable(&propositions.and_not(&reviewed, &facts.event(Event::Push)))? {
        return Ok(Vec::new());
    }
    let anything: Vec<Proposition> = (0..)
        .map(StageId)
        .zip(&pipeline.stages)
        .filter(|(_, stage)| !stage.nodes.is_empty())
        .map(|(stage, _)| facts.due(stage))
        .collect();
    let anything = propositions.any(&anything);
    let pushed = propositions.all(&[facts.valid().clone(), facts.event(Event::Push), facts.protected()]);
    let mut all = Vec::new();
    for (kind, name) in facts.vocabulary().kinds() {
        // These two kinds are declared not to travel.
        if matches!(name, "docs" | "none") || !facts.has_paths_of(kind) {
            continue;
        }
        let changed = facts.changed(&[ChangeId::Kind(kind)]);
        let answers_for_all = proof.is_alone && pipeline.changes.iter().any(|rule| rule.kind == name);
        let known = if answers_for_all { Vec::new() } else { facts.known_changes_of(kind) };
        let mut left: Option<Proposition> = None;
        let mut travels = false;
        for region in facts.branch_regions() {
            let pushed = propositions.and(&pushed, &region);
            let mut concerned = changed.clone();
            if !answers_for_all {
                concerned = propositions.and(&concerned, &anything);
                let runs = propositions.and(&pushed, &anything);
                for (change, by_itself) in &known {
                    // A kind counts if it alone starts something, even if other changes prevent the run.
                    if propositions.is_satisfiable(&propositions.and(&runs, by_itself))? {
                        concerned = propositions.or(&concerned, change);
                    }
                }
            }
            let here = propositions.and(&pushed, &concerned);
            if !propositions.is_satisfiable(&here)? {
                continue;
            }
            let stays = propositions.and_not(&here, &due);
            if !propositions.is_satisfiable(&stays)? {
                travels = true;
                break;
            }
            left = Some(left.map_or(stays.clone(), |left| propositions.or(&left, &stays)));
        }
        let Some(left) = left.filter(|_| !travels) else { continue };
        if let Some(run) = facts.run(&left)? {
            all.push(Stranded { kind: name.to_owned(), run });
        }
    }
    Ok(all)
}

fn report(proof: &mut Proof<'_>, deploys: &[&Node], stranded: &[Stranded]) {
    let pipeline = proof.pipeline;
    let asking = deploys
        .iter()
        .find(|node| pipeline.stage_of(node).is_some_and(|stage| stage.condition.asks_for_changes()));
    let (Some(first), Some(node)) = (stranded.first(), asking) else { return };
    let kinds: Vec<&str> = stranded.iter().map(|it| it.kind.as_str()).collect();
    let stage = proof.stage_name(node);
    let origin = pipeline.stage_of(node).and_then(|stage| stage.condition_origin.as_ref());
    let span = origin.unwrap_or(&node.name_origin).span;
    let Some(environment) = node.deploy().map(|deploy| deploy.environment.as_str()) else { return };
    let mut diagnostic = Diagnostic::error(
        codes::P0208,
        format!("not every change of {} reaches `{environment}`", list(&kinds)),
        span,
    )
    .saying("these changes are not deployed")
    .label(node.name_origin.span, "nothing else deploys them")
    .counterexample(format!("{}: `{stage}` does not run, and no other run deploys this change", first.run));
    if let Some(rule) = pipeline.changes.iter().find(|rule| rule.kind == first.kind) {
        diagnostic = diagnostic.label(rule.origin.span, format!("such a change is `{}`", first.kind));
    }
    let diagnostic = diagnostic.help(format!(
        "let `{stage}` run for {} too; for files that are not shipped, write `change none \"…\" because \"…\"`",
        if kinds.len() == 1 { "it" } else { "them" }
    ));
    proof.report(node, diagnostic);
}
