//! The jobs of an output, in order.
//!
//! For a gate `unit` with an override, and a deploy to an environment with a window:
//!
//! ```text
//! plan                                 decides facts; refuses invalid overrides
//! unit                                 the gate
//! override-unit                        asks the gate's role, after it failed
//! wait-to-deploy-app-to-production     waits for the window
//! deploy-app-to-production             the deploy
//! verdict                              the check to require
//! record                               what ran
//! ```

use crate::guard::Guard;
use crate::jobs::{JobPlan, Role, Start, Wait};
use crate::passes::Passes;
use crate::source::{Nodes, overriding};
use crate::units::{Runs, Unit};
use crate::verdict::Judged;
use crate::{PLAN, RECORD, VERDICT, overrides, windows};
use pipec_ir::{Event, Gate, Node, NodeKind};

impl Passes<'_, '_> {
    /// All jobs of a run.
    pub(crate) fn jobs(&self, judged: &[Judged]) -> Vec<JobPlan> {
        let mut jobs: Vec<JobPlan> = self.plan().into_iter().collect();
        for (place, unit) in self.units.iter().enumerate() {
            let Some(node) = self.source.pipeline.node(unit.node) else { continue };
            let mut job = self.node(place, unit, node);
            if let Some(waiting) = windows::wait(self.source, node, &mut job) {
                jobs.push(waiting);
            }
            jobs.push(job);
            jobs.extend(self.ask_for_override(unit, node));
        }
        jobs.push(self.verdict(judged));
        let record = self.record(&jobs);
        jobs.push(record);
        jobs
    }

    fn plan(&self) -> Option<JobPlan> {
        let comment = self.plan_comment();
        self.planned.need_a_job(self.source.pipeline).then(|| JobPlan {
            id: PLAN.to_owned(),
            role: Role::Plan,
            origin: self.source.pipeline.origin.span,
            name: PLAN.to_owned(),
            comments: vec![comment],
            waits: Vec::new(),
            start: Start::If(Guard::Always),
            exemptions: Vec::new(),
            relies_on: Vec::new(),
        })
    }

    /// The decisions of the plan, in words.
    fn plan_comment(&self) -> String {
        let pipeline = self.source.pipeline;
        let mut decided = Vec::new();
        if self.planned.ask_for_changes() {
            decided.push("what has changed");
        }
        if self.planned.iter().any(|(_, test)| !test.is_change()) {
            decided.push("names with their case");
        }
        if pipeline.starts_on(Event::Manual) {
            decided.push("that a manual run is of a branch");
        }
        if pipeline.has_overrides() {
            decided.push("that an override is by the book");
        }
        decided.join("; ")
    }

    fn node(&self, place: usize, unit: &Unit, node: &Node) -> JobPlan {
        let due = self.due(unit);
        let exemptions = match &node.kind {
            NodeKind::Gate(gate) => self.exemptions(gate),
            _ => Vec::new(),
        };
        let reads_the_plan = exemptions.iter().any(|(exempt, _)| exempt.asks_the_plan());
        JobPlan {
            id: unit.id.clone(),
            role: Role::Node(place),
            origin: node.origin.span,
            name: name(unit, node),
            comments: self.comments(unit, node),
            waits: self.waits(unit, &due, reads_the_plan),
            start: Start::If(due),
            exemptions,
            relies_on: self.relies_on(unit, node),
        }
    }

    fn comments(&self, unit: &Unit, node: &Node) -> Vec<String> {
        let mut what = match &node.kind {
            NodeKind::Gate(Gate { evidence, of, advisory, .. }) => {
                let word = if advisory.is_some() { "advisory gate: " } else { "gate: " };
                let subject = if of.is_empty() { "" } else { " of " };
                [word, &evidence.name, subject, &of.join(", ")].concat()
            }
            NodeKind::Artefact(artefact) => format!("artefact: {}", artefact.ty.word()),
            NodeKind::Deploy(deploy) => {
                format!("deploy: {} to {}", deploy.artefacts.join(", "), deploy.environment)
            }
            NodeKind::Job => "job".to_owned(),
        };
        if let Some(stage) = self.source.pipeline.stage_of(node) {
            what.extend([" (stage ", &stage.name, ")"]);
        }
        what.push_str(match unit.runs {
            Runs::All => "",
            Runs::Trusted => "; only for reviewed code: it has rights of its own",
            Runs::Untrusted => "; for code that was not reviewed: without rights and secrets",
        });
        let no_way_back = match &node.kind {
            NodeKind::Deploy(deploy) => deploy.irreversible(),
            _ => None,
        };
        let no_way_back = no_way_back.map(|(because, _)| format!("irreversible: {because}"));
        node.docs.iter().cloned().chain(std::iter::once(what)).chain(no_way_back).collect()
    }

    /// The job that asks the role of a gate, after it failed.
    fn ask_for_override(&self, unit: &Unit, gate: &Node) -> Option<JobPlan> {
        let overriding = overriding(gate).filter(|_| unit.runs != Runs::Untrusted)?;
        let failed =
            Wait { jobs: vec![unit.id.clone()], passed: self.override_is_due(gate), due: Guard::Always };
        Some(JobPlan {
            id: overrides::job_name(gate),
            role: Role::AskForOverride(gate.id),
            origin: gate.origin.span,
            name: format!("override {}", gate.name),
            comments: vec![format!("override of the gate {}: asks {}", gate.name, overriding.role)],
            waits: vec![Wait::success(PLAN), failed],
            start: Start::If(Guard::Always),
            exemptions: Vec::new(),
            relies_on: Vec::new(),
        })
    }

    /// The verdict. It waits for all jobs that it checks.
    fn verdict(&self, judged: &[Judged]) -> JobPlan {
        let waits = judged.iter().map(|judged| Wait::end(judged.job.clone())).collect();
        self.last(VERDICT, Role::Verdict, "the check to require on protected branches", waits)
    }

    /// The record. It waits for all jobs.
    fn record(&self, jobs: &[JobPlan]) -> JobPlan {
        let waits = jobs.iter().map(|job| Wait::end(job.id.clone())).collect();
        self.last(RECORD, Role::Record, "what ran, kept with the run and shown as its summary", waits)
    }

    fn last(&self, id: &str, role: Role, comment: &str, waits: Vec<Wait>) -> JobPlan {
        let name = if role == Role::Verdict { self.verdict_name() } else { id.to_owned() };
        JobPlan {
            id: id.to_owned(),
            role,
            origin: self.source.pipeline.origin.span,
            name,
            comments: vec![comment.to_owned()],
            waits,
            start: Start::Always,
            exemptions: Vec::new(),
            relies_on: Vec::new(),
        }
    }

    /// The pipeline's name, unless a node has it.
    ///
    /// Required checks are identified by name, and a skipped job of that name would replace the verdict.
    fn verdict_name(&self) -> String {
        let name = &self.source.pipeline.name;
        if self.units.iter().any(|unit| unit.id == *name) {
            format!("{name} {VERDICT}")
        } else {
            name.clone()
        }
    }
}

/// The name of a node's job for people and required checks.
pub(crate) fn name(unit: &Unit, node: &Node) -> String {
    let NodeKind::Deploy(deploy) = &node.kind else { return unit.id.clone() };
    let mut name = format!("deploy {} to {}", deploy.artefacts.join(", "), deploy.environment);
    // Later deploys of the same artefacts to the same environment get a number, because required checks are identified
    // by name.
    let first = format!("deploy-{}-to-{}", deploy.artefacts.join("-"), deploy.environment);
    if let Some(number) = node.name.strip_prefix(&first).and_then(|rest| rest.strip_prefix('-')) {
        name.push_str(&format!(" ({number})"));
    }
    name
}
