//! Measures, broken in one place.

use crate::broken::{broken, edited};
use crate::sample::*;
use crate::whole::{compiled, findings};
use pipec_ir::*;

fn origin() -> Origin {
    Origin::default()
}

fn row(key: &str, operator: Operator, threshold: Threshold) -> Expectation {
    Expectation { key: key.to_owned(), operator, threshold, basis: Basis::Value, origin: origin() }
}

fn measure(file: &str) -> Measure {
    let expectations = vec![
        row("p95", Operator::Less, Threshold::Quantity("300".to_owned(), "ms".to_owned())),
        row("mode", Operator::Equal, Threshold::Text("release".to_owned())),
    ];
    Measure { file: file.to_owned(), expectations, origin: origin() }
}

/// A gate with a script and measures, and one with measures only. Both are repeated, and have successors.
fn measured() -> Build {
    let mut build = Build::new("measured", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("app", artefact(ArtefactType::Binary, &["app"]), body(vec![run("make")], &[]), &[]);
    let with = |steps: Vec<Step>, files: &[&str]| {
        let mut body = body(steps, &["app"]);
        body.measures = files.iter().map(|file| measure(file)).collect();
        body
    };
    let again = |kind: NodeKind| match kind {
        NodeKind::Gate(gate) => NodeKind::Gate(Gate { quorum: Some(Quorum { times: 3, quorum: 2 }), ..gate }),
        other => other,
    };
    let mut load = with(vec![run("make load")], &["load.json", "memory.json"]);
    load.directory = Some(("bench".to_owned(), origin()));
    let kind = exempt(gate("performance", &["app"]), Exemption::OnFork, "forks have no machine");
    build.node("load", kind, load, &[]);
    build.node("bare", gate("acceptance", &["app"]), with(vec![], &["app.json"]), &[]);
    build.node(
        "speed",
        again(gate("performance", &["app"])),
        with(vec![run("make bench")], &["b.json"]),
        &[],
    );
    build.node("terse", again(gate("evaluation", &["app"])), with(vec![], &["c.json", "d.json"]), &[]);
    build.stage("release", Condition::Branch(glob("main")));
    let steps = body(vec![run("./deploy.sh")], &["app"]);
    build.node("deploy-app-to-production", deploy(&["app"], "production"), steps, &[]);
    build.environment("production", Tier::Production);
    build
}

#[test]
fn a_pipeline_with_measures_is_proven() {
    let build = measured();
    let findings = findings(&build, &compiled(&build));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

broken! {
    a_threshold_that_is_lower: measured {
        "load": "\"number\": \"300\"" => "\"number\": \"3000\""
    } "does not judge its reports";
    another_unit: measured {
        "load": "\"unit\": \"ms\"" => "\"unit\": \"s\""
    } "does not judge its reports";
    another_comparison: measured {
        "bare": "\"is\": \"<\"" => "\"is\": \">\""
    } "does not judge its reports";
    another_number_of_the_report: measured {
        "bare": "\"key\": \"p95\"" => "\"key\": \"p50\""
    } "does not judge its reports";
    an_expectation_less: measured {
        "bare": "            {\"key\": \"mode\", \"is\": \"==\", \"text\": \"release\"}\n" => ""
    } "does not judge its reports";
    another_report: measured {
        "load": "FILE: load.json" => "FILE: memory.json"
    } "does not judge its reports";
    a_report_of_another_directory: measured {
        "load": "        working-directory: bench\n        run: |\n" => "        working-directory: old\n        run: |\n"
    } "a step works in another directory";
    a_run_that_judges_as_another: measured {
        "speed": "          RUN: \"1\"\n" => "          RUN: \"2\"\n"
    } "does not judge its reports";
    a_report_that_stays_for_the_next_run: measured {
        "speed": "          RUN: \"1\"\n" => ""
    } "does not judge its reports";
    a_measure_that_is_passed_over: measured {
        "bare": "      - name: Measure app.json\n" => "      - name: Measure app.json\n        if: ${{ github.event_name == 'push' }}\n"
    } "is green without the step";
    a_measure_whose_failure_counts_for_nothing: measured {
        "bare": "      - name: Measure app.json\n" => "      - name: Measure app.json\n        continue-on-error: true\n"
    } "the job ignores the failure of a step";
    a_measure_that_ends_the_gate: measured {
        "terse": "        continue-on-error: true\n" => ""
    } "goes on after errors where it may not";
    a_measure_that_does_not_count: measured {
        "speed": "SCRIPTS: \"2\"" => "SCRIPTS: \"1\""
    } "it counts something else";
    a_run_that_counts_without_its_measure: measured {
        "speed": "1 ${{ steps.run-1-1.outcome }} ${{ steps.run-1-2.outcome }}" => "1 ${{ steps.run-1-1.outcome }} ${{ steps.run-1-1.outcome }}"
    } "it counts something else";
    a_report_that_stays_after_a_script_that_failed: measured {
        "speed": "        id: run-1-2\n" => "        id: run-1-2\n        if: ${{ steps.run-1-1.outcome == 'success' }}\n"
    } "is green without the step";
    a_measure_that_is_exempt_in_silence: measured {
        "load": "      - name: Measure memory.json\n        if: ${{ !(" => "      - name: Measure memory.json\n        if: ${{ github.event_name == 'push' && !("
    } "is green without the step";
    the_measure_changed_by_a_byte: measured {
        "bare": "exit \"$status\"" => "exit 0"
    } "the source asks for no such step";
    a_measure_told_more: measured {
        "bare": "          FILE: app.json\n" => "          FILE: app.json\n          BASH_ENV: x\n"
    } "a fixed script is given `BASH_ENV`";
}
