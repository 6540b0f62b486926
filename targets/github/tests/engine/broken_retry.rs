//! Nodes with retries, broken in one place.
//!
//! A green job needs one complete attempt, without anything from another.

use crate::broken::{broken, edited};
use crate::broken_sidecars::sidecars;
use crate::sample::{hello, keyring, retried};
use crate::whole::{compiled, findings};
use pipec_ir::GeneratedFile;

const AWS: &str = "        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3\n        with:\n          role-to-assume: arn:aws:iam::111122223333:role/publish\n          aws-region: us-east-1\n";

const AZURE: &str = "        uses: Azure/login@f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca # v3.0.1\n        with:\n          tenant-id: tenant\n          subscription-id: subscription\n          client-id: client\n";

const SECOND: &str =
    "          SECRET: ${{ secrets.SECOND }}\n          FILE: ${{ runner.temp }}/secrets/SECOND\n";

broken! {
    // Credentials that are wrong in the same way in each attempt.
    one_secret_file_twice_and_the_other_never: keyring {
        "publish": SECOND => &SECOND.replace("SECOND", "FIRST"),
        "publish": SECOND => &SECOND.replace("SECOND", "FIRST")
    } "writes to a file what its node does not hold";
    one_identity_twice_and_the_other_never: keyring {
        "publish": AZURE => AWS,
        "publish": AZURE => AWS
    } "takes on an identity that its node does not hold";
    an_identity_with_a_part_that_the_platform_knows: keyring {
        "publish": "subscription-id: subscription" => "subscription-id: ${{ vars.SUBSCRIPTION }}",
        "publish": "subscription-id: subscription" => "subscription-id: ${{ vars.SUBSCRIPTION }}"
    } "takes on an identity that its node does not hold";
    an_identity_whose_parts_are_split_otherwise: keyring {
        "publish": "          tenant-id: tenant\n          subscription-id: subscription\n" => "          tenant-id: tenant/subscription\n          allow-no-subscriptions: true\n",
        "publish": "          tenant-id: tenant\n          subscription-id: subscription\n" => "          tenant-id: tenant/subscription\n          allow-no-subscriptions: true\n"
    } "takes on an identity that its node does not hold";

    // The start of an attempt.
    an_attempt_that_always_begins: retried {
        "app": "        if: ${{ steps.try-1.outcome == 'failure' }}\n" => ""
    } "runs the step `Begin attempt 2 of 2` where it may not";
    an_attempt_that_begins_after_a_success: retried {
        "app": "steps.try-1.outcome == 'failure'" => "steps.try-1.outcome == 'success'"
    } "is green without the step `Begin attempt 2 of 2`";
    an_attempt_that_never_begins: retried {
        "app": "steps.try-1.outcome == 'failure'" => "steps.try-1.outcome == 'cancelled'"
    } "is green without the step `Begin attempt 2 of 2`";
    an_attempt_that_begins_by_a_conclusion: retried {
        "app": "steps.try-1.outcome == 'failure'" => "steps.try-1.conclusion == 'failure'"
    } "is green without the step `Begin attempt 2 of 2`";
    an_attempt_that_begins_where_one_was_skipped: retried {
        "publish": "steps.try-1-1.outcome == 'failure' ||" => "steps.try-1-4.outcome == 'skipped' && steps.try-1-1.outcome != 'failure' ||"
    } "is green without the step `Begin attempt 2 of 3`";
    an_attempt_that_begins_for_one_script_alone: retried {
        "publish": " || steps.try-1-4.outcome == 'failure'" => ""
    } "is green without the step `Begin attempt 2 of 3`";
    an_attempt_that_begins_though_it_was_cancelled: retried {
        "app": "if: ${{ steps.try-1.outcome == 'failure' }}" => "if: ${{ always() && steps.try-1.outcome == 'failure' }}"
    } "runs the step `Begin attempt 2 of 2` where it may not";
    an_attempt_that_begins_though_the_job_has_failed: retried {
        "publish": "if: ${{ steps.try-2-1.outcome == 'failure' ||" => "if: ${{ failure() || steps.try-2-1.outcome == 'failure' ||"
    } "runs the step `Begin attempt 3 of 3` where it may not";
    an_attempt_that_hangs_on_another: retried {
        "publish": "if: ${{ steps.try-2-1.outcome == 'failure' ||" => "if: ${{ steps.try-1-1.outcome == 'failure' ||"
    } "is green without the step `Begin attempt 3 of 3`";
    a_beginning_that_goes_on: retried {
        "app": "        id: attempt-2\n" => "        id: attempt-2\n        continue-on-error: true\n"
    } "the job ignores a failure that counts";
    a_beginning_that_empties_nothing: retried {
        "app": "          find \"$GITHUB_WORKSPACE\" -mindepth 1 -delete\n" => ""
    } "the source asks for no such step";
    no_beginning: retried {
        "app": "      - name: Begin attempt 2 of 2\n        id: attempt-2\n" => "      - name: Begin attempt 2 of 2\n        id: attempt-2\n        env:\n          REASON: a\n        run: |\n          echo \"exempt: $REASON\" | tee -a \"$GITHUB_STEP_SUMMARY\"\n          printf 'outcome=exempt\\nreason=%s\\n' \"${REASON//[$'\\r\\n']/ }\" >> \"$GITHUB_OUTPUT\"\n      - name: Begin attempt 2 of 2\n        id: attempt-22\n"
    } "more steps than its node asks for";
    a_beginning_where_none_is_asked_for: hello {
        "unit": "        run: cargo test --locked" => "        id: try-1\n        run: cargo test --locked\n      - name: again\n        if: ${{ steps.try-1.outcome == 'failure' }}\n        run: cargo test --locked"
    } "the source asks for no such step";
    another_reason: retried {
        "app": "BECAUSE: the mirror is slow" => "BECAUSE: all is well"
    } "something else of its attempts";
    the_number_of_another_attempt: retried {
        "app": "ATTEMPT: \"2\"" => "ATTEMPT: \"1\""
    } "something else of its attempts";

    // The files at the start of an attempt.
    a_checkout_that_stays_as_it_was_left: retried {
        "app": "      - name: Check out again\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n          persist-credentials: false\n" => ""
    } "of the kind `checkout`, not 2";
    a_checkout_that_is_passed_over: retried {
        "app": "if: ${{ steps.attempt-2.outcome == 'success' }}" => "if: ${{ steps.attempt-2.outcome == 'failure' }}"
    } "is green without the step `Check out again`";
    a_checkout_in_the_attempt_that_passes: retried {
        "app": "      - name: Check out again\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n" => "      - name: Check out again\n"
    } "runs the step `Check out again` where it may not";
    a_checkout_of_something_else: retried {
        "app": "      - name: Check out again\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n"
            => "      - name: Check out again\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n          ref: main\n"
    } "does not find what the first one found";
    another_cache: retried {
        "app": "          path: target\n          key: pipec-retried/app-${{ runner.os }}-${{ runner.arch }}-${{ hashFiles('a.lock') }}\n      - name: app (attempt 2 of 2)"
            => "          path: target\n          key: pipec-retried/publish-${{ runner.os }}-${{ runner.arch }}-${{ hashFiles('a.lock') }}\n      - name: app (attempt 2 of 2)"
    } "does not find what the first one found";
    an_artefact_that_is_not_verified_again: retried {
        "publish": "      - name: Verify app again\n        if: ${{ steps.attempt-2.outcome == 'success' }}" => "      - name: Verify app again\n        if: ${{ steps.attempt-3.outcome == 'success' }}"
    } "is green without the step `Verify app again`";
    a_secret_of_another_file: retried {
        "publish": "      - name: Write KEY_FILE to a file again\n        if: ${{ steps.attempt-3.outcome == 'success' }}\n        env:\n          SECRET: ${{ secrets.KEY_FILE }}"
            => "      - name: Write KEY_FILE to a file again\n        if: ${{ steps.attempt-3.outcome == 'success' }}\n        env:\n          SECRET: ${{ secrets.TOKEN }}"
    } "does not find what the first one found";
    an_identity_that_has_run_out: retried {
        "publish": "      - name: Log in to AWS again\n        if: ${{ steps.attempt-3.outcome == 'success' }}\n        uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3\n        with:\n          role-to-assume: arn:aws:iam::111122223333:role/publish\n          aws-region: us-east-1\n" => ""
    } "of the kind `sign-in`, not 3";
    legs_that_are_not_verified_again: retried {
        "publish": "      - name: Verify book again\n        if: ${{ steps.attempt-2.outcome == 'success' }}" => "      - name: Verify book again\n        if: ${{ steps.attempt-2.outcome == 'success' && github.actor == 'me' }}"
    } "is green without the step `Verify book again`";
    an_image_left_where_it_was: retried {
        "web": "      - name: Make the layout's folder again\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        env:\n          PIPE_IMAGE_LAYOUT: ${{ runner.temp }}/image-layout" => "      - name: Make the layout's folder again\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        env:\n          PIPE_IMAGE_LAYOUT: ${{ runner.temp }}/other"
    } "does not find what the first one found";
    something_between_two_attempts: retried {
        "app": "      - name: Begin attempt 2 of 2\n"
            => "      - name: Fetch the cache of target\n        uses: actions/cache/restore@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5\n        with:\n          path: target\n          key: other\n      - name: Begin attempt 2 of 2\n"
    } "does something else between its attempts";

    // The scripts of an attempt.
    a_failure_that_ends_the_job_before_the_last_attempt: retried {
        "app": "        continue-on-error: true # if it fails, the next attempt begins\n" => ""
    } "a failure ends the job where another attempt follows";
    a_last_attempt_whose_failure_counts_for_nothing: retried {
        "app": "        id: try-2\n" => "        id: try-2\n        continue-on-error: true\n"
    } "is green though no attempt has passed";
    a_last_attempt_whose_failure_may_count_for_nothing: retried {
        "app": "        id: try-2\n" => "        id: try-2\n        continue-on-error: ${{ vars.LENIENT == 'true' }}\n"
    } "or counts for nothing where none does";
    a_script_of_the_last_attempt_whose_failure_counts_for_nothing: retried {
        "publish": "        id: try-3-2\n" => "        id: try-3-2\n        continue-on-error: true\n"
    } "is green though no attempt has passed";
    an_attempt_without_a_bound: retried {
        "app": "        timeout-minutes: 10\n" => ""
    } "an attempt may take longer than its node";
    a_last_attempt_without_a_bound: retried {
        "app": "        if: ${{ steps.attempt-2.outcome == 'success' }}\n        timeout-minutes: 10\n" => "        if: ${{ steps.attempt-2.outcome == 'success' }}\n"
    } "an attempt may take longer than its node";
    an_attempt_that_may_take_the_time_of_all: retried {
        "app": "        timeout-minutes: 10\n" => "        timeout-minutes: 20\n"
    } "an attempt may take longer than its node";
    a_job_that_has_time_for_one_attempt: retried {
        "app": "    timeout-minutes: 20" => "    timeout-minutes: 10"
    } "its timeout";
    a_script_that_the_next_attempt_does_not_end: retried {
        "app": "id: try-1\n" => "id: first\n",
        "app": "steps.try-1.outcome" => "steps.first.outcome"
    } "does not end what a script of an attempt leaves running";
    attempts_in_another_order: retried {
        "publish": "id: attempt-2\n" => "id: attempt-0\n",
        "publish": "id: attempt-3\n" => "id: attempt-2\n",
        "publish": "id: attempt-0\n" => "id: attempt-3\n"
    } "is green without the step";
    a_script_that_goes_on_in_a_failed_attempt: retried {
        "publish": "        if: ${{ steps.try-1-1.outcome == 'success' }}\n" => ""
    } "where it may not";
    a_script_that_asks_for_a_conclusion: retried {
        "publish": "steps.try-1-1.outcome == 'success'" => "steps.try-1-1.conclusion == 'success'"
    } "where it may not";
    a_script_that_hangs_on_one_of_two_checks: retried {
        "publish": "steps.try-1-2.outcome == 'success' && steps.try-1-3.outcome == 'success'" => "steps.try-1-3.outcome == 'success'"
    } "where it may not";
    a_script_of_one_attempt_in_another: retried {
        "publish": "steps.try-2-1.outcome == 'success'" => "steps.try-1-1.outcome == 'success'"
    } "is green without the step";
    a_script_that_runs_in_an_attempt_that_never_began: retried {
        "publish": "        id: try-3-1\n        if: ${{ steps.attempt-3.outcome == 'success' }}\n" => "        id: try-3-1\n"
    } "where it may not";
    a_check_of_the_last_attempt_that_its_neighbour_stops: retried {
        "publish": "!cancelled() && (steps.try-3-2.outcome == 'success' || steps.try-3-2.outcome == 'failure')" => "steps.try-3-2.outcome == 'success'"
    } "is green without the step";
    a_check_of_the_last_attempt_that_always_runs: retried {
        "publish": "!cancelled() && (steps.try-3-2.outcome == 'success' || steps.try-3-2.outcome == 'failure')" => "!cancelled()"
    } "where it may not";
    an_attempt_with_another_script: retried {
        "app": "        id: try-2\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        timeout-minutes: 10\n        run: make"
            => "        id: try-2\n        if: ${{ steps.attempt-2.outcome == 'success' }}\n        timeout-minutes: 10\n        run: make || true"
    } "the source asks for no such step";
    an_attempt_less: retried {
        "app": "      - name: app (attempt 1 of 2)\n        id: try-1\n        continue-on-error: true # if it fails, the next attempt begins\n        timeout-minutes: 10\n        run: make\n" => ""
    } "a script of the source is missing";

    // The results that are kept.
    an_artefact_recorded_of_a_failed_attempt: retried {
        "app": "        id: record\n" => "        id: record\n        if: ${{ always() }}\n"
    } "runs the step `Record app` where it may not";
    an_artefact_recorded_of_the_first_attempt_alone: retried {
        "app": "        id: record\n" => "        id: record\n        if: ${{ steps.try-1.outcome == 'success' }}\n"
    } "is green without the step `Record app`";
    an_artefact_kept_of_a_failed_attempt: retried {
        "app": "      - name: Keep app\n" => "      - name: Keep app\n        if: ${{ !cancelled() }}\n"
    } "runs the step `Keep app` where it may not";
    a_cache_kept_of_a_failed_attempt: retried {
        "app": "if: ${{ steps.cache.outputs.cache-primary-key" => "if: ${{ failure() && steps.cache.outputs.cache-primary-key"
    } "where it may not";
}

/// State that no step can reset between two attempts is not proven. That holds whatever the workflow does.
#[test]
fn a_sidecar_beside_several_attempts() {
    let mut build = retried();
    let good = compiled(&build);
    let sidecars = sidecars().pipeline.node_named("unit").unwrap().body.sidecars.clone();
    for node in build.pipeline.nodes.iter_mut().filter(|node| node.name == "app") {
        node.body.sidecars = sidecars.clone();
    }
    let findings = findings(&build, &good);
    assert!(
        findings.iter().any(|line| line.contains("does not know `sidecars of several attempts`")),
        "{findings:?}"
    );
}

/// A result recorded before the end of all attempts may be from a failed one.
#[test]
fn an_artefact_recorded_between_two_attempts() {
    let build = retried();
    let good = compiled(&build);
    let job = good.text.find("\n  app:\n").unwrap();
    let (before, rest) = good.text.split_at(job);
    let (first, rest) = rest.split_at(rest.find("      # tried again").unwrap());
    let (second, rest) = rest.split_at(rest.find("      - name: Record app\n").unwrap());
    let (record, rest) = rest.split_at(rest.find("      - name: Keep app\n").unwrap());
    let moved = [before, first, record, second, rest].concat();
    let findings = findings(&build, &GeneratedFile { text: moved, ..good });
    assert!(findings.iter().any(|line| line.contains("between its attempts")), "{}", findings.join("\n"));
}
