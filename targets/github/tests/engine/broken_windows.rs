//! Deploys that wait for a window, broken in one place.

use crate::broken::{broken, edited};
use crate::sample::{Build, shop};
use crate::whole::{compiled, findings};
use pipec_base::Span;
use pipec_ir::{GeneratedFile, Origin, Weekday, Window};

/// The shop, with a window of four days for deploys to production.
fn in_a_window() -> Build {
    let mut build = shop();
    let production = build.environment("production", pipec_ir::Tier::Production);
    let zone = "Europe/London".to_owned();
    let origin = Origin::at(Span::default());
    production.window = Some(Window { days: Weekday::ALL[..4].to_vec(), from: 480, to: 960, zone, origin });
    build
}

#[test]
fn a_deploy_in_a_window_is_proven() {
    let build = in_a_window();
    let findings = findings(&build, &compiled(&build));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

broken! {
    a_deploy_that_does_not_ask_for_the_wait: in_a_window {
        "deploy-app-to-production": " && needs.wait-to-deploy-app-to-production.result == 'success'" => ""
    } "nothing has waited for its window";
    a_deploy_that_takes_a_wait_that_failed: in_a_window {
        "deploy-app-to-production": "needs.wait-to-deploy-app-to-production.result == 'success'"
            => "needs.wait-to-deploy-app-to-production.result != 'cancelled'"
    } "nothing has waited for its window";
    a_deploy_that_does_not_need_the_wait: in_a_window {
        "deploy-app-to-production": ", wait-to-deploy-app-to-production]" => "]"
    } "it does not start";
    a_deploy_that_waits_for_nothing_else: in_a_window {
        "wait-to-deploy-app-to-production": " && needs.journeys.result == 'success'" => ""
    } "`deploy-app-to-production` starts, though `journeys` has not passed";
    a_wait_before_a_gate: in_a_window {
        "wait-to-deploy-app-to-production": " && needs.journeys.result == 'success'" => ""
    } "`journeys` has not passed";
    a_wait_in_runs_without_the_deploy: in_a_window {
        "wait-to-deploy-app-to-production": "needs.journeys.result == 'success'" => "needs.journeys.result != 'failure'"
    } "its stage is not in this run";
    a_wait_that_is_skipped: in_a_window {
        "wait-to-deploy-app-to-production": "        run: |\n" => "        if: ${{ vars.patient }}\n        run: |\n"
    } "it does not wait for the window";
    a_wait_that_goes_on_after_errors: in_a_window {
        "wait-to-deploy-app-to-production": "    timeout-minutes: 360\n" => "    timeout-minutes: 360\n    continue-on-error: true\n"
    } "the run ignores its failure";
    another_script_that_waits: in_a_window {
        "wait-to-deploy-app-to-production": "is_open \"$now\" || fail" => "true || fail"
    } "it does not wait for the window";
    a_wait_for_other_days: in_a_window {
        "wait-to-deploy-app-to-production": "DAYS: \"1 2 3 4\"" => "DAYS: \"1 2 3 4 5\""
    } "it waits for another window";
    a_wait_for_another_hour: in_a_window {
        "wait-to-deploy-app-to-production": "16:00" => "17:00"
    } "it waits for another window";
    a_wait_in_another_zone: in_a_window {
        "wait-to-deploy-app-to-production": "ZONE: Europe/London" => "ZONE: Europe/Lisbon"
    } "it waits for another window";
    no_second_look: in_a_window {
        "deploy-app-to-production": "is_open \"$now\" || fail" => "true || fail"
    } "the source asks for no such step";
    a_second_look_at_other_days: in_a_window {
        "deploy-app-to-production": "DAYS: \"1 2 3 4\"" => "DAYS: \"1 2 3 4 5 6 7\""
    } "it asks about another window";
    a_second_look_at_another_hour: in_a_window {
        "deploy-app-to-production": "08:00" => "07:00"
    } "it asks about another window";
    a_second_look_in_another_zone: in_a_window {
        "deploy-app-to-production": "ZONE: Europe/London" => "ZONE: UTC"
    } "it asks about another window";
    a_second_look_that_is_told_more: in_a_window {
        "deploy-app-to-production": "          ZONE: Europe/London\n" => "          ZONE: Europe/London\n          TZDIR: /tmp\n"
    } "it asks about another window";
    a_second_look_that_may_be_skipped: in_a_window {
        "deploy-app-to-production": "      - name: In the window\n" => "      - name: In the window\n        if: ${{ vars.careful }}\n"
    } "is green without the step";
    a_wait_that_holds_the_lock: in_a_window {
        "wait-to-deploy-app-to-production": "    timeout-minutes: 360\n" => "    timeout-minutes: 360\n    concurrency:\n      group: pipec-deploy-production/shop\n      queue: max\n"
    } "it has a lock";
    a_wait_in_the_environment: in_a_window {
        "wait-to-deploy-app-to-production": "    timeout-minutes: 360\n" => "    timeout-minutes: 360\n    environment: production\n"
    } "it has an environment";
    a_wait_with_rights: in_a_window {
        "wait-to-deploy-app-to-production": "    timeout-minutes: 360\n" => "    timeout-minutes: 360\n    permissions:\n      contents: write\n"
    } "`contents: write`";
    a_wait_with_secrets: in_a_window {
        "wait-to-deploy-app-to-production": "        env:\n" => "        env:\n          TOKEN: ${{ secrets.DATABASE_URL }}\n"
    } "passes on a secret";
    a_short_wait: in_a_window {
        "wait-to-deploy-app-to-production": "timeout-minutes: 360" => "timeout-minutes: 30"
    } "its timeout is not that";
    a_wait_that_the_verdict_forgets: in_a_window {
        "verdict": "            wait-to-deploy-app-to-production ${{ needs.plan.outputs.branch-is-main == 'true' && 'due' || 'not-due' }}\n" => ""
    } "takes `wait-to-deploy-app-to-production` for due";
    a_wait_that_the_verdict_takes_for_needless: in_a_window {
        "verdict": "            wait-to-deploy-app-to-production ${{ needs.plan.outputs.branch-is-main == 'true' && 'due' || 'not-due' }}\n" => "            wait-to-deploy-app-to-production not-due\n"
    } "takes `wait-to-deploy-app-to-production` for due";
    a_wait_for_what_has_no_window: in_a_window {
        "": "\n  wait-to-deploy-app-to-production:\n" => "\n  wait-to-deploy-app-to-staging:\n"
    } "no job waits for its window";
}
