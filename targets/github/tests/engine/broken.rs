//! The model detects good output that is broken in one place.
//!
//! It names the lost guarantee. The numbers are those of the traps in the engine semantics, section 6.

use crate::sample::{containers, hello, images, library, newest, one_way, rights, shop, tools, workshop};
use crate::whole::{compiled, findings};
use pipec_ir::GeneratedFile;

/// The text with each condition on one line.
pub fn unfolded(text: &str) -> String {
    ["&& ", "|| "].iter().fold(text.to_owned(), |text, sign| {
        let on_line = format!(" {sign}");
        ["\n      ", "\n          "]
            .iter()
            .fold(text, |text, from| text.replace(&format!("{from}{sign}"), &on_line))
    })
}

/// Replaces a text once, within a job. If `job` is empty, in the whole file. Each condition has one line before.
pub fn edited(text: &str, job: &str, from: &str, to: &str) -> String {
    let text = &unfolded(text);
    let start = if job.is_empty() { 0 } else { text.find(&format!("\n  {job}:\n")).unwrap() + 1 };
    let (before, rest) = text.split_at(start);
    let body = rest.find('\n').unwrap() + 1;
    let next = rest.split_at(body).1.lines().scan(body, |offset, line| {
        let here = *offset;
        *offset += line.len() + 1;
        Some((here, line))
    });
    let end = next
        .filter(|(_, line)| {
            !job.is_empty() && line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(':')
        })
        .map(|(offset, _)| offset)
        .next()
        .unwrap_or(rest.len());
    let (own, after) = rest.split_at(end);
    assert!(own.contains(from), "`{from}` is not in `{job}`:\n{own}");
    format!("{before}{}{after}", own.replacen(from, to, 1))
}

macro_rules! broken {
    ($($(#[$doc:meta])* $name:ident: $build:ident { $($job:literal: $from:expr => $to:expr),+ } $phrase:literal;)+) => {
        $(
            $(#[$doc])*
            #[test]
            fn $name() {
                let build = $build();
                let good = compiled(&build);
                let mut text = good.text.clone();
                $(text = edited(&text, $job, $from, $to);)+
                let findings = findings(&build, &GeneratedFile { text, ..good });
                assert!(!findings.is_empty(), "nothing is found");
                assert!(findings.iter().any(|line| line.contains($phrase)), "{}", findings.join("\n"));
            }
        )+
    };
}

pub(crate) use broken;

broken! {
    // Conditions of deploys.
    trap_01_always_beside_the_condition: shop {
        "deploy-app-to-production": "!cancelled() && (needs.links" => "always() || (needs.links"
    } "`unit` has not passed";
    trap_01_always_alone: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ always() }}\n"
    } "`unit` has not passed";
    trap_01_no_failure_lets_a_skipped_gate_pass: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ !cancelled() && !failure() && needs.app.result == 'success' }}\n"
    } "`unit` has not passed";
    trap_01_not_failed_is_not_success: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ !cancelled() && needs.unit.result != 'failure' && needs.app.result == 'success' }}\n"
    } "`unit` has not passed";
    trap_01_not_cancelled_alone: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ !cancelled() }}\n"
    } "`unit` has not passed";
    trap_01_success_or_anything: shop {
        "deploy-app-to-production": "needs.journeys.result == 'success'"
            => "(needs.journeys.result == 'success' || github.event_name == 'push')"
    } "`journeys` has not passed";
    trap_01_failure_starts_it: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ failure() || needs.unit.result == 'success' && needs.app.result == 'success' }}\n"
    } "`unit` has not passed";
    one_conjunct_of_a_condition_dropped: shop {
        "deploy-app-to-staging": " && needs.scan.result == 'success'" => ""
    } "`scan` has not passed";
    trap_02_a_gate_left_out_of_needs: shop {
        "deploy-app-to-staging": "scan, " => "",
        "deploy-app-to-staging": " && needs.scan.result == 'success'" => ""
    } "`scan` has not passed";
    trap_02_a_gate_asked_for_but_not_needed: shop {
        "deploy-app-to-staging": "scan, " => ""
    } "does not start";
    trap_02_an_unneeded_result_is_null: shop {
        "deploy-app-to-staging": "scan, " => "",
        "deploy-app-to-staging": "needs.scan.result == 'success'" => "needs.scan.result != 'failure'"
    } "`scan` has not passed";
    trap_02_an_implicit_success_skips_what_is_due: shop {
        "deploy-app-to-production": "!cancelled() && " => "success() && "
    } "does not start";
    trap_02_a_job_between_that_demands_less: shop {
        "journeys": " && needs.deploy-app-to-staging.result == 'success'" => ""
    } "`deploy-app-to-production` starts, though `unit` has not passed";
    trap_02_a_job_between_that_always_starts: shop {
        "scan": "    if: ${{ github.event_name != 'pull_request' && github.event_name != 'merge_group' }}\n"
            => "    if: ${{ always() && github.event_name != 'pull_request' && github.event_name != 'merge_group' }}\n"
    } "`deploy-app-to-staging` starts, though `app` has not passed";
    trap_02_a_job_between_that_takes_a_failure: shop {
        "journeys": "needs.deploy-app-to-staging.result == 'success'" => "needs.deploy-app-to-staging.result != 'cancelled'"
    } "`deploy-app-to-production` starts, though `scan` has not passed";
    trap_02_a_job_between_whose_failure_counts: shop {
        "deploy-app-to-production": "needs.journeys.result == 'success'" => "needs.journeys.result == 'failure'"
    } "`deploy-app-to-production` starts, though `unit` has not passed";
    a_variable_of_the_job_that_a_fixed_script_reads: hello {
        "deploy-app-to-production": "    steps:\n" => "    env:\n      FILE: other\n    steps:\n"
    } "`FILE` reaches steps that are no scripts of its node";
    a_variable_of_the_job_that_no_script_has: hello {
        "deploy-app-to-production": "    steps:\n" => "    env:\n      MODE: other\n    steps:\n"
    } "its scripts are given `MODE`";
    a_variable_of_a_job_of_no_node: hello {
        "verdict": "    steps:\n" => "    env:\n      MODE: other\n    steps:\n"
    } "it has variables, though it belongs to no node";
    a_variable_of_the_job_that_is_secret: shop {
        "deploy-app-to-production": "    steps:\n" => "    env:\n      MODE: ${{ secrets.DATABASE_URL }}\n    steps:\n"
    } "passes on a secret";
    a_variable_of_the_job_from_the_machine: hello {
        "deploy-app-to-production": "    steps:\n" => "    env:\n      MODE: ${{ runner.temp }}\n    steps:\n"
    } "its `env` asks for `runner`";
    trap_11_a_plan_that_takes_tags: shop {
        "plan": "workflow_dispatch:tag" => "workflow_dispatch:"
    } "something else than to plan";
    a_fact_of_two_lines: shop {
        "plan": "            branch-is-main branch ^main$\n" => "            branch-is-main branch ^main$\n            branch-is-main branch ^main$\n"
    } "its stage is not in this run";

    trap_03_a_status_function_in_passing: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ vars.fast || failure() }}\n"
    } "has not passed";
    trap_07_a_gate_that_timed_out_counts: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ !cancelled() && needs.app.result == 'success' && (needs.unit.result == 'success' || needs.unit.result == 'cancelled') }}\n"
    } "`unit` has not passed";
    a_skipped_gate_counts: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ !cancelled() && needs.app.result == 'success' && contains(fromJSON('[\"success\", \"skipped\"]'), needs.unit.result) }}\n"
    } "`unit` has not passed";
    the_wrong_gate_is_asked: shop {
        "deploy-app-to-staging": "needs.scan.result == 'success'" => "needs.app.result == 'success'"
    } "`scan` has not passed";
    the_plan_may_fail: shop {
        "unit": "    needs: [plan]\n" => "    needs: [plan]\n    if: ${{ !cancelled() }}\n"
    } "no trigger lets this run in";
    a_conditional_gate_counts_in_runs_of_its_own: shop {
        "deploy-app-to-staging": "needs.plan.outputs.changed-docs != 'true'" => "needs.plan.outputs.changed-docs == 'true'"
    } "`links` has not passed";
    a_conditional_gate_that_was_skipped_counts_for_failed: shop {
        "deploy-app-to-production": "(needs.links.result == 'success' || needs.plan.outputs.changed-docs != 'true')"
            => "needs.links.result == 'success'"
    } "does not start";
    a_branch_is_not_asked_for: shop {
        "deploy-app-to-staging": "needs.plan.outputs.branch-is-main == 'true' && " => ""
    } "its stage is not in this run";
    a_fact_is_negated: shop {
        "deploy-app-to-staging": "branch-is-main == 'true'" => "branch-is-main != 'true'"
    } "its stage is not in this run";
    a_fact_of_another_name: shop {
        "deploy-app-to-staging": "branch-is-main == 'true'" => "changed-docs == 'true'"
    } "its stage is not in this run";
    an_unknown_variable_decides: shop {
        "deploy-app-to-staging": "needs.plan.outputs.branch-is-main == 'true'" => "vars.RELEASE == 'true'"
    } "its stage is not in this run";
    an_input_in_any_case: shop {
        "deploy-app-to-europe": "needs.plan.outputs.input-target-is-europe == 'true'" => "inputs.target == 'Europe'"
    } "its stage is not in this run";
    a_comparison_that_ignores_case: shop {
        "deploy-app-to-staging": "needs.plan.outputs.branch-is-main == 'true'" => "github.ref == 'refs/heads/main'"
    } "its stage is not in this run";
    a_name_that_may_be_a_tags: library {
        "deploy-crate-to-registry": "github.ref_type == 'tag' && needs.plan.outputs.tag-is-v == 'true'"
            => "startsWith(github.ref_name, 'v')"
    } "its stage is not in this run";
    a_deploy_on_a_schedule: library {
        "deploy-crate-to-registry": "github.event_name == 'push' && github.ref_type == 'tag' && needs.plan.outputs.tag-is-v == 'true'"
            => "always() && github.event_name == 'schedule'"
    } "its stage is not in this run";
    a_deploy_that_never_starts: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ github.event_name == 'never' }}\n"
    } "does not start";
    a_deploy_that_needs_too_much: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: ${{ github.event_name == 'pull_request' }}\n"
    } "does not start";

    // The result of a gate.
    trap_04_a_gate_goes_on_after_errors: hello {
        "unit": "    timeout-minutes" => "    continue-on-error: true\n    timeout-minutes"
    } "the run ignores its failure";
    trap_04_a_step_goes_on_after_errors: hello {
        "unit": "        run: cargo test" => "        continue-on-error: true\n        run: cargo test"
    } "ignores the failure of a step";
    trap_05_a_gate_with_a_condition_of_its_own: hello {
        "unit": "        run: cargo test" => "        if: ${{ github.actor == 'me' }}\n        run: cargo test"
    } "is green without the step";
    trap_05_a_step_that_never_runs: hello {
        "unit": "        run: cargo test" => "        if: ${{ false }}\n        run: cargo test"
    } "is green without the step";
    trap_05_a_script_that_runs_after_a_failure: hello {
        "deploy-app-to-production": "        run: ./deploy.sh" => "        if: ${{ always() }}\n        run: ./deploy.sh"
    } "where it may not";
    trap_05_an_exemption_without_reason: shop {
        "migrations": "needs.plan.outputs.changed-schema != 'false' && " => "needs.plan.outputs.changed-schema == 'never' && "
    } "is green without the step";
    trap_05_exempt_where_it_is_not: shop {
        "migrations": "changed-schema == 'false'" => "changed-schema != 'true'",
        "migrations": "if: ${{ needs.plan.outputs.changed-schema != 'true' }}" => "if: ${{ always() }}"
    } "where it may not";
    trap_05_exempt_for_members_too: shop {
        "migrations": "!(github.event_name == 'pull_request' && (" => "!(github.event_name == 'pull_request' || ("
    } "is green without the step";
    trap_05_checks_that_only_the_first_decides: shop {
        "unit": "steps.check-2.outcome == 'success' || steps.check-2.outcome == 'failure'"
            => "steps.check-2.outcome == 'failure'"
    } "is green without the step";
    trap_05_a_check_that_runs_after_a_failed_run: shop {
        "unit": "if: ${{ !cancelled() && (steps.check-2.outcome == 'success' || steps.check-2.outcome == 'failure') }}"
            => "if: ${{ always() }}"
    } "where it may not";
    trap_05_checks_without_a_condition: shop {
        "unit": "        if: ${{ !cancelled() && (steps.check-2.outcome == 'success' || steps.check-2.outcome == 'failure') }}\n"
            => ""
    } "is green without the step `unit`";
    trap_05_a_gate_without_its_script: hello {
        "unit": "      - name: unit\n        run: cargo test --locked\n" => ""
    } "a script of the source is missing";
    trap_06_a_block_scalar_is_always_true: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n"
            => "    needs: [unit, app]\n    if: |\n      ${{ success() }}\n"
    } "`unit` has not passed";
    trap_06_text_around_an_expression_is_always_true: hello {
        "deploy-app-to-production": "    needs: [unit, app]\n" => "    needs: [unit, app]\n    if: \"${{ success() }} \"\n"
    } "`unit` has not passed";
    trap_08_a_matrix_that_may_be_empty: hello {
        "unit": "    steps:" => "    strategy:\n      matrix:\n        leg: ${{ fromJSON('[]') }}\n    steps:"
    } "is split into legs";
    a_script_changed_by_a_byte: hello {
        "unit": "cargo test --locked" => "cargo test  --locked"
    } "the source asks for no such step";
    a_failure_swallowed: hello {
        "unit": "cargo test --locked" => "cargo test --locked || true"
    } "the source asks for no such step";
    a_step_that_nobody_asked_for: hello {
        "unit": "      - name: unit\n" => "      - name: more\n        run: touch ok\n      - name: unit\n"
    } "the source asks for no such step";
    an_encoded_script_changed: shop {
        "unit": "bnBtIHJ1biBsaW50" => "bnBtIHJ1biBsYW50"
    } "the source asks for no such step";
    trap_24_an_expression_in_a_script: hello {
        "unit": "cargo test --locked" => "cargo test --locked ${{ github.head_ref }}"
    } "an expression makes up a script";
    trap_62_a_shell_that_loses_failures: hello {
        "": "bash --noprofile --norc -p -euo pipefail {0}" => "bash --noprofile --norc -p -uo pipefail {0}"
    } "its shell may lose";
    trap_62_a_step_with_a_shell_of_its_own: hello {
        "unit": "        run: cargo test" => "        shell: bash {0}\n        run: cargo test"
    } "says `shell`";
    trap_62_a_variable_that_changes_the_shell: hello {
        "unit": "        run: cargo test" => "        env:\n          BASH_ENV: ./evil.sh\n        run: cargo test"
    } "`BASH_ENV`";
    a_script_in_another_folder: hello {
        "unit": "        run: cargo test" => "        working-directory: empty\n        run: cargo test"
    } "another directory";
    the_verification_changed_by_a_byte: hello {
        "deploy-app-to-production": "sha256sum --check --strict" => "sha256sum --check --status"
    } "the source asks for no such step";

    // Reports, and files kept after a failure.
    trap_04_a_report_that_decides: workshop {
        "unit": "        continue-on-error: true # a report decides nothing\n" => ""
    } "ignores a failure that counts";
    trap_04_a_script_beside_reports_that_goes_on: workshop {
        "unit": "        working-directory: app\n        run: make test" => "        continue-on-error: true\n        working-directory: app\n        run: make test"
    } "ignores a failure that counts";
    trap_04_the_verdict_goes_on: hello {
        "verdict": "        env:" => "        continue-on-error: true\n        env:"
    } "ignores the failure of a step";
    trap_04_the_plan_goes_on: shop {
        "plan": "        id: plan\n" => "        id: plan\n        continue-on-error: true\n"
    } "ignores the failure of a step";
    a_report_that_is_not_shown_after_a_failure: workshop {
        "unit": "        if: ${{ !cancelled() }}\n" => ""
    } "leaves out the step";
    a_report_of_an_exempt_gate_that_is_never_shown: workshop {
        "spelling": "!cancelled() && !(" => "!cancelled() && ("
    } "leaves out the step";
    what_is_kept_after_a_success_only: workshop {
        "unit": "failure() || cancelled()" => "success()"
    } "leaves out the step";
    another_report_is_shown: workshop {
        "unit": "REPORT: ^out/[^/]*\\.xml$" => "REPORT: ^.*$"
    } "shows or keeps something else";
    another_file_is_kept: workshop {
        "unit": "            app/logs/**\n" => "            ../_temp/**\n"
    } "shows or keeps something else";
    a_report_under_the_name_of_an_artefact: workshop {
        "unit": "          name: junit unit\n" => "          name: app\n"
    } "shows or keeps something else";
    a_report_under_the_name_of_another_nodes: workshop {
        "unit": "          name: junit unit\n" => "          name: sarif sast\n"
    } "shows or keeps something else";
    a_report_kept_as_an_artefact: workshop {
        "unit": "          name: junit unit\n" => "          name: unit\n"
    } "it has 1 step of the kind `upload`";
    an_artefact_that_may_be_missing: hello {
        "app": "          if-no-files-found: error\n" => "          if-no-files-found: ${{ vars.IF_MISSING }}\n"
    } "keeps something else than what it recorded";
    a_report_that_is_missing_fails: workshop {
        "unit": "          if-no-files-found: ignore" => "          if-no-files-found: error"
    } "shows or keeps something else";
    hidden_files_are_kept_too: workshop {
        "unit": "          name: failure unit\n" => "          name: failure unit\n          include-hidden-files: true\n"
    } "shows or keeps something else";
    a_report_more: workshop {
        "spelling": "          name: html spelling\n" => "          name: html spelling\n          retention-days: 90\n"
    } "`retention-days`";
    a_report_made_of_a_secret: workshop {
        "unit": "          KEPT: junit unit\n" => "          KEPT: ${{ github.token }}\n"
    } "passes on a secret";
    a_report_sent_elsewhere: workshop {
        "sast": "          category: workshop/sast/sarif" => "          category: workshop/sast/sarif\n          token: other"
    } "`token`";
    a_report_in_the_place_of_another: workshop {
        "sast": "          category: workshop/sast/sarif" => "          category: codeql"
    } "shows or keeps something else";
    a_report_sent_by_another_commit: workshop {
        "sast": "upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e" => "upload-sarif@v4"
    } "no pinned action";
    trap_21_the_right_to_report_on_pull_requests: workshop {
        "sast": "github.event_name != 'pull_request'" => "github.event_name != 'never'"
    } "that nobody reviewed";
    trap_21_the_right_to_report_without_a_clause: workshop {
        "unit": "      contents: read # checkout" => "      contents: read\n      security-events: write"
    } "`security-events: write`";
    trap_21_the_right_to_report_in_the_untrusted_twin: workshop {
        "sast-untrusted": "      contents: read # checkout" => "      contents: read\n      security-events: write"
    } "`security-events: write`";

    // Triggers.
    trap_11_a_wider_branch_filter: hello {
        "": "branches: [main]" => "branches: [\"**\"]"
    } "no trigger lets this run in";
    trap_11_no_filter_at_all: hello {
        "": "  push:\n    branches: [main]" => "  push:"
    } "no trigger";
    trap_11_a_manual_run_that_nobody_asked_for: hello {
        "": "on:\n" => "on:\n  workflow_dispatch:\n"
    } "`workflow_dispatch` starts it";
    trap_11_a_manual_run_of_a_tag: shop {
        "unit": "    needs: [plan]\n" => "    needs: [plan]\n    if: ${{ !cancelled() && needs.plan.result == 'failure' }}\n"
    } "no trigger lets this run in";
    trap_11_tags_as_well: hello {
        "": "branches: [main]" => "branches: [main]\n    tags: [\"v*\"]"
    } "a tag starts it";
    trap_11_fewer_branches: shop {
        "": "branches: [main, release/*]" => "branches: [main]"
    } "does not start";
    a_negative_filter: hello {
        "": "branches: [main]" => "branches: [main, \"!main\"]"
    } "`unit` does not start, though it is due";
    trap_10_a_path_filter: hello {
        "": "branches: [main]" => "branches: [main]\n    paths-ignore: [\"docs/**\"]"
    } "paths-ignore";
    trap_23_pull_requests_with_secrets: shop {
        "": "  pull_request:\n" => "  pull_request_target:\n    branches: [main]\n  pull_request:\n"
    } "`pull_request_target` starts it";
    trap_23_after_another_workflow: hello {
        "": "on:\n" => "on:\n  workflow_run:\n    workflows: [ci]\n"
    } "`workflow_run` starts it";
    trap_23_a_comment: hello {
        "": "on:\n" => "on:\n  issue_comment:\n"
    } "`issue_comment` starts it";
    trap_23_a_call_from_outside: hello {
        "": "on:\n" => "on:\n  repository_dispatch:\n"
    } "`repository_dispatch` starts it";
    trap_22_a_call_from_another_workflow: hello {
        "": "on:\n" => "on:\n  workflow_call:\n"
    } "`workflow_call` starts it";
    a_closed_pull_request: shop {
        "": "  pull_request:\n" => "  pull_request:\n    types: [opened, closed]\n"
    } "other types";
    other_pull_requests: shop {
        "": "  pull_request:\n    branches: [main]" => "  pull_request:\n    branches: [\"**\"]"
    } "no trigger lets this run in";
    another_schedule: library {
        "": "0 3 * * 1-5" => "* * * * *"
    } "another schedule";
    an_input_more: shop {
        "": "    inputs:\n" => "    inputs:\n      skip:\n        type: boolean\n"
    } "input `skip`";
    an_input_of_another_type: shop {
        "": "        type: string\n" => "        type: boolean\n"
    } "another type";

    // Environments and locks.
    trap_13_no_environment: hello {
        "deploy-app-to-production": "    environment: production\n" => ""
    } "no environment";
    trap_13_another_environment: hello {
        "deploy-app-to-production": "environment: production\n" => "environment: staging\n"
    } "its environment has another name";
    trap_13_a_name_made_up_in_the_run: hello {
        "deploy-app-to-production": "environment: production\n" => "environment: ${{ vars.ENVIRONMENT }}\n"
    } "its environment has another name";
    trap_13_an_environment_without_a_deployment: hello {
        "deploy-app-to-production": "environment: production\n" => "environment:\n      name: production\n      deployment: false\n"
    } "record of a deployment";
    trap_13_secrets_outside_their_environment: shop {
        "scan": "    environment:\n      name: shop-scan\n      deployment: false # only for the secrets and identities of this job\n" => ""
    } "no environment";
    trap_12_an_approval_since_a_deploy_of_another_workflow: shop {
        "deploy-app-to-production": "          WORKFLOW: shop.yml" => "          WORKFLOW: other.yml"
    } "asks about another environment";
    trap_12_authors_that_may_approve: shop {
        "deploy-app-to-production": "          authors=$(gh api" => "          authors='' # $(gh api"
    } "the source asks for no such step";
    trap_12_an_approval_of_another_environment: shop {
        "deploy-app-to-production": "          ENVIRONMENT: production" => "          ENVIRONMENT: staging"
    } "asks about another environment";
    trap_15_a_deploy_cancelled_half_way: hello {
        "deploy-app-to-production": "      queue: max" => "      cancel-in-progress: true"
    } "may be cancelled half-way";
    trap_15_a_waiting_deploy_is_dropped: hello {
        "deploy-app-to-production": "      queue: max\n" => ""
    } "may be dropped";
    trap_15_a_waiting_deploy_is_kept_beside_newer_ones: newest {
        "deploy-app-to-production": "      group: pipec-deploy-production/newest\n" => "      group: pipec-deploy-production/newest\n      queue: max\n"
    } "more deploys may wait";
    trap_15_the_newest_cancels_what_runs: newest {
        "deploy-app-to-production": "      group: pipec-deploy-production/newest\n" => "      group: pipec-deploy-production/newest\n      cancel-in-progress: true\n"
    } "may be cancelled half-way";
    trap_15_a_queue_of_another_length: hello {
        "deploy-app-to-production": "queue: max" => "queue: single"
    } "more deploys may wait";
    trap_15_no_lock: hello {
        "deploy-app-to-production": "    concurrency: # one deploy at a time; the others wait in order\n      group: pipec-deploy-production/hello\n      queue: max\n" => ""
    } "no lock";
    trap_15_runs_share_a_group: hello {
        "": "group: pipec-hello-${{ github.run_id }}" => "group: pipec-hello-${{ github.ref }}"
    } "may be dropped";
    trap_15_every_run_is_cancelled: shop {
        "": "${{ github.event_name == 'pull_request' && github.ref || github.run_id }}" => "${{ github.ref }}",
        "": "cancel-in-progress: ${{ github.event_name == 'pull_request' }}" => "cancel-in-progress: true"
    } "may be cancelled half-way";
    trap_16_a_group_in_upper_case: hello {
        "deploy-app-to-production": "pipec-deploy-production/hello" => "pipec-deploy-Production/hello"
    } "its lock is not that";
    trap_16_a_group_of_another_workflow: hello {
        "": "group: pipec-hello-" => "group: pipec-"
    } "its group is not its own";
    trap_17_the_lock_of_another_job: shop {
        "deploy-app-to-production": "pipec-deploy-production/shop" => "pipec-deploy-staging/shop"
    } "its lock is not that";
    a_lock_on_a_gate: hello {
        "unit": "    timeout-minutes" => "    concurrency:\n      group: pipec-deploy-production/hello\n    timeout-minutes"
    } "it has a lock";

    // Artefacts.
    trap_18_the_digest_is_not_checked: hello {
        "deploy-app-to-production": "DIGEST: ${{ needs.app.outputs.digest }}" => "DIGEST: \"sha256:0000\""
    } "for the digest";
    trap_18_the_digest_of_another_job: hello {
        "deploy-app-to-production": "DIGEST: ${{ needs.app.outputs.digest }}" => "DIGEST: ${{ needs.unit.outputs.digest }}"
    } "for the digest";
    trap_18_other_bytes_are_verified: hello {
        "deploy-app-to-production": "          NAME: app\n" => "          NAME: other\n"
    } "other bytes";
    trap_19_a_second_writer: hello {
        "unit": "      - name: unit\n" => "      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f\n        with:\n          name: app\n          path: ${{ runner.temp }}/app.tar\n      - name: unit\n"
    } "of the kind `upload`";
    trap_19_both_twins_at_once: shop {
        "pages": "github.event_name != 'pull_request' && " => ""
    } "its twin";
    trap_20_a_digest_from_elsewhere: hello {
        "app": "digest: ${{ steps.record.outputs.digest }}" => "digest: ${{ github.sha }}"
    } "not what its steps recorded";
    trap_20_no_digest: hello {
        "app": "    outputs:\n      digest: ${{ steps.record.outputs.digest }}\n" => ""
    } "does not hand on the digest";
    another_artefact_is_fetched: shop {
        "deploy-app-to-production": "          name: app\n" => "          name: pages\n"
    } "does not use";
    an_artefact_of_another_run: hello {
        "deploy-app-to-production": "          name: app\n" => "          name: app\n          run-id: 1\n"
    } "`run-id`";
    another_file_is_recorded: hello {
        "app": "FILE: target/release/app" => "FILE: target/debug/app"
    } "records something else";
    a_path_that_was_not_verified: hello {
        "deploy-app-to-production": "APP_PATH: ${{ runner.temp }}/artefacts/app/app" => "APP_PATH: target/release/app"
    } "`APP_PATH` is something else";

    // Rights and secrets.
    trap_21_rights_for_all_jobs: hello {
        "": "permissions: {}" => "permissions: write-all"
    } "it grants rights to all jobs";
    trap_21_a_right_more: hello {
        "unit": "      contents: read # checkout" => "      contents: read\n      packages: write"
    } "`packages: write`";
    trap_21_a_right_widened: hello {
        "unit": "contents: read" => "contents: write"
    } "`contents: write`";
    trap_21_no_permissions: hello {
        "": "permissions: {}\n\n" => "",
        "unit": "    permissions:\n      contents: read # checkout\n" => ""
    } "does not say which rights it has";
    trap_21_no_right_to_attest: rights {
        "all": "      attestations: write # may write attestations\n" => ""
    } "it lacks `attestations: write`";
    trap_21_nobody_to_sign_for: rights {
        "all": "      id-token: write # " => "      id-token: none # "
    } "it has `id-token: none`, where its clauses ask for `write`";
    trap_21_more_of_a_scope_than_a_right_gives: rights {
        "all": "      actions: read # " => "      actions: write # "
    } "it has `actions: write`, where its clauses ask for `read`";
    trap_21_a_scope_that_no_right_gives: rights {
        "all": "      statuses: write # may write statuses\n" => "      statuses: write # may write statuses\n      deployments: write\n"
    } "`deployments: write`, which no clause asks for";
    trap_23_a_twin_that_may_write: rights {
        "all-untrusted": "      contents: read # checkout\n" => "      contents: read # checkout\n      pull-requests: write\n"
    } "`pull-requests: write`, which no clause asks for";
    trap_21_a_right_less: hello {
        "deploy-app-to-production": "      deployments: read # what was deployed before\n" => ""
    } "lacks `deployments: read`";
    trap_14_a_token_of_identity: hello {
        "unit": "      contents: read # checkout" => "      contents: read\n      id-token: write"
    } "`id-token: write`";
    trap_22_an_action_by_its_tag: hello {
        "unit": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1" => "actions/checkout@v7"
    } "no pinned action";
    trap_22_an_action_at_an_unknown_commit: hello {
        "unit": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1" => "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b2"
    } "no pinned action";
    trap_22_another_action: hello {
        "unit": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1" => "evil/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
    } "the source asks for no such step";
    the_credentials_are_kept: hello {
        "unit": "persist-credentials: false" => "persist-credentials: true"
    } "keeps the credentials";
    another_commit_is_checked_out: hello {
        "unit": "persist-credentials: false" => "persist-credentials: false\n          ref: main"
    } "`ref`";
    a_secret_in_a_gate: shop {
        "unit": "        run: npm ci" => "        env:\n          TOKEN: ${{ secrets.DATABASE_URL }}\n        run: npm ci"
    } "passes on a secret";
    a_secret_in_the_output: shop {
        "app": "digest: ${{ steps.record.outputs.digest }}" => "digest: ${{ secrets.DATABASE_URL }}"
    } "passes on a secret";
    all_secrets_at_once: shop {
        "unit": "        run: npm ci" => "        env:\n          ALL: ${{ toJSON(secrets) }}\n        run: npm ci"
    } "passes on a secret";
    the_token_in_a_script: shop {
        "unit": "        run: npm ci" => "        env:\n          GH_TOKEN: ${{ github.token }}\n        run: npm ci"
    } "passes on a secret";
    the_token_without_a_clause: shop {
        "unit": "        run: npm ci" => "        env:\n          PIPE_TOKEN: ${{ github.token }}\n        run: npm ci"
    } "passes on a secret";
    the_token_under_another_name: shop {
        "pages": "PIPE_TOKEN: ${{ github.token }}" => "GH_TOKEN: ${{ github.token }}"
    } "passes on a secret";
    the_token_of_the_untrusted_twin: shop {
        "pages-untrusted": "PIPE_TOKEN: \"\"" => "PIPE_TOKEN: ${{ github.token }}"
    } "passes on a secret";
    the_token_withheld: shop {
        "pages": "          PIPE_TOKEN: ${{ github.token }}\n" => ""
    } "not given `PIPE_TOKEN`";
    a_secret_as_the_token: shop {
        "pages": "PIPE_TOKEN: ${{ github.token }}" => "PIPE_TOKEN: ${{ secrets.DATABASE_URL }}"
    } "passes on a secret";
    the_whole_context_in_a_script: shop {
        "unit": "        run: npm ci" => "        env:\n          ALL: ${{ toJSON(github) }}\n        run: npm ci"
    } "passes on a secret";
    a_secret_of_the_untrusted_twin: shop {
        "scan-untrusted": "SCAN_TOKEN: \"\"" => "SCAN_TOKEN: ${{ secrets.SCAN_TOKEN }}"
    } "passes on a secret";
    a_secret_on_pull_requests: shop {
        "scan": "github.event_name != 'pull_request' && " => ""
    } "that nobody reviewed";
    inherited_secrets: hello {
        "unit": "    steps:" => "    secrets: inherit\n    steps:"
    } "says `secrets`";
    another_identity: shop {
        "deploy-app-to-production": "arn:aws:iam::123456789012:role/shop" => "arn:aws:iam::123456789012:role/admin"
    } "identity that its node does not hold";

    // The general settings of jobs.
    no_timeout: hello {
        "unit": "    timeout-minutes: 10\n" => ""
    } "its timeout is not";
    a_longer_timeout: hello {
        "unit": "timeout-minutes: 10" => "timeout-minutes: 360"
    } "its timeout is not";
    another_machine: hello {
        "unit": "runs-on: ubuntu-24.04" => "runs-on: [self-hosted]"
    } "it runs on";
    a_job_of_no_node: hello {
        "": "jobs:\n" => "jobs:\n  more:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions: {}\n    steps:\n      - run: echo\n"
    } "it belongs to no node of the source";
    a_reusable_workflow: hello {
        "unit": "    steps:" => "    uses: acme/ci/.github/workflows/x.yml@main\n    steps:"
    } "says `uses`";
    a_container: hello {
        "unit": "    steps:" => "    container: evil:latest\n    steps:"
    } "runs in another image";
    variables_for_all_jobs: hello {
        "": "permissions: {}" => "env:\n  PATH: ./bin\n\npermissions: {}"
    } "says `env`";
    trap_26_an_id_twice: hello {
        "": "\n  app:\n" => "\n  Unit:\n"
    } "occurs twice";
    trap_26_an_id_github_refuses: hello {
        "": "\n  unit:\n" => "\n  __unit:\n"
    } "no such id";
    trap_63_a_key_twice: hello {
        "unit": "    timeout-minutes: 10\n" => "    timeout-minutes: 10\n    Timeout-Minutes: 10\n"
    } "occurs twice";
    trap_63_two_documents: hello {
        "": "permissions: {}" => "---\npermissions: {}"
    } "can't read it";

    // The plan.
    the_plan_tests_another_branch: shop {
        "plan": "branch-is-main branch ^main$" => "branch-is-main branch ^.*$"
    } "its stage is not in this run";
    the_plan_tests_another_kind: shop {
        "plan": "changed-schema changed-kind schema" => "changed-schema changed-kind docs"
    } "is green without the step";
    the_plan_knows_other_paths: shop {
        "plan": "schema ^migrations/.*$" => "schema ^db/.*$"
    } "other kinds of change";
    the_plan_forgets_its_source: shop {
        "plan": "            shop.pipe\n" => ""
    } "every file of the source";
    the_plan_asks_for_another_workflow: shop {
        "plan": "WORKFLOW: shop.yml" => "WORKFLOW: ci.yml"
    } "runs of another workflow";
    the_plan_is_changed_by_a_byte: shop {
        "plan": "holds=false" => "holds=true"
    } "something else than to plan";
    an_output_of_the_plan_is_a_constant: shop {
        "plan": "branch-is-main: ${{ steps.plan.outputs.branch-is-main }}" => "branch-is-main: \"true\""
    } "its stage is not in this run";
    an_output_of_the_plan_is_another: shop {
        "plan": "changed-schema: ${{ steps.plan.outputs.changed-schema }}" => "changed-schema: ${{ steps.plan.outputs.changed-docs }}"
    } "is green without the step";
    the_plan_takes_another_input: shop {
        "plan": "INPUT_TARGET: ${{ inputs.target }}" => "INPUT_TARGET: ${{ github.ref_name }}"
    } "its stage is not in this run";

    // The verdict.
    trap_09_a_verdict_that_may_be_skipped: hello {
        "verdict": "always()" => "success()"
    } "does not always run";
    trap_09_a_verdict_without_a_gate: shop {
        "verdict": "            scan ${{ github.event_name != 'pull_request' && github.event_name != 'merge_group' && 'due' || 'not-due' }}\n" => ""
    } "takes `scan` for due";
    trap_09_a_verdict_without_a_need: shop {
        "verdict": "unit, " => ""
    } "does not need `unit`";
    trap_09_a_verdict_that_takes_a_skip: shop {
        "verdict": "          DUE: |-\n" => "          DUE: |-\n            unit not-due\n"
    } "takes `unit` for due";
    trap_09_a_verdict_that_asks_another: shop {
        "verdict": "NEEDS: ${{ toJSON(needs) }}" => "NEEDS: ${{ toJSON(github.event) }}"
    } "something else than the results";
    trap_09_a_verdict_that_is_always_green: hello {
        "verdict": "length == 0" => "length >= 0"
    } "does not run the verdict's script";
    trap_09_a_verdict_of_another_condition: shop {
        "verdict": "needs.plan.outputs.changed-docs == 'true' && 'due'" => "needs.plan.outputs.changed-docs == 'false' && 'due'"
    } "takes `links` for due";
    trap_09_a_verdict_that_reads_another_variable: shop {
        "verdict": "          DUE: |-\n" => "          DUES: |-\n"
    } "something else than the results";
    trap_09_a_second_list_that_tells_another_tale: shop {
        "verdict": "        env:\n" => "        env:\n          DUE_2: unit not-due\n"
    } "takes `unit` for due";
    trap_09_no_verdict: hello {
        "": "\n  verdict:\n" => "\n  verdikt:\n"
    } "no job `verdict`";

    trap_09_a_verdict_with_a_shell_of_its_own: hello {
        "verdict": "        env:\n" => "        env:\n          BASH_ENV: ./green.sh\n"
    } "something else than the results";

    // Tools.
    a_tool_of_another_version: tools {
        "unit": "version: v1.34.1" => "version: v1.34.2"
    } "another tool, or another version";
    a_tool_of_another_file: tools {
        "unit": "node-version-file: .nvmrc" => "node-version-file: package.json"
    } "another tool, or another version";
    a_tool_of_another_maker: tools {
        "unit": "distribution: temurin" => "distribution: zulu"
    } "another tool, or another version";
    a_tool_that_fills_a_cache: tools {
        "unit": "          package-manager-cache: false\n" => ""
    } "another tool, or another version";
    a_tool_that_is_told_more: tools {
        "unit": "          package-manager-cache: false\n" => "          package-manager-cache: false\n          registry-url: https://npm.example\n"
    } "another tool, or another version";
    a_tool_that_nobody_asked_for: tools {
        "unit": "uses: Azure/setup-kubectl" => "uses: Azure/setup-helm"
    } "another tool, or another version";
    trap_22_a_tool_by_a_tag: tools {
        "unit": "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020" => "actions/setup-node@v7"
    } "no pinned action that is known";
    a_tool_set_up_only_sometimes: tools {
        "unit": "      - name: Set up Node.js\n" => "      - name: Set up Node.js\n        if: ${{ github.event_name == 'schedule' }}\n"
    } "is green without the step";
    another_toolchain: tools {
        "unit": "          VERSION: \"1.95.0\"" => "          VERSION: \"1.94.0\""
    } "another tool, or another version";
    a_toolchain_told_more: tools {
        "unit": "          VERSION: \"1.95.0\"\n" => "          VERSION: \"1.95.0\"\n          BASH_ENV: ./evil.sh\n"
    } "is given `BASH_ENV`";

    // Containers.
    trap_22_a_container_by_a_tag: containers {
        "app": "node:22-alpine@sha256:8094c002d08262dba12645a3b4a15cd6cd627d30bc782f53229a2ec13ee22a00" => "node:22-alpine"
    } "runs in another image";
    a_container_of_another_digest: containers {
        "scan": "box:1@sha256:0000" => "box:1@sha256:0001"
    } "runs in another image";
    a_container_left_out: containers {
        "app": "    container:\n      image: node:22-alpine@sha256:8094c002d08262dba12645a3b4a15cd6cd627d30bc782f53229a2ec13ee22a00\n" => ""
    } "runs in another image";
    a_container_that_is_told_more: containers {
        "app": "    container:\n" => "    container:\n      options: --privileged\n"
    } "runs in another image";
    a_container_that_takes_the_machines_folder: containers {
        "scan": "APP_PATH: /__w/_temp/artefacts/app" => "APP_PATH: ${{ runner.temp }}/artefacts/app"
    } "the folder of the machine";
    a_container_that_unpacks_elsewhere: containers {
        "scan": "          NAME: app\n" => "          NAME: ../app\n"
    } "other bytes";
    a_machine_that_takes_the_containers_folder: containers {
        "web": "PACKED: ${{ runner.temp }}/web.tar" => "PACKED: /__w/_temp/web.tar"
    } "records or pushes another image";

    // Images.
    trap_23_an_image_pushed_for_code_that_nobody_reviewed: images {
        "web": "if: ${{ github.event_name != 'pull_request' }}" => "if: ${{ github.event_name == 'push' || github.event_name == 'pull_request' }}"
    } "on code that nobody reviewed";
    trap_23_a_twin_that_pushes: images {
        "web-untrusted": "      contents: read # checkout\n" => "      contents: read # checkout\n      packages: write\n"
    } "`packages: write`, which no clause asks for";
    trap_21_an_image_without_the_right_to_push: images {
        "web": "      packages: write # pushes the image\n" => ""
    } "it lacks `packages: write`";
    trap_21_a_right_where_the_registry_has_a_login: images {
        "proxy": "      contents: read # checkout\n" => "      contents: read # checkout\n      packages: write\n"
    } "`packages: write`, which no clause asks for";
    trap_61_another_image_is_pushed: images {
        "web": "          DIGEST: ${{ steps.record.outputs.digest }}" => "          DIGEST: sha256:0000000000000000000000000000000000000000000000000000000000000000"
    } "pushes another image, or as another";
    an_image_pushed_under_another_name: images {
        "web": "          NAME: ghcr.io/acme/web" => "          NAME: ghcr.io/acme/wed"
    } "pushes another image, or as another";
    an_image_pushed_from_elsewhere: images {
        "web": "          LAYOUT: ${{ runner.temp }}/image-layout\n          REGISTRY" => "          LAYOUT: ${{ runner.temp }}/other\n          REGISTRY"
    } "pushes another image, or as another";
    an_image_recorded_from_elsewhere: images {
        "web": "          LAYOUT: ${{ runner.temp }}/image-layout\n          PACKED" => "          LAYOUT: ${{ runner.temp }}/other\n          PACKED"
    } "records or pushes another image";
    an_image_built_elsewhere: images {
        "web": "          PIPE_IMAGE_LAYOUT: ${{ runner.temp }}/image-layout\n        run: make web" => "          PIPE_IMAGE_LAYOUT: ${{ runner.temp }}/other\n        run: make web"
    } "`PIPE_IMAGE_LAYOUT` is something else";
    the_password_of_a_registry_in_a_script: images {
        "proxy": "        run: make proxy" => "          REGISTRY_PASSWORD: ${{ secrets.REGISTRY_PASSWORD }}\n        run: make proxy"
    } "passes on a secret";
    the_password_of_a_registry_as_the_users_name: images {
        "proxy": "REGISTRY_USER: ${{ secrets.REGISTRY_USER }}" => "REGISTRY_USER: ${{ secrets.REGISTRY_PASSWORD }}"
    } "passes on a secret";
    the_login_of_a_registry_where_the_token_is_meant: images {
        "proxy": "REGISTRY_PASSWORD: ${{ secrets.REGISTRY_PASSWORD }}" => "REGISTRY_PASSWORD: ${{ github.token }}"
    } "passes on a secret or a token";
    the_password_of_a_registry_outside_its_environment: images {
        "proxy": "    environment:\n      name: images-proxy\n      deployment: false # only for the secrets and identities of this job\n" => ""
    } "no environment";
    an_image_that_is_not_pushed: images {
        "web": "          REGISTRY_PASSWORD: ${{ github.token }}\n" => ""
    } "pushes another image, or as another";
    a_push_that_is_passed_over: images {
        "web": "      - name: Push web\n" => "      - name: Push web\n        if: ${{ github.event_name == 'schedule' }}\n"
    } "is green without the step `Push web`";
    trap_61_an_image_that_is_not_verified: images {
        "scan": "--check --strict --quiet" => "--check --status --quiet"
    } "the source asks for no such step";
    trap_61_an_image_verified_against_anything: images {
        "scan": "DIGEST: ${{ needs.web.outputs.digest || needs.web-untrusted.outputs.digest }}" => "DIGEST: ${{ needs.web-untrusted.outputs.digest }}"
    } "does not ask the producer of `web`";
    trap_61_an_image_deployed_by_a_tag: images {
        "deploy-web-proxy-to-production": "WEB_REF: ghcr.io/acme/web@${{ needs.web.outputs.digest }}" => "WEB_REF: ghcr.io/acme/web:latest"
    } "`WEB_REF` is something else";
    trap_61_an_image_deployed_under_the_digest_of_another: images {
        "deploy-web-proxy-to-production": "WEB_REF: ghcr.io/acme/web@${{ needs.web.outputs.digest }}" => "WEB_REF: ghcr.io/acme/web@${{ needs.proxy.outputs.digest }}"
    } "`WEB_REF` is something else";
    an_image_looked_for_in_the_registry_where_none_was_pushed: images {
        "scan": "WEB_REF: ${{ needs.web.outputs.digest && format(" => "WEB_REF: ${{ needs.web-untrusted.outputs.digest && format("
    } "`WEB_REF` is something else";

    // Order.
    an_exemption_in_silence: shop {
        "migrations": "needs.plan.outputs.changed-schema == 'false'" => "github.event_name == 'never'"
    } "exempt without a record";
    an_exemption_that_the_record_does_not_see: shop {
        "migrations": "      outcome: ${{ " => "      result: ${{ "
    } "does not hand on that it is exempt";
    an_exemption_whose_reason_the_record_does_not_see: shop {
        "migrations": "      reason: ${{ " => "      because: ${{ "
    } "does not hand on that it is exempt";
    an_exemption_with_the_reason_of_another: shop {
        "migrations": "REASON: there is no migration" => "REASON: forks have no database"
    } "runs the step `Exempt` where it may not";
    one_of_two_exemptions_that_the_record_does_not_see: shop {
        "migrations": "outcome: ${{ steps.exempt.outputs.outcome || " => "outcome: ${{ "
    } "its output `outcome` is not what its steps recorded";
    a_run_that_leaves_no_record: hello {
        "record": "if: ${{ always() }}" => "if: ${{ success() }}"
    } "it does not always run";
    a_record_that_leaves_out_a_job: hello {
        "record": "needs: [unit, " => "needs: ["
    } "it does not need `unit`";
    a_record_without_a_line_for_a_job: hello {
        "record": "            {\"job\": \"unit\"" => "            {\"job\": \"app\""
    } "it does not describe `unit`";
    a_record_of_another_kind_of_evidence: hello {
        "record": "\"evidence\": \"test\"" => "\"evidence\": \"lint\""
    } "it describes `unit` wrongly";
    a_record_of_a_way_back_that_is_there: hello {
        "record": "\"artefacts\": [\"app\"]}" => "\"artefacts\": [\"app\"], \"irreversible\": \"no\"}"
    } "it describes `deploy-app-to-production` wrongly";
    a_record_of_a_way_back_that_may_be_there: hello {
        "record": "\"artefacts\": [\"app\"]}" => "\"artefacts\": [\"app\"], \"irreversible\": null}"
    } "describes no node";
    a_record_of_a_gate_that_does_not_only_report: hello {
        "record": "\"evidence\": \"test\"}" => "\"evidence\": \"test\", \"advisory\": false}"
    } "it describes `unit` wrongly";
    a_record_with_a_line_that_is_a_list: hello {
        "record": "{\"job\": \"unit\", \"stage\": \"commit\", \"kind\": \"gate\", \"evidence\": \"test\"}"
            => "[\"unit\", \"unit\", \"unit\", \"commit\", \"gate\", \"test\", [], false, \"\", \"\", \"\", []]"
    } "describes no node";
    a_record_with_a_line_that_is_cut_off: hello {
        "record": "\"artefacts\": [\"app\"]}" => "\"artefacts\": [\"app\"]"
    } "is no JSON";
    a_record_that_leaves_out_that_nothing_leads_back: one_way {
        "record": ", \"irreversible\": \"a version is taken once\"}" => "}"
    } "it describes `deploy-app-to-production` wrongly";
    a_record_with_another_reason: one_way {
        "record": "a version is taken once" => "nobody asked"
    } "it describes `deploy-app-to-production` wrongly";
    a_record_of_results_made_up: hello {
        "record": "NEEDS: ${{ toJSON(needs) }}" => "NEEDS: ${{ toJSON(github) }}"
    } "its `NEEDS` is something else";
    a_record_told_a_secret: hello {
        "record": "          NEEDS:" => "          TOKEN: ${{ secrets.TOKEN }}\n          NEEDS:"
    } "its `TOKEN` is something else";
    a_record_that_is_not_kept: hello {
        "record": "path: record.json" => "path: elsewhere.json"
    } "it does not keep what it wrote";
    a_verdict_that_hides_what_was_not_due: shop {
        "verdict": "steps.verdict.outputs.not-due" => "steps.verdict.outputs.other"
    } "which jobs were not due";
    a_deploy_that_waits_for_an_advisory_gate: shop {
        "deploy-app-to-staging": "unit, " => "unit, style, ",
        "deploy-app-to-staging": "!cancelled()" => "!cancelled() && needs.style.result == 'success'"
    } "needs `style`, which only reports";
    trap_04_an_advisory_gate_that_makes_the_run_red: shop {
        "style": "    continue-on-error: true # advisory: being introduced\n" => ""
    } "though it only reports";
    trap_04_a_blocking_gate_called_advisory: shop {
        "unit": "    timeout-minutes" => "    continue-on-error: true # advisory: being introduced\n    timeout-minutes"
    } "the run ignores its failure";
    trap_04_an_expression_decides_what_is_advisory: shop {
        "style": "continue-on-error: true" => "continue-on-error: ${{ github.event_name == 'push' }}"
    } "though it only reports";
    trap_61_a_deploy_that_may_go_back: hello {
        "deploy-app-to-production": "WORKFLOW: hello.yml" => "WORKFLOW: other.yml"
    } "another environment, workflow or line of versions";
}

#[test]
fn a_counterexample_describes_the_run() {
    let build = shop();
    let good = compiled(&build);
    let from = "needs.plan.outputs.branch-is-main == 'true'";
    let text = edited(&good.text, "deploy-app-to-staging", from, "github.ref == 'refs/heads/main'");
    let findings = findings(&build, &GeneratedFile { text, ..good }).join("\n");
    let shown =
        findings.split("manual run of branch `").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    assert!(shown != "main" && shown.eq_ignore_ascii_case("main"), "{findings}");
}
