//! Settings: values that variables of GitHub hold.

use crate::one_pipeline;
use crate::programs::*;
use pipec_ir::*;
use std::sync::Arc;

/// A program in which a gate, a build and an environment read settings.
pub fn settings() -> Build {
    let mut build = hello();
    build.pipeline.name = "settings".to_owned();
    for (at, default) in [("API_URL", Some("https://api.example")), ("LEVEL", None)] {
        let setting = Setting { at: at.to_owned(), default: default.map(str::to_owned), origin: origin() };
        build.program.settings.insert(at.to_owned(), setting);
    }
    let read = |variable: &str, at: &str| {
        binding(variable, Text::fact(Fact::Setting { name: at.to_lowercase(), at: at.to_owned() }))
    };
    let environments = Arc::make_mut(&mut build.program.environments);
    environments.get_mut("production").unwrap().values = vec![read("API_URL", "API_URL")];
    build
        .edit("unit", |node| node.body.env = vec![read("LEVEL", "LEVEL"), read("URL", "API_URL")])
        .edit("app", |node| node.body.env = vec![read("LEVEL", "LEVEL")])
}

#[test]
fn variables_of_the_platform_reach_scripts() {
    let build = settings();
    let files = build.output().files;
    let found = one_pipeline::verify(&build.program, &build.pipeline, &files).findings;
    assert!(found.is_empty(), "{found:#?}");
    let reads = |line: &&str| line.contains("vars.");
    let read: Vec<&str> = files[0].text.lines().filter(reads).map(str::trim).collect();
    let url = "${{ vars.API_URL || 'https://api.example' }}";
    let expected = [
        "LEVEL: ${{ vars.LEVEL }}",
        &format!("URL: {url}"),
        "LEVEL: ${{ vars.LEVEL }}",
        &format!("API_URL: {url}"),
    ];
    assert_eq!(read, expected);
}
