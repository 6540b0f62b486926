//! Triggers that GitHub does not have.

use super::Refusals;
use crate::lower::asks_for_changes;
use crate::template::OPENING;
use pipec_base::codes;
use pipec_ir::{Event, Input, InputType, Origin, Schedule, Trigger};
use pipec_logic::{Glob, Language};
use pipec_lowering::Nodes;

impl Refusals<'_> {
    /// The triggers of the pipeline.
    pub(super) fn check_triggers(&self) {
        for trigger in &self.pipeline.triggers {
            match trigger {
                Trigger::Push(globs, origin)
                | Trigger::Tag(globs, origin)
                | Trigger::PullRequest(globs, origin) => self.check_filters(globs, origin),
                Trigger::Schedule(schedule, origin) => self.check_schedule(schedule, origin),
                Trigger::Manual(inputs, origin) => {
                    inputs.iter().for_each(|input| self.check_input(input));
                    self.check_number_of_inputs(inputs.len(), origin);
                }
                Trigger::MergeQueue(_) => {}
            }
        }
        self.check_baselines();
    }

    fn check_filters(&self, globs: &[Glob], origin: &Origin) {
        for glob in globs.iter().filter(|glob| glob.text().contains('?')) {
            self.error(
                codes::P1101,
                origin,
                format!("`{}` can't be the filter of a trigger on github", glob.text()),
                "`?` means something else on github; use `*` here, and `branch is` or `tag is` in the \
                 condition of a stage",
            );
        }
    }

    fn check_schedule(&self, schedule: &Schedule, origin: &Origin) {
        if let Some((first, next)) = too_often(schedule) {
            self.error(
                codes::P0120,
                origin,
                format!("github can't start a schedule at minute {first} and again at minute {next}"),
                "it needs at least five minutes between two runs: `*/5 * * * *`",
            );
        }
    }

    /// GitHub reads no workflow with more inputs. Those of an override count as well.
    fn check_number_of_inputs(&self, own: usize, origin: &Origin) {
        let of_overrides = if self.pipeline.has_overrides() { OVERRIDE_INPUTS } else { 0 };
        if own + of_overrides > MOST_INPUTS {
            let added = if of_overrides == 0 {
                String::new()
            } else {
                format!(", {of_overrides} of them for overrides")
            };
            self.error(
                codes::P1103,
                origin,
                format!(
                    "a manual run has {} inputs{added}; github accepts {MOST_INPUTS}",
                    own + of_overrides
                ),
                "leave some out, or let a file of the repository hold what seldom changes",
            );
        }
    }

    fn check_input(&self, input: &Input) {
        if !input.docs.is_empty() {
            self.check_text(input, "description", &input.docs.join(" "));
        }
        if let InputType::OneOf(choices) = &input.ty {
            choices.iter().for_each(|choice| self.check_text(input, "value", choice));
        }
        let Some(default) = &input.default else { return };
        match (default.as_literal(), &input.ty) {
            (None, _) => self.error(
                codes::P1101,
                &input.origin,
                format!("the default of `{}` depends on the run, which github can't build", input.name),
                "use a value that is known before the run",
            ),
            (Some(value), InputType::String | InputType::OneOf(_)) => {
                self.check_text(input, "default", value);
            }
            (Some(_), InputType::Boolean | InputType::Number) => {}
        }
    }

    /// A text of an input. GitHub evaluates nothing in `on`, so no expression can stand for an opening there, and a file
    /// with one is refused as a whole ("a template expression is not allowed in this context").
    fn check_text(&self, input: &Input, what: &str, value: &str) {
        if value.contains(OPENING) {
            self.error(
                codes::P1101,
                &input.origin,
                format!(
                    "a {what} of `{}` has `{OPENING}`, which github does not allow in a trigger",
                    input.name
                ),
                format!("write it without `{OPENING}`"),
            );
        }
    }

    /// Refuses tags that the search for the last green push can't distinguish from branches.
    ///
    /// The event of both is `push`, and `head_branch` holds the name of either.
    fn check_baselines(&self) {
        if !self.pipeline.starts_on(Event::Tag) || !asks_for_changes(self.program, self.pipeline) {
            return;
        }
        let names = |globs: &[Glob]| {
            let all = if globs.is_empty() { Language::all() } else { Language::empty() };
            globs.iter().fold(all, |names, glob| names.union(&glob.language()))
        };
        let branches = self.pipeline.triggers.iter().fold(Language::empty(), |all, trigger| match trigger {
            Trigger::Push(globs, _) => all.union(&names(globs)),
            _ => all,
        });
        for trigger in &self.pipeline.triggers {
            let Trigger::Tag(globs, origin) = trigger else { continue };
            if !names(globs).intersection(&branches).is_empty() {
                self.error(
                    codes::P1101,
                    origin,
                    "on github, `changed` can't distinguish a tag from a branch with the same name",
                    "narrow the tags, for example `on tag \"v*\"`, or the branches of `on push`, so that \
                     no name matches both",
                );
            }
        }
    }
}

/// The most inputs of a manual run (10 before December 2025, as GitHub's changelog says).
const MOST_INPUTS: usize = 25;

/// The inputs with which people ask for an override: the gate, the commit and the reason.
const OVERRIDE_INPUTS: usize = 3;

/// The least time between two scheduled runs that GitHub keeps to, in minutes ("Events that trigger workflows", `schedule`).
const LEAST_BETWEEN: u32 = 5;

/// Two minutes of a schedule that are too close together for GitHub.
fn too_often(schedule: &Schedule) -> Option<(u32, u32)> {
    let minutes = schedule.minutes();
    let pairs = minutes.iter().zip(minutes.iter().skip(1));
    pairs.map(|(first, next)| (*first, *next)).find(|(first, next)| next - first < LEAST_BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_of_less_than_five_minutes_are_told() {
        for (times, expected) in [
            ("* * * * *", Some((0, 1))),
            ("*/4 * * * *", Some((0, 4))),
            ("*/5 * * * *", None),
            ("1,30,32 3 * * *", Some((30, 32))),
            ("0 * * * *", None),
            ("3-20/8 * * * *", None),
            ("50/3 * * * *", Some((50, 53))),
        ] {
            assert_eq!(too_often(&Schedule::parse(times).expect("a schedule")), expected, "{times}");
        }
    }
}
