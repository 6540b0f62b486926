//! `pipec assure`: lists what is proved, emitted and assumed.

use crate::arguments::{Assure, AssureFormat};
use crate::console::{Console, Outcome};
use crate::project::{self, Project};
use pipec_base::closest;
use pipec_driver::{Problem, assure};
use pipec_report::assurance::{self, AssuranceReport};

/// Lists the guarantees of the pipelines, if they are proven.
pub fn run(arguments: &Assure, console: &Console) -> Outcome {
    let mut project = match project::compile_for_assurance(arguments.path.as_deref()) {
        Ok(project) => project,
        Err(problem) => {
            console.problem(&problem);
            return Outcome::Trouble;
        }
    };
    let given = project.is_sound().then(|| assure(&project.compilation, pipec_targets::all())).flatten();
    let Some(mut given) = given else {
        if arguments.format == AssureFormat::Json {
            console.data(&assurance::unproven());
        }
        let outcome = project.report_trouble(console);
        console.say("the workspace is not proven, so nothing is assured\n");
        return outcome;
    };
    project.narrow_to_file();
    let names: Vec<&str> =
        project.compilation.program.pipelines.iter().map(|pipeline| pipeline.name.as_str()).collect();
    given.pipelines.retain(|pipeline| names.contains(&pipeline.pipeline.as_str()));
    if let Some(name) = &arguments.environment
        && !given.pipelines.iter().any(|pipeline| pipeline.environments.contains(name))
    {
        console.problem(&unknown_environment(name, &project));
        return Outcome::Trouble;
    }
    let report = AssuranceReport {
        assurance: &given,
        sources: &project.compilation.sources,
        environment: arguments.environment.as_deref(),
    };
    console.data(&match arguments.format {
        AssureFormat::Text if arguments.verbose => report.detail(console.width(), console.out_colour),
        AssureFormat::Text => report.overview(console.width(), console.out_colour),
        AssureFormat::Markdown => report.markdown(),
        AssureFormat::Json => report.json(),
    });
    Outcome::Clean
}

fn unknown_environment(name: &str, project: &Project) -> Problem {
    let program = &project.compilation.program;
    let known: Vec<&str> = program
        .pipelines
        .iter()
        .flat_map(|pipeline| pipeline.deploys())
        .map(|(_, deploy)| deploy.environment.as_str())
        .collect();
    let problem = Problem::new(name, format!("no pipeline enters an environment `{name}`"));
    match closest(name, known.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem.help("`pipec graph` shows them"),
    }
}
