//! The scripts of a node in sequence: its `run`, or the actions of a deploy.
//!
//! ```text
//! strategy canary { step 5% soak 10m }, with `shift`, `verify` and `rollback`:
//! shift to 5%, soak 10m, verify at 5%, shift to 100%, verify at 100%, roll back
//! SOAK is "6", not "600"                     a finding: "it does not soak as long as it should"
//! `shift to 5%` has a limit of 360 minutes   a finding: "a script may take longer than its deploy has, or not as long"
//! ```

use super::{Check, Kind};
use pipec_ir::{Binding, Node, Phase, StepKind, Weight};
use pipec_model::{Limit, Part, Step};
use pipec_runtime::Script;

/// The minimum time for the rollback, in milliseconds. It is a third of the timeout, and at least this. A cleanup has
/// exactly this.
const KEPT_AT_LEAST: u64 = 120_000;

/// A script of a node.
pub(crate) struct Act<'n> {
    pub(crate) script: &'n pipec_ir::Step,
    /// The variables of its action.
    pub(crate) env: &'n [Binding],
    /// The value of `$PIPE_WEIGHT`, if it has one.
    pub(crate) weight: Option<Weight>,
    /// Whether it belongs to the rollback.
    pub(crate) is_back: bool,
    /// Whether it belongs to the cleanup.
    pub(crate) is_cleanup: bool,
    /// Whether it is the first of its action.
    pub(crate) is_first: bool,
    /// The soak directly before it, in milliseconds.
    soak: u64,
}

impl<'n> Act<'n> {
    /// The scripts of a phase. The deploy soaks before the first of them.
    fn of(phase: Phase<'n>) -> impl Iterator<Item = Act<'n>> {
        phase.scripts.iter().enumerate().map(move |(place, script)| Act {
            script,
            env: phase.env,
            weight: phase.weight.clone(),
            is_back: phase.act == pipec_ir::Act::RollBack,
            is_cleanup: phase.act == pipec_ir::Act::CleanUp,
            is_first: place == 0,
            soak: if place == 0 { phase.soak } else { 0 },
        })
    }

    fn is_check(&self) -> bool {
        self.script.kind == StepKind::Check
    }

    /// Whether it runs although a script before it has failed.
    pub(super) fn is_last(&self) -> bool {
        self.is_back || self.is_cleanup
    }

    /// Whether both are checks of one group.
    fn is_beside(&self, other: &Act<'_>) -> bool {
        let has_same_turn = other.is_back == self.is_back && other.is_cleanup == self.is_cleanup;
        other.is_check() && self.is_check() && has_same_turn
    }
}

/// Whether a node has a rollback.
pub(super) fn goes_back(node: &Node) -> bool {
    node.rollback_phase().is_some()
}

/// Whether each script may take only what the job's clock has left. With several executions, each has a limit.
pub(super) fn is_timed(node: &Node) -> bool {
    let runs_once = node.quorum().is_none() && node.retry().is_none();
    goes_back(node) || node.cleanup_phase().is_some() && runs_once
}

/// The part of the timeout that the scripts before a rollback and a cleanup may take, in milliseconds.
pub(super) fn time_forth(node: &Node) -> u64 {
    let timeout = node.body.timeout;
    let back = if goes_back(node) { (timeout / 3).max(KEPT_AT_LEAST) } else { 0 };
    let cleanup = if node.cleanup_phase().is_some() { KEPT_AT_LEAST } else { 0 };
    timeout.saturating_sub(back).saturating_sub(cleanup)
}

/// Whether a step that is no script is directly before the rollback.
pub(super) fn is_on_the_way_back(acts: &[Act<'_>], kinds: &[Kind], place: usize) -> bool {
    let next = kinds.iter().skip(place).find_map(|kind| match kind {
        Kind::Script(script) => acts.get(*script),
        _ => None,
    });
    next.is_some_and(|act| act.is_back && act.is_first)
}

/// The soaks of a deploy, in milliseconds.
pub(super) fn soaks(node: &Node) -> impl Iterator<Item = u64> {
    node.forward_phases().into_iter().map(|phase| phase.soak).filter(|soak| *soak > 0)
}

/// The scripts of a node, in order. Those of a repeated or retried node occur several times.
pub(super) fn acts(node: &Node) -> Vec<Act<'_>> {
    let forward = (0..node.executions()).flat_map(|_| node.forward_phases());
    forward.chain(node.rollback_phase()).chain(node.cleanup_phase()).flat_map(Act::of).collect()
}

/// The index of the first step after the preparation.
pub(super) fn start(kinds: &[Kind]) -> Option<usize> {
    let begins = |kind: &Kind| {
        let is_acting = matches!(kind, Kind::Script(_) | Kind::Lend(_) | Kind::TakeBack(_));
        is_acting || matches!(kind, Kind::Runtime(Script::Encoded | Script::TimeLeft | Script::Soak))
    };
    kinds.iter().position(begins)
}

impl Check<'_, '_, '_> {
    /// Proves that a deploy follows its source, step by step and in time. Each script may use only the remaining part
    /// of the timeout, so that the rollback has the rest.
    pub(super) fn acting(&mut self, kinds: &[Kind]) {
        let timed = is_timed(self.node);
        // The time limits of repetitions and attempts are checked with their counts.
        let bound = timed || self.node.quorum().is_some() || self.node.retry().is_some();
        let mut steps = kinds.iter().zip(self.steps());
        for (kind, step) in steps.clone() {
            let is_script = kind.decides();
            if step.limit.is_some() && !(bound && is_script) {
                self.differs("a step has a timeout of its own", step.line);
            }
        }
        if !self.node.is_deploy() {
            let keeps_time = |kind: &Kind| *kind == Kind::Runtime(Script::TimeLeft) && !timed;
            if kinds.iter().any(|kind| *kind == Kind::Runtime(Script::Soak) || keeps_time(kind)) {
                self.differs("it soaks or keeps time, though it deploys nothing", self.job.line);
            }
            if timed {
                self.in_time(kinds);
            }
            return;
        }
        // The check of the window comes first, because without it no deploy starts.
        let asked = kinds.iter().position(|kind| *kind == Kind::Runtime(Script::WindowOpen));
        if asked.is_some_and(|place| place > 0) {
            self.differs("it does something before it asks whether its window is open", self.job.line);
        }
        let started = self.clock(kinds, usize::from(asked.is_some()));
        let trusted = !self.is_untrusted_twin();
        let identities = if trusted { self.lasting_logins().count() } else { 0 };
        let forth = time_forth(self.node);
        let mut soaked = 0;
        let mut time_left: Option<String> = None;
        for _ in 0..start(kinds).unwrap_or(kinds.len()) {
            steps.next();
        }
        let mut steps = steps.filter(|(kind, _)| !kind.is_loan());
        let acts = std::mem::take(&mut self.acts);
        for (place, act) in acts.iter().enumerate() {
            if act.soak > 0 {
                soaked += act.soak;
                let soak = steps.next().filter(|(kind, _)| **kind == Kind::Runtime(Script::Soak));
                let seconds = act.soak.div_ceil(1000).to_string();
                if !soak.is_some_and(|(_, step)| has_values(step, &[("SOAK", &seconds)])) {
                    self.differs("it does not soak as long as it should", self.job.line);
                }
                for _ in 0..identities {
                    if !steps.next().is_some_and(|(kind, _)| *kind == Kind::Identity) {
                        self.differs("it does not sign in again after a soak", self.job.line);
                    }
                }
            }
            if act.is_back && act.is_first {
                for _ in 0..identities {
                    if !steps.next().is_some_and(|(kind, _)| *kind == Kind::Identity) {
                        self.differs("it does not sign in again before it rolls back", self.job.line);
                    }
                }
            }
            let previous = place.checked_sub(1).and_then(|place| acts.get(place));
            let begins_group = act.is_first || !previous.is_some_and(|other| act.is_beside(other));
            if timed && !act.is_last() && begins_group {
                let limit = (forth + soaked) / 1000;
                let left = steps.next().filter(|(kind, _)| **kind == Kind::Runtime(Script::TimeLeft));
                let left = left.map(|(_, step)| step);
                time_left = left_by(left, limit, parts_of(&acts, place), started.as_ref());
                if time_left.is_none() {
                    self.differs("it does not work out what is left of its timeout", self.job.line);
                }
            }
            let Some((kind, step)) = steps.next() else {
                self.differs("a script of the source is missing", self.job.line);
                break;
            };
            if !matches!(kind, Kind::Script(it) | Kind::CleanUp(it) if *it == place) {
                self.differs("its steps are in another order", step.line);
            }
            let wanted = time_left.as_ref().filter(|_| timed && !act.is_last());
            if !is_limited_by(step, wanted) {
                self.differs("a script may take longer than its deploy has, or not as long", step.line);
            }
        }
        self.acts = acts;
        let mut after = steps.filter(|(kind, _)| !kind.decides_nothing());
        if self.records_itself() {
            let last = after.next().filter(|(kind, _)| **kind == Kind::Runtime(Script::RecordDeployment));
            if last.is_none() {
                self.differs(
                    "it does not record what it has deployed once its scripts are done",
                    self.job.line,
                );
            }
        }
        if let Some((_, step)) = after.next() {
            self.differs("it does something after its last script", step.line);
        }
    }
}

impl Check<'_, '_, '_> {
    /// The value of the start of the job's clock, which must be the step at an index.
    fn clock(&mut self, kinds: &[Kind], place: usize) -> Option<Part> {
        let clock = kinds.iter().position(|kind| *kind == Kind::Runtime(Script::Clock));
        if is_timed(self.node) && clock != Some(place) {
            self.differs("its clock does not start with it", self.job.line);
        }
        let step = clock.and_then(|place| self.steps().get(place))?.id.clone()?;
        Some(Part::StepOutput { step, output: "started".to_owned() })
    }

    /// Proves that the scripts before a cleanup leave it its time. A step directly before each of them, or before a group of
    /// checks, works out how long they may take.
    fn in_time(&mut self, kinds: &[Kind]) {
        let started = self.clock(kinds, 0);
        let limit = time_forth(self.node) / 1000;
        let acts = std::mem::take(&mut self.acts);
        let mut left: Option<&Step> = None;
        let mut time_left: Option<String> = None;
        for (kind, step) in kinds.iter().zip(self.steps()).filter(|(kind, _)| !kind.is_loan()) {
            let is_limit = *kind == Kind::Runtime(Script::TimeLeft);
            let Kind::Script(place) = kind else {
                if left.is_some() || (is_limit && step.directory.is_some()) {
                    self.differs("it does not work out what is left of its timeout", step.line);
                }
                left = is_limit.then_some(step);
                continue;
            };
            let previous = place.checked_sub(1).and_then(|place| acts.get(place));
            let is_beside = acts.get(*place).zip(previous).is_some_and(|(act, other)| act.is_beside(other));
            if !is_beside || left.is_some() {
                time_left = left_by(left.take(), limit, parts_of(&acts, *place), started.as_ref());
                if time_left.is_none() {
                    self.differs("it does not work out what is left of its timeout", step.line);
                }
            }
            if !is_limited_by(step, time_left.as_ref()) {
                self.differs(
                    "a script may take longer than its cleanup leaves it, or not as long",
                    step.line,
                );
            }
        }
        if let Some(step) = left {
            self.differs("it does not work out what is left of its timeout", step.line);
        }
        self.acts = acts;
    }
}

/// How many checks run together from the script at an index on. A `run` runs alone.
fn parts_of(acts: &[Act<'_>], place: usize) -> usize {
    let Some(act) = acts.get(place) else { return 1 };
    let more = acts.iter().skip(place + 1).take_while(|other| act.is_beside(other) && !other.is_first);
    1 + more.count()
}

/// The id of a step that works out what is left of a number of seconds, for each of several scripts.
fn left_by(step: Option<&Step>, limit: u64, parts: usize, started: Option<&Part>) -> Option<String> {
    let (limit, parts) = (limit.to_string(), parts.to_string());
    let mut wanted = vec![("LIMIT", limit.as_str())];
    if parts != "1" {
        wanted.push(("PARTS", &parts));
    }
    let since =
        |step: &&Step| step.env("STARTED").zip(started).is_some_and(|(given, clock)| given.is_part(clock));
    step.filter(|step| has_values(step, &wanted)).filter(since)?.id.clone()
}

/// Whether a step has the time that this step works out, or no limit.
fn is_limited_by(step: &Step, wanted: Option<&String>) -> bool {
    match (&step.limit, wanted) {
        (None, None) => true,
        (Some(Limit::OutputOf { step, output }), Some(id)) => step == id && output == "minutes",
        _ => false,
    }
}

/// Whether a fixed script about time has exactly these values.
fn has_values(step: &Step, wanted: &[(&str, &str)]) -> bool {
    ["SOAK", "LIMIT", "PARTS"].into_iter().all(|name| {
        let wanted = wanted.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        match step.env(name) {
            None => wanted.is_none(),
            Some(given) => wanted.is_some() && given.as_literal() == wanted,
        }
    })
}
