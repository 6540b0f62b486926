//! A simulation of one job: which of its steps run, for all outcomes of earlier steps.
//!
//! A green job must mean that its scripts decided it. For example, of the steps
//!
//! ```yaml
//! - run: ./build           # may fail
//! - run: ./upload
//!   if: always()
//! ```
//!
//! the second also runs if the first one failed, so the finding is that the job "runs the step where it may not".

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

/// The simulation of a job's steps.
pub(super) struct Simulation<'s> {
    logic: &'s Propositions,
    /// The simulated runs. In them the node is due, and the job has the facts that it needs.
    run: Proposition,
    /// That the source exempts the gate in the run.
    exempt: Proposition,
    /// The outcomes of the steps so far.
    before: StepsBefore,
    /// That every script of the current run of a repeated gate has succeeded. For other nodes, that every script so far
    /// has.
    intact: Proposition,
    /// That a step has recorded the exemption.
    recorded: Proposition,
    /// That the current group of checks has begun. All its checks run, even after a failure.
    group: Option<Proposition>,
    /// The state of a retried node's attempts.
    progress: Option<Progress>,
    /// Whether a stopped script matters. It does if a failure leads to more than the end of the job.
    counts_stops: bool,
    /// The state of a deploy and its rollback.
    deploy: Way,
    /// What is lent to some steps, by its place among what the node narrows.
    lent: BTreeMap<usize, Loan>,
    /// That something could not be lent. Then the job is red, and only what always comes last must still run.
    missing: Proposition,
}

/// The state of something that is lent to some steps.
struct Loan {
    /// That some of it may be there.
    touched: Proposition,
    /// That all of it is there.
    there: Proposition,
}

/// The state of a deploy and its rollback.
struct Way {
    /// That a script of the deploy has begun.
    begun: Proposition,
    /// That every script of the deploy has succeeded.
    arrived: Proposition,
    /// That every script of the rollback so far has succeeded.
    returning: Proposition,
    /// That every script of the cleanup so far has succeeded.
    cleaning: Proposition,
}

/// A step in the simulation.
struct Turn<'t> {
    place: usize,
    kind: &'t Kind,
    step: &'t Step,
    /// The script of the source that it runs.
    act: Option<&'t Act<'t>>,
    /// Whether it belongs to the rollback of a deploy.
    is_back: bool,
}

impl Turn<'_> {
    fn is_cleanup(&self) -> bool {
        matches!(self.kind, Kind::CleanUp(_))
    }

    /// Whether it runs even if the job is stopped in the middle.
    fn is_last(&self) -> bool {
        self.is_back || self.is_cleanup()
    }

    fn is_check(&self) -> bool {
        self.act.is_some_and(|act| act.script.kind == StepKind::Check)
    }
}

/// The runs in which a step must run, and those in which it may.
struct Demand {
    must: Proposition,
    may: Proposition,
}

impl<'s> Simulation<'s> {
    /// Simulates a job. Each step must run in certain runs and may run in no others.
    pub(super) fn run(check: &mut Check<'s, '_, '_>, kinds: &[Kind]) {
        let Some(state) = check.gating.jobs.get(check.job.id.as_str()) else { return };
        let mut walk = Simulation::new(check, state);
        let acts = std::mem::take(&mut check.acts);
        for (place, (kind, step)) in kinds.iter().zip(check.steps()).enumerate() {
            let act = match kind {
                Kind::Script(script) | Kind::CleanUp(script) => acts.get(*script),
                _ => None,
            };
            if kind.is_loan() {
                walk.lend(check, &Turn { place, kind, step, act, is_back: false });
                continue;
            }
            let is_back = match kind {
                Kind::Identity => acting::is_on_the_way_back(&acts, kinds, place),
                _ => act.is_some_and(|act| act.is_back),
            };
            if act.is_none_or(|act| act.is_first) || measures::begins_run(check.node, &acts, kinds, place) {
                walk.group = None;
            }
            if !kind.decides() || measures::begins_run(check.node, &acts, kinds, place) {
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
        // The start of the job implies this, and this is simpler. A step knows the plan's facts only if its job needs
        // the plan.
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
            counts_stops: acting::goes_back(check.node)
                || check.node.cleanup_phase().is_some()
                || progress.is_some(),
            progress,
            deploy: Way {
                begun: logic.falsehood(),
                arrived: logic.truth(),
                returning: logic.truth(),
                cleaning: logic.truth(),
            },
            lent: BTreeMap::new(),
            missing: logic.falsehood(),
        }
    }

    /// Simulates a step that begins or ends a loan. It may run at any time, but its failure fails the job. If the end
    /// runs, nothing is left, since the fixed scripts remove what they can't end.
    fn lend(&mut self, check: &Check<'s, '_, '_>, turn: &Turn<'_>) {
        let logic = self.logic;
        let runs = self.runs(check, turn);
        let succeeds = check.gating.world.free_at("a step succeeds", turn.place);
        let (done, failed) = (logic.and(&runs, &succeeds), logic.and_not(&runs, &succeeds));
        self.remember(turn, &runs, &done, &failed);
        self.before.success = logic.and_not(&self.before.success, &failed);
        self.missing = logic.or(&self.missing, &failed);
        let (place, is_begin) = match turn.kind {
            Kind::Lend(place) => (*place, true),
            Kind::TakeBack(place) => (*place, false),
            _ => return,
        };
        let nothing = || Loan { touched: logic.falsehood(), there: logic.falsehood() };
        let loan = self.lent.entry(place).or_insert_with(nothing);
        let rest = logic.and_not(&loan.there, &runs);
        *loan = match is_begin {
            true => Loan { touched: logic.or(&loan.touched, &runs), there: logic.or(&rest, &done) },
            false => Loan { touched: logic.and_not(&loan.touched, &runs), there: rest },
        };
    }

    /// Reports what is lent while a script runs that does not hold it, and what a script holds and does not find.
    fn check_loans(&self, check: &mut Check<'s, '_, '_>, turn: &Turn<'_>, runs: &Proposition) {
        let Some(act) = turn.act.filter(|_| !check.is_untrusted_twin()) else { return };
        let logic = self.logic;
        let title = turn.step.title.as_ref().and_then(Value::as_literal).unwrap_or("a step");
        let run = logic.and(&self.run, runs);
        for (place, claim) in check.claims(act.script) {
            let loan = self.lent.get(&place);
            let name = claim.name;
            if claim.is_held {
                // If something could not be lent, the job is red all the same.
                let there = loan.map_or_else(|| logic.falsehood(), |loan| loan.there.clone());
                let found = logic.or(&there, &self.missing);
                let what = format_args!("runs the step `{title}` without {name}, which it holds");
                check.gating.prove(check.job, &run, &found, what, &mut check.findings);
            } else if let Some(loan) = loan.filter(|_| claim.reaches_all) {
                let what = format_args!("runs the step `{title}` with {name}, which it does not hold");
                check.gating.prove(check.job, &run, &logic.not(&loan.touched), what, &mut check.findings);
            }
        }
    }

    /// Simulates one step: when it may run, whether it does, and how it ends.
    fn step(&mut self, check: &mut Check<'s, '_, '_>, turn: &Turn<'_>) {
        let open = self.opened(check, turn);
        if turn.act.is_some() || *turn.kind == Kind::Runtime(Script::Again) {
            self.may_be_stopped("the run is cancelled before a step", check, turn);
        }
        let runs = self.runs(check, turn);
        let mut demand = self.demand(check, turn, open);
        if !turn.is_last() && !self.lent.is_empty() {
            demand.must = self.logic.and_not(&demand.must, &self.missing);
        }
        self.judge(check, turn, &demand, &runs);
        self.check_loans(check, turn, &runs);
        self.ended(check, turn, &runs);
    }

    /// That the steps before allow a step to run.
    fn opened(&mut self, check: &Check<'s, '_, '_>, turn: &Turn<'_>) -> Proposition {
        let logic = self.logic;
        let mut open = match turn.kind {
            // A script of the node has begun.
            Kind::CleanUp(_) => logic.and(&self.deploy.begun, &self.deploy.cleaning),
            // The deploy has begun and not finished.
            _ if turn.is_back => {
                let stranded = logic.and_not(&self.deploy.begun, &self.deploy.arrived);
                logic.and(&stranded, &self.deploy.returning)
            }
            // It moves the report of its run aside, whatever the outcomes of the scripts.
            Kind::Runtime(Script::Measure) if check.node.quorum().is_some() => self.before.success.clone(),
            kind if kind.decides() => logic.and(&self.before.success, &self.intact),
            _ => self.before.success.clone(),
        };
        if let Some(progress) = self.progress.as_ref().filter(|_| !turn.is_cleanup()) {
            open = logic.and(&open, &progress.turn(turn.kind, logic));
        }
        if turn.is_check() {
            self.group.get_or_insert(open).clone()
        } else {
            self.group = None;
            open
        }
    }

    /// Adds that the job may be stopped here, if that matters.
    fn may_be_stopped(&mut self, when: &'static str, check: &Check<'s, '_, '_>, turn: &Turn<'_>) {
        if self.counts_stops {
            let stopped = check.gating.world.free_at(when, turn.place);
            self.before.stopped = self.logic.or(&self.before.stopped, &stopped);
        }
    }

    /// That the step runs, according to its own condition.
    fn runs(&self, check: &Check<'s, '_, '_>, turn: &Turn<'_>) -> Proposition {
        let gating = check.gating;
        let runs = gating.holds(check.job, turn.step.condition, &self.before);
        runs.unwrap_or_else(|| gating.world.free_at("a step runs", turn.place))
    }

    /// When the step must run, and when it may, in the runs that allow it.
    fn demand(&self, check: &Check<'s, '_, '_>, turn: &Turn<'_>, open: Proposition) -> Demand {
        match turn.kind {
            Kind::Script(_) | Kind::Raw(_) | Kind::Runtime(Script::Measure | Script::Quorum) => {
                self.deciding(open)
            }
            Kind::Runtime(Script::Exempt) => self.exempting(check, turn, &open),
            Kind::Runtime(Script::Again) => self.another_attempt(open),
            Kind::RestoreCache => self.optional(open),
            Kind::SaveCache => self.optional(self.logic.and(&open, &check.may_keep())),
            Kind::Runtime(Script::Report(_)) | Kind::KeptReport => self.reporting(),
            Kind::KeptAfterFailure => self.after_failure(),
            Kind::CodeScanning => self.optional(self.logic.truth()),
            _ => Demand { must: open.clone(), may: open },
        }
    }

    /// A deciding step runs in all runs that allow it, unless the gate is exempt.
    fn deciding(&self, open: Proposition) -> Demand {
        Demand { must: self.logic.and_not(&open, &self.exempt), may: open }
    }

    /// An exemption is recorded only in the runs for which the source gives its reason.
    fn exempting(&self, check: &Check<'s, '_, '_>, turn: &Turn<'_>, open: &Proposition) -> Demand {
        let because = turn.step.env_literal("REASON").unwrap_or_default();
        let exempt = check.gating.source.exempt_because(check.gating.world, check.node, because);
        self.optional(self.logic.and(open, &exempt))
    }

    /// Another attempt begins only if the job is not stopped.
    fn another_attempt(&self, open: Proposition) -> Demand {
        Demand { may: self.logic.and_not(&open, &self.before.stopped), must: open }
    }

    /// The step is optional: there may be no cache, or no report to send.
    fn optional(&self, may: Proposition) -> Demand {
        Demand { must: self.logic.falsehood(), may }
    }

    /// Reports are shown and stored even after a failure.
    fn reporting(&self) -> Demand {
        Demand { must: self.logic.not(&self.exempt), may: self.logic.truth() }
    }

    /// Files are kept after a failure.
    fn after_failure(&self) -> Demand {
        Demand { must: self.logic.not(&self.before.success), may: self.logic.truth() }
    }

    /// Reports runs in which the step wrongly runs, or wrongly does not run.
    fn judge(&mut self, check: &mut Check<'s, '_, '_>, turn: &Turn<'_>, demand: &Demand, runs: &Proposition) {
        let logic = self.logic;
        let (gating, job) = (check.gating, check.job);
        let alive =
            if turn.is_last() { self.run.clone() } else { logic.and_not(&self.run, &self.before.stopped) };
        if turn.kind.decides() || matches!(turn.kind, Kind::Raw(_)) {
            let silent = logic.and(&logic.and(&self.exempt, &demand.may), &alive);
            let said = logic.or(runs, &self.recorded);
            gating.prove(job, &silent, &said, "is exempt without a record", &mut check.findings);
        }
        if *turn.kind == Kind::Runtime(Script::Exempt) {
            self.recorded = logic.or(&self.recorded, runs);
        }
        // Most steps must run exactly in the runs in which they may.
        let must_alive = if turn.is_last() {
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

    /// Adds the end of the step.
    fn ended(&mut self, check: &Check<'s, '_, '_>, turn: &Turn<'_>, runs: &Proposition) {
        let logic = self.logic;
        let succeeds = check.gating.world.free_at("a step succeeds", turn.place);
        let failed = logic.and_not(runs, &succeeds);
        let done = logic.and(runs, &succeeds);
        if turn.act.is_some() {
            // A script that is stopped has neither succeeded nor failed.
            self.may_be_stopped("the run is cancelled at a step", check, turn);
        }
        match turn.act {
            Some(_) if turn.is_cleanup() => self.deploy.cleaning = logic.and(&self.deploy.cleaning, &done),
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
            // The job continues after any outcome.
        } else if goes_on(turn.step) {
            self.intact = logic.and_not(&self.intact, &failed);
        } else {
            self.before.success = logic.and_not(&self.before.success, &failed);
        }
    }

    /// Records the outcome of a step with an id for later steps.
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

    /// Proves that a green job means that one attempt has passed.
    fn end(self, check: &mut Check<'s, '_, '_>) {
        let Some(progress) = self.progress else { return };
        let logic = self.logic;
        let green = logic.and_not(&logic.and(&self.run, &self.before.success), &self.before.stopped);
        let passed = logic.or(&progress.has_passed(logic), &self.exempt);
        let what = "is green though no attempt has passed";
        check.gating.prove(check.job, &green, &passed, what, &mut check.findings);
    }
}
