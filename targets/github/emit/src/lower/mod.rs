//! From a pipeline to a workflow. One file per concept.

mod actions;
mod artefacts;
mod assumptions;
mod caches;
mod conditions;
mod deploys;
mod header;
mod identities;
mod images;
mod jobs;
mod locked;
mod matrix;
mod measures;
mod names;
mod order;
mod overrides;
mod permissions;
mod plan;
mod previews;
mod raw;
mod raw_caches;
mod record;
mod references;
mod repeat;
mod reports;
mod retry;
mod runners;
mod scripts;
mod secrets;
mod sidecars;
mod tools;
mod triggers;
mod unsupported;
mod values;
mod verdict;
mod windows;

use crate::document::{Job, Workflow};
use crate::expression::Expression;
use crate::template::{DEEPEST_EXPRESSION, Template};
use pipec_base::{Code, Diagnostic, Span, codes};
use pipec_ir::facts::SourceFacts;
use pipec_ir::{Binding, Origin, Pipeline, Program};
use pipec_target_api::TargetContext;
use std::cell::RefCell;

pub(crate) use assumptions::assumptions;
pub use assumptions::{Words, meaning as assumption_meaning};
pub use header::{is_generated, without_header};

/// The name of the job that decides facts.
const PLAN: &str = "plan";

/// The name of the job that says whether all is well.
const VERDICT: &str = "verdict";

/// The name of the job that writes down what ran.
const RECORD: &str = "record";

/// What the lowering of one pipeline knows.
struct Lowering<'a> {
    program: &'a Program,
    pipeline: &'a Pipeline,
    context: &'a TargetContext,
    facts: SourceFacts<'a>,
    /// The facts that the `plan` job decides.
    planned: plan::PlannedFacts,
    /// The jobs of all nodes.
    units: Vec<order::Unit>,
    /// The name of the workflow's file, without its folder.
    file: String,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

/// The workflow of a pipeline, the source of each of its jobs, and what there is to say; no workflow if that is an error.
#[derive(Default)]
pub(crate) struct Lowered {
    /// The workflow.
    pub(crate) workflow: Option<Workflow>,
    /// The path of its file.
    pub(crate) path: String,
    /// The jobs and where they come from.
    pub(crate) origins: Vec<(String, Span)>,
    /// What there is to say.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The workflow that tears down, if there is something to.
    pub(crate) teardown: Option<Box<Lowered>>,
}

/// Lowers a pipeline.
pub(crate) fn lower(program: &Program, pipeline: &Pipeline, context: &TargetContext) -> Lowered {
    let file = names::file_name(pipeline);
    let path = format!(".github/workflows/{file}");
    let facts = match SourceFacts::of(pipeline) {
        Ok(facts) => facts,
        Err(too_large) => {
            let message = format!("the facts of `{}` are {too_large}", pipeline.name);
            let diagnostic = Diagnostic::error(codes::P0407, message, pipeline.origin.span);
            return Lowered { path, diagnostics: vec![diagnostic], ..Lowered::default() };
        }
    };
    let mut lowering = Lowering {
        program,
        pipeline,
        context,
        facts,
        planned: plan::PlannedFacts::default(),
        units: Vec::new(),
        file,
        diagnostics: RefCell::default(),
    };
    lowering.planned = plan::PlannedFacts::of(&lowering);
    lowering.units = lowering.all_units();
    lowering.refuse_unsupported();
    lowering.check_names();
    lowering.check_windows();
    let (mut workflow, origins) = lowering.workflow();
    lowering.take_locked(&mut workflow);
    lowering.check_lengths(&workflow, &origins);
    let mut teardown = lowering.teardown().map(Box::new);
    if let Some(workflow) = teardown.as_mut().and_then(|teardown| teardown.workflow.as_mut()) {
        lowering.take_locked(workflow);
    }
    let diagnostics = lowering.diagnostics.into_inner();
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    if failed {
        return Lowered { path, origins, diagnostics, ..Lowered::default() };
    }
    Lowered { workflow: Some(workflow), path, origins, diagnostics, teardown }
}

impl Lowering<'_> {
    fn workflow(&self) -> (Workflow, Vec<(String, Span)>) {
        let mut jobs: Vec<Job> = Vec::with_capacity(self.units.len() + 3);
        jobs.extend(self.plan_job());
        let mut origins: Vec<(String, Span)> =
            jobs.iter().map(|job| (job.id.clone(), self.pipeline.origin.span)).collect();
        for unit in &self.units {
            if let Some(node) = self.pipeline.node(unit.node) {
                let mut job = self.job(node, unit);
                if let Some(waiting) = self.waiting_job(unit, node, &mut job) {
                    origins.push((waiting.id.clone(), node.origin.span));
                    jobs.push(waiting);
                }
                jobs.push(job);
                origins.push((unit.id.clone(), node.origin.span));
                if let Some(job) = self.override_job(unit, node) {
                    origins.push((job.id.clone(), node.origin.span));
                    jobs.push(job);
                }
            }
        }
        jobs.push(self.verdict_job());
        origins.push((VERDICT.to_owned(), self.pipeline.origin.span));
        jobs.push(self.record_job());
        origins.push((RECORD.to_owned(), self.pipeline.origin.span));
        let workflow = Workflow {
            header: self.header(),
            name: self.pipeline.name.clone(),
            triggers: self.triggers(),
            concurrency: self.run_concurrency(),
            jobs,
        };
        (workflow, origins)
    }

    /// Every string that GitHub evaluates is short enough for it, and every condition flat enough.
    fn check_lengths(&self, workflow: &Workflow, origins: &[(String, Span)]) {
        for job in &workflow.jobs {
            let span =
                || origins.iter().find(|(id, _)| *id == job.id).map_or(Span::default(), |(_, span)| *span);
            let depth = job.conditions().map(Expression::depth).max().unwrap_or_default();
            if depth > DEEPEST_EXPRESSION {
                let message = format!("the condition of `{}` has {depth} levels", job.id);
                let diagnostic = Diagnostic::error(codes::P1103, message, span())
                    .note(format!("an expression of github may have {DEEPEST_EXPRESSION}, one for each pair of parentheses"))
                    .help("say it with fewer `and` within `or`, or give parts of it stages of their own");
                self.diagnostics.borrow_mut().push(Origin::at(span()).explain(diagnostic));
                continue;
            }
            let fit = job.conditions().map(Template::condition).all(|condition| condition.fits());
            if fit && job.templates().all(Template::fits) {
                continue;
            }
            let span = span();
            let too_long = self.long_bindings(&job.id);
            let places = if too_long.is_empty() {
                vec![(format!("a text of `{}`", job.id), Origin::at(span))]
            } else {
                let named = |binding: &Binding| format!("`{}` of `{}`", binding.variable, job.id);
                too_long.into_iter().map(|binding| (named(binding), binding.origin.clone())).collect()
            };
            for (what, origin) in places {
                let message = format!("{what} is longer than github evaluates");
                let diagnostic = Diagnostic::error(codes::P1103, message, origin.span)
                    .note("an expression of github may have 21,000 characters, with the text around it")
                    .help("give the script the parts, and let it put them together");
                self.diagnostics.borrow_mut().push(origin.explain(diagnostic));
            }
        }
    }

    /// The variables of the node of a job that GitHub can't evaluate.
    fn long_bindings(&self, job: &str) -> Vec<&Binding> {
        let Some(unit) = self.units.iter().find(|unit| unit.id == job) else { return Vec::new() };
        let Some(node) = self.pipeline.node(unit.node) else { return Vec::new() };
        self.program.bindings_of(node).filter(|binding| !self.value(&binding.value, unit).fits()).collect()
    }

    /// Reports what the analysis rules out: an error of the compiler, with which nothing is emitted.
    fn internal(&self, origin: &Origin, what: impl Into<String>) {
        self.error(
            codes::P1190,
            origin,
            what,
            "this is an error in pipec, not in the pipeline: please report it",
        );
    }

    /// Reports an error at a part of the program.
    fn error(&self, code: Code, origin: &Origin, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = origin.explain(Diagnostic::error(code, message, origin.span).help(help));
        self.diagnostics.borrow_mut().push(diagnostic);
    }
}
