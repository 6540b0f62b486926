//! Nodes: gates, artefacts, deploys and jobs, with the tasks they call.

use super::body::{Role, Work, strategy};
use super::draft::Draft;
use super::frame::{Frame, path_text};
use super::{Expansion, NODE_COST, planned};
use crate::scope::{DeclarationId, Definition, Found, ModuleId, name_taken, suggest, suggest_of};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, Spanned, closest, codes};
use pipec_ir::{
    Artefact, ArtefactType, Deploy, Evidence, Gate, Node, NodeId, NodeKind, Origin, StageId, Step,
};
use pipec_syntax::ast::{self, BodyClause, DefaultClause, Literal, MatrixClause, Name, StageClause, Task};
use std::collections::BTreeSet;

/// The types of artefacts that a later version will have.
const PLANNED_TYPES: [&str; 6] = ["plan", "migration", "flag", "model", "prompt", "index"];

/// A resolved task.
#[derive(Clone, Copy)]
pub(super) struct Called<'a> {
    id: DeclarationId,
    pub(super) task: &'a Task,
    pub(super) module: ModuleId,
}

/// A node as its clause declares it.
pub(super) struct Declared<'d, 'a> {
    pub(super) stage: StageId,
    /// Its documentation.
    pub(super) docs: &'d [String],
    /// The whole clause.
    pub(super) span: Span,
    /// The defaults of its stage.
    pub(super) defaults: &'d [(&'a DefaultClause, Span)],
}

/// The head of a node: its declaration without its body.
struct Head<'a> {
    role: Role,
    name: Name,
    work: &'a ast::Work,
    of: Vec<(String, Span)>,
    /// The environment of a deploy.
    deploy_to: Option<(String, Origin)>,
}

impl<'a> Head<'a> {
    fn of(role: Role, name: &Name, work: &'a ast::Work) -> Head<'a> {
        Head { role, name: name.clone(), work, of: Vec::new(), deploy_to: None }
    }
}

impl<'a> Expansion<'a, '_> {
    /// Reads the node that a clause of a stage declares, without its id. `None` if it declares none. Things used
    /// outside nodes count for every node, things used in a node for no other node.
    pub(super) fn node(
        &mut self,
        clause: &'a StageClause,
        declared: &Declared<'_, 'a>,
        draft: &mut Draft<'a>,
        pipeline: &Frame,
    ) -> Option<Node> {
        let outside = self.uses.clone();
        let head = self.head(clause, draft, pipeline);
        let node = head.and_then(|head| self.node_of(head, declared, draft, pipeline));
        self.uses = outside;
        node
    }

    /// Reads a job of a `finally` in the same way.
    pub(super) fn job_afterwards(
        &mut self,
        (name, work): (&Name, &'a ast::Work),
        declared: &Declared<'_, 'a>,
        draft: &mut Draft<'a>,
        pipeline: &Frame,
    ) -> Option<Node> {
        let outside = self.uses.clone();
        let node = self.node_of(Head::of(Role::Job, name, work), declared, draft, pipeline);
        self.uses = outside;
        node
    }

    fn head(&mut self, clause: &'a StageClause, draft: &mut Draft<'a>, frame: &Frame) -> Option<Head<'a>> {
        Some(match clause {
            StageClause::Gate { name, evidence, of: written, work } => {
                let evidence = self.evidence(evidence, frame);
                let of = self.artefact_names(written, frame);
                self.is_incomplete |= evidence.is_none();
                if let Some(evidence) = evidence.as_ref().filter(|_| of.len() == written.len()) {
                    self.check_subject(name, evidence, &of, frame);
                }
                Head { of, ..Head::of(Role::Gate(evidence), name, work) }
            }
            StageClause::Artefact { name, ty, work, .. } => {
                Head::of(Role::Artefact(self.artefact_type(ty, frame)), name, work)
            }
            StageClause::Deploy { artefacts, environment, work } => {
                let of = self.artefact_names(artefacts, frame);
                let Some(found) = self.environment_named(environment, frame) else {
                    self.is_incomplete = true;
                    return None;
                };
                let parts: Vec<&str> = artefacts.iter().map(|name| name.node.as_str()).collect();
                let name = Name::new(deploy_name(&parts, &found, draft), environment.span);
                let deploy_to = Some((found, frame.origin(environment.span)));
                Head { of, deploy_to, ..Head::of(Role::Deploy, &name, work) }
            }
            StageClause::Job { name, work } => Head::of(Role::Job, name, work),
            StageClause::Error { name } => {
                if let Some(name) = name {
                    draft.names.entry(name.node.clone()).or_insert((false, name.span));
                }
                self.is_incomplete = true;
                return None;
            }
            StageClause::Default(_) | StageClause::Budget(_) => return None,
        })
    }

    fn node_of(
        &mut self,
        head: Head<'a>,
        declared: &Declared<'_, 'a>,
        draft: &mut Draft<'a>,
        pipeline: &Frame,
    ) -> Option<Node> {
        let mut frame = pipeline.clone();
        if !self.charge(NODE_COST, declared.span, &frame) {
            return None;
        }
        self.register(&head, head.deploy_to.is_some(), draft, &frame);
        frame.deploys_to = head.deploy_to.as_ref().map(|(name, _)| name.clone());
        frame.subject = match head.of.as_slice() {
            [(only, _)] => Some(only.clone()),
            _ => None,
        };
        let called = head.work.call.as_ref().and_then(|call| self.task_of(call, &head, &frame));
        for body in called.iter().map(|called| &called.task.body).chain(&head.work.body) {
            gather_facts(body, &mut frame);
        }
        let mut work = Work::new(head.role.clone(), frame.origin(head.work.span));
        let defaults = draft.defaults.iter().chain(declared.defaults);
        for (default, span) in defaults {
            self.default_clause(default, *span, &mut work, &frame, true);
        }
        let call_broken = head.work.call.is_some() && called.is_none();
        if let (Some(call), Some(called)) = (&head.work.call, called) {
            let mut inner = self.frame_of_call(call, called, &mut frame);
            self.body_clauses(&called.task.body, &mut work, &mut inner);
            work.called = Some(called.task.name.node.clone());
        }
        if let Some(body) = &head.work.body {
            self.body_clauses(body, &mut work, &mut frame);
        }
        let broken = call_broken || work.has_error;
        self.is_incomplete |= broken;
        let of = head.of.iter().map(|(name, span)| (name.clone(), frame.origin(*span)));
        for (name, origin) in of.chain(self.uses.named.iter().cloned()) {
            let known = work.body.uses.iter().any(|(used, _)| *used == name);
            if !known && name != head.name.node {
                work.body.uses.push((name, origin));
            }
        }
        work.leave_out_unreadable_defaults();
        if !broken {
            self.check_work(&head.name, head.work.span, &work, &frame);
        }
        Some(self.finished(declared, head, work, &frame))
    }

    fn finished(&mut self, declared: &Declared<'_, '_>, head: Head<'_>, work: Work, frame: &Frame) -> Node {
        let mut body = work.body;
        for (name, origin) in &self.uses.reads {
            if !body.reads.iter().any(|(read, _)| read == name) {
                body.reads.push((name.clone(), origin.clone()));
            }
        }
        body.subject = frame.subject.clone().filter(|_| work.called.is_some() || self.uses.action_calls);
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
                let (environment, environment_origin) = head.deploy_to.unwrap_or_default();
                NodeKind::Deploy(Box::new(Deploy {
                    artefacts,
                    environment,
                    environment_origin,
                    delivery: strategy::delivery(work.strategy, work.shift),
                    verify: work.verify,
                    reversal: strategy::reversal(work.rollback, work.irreversible),
                }))
            }
            Role::Job | Role::Action | Role::Unknown => NodeKind::Job,
        };
        Node {
            name: head.name.node.clone(),
            id: NodeId::default(),
            docs: declared.docs.to_vec(),
            origin: frame.origin(declared.span),
            name_origin: frame.origin(head.name.span),
            stage: declared.stage,
            kind,
            body,
            before: BTreeSet::new(),
        }
    }

    /// Registers a node's name. Names of nodes are unique in their pipeline.
    fn register(&mut self, head: &Head<'_>, deploy: bool, draft: &mut Draft<'a>, frame: &Frame) {
        let name = &head.name;
        match draft.names.get(&name.node) {
            Some((_, first)) => {
                let first = *first;
                self.report(frame, name_taken(name, first));
            }
            None => {
                draft.names.insert(name.node.clone(), (deploy, name.span));
            }
        }
    }

    fn artefact_names(&mut self, names: &[Name], frame: &Frame) -> Vec<(String, Span)> {
        let mut found: Vec<(String, Span)> = Vec::new();
        for name in names {
            // `repeats` has reported duplicates.
            if found.iter().any(|(known, _)| *known == name.node) {
                continue;
            }
            if let Some(artefact) = self.artefact_named(name, frame) {
                found.push((artefact, name.span));
            }
        }
        found
    }

    /// The artefact with a name. Reports an unknown name.
    pub(super) fn artefact_named(&mut self, name: &Name, frame: &Frame) -> Option<String> {
        if frame.is_in_task() {
            return self.artefact_in_task(name, frame);
        }
        if frame.artefacts.contains_key(&name.node) {
            return Some(name.node.clone());
        }
        self.is_incomplete = true;
        // The parser has reported artefacts of a family's member and planned declarations.
        if name.node.contains('.') || self.is_broken(&name.node, frame) {
            return None;
        }
        let known: Vec<&str> = frame.artefacts.keys().map(String::as_str).collect();
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no artefact `{}`", name.node), name.span);
        let diagnostic = suggest_of(diagnostic, name, known.iter().copied(), || {
            if known.is_empty() {
                format!(
                    "this pipeline has no artefacts: declare one, `artefact {}: binary {{ run \"…\" path \"…\" }}`",
                    name.node
                )
            } else {
                format!("this pipeline builds {}", known.join(", "))
            }
        });
        self.report(frame, diagnostic);
        None
    }

    /// Whether a name belongs to a declaration that this version can't use.
    fn is_broken(&self, name: &str, frame: &Frame) -> bool {
        let found = frame.module.and_then(|module| self.workspace.name(module, name));
        found.is_some_and(|found| matches!(found.definition, Definition::Broken))
    }

    /// The artefact with a name in a task: its subject or a parameter.
    fn artefact_in_task(&mut self, name: &Name, frame: &Frame) -> Option<String> {
        match frame.parameters.get(&name.node) {
            Some(Value::Artefact(artefact, _)) => return Some(artefact.clone()),
            Some(Value::Broken) => return None,
            Some(other) => {
                let message =
                    format!("parameter `{}` has type {} and is not an artefact", name.node, other.type_of());
                self.report(frame, Diagnostic::error(codes::P0106, message, name.span));
                return None;
            }
            None => {}
        }
        if name.node == "subject" && (frame.subject.is_some() || frame.is_uncalled) {
            return frame.subject.clone();
        }
        self.is_incomplete = true;
        if frame.artefacts.contains_key(&name.node) {
            self.refuse_callers_artefact(name, frame);
        } else {
            let message = format!("there is no artefact `{}` in this task", name.node);
            let known = frame.parameters.keys().map(String::as_str);
            let diagnostic =
                suggest_of(Diagnostic::error(codes::P0101, message, name.span), name, known, || {
                    format!("a task gets artefacts as arguments: add a parameter, `{}: binary`", name.node)
                });
            self.report(frame, diagnostic);
        }
        None
    }

    fn artefact_type(&mut self, ty: &Name, frame: &Frame) -> Option<ArtefactType> {
        let found = ArtefactType::from_word(&ty.node);
        if found.is_none() && PLANNED_TYPES.contains(&ty.node.as_str()) {
            self.report(frame, planned(&format!("artefact of type {}", ty.node), ty.span));
        } else if found.is_none() {
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
                Some(near) => suggest(diagnostic, near, ty.span),
                None => diagnostic.help(format!("there is {}", words.join(", "))),
            };
            self.report(frame, diagnostic);
        }
        found
    }

    fn check_subject(&mut self, name: &Name, evidence: &Evidence, of: &[(String, Span)], frame: &Frame) {
        match (evidence.of_artefact, of.first()) {
            (true, None) => {
                let example = frame.artefacts.keys().next().map_or("web", String::as_str);
                self.is_incomplete = true;
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0408,
                        format!("gate `{}` names no artefact to judge", name.node),
                        name.span,
                    )
                    .help(format!(
                        "evidence of kind {0} is about an artefact: `gate {1}: {0} of {example}`",
                        evidence.name, name.node
                    )),
                );
            }
            (false, Some((_, span))) => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0408,
                        format!(
                            "evidence of kind {} is about the commit, not about an artefact",
                            evidence.name
                        ),
                        *span,
                    )
                    .help(format!(
                        "it already covers every artefact: remove `of`; if the script needs the artefact, \
                         add `uses {}` to the body",
                        of.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
                    )),
                );
            }
            _ => {}
        }
    }

    /// The task that a node calls. Reports a task that yields something else than the node.
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
                        "`{}` yields {yields}, but `{}` needs {wanted}",
                        path_text(&call.function),
                        head.name.node
                    ),
                    call.function.span,
                )
                .label(called.task.yields.span, format!("it yields {yields}"))
                .help(format!("call a task declared with `-> {wanted}`")),
            );
            return None;
        }
        Some(called)
    }

    /// The task that a call names.
    pub(super) fn task_named(&mut self, call: &ast::Call, frame: &Frame) -> Option<Called<'a>> {
        let found = self.resolve(&call.function, "a task", frame)?;
        let Definition::Task(task) = found.definition else {
            let help = "declare a task: `task NAME() -> test { run \"…\" }`";
            self.refuse_kind(&call.function, found.definition, "a task", help, frame);
            return None;
        };
        if frame.tasks.contains(&found.id) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0109,
                    format!("task `{}` calls itself", task.name.node),
                    call.function.span,
                )
                .label(task.name.span, "declared here")
                .help("tasks can't be recursive: write the steps directly"),
            );
            return None;
        }
        Some(Called { id: found.id, task, module: found.module })
    }

    /// The frame for the body of a called task.
    pub(super) fn frame_of_call(
        &mut self,
        call: &ast::Call,
        called: Called<'a>,
        caller: &mut Frame,
    ) -> Frame {
        self.called.insert(called.id);
        let mut inner = caller.clone();
        inner.module = Some(called.module);
        inner.parameters.clear();
        inner.tasks.push(called.id);
        inner.calls.insert(0, (call.span, path_text(&call.function)));
        self.arguments(call, &called.task.parameters, caller, &mut inner);
        inner
    }

    /// Reads a task without a call. Reads its parameters, its type and, if nothing calls it, its body. Returns the
    /// scripts of that body.
    pub(super) fn read_task(
        &mut self,
        module: ModuleId,
        task: &'a Task,
        is_called: bool,
    ) -> Option<(String, Vec<Step>)> {
        let mut frame = Frame::of_module(module);
        self.check_parameters(&task.parameters, &mut frame);
        let yields = &task.yields;
        let known = yields.node == "deploy"
            || ArtefactType::from_word(&yields.node).is_some()
            || Evidence::standard(&yields.node).is_some()
            || matches!(
                self.workspace.name(module, &yields.node),
                Some(Found { definition: Definition::Evidence(_) | Definition::Broken, .. })
            );
        if !known {
            let words: Vec<&str> = Evidence::standard_names()
                .chain(ArtefactType::ALL.map(ArtefactType::word))
                .chain(["deploy"])
                .collect();
            let diagnostic =
                Diagnostic::error(codes::P0112, format!("a task can't yield `{}`", yields.node), yields.span);
            let diagnostic = suggest_of(diagnostic, yields, words, || {
                "it yields a kind of evidence, an artefact type or `deploy`".to_owned()
            });
            self.report(&frame, diagnostic);
        }
        if is_called {
            return None;
        }
        frame.is_uncalled = true;
        frame.tasks.extend(self.workspace.name(module, &task.name.node).map(|found| found.id));
        gather_facts(&task.body, &mut frame);
        let mut work = Work::new(self.role_of(module, yields), frame.origin(task.body.span));
        self.body_clauses(&task.body, &mut work, &mut frame);
        Some((task.name.node.clone(), work.body.steps))
    }

    /// The role of a node that calls a task with this result.
    fn role_of(&self, module: ModuleId, yields: &Name) -> Role {
        if yields.node == "deploy" {
            return Role::Deploy;
        }
        if let Some(ty) = ArtefactType::from_word(&yields.node) {
            return Role::Artefact(Some(ty));
        }
        let standard = Evidence::standard(&yields.node);
        let kind = standard.or_else(|| match self.workspace.name(module, &yields.node)?.definition {
            Definition::Evidence(it) => {
                Some(Evidence { name: it.name.node.clone(), of_artefact: it.of_artefact })
            }
            _ => None,
        });
        if kind.is_some() { Role::Gate(kind) } else { Role::Unknown }
    }
}

/// The name of a deploy, as engines and records show it. A second deploy of the same artefacts to the same environment
/// gets a number.
fn deploy_name(parts: &[&str], environment: &str, draft: &Draft<'_>) -> String {
    let name = format!("deploy-{}-to-{environment}", parts.join("-"));
    let is_deploy = |name: &str| draft.names.get(name).is_some_and(|(deploy, _)| *deploy);
    if !is_deploy(&name) {
        return name;
    }
    (2..).map(|number| format!("{name}-{number}")).find(|name| !is_deploy(name)).unwrap_or(name)
}

/// Adds the facts that a body gives to all its clauses. These are the axes of its matrix and its shards, and they hold
/// wherever the clause is.
fn gather_facts(body: &ast::Body, frame: &mut Frame) {
    for clause in &body.clauses {
        match &clause.kind {
            BodyClause::Shard(_) => frame.is_sharded = true,
            BodyClause::Matrix(parts) => {
                frame.axes.extend(parts.iter().filter_map(|part| match &part.kind {
                    MatrixClause::Axis { name, values } => Some((name.node.clone(), type_of_axis(values))),
                    _ => None,
                }))
            }
            _ => {}
        }
    }
}

/// The common type of an axis's values, or string if they differ.
fn type_of_axis(values: &[Spanned<Literal>]) -> Type {
    let mut types = values.iter().map(|value| Value::of_literal(&value.node).type_of());
    let Some(first) = types.next() else { return Type::String };
    if types.all(|ty| ty == first) { first } else { Type::String }
}
