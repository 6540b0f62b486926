//! Nodes: gates, artefacts, deploys and jobs, with the tasks they call.

use super::Expander;
use super::body::{Role, Work};
use super::frame::{Frame, path_text};
use super::pipeline::Draft;
use crate::scope::{Definition, Found, ModuleId, taken};
use crate::value::Value;
use pipec_base::{Diagnostic, Span, closest, codes};
use pipec_ir::{Artefact, ArtefactType, Deploy, Evidence, Gate, Node, NodeId, NodeKind, Origin, StageId};
use pipec_syntax::ast::{self, Clause, DefaultClause, Name, StageClause, Task};
use std::collections::BTreeSet;

/// A task that has been resolved.
#[derive(Clone, Copy)]
pub(super) struct Called<'a> {
    pub(super) task: &'a Task,
    pub(super) module: ModuleId,
}

/// What a node declares, before its work.
struct Head<'a> {
    role: Role,
    name: Name,
    work: &'a ast::Work,
    of: Vec<(String, Span)>,
}

impl<'a> Expander<'a, '_> {
    /// The node that a clause of a stage declares, if it declares one; its id is not set yet.
    pub(super) fn node(
        &mut self,
        stage: StageId,
        clause: &'a Clause<StageClause>,
        stage_defaults: &[(&'a DefaultClause, Span)],
        draft: &mut Draft<'a>,
        pipeline: &Frame,
    ) -> Option<Node> {
        let mut frame = pipeline.clone();
        let mut deploy_to = None;
        let head = match &clause.kind {
            StageClause::Gate { name, evidence, of, work } => {
                let evidence = self.evidence(evidence, &frame);
                let of = self.artefact_names(of, &frame);
                if let Some(evidence) = &evidence {
                    self.check_subject(name, evidence, &of, draft, &frame);
                }
                Head { role: Role::Gate(evidence), name: name.clone(), work, of }
            }
            StageClause::Artefact { name, ty, work, .. } => {
                let ty = self.artefact_type(ty, &frame);
                Head { role: Role::Artefact(ty), name: name.clone(), work, of: Vec::new() }
            }
            StageClause::Deploy { artefacts, environment, work } => {
                let of = self.artefact_names(artefacts, &frame);
                let found = self.environment_named(environment, &frame)?;
                let parts: Vec<&str> = artefacts.iter().map(|name| name.node.as_str()).collect();
                let name = format!("deploy-{}-to-{found}", parts.join("-"));
                deploy_to = Some((found, frame.origin(environment.span)));
                Head { role: Role::Deploy, name: Name::new(name, environment.span), work, of }
            }
            StageClause::Job { name, work } => {
                Head { role: Role::Job, name: name.clone(), work, of: Vec::new() }
            }
            StageClause::Error { name: Some(name) } => {
                draft.names.entry(name.node.clone()).or_insert(name.span);
                return None;
            }
            StageClause::Error { name: None } | StageClause::Default(_) | StageClause::Budget(_) => {
                return None;
            }
        };
        self.register(&head, deploy_to.is_some(), draft, &frame);
        frame.deploys_to = deploy_to.as_ref().map(|(name, _)| name.clone());
        frame.subject = match head.of.as_slice() {
            [(only, _)] => Some(only.clone()),
            _ => None,
        };
        let called = head.work.call.as_ref().and_then(|call| self.task_of(call, &head, &frame));
        let mut work = Work::new(head.role.clone(), frame.origin(head.work.span));
        let defaults = draft.defaults.iter().chain(stage_defaults);
        for (default, span) in defaults {
            self.default_clause(default, *span, &mut work, &mut frame, true);
        }
        let call_broken = head.work.call.is_some() && called.is_none();
        if let (Some(call), Some(called)) = (&head.work.call, called) {
            let mut inner = self.frame_of_call(call, called, &mut frame);
            self.body_clauses(&called.task.body, &mut work, &mut inner);
            frame.take_uses_of(inner);
            work.called = Some(called.task.name.node.clone());
        }
        if let Some(body) = &head.work.body {
            self.body_clauses(body, &mut work, &mut frame);
        }
        let broken = call_broken || work.has_error;
        if !broken {
            self.check_work(&head.name, head.work.span, &work, &frame);
        }
        Some(self.finished(clause, stage, head, deploy_to, work, frame))
    }

    fn finished(
        &mut self,
        clause: &Clause<StageClause>,
        stage: StageId,
        head: Head<'_>,
        deploy_to: Option<(String, Origin)>,
        work: Work,
        frame: Frame,
    ) -> Node {
        let mut body = work.body;
        let known = |body: &pipec_ir::Body, name: &str| body.uses.iter().any(|(used, _)| used == name);
        let of = head.of.iter().map(|(name, span)| (name.clone(), frame.origin(*span)));
        for (name, origin) in of.chain(frame.named.iter().cloned()) {
            if !known(&body, &name) && name != head.name.node {
                body.uses.push((name, origin));
            }
        }
        for (name, origin) in &frame.reads {
            if !body.reads.iter().any(|(read, _)| read == name) {
                body.reads.push((name.clone(), origin.clone()));
            }
        }
        body.subject = work.called.as_ref().and(frame.subject.clone());
        let artefacts: Vec<String> = head.of.iter().map(|(name, _)| name.clone()).collect();
        let kind = match head.role {
            Role::Gate(evidence) => NodeKind::Gate(Gate {
                evidence: evidence
                    .unwrap_or(Evidence { name: String::new(), of_artefact: !artefacts.is_empty() }),
                of: artefacts,
                advisory: work.advisory,
                exemptions: work.exemptions,
                overriding: work.overriding,
                quorum: work.quorum,
            }),
            Role::Artefact(ty) => NodeKind::Artefact(Artefact {
                ty: ty.unwrap_or(ArtefactType::Archive),
                paths: work.paths,
                image_name: work.image_name,
            }),
            Role::Deploy => {
                let (environment, environment_origin) = deploy_to.unwrap_or_default();
                NodeKind::Deploy(Box::new(Deploy {
                    artefacts,
                    environment,
                    environment_origin,
                    strategy: work.strategy,
                    shift: work.shift,
                    verify: work.verify,
                    rollback: work.rollback,
                    irreversible: work.irreversible,
                }))
            }
            Role::Job | Role::Task => NodeKind::Job,
        };
        Node {
            name: head.name.node.clone(),
            id: NodeId::default(),
            docs: clause.docs.clone(),
            origin: frame.origin(clause.span),
            name_origin: frame.origin(head.name.span),
            stage,
            kind,
            body,
            before: BTreeSet::new(),
        }
    }

    /// Names of nodes are unique in their pipeline.
    fn register(&mut self, head: &Head<'_>, deploy: bool, draft: &mut Draft<'a>, frame: &Frame) {
        let name = &head.name;
        match draft.names.get(&name.node) {
            // A second deploy of the same set to the same place is a second path: its theorem says so.
            Some(_) if deploy => {}
            Some(first) => {
                let first = *first;
                self.report(frame, taken(name, first));
            }
            None => {
                draft.names.insert(name.node.clone(), name.span);
            }
        }
    }

    fn artefact_names(&mut self, names: &[Name], frame: &Frame) -> Vec<(String, Span)> {
        let mut found: Vec<(String, Span)> = Vec::new();
        for name in names {
            if found.iter().any(|(known, _)| *known == name.node) {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0015, format!("`{}` stands here twice", name.node), name.span)
                        .help("drop one of the two"),
                );
            } else if self.is_artefact(name, frame) {
                found.push((name.node.clone(), name.span));
            }
        }
        found
    }

    /// Whether a name is an artefact's; says so if not.
    pub(super) fn is_artefact(&mut self, name: &Name, frame: &Frame) -> bool {
        if frame.artefacts.contains_key(&name.node) {
            return true;
        }
        let known: Vec<&str> = frame.artefacts.keys().map(String::as_str).collect();
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no artefact `{}`", name.node), name.span);
        let diagnostic = match closest(&name.node, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None if known.is_empty() => diagnostic.help(format!(
                "this pipeline builds none: declare it, `artefact {}: binary {{ run \"…\" path \"…\" }}`",
                name.node
            )),
            None => diagnostic.help(format!("this pipeline builds {}", known.join(", "))),
        };
        self.report(frame, diagnostic);
        false
    }

    fn artefact_type(&mut self, ty: &Name, frame: &Frame) -> Option<ArtefactType> {
        let found = ArtefactType::from_word(&ty.node);
        if found.is_none() {
            let words = ArtefactType::ALL.map(ArtefactType::word);
            let diagnostic =
                Diagnostic::error(codes::P0112, format!("there is no artefact type `{}`", ty.node), ty.span);
            let near = match ty.node.as_str() {
                "docker" | "container" | "oci" => Some("image"),
                "file" | "executable" | "exe" => Some("binary"),
                "tar" | "zip" | "folder" | "directory" => Some("archive"),
                other => closest(other, words),
            };
            let diagnostic = match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    ty.span,
                    near,
                ),
                None => diagnostic.help(format!("there is {}", words.join(", "))),
            };
            self.report(frame, diagnostic);
        }
        found
    }

    fn check_subject(
        &mut self,
        name: &Name,
        evidence: &Evidence,
        of: &[(String, Span)],
        draft: &Draft<'a>,
        frame: &Frame,
    ) {
        let _ = draft;
        match (evidence.of_artefact, of.first()) {
            (true, None) => {
                let example = frame.artefacts.keys().next().map_or("web", String::as_str);
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0408,
                        format!("gate `{}` does not say which artefact it judges", name.node),
                        name.span,
                    )
                    .help(format!(
                        "evidence of kind {0} is of an artefact: `gate {1}: {0} of {example}`",
                        evidence.name, name.node
                    )),
                );
            }
            (false, Some((_, span))) => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0408,
                        format!("evidence of kind {} is of the commit, not of an artefact", evidence.name),
                        *span,
                    )
                    .help(format!(
                        "it covers every artefact already: drop `of`; if the script needs the artefact, say `uses {}` in the body",
                        of.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
                    )),
                );
            }
            _ => {}
        }
    }

    /// The task a node calls, if it yields what the node is.
    fn task_of(&mut self, call: &ast::Call, head: &Head<'_>, frame: &Frame) -> Option<Called<'a>> {
        let called = self.task_named(call, frame)?;
        let yields = called.task.yields.node.as_str();
        let (fits, wanted) = match &head.role {
            Role::Gate(Some(evidence)) => (evidence.name == yields, evidence.name.clone()),
            Role::Artefact(Some(ty)) => (ty.word() == yields, ty.word().to_owned()),
            Role::Deploy => (yields == "deploy", "deploy".to_owned()),
            _ => (true, String::new()),
        };
        if !fits {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0110,
                    format!(
                        "`{}` yields {yields}, and `{}` asks for {wanted}",
                        path_text(&call.function),
                        head.name.node
                    ),
                    call.function.span,
                )
                .label(called.task.yields.span, format!("it yields {yields}"))
                .help(format!("call a task that ends in `-> {wanted}`")),
            );
            return None;
        }
        Some(called)
    }

    /// The task a call names.
    pub(super) fn task_named(&mut self, call: &ast::Call, frame: &Frame) -> Option<Called<'a>> {
        let found: Found<'a> =
            self.workspace.resolve(frame.module?, &call.function, "a task", &mut self.diagnostics)?;
        let Definition::Task(task) = found.definition else {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0101,
                    format!("`{}` is {}, not a task", path_text(&call.function), found.definition.what()),
                    call.function.span,
                )
                .help("declare what it does: `task NAME() -> test { run \"…\" }`"),
            );
            return None;
        };
        self.called.insert(task.name.span);
        Some(Called { task, module: found.module })
    }

    /// The frame in which a called task's body stands.
    pub(super) fn frame_of_call(
        &mut self,
        call: &ast::Call,
        called: Called<'a>,
        caller: &mut Frame,
    ) -> Frame {
        let mut inner = caller.clone();
        inner.reads = Vec::new();
        inner.named = Vec::new();
        inner.module = Some(called.module);
        inner.parameters.clear();
        inner.calls.insert(0, (call.span, path_text(&call.function)));
        self.arguments(call, &called.task.parameters, caller, &mut inner);
        inner
    }

    /// Reads a task for itself: its parameters, its type and, if nothing calls it, its body.
    pub(super) fn read_task(&mut self, module: ModuleId, task: &'a Task) {
        let mut frame = Frame::of_module(module);
        self.check_parameters(&task.parameters, &mut frame);
        let yields = &task.yields;
        let known = yields.node == "deploy"
            || ArtefactType::from_word(&yields.node).is_some()
            || Evidence::standard().iter().any(|kind| kind.name == yields.node)
            || matches!(
                self.workspace.name(module, &yields.node),
                Some(Found { definition: Definition::Evidence(_) | Definition::Broken, .. })
            );
        if !known {
            let standard = Evidence::standard();
            let words: Vec<&str> = standard
                .iter()
                .map(|kind| kind.name.as_str())
                .chain(ArtefactType::ALL.map(ArtefactType::word))
                .chain(["deploy"])
                .collect();
            let diagnostic =
                Diagnostic::error(codes::P0112, format!("a task can't yield `{}`", yields.node), yields.span);
            let diagnostic = match closest(&yields.node, words) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    yields.span,
                    near,
                ),
                None => diagnostic.help("it yields a kind of evidence, an artefact type or `deploy`"),
            };
            self.report(&frame, diagnostic);
        }
        if self.called.contains(&task.name.span) {
            return;
        }
        for parameter in &task.parameters {
            frame.parameters.insert(parameter.name.node.clone(), Value::Broken);
        }
        frame.parameters.insert("subject".to_owned(), Value::Broken);
        let mut work = Work::new(Role::Task, frame.origin(task.body.span));
        self.body_clauses(&task.body, &mut work, &mut frame);
    }
}
