//! The texts that steps are given in a run.

use super::judge::{Case, Judge};
use super::walk::Walk;
use pipec_model::{ExpressionId, Job, JobResult, Part, Value};
use pipec_runtime::Script;

impl Judge<'_, '_, '_> {
    /// The text of a value of a job in a run.
    ///
    /// A part that nobody knows before is a word in angle brackets. The text is `None` if it is unknown.
    pub fn text(&self, job: usize, value: &Value, case: &Case, walk: &Walk) -> Option<String> {
        let mut text = String::new();
        for part in value.parts() {
            text += &self.part(job, part, case, walk)?;
        }
        Some(text)
    }

    fn part(&self, job: usize, part: &Part, case: &Case, walk: &Walk) -> Option<String> {
        let waits_for = |other: &str| {
            let is_awaited = self.graph.jobs[job].job.waits_for.iter().any(|need| need == other);
            self.graph.place_of(other).filter(|_| is_awaited)
        };
        Some(match part {
            Part::Literal(text) => text.to_string(),
            Part::Scratch => "<scratch>".to_owned(),
            Part::RefName => self.source.ref_name(&case.begun).unwrap_or("<ref>").to_owned(),
            Part::Secret(name) => format!("<secret {name}>"),
            Part::JobResult(other) => match waits_for(other) {
                Some(other) => walk.seen[other].word().to_owned(),
                None => String::new(),
            },
            Part::JobOutput { jobs, output } => {
                let texts = jobs.iter().filter_map(|other| waits_for(other));
                let mut texts = texts.map(|other| self.handed_on(other, output, walk));
                texts.find(|text| !text.is_empty()).unwrap_or_default()
            }
            Part::Expression(ExpressionId(number)) => {
                let words = &self.graph.jobs[job].words;
                let mut known = words.iter().filter(|((of, _), _)| of == number);
                let reads = known.find(|(_, holds)| self.graph.holds(holds, &walk.model));
                reads.map(|((_, word), _)| (*word).to_owned())?
            }
            Part::Unknown(_) => return None,
            other => format!("<{other:?}>"),
        })
    }

    /// What a job hands on under a name: nothing, unless it passed.
    fn handed_on(&self, job: usize, output: &str, walk: &Walk) -> String {
        let of = self.graph.jobs[job].job;
        let given = of.outputs().iter().find(|given| *given.name == *output);
        match given.and_then(|given| given.value.as_part()) {
            Some(Part::StepOutput { step, output }) if walk.ended[job] == JobResult::Success => {
                match self.records(of, step) && output == "digest" {
                    true => digest_of(&of.id),
                    false => format!("<{output} of {step} in {}>", of.id),
                }
            }
            _ => String::new(),
        }
    }

    /// Whether a step of a job records a digest.
    fn records(&self, job: &Job, step: &str) -> bool {
        let is_it = |other: &&pipec_model::Step| other.id.as_deref() == Some(step);
        job.steps().iter().find(is_it).is_some_and(|step| step.runs(Script::RecordFile))
    }
}

/// The digest of what a job built.
pub fn digest_of(job: &str) -> String {
    format!("<digest of {job}>")
}
