//! Runs the script that checks the measures of a report.

use crate::bench::{Bench, Done};
use pipec_runtime::{Dialect, Script, Systems};
use serde_json::json;

const MEASURE: &str = Script::Measure.text(Dialect::GitHub, Systems::Linux);

/// Checks a report against expectations: key, comparison, number, unit.
fn judged(report: &str, rows: &[[&str; 4]]) -> Done {
    let rows = rows.iter().map(|[key, is, number, unit]| match *unit {
        "" => format!("{}\n", json!({"key": key, "is": is, "number": number})),
        "text" => format!("{}\n", json!({"key": key, "is": is, "text": number})),
        unit => format!("{}\n", json!({"key": key, "is": is, "number": number, "unit": unit})),
    });
    let rows: String = rows.collect();
    let bench = Bench::new().with("FILE", "out/m.json").with("EXPECTATIONS", rows);
    bench.write("out/m.json", report);
    bench.run(MEASURE)
}

fn holds(value: &str, is: &str, number: &str, unit: &str) -> bool {
    judged(&format!("{{\"k\": {value}}}"), &[["k", is, number, unit]]).success
}

fn complaint(value: &str, number: &str, unit: &str) -> String {
    let done = judged(&format!("{{\"k\": {value}}}"), &[["k", "<", number, unit]]);
    assert!(!done.success, "{}", done.log);
    done.log.lines().next().unwrap().to_owned()
}

#[test]
fn numbers_are_compared_as_written() {
    for (is, less, same, more) in [
        ("<", true, false, false),
        ("<=", true, true, false),
        ("==", false, true, false),
        ("!=", true, false, true),
        (">=", false, true, true),
        (">", false, false, true),
    ] {
        for (value, wanted) in [("0.81", less), ("0.82", same), ("8.2e-1", same), ("0.83", more)] {
            assert_eq!(holds(value, is, "0.82", ""), wanted, "{value} {is} 0.82");
        }
    }
    assert!(holds("-1", "<", "0", "") && !holds("1", "?", "0", ""));
}

#[test]
fn a_plain_number_has_the_expected_unit() {
    assert!(holds("118", "<", "300", "ms") && !holds("301", "<", "300", "ms"));
    assert!(holds("0.9", "<", "1", "s") && !holds("118", "<", "1", "s"));
    assert!(holds("1.5", "<=", "2", "GiB") && !holds("2048", "<=", "2", "GiB"));
}

#[test]
fn no_time_size_or_share_is_below_zero() {
    assert!(complaint("-1", "300", "ms").contains("k is -1ms, below zero, and must be < 300ms"));
    assert!(complaint("\"-1s\"", "300", "ms").contains("k is \"-1s\", below zero"));
    assert!(
        complaint("-5", "2", "GiB").contains("below zero")
            && complaint("\"-5%\"", "3", "%").contains("below zero")
    );
    assert!(holds("0", "<", "300", "ms") && holds("\"0s\"", "<", "300", "ms"));
    assert!(holds("-1", "<", "3", ""), "a number without a unit may be a difference");
}

#[test]
fn a_text_has_its_own_unit() {
    for (value, number, unit) in [
        ("118ms", "118", "ms"),
        ("0.118s", "118", "ms"),
        ("118000us", "118", "ms"),
        ("118 ms", "118", "ms"),
        ("90m", "5400", "s"),
        ("2.35m", "141000", "ms"),
        ("24h", "1", "d"),
        ("2GiB", "2048", "MiB"),
        ("1536KiB", "1536", "KiB"),
        ("1024B", "1", "KiB"),
        ("0.57", "", ""),
        ("97%", "97", "%"),
        ("99.99%", "99.99", "%"),
        ("120%", "120", "%"),
    ] {
        let equal = holds(&format!("\"{value}\""), "==", number, unit);
        assert_eq!(equal, !unit.is_empty(), "{value}");
    }
}

#[test]
fn a_percentage_is_a_fraction() {
    assert!(holds("0.95", ">=", "95", "%") && holds("0.57", "==", "57", "%") && holds("1", "==", "100", "%"));
    assert!(!holds("0.94", ">=", "95", "%"));
    let told = complaint("97", "95", "%");
    assert!(told.contains("k is 97, no fraction from 0 to 1: write 0.97 or \"97%25\""), "{told}");
    assert!(complaint("-0.1", "95", "%").contains("no fraction"));
}

#[test]
fn a_missing_or_invalid_value_always_fails() {
    for value in ["null", "true", "[1]", "{\"p\": 1}", "\"1\"", "\"fast\"", "\"1ms\""] {
        assert!(complaint(value, "300", "").contains("no number"), "{value}");
    }
    for value in ["\"2GiB\"", "\"118\"", "\"ms\"", "\"1e3ms\"", "\"1.ms\"", "\"1,5s\"", "\"9%\"", "\"\""] {
        assert!(complaint(value, "300", "ms").contains("no duration"), "{value}");
    }
    assert!(complaint("\"118ms\"", "2", "GiB").contains("no size"));
    assert!(complaint("\"0.9\"", "95", "%").contains("no percentage"));
    for value in ["NaN", "nan", "1e999", "-1e999"] {
        let done = judged(&format!("{{\"k\": {value}}}"), &[["k", "<", "300", "ms"]]);
        assert!(!done.success, "{value}: {}", done.log);
    }
    for value in ["1", "null", "[\"release\"]"] {
        let done = judged(&format!("{{\"k\": {value}}}"), &[["k", "!=", "debug", "text"]]);
        assert!(!done.success && done.log.contains("no text"), "{value}: {}", done.log);
    }
    assert!(holds("\"release\"", "==", "release", "text") && !holds("\"release\"", "!=", "release", "text"));
    assert!(!holds("\"Release\"", "==", "release", "text"));
}

#[test]
fn a_key_is_a_path_of_names() {
    let report = "{\"a\": {\"b\": {\"c-d\": 1}}, \"x.y\": 1, \"l\": [1], \"n\": null}";
    assert!(judged(report, &[["a.b.c-d", "==", "1", ""]]).success);
    for key in ["a.b", "b", "a.c", "x.y", "l.0", "n", "n.a", "a.b.c-d.e"] {
        let done = judged(report, &[[key, "==", "1", ""]]);
        assert!(!done.success, "{key}");
    }
    let done = judged(report, &[["q", "!=", "1", ""], ["a.b.c-d", "==", "1", ""]]);
    assert!(!done.success && done.log.contains("::error::q is not there, and must be != 1"), "{}", done.log);
    assert!(!judged("[1]", &[["0", "==", "1", ""]]).success);
}

#[test]
fn a_report_must_be_one_existing_json_text() {
    for report in ["", "x", "{\"k\": 1} {\"k\": 1}", "{\"k\": 1", "{\"k\": 1}}"] {
        let done = judged(report, &[["k", "==", "1", ""]]);
        assert!(
            !done.success && done.log.contains("::error::out/m.json is not one JSON text"),
            "{}",
            done.log
        );
    }
    let done = Bench::new().with("FILE", "m.json").with("EXPECTATIONS", "").run(MEASURE);
    assert!(!done.success && done.log.contains("m.json is not there"), "{}", done.log);
    assert!(!judged("{\"k\": 1}", &[]).success, "nothing is expected");
}

#[test]
fn every_expectation_is_judged_and_shown() {
    let report = json!({"a": 1, "b": 2, "c": "| x |\n::error::y <b> `z`"});
    let rows = [["a", "<", "2", ""], ["b", "<", "2", ""], ["c", "==", "%0Ax", "text"]];
    let done = judged(&report.to_string(), &rows);
    assert!(!done.success);
    let errors: Vec<&str> = done.log.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(
        errors,
        [
            "::error::b is 2, and must be < 2",
            "::error::c is \"| x |\\n::error::y <b> `z`\", and must be == %250Ax"
        ]
    );
    assert!(
        done.summary.contains("| a | 1 | &#60; 2 | holds |\n| b | 2 | &#60; 2 | fails |\n"),
        "{}",
        done.summary
    );
    assert!(!done.summary.contains("::") && !done.summary.contains("<b>"), "{}", done.summary);
}

#[test]
fn a_run_of_several_puts_its_report_aside() {
    let row = "{\"key\": \"k\", \"is\": \"==\", \"number\": \"1\"}\n";
    let bench = Bench::new().with("FILE", "m.json").with("EXPECTATIONS", row).with("RUN", "2");
    bench.write("m.json", "{\"k\": 1}");
    let done = bench.run(MEASURE);
    assert!(done.success && done.summary.starts_with("| measured in run 2 |"), "{}", done.log);
    assert_eq!(bench.shell("ls"), "m.json.run-2");
    assert!(!bench.run(MEASURE).success, "the next run has written none");
}

#[test]
fn a_machine_without_jq_fails_the_gate() {
    let bench = Bench::new().with("FILE", "m.json").with("EXPECTATIONS", "");
    bench.write("m.json", "{\"k\": 1}");
    std::fs::write(bench.path("bin/jq"), "#!/bin/sh\nexit 127\n").unwrap();
    bench.shell("chmod +x ../bin/jq");
    let done = bench.run(MEASURE);
    assert!(!done.success, "{}", done.log);
}
