//! The theorems speak of acts, not of the starts of jobs.
//!
//! An engine may start every job in every run, if the conditions of its steps decide which of them run.
//! The engine here is a stand-in. Its jobs start always, whatever became of the others; the conditions of its steps do the
//! rest. So `publish` of the pipeline below is
//!
//! ```text
//! publish: starts always
//!   step 1: make publish      runs if all before it in the job succeeded, the branch is `main`, and `unit` succeeded
//! ```

use pipec_base::Span;
use pipec_ir::*;
use pipec_logic::{Glob, Proposition};
use pipec_model::{
    ConditionId, Does, ExpressionId, Job, Jobs, Leg, Legs, Mentions, NameFilter, NamePattern, Need, Part,
    Reading, Rights, RunEvent, RunGroup, RunTrigger, ScriptText, StartPart, Starts, StepsBefore,
    Surroundings, Value, World,
};
use pipec_prover::prove;
use pipec_runtime::Dialect;
use std::collections::BTreeSet;

/// What a condition asks for besides the success of earlier steps. A stopped job runs no more steps.
#[derive(Clone, Debug)]
enum Ask {
    /// A push of this branch.
    Branch(&'static str),
    /// The success of this job.
    Success(&'static str),
}

/// The condition of a step. `None` if it runs whatever happened before.
type Guard = Option<Vec<Ask>>;

/// The stand-in.
struct Engine {
    jobs: Vec<Job>,
    /// The conditions of the steps of each job.
    guards: Vec<Vec<Guard>>,
    triggers: Vec<RunTrigger>,
    surroundings: Surroundings,
}

impl Engine {
    /// Jobs of these ids. Each has one step for each script, with its guard.
    fn new(jobs: &[(&str, &[(&str, Guard)])]) -> Engine {
        let pattern = |text: &str| NamePattern { surely: glob(text).language(), perhaps: None };
        let branches = Some(NameFilter::Patterns(vec![pattern("main"), pattern("docs")]));
        let event = RunEvent::Push { branches, tags: None };
        let mut engine = Engine {
            jobs: Vec::new(),
            guards: Vec::new(),
            triggers: vec![RunTrigger { word: "push".to_owned(), line: 1, event }],
            surroundings: Surroundings {
                line: 1,
                grants_rights: false,
                shell_keeps_failures: true,
                names: Vec::new(),
            },
        };
        let mut before: Vec<String> = Vec::new();
        for (id, steps) in jobs {
            engine.jobs.push(job(id, &before, steps));
            let plain = Some(Vec::new());
            engine
                .guards
                .push([plain].into_iter().chain(steps.iter().map(|(_, guard)| guard.clone())).collect());
            before.push((*id).to_owned());
        }
        engine
    }
}

fn job(id: &str, before: &[String], steps: &[(&str, Guard)]) -> Job {
    let step = |(place, (script, guard)): (usize, &(&str, Guard))| pipec_model::Step {
        line: 1,
        id: None,
        title: Some(Value::literal(script)),
        does: Does::Script(ScriptText { bytes: script.as_bytes().into(), is_exact: true }),
        action: None,
        env: Vec::new(),
        condition: match guard {
            Some(asks) if asks.is_empty() => ConditionId::PLAIN,
            _ => ConditionId(place + 1),
        },
        goes_on: None,
        directory: None,
        limit: None,
    };
    let leg = Leg {
        values: Vec::new(),
        shown_as: Value::literal(id),
        machine: Value::literal("machine"),
        image: None,
        steps: steps.iter().enumerate().map(step).collect(),
        variables: Vec::new(),
        outputs: Vec::new(),
    };
    Job {
        id: id.to_owned(),
        line: 1,
        waits_for: before.into(),
        starts: Starts::Always,
        legs: Legs {
            all: vec![leg],
            is_split: false,
            is_unknown: false,
            listed_by: None,
            stop_each_other: false,
        },
        rights: Some(Rights::default()),
        environment: None,
        lock: None,
        timeout: Some(10.0),
        ignores_failure: None,
        sidecars: None,
        is_in_container: false,
        mentions: Mentions::default(),
    }
}

impl Reading for Engine {
    fn name(&self) -> &'static str {
        "stand-in"
    }

    fn dialect(&self) -> Dialect {
        Dialect::GitHub
    }

    fn jobs(&self) -> Vec<&Job> {
        self.jobs.iter().collect()
    }

    fn ignores_case(&self) -> bool {
        false
    }

    fn has_environments(&self, _: Option<&Platform>) -> bool {
        true
    }

    fn triggers(&self) -> &[RunTrigger] {
        &self.triggers
    }

    fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    fn run_group(&self, world: &World) -> Option<RunGroup> {
        let logic = world.logic();
        let prefix = Some("pipec-site-".to_owned());
        Some(RunGroup { prefix, is_alone: logic.truth(), is_cancelled: logic.falsehood(), line: 1 })
    }

    /// Every job starts in every run.
    fn start(&self, _: usize, _: &Jobs<'_>, _: &Proposition, world: &World) -> Vec<StartPart<'_>> {
        vec![StartPart { holds: world.logic().truth(), asks: Vec::new(), is_lasting: false }]
    }

    fn holds(
        &self,
        place: usize,
        condition: ConditionId,
        before: &StepsBefore,
        jobs: &Jobs<'_>,
        world: &World,
    ) -> Option<Proposition> {
        let logic = world.logic();
        let Some(asks) = self.guards.get(place)?.get(condition.0)? else { return Some(logic.truth()) };
        let ask = |ask: &Ask| match ask {
            Ask::Branch(name) => {
                let names = glob(name).language();
                let is_push = world.facts.event(Event::Push);
                logic.and(&is_push, &world.name_in(pipec_model::Axis::Branch, &names))
            }
            Ask::Success(job) => {
                jobs.get(job).map_or_else(|| logic.falsehood(), |state| state.success.clone())
            }
        };
        let asked: Vec<Proposition> = asks.iter().map(ask).collect();
        let is_alive = logic.and_not(&before.success, &before.stopped);
        Some(logic.and(&is_alive, &logic.all(&asked)))
    }

    fn reads(&self, _: usize, _: ExpressionId, _: &str, _: &Jobs<'_>, _: &World) -> Option<Proposition> {
        None
    }

    fn output_is(
        &self,
        _: usize,
        _: &Part,
        _: &str,
        _: &StepsBefore,
        _: &Jobs<'_>,
        _: &World,
    ) -> Option<Proposition> {
        None
    }

    fn scopes(&self, _: Need) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn is_image(&self, _: &str, _: &str, _: &Pins) -> bool {
        false
    }

    fn is_machine(&self, machine: &str, _: RunnerHost) -> bool {
        machine == "machine"
    }

    fn calls(&self, _: &str, _: &str, _: &Pins) -> bool {
        false
    }

    fn executes_input(&self, _: &str) -> bool {
        false
    }

    fn longest_job(&self) -> f64 {
        60.0
    }
}

#[expect(clippy::unwrap_used, reason = "the globs of this test are right")]
fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap()
}

/// The gate `unit` is due in every run, and then `publish` on `main`.
fn site() -> Pipeline {
    let origin = || Origin::at(Span::default());
    let triggers = vec![Trigger::Push(vec![glob("main"), glob("docs")], origin())];
    let mut pipeline = Pipeline { name: "site".to_owned(), triggers, ..Pipeline::default() };
    let gate = NodeKind::Gate(Gate {
        evidence: Evidence { name: "test".to_owned(), of_artefact: false },
        of: Vec::new(),
        advisory: None,
        exemptions: Vec::new(),
        overriding: None,
        quorum: None,
    });
    let main = Condition::Branch(glob("main"));
    let parts = [
        ("unit", gate, Condition::Always, vec!["make test", "make lint"]),
        ("publish", NodeKind::Job, main, vec!["make publish"]),
    ];
    for (place, (name, kind, condition, scripts)) in parts.into_iter().enumerate() {
        let step = |script: &str| pipec_ir::Step {
            name: None,
            script: script.to_owned(),
            kind: StepKind::Run,
            origin: origin(),
        };
        pipeline.stages.push(Stage {
            name: format!("stage-{name}"),
            docs: Vec::new(),
            origin: origin(),
            after: (0..place).map(StageId).collect(),
            finally: None,
            condition,
            condition_origin: None,
            runs_on_schedule: false,
            budget: None,
            nodes: vec![NodeId(place)],
        });
        pipeline.nodes.push(Node {
            name: name.to_owned(),
            id: NodeId(place),
            docs: Vec::new(),
            origin: origin(),
            name_origin: origin(),
            stage: StageId(place),
            kind,
            body: Body {
                steps: scripts.into_iter().map(step).collect(),
                timeout: 600_000,
                checkout: Checkout::None,
                ..Body::default()
            },
            before: (0..place).map(NodeId).collect::<BTreeSet<_>>(),
        });
    }
    pipeline
}

fn when(asks: &[Ask]) -> Guard {
    Some(asks.to_vec())
}

/// The findings about the jobs of nodes. The stand-in has no verdict and no record.
fn found(jobs: &[(&str, &[(&str, Guard)])]) -> Vec<String> {
    let file = GeneratedFile { path: "site".to_owned(), text: String::new(), origins: Vec::new() };
    let proof = prove(&Program::default(), &site(), &Engine::new(jobs), &file);
    let of_nodes = proof
        .findings
        .into_iter()
        .filter(|finding| finding.job.as_deref().is_some_and(|job| matches!(job, "unit" | "publish")));
    of_nodes.map(|finding| finding.message).collect()
}

const MAIN: Ask = Ask::Branch("main");
const UNIT: Ask = Ask::Success("unit");

/// The jobs of the pipeline, where `publish` has this guard.
fn published(guard: Guard) -> Vec<String> {
    let unit = [("make test", when(&[])), ("make lint", when(&[]))];
    found(&[("unit", &unit), ("publish", &[("make publish", guard)])])
}

#[test]
fn a_job_that_starts_always_is_proven_by_the_guards_of_its_steps() {
    assert_eq!(published(when(&[MAIN, UNIT])), Vec::<String>::new());
}

#[test]
fn a_job_that_starts_always_without_guards_is_not_proven() {
    let found = published(when(&[]));
    assert!(found.iter().any(|it| it.contains("its stage is not in this run")), "{found:?}");
    assert!(found.iter().any(|it| it.contains("`unit` has not passed")), "{found:?}");
}

#[test]
fn a_guard_that_lacks_the_branch_lets_the_acts_run_too_often() {
    let found = published(when(&[UNIT]));
    assert!(found.iter().any(|it| it.contains("its stage is not in this run")), "{found:?}");
}

#[test]
fn a_guard_that_lacks_the_gate_lets_the_acts_run_too_early() {
    let found = published(when(&[MAIN]));
    assert!(found.iter().any(|it| it.contains("`unit` has not passed")), "{found:?}");
}

#[test]
fn a_step_that_runs_whatever_happened_is_an_act_too() {
    let found = published(None);
    assert!(found.iter().any(|it| it.contains("its stage is not in this run")), "{found:?}");
}

#[test]
fn a_guard_that_asks_for_too_much_leaves_acts_out() {
    let found = published(when(&[MAIN, UNIT, Ask::Branch("docs")]));
    assert!(found.iter().any(|it| it.contains("does not start, though it is due")), "{found:?}");
}

#[test]
fn all_acts_of_a_due_node_run_or_its_job_is_not_green() {
    let unit = [("make test", when(&[])), ("make lint", when(&[MAIN]))];
    let found = found(&[("unit", &unit), ("publish", &[("make publish", when(&[MAIN, UNIT]))])]);
    assert!(found.iter().any(|it| it.contains("is green without the step `make lint`")), "{found:?}");
}

#[test]
fn a_job_that_is_green_without_acts_does_not_count_as_passed() {
    // On the branch `docs`, `unit` is due and green, but does nothing.
    let unit = [("make test", when(&[MAIN])), ("make lint", when(&[MAIN]))];
    let docs = [("unit", unit.as_slice()), ("publish", &[("make publish", when(&[UNIT]))])];
    let found = found(&docs);
    assert!(found.iter().any(|it| it.contains("does not start, though it is due")), "{found:?}");
    assert!(found.iter().any(|it| it.contains("`unit` has not passed")), "{found:?}");
}
