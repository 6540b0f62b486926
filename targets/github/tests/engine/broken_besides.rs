//! What jobs have besides scripts, broken in one place: reports, and what is kept after a failure.

use crate::broken::{broken, edited};
use crate::sample::*;
use crate::whole::{compiled, told};
use pipec_ir::*;

fn origin() -> Origin {
    Origin::default()
}

fn pattern(path: &str) -> PathPattern {
    PathPattern { glob: glob(path), origin: origin() }
}

fn report(format: &str, path: &str) -> Report {
    Report { format: format.to_owned(), path: pattern(path), origin: origin() }
}

fn keep(paths: &[&str]) -> Keep {
    Keep { paths: paths.iter().map(|path| pattern(path)).collect(), origin: origin() }
}

fn workshop() -> Build {
    let triggers = vec![
        push(&["main"]),
        pull_request(&["main"]),
        tag(&["v*"]),
        Trigger::Schedule("0 3 * * 1-5".to_owned(), origin()),
        Trigger::Manual(Vec::new(), origin()),
    ];
    let mut build = Build::new("workshop", triggers);
    build.stage("commit", Condition::Always);
    for stage in &mut build.pipeline.stages {
        stage.runs_on_schedule = true;
    }
    let mut unit = body(vec![run("make test")], &[]);
    unit.directory = Some(("app".to_owned(), origin()));
    unit.reports = vec![
        report("junit", "out/*.xml"),
        report("markdown", "notes.md"),
        report("junit", "more.xml"),
        report("coverage", ".cover/lcov.info"),
    ];
    unit.keeps = vec![keep(&["logs/**", "core"])];
    build.node("unit", gate("test", &[]), unit, &[]);
    let mut sast = body(vec![run("scan")], &[]);
    sast.reports = vec![report("sarif", "out/scan.sarif")];
    build.node("sast", gate("sast", &[]), sast, &[]);
    let mut spelling = body(vec![run("spell")], &[]);
    spelling.reports = vec![report("html", "spelling.html")];
    let kind = exempt(gate("lint", &[]), Exemption::OnFork, "forks have their own words");
    build.node("spelling", kind, spelling, &[]);
    build
}

/// Every node of a pipeline with a report and something to keep.
fn reporting(mut build: Build) -> Build {
    for node in &mut build.pipeline.nodes {
        node.body.reports = vec![report("junit", "out/*.xml"), report("sarif", "out/scan.sarif")];
        node.body.keeps = vec![keep(&["logs/**"])];
    }
    build
}

fn reporting_legs() -> Build {
    reporting(legs())
}

fn reporting_repeated() -> Build {
    reporting(repeated())
}

#[test]
fn what_jobs_have_besides_scripts_is_proven() {
    let all = [workshop(), reporting(shop()), reporting_legs(), reporting_repeated(), reporting(rollout())];
    for build in all.into_iter().chain([reporting(images()), reporting(containers())]) {
        let file = compiled(&build);
        let told = told(&build, &file);
        assert!(told.is_empty(), "{}\n{}", told.join("\n"), file.text);
    }
}

broken! {
    trap_04_a_report_that_decides: workshop {
        "unit": "        continue-on-error: true # a report decides nothing\n" => ""
    } "continue-on-error";
    trap_04_a_script_beside_reports_that_goes_on: workshop {
        "unit": "        working-directory: app\n        run: make test" => "        continue-on-error: true\n        working-directory: app\n        run: make test"
    } "continue-on-error";
    trap_04_the_verdict_goes_on: hello {
        "verdict": "        env:" => "        continue-on-error: true\n        env:"
    } "continue-on-error";
    trap_04_the_plan_goes_on: shop {
        "plan": "        id: plan\n" => "        id: plan\n        continue-on-error: true\n"
    } "continue-on-error";
    a_report_that_is_not_shown_after_a_failure: workshop {
        "unit": "        if: \"${{ !cancelled() }}\"\n" => ""
    } "leaves out the step";
    a_report_of_an_exempt_gate_that_is_never_shown: workshop {
        "spelling": "!cancelled() && !(" => "!cancelled() && ("
    } "leaves out the step";
    what_is_kept_after_a_success_only: workshop {
        "unit": "failure() || cancelled()" => "success()"
    } "leaves out the step";
    another_report_is_shown: workshop {
        "unit": "REPORT: out/*.xml" => "REPORT: \"**\""
    } "shows or keeps something else";
    another_file_is_kept: workshop {
        "unit": "            app/logs/**\n" => "            ../_temp/**\n"
    } "shows or keeps something else";
    a_report_under_the_name_of_an_artefact: workshop {
        "unit": "          name: unit.junit\n" => "          name: app\n"
    } "shows or keeps something else";
    a_report_under_the_name_of_another_nodes: workshop {
        "unit": "          name: unit.junit\n" => "          name: sast.sarif\n"
    } "it has 1 steps of Upload";
    a_report_that_is_missing_fails: workshop {
        "unit": "          if-no-files-found: ignore" => "          if-no-files-found: error"
    } "shows or keeps something else";
    hidden_files_are_kept_too: workshop {
        "unit": "          name: unit.failure\n" => "          name: unit.failure\n          include-hidden-files: true\n"
    } "shows or keeps something else";
    a_report_more: workshop {
        "spelling": "          name: spelling.html\n" => "          name: spelling.html\n          retention-days: 90\n"
    } "`retention-days`";
    a_report_made_of_a_secret: workshop {
        "unit": "          KEPT: unit.junit\n" => "          KEPT: ${{ github.token }}\n"
    } "passes on a secret";
    a_report_sent_elsewhere: workshop {
        "sast": "          category: workshop/sast.sarif" => "          category: workshop/sast.sarif\n          token: other"
    } "`token`";
    a_report_in_the_place_of_another: workshop {
        "sast": "          category: workshop/sast.sarif" => "          category: codeql"
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
    a_report_of_a_leg_under_the_name_of_all: reporting_legs {
        "unit": "          name: unit.junit.${{ strategy.job-index }}" => "          name: unit.junit"
    } "shows or keeps something else";
    a_report_counted_as_a_run: reporting_repeated {
        "speed": "${{ steps.run-3.outcome }}" => "${{ steps.report-2.outcome }}"
    } "counts something else than the runs";
    a_run_without_a_count_behind_a_report: reporting_repeated {
        "speed": "        continue-on-error: true # a report decides nothing\n" => ""
    } "continue-on-error";
}
