//! Runs the verdict, and the script of exempt gates.

use crate::bench::Bench;
use crate::scripts::*;

#[test]
fn trap_09_the_verdict_needs_success_of_every_due_job() {
    let green = |jobs: &str| Bench::new().with("JOBS", jobs).run(VERDICT).success;
    assert!(green("unit success due\nrelease skipped not-due\n"));
    for result in ["failure", "cancelled", "skipped", ""] {
        assert!(!green(&format!("unit {result} due\napp success due\n")), "{result}");
    }
    for result in ["failure", "cancelled", "success"] {
        assert!(!green(&format!("unit success due\nrelease {result} not-due\n")), "{result}");
    }
    let several = |more: &str| {
        Bench::new().with("JOBS", "unit success due\n").with("JOBS_2", more).run(VERDICT).success
    };
    assert!(several("app success due\n") && !several("app failure due\n"));
    let done =
        Bench::new().with("JOBS", "unit success due\nweb skipped not-due\nx skipped not-due\n").run(VERDICT);
    assert_eq!(done.output("not-due"), "web x");
    let done = Bench::new().with("JOBS", "unit skipped due\n").run(VERDICT);
    assert!(done.log.contains("::error::unit: skipped"));
}

#[test]
fn a_gate_may_have_failed_if_it_was_overridden() {
    let of = |jobs: &str| Bench::new().with("JOBS", jobs).run(VERDICT);
    let done = of("scan failure due success\noverride-scan success due\n");
    assert!(done.success && done.log.contains("::warning title=Override::scan failed and was overridden"));
    assert!(of("scan success due skipped\noverride-scan skipped not-due\n").success);
    assert!(of("scan skipped not-due skipped\noverride-scan skipped not-due\n").success);
    for other in ["failure", "cancelled", "skipped", ""] {
        assert!(!of(&format!("scan failure due {other}\n")).success, "{other}");
    }
    for result in ["cancelled", "skipped"] {
        assert!(!of(&format!("scan {result} due success\n")).success, "{result}");
    }
    assert!(!of("scan failure not-due success\n").success);
    assert!(!of("scan failure due success\noverride-scan success not-due\n").success);
}

#[test]
fn a_deploy_continues_only_until_the_override_expires() {
    let goes = |gate: &str, overrides: String| {
        Bench::new().with("GATE", gate).with("OVERRIDES", overrides).run(OVERRIDE_IN_FORCE)
    };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let approved = |age: u64| format!("unit success 60 \nscan failure 86400 {}\n", now - age);
    assert!(goes("scan", approved(0)).success);
    assert!(goes("scan", approved(86_000)).success);
    let late = goes("scan", approved(86_500));
    assert!(!late.success && late.log.contains("the override of scan expired: it was approved"));
    assert!(goes("", approved(86_500)).success, "no run of an override");
    assert!(goes("no override", approved(86_500)).success);
    assert!(goes("unit", approved(86_500)).success, "the override is of a gate that passed");
    assert!(goes("scan", "scan skipped 86400 \n".to_owned()).success, "the gate is not in this run");
    for time in ["", "soon", "0", "1+1", "a[$(touch x)]"] {
        let done = goes("scan", format!("scan failure 86400 {time}\n"));
        assert!(!done.success && done.log.contains("is not known"), "{time}: {}", done.log);
    }
    assert!(!goes("scan", "scan cancelled 86400 \n".to_owned()).success);
}

#[test]
fn an_exempt_gate_shows_its_reason() {
    let done = Bench::new().with("REASON", "there is no migration to check").run(EXEMPT);
    assert_eq!(done.output("outcome"), "exempt");
    assert_eq!(done.output("reason"), "there is no migration to check");
    assert_eq!(done.summary, "exempt: there is no migration to check\n");
}
