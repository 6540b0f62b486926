//! Deploys with steps and rollback, broken in one place.

use crate::broken::{broken, edited};
use crate::sample::rollout;
use crate::whole::{compiled, findings};
use pipec_ir::GeneratedFile;

const CONDITION: &str =
    "!success() && steps.shift-to-0-5.outcome != 'skipped' && steps.verify-at-100.outcome != 'success'";

const LOGIN: &str = "        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3\n        with:\n          role-to-assume: arn:aws:iam::123456789012:role/shop\n          aws-region: us-east-1\n";

/// The rollback step with this condition, up to its variables.
fn reversal(condition: &str) -> String {
    format!("      - name: roll back\n        if: ${{{{ {condition} }}}}\n")
}

broken! {
    // The condition of the rollback.
    a_way_back_without_a_condition: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => "      - name: roll back\n"
    } "runs the step `roll back` where it may not";
    a_way_back_that_is_always_taken: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => &reversal("always()")
    } "runs the step `roll back` where it may not";
    a_way_back_on_failure_alone_is_lost_where_somebody_stops_the_job: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => &reversal(&CONDITION.replace("!success()", "failure()"))
    } "is green without the step `roll back`";
    a_way_back_that_was_not_begun: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => &reversal(&CONDITION.replace(" && steps.shift-to-0-5.outcome != 'skipped'", ""))
    } "runs the step `roll back` where it may not";
    a_way_back_after_a_later_step_only: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => &reversal(&CONDITION.replace("steps.shift-to-0-5.outcome != 'skipped'", "steps.shift-to-25.outcome != 'skipped'"))
    } "is green without the step `roll back`";
    a_way_back_where_all_went_well_and_somebody_stopped_it_late: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => &reversal(&CONDITION.replace(" && steps.verify-at-100.outcome != 'success'", ""))
    } "runs the step `roll back` where it may not";
    a_way_back_that_only_the_last_step_calls_for: rollout {
        "deploy-app-to-production": &reversal(CONDITION) => &reversal(&CONDITION.replace("steps.verify-at-100.outcome != 'success'", "steps.verify-at-100.outcome == 'failure'"))
    } "is green without the step `roll back`";
    a_way_back_that_forgets_one_of_the_checks: rollout {
        "deploy-app-to-staging": "(steps.verify-1.outcome != 'success' || steps.verify-2.outcome != 'success')" => "steps.verify-2.outcome != 'success'"
    } "is green without the step `roll back: back`";
    a_way_back_that_goes_on_after_it_failed: rollout {
        "deploy-app-to-staging": "!success() && steps.roll-back-1.outcome == 'success'" => "!success() && steps.roll-back-1.outcome != 'skipped'"
    } "runs the step `roll back: tell` where it may not";
    a_way_back_that_stops_half_way: rollout {
        "deploy-app-to-staging": "!success() && steps.roll-back-1.outcome == 'success'" => "success()"
    } "is green without the step `roll back: tell`";
    no_way_back: rollout {
        "deploy-app-to-production": "        run: rollback\n" => "        run: \"true\"\n"
    } "the source asks for no such step";

    // The login.
    another_region: rollout {
        "deploy-app-to-production": "          aws-region: us-east-1\n" => "          aws-region: us-gov-west-1\n"
    } "takes on an identity that its node does not hold";
    a_region_that_the_platform_knows: rollout {
        "deploy-app-to-production": "          aws-region: us-east-1\n" => "          aws-region: ${{ vars.REGION }}\n"
    } "takes on an identity that its node does not hold";

    // The steps of the deploy.
    a_step_after_a_failed_one: rollout {
        "deploy-app-to-production": "        id: shift-to-25\n" => "        id: shift-to-25\n        if: ${{ !cancelled() }}\n"
    } "where it may not";
    another_weight: rollout {
        "deploy-app-to-production": "PIPE_WEIGHT: \"0.5\"" => "PIPE_WEIGHT: \"100\""
    } "`PIPE_WEIGHT` is something else";
    no_weight: rollout {
        "deploy-app-to-production": "          PIPE_WEIGHT: \"0.5\"\n" => ""
    } "not given `PIPE_WEIGHT`";
    a_variable_of_another_action: rollout {
        "deploy-app-to-staging": "          COLOR: green\n" => ""
    } "not given `COLOR`";
    a_shorter_soak: rollout {
        "deploy-app-to-production": "SOAK: \"600\"" => "SOAK: \"6\""
    } "soak as long as it should";
    no_soak: rollout {
        "deploy-app-to-production": "sleep \"$SOAK\"" => "true"
    } "the source asks for no such step";
    a_soak_that_may_be_skipped: rollout {
        "deploy-app-to-production": "      - name: soak 10m\n" => "      - name: soak 10m\n        if: ${{ vars.patient }}\n"
    } "is green without the step `soak 10m`";
    credentials_that_expire_in_a_soak: rollout {
        "deploy-app-to-production": "          sleep \"$SOAK\"\n      - name: Log in to AWS\n        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3\n        with:\n          role-to-assume: arn:aws:iam::123456789012:role/shop\n          aws-region: us-east-1\n"
            => "          sleep \"$SOAK\"\n"
    } "does not sign in again";

    credentials_that_expired_before_the_way_back: rollout {
        "deploy-app-to-production": &format!("      - name: Log in to AWS\n        if: ${{{{ {CONDITION} }}}}\n{LOGIN}") => ""
    } "does not sign in again before it rolls back";
    credentials_that_nobody_takes_where_it_goes_back: rollout {
        "deploy-app-to-production": &format!("      - name: Log in to AWS\n        if: ${{{{ {CONDITION} }}}}\n") => "      - name: Log in to AWS\n"
    } "is green without the step `Log in to AWS`";
    credentials_for_a_way_back_that_is_not_taken: rollout {
        "deploy-app-to-production": &format!("      - name: Log in to AWS\n        if: ${{{{ {CONDITION} }}}}\n") => "      - name: Log in to AWS\n        if: always()\n"
    } "runs the step `Log in to AWS` where it may not";
    credentials_of_another_role_for_the_way_back: rollout {
        "deploy-app-to-production": &format!("        if: ${{{{ {CONDITION} }}}}\n{LOGIN}") => &format!("        if: ${{{{ {CONDITION} }}}}\n{}", LOGIN.replace("role/shop", "role/root"))
    } "identity";

    // Time limits.
    a_script_that_may_take_all_there_is: rollout {
        "deploy-app-to-production": "        timeout-minutes: ${{ fromJSON(steps.time-to-shift-to-25.outputs.minutes) }}\n" => ""
    } "may take longer than its deploy has";
    a_script_with_the_time_of_another: rollout {
        "deploy-app-to-production": "fromJSON(steps.time-to-shift-to-25.outputs.minutes)" => "fromJSON(steps.time-to-shift-to-0-5.outputs.minutes)"
    } "may take longer than its deploy has";
    a_script_with_any_time: rollout {
        "deploy-app-to-production": "timeout-minutes: ${{ fromJSON(steps.time-to-shift-to-25.outputs.minutes) }}" => "timeout-minutes: 360"
    } "may take longer than its deploy has";
    a_way_back_with_a_timeout: rollout {
        "deploy-app-to-production": "        run: rollback\n" => "        timeout-minutes: 1\n        run: rollback\n"
    } "a script may take longer";
    no_time_is_kept_for_the_way_back: rollout {
        "deploy-app-to-production": "LIMIT: \"1200\"" => "LIMIT: \"1800\""
    } "what is left of its timeout";
    checks_that_each_take_the_time_of_all: rollout {
        "deploy-app-to-staging": "          PARTS: \"2\"\n" => ""
    } "what is left of its timeout";
    another_clock: rollout {
        "deploy-app-to-production": "STARTED: ${{ steps.clock.outputs.started }}" => "STARTED: ${{ github.run_id }}"
    } "what is left of its timeout";
    a_job_that_ends_before_its_soaks: rollout {
        "deploy-app-to-production": "    timeout-minutes: 60\n" => "    timeout-minutes: 30\n"
    } "its timeout is not that of its node";
    a_gate_with_a_timeout_of_its_own: rollout {
        "unit": "        run: make test" => "        timeout-minutes: 5\n        run: make test"
    } "a step has a timeout of its own";
}
