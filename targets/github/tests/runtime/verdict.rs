//! Runs the verdict.

use crate::bench::{Bench, Done};
use pipec_runtime::{Dialect, Script, Systems, VerdictForm};
use serde_json::{Map, Value, json};

const VERDICT: &str = text(VerdictForm::All);
const VERDICT_LISTED: &str = text(VerdictForm::Listed);
const VERDICT_OVERRIDABLE: &str = text(VerdictForm::Overridable);

const fn text(form: VerdictForm) -> &'static str {
    Script::Verdict(form).text(Dialect::GitHub, Systems::Linux)
}

/// Runs a verdict on these results.
fn judge(script: &str, results: &[(&str, &str)], due: &[&str]) -> Done {
    let needs: Map<String, Value> = results
        .iter()
        .map(|(job, result)| ((*job).to_owned(), json!({"result": result, "outputs": {}})))
        .collect();
    let mut bench = Bench::new().with("NEEDS", Value::Object(needs).to_string());
    for (place, lines) in due.iter().enumerate() {
        let name = if place == 0 { "DUE".to_owned() } else { format!("DUE_{}", place + 1) };
        bench = bench.with(&name, *lines);
    }
    bench.run(script)
}

const OTHERS: [&str; 4] = ["failure", "cancelled", "skipped", ""];

#[test]
fn trap_09_the_verdict_needs_success_of_every_job() {
    assert!(judge(VERDICT, &[("unit", "success"), ("app", "success")], &[]).success);
    for result in OTHERS {
        let done = judge(VERDICT, &[("unit", result), ("app", "success")], &[]);
        assert!(!done.success && done.log.contains(&format!("::error::unit: {result}\n")), "{}", done.log);
    }
    assert!(!Bench::new().with("NEEDS", "no JSON").run(VERDICT).success);
}

#[test]
fn jobs_that_were_not_due_must_be_skipped() {
    let green = |release: &str, due: &str| {
        let results = [("unit", "success"), ("release", release)];
        judge(VERDICT_LISTED, &results, &[&format!("release {due}")])
    };
    assert_eq!(green("skipped", "not-due").output("not-due"), "release ");
    assert_eq!(green("success", "due").output("not-due"), "");
    for result in ["failure", "cancelled", "success"] {
        let done = green(result, "not-due");
        assert!(!done.success && done.log.contains(&format!("::error::release: {result}")), "{}", done.log);
        assert_eq!(done.outputs["not-due"], "release ", "the record knows it all the same");
    }
    for result in OTHERS {
        assert!(!green(result, "due").success, "{result}");
        assert!(!green(result, "").success, "{result}: an unknown word expects success");
    }
}

#[test]
fn the_lines_may_be_in_several_variables() {
    let results = [("unit", "success"), ("a", "skipped"), ("b", "skipped")];
    let both = judge(VERDICT_LISTED, &results, &["a not-due", "b not-due"]);
    assert_eq!(both.output("not-due"), "a b ");
    assert!(!judge(VERDICT_LISTED, &results, &["a not-due", "b due"]).success);
    assert!(!judge(VERDICT_LISTED, &results, &["a not-due"]).success);
}

#[test]
fn a_gate_may_have_failed_if_it_was_overridden() {
    let of = |scan: &str, asked: &str, due: &str| {
        judge(VERDICT_OVERRIDABLE, &[("scan", scan), ("override-scan", asked)], &[due])
    };
    let asked = "override-scan due";
    let not_asked = "override-scan not-due";
    assert!(of("failure", "success", asked).success);
    assert!(of("success", "skipped", not_asked).success);
    assert!(of("skipped", "skipped", "scan not-due\noverride-scan not-due").success);
    for other in OTHERS {
        assert!(!of("failure", other, asked).success, "{other}");
    }
    for result in ["cancelled", "skipped"] {
        assert!(!of(result, "success", asked).success, "{result}");
    }
    assert!(!of("failure", "success", "scan not-due\noverride-scan due").success);
    assert!(!of("failure", "success", not_asked).success);
    assert!(!judge(VERDICT_LISTED, &[("scan", "failure"), ("override-scan", "success")], &[asked]).success);
}
