//! Compares conditions with the engine semantics.
//!
//! The tests have each cell of the table in section 1.1, its bypasses, and the rules of the expression language.

use super::events;
use crate::meaning::expression::{Evaluator, Scope};
use crate::meaning::{lift, starts};
use crate::read::expression::parse;
use crate::read::{workflow, yaml};
use pipec_ir::facts::Vocabulary;
use pipec_ir::{Condition, Event, Input, InputType, Origin, Pins, Pipeline, Schedule, Stage, Trigger};
use pipec_logic::{Glob, Proposition};
use pipec_model::{Axis, Jobs, NameFilter, Questions, Results, RunEvent, RunTrigger, Source, World, follow};

fn pipeline() -> Pipeline {
    let globs = |text| vec![Glob::parse(text).unwrap()];
    let input = |name: &str, ty| Input {
        name: name.to_owned(),
        ty,
        default: None,
        docs: Vec::new(),
        origin: Origin::default(),
    };
    let asked = |name: &str, value: &str| Condition::Input { name: name.to_owned(), value: value.to_owned() };
    let inputs = vec![input("dry", InputType::Boolean), input("place", InputType::String)];
    let stage = Stage {
        name: "all".to_owned(),
        docs: Vec::new(),
        origin: Origin::default(),
        after: Vec::new(),
        finally: None,
        condition: Condition::Any(vec![asked("dry", "true"), asked("place", "Europe")]),
        condition_origin: None,
        runs_on_schedule: false,
        budget: None,
        nodes: Vec::new(),
    };
    Pipeline {
        name: "sample".to_owned(),
        triggers: vec![
            Trigger::Push(globs("main"), Origin::default()),
            Trigger::Tag(globs("v*"), Origin::default()),
            Trigger::PullRequest(globs("main"), Origin::default()),
            Trigger::Schedule(Schedule::parse("0 3 * * *").unwrap(), Origin::default()),
            Trigger::Manual(inputs, Origin::default()),
            Trigger::MergeQueue(Origin::default()),
        ],
        stages: vec![stage],
        ..Pipeline::default()
    }
}

/// Repeats a question until every question about names has its answer.
fn answered<T>(ask: impl Fn(&World, &Source<'_>) -> T) -> T {
    let pipeline = pipeline();
    let mut known = Questions::default();
    loop {
        let mut vocabulary = Vocabulary::new();
        let source = Source::add_to(&mut vocabulary, &pipeline);
        let world = World::new(vocabulary, known, source.manual_entry()).unwrap();
        let answer = ask(&world, &source);
        match world.unanswered() {
            None => return answer,
            Some(asked) => known = asked,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Always,
    Never,
    Either,
}

/// Whether `claim` holds in the runs that `when` describes.
fn answer(world: &World, when: &Proposition, claim: &Proposition) -> Answer {
    let logic = world.logic();
    let when = logic.and(&world.possible(), when);
    match (logic.is_compatible(&when, claim).unwrap(), logic.implies_always(&when, claim).unwrap()) {
        (_, true) => Answer::Always,
        (false, _) => Answer::Never,
        _ => Answer::Either,
    }
}

/// Whether an expression holds if another does.
fn holds_when(when: &str, text: &str) -> Answer {
    answered(|world, _| {
        let none = Jobs::default();
        let scope = Scope::of_job("test", &[], &none, world.free("cancelled"));
        let evaluator = Evaluator { world, scope: &scope };
        let holds = |text: &str| evaluator.holds(&parse(text).unwrap_or_else(|| panic!("{text}")));
        answer(world, &holds(when), &holds(text))
    })
}

fn holds(text: &str) -> Answer {
    holds_when("true", text)
}

/// The outcome of the needed job `g`.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Success,
    Failure,
    Skipped,
    CancelledAlone,
    RunCancelled,
}

/// That a push triggers the run, according to `on:`.
fn pushed(workflow: &yaml::Node, world: &World) -> Proposition {
    let triggers = events::triggers(workflow.get("on"), &mut Vec::new());
    let [
        RunTrigger {
            event: RunEvent::Push { branches: Some(NameFilter::Patterns(names)), tags: None }, ..
        },
    ] = triggers.as_slice()
    else {
        panic!("{triggers:?}")
    };
    let logic = world.logic();
    let named: Vec<Proposition> =
        names.iter().map(|pattern| world.name_in(Axis::Branch, &pattern.surely)).collect();
    logic.all(&[world.possible(), world.facts.event(Event::Push), logic.any(&named)])
}

/// Whether `d`, which needs `g`, starts.
fn starts(outcome: Outcome, condition: &str) -> Answer {
    let line = if condition.is_empty() { String::new() } else { format!("    if: {condition}\n") };
    starts_in(outcome, &format!("  d:\n    needs: [g]\n{line}    steps: []\n"))
}

fn starts_in(outcome: Outcome, jobs: &str) -> Answer {
    let (can_be, answer) = answered(|world, source| {
        let text = format!(
            "on:\n  push:\n    branches: [main]\njobs:\n  g:\n    if: vars.on\n    steps: []\n{jobs}"
        );
        let (workflow, _) = workflow::understand(yaml::read(&text).unwrap());
        let triggered = pushed(&workflow.root, world);
        let lifted: Vec<_> =
            workflow.jobs.iter().map(|job| lift::lift(job, None, &Pins::default())).collect();
        let jobs = lifted.iter().map(|lifted| &lifted.job);
        let states = follow(jobs, &triggered, world, Some(source), Results::Any, |place, before, stopped| {
            starts::start((place, &workflow.jobs[place]), before, stopped, world)
        });
        let logic = world.logic();
        let gate = &states["g"];
        let others = workflow.jobs.iter().filter(|job| job.id != "g");
        let stopped: Vec<Proposition> = others.map(|job| states[job.id.as_str()].stopped.clone()).collect();
        let alive = logic.not(&logic.any(&stopped));
        let when = match outcome {
            Outcome::Success => logic.and(&gate.success, &alive),
            Outcome::Failure => logic.and(gate.failure(world), &alive),
            Outcome::Skipped => logic.and(&gate.unsuccessful(world).skipped, &alive),
            Outcome::CancelledAlone => logic.and(&gate.unsuccessful(world).cancelled, &alive),
            Outcome::RunCancelled => logic.and(&gate.unsuccessful(world).cancelled, &logic.all(&stopped)),
        };
        let can_be = logic.is_compatible(&world.possible(), &when).unwrap();
        (can_be, answer(world, &logic.and(&triggered, &when), states["d"].start(world)))
    });
    assert!(can_be, "{outcome:?}");
    answer
}

/// One row of the table: the conditions of its columns, in order.
fn row(outcome: Outcome, cells: [Answer; 8]) {
    let columns = [
        "",
        "github.ref == 'refs/heads/main'",
        "needs.g.result == 'success'",
        "${{ !cancelled() }}",
        "always()",
        "${{ !failure() }}",
        "failure()",
        "${{ !cancelled() && needs.g.result == 'success' }}",
    ];
    for (condition, wanted) in columns.into_iter().zip(cells) {
        assert_eq!(starts(outcome, condition), wanted, "{outcome:?}, `{condition}`");
    }
}

use Answer::{Always as Run, Never as Skip};

#[test]
fn trap_01_a_need_that_succeeded() {
    row(Outcome::Success, [Run, Run, Run, Run, Run, Run, Skip, Run]);
}

#[test]
fn trap_01_a_need_that_failed() {
    row(Outcome::Failure, [Skip, Skip, Skip, Run, Run, Skip, Run, Skip]);
}

#[test]
fn trap_01_a_need_that_was_skipped() {
    row(Outcome::Skipped, [Skip, Skip, Skip, Run, Run, Run, Skip, Skip]);
}

#[test]
fn trap_07_a_need_that_was_cancelled_while_the_run_lives() {
    row(Outcome::CancelledAlone, [Skip, Skip, Skip, Run, Run, Run, Skip, Skip]);
}

#[test]
fn trap_01_a_run_that_was_cancelled() {
    row(Outcome::RunCancelled, [Skip, Skip, Skip, Skip, Run, Run, Skip, Skip]);
}

#[test]
fn trap_02_a_skip_two_hops_up_skips_an_implicit_success() {
    let middle = "  m:\n    needs: [g]\n    if: always()\n    steps: []\n";
    let jobs = |condition: &str| format!("{middle}  d:\n    needs: [m]\n{condition}    steps: []\n");
    assert_eq!(starts_in(Outcome::Skipped, &jobs("")), Answer::Never);
    assert_eq!(starts_in(Outcome::Failure, &jobs("")), Answer::Never, "a status function launders nothing");
    let direct = "    if: ${{ !cancelled() && needs.m.result == 'success' }}\n";
    assert_eq!(starts_in(Outcome::Skipped, &jobs(direct)), Answer::Either, "`m` may be green without `g`");
}

#[test]
fn trap_03_a_status_function_anywhere_removes_the_implicit_one() {
    assert_eq!(starts(Outcome::Failure, "github.ref && success() == false"), Answer::Always);
    assert_eq!(starts(Outcome::Failure, "vars.x || success()"), Answer::Either);
    assert_eq!(starts(Outcome::Failure, "github.ref == 'success()' || true"), Answer::Never);
}

#[test]
fn trap_06_text_around_an_expression_is_true() {
    assert_eq!(starts(Outcome::Failure, "|\n      ${{ failure() && false }}"), Answer::Always);
    assert_eq!(starts(Outcome::Failure, "\"${{ failure() && false }} \""), Answer::Always);
    assert_eq!(starts(Outcome::Success, "|\n      ${{ false }}"), Answer::Always);
    assert_eq!(starts(Outcome::Success, "\"${{ false }}\""), Answer::Never);
    assert_eq!(
        starts(Outcome::Success, "|\n      1 == 2"),
        Answer::Never,
        "without `${{ }}` it is one expression"
    );
}

#[test]
fn status_functions_take_ids_of_jobs() {
    assert_eq!(starts(Outcome::Failure, "success('g')"), Answer::Never);
    assert_eq!(starts(Outcome::Failure, "failure('g')"), Answer::Always);
    assert_eq!(starts(Outcome::Success, "success('g')"), Answer::Always);
    assert_eq!(starts(Outcome::Success, "success('other')"), Answer::Either);
}

#[test]
fn results_are_found_in_lists() {
    assert_eq!(
        starts(Outcome::Failure, "${{ !contains(needs.*.result, 'failure') && !cancelled() }}"),
        Answer::Never
    );
    assert_eq!(
        starts(Outcome::Skipped, "${{ !contains(needs.*.result, 'failure') && !cancelled() }}"),
        Answer::Always
    );
    assert_eq!(
        starts(Outcome::Failure, "always() && contains(fromJSON('[\"SUCCESS\"]'), needs.g.result)"),
        Answer::Never
    );
}

#[test]
fn strings_are_compared_without_case() {
    assert_eq!(holds("'Main' == 'mAIN'"), Answer::Always);
    assert_eq!(holds_when("github.event_name == 'PUSH'", "github.event_name == 'push'"), Answer::Always);
    assert_eq!(
        holds("startsWith('Refs/heads', 'refs/') && endsWith('a.B', '.b') && contains('xYz', 'y')"),
        Answer::Always
    );
    let upper = "github.ref == 'refs/heads/MAIN'";
    assert_eq!(holds_when("github.ref == 'refs/heads/main'", upper), Answer::Always, "and so for branches");
}

#[test]
fn references_are_what_the_event_makes_them() {
    let on = |event: &str| format!("github.event_name == '{event}'");
    assert_eq!(holds_when(&on("pull_request"), "github.ref == 'refs/heads/main'"), Answer::Never);
    assert_eq!(holds_when(&on("pull_request"), "startsWith(github.ref, 'refs/pull/')"), Answer::Always);
    assert_eq!(holds_when(&on("merge_group"), "github.ref == 'refs/heads/main'"), Answer::Never);
    assert_eq!(
        holds_when(&on("merge_group"), "startsWith(github.ref, 'refs/heads/gh-readonly-queue/main/')"),
        Answer::Either
    );
    assert_eq!(holds_when("github.ref_type == 'tag'", "github.ref == 'refs/heads/main'"), Answer::Never);
    assert_eq!(
        holds_when("github.ref_type == 'tag'", &on("push")),
        Answer::Either,
        "a manual run may be of a tag"
    );
    assert_eq!(holds_when("github.ref == 'refs/heads/main'", "github.ref_name == 'main'"), Answer::Always);
    assert_eq!(holds_when("github.ref_name == 'main'", "github.ref_type == 'branch'"), Answer::Either);
    assert_eq!(
        holds_when("github.ref == 'refs/heads/x/y'", "startsWith(github.ref, 'refs/heads/X/')"),
        Answer::Always
    );
}

#[test]
fn pull_requests_are_of_forks_or_bots() {
    let other = "github.event.pull_request.head.repo.full_name != github.repository";
    let bot = "github.event.pull_request.user.type == 'Bot'";
    assert_eq!(holds_when("github.event_name == 'pull_request'", other), Answer::Either);
    assert_eq!(holds_when(&format!("github.event_name == 'pull_request' && {bot}"), other), Answer::Either);
    assert_eq!(holds_when("github.event_name == 'push'", other), Answer::Always, "null is no repository");
    assert_eq!(holds_when("github.event_name == 'push'", bot), Answer::Never);
    assert_eq!(
        holds("github.actor == 'dependabot[bot]'"),
        Answer::Either,
        "whose it is, is not known from that"
    );
}

#[test]
fn types_are_coerced_as_githubs_are() {
    assert_eq!(
        holds("null == 0 && '' == 0 && false == '' && '1' == 1 && true == 1 && ' 0x10 ' == 16"),
        Answer::Always
    );
    assert_eq!(holds("true == 'true' || 'x' == 0 || NaN == NaN || null == 'null'"), Answer::Never);
    assert_eq!(holds("!'' && !0 && !null && !NaN && 'false' && -1"), Answer::Always);
    assert_eq!(holds("('a' && '' || 'b') == 'b' && (null || false || 'c') == 'c'"), Answer::Always);
    assert_eq!(holds("'a' < 'B' && 2 >= '2' && 'b' > 'A' && !(1 < 'x') && !(1 >= 'x')"), Answer::Always);
    assert_eq!(
        holds("format('{{{0}}} {1}', 'a', 1) == '{a} 1' && format('{0}', true) == 'TRUE'"),
        Answer::Always
    );
    assert_eq!(holds("case(false, 1, true, 2, 3) == 2 && case(false, 1, 3) == 3"), Answer::Always);
    assert_eq!(holds("fromJSON('[1, 2]') && contains(fromJSON('[\"a\"]'), 'A')"), Answer::Always);
}

#[test]
fn inputs_have_their_types() {
    let manual = "github.event_name == 'workflow_dispatch'";
    assert_eq!(holds_when("inputs.dry", manual), Answer::Always, "elsewhere they are null");
    assert_eq!(holds_when(manual, "inputs.dry == 'true'"), Answer::Never, "true is 1 and 'true' no number");
    assert_eq!(
        holds_when(&format!("{manual} && inputs.dry"), "github.event.inputs.dry == 'true'"),
        Answer::Always
    );
    assert_eq!(holds_when("github.event_name == 'push'", "inputs.place == ''"), Answer::Always);
    assert_eq!(holds_when(manual, "inputs.place == 'Europe'"), Answer::Either);
}

#[test]
fn what_is_not_known_may_be_either() {
    for text in
        ["vars.x", "vars.x == 'y'", "hashFiles('x') == ''", "github.sha == 'x'", "github.event.x", "env.X"]
    {
        assert_eq!(holds(text), Answer::Either, "{text}");
    }
    assert_eq!(holds("vars.x == 'y' || vars.x != 'y'"), Answer::Always);
}
