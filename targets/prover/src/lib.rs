//! The prover: every difference between what an output does and what its source says. It knows no engine.
//!
//! An engine model reads an output and lifts it to the data of `pipec-model`; the prover holds that against the source. Of
//!
//! ```yaml
//! deploy-app-to-production:
//!   needs: [app]                    # and not `tests`
//! ```
//!
//! in a pipeline with a gate `tests`, it finds that the job "starts, though `tests` has not passed", with a run that shows it.
//!
//! Names of branches and tags that conditions of the output tell apart are questions to the world; the proofs are repeated
//! until no question is new.

mod finding;
mod frame;
mod gating;
mod legs;
mod overrides;
mod previews;
mod proved;
mod record;
mod rights;
mod services;
mod steps;
mod surroundings;
mod triggers;
mod values;
mod verdict;
mod windows;

pub use finding::diagnostic;

use gating::{Admitted, Gating, jobs_of, jobs_of_nodes};
use legs::Instance;
use pipec_claims::Theorem;
use pipec_ir::facts::Vocabulary;
use pipec_ir::{GeneratedFile, Pipeline, Program};
use pipec_logic::TooLarge;
use pipec_model::{Finding, Job, Reading, Results, Source, World, follow, node_of, plan};
use std::cell::OnceCell;

/// How often new questions may turn up; each round of them comes from the answers to the last.
const ROUNDS: usize = 8;

/// What the proofs on an output have shown.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Every difference between the output and its source.
    pub findings: Vec<Finding>,
    /// The theorems that are proved; none, if there is a difference.
    pub proved: Vec<Theorem>,
}

/// Holds the output of a pipeline in `file`, as `engine` reads it, against the pipeline. `teardown` is the path of the file
/// that tears down its ephemeral environments, if it has one.
pub fn prove(
    program: &Program,
    pipeline: &Pipeline,
    engine: &dyn Reading,
    file: &GeneratedFile,
    teardown: Option<&str>,
) -> Proof {
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
    match proofs.all() {
        Ok(more) => findings.extend(more),
        Err(too_large) => findings.push(Finding::undecided(format!("its facts are {too_large}"), 1)),
    }
    let proved =
        if findings.is_empty() { proved::theorems(program, pipeline, &jobs, teardown) } else { Vec::new() };
    Proof { findings, proved }
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
    /// Proves everything again and again until nothing new is asked.
    fn all(&self) -> Result<Vec<Finding>, TooLarge> {
        let mut known = None;
        for _ in 0..ROUNDS {
            let mut vocabulary = Vocabulary::new();
            let source = Source::add_to(&mut vocabulary, self.pipeline);
            let questions = known.unwrap_or_else(|| source.likely_questions(self.engine.ignores_case()));
            let world = World::new(vocabulary, questions, source.manual_entry())?;
            let findings = self.findings(&world, &source);
            match world.unanswered() {
                None => return Ok(findings),
                asked => known = asked,
            }
        }
        Ok(vec![Finding::of_file("the questions about it do not end", 1)])
    }

    /// Every difference, as far as the world has the answers.
    fn findings(&self, world: &World, source: &Source<'_>) -> Vec<Finding> {
        let pipeline = self.pipeline;
        let (triggered, mut findings) = triggers::triggered(self.engine.triggers(), world, pipeline);
        let follow = |results: Results| {
            let all = self.jobs.iter().copied();
            follow(all, &triggered, world, source, results, |place, before, stopped| {
                self.engine.start(place, before, stopped, world)
            })
        };
        let jobs = follow(Results::Any);
        if world.unanswered().is_some() {
            return findings;
        }
        let green = follow(Results::Green);
        if world.unanswered().is_some() {
            return findings;
        }
        let gating = Gating {
            engine: self.engine,
            jobs: &jobs,
            green: &green,
            world,
            source,
            pipeline,
            program: self.program,
            all_jobs: self.jobs,
            instances: self.instances,
            file_name: self.file.path.rsplit('/').next().unwrap_or_default(),
            jobs_of_nodes: jobs_of_nodes(self.jobs, source),
            passed: OnceCell::new(),
            admitted: Admitted::of(world, source, &triggered),
        };
        findings.extend(frame::check(&gating));
        findings.extend(verdict::check(&gating));
        findings.extend(record::check(&gating));
        for job in self.jobs {
            findings.extend(plan::check(job, self.file, pipeline));
            if source.node_of(&job.id).is_none() {
                findings.extend(rights::check(&gating, job));
            }
        }
        for node in &pipeline.nodes {
            findings.extend(gating.check(node));
            findings.extend(overrides::check(&gating, node));
            findings.extend(windows::check(&gating, node));
            findings.extend(previews::check(&gating, node));
            for job in jobs_of(&gating, node) {
                findings.extend(rights::check(&gating, job));
                findings.extend(steps::check(&gating, gating.instances_of(job)));
            }
        }
        findings
    }
}
