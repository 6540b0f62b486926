//! A deploy as a sequence of acts: moves, soaks, checks and the rollback.
//!
//! `strategy canary 10% soak 5m` with `shift`, `verify` and `rollback` becomes
//!
//! ```text
//! shift to 10%        limit: the time left
//! soak 5m
//! verify at 10%       limit: the time left
//! shift to 100%, verify at 100%
//! roll back           when: something before failed, the first script began, and the last did not succeed
//! ```

use super::clock::{is_timed, left_of, time_forth};
use super::scripts::title_of;
use super::{Act, Does, Limit, Surroundings, directory, ran};
use crate::guard::Guard;
use crate::value::{Value, Variables};
use pipec_ir::{Action, Binding, Deploy, Node, Step, StepKind, Strategy};
use pipec_runtime::Script;
use std::borrow::Cow;

/// The variable of the weight.
const WEIGHT: &str = "PIPE_WEIGHT";

/// The title of the scripts of `run`.
const RUN: &str = "deploy";

/// Scripts that belong together: those of `run`, or those of an action at one weight.
struct Phase<'p> {
    /// Its title for people: `shift to 5%`.
    title: String,
    /// The start of its acts' ids.
    id: String,
    scripts: &'p [Step],
    variables: Variables<'p>,
    /// The soak before it, in milliseconds.
    soak: u64,
}

/// A single script, or neighbouring checks, all of which run.
struct Group<'p> {
    scripts: Vec<(&'p Step, String)>,
}

/// The acts of a deploy with actions.
///
/// If one of them may roll back or clean up, each script may take only what its predecessors have left of the deploy's
/// timeout, less what is kept for that: the end of the job itself would prevent it.
pub(super) fn acts<'p>(node: &'p Node, deploy: &'p Deploy, around: &Surroundings<'_, 'p>) -> Vec<Act<'p>> {
    let mut acts = Vec::new();
    let mut soaked = 0;
    let phases = phases(node, deploy, around);
    for phase in &phases {
        if phase.soak > 0 {
            soaked += phase.soak;
            let seconds = Value::text(phase.soak.div_ceil(1000).to_string());
            acts.push(Act::fixed(
                format!("soak {}", duration(phase.soak)),
                Script::Soak,
                [("SOAK", seconds)],
            ));
            // A login may last only an hour.
            acts.extend_from_slice(around.logins);
        }
        for (place, group) in phase.groups().iter().enumerate() {
            let left = is_timed(node).then(|| {
                let limit = (time_forth(node) + soaked) / 1000;
                time_left(phase, group, place, limit)
            });
            let limit = left.as_ref().and_then(|act| act.id.clone()).map(Limit::LeftBy);
            acts.extend(left);
            for (index, (script, id)) in group.scripts.iter().enumerate() {
                let mut act = Act::new(phase.name_of(script), Does::Script(script, phase.variables.clone()))
                    .in_directory(directory(node));
                act.limit.clone_from(&limit);
                if is_timed(node) || group.scripts.len() > 1 {
                    act.id = Some(id.clone());
                }
                if index > 0 {
                    act.when = Guard::all([Guard::NotCancelled, group.began()]);
                }
                acts.push(act);
            }
        }
    }
    if let Some(rollback) = deploy.rollback() {
        acts.extend(back(rollback, &phases, directory(node), around));
    }
    acts
}

/// The act that computes the time limit for the scripts of a group.
fn time_left<'p>(phase: &Phase<'p>, group: &Group<'p>, place: usize, limit: u64) -> Act<'p> {
    let number = if place == 0 { String::new() } else { format!("-{}", place + 1) };
    left_of(limit, group.scripts.len(), format!("time left to {}", phase.title))
        .with_id(format!("time-to-{}{number}", phase.id))
}

/// The acts that clean up, once the script of this id has begun.
pub(crate) fn clean_up<'p>(
    cleanup: &'p Action,
    first: &str,
    directory: Option<&'p str>,
    around: &Surroundings<'_, 'p>,
) -> Vec<Act<'p>> {
    let way = Phase::of("clean up", "clean-up", cleanup, around);
    let begun = Guard::SkippedAct(first.to_owned()).negated();
    way.acts(&Guard::Whatever, Guard::all([Guard::Whatever, begun]), directory)
}

/// The acts that roll back.
///
/// They happen if and only if the deploy was begun and not finished: a script failed, timed out or was cancelled.
/// Credentials for the way forth may have expired by then.
fn back<'p>(
    rollback: &'p Action,
    phases: &[Phase<'p>],
    directory: Option<&'p str>,
    around: &Surroundings<'_, 'p>,
) -> Vec<Act<'p>> {
    let way = Phase::of("roll back", "roll-back", rollback, around);
    let first = phases.first().and_then(|phase| phase.groups().into_iter().next());
    let last = phases.iter().rev().find_map(|phase| phase.groups().pop());
    let begun = first
        .and_then(|group| group.scripts.into_iter().next())
        .map(|(_, id)| Guard::SkippedAct(id).negated());
    let unfinished = last.map(|group| group.passed().negated());
    let condition = Guard::all([Some(Guard::Broken), begun, unfinished].into_iter().flatten());
    let mut acts: Vec<Act<'p>> =
        around.logins.iter().map(|login| login.clone().when(condition.clone())).collect();
    acts.extend(way.acts(&Guard::Broken, condition, directory));
    acts
}

impl<'p> Phase<'p> {
    /// An action that takes no part in shifting the traffic.
    fn of(title: &str, id: &str, action: &'p Action, around: &Surroundings<'_, 'p>) -> Phase<'p> {
        let variables = variables(&action.env, None, around);
        Phase { title: title.to_owned(), id: id.to_owned(), scripts: &action.steps, variables, soak: 0 }
    }

    /// The acts of scripts that run although something before has failed, as `alive` says.
    ///
    /// The first one runs under a condition, and each other one if those before it have succeeded.
    fn acts(&self, alive: &Guard, mut condition: Guard, directory: Option<&'p str>) -> Vec<Act<'p>> {
        let mut acts = Vec::new();
        for group in self.groups() {
            for (index, (script, id)) in group.scripts.iter().enumerate() {
                let mut act = Act::new(self.name_of(script), Does::Script(script, self.variables.clone()))
                    .in_directory(directory);
                act.when = match index {
                    0 => condition.clone(),
                    _ => Guard::all([alive.clone(), group.was_due()]),
                };
                if self.scripts.len() > 1 {
                    act.id = Some(id.clone());
                }
                acts.push(act);
            }
            condition = Guard::all([alive.clone(), group.passed()]);
        }
        acts
    }

    fn groups(&self) -> Vec<Group<'p>> {
        let mut groups: Vec<Group<'p>> = Vec::new();
        for (index, script) in self.scripts.iter().enumerate() {
            let id = match self.scripts.len() {
                1 => self.id.clone(),
                _ => format!("{}-{}", self.id, index + 1),
            };
            match groups.last_mut() {
                Some(group) if group.takes(script) => group.scripts.push((script, id)),
                _ => groups.push(Group { scripts: vec![(script, id)] }),
            }
        }
        groups
    }

    fn name_of(&self, script: &Step) -> String {
        let named = script.name.as_deref().map(Cow::Borrowed);
        let own = named.or_else(|| title_of(&script.script).filter(|_| self.scripts.len() > 1));
        match own {
            Some(own) if self.id == RUN => own.into_owned(),
            Some(own) => format!("{}: {own}", self.title),
            None => self.title.clone(),
        }
    }
}

impl Group<'_> {
    fn takes(&self, script: &Step) -> bool {
        let is_check = |script: &Step| script.kind == StepKind::Check;
        is_check(script) && self.scripts.iter().all(|(other, _)| is_check(other))
    }

    /// That its first script ran, with any outcome.
    fn began(&self) -> Guard {
        self.scripts.first().map_or(Guard::Never, |(_, id)| ran(id))
    }

    /// That its first script was not skipped.
    fn was_due(&self) -> Guard {
        let first = self.scripts.first();
        first.map_or(Guard::Never, |(_, id)| Guard::SkippedAct(id.clone()).negated())
    }

    /// That all its scripts succeeded.
    fn passed(&self) -> Guard {
        Guard::all(self.scripts.iter().map(|(_, id)| Guard::succeeded_act(id)))
    }
}

/// The phases before a rollback.
fn phases<'p>(node: &'p Node, deploy: &'p Deploy, around: &Surroundings<'_, 'p>) -> Vec<Phase<'p>> {
    let scripts = |action: Option<&'p Action>| action.map_or([].as_slice(), |action| &action.steps);
    let env = |action: Option<&'p Action>| action.map_or([].as_slice(), |action| &action.env);
    let Some(strategy) = deploy.strategy() else {
        let phase = |id: &str, scripts, env| Phase {
            title: id.to_owned(),
            id: id.to_owned(),
            scripts,
            variables: variables(env, None, around),
            soak: 0,
        };
        let verify = phase("verify", scripts(deploy.verify.as_ref()), env(deploy.verify.as_ref()));
        return vec![phase(RUN, &node.body.steps, &[]), verify];
    };
    let mut phases = Vec::new();
    for (weight, soak) in weights(strategy) {
        let phase = |word: &str, action: Option<&'p Action>, soak| Phase {
            title: format!("{word} {weight}%"),
            id: format!("{word} {weight}").replace([' ', '.'], "-"),
            scripts: scripts(action),
            variables: variables(env(action), Some(weight), around),
            soak,
        };
        phases.push(phase("shift to", deploy.shift(), 0));
        phases.push(phase("verify at", deploy.verify.as_ref(), soak));
    }
    phases
}

/// The variables that an action gives to its scripts. They are those of its `env`, and the weight that it acts at.
fn variables<'p>(
    env: &'p [Binding],
    weight: Option<&'p str>,
    around: &Surroundings<'_, 'p>,
) -> Variables<'p> {
    let own = env.iter().map(|binding| {
        (Cow::Borrowed(binding.variable.as_str()), around.texts.value(&binding.value, around.unit))
    });
    let weight = weight.map(|weight| (Cow::Borrowed(WEIGHT), Value::text(weight)));
    own.chain(weight).collect()
}

/// The weights and their soaks. The last weight is 100, even without a step for it.
fn weights(strategy: &Strategy) -> Vec<(&str, u64)> {
    let said = strategy.steps.iter();
    let mut weights: Vec<(&str, u64)> = said
        .map(|step| (if step.weight.is_all() { "100" } else { step.weight.as_str() }, step.soak))
        .collect();
    if weights.last().is_none_or(|(weight, _)| *weight != "100") {
        weights.push(("100", 0));
    }
    weights
}

/// A duration as it is written.
fn duration(milliseconds: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let whole = units.into_iter().find(|(_, unit)| milliseconds.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{milliseconds}ms"), |(word, unit)| format!("{}{word}", milliseconds / unit))
}
