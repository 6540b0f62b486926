//! Reports in the summary of a run, run for real.

use crate::bench::{Bench, Done};
use crate::scripts::*;

fn shown(format: &str, report: &str) -> Bench {
    Bench::new()
        .with("NODE", "unit (3.11)")
        .with("FORMAT", format)
        .with("REPORT", report)
        .with("KEPT", "unit.kept")
}

fn has(done: &Done, line: &str) {
    assert!(done.success, "{}", done.log);
    assert!(done.summary.lines().any(|other| other == line), "`{line}` is not in\n{}", done.summary);
}

#[test]
fn a_report_that_is_not_there_is_said_to_be_missing_and_fails_nothing() {
    for script in [REPORT, REPORT_JUNIT, REPORT_COVERAGE, REPORT_MARKDOWN] {
        let bench = shown("junit", "out/**/*.xml");
        bench.write("out/readme", "1");
        let done = bench.run(script);
        has(&done, "### unit (3.11): junit");
        has(&done, "There is no report: no file is \"out/**/*.xml\".");
        assert!(done.outputs.is_empty());
    }
}

#[test]
fn a_report_that_is_only_kept_is_said_to_be_there() {
    let bench = shown("sarif", "out/scan.sarif");
    bench.write("out/scan.sarif", "{}");
    let done = bench.run(REPORT);
    has(&done, "Kept as the artifact `unit.kept`.");
    assert_eq!(done.output("found"), "true");
}

#[test]
fn failing_tests_are_counted_over_all_files_and_named() {
    let bench = shown("junit", "out/**/*.xml");
    bench.write(
        "out/a.xml",
        "<?xml version=\"1.0\"?>\n<!-- <testcase name=\"no\"> -->\n<testsuites><testsuite tests=\"9\">\n\
         <testcase classname=\"pkg.A\" name=\"adds\" time=\"0.1\"/>\n\
         <testcase classname=\"pkg.A\" name=\"it's > odd | `so`\">\n<failure message=\"a > b\">\
         <![CDATA[ <testcase name=\"x\"> ]]></failure></testcase>\n\
         <testcase name='single \"q\"'\n  classname='k'><error/><system-out><![CDATA[a > b]]></system-out></testcase>\n\
         </testsuite></testsuites>\n",
    );
    bench.write(
        "out/sub/b.xml",
        "<testsuite><testcase name=\"later\"><skipped/></testcase><testcase name=\"fine\"></testcase></testsuite>",
    );
    let done = bench.run(REPORT_JUNIT);
    has(&done, "| 5 | 2 | 2 | 1 |");
    has(&done, "- pkg.A › it's \\> odd \\| \\`so\\`");
    has(&done, "- k › single \"q\"");
    assert_eq!(done.output("found"), "true");
}

#[test]
fn a_report_of_tests_that_ends_in_the_middle_counts_the_open_test_as_failed() {
    let bench = shown("junit", "a.xml");
    bench.write("a.xml", "<testsuite><testcase name=\"a\"/><testcase name=\"crashed\"><system-out>");
    has(&bench.run(REPORT_JUNIT), "- crashed");
}

#[test]
fn no_more_than_fifty_failures_are_named() {
    let bench = shown("junit", "a.xml");
    let cases: String = (0..60).map(|n| format!("<testcase name=\"t{n}\"><failure/></testcase>")).collect();
    bench.write("a.xml", format!("<testsuite>{cases}</testsuite>"));
    let done = bench.run(REPORT_JUNIT);
    has(&done, "- t49");
    has(&done, "- and 10 more");
    assert!(!done.summary.contains("- t50"));
}

#[test]
fn what_is_no_report_of_tests_is_said_to_be_none() {
    let bench = shown("junit", "a.xml");
    bench.write("a.xml", "not xml at all");
    has(&bench.run(REPORT_JUNIT), "This is no report in the form of JUnit.");
    bench.write("a.xml", "<testsuites/>");
    has(&bench.run(REPORT_JUNIT), "| 0 | 0 | 0 | 0 |");
}

#[test]
fn cobertura_jacoco_and_lcov_are_told_apart() {
    let bench = shown("coverage", "*.*");
    bench.write(
        "cobertura.xml",
        "<?xml version=\"1.0\"?><!DOCTYPE coverage SYSTEM \"x.dtd\">\n<coverage line-rate=\"0.75\"\n lines-covered=\"3\" \
         lines-valid=\"4\"><packages/></coverage>",
    );
    bench.write("rate.xml", "<coverage line-rate='0.5'/>");
    bench.write(
        "jacoco.xml",
        "<report name=\"x\"><package name=\"p\"><counter type=\"LINE\" missed=\"1\" covered=\"1\"/></package>\
         <counter type=\"LINE\" missed=\"2\" covered=\"8\"/><counter type=\"CLASS\" missed=\"0\" covered=\"1\"/></report>",
    );
    bench.write(
        "lcov.info",
        "SF:a.c\nDA:1,1\nLF:10\nLH:5\nend_of_record\nSF:b.c\nLF:10\nLH:10\nend_of_record\n",
    );
    bench.write("clover.xml", "<coverage generated=\"1\"><project/></coverage>");
    let done = bench.run(REPORT_COVERAGE);
    has(&done, "| cobertura.xml | 3 | 4 | 75.0 % |");
    has(&done, "| rate.xml |  |  | 50.0 % |");
    has(&done, "| jacoco.xml | 8 | 10 | 80.0 % |");
    has(&done, "| lcov.info | 15 | 20 | 75.0 % |");
    has(&done, "| clover.xml |  |  | its form is not known |");
}

#[test]
fn markdown_is_shown_as_it_is_up_to_what_github_takes() {
    let bench = shown("markdown", "notes/*.md");
    bench.write("notes/a.md", "# One\n");
    bench.write("notes/b.md", "x".repeat(1_000_000));
    let done = bench.run(REPORT_MARKDOWN);
    has(&done, "# One");
    assert!(done.summary.len() > 800_000 && done.summary.len() < 1_000_000);
}
