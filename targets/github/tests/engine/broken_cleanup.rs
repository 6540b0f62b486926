//! Cleanups that run at the wrong time, or that their scripts leave too little time.

use crate::broken::{broken, edited};
use crate::sample::{Build, body, deploy, gate, glob, origin, push, run};
use crate::whole::{compiled, findings};
use pipec_ir::{
    Action, Artefact, ArtefactType, Condition, GeneratedFile, NodeKind, PathPattern, Retry, Step, StepKind,
    Tier,
};

fn check(name: &str, script: &str) -> Step {
    Step { name: Some(name.to_owned()), kind: StepKind::Check, ..run(script) }
}

fn cleanup(steps: Vec<Step>) -> Option<Action> {
    Some(Action { steps, env: Vec::new(), origin: origin() })
}

/// A gate with checks, an artefact, a retried job and a deploy, each with a cleanup.
fn cleaned() -> Build {
    let mut build = Build::new("cleaned", vec![push(&["main"])]);
    build.stage("commit", Condition::Always);
    let mut unit = body(vec![run("./up.sh"), check("a", "make a"), check("b", "make b")], &[]);
    unit.cleanup = cleanup(vec![run("./down.sh")]);
    build.node("unit", gate("test", &[]), unit, &[]);
    let mut app = body(vec![run("make app")], &[]);
    app.cleanup = cleanup(vec![run("./down.sh"), run("./further.sh")]);
    let path = PathPattern { glob: glob("out/app"), origin: origin() };
    let artefact = Artefact { ty: ArtefactType::Binary, paths: vec![path], image_name: None };
    build.node("app", NodeKind::Artefact(artefact), app, &[]);
    let mut tried = body(vec![run("make tried")], &[]);
    tried.retry = Some(Retry { times: 1, because: "it is slow".to_owned(), origin: origin() });
    tried.cleanup = cleanup(vec![run("./down.sh")]);
    build.node("tried", NodeKind::Job, tried, &[]);
    build.stage("release", Condition::Always);
    let mut release = body(vec![run("./deploy.sh")], &["app"]);
    release.cleanup = cleanup(vec![run("./down.sh")]);
    build.node("deploy-app-to-production", deploy(&["app"], "production"), release, &[]);
    build.environment("production", Tier::Production);
    build
}

#[test]
fn every_cleanup_is_proved() {
    let build = cleaned();
    let file = compiled(&build);
    assert_eq!(findings(&build, &file), [""; 0], "{}", file.text);
    assert_eq!(file.text.matches("always() && steps.").count(), 5, "{}", file.text);
}

const BEGUN: &str = "always() && steps.first.outcome != 'skipped'";

broken! {
    a_cleanup_after_success_only: cleaned {
        "unit": &format!("        if: ${{{{ {BEGUN} }}}}\n") => ""
    } "is green without the step `clean up`";
    a_cleanup_that_a_cancelled_run_leaves_out: cleaned {
        "unit": BEGUN => "!cancelled() && steps.first.outcome != 'skipped'"
    } "is green without the step `clean up`";
    a_cleanup_after_a_failure_only: cleaned {
        "unit": BEGUN => "!success() && steps.first.outcome != 'skipped'"
    } "is green without the step `clean up`";
    a_cleanup_before_anything_has_begun: cleaned {
        "unit": BEGUN => "always()"
    } "runs the step `clean up` where it may not";
    a_cleanup_of_another_step: cleaned {
        "unit": BEGUN => "always() && steps.check-2.outcome != 'skipped'"
    } "is green without the step `clean up`";
    a_cleanup_that_ignores_its_failure: cleaned {
        "unit": &format!("        if: ${{{{ {BEGUN} }}}}\n") => &format!("        if: ${{{{ {BEGUN} }}}}\n        continue-on-error: true\n")
    } "the job ignores a failure that counts";
    a_second_script_after_the_first_failed: cleaned {
        "app": "always() && steps.clean-up-1.outcome == 'success'" => "always() && steps.clean-up-1.outcome != 'skipped'"
    } "runs the step `clean up: ./further.sh` where it may not";
    no_cleanup: cleaned {
        "tried": "      - name: clean up\n        if: ${{ always() && steps.try-1.outcome != 'skipped' }}\n        run: ./down.sh\n" => ""
    } "a script of the source is missing";
    a_cleanup_after_the_second_attempt_only: cleaned {
        "tried": "always() && steps.try-1.outcome" => "always() && steps.try-2.outcome"
    } "is green without the step `clean up`";
    an_attempt_that_takes_all_the_time: cleaned {
        "tried": "timeout-minutes: 8\n" => "timeout-minutes: 10\n"
    } "an attempt may take longer than its node, or not as long";
    scripts_that_take_all_the_time: cleaned {
        "unit": "LIMIT: \"480\"" => "LIMIT: \"600\""
    } "it does not work out what is left of its timeout";
    checks_that_take_twice_the_time: cleaned {
        "unit": "          PARTS: \"2\"\n" => ""
    } "it does not work out what is left of its timeout";
    a_script_without_a_limit: cleaned {
        "unit": "        timeout-minutes: ${{ fromJSON(steps.time-to-1.outputs.minutes) }}\n" => ""
    } "a script may take longer than its cleanup leaves it";
    a_script_with_the_limit_of_another: cleaned {
        "unit": "        timeout-minutes: ${{ fromJSON(steps.time-to-2.outputs.minutes) }}\n" => "        timeout-minutes: ${{ fromJSON(steps.time-to-1.outputs.minutes) }}\n"
    } "a script may take longer than its cleanup leaves it";
    a_clock_that_starts_late: cleaned {
        "unit": "STARTED: ${{ steps.clock.outputs.started }}\n          LIMIT: \"480\"\n        run" => "STARTED: ${{ steps.time-to-1.outputs.minutes }}\n          LIMIT: \"480\"\n        run"
    } "it does not work out what is left of its timeout";
    a_deploy_that_takes_all_the_time: cleaned {
        "deploy-app-to-production": "LIMIT: \"480\"" => "LIMIT: \"600\""
    } "it does not work out what is left of its timeout";
    another_cleanup: cleaned {
        "deploy-app-to-production": "        run: ./down.sh\n" => "        run: ./up.sh\n"
    } "the source asks for no such step";
}

#[test]
fn a_cleanup_stands_behind_what_the_job_hands_on() {
    let build = cleaned();
    let good = compiled(&build);
    let (before, rest) = good.text.split_once("      - name: Record app").unwrap();
    let (record, rest) = rest.split_once("      - name: \"clean up: ./down.sh\"").unwrap();
    let (cleanup, after) = rest.split_once("\n\n").unwrap();
    let text = format!(
        "{before}      - name: \"clean up: ./down.sh\"{cleanup}\n      - name: Record app{record}\n{after}"
    );
    let found = findings(&build, &GeneratedFile { text, ..good });
    assert!(found.iter().any(|it| it.contains("its steps are in another order")), "{found:#?}");
}
