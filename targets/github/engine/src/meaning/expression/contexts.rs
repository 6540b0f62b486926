//! The values of contexts: facts of the run, results of other jobs, and earlier steps.
//!
//! For example, `needs.app.result` is one of four words, each with the proposition that the job ended so.

use super::evaluate::{Evaluator, OTHER_REPOSITORY, REPOSITORY, RUN_ID, left};
use super::value::{Cases, Datum, Words};
use crate::read::expression::Expression;
use pipec_ir::{Event, InputType};
use pipec_logic::Proposition;
use pipec_model::Axis;
use pipec_model::{JobResult, StepEnd};
use pipec_runtime::names::{
    ORDINARY, OVERRIDE_COMMIT as COMMIT, OVERRIDE_GATE as GATE, OVERRIDE_REASON as REASON,
};
use smallvec::SmallVec;
use std::borrow::Cow;

impl Evaluator<'_, '_> {
    pub(super) fn lookup(&self, expression: &Expression) -> Cases {
        let Some(path) = expression.words() else { return self.unknown(&self.named(expression)) };
        let lower: SmallVec<[Cow<'_, str>; 6]> = path
            .into_iter()
            .map(|name| match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => Cow::Owned(name.to_ascii_lowercase()),
                false => Cow::Borrowed(name),
            })
            .collect();
        let words: SmallVec<[&str; 6]> = lower.iter().map(Cow::as_ref).collect();
        match words.as_slice() {
            ["needs", "*", "result"] => {
                let items = self.scope.needs.iter().map(|id| self.result(id)).collect();
                self.always(Datum::List(items))
            }
            ["needs", id, "result"] => match self.scope.need(id) {
                Some(id) => self.result(id),
                // A job that is not in `needs` is null, which is not a result (trap 2).
                None => self.always(Datum::Null),
            },
            ["needs", id, "outputs", output] => match self.scope.need(id) {
                Some(id) => self
                    .scope
                    .jobs
                    .get(id)
                    .and_then(|job| Some(left(job, job.output(output)?, self.world)))
                    .unwrap_or_else(|| self.always(Datum::Null)),
                None => self.always(Datum::Null),
            },
            ["github", rest @ ..] => {
                self.github(rest).unwrap_or_else(|| self.unknown(&format!("github.{}", rest.join("."))))
            }
            ["inputs", name] => self.input(name),
            ["steps", id, outcome @ ("outcome" | "conclusion")] => {
                // After `continue-on-error`, a step's conclusion differs from its outcome. Otherwise both are equal.
                let end = self.scope.step.and_then(|before| before.ended.get(*id));
                end.filter(|end| *outcome == "outcome" || !end.goes_on).map_or_else(
                    || self.unknown(&format!("{outcome} of {id} in {}", self.scope.place)),
                    outcome_of,
                )
            }
            ["steps", id, "outputs", output] => self
                .scope
                .step
                .and_then(|before| before.ended.get(*id)?.outputs.get(*output))
                .map(|known| {
                    known.iter().map(|(guard, text)| (guard.clone(), Datum::exact(text.clone()))).collect()
                })
                .unwrap_or_else(|| self.unknown(&self.named(expression))),
            ["vars", ..] => self.unknown(&lower.join(".")),
            _ => self.unknown(&self.named(expression)),
        }
    }

    fn result(&self, id: &str) -> Cases {
        match self.scope.jobs.get(id) {
            Some(job) => {
                let word =
                    |result: JobResult| (job.ended(result, self.world).clone(), Datum::exact(result.word()));
                JobResult::ALL.map(word).to_vec()
            }
            None => self.always(Datum::Null),
        }
    }

    fn github(&self, path: &[&str]) -> Option<Cases> {
        let logic = self.logic();
        let facts = &self.world.facts;
        let event = |event: Event| facts.event(event);
        let pull_request = event(Event::PullRequest);
        let manual_tag = self.world.manual_on_tag();
        let on_branch = logic.any(&[event(Event::Push), event(Event::Schedule), event(Event::Manual)]);
        let on_branch = logic.and_not(&on_branch, &manual_tag);
        let words = |condition: Proposition, words: Words| (condition, Datum::Text(words));
        let refs = |heads: &str, tags: &str, pulls: &str| {
            let name = |before: &str, axis| Words::Name { before: before.to_owned(), axis };
            let begins = |before: String| Words::Begins(before);
            self.closed(vec![
                words(on_branch.clone(), name(heads, Axis::Branch)),
                words(event(Event::Tag), name(tags, Axis::Tag)),
                words(manual_tag.clone(), begins(tags.to_owned())),
                words(pull_request.clone(), begins(pulls.to_owned())),
                words(event(Event::MergeQueue), begins(format!("{heads}gh-readonly-queue/"))),
            ])
        };
        let exact = |text: &str| Datum::exact(text);
        Some(match path {
            ["event_name"] => {
                let dispatched = self.world.dispatched();
                let pushed = logic.and_not(&facts.any_event([Event::Push, Event::Tag]), &dispatched);
                self.closed(vec![
                    (pushed, exact("push")),
                    (pull_request, exact("pull_request")),
                    (event(Event::Schedule), exact("schedule")),
                    (dispatched, exact("workflow_dispatch")),
                    (event(Event::MergeQueue), exact("merge_group")),
                ])
            }
            ["ref"] => refs("refs/heads/", "refs/tags/", "refs/pull/"),
            ["ref_name"] => refs("", "", ""),
            ["ref_type"] => {
                let tag = logic.or(&event(Event::Tag), &manual_tag);
                self.either(&tag, exact("tag"), exact("branch"))
            }
            ["repository"] => self.always(Datum::Text(Words::Unlike(REPOSITORY))),
            ["event", "pull_request", "head", "repo", "full_name"] => {
                // The repository of a deleted fork is null, which equals no name.
                let other = self.world.other_repository();
                let same = logic.and_not(&pull_request, &other);
                self.closed(vec![
                    words(other, Words::Unlike(OTHER_REPOSITORY)),
                    words(same, Words::Unlike(REPOSITORY)),
                    (logic.not(&pull_request), Datum::Null),
                ])
            }
            ["event", "pull_request", "user", "type"] => {
                let bot = self.world.bot();
                let person = logic.and_not(&pull_request, &bot);
                self.closed(vec![
                    (bot, exact("Bot")),
                    (person, Datum::Text(Words::Exact("User".to_owned()))),
                    (logic.not(&pull_request), Datum::Null),
                ])
            }
            ["event", "inputs", name] if self.is_of_overrides(name) => self.override_input(name),
            ["event", "inputs", name] => {
                let text = Datum::Text(Words::Input(self.input_name(name)?));
                self.of_manual_runs(vec![(event(Event::Manual), text)], name)
            }
            ["event", "pull_request", ..] | ["head_ref" | "base_ref"] => {
                let unknown = Datum::Unknown(format!("github.{}", path.join(".")));
                let none = if path.len() == 1 { exact("") } else { Datum::Null };
                self.either(&pull_request, unknown, none)
            }
            ["run_id"] => self.always(Datum::Text(Words::Unlike(RUN_ID))),
            ["run_number" | "sha" | "actor" | "workflow" | "run_attempt"] => {
                self.always(Datum::Text(Words::Begins(String::new())))
            }
            _ => return None,
        })
    }

    /// The value of `inputs.X`. It has its declared type. In other runs than manual ones it is null.
    fn input(&self, name: &str) -> Cases {
        let logic = self.logic();
        let manual = self.world.facts.event(Event::Manual);
        if self.is_of_overrides(name) {
            return self.override_input(name);
        }
        let Some(name) = self.input_name(name) else { return self.unknown(&format!("inputs.{name}")) };
        let vocabulary = self.world.facts.vocabulary();
        if vocabulary.inputs().any(|(input, ty)| input == name && *ty == InputType::Boolean) {
            let on = match vocabulary.input_value(&name, "true") {
                Some(on) => self.world.facts.input(on),
                None => self.free(&format!("input {name} is true")),
            };
            let yes = logic.and(&manual, &on);
            let no = logic.and_not(&manual, &on);
            return self.of_manual_runs(vec![(yes, Datum::Bool(true)), (no, Datum::Bool(false))], &name);
        }
        self.of_manual_runs(vec![(manual, Datum::Text(Words::Input(name.clone())))], &name)
    }

    /// The cases in a manual run. An override also has every input, with any value; other runs have none.
    fn of_manual_runs(&self, mut cases: Cases, name: &str) -> Cases {
        if self.world.can_override() {
            cases.push((self.world.overriding(), Datum::Unknown(format!("{name} of an override"))));
        }
        self.closed(cases)
    }

    fn is_of_overrides(&self, name: &str) -> bool {
        self.world.can_override() && [GATE, COMMIT, REASON].contains(&name)
    }

    /// The gate in the input of a manual run. If it is not a known gate, it may be any text.
    fn override_input(&self, name: &str) -> Cases {
        let logic = self.logic();
        let world = self.world;
        let any = |of: &str| Datum::Unknown(format!("{name} of {of}"));
        let manual = world.facts.event(Event::Manual);
        if name != GATE {
            return self.closed(vec![(world.dispatched(), any("a manual run"))]);
        }
        let mut cases: Cases = Vec::new();
        let mut open = world.overriding();
        for gate in &world.manual().overridable {
            let named = world.overrides(gate);
            open = logic.and_not(&open, &named);
            cases.push((named, Datum::exact(gate.clone())));
        }
        cases.push((open, any("an override of no gate")));
        let has_ordinary_runs = world.manual().has_ordinary_runs;
        let ordinary = if has_ordinary_runs { Datum::exact(ORDINARY) } else { any("a manual run") };
        cases.push((manual, ordinary));
        self.closed(cases)
    }

    fn input_name(&self, name: &str) -> Option<String> {
        let mut inputs = self.world.facts.vocabulary().inputs().map(|(input, _)| input);
        inputs.find(|input| input.eq_ignore_ascii_case(name)).map(str::to_owned)
    }

    /// The cases with one more for the remaining runs, which are impossible.
    fn closed(&self, mut cases: Cases) -> Cases {
        let logic = self.logic();
        let said: Vec<Proposition> = cases.iter().map(|(guard, _)| guard.clone()).collect();
        cases.push((logic.not(&logic.any(&said)), Datum::Null));
        cases
    }
}

/// The outcome of a step, as GitHub shows it.
fn outcome_of(end: &StepEnd) -> Cases {
    vec![
        (end.success.clone(), Datum::exact("success")),
        (end.failure.clone(), Datum::exact("failure")),
        (end.cancelled.clone(), Datum::exact("cancelled")),
        (end.skipped.clone(), Datum::exact("skipped")),
    ]
}
