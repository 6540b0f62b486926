//! Runs the scripts for the time limits and soaks of deploys. A replacement of `date` sets the time.

use crate::bench::Bench;
use crate::scripts::*;

fn left(now: u64, limit: &str, parts: Option<&str>) -> Option<String> {
    let bench = Bench::at(now).with("STARTED", "1000").with("LIMIT", limit);
    let bench = match parts {
        Some(parts) => bench.with("PARTS", parts),
        None => bench,
    };
    let done = bench.run(TIME_LEFT);
    assert_eq!(done.success, done.outputs.contains_key("minutes"), "{}", done.log);
    done.outputs.get("minutes").cloned()
}

#[test]
fn the_scripts_of_a_deploy_share_one_timeout() {
    assert_eq!(Bench::at(1000).run(CLOCK).output("started"), "1000");
    assert_eq!(left(1000, "1200", None).as_deref(), Some("20"));
    assert_eq!(left(1059, "1200", None).as_deref(), Some("19"), "GitHub counts whole minutes");
    assert_eq!(left(1600, "1200", Some("2")).as_deref(), Some("5"));
    assert_eq!(left(2199, "1200", None).as_deref(), Some("1"), "nought would be no limit");
    assert_eq!(left(2200, "1200", None), None);
    assert_eq!(left(9999, "1200", None), None);
}

#[test]
fn no_script_starts_without_a_clock() {
    let done = Bench::at(1_760_000_000).with("STARTED", "").with("LIMIT", "1200").run(TIME_LEFT);
    assert!(!done.success);
    assert!(!Bench::at(1000).with("LIMIT", "1200").run(TIME_LEFT).success);
}

#[test]
fn a_soak_takes_its_time() {
    let before = std::time::Instant::now();
    assert!(Bench::new().with("SOAK", "1").run(SOAK).success);
    assert!(before.elapsed() >= std::time::Duration::from_secs(1));
    assert!(!Bench::new().run(SOAK).success);
}
