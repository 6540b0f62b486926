//! The proofs: every difference between what a workflow does and what its source says.

mod finding;
mod frame;
mod gating;
mod matrix;
mod overrides;
mod pins;
mod previews;
mod proved;
mod record;
mod rights;
mod services;
mod steps;
mod values;
mod verdict;
mod windows;

use crate::meaning::outcome::Results;
use crate::meaning::source::{Source, teardown_path};
use crate::meaning::world::World;
use crate::meaning::{events, plan, starts};
use crate::read::finding::Finding;
use crate::read::workflow::{self, Workflow};
use crate::read::yaml;
use gating::{Gating, jobs_of, jobs_of_nodes};
use pipec_claims::{Judgement, Theorem};
use pipec_ir::facts::Vocabulary;
use pipec_ir::{GeneratedFile, Pipeline, Program};
use pipec_logic::TooLarge;
use std::cell::OnceCell;

/// How often new questions may turn up; each round of them comes from the answers to the last.
const ROUNDS: usize = 8;

/// Proves that the files mean what the pipeline means; every difference is an internal error.
pub fn verify(program: &Program, pipeline: &Pipeline, files: &[GeneratedFile]) -> Judgement {
    let tears_down = |file: &GeneratedFile| teardown_path(program, pipeline).as_ref() == Some(&file.path);
    let (mut found, mut proved) = (Vec::new(), Vec::new());
    for file in files {
        let findings = if tears_down(file) {
            previews::verify_file(program, pipeline, file)
        } else {
            let (findings, theorems) = verify_file(program, pipeline, file);
            proved = theorems;
            findings
        };
        found.extend(findings.into_iter().map(|finding| finding.diagnostic(pipeline, file)));
    }
    let (teardowns, mains): (Vec<&GeneratedFile>, Vec<&GeneratedFile>) =
        files.iter().partition(|file| tears_down(file));
    let wanted = usize::from(teardown_path(program, pipeline).is_some());
    if let Some(file) = files.first().filter(|_| mains.len() != 1 || teardowns.len() != wanted) {
        let finding = Finding::of_file("a workflow is missing, or one too many", 1);
        found.push(finding.diagnostic(pipeline, file));
    }
    if !found.is_empty() {
        proved.clear();
    }
    Judgement { findings: found, proved }
}

/// Every difference of the workflow that runs the pipeline, and what is proved if there is none.
fn verify_file(program: &Program, pipeline: &Pipeline, file: &GeneratedFile) -> (Vec<Finding>, Vec<Theorem>) {
    let root = match yaml::read(&file.text) {
        Ok(root) => root,
        Err(unreadable) => {
            let message = format!("GitHub can't read it: {}", unreadable.reason);
            return (vec![Finding::of_file(message, unreadable.line)], Vec::new());
        }
    };
    let (workflow, mut findings) = workflow::understand(root);
    let is_read = |name: &str| name.ends_with(".yml") || name.ends_with(".yaml");
    if !file.path.strip_prefix(".github/workflows/").is_some_and(|name| is_read(name) && !name.contains('/'))
    {
        findings.push(Finding::of_file("GitHub reads no workflow there", 1));
    }
    let proofs = Proofs { program, pipeline, file, workflow: &workflow };
    match proofs.all() {
        Ok(more) => findings.extend(more),
        Err(too_large) => findings.push(Finding::undecided(format!("its facts are {too_large}"), 1)),
    }
    let proved =
        if findings.is_empty() { proved::theorems(program, pipeline, &workflow) } else { Vec::new() };
    (findings, proved)
}

/// The proofs on one file.
struct Proofs<'p> {
    program: &'p Program,
    pipeline: &'p Pipeline,
    file: &'p GeneratedFile,
    workflow: &'p Workflow,
}

impl Proofs<'_> {
    /// Proves everything again and again until nothing new is asked.
    fn all(&self) -> Result<Vec<Finding>, TooLarge> {
        let mut known = None;
        for _ in 0..ROUNDS {
            let mut vocabulary = Vocabulary::new();
            let source = Source::add_to(&mut vocabulary, self.pipeline);
            let questions = known.unwrap_or_else(|| source.likely_questions());
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
        let (workflow, pipeline) = (self.workflow, self.pipeline);
        let (triggered, mut findings) = events::triggered(workflow.root.get("on"), world, pipeline);
        let jobs = starts::follow(workflow, &triggered, world, source, Results::Any);
        if world.unanswered().is_some() {
            return findings;
        }
        let green = starts::follow(workflow, &triggered, world, source, Results::Green);
        if world.unanswered().is_some() {
            return findings;
        }
        let gating = Gating {
            workflow,
            jobs: &jobs,
            green: &green,
            world,
            source,
            pipeline,
            program: self.program,
            file_name: self.file.path.rsplit('/').next().unwrap_or_default(),
            jobs_of_nodes: jobs_of_nodes(workflow, source),
            passed: OnceCell::new(),
            admitted: gating::Admitted::of(world, source, &triggered),
        };
        findings.extend(frame::check(&gating));
        findings.extend(verdict::check(&gating));
        findings.extend(record::check(&gating));
        for job in &workflow.jobs {
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
                let instances = matrix::instances(node, job, &mut findings);
                findings.extend(steps::check(&gating, &instances));
            }
        }
        findings
    }
}
