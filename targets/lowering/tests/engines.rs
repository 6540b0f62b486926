//! What lowering makes of small pipelines for an engine that exists only here.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that panics fails its test")]

use pipec_ir::facts::SourceFacts;
use pipec_ir::{
    Artefact, ArtefactType, Body, Change, Condition, Event, Node, NodeId, NodeKind, Origin, PathPattern,
    Pipeline, Program, Stage, StageId, Step, StepKind, Trigger,
};
use pipec_logic::Glob;
use pipec_lowering::acts::{Act, Does};
use pipec_lowering::{DecidedWhen, Decision, Expressive, Guard, JobPlan, Lowering, RunFact, Start, lower};
use pipec_runtime::{PlanForm, Script};
use std::collections::BTreeSet;

/// An engine that decides events and forks, and leaves every name to the plan.
struct StandIn(DecidedWhen);

impl Expressive for StandIn {
    fn name(&self) -> &'static str {
        "stand-in"
    }

    fn decides_when(&self) -> DecidedWhen {
        self.0
    }

    fn works_out(&self, fact: RunFact) -> bool {
        fact == RunFact::TagVersion
    }

    fn has_environments(&self) -> bool {
        true
    }

    fn decision(&self, atom: &Condition) -> Decision {
        match atom {
            Condition::Event(_) | Condition::Fork => Decision::ByTheEngine,
            _ => Decision::ByThePlan,
        }
    }
}

fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

fn changed_docs() -> Condition {
    Condition::Changed(vec![Change::Glob(glob("docs/**"))])
}

fn stage(name: &str, condition: Condition, node: usize) -> Stage {
    Stage {
        name: name.to_owned(),
        docs: Vec::new(),
        origin: Origin::default(),
        after: Vec::new(),
        finally: None,
        condition,
        condition_origin: None,
        runs_on_schedule: false,
        budget: None,
        nodes: vec![NodeId(node)],
    }
}

fn node(name: &str, place: usize, kind: NodeKind, before: &[usize]) -> Node {
    let script =
        Step { name: None, script: format!("./{name}"), kind: StepKind::Run, origin: Origin::default() };
    Node {
        name: name.to_owned(),
        id: NodeId(place),
        docs: Vec::new(),
        origin: Origin::default(),
        name_origin: Origin::default(),
        stage: StageId(place),
        kind,
        body: Body { steps: vec![script], ..Body::default() },
        before: before.iter().copied().map(NodeId).collect::<BTreeSet<_>>(),
    }
}

/// The artefact `site`, whose stage has the condition, and the job `publish` after it, which uses it.
fn pipeline(condition: Condition) -> Pipeline {
    let path = PathPattern { glob: glob("out/site.html"), origin: Origin::default() };
    let artefact = Artefact { ty: ArtefactType::Site, paths: vec![path], image_name: None };
    let site = node("site", 0, NodeKind::Artefact(artefact), &[]);
    let mut publish = node("publish", 1, NodeKind::Job, &[0]);
    publish.body.uses.push(("site".to_owned(), Origin::default()));
    let branches = || vec![glob("main")];
    Pipeline {
        name: "docs".to_owned(),
        triggers: vec![
            Trigger::Push(branches(), Origin::default()),
            Trigger::PullRequest(branches(), Origin::default()),
        ],
        stages: vec![stage("build", condition.clone(), 0), stage("publish", condition, 1)],
        nodes: vec![site, publish],
        ..Pipeline::default()
    }
}

/// Looks at what becomes of a pipeline.
fn with_lowered(condition: Condition, when: DecidedWhen, look: impl FnOnce(&Lowering<'_>)) {
    let pipeline = pipeline(condition);
    let program = Program { pipelines: vec![std::sync::Arc::new(pipeline.clone())], ..Program::default() };
    let facts = SourceFacts::of(&pipeline).unwrap();
    look(&lower(&program, &pipeline, facts, &StandIn(when)));
}

fn job<'l, 'p>(lowered: &'l Lowering<'p>, id: &str) -> &'l JobPlan<'p> {
    lowered.jobs.iter().find(|job| *job.id == *id).unwrap_or_else(|| panic!("no job `{id}`"))
}

fn due(job: &JobPlan<'_>) -> Guard {
    match &job.start {
        Start::Always => Guard::Always,
        Start::If(due) | Start::AfterSuccess(due) | Start::Afterwards(due) => due.clone(),
    }
}

/// An act in a word.
fn word(act: &Act<'_>) -> String {
    match &act.does {
        Does::Fixed(script, _) => format!("{script:?}"),
        Does::Script(step, _) => step.script.clone(),
        Does::Checkout(_) => "checkout".to_owned(),
        Does::Fetch(..) => "fetch".to_owned(),
        Does::Keep(_) => "keep".to_owned(),
        other => format!("{other:?}"),
    }
}

fn words(job: &JobPlan<'_>) -> Vec<String> {
    job.acts.iter().map(word).collect()
}

#[test]
fn acts_come_in_the_order_that_protects_artefacts() {
    with_lowered(Condition::Always, DecidedWhen::AfterItsWaits, |lowered| {
        assert_eq!(words(job(lowered, "site")), ["checkout", "./site", "RecordFile", "keep"]);
        assert_eq!(words(job(lowered, "publish")), ["checkout", "fetch", "VerifyFile", "./publish"]);
        let ids: Vec<&str> = lowered.jobs.iter().map(|job| &*job.id).collect();
        assert_eq!(ids, ["site", "publish", "verdict", "record"]);
    });
}

#[test]
fn a_job_waits_for_the_plan_if_the_engine_decides_after_it() {
    let condition = Condition::All(vec![Condition::Event(Event::Push), changed_docs()]);
    with_lowered(condition, DecidedWhen::AfterItsWaits, |lowered| {
        let site = job(lowered, "site");
        let both = Guard::all([Guard::Atom(Condition::Event(Event::Push)), Guard::Planned(0)]);
        assert_eq!(due(site), both);
        assert!(site.acts.iter().all(|act| act.when == Guard::Always));
        assert_eq!(due(job(lowered, "publish")), Guard::Always, "the success of `site` says it");
    });
}

#[test]
fn planned_facts_are_conditions_of_acts_if_jobs_are_decided_before() {
    let condition = Condition::All(vec![Condition::Event(Event::Push), changed_docs()]);
    with_lowered(condition, DecidedWhen::BeforeAnyJob, |lowered| {
        let pushed = Guard::Atom(Condition::Event(Event::Push));
        for id in ["site", "publish"] {
            let job = job(lowered, id);
            assert_eq!(due(job), pushed, "the job exists in every push");
            assert!(!job.acts.is_empty());
            assert!(job.acts.iter().all(|act| act.when == Guard::Planned(0)), "its acts ask the plan");
            assert!(job.needs().any(|needed| **needed == *"plan"), "its acts need the plan");
        }
        let verdict = lowered.judged.iter().find(|judged| *judged.job == *"publish").unwrap();
        assert_eq!(verdict.due, pushed, "whoever exists must succeed");
        let plan = job(lowered, "plan");
        assert_eq!(words(plan), ["checkout", &format!("{:?}", Script::Plan(PlanForm::Changes))]);
        assert!(plan.acts.iter().all(|act| act.when == Guard::Always));
    });
}

#[test]
fn a_job_exists_wherever_the_plan_could_still_make_it_due() {
    let fork = || Guard::Atom(Condition::Fork);
    let either = Condition::Any(vec![Condition::Fork, changed_docs()]);
    with_lowered(either.clone(), DecidedWhen::BeforeAnyJob, |lowered| {
        let site = job(lowered, "site");
        assert_eq!(due(site), Guard::Always);
        let inside = Guard::any([fork(), Guard::Planned(0)]);
        assert!(site.acts.iter().all(|act| act.when == inside));
    });
    with_lowered(Condition::Not(Box::new(either)), DecidedWhen::BeforeAnyJob, |lowered| {
        assert_eq!(due(job(lowered, "site")), fork().negated(), "in a fork it can't become due");
    });
}

#[test]
fn conditions_that_ask_no_plan_stay_conditions_of_jobs() {
    for when in [DecidedWhen::BeforeAnyJob, DecidedWhen::AfterItsWaits] {
        with_lowered(Condition::Event(Event::Push), when, |lowered| {
            let site = job(lowered, "site");
            assert_eq!(due(site), Guard::Atom(Condition::Event(Event::Push)));
            assert!(site.acts.iter().all(|act| act.when == Guard::Always));
        });
    }
}

#[test]
fn a_job_omits_what_a_job_before_it_demands() {
    // The artefact waits for the plan, so the job after it need not.
    let condition = Condition::All(vec![Condition::Event(Event::Push), changed_docs()]);
    with_lowered(condition, DecidedWhen::AfterItsWaits, |lowered| {
        let site = job(lowered, "site");
        assert!(site.follows_success && site.needs().any(|needed| **needed == *"plan"));
        let publish = job(lowered, "publish");
        let waits: Vec<(&str, &Guard)> =
            publish.waits.iter().map(|wait| (&*wait.jobs[0], &wait.passed)).collect();
        // What the plan found, and its result, follow from the success of `site`.
        let succeeded = Guard::Succeeded("site".into());
        assert_eq!(waits, [("site", &succeeded)]);
        assert!(publish.follows_success);
    });
    with_lowered(Condition::Event(Event::Push), DecidedWhen::BeforeAnyJob, |lowered| {
        assert!(!job(lowered, "publish").follows_success, "such an engine sees no results");
    });
}
