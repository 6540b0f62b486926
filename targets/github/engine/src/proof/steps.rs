//! What the steps of a node's job are, in what order, and that a green job means that its scripts decided it.

mod acting;
mod attempts;
mod caches;
mod hand_over;
mod image;
mod kept;
mod measures;
mod order;
mod raw;
mod repetition;
mod told;
mod tools;

use crate::meaning::expression::{Cases, Datum, Evaluator, Scope, StepState};
use crate::meaning::outcome::JobState;
use crate::proof::gating::Gating;
use crate::proof::gating::is_untrusted_only;
use crate::proof::gating::jobs_of;
use crate::proof::matrix::{self, Instance};
use crate::proof::pins;
use crate::proof::verdict::PLAN;
use crate::read::base64::decoded;
use crate::read::expression::Expression;
use crate::read::finding::Finding;
use crate::read::workflow::either_of;
use crate::read::workflow::{Job, Step, Work, expression, literal};
use crate::read::yaml::{Node as Yaml, same_ignoring_case};
use acting::Act;
use attempts::Progress;
use pipec_ir::{Gate, Node, RunnerHost, StepKind};
use pipec_logic::Proposition;
use pipec_runtime::Script;
use repetition::goes_on;
use std::collections::BTreeMap;

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A fixed script.
    Runtime(Script),
    /// The user's script of this place among all that the node runs.
    Script(usize),
    /// The raw step of this place among those of the source.
    Raw(usize),
    Checkout,
    Download,
    Upload,
    Identity,
    /// Sets up a tool.
    Tool,
    /// Keeps a report.
    KeptReport,
    /// Keeps what a failure left behind.
    KeptAfterFailure,
    /// Sends a report to code scanning.
    CodeScanning,
    /// Fetches a cache.
    Fetch,
    /// Keeps a cache.
    Keep,
}

impl Kind {
    /// Whether it decides whether the node has done what it must: its scripts, and what judges their reports.
    fn decides(&self) -> bool {
        matches!(self, Kind::Script(_) | Kind::Runtime(Script::Measure))
    }

    /// Whether it records the digest of what was built.
    fn records(&self) -> bool {
        matches!(self, Kind::Runtime(Script::RecordFile | Script::RecordFolder | Script::RecordImage))
    }

    /// Whether it proves that what was fetched is what was built.
    fn verifies(&self) -> bool {
        let verifies = [Script::VerifyFile, Script::VerifyFolder, Script::VerifyImage, Script::VerifyLegs];
        matches!(self, Kind::Runtime(fixed) if verifies.contains(fixed))
    }
}

/// Every difference between a job's steps and its node, in each leg of both.
pub(crate) fn check(gating: &Gating<'_, '_>, instances: &[Instance<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let legs: Vec<&str> = instances.iter().filter_map(|instance| instance.leg.as_deref()).collect();
    let mut simulated: Vec<Vec<Conditional<'_>>> = Vec::new();
    for instance in instances {
        let (node, job) = (instance.node.as_ref(), instance.job.as_ref());
        let (leg, acts) = (instance.leg.as_deref(), acting::acts(node));
        let mut check = Check { gating, node, job, acts, leg, legs: &legs, findings: Vec::new() };
        check.whole(&mut simulated);
        findings.extend(check.findings);
    }
    findings
}

/// A step as the simulation of a job sees it.
#[derive(PartialEq)]
pub(super) struct Conditional<'s> {
    kind: Kind,
    id: &'s Option<String>,
    condition: &'s Option<Expression>,
    goes_on: bool,
}

struct Check<'c, 'g, 'p> {
    gating: &'c Gating<'g, 'p>,
    node: &'c Node,
    job: &'c Job,
    /// The scripts of the node, in the order in which they come.
    acts: Vec<Act<'c>>,
    /// The leg that this is, and all of them.
    leg: Option<&'c str>,
    legs: &'c [&'c str],
    findings: Vec<Finding>,
}

impl<'c> Check<'c, '_, '_> {
    fn differs(&mut self, what: impl Into<String>, line: usize) {
        self.findings.push(Finding::of_job(&self.job.id, what, line));
    }

    /// Legs whose steps hang on the same conditions need but one simulation.
    fn whole(&mut self, simulated: &mut Vec<Vec<Conditional<'c>>>) {
        let Some(kinds) = self.kinds() else { return };
        self.order(&kinds);
        self.acting(&kinds);
        self.beside_raw_steps(&kinds);
        self.hand_over(attempts::first(&kinds));
        self.tools(&kinds);
        self.sidecars(&kinds);
        self.measures(&kinds);
        self.leftovers(&kinds);
        self.caches(&kinds);
        for (kind, step) in kinds.iter().zip(&self.job.steps) {
            self.step(kind, step);
        }
        if !self.runs_straight(&kinds) {
            let conditional = |(kind, step): (&Kind, &'c Step)| Conditional {
                kind: kind.clone(),
                id: &step.id,
                condition: &step.condition,
                goes_on: goes_on(step),
            };
            let conditions: Vec<Conditional<'c>> =
                kinds.iter().zip(&self.job.steps).map(conditional).collect();
            if !simulated.contains(&conditions) {
                self.runs(&kinds);
                simulated.push(conditions);
            }
        }
        self.exempt_reason(&kinds);
        self.repetition(&kinds);
        self.attempts(&kinds);
        self.outputs(&kinds);
    }

    /// What each step is; `None` if one is unknown.
    fn kinds(&mut self) -> Option<Vec<Kind>> {
        let mut kinds = Vec::new();
        let mut next_script = 0;
        let mut next_raw = 0;
        let raw = raw::of(self.node);
        for step in &self.job.steps {
            let is_raw = step.id.as_ref().is_some_and(|id| id.starts_with(raw::PREFIX));
            let kind = match &step.work {
                _ if is_raw => {
                    let measured = kinds.contains(&Kind::Runtime(Script::Measure));
                    let wanted = raw.get(next_raw);
                    let wanted = wanted.filter(|wanted| wanted.position == next_script && !measured);
                    wanted.map(|_| Kind::Raw(next_raw))
                }
                Work::Run(Some(text)) => match text.runtime_script() {
                    Some(Script::Encoded) => self.script(next_script, step),
                    Some(fixed) => Some(Kind::Runtime(fixed)),
                    None => self.script(next_script, step),
                },
                Work::Uses(_) => match step.action() {
                    Some("actions/checkout") => Some(Kind::Checkout),
                    Some("actions/cache/restore") => Some(Kind::Fetch),
                    Some("actions/cache/save") => Some(Kind::Keep),
                    Some("actions/download-artifact") => Some(Kind::Download),
                    Some("actions/upload-artifact") => {
                        Some(Kind::of_upload(step.literal_with("name").as_deref()))
                    }
                    Some("github/codeql-action/upload-sarif") => Some(Kind::CodeScanning),
                    Some(action) if pins::is_identity(action) => Some(Kind::Identity),
                    Some(action) if tools::is_setup(action) => Some(Kind::Tool),
                    _ => None,
                },
                _ => None,
            };
            match kind {
                Some(kind) => {
                    match kind {
                        Kind::Script(place) => next_script = place + 1,
                        Kind::Raw(place) => next_raw = place + 1,
                        _ => {}
                    }
                    kinds.push(kind);
                }
                None => {
                    self.differs("a step is none that the source asks for", step.line);
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

    /// The script of the source that comes next, if the shell gets its bytes.
    fn script(&self, place: usize, step: &Step) -> Option<Kind> {
        let wanted = self.acts.get(place)?.script;
        self.is_script(&wanted.script, step).then_some(Kind::Script(place))
    }

    /// Whether the shell gets exactly this script.
    fn is_script(&self, wanted: &str, step: &Step) -> bool {
        let Work::Run(Some(text)) = &step.work else { return false };
        if text.runtime_script() == Some(Script::Encoded) && step.env("PIPE_SCRIPT").is_some() {
            let encoded = step.literal_env("PIPE_SCRIPT");
            encoded.and_then(|encoded| decoded(&encoded)).is_some_and(|bytes| bytes == wanted.as_bytes())
        } else {
            // The runner ends every line with CR LF on Windows.
            let kept = self.node.body.runner.host != RunnerHost::WindowsX64 || !text.contains(['\n', '\r']);
            *text == *wanted && kept
        }
    }

    fn is_untrusted_twin(&self) -> bool {
        is_untrusted_only(self.gating, self.job)
    }

    /// Whether each step must run exactly if all before it have succeeded and nobody has stopped the job, and says just that:
    /// there is nothing to simulate where no step has a condition and no failure leads to anything but the end.
    fn runs_straight(&self, kinds: &[Kind]) -> bool {
        let exempt = !self.node.exemptions().is_empty();
        let straight = |(kind, step): (&Kind, &Step)| {
            let has_own_turn =
                matches!(kind, Kind::Runtime(Script::Exempt | Script::Again) | Kind::Fetch | Kind::Keep);
            matches!(&step.condition, Some(Expression::Call("success", of)) if of.is_empty())
                && !has_own_turn
                && !kind.decides_nothing()
                && !goes_on(step)
        };
        // Checks are all seen, whichever fails; the way back begins with a failure.
        let plain = |act: &Act<'_>| act.script.kind != StepKind::Check && !act.is_back;
        !exempt
            && self.node.retry().is_none()
            && self.acts.iter().all(plain)
            && kinds.iter().zip(&self.job.steps).all(straight)
    }

    /// That every step runs when it must and never after a failure: a simulation of the job over what each step does.
    fn runs(&mut self, kinds: &[Kind]) {
        let gating = self.gating;
        let world = gating.world;
        let logic = world.logic();
        let Some(state) = gating.jobs.get(self.job.id.as_str()) else { return };
        let exempt = match self.node.gate() {
            Some(_) => gating.source.exempt(world, self.node),
            None => logic.falsehood(),
        };
        // That the job starts implies this, and it is plainer. A step knows the plan's facts only if its job needs the plan.
        let mut run = gating.due(self.node);
        let asks_for = |plan: &JobState<'_>| {
            let implied_by = |what| logic.implies_always(what, &plan.success).unwrap_or(false);
            implied_by(&state.circumstances) || implied_by(state.start(world))
        };
        if self.job.needs.iter().any(|need| need == PLAN)
            && let Some(plan) = gating.jobs.get(PLAN)
            && asks_for(plan)
        {
            run = logic.and(&run, &plan.success);
        }
        let cancelled = world.free("the job is cancelled");
        // That every script of this repetition succeeded so far; for a gate that runs once, the state of all steps says so.
        let mut run_going = logic.truth();
        let mut recorded = logic.falsehood();
        let mut group_going: Option<Proposition> = None;
        let mut before = StepState::first(logic);
        let mut progress = self.node.retry().is_some().then(|| Progress::new(logic));
        // Where a failure leads to more than the end of the job it counts when somebody stops it.
        let is_stopped_half_way = acting::goes_back(self.node) || progress.is_some();
        let mut stopped = cancelled.clone();
        // That the way forth was begun, and that it was gone to its end; and so of the way back.
        let (mut begun, mut arrived, mut returning) = (logic.falsehood(), logic.truth(), logic.truth());
        for (place, (kind, step)) in kinds.iter().zip(&self.job.steps).enumerate() {
            let act = match kind {
                Kind::Script(script) => self.acts.get(*script),
                _ => None,
            };
            let is_check = act.is_some_and(|act| act.script.kind == StepKind::Check);
            let is_back = match kind {
                Kind::Identity => acting::is_on_the_way_back(&self.acts, kinds, place),
                _ => act.is_some_and(|act| act.is_back),
            };
            if !kind.decides() || self.begins_run(kinds, place) {
                group_going = None;
                run_going = logic.truth();
            }
            let here = match act {
                // The way forth was begun and not gone to its end.
                _ if is_back => logic.and(&logic.and_not(&begun, &arrived), &returning),
                // It puts the report of its run aside, whatever became of the scripts.
                _ if *kind == Kind::Runtime(Script::Measure) && self.node.quorum().is_some() => {
                    before.success.clone()
                }
                _ if kind.decides() => logic.and(&before.success, &run_going),
                _ => before.success.clone(),
            };
            let here = match &progress {
                Some(progress) => logic.and(&here, &progress.turn(kind, logic)),
                None => here,
            };
            group_going = if is_check { group_going.or(Some(here.clone())) } else { None };
            let may_run = group_going.clone().unwrap_or(here);
            if is_stopped_half_way && (act.is_some() || *kind == Kind::Runtime(Script::Again)) {
                stopped = logic.or(&stopped, &world.free_at("the run is cancelled before a step", place));
            }
            let scope =
                Scope::of_job(&self.job.id, &self.job.needs, gating.jobs, stopped.clone()).of_step(&before);
            let runs = match &step.condition {
                Some(condition) => Evaluator { world, scope: &scope }.holds(condition),
                None => world.free_at("a step runs", place),
            };
            let must = match kind {
                Kind::Script(_) | Kind::Raw(_) | Kind::Runtime(Script::Measure | Script::Quorum) => {
                    logic.and_not(&may_run, &exempt)
                }
                // It may be that there is no cache.
                Kind::Runtime(Script::Exempt) | Kind::CodeScanning | Kind::Fetch | Kind::Keep => {
                    logic.falsehood()
                }
                // Also after a failure.
                Kind::Runtime(Script::Report(_)) | Kind::KeptReport => logic.not(&exempt),
                Kind::KeptAfterFailure => logic.not(&before.success),
                _ => may_run.clone(),
            };
            let mut may = if kind.decides_nothing() { logic.truth() } else { may_run };
            if *kind == Kind::Runtime(Script::Exempt) {
                may = logic.and(&may, &exempt);
            }
            if *kind == Kind::Runtime(Script::Again) {
                may = logic.and_not(&may, &stopped);
            }
            if *kind == Kind::Keep {
                may = logic.and(&may, &self.may_keep());
            }
            // The way back is taken even when somebody stops the job half-way.
            let alive = if is_back { run.clone() } else { logic.and_not(&run, &stopped) };
            if kind.decides() || matches!(kind, Kind::Raw(_)) {
                // Exempt, but by nothing that says so.
                let silent = logic.and(&logic.and(&exempt, &may), &alive);
                let said = logic.or(&runs, &recorded);
                gating.prove(self.job, &silent, &said, "is exempt without a record", &mut self.findings);
            }
            if *kind == Kind::Runtime(Script::Exempt) {
                recorded = logic.or(&recorded, &runs);
            }
            let name = step.node.get("name").and_then(Yaml::text).unwrap_or("a step");
            let lacks = if kind.decides_nothing() { "leaves out" } else { "is green without" };
            let too_little = format_args!("{lacks} the step `{name}`");
            let too_much = format_args!("runs the step `{name}` where it may not");
            // Most steps run just where they must and may, whatever the run.
            let must_alive = if is_back { must.clone() } else { logic.and_not(&must, &stopped) };
            if must != may || runs != must_alive {
                gating.prove(self.job, &logic.and(&alive, &must), &runs, too_little, &mut self.findings);
                gating.prove(self.job, &logic.and(&run, &runs), &may, too_much, &mut self.findings);
            }
            let success = world.free_at("a step succeeds", place);
            let failed = logic.and_not(&runs, &success);
            let done = logic.and(&runs, &success);
            if is_stopped_half_way && act.is_some() {
                // Stopped while it ran: it has neither succeeded nor failed.
                stopped = logic.or(&stopped, &world.free_at("the run is cancelled at a step", place));
            }
            match act {
                Some(act) if act.is_back => returning = logic.and(&returning, &done),
                Some(_) => {
                    begun = logic.or(&begun, &runs);
                    arrived = logic.and(&arrived, &done);
                }
                None => {}
            }
            if let Some(id) = &step.id {
                let outcome: Cases = vec![
                    (done.clone(), Datum::exact("success")),
                    (logic.and_not(&failed, &stopped), Datum::exact("failure")),
                    (logic.and(&failed, &stopped), Datum::exact("cancelled")),
                    (logic.not(&runs), Datum::exact("skipped")),
                ];
                before.outcomes.insert(id.to_ascii_lowercase(), outcome);
                if *kind == Kind::Runtime(Script::Exempt) {
                    let said =
                        vec![(done.clone(), Datum::exact("exempt")), (logic.not(&done), Datum::exact(""))];
                    let outputs = BTreeMap::from([("outcome".to_owned(), said)]);
                    before.outputs.insert(id.to_ascii_lowercase(), outputs);
                }
            }
            if let Some(progress) = &mut progress {
                progress.ended(kind, &done, &failed, logic);
            }
            if goes_on(step) {
                before.gone_on.extend(step.id.as_ref().map(|id| id.to_ascii_lowercase()));
            }
            if kind.decides_nothing() {
                // Whatever comes of it.
            } else if goes_on(step) {
                run_going = logic.and_not(&run_going, &failed);
            } else {
                before.success = logic.and_not(&before.success, &failed);
            }
        }
        if let Some(progress) = progress {
            let green = logic.and_not(&logic.and(&run, &before.success), &stopped);
            let passed = logic.or(&progress.has_passed(logic), &exempt);
            gating.prove(
                self.job,
                &green,
                &passed,
                "is green though no attempt has passed",
                &mut self.findings,
            );
        }
    }

    /// A gate that is exempt says why in the words of the source.
    fn exempt_reason(&mut self, kinds: &[Kind]) {
        let Some(Gate { exemptions, .. }) = self.node.gate() else { return };
        for (kind, step) in kinds.iter().zip(&self.job.steps) {
            if *kind != Kind::Runtime(Script::Exempt) {
                continue;
            }
            let reason = step.literal_env("REASON");
            if !exemptions.iter().any(|rule| Some(&rule.because) == reason.as_ref()) {
                self.differs("it is exempt for a reason that the source does not give", step.line);
            }
        }
    }

    fn outputs(&mut self, kinds: &[Kind]) {
        let id_of = |wanted: fn(&Kind) -> bool| -> Vec<String> {
            let steps = kinds.iter().zip(&self.job.steps);
            steps.filter(|(kind, _)| wanted(kind)).filter_map(|(_, step)| step.id.clone()).collect()
        };
        let recorded = id_of(|kind| kind.records());
        let exempted = id_of(|kind| *kind == Kind::Runtime(Script::Exempt));
        let entries = self.job.node.get("outputs").map(Yaml::entries).unwrap_or_default();
        for (name, value) in entries {
            let paths = expression(value).map(either_of).unwrap_or_default();
            let from = |ids: &[String], output: &str| {
                !paths.is_empty()
                    && paths
                        .iter()
                        .all(|path| ids.iter().any(|id| *path == format!("steps.{id}.outputs.{output}")))
            };
            let same = match name.as_str() {
                "digest" if self.leg.is_none() => from(&recorded, "digest") && paths.len() == 1,
                // The outputs of all legs are one set, where empty ones count for nothing (trap 19).
                name if self.leg.is_some_and(|leg| matrix::digest_output(leg) == name) => {
                    from(&recorded, "digest") && paths.len() == 1
                }
                name if self.legs.iter().any(|leg| matrix::digest_output(leg) == name) => {
                    literal(value).as_deref() == Some("")
                }
                "outcome" | "reason" => from(&exempted, name),
                _ => false,
            };
            if !same {
                self.differs(format!("its output `{name}` is not what its steps recorded"), value.line);
            }
        }
        let digest = self.leg.map_or_else(|| "digest".to_owned(), matrix::digest_output);
        let builds = self.node.is_artefact();
        if builds && !entries.iter().any(|(name, _)| *name == digest) {
            self.differs("it does not hand on the digest", self.job.line);
        }
        let alike = |other: &&str| same_ignoring_case(&matrix::digest_output(other), &digest);
        if builds && self.legs.iter().copied().filter(|other| alike(other)).count() > 1 {
            self.differs("two legs hand on their digests under one name", self.job.line);
        }
        // A red rerun keeps the outputs of the attempt that was green (trap 18): each artefact has one writer.
        let twins = jobs_of(self.gating, self.node);
        if self.job.id == PLAN || twins.is_empty() {
            self.differs("it stands for no node", self.job.line);
        }
    }
}
