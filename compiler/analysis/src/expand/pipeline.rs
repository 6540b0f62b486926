//! Pipelines: triggers, changes, stages.

use super::Expander;
use super::call::type_of;
use super::frame::{Frame, path_text};
use crate::scope::{Definition, ModuleId, taken};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{
    ArtefactType, ChangeRule, Condition, Input, InputType, NodeId, NodeKind, Origin, Pipeline, SourceFile,
    Stage, StageId, Trigger,
};
use pipec_syntax::ast::{
    self, Clause, Declaration, DefaultClause, Instance, Name, PipelineClause, StageClause,
};
use std::collections::BTreeMap;

/// What the parts of one pipeline share while it is expanded.
pub(super) struct Draft<'a> {
    pub(super) pipeline: Pipeline,
    pub(super) inputs: Vec<Input>,
    /// The defaults for all bodies, wherever in the pipeline they stand.
    pub(super) defaults: Vec<(&'a DefaultClause, Span)>,
    /// The node of each name, with the place of the name.
    pub(super) names: BTreeMap<String, Span>,
}

impl<'a> Expander<'a, '_> {
    /// A pipeline without parameters.
    pub(super) fn plain_pipeline(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        pipeline: &'a ast::Pipeline,
    ) {
        let frame = Frame::of_module(module);
        let expanded = self.pipeline(&pipeline.name, item, pipeline, vec![module], frame);
        self.program.pipelines.push(expanded);
    }

    /// `pipeline api = service(dir: "services/api")`
    pub(super) fn pipeline_instance(
        &mut self,
        module: ModuleId,
        item: &'a Clause<Declaration>,
        instance: &'a Instance,
    ) {
        let mut caller = Frame::of_module(module);
        let call = &instance.call;
        let Some(found) = self.workspace.resolve(module, &call.function, "a pipeline", &mut self.diagnostics)
        else {
            return;
        };
        let Definition::Pipeline(_, template) = found.definition else {
            self.report(
                &caller,
                Diagnostic::error(
                    codes::P0101,
                    format!("`{}` is {}", path_text(&call.function), found.definition.what()),
                    call.function.span,
                )
                .help("only a pipeline with parameters is called: `pipeline service(dir: string) { … }`"),
            );
            return;
        };
        self.called.insert(template.name.span);
        let mut frame = Frame::of_module(found.module);
        frame.calls = vec![(call.span, template.name.node.clone())];
        let none = Vec::new();
        let parameters = template.parameters.as_ref().unwrap_or(&none);
        self.arguments(call, parameters, &mut caller, &mut frame);
        let modules = vec![module, found.module];
        let expanded = self.pipeline(&instance.name, item, template, modules, frame);
        self.program.pipelines.push(expanded);
    }

    /// Reads pipelines and tasks that nothing calls, for the mistakes in them.
    pub(super) fn read_uncalled(&mut self, module: ModuleId) {
        for (_, definition) in self.workspace.definitions(module) {
            match definition {
                Definition::Pipeline(item, pipeline) => {
                    let Some(parameters) = &pipeline.parameters else { continue };
                    let mut frame = Frame::of_module(module);
                    self.check_parameters(parameters, &mut frame);
                    if self.called.contains(&pipeline.name.span) {
                        continue;
                    }
                    for parameter in parameters {
                        frame.parameters.insert(parameter.name.node.clone(), Value::Broken);
                    }
                    self.pipeline(&pipeline.name, item, pipeline, vec![module], frame);
                }
                Definition::Task(task) => self.read_task(module, task),
                _ => {}
            }
        }
    }

    /// Names of pipelines are unique in a workspace.
    pub(super) fn refuse_twin_pipelines(&mut self) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut found = Vec::new();
        for pipeline in &self.program.pipelines {
            let span = pipeline.origin.span;
            match seen.get(&pipeline.name) {
                Some(first) => found.push(taken(&Name::new(pipeline.name.clone(), span), *first)),
                None => {
                    seen.insert(pipeline.name.clone(), span);
                }
            }
        }
        self.diagnostics.append(&mut found);
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
        let mut protect = None;
        let mut trigger_broken = false;
        for clause in &written.clauses {
            match &clause.kind {
                PipelineClause::On(trigger) => {
                    let before = self.diagnostics.len();
                    let trigger = self.trigger(trigger, clause.span, &mut frame);
                    trigger_broken |= self.diagnostics.len() > before;
                    if let Trigger::Manual(inputs, _) = &trigger {
                        draft.inputs.extend(inputs.iter().cloned());
                    }
                    draft.pipeline.triggers.push(trigger);
                }
                PipelineClause::Protect(refs) => {
                    protect.get_or_insert_with(Vec::new).extend(self.ref_globs(refs, &frame));
                }
                PipelineClause::Targets(names) => self.targets(names, &mut draft.pipeline, &frame),
                PipelineClause::Emits { target, file } => {
                    self.emits(target, file, &mut draft.pipeline, &frame);
                }
                PipelineClause::Budget(expression) => {
                    let budget = self.duration(expression, "a budget", &mut frame);
                    draft.pipeline.budget = budget.map(|budget| (budget, frame.origin(clause.span)));
                }
                PipelineClause::Owner(path) => draft.pipeline.owner = self.role(path, &frame),
                PipelineClause::Change(change) => {
                    let rule = self.change_rule(change, clause.span, &frame);
                    draft.pipeline.changes.extend(rule);
                }
                PipelineClause::Stage(_) | PipelineClause::Default(_) | PipelineClause::Error => {}
            }
        }
        draft.defaults = written
            .clauses
            .iter()
            .filter_map(|clause| match &clause.kind {
                PipelineClause::Default(default) => Some((default, clause.span)),
                _ => None,
            })
            .collect();
        self.protect(protect, &mut draft.pipeline);
        frame.inputs = draft.inputs.iter().map(|input| input.name.clone()).collect();
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
                .help("say what does: `on push to main`"),
            );
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
        let mut files: Vec<SourceFile> = all
            .into_iter()
            .filter_map(|module| self.workspace.source(module))
            .map(|source| SourceFile { path: source.path.to_owned(), digest: source.digest.to_owned() })
            .collect();
        if let Some((_, rest)) = files.split_first_mut() {
            rest.sort_by(|left, right| left.path.cmp(&right.path));
        }
        files
    }

    fn protect(&mut self, protect: Option<Vec<pipec_logic::Glob>>, pipeline: &mut Pipeline) {
        let pushed: Vec<_> = pipeline
            .triggers
            .iter()
            .filter_map(|trigger| match trigger {
                Trigger::Push(globs, _) => Some(globs.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        let tagged: Vec<_> = pipeline
            .triggers
            .iter()
            .filter_map(|trigger| match trigger {
                Trigger::Tag(globs, _) => Some(globs.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        // `protect` names branches and tags alike; which is meant is the event's business.
        pipeline.protected_branches = protect.clone().unwrap_or(pushed);
        pipeline.protected_tags = protect.unwrap_or(tagged);
    }

    fn trigger(&mut self, trigger: &ast::Trigger, span: Span, frame: &mut Frame) -> Trigger {
        let origin = frame.origin(span);
        match trigger {
            ast::Trigger::Push(refs) => Trigger::Push(self.ref_globs(refs, frame), origin),
            ast::Trigger::PullRequest(refs) => Trigger::PullRequest(self.ref_globs(refs, frame), origin),
            ast::Trigger::Tag(refs) => Trigger::Tag(self.ref_globs(refs, frame), origin),
            ast::Trigger::Schedule(text) => {
                self.check_schedule(text, frame);
                Trigger::Schedule(text.node.clone(), origin)
            }
            ast::Trigger::Manual(inputs) => Trigger::Manual(self.inputs(inputs, frame), origin),
            ast::Trigger::MergeQueue => Trigger::MergeQueue(origin),
        }
    }

    fn inputs(&mut self, inputs: &[Clause<ast::Input>], frame: &mut Frame) -> Vec<Input> {
        let mut all: Vec<Input> = Vec::new();
        for clause in inputs {
            let input = &clause.kind;
            if let Some(first) = all.iter().find(|known| known.name == input.name.node) {
                let first = first.origin.span;
                self.report(frame, taken(&input.name, first));
                continue;
            }
            let mut found = Vec::new();
            let ty = type_of(&input.ty, &mut found);
            for diagnostic in found {
                self.report(frame, diagnostic);
            }
            let input_type = match &ty {
                Type::String | Type::Path | Type::Unknown => InputType::String,
                Type::Int | Type::Decimal => InputType::Number,
                Type::Bool => InputType::Boolean,
                Type::OneOf(words) => InputType::OneOf(words.clone()),
                other => {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0106,
                            format!("a person can't type a value of type {other}"),
                            input.name.span,
                        )
                        .help(
                            "an input is of type string, int, decimal, bool or one-of (`\"low\" | \"high\"`)",
                        ),
                    );
                    continue;
                }
            };
            let what = format!("input `{}`", input.name.node);
            let default = input
                .default
                .as_ref()
                .and_then(|default| self.evaluate_as(default, &ty, &what, frame).to_text());
            all.push(Input {
                name: input.name.node.clone(),
                ty: input_type,
                default,
                docs: clause.docs.clone(),
                origin: frame.origin(input.name.span),
            });
        }
        all
    }

    fn check_schedule(&mut self, text: &ast::Text, frame: &Frame) {
        let bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
        let fields: Vec<&str> = text.node.split_ascii_whitespace().collect();
        let well_formed = fields.len() == bounds.len()
            && fields.iter().zip(bounds).all(|(field, bounds)| schedule_field(field, bounds));
        if !well_formed {
            self.report(
                frame,
                Diagnostic::error(codes::P0120, format!("`{}` is no schedule", text.node), text.span).help(
                    "five fields: minute, hour, day of month, month, day of week (0 is Sunday), in UTC: `0 3 * * 1-5`",
                ),
            );
        }
    }

    fn targets(&mut self, names: &[Name], pipeline: &mut Pipeline, frame: &Frame) {
        for name in names {
            if self.known_word(name, &["github", "gitlab", "tekton"], "target", frame) {
                pipeline.targets.push((name.node.clone(), frame.origin(name.span)));
            }
        }
    }

    fn emits(&mut self, target: &Name, file: &ast::Text, pipeline: &mut Pipeline, frame: &Frame) {
        if !self.known_word(target, &["github", "gitlab", "tekton"], "target", frame) {
            return;
        }
        let plain = !file.node.is_empty()
            && !file.node.starts_with('.')
            && file.node.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
            && (file.node.ends_with(".yml") || file.node.ends_with(".yaml"));
        if !plain {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0105,
                    format!("`{}` is no file name for a workflow", file.node),
                    file.span,
                )
                .help("a plain name that ends in `.yml`: the engine looks in one folder only"),
            );
            return;
        }
        pipeline.emits.insert(target.node.clone(), (file.node.clone(), frame.origin(file.span)));
    }

    fn change_rule(&mut self, change: &ast::Change, span: Span, frame: &Frame) -> Option<ChangeRule> {
        let known = self.is_kind(&change.kind, frame);
        if change.kind.node == "none" && change.because.is_none() {
            self.report(
                frame,
                Diagnostic::error(codes::P0019, "`change none` does not say why", span)
                    .help("what counts as no change meets no gate: add `because \"…\"`"),
            );
        }
        let globs: Vec<_> =
            change.globs.iter().filter_map(|glob| self.string_glob(glob, frame)).collect();
        known.then(|| ChangeRule {
            kind: change.kind.node.clone(),
            globs,
            because: change.because.as_ref().map(|text| text.node.clone()),
            origin: frame.origin(span),
        })
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
        let mut places: BTreeMap<&str, (StageId, Span)> = BTreeMap::new();
        for (place, (_, stage)) in stages.iter().enumerate() {
            match places.get(stage.name.node.as_str()) {
                Some((_, first)) => self.report(frame, taken(&stage.name, *first)),
                None => {
                    places.insert(&stage.name.node, (StageId(place), stage.name.span));
                }
            }
        }
        frame.artefacts = artefacts(&stages);
        for (place, (clause, stage)) in stages.iter().enumerate() {
            let id = StageId(place);
            let after = self.stage_after(id, stage, &places, frame);
            let inputs = draft.inputs.clone();
            let condition = match &stage.when {
                Some(when) => self.condition(when, &inputs, frame),
                None => Some(Condition::Always),
            };
            draft.pipeline.stages.push(Stage {
                name: stage.name.node.clone(),
                docs: clause.docs.clone(),
                origin: frame.origin(stage.name.span),
                after,
                condition: condition.unwrap_or(Condition::Always),
                condition_origin: stage.when.as_ref().map(|when| frame.origin(when.span())),
                runs_on_schedule: true,
                budget: None,
                nodes: Vec::new(),
            });
            self.stage_clauses(id, stage, draft, frame);
        }
        for stage in &mut draft.pipeline.stages {
            let deploys = stage.nodes.iter().any(|id| {
                draft.pipeline.nodes.get(id.0).is_some_and(|node| matches!(node.kind, NodeKind::Deploy(_)))
            });
            stage.runs_on_schedule = !deploys || stage.condition.names_schedule();
        }
    }

    fn stage_after(
        &mut self,
        id: StageId,
        stage: &ast::Stage,
        places: &BTreeMap<&str, (StageId, Span)>,
        frame: &Frame,
    ) -> Vec<StageId> {
        let Some(names) = &stage.after else { return (0..id.0).map(StageId).collect() };
        let mut after = Vec::new();
        for name in names {
            match places.get(name.node.as_str()) {
                Some((before, _)) => after.push(*before),
                None => {
                    let known: Vec<&str> = places.keys().copied().collect();
                    let diagnostic = Diagnostic::error(
                        codes::P0101,
                        format!("there is no stage `{}`", name.node),
                        name.span,
                    );
                    let diagnostic = match pipec_base::closest(&name.node, known.iter().copied()) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                            format!("write `{near}`"),
                            name.span,
                            near,
                        ),
                        None => diagnostic.help(format!("this pipeline has {}", known.join(", "))),
                    };
                    self.report(frame, diagnostic);
                }
            }
        }
        after
    }

    fn stage_clauses(
        &mut self,
        id: StageId,
        stage: &'a ast::Stage,
        draft: &mut Draft<'a>,
        frame: &mut Frame,
    ) {
        let defaults: Vec<(&'a DefaultClause, Span)> = stage
            .clauses
            .iter()
            .filter_map(|clause| match &clause.kind {
                StageClause::Default(default) => Some((default, clause.span)),
                _ => None,
            })
            .collect();
        for clause in &stage.clauses {
            if let StageClause::Budget(expression) = &clause.kind {
                let budget = self.duration(expression, "a budget", frame);
                let origin = frame.origin(clause.span);
                if let Some(stage) = draft.pipeline.stages.get_mut(id.0) {
                    stage.budget = budget.map(|budget| (budget, origin));
                }
                continue;
            }
            let Some(node) = self.node(id, clause, &defaults, draft, frame) else { continue };
            let node_id = NodeId(draft.pipeline.nodes.len());
            draft.pipeline.nodes.push(pipec_ir::Node { id: node_id, ..node });
            if let Some(stage) = draft.pipeline.stages.get_mut(id.0) {
                stage.nodes.push(node_id);
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

/// One field of a schedule: `*`, `*/5`, `1,2`, `1-5`, `1-30/2`.
fn schedule_field(field: &str, (least, greatest): (u32, u32)) -> bool {
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|number| (least..=greatest).contains(number))
            .filter(|_| text.len() <= 2)
    };
    !field.is_empty()
        && field.split(',').all(|part| {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (part, None),
            };
            let range_fits = range == "*"
                || match range.split_once('-') {
                    Some((first, last)) => {
                        matches!((number(first), number(last)), (Some(first), Some(last)) if first <= last)
                    }
                    None => number(range).is_some(),
                };
            let step_fits =
                step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0 && step < 60));
            range_fits && step_fits
        })
}

#[cfg(test)]
mod tests {
    use super::schedule_field;

    #[test]
    fn a_field_of_a_schedule_stays_in_its_bounds() {
        for good in ["*", "*/5", "1,2", "1-5", "0-30/2"] {
            assert!(schedule_field(good, (0, 59)), "{good}");
        }
        for bad in ["", "60", "5-1", "*/0", "a", "1,", "-1", "007"] {
            assert!(!schedule_field(bad, (0, 59)), "{bad}");
        }
    }
}
