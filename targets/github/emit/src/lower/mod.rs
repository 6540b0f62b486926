//! From neutral jobs to a workflow, one file for each concept.
//!
//! `pipec_lowering` decides which jobs there are and what each does. `jobs.rs` renders a job, `acts.rs` its acts, `values.rs`
//! its values and `conditions.rs` its guards. For example, the act `Fixed(Soak, SOAK = 300)` becomes
//!
//! ```yaml
//! - name: soak 5m
//!   env:
//!     SOAK: "300"
//!   run: sleep "$SOAK"
//! ```

mod acts;
mod artefacts;
mod assumptions;
mod caches;
mod conditions;
mod identities;
mod jobs;
pub(crate) mod legs;
mod locked;
mod matrix;
mod names;
mod overrides;
mod permissions;
mod previews;
mod raw;
mod references;
mod reports;
mod results;
pub(crate) mod runners;
mod scripts;
mod shared;
mod sidecars;
mod time;
pub(crate) mod tools;
mod triggers;
mod values;
mod verdict;

use crate::document::{Job, Workflow};
use crate::expression::Expression;
use crate::template::{DEEPEST_EXPRESSION, Template};
use pipec_base::{Code, Diagnostic, Span, codes};
use pipec_ir::facts::SourceFacts;
use pipec_ir::{Binding, Origin, Pipeline, Program};
use pipec_lowering::PlannedFacts;
use runners::Place;
use std::cell::RefCell;

pub(crate) use assumptions::assumptions;
pub use assumptions::{Words, meaning as assumption_meaning};
pub use pipec_lowering::is_generated;

/// What the lowering of one pipeline knows.
struct Lowering<'a> {
    program: &'a Program,
    pipeline: &'a Pipeline,
    /// What GitHub's expressions can say.
    expressions: conditions::Expressions<'a>,
    /// Its jobs in neutral form.
    plans: pipec_lowering::Lowering<'a>,
    /// The name of the workflow's file, without its folder.
    file: String,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

/// The workflow of a pipeline, and findings. After an error there is no workflow.
#[derive(Default)]
pub(crate) struct Lowered<'p> {
    /// The workflow.
    pub(crate) workflow: Option<Workflow>,
    /// The path of its file.
    pub(crate) path: String,
    /// The jobs and where they come from.
    pub(crate) origins: Vec<(String, Span)>,
    /// The findings.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The facts of the pipeline's runs, which the assumptions ask again.
    pub(crate) facts: Option<SourceFacts<'p>>,
    /// The workflow that tears down previews, if the pipeline has any.
    pub(crate) teardown: Option<Box<Lowered<'p>>>,
}

/// Whether the `plan` job of a pipeline decides what has changed.
pub(crate) fn asks_for_changes(program: &Program, pipeline: &Pipeline) -> bool {
    PlannedFacts::of(pipeline, &conditions::Expressions::of(program, pipeline)).ask_for_changes()
}

/// Lowers a pipeline that nothing refuses.
pub(crate) fn lower<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Lowered<'p> {
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
    let expressions = conditions::Expressions::of(program, pipeline);
    let plans = pipec_lowering::lower(program, pipeline, facts, &expressions);
    let lowering = Lowering { program, pipeline, expressions, plans, file, diagnostics: RefCell::default() };
    let (mut workflow, origins) = lowering.workflow();
    lowering.take_locked(&mut workflow);
    lowering.check_lengths(&workflow, &origins);
    lowering.check_results(&workflow.jobs);
    let mut teardown = lowering.teardown().map(Box::new);
    if let Some(workflow) = teardown.as_mut().and_then(|teardown| teardown.workflow.as_mut()) {
        lowering.take_locked(workflow);
    }
    let diagnostics = lowering.diagnostics.into_inner();
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    if failed {
        return Lowered { path, origins, diagnostics, ..Lowered::default() };
    }
    let facts = Some(lowering.plans.source.facts);
    Lowered { workflow: Some(workflow), path, origins, diagnostics, facts, teardown }
}

impl Lowering<'_> {
    fn workflow(&self) -> (Workflow, Vec<(String, Span)>) {
        let jobs: Vec<Job> = self.plans.jobs.iter().map(|plan| self.job(plan)).collect();
        let origins = self.plans.jobs.iter().map(|plan| (plan.id.to_string(), plan.origin)).collect();
        let workflow = Workflow {
            header: pipec_lowering::header(self.pipeline, None),
            name: self.pipeline.name.clone(),
            triggers: self.triggers(),
            concurrency: self.run_concurrency(),
            jobs,
        };
        (workflow, origins)
    }

    /// Refuses strings that are too long for GitHub, and conditions that are nested too deeply.
    fn check_lengths(&self, workflow: &Workflow, origins: &[(String, Span)]) {
        for job in &workflow.jobs {
            let span =
                || origins.iter().find(|(id, _)| **id == *job.id).map_or(Span::default(), |(_, span)| *span);
            // In the verdict, alternatives are in parentheses.
            let levels = |condition: &Expression| {
                condition.depth() + usize::from(matches!(condition, Expression::Any(_)))
            };
            let depth = job.conditions().map(levels).max().unwrap_or_default();
            if depth > DEEPEST_EXPRESSION {
                let message = format!("the condition of `{}` has {depth} levels", job.id);
                let diagnostic = Diagnostic::error(codes::P1103, message, span())
                    .note(format!(
                        "an expression of github may have {DEEPEST_EXPRESSION} levels, one for \
                                   each pair of parentheses"
                    ))
                    .help("use fewer `and` inside `or`, or move parts of it to other stages");
                self.diagnostics.borrow_mut().push(Origin::at(span()).explain(diagnostic));
                continue;
            }
            if job.conditions().all(Template::fits_condition) && job.templates().all(Template::fits) {
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
                let message = format!("{what} is too long for github to evaluate");
                let diagnostic = Diagnostic::error(codes::P1103, message, origin.span)
                    .note("an expression of github may have 21,000 characters, including the text around it")
                    .help(if self.is_afterwards(&job.id) {
                        "a `finally` is told what became of each node before it: let it follow fewer stages"
                    } else {
                        "pass the parts to the script, and let it combine them"
                    });
                self.diagnostics.borrow_mut().push(origin.explain(diagnostic));
            }
        }
    }

    /// Whether a job is one of a `finally`.
    fn is_afterwards(&self, job: &str) -> bool {
        let unit = self.plans.units.iter().find(|unit| *unit.id == *job);
        let node = unit.and_then(|unit| self.pipeline.node(unit.node));
        node.is_some_and(|node| self.pipeline.is_afterwards(node))
    }

    /// The variables of a job's node that are too long for GitHub.
    fn long_bindings(&self, job: &str) -> Vec<&Binding> {
        let Some(unit) = self.plans.units.iter().find(|unit| *unit.id == *job) else { return Vec::new() };
        let Some(node) = self.pipeline.node(unit.node) else { return Vec::new() };
        self.program
            .bindings_of(node)
            .filter(|binding| !self.text(&binding.value, unit, Place::Machine).fits())
            .collect()
    }

    /// Reports an error of the compiler itself, after which nothing is emitted.
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
