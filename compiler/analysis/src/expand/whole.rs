//! The expansion of a whole workspace, from the expansions of its declarations.
//!
//! Roles and registries, constants and environments come first, because pipelines name them. Then each pipeline is
//! expanded on its own, on all cores. Declarations that nothing has called by then are read last, to find the mistakes
//! in them.

use super::environment::{Values, refuse_environment_cycles};
use super::frame::Frame;
use super::{Expanded, Expansion, MAX_WORK, WorkspaceFacts, too_large};
use crate::Reference;
use crate::scope::{DeclarationId, Definition, Found, ModuleId, Workspace, duplicate_name, suggest_of};
use pipec_base::{Diagnostic, Span, codes, parallel};
use pipec_ir::{Environment, Evidence, Pipeline, Program};
use pipec_syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};

/// The number of pipelines expanded between two checks of the total cost.
const BATCH_SIZE: usize = 32;

/// The state of the expansion so far.
#[derive(Default)]
pub(super) struct WorkspaceExpansion {
    pub(super) expanded: Expanded,
    pub(super) diagnostics: Vec<Diagnostic>,
    called: BTreeSet<DeclarationId>,
    entries: Vec<(String, Name, Frame)>,
}

/// The expansion of one pipeline.
struct PipelineExpansion {
    pipeline: Option<Pipeline>,
    is_incomplete: bool,
    diagnostics: Vec<Diagnostic>,
    called: BTreeSet<DeclarationId>,
    references: Vec<Reference>,
    work: usize,
}

impl WorkspaceExpansion {
    fn take(&mut self, expansion: Expansion<'_, '_>) {
        self.diagnostics.extend(expansion.diagnostics);
        self.called.extend(expansion.called);
        self.entries.extend(expansion.entries);
        self.expanded.references.extend(expansion.references);
        self.expanded.work = self.expanded.work.saturating_add(expansion.work);
    }

    /// The declarations that the pipelines of a workspace share.
    pub(super) fn facts(&mut self, workspace: &Workspace<'_>) -> WorkspaceFacts {
        let nothing = WorkspaceFacts::default();
        let mut facts = WorkspaceFacts::default();
        let mut expansion = Expansion::new(workspace, &nothing);
        for module in workspace.own_modules() {
            expansion.roles_and_registries(module, &mut facts.program);
        }
        self.take(expansion);
        self.constants(workspace, &mut facts);
        let mut values = Values::new();
        let mut environments = BTreeMap::new();
        for module in workspace.own_modules() {
            for (_, found) in workspace.declared(module) {
                let mut expansion = Expansion::new(workspace, &facts);
                let built = match found.definition {
                    Definition::Environment(item, it) if it.parameters.is_none() => {
                        Some(expansion.plain_environment(module, item, it, &mut values))
                    }
                    Definition::EnvironmentInstance(item, it) => {
                        expansion.environment_instance(module, item, it, &mut values)
                    }
                    _ => continue,
                };
                self.take(expansion);
                self.keep_environment(built, &mut environments);
            }
        }
        facts.program.environments = environments;
        refuse_environment_cycles(&mut facts.program, &mut self.diagnostics);
        facts.environment_values = Some(values);
        self.constants(workspace, &mut facts);
        facts
    }

    /// Evaluates the remaining constants, in the order of the source.
    fn constants(&mut self, workspace: &Workspace<'_>, facts: &mut WorkspaceFacts) {
        let mut expansion = Expansion::new(workspace, facts);
        for module in workspace.modules() {
            for (_, found) in workspace.declared(module) {
                if let Definition::Let(constant) = found.definition {
                    let frame = Frame::of_module(module);
                    expansion.constant(found, constant, constant.value.span(), &frame);
                }
            }
        }
        let constants = std::mem::take(&mut expansion.constants);
        self.take(expansion);
        facts.constants.extend(constants);
    }

    fn keep_environment(
        &mut self,
        built: Option<Environment>,
        environments: &mut BTreeMap<String, Environment>,
    ) {
        let Some(environment) = built else { return };
        match environments.get(&environment.name) {
            Some(first) => {
                let (again, first) = (environment.origin.span, first.origin.span);
                self.diagnostics.push(duplicate_name(&environment.name, "environment", again, first));
            }
            None => {
                environments.insert(environment.name.clone(), environment);
            }
        }
    }

    /// Expands every pipeline, in the order of the source. Stops if the workspace becomes too large.
    pub(super) fn pipelines(&mut self, workspace: &Workspace<'_>, facts: &WorkspaceFacts) {
        let declared: Vec<(ModuleId, Found<'_>)> = workspace
            .own_modules()
            .flat_map(|module| workspace.declared(module).map(move |(_, found)| (module, found)))
            .filter(|(_, found)| match found.definition {
                Definition::Pipeline(_, pipeline) => pipeline.parameters.is_none(),
                Definition::PipelineInstance(..) => true,
                _ => false,
            })
            .collect();
        for batch in declared.chunks(BATCH_SIZE) {
            let expanded = parallel::map(batch, |(module, found)| one(workspace, facts, *module, found));
            for one in expanded {
                self.called.extend(one.called);
                self.expanded.references.extend(one.references);
                self.expanded.work = self.expanded.work.saturating_add(one.work);
                let is_too_large = one.work <= MAX_WORK && self.expanded.work > MAX_WORK;
                self.diagnostics.extend(one.diagnostics);
                let Some(mut pipeline) = one.pipeline else { continue };
                if is_too_large {
                    self.diagnostics.push(too_large(pipeline.origin.span));
                    pipeline.nodes.clear();
                    pipeline.stages.clear();
                }
                if one.is_incomplete || is_too_large {
                    self.expanded.incomplete.insert(self.expanded.program.pipelines.len());
                }
                self.expanded.program.pipelines.push(pipeline);
                if self.expanded.work > MAX_WORK {
                    return;
                }
            }
        }
    }

    /// Refuses two pipelines with the same name in a workspace.
    pub(super) fn refuse_duplicate_pipelines(&mut self) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for pipeline in &self.expanded.program.pipelines {
            let span = pipeline.origin.span;
            match seen.get(pipeline.name.as_str()) {
                Some(first) => {
                    self.diagnostics.push(duplicate_name(&pipeline.name, "pipeline", span, *first))
                }
                None => {
                    seen.insert(&pipeline.name, span);
                }
            }
        }
    }

    /// Refuses unknown pipelines in `from`.
    pub(super) fn refuse_unknown_entries(&mut self, workspace: &Workspace<'_>, program: &mut Program) {
        let modules: Vec<ModuleId> = workspace.own_modules().collect();
        if !modules.iter().all(|module| workspace.is_whole(*module)) {
            return;
        }
        // A broken declaration may be the pipeline.
        let declared: BTreeSet<&str> = modules
            .iter()
            .flat_map(|module| workspace.definitions(*module))
            .filter(|(_, it)| {
                matches!(it, Definition::Pipeline(..) | Definition::PipelineInstance(..) | Definition::Broken)
            })
            .map(|(name, _)| name)
            .collect();
        for (environment, name, frame) in std::mem::take(&mut self.entries) {
            if declared.contains(name.node.as_str()) {
                continue;
            }
            let entered = program.environments.get_mut(&environment);
            if let Some((names, _)) = entered.and_then(|environment| environment.from.as_mut()) {
                names.retain(|known| *known != name.node);
            }
            let message = format!("there is no pipeline `{}`", name.node);
            let diagnostic = Diagnostic::error(codes::P0101, message, name.span);
            let diagnostic = suggest_of(diagnostic, &name, declared.iter().copied(), || {
                "list exactly the pipelines that deploy there".to_owned()
            });
            self.diagnostics.push(frame.explain(diagnostic));
        }
    }

    /// Reads uncalled pipelines, tasks, environments and runners, to find mistakes in them. Declarations that one of
    /// them calls count as called for the later ones.
    pub(super) fn read_uncalled(&mut self, workspace: &Workspace<'_>, facts: &WorkspaceFacts) {
        for module in workspace.own_modules() {
            for (_, found) in workspace.declared(module) {
                let is_called = self.called.contains(&found.id);
                let mut expansion = Expansion::new(workspace, facts);
                match found.definition {
                    Definition::Pipeline(item, pipeline) => {
                        let template = expansion.read_pipeline(module, item, pipeline, is_called);
                        let Some(template) = template else {
                            self.take(expansion);
                            continue;
                        };
                        if expansion.is_incomplete {
                            self.expanded.incomplete_templates.push(template.origin.span);
                        }
                        self.expanded.templates.push(template);
                    }
                    Definition::Task(task) => {
                        self.expanded.uncalled.extend(expansion.read_task(module, task, is_called));
                    }
                    Definition::Environment(item, environment) => {
                        expansion.read_environment(module, item, environment, is_called);
                    }
                    Definition::Evidence(kind) if Evidence::standard(&kind.name.node).is_some() => {
                        let message = format!("`{}` is already a kind of evidence", kind.name.node);
                        let finding = Diagnostic::error(codes::P0102, message, kind.name.span)
                            .help("it is a standard kind: remove the declaration, or rename your own");
                        self.diagnostics.push(finding);
                    }
                    Definition::Runner(runner) if !is_called => {
                        expansion.runner_of(module, runner);
                    }
                    _ => {}
                }
                self.take(expansion);
            }
        }
    }
}

fn one<'a>(
    workspace: &Workspace<'a>,
    facts: &WorkspaceFacts,
    module: ModuleId,
    found: &Found<'a>,
) -> PipelineExpansion {
    let mut expansion = Expansion::new(workspace, facts);
    let pipeline = match found.definition {
        Definition::Pipeline(item, it) => Some(expansion.plain_pipeline(module, item, it)),
        Definition::PipelineInstance(item, it) => expansion.pipeline_instance(module, item, it),
        _ => None,
    };
    let Expansion { is_incomplete, diagnostics, called, references, work, .. } = expansion;
    PipelineExpansion { pipeline, is_incomplete, diagnostics, called, references, work }
}
