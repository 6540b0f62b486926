//! All runs of a job graph, judged one by one.

use super::begun::Source;
use super::graph::Graph;
use super::judge::{AllWrong, Case, Judge};
use super::walk::{before, walk};
use crate::brute_force::choose::Chooser;
use pipec_logic::Model;
use pipec_model::{JobResult, Reading};
use pipec_runtime::names::PLAN;
use std::collections::BTreeSet;

/// For each kind of run, how many pairs of jobs get a forced end.
const PAIRS: usize = 16;

/// Judges the runs of the job graph that an engine reads in an output.
///
/// The output is in a file of this name. The judgement is `None` if the facts of the graph are too large.
pub fn judge(
    source: &Source<'_>,
    pipeline: &pipec_ir::Pipeline,
    reading: &dyn Reading,
    file: &str,
    choose: &mut Chooser,
) -> Option<AllWrong> {
    let graph = Graph::new(reading, pipeline)?;
    let cases: Vec<Case> = source.runs(choose).into_iter().map(|begun| Case::new(source, begun)).collect();
    let mut judge = Judge::new(source, &graph, source.on_reviewed_code(), file);
    judge.all_nodes_have_jobs();
    judge.triggers();
    judge.approvals();
    judge.authority();
    judge.frame();
    judge.locks();
    judge.record();
    let mut kinds: BTreeSet<Vec<bool>> = BTreeSet::new();
    for case in cases {
        let noise = choose.below(usize::MAX) as u64;
        let facts = before(&graph, source, &case.begun, noise);
        if !source.is_triggered(graph.triggers, &case.begun, noise & 1 == 1) {
            judge.never_begins(&case);
            continue;
        }
        judge.begins(&case);
        let Some(green) = walk(&graph, source, &case.begun, &facts, &[]) else { continue };
        judge.order(&case, &green);
        judge.may_go_on(&case, &green, &[]);
        // Runs of one kind differ in nothing that the order of jobs can depend on.
        if !kinds.insert(judge.kind(&case, &green)) {
            continue;
        }
        judge.verdict(&case, &green);
        judge.steps(&case, &green);
        for forced in forced(graph.jobs.len(), choose) {
            if let Some(walk) = walk(&graph, source, &case.begun, &facts, &forced) {
                judge.order(&case, &walk);
                judge.may_go_on(&case, &walk, &forced);
                judge.role_is_asked(&case, &walk, &forced);
                judge.verdict(&case, &walk);
            }
        }
        for facts in without_plan(&graph, &facts) {
            let failed = graph.place_of(PLAN).map(|plan| (plan, JobResult::Failure));
            if let Some(walk) = walk(&graph, source, &case.begun, &facts, failed.as_slice()) {
                judge.order(&case, &walk);
                judge.steps(&case, &walk);
            }
        }
        for forced in judge.overridden(&case, &green) {
            if let Some(walk) = walk(&graph, source, &case.begun, &facts, &forced) {
                judge.steps(&case, &walk);
            }
        }
    }
    Some(judge.wrong)
}

/// What jobs may read of a plan that failed: everything and nothing.
fn without_plan(graph: &Graph<'_>, facts: &Model) -> Vec<Model> {
    let handed_on = |all: bool| {
        let mut model = facts.clone();
        let facts = graph.jobs.iter().flat_map(|job| &job.facts).map(|(variable, _)| variable);
        facts.chain(&graph.unknown).for_each(|variable| model.set(*variable, all));
        model
    };
    [true, false].map(handed_on).into()
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
