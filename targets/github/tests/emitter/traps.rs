//! The traps of the engine, each with a test on emitted workflows. Their numbers are those of the design's list.

use crate::one_pipeline;
use crate::programs::{self, *};
use pipec_ir::*;
use pipec_target_api::Target;
use std::collections::BTreeSet;

/// The workflow with each condition and each list of jobs on one line.
fn unfolded(workflow: &str) -> String {
    ["\n      && ", "\n      || ", "\n          && ", "\n          || "].iter().fold(
        workflow.replace(",\n      ", ", "),
        |text, fold| {
            let on_line = format!(" {}", fold.trim_start());
            text.replace(fold, &on_line)
        },
    )
}

/// The lines of a job, without their indentation of four.
fn job(workflow: &str, id: &str) -> String {
    let start = format!("\n  {id}:\n");
    let workflow = unfolded(workflow);
    let (_, rest) = workflow.split_once(&start).unwrap_or_else(|| panic!("no job {id} in\n{workflow}"));
    let lines = rest.lines().take_while(|line| line.is_empty() || line.starts_with("    "));
    lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn condition(workflow: &str, id: &str) -> Option<String> {
    let job = job(workflow, id);
    let line = job.lines().find_map(|line| line.strip_prefix("if: "))?;
    Some(line.strip_prefix("${{ ").unwrap().strip_suffix(" }}").unwrap().to_owned())
}

fn needs(workflow: &str, id: &str) -> Vec<String> {
    let job = job(workflow, id);
    let Some((_, rest)) = job.split_once("\nneeds:") else { return Vec::new() };
    let (list, _) = rest.strip_prefix(" [").unwrap().split_once(']').unwrap();
    list.split(", ").map(str::to_owned).collect()
}

/// The jobs that a job waits for, near or far.
fn all_before(workflow: &str, id: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut open = needs(workflow, id);
    while let Some(next) = open.pop() {
        open.extend(needs(workflow, &next));
        all.insert(next);
    }
    all
}

/// The text after `on:`.
fn triggers(workflow: &str) -> &str {
    let (_, rest) = workflow.split_once("\non:\n").unwrap();
    rest.split_once("\n\n").unwrap().0
}

pub fn job_ids(workflow: &str) -> Vec<&str> {
    let (_, jobs) = workflow.split_once("\njobs:\n").unwrap();
    let keys = jobs.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    keys.filter(|key| !key.starts_with([' ', '#'])).collect()
}

/// Every workflow of the test programs.
fn all() -> Vec<String> {
    vec![
        hello().workflow(),
        service().workflow(),
        every_event().workflow(),
        awkward().workflow(),
        overridden().workflow(),
        legs().workflow(),
        repeated().workflow(),
    ]
}

#[test]
fn trap_01_without_a_condition_a_deploy_needs_the_success_of_all_before_it() {
    let workflow = hello().workflow();
    assert_eq!(condition(&workflow, "deploy-app-to-production"), None);
    assert_eq!(needs(&workflow, "deploy-app-to-production"), ["unit", "app"]);
}

#[test]
fn trap_02_every_gate_is_before_a_deploy_near_or_far() {
    let workflow = service().workflow();
    let all = all_before(&workflow, "deploy-site-to-production");
    for gate in ["unit", "migrations", "site", "notes", "deploy-site-to-staging", "journeys"] {
        assert!(all.contains(gate), "{gate}");
    }
    assert_eq!(needs(&workflow, "deploy-site-to-production"), ["site", "journeys"]);
}

#[test]
fn trap_03_a_condition_with_a_status_function_asks_for_exact_results() {
    for workflow in all() {
        for id in job_ids(&workflow) {
            let Some(condition) = condition(&workflow, id) else { continue };
            if ["verdict", "record"].contains(&id) {
                continue;
            }
            assert!(!condition.contains("always()") && !condition.contains("failure()"), "{condition}");
            // Without a status function, all jobs before it must have succeeded.
            let asks = condition.contains(".result == '");
            assert_eq!(condition.contains("cancelled()"), asks, "{condition}");
            assert!(
                !condition.contains(".result == 'failure'") || id.starts_with("override-"),
                "{condition}"
            );
        }
    }
}

#[test]
fn trap_04_a_failure_is_never_turned_into_success() {
    for workflow in all() {
        // In a repeated gate, a failing run continues, and its result is counted.
        let counted = |id: &str| matches!(id, "speed" | "answers");
        for id in job_ids(&workflow).into_iter().filter(|id| *id != "style" && !counted(id)) {
            assert!(!job(&workflow, id).contains("continue-on-error"), "{id}");
        }
        for id in job_ids(&workflow).into_iter().filter(|id| counted(id)) {
            let steps = job(&workflow, id);
            let ids: Vec<&str> =
                steps.lines().filter_map(|line| line.trim().strip_prefix("id: run-")).collect();
            assert_eq!(steps.matches("    continue-on-error: true\n").count(), ids.len(), "{id}");
            assert!(!steps.contains("\ncontinue-on-error"), "{id}");
            for run in ids {
                assert!(steps.contains(&format!(" ${{{{ steps.run-{run}.outcome }}}}")), "{id}: {run}");
            }
        }
    }
    let style = job(&service().workflow(), "style");
    assert!(style.contains("\ncontinue-on-error: true # advisory: "), "{style}");
    assert_eq!(style.matches("continue-on-error").count(), 1, "never at a step");
}

#[test]
fn trap_05_steps_of_gates_depend_only_on_exemptions() {
    let workflow = service().workflow();
    assert!(!job(&workflow, "unit").contains("  if: "));
    let gate = job(&workflow, "migrations");
    let exempt = "needs.plan.outputs.changed-schema == 'false' && needs.plan.outputs.changed-db == 'false'";
    let due = "needs.plan.outputs.changed-schema != 'false' || needs.plan.outputs.changed-db != 'false'";
    let ifs: Vec<&str> = gate.lines().filter_map(|line| line.strip_prefix("    if: ")).collect();
    assert_eq!(ifs, [format!("${{{{ {exempt} }}}}"), format!("${{{{ {due} }}}}")]);
}

#[test]
fn trap_05_all_checks_run_and_each_failure_counts() {
    let gate = job(&awkward().workflow(), "checks");
    let steps: Vec<&str> = gate.split("\n  - ").skip(2).collect();
    assert_eq!(steps.len(), 4, "{gate}");
    assert!(!steps[0].contains("if: ") && steps[1].contains("id: check-2") && !steps[1].contains("if: "));
    let ran = "steps.check-2.outcome == 'success' || steps.check-2.outcome == 'failure'";
    assert!(steps[2].contains(&format!("if: ${{{{ !cancelled() && ({ran}) }}}}")), "{}", steps[2]);
    assert!(!steps[3].contains("if: "), "what follows the checks waits for all of them");
}

#[test]
fn trap_06_a_condition_is_one_expression_and_no_block() {
    for workflow in all() {
        for line in unfolded(&workflow).lines().filter(|line| line.trim_start().starts_with("if: ")) {
            let value = line.trim_start().strip_prefix("if: ").unwrap();
            let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
            assert!(value.starts_with("${{ ") && value.ends_with(" }}"), "{line}");
            assert_eq!(value.matches("${{").count(), 1, "{line}");
        }
    }
}

#[test]
fn trap_07_a_timeout_is_not_success() {
    for workflow in all() {
        assert!(!workflow.contains(".result != '"), "only an exact result is asked for");
    }
}

#[test]
fn trap_08_an_empty_matrix_passes_no_gate() {
    let matrix = Matrix { axes: Vec::new(), legs: Vec::new(), origin: origin() };
    let build = hello().edit("unit", |node| node.body.matrix = Some(matrix));
    assert_eq!(build.complaints(), ["P1101 a node of 0 legs can't be built for github by this version"]);
    let build = hello().edit("unit", |node| node.body.shards = Some((257, origin())));
    assert_eq!(build.complaints(), ["P1101 a node of 257 legs can't be built for github by this version"]);
    let build = hello().edit("unit", |node| node.body.shards = Some((256, origin())));
    assert!(build.complaints().is_empty());
}

#[test]
fn trap_09_the_verdict_always_runs_and_asks_every_job() {
    for workflow in all() {
        assert_eq!(condition(&workflow, "verdict").unwrap(), "always()");
        let mut asked = needs(&workflow, "verdict");
        asked.extend(["verdict".to_owned(), "record".to_owned()]);
        let advisory = |id: &&str| *id != "style";
        assert_eq!(job_ids(&workflow).into_iter().filter(advisory).collect::<Vec<_>>(), asked);
        assert!(!job(&workflow, "verdict").contains("permissions:"), "the workflow grants nothing");
    }
}

#[test]
fn trap_10_no_workflow_is_skipped_for_its_paths() {
    for workflow in all() {
        assert!(!triggers(&workflow).contains("paths"));
    }
}

#[test]
fn trap_11_every_job_waits_for_the_refusal_of_manual_runs_on_tags() {
    let workflow = every_event().workflow();
    for id in job_ids(&workflow).into_iter().filter(|id| !["plan", "verdict", "record"].contains(id)) {
        assert!(all_before(&workflow, id).contains("plan"), "{id}");
    }
}

#[test]
fn trap_11_every_job_waits_for_the_refusal_of_invalid_overrides() {
    let workflow = overridden().workflow();
    for id in job_ids(&workflow).into_iter().filter(|id| !["plan", "verdict", "record"].contains(id)) {
        assert!(all_before(&workflow, id).contains("plan"), "{id}");
    }
    let plan = job(&workflow, "plan");
    let (_, steps) = plan.split_once("steps:\n").unwrap();
    assert!(steps.starts_with("  - name: Override by the book\n"), "{steps}");
    for told in ["GATES: scan\n", "PROTECTED: ^main$\n"] {
        assert!(plan.contains(told), "{plan}");
    }
}

#[test]
fn trap_12_overrides_use_their_own_environment_after_a_failure() {
    let workflow = overridden().workflow();
    let asks = job(&workflow, "override-scan");
    assert!(asks.contains("environment: overridden-override-scan\n"), "{asks}");
    assert_eq!(
        condition(&workflow, "override-scan").unwrap(),
        "!cancelled() && needs.plan.result == 'success' && inputs.override-gate == 'scan' && needs.scan.result == 'failure'"
    );
    assert_eq!(
        condition(&workflow, "deploy-app-to-production").unwrap(),
        "!cancelled() && (github.event_name == 'push' || (github.event_name == 'workflow_dispatch' && inputs.override-gate != 'no override')) \
         && needs.app.result == 'success' && (needs.scan.result == 'success' || needs.override-scan.result == 'success')"
    );
    let deploy = job(&workflow, "deploy-app-to-production");
    let (_, steps) = deploy.split_once("steps:\n").unwrap();
    assert!(steps.starts_with("  - name: Override in force\n"), "{steps}");
}

#[test]
fn trap_12_an_approval_is_asserted_before_anything_else() {
    let deploy = job(&service().workflow(), "deploy-site-to-production");
    let (_, steps) = deploy.split_once("steps:\n").unwrap();
    assert!(steps.starts_with("  - name: Approved\n"), "{steps}");
    assert!(deploy.contains("ENVIRONMENT: production\n      WORKFLOW: "));
}

#[test]
fn trap_13_environments_of_deploys_have_literal_names_and_count_as_deployments() {
    let workflow = service().workflow();
    assert!(
        job(&workflow, "deploy-site-to-production")
            .contains("environment:\n  name: production\n  url: https://shop.example\n")
    );
    let own = job(&workflow, "notes");
    assert!(own.contains("environment:\n  name: storefront-notes\n  deployment: false"));
    assert_eq!(workflow.matches("deployment: false").count(), 1);
}

#[test]
fn trap_14_environment_identities_are_used_only_in_its_jobs() {
    let workflow = service().workflow();
    let with_token: Vec<&str> =
        job_ids(&workflow).into_iter().filter(|id| job(&workflow, id).contains("id-token: write")).collect();
    assert_eq!(with_token, ["deploy-site-to-production"]);
    let deploy = job(&workflow, "deploy-site-to-production");
    assert!(deploy.contains("role-to-assume: arn:aws:iam::123456789012:role/storefront-production"));
    assert!(deploy.contains("aws-region: eu-west-1"));
}

#[test]
fn trap_15_waiting_deploys_are_queued_and_never_cancelled() {
    for workflow in all() {
        for id in job_ids(&workflow).into_iter().filter(|id| id.starts_with("deploy-")) {
            let deploy = job(&workflow, id);
            assert!(
                deploy.contains("\n  queue: max\n") && !deploy.contains("cancel-in-progress"),
                "{deploy}"
            );
        }
    }
    let hello = hello().workflow();
    assert!(hello.contains("group: pipec-hello-${{ github.run_id }}\n  cancel-in-progress: false"));
    let service = service().workflow();
    assert!(service.contains("cancel-in-progress: ${{ github.event_name == 'pull_request' }}"));
}

#[test]
fn trap_16_groups_are_prefixed_and_in_lower_case() {
    let deploy = job(&hello().workflow(), "deploy-app-to-production");
    assert!(deploy.contains("\n  group: pipec-deploy-production/hello\n"));
}

/// Different names that join to the same words stay different. They are `eu-west` of the pipeline `shop`, and `eu` of
/// `west-shop`.
#[test]
fn trap_16_different_names_give_different_locks() {
    let lock = |pipeline: &str, region: &str| {
        let workflow = Build::new(pipeline, vec![on_push(&["main"])])
            .environment(environment(region))
            .stage("commit", Condition::Always)
            .node("app", artefact(ArtefactType::Binary, &["app"]), body(&["make"]), &[])
            .stage("release", Condition::Always)
            .node("deploy", deploy(&["app"], region), body(&["./deploy.sh"]), &["app"])
            .workflow();
        let deploy = job(&workflow, "deploy");
        deploy.split("group: ").nth(1).unwrap().lines().next().unwrap().to_owned()
    };
    assert_ne!(lock("shop", "eu-west"), lock("west-shop", "eu"));
}

#[test]
fn trap_17_no_workflow_calls_another() {
    for workflow in all() {
        assert!(!workflow.contains("\n    uses: ") && !workflow.contains("workflow_call"));
    }
}

#[test]
fn trap_18_artefacts_of_other_jobs_are_verified_before_use() {
    let deploy = job(&service().workflow(), "deploy-site-to-production");
    let at = |text: &str| deploy.find(text).unwrap_or_else(|| panic!("no {text} in {deploy}"));
    let verified = at("- name: Verify site");
    assert!(at("- name: Fetch site") < verified);
    assert!(deploy.contains("DIGEST: ${{ needs.site.outputs.digest }}"));
    let first_secret = deploy.find("secrets.").unwrap();
    assert!(
        verified < first_secret && verified < at("- name: Log in to AWS") && verified < at("- name: deploy")
    );
}

#[test]
fn trap_19_each_artefact_has_its_digest_from_its_own_job() {
    let workflow = service().workflow();
    let with_digest: Vec<&str> = job_ids(&workflow)
        .into_iter()
        .filter(|id| job(&workflow, id).contains("digest: ${{ steps.record.outputs.digest }}"))
        .collect();
    assert_eq!(with_digest, ["site"]);
}

#[test]
fn trap_19_each_leg_has_an_output_of_its_own() {
    let workflow = legs().workflow();
    let app = job(&workflow, "app");
    for leg in ["linux", "windows"] {
        let own =
            format!("digest-{leg}: ${{{{ matrix.leg == '{leg}' && steps.record.outputs.digest || '' }}}}");
        assert!(app.contains(&own), "{app}");
    }
    assert!(!app.contains("  digest: "), "{app}");
    let scan = job(&workflow, "scan");
    assert!(scan.contains("      linux ${{ needs.app.outputs.digest-linux }}\n"), "{scan}");
    assert!(scan.contains("APP_DIGEST: ${{ steps.legs-app.outputs.digest }}"), "{scan}");
}

#[test]
fn trap_21_tokens_have_only_the_rights_of_their_job() {
    for workflow in all() {
        assert!(workflow.contains("\npermissions: {}\n"));
        assert_eq!(
            workflow.matches("actions/checkout@").count(),
            workflow.matches("persist-credentials: false").count()
        );
    }
    let workflow = service().workflow();
    assert!(
        job(&workflow, "notes").contains("permissions:\n  contents: write # checkout; may write releases\n")
    );
    assert!(job(&workflow, "notes-untrusted").contains("permissions:\n  contents: read # checkout\n"));
}

#[test]
fn trap_22_actions_are_pinned_to_commits() {
    for workflow in all() {
        for line in workflow.lines().filter(|line| line.contains("uses: ")) {
            let (_, pin) = line.split_once('@').unwrap();
            let (commit, version) = pin.split_once(" # v").unwrap();
            assert!(commit.len() == 40 && commit.chars().all(|digit| digit.is_ascii_hexdigit()), "{line}");
            assert!(version.starts_with(|digit: char| digit.is_ascii_digit()), "{line}");
        }
    }
}

#[test]
fn trap_23_nothing_starts_with_rights_on_foreign_code() {
    for workflow in all() {
        for event in ["pull_request_target", "workflow_run", "issue_comment"] {
            assert!(!triggers(&workflow).contains(event));
        }
    }
}

#[test]
fn trap_24_apparent_expressions_stay_text() {
    let workflow = awkward().workflow();
    assert!(workflow.contains("TEMPLATE: a ${{ '${{' }} b }}"), "{workflow}");
    assert!(workflow.contains("- name: say ${{ '${{' }} x }}"));
    let encoded = job(&workflow, "expression");
    assert!(!encoded.contains("${{ github"), "the script itself is not in the text");
    assert!(
        encoded.contains("# in base64: GitHub would read a part of the script as an expression of its own")
    );
}

#[test]
fn trap_25_texts_are_measured_as_github_expands_them() {
    let long = |length: usize| {
        let mut value = Text::literal("{".repeat(length));
        value.append(Text::fact(Fact::CommitSha));
        hello().edit("unit", |node| node.body.env = vec![binding("LONG", value)]).complaints()
    };
    assert!(long(10_400).is_empty());
    assert_eq!(long(10_500), ["P1103 `LONG` of `unit` is too long for github to evaluate"]);
}

#[test]
fn trap_26_ids_are_short_and_unique() {
    let rename = |name: &str| hello().edit("unit", |node| node.name = name.to_owned()).complaints();
    assert!(rename(&"a".repeat(99)).is_empty());
    assert_eq!(rename(&"a".repeat(100)).len(), 1);
    assert_eq!(rename("verdict"), ["P1102 `verdict` is the name of a job that the compiler adds on GitHub"]);
    assert_eq!(rename("plan"), ["P1102 `plan` is the name of a job that the compiler adds on GitHub"]);
    let clash = service().edit("unit", |node| node.name = "notes-untrusted".to_owned());
    assert_eq!(clash.complaints(), ["P1102 two jobs would have the name `notes-untrusted` on GitHub"]);
}

#[test]
fn trap_61_a_retried_job_uploads_again_with_its_own_digest() {
    let app = job(&hello().workflow(), "app");
    assert!(app.contains("overwrite: true") && app.contains("if-no-files-found: error"));
}

#[test]
fn trap_62_every_script_stops_at_its_first_failure() {
    for workflow in all() {
        assert!(
            workflow
                .contains("\ndefaults:\n  run:\n    shell: bash --noprofile --norc -p -euo pipefail {0}\n")
        );
        assert_eq!(workflow.matches("shell:").count(), 1);
    }
}

#[test]
fn trap_20_jobs_pass_on_only_digests_outcomes_facts_and_approvals() {
    for workflow in all() {
        for id in job_ids(&workflow) {
            let job = job(&workflow, id);
            let Some((_, outputs)) = job.split_once("\noutputs:\n") else { continue };
            for line in outputs.lines().map_while(|line| line.strip_prefix("  ")) {
                let (name, value) = line.split_once(": ").unwrap();
                let known = [
                    ("digest", "${{ steps.record.outputs.digest }}".to_owned()),
                    ("outcome", "${{ steps.exempt.outputs.outcome }}".to_owned()),
                    ("approved-at", "${{ steps.override.outputs.approved-at }}".to_owned()),
                    ("approved-by", "${{ steps.override.outputs.approved-by }}".to_owned()),
                    ("expires", "${{ steps.override.outputs.expires }}".to_owned()),
                    ("review-by", "${{ steps.override.outputs.review-by }}".to_owned()),
                    ("reason", "${{ steps.exempt.outputs.reason }}".to_owned()),
                    ("not-due", "${{ steps.verdict.outputs.not-due }}".to_owned()),
                    (name, format!("${{{{ steps.plan.outputs.{name} }}}}")),
                ];
                let of_a_leg = name.starts_with("digest-")
                    && value.starts_with("${{ matrix.leg == '")
                    && value.ends_with("' && steps.record.outputs.digest || '' }}");
                assert!(of_a_leg || known.contains(&(name, value.to_owned())), "{line}");
            }
        }
    }
}

#[test]
fn trap_63_the_bytes_are_read_back_by_a_reader_that_is_not_the_writer() {
    let build = awkward();
    let mut files = build.output().files;
    let found =
        |files: &[GeneratedFile]| one_pipeline::verify(&build.program, &build.pipeline, files).findings;
    assert!(found(&files).is_empty());
    // Text that the writer never produced is compared by its meaning, not by its form.
    files[0].text = files[0].text.replacen("cancel-in-progress: false", "'cancel-in-progress':   false", 1);
    assert!(found(&files).is_empty(), "another spelling means the same");
    files[0].text = files[0].text.replacen("permissions: {}", "permissions: { }\n\tx: 1", 1);
    assert!(!found(&files).is_empty(), "a tab is no indentation");
}

/// Statements that only a setting or a machine can make true. Each has the words of the reference about it.
const ASSUMED: &[(&str, &str)] = &[
    ("protected branches and tags", "The branches and tags of `protect` are protected"),
    ("administrators", "administrators don't bypass this"),
    (
        "branch policies and reviewers of environments",
        "Each environment accepts only the branches and tags whose runs may deploy to it",
    ),
    (
        "who may override, and when that was approved",
        "The environment `PIPELINE-override-GATE` requires the reviewers of the gate's role",
    ),
    (
        "the required check",
        "If a pipeline runs on pull requests, its check is required on their target branches",
    ),
    ("where secrets are stored", "Secrets are stored in their environment"),
    ("who may change variables", "decides what the nodes that read it do"),
    ("what a cloud trusts", "trusts an identity only from the environment of its deploys"),
    ("who stops a deploy half-way", "the five minutes that GitHub gives a cancelled job"),
    ("who else writes deployments", "Only this workflow writes the deployments of its environments"),
    ("what pinned actions do", "Actions, at their pinned commits, do what they claim to do"),
    ("what images do", "Nobody moves the tag of an image without a digest"),
    ("what raw steps do", "The effect of the raw steps of an `engine` block is assumed"),
    ("what a failed attempt leaves elsewhere", "does not mislead the next attempt"),
    ("what scripts do with what they hold", "never mention it leave it alone"),
    ("tools of the machines", "Runners have bash and tar"),
    ("what a build leaves behind on the machine that pushes", "do not spy on the push"),
    ("who enters an ephemeral environment", "An ephemeral environment accepts `refs/pull/*/merge`"),
    ("the clock of the sweep", "GitHub starts the hourly sweep of ephemeral environments"),
    (
        "what gates of a deploy find",
        "Between a deploy and the gates that read its environment, nobody else deploys there",
    ),
];

#[test]
fn trap_64_the_reference_lists_what_remains_assumed() {
    let page = include_str!("../../../../compiler/docs/github.md");
    let (_, assumed) = page.split_once("## What remains assumed\n").unwrap();
    let (assumed, _) = assumed.split_once("\n## ").unwrap();
    for (what, words) in ASSUMED {
        assert!(assumed.contains(words), "{what} is not owned up to");
    }
    assert_eq!(
        assumed.lines().filter(|line| line.starts_with("- ")).count(),
        20,
        "a new one needs words above"
    );
}

#[test]
fn only_nodes_that_may_write_get_the_token() {
    let workflow = service().workflow();
    let with_token: Vec<&str> = job_ids(&workflow)
        .into_iter()
        .filter(|id| job(&workflow, id).contains("PIPE_TOKEN: ${{ github.token }}"))
        .collect();
    assert_eq!(with_token, ["notes"]);
    let untrusted = job(&workflow, "notes-untrusted");
    assert!(untrusted.contains("PIPE_TOKEN: \"\"") && !untrusted.contains("github.token"));
    assert!(!hello().workflow().contains("PIPE_TOKEN"));
}

#[test]
fn jobs_do_not_wait_for_jobs_of_other_runs() {
    let workflow = Build::new("tagged", vec![on_push(&["main"]), Trigger::Tag(globs(&["v*"]), origin())])
        .environment(environment("production"))
        .stage("commit", Condition::Always)
        .node("unit", NodeKind::Gate(gate("test", &[])), body(&["t"]), &[])
        .node("app", artefact(ArtefactType::Binary, &["app"]), body(&["b"]), &[])
        .stage("branches", Condition::Event(Event::Push))
        .node("report", NodeKind::Job, body(&["r"]), &["unit"])
        .stage("release", Condition::Event(Event::Tag))
        .node(
            "deploy-app-to-production",
            deploy(&["app"], "production"),
            body(&["d"]),
            &["unit", "app", "report"],
        )
        .workflow();
    assert_eq!(needs(&workflow, "deploy-app-to-production"), ["unit", "app"]);
    assert!(!all_before(&workflow, "deploy-app-to-production").contains("report"));
}

#[test]
fn conditions_of_predecessors_omit_implied_parts() {
    let push = || Condition::Event(Event::Push);
    let docs = || Condition::Changed(vec![Change::Glob(glob("docs/**"))]);
    let workflow = Build::new("two", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .stage("pages", Condition::All(vec![push(), docs()]))
        .node("links", NodeKind::Gate(gate("test", &[])), body(&["t"]), &[])
        .stage("after", push())
        .node("last", NodeKind::Job, body(&["l"]), &["links"])
        .workflow();
    let condition = condition(&workflow, "last").unwrap();
    let links = "(needs.links.result == 'success' || needs.plan.outputs.changed-docs != 'true')";
    assert!(condition.ends_with(links), "{condition}");
}

#[test]
fn the_verdict_checks_any_number_of_jobs() {
    let mut build = Build::new("large", vec![on_push(&["main"]), on_pull_request(&["main"])])
        .environment(environment("production"))
        .stage("commit", Condition::Event(Event::Push));
    let names: Vec<String> = (0..260).map(|number| format!("gate-{number}")).collect();
    for name in &names {
        build = build.node(name, NodeKind::Gate(gate("test", &[])), body(&["t"]), &[]);
    }
    let before: Vec<&str> = names.iter().map(String::as_str).chain(["app"]).collect();
    let build = build
        .node("app", artefact(ArtefactType::Binary, &["app"]), body(&["b"]), &[])
        .stage("release", Condition::Event(Event::Push))
        .node("deploy-app-to-production", deploy(&["app"], "production"), body(&["d"]), &before);
    let verdict = job(&build.workflow(), "verdict");
    for variable in ["    DUE: |-", "    DUE_2: |-"] {
        assert!(verdict.contains(variable), "{variable}");
    }
    for name in names {
        assert_eq!(verdict.matches(&format!("      {name} ${{{{ github.event_name")).count(), 1);
    }
}

#[test]
fn jobs_with_rights_are_split_for_unreviewed_code() {
    let workflow = service().workflow();
    assert_eq!(condition(&workflow, "notes").unwrap(), "github.event_name != 'pull_request'");
    assert_eq!(condition(&workflow, "notes-untrusted").unwrap(), "github.event_name == 'pull_request'");
    let untrusted = job(&workflow, "notes-untrusted");
    assert!(untrusted.contains("CHAT_TOKEN: \"\"") && !untrusted.contains("secrets."));
    let after = service()
        .stage("after", Condition::Always)
        .node("last", NodeKind::Job, body(&["true"]), &["notes"])
        .workflow();
    let either = "(needs.notes.result == 'success' || needs.notes-untrusted.result == 'success')";
    assert_eq!(condition(&after, "last").unwrap(), format!("!cancelled() && {either}"));
    assert_eq!(needs(&after, "last"), ["notes", "notes-untrusted"]);
}

#[test]
fn jobs_wait_for_predecessors_in_their_runs() {
    let condition = condition(&every_event().workflow(), "deploy-app-to-production").unwrap();
    assert!(condition.contains("(needs.soak.result == 'success' || !(github.event_name == 'schedule' || "));
}

#[test]
fn a_stage_with_a_deploy_is_in_no_scheduled_run() {
    let condition = condition(&every_event().workflow(), "app").unwrap();
    assert!(condition.ends_with("github.event_name != 'schedule'"), "{condition}");
}

#[test]
fn nothing_waits_for_an_advisory_gate() {
    let workflow = service().workflow();
    let style = "style".to_owned();
    for id in job_ids(&workflow) {
        assert_eq!(needs(&workflow, id).contains(&style), id == "record", "{id}");
    }
}

#[test]
fn the_same_pipeline_gives_the_same_bytes_and_every_job_knows_its_source() {
    assert_eq!(service().workflow(), service().workflow());
    let output = service().output();
    let file = &output.files[0];
    assert_eq!(file.path, ".github/workflows/storefront.yml");
    let origins: Vec<&str> = file.origins.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(origins, job_ids(&file.text));
}

#[test]
fn a_workflow_is_known_as_generated() {
    let target = pipec_github::GitHub;
    let text = programs::hello().workflow();
    let header = "# Generated by pipec from hello.pipe. Edit that, then run `pipec build`.\nname: hello\n";
    assert!(text.starts_with(header), "{text}");
    assert!(target.is_generated(&text));
    assert!(!target.is_generated("name: hello\n"));
}

/// The name of the job `verdict`.
fn check_of(build: &Build) -> String {
    let text = build.workflow();
    let (_, job) = text.split_once("\n  verdict:\n    name: ").unwrap();
    job.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn trap_09_no_job_of_the_workspace_has_the_name_of_a_check() {
    let named = |name: &str| {
        let mut build = hello();
        build.pipeline.name = name.to_owned();
        build
    };
    assert_eq!(check_of(&named("shop")), "shop");
    for taken in ["unit", "app", "plan", "record", "verdict", "unit-untrusted", "override-unit"] {
        assert_eq!(check_of(&named(taken)), format!("{taken} verdict"), "a job of its own");
    }
    let mut beside = named("shop");
    let mut other = hello().pipeline;
    other.name = "other".to_owned();
    other.nodes[0].name = "shop".to_owned();
    beside.program.pipelines.push(other.into());
    assert_eq!(check_of(&beside), "shop verdict", "a job of another pipeline");
    let good = beside.output().files;
    let text = good[0].text.replacen("name: shop verdict", "name: shop", 1);
    let wrong = [GeneratedFile { text, ..good[0].clone() }];
    let found = one_pipeline::verify(&beside.program, &beside.pipeline, &wrong).findings;
    let said: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
    assert!(
        said.iter().any(|it| it.contains("a job of the workspace has the name of the check")),
        "{said:?}"
    );
}
