//! Judges the verdict and the record.
//!
//! A run that went wrong must not look as if it had gone well.

use super::judge::{Aspect, Case, Judge};
use super::walk::{Walk, run_leg};
use pipec_model::{Does, JobResult, Step};
use pipec_runtime::names::{OVERRIDE, PLAN, RECORD, VERDICT};
use pipec_runtime::{Script, VerdictForm};
use std::collections::BTreeSet;

impl Judge<'_, '_, '_> {
    /// The verdict succeeds exactly if every due job succeeded and no other ran.
    ///
    /// Without facts the verdict fails anyway.
    pub fn verdict(&mut self, case: &Case, walk: &Walk) {
        let plan = self.graph.place_of(PLAN);
        if !case.is_admitted || plan.is_some_and(|plan| !walk.is_passed(plan)) {
            return;
        }
        let Some(verdict) = self.graph.place_of(VERDICT) else {
            return self.find(Aspect::Verdict, VERDICT, "is no job", case);
        };
        if walk.ended[verdict] != JobResult::Success || !walk.started[verdict] {
            // It was forced to end in another way, or does not start.
            if !walk.started[verdict] {
                self.find(Aspect::Verdict, VERDICT, "does not always run", case);
            }
            return;
        }
        let judged = self.judged_green(verdict, case, walk);
        let bad = self.first_bad(case, walk);
        match (judged, bad) {
            (true, Some(bad)) => {
                let what = format!("is green, though `{}` is not as it must be", self.id(bad));
                self.find(Aspect::Verdict, VERDICT, what, case);
            }
            (false, None) => self.find(Aspect::Verdict, VERDICT, "is red, though nothing is wrong", case),
            _ => {}
        }
    }

    /// The first job that breaks the verdict.
    ///
    /// It was due and did not succeed, or ran and was not due.
    fn first_bad(&self, case: &Case, walk: &Walk) -> Option<usize> {
        let named = case.begun.overriding.as_ref().and_then(|overriding| overriding.gate.clone());
        (0..self.graph.jobs.len()).find(|job| {
            let id = self.id(*job);
            let (is_due, is_overridden) = match self.node_of[*job] {
                Some(place) => {
                    if self.is_advisory(self.source.node(place)) {
                        return false;
                    }
                    let has_twin = self.jobs_of[&place].len() > 1;
                    let is_twin = id != self.names[&place];
                    let is_this = match has_twin {
                        true => is_twin != case.begun.run.is_trusted(),
                        false => true,
                    };
                    let asks = self.graph.place_of(&format!("{OVERRIDE}{id}"));
                    let is_overridden = walk.seen[*job] == JobResult::Failure
                        && asks.is_some_and(|asks| walk.seen[asks] == JobResult::Success);
                    (case.is_due(place) && is_this, is_overridden)
                }
                None if id == PLAN => (true, false),
                None => {
                    let Some(gate) = id.strip_prefix(OVERRIDE) else { return false };
                    let own = self.graph.place_of(gate);
                    let has_failed = own.is_some_and(|own| walk.seen[own] == JobResult::Failure);
                    (named.as_deref() == Some(gate) && has_failed, false)
                }
            };
            match is_due {
                true => walk.seen[*job] != JobResult::Success && !is_overridden,
                false => walk.seen[*job] != JobResult::Skipped,
            }
        })
    }

    /// What the script of the verdict says, given the texts of its lines.
    fn judged_green(&self, verdict: usize, case: &Case, walk: &Walk) -> bool {
        let job = &self.graph.jobs[verdict];
        let mut model = walk.model.clone();
        let mut is_green = true;
        for leg in &job.legs {
            let run = run_leg(self.graph, job, leg, &mut model, &[]);
            for (place, step) in leg.iter().enumerate() {
                if run.has_run(place) && matches!(step.step.does, Does::Runtime(Script::Verdict(_))) {
                    is_green &= self.results_are_good(verdict, step.step, case, walk);
                }
            }
        }
        is_green
    }

    /// What the script asks of the jobs that the verdict needs.
    fn results_are_good(&self, verdict: usize, step: &Step, case: &Case, walk: &Walk) -> bool {
        let given = step.env.iter().filter(|given| given.name.starts_with("DUE"));
        let texts: Option<Vec<String>> =
            given.map(|given| self.text(verdict, &given.value, case, walk)).collect();
        let Some(texts) = texts else { return false };
        let lines: Vec<&str> = texts.iter().flat_map(|text| text.lines()).collect();
        let is_overridable = step.runs(Script::Verdict(VerdictForm::Overridable));
        self.graph.jobs[verdict].job.waits_for.iter().all(|id| {
            let Some(job) = self.graph.place_of(id) else { return false };
            let asks = self.graph.place_of(&format!("{OVERRIDE}{id}"));
            let is_overridden =
                is_overridable && asks.is_some_and(|asks| walk.seen[asks] == JobResult::Success);
            match walk.seen[job] {
                JobResult::Skipped => lines.contains(&format!("{id} not-due").as_str()),
                _ if lines.contains(&format!("{id} not-due").as_str()) => false,
                JobResult::Success => true,
                JobResult::Failure => is_overridden,
                JobResult::Cancelled => false,
            }
        })
    }

    /// The record runs last, after every outcome, and lists every job.
    pub fn record(&mut self) {
        let wrong: Option<&str> = match self.graph.place_of(RECORD) {
            None => Some("is no job"),
            Some(place) => {
                let job = &self.graph.jobs[place];
                let others = self.graph.jobs.iter().filter(|other| other.job.id != RECORD);
                let all: BTreeSet<&str> = others.map(|other| other.job.id.as_str()).collect();
                let waits: BTreeSet<&str> = job.job.waits_for.iter().map(String::as_str).collect();
                let holds = |part| self.graph.world.logic().is_always_true(part).unwrap_or(false);
                let nodes = job.job.steps().iter().find(|step| step.runs(Script::RecordRun));
                if waits != all {
                    Some("does not wait for every job")
                } else if !job.start.iter().all(holds) {
                    Some("does not always run")
                } else if !nodes.is_some_and(|step| self.tells_of_all(step)) {
                    Some("does not tell of every job what it is")
                } else {
                    None
                }
            }
        };
        if let Some(what) = wrong {
            self.always(Aspect::Verdict, RECORD, what);
        }
    }

    /// Whether the record names each job of a node once, and what it does.
    fn tells_of_all(&self, step: &Step) -> bool {
        let lines = step.env_literal("NODES").unwrap_or_default().lines();
        let lines: Vec<serde_json::Value> =
            lines.filter_map(|line| serde_json::from_str(line).ok()).collect();
        let jobs = self.node_of.iter().enumerate().filter_map(|(job, place)| Some((self.id(job), (*place)?)));
        let mut count = 0;
        for (job, place) in jobs {
            count += 1;
            let mut own = lines.iter().filter(|line| line["job"] == job);
            let (Some(line), None) = (own.next(), own.next()) else { return false };
            let environment = self.environment(place).map_or("", |environment| environment.name.as_str());
            let stage = self.source.pipeline.stages[place.0].name.as_str();
            let is_it = line["node"].as_str().unwrap_or(job) == self.names[&place].as_str()
                && line["stage"] == stage
                && line["environment"].as_str().unwrap_or_default() == environment;
            if !is_it {
                return false;
            }
        }
        count == lines.len()
    }
}
