//! Good output with overrides, broken in one place.
//!
//! Each break passes a gate without its role, or for another gate or commit.

use crate::broken::{broken, edited};
use crate::sample::{Build, guarded, hotfix, pushed};
use crate::whole::{compiled, findings};
use pipec_ir::GeneratedFile;

fn pushed_by_hand() -> Build {
    pushed(true)
}

broken! {
    // The jobs that wait for the gate.
    the_approval_of_another_gate_counts: guarded {
        "deploy-app-to-production": "needs.override-journeys.result" => "needs.override-scan.result"
    } "`journeys` has not passed";
    an_approval_counts_in_any_run: guarded {
        "override-scan": " && needs.scan.result == 'failure'" => ""
    } "its gate has not failed";
    asking_for_an_override_is_enough: guarded {
        "links": "needs.override-scan.result == 'success'" => "inputs.override-gate == 'scan'"
    } "`scan` has not passed";
    an_override_that_failed_counts: hotfix {
        "deploy-app-to-production": "needs.override-unit.result == 'success'"
            => "needs.override-unit.result == 'failure'"
    } "`unit` has not passed";
    an_override_that_nobody_answered_counts: hotfix {
        "deploy-app-to-production": "needs.override-unit.result == 'success'"
            => "needs.override-unit.result != 'failure'"
    } "`unit` has not passed";
    an_override_that_is_not_needed_says_nothing: hotfix {
        "deploy-app-to-production": "override-unit, " => ""
    } "does not start";
    an_override_lets_every_gate_pass: guarded {
        "links": "needs.unit.result == 'success'"
            => "(needs.unit.result == 'success' || needs.override-scan.result == 'success')"
    } "`unit` has not passed";
    an_override_stops_nothing_but_its_gate: guarded {
        "deploy-app-to-staging": " || needs.override-scan.result == 'success'" => ""
    } "does not start";

    // The job that asks for the override.
    the_override_starts_before_its_gate_has_failed: hotfix {
        "override-unit": " && needs.unit.result == 'failure'" => ""
    } "its gate has not failed";
    the_override_starts_where_its_gate_was_cancelled: hotfix {
        "override-unit": "needs.unit.result == 'failure'" => "needs.unit.result != 'success'"
    } "its gate has not failed";
    the_override_starts_whatever_the_plan_says: hotfix {
        "override-unit": "needs.plan.result == 'success' && " => ""
    } "is no override of its gate";
    the_override_starts_for_another_gate: guarded {
        "override-scan": "inputs.override-gate == 'scan'" => "inputs.override-gate == 'journeys'"
    } "is no override of its gate";
    the_override_starts_in_every_run: hotfix {
        "override-unit": "inputs.override-gate == 'unit' && " => ""
    } "is no override of its gate";
    the_override_starts_after_another_gate: guarded {
        "override-scan": "needs.scan.result" => "needs.scan-untrusted.result",
        "override-scan": "needs: [plan, scan]" => "needs: [plan, scan, scan-untrusted]"
    } "its gate has not failed";
    the_override_is_never_asked_for: hotfix {
        "override-unit": "needs: [plan, unit]" => "needs: [plan]"
    } "does not start";
    the_override_asks_nobody: hotfix {
        "override-unit": "    environment: hello-override-unit\n" => ""
    } "has no environment";
    the_override_asks_in_another_environment: guarded {
        "override-scan": "environment: shop-override-scan" => "environment: shop-override-journeys"
    } "its environment has another name";
    the_override_asks_in_an_environment_of_the_input: hotfix {
        "override-unit": "environment: hello-override-unit" => "environment: hello-override-${{ inputs.override-gate }}"
    } "its environment has another name";
    the_override_is_no_deployment: hotfix {
        "override-unit": "environment: hello-override-unit\n" => "environment:\n      name: hello-override-unit\n      deployment: false\n"
    } "a record of a deployment";
    nobody_need_have_approved: hotfix {
        "override-unit": "id: override\n" => "id: override\n        if: github.event_name == 'push'\n"
    } "does not ask for an approval";
    the_approval_is_asked_for_by_another_script: hotfix {
        "override-unit": "[[ -n $approvers ]]" => "[[ -n $approved ]]"
    } "does not ask for an approval";
    a_second_attempt_is_as_good: hotfix {
        "override-unit": "[[ $GITHUB_RUN_ATTEMPT == 1 ]]" => "[[ $GITHUB_RUN_ATTEMPT ]]"
    } "does not ask for an approval";
    the_approval_is_of_another_environment: guarded {
        "override-scan": "ENVIRONMENT: shop-override-scan" => "ENVIRONMENT: production"
    } "another approval than that of its gate";
    the_approval_is_recorded_for_another_gate: guarded {
        "override-scan": "GATE: scan" => "GATE: journeys"
    } "another approval than that of its gate";
    the_approval_is_recorded_for_longer: guarded {
        "override-scan": "EXPIRES: \"86400\"" => "EXPIRES: \"864000\""
    } "another approval than that of its gate";
    the_review_is_recorded_for_later: guarded {
        "override-scan": "REVIEW_WITHIN: \"259200\"" => "REVIEW_WITHIN: \"2592000\""
    } "another approval than that of its gate";
    the_override_goes_on_after_a_failure: hotfix {
        "override-unit": "    timeout-minutes: 5\n" => "    timeout-minutes: 5\n    continue-on-error: true\n"
    } "the run ignores its failure";
    the_override_may_write: hotfix {
        "override-unit": "actions: read" => "actions: write"
    } "actions: write";
    the_time_of_the_approval_is_another: hotfix {
        "override-unit": "approved-at: ${{ steps.override.outputs.approved-at }}"
            => "approved-at: ${{ steps.override.outputs.expires }}"
    } "`approved-at` is not what its step recorded";
    who_approved_is_not_handed_on: hotfix {
        "override-unit": "      approved-by: ${{ steps.override.outputs.approved-by }}\n" => ""
    } "does not hand on `approved-by`";

    // The expiry of an override.
    an_override_never_expires: hotfix {
        "deploy-app-to-production": " 86400 ${{" => " 999999999 ${{"
    } "whether the overrides before it are in force";
    the_override_of_one_gate_never_expires: guarded {
        "deploy-app-to-production":
            "            scan ${{ needs.scan.result }} 86400 ${{ needs.override-scan.outputs.approved-at }}\n" => ""
    } "whether the overrides before it are in force";
    an_override_is_in_force_from_another_time: guarded {
        "deploy-app-to-production": "needs.override-scan.outputs.approved-at"
            => "needs.override-journeys.outputs.approved-at"
    } "whether the overrides before it are in force";
    nobody_asks_whether_it_is_in_force: hotfix {
        "deploy-app-to-production": "      - name: Override in force\n"
            => "      - name: Override in force\n        if: github.event_name == 'push'\n"
    } "is green without the step `Override in force`";
    another_gate_is_asked_whether_it_is_in_force: hotfix {
        "deploy-app-to-production": "GATE: ${{ inputs.override-gate }}" => "GATE: none"
    } "whether the overrides before it are in force";

    // The plan.
    the_plan_lets_other_gates_be_overridden: guarded {
        "plan": "            journeys\n" => "            journeys\n            unit\n"
    } "against their rules";
    the_plan_lets_unprotected_branches_override: hotfix {
        "plan": "PROTECTED: ^main$" => "PROTECTED: ^.*$"
    } "against their rules";
    the_plan_lets_other_branches_override: hotfix {
        "plan": "PUSHED: ^main$" => "PUSHED: ^.*$"
    } "against their rules";
    the_plan_does_not_ask_for_the_commit: hotfix {
        "plan": "COMMIT: ${{ inputs.override-commit }}" => "COMMIT: ${{ github.sha }}"
    } "against their rules";
    the_plan_does_not_ask_for_a_reason: hotfix {
        "plan": "REASON: ${{ inputs.override-reason }}" => "REASON: urgent"
    } "against their rules";
    a_reason_that_is_given_beforehand: hotfix {
        "": "      override-reason:\n" => "      override-reason:\n        default: 5\n"
    } "the input `override-reason` of overrides is another";
    the_plan_takes_manual_runs_for_pushes: hotfix {
        "plan": "ORDINARY: \"\"" => "ORDINARY: no override"
    } "against their rules";
    the_plan_takes_an_override_for_a_manual_run: guarded {
        "plan": "ORDINARY: no override" => "ORDINARY: scan"
    } "against their rules";
    the_plan_looks_at_overrides_sometimes: hotfix {
        "plan": "      - name: Override by the book\n"
            => "      - name: Override by the book\n        if: github.event_name == 'push'\n"
    } "does not always decide";
    the_plan_does_not_look_for_the_head: hotfix {
        "plan": "[[ $head == \"$GITHUB_SHA\" ]]" => "[[ -n $head ]]"
    } "does something else than to plan";
    the_plan_lets_a_tag_override: hotfix {
        "plan": "[[ $GITHUB_REF_TYPE == branch && " => "[["
    } "does something else than to plan";
    a_node_does_not_wait_for_the_plan: hotfix {
        "unit": "needs: [plan]\n    " => ""
    } "no trigger lets this run in";

    // The event that the run counts as.
    a_manual_run_counts_as_a_push: pushed_by_hand {
        "deploy-app-to-production": " && inputs.override-gate != 'no override'" => ""
    } "its stage is not in this run";
    an_override_counts_as_a_manual_run: pushed_by_hand {
        "clean": " && inputs.override-gate == 'no override'" => ""
    } "its stage is not in this run";
    an_override_does_not_count_as_a_push: pushed_by_hand {
        "deploy-app-to-production":
            " || (github.event_name == 'workflow_dispatch' && inputs.override-gate != 'no override')" => ""
    } "does not start";
    the_inputs_of_an_override_count: guarded {
        "deploy-app-to-europe": "inputs.override-gate == 'no override' && " => ""
    } "its stage is not in this run";
    another_gate_can_be_chosen: guarded {
        "": "options: [no override, scan, journeys]" => "options: [no override, scan, journeys, unit]"
    } "the input `override-gate` of overrides is another";
    a_manual_run_is_an_override_unless_it_says_otherwise: guarded {
        "": "default: no override" => "default: scan"
    } "the input `override-gate` of overrides is another";
    overrides_can_not_be_asked_for: hotfix {
        "": "      override-commit:" => "      commit:"
    } "the input `override-commit` of overrides is missing";

    // The verdict.
    the_verdict_takes_a_failed_gate_for_an_overridden_one: hotfix {
        "verdict": "'due' || 'not-due' }}" => "'due' || 'due' }}"
    } "takes `override-unit` for due";
    the_verdict_takes_another_override: guarded {
        "verdict": "elif $needs[\"override-\" + .key]" => "elif $needs[\"override-scan\"]"
    } "does not run the verdict's script";
    the_verdict_takes_another_job_for_an_override: hotfix {
        "": "\n  override-unit:\n" => "\n  override-other:\n"
    } "takes something else for the override of `unit`";
}

#[test]
fn every_line_of_the_job_that_asks_counts() {
    let build = hotfix();
    let good = compiled(&build);
    let (before, rest) = good.text.split_once("\n  override-unit:\n").unwrap();
    let (asks, after) = rest.split_once("\n  # commit: artefact").unwrap();
    let lines: Vec<&str> = asks.lines().collect();
    // Every line of the script counts, because the model compares all its bytes.
    let script = lines.iter().position(|line| line.trim() == "run: |").unwrap();
    for left_out in 0..script + 4 {
        let line = lines[left_out];
        // Names are for people only.
        if line.trim().is_empty() || line.trim_start().trim_start_matches("- ").starts_with("name: ") {
            continue;
        }
        let kept = lines.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, line)| *line);
        let asks = kept.collect::<Vec<_>>().join("\n");
        let text = format!("{before}\n  override-unit:\n{asks}\n\n  # commit: artefact{after}");
        assert!(!findings(&build, &GeneratedFile { text, ..good.clone() }).is_empty(), "{line}");
    }
}
