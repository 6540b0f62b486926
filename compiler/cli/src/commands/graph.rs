//! `pipec graph`: draws the path to production.

use crate::arguments::{Graph as Arguments, GraphFormat};
use crate::console::{Console, Outcome};
use crate::project::{self, Project, Purpose};
use pipec_base::closest;
use pipec_driver::Problem;
use pipec_report::graph::{Graph, Unknown};

/// Draws the pipelines, or explains one node.
pub fn run(arguments: &Arguments, console: &Console) -> Outcome {
    let (form, why) = (arguments.format, arguments.why.as_deref());
    if why.is_some() && !matches!(form, GraphFormat::Text | GraphFormat::Json) {
        console.problem(
            &Problem::new("--why", "`--why` prints text or JSON")
                .help("remove `--format`, or write `--format json`"),
        );
        return Outcome::Trouble;
    }
    let mut project = match project::compile(arguments.path.as_deref(), Purpose::Report) {
        Ok(project) => project,
        Err(problem) => {
            console.problem(&problem);
            return Outcome::Trouble;
        }
    };
    project.narrow_to_file();
    if let Some(name) = &arguments.pipeline
        && !project.compilation.program.pipelines.iter().any(|pipeline| pipeline.name == *name)
    {
        console.problem(&unknown_pipeline(name, &project));
        return Outcome::Trouble;
    }
    let graph = Graph {
        program: &project.compilation.program,
        only: arguments.pipeline.as_deref(),
        is_proven: project.is_sound(),
    };
    let drawn = match (why, form) {
        (None, GraphFormat::Text) => graph.terminal(console.width(), console.out_colour),
        (None, GraphFormat::Svg) => graph.svg(),
        (None, GraphFormat::Html) => graph.html(),
        (None, GraphFormat::Mermaid) => graph.mermaid(),
        (None, GraphFormat::Dot) => graph.dot(),
        (None, GraphFormat::Json) => graph.json(),
        (Some(node), _) => match graph.why(node) {
            Ok(answer) if form == GraphFormat::Json => answer.json(),
            Ok(answer) => answer.terminal(console.width(), console.out_colour),
            Err(unknown) => {
                console.problem(&unknown_node(node, &unknown));
                return Outcome::Trouble;
            }
        },
    };
    console.data(&drawn);
    project.report_trouble(console)
}

fn unknown_pipeline(name: &str, project: &Project) -> Problem {
    let names: Vec<&str> =
        project.compilation.program.pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
    let problem = Problem::new(name, format!("there is no pipeline `{name}`"));
    match (closest(name, names.iter().copied()), names.is_empty()) {
        (Some(near), _) => problem.help(format!("did you mean `{near}`?")),
        (None, false) => problem.help(format!("there is `{}`", names.join("`, `"))),
        (None, true) => problem,
    }
}

fn unknown_node(name: &str, unknown: &Unknown) -> Problem {
    let problem = Problem::new(name, format!("nothing on the path is called `{name}`"));
    match closest(name, unknown.known.iter().map(String::as_str)) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem
            .help("give a gate, an artefact, a job, a deploy or an environment; `pipec graph` shows them"),
    }
}
