//! The main theorem: the acts of a job run exactly when its node may run.
//!
//! That is when the node is due, and everything due before it has passed in this run, or is the gate that this run
//! overrides with the approval of its role.
//!
//! ```yaml
//! deploy-app-to-production:      # a deploy after the gate `unit`
//!   needs: [unit, app]
//!   if: ${{ !cancelled() && needs.app.result == 'success' }}
//! # a finding: "it starts, though `unit` has not passed". It has the run that shows it:
//! # "push of branch `main`: `deploy-app-to-production` starts, though `unit` has not passed"
//! ```

use crate::acts::Acts;
use crate::ledger::{Broken, Ledger};
use crate::legs::Instance;
use crate::overrides;
use pipec_claims::TheoremId;
use pipec_ir::{Event, GeneratedFile, Node, Pipeline, Program, StageId};
use pipec_logic::Proposition;
use pipec_model::Finding;
use pipec_model::Source;
use pipec_model::{ConditionId, ExpressionId, Job, JobState, Jobs, Reading, StepsBefore, World};
use pipec_runtime::names::UNTRUSTED;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;

/// The state that the gating proofs share.
pub(crate) struct Gating<'g, 'p> {
    pub(crate) engine: &'g dyn Reading,
    /// The states of all jobs, with every combination of results.
    pub(crate) jobs: &'g Jobs<'g>,
    /// The states of all jobs, with every started job green.
    pub(crate) green: &'g Jobs<'g>,
    pub(crate) world: &'g World,
    pub(crate) source: &'g Source<'p>,
    pub(crate) pipeline: &'g Pipeline,
    pub(crate) program: &'g Program,
    /// Every job, after all that it waits for.
    pub(crate) all_jobs: &'g [&'g Job],
    /// Each leg of each job with that of its node. The index is that of the job.
    pub(crate) instances: &'g [Vec<Instance<'g>>],
    /// The file that was read.
    pub(crate) file: &'g GeneratedFile,
    /// The jobs of each node, by its index.
    pub(crate) jobs_of_nodes: Vec<Vec<&'g Job>>,
    /// That each node has passed, by its index.
    pub(crate) passed: OnceCell<Vec<Proposition>>,
    /// The acts of each job, by its index, for both kinds of results.
    pub(crate) acts: RefCell<BTreeMap<usize, Acts>>,
    pub(crate) green_acts: RefCell<BTreeMap<usize, Acts>>,
    /// V, and that each node is due, by its index.
    pub(crate) admitted: Admitted,
}

/// The runs that the source admits, computed once.
pub(crate) struct Admitted {
    runs: Proposition,
    /// Whether the engine starts no other runs.
    has_no_others: bool,
    stages: Vec<InStage>,
}

/// The facts that the nodes of a stage share. They are due together.
struct InStage {
    due: Proposition,
    /// Whether they are due in every run that the engine starts.
    in_every_run: bool,
    /// Whether they may be due in a run of reviewed code.
    on_reviewed_code: bool,
    /// Whether they may be due in a run of code that nobody has reviewed.
    on_unreviewed_code: bool,
}

impl Admitted {
    /// The runs that the source admits, compared with those that the engine starts.
    pub(crate) fn of(world: &World, source: &Source<'_>, triggered: &Proposition) -> Admitted {
        let logic = world.logic();
        let runs = source.admits(world);
        let (trusted, untrusted) = (world.facts.trusted(), world.facts.untrusted());
        let is_sure = |due: &Proposition| logic.implies_always(triggered, due).unwrap_or(false);
        let in_stage = |stage: usize| {
            let due = logic.and(&runs, &source.contains(world, StageId(stage)));
            InStage {
                in_every_run: is_sure(&due),
                on_reviewed_code: logic.is_compatible(&due, &trusted).unwrap_or(true),
                on_unreviewed_code: logic.is_compatible(&due, &untrusted).unwrap_or(true),
                due,
            }
        };
        let stages = (0..source.pipeline().stages.len()).map(in_stage).collect();
        Admitted { has_no_others: is_sure(&runs), runs, stages }
    }
}

impl<'g> Gating<'g, '_> {
    /// That the node is due.
    pub(crate) fn due(&self, node: &Node) -> Proposition {
        self.in_stage(node).map_or_else(|| self.world.logic().falsehood(), |stage| stage.due.clone())
    }

    fn in_stage(&self, node: &Node) -> Option<&InStage> {
        self.admitted.stages.get(node.stage.0)
    }

    fn is_in_every_run(&self, node: &Node) -> bool {
        self.in_stage(node).is_some_and(|stage| stage.in_every_run)
    }

    /// Whether the node may be due, but only in runs of code that nobody has reviewed.
    fn is_on_unreviewed_code_only(&self, node: &Node) -> bool {
        self.in_stage(node).is_some_and(|stage| stage.on_unreviewed_code && !stage.on_reviewed_code)
    }

    /// V: that the source admits the run.
    pub(crate) fn wanted(&self) -> Proposition {
        self.admitted.runs.clone()
    }

    /// That the node has passed. A job of the node is green, or the run overrides it with the approval of its role.
    fn passed(&self, node: &Node) -> Proposition {
        let passed = self
            .passed
            .get_or_init(|| self.pipeline.nodes.iter().map(|node| self.compute_passed(node)).collect());
        passed.get(node.id.0).cloned().unwrap_or_else(|| self.world.logic().falsehood())
    }

    fn compute_passed(&self, node: &Node) -> Proposition {
        let green: Vec<Proposition> =
            jobs_of(self, node).iter().filter_map(|job| self.succeeded(job)).collect();
        let green = self.world.logic().any(&green);
        self.world.logic().or(&green, &overridden(self, node))
    }

    /// That a job acted and succeeded. A job that starts and does not act is green, too.
    pub(crate) fn succeeded(&self, job: &Job) -> Option<Proposition> {
        let state = self.jobs.get(job.id.as_str())?;
        Some(self.world.logic().and(&state.success, &self.acts_of(job).begin))
    }

    /// That a job starts and acts.
    pub(crate) fn runs(&self, job: &Job) -> Proposition {
        match self.jobs.get(job.id.as_str()) {
            Some(state) => self.world.logic().and(state.start(self.world), &self.acts_of(job).may),
            None => self.world.logic().falsehood(),
        }
    }

    /// That a job starts and acts, if every started job is green.
    pub(crate) fn runs_if_green(&self, job: &Job) -> Proposition {
        let Some(state) = self.green.get(job.id.as_str()) else { return self.world.logic().falsehood() };
        let mut known = self.green_acts.borrow_mut();
        let acts = known
            .entry(state.place)
            .or_insert_with(|| Acts::of((state.place, job), self.engine, self.green, self.world));
        self.world.logic().and(state.start(self.world), &acts.begin)
    }

    /// The acts of a job.
    pub(crate) fn acts_of(&self, job: &Job) -> Acts {
        let Some(place) = self.place_of(job) else {
            let never = self.world.logic().falsehood();
            return Acts { may: never.clone(), begin: never };
        };
        let mut known = self.acts.borrow_mut();
        let acts = known.entry(place);
        acts.or_insert_with(|| Acts::of((place, job), self.engine, self.jobs, self.world)).clone()
    }

    /// Whether the platform has environments.
    pub(crate) fn has_environments(&self) -> bool {
        self.engine.has_environments(self.program.platforms.get(self.engine.name()))
    }

    /// The name of the file, without its folder.
    pub(crate) fn file_name(&self) -> &'g str {
        self.file.path.rsplit('/').next().unwrap_or_default()
    }

    /// Every job, after all that it waits for.
    pub(crate) fn all_jobs(&self) -> impl Iterator<Item = &'g Job> + use<'g> {
        self.all_jobs.iter().copied()
    }

    /// The job with this id.
    pub(crate) fn job(&self, id: &str) -> Option<&'g Job> {
        self.all_jobs.get(self.jobs.get(id)?.place).copied()
    }

    /// That the condition of a step holds, after the steps before it. `None` if the engine refuses the condition.
    pub(crate) fn holds(
        &self,
        job: &Job,
        condition: ConditionId,
        before: &StepsBefore,
    ) -> Option<Proposition> {
        self.engine.holds(self.place_of(job)?, condition, before, self.jobs, self.world)
    }

    /// That an expression of a job reads as a word. `None` if the engine can't decide it.
    pub(crate) fn reads(&self, job: &Job, expression: ExpressionId, word: &str) -> Option<Proposition> {
        self.engine.reads(self.place_of(job)?, expression, word, self.jobs, self.world)
    }

    /// A job in each leg of its node. Empty if it has no node.
    pub(crate) fn instances_of(&self, job: &Job) -> &'g [Instance<'g>] {
        let instances = self.place_of(job).and_then(|place| self.instances.get(place));
        instances.map(Vec::as_slice).unwrap_or_default()
    }

    fn place_of(&self, job: &Job) -> Option<usize> {
        self.jobs.get(job.id.as_str()).map(|state| state.place)
    }

    /// Every difference in the start of a node.
    pub(crate) fn check(&self, node: &Node, ledger: &mut Ledger) {
        let jobs = jobs_of(self, node);
        for job in jobs {
            for (names, finding) in self.never_more(node, job) {
                ledger.add(Broken::of(names), finding);
            }
        }
        ledger.extend(&Broken::of(&[TheoremId::StartsWheneverDue]), self.never_less(node, jobs));
        ledger.extend(&Broken::of(&[TheoremId::StartsOnce]), self.never_twice(node, jobs));
    }

    /// UNSAT(Start(job) ∧ ¬Start(node)). Each reason has its own proof, so that the finding can name it. The proof uses
    /// the job's own condition alone, with any results of other jobs.
    pub(crate) fn never_more(&self, node: &Node, job: &Job) -> Vec<(&'static [TheoremId], Finding)> {
        let Some(state) = self.jobs.get(job.id.as_str()) else { return Vec::new() };
        let (mut not_admitted, mut not_due) = (Vec::new(), Vec::new());
        // A job starts only in admitted runs, so most stages need no proof for each of their jobs.
        if !self.is_in_every_run(node) {
            if !self.admitted.has_no_others {
                let what = "starts, though no trigger lets this run in";
                self.prove_of_acts((job, state), &self.admitted.runs, what, &mut not_admitted);
            }
            let logic = self.world.logic();
            let due = logic.or(&self.due(node), &logic.not(&self.admitted.runs));
            let what = "starts, though its stage is not in this run";
            self.prove_of_acts((job, state), &due, what, &mut not_due);
        }
        let mut found: Vec<(&'static [TheoremId], Finding)> = Vec::new();
        let with = |names: &'static [TheoremId]| move |finding| (names, finding);
        let admission: &[TheoremId] = &[TheoremId::Admission, TheoremId::StartsOnlyWhenDue];
        let order: &[TheoremId] = &[TheoremId::StartsOnlyWhenDue, TheoremId::Order];
        found.extend(not_admitted.into_iter().map(with(admission)));
        found.extend(not_due.into_iter().map(with(&[TheoremId::StartsOnlyWhenDue])));
        found.extend(self.awaits_all(node, (job, state)).into_iter().map(with(order)));
        found
    }

    /// Proves that it starts only after every due node before it has passed.
    fn awaits_all(&self, node: &Node, (job, state): (&Job, &JobState<'_>)) -> Vec<Finding> {
        let logic = self.world.logic();
        let mut findings = Vec::new();
        let awaited: Vec<&Node> = node
            .before
            .iter()
            .filter_map(|id| self.pipeline.node(*id))
            .filter(|before| before.id != node.id && !before.is_advisory())
            .collect();
        // First each stage is proved as a whole. Single proofs would cost a pipeline of many nodes its square.
        let mut stages: BTreeMap<StageId, Vec<&Node>> = BTreeMap::new();
        for before in awaited {
            stages.entry(before.stage).or_default().push(before);
        }
        for (stage, nodes) in stages {
            let Some(first) = nodes.first() else { continue };
            let passed: Vec<Proposition> = nodes.iter().map(|node| self.passed(node)).collect();
            let due = if self.is_in_every_run(first) { logic.truth() } else { self.due(first) };
            let passed_if_due = logic.implies(&due, &logic.all(&passed));
            let is_enough =
                |asked: &Proposition| logic.implies_always(asked, &passed_if_due).unwrap_or(false);
            let asked = state.asked_of(stage, self.world);
            // The conditions of its steps may have everything that it waits for.
            let asked_by_steps = self.acts_of(job).may;
            if is_enough(&asked)
                || is_enough(&state.demands)
                || is_enough(&logic.and(&asked, &state.circumstances))
                || is_enough(&asked_by_steps)
            {
                continue;
            }
            let start = logic.and(&self.runs(job), &due);
            for (before, passed) in nodes.into_iter().zip(&passed) {
                let what = format_args!("starts, though `{}` has not passed", before.name);
                self.prove(job, &start, passed, what, &mut findings);
            }
        }
        findings
    }

    /// Proves that a due node starts if all jobs are green and nothing is cancelled.
    fn never_less(&self, node: &Node, jobs: &[&Job]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let logic = self.world.logic();
        let starts: Vec<Proposition> = jobs.iter().map(|job| self.runs_if_green(job)).collect();
        let name = jobs.first().map_or(node.name.as_str(), |job| job.id.as_str());
        let line = jobs.first().map_or(1, |job| job.line);
        let what = "does not start, though it is due and nothing failed";
        self.prove_at((name, line), &self.due(node), &logic.any(&starts), what, &mut findings);
        findings
    }

    /// Proves that the twins of a node never run together. Each artefact has one writer in a run.
    pub(crate) fn never_twice(&self, node: &Node, jobs: &[&Job]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let logic = self.world.logic();
        let [first, second] = jobs else {
            if jobs.len() > 2 {
                findings.push(Finding::of_job(&node.name, "one node has more than two jobs", 1));
            }
            return findings;
        };
        let (Some(left), Some(right)) = (self.jobs.get(first.id.as_str()), self.jobs.get(second.id.as_str()))
        else {
            return findings;
        };
        let here = logic.and(&left.triggered, &left.circumstances);
        if logic.is_compatible(&here, &right.circumstances).unwrap_or(true) {
            let alone = logic.not(&self.runs(first));
            self.prove(
                second,
                &self.runs(second),
                &alone,
                "starts in the same run as its twin",
                &mut findings,
            );
        }
        let untrusted =
            self.world.facts.any_event(Event::ALL.into_iter().filter(|event| !event.is_trusted()));
        for job in [first, second].into_iter().filter(|job| job.id.ends_with(UNTRUSTED)) {
            if let Some(state) = self.jobs.get(job.id.as_str()) {
                let what = "starts, though the run is trusted";
                self.prove_of_acts((job, state), &untrusted, what, &mut findings);
            }
        }
        findings
    }

    /// Reports a run in which a job starts and the conclusion does not hold.
    pub(crate) fn prove_of_start(
        &self,
        (job, state): (&Job, &JobState<'_>),
        conclusion: &Proposition,
        otherwise: impl fmt::Display,
        findings: &mut Vec<Finding>,
    ) {
        let logic = self.world.logic();
        let inside = logic.implies(&state.triggered, conclusion);
        if !logic.implies_always(&state.circumstances, &inside).unwrap_or(false) {
            self.prove(job, state.start(self.world), conclusion, otherwise, findings);
        }
    }

    /// Reports a run in which a job acts and the conclusion does not hold.
    fn prove_of_acts(
        &self,
        (job, state): (&Job, &JobState<'_>),
        conclusion: &Proposition,
        otherwise: impl fmt::Display,
        findings: &mut Vec<Finding>,
    ) {
        let logic = self.world.logic();
        let inside = logic.implies(&state.triggered, conclusion);
        let is_enough = |premise: &Proposition| logic.implies_always(premise, &inside).unwrap_or(false);
        if !is_enough(&state.circumstances) && !is_enough(&self.acts_of(job).may) {
            self.prove(job, &self.runs(job), conclusion, otherwise, findings);
        }
    }

    /// Reports a run in which the premise holds and the conclusion does not. Otherwise reports a proof that is too
    /// large.
    pub(crate) fn prove(
        &self,
        job: &Job,
        premise: &Proposition,
        conclusion: &Proposition,
        otherwise: impl fmt::Display,
        findings: &mut Vec<Finding>,
    ) {
        self.prove_at((&job.id, job.line), premise, conclusion, otherwise, findings);
    }

    fn prove_at(
        &self,
        (job, line): (&str, usize),
        premise: &Proposition,
        conclusion: &Proposition,
        otherwise: impl fmt::Display,
        findings: &mut Vec<Finding>,
    ) {
        let logic = self.world.logic();
        match logic.implies_always(premise, conclusion) {
            Ok(true) => {}
            Ok(false) => {
                let counterexample = logic.and_not(premise, conclusion);
                let run = format!("{}: `{job}` {otherwise}", self.world.describe(&counterexample));
                findings.push(Finding::of_job(job, format!("it {otherwise}"), line).shown_by(run));
            }
            Err(too_large) => {
                let message = format!("whether it {otherwise} is {too_large}");
                findings.push(Finding::undecided(message, line).in_job(job));
            }
        }
    }
}

/// The jobs of a node: its own, and its twin for untrusted events.
pub(crate) fn jobs_of<'a, 'g>(gating: &'a Gating<'g, '_>, node: &Node) -> &'a [&'g Job] {
    gating.jobs_of_nodes.get(node.id.0).map(Vec::as_slice).unwrap_or_default()
}

/// The jobs of each node, by its index.
pub(crate) fn jobs_of_nodes<'w>(all: &[&'w Job], source: &Source<'_>) -> Vec<Vec<&'w Job>> {
    let mut jobs = vec![Vec::new(); source.pipeline().nodes.len()];
    for job in all.iter().copied() {
        let place = source.node_of(&job.id).map(|node| node.id.0);
        if let Some(jobs) = place.and_then(|place| jobs.get_mut(place)) {
            jobs.push(job);
        }
    }
    jobs
}

/// Whether a job runs its node on untrusted events only. Such a job has no rights.
pub(crate) fn is_untrusted_only(gating: &Gating<'_, '_>, job: &Job) -> bool {
    let Some(node) = gating.source.node_of(&job.id) else { return false };
    if node.name != job.id && job.id.ends_with(UNTRUSTED) {
        return true;
    }
    // Another proof shows that it starts only for members.
    if gating.program.preview_of(node).is_some_and(|environment| environment.open_to_members) {
        return false;
    }
    let twins = jobs_of(gating, node).len() > 1;
    !twins && gating.is_on_unreviewed_code_only(node)
}

/// That the job of an overridden gate is green. The run overrides exactly this gate.
pub(crate) fn overridden(gating: &Gating<'_, '_>, gate: &Node) -> Proposition {
    let logic = gating.world.logic();
    if gate.overriding().is_none() {
        return logic.falsehood();
    }
    let approved = gating.job(&overrides::id(gate)).and_then(|job| gating.succeeded(job));
    match approved {
        Some(approved) => logic.and(&gating.world.overrides(&gate.name), &approved),
        None => logic.falsehood(),
    }
}
