//! What stands around the jobs of a workflow: its own rights, its shell, and how its runs replace each other.

use crate::meaning::expression::{Datum, Evaluator, RUN_ID, Scope, Words};
use crate::read::expression::Piece;
use crate::read::workflow::{expression, literal};
use crate::read::yaml::{Node as Yaml, Value as YamlValue};
use pipec_logic::Proposition;
use pipec_model::{Finding, Jobs, Source, World};

/// Loses no exit status: `-e`, unset variables and every part of a pipe count (trap 62).
pub(crate) const SHELL: &str = "bash --noprofile --norc -euo pipefail {0}";

/// Every difference of what stands around the jobs.
pub(crate) fn check(root: &Yaml, world: &World, source: &Source<'_>, kept: &Proposition) -> Vec<Finding> {
    let mut findings = Vec::new();
    let name = &source.pipeline().name;
    let empty = root
        .get("permissions")
        .is_some_and(|node| matches!(&node.value, YamlValue::Map(all) if all.is_empty()));
    if !empty {
        findings.push(Finding::of_file("its own `permissions` are not empty", root.line));
    }
    let shell = root.get("defaults").filter(|defaults| defaults.entries().len() == 1);
    let run = shell.and_then(|defaults| defaults.get("run")).filter(|run| run.entries().len() == 1);
    if run.and_then(|run| run.get("shell")).and_then(Yaml::text) != Some(SHELL) {
        findings.push(Finding::of_file("its shell may lose the status of a failure", root.line));
    }
    for (key, node) in root.entries().iter().filter(|(key, _)| matches!(key.as_str(), "name" | "run-name")) {
        if literal(node).is_none_or(|given| key != "name" || given != *name) {
            findings.push(Finding::of_file("it has another name", node.line));
        }
    }
    match root.get("concurrency") {
        Some(node) => run_group(node, name, world, kept, &mut findings),
        None => {
            findings.push(Finding::of_file("runs of a pull request do not replace each other", root.line))
        }
    }
    findings
}

/// Runs may replace each other only where nothing deploys; a group that holds more than one run drops the pending one
/// even where it cancels none in progress (traps 15, 16, 17).
fn run_group(node: &Yaml, name: &str, world: &World, kept: &Proposition, findings: &mut Vec<Finding>) {
    let logic = world.logic();
    let prefix = format!("pipec-{}-", name.to_lowercase());
    let mut differs = |what: &str| findings.push(Finding::of_file(what, node.line));
    if node.entries().iter().any(|(key, _)| !matches!(key.as_str(), "group" | "cancel-in-progress")) {
        differs("its `concurrency` says something unknown");
    }
    let none = Jobs::default();
    let scope = Scope::of_job("concurrency", &[], &none, logic.falsehood());
    let evaluator = Evaluator { world, scope: &scope };
    let group = node.get("group").filter(|group| group.text().is_some()).and_then(Yaml::template);
    let parts = group.as_ref().map(|group| group.pieces.as_slice()).unwrap_or_default();
    let alone = match parts {
        [Piece::Literal(text), Piece::Expression(own)] if *text == prefix => {
            let cases = evaluator.value(own);
            let own: Vec<Proposition> = cases
                .into_iter()
                .filter(|(_, datum)| *datum == Datum::Text(Words::Unlike(RUN_ID)))
                .map(|(guard, _)| guard)
                .collect();
            logic.any(&own)
        }
        _ => {
            differs("its group is not its own");
            logic.falsehood()
        }
    };
    let shared = logic.and_not(kept, &alone);
    if logic.is_satisfiable(&shared).unwrap_or(true) {
        let run = world.describe(&shared);
        findings.push(Finding::of_file("a run may be dropped that must not be", node.line).shown_by(run));
    }
    let cancels = match node.get("cancel-in-progress") {
        None => logic.falsehood(),
        Some(flag) => match &flag.value {
            YamlValue::Bool(flag) => logic.constant(*flag),
            _ => match expression(flag) {
                Some(flag) => evaluator.holds(flag),
                None => logic.truth(),
            },
        },
    };
    // In a group of its own there is nobody to cancel it.
    let stopped = logic.all(&[kept.clone(), cancels, logic.not(&alone)]);
    if logic.is_satisfiable(&stopped).unwrap_or(true) {
        let run = world.describe(&stopped);
        findings.push(
            Finding::of_file("a run may be cancelled half-way that must not be", node.line).shown_by(run),
        );
    }
}
