//! Pipelines of any size, to measure how the compiler's time grows.

use std::fmt::Write;

/// The dependencies of a pipeline's jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Gates of one stage and an archive, then two deploys on the way to production.
    Service,
    /// Gates in ten stages. Each stage runs only if its own folder has changed.
    Stages,
    /// Gates of one stage. Each is exempt if one of a hundred folders has not changed.
    Globs,
}

impl Shape {
    /// The shape with a name.
    pub fn named(name: &str) -> Option<Shape> {
        match name {
            "service" => Some(Shape::Service),
            "stages" => Some(Shape::Stages),
            "globs" => Some(Shape::Globs),
            _ => None,
        }
    }
}

/// A file with a pipeline of a number of nodes, and its environments. Files with different numbers can be in one
/// workspace.
pub fn pipeline(number: usize, nodes: usize, shape: Shape) -> String {
    let mut text = format!(
        "/// Service number {number}.\npipeline service-{number} {{\n  on push to main\n  on pull-request to main\n"
    );
    match shape {
        Shape::Service => service(&mut text, number, nodes),
        Shape::Stages => stages(&mut text, nodes),
        Shape::Globs => globs(&mut text, nodes),
    }
    text
}

fn gate(text: &mut String, number: usize, changed: Option<&str>) {
    let evidence = if number.is_multiple_of(2) { "lint" } else { "test" };
    let _ = writeln!(text, "    gate g-{number}: {evidence} {{\n      run \"make check-{number}\"");
    if let Some(changed) = changed {
        let _ = writeln!(text, "      exempt unless changed {changed} because \"nothing of it has changed\"");
    }
    text.push_str("    }\n");
}

fn service(text: &mut String, number: usize, nodes: usize) {
    let _ = writeln!(text, "  change schema \"service-{number}/migrations/**\"\n  stage commit {{");
    for place in 0..nodes.saturating_sub(4) {
        gate(text, place, (place % 5 == 3).then_some("schema"));
    }
    let _ = write!(
        text,
        r#"    artefact app: archive {{
      run "make app"
      path "dist/**"
    }}
  }}

  stage acceptance when branch is main {{
    deploy app to staging-{number} {{ run "./deploy.sh \"$APP_PATH\"" }}
    gate journeys: acceptance of app {{
      env BASE = staging-{number}.url
      run "make journeys"
    }}
  }}

  stage release when branch is main {{
    deploy app to production-{number} {{ run "./deploy.sh \"$APP_PATH\"" }}
  }}
}}

environment staging-{number} {{
  tier staging
  url "https://staging-{number}.example"
  secret TOKEN
}}

environment production-{number} {{
  tier production
  after staging-{number}
  requires test, lint, acceptance
  secret TOKEN
}}
"#
    );
}

fn stages(text: &mut String, nodes: usize) {
    for stage in 0..10 {
        let _ = writeln!(text, "  stage part-{stage} when changed \"part-{stage}/**\" {{");
        (0..nodes).filter(|place| place % 10 == stage).for_each(|place| gate(text, place, None));
        text.push_str("  }\n");
    }
    text.push_str("}\n");
}

fn globs(text: &mut String, nodes: usize) {
    text.push_str("  stage commit {\n");
    for place in 0..nodes {
        gate(text, place, Some(&format!("\"folder-{}/**\"", place % 100)));
    }
    text.push_str("  }\n}\n");
}
