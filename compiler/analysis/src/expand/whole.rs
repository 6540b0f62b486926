//! The expansion of a whole workspace, from the expansions of its declarations.
//!
//! Roles and registries, constants and environments come first, because pipelines name them. Then each pipeline is
//! expanded on its own, on all cores. Declarations that nothing has called by then are read last, to find the mistakes
//! in them.

use super::environment::{Values, refuse_environment_cycles};
use super::frame::Frame;
use super::unit::{Built, Environments, Purpose, Unit, Wanted};
use super::{Expanded, Expansion, MAX_WORK, Units, WorkspaceFacts, too_large};
use crate::scope::{DeclarationId, Definition, ModuleId, Workspace, duplicate_name, suggest_of};
use pipec_base::{Diagnostic, Span, codes, parallel};
use pipec_ir::{Environment, Evidence, Program};
use pipec_syntax::ast::Name;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number of pipelines expanded between two checks of the total cost.
const BATCH_SIZE: usize = 32;

/// The state of the expansion so far.
pub(super) struct WorkspaceExpansion<'u> {
    pub(super) expanded: Expanded,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The expansions that the session remembers, if it does.
    units: Option<&'u mut Units>,
    called: BTreeSet<DeclarationId>,
    entries: Vec<(String, Name, Frame)>,
}

impl<'u> WorkspaceExpansion<'u> {
    pub(super) fn new(units: Option<&'u mut Units>) -> WorkspaceExpansion<'u> {
        WorkspaceExpansion {
            expanded: Expanded::default(),
            diagnostics: Vec::new(),
            units,
            called: BTreeSet::new(),
            entries: Vec::new(),
        }
    }

    fn take(&mut self, unit: &Unit) {
        self.diagnostics.extend_from_slice(&unit.diagnostics);
        self.called.extend(&unit.called);
        self.entries.extend_from_slice(&unit.entries);
        self.expanded.references.by_declaration.push(unit.references.clone());
        self.expanded.work = self.expanded.work.saturating_add(unit.work);
    }

    /// Expands one declaration, unless its expansion is remembered.
    fn unit<'a>(
        &mut self,
        wanted: &Wanted<'a>,
        workspace: &Workspace<'a>,
        facts: &WorkspaceFacts,
    ) -> Arc<Unit> {
        let Some(units) = self.units.as_deref_mut() else {
            return Arc::new(Unit::expand(wanted, workspace, facts, false));
        };
        units.recall(wanted, workspace, facts).unwrap_or_else(|| {
            let unit = Arc::new(Unit::expand(wanted, workspace, facts, true));
            units.remember(wanted, &unit, workspace, facts);
            unit
        })
    }

    /// Expands declarations on all cores, except those whose expansion is remembered.
    fn units<'a>(
        &mut self,
        wanted: &[Wanted<'a>],
        workspace: &Workspace<'a>,
        facts: &WorkspaceFacts,
    ) -> Vec<Arc<Unit>> {
        let Some(units) = self.units.as_deref_mut() else {
            return parallel::map(wanted, |it| Arc::new(Unit::expand(it, workspace, facts, false)));
        };
        let known: Vec<Option<Arc<Unit>>> =
            wanted.iter().map(|it| units.recall(it, workspace, facts)).collect();
        let missing = wanted.iter().zip(&known).filter(|(_, known)| known.is_none());
        let missing: Vec<&Wanted<'a>> = missing.map(|(wanted, _)| wanted).collect();
        let made = parallel::map(&missing, |it| Arc::new(Unit::expand(it, workspace, facts, true)));
        for (wanted, unit) in missing.iter().zip(&made) {
            units.remember(wanted, unit, workspace, facts);
        }
        let mut made = made.into_iter();
        known.into_iter().filter_map(|known| known.or_else(|| made.next())).collect()
    }

    /// The declarations that the pipelines of a workspace share.
    pub(super) fn facts(&mut self, workspace: &Workspace<'_>) -> WorkspaceFacts {
        let nothing = WorkspaceFacts::default();
        if let Some(units) = self.units.as_deref_mut() {
            units.states.enter(workspace);
        }
        let globs = self.units.as_deref().map(|units| units.globs.clone());
        let mut facts = WorkspaceFacts { globs: globs.unwrap_or_default(), ..WorkspaceFacts::default() };
        let mut expansion = Expansion::new(workspace, &nothing, false);
        for module in workspace.own_modules() {
            expansion.roles_and_registries(workspace, module, &mut facts.program);
        }
        self.take(&Unit::of(expansion, Built::Nothing));
        self.constants(workspace, &mut facts);
        self.number(&mut facts);
        let environments = self.environments(workspace, &facts);
        facts.program.environments = environments.by_name;
        facts.environment_values = Some(environments.values);
        self.diagnostics.extend(environments.diagnostics);
        self.constants(workspace, &mut facts);
        self.number(&mut facts);
        facts
    }

    /// Numbers the facts, if the session remembers what rests on them.
    fn number(&mut self, facts: &mut WorkspaceFacts) {
        if let Some(units) = self.units.as_deref_mut() {
            facts.id = units.states.of_facts(facts);
        }
    }

    /// Evaluates the remaining constants, in the order of the source.
    fn constants(&mut self, workspace: &Workspace<'_>, facts: &mut WorkspaceFacts) {
        let mut expansion = Expansion::new(workspace, facts, false);
        for module in workspace.modules() {
            for (_, found) in workspace.declared(module) {
                if let Definition::Let(constant) = found.definition {
                    let frame = Frame::of_module(module);
                    expansion.constant(found, constant, constant.value.span(), &frame);
                }
            }
        }
        let constants = std::mem::take(&mut expansion.constants);
        self.take(&Unit::of(expansion, Built::Nothing));
        facts.constants.extend(constants);
    }

    /// Expands the environments of a workspace, and puts them together if one of them has changed.
    fn environments(&mut self, workspace: &Workspace<'_>, facts: &WorkspaceFacts) -> Environments {
        let mut units = Vec::new();
        for module in workspace.own_modules() {
            for (_, found) in workspace.declared(module) {
                let is_environment = match found.definition {
                    Definition::Environment(_, it) => it.parameters.is_none(),
                    Definition::EnvironmentInstance(..) => true,
                    _ => false,
                };
                if !is_environment {
                    continue;
                }
                let wanted = Wanted { module, found, purpose: Purpose::Environment };
                let unit = self.unit(&wanted, workspace, facts);
                self.take(&unit);
                units.push(unit);
            }
        }
        let Some(remembered) = self.units.as_deref_mut() else { return together(units) };
        let before = remembered.environments.as_ref().filter(|before| {
            let same = |(now, before): (&Arc<Unit>, &Arc<Unit>)| Arc::ptr_eq(now, before);
            before.units.len() == units.len() && units.iter().zip(&before.units).all(same)
        });
        if let Some(before) = before {
            return before.clone();
        }
        let mut environments = together(units.clone());
        environments.units = units;
        remembered.environments = Some(environments.clone());
        environments
    }

    /// Expands every pipeline, in the order of the source. Stops if the workspace becomes too large.
    pub(super) fn pipelines(&mut self, workspace: &Workspace<'_>, facts: &WorkspaceFacts) {
        let declared: Vec<Wanted<'_>> = workspace
            .own_modules()
            .flat_map(|module| workspace.declared(module).map(move |(_, found)| (module, found)))
            .filter(|(_, found)| match found.definition {
                Definition::Pipeline(_, pipeline) => pipeline.parameters.is_none(),
                Definition::PipelineInstance(..) => true,
                _ => false,
            })
            .map(|(module, found)| Wanted { module, found, purpose: Purpose::Pipeline })
            .collect();
        for batch in declared.chunks(BATCH_SIZE) {
            for unit in self.units(batch, workspace, facts) {
                self.take(&unit);
                let is_too_large = unit.work <= MAX_WORK && self.expanded.work > MAX_WORK;
                let Built::Pipeline(pipeline, unordered) = &unit.built else { continue };
                let mut pipeline = pipeline.clone();
                if is_too_large {
                    self.diagnostics.push(too_large(pipeline.origin.span));
                    let emptied = Arc::make_mut(&mut pipeline);
                    emptied.nodes.clear();
                    emptied.stages.clear();
                } else {
                    self.expanded.unordered.extend_from_slice(unordered);
                }
                if unit.is_incomplete || is_too_large {
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
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
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
        if self.entries.is_empty() {
            return;
        }
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
            let entered = Arc::make_mut(&mut program.environments).get_mut(&environment);
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
        // What only an uncalled declaration calls is in no output either.
        let called = self.called.clone();
        for module in workspace.own_modules() {
            for (_, found) in workspace.declared(module) {
                let is_called = self.called.contains(&found.id);
                if !called.contains(&found.id) {
                    self.expanded.unused.extend(called_by_name(&found.definition));
                }
                let is_read = match found.definition {
                    Definition::Pipeline(_, pipeline) => pipeline.parameters.is_some(),
                    Definition::Environment(_, environment) => environment.parameters.is_some(),
                    Definition::Task(_) => true,
                    Definition::Runner(_) => !is_called,
                    Definition::Evidence(kind) => {
                        self.refuse_standard_evidence(&kind.name);
                        false
                    }
                    _ => false,
                };
                if !is_read {
                    continue;
                }
                let wanted = Wanted { module, found, purpose: Purpose::Mistakes { is_called } };
                let unit = self.unit(&wanted, workspace, facts);
                self.take(&unit);
                match &unit.built {
                    Built::Template(template) => {
                        if unit.is_incomplete {
                            self.expanded.incomplete_templates.push(template.origin.span);
                        }
                        self.expanded.templates.push(template.clone());
                    }
                    Built::Task(task) => self.expanded.uncalled.push(task.clone()),
                    Built::Nothing | Built::Environment(..) | Built::Pipeline(..) => {}
                }
            }
        }
    }

    fn refuse_standard_evidence(&mut self, name: &Name) {
        if Evidence::standard(&name.node).is_none() {
            return;
        }
        let message = format!("`{}` is already a kind of evidence", name.node);
        let finding = Diagnostic::error(codes::P0102, message, name.span)
            .help("it is a standard kind: remove the declaration, or rename your own");
        self.diagnostics.push(finding);
    }
}

/// The name of a declaration that is in an output only if something calls it.
fn called_by_name(definition: &Definition<'_>) -> Option<Span> {
    match definition {
        Definition::Pipeline(_, pipeline) => pipeline.parameters.as_ref().map(|_| pipeline.name.span),
        Definition::Environment(_, environment) => {
            environment.parameters.as_ref().map(|_| environment.name.span)
        }
        Definition::Task(task) => Some(task.name.span),
        Definition::Runner(runner) => Some(runner.name.span),
        _ => None,
    }
}

/// Puts environments together, and reports those of one name and those that wait for each other.
fn together(units: Vec<Arc<Unit>>) -> Environments {
    let mut diagnostics = Vec::new();
    let mut by_name: BTreeMap<String, Environment> = BTreeMap::new();
    let mut all_values = Values::new();
    for unit in units {
        let Built::Environment(environment, values) = Arc::unwrap_or_clone(unit).built else { continue };
        all_values.entry(environment.name.clone()).or_default().extend(values);
        match by_name.get(&environment.name) {
            Some(first) => {
                let (again, first) = (environment.origin.span, first.origin.span);
                diagnostics.push(duplicate_name(&environment.name, "environment", again, first));
            }
            None => {
                by_name.insert(environment.name.clone(), *environment);
            }
        }
    }
    refuse_environment_cycles(&mut by_name, &mut diagnostics);
    Environments { units: Vec::new(), by_name: Arc::new(by_name), values: Arc::new(all_values), diagnostics }
}
