//! Runs the scripts of exempt gates and of overrides in force.

use crate::bench::Bench;
use crate::scripts::*;

#[test]
fn a_deploy_continues_only_until_the_override_expires() {
    let attempt = |number: &str, gate: &str, overrides: String| {
        let bench = Bench::new().with("GITHUB_RUN_ATTEMPT", number);
        bench.with("GATE", gate).with("OVERRIDES", overrides).run(OVERRIDE_IN_FORCE)
    };
    let goes = |gate: &str, overrides: String| attempt("1", gate, overrides);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let approved = |age: u64| format!("unit success 60 \nscan failure 86400 {}\n", now - age);
    assert!(goes("scan", approved(0)).success);
    assert!(goes("scan", approved(86_000)).success);
    let again = attempt("2", "scan", approved(0));
    assert!(!again.success && again.log.contains("an override is for one attempt"), "{}", again.log);
    assert!(attempt("2", "unit", approved(0)).success, "the gate itself passed");
    assert!(attempt("2", "", approved(0)).success, "no run of an override");
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
