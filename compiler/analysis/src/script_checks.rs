//! Runs the script checks on a program. Finds the place of each script and the variables that it has.

use crate::holders::hidden_from;
use crate::scripts::{self, Finding, ScriptContext, ScriptRole};
use crate::variables;
use pipec_base::{Diagnostic, Severity, Sources, Span, codes};
use pipec_ir::{Action, EngineStep, Node, NodeKind, Pipeline, Program, Step};
use pipec_syntax::locate;
use std::collections::BTreeSet;

/// The context that all scripts share.
struct SharedContext<'a> {
    sources: &'a Sources,
    program: &'a Program,
}

/// Checks the scripts of a pipeline.
pub(crate) fn of_pipeline(sources: &Sources, program: &Program, pipeline: &Pipeline) -> Vec<Diagnostic> {
    let shared = &SharedContext { sources, program };
    let mut found = Vec::new();
    for node in &pipeline.nodes {
        check_node(shared, pipeline, node, &mut found);
    }
    found
}

/// Checks the scripts that tear down environments.
pub(crate) fn of_teardowns(sources: &Sources, program: &Program) -> Vec<Diagnostic> {
    let shared = &SharedContext { sources, program };
    let mut found = Vec::new();
    for environment in program.environments.values() {
        if let Some(teardown) = &environment.teardown {
            let given = variables::of_environment(environment).map(|given| given.variable);
            let defined = given.chain(["PIPE_PULL_REQUEST".to_owned()]).collect();
            check_action(shared, ScriptRole::Deploy, &environment.name, teardown, &defined, &mut found);
        }
    }
    found
}

/// Checks the scripts of an uncalled task.
pub(crate) fn of_uncalled(
    sources: &Sources,
    program: &Program,
    (task, steps): &(String, Vec<Step>),
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let shared = &SharedContext { sources, program };
    check_steps(shared, ScriptRole::Other, task, steps, &BTreeSet::new(), &mut found);
    // The variables that a task's caller sets are unknown.
    found.retain(|finding| finding.code != codes::P0904);
    found
}

fn check_node(
    shared: &SharedContext<'_>,
    pipeline: &Pipeline,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let defined: BTreeSet<String> = variables::names(shared.program, pipeline, node).collect();
    let role = match &node.kind {
        NodeKind::Gate(_) => ScriptRole::Gate,
        NodeKind::Artefact(_) => ScriptRole::Artefact,
        NodeKind::Deploy(_) => ScriptRole::Deploy,
        NodeKind::Job => ScriptRole::Job,
    };
    check_steps_of(shared, role, node, (&node.body.steps, &defined), diagnostics);
    for step in node.body.engines.iter().flat_map(|block| &block.steps) {
        let EngineStep::Run(step) = step else { continue };
        let mut found = Vec::new();
        check_steps_of(shared, role, node, (std::slice::from_ref(step), &defined), &mut found);
        let hidden = hidden_from(node, step);
        // The block exists to use the engine's own variables, and its actions set more of them.
        diagnostics.extend(
            found
                .into_iter()
                .filter(|finding| match finding.code {
                    codes::P0904 => hidden_one(finding, &hidden).is_some(),
                    code => code != codes::P0906,
                })
                .map(|finding| match finding.code {
                    codes::P0904 => Diagnostic {
                        help: Some(
                            "a raw step can't be named in a `for`: move it to a node of its own".to_owned(),
                        ),
                        ..finding
                    },
                    _ => finding,
                }),
        );
    }
    for sidecar in &node.body.sidecars {
        let Some(ready) = &sidecar.ready else { continue };
        let own = sidecar.env.iter().map(|binding| binding.variable.clone()).collect();
        let mut found = Vec::new();
        check_action(shared, ScriptRole::Other, &node.name, ready, &own, &mut found);
        // The script runs in the sidecar, and the variables of its image are unknown.
        diagnostics.extend(found.into_iter().filter(|finding| finding.code != codes::P0904));
    }
    if let Some(cleanup) = &node.body.cleanup {
        let mut found = Vec::new();
        check_action_of(shared, ScriptRole::Other, node, (cleanup, &defined), &mut found);
        // Nothing follows from its result, so it may ignore a failure.
        let of_failures = [codes::P0901, codes::P0902];
        diagnostics.extend(found.into_iter().filter(|finding| !of_failures.contains(&finding.code)));
    }
    if let Some(deploy) = node.deploy() {
        let mut weighted = defined.clone();
        if deploy.shift().is_some() {
            weighted.insert("PIPE_WEIGHT".to_owned());
        }
        for action in [deploy.shift(), deploy.verify.as_ref()].into_iter().flatten() {
            check_action_of(shared, role, node, (action, &weighted), diagnostics);
        }
        if let Some(rollback) = deploy.rollback() {
            check_action_of(shared, role, node, (rollback, &defined), diagnostics);
        }
    }
}

/// Checks steps of a node, wherever it has them. A step may see fewer variables than its node has.
fn check_steps_of(
    shared: &SharedContext<'_>,
    role: ScriptRole,
    node: &Node,
    (steps, defined): (&[Step], &BTreeSet<String>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    if node.body.narrowed.is_empty() {
        return check_steps(shared, role, &node.name, steps, defined, diagnostics);
    }
    for step in steps {
        let hidden = hidden_from(node, step);
        let seen = defined.difference(&hidden).cloned().collect();
        let before = diagnostics.len();
        check_steps(shared, role, &node.name, std::slice::from_ref(step), &seen, diagnostics);
        for finding in diagnostics.iter_mut().skip(before).filter(|finding| finding.code == codes::P0904) {
            if let Some(name) = hidden_one(finding, &hidden) {
                finding.help = Some(format!("only other steps hold `{name}`: name this step in its `for`"));
                finding.fix = None;
            }
        }
    }
}

/// The variable of other steps that a finding is about.
fn hidden_one<'h>(finding: &Diagnostic, hidden: &'h BTreeSet<String>) -> Option<&'h String> {
    hidden.iter().find(|name| finding.message.contains(&format!("`${name}`")))
}

fn check_action_of(
    shared: &SharedContext<'_>,
    role: ScriptRole,
    node: &Node,
    (action, defined): (&Action, &BTreeSet<String>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    check_steps_of(shared, role, node, (&action.steps, &defined_in(action, defined)), diagnostics);
}

fn check_action(
    shared: &SharedContext<'_>,
    role: ScriptRole,
    name: &str,
    action: &Action,
    defined: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    check_steps(shared, role, name, &action.steps, &defined_in(action, defined), diagnostics);
}

/// The variables of the scripts of an action, given those around it.
fn defined_in(action: &Action, around: &BTreeSet<String>) -> BTreeSet<String> {
    let own = action.env.iter().map(|binding| binding.variable.clone());
    around.iter().cloned().chain(own).collect()
}

fn check_steps(
    shared: &SharedContext<'_>,
    role: ScriptRole,
    name: &str,
    steps: &[Step],
    defined: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for step in steps {
        let context = ScriptContext { role, name, defined };
        for finding in scripts::check(&step.script, &context) {
            let in_task = !step.origin.calls.is_empty();
            let of_task = if in_task { remedy_in_task(&step.script, &finding, &context) } else { None };
            let remedy =
                of_task.or_else(|| remedy_in_place(&step.script, &finding, &context, shared.program));
            let text = shared.sources.text_from(step.origin.span.anchor);
            let span = locate(text, step.origin.span, finding.range);
            let diagnostic = match finding.severity {
                Severity::Error => Diagnostic::error(finding.code, finding.message, span),
                Severity::Warning => Diagnostic::warning(finding.code, finding.message, span),
            };
            // A remedy replaces the fix, too.
            let replacement = finding.replacement.filter(|_| remedy.is_none());
            let diagnostic = diagnostic.help(remedy.unwrap_or(finding.help));
            let diagnostic = match replacement {
                Some(replacement) => {
                    let written = text.get(step.origin.span.range()).unwrap_or("");
                    let (span, replacement) = edit(written, step.origin.span, span, &replacement);
                    diagnostic.fix("change the script", span, replacement)
                }
                None => diagnostic,
            };
            diagnostics.push(step.origin.explain(diagnostic));
        }
    }
}

/// The name of the variable that a finding about an unset variable shows.
fn unset_variable<'s>(script: &'s str, finding: &Finding) -> Option<&'s str> {
    if finding.code != codes::P0904 {
        return None;
    }
    let used = script.get(finding.range.clone())?.trim_start_matches(['$', '{', '#', '!']);
    let length = used.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(used.len());
    used.get(..length)
}

/// The help for an unset variable in the script of a task. It names no artefact of the caller, which the author of the
/// task does not know. `None` if the variable has not the form of an artefact's variable.
fn remedy_in_task(script: &str, finding: &Finding, context: &ScriptContext<'_>) -> Option<String> {
    let name = unset_variable(script, finding)?;
    let near = finding.replacement.as_deref().map(|near| near.trim_matches(['$', '{', '}']));
    let of_subject = |near: &str| near.starts_with("SUBJECT_");
    let of_caller = |near: &str| {
        let stem = near.rsplit_once('_').map_or(near, |(stem, _)| stem);
        !of_subject(near) && context.defined.contains(&format!("{stem}_DIGEST"))
    };
    if near.is_some_and(|near| !of_caller(near)) {
        return None;
    }
    let parts = name.rsplit_once('_').and_then(|(stem, written)| {
        let fields = ["path", "ref", "digest", "layout"];
        Some((stem, fields.into_iter().find(|field| field.to_uppercase() == written)?))
    });
    match parts {
        Some(("SUBJECT", _)) if !context.defined.iter().any(|it| of_subject(it)) => Some(
            "the node of this call judges or delivers no single artefact, so it has no `subject`".to_owned(),
        ),
        Some((stem, field)) => {
            let parameter = stem.to_lowercase().replace('_', "-");
            Some(format!("give the script a field of its parameter: `env {name} = {parameter}.{field}`"))
        }
        None => {
            near.map(|_| "give the script a field of a parameter: `env NAME = PARAMETER.path`".to_owned())
        }
    }
}

/// The help for an unset variable that follows from the script's place. `None` if the place of the script tells no more
/// than the script.
fn remedy_in_place(
    script: &str,
    finding: &Finding,
    context: &ScriptContext<'_>,
    program: &Program,
) -> Option<String> {
    let name = unset_variable(script, finding).filter(|_| finding.replacement.is_none())?;
    if let Some(field) = name.strip_prefix("SUBJECT_") {
        let of_artefact = |variable: &&String| {
            let stem = variable.strip_suffix(field).and_then(|stem| stem.strip_suffix('_'));
            stem.is_some_and(|stem| context.defined.contains(&format!("{stem}_DIGEST")))
        };
        let own: Vec<String> =
            context.defined.iter().filter(of_artefact).map(|variable| format!("`${variable}`")).collect();
        return (!own.is_empty()).then(|| {
            format!("only a task has a `subject`; here use the name of the artefact: {}", own.join(", "))
        });
    }
    let elsewhere = program.environments.values().filter(|_| context.role != ScriptRole::Deploy);
    for environment in elsewhere {
        let place = &environment.name;
        if environment.secrets.iter().any(|secret| secret.variable == name) {
            return Some(format!(
                "`{name}` is a secret of `{place}`, and only deploys to `{place}` have it: do this work \
                 there, or give this node its own secret: `secret {name}`"
            ));
        }
        if environment.values.iter().any(|value| value.variable == name) {
            return Some(format!(
                "`{name}` is a value of `{place}`, and only deploys to `{place}` have it; elsewhere write \
                 `env {name} = {place}.{name}`"
            ));
        }
    }
    let is_constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let declared = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(is_constant);
    (context.role == ScriptRole::Deploy && declared && !name.starts_with("PIPE_")).then(|| {
        format!(
            "declare it in the environment: `value {name} = …` or `secret {name}`; if it may be undefined, \
             use a default: `${{{name}:-…}}`"
        )
    })
}

/// The edit that replaces a part of a script in a string literal. A deletion also removes the blanks before it.
fn edit(written: &str, string: Span, meant: Span, replacement: &str) -> (Span, String) {
    let mut span = meant;
    if replacement.is_empty() {
        let before = written.get(..(meant.start.saturating_sub(string.start)) as usize).unwrap_or("");
        let blanks = before.len() - before.trim_end_matches(' ').len();
        span.start -= u32::try_from(blanks).unwrap_or(0);
    }
    let raw = written.starts_with("\"\"\"");
    let text = if raw {
        replacement.to_owned()
    } else {
        replacement.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t")
    };
    (span, text)
}
