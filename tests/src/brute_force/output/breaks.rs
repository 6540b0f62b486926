//! Ways to break an output in its data.

use super::begun::UNNAMED_PATH;
use super::changed::{ALWAYS, Changed, Condition, NEVER};
use crate::brute_force::choose::Chooser;
use pipec_model::{
    Does, EnvironmentUse, Given, Job, Limit, NameFilter, Part, RunEvent, RunTrigger, Step, Value, Waiting,
    Which,
};
use pipec_runtime::Script;
use pipec_runtime::names::{PLAN, RECORD, VERDICT};
use std::rc::Rc;

/// A way to break an output.
#[derive(Clone, Copy, Debug)]
pub struct Break {
    /// What it does.
    pub name: &'static str,
    /// Whether brute force judges all runs that it can change. If not, it changes the form of an output more often than
    /// its runs, or what it changes is unknown to the prover.
    pub is_judged: bool,
    /// How many percent of the breaks that the prover notices brute force must notice, too. The prover accepts only one
    /// form of an output; brute force lets pass what differs in no run.
    pub least: usize,
    /// Breaks an output in some place, and says where. `None` if the output has no such place.
    pub apply: fn(&mut Changed<'_>, &mut Chooser) -> Option<String>,
}

/// All of them.
pub const BREAKS: [Break; 37] = [
    Break { name: "drop a wait", is_judged: true, least: 95, apply: drop_wait },
    Break { name: "start a job always", is_judged: true, least: 95, apply: start_always },
    Break { name: "start a job never", is_judged: true, least: 95, apply: start_never },
    Break { name: "swap the conditions of two jobs", is_judged: true, least: 95, apply: swap_conditions },
    Break { name: "drop a job", is_judged: true, least: 95, apply: drop_job },
    Break { name: "run a step always", is_judged: true, least: 95, apply: run_always },
    Break { name: "run a step never", is_judged: true, least: 95, apply: run_never },
    Break { name: "drop a step", is_judged: true, least: 95, apply: drop_step },
    Break { name: "duplicate a step", is_judged: true, least: 95, apply: duplicate_step },
    Break { name: "swap two steps", is_judged: false, least: 40, apply: swap_steps },
    Break { name: "go on after the failure of a step", is_judged: true, least: 95, apply: go_on },
    Break { name: "ignore the failure of a job", is_judged: true, least: 95, apply: ignore_failure },
    Break { name: "run another script", is_judged: true, least: 95, apply: other_script },
    Break { name: "fetch another artefact", is_judged: true, least: 95, apply: other_artefact },
    Break { name: "take the digest of another job", is_judged: true, least: 95, apply: other_digest },
    Break { name: "change a value", is_judged: false, least: 80, apply: change_value },
    Break { name: "drop a value", is_judged: false, least: 80, apply: drop_value },
    Break { name: "drop an output", is_judged: true, least: 95, apply: drop_output },
    Break { name: "change a fact of the plan", is_judged: false, least: 90, apply: change_fact },
    Break { name: "give a secret to a step", is_judged: true, least: 95, apply: give_secret },
    Break { name: "give the token to a step", is_judged: true, least: 95, apply: give_token },
    Break { name: "widen rights", is_judged: true, least: 95, apply: widen_rights },
    Break { name: "drop a right", is_judged: true, least: 95, apply: drop_right },
    Break { name: "enter another environment", is_judged: true, least: 95, apply: other_environment },
    Break { name: "drop a lock", is_judged: true, least: 95, apply: drop_lock },
    Break { name: "change the key of a lock", is_judged: true, least: 95, apply: other_lock },
    Break { name: "drop what waits for a lock", is_judged: true, least: 95, apply: drop_waiting },
    Break { name: "drop a timeout", is_judged: true, least: 95, apply: drop_timeout },
    Break { name: "run in an image", is_judged: true, least: 95, apply: run_in_image },
    Break { name: "split a job into legs", is_judged: true, least: 95, apply: split },
    Break { name: "drop a line of the verdict", is_judged: false, least: 30, apply: drop_line },
    Break { name: "change what the verdict takes for due", is_judged: true, least: 95, apply: change_due },
    Break { name: "change the record", is_judged: true, least: 95, apply: change_record },
    Break { name: "change a value of an own job", is_judged: false, least: 30, apply: change_own_value },
    Break { name: "drop a value of an own job", is_judged: false, least: 30, apply: drop_own_value },
    Break { name: "bound a step", is_judged: true, least: 95, apply: bound },
    Break { name: "change a trigger", is_judged: true, least: 95, apply: change_trigger },
];

/// A job for which something holds.
fn job(changed: &Changed<'_>, choose: &mut Chooser, is_it: impl Fn(&Job) -> bool) -> Option<usize> {
    let all: Vec<usize> = (0..changed.jobs.len()).filter(|place| is_it(&changed.jobs[*place].job)).collect();
    (!all.is_empty()).then(|| choose.of(&all))
}

/// Whether a job does what a node says.
fn is_of_node(job: &Job) -> bool {
    ![PLAN, VERDICT, RECORD].contains(&job.id.as_str())
}

/// A job and a step of it for which something holds.
fn step(
    changed: &Changed<'_>,
    choose: &mut Chooser,
    is_it: impl Fn(&Step) -> bool,
) -> Option<(usize, usize)> {
    let place = job(changed, choose, |job| is_of_node(job) && job.steps().iter().any(&is_it))?;
    let steps = changed.jobs[place].job.steps();
    let all: Vec<usize> = (0..steps.len()).filter(|step| is_it(&steps[*step])).collect();
    Some((place, choose.of(&all)))
}

fn steps<'c>(changed: &'c mut Changed<'_>, place: usize) -> &'c mut Vec<Step> {
    &mut changed.jobs[place].job.legs.all[0].steps
}

fn id(changed: &Changed<'_>, place: usize) -> String {
    changed.jobs[place].job.id.clone()
}

fn of_step(changed: &Changed<'_>, place: usize, step: usize) -> String {
    let it = &changed.jobs[place].job.steps()[step];
    format!("step {step} of {} ({:?})", changed.jobs[place].job.id, it.does)
}

fn drop_wait(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| !job.waits_for.is_empty())?;
    let mut waits = changed.jobs[place].job.waits_for.to_vec();
    let dropped = waits.remove(choose.below(waits.len()));
    changed.jobs[place].job.waits_for = waits.into();
    Some(format!("{} waits no more for {dropped}", id(changed, place)))
}

fn start_always(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| is_of_node(job) && !job.waits_for.is_empty())?;
    changed.set_condition(place, Condition::Always);
    Some(id(changed, place))
}

fn start_never(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |_| true)?;
    changed.set_condition(place, Condition::Never);
    Some(id(changed, place))
}

fn swap_conditions(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let first = job(changed, choose, is_of_node)?;
    let name = id(changed, first);
    let second = job(changed, choose, |job| is_of_node(job) && job.id != name)?;
    let conditions = (changed.jobs[first].condition, changed.jobs[second].condition);
    changed.set_condition(first, conditions.1);
    changed.set_condition(second, conditions.0);
    Some(format!("{name} and {}", id(changed, second)))
}

fn drop_job(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |_| true)?;
    let dropped = changed.jobs.remove(place).job.id;
    for job in &mut changed.jobs {
        let waits: Vec<String> = job.job.waits_for.iter().filter(|need| **need != dropped).cloned().collect();
        job.job.waits_for = waits.into();
    }
    Some(dropped)
}

fn run_always(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |_| true)?;
    steps(changed, place)[step].condition = ALWAYS;
    Some(of_step(changed, place, step))
}

fn run_never(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |_| true)?;
    steps(changed, place)[step].condition = NEVER;
    Some(of_step(changed, place, step))
}

fn drop_step(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |_| true)?;
    let what = of_step(changed, place, step);
    steps(changed, place).remove(step);
    Some(what)
}

fn duplicate_step(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |_| true)?;
    let what = of_step(changed, place, step);
    let copy = steps(changed, place)[step].clone();
    steps(changed, place).insert(step, copy);
    Some(what)
}

fn swap_steps(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| is_of_node(job) && job.steps().len() > 1)?;
    let first = choose.below(changed.jobs[place].job.steps().len() - 1);
    steps(changed, place).swap(first, first + 1);
    Some(format!("{} and the next", of_step(changed, place, first)))
}

fn go_on(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| step.goes_on.is_none())?;
    steps(changed, place)[step].goes_on = Some(true);
    Some(of_step(changed, place, step))
}

fn ignore_failure(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| job.ignores_failure.is_none())?;
    changed.jobs[place].job.ignores_failure = Some(true);
    Some(id(changed, place))
}

fn other_script(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| matches!(step.does, Does::Script(_)))?;
    if let Does::Script(text) = &mut steps(changed, place)[step].does {
        text.bytes = Rc::from(b"./other.sh".as_slice());
    }
    Some(of_step(changed, place, step))
}

fn other_artefact(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| matches!(step.does, Does::Fetch(_)))?;
    if let Does::Fetch(fetched) = &mut steps(changed, place)[step].does {
        fetched.which = Which::Named("other".to_owned());
    }
    Some(of_step(changed, place, step))
}

fn other_digest(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let is_digest = |given: &Given| matches!(given.value.as_part(), Some(Part::JobOutput { .. }));
    let (place, step) = step(changed, choose, |step| step.env.iter().any(is_digest))?;
    let waits: Vec<String> = changed.jobs[place].job.waits_for.to_vec();
    let env = &mut steps(changed, place)[step].env;
    let given = env.iter_mut().find(|given| is_digest(given))?;
    let Some(Part::JobOutput { jobs, output }) = given.value.as_part() else { return None };
    let others: Vec<String> = waits.into_iter().filter(|need| !jobs.contains(need)).collect();
    if others.is_empty() {
        return None;
    }
    let jobs = vec![choose.of(&others)];
    given.value = Value::of([Part::JobOutput { jobs, output: output.clone() }]);
    Some(of_step(changed, place, step))
}

fn change_value(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| !step.env.is_empty())?;
    let env = &mut steps(changed, place)[step].env;
    let which = choose.below(env.len());
    env[which].value = Value::literal("something else");
    let name = env[which].name.clone();
    Some(format!("{name} in {}", of_step(changed, place, step)))
}

fn drop_value(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| !step.env.is_empty())?;
    let env = &mut steps(changed, place)[step].env;
    let dropped = env.remove(choose.below(env.len())).name;
    Some(format!("{dropped} in {}", of_step(changed, place, step)))
}

/// A step of the plan, the verdict or the record that is given something.
fn own_step(changed: &Changed<'_>, choose: &mut Chooser) -> Option<(usize, usize)> {
    let has_values = |step: &Step| !step.env.is_empty();
    let place = job(changed, choose, |job| !is_of_node(job) && job.steps().iter().any(has_values))?;
    let step = changed.jobs[place].job.steps().iter().position(has_values)?;
    Some((place, step))
}

fn change_own_value(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = own_step(changed, choose)?;
    let env = &mut steps(changed, place)[step].env;
    let which = choose.below(env.len());
    env[which].value = Value::literal("something else");
    let name = env[which].name.clone();
    Some(format!("{name} in {}", of_step(changed, place, step)))
}

fn drop_own_value(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = own_step(changed, choose)?;
    let env = &mut steps(changed, place)[step].env;
    let dropped = env.remove(choose.below(env.len())).name;
    Some(format!("{dropped} in {}", of_step(changed, place, step)))
}

fn bound(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| step.limit.is_none())?;
    steps(changed, place)[step].limit = Some(Limit::Minutes(0.5));
    Some(of_step(changed, place, step))
}

fn drop_output(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| is_of_node(job) && !job.outputs().is_empty())?;
    let outputs = &mut changed.jobs[place].job.legs.all[0].outputs;
    let dropped = outputs.remove(choose.below(outputs.len())).name;
    Some(format!("{dropped} of {}", id(changed, place)))
}

fn change_fact(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let runs_plan = |step: &Step| {
        matches!(step.does, Does::Runtime(Script::Plan(_)))
            && step.env_literal("FACTS").is_some_and(|it| !it.is_empty())
    };
    let place = job(changed, choose, |job| job.steps().iter().any(runs_plan))?;
    let step = steps(changed, place).iter_mut().find(|step| runs_plan(step))?;
    let given = step.env.iter_mut().find(|given| *given.name == *"FACTS")?;
    let mut lines: Vec<String> = given.value.as_literal()?.lines().map(str::to_owned).collect();
    let which = choose.below(lines.len());
    let line = lines[which].clone();
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    let changed_line = match words.as_slice() {
        [name, "branch", _] => format!("{name} branch ^other$"),
        [name, "tag", _] => format!("{name} tag ^other$"),
        [name, "input", value] => format!("{name} input {value}x"),
        [name, ..] => format!("{name} changed-glob ^{UNNAMED_PATH}$"),
        [] => return None,
    };
    lines[which].clone_from(&changed_line);
    given.value = Value::literal(lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    Some(format!("`{line}` is `{changed_line}`"))
}

fn give(step: &mut Step, name: &str, part: Part) {
    step.env.push(Given {
        name: Rc::from(name),
        value: Value::of([part]),
        is_confidential: true,
        line: step.line,
    });
}

fn give_secret(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |_| true)?;
    give(&mut steps(changed, place)[step], "PRODUCTION_KEY_2", Part::Secret("PRODUCTION_KEY".to_owned()));
    changed.jobs[place].job.mentions.reads_secrets = true;
    Some(of_step(changed, place, step))
}

fn give_token(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, step) = step(changed, choose, |step| step.env("GH_TOKEN").is_none())?;
    give(&mut steps(changed, place)[step], "GH_TOKEN", Part::Token);
    Some(of_step(changed, place, step))
}

fn widen_rights(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| job.rights.is_some())?;
    let rights = changed.jobs[place].job.rights.as_mut()?;
    match rights.scopes.first_mut() {
        Some((_, level)) if choose.chance(50) && level == "read" => *level = "write".to_owned(),
        _ => rights.scopes.push(("packages".to_owned(), "write".to_owned())),
    }
    Some(id(changed, place))
}

fn drop_right(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let has_some = |job: &Job| job.rights.as_ref().is_some_and(|rights| !rights.scopes.is_empty());
    let place = job(changed, choose, has_some)?;
    let scopes = &mut changed.jobs[place].job.rights.as_mut()?.scopes;
    let (dropped, _) = scopes.remove(choose.below(scopes.len()));
    Some(format!("{dropped} of {}", id(changed, place)))
}

fn other_environment(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, is_of_node)?;
    let job = &mut changed.jobs[place].job;
    match &mut job.environment {
        Some(environment) => environment.name = Some("other".to_owned()),
        none => {
            let name = Some("production".to_owned());
            let line = job.line;
            *none =
                Some(EnvironmentUse { name, records_deployment: true, url: None, line, is_unknown: false });
        }
    }
    Some(id(changed, place))
}

fn drop_lock(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| job.lock.is_some())?;
    changed.jobs[place].job.lock = None;
    Some(id(changed, place))
}

fn other_lock(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| job.lock.is_some())?;
    let key = match choose.chance(50) {
        // Each run has a lock of its own, or everything has the same.
        true => Value::literal("deploy-").and(Part::Fact(pipec_ir::Fact::RunNumber)),
        false => Value::literal("deploy"),
    };
    changed.jobs[place].job.lock.as_mut()?.key = key;
    Some(id(changed, place))
}

fn drop_waiting(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |job| job.lock.is_some())?;
    let lock = changed.jobs[place].job.lock.as_mut()?;
    match choose.chance(50) {
        true => lock.waiting = Waiting::Newest,
        false => lock.may_cancel = true,
    }
    Some(id(changed, place))
}

fn drop_timeout(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |_| true)?;
    changed.jobs[place].job.timeout = [None, Some(360.0), Some(0.5)][choose.below(3)];
    Some(id(changed, place))
}

fn run_in_image(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, |_| true)?;
    let job = &mut changed.jobs[place].job;
    job.is_in_container = true;
    job.legs.all[0].image = Some(Value::literal("other"));
    Some(id(changed, place))
}

fn split(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = job(changed, choose, is_of_node)?;
    let legs = &mut changed.jobs[place].job.legs;
    legs.is_split = true;
    let mut other = legs.all[0].clone();
    other.values = vec![("leg".to_owned(), "other".to_owned())];
    legs.all.push(other);
    Some(id(changed, place))
}

/// The lines of the verdict, each with its end, as values.
fn lines(changed: &mut Changed<'_>) -> Option<(usize, Vec<Value>)> {
    let place = changed.jobs.iter().position(|job| job.job.id == VERDICT)?;
    let step = steps(changed, place).first()?;
    let lines = step.env("DUE")?.lines();
    Some((place, lines.iter().map(|line| Value::of_line(line)).collect()))
}

fn set_lines(changed: &mut Changed<'_>, place: usize, lines: &[Value]) {
    let mut value = Value::default();
    for line in lines {
        line.parts().iter().for_each(|part| value.push(part.clone()));
        value.push(Part::literal("\n"));
    }
    if let Some(given) = steps(changed, place)[0].env.iter_mut().find(|given| *given.name == *"DUE") {
        given.value = value;
    }
}

fn drop_line(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, mut lines) = lines(changed)?;
    let dropped = lines.remove(choose.below(lines.len()));
    set_lines(changed, place, &lines);
    Some(format!("{dropped:?}"))
}

fn change_due(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let (place, mut lines) = lines(changed)?;
    let which = choose.below(lines.len());
    let line = lines[which].clone();
    let with_word = |word: &str| {
        let job = match line.parts().first() {
            Some(Part::Literal(text)) => text.split(' ').next().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        Value::literal(format!("{job} {word}"))
    };
    let is_due = matches!(line.as_literal(), Some(text) if text.ends_with(" due"));
    lines[which] = with_word(if is_due || choose.chance(50) { "not-due" } else { "due" });
    set_lines(changed, place, &lines);
    Some(format!("{line:?} is {:?}", lines[which]))
}

fn change_record(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let place = changed.jobs.iter().position(|job| job.job.id == RECORD)?;
    let step = steps(changed, place).first_mut()?;
    let given = step.env.iter_mut().find(|given| *given.name == *"NODES")?;
    let mut lines: Vec<String> = given.value.as_literal()?.lines().map(str::to_owned).collect();
    let which = choose.below(lines.len());
    let line = lines.remove(which);
    if choose.chance(50) {
        lines.push(line.replacen("\"stage\": \"", "\"stage\": \"not-", 1));
    }
    given.value = Value::literal(lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    Some(line)
}

fn change_trigger(changed: &mut Changed<'_>, choose: &mut Chooser) -> Option<String> {
    let which = choose.below(changed.triggers.len());
    let trigger = &mut changed.triggers[which];
    let what = format!("{trigger:?}");
    match (&mut trigger.event, choose.below(3)) {
        (_, 0) => {
            changed.triggers.remove(which);
            return Some(format!("without {what}"));
        }
        (RunEvent::Push { branches: Some(filter), .. } | RunEvent::PullRequest { bases: filter, .. }, 1) => {
            *filter = NameFilter::All;
        }
        (RunEvent::Push { tags, .. }, _) => *tags = Some(NameFilter::All),
        (RunEvent::PullRequest { bases, .. }, _) => *bases = NameFilter::Patterns(Vec::new()),
        _ => {
            let (word, line) = ("pull_request".to_owned(), trigger.line);
            let event = RunEvent::Other;
            changed.triggers.push(RunTrigger { word, line, event });
            return Some("with another event".to_owned());
        }
    }
    Some(format!("{what} is wider or narrower"))
}
