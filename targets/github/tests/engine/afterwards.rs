//! Jobs of a `finally` that start for other outcomes, or on which something depends.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, gate, origin, pull_request, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{Condition, Event, GeneratedFile, NodeKind, Outcome, Outcomes, Secret, StageId};

/// A gate, a build and a deploy, and then jobs for several outcomes.
fn afterwards() -> Build {
    let mut build = Build::new("afterwards", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("commit", Condition::Always);
    build.node("unit", gate("test", &[]), body(vec![run("make test")], &[]), &[]);
    build.stage("release", Condition::Event(Event::Push));
    build.node("notes", NodeKind::Job, body(vec![run("./notes.sh")], &[]), &["unit"]);
    let (unit, notes) = (build.pipeline.nodes[0].id, &mut build.pipeline.nodes[1]);
    notes.before.insert(unit);
    let finally = |build: &mut Build, name: &str, on: &[Outcome], condition: Condition| {
        build.stage(name, condition);
        let stage = build.pipeline.stages.last_mut().unwrap();
        stage.after = vec![StageId(0), StageId(1)];
        stage.finally = Some(Outcomes::of(on));
        stage.runs_on_schedule = true;
    };
    finally(&mut build, "alarm", &[Outcome::Failed], Condition::Event(Event::Push));
    let mut chat = body(vec![run("./tell.sh")], &[]);
    chat.secrets = vec![Secret { variable: "CHAT_URL".to_owned(), file: false, origin: origin() }];
    build.node("chat", NodeKind::Job, chat, &[]);
    finally(&mut build, "tidy", &Outcome::ALL, Condition::Always);
    build.node("remove", NodeKind::Job, body(vec![run("./remove.sh")], &[]), &[]);
    finally(&mut build, "cheer", &[Outcome::Passed], Condition::Always);
    build.node("cheer", NodeKind::Job, body(vec![run("./cheer.sh")], &[]), &[]);
    finally(&mut build, "stop", &[Outcome::Cancelled], Condition::Always);
    build.node("stop", NodeKind::Job, body(vec![run("./stop.sh")], &[]), &[]);
    finally(&mut build, "announce", &[Outcome::Passed], Condition::Event(Event::Push));
    build.pipeline.stages.last_mut().unwrap().after = vec![StageId(1)];
    build.node("announce", NodeKind::Job, body(vec![run("./announce.sh")], &[]), &[]);
    for node in build.pipeline.nodes.iter_mut().skip(2) {
        node.before.clear();
    }
    build
}

#[test]
fn every_outcome_is_proved() {
    let build = afterwards();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
}

/// A gate that fails leaves a later job skipped, as a job that is not due: only the gate's own result tells them apart.
#[test]
fn a_stage_is_over_when_all_before_it_has_ended() {
    let text = compiled(&afterwards()).text;
    let (_, job) = text.split_once("\n  announce:\n").unwrap();
    let (needs, _) = job.split_once("\n    if:").unwrap();
    assert!(needs.ends_with("needs: [unit, notes]"), "{needs}");
}

/// The job for reviewed code waits for more than the other one, so an output lists it later.
#[test]
fn both_jobs_of_a_node_are_told_in_one_order() {
    let mut build = Build::new("twins", vec![push(&["main"]), pull_request(&["main"])]);
    build.stage("first", Condition::Event(Event::Push));
    build.node("style", gate("lint", &[]), body(vec![run("make lint")], &[]), &[]);
    build.stage("second", Condition::Always);
    let mut unit = body(vec![run("make test")], &[]);
    unit.secrets = vec![Secret { variable: "KEY".to_owned(), file: false, origin: origin() }];
    build.node("unit", gate("test", &[]), unit, &["style"]);
    build.stage("tidy", Condition::Always);
    let stage = build.pipeline.stages.last_mut().unwrap();
    stage.after = vec![StageId(0), StageId(1)];
    stage.finally = Some(Outcomes::of(&Outcome::ALL));
    stage.runs_on_schedule = true;
    build.node("remove", NodeKind::Job, body(vec![run("./remove.sh")], &[]), &[]);
    build.pipeline.nodes[2].before.clear();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
}

#[test]
fn many_parallel_jobs_are_decided() {
    let mut build = Build::new("many", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    for number in 0..120 {
        build.node(&format!("unit-{number}"), gate("test", &[]), body(vec![run("make test")], &[]), &[]);
    }
    build.stage("alarm", Condition::Always);
    let stage = build.pipeline.stages.last_mut().unwrap();
    stage.after = vec![StageId(0)];
    stage.finally = Some(Outcomes::of(&[Outcome::Failed]));
    build.node("chat", NodeKind::Job, body(vec![run("./tell.sh")], &[]), &[]);
    build.pipeline.nodes.last_mut().unwrap().before.clear();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0]);
}

const EITHER: &str = "(contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled'))";

broken! {
    a_record_of_a_job_that_something_stopped: afterwards {
        "record": "\"kind\": \"job\", \"finally\": true" => "\"kind\": \"job\""
    } "it describes `chat` wrongly";
    an_alarm_that_no_failure_starts: afterwards {
        "chat": "!cancelled() &&" => "success() &&"
    } "does not start, though its stages have ended so";
    an_alarm_that_misses_what_ran_out_of_time: afterwards {
        "chat": EITHER => "contains(needs.*.result, 'failure')"
    } "does not start, though its stages have ended so";
    an_alarm_that_misses_a_failure: afterwards {
        "chat": EITHER => "contains(needs.*.result, 'cancelled')"
    } "does not start, though its stages have ended so";
    an_alarm_for_one_node_only: afterwards {
        "chat": "contains(needs.*.result, 'failure')" => "needs.unit.result == 'failure'"
    } "does not start, though its stages have ended so";
    an_alarm_for_success_too: afterwards {
        "chat": EITHER => "(contains(needs.*.result, 'success') || contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled'))"
    } "starts, though its stages have not ended so";
    an_alarm_in_a_cancelled_run: afterwards {
        "chat": "!cancelled() &&" => "always() &&"
    } "starts, though its stages have not ended so";
    an_alarm_in_other_runs: afterwards {
        "chat": "github.event_name == 'push'" => "github.event_name != 'push'"
    } "starts, though its stage is not in this run";
    an_alarm_that_waits_for_too_little: afterwards {
        "chat": "needs: [unit, notes]" => "needs: [unit]"
    } "it starts before `notes` has ended";
    a_tidy_job_that_a_failure_stops: afterwards {
        "remove": "    if: ${{ always() }}\n" => ""
    } "does not start, though its stages have ended so";
    a_tidy_job_that_a_cancelled_run_leaves_out: afterwards {
        "remove": "always()" => "!cancelled()"
    } "does not start, though its stages have ended so";
    a_cheer_after_a_failure: afterwards {
        "cheer": "!(contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled'))" => "!contains(needs.*.result, 'cancelled')"
    } "starts, though its stages have not ended so";
    a_job_for_cancelled_runs_in_others: afterwards {
        "stop": "cancelled()" => "always()"
    } "starts, though its stages have not ended so";
    a_stage_that_waits_for_an_alarm: afterwards {
        "notes": "    needs: [unit]\n" => "    needs: [unit, chat]\n"
    } "`notes`";
    a_verdict_that_waits_for_an_alarm: afterwards {
        "verdict": "    needs: [unit, notes]\n" => "    needs: [unit, notes, cheer]\n"
    } "it needs `cheer`";
    a_result_that_is_not_told: afterwards {
        "chat": "            notes ${{ needs.notes.result }}\n" => ""
    } "it tells something else than what became of the nodes before";
    a_result_of_another_node: afterwards {
        "chat": "notes ${{ needs.notes.result }}" => "notes ${{ needs.unit.result }}"
    } "it tells something else than what became of the nodes before";
    another_outcome: afterwards {
        "chat": "PIPE_OUTCOME: failed" => "PIPE_OUTCOME: passed"
    } "`PIPE_OUTCOME`";
    an_outcome_that_nothing_tells: afterwards {
        "remove": "steps.outcome.outputs.outcome" => "steps.outcome.outputs.failed"
    } "`PIPE_OUTCOME`";
    the_secret_of_an_alarm_for_everybody: afterwards {
        "chat": "github.event_name == 'push'" => "github.event_name != 'schedule'"
    } "starts with rights, secrets or an environment on code that nobody reviewed";
}
