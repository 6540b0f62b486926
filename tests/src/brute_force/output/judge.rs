//! What is wrong with the runs of a job graph.
//!
//! All judgements have these types in common.

use super::begun::{Begun, Source};
use super::graph::Graph;
use super::walk::Walk;
use crate::brute_force::before::Place;
use crate::brute_force::model::{Environment, Node, What};
use pipec_runtime::names::{OVERRIDE, UNTRUSTED};
use std::collections::BTreeMap;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// What triggers runs, when jobs start, and in which order.
    Start,
    /// Which steps run in a job, their order, and what a successful job did.
    Steps,
    /// What steps are given.
    Values,
    /// The verdict and the record.
    Verdict,
    /// Which deploys may run at the same time.
    Lock,
    /// Rights, secrets, identities and environments.
    Authority,
    /// Machines, images, timeouts, legs and names.
    Frame,
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

/// A run, and what the source says of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The run.
    pub begun: Begun,
    /// Whether the source admits it.
    pub is_admitted: bool,
    /// For each stage, whether the source has it in the run.
    pub due: Vec<bool>,
}

impl Case {
    /// A run of a pipeline.
    pub fn new(source: &Source<'_>, begun: Begun) -> Case {
        let stages = 0..source.pipeline.stages.len();
        let due = stages.map(|stage| source.is_due(stage, &begun)).collect();
        Case { is_admitted: source.admits(&begun), due, begun }
    }

    /// Whether the source has a node in the run.
    pub fn is_due(&self, place: Place) -> bool {
        self.due[place.0]
    }
}

/// What judges the runs of one job graph.
pub struct Judge<'j, 'p, 'r> {
    /// The source.
    pub source: &'j Source<'p>,
    /// The job graph.
    pub graph: &'j Graph<'r>,
    /// The names of all nodes, in their order.
    pub names: BTreeMap<Place, String>,
    /// The place of the node of each job.
    pub node_of: Vec<Option<Place>>,
    /// The places of the jobs of each node.
    pub jobs_of: BTreeMap<Place, Vec<usize>>,
    /// For each stage, whether the source has it in a run of reviewed code.
    pub on_reviewed_code: Vec<bool>,
    /// The name of the file that holds the output.
    pub file: &'j str,
    /// What was found so far.
    pub wrong: AllWrong,
}

impl<'j, 'p, 'r> Judge<'j, 'p, 'r> {
    /// What judges a graph.
    pub fn new(
        source: &'j Source<'p>,
        graph: &'j Graph<'r>,
        on_reviewed_code: Vec<bool>,
        file: &'j str,
    ) -> Self {
        let names: BTreeMap<Place, String> =
            source.order.places.iter().map(|place| (*place, source.name(*place))).collect();
        let named = |id: &str| names.iter().find(|(_, name)| *name == id).map(|(place, _)| *place);
        let of = |id: &str| named(id).or_else(|| named(id.strip_suffix(UNTRUSTED)?));
        let node_of: Vec<Option<Place>> = graph.jobs.iter().map(|job| of(&job.job.id)).collect();
        let mut jobs_of: BTreeMap<Place, Vec<usize>> =
            source.order.places.iter().map(|place| (*place, Vec::new())).collect();
        for (job, place) in node_of.iter().enumerate() {
            if let Some(jobs) = place.and_then(|place| jobs_of.get_mut(&place)) {
                jobs.push(job);
            }
        }
        Judge { source, graph, names, node_of, jobs_of, on_reviewed_code, file, wrong: AllWrong::new() }
    }

    /// Notes down what is wrong in a run.
    pub fn find(&mut self, aspect: Aspect, job: &str, what: impl Into<String>, case: &Case) {
        let wrong = Wrong { aspect, job: job.to_owned(), what: what.into() };
        let run = || self.source.concrete(&case.begun).run.to_string();
        self.wrong.entry(wrong).or_insert_with(run);
    }

    /// Notes down what is wrong in every run.
    pub fn always(&mut self, aspect: Aspect, job: &str, what: impl Into<String>) {
        let wrong = Wrong { aspect, job: job.to_owned(), what: what.into() };
        self.wrong.entry(wrong).or_insert_with(|| "every run".to_owned());
    }

    /// The id of a job.
    pub fn id(&self, job: usize) -> &'r str {
        &self.graph.jobs[job].job.id
    }

    /// Whether a node only reports.
    pub fn is_advisory(&self, node: &Node) -> bool {
        matches!(&node.what, What::Gate(gate) if gate.advisory)
    }

    /// Whether a node has passed.
    ///
    /// Either one of its jobs succeeded, or the run overrides it and its role approved that.
    pub fn has_passed(&self, node: Place, case: &Case, walk: &Walk) -> bool {
        let by_job = self.jobs_of[&node].iter().any(|job| walk.is_passed(*job));
        by_job || self.is_overridden(&self.names[&node], case, walk)
    }

    /// Whether the run overrides a gate, and its role approved that.
    pub fn is_overridden(&self, gate: &str, case: &Case, walk: &Walk) -> bool {
        let named = case.begun.overriding.as_ref().and_then(|overriding| overriding.gate.as_deref());
        let asks = || self.graph.place_of(&format!("{OVERRIDE}{gate}"));
        named == Some(gate) && asks().is_some_and(|asks| walk.is_passed(asks))
    }

    /// Whether a job runs only for code that nobody reviewed, and so may hold nothing.
    pub fn is_untrusted_only(&self, job: usize) -> bool {
        let Some(place) = self.node_of[job] else { return false };
        if self.id(job) != self.names[&place] {
            return true;
        }
        let is_open = self.environment(place).is_some_and(|environment| environment.open);
        !is_open && self.jobs_of[&place].len() == 1 && !self.on_reviewed_code[place.0]
    }

    /// The environment that a node deploys to.
    pub fn environment(&self, place: Place) -> Option<&'p Environment> {
        match &self.source.node(place).what {
            What::Deploy(_, environment) => self.source.program.environment(environment),
            _ => None,
        }
    }

    /// The role that a job signs in as.
    pub fn role(&self, job: usize) -> Option<&'static str> {
        let place = self.node_of[job].filter(|_| !self.is_untrusted_only(job))?;
        let of_environment = self.environment(place).and_then(|environment| environment.identity);
        self.source.node(place).identity.or(of_environment)
    }
}
