//! What is wrong with the runs of a job graph, run by run.

use super::begun::{Begun, Source};
use super::graph::Graph;
use super::walk::{Walk, before, walk};
use crate::brute_force::before::Place;
use crate::brute_force::choose::Chooser;
use crate::brute_force::model::{Node, What};
use pipec_model::{JobResult, Reading};
use pipec_runtime::names::{OVERRIDE, PLAN, RECORD, UNTRUSTED, VERDICT};
use std::collections::{BTreeMap, BTreeSet};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// When jobs start, and in which order.
    Start,
}

/// Something wrong with the runs of a job graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// What it is about.
    pub aspect: Aspect,
    /// The job.
    pub job: String,
    /// What is wrong.
    pub what: String,
}

/// What is wrong with an output, each with a run that shows it.
pub type AllWrong = BTreeMap<Wrong, String>;

/// How many pairs of jobs are forced to end in some way, for each kind of run.
const PAIRS: usize = 16;

/// Judges the runs of the job graph that an engine reads in an output. `None` if its facts are too large.
pub fn judge(
    source: &Source<'_>,
    pipeline: &pipec_ir::Pipeline,
    reading: &dyn Reading,
    choose: &mut Chooser,
) -> Option<AllWrong> {
    let graph = Graph::new(reading, pipeline)?;
    let jobs = JobsOfNodes::new(source, &graph);
    let mut judge = Judge { source, graph: &graph, jobs, wrong: AllWrong::new() };
    judge.jobs_of_nodes();
    let mut kinds: BTreeSet<Vec<bool>> = BTreeSet::new();
    for begun in source.runs(choose) {
        let noise = choose.below(usize::MAX) as u64;
        let facts = before(&graph, source, &begun, noise);
        if !graph.holds(&graph.triggered, &facts) {
            judge.never_begins(&begun);
            continue;
        }
        let Some(green) = walk(&graph, source, &begun, &facts, &[]) else { continue };
        judge.green(&begun, &green);
        // Runs of one kind differ in nothing that the order of jobs can depend on.
        if kinds.insert(judge.kind(&begun, &green)) {
            for forced in forced(graph.jobs.len(), choose) {
                if let Some(walk) = walk(&graph, source, &begun, &facts, &forced) {
                    judge.order(&begun, &walk);
                    judge.may_go_on(&begun, &walk, &forced);
                }
            }
        }
    }
    Some(judge.wrong)
}

/// Each job ending in each way, and some pairs of jobs.
fn forced(jobs: usize, choose: &mut Chooser) -> Vec<Vec<(usize, JobResult)>> {
    let one = (0..jobs).flat_map(|job| JobResult::ALL.map(|result| vec![(job, result)]));
    let mut all: Vec<Vec<(usize, JobResult)>> = one.collect();
    for _ in 0..PAIRS {
        let (first, second) = (choose.below(jobs), choose.below(jobs));
        if first != second {
            all.push(vec![(first, choose.of(&JobResult::ALL)), (second, choose.of(&JobResult::ALL))]);
        }
    }
    all
}

/// Which jobs stand for which nodes.
struct JobsOfNodes {
    /// The place of the node of each job.
    node: Vec<Option<Place>>,
    /// The places of the jobs of each node.
    jobs: BTreeMap<Place, Vec<usize>>,
}

impl JobsOfNodes {
    fn new(source: &Source<'_>, graph: &Graph<'_>) -> JobsOfNodes {
        let named = |id: &str| source.order.places.iter().copied().find(|place| source.name(*place) == id);
        let of = |id: &str| named(id).or_else(|| named(id.strip_suffix(UNTRUSTED)?));
        let node: Vec<Option<Place>> = graph.jobs.iter().map(|job| of(&job.job.id)).collect();
        let mut jobs: BTreeMap<Place, Vec<usize>> =
            source.order.places.iter().map(|place| (*place, Vec::new())).collect();
        for (job, place) in node.iter().enumerate() {
            if let Some(jobs) = place.and_then(|place| jobs.get_mut(&place)) {
                jobs.push(job);
            }
        }
        JobsOfNodes { node, jobs }
    }
}

struct Judge<'j, 'p, 'r> {
    source: &'j Source<'p>,
    graph: &'j Graph<'r>,
    jobs: JobsOfNodes,
    wrong: AllWrong,
}

impl Judge<'_, '_, '_> {
    fn find(&mut self, aspect: Aspect, job: &str, what: impl Into<String>, begun: &Begun) {
        let wrong = Wrong { aspect, job: job.to_owned(), what: what.into() };
        let run = || self.source.concrete(begun).run.to_string();
        self.wrong.entry(wrong).or_insert_with(run);
    }

    fn id(&self, job: usize) -> &str {
        &self.graph.jobs[job].job.id
    }

    fn is_advisory(&self, node: &Node) -> bool {
        matches!(&node.what, What::Gate(gate) if gate.advisory)
    }

    /// Every node has a job.
    fn jobs_of_nodes(&mut self) {
        for (place, jobs) in &self.jobs.jobs {
            if jobs.is_empty() {
                let wrong =
                    Wrong { aspect: Aspect::Start, job: self.source.name(*place), what: "has no job".into() };
                self.wrong.insert(wrong, String::new());
            }
        }
    }

    /// A run that the source lets in begins, if it has something to do.
    fn never_begins(&mut self, begun: &Begun) {
        let places = self.source.order.places.clone();
        if let Some(place) = places.into_iter().find(|place| self.source.is_due(place.0, begun)) {
            let name = self.source.name(place);
            self.find(Aspect::Start, &name, "does not start, since the run does not begin", begun);
        }
    }

    /// What the order of jobs can depend on: which stages are due, and which jobs start.
    fn kind(&self, begun: &Begun, walk: &Walk) -> Vec<bool> {
        let stages = self.source.pipeline.stages.len();
        let due = (0..stages).map(|stage| self.source.is_due(stage, begun));
        let run =
            [self.source.admits(begun), begun.run.is_trusted(), begun.overriding.is_some(), begun.on_tag];
        due.chain(run).chain(walk.started.iter().copied()).collect()
    }

    /// A run in which everything that starts succeeds.
    fn green(&mut self, begun: &Begun, walk: &Walk) {
        self.order(begun, walk);
        self.may_go_on(begun, walk, &[]);
    }

    /// A job starts only if its node is due, and all that is due before it has passed; no twin starts beside it.
    fn order(&mut self, begun: &Begun, walk: &Walk) {
        for job in (0..self.graph.jobs.len()).filter(|job| walk.started[*job]) {
            let Some(place) = self.jobs.node[job] else { continue };
            let id = self.id(job).to_owned();
            if !self.source.admits(begun) {
                self.find(Aspect::Start, &id, "starts, though no trigger lets this run in", begun);
                continue;
            }
            if !self.source.is_due(place.0, begun) {
                self.find(Aspect::Start, &id, "starts, though its stage is not in this run", begun);
                continue;
            }
            for before in self.source.order.places.clone() {
                let is_awaited = self.source.order.is_before(before, place)
                    && self.source.is_due(before.0, begun)
                    && !self.is_advisory(self.source.node(before));
                if is_awaited && !self.has_passed(before, begun, walk) {
                    let what = format!("starts, though `{}` has not passed", self.source.name(before));
                    self.find(Aspect::Start, &id, what, begun);
                }
            }
            let twins = self.jobs.jobs[&place].iter().filter(|other| walk.started[**other]);
            if twins.count() > 1 {
                self.find(Aspect::Start, &id, "starts beside its twin", begun);
            }
            let is_twin = id != self.source.name(place);
            if is_twin && begun.run.is_trusted() {
                self.find(Aspect::Start, &id, "starts, though the run is trusted", begun);
            }
        }
    }

    /// Whether a node has passed: by one of its jobs, or because the run overrides it and its role approved that.
    fn has_passed(&self, node: Place, begun: &Begun, walk: &Walk) -> bool {
        let by_job = self.jobs.jobs[&node].iter().any(|job| walk.is_passed(*job));
        by_job || self.is_overridden(&self.source.name(node), begun, walk)
    }

    fn is_overridden(&self, gate: &str, begun: &Begun, walk: &Walk) -> bool {
        let named = begun.overriding.as_ref().and_then(|overriding| overriding.gate.as_deref());
        let asks = self.graph.place_of(&format!("{OVERRIDE}{gate}"));
        named == Some(gate) && asks.is_some_and(|asks| walk.is_passed(asks))
    }

    /// Where nothing failed that counts, every node that is due starts.
    fn may_go_on(&mut self, begun: &Begun, walk: &Walk, forced: &[(usize, JobResult)]) {
        let counts_not = |(job, result): &(usize, JobResult)| {
            let Some(place) = self.jobs.node[*job] else { return false };
            let is_overridden = self.is_overridden(self.id(*job), begun, walk);
            let may_fail = self.is_advisory(self.source.node(place)) || is_overridden;
            walk.started[*job] && *result == JobResult::Failure && may_fail
        };
        if !self.source.admits(begun) || !forced.iter().all(counts_not) {
            return;
        }
        for place in self.source.order.places.clone() {
            let starts = self.jobs.jobs[&place].iter().any(|job| walk.started[*job]);
            if self.source.is_due(place.0, begun) && !starts {
                let name = self.source.name(place);
                self.find(Aspect::Start, &name, "does not start, though it is due and nothing failed", begun);
            }
        }
    }
}

/// Whether a job is one of the output's own.
pub fn is_own(id: &str) -> bool {
    [PLAN, VERDICT, RECORD].contains(&id) || id.starts_with(OVERRIDE)
}
