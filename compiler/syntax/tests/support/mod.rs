//! What the tests share: how a diagnostic looks on paper, and which parts of a program are still there.

use pipec_base::{Diagnostic, FileId, Label, Span};
use pipec_syntax::ast::{Clause, Declaration, PipelineClause, StageClause};
use pipec_syntax::{Parsed, parse};

/// Reads a text.
pub fn read(text: &str) -> Parsed {
    parse(FileId(0), text)
}

/// The diagnostics of a text, drawn under its lines, and the outline of what is left of it.
#[allow(dead_code, clippy::allow_attributes, reason = "each test crate uses its own part of this file")]
pub fn report(text: &str) -> String {
    let parsed = read(text);
    let mut page = String::new();
    for finding in &parsed.diagnostics {
        page.push_str(&draw(text, finding));
        page.push('\n');
    }
    page.push_str("what is left:\n");
    for line in outline(&parsed) {
        page.push_str(&format!("  {line}\n"));
    }
    page
}

fn draw(text: &str, finding: &Diagnostic) -> String {
    let mut page = format!("error[{}]: {}\n", finding.code, finding.message);
    for (index, label) in finding.labels.iter().enumerate() {
        page.push_str(&underline(text, label, if index == 0 { '^' } else { '-' }));
    }
    for note in &finding.notes {
        page.push_str(&format!("  note: {note}\n"));
    }
    if let Some(help) = &finding.help {
        page.push_str(&format!("  help: {help}\n"));
    }
    if let Some(fix) = &finding.fix {
        page.push_str(&format!("  fix: {}\n", fix.title));
        let (before, after) = (text.lines(), mend(text, finding));
        let after: Vec<&str> = after.lines().collect();
        for (number, line) in before.enumerate() {
            if after.get(number) != Some(&line) {
                page.push_str(&format!("    + {}\n", after.get(number).unwrap_or(&"")));
                break;
            }
        }
    }
    page
}

fn underline(text: &str, label: &Label, mark: char) -> String {
    let Span { start, end, .. } = label.span;
    let (start, end) = (start as usize, end as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |offset| offset + 1);
    let line = text[line_start..].lines().next().unwrap_or("");
    let number = text[..start].matches('\n').count() + 1;
    let before = text[line_start..start].chars().count();
    let width = text[start..end.min(line_start + line.len()).max(start)].chars().count().max(1);
    let marks: String = std::iter::repeat_n(mark, width).collect();
    let gap = " ".repeat(before);
    format!("  {number:>3} | {line}\n      | {gap}{marks} {}\n", label.message).replace(" \n", "\n")
}

/// The text with a finding's fix applied.
pub fn mend(text: &str, finding: &Diagnostic) -> String {
    let mut edits = finding.fix.as_ref().map(|fix| fix.edits.clone()).unwrap_or_default();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut mended = text.to_owned();
    for edit in edits {
        mended.replace_range(edit.span.range(), &edit.text);
    }
    mended
}

/// The names of what a program declares, indented as they are nested; broken parts in brackets.
pub fn outline(parsed: &Parsed) -> Vec<String> {
    parsed.tree.items.iter().flat_map(|item| declaration(&item.kind)).collect()
}

fn declaration(declaration: &Declaration) -> Vec<String> {
    match declaration {
        Declaration::Use(_) => vec!["use".to_owned()],
        Declaration::Pipeline(pipeline) => named(
            "pipeline",
            &pipeline.name.node,
            pipeline.clauses.iter().filter_map(pipeline_clause).flatten(),
        ),
        Declaration::PipelineInstance(instance) => vec![format!("pipeline {} = …", instance.name.node)],
        Declaration::Task(task) => vec![format!("task {} ({})", task.name.node, count(&task.body.clauses))],
        Declaration::Environment(environment) => {
            vec![format!("environment {} ({})", environment.name.node, count(&environment.clauses))]
        }
        Declaration::EnvironmentInstance(instance) => vec![format!("environment {} = …", instance.name.node)],
        Declaration::Runner(runner) => {
            vec![format!("runner {} ({})", runner.name.node, count(&runner.clauses))]
        }
        Declaration::Role(role) => vec![format!("role {} ({})", role.name.node, count(&role.members))],
        Declaration::Registry(registry) => vec![format!("registry {}", registry.prefix.node)],
        Declaration::Evidence(evidence) => vec![format!("evidence {}", evidence.name.node)],
        Declaration::Let(constant) => vec![format!("let {}", constant.name.node)],
        Declaration::Error { name } => vec![broken(name.as_ref().map(|name| name.node.as_str()))],
    }
}

fn broken(name: Option<&str>) -> String {
    format!("[broken {}]", name.unwrap_or("?"))
}

fn count<T>(clauses: &[Clause<T>]) -> String {
    format!("{} clauses", clauses.len())
}

fn named(kind: &str, name: &str, inside: impl Iterator<Item = String>) -> Vec<String> {
    std::iter::once(format!("{kind} {name}")).chain(inside.map(|line| format!("  {line}"))).collect()
}

fn pipeline_clause(clause: &Clause<PipelineClause>) -> Option<Vec<String>> {
    match &clause.kind {
        PipelineClause::Stage(stage) => {
            Some(named("stage", &stage.name.node, stage.clauses.iter().filter_map(stage_clause)))
        }
        PipelineClause::On(_) => Some(vec!["on".to_owned()]),
        PipelineClause::Error => Some(vec![broken(None)]),
        _ => None,
    }
}

fn stage_clause(clause: &Clause<StageClause>) -> Option<String> {
    let (kind, name, work) = match &clause.kind {
        StageClause::Gate { name, work, .. } => ("gate", name.node.clone(), work),
        StageClause::Artefact { name, work, .. } => ("artefact", name.node.clone(), work),
        StageClause::Job { name, work } => ("job", name.node.clone(), work),
        StageClause::Deploy { artefacts, work, .. } => {
            ("deploy", artefacts.iter().map(|name| name.node.as_str()).collect::<Vec<_>>().join(", "), work)
        }
        StageClause::Error { name } => return Some(broken(name.as_ref().map(|name| name.node.as_str()))),
        StageClause::Default(_) | StageClause::Budget(_) => return None,
    };
    let clauses = work.body.as_ref().map_or(0, |body| body.clauses.len());
    Some(format!("{kind} {name} ({clauses} clauses)"))
}
