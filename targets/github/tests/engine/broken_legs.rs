//! Legs and repetition, broken in one place.

use crate::broken::{broken, edited};
use crate::sample::{exempt_legs, hello, legs, repeated, tools_of_legs};
use crate::whole::{compiled, findings};
use pipec_ir::GeneratedFile;

broken! {
    // Legs.
    a_leg_that_gives_the_reason_of_another_rule: exempt_legs {
        "unit": "REASON: a fork has no licence" => "REASON: ${{ matrix.python == '3.10' && 'a fork has no licence' || 'there is no new code' }}"
    } "where it may not";
    a_file_that_no_folder_has: legs {
        "deploy-app-book-to-production": "          NAME: book\n" => "          NAME: book\n          FILE: ${{ github.actor }}\n"
    } "takes another file for `book`";
    trap_07_a_leg_that_fails_stops_the_others: legs {
        "unit": "fail-fast: false" => "fail-fast: true"
    } "stops the others";
    trap_07_without_a_word_a_leg_that_fails_stops_the_others: legs {
        "unit": "      fail-fast: false\n" => ""
    } "stops the others";
    trap_08_a_matrix_without_a_leg: legs {
        "unit": "shard: [1, 2]" => "shard: []"
    } "more legs than its node, or fewer";
    trap_08_a_leg_is_missing: legs {
        "unit": "shard: [1, 2]" => "shard: [1]"
    } "more legs than its node, or fewer";
    trap_08_a_leg_is_excluded: legs {
        "unit": "        shard: [1, 2]\n" => "        shard: [1, 2]\n        exclude:\n          - shard: 1\n"
    } "its legs can't be interpreted";
    trap_08_a_matrix_made_up_in_the_run: legs {
        "unit": "shard: [1, 2]" => "shard: ${{ fromJSON(vars.SHARDS) }}"
    } "its legs can't be interpreted";
    trap_08_a_leg_made_up_in_the_run: legs {
        "unit": "shard: [1, 2]" => "shard: [1, \"${{ vars.SHARD }}\"]"
    } "its legs can't be interpreted";
    a_leg_twice: legs {
        "unit": "shard: [1, 2]" => "shard: [1, 1]"
    } "does not run once in the leg `3.10-2`";
    a_version_that_yaml_reads_as_a_number: legs {
        "unit": "\"3.10\"" => "3.10"
    } "does not run once in the leg `3.10-1`";
    one_leg_at_a_time: legs {
        "unit": "fail-fast: false" => "fail-fast: false\n      max-parallel: 1"
    } "its legs can't be interpreted";
    no_legs_at_all: legs {
        "book": "    strategy:\n      fail-fast: false\n      matrix:\n        include:\n          - leg: en\n            language: en\n          - leg: de\n            language: de\n" => ""
    } "it is not split into the legs";
    legs_that_nobody_asked_for: hello {
        "unit": "    steps:" => "    strategy:\n      fail-fast: false\n      matrix:\n        leg: [a]\n    steps:"
    } "it is split into legs, though its node has none";
    legs_of_the_verdict: hello {
        "verdict": "    steps:" => "    strategy:\n      fail-fast: false\n      matrix:\n        leg: [a]\n    steps:"
    } "though it belongs to no node";
    a_leg_on_the_machine_of_another: legs {
        "app": "machine: windows-2025" => "machine: ubuntu-24.04"
    } "it runs on `ubuntu-24.04` in the leg `windows`";
    all_legs_on_one_machine: legs {
        "app": "runs-on: ${{ matrix.machine }}" => "runs-on: ubuntu-24.04"
    } "it runs on `ubuntu-24.04` in the leg `windows`";
    a_machine_that_no_leg_names: legs {
        "app": "runs-on: ${{ matrix.machine }}" => "runs-on: ${{ matrix.computer }}"
    } "it runs on ``";
    a_leg_with_the_tool_of_another: tools_of_legs {
        "app": "helm: v3.19.0" => "helm: v3.18.0"
    } "another tool, or another version";
    a_leg_without_its_tool: tools_of_legs {
        "app": "              go: \"1.25\"\n" => ""
    } "another tool, or another version";
    a_tool_of_no_leg: tools_of_legs {
        "app": "version: ${{ matrix.tool.helm }}" => "version: ${{ matrix.tool.kubectl }}"
    } "another tool, or another version";
    a_tool_that_is_newest_in_every_leg: tools_of_legs {
        "unit": "python-version: ${{ matrix.python }}" => "python-version: \"3\""
    } "another tool, or another version";
    a_tool_at_the_value_of_another_axis: tools_of_legs {
        "unit": "python-version: ${{ matrix.python }}" => "python-version: ${{ matrix.rust }}"
    } "another tool, or another version";
    a_tool_at_a_version_that_the_run_makes_up: tools_of_legs {
        "unit": "python-version: ${{ matrix.python }}" => "python-version: ${{ vars.PYTHON || matrix.python }}"
    } "another tool, or another version";
    a_toolchain_of_another_axis: tools_of_legs {
        "unit": "VERSION: ${{ matrix.rust }}" => "VERSION: ${{ matrix.python }}"
    } "another tool, or another version";
    a_tool_at_the_same_version_in_every_leg: tools_of_legs {
        "unit": "python-version: ${{ matrix.python }}" => "python-version: \"3.10\""
    } "another tool, or another version";
    a_leg_with_the_variable_of_another: legs {
        "app": "TARGET: msvc" => "TARGET: gnu"
    } "`TARGET` is something else in its scripts";
    a_leg_without_its_own_variable: legs {
        "app": "              MODE: debug\n" => ""
    } "`MODE` is something else in its scripts";
    another_value_of_the_matrix_in_a_script: legs {
        "unit": "PYTHON: ${{ matrix.python }}" => "PYTHON: ${{ matrix.shard }}"
    } "`PYTHON` is something else in its scripts";
    a_shard_counted_from_nought: legs {
        "unit": "SHARD: ${{ matrix.shard }}" => "SHARD: ${{ strategy.job-index }}"
    } "`SHARD` is something else in its scripts";
    another_number_of_shards: legs {
        "unit": "SHARDS: \"2\"" => "SHARDS: \"3\""
    } "`SHARDS` is something else in its scripts";
    a_script_that_one_leg_passes_over: legs {
        "unit": "        run: make test" => "        if: ${{ matrix.python != '3.11' }}\n        run: make test"
    } "is green without the step";
    a_script_that_all_legs_pass_over: legs {
        "unit": "        run: make test" => "        if: ${{ matrix.nothing }}\n        run: make test"
    } "is green without the step";
    a_script_that_windows_would_change: legs {
        "app": "        run: make check" => "        run: |\n          make check"
    } "the source asks for no such step";
    two_legs_of_one_name: legs {
        "unit": "name: unit (${{ matrix.python }}, ${{ matrix.shard }}/2)" => "name: unit (${{ matrix.python }})"
    } "another job has its name";
    a_leg_with_the_name_of_another_job: legs {
        "unit": "name: unit (${{ matrix.python }}, ${{ matrix.shard }}/2)" => "name: app (${{ matrix.python }}, ${{ matrix.shard }}/2)"
    } "the name of a leg";
    trap_19_legs_with_one_output: legs {
        "app": "      digest-linux: ${{ matrix.leg == 'linux' && steps.record.outputs.digest || '' }}\n"
            => "      digest-linux: ${{ steps.record.outputs.digest }}\n"
    } "its output `digest-linux` is not what";
    trap_19_a_leg_that_writes_anothers_output: legs {
        "app": "matrix.leg == 'linux' && steps" => "matrix.leg == 'windows' && steps"
    } "its output `digest-linux` is not what";
    trap_19_a_leg_that_hands_on_nothing: legs {
        "app": "      digest-linux: ${{ matrix.leg == 'linux' && steps.record.outputs.digest || '' }}\n" => ""
    } "it does not hand on the digest";
    trap_19_legs_that_overwrite_what_is_kept: legs {
        "app": "name: app.${{ matrix.leg }}" => "name: app"
    } "it keeps something else";
    legs_that_keep_the_bytes_of_another: legs {
        "app": "path: ${{ runner.temp }}/app.${{ matrix.leg }}.tar" => "path: ${{ runner.temp }}/app.linux.tar"
    } "it keeps something else";
    a_leg_that_is_not_verified: legs {
        "deploy-app-book-to-production": "            windows ${{ needs.app.outputs.digest-windows }}\n" => ""
    } "does not ask each leg of `app`";
    a_leg_verified_by_the_digest_of_another: legs {
        "deploy-app-book-to-production": "needs.app.outputs.digest-windows" => "needs.app.outputs.digest-linux"
    } "does not ask each leg of `app`";
    a_leg_verified_by_a_digest_that_is_written_down: legs {
        "deploy-app-book-to-production": "windows ${{ needs.app.outputs.digest-windows }}" => "windows sha256:0"
    } "does not ask each leg of `app`";
    legs_fetched_from_another_artefact: legs {
        "deploy-app-book-to-production": "pattern: app.*" => "pattern: book.*"
    } "twice";
    legs_fetched_by_another_pattern: legs {
        "deploy-app-book-to-production": "pattern: app.*" => "pattern: \"*\""
    } "fetches the legs of `*`";
    legs_that_are_not_fetched_side_by_side: legs {
        "deploy-app-book-to-production": "merge-multiple: true" => "merge-multiple: false"
    } "in another way";
    legs_unpacked_elsewhere: legs {
        "deploy-app-book-to-production": "          NAME: app\n" => "          NAME: book\n"
    } "other bytes";
    legs_that_nobody_verifies: legs {
        "deploy-app-book-to-production": "[[ sha256:$digest == \"$recorded\" ]]" => "[[ sha256:$digest != \"$recorded\" ]]"
    } "the source asks for no such step";
    the_digest_of_one_leg_for_that_of_all: legs {
        "deploy-app-book-to-production": "APP_DIGEST: ${{ steps.legs-app.outputs.digest }}" => "APP_DIGEST: ${{ needs.app.outputs.digest-linux }}"
    } "`APP_DIGEST` is something else";
    the_digest_of_all_of_another_artefact: legs {
        "deploy-app-book-to-production": "APP_DIGEST: ${{ steps.legs-app.outputs.digest }}" => "APP_DIGEST: ${{ steps.legs-book.outputs.digest }}"
    } "`APP_DIGEST` is something else";
    legs_of_the_twin_on_reviewed_code: legs {
        "app-untrusted": "github.event_name == 'pull_request'" => "github.event_name != 'never'"
    } "its twin";

    // Repetition.
    a_run_whose_failure_ends_the_gate: repeated {
        "speed": "        continue-on-error: true\n" => ""
    } "goes on after errors where it may not";
    a_decision_that_goes_on: repeated {
        "speed": "      - name: 2 of 3 runs passed, or more\n" => "      - name: 2 of 3 runs passed, or more\n        continue-on-error: true\n"
    } "goes on after errors where it may not";
    a_verification_that_goes_on: repeated {
        "speed": "      - name: Verify app\n" => "      - name: Verify app\n        continue-on-error: true\n"
    } "goes on after errors where it may not";
    a_verdict_that_goes_on: repeated {
        "verdict": "        env:\n" => "        continue-on-error: true\n        env:\n"
    } "the job ignores the failure of a step";
    no_decision: repeated {
        "speed": "QUORUM: \"2\"\n" => "QUORUM: \"2\"\n          MORE: x\n"
    } "a fixed script is given `MORE`";
    a_smaller_quorum: repeated {
        "speed": "QUORUM: \"2\"" => "QUORUM: \"1\""
    } "it counts something else";
    fewer_scripts_of_a_run: repeated {
        "answers": "SCRIPTS: \"4\"" => "SCRIPTS: \"3\""
    } "it counts something else";
    a_run_counted_twice: repeated {
        "speed": "2 ${{ steps.run-2.outcome }}" => "2 ${{ steps.run-1.outcome }}"
    } "it counts something else";
    a_run_that_counts_by_its_conclusion: repeated {
        "speed": "2 ${{ steps.run-2.outcome }}" => "2 ${{ steps.run-2.conclusion }}"
    } "it counts something else";
    a_run_that_counts_as_it_is: repeated {
        "speed": "2 ${{ steps.run-2.outcome }}" => "2 success"
    } "it counts something else";
    a_run_less: repeated {
        "speed": "            3 ${{ steps.run-3.outcome }}\n" => ""
    } "it counts something else";
    a_run_without_its_script: repeated {
        "speed": "        run: make bench" => "        run: make bench || true"
    } "the source asks for no such step";
    a_run_that_only_starts_where_another_failed: repeated {
        "speed": "        id: run-2\n" => "        id: run-2\n        if: ${{ steps.run-1.outcome == 'failure' }}\n"
    } "is green without the step";
    a_decision_that_is_passed_over: repeated {
        "speed": "      - name: 2 of 3 runs passed, or more\n" => "      - name: 2 of 3 runs passed, or more\n        if: ${{ steps.run-1.outcome != 'success' }}\n"
    } "is green without the step";
    a_script_that_goes_on_in_a_failed_run: repeated {
        "answers": "        if: ${{ !(github.event_name == 'pull_request' && (github.event.pull_request.head.repo.full_name != github.repository || github.event.pull_request.user.type == 'Bot')) && steps.run-1-1.outcome == 'success' }}\n" => ""
    } "where it may not";
    a_script_that_asks_for_a_conclusion: repeated {
        "answers": "steps.run-1-1.outcome == 'success'" => "steps.run-1-1.conclusion == 'success'"
    } "where it may not";
    a_script_that_hangs_on_another_run: repeated {
        "answers": "steps.run-2-1.outcome == 'success'" => "steps.run-1-1.outcome == 'success'"
    } "where it may not";
    a_run_without_a_bound: repeated {
        "speed": "        timeout-minutes: 10\n" => ""
    } "goes on after errors where it may not";
    a_gate_that_has_time_for_one_run: repeated {
        "speed": "    timeout-minutes: 30" => "    timeout-minutes: 10"
    } "its timeout";
    the_count_changed_by_a_byte: repeated {
        "speed": "[[ $passed -ge $QUORUM ]]" => "[[ $passed -gt $QUORUM ]]"
    } "the source asks for no such step";
}
