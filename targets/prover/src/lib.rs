//! The prover: finds every difference between an output and its source. It knows no engine.
//!
//! An engine model reads an output and lifts it to the data of `pipec-model`. The prover compares that with the source.
//! Of
//!
//! ```yaml
//! deploy-app-to-production:
//!   needs: [app]                    # and not `tests`
//! ```
//!
//! in a pipeline with a gate `tests`, it finds that the job "starts, though `tests` has not passed", with a run that
//! shows it.
//!
//! Conditions of the output may distinguish new names of branches and tags. These become questions to the world, and
//! the proofs are repeated until no question is new.

mod acts;
mod afterwards;
mod awaited;
mod exclusion;
mod failures;
mod finding;
mod gating;
mod ledger;
mod legs;
mod locks;
mod machines;
mod names;
mod overrides;
mod plan;
mod previews;
mod proved;
mod purpose;
mod record;
mod rights;
mod services;
mod steps;
mod teardown;
mod timeouts;
mod triggers;
mod values;
mod verdict;
mod windows;

pub use finding::diagnostic;
pub use teardown::{previews, prove_teardown};

use gating::{Admitted, Gating, jobs_of, jobs_of_nodes};
use ledger::{Broken, Ledger};
use legs::Instance;
use pipec_claims::{Theorem, TheoremId};
use pipec_ir::facts::Vocabulary;
use pipec_ir::{GeneratedFile, Node, Pipeline, Program};
use pipec_logic::TooLarge;
use pipec_model::{Finding, Job, Questions, Reading, Results, Source, World, follow, node_of};
use std::cell::{OnceCell, RefCell};

/// The maximum number of rounds. Each round asks new questions because of the last answers.
const ROUNDS: usize = 8;

/// The results of the proofs on an output.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Every difference between the output and its source.
    pub findings: Vec<Finding>,
    /// The theorems that no difference breaks.
    pub proved: Vec<Theorem>,
    /// What the differences break.
    broken: Vec<Broken>,
}

impl Proof {
    /// A proof that the engine or the model refuses for these reasons. They break every theorem.
    pub fn refused(findings: Vec<Finding>) -> Proof {
        Proof { broken: vec![Broken::Everything; findings.len()], findings, proved: Vec::new() }
    }

    /// Both proofs as one. A difference of one output may break a theorem of the other.
    #[must_use]
    pub fn and(mut self, other: Proof) -> Proof {
        self.findings.extend(other.findings);
        self.broken.extend(other.broken);
        self.proved.extend(other.proved);
        self.proved = ledger::unbroken(self.proved, &self.broken);
        self
    }
}

/// Compares the output of a pipeline in `file`, as `engine` reads it, with the pipeline.
pub fn prove(program: &Program, pipeline: &Pipeline, engine: &dyn Reading, file: &GeneratedFile) -> Proof {
    let mut findings = Vec::new();
    let jobs = engine.jobs();
    let mut instances = Vec::new();
    for job in &jobs {
        instances.push(match node_of(pipeline, &job.id) {
            Some(node) => legs::instances(node, job, &mut findings),
            None => Vec::new(),
        });
    }
    let proofs = Proofs { program, pipeline, engine, file, jobs: &jobs, instances: &instances };
    let mut ledger = Ledger::default();
    ledger.extend(&Broken::of_both(legs::THEOREMS, steps::OF_ALL_STEPS), findings);
    ledger.append(rounds(|known| proofs.round(known)));
    ledger.proof(proved::theorems(program, pipeline, &jobs))
}

/// Repeats the proofs until no question is new. A round gets the answered questions. It returns its findings, and all
/// questions if one of them is new.
fn rounds(
    mut round: impl FnMut(Option<Questions>) -> Result<(Ledger, Option<Questions>), TooLarge>,
) -> Ledger {
    let unsettled = |finding: Finding| {
        let mut ledger = Ledger::default();
        ledger.add(Broken::Everything, finding);
        ledger
    };
    let mut known = None;
    for _ in 0..ROUNDS {
        match round(known) {
            Ok((ledger, None)) => return ledger,
            Ok((_, asked)) => known = asked,
            Err(too_large) => {
                return unsettled(Finding::undecided(format!("its facts are {too_large}"), 1));
            }
        }
    }
    unsettled(Finding::of_file("the questions about it do not end", 1))
}

/// The proofs on one file.
struct Proofs<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    engine: &'p dyn Reading,
    file: &'p GeneratedFile,
    jobs: &'p [&'p Job],
    instances: &'p [Vec<Instance<'p>>],
}

impl Proofs<'_> {
    /// Runs all proofs, as far as the world can answer with these questions.
    fn round(&self, known: Option<Questions>) -> Result<(Ledger, Option<Questions>), TooLarge> {
        let mut vocabulary = Vocabulary::new();
        let source = Source::add_to(&mut vocabulary, self.pipeline);
        let questions = known.unwrap_or_else(|| source.likely_questions(self.engine.ignores_case()));
        let world = World::new(vocabulary, questions, source.manual_entry())?;
        let ledger = self.differences(&world, &source);
        Ok((ledger, world.unanswered()))
    }

    /// Every difference that the world can decide.
    fn differences(&self, world: &World, source: &Source<'_>) -> Ledger {
        let mut ledger = Ledger::default();
        // The proofs are about triggered runs only.
        let (triggered, findings) = triggers::triggered(self.engine.triggers(), world, self.pipeline);
        ledger.extend(&Broken::Everything, findings);
        let follow = |results: Results| {
            let all = self.jobs.iter().copied();
            follow(all, &triggered, world, Some(source), results, |place, before, stopped| {
                self.engine.start(place, before, stopped, world)
            })
        };
        let jobs = follow(Results::Any);
        if world.unanswered().is_some() {
            return ledger;
        }
        let green = follow(Results::Green);
        if world.unanswered().is_some() {
            return ledger;
        }
        let gating = Gating {
            engine: self.engine,
            jobs: &jobs,
            green: &green,
            world,
            source,
            pipeline: self.pipeline,
            program: self.program,
            all_jobs: self.jobs,
            instances: self.instances,
            file: self.file,
            jobs_of_nodes: jobs_of_nodes(self.jobs, source),
            passed: OnceCell::new(),
            acts: RefCell::default(),
            green_acts: RefCell::default(),
            admitted: Admitted::of(world, source, &triggered),
        };
        of_all_jobs(&gating, &mut ledger);
        for node in &self.pipeline.nodes {
            of_node(&gating, node, &mut ledger);
        }
        ledger
    }
}

/// Proves the output as a whole, and the jobs without a node.
fn of_all_jobs(gating: &Gating<'_, '_>, ledger: &mut Ledger) {
    exclusion::check(gating, ledger);
    awaited::check(gating, ledger);
    purpose::check(gating, ledger);
    timeouts::check(gating, ledger);
    machines::check(gating, ledger);
    services::check(gating, ledger);
    failures::check(gating, ledger);
    locks::check(gating, ledger);
    names::check(gating, ledger);
    plan::check(gating, ledger);
    ledger.extend(&Broken::of(&[TheoremId::Verdict]), verdict::check(gating));
    ledger.extend(&Broken::of(&[TheoremId::Record]), record::check(gating));
    for job in gating.all_jobs().filter(|job| gating.source.node_of(&job.id).is_none()) {
        rights::check(gating, job, ledger);
    }
}

/// Proves a node and its jobs.
fn of_node(gating: &Gating<'_, '_>, node: &Node, ledger: &mut Ledger) {
    match gating.pipeline.outcomes_of(node) {
        Some(outcomes) => afterwards::check(gating, node, outcomes, ledger),
        None => gating.check(node, ledger),
    }
    ledger.extend(&Broken::of_gate(overrides::THEOREMS, &node.name), overrides::check(gating, node));
    ledger.extend(&Broken::of_node(&[TheoremId::Window], node), windows::check(gating, node));
    ledger.extend(&Broken::of_node(previews::THEOREMS, node), previews::check(gating, node));
    for job in jobs_of(gating, node) {
        rights::check(gating, job, ledger);
        steps::check(gating, gating.instances_of(job), ledger);
    }
}
