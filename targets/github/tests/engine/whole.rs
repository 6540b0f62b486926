//! Unbroken output is proven without findings.

use crate::one_pipeline;
use crate::sample::{self, Build};
use pipec_ir::{Change, Condition, Exemption, GeneratedFile, Keep, NodeKind, Right};

/// The single file of a pipeline.
pub fn compiled(build: &Build) -> GeneratedFile {
    let output = one_pipeline::emit(&build.program, &build.pipeline, false);
    let [file] = output.files.as_slice() else { panic!("{:#?}", output.diagnostics) };
    file.clone()
}

/// The findings of the model, one line each.
pub fn findings(build: &Build, file: &GeneratedFile) -> Vec<String> {
    findings_of(build, std::slice::from_ref(file))
}

/// The findings of the model on several files.
pub fn findings_of(build: &Build, files: &[GeneratedFile]) -> Vec<String> {
    let findings = one_pipeline::verify(&build.program, &build.pipeline, files).findings;
    findings
        .into_iter()
        .map(|finding| {
            let shown = finding.counterexample.map(|run| format!(" [{run}]")).unwrap_or_default();
            format!("{} ({}){shown}", finding.message, finding.notes.join("; "))
        })
        .collect()
}

fn is_silent(build: &Build) {
    let file = compiled(build);
    let findings = findings(build, &file);
    assert!(findings.is_empty(), "{}\n{}", findings.join("\n"), file.text);
}

#[test]
fn the_smallest_pipeline_is_proven() {
    is_silent(&sample::hello());
}

#[test]
fn a_pipeline_with_everything_is_proven() {
    is_silent(&sample::shop());
}

#[test]
fn a_pipeline_of_branches_and_tags_is_proven() {
    is_silent(&sample::library());
}

#[test]
fn an_equivalent_condition_is_proven() {
    let mut build = sample::shop();
    let unless = Exemption::UnlessChanged(vec![Change::Kind("schema".to_owned())]);
    let kind = sample::exempt(sample::gate("schema-check", &[]), unless, "there is no migration");
    build.node("rehearsal", kind, sample::body(vec![sample::run("make rehearsal")], &[]), &[]);
    let good = compiled(&build);
    let mut rewritten = 0;
    let mut otherwise = |line: &str| match line.strip_prefix("    if: ${{ ") {
        Some(rest) if !rest.contains("always()") => {
            rewritten += 1;
            format!("    if: ${{{{ !!({}) }}}}\n", rest.strip_suffix(" }}").unwrap())
        }
        _ => format!("{line}\n"),
    };
    let text: String = crate::broken::unfolded(&good.text).lines().map(&mut otherwise).collect();
    assert!(rewritten > 5);
    let findings = findings(&build, &GeneratedFile { text, ..good });
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn a_pipeline_of_images_is_proven() {
    is_silent(&sample::images());
}

#[test]
fn a_pipeline_of_tools_is_proven() {
    is_silent(&sample::rights());
    is_silent(&sample::tools());
    is_silent(&sample::tools_of_legs());
}

#[test]
fn deploys_with_steps_and_rollback_are_proven() {
    is_silent(&sample::rollout());
    let mut without_a_way_back = sample::rollout();
    for node in &mut without_a_way_back.pipeline.nodes {
        if let NodeKind::Deploy(deploy) = &mut node.kind {
            deploy.reversal = None;
        }
    }
    is_silent(&without_a_way_back);
}

#[test]
fn a_lock_with_one_waiting_deploy_is_proven() {
    is_silent(&sample::newest());
}

#[test]
fn a_pipeline_of_legs_is_proven() {
    is_silent(&sample::legs());
}

#[test]
fn a_pipeline_of_repeated_gates_is_proven() {
    is_silent(&sample::repeated());
    is_silent(&sample::exempt_legs());
}

#[test]
fn a_pipeline_whose_nodes_are_tried_again_is_proven() {
    is_silent(&sample::retried());
    is_silent(&sample::keyring());
}

#[test]
fn a_pipeline_in_containers_is_proven() {
    is_silent(&sample::containers());
}

#[test]
fn other_parts_of_jobs_are_proven() {
    is_silent(&sample::workshop());
    for mut build in [sample::legs(), sample::repeated(), sample::rollout(), sample::containers()] {
        for node in &mut build.pipeline.nodes {
            node.body.reports =
                vec![sample::report("junit", "out/*.xml"), sample::report("sarif", "a.sarif")];
            node.body.keeps =
                vec![Keep { paths: vec![sample::path_pattern("logs/**")], origin: node.origin.clone() }];
        }
        is_silent(&build);
    }
}

#[test]
fn a_node_of_the_pipelines_own_name_is_proven() {
    let mut build = sample::hello();
    build.pipeline.name = "app".to_owned();
    is_silent(&build);
}

#[test]
fn a_missing_file_is_not_replaced_by_another_pipelines() {
    let file = compiled(&sample::library());
    assert!(!findings(&sample::hello(), &file).is_empty());
}

#[test]
fn a_large_pipeline_is_proven_within_the_limits() {
    is_silent(&sample::large());
}

#[test]
fn an_override_without_manual_runs_of_its_own_is_proven() {
    is_silent(&sample::hotfix());
}

#[test]
fn overrides_with_manual_runs_and_twins_are_proven() {
    is_silent(&sample::guarded());
}

#[test]
fn an_override_counts_as_a_push_in_conditions() {
    is_silent(&sample::pushed(false));
    is_silent(&sample::pushed(true));
}

#[test]
fn a_node_that_no_run_reaches_keeps_its_authority() {
    let mut build = Build::new("never", vec![sample::push(&["main"])]);
    build.stage("commit", Condition::Branch(sample::glob("never")));
    let mut work = sample::body(vec![sample::run("./tell.sh")], &[]);
    work.secrets = vec![sample::secret("KEY", false)];
    build.node("tell", NodeKind::Job, work, &[]);
    let mut work = sample::body(vec![sample::run("./tag.sh")], &[]);
    work.rights = vec![(Right::Issues, sample::origin())];
    build.node("tag", NodeKind::Job, work, &[]);
    is_silent(&build);
}
