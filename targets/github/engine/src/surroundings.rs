//! Settings of a workflow for all its jobs: rights, shell, names and groups of runs.
//!
//! For example, `defaults: {run: {shell: bash --noprofile --norc -p -euo pipefail {0}}}` keeps the failures of all
//! commands.

use crate::meaning::expression::{Datum, Evaluator, RUN_ID, Scope, Words};
use crate::read::expression::Piece;
use crate::read::workflow::{expression, literal};
use crate::read::yaml::{Node as Yaml, Value as YamlValue};
use pipec_logic::Proposition;
use pipec_model::{Finding, Jobs, RunGroup, ShownName, Surroundings, World};

/// A shell that loses no exit status. `-e`, unset variables and every part of a pipe count (trap 62).
const SHELL: &str = "bash --noprofile --norc -p -euo pipefail {0}";

/// The settings of a workflow for all its jobs. Adds a finding for each key of `concurrency` that the model does not
/// know.
pub(crate) fn surroundings(root: &Yaml, findings: &mut Vec<Finding>) -> Surroundings {
    let has_no_rights = root
        .get("permissions")
        .is_some_and(|node| matches!(&node.value, YamlValue::Map(all) if all.is_empty()));
    let shell = root.get("defaults").filter(|defaults| defaults.entries().len() == 1);
    let run = shell.and_then(|defaults| defaults.get("run")).filter(|run| run.entries().len() == 1);
    let names = root.entries().iter().filter(|(key, _)| matches!(key.as_str(), "name" | "run-name"));
    let names =
        names.map(|(key, node)| ShownName { text: literal(node).filter(|_| key == "name"), line: node.line });
    if let Some(node) = root.get("concurrency")
        && node.entries().iter().any(|(key, _)| !matches!(key.as_str(), "group" | "cancel-in-progress"))
    {
        findings.push(Finding::of_file("its `concurrency` says something unknown", node.line));
    }
    Surroundings {
        line: root.line,
        grants_rights: !has_no_rights,
        shell_keeps_failures: run.and_then(|run| run.get("shell")).and_then(Yaml::text) == Some(SHELL),
        names: names.collect(),
    }
}

/// The group of a run, from `concurrency`. A group drops a second waiting run even if it cancels no running one (traps
/// 15, 16, 17).
pub(crate) fn run_group(node: &Yaml, world: &World) -> Option<RunGroup> {
    let logic = world.logic();
    let none = Jobs::default();
    let scope = Scope::of_job("concurrency", &[], &none, logic.falsehood());
    let evaluator = Evaluator { world, scope: &scope };
    let group = node.get("group").filter(|group| group.text().is_some()).and_then(Yaml::template);
    let parts = group.as_ref().map(|group| group.pieces.as_slice()).unwrap_or_default();
    let (prefix, is_alone) = match parts {
        [Piece::Literal(prefix), Piece::Expression(own)] => {
            let cases = evaluator.value(own);
            let own: Vec<Proposition> = cases
                .into_iter()
                .filter(|(_, datum)| *datum == Datum::Text(Words::Unlike(RUN_ID)))
                .map(|(guard, _)| guard)
                .collect();
            (Some(prefix.to_string()), logic.any(&own))
        }
        _ => (None, logic.falsehood()),
    };
    let is_cancelled = match node.get("cancel-in-progress") {
        None => logic.falsehood(),
        Some(flag) => match &flag.value {
            YamlValue::Bool(flag) => logic.constant(*flag),
            _ => match expression(flag) {
                Some(flag) => evaluator.holds(flag),
                None => logic.truth(),
            },
        },
    };
    Some(RunGroup { prefix, is_alone, is_cancelled, line: node.line })
}
