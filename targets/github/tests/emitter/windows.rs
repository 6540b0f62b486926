//! Windows: their workflows, and runs of their scripts on a simulated clock.

use crate::bench::Bench;
use crate::one_pipeline;
use crate::programs::*;
use crate::scripts::{WINDOW_OPEN, WINDOW_WAIT};
use pipec_ir::*;
use std::sync::Arc;

fn window(days: &[u8]) -> Option<Window> {
    let zone = "Europe/London".to_owned();
    Some(Window {
        days: days.iter().map(|day| Weekday::ALL[usize::from(*day) - 1]).collect(),
        from: 480,
        to: 960,
        zone,
        origin: origin(),
    })
}

/// The service with a window of four days for production.
pub fn in_a_window() -> Build {
    let mut build = service();
    build.pipeline.name = "in-a-window".to_owned();
    Arc::make_mut(&mut build.program.environments).get_mut("production").unwrap().window =
        window(&[1, 2, 3, 4]);
    build
}

#[test]
fn a_separate_job_waits_for_a_window() {
    let workflow = in_a_window().workflow();
    let (_, from) = workflow.split_once("  # waits for the window").unwrap();
    let (shown, _) = from.split_once("      - name: Approved").unwrap();
    insta::assert_snapshot!(format!("  # waits for the window{shown}"));
}

#[test]
fn the_engine_model_finds_no_difference() {
    let build = in_a_window();
    let found = one_pipeline::verify(&build.program, &build.pipeline, &build.output().files).findings;
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_name_of_a_waiting_job_is_reserved() {
    let wait = "wait-to-deploy-site-to-production";
    let build = in_a_window().node(wait, NodeKind::Job, body(&["true"]), &[]);
    let taken = format!("P1102 `{wait}` is the name of the job that waits for the window of `production`");
    assert_eq!(build.complaints(), [taken]);
    let mut without = build;
    Arc::make_mut(&mut without.program.environments).get_mut("production").unwrap().window = None;
    assert!(without.complaints().is_empty());
}

#[test]
fn a_window_on_a_machine_without_time_zones_is_refused() {
    let build = in_a_window()
        .edit("deploy-site-to-production", |node| node.body.runner.host = RunnerHost::WindowsX64);
    assert_eq!(build.complaints(), ["P1101 the window of `production` can't be checked on windows-x64"]);
}

/// A replacement of `date` that prints the time in the file `now`. It uses the zone of TZ, and records it.
const DATE: &str = r#"#!/usr/bin/env bash
set -euo pipefail
now=$(< "$GH_FOLDER/now")
[[ ${TZ:-} == '' ]] || echo "$TZ" > "$GH_FOLDER/zone"
if [[ $1 == +%s ]]; then
  echo "$now"
  exit
fi
if [[ $1 == --date ]]; then
  now=${2#@}
  shift 2
fi
TZ=UTC command -p date --date "@$now" "$1"
"#;

/// A replacement of `sleep` that only changes the time in the file.
const SLEEP: &str = r#"#!/usr/bin/env bash
echo $(($(< "$GH_FOLDER/now") + $1)) > "$GH_FOLDER/now"
"#;

/// Monday, the second of March 2026, at 00:00.
const MONDAY: u64 = 1_772_409_600;
const HOUR: u64 = 3_600;

/// A machine at that time, in UTC. It deploys from Monday to Thursday, from 8 to 16.
fn at(seconds: u64) -> Bench {
    let bench = Bench::new();
    for (name, script) in [("date", DATE), ("sleep", SLEEP)] {
        std::fs::write(bench.path("bin").join(name), script).unwrap();
    }
    bench.shell(
        "chmod +x ../bin/date ../bin/sleep && mkdir -p ../zones/Europe && touch ../zones/Europe/London",
    );
    std::fs::write(bench.path("gh/now"), seconds.to_string()).unwrap();
    let zones = bench.path("zones").to_str().unwrap().to_owned();
    bench
        .with("TZDIR", zones)
        .with("ENVIRONMENT", "production")
        .with("DAYS", "1 2 3 4")
        .with("FROM", "08:00")
        .with("UNTIL", "16:00")
        .with("ZONE", "Europe/London")
}

#[test]
fn a_deploy_continues_only_in_its_window() {
    let open = |seconds: u64| at(MONDAY + seconds).run(WINDOW_OPEN).success;
    assert!(!open(8 * HOUR - 1), "a second too early");
    assert!(open(8 * HOUR) && open(9 * HOUR + 540));
    assert!(open(16 * HOUR - 1) && !open(16 * HOUR), "the window is closed when it closes");
    assert!(open(3 * 24 * HOUR + 12 * HOUR), "on Thursday");
    for day in 4..=6 {
        assert!(!open(day * 24 * HOUR + 12 * HOUR), "day {day}");
    }
    assert!(open(7 * 24 * HOUR + 12 * HOUR), "on Monday again");
}

#[test]
fn the_time_is_that_of_the_zone() {
    let bench = at(MONDAY + 12 * HOUR);
    assert!(bench.run(WINDOW_OPEN).success);
    assert_eq!(std::fs::read_to_string(bench.path("gh/zone")).unwrap(), "Europe/London\n");
    let done = at(MONDAY + 12 * HOUR).with("ZONE", "Europe/Londn").run(WINDOW_OPEN);
    assert!(!done.success, "it would pass for UTC");
    assert!(done.log.contains("does not know the time zone Europe/Londn"), "{}", done.log);
}

#[test]
fn without_a_clock_no_window_is_open() {
    for script in [WINDOW_OPEN, WINDOW_WAIT] {
        let bench = at(MONDAY + 12 * HOUR);
        std::fs::remove_file(bench.path("gh/now")).unwrap();
        assert!(!bench.run(script).success);
    }
}

/// How long a job waits, in seconds. `None` if it fails.
fn waits(seconds: u64) -> Option<u64> {
    let bench = at(seconds);
    let done = bench.run(WINDOW_WAIT);
    let now: u64 = std::fs::read_to_string(bench.path("gh/now")).unwrap().trim().parse().unwrap();
    assert_eq!(done.success, done.summary.contains("opens in"), "{}", done.log);
    done.success.then(|| now - seconds)
}

#[test]
fn a_job_waits_until_its_window_opens() {
    assert_eq!(waits(MONDAY + 8 * HOUR), Some(0));
    assert_eq!(waits(MONDAY + 12 * HOUR), Some(0));
    assert_eq!(waits(MONDAY + 6 * HOUR), Some(2 * HOUR));
    assert_eq!(waits(MONDAY + 8 * HOUR - 1), Some(60), "in whole minutes");
    assert_eq!(waits(MONDAY + 2 * HOUR + 600), Some(6 * HOUR - 600));
}

#[test]
fn a_wait_longer_than_a_job_fails() {
    assert_eq!(waits(MONDAY + 2 * HOUR), None);
    assert_eq!(waits(MONDAY + 4 * 24 * HOUR), None, "until Monday");
}
