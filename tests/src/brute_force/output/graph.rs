//! The job graph of an output, with each condition as a proposition.
//!
//! A proposition is over the facts of a run and the results of jobs and steps. Each way in which a job or a step can
//! end is a variable, so that a walk through a run looks conditions up:
//!
//! ```text
//! if: needs.tests.result == 'success' && github.ref == 'refs/heads/main'
//!     the variable "tests succeeded" ∧ the variables of the branches `main` in any case
//! ```

use pipec_ir::facts::Vocabulary;
use pipec_ir::{Fact, Pipeline};
use pipec_logic::{Glob, Model, Proposition, Propositions, VariableId};
use pipec_model::{
    ConcreteRun, Does, ExpressionId, Job, JobResult, JobState, Jobs, Output, OverriddenGate, Part, Reading,
    Results, RunTrigger, Source, Step, StepEnd, StepsBefore, Unsuccessful, Value, World,
};
use pipec_runtime::Script;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// The job graph of an output.
pub struct Graph<'r> {
    /// The world that its conditions speak of.
    pub world: World,
    /// What triggers its runs.
    pub triggers: &'r [RunTrigger],
    /// Its jobs, each after all that it waits for.
    pub jobs: Vec<GraphJob<'r>>,
    /// The variables that neither a run nor a walk decides: they may have any value.
    pub unknown: Vec<VariableId>,
}

/// A job of the graph.
pub struct GraphJob<'r> {
    /// As the engine model lifted it.
    pub job: &'r Job,
    /// What must hold for it to start, in parts.
    pub start: Vec<Proposition>,
    /// Those parts that only the results of jobs decide. It can't have succeeded without them.
    pub demands: Vec<Proposition>,
    /// That the run was stopped before it.
    pub stopped: VariableId,
    /// How it ends.
    pub ends: Ends,
    /// The facts that it hands on.
    ///
    /// Each has the lines of its plan that decide it: a test and its value.
    pub facts: Vec<(VariableId, Vec<(String, String)>)>,
    /// That every step so far succeeded.
    pub succeeding: VariableId,
    /// Its steps, in each leg.
    pub legs: Vec<Vec<GraphStep<'r>>>,
    /// That an unknown part of a value reads as a word of the verdict.
    pub words: BTreeMap<(usize, &'static str), Proposition>,
}

/// A step of the graph.
pub struct GraphStep<'r> {
    /// As the engine model lifted it.
    pub step: &'r Step,
    /// That it runs. `None` if the engine refuses its condition.
    pub runs: Option<Proposition>,
    /// How it ends.
    pub ends: Ends,
}

/// The four ways in which a job or a step ends, each with its variable.
#[derive(Clone, Copy, Debug)]
pub struct Ends([VariableId; 4]);

impl Ends {
    fn that(self, result: JobResult, logic: &Propositions) -> Proposition {
        let place = JobResult::ALL.iter().position(|other| *other == result);
        place.map_or_else(|| logic.falsehood(), |place| logic.variable(self.0[place]))
    }

    /// Notes down how it ended.
    pub fn note(self, result: JobResult, model: &mut Model) {
        for (variable, other) in self.0.iter().zip(JobResult::ALL) {
            model.set(*variable, other == result);
        }
    }
}

/// The words that a line of the verdict says of a job.
const WORDS: [&str; 2] = ["due", "not-due"];

/// How often new questions may turn up.
const ROUNDS: usize = 8;

impl<'r> Graph<'r> {
    /// The graph that an engine reads in the output of a pipeline.
    ///
    /// It is `None` if the facts of the graph are too large.
    pub fn new(reading: &'r dyn Reading, pipeline: &Pipeline) -> Option<Graph<'r>> {
        let mut known = None;
        for _ in 0..ROUNDS {
            let mut vocabulary = Vocabulary::new();
            let source = Source::add_to(&mut vocabulary, pipeline);
            let questions = known.unwrap_or_else(|| source.likely_questions(reading.ignores_case()));
            let world = World::new(vocabulary, questions, source.manual_entry()).ok()?;
            let decided = decided_by_runs(&world, pipeline);
            let triggers = reading.triggers();
            let mut graph = Graph { world, triggers, jobs: Vec::new(), unknown: Vec::new() };
            let own = graph.add_jobs(reading);
            let is_unknown = |variable: &VariableId| !decided.contains(variable) && !own.contains(variable);
            graph.unknown = graph.world.logic().variables().filter(is_unknown).collect();
            match graph.world.unanswered() {
                None => return Some(graph),
                asked => known = asked,
            }
        }
        None
    }

    /// Adds all jobs; gives the variables that a walk decides.
    fn add_jobs(&mut self, reading: &'r dyn Reading) -> BTreeSet<VariableId> {
        let all = reading.jobs();
        let mut own = BTreeSet::new();
        let mut added = Vec::new();
        {
            let logic = self.world.logic();
            let mut variable = || {
                let variable = logic.new_variable();
                own.insert(variable);
                variable
            };
            let mut states = Jobs::default();
            for (place, job) in all.iter().copied().enumerate() {
                let stopped = variable();
                let that_stopped = logic.variable(stopped);
                let parts = reading.start(place, &states, &that_stopped, &self.world);
                let lasting = parts.iter().filter(|part| part.is_lasting);
                let demands = lasting.map(|part| part.holds.clone()).collect();
                let start = parts.into_iter().map(|part| part.holds).collect();
                let ends = Ends([(); 4].map(|()| variable()));
                let facts = facts_of(job, &mut variable);
                let succeeding = variable();
                let state = state(job, place, that_stopped, ends, &facts, logic);
                states.insert(&job.id, state);
                added.push(GraphJob {
                    job,
                    start,
                    demands,
                    stopped,
                    ends,
                    facts: facts.into_iter().map(|(_, variable, lines)| (variable, lines)).collect(),
                    succeeding,
                    legs: Vec::new(),
                    words: BTreeMap::new(),
                });
            }
            for (place, added) in added.iter_mut().enumerate() {
                added.legs = steps(reading, place, added, &states, &self.world, &mut variable);
                added.words = words(reading, place, added.job, &states, &self.world);
            }
        }
        self.jobs = added;
        own
    }

    /// Whether a proposition holds in a run. A proposition that is too large holds nowhere.
    pub fn holds(&self, proposition: &Proposition, model: &Model) -> bool {
        self.world.logic().holds_in(proposition, model).unwrap_or(false)
    }

    /// The place of a job.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.jobs.iter().position(|other| other.job.id == id)
    }
}

/// The variables that a concrete run decides, and those of its facts.
fn decided_by_runs(world: &World, pipeline: &Pipeline) -> BTreeSet<VariableId> {
    let gates = pipeline.overridable().map(|(gate, _)| Some(gate.name.clone())).chain([None]);
    for gate in gates {
        let run = pipec_ir::facts::Run {
            event: pipec_ir::Event::Push,
            fork: false,
            branch: None,
            tag: None,
            inputs: BTreeMap::new(),
            changed: pipec_ir::facts::Changed::Unknown,
        };
        // The world makes the variables of all circumstances of a run when it is first asked.
        world.model_of(&ConcreteRun {
            run,
            overriding: Some(OverriddenGate { gate, is_complete: true }),
            is_manual_on_tag: true,
            is_from_other_repository: true,
            is_of_bot: true,
            has_wanted_base: true,
        });
    }
    world.logic().variables().collect()
}

/// An output of a job.
///
/// It has a name, a variable and the lines of the plan that decide it.
type FactOutput<'j> = (&'j str, VariableId, Vec<(String, String)>);

/// The facts that a job hands on.
///
/// Each line of FACTS is a name, a test and its value.
fn facts_of<'j>(job: &'j Job, variable: &mut impl FnMut() -> VariableId) -> Vec<FactOutput<'j>> {
    let Some(plan) = job.steps().iter().find(|step| matches!(step.does, Does::Runtime(Script::Plan(_))))
    else {
        return Vec::new();
    };
    let lines = plan.env_literal("FACTS").unwrap_or_default().lines();
    let lines: Vec<Vec<&str>> = lines.map(|line| line.splitn(3, ' ').collect()).collect();
    let mut facts = Vec::new();
    for given in job.outputs() {
        let Some(Part::StepOutput { step, output }) = given.value.as_part() else { continue };
        let of_it = lines.iter().filter(|line| line.len() == 3 && line[0] == output);
        let tests: Vec<(String, String)> = of_it.map(|line| test(plan, line[1], line[2])).collect();
        if plan.id.as_ref() == Some(step) && !tests.is_empty() {
            facts.push((&*given.name, variable(), tests));
        }
    }
    facts
}

/// A test of a plan and its value. The plan names the variable of an input, and the result names the input.
fn test(plan: &Step, test: &str, value: &str) -> (String, String) {
    if ["branch", "tag", "changed-glob"].contains(&test) {
        return match Glob::of_expression(value) {
            Some(glob) => (test.to_owned(), glob.text().to_owned()),
            None => ("unknown".to_owned(), String::new()),
        };
    }
    if test != "input" {
        return (test.to_owned(), value.to_owned());
    }
    let (variable, value) = value.split_once(' ').unwrap_or((value, ""));
    match plan.env(&format!("INPUT_{variable}")).and_then(Value::as_part) {
        Some(Part::Fact(Fact::Input(input))) => (test.to_owned(), format!("{input} {value}")),
        _ => ("unknown".to_owned(), String::new()),
    }
}

/// A job as the conditions of later jobs see it. Each of its ends is a variable.
fn state<'j>(
    job: &'j Job,
    place: usize,
    stopped: Proposition,
    ends: Ends,
    facts: &[FactOutput<'j>],
    logic: &Propositions,
) -> JobState<'j> {
    let fact_of = |name: &str| facts.iter().find(|(fact, ..)| *fact == name);
    let output = |name: &'j str| Output {
        name,
        fact: fact_of(name).map(|(_, variable, _)| logic.variable(*variable)),
        words: RefCell::default(),
    };
    JobState {
        id: &job.id,
        place,
        results: Results::Any,
        stopped,
        triggered: logic.truth(),
        circumstances: logic.truth(),
        asked: BTreeMap::new(),
        demands: logic.truth(),
        start: OnceCell::new(),
        success: ends.that(JobResult::Success, logic),
        outputs: job.outputs().iter().map(|given| output(&given.name)).collect(),
        needs: &job.waits_for,
        unsuccessful: OnceCell::from(Unsuccessful {
            failure: ends.that(JobResult::Failure, logic),
            cancelled: ends.that(JobResult::Cancelled, logic),
            skipped: ends.that(JobResult::Skipped, logic),
        }),
        all_before: OnceCell::new(),
        failed_before: OnceCell::new(),
    }
}

/// The steps of a job, in each leg.
fn steps<'r>(
    reading: &dyn Reading,
    place: usize,
    job: &GraphJob<'r>,
    jobs: &Jobs<'_>,
    world: &World,
    variable: &mut impl FnMut() -> VariableId,
) -> Vec<Vec<GraphStep<'r>>> {
    let logic = world.logic();
    let mut legs = Vec::new();
    for leg in &job.job.legs.all {
        let mut before = StepsBefore::first(logic.variable(job.stopped), logic);
        before.success = logic.variable(job.succeeding);
        let mut all = Vec::new();
        for step in &leg.steps {
            let runs = reading.holds(place, step.condition, &before, jobs, world);
            let ends = Ends([(); 4].map(|()| variable()));
            if let Some(id) = &step.id {
                let success = ends.that(JobResult::Success, logic);
                let mut outputs = BTreeMap::new();
                if step.runs(Script::Exempt) {
                    let outcome =
                        vec![(success.clone(), "exempt".to_owned()), (logic.not(&success), String::new())];
                    outputs.insert("outcome".to_owned(), outcome);
                }
                let end = StepEnd {
                    success,
                    failure: ends.that(JobResult::Failure, logic),
                    cancelled: ends.that(JobResult::Cancelled, logic),
                    skipped: ends.that(JobResult::Skipped, logic),
                    goes_on: step.goes_on == Some(true),
                    outputs,
                };
                before.ended.insert(id.to_ascii_lowercase(), end);
            }
            all.push(GraphStep { step, runs, ends });
        }
        legs.push(all);
    }
    legs
}

/// That the unknown parts of a job's variables read as words of the verdict.
fn words(
    reading: &dyn Reading,
    place: usize,
    job: &Job,
    jobs: &Jobs<'_>,
    world: &World,
) -> BTreeMap<(usize, &'static str), Proposition> {
    let values = job.steps().iter().flat_map(|step| &step.env).map(|given| &given.value);
    let numbers = values.flat_map(|value| value.parts()).filter_map(|part| match part {
        Part::Expression(ExpressionId(number)) => Some(*number),
        _ => None,
    });
    let pairs = numbers.flat_map(|number| WORDS.map(|word| (number, word)));
    let read = |(number, word): (usize, &'static str)| {
        let holds = reading.reads(place, ExpressionId(number), word, jobs, world)?;
        Some(((number, word), holds))
    };
    pairs.filter_map(read).collect()
}
