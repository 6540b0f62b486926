//! The steps of a node's job and their order.
//!
//! A green job means that the node's scripts decided it.
//!
//! ```yaml
//! unit:                                      # gate unit: test { run "cargo test --locked" }
//!   steps:
//!     - uses: actions/checkout@3d3c42e5…     # `Kind::Checkout`
//!     - run: cargo test --locked || true     # a finding: "the source asks for no such step"
//! ```

mod acting;
mod attempts;
mod caches;
pub(crate) mod given;
mod hand_over;
mod image;
mod kept;
mod loans;
mod measures;
mod order;
mod raw;
mod repetition;
mod simulation;
mod tools;

use crate::gating::{Gating, is_untrusted_only, jobs_of};
use crate::ledger::{Broken, Ledger};
use crate::legs::{self, Instance};
use crate::values::Scene;
use acting::Act;
use pipec_claims::TheoremId;
use pipec_ir::{Node, RunnerHost, StepKind};
use pipec_model::Finding;
use pipec_model::Job;
use pipec_model::{ConditionId, Does, Given, Leg, Part, ScriptText, Step, Value};
use pipec_runtime::Script;
use pipec_runtime::names::{PLAN, RAW, REGISTRY};
use simulation::Simulation;
use std::fmt::{self, Display, Formatter};

/// The purpose of a step for its node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A fixed script.
    Runtime(Script),
    /// The user's script at this index among all scripts of the node.
    Script(usize),
    /// The script of the cleanup, at this index among all scripts of the node.
    CleanUp(usize),
    /// The raw step at this index among those of the source.
    Raw(usize),
    Checkout,
    Download,
    Upload,
    Identity,
    /// Logs in with the identity of a registry.
    RegistryIdentity,
    /// Begins to lend what only some steps hold, by its place among what the node narrows.
    Lend(usize),
    /// Takes it back.
    TakeBack(usize),
    /// Sets up a tool.
    Tool,
    /// Stores a report.
    KeptReport,
    /// Stores files after a failure.
    KeptAfterFailure,
    /// Sends a report to code scanning.
    CodeScanning,
    RestoreCache,
    SaveCache,
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Runtime(script) => script.name(),
            Kind::Script(_) => "script",
            Kind::CleanUp(_) => "cleanup",
            Kind::Raw(_) => "raw step",
            Kind::Checkout => "checkout",
            Kind::Download => "download",
            Kind::Upload => "upload",
            Kind::Identity => "sign-in",
            Kind::RegistryIdentity => "sign-in to push",
            Kind::Lend(_) => "loan",
            Kind::TakeBack(_) => "end of a loan",
            Kind::Tool => "tool",
            Kind::KeptReport => "kept report",
            Kind::KeptAfterFailure => "files kept after a failure",
            Kind::CodeScanning => "code scanning",
            Kind::RestoreCache => "restore cache",
            Kind::SaveCache => "save cache",
        })
    }
}

impl Kind {
    /// Whether it decides the result of the node. The scripts do, and the checks of their reports.
    fn decides(&self) -> bool {
        matches!(self, Kind::Script(_) | Kind::Runtime(Script::Measure))
    }

    /// Whether it begins or ends a loan to some steps.
    fn is_loan(&self) -> bool {
        matches!(self, Kind::Lend(_) | Kind::TakeBack(_))
    }

    /// Whether it records the digest of an artefact.
    fn records(&self) -> bool {
        matches!(self, Kind::Runtime(Script::RecordFile | Script::RecordFolder | Script::RecordImage))
    }

    /// Whether it verifies a fetched artefact.
    fn verifies(&self) -> bool {
        let verifies = [Script::VerifyFile, Script::VerifyFolder, Script::VerifyImage, Script::VerifyLegs];
        matches!(self, Kind::Runtime(fixed) if verifies.contains(fixed))
    }
}

/// The theorems that fail if a job has other steps than its node needs. Each step has a purpose.
pub(crate) const OF_ALL_STEPS: &[TheoremId] = &[
    TheoremId::StepOrder,
    TheoremId::StepInputs,
    TheoremId::ScriptsArrive,
    TheoremId::DecidedByScripts,
    TheoremId::HeldByDeploysOnly,
    TheoremId::UntrustedEmpty,
    TheoremId::SameDigest,
    TheoremId::OneAttempt,
    TheoremId::Repetition,
    TheoremId::Measures,
    TheoremId::CacheKeepers,
    TheoremId::RawSteps,
    TheoremId::Machines,
    TheoremId::Override,
    TheoremId::NeverBackwards,
    TheoremId::Approval,
    TheoremId::Rollback,
    TheoremId::Window,
    TheoremId::PreviewEntry,
];

/// The theorems that fail if a step has other values or another directory.
const OF_INPUTS: &[TheoremId] = &[
    TheoremId::StepInputs,
    TheoremId::ScriptsArrive,
    TheoremId::DecidedByScripts,
    TheoremId::HeldByDeploysOnly,
    TheoremId::UntrustedEmpty,
    TheoremId::SameDigest,
    TheoremId::Repetition,
    TheoremId::Measures,
    TheoremId::RawSteps,
    TheoremId::Override,
    TheoremId::NeverBackwards,
    TheoremId::Approval,
    TheoremId::Window,
    TheoremId::PreviewEntry,
];

/// The theorems that fail if a job is green although no script decided it.
const OF_DECISION: &[TheoremId] = &[
    TheoremId::DecidedByScripts,
    TheoremId::OneAttempt,
    TheoremId::Repetition,
    TheoremId::Measures,
    TheoremId::Rollback,
    TheoremId::CacheKeepers,
];

/// Every difference between a job's steps and its node, in each leg of both.
pub(crate) fn check(gating: &Gating<'_, '_>, instances: &[Instance<'_>], ledger: &mut Ledger) {
    let legs: Vec<&str> = instances.iter().filter_map(|instance| instance.name.as_deref()).collect();
    let mut simulated: Vec<Vec<Conditional<'_>>> = Vec::new();
    for instance in instances {
        let node = instance.node();
        let mut check = Check {
            gating,
            node,
            job: instance.job,
            leg: instance.leg,
            acts: acting::acts(node),
            name: instance.name.as_deref(),
            legs: &legs,
            findings: Vec::new(),
            ledger: Ledger::default(),
        };
        check.whole(&mut simulated);
        ledger.append(check.ledger);
    }
}

/// A step in the simulation of a job.
#[derive(PartialEq)]
struct Conditional<'s> {
    kind: Kind,
    id: &'s Option<String>,
    condition: ConditionId,
    goes_on: bool,
    /// The reason of an exemption. It decides in which runs the exemption is right.
    reason: Option<&'s Value>,
}

/// The checks of one leg of a job.
struct Check<'c, 'g, 'p> {
    gating: &'c Gating<'g, 'p>,
    node: &'c Node,
    job: &'c Job,
    leg: &'c Leg,
    /// The scripts of the node, in order.
    acts: Vec<Act<'c>>,
    /// The name of this leg, and those of all legs, if there are several.
    name: Option<&'c str>,
    legs: &'c [&'c str],
    /// The findings of the current proof.
    findings: Vec<Finding>,
    /// The findings of the earlier proofs.
    ledger: Ledger,
}

impl<'c> Check<'c, '_, '_> {
    fn differs(&mut self, what: impl Into<String>, line: usize) {
        self.findings.push(Finding::of_job(&self.job.id, what, line));
    }

    /// Runs one proof. Its findings break these theorems.
    fn part<T>(&mut self, names: &'static [TheoremId], prove: impl FnOnce(&mut Self) -> T) -> T {
        let result = prove(self);
        if !self.findings.is_empty() {
            let broken = Broken::of_node(names, self.node);
            self.ledger.extend(&broken, std::mem::take(&mut self.findings));
        }
        result
    }

    /// Proves a leg. Legs whose steps have equal conditions share one simulation.
    fn whole(&mut self, simulated: &mut Vec<Vec<Conditional<'c>>>) {
        let Some(kinds) = self.part(OF_ALL_STEPS, Check::kinds) else { return };
        self.part(OF_ALL_STEPS, |check| {
            check.order(&kinds);
            check.acting(&kinds);
        });
        self.part(&[TheoremId::RawSteps], |check| check.beside_raw_steps(&kinds));
        self.part(&[TheoremId::SameDigest], |check| {
            check.hand_over(attempts::first(&kinds));
            check.outputs(&kinds);
        });
        self.part(&[TheoremId::Machines], |check| {
            check.tools(&kinds);
            check.sidecars(&kinds);
        });
        self.part(&[TheoremId::Measures], |check| check.measures(&kinds));
        self.part(&[TheoremId::StepOrder, TheoremId::StepInputs], |check| check.leftovers(&kinds));
        self.part(&[TheoremId::CacheKeepers], |check| check.caches(&kinds));
        self.part(OF_INPUTS, |check| {
            for (kind, step) in kinds.iter().zip(check.steps()) {
                check.step(kind, step);
            }
            check.variables_of_job();
            check.credentials(&kinds);
            check.loans(&kinds);
            check.exempt_reason(&kinds);
        });
        if !self.runs_straight(&kinds) {
            let conditions = self.conditionals(&kinds);
            if !simulated.contains(&conditions) {
                self.part(OF_DECISION, |check| Simulation::run(check, &kinds));
                simulated.push(conditions);
            }
        }
        self.part(OF_DECISION, |check| {
            check.repetition(&kinds);
            check.attempts(&kinds);
        });
    }

    /// The steps of the leg.
    fn steps(&self) -> &'c [Step] {
        &self.leg.steps
    }

    fn conditionals(&self, kinds: &[Kind]) -> Vec<Conditional<'c>> {
        let conditional = |(kind, step): (&Kind, &'c Step)| Conditional {
            kind: kind.clone(),
            id: &step.id,
            condition: step.condition,
            goes_on: goes_on(step),
            reason: step.env("REASON").filter(|_| *kind == Kind::Runtime(Script::Exempt)),
        };
        kinds.iter().zip(self.steps()).map(conditional).collect()
    }

    /// The values that the source requires in this leg.
    fn scene(&self) -> Scene<'_, '_, '_> {
        Scene { gating: self.gating, node: self.node, job: self.job, untrusted: self.is_untrusted_twin() }
    }

    /// The kind of each step. `None` if one is unknown.
    fn kinds(&mut self) -> Option<Vec<Kind>> {
        let mut kinds = Vec::new();
        let mut next_script = 0;
        let mut next_raw = 0;
        let raw = raw::of(self.node, self.gating.engine.name());
        for step in self.steps() {
            let kind = if is_raw(step) {
                let is_measured = kinds.contains(&Kind::Runtime(Script::Measure));
                let wanted = raw.get(next_raw);
                let wanted = wanted.filter(|wanted| wanted.position == next_script && !is_measured);
                wanted.map(|_| Kind::Raw(next_raw))
            } else {
                self.kind(step, next_script)
            };
            match kind {
                Some(kind) => {
                    match kind {
                        Kind::Script(place) | Kind::CleanUp(place) => next_script = place + 1,
                        Kind::Raw(place) => next_raw = place + 1,
                        _ => {}
                    }
                    kinds.push(kind);
                }
                None => {
                    self.differs("the source asks for no such step", step.line);
                    return None;
                }
            }
        }
        if next_script != self.acts.len() {
            self.differs("a script of the source is missing", self.job.line);
        }
        if next_raw != raw.len() {
            self.differs("a raw step of the source is missing", self.job.line);
        }
        Some(kinds)
    }

    /// The kind of a step that is no raw step. `next_script` is the next script of the node.
    fn kind(&self, step: &Step, next_script: usize) -> Option<Kind> {
        if let Some(kind) = self.loan(step) {
            return Some(kind);
        }
        Some(match &step.does {
            Does::Runtime(Script::SecretRemoved | Script::AzureLogOut) => return None,
            Does::Runtime(script) => Kind::Runtime(*script),
            Does::Script(text) => {
                let act = self.acts.get(next_script)?;
                let kind = if act.is_cleanup { Kind::CleanUp } else { Kind::Script };
                return self.is_script(&act.script.script, text).then_some(kind(next_script));
            }
            Does::Checkout(_) => Kind::Checkout,
            Does::RestoreCache(_) => Kind::RestoreCache,
            Does::SaveCache(_) => Kind::SaveCache,
            Does::Fetch(_) => Kind::Download,
            Does::Keep(kept) => Kind::of_upload(kept.name.as_deref()),
            Does::SendReport { .. } => Kind::CodeScanning,
            Does::SignIn(_) if step.id.as_deref() == Some(REGISTRY) => Kind::RegistryIdentity,
            Does::SignIn(_) => Kind::Identity,
            Does::SetUp { .. } => Kind::Tool,
            Does::Other => return None,
        })
    }

    /// Whether the shell receives exactly this script.
    fn is_script(&self, wanted: &str, text: &ScriptText) -> bool {
        // On Windows, the runner ends every line with CR LF.
        let is_kept = text.is_exact
            || self.node.body.runner.host != RunnerHost::WindowsX64
            || !wanted.contains(['\n', '\r']);
        *text.bytes == *wanted.as_bytes() && is_kept
    }

    /// Whether the job must record the deploy, because the platform does not.
    fn records_itself(&self) -> bool {
        self.node.is_deploy() && !self.gating.has_environments()
    }

    fn is_untrusted_twin(&self) -> bool {
        is_untrusted_only(self.gating, self.job)
    }

    /// Whether each step simply runs after the success of all before it. Then there is nothing to simulate: no step has
    /// a condition, and every failure ends the job.
    fn runs_straight(&self, kinds: &[Kind]) -> bool {
        let is_exempt = !self.node.exemptions().is_empty();
        let straight = |(kind, step): (&Kind, &Step)| {
            let has_own_turn = matches!(
                kind,
                Kind::Runtime(Script::Exempt | Script::Again)
                    | Kind::RestoreCache
                    | Kind::SaveCache
                    | Kind::Lend(_)
                    | Kind::TakeBack(_)
            );
            step.condition == ConditionId::PLAIN && !has_own_turn && !kind.decides_nothing() && !goes_on(step)
        };
        // All checks run after a failure of one, a rollback begins with a failure, and a cleanup runs after any.
        let plain = |act: &Act<'_>| act.script.kind != StepKind::Check && !act.is_last();
        !is_exempt
            && self.node.retry().is_none()
            && !self.lends()
            && self.acts.iter().all(plain)
            && kinds.iter().zip(self.steps()).all(straight)
    }

    /// Checks that an exempt gate shows the reason of the source.
    fn exempt_reason(&mut self, kinds: &[Kind]) {
        let Some(gate) = self.node.gate() else { return };
        for (kind, step) in kinds.iter().zip(self.steps()) {
            if *kind != Kind::Runtime(Script::Exempt) {
                continue;
            }
            let reason = step.env_literal("REASON");
            if !gate.exemptions.iter().any(|rule| Some(rule.because.as_str()) == reason) {
                self.differs("it is exempt for a reason that the source does not give", step.line);
            }
        }
    }

    /// Checks that the outputs of the job are those of its steps.
    fn outputs(&mut self, kinds: &[Kind]) {
        let ids_of = |wanted: fn(&Kind) -> bool| -> Vec<&'c str> {
            let steps = kinds.iter().zip(self.steps());
            steps.filter(|(kind, _)| wanted(kind)).filter_map(|(_, step)| step.id.as_deref()).collect()
        };
        let recorded = ids_of(Kind::records);
        let exempted = ids_of(|kind| *kind == Kind::Runtime(Script::Exempt));
        for given in &self.leg.outputs {
            let from = |ids: &[&str], wanted: &str| match given.value.as_part() {
                Some(Part::StepOutput { step, output }) => output == wanted && ids.contains(&step.as_str()),
                Some(Part::FirstOutputOf { steps, output }) => {
                    output == wanted && steps.iter().all(|step| ids.contains(&step.as_str()))
                }
                _ => false,
            };
            let is_single = matches!(given.value.as_part(), Some(Part::StepOutput { .. }));
            let same = match &*given.name {
                "digest" if self.name.is_none() => from(&recorded, "digest") && is_single,
                // The outputs of all legs form one set, in which empty ones do not count (trap 19).
                name if self.name.is_some_and(|leg| legs::digest_output(leg) == name) => {
                    from(&recorded, "digest") && is_single
                }
                name if self.legs.iter().any(|leg| legs::digest_output(leg) == name) => {
                    given.value.is_literal("")
                }
                "outcome" | "reason" => from(&exempted, &given.name) && is_of_all(&exempted, given),
                _ => false,
            };
            if !same {
                let what = format!("its output `{}` is not what its steps recorded", given.name);
                self.differs(what, given.line);
            }
        }
        // Without them the record shows an exempt gate as one that passed.
        let exempts = kinds.iter().filter(|kind| **kind == Kind::Runtime(Script::Exempt)).count();
        let is_handed_on = |wanted: &str| self.leg.outputs.iter().any(|given| *given.name == *wanted);
        if exempted.len() != exempts || exempts > 0 && !(is_handed_on("outcome") && is_handed_on("reason")) {
            self.differs("it does not hand on that it is exempt, and why", self.job.line);
        }
        let digest = self.name.map_or_else(|| "digest".to_owned(), legs::digest_output);
        let builds = self.node.is_artefact();
        if builds && !self.leg.outputs.iter().any(|given| *given.name == *digest) {
            self.differs("it does not hand on the digest", self.job.line);
        }
        let alike = |other: &&str| legs::digest_output(other).eq_ignore_ascii_case(&digest);
        if builds && self.legs.iter().copied().filter(|other| alike(other)).count() > 1 {
            self.differs("two legs hand on their digests under one name", self.job.line);
        }
        // A failed rerun keeps the outputs of the green attempt (trap 18), so each artefact has one writer.
        let twins = jobs_of(self.gating, self.node);
        if self.job.id == PLAN || twins.is_empty() {
            self.differs("it belongs to no node", self.job.line);
        }
    }
}

/// Whether an output asks every one of these steps.
fn is_of_all(steps: &[&str], given: &Given) -> bool {
    steps.iter().all(|wanted| match given.value.as_part() {
        Some(Part::StepOutput { step, .. }) => step == wanted,
        Some(Part::FirstOutputOf { steps, .. }) => steps.iter().any(|step| step == wanted),
        _ => false,
    })
}

/// Whether the job continues after a failure of the step.
fn goes_on(step: &Step) -> bool {
    step.goes_on == Some(true)
}

/// Whether the id marks a raw step of the source.
fn is_raw(step: &Step) -> bool {
    step.id.as_ref().is_some_and(|id| id.starts_with(RAW))
}
