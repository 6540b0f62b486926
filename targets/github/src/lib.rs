//! GitHub Actions as a target: pairs the emitter with the engine model and the prover.
//!
//! This is the only crate of the target that knows both sides. The emitter (`pipec-github-emit`) and the engine model
//! (`pipec-github-engine`) can't see each other.

pub use pipec_github_emit::assumption_meaning;
pub use pipec_github_engine as engine;

mod source;

pub use source::{check_file_name, teardown_path};

use pipec_base::{Diagnostic, Span, parallel};
use pipec_claims::{Judgement, Words};
use pipec_ir::{Engine, GeneratedFile, MemberName, Pipeline, PipelineId, Program};
use pipec_model::Finding;
use pipec_prover::Proof;
use pipec_target_api::{Emission, EmittedFile, Refusals, Target, TargetContext};
use std::collections::{BTreeMap, BTreeSet};

/// GitHub Actions.
pub struct GitHub;

impl Engine for GitHub {
    fn word(&self) -> &'static str {
        "github"
    }

    fn most_legs(&self) -> Option<usize> {
        Some(pipec_github_emit::MOST_LEGS)
    }

    fn plans(&self) -> &'static [&'static str] {
        pipec_github_emit::PLANS
    }

    fn check_file_name(&self, name: &str, span: Span) -> Option<Diagnostic> {
        source::check_file_name(name, span)
    }

    fn check_member(&self, member: &MemberName<'_>) -> Option<Diagnostic> {
        source::check_member(member)
    }
}

impl Target for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn refusals(&self, program: &Program, only: &[PipelineId]) -> Refusals {
        pipec_github_emit::refusals(program, only)
    }

    fn emit(&self, program: &Program, only: &[PipelineId], context: &TargetContext) -> Emission {
        pipec_github_emit::emit(program, only, context)
    }

    fn verify(&self, program: &Program, files: &[EmittedFile]) -> BTreeMap<PipelineId, Judgement> {
        let mut of: BTreeMap<PipelineId, Vec<&GeneratedFile>> = BTreeMap::new();
        for EmittedFile { file, pipelines } in files {
            pipelines.iter().for_each(|pipeline| of.entry(*pipeline).or_default().push(file));
        }
        let of: Vec<(PipelineId, Vec<&GeneratedFile>)> = of.into_iter().collect();
        let judged =
            parallel::map(&of, |(id, files)| Some((*id, verify(program, program.pipeline(*id)?, files))));
        judged.into_iter().flatten().collect()
    }

    fn words(&self) -> &'static dyn Words {
        &pipec_github_emit::Words
    }

    fn folders(&self) -> &'static [&'static str] {
        &[".github/workflows"]
    }

    fn is_generated(&self, text: &str) -> bool {
        pipec_github_emit::is_generated(text)
    }

    fn asked_of_platform(&self, text: &str) -> BTreeSet<String> {
        pipec_github_emit::asked_of_platform(text)
    }
}

/// Proves the files of a pipeline, as GitHub reads them, against the pipeline.
fn verify(program: &Program, pipeline: &Pipeline, files: &[&GeneratedFile]) -> Judgement {
    let teardown = source::teardown_path(program, pipeline);
    let is_teardown = |file: &GeneratedFile| teardown.as_ref() == Some(&file.path);
    let mut findings = Vec::new();
    let mut whole = Proof::default();
    let mut add = |proof: Proof, file: &GeneratedFile| {
        let diagnostic = |finding: &Finding| pipec_prover::diagnostic(finding, "github", pipeline, file);
        findings.extend(proof.findings.iter().map(diagnostic));
        whole = std::mem::take(&mut whole).and(proof);
    };
    for file in files {
        add(verify_workflow(program, pipeline, file, is_teardown(file)), file);
    }
    let teardowns = files.iter().filter(|file| is_teardown(file)).count();
    if let Some(file) = files.first()
        && (files.len() != teardowns + 1 || teardowns != usize::from(teardown.is_some()))
    {
        add(Proof::refused(vec![Finding::of_file("a workflow is missing, or one too many", 1)]), file);
    }
    Judgement { findings, proved: whole.proved.into() }
}

fn verify_workflow(program: &Program, pipeline: &Pipeline, file: &GeneratedFile, is_teardown: bool) -> Proof {
    let (workflow, refused) = engine::read(&file.path, &file.text, &program.lock);
    let proof = match workflow {
        Some(workflow) if is_teardown => pipec_prover::prove_teardown(program, pipeline, &workflow, file),
        Some(workflow) => pipec_prover::prove(program, pipeline, &workflow, file),
        None => Proof::default(),
    };
    Proof::refused(refused).and(proof)
}
