//! From trees to a program: modules resolved, tasks and parametrised pipelines expanded, values computed. Every part
//! keeps its origin: where it was written, and through which calls it came.

mod body;
mod call;
mod condition;
mod environment;
mod frame;
mod node;
mod pipeline;
mod runner;

use crate::scope::{Definition, ModuleId, Workspace};
use frame::Frame;
use pipec_base::Span;
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Evidence, Program};
use pipec_logic::Glob;
use std::collections::BTreeSet;

/// A run-away body: what it takes for a node that says none, in milliseconds.
const DEFAULT_TIMEOUT: u64 = 600_000;

/// Expands a workspace.
pub(crate) fn expand<'a>(workspace: &Workspace<'a>, diagnostics: &mut Vec<Diagnostic>) -> Program {
    let mut expander =
        Expander { workspace, program: Program::default(), diagnostics: Vec::new(), called: BTreeSet::new() };
    expander.everything();
    diagnostics.append(&mut expander.diagnostics);
    expander.program
}

/// The state of an expansion.
pub(crate) struct Expander<'a, 'w> {
    workspace: &'w Workspace<'a>,
    program: Program,
    diagnostics: Vec<Diagnostic>,
    /// The tasks and pipelines that were called, by the place of their name: the others are read once for themselves.
    called: BTreeSet<Span>,
}

impl<'a> Expander<'a, '_> {
    fn everything(&mut self) {
        let modules: Vec<ModuleId> = self.workspace.own_modules().collect();
        for module in &modules {
            self.roles_and_registries(*module);
        }
        for module in &modules {
            self.environments(*module);
        }
        self.refuse_environment_cycles();
        for module in &modules {
            for (_, definition) in self.workspace.definitions(*module) {
                match definition {
                    Definition::Pipeline(item, pipeline) if pipeline.parameters.is_none() => {
                        self.plain_pipeline(*module, item, pipeline);
                    }
                    Definition::PipelineInstance(item, instance) => {
                        self.pipeline_instance(*module, item, instance);
                    }
                    _ => {}
                }
            }
        }
        self.refuse_twin_pipelines();
        for module in &modules {
            self.read_uncalled(*module);
        }
    }

    /// Reports a finding made in a frame, with the calls that lead there.
    fn report(&mut self, frame: &Frame, diagnostic: Diagnostic) {
        let diagnostic = frame.explain(diagnostic);
        self.diagnostics.push(diagnostic);
    }

    /// Reads a glob.
    fn glob(&mut self, text: &str, span: Span, frame: &Frame) -> Option<Glob> {
        match Glob::parse(text) {
            Ok(glob) => Some(glob),
            Err(error) => {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0116, format!("`{text}` is no glob: {error}"), span)
                        .help("`*` and `?` stop at `/`, `**` does not; everything else stands for itself"),
                );
                None
            }
        }
    }

    /// The kind of evidence of that name.
    fn evidence(&mut self, path: &pipec_syntax::ast::Path, frame: &Frame) -> Option<Evidence> {
        let module = frame.module?;
        if let [name] = path.segments.as_slice() {
            if let Some(standard) = Evidence::standard().into_iter().find(|kind| kind.name == name.node) {
                return Some(standard);
            }
            if self.workspace.name(module, &name.node).is_none() {
                let standard = Evidence::standard();
                let declared = self.workspace.definitions(module);
                let own = declared
                    .iter()
                    .filter(|(_, definition)| matches!(definition, Definition::Evidence(_)))
                    .map(|(name, _)| *name);
                let known: Vec<&str> = standard.iter().map(|kind| kind.name.as_str()).chain(own).collect();
                let diagnostic = Diagnostic::error(
                    codes::P0101,
                    format!("there is no kind of evidence `{}`", name.node),
                    name.span,
                );
                let diagnostic = match pipec_base::closest(&name.node, known.iter().copied()) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                        format!("write `{near}`"),
                        name.span,
                        near,
                    ),
                    None => diagnostic.help(format!(
                        "there is {}; or declare it: `evidence {} of commit`",
                        known.join(", "),
                        name.node
                    )),
                };
                self.report(frame, diagnostic);
                return None;
            }
        }
        let found = self.workspace.resolve(module, path, "a kind of evidence", &mut self.diagnostics)?;
        match found.definition {
            Definition::Evidence(kind) => {
                Some(Evidence { name: kind.name.node.clone(), of_artefact: kind.of_artefact })
            }
            other => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0101,
                        format!("`{}` is {}, not a kind of evidence", frame::path_text(path), other.what()),
                        path.span,
                    ),
                );
                None
            }
        }
    }

    /// The role of that name.
    fn role(&mut self, path: &pipec_syntax::ast::Path, frame: &Frame) -> Option<String> {
        let found = self.workspace.resolve(frame.module?, path, "a role", &mut self.diagnostics)?;
        match found.definition {
            Definition::Role(role) => Some(role.name.node.clone()),
            other => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0101,
                        format!("`{}` is {}, not a role", frame::path_text(path), other.what()),
                        path.span,
                    ),
                );
                None
            }
        }
    }

    /// The environment of that name.
    fn environment_named(&mut self, path: &pipec_syntax::ast::Path, frame: &Frame) -> Option<String> {
        let found = self.workspace.resolve(frame.module?, path, "an environment", &mut self.diagnostics)?;
        match found.definition {
            Definition::Environment(_, it) if it.parameters.is_none() => Some(it.name.node.clone()),
            Definition::EnvironmentInstance(_, it) => Some(it.name.node.clone()),
            Definition::Environment(_, it) => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0107,
                        format!("environment `{}` has parameters", it.name.node),
                        path.span,
                    )
                    .help(format!("name one first: `environment mine = {}(…)`", it.name.node)),
                );
                None
            }
            other => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0101,
                        format!("`{}` is {}, not an environment", frame::path_text(path), other.what()),
                        path.span,
                    ),
                );
                None
            }
        }
    }
}
