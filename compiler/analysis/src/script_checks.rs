//! The checks of scripts, brought to the program: which script stands where, and which variables it has.

use crate::expand::Expanded;
use crate::scope::Workspace;
use crate::scripts::{self, Finding, ScriptContext, ScriptRole};
use crate::variables;
use pipec_base::{Diagnostic, Severity, Span, codes};
use pipec_ir::{Action, Node, NodeKind, Pipeline, Program, Step};
use pipec_syntax::locate;
use std::collections::BTreeSet;

/// Checks every script of the program, and those that nothing runs yet.
pub(crate) fn check(workspace: &Workspace<'_>, expanded: &Expanded, diagnostics: &mut Vec<Diagnostic>) {
    let program = &expanded.program;
    for pipeline in program.pipelines.iter().chain(&expanded.templates) {
        for node in &pipeline.nodes {
            check_node(workspace, program, pipeline, node, diagnostics);
        }
    }
    for environment in program.environments.values() {
        if let Some(teardown) = &environment.teardown {
            let given = variables::of_environment(environment).map(|given| given.variable);
            let defined = given.chain(["PIPE_PULL_REQUEST".to_owned()]).collect();
            check_action(workspace, ScriptRole::Deploy, &environment.name, teardown, &defined, diagnostics);
        }
    }
    for (task, steps) in &expanded.uncalled {
        let mut found = Vec::new();
        check_steps(workspace, ScriptRole::Other, task, steps, &BTreeSet::new(), &mut found);
        // Which variables a task's caller gives it is not known.
        diagnostics.extend(found.into_iter().filter(|finding| finding.code != codes::P0904));
    }
}

fn check_node(
    workspace: &Workspace<'_>,
    program: &Program,
    pipeline: &Pipeline,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let defined: BTreeSet<String> = variables::names(program, pipeline, node).collect();
    let role = match &node.kind {
        NodeKind::Gate(_) => ScriptRole::Gate,
        NodeKind::Artefact(_) => ScriptRole::Artefact,
        NodeKind::Deploy(_) => ScriptRole::Deploy,
        NodeKind::Job => ScriptRole::Job,
    };
    check_steps(workspace, role, &node.name, &node.body.steps, &defined, diagnostics);
    for sidecar in &node.body.sidecars {
        let Some(ready) = &sidecar.ready else { continue };
        let own = sidecar.env.iter().map(|binding| binding.variable.clone()).collect();
        let mut found = Vec::new();
        check_action(workspace, ScriptRole::Other, &node.name, ready, &own, &mut found);
        // It runs in the sidecar, and which variables the image sets is not known.
        diagnostics.extend(found.into_iter().filter(|finding| finding.code != codes::P0904));
    }
    if let NodeKind::Deploy(deploy) = &node.kind {
        let mut weighted = defined.clone();
        if deploy.strategy.is_some() || deploy.shift.is_some() {
            weighted.insert("PIPE_WEIGHT".to_owned());
        }
        for action in [&deploy.shift, &deploy.verify].into_iter().flatten() {
            check_action(workspace, role, &node.name, action, &weighted, diagnostics);
        }
        if let Some(rollback) = &deploy.rollback {
            check_action(workspace, role, &node.name, rollback, &defined, diagnostics);
        }
    }
}

fn check_action(
    workspace: &Workspace<'_>,
    role: ScriptRole,
    name: &str,
    action: &Action,
    defined: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut defined = defined.clone();
    defined.extend(action.env.iter().map(|binding| binding.variable.clone()));
    check_steps(workspace, role, name, &action.steps, &defined, diagnostics);
}

fn check_steps(
    workspace: &Workspace<'_>,
    role: ScriptRole,
    name: &str,
    steps: &[Step],
    defined: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for step in steps {
        let context = ScriptContext { role, name, defined };
        for finding in scripts::check(&step.script, &context) {
            let remedy = remedy_in_place(&step.script, &finding, &context);
            let text = workspace.text(step.origin.span.file);
            let span = locate(text, step.origin.span, finding.range);
            let diagnostic = match finding.severity {
                Severity::Error => Diagnostic::error(finding.code, finding.message, span),
                Severity::Warning => Diagnostic::warning(finding.code, finding.message, span),
            };
            let diagnostic = diagnostic.help(remedy.unwrap_or(finding.help));
            let diagnostic = match finding.replacement {
                Some(replacement) => {
                    let written = text.get(step.origin.span.range()).unwrap_or("");
                    let (span, replacement) = edit(written, step.origin.span, span, &replacement);
                    diagnostic.fix("mend the script", span, replacement)
                }
                None => diagnostic,
            };
            diagnostics.push(step.origin.explain(diagnostic));
        }
    }
}

/// What to do about a variable without a value where the place of its script says more than the script does.
fn remedy_in_place(script: &str, finding: &Finding, context: &ScriptContext<'_>) -> Option<String> {
    if finding.code != codes::P0904 || finding.replacement.is_some() {
        return None;
    }
    let used = script.get(finding.range.clone())?.trim_start_matches(['$', '{', '#', '!']);
    let length = used.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(used.len());
    let name = used.get(..length)?;
    if let Some(field) = name.strip_prefix("SUBJECT_") {
        let of_artefact = |variable: &&String| {
            let stem = variable.strip_suffix(field).and_then(|stem| stem.strip_suffix('_'));
            stem.is_some_and(|stem| context.defined.contains(&format!("{stem}_DIGEST")))
        };
        let own: Vec<String> =
            context.defined.iter().filter(of_artefact).map(|variable| format!("`${variable}`")).collect();
        return (!own.is_empty()).then(|| {
            format!("only a task has a `subject`; here an artefact goes by its own name: {}", own.join(", "))
        });
    }
    let is_constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let declared = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(is_constant);
    (context.role == ScriptRole::Deploy && declared && !name.starts_with("PIPE_")).then(|| {
        format!(
            "declare it in the environment: `value {name} = …`, or `secret {name}` if it is one; what may be unset has \
             a default: `${{{name}:-…}}`"
        )
    })
}

/// What to replace in the source, and by what, so that a string says the replacement where it said the span; what is taken
/// away takes the blanks before it along.
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
