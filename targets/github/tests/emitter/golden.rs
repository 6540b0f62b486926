//! The workflows of small programs, as people would review them.

use crate::programs;

#[test]
fn hello() {
    insta::assert_snapshot!(programs::hello().workflow());
}

#[test]
fn service() {
    insta::assert_snapshot!(programs::service().workflow());
}

#[test]
fn every_event() {
    insta::assert_snapshot!(programs::every_event().workflow());
}

#[test]
fn awkward() {
    insta::assert_snapshot!(programs::awkward().workflow());
}

#[test]
fn images() {
    insta::assert_snapshot!(programs::images().workflow());
}

#[test]
fn overridden() {
    insta::assert_snapshot!(programs::overridden().workflow());
}

#[test]
fn tools() {
    insta::assert_snapshot!(programs::tools().workflow());
}

#[test]
fn tools_of_legs() {
    insta::assert_snapshot!(programs::tools_of_legs().workflow());
}

#[test]
fn reports() {
    insta::assert_snapshot!(programs::reports().workflow());
}

#[test]
fn rollout() {
    insta::assert_snapshot!(programs::rollout().workflow());
}

#[test]
fn ways_in() {
    insta::assert_snapshot!(programs::ways_in().workflow());
}

#[test]
fn legs() {
    insta::assert_snapshot!(programs::legs().workflow());
}

#[test]
fn repeated() {
    insta::assert_snapshot!(programs::repeated().workflow());
}

#[test]
fn containers() {
    insta::assert_snapshot!(programs::containers().workflow());
}

#[test]
fn measured() {
    insta::assert_snapshot!(programs::measured().workflow());
}

#[test]
fn previews() {
    let build = programs::previews();
    let output = build.output();
    assert!(output.diagnostics.is_empty(), "{:#?}", output.diagnostics);
    let texts: Vec<String> =
        output.files.iter().map(|file| format!("--- {}\n{}", file.path, file.text)).collect();
    insta::assert_snapshot!(texts.join("\n"));
    for file in &output.files {
        let named: Vec<&str> = file.origins.iter().map(|(job, _)| job.as_str()).collect();
        assert_eq!(named, crate::traps::job_ids(&file.text), "each job has its origin");
    }
}

#[test]
fn cached() {
    insta::assert_snapshot!(programs::cached().workflow());
}

#[test]
fn retried() {
    insta::assert_snapshot!(programs::retried().workflow());
}

#[test]
fn the_engine_model_finds_no_difference() {
    let all = [
        programs::hello(),
        programs::service(),
        programs::every_event(),
        programs::awkward(),
        programs::images(),
        programs::containers(),
        programs::overridden(),
        programs::tools(),
        programs::tools_of_legs(),
        programs::rollout(),
        programs::ways_in(),
        programs::legs(),
        programs::repeated(),
        programs::measured(),
        programs::previews(),
        programs::cached(),
        programs::retried(),
    ];
    for build in all {
        let files = build.output().files;
        let found = crate::one_pipeline::verify(&build.program, &build.pipeline, &files).findings;
        let found: Vec<&str> = found.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert!(found.is_empty(), "{}: {found:#?}", build.pipeline.name);
    }
}
