//! The surviving parts of a program.

use pipec_syntax::Parsed;
use pipec_syntax::ast::{Clause, Declaration, PipelineClause, StageClause};

/// The names of a program's declarations, indented by nesting. Broken parts are in brackets.
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
        Declaration::Setting(setting) => vec![format!("setting {}", setting.name.node)],
        Declaration::Platform(platform) => {
            vec![format!("platform {} ({})", platform.engine.node, count(&platform.clauses))]
        }
        Declaration::Planned(planned) => {
            vec![format!("planned {}", planned.name.as_ref().map_or("", |name| name.node.as_str()))]
        }
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
