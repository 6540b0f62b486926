//! Pipelines: triggers, changes, stages.

use super::body::duplicate_variable;
use super::draft::{Draft, Places};
use super::frame::{Frame, Uses, path_text};
use super::node::Declared;
use super::protected::Protected;
use super::{Expansion, repeated};
use crate::scope::{Definition, ModuleId, name_taken, suggest_of};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{ArtefactType, Condition, Node, Origin, Pipeline, SourceFile, Stage, StageId, Trigger};
use pipec_syntax::ast::{
    self, Clause, Declaration, DefaultClause, Instance, Name, PipelineClause, StageClause,
};
use std::collections::BTreeMap;

impl<'a> Expansion<'a, '_> {
    /// Expands a pipeline without parameters.
    pub(super) fn plain_pipeline(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        pipeline: &'a ast::Pipeline,
    ) -> Pipeline {
        let frame = Frame::of_module(module);
        self.pipeline(&pipeline.name, item, pipeline, vec![module], frame)
    }

    /// Expands `pipeline api = service(dir: "services/api")`.
    pub(super) fn pipeline_instance(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        instance: &'a Instance,
    ) -> Option<Pipeline> {
        let caller = Frame::of_module(module);
        let call = &instance.call;
        let found = self.resolve(&call.function, "a pipeline", &caller)?;
        let template = match found.definition {
            Definition::Pipeline(_, template) if template.parameters.is_some() => template,
            other => {
                let help =
                    "only a pipeline with parameters can be called: `pipeline service(dir: string) { … }`";
                if let Definition::Pipeline(..) = other {
                    let message = format!("pipeline `{}` has no parameters", path_text(&call.function));
                    let finding = Diagnostic::error(codes::P0108, message, call.function.span).help(help);
                    self.report(&caller, finding);
                } else {
                    self.refuse_kind(&call.function, other, "a pipeline", help, &caller);
                }
                return None;
            }
        };
        self.called.insert(found.id);
        let mut frame = Frame::of_module(found.module);
        frame.calls = vec![(call.span, template.name.node.clone())];
        let parameters = template.parameters.as_deref().unwrap_or_default();
        let given = self.given(call, parameters, &caller);
        // Things used in the arguments do not count as used by the pipeline.
        self.uses = Uses::default();
        self.bind_parameters(call, parameters, given, &caller, &mut frame);
        let modules = vec![module, found.module];
        Some(self.pipeline(&instance.name, item, template, modules, frame))
    }

    /// Reads an uncalled pipeline with parameters, to check its contents.
    pub(super) fn read_pipeline(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        pipeline: &'a ast::Pipeline,
        is_called: bool,
    ) -> Option<Pipeline> {
        let parameters = pipeline.parameters.as_ref()?;
        let mut frame = Frame::of_module(module);
        self.check_parameters(parameters, &mut frame);
        (!is_called).then(|| self.pipeline(&pipeline.name, item, pipeline, vec![module], frame))
    }

    fn pipeline(
        &mut self,
        name: &Name,
        item: &'a Clause<Declaration>,
        written: &'a ast::Pipeline,
        modules: Vec<ModuleId>,
        mut frame: Frame,
    ) -> Pipeline {
        let pipeline = Pipeline {
            name: name.node.clone(),
            docs: item.docs.clone(),
            origin: Origin::at(name.span),
            sources: self.sources(&modules),
            ..Pipeline::default()
        };
        let mut draft = Draft { pipeline, inputs: Vec::new(), defaults: Vec::new(), names: BTreeMap::new() };
        let mut protected = Protected::default();
        let mut trigger_broken = false;
        self.is_incomplete = false;
        for clause in &written.clauses {
            let before = self.diagnostics.len();
            match &clause.kind {
                PipelineClause::On(ast::Trigger::Planned(inputs)) => {
                    draft.inputs.extend(self.inputs(inputs, &mut frame));
                    (trigger_broken, self.is_incomplete) = (true, true);
                }
                PipelineClause::On(trigger) => {
                    let trigger = self.trigger(trigger, clause.span, &mut frame);
                    trigger_broken |= self.diagnostics.len() > before;
                    if let Trigger::Manual(inputs, _) = &trigger {
                        draft.inputs.extend(inputs.iter().cloned());
                    }
                    draft.pipeline.triggers.push(trigger);
                }
                PipelineClause::Protect { only, globs } => {
                    protected.add(*only, self.ref_globs(globs, &frame));
                }
                PipelineClause::Targets(names) => self.targets(names, &mut draft.pipeline, &frame),
                PipelineClause::Emits { target, file } => {
                    self.emits(target, file, &mut draft.pipeline, &frame);
                }
                PipelineClause::Budget(expression) => {
                    let budget = self.duration(expression, "a budget", &frame);
                    draft.pipeline.budget = budget.map(|budget| (budget, frame.origin(clause.span)));
                }
                PipelineClause::Owner(path) => draft.pipeline.owner = self.role(path, &frame),
                PipelineClause::Change(change) => {
                    let rule = self.change_rule(change, clause.span, &frame);
                    draft.pipeline.changes.extend(rule);
                }
                PipelineClause::Error => self.is_incomplete = true,
                PipelineClause::Stage(_) | PipelineClause::Finally(_) | PipelineClause::Default(_) => {}
            }
            let is_fact = matches!(
                clause.kind,
                PipelineClause::On(_) | PipelineClause::Protect { .. } | PipelineClause::Change(_)
            );
            self.is_incomplete |= is_fact && self.diagnostics.len() > before;
        }
        draft.defaults = written
            .clauses
            .iter()
            .filter_map(|clause| match &clause.kind {
                PipelineClause::Default(default) => Some((default, clause.span)),
                _ => None,
            })
            .collect();
        self.check_defaults(&draft.defaults, &frame);
        protected.apply_to(&mut draft.pipeline);

        self.stages(written, &mut draft, &mut frame);
        let has_error = written.clauses.iter().any(|clause| matches!(clause.kind, PipelineClause::Error));
        if draft.pipeline.triggers.is_empty() && !has_error && !trigger_broken {
            self.report(
                &frame,
                Diagnostic::error(
                    codes::P0114,
                    format!("nothing starts pipeline `{}`", name.node),
                    name.span,
                )
                .help("add a trigger: `on push to main`"),
            );
            self.is_incomplete = true;
        }
        draft.pipeline
    }

    fn sources(&self, modules: &[ModuleId]) -> Vec<SourceFile> {
        let mut all: Vec<ModuleId> = Vec::new();
        for module in modules.iter().flat_map(|module| self.workspace.with_uses(*module)) {
            if !all.contains(&module) {
                all.push(module);
            }
        }
        let mut files: Vec<SourceFile> =
            all.into_iter().filter_map(|module| self.workspace.source_file(module)).collect();
        if let Some((_, rest)) = files.split_first_mut() {
            rest.sort_by(|left, right| left.path.cmp(&right.path));
        }
        files
    }

    /// Checks that each default occurs once in its block.
    pub(super) fn check_defaults(&mut self, defaults: &[(&'a DefaultClause, Span)], frame: &Frame) {
        let mut seen: BTreeMap<(bool, &str), Span> = BTreeMap::new();
        for (default, _) in defaults {
            let (is_variable, name) = match default {
                DefaultClause::Env { variable, .. } => (true, variable),
                DefaultClause::Tool { name, .. } => (false, name),
                DefaultClause::RunsOn(_) | DefaultClause::In(_) => continue,
            };
            match seen.get(&(is_variable, name.node.as_str())) {
                Some(first) if is_variable => self.report(frame, duplicate_variable(name, *first)),
                Some(first) => {
                    let diagnostic = repeated(&format!("tool {}", name.node), name.span, *first);
                    self.report(frame, diagnostic);
                }
                None => {
                    seen.insert((is_variable, &name.node), name.span);
                }
            }
        }
    }

    fn stages(&mut self, written: &'a ast::Pipeline, draft: &mut Draft<'a>, frame: &mut Frame) {
        let stages: Vec<(&'a Clause<PipelineClause>, &'a ast::Stage)> = written
            .clauses
            .iter()
            .filter_map(|clause| match &clause.kind {
                PipelineClause::Stage(stage) => Some((clause, stage)),
                _ => None,
            })
            .collect();
        let mut places = Places { stages: BTreeMap::new(), finallys: BTreeMap::new() };
        for (place, (_, stage)) in stages.iter().enumerate() {
            match places.stages.get(stage.name.node.as_str()) {
                Some((_, first)) => self.report(frame, name_taken(&stage.name, *first)),
                None => {
                    places.stages.insert(&stage.name.node, (StageId(place), stage.name.span));
                }
            }
        }
        let finallys = self.finallys_of(written, &mut places, frame);
        // A node is a large value, so the space for all nodes is reserved at once.
        draft.pipeline.nodes.reserve(stages.iter().map(|(_, stage)| stage.clauses.len()).sum());
        frame.artefacts = artefacts(&stages);
        for (place, (clause, stage)) in stages.iter().enumerate() {
            let id = StageId(place);
            let after = self.stage_after(id, stage, &places, frame);
            let inputs = draft.inputs.clone();
            let condition = match &stage.when {
                Some(when) => self.condition(when, &inputs, frame),
                None => Some(Condition::Always),
            };
            self.is_incomplete |= condition.is_none();
            draft.pipeline.stages.push(Stage {
                name: stage.name.node.clone(),
                docs: clause.docs.clone(),
                origin: frame.origin(stage.name.span),
                after,
                finally: None,
                condition: condition.unwrap_or(Condition::Always),
                condition_origin: stage.when.as_ref().map(|when| frame.origin(when.span())),
                runs_on_schedule: true,
                budget: None,
                nodes: Vec::new(),
            });
            self.stage_clauses(id, stage, draft, frame);
        }
        for (clause, finally) in finallys {
            self.finally(clause, finally, &places, draft, frame);
        }
        for stage in &mut draft.pipeline.stages {
            let deploys =
                stage.nodes.iter().any(|id| draft.pipeline.nodes.get(id.0).is_some_and(Node::is_deploy));
            stage.runs_on_schedule = !deploys || stage.condition.names_schedule();
        }
    }

    fn stage_after(
        &mut self,
        id: StageId,
        stage: &ast::Stage,
        places: &Places<'_>,
        frame: &Frame,
    ) -> Vec<StageId> {
        match &stage.after {
            None => (0..id.0).map(StageId).collect(),
            Some(names) => self.stages_named(names, Some(&stage.name.node), places, frame),
        }
    }

    /// The stages of these names. Reports unknown ones. A stage can't follow itself, so `own` is no suggestion.
    pub(super) fn stages_named(
        &mut self,
        names: &[Name],
        own: Option<&str>,
        places: &Places<'_>,
        frame: &Frame,
    ) -> Vec<StageId> {
        let mut after = Vec::new();
        for name in names {
            match places.stages.get(name.node.as_str()) {
                // `repeats` has reported the duplicate.
                Some((before, _)) if after.contains(before) => {}
                Some((before, _)) => after.push(*before),
                None if places.finallys.contains_key(name.node.as_str()) => {
                    self.is_incomplete = true;
                    let message = format!("`{}` is a `finally`, and nothing comes after it", name.node);
                    let diagnostic = Diagnostic::error(codes::P0430, message, name.span)
                        .note("it runs whatever became of the stages, so its end says nothing about them")
                        .help("name a stage, or move the work into a stage");
                    self.report(frame, diagnostic);
                }
                None => {
                    self.is_incomplete = true;
                    let known: Vec<&str> =
                        places.stages.keys().copied().filter(|it| Some(*it) != own).collect();
                    let diagnostic = Diagnostic::error(
                        codes::P0101,
                        format!("there is no stage `{}`", name.node),
                        name.span,
                    );
                    let diagnostic = suggest_of(diagnostic, name, known.iter().copied(), || {
                        format!("this pipeline has {}", known.join(", "))
                    });
                    self.report(frame, diagnostic);
                }
            }
        }
        after
    }

    fn stage_clauses(&mut self, id: StageId, stage: &'a ast::Stage, draft: &mut Draft<'a>, frame: &Frame) {
        let defaults: Vec<(&'a DefaultClause, Span)> = stage
            .clauses
            .iter()
            .filter_map(|clause| match &clause.kind {
                StageClause::Default(default) => Some((default, clause.span)),
                _ => None,
            })
            .collect();
        self.check_defaults(&defaults, frame);
        for clause in &stage.clauses {
            if let StageClause::Budget(expression) = &clause.kind {
                let budget = self.duration(expression, "a budget", frame);
                let origin = frame.origin(clause.span);
                if let Some(stage) = draft.pipeline.stages.get_mut(id.0) {
                    stage.budget = budget.map(|budget| (budget, origin));
                }
                continue;
            }
            let declared = Declared { stage: id, docs: &clause.docs, span: clause.span, defaults: &defaults };
            if let Some(node) = self.node(&clause.kind, &declared, draft, frame) {
                draft.add(node);
            }
        }
    }
}

fn artefacts(stages: &[(&Clause<PipelineClause>, &ast::Stage)]) -> BTreeMap<String, ArtefactType> {
    stages
        .iter()
        .flat_map(|(_, stage)| &stage.clauses)
        .filter_map(|clause| match &clause.kind {
            StageClause::Artefact { name, ty, .. } => {
                Some((name.node.clone(), ArtefactType::from_word(&ty.node).unwrap_or(ArtefactType::Archive)))
            }
            _ => None,
        })
        .collect()
}
