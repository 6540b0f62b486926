//! A simulation of one job: which of its steps run, over every way in which the steps before can end.
//!
//! A green job must mean that its scripts decided it. For example, of the steps
//!
//! ```yaml
//! - run: ./build           # may fail
//! - run: ./upload
//!   if: always()
//! ```
//!
//! the second also runs where the first one failed, so the finding is that the job "runs the step where it may not".

use super::acting::{self, Act};
use super::attempts::Progress;
use super::{Check, Kind, goes_on, measures};
use pipec_ir::StepKind;
use pipec_logic::{Proposition, Propositions};
use pipec_model::JobState;
use pipec_model::{Step, StepEnd, StepsBefore, Value};
use pipec_runtime::Script;
use pipec_runtime::names::PLAN;
use std::collections::BTreeMap;

/// The walk through the steps of a job.
pub(super) struct Simulation<'s> {
    logic: &'s Propositions,
    /// The runs that are looked at: the node is due, and the job knows what it needs to know.
    run: Proposition,
    /// That the source exempts the gate in the run.
    exempt: Proposition,
    /// How the steps so far have ended.
    before: StepsBefore,
    /// That every script of the current run of a repeated gate has succeeded; for other nodes, every script so far.
    intact: Proposition,
    /// That a step has recorded the exemption.
    recorded: Proposition,
    /// That the group of checks has begun which the walk is in: its checks all run, whichever fails.
    group: Option<Proposition>,
    /// How far the attempts of a retried node have come.
    progress: Option<Progress>,
    /// Whether it counts that somebody stops the job while a script runs, since a failure leads to more than its end.
    counts_stops: bool,
    /// How far a deploy has come, and its way back.
    deploy: Way,
}

/// The way of a deploy, there and back.
struct Way {
    /// That a script of the way there has begun.
    begun: Proposition,
    /// That every script of the way there has succeeded.
    arrived: Proposition,
    /// That every script of the way back so far has succeeded.
    returning: Proposition,
}

/// A step when the walk reaches it.
struct Turn<'t> {
    place: usize,
    kind: &'t Kind,
    step: &'t Step,
    /// The script of the source that it runs.
    act: Option<&'t Act<'t>>,
    /// Whether it belongs to the way back of a deploy.
    is_back: bool,
}

impl Turn<'_> {
    fn is_check(&self) -> bool {
        self.act.is_some_and(|act| act.script.kind == StepKind::Check)
    }
}

/// When a step must run, and when it may.
struct Demand {
    must: Proposition,
    may: Proposition,
}

impl<'s> Simulation<'s> {
    /// Walks through a job: each step runs when it must, and never when it may not.
    pub(super) fn run(check: &mut Check<'s, '_, '_>, kinds: &[Kind]) {
        let Some(state) = check.gating.jobs.get(check.job.id.as_str()) else { return };
        let mut walk = Simulation::new(check, state);
        let acts = std::mem::take(&mut check.acts);
        for (place, (kind, step)) in kinds.iter().zip(check.steps()).enumerate() {
            let act = match kind {
                Kind::Script(script) => acts.get(*script),
                _ => None,
            };
            let is_back = match kind {
                Kind::Identity => acting::is_on_the_way_back(&acts, kinds, place),
                _ => act.is_some_and(|act| act.is_back),
            };
            if !kind.decides() || measures::begins_run(check.node, &acts, kinds, place) {
                walk.group = None;
                walk.intact = walk.logic.truth();
            }
            walk.step(check, &Turn { place, kind, step, act, is_back });
        }
        check.acts = acts;
        walk.end(check);
    }

    fn new(check: &Check<'s, '_, '_>, state: &JobState<'_>) -> Simulation<'s> {
        let gating = check.gating;
        let world = gating.world;
        let logic = world.logic();
        let exempt =
            check.node.gate().map_or_else(|| logic.falsehood(), |_| gating.source.exempt(world, check.node));
        // That the job starts implies this, and it is plainer. A step knows the plan's facts only if its job needs the plan.
        let acts = gating.acts_of(check.job);
        let mut run = logic.and(&gating.due(check.node), &acts.begin);
        let asks_for = |plan: &JobState<'_>| {
            let implied_by = |what| logic.implies_always(what, &plan.success).unwrap_or(false);
            implied_by(&state.circumstances) || implied_by(&acts.begin) || implied_by(state.start(world))
        };
        if check.job.waits_for.iter().any(|need| need == PLAN)
            && let Some(plan) = gating.jobs.get(PLAN)
            && asks_for(plan)
        {
            run = logic.and(&run, &plan.success);
        }
        let progress = check.node.retry().is_some().then(|| Progress::new(logic));
        let cancelled = world.free("the job is cancelled");
        Simulation {
            logic,
            run,
            exempt,
            before: StepsBefore::first(cancelled, logic),
            intact: logic.truth(),
            recorded: logic.falsehood(),
            group: None,
            counts_stops: acting::goes_back(check.node) || progress.is_some(),
            progress,
            deploy: Way { begun: logic.falsehood(), arrived: logic.truth(), returning: logic.truth() },
        }
    }

    /// One step: when it may run, whether it does, and how it ends.
    fn step(&mut self, check: &mut Check<'s, '_, '_>, turn: &Turn<'_>) {
        let open = self.opened(check, turn);
        if turn.act.is_some() || *turn.kind == Kind::Runtime(Script::Again) {
            self.may_be_stopped("the run is cancelled before a step", check, turn);
        }
        let runs = self.runs(check, turn);
        let demand = self.demand(check, turn, open);
        self.judge(check, turn, &demand, &runs);
        self.ended(check, turn, &runs);
    }

    /// That the steps before leave the way open for a step.
    fn opened(&mut self, check: &Check<'s, '_, '_>, turn: &Turn<'_>) -> Proposition {
        let logic = self.logic;
        let mut open = match turn.kind {
            // The way there was begun and not gone to its end.
            _ if turn.is_back => {
                let stranded = logic.and_not(&self.deploy.begun, &self.deploy.arrived);
                logic.and(&stranded, &self.deploy.returning)
            }
            // It puts the report of its run aside, whatever became of the scripts.
            Kind::Runtime(Script::Measure) if check.node.quorum().is_some() => self.before.success.clone(),
            kind if kind.decides() => logic.and(&self.before.success, &self.intact),
            _ => self.before.success.clone(),
        };
        if let Some(progress) = &self.progress {
            open = logic.and(&open, &progress.turn(turn.kind, logic));
        }
        if turn.is_check() {
            self.group.get_or_insert(open).clone()
        } else {
            self.group = None;
            open
        }
    }

    /// Somebody may stop the job here, if that counts.
    fn may_be_stopped(&mut self, when: &'static str, check: &Check<'s, '_, '_>, turn: &Turn<'_>) {
        if self.counts_stops {
            let stopped = check.gating.world.free_at(when, turn.place);
            self.before.stopped = self.logic.or(&self.before.stopped, &stopped);
        }
    }

    /// That the step runs, by its own condition.
    fn runs(&self, check: &Check<'s, '_, '_>, turn: &Turn<'_>) -> Proposition {
        let gating = check.gating;
        let runs = gating.holds(check.job, turn.step.condition, &self.before);
        runs.unwrap_or_else(|| gating.world.free_at("a step runs", turn.place))
    }

    /// When the step must run, and when it may, where the way is open for it.
    fn demand(&self, check: &Check<'s, '_, '_>, turn: &Turn<'_>, open: Proposition) -> Demand {
        match turn.kind {
            Kind::Script(_) | Kind::Raw(_) | Kind::Runtime(Script::Measure | Script::Quorum) => {
                self.deciding(open)
            }
            Kind::Runtime(Script::Exempt) => self.exempting(&open),
            Kind::Runtime(Script::Again) => self.another_attempt(open),
            Kind::RestoreCache => self.optional(open),
            Kind::SaveCache => self.optional(self.logic.and(&open, &check.may_keep())),
            Kind::Runtime(Script::Report(_)) | Kind::KeptReport => self.reporting(),
            Kind::KeptAfterFailure => self.after_failure(),
            Kind::CodeScanning => self.optional(self.logic.truth()),
            _ => Demand { must: open.clone(), may: open },
        }
    }

    /// What decides the node runs wherever the way is open and the gate is not exempt.
    fn deciding(&self, open: Proposition) -> Demand {
        Demand { must: self.logic.and_not(&open, &self.exempt), may: open }
    }

    /// The exemption is recorded only where the source exempts.
    fn exempting(&self, open: &Proposition) -> Demand {
        self.optional(self.logic.and(open, &self.exempt))
    }

    /// Another attempt begins only if nobody has stopped the job.
    fn another_attempt(&self, open: Proposition) -> Demand {
        Demand { may: self.logic.and_not(&open, &self.before.stopped), must: open }
    }

    /// It need not run: there may be no cache, or nothing to send.
    fn optional(&self, may: Proposition) -> Demand {
        Demand { must: self.logic.falsehood(), may }
    }

    /// Reports are shown and kept after a failure, too.
    fn reporting(&self) -> Demand {
        Demand { must: self.logic.not(&self.exempt), may: self.logic.truth() }
    }

    /// What a failure left behind is kept.
    fn after_failure(&self) -> Demand {
        Demand { must: self.logic.not(&self.before.success), may: self.logic.truth() }
    }

    /// Every run in which the step runs and may not, or must and does not.
    fn judge(&mut self, check: &mut Check<'s, '_, '_>, turn: &Turn<'_>, demand: &Demand, runs: &Proposition) {
        let logic = self.logic;
        let (gating, job) = (check.gating, check.job);
        // The way back is taken even when somebody stops the job half-way.
        let alive =
            if turn.is_back { self.run.clone() } else { logic.and_not(&self.run, &self.before.stopped) };
        if turn.kind.decides() || matches!(turn.kind, Kind::Raw(_)) {
            let silent = logic.and(&logic.and(&self.exempt, &demand.may), &alive);
            let said = logic.or(runs, &self.recorded);
            gating.prove(job, &silent, &said, "is exempt without a record", &mut check.findings);
        }
        if *turn.kind == Kind::Runtime(Script::Exempt) {
            self.recorded = logic.or(&self.recorded, runs);
        }
        // Most steps run just where they must and may, whatever the run.
        let must_alive = if turn.is_back {
            demand.must.clone()
        } else {
            logic.and_not(&demand.must, &self.before.stopped)
        };
        if demand.must == demand.may && *runs == must_alive {
            return;
        }
        let title = turn.step.title.as_ref().and_then(Value::as_literal).unwrap_or("a step");
        let lacks = if turn.kind.decides_nothing() { "leaves out" } else { "is green without" };
        let too_little = format_args!("{lacks} the step `{title}`");
        let too_much = format_args!("runs the step `{title}` where it may not");
        gating.prove(job, &logic.and(&alive, &demand.must), runs, too_little, &mut check.findings);
        gating.prove(job, &logic.and(&self.run, runs), &demand.may, too_much, &mut check.findings);
    }

    /// The step has ended in one of its ways.
    fn ended(&mut self, check: &Check<'s, '_, '_>, turn: &Turn<'_>, runs: &Proposition) {
        let logic = self.logic;
        let fine = check.gating.world.free_at("a step is fine", turn.place);
        let failed = logic.and_not(runs, &fine);
        let done = logic.and(runs, &fine);
        if turn.act.is_some() {
            // A script that is stopped while it runs has neither succeeded nor failed.
            self.may_be_stopped("the run is cancelled at a step", check, turn);
        }
        match turn.act {
            Some(_) if turn.is_back => self.deploy.returning = logic.and(&self.deploy.returning, &done),
            Some(_) => {
                self.deploy.begun = logic.or(&self.deploy.begun, runs);
                self.deploy.arrived = logic.and(&self.deploy.arrived, &done);
            }
            None => {}
        }
        self.remember(turn, runs, &done, &failed);
        if let Some(progress) = &mut self.progress {
            progress.ended(turn.kind, &done, &failed, logic);
        }
        if turn.kind.decides_nothing() {
            // The job stays as it is, whatever comes of it.
        } else if goes_on(turn.step) {
            self.intact = logic.and_not(&self.intact, &failed);
        } else {
            self.before.success = logic.and_not(&self.before.success, &failed);
        }
    }

    /// Later steps may ask how a step with an id ended.
    fn remember(&mut self, turn: &Turn<'_>, runs: &Proposition, done: &Proposition, failed: &Proposition) {
        let logic = self.logic;
        let Some(id) = &turn.step.id else { return };
        let mut outputs = BTreeMap::new();
        if *turn.kind == Kind::Runtime(Script::Exempt) {
            let outcome = vec![(done.clone(), "exempt".to_owned()), (logic.not(done), String::new())];
            outputs.insert("outcome".to_owned(), outcome);
        }
        let end = StepEnd {
            success: done.clone(),
            failure: logic.and_not(failed, &self.before.stopped),
            cancelled: logic.and(failed, &self.before.stopped),
            skipped: logic.not(runs),
            goes_on: goes_on(turn.step),
            outputs,
        };
        self.before.ended.insert(id.to_ascii_lowercase(), end);
    }

    /// A green job means that one attempt has passed.
    fn end(self, check: &mut Check<'s, '_, '_>) {
        let Some(progress) = self.progress else { return };
        let logic = self.logic;
        let green = logic.and_not(&logic.and(&self.run, &self.before.success), &self.before.stopped);
        let passed = logic.or(&progress.has_passed(logic), &self.exempt);
        let what = "is green though no attempt has passed";
        check.gating.prove(check.job, &green, &passed, what, &mut check.findings);
    }
}
