//! P0901: scripts that report success regardless of what happened.
//!
//! The causes are a trap that exits with 0, an `exit 0` before the work, a shell inside the script whose own script
//! loses a failure, and a gate that checks nothing or reverses its verdict.

use pipec_base::{Severity, codes};

use super::invocation::{Harmless, Invocation, harmless, only_simple};
use super::programs::is_check;
use super::shell::InnerShell;
use super::syntax::{Command, Kind, Link, List, Script, Simple, Statement};
use super::variables::Names;
use super::{Finding, ScriptContext, ScriptRole, excerpt, failures, parser};

pub(super) fn check(script: &str, tree: &Script, context: &ScriptContext<'_>, findings: &mut Vec<Finding>) {
    unreached(script, tree, findings);
    if context.role == ScriptRole::Gate {
        without_verdict(script, tree, findings);
        reversed(script, tree, findings);
    }
    tree.for_each_simple(&mut |simple| {
        findings.extend(exiting_trap(script, tree, simple));
        findings.extend((0..simple.words.len()).filter_map(|index| inner_script(simple, index, context)));
    });
}

/// Reports `trap 'exit 0' EXIT`. An action with another end, even `true`, keeps the status (POSIX.1-2024, `trap`; bash
/// does the same for `ERR`).
fn exiting_trap(script: &str, tree: &Script, simple: &Simple) -> Option<Finding> {
    let invocation = Invocation::of(simple).filter(|invocation| invocation.name == "trap")?;
    let mut operands = invocation.words.iter().skip(1).skip_while(|word| word.value() == "--");
    let action = operands.next()?;
    let signal = operands.map(|word| word.value()).find(|signal| matches!(*signal, "EXIT" | "0" | "ERR"))?;
    let text = action.literal.as_deref()?;
    let mut exits = parser::parse(text).is_ok_and(|inner| exits_with_zero(&inner.main));
    tree.for_each_command(&mut |command| {
        if let Kind::Function(name, body) = &command.kind
            && script.get(name.clone()) == Some(text)
            && let Kind::Group(list) = &body.kind
        {
            exits |= exits_with_zero(list);
        }
    });
    let range = invocation.range_to(invocation.words.len().checked_sub(1)?);
    let shown = excerpt(script.get(range.clone()).unwrap_or_default());
    exits.then(|| {
        Finding::error(
            codes::P0901,
            range,
            format!("`{shown}` ends the script with success even after a failure"),
            format!("remove the `exit 0`: a trap on `{signal}` keeps the exit status of the script"),
        )
    })
}

/// Whether one of the list's own statements is an unconditional `exit 0`.
fn exits_with_zero(list: &List) -> bool {
    list.statements.iter().any(is_exit_by_zero)
}

fn is_exit_by_zero(statement: &Statement) -> bool {
    only_link(statement)
        .filter(|link| harmless(&link.pipeline) == Some(Harmless::Nothing))
        .and_then(|link| only_simple(&link.pipeline))
        .and_then(Invocation::of)
        .is_some_and(|invocation| invocation.name == "exit")
}

/// Reports `exit 0` before commands, which therefore never run.
fn unreached(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    let mut statements = tree.main.statements.iter().skip_while(|statement| !is_exit_by_zero(statement));
    let Some(exit) = statements.next() else { return };
    let defines = |command: &Command| matches!(command.kind, Kind::Function(..));
    let Some(next) = statements
        .find(|statement| !statement.links.iter().flat_map(|link| &link.pipeline.commands).all(defines))
    else {
        return;
    };
    let text = |statement: &Statement| excerpt(script.get(statement.range.clone()).unwrap_or_default());
    findings.push(Finding::error(
        codes::P0901,
        exit.range.clone(),
        format!("`{}` ends the script with success, so `{}` after it never runs", text(exit), text(next)),
        "remove it, or remove what never runs",
    ));
}

/// Reports a gate that always succeeds.
fn without_verdict(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    let [statement] = tree.main.statements.as_slice() else { return };
    let Some(simple) = only_link(statement)
        .filter(|link| !link.pipeline.negated)
        .and_then(|link| only_simple(&link.pipeline))
    else {
        return;
    };
    // `: "${VERSION:?}"` is a check: it fails if the variable is unset.
    let Some(invocation) = Invocation::of(simple).filter(|_| {
        let words = || simple.words.iter().chain(&simple.assignments);
        words().all(|word| word.literal.is_some())
    }) else {
        return;
    };
    if matches!(invocation.name, "true" | ":") || is_exit_by_zero(statement) {
        let text = excerpt(script.get(statement.range.clone()).unwrap_or_default());
        findings.push(Finding::error(
            codes::P0901,
            statement.range.clone(),
            format!("`{text}` always succeeds, so this gate judges nothing"),
            "run the check whose exit status is the verdict, or remove the gate",
        ));
    }
}

/// Reports a gate that ends with `! make test`. It passes only if the check fails.
fn reversed(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    let Some(link) = tree.main.statements.last().and_then(only_link) else { return };
    if !link.pipeline.negated {
        return;
    }
    // An empty search result is a verdict. The failure of an unknown program may be one, too.
    let checks = link.pipeline.commands.last().is_some_and(|command| match &command.kind {
        Kind::Simple(simple) => Invocation::of(simple).is_some_and(|invocation| is_check(&invocation)),
        _ => false,
    });
    if checks {
        let range = link.pipeline.range.clone();
        let text = script.get(range.clone()).unwrap_or_default();
        let what = excerpt(text.trim_start_matches(['!', ' ', '\t']));
        findings.push(Finding::error(
            codes::P0901,
            range,
            format!("this gate passes only if `{what}` fails"),
            "remove the `!`; if the command must fail, write `if COMMAND; then exit 1; fi`",
        ));
    }
}

/// Reports `bash -c 'make test || true'`. The outer script never sees the failure that the inner one loses.
fn inner_script(simple: &Simple, index: usize, context: &ScriptContext<'_>) -> Option<Finding> {
    let InnerShell { program, text, .. } = InnerShell::at(simple, index)?;
    let inner = text.literal.as_deref()?;
    let tree = parser::parse(inner).ok()?;
    let names = Names::of(inner, &tree);
    let mut findings = Vec::new();
    failures::check(inner, &tree, &names, context, &mut findings);
    let mut swallowed = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    swallowed.next().map(|finding| {
        let message = format!("in the script of `{program} -c`, {}", finding.message);
        Finding::error(codes::P0901, text.range.clone(), message, finding.help)
    })
}

fn only_link(statement: &Statement) -> Option<&Link> {
    match statement.links.as_slice() {
        [link] => Some(link),
        _ => None,
    }
}
