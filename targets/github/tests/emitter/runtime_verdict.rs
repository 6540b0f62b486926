//! The verdict, and gates that are exempt, run for real.

use crate::bench::Bench;
use crate::scripts::*;

#[test]
fn trap_09_the_verdict_is_green_only_if_all_that_was_due_succeeded() {
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
    let done = Bench::new().with("JOBS", "unit skipped due\n").run(VERDICT);
    assert!(done.log.contains("::error::unit: skipped"));
}

#[test]
fn an_exempt_gate_says_so_and_why() {
    let done = Bench::new().with("REASON", "there is no migration to check").run(EXEMPT);
    assert_eq!(done.output("outcome"), "exempt");
    assert_eq!(done.summary, "exempt: there is no migration to check\n");
}
