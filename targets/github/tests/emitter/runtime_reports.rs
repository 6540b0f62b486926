//! Runs the scripts that show reports in the summary.

use crate::bench::{Bench, Done};
use crate::scripts::*;

fn shown(script: &str, report: &str, files: &[(&str, &str)]) -> Done {
    let bench = Bench::new()
        .with("NODE", "unit")
        .with("FORMAT", "junit")
        .with("REPORT", report)
        .with("KEPT", "junit unit");
    for (name, text) in files {
        bench.write(name, text);
    }
    let done = bench.run(script);
    assert!(done.success, "{}", done.log);
    done
}

#[test]
fn a_missing_report_is_mentioned_without_failing() {
    for script in [REPORT, REPORT_JUNIT, REPORT_COVERAGE, REPORT_MARKDOWN] {
        let done = shown(script, "^out/[^/]*\\.xml$", &[("other/a.xml", "<testsuite/>")]);
        assert!(
            done.summary.contains("There is no report: no file matches `^out/[^/]*\\.xml$`."),
            "{}",
            done.summary
        );
        assert!(!done.outputs.contains_key("found"));
    }
}

#[test]
fn tests_are_counted_and_those_that_failed_are_named() {
    let suite = r#"<?xml version="1.0"?>
<testsuites><testsuite name="s" tests="4">
  <testcase classname="a.B" name="good"/>
  <testcase classname="a.B" name="bad &lt;one&gt; | two"><failure message="m">trace</failure></testcase>
  <testcase name="left out"><skipped/></testcase>
  <testcase name="broken"
    classname="c"><error/></testcase>
</testsuite></testsuites>
"#;
    let done =
        shown(REPORT_JUNIT, "^out/(.*/)?[^/]*\\.xml$", &[("out/deep/a.xml", suite), ("out/b.xml", suite)]);
    assert_eq!(done.output("found"), "true");
    assert!(done.summary.contains('8') && done.summary.contains('4'), "{}", done.summary);
    assert!(done.summary.contains("broken"), "{}", done.summary);
    assert!(!done.summary.contains("<one>"), "{}", done.summary);
    assert!(!done.summary.contains("good\n"), "{}", done.summary);
}

#[test]
fn coverage_of_every_format_is_shown() {
    let cobertura =
        r#"<?xml version="1.0"?><coverage line-rate="0.75" lines-covered="3" lines-valid="4"></coverage>"#;
    let jacoco = r#"<report name="x"><counter type="LINE" missed="9" covered="1"/><counter type="LINE" missed="1" covered="3"/></report>"#;
    let lcov = "TN:\nSF:a.rs\nLF:10\nLH:5\nend_of_record\nSF:b.rs\nLF:10\nLH:10\nend_of_record\n";
    for (text, share) in
        [(cobertura, "75.0 %"), (jacoco, "75.0 %"), (lcov, "75.0 %"), ("hello\n", "not known")]
    {
        let done = shown(REPORT_COVERAGE, "^cover$", &[("cover", text)]);
        assert!(done.summary.contains(share), "{text}: {}", done.summary);
    }
}

#[test]
fn markdown_is_shown_unchanged_up_to_the_limit() {
    let done = shown(REPORT_MARKDOWN, "^notes\\.md$", &[("notes.md", "# Notes\n")]);
    assert!(done.summary.contains("\n# Notes\n"), "{}", done.summary);
    let long = "x".repeat(2_000_000);
    let done = shown(REPORT_MARKDOWN, "^notes\\.md$", &[("notes.md", &long)]);
    assert!(done.summary.len() < 1_000_000 && done.summary.len() > 800_000, "{}", done.summary.len());
}
