//! The triggers of an output, compared with those of the source.
//!
//! ```text
//! on:
//!   push: {branches: [main]}      the event is push, the branch is `main`, and the run is no override
//!   schedule: [{cron: 0 3 * * *}] or the event is schedule; a finding, unless the source has just this schedule
//!   issues:                       a finding: no trigger of the source is this event
//! ```

use pipec_ir::{Event, Input, InputType, Pipeline, Trigger};
use pipec_logic::{Glob, Language, Proposition};
use pipec_model::overriding::inputs;
use pipec_model::{
    Axis, Finding, ManualInput, ManualInputForm, NameFilter, PullRequestChange, RunEvent, RunTrigger, Value,
    World,
};
use pipec_runtime::names::{ORDINARY, OVERRIDE_GATE as GATE};

/// That a run is triggered. Also gives a finding for each difference from the triggers of the source.
pub(crate) fn triggered(
    triggers: &[RunTrigger],
    world: &World,
    pipeline: &Pipeline,
) -> (Proposition, Vec<Finding>) {
    let logic = world.logic();
    let mut comparison = Comparison { world, pipeline, findings: Vec::new() };
    let ways: Vec<Proposition> = triggers.iter().filter_map(|trigger| comparison.way(trigger)).collect();
    (logic.and(&world.possible(), &logic.any(&ways)), comparison.findings)
}

/// The triggers of an output, and those of its source.
struct Comparison<'c> {
    world: &'c World,
    pipeline: &'c Pipeline,
    findings: Vec<Finding>,
}

impl Comparison<'_> {
    fn differs(&mut self, message: impl Into<String>, line: usize) {
        self.findings.push(Finding::of_file(message, line));
    }

    fn has(&self, event: Event) -> bool {
        self.pipeline.events().contains(&event)
    }

    /// The runs that a trigger starts. `None` if no trigger of the source has its event.
    fn way(&mut self, trigger: &RunTrigger) -> Option<Proposition> {
        let facts = &self.world.facts;
        match &trigger.event {
            RunEvent::Push { branches, tags } => {
                Some(self.push(branches.as_ref(), tags.as_ref(), trigger.line))
            }
            RunEvent::PullRequest { bases, changes } if self.has(Event::PullRequest) => {
                Some(self.pull_request(trigger, bases, changes))
            }
            RunEvent::Schedule(schedules) if self.has(Event::Schedule) => {
                self.schedules(schedules, trigger.line);
                Some(facts.event(Event::Schedule))
            }
            RunEvent::Manual(inputs) if self.has(Event::Manual) || self.world.can_override() => {
                self.manual(inputs, trigger.line);
                Some(self.world.dispatched())
            }
            RunEvent::MergeQueue if self.has(Event::MergeQueue) => Some(facts.event(Event::MergeQueue)),
            _ => {
                self.differs(
                    format!("`{}` starts it, which no trigger asks for", trigger.word),
                    trigger.line,
                );
                None
            }
        }
    }

    fn push(&mut self, branches: Option<&NameFilter>, tags: Option<&NameFilter>, line: usize) -> Proposition {
        let (world, logic) = (self.world, self.world.logic());
        let mut ways = Vec::new();
        for (filter, axis, event) in [(branches, Axis::Branch, Event::Push), (tags, Axis::Tag, Event::Tag)] {
            let Some(filter) = filter else { continue };
            if !self.has(event) {
                self.differs(format!("a {} starts it, which no trigger asks for", event.word()), line);
            }
            ways.push(logic.and(&world.facts.event(event), &names(filter, axis, world)));
        }
        logic.and_not(&logic.any(&ways), &world.overriding())
    }

    fn pull_request(
        &mut self,
        trigger: &RunTrigger,
        bases: &NameFilter,
        changes: &[PullRequestChange],
    ) -> Proposition {
        let (word, line) = (&trigger.word, trigger.line);
        let of_commits = [PullRequestChange::Opened, PullRequestChange::Reopened, PullRequestChange::Updated];
        if changes != of_commits {
            self.differs(format!("`{word}` has other types than it starts with"), line);
        }
        let event = self.world.facts.event(Event::PullRequest);
        let Some((least, most)) = least_and_most(bases) else { return event };
        let globs = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::PullRequest(globs, _) => Some(globs),
            _ => None,
        });
        let wanted: Vec<Language> = globs.flatten().map(Glob::language).collect();
        let wanted = union(&wanted);
        if !wanted.is_subset(&least) {
            self.differs("some pull requests do not start it", line);
        }
        if most.is_subset(&wanted) {
            self.world.logic().and(&event, &self.world.wanted_base())
        } else {
            event
        }
    }

    fn schedules(&mut self, given: &[String], line: usize) {
        let wanted = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Schedule(schedule, _) => Some(schedule.to_string()),
            _ => None,
        });
        let sorted = |mut schedules: Vec<String>| {
            schedules.sort();
            schedules.dedup();
            schedules
        };
        if sorted(wanted.collect()) != sorted(given.to_vec()) {
            self.differs("it runs on another schedule", line);
        }
    }

    /// Checks that the inputs are those of the source, because conditions depend on their types.
    fn manual(&mut self, given: &[ManualInput], line: usize) {
        let pipeline = self.pipeline;
        let wanted = pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Manual(inputs, _) => Some(inputs),
            _ => None,
        });
        let wanted: Vec<&Input> = wanted.flatten().collect();
        let mut missing = inputs(pipeline);
        for input in given {
            let name = &input.name;
            if let Some(place) = missing.iter().position(|wanted| *name == **wanted) {
                missing.remove(place);
                self.override_input(input);
                continue;
            }
            match wanted.iter().find(|wanted| *name == wanted.name) {
                None => self.differs(format!("it takes an input `{name}`"), input.line),
                Some(wanted) if !is_of_type(input, &wanted.ty) => {
                    self.differs(format!("the input `{name}` has another type"), input.line);
                }
                Some(_) => {}
            }
        }
        for name in missing {
            self.differs(format!("the input `{name}` of overrides is missing"), line);
        }
        for wanted in wanted {
            if !given.iter().any(|input| input.name == wanted.name) {
                self.differs(format!("the input `{}` is missing", wanted.name), line);
            }
        }
    }

    /// Checks the input for the gate. It has exactly the gates with an override, and ordinary runs name none of them.
    fn override_input(&mut self, input: &ManualInput) {
        let is_same = if input.name == GATE {
            let ordinary = self.has(Event::Manual).then(|| ORDINARY.to_owned());
            let gates = self.pipeline.overridable().map(|(gate, _)| gate.name.clone());
            let wanted: Vec<String> = ordinary.clone().into_iter().chain(gates).collect();
            input.form == ManualInputForm::Choice
                && input.options == Some(wanted)
                && input.default == ordinary.as_deref().map(Value::literal)
        } else {
            input.form == ManualInputForm::Text && input.options.is_none() && input.default.is_none()
        };
        if !is_same {
            self.differs(format!("the input `{}` of overrides is another", input.name), input.line);
        }
    }
}

fn is_of_type(input: &ManualInput, ty: &InputType) -> bool {
    match ty {
        InputType::String => input.form == ManualInputForm::Text,
        InputType::Number => matches!(input.form, ManualInputForm::Number | ManualInputForm::Text),
        InputType::Boolean => input.form == ManualInputForm::Boolean,
        InputType::OneOf(values) => {
            input.form == ManualInputForm::Choice && input.options.as_deref().unwrap_or_default() == values
        }
    }
}

/// That the name of a run passes a filter.
fn names(filter: &NameFilter, axis: Axis, world: &World) -> Proposition {
    let logic = world.logic();
    let NameFilter::Patterns(patterns) = filter else { return logic.truth() };
    let each = patterns.iter().map(|pattern| {
        let surely = world.name_in(axis, &pattern.surely);
        let Some(perhaps) = &pattern.perhaps else { return surely };
        let perhaps = world.name_in(axis, perhaps);
        logic.or(&surely, &logic.and(&perhaps, &world.free("`**/` matches nothing too")))
    });
    logic.any(&each.collect::<Vec<_>>())
}

/// The names that a filter certainly admits, and all that it may admit. `None` if the filter is unknown.
fn least_and_most(filter: &NameFilter) -> Option<(Language, Language)> {
    match filter {
        NameFilter::All => Some((Language::all(), Language::all())),
        NameFilter::Unknown => None,
        NameFilter::Patterns(patterns) => {
            let surely = patterns.iter().map(|pattern| &pattern.surely);
            let perhaps = patterns.iter().filter_map(|pattern| pattern.perhaps.as_ref());
            Some((union(surely.clone()), union(surely.chain(perhaps))))
        }
    }
}

fn union<'l>(languages: impl IntoIterator<Item = &'l Language>) -> Language {
    let mut languages = languages.into_iter();
    match languages.next() {
        Some(first) => languages.fold(first.clone(), |all, one| all.union(one)),
        None => Language::empty(),
    }
}
