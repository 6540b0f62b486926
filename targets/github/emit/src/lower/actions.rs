//! A deploy as a sequence of steps that people can watch: what goes forth, soaks, is judged, and what goes back.

use super::Lowering;
use super::scripts::is_title;
use crate::document::Step;
use crate::expression::Expression;
use crate::template::Template;
use pipec_ir::{Action, Binding, Deploy, Node, StepKind, Strategy};
use pipec_lowering::Unit;
use pipec_runtime::{Dialect, Script};

/// The step that starts the clock.
const CLOCK: &str = "clock";

/// The variable of the weight.
const WEIGHT: &str = "PIPE_WEIGHT";

/// The least that is kept of a timeout for rolling back, in milliseconds; where it is more, it is a third. GitHub counts
/// steps in whole minutes, so the last of those may be lost.
const LEAST_FOR_ROLLBACK: u64 = 120_000;

/// Scripts that come together: those of `run`, or those of an action at one weight.
struct Phase<'a> {
    /// What people see: `shift to 5%`.
    title: String,
    /// The start of its steps' ids.
    id: String,
    scripts: &'a [pipec_ir::Step],
    env: &'a [Binding],
    /// What stands in `$PIPE_WEIGHT`.
    weight: Option<&'a str>,
    /// How long it soaks before, in milliseconds.
    soak: u64,
}

/// A script by itself, or neighbouring checks: all of these run.
struct Group<'a> {
    scripts: Vec<(&'a pipec_ir::Step, String)>,
}

/// How much of a timeout is for everything but the way back, in milliseconds; nothing, if it is too short.
pub(super) fn time_forth(timeout: u64) -> u64 {
    timeout.saturating_sub((timeout / 3).max(LEAST_FOR_ROLLBACK))
}

/// The step that starts the clock, if there is a way back that needs its time.
pub(super) fn clock_step(deploy: &Deploy) -> Option<Step> {
    deploy.rollback.as_ref()?;
    Some(Step::run("Start the clock", Script::Clock.text(Dialect::GitHub)).with_id(CLOCK))
}

impl Lowering<'_> {
    /// The variables of a deploy's actions besides those of all its scripts.
    pub(super) fn action_variables(&self, deploy: &Deploy, unit: &Unit) -> Vec<(String, Template)> {
        deploy.actions().flat_map(|action| self.own_variables(&action.env, unit)).collect()
    }

    fn own_variables(&self, env: &[Binding], unit: &Unit) -> Vec<(String, Template)> {
        let value = |binding: &Binding| self.value(&binding.value, unit);
        env.iter().map(|binding| (binding.variable.clone(), value(binding))).collect()
    }

    /// The steps of a deploy that has actions. Where one of them may roll back, each script may take only what its
    /// predecessors have left of the deploy's timeout, less what is kept for the way back: the end of the job itself would
    /// take that along.
    pub(super) fn acting_steps(
        &self,
        node: &Node,
        unit: &Unit,
        deploy: &Deploy,
        environment: &[(String, Template)],
        logins: &[Step],
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut soaked = 0;
        let phases = phases(node, deploy);
        for phase in &phases {
            if phase.soak > 0 {
                soaked += phase.soak;
                let seconds = phase.soak.div_ceil(1000).to_string();
                let name = format!("soak {}", duration(phase.soak));
                steps.push(
                    Step::run(name, Script::Soak.text(Dialect::GitHub))
                        .with_env("SOAK", Template::text(seconds)),
                );
                // What a cloud has lent by now may expire within the hour.
                steps.extend(logins.iter().cloned());
            }
            let variables = self.phase_variables(phase, unit, environment);
            for (place, group) in phase.groups().iter().enumerate() {
                let mut minutes = None;
                if deploy.rollback.is_some() {
                    let number = if place == 0 { String::new() } else { format!("-{}", place + 1) };
                    let id = format!("time-to-{}{number}", phase.id);
                    let limit = (time_forth(node.body.timeout) + soaked) / 1000;
                    let mut left = Step::run(
                        format!("time left to {}", phase.title),
                        Script::TimeLeft.text(Dialect::GitHub),
                    )
                    .with_env("STARTED", Template::expression(format!("steps.{CLOCK}.outputs.started")))
                    .with_env("LIMIT", Template::text(limit.to_string()));
                    if group.scripts.len() > 1 {
                        left = left.with_env("PARTS", Template::text(group.scripts.len().to_string()));
                    }
                    minutes = Some(Template::expression(format!("fromJSON(steps.{id}.outputs.minutes)")));
                    steps.push(left.with_id(id));
                }
                for (index, (script, id)) in group.scripts.iter().enumerate() {
                    let name = Template::text(phase.name_of(script));
                    let mut step = self.script_step(node, script, name, &variables);
                    step.timeout_minutes.clone_from(&minutes);
                    if deploy.rollback.is_some() || group.scripts.len() > 1 {
                        step.id = Some(id.clone());
                    }
                    step.condition = (index > 0).then(|| Expression::all([alive(), group.began()]));
                    steps.push(step);
                }
            }
        }
        if let Some(rollback) = &deploy.rollback {
            steps.extend(self.rollback_steps(node, unit, rollback, &phases, environment, logins));
        }
        steps
    }

    /// The way back is taken if and only if the way forth was begun and not gone to its end: a script failed, timed out
    /// or was cancelled. What a cloud lent for the way forth may have expired by then, be it in a soak or in a long script.
    fn rollback_steps(
        &self,
        node: &Node,
        unit: &Unit,
        rollback: &Action,
        phases: &[Phase<'_>],
        environment: &[(String, Template)],
        logins: &[Step],
    ) -> Vec<Step> {
        let way = Phase {
            title: "roll back".to_owned(),
            id: "roll-back".to_owned(),
            scripts: &rollback.steps,
            env: &rollback.env,
            weight: None,
            soak: 0,
        };
        let first = phases.first().and_then(|phase| phase.groups().into_iter().next());
        let last = phases.iter().rev().find_map(|phase| phase.groups().pop());
        let begun = first
            .and_then(|group| group.scripts.into_iter().next())
            .map(|(_, id)| Expression::equals(format!("steps.{id}.outcome"), "skipped").negated());
        let unfinished = last.map(|group| group.passed().negated());
        let astray = [Some(Expression::raw("!success()")), begun, unfinished];
        let mut condition = Expression::all(astray.into_iter().flatten());
        let variables = self.phase_variables(&way, unit, environment);
        let anew = |login: &Step| Step { condition: Some(condition.clone()), ..login.clone() };
        let mut steps: Vec<Step> = logins.iter().map(anew).collect();
        for group in way.groups() {
            for (index, (script, id)) in group.scripts.iter().enumerate() {
                let name = Template::text(way.name_of(script));
                let mut step = self.script_step(node, script, name, &variables);
                step.condition = Some(if index == 0 {
                    condition.clone()
                } else {
                    Expression::all([Expression::raw("!success()"), group.began()])
                });
                if way.scripts.len() > 1 {
                    step.id = Some(id.clone());
                }
                steps.push(step);
            }
            condition = Expression::all([Expression::raw("!success()"), group.passed()]);
        }
        steps
    }

    fn phase_variables(
        &self,
        phase: &Phase<'_>,
        unit: &Unit,
        environment: &[(String, Template)],
    ) -> Vec<(String, Template)> {
        let weight = phase.weight.map(|weight| (WEIGHT.to_owned(), Template::text(weight.to_owned())));
        environment.iter().cloned().chain(self.own_variables(phase.env, unit)).chain(weight).collect()
    }
}

impl<'a> Phase<'a> {
    fn groups(&self) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'a>> = Vec::new();
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

    fn name_of(&self, script: &pipec_ir::Step) -> String {
        let several = self.scripts.len() > 1 && is_title(&script.script);
        let own = script.name.as_ref().or_else(|| several.then_some(&script.script));
        match own {
            Some(own) if self.id == RUN => own.clone(),
            Some(own) => format!("{}: {own}", self.title),
            None => self.title.clone(),
        }
    }
}

impl Group<'_> {
    fn takes(&self, script: &pipec_ir::Step) -> bool {
        let is_check = |script: &pipec_ir::Step| script.kind == StepKind::Check;
        is_check(script) && self.scripts.iter().all(|(other, _)| is_check(other))
    }

    /// That its first script ran, whatever came of it.
    fn began(&self) -> Expression {
        let ran = |(_, id): &(&pipec_ir::Step, String)| {
            Expression::any(
                ["success", "failure"]
                    .map(|outcome| Expression::equals(format!("steps.{id}.outcome"), outcome)),
            )
        };
        self.scripts.first().map_or(Expression::Constant(false), ran)
    }

    /// That all its scripts succeeded.
    fn passed(&self) -> Expression {
        let passed = |(_, id): &(&pipec_ir::Step, String)| {
            Expression::equals(format!("steps.{id}.outcome"), "success")
        };
        Expression::all(self.scripts.iter().map(passed))
    }
}

/// What the scripts of `run` are called.
const RUN: &str = "deploy";

/// The way forth.
fn phases<'a>(node: &'a Node, deploy: &'a Deploy) -> Vec<Phase<'a>> {
    let scripts = |action: &'a Option<Action>| action.as_ref().map_or([].as_slice(), |action| &action.steps);
    let env = |action: &'a Option<Action>| action.as_ref().map_or([].as_slice(), |action| &action.env);
    let mut phases = Vec::new();
    let Some(strategy) = &deploy.strategy else {
        let phase = |id: &str, scripts, env| Phase {
            title: id.to_owned(),
            id: id.to_owned(),
            scripts,
            env,
            weight: None,
            soak: 0,
        };
        phases.push(phase(RUN, &node.body.steps, &[]));
        phases.push(phase("verify", scripts(&deploy.verify), env(&deploy.verify)));
        return phases;
    };
    for (weight, soak) in weights(strategy) {
        let phase = |word: &str, action: &'a Option<Action>, soak| Phase {
            title: format!("{word} {weight}%"),
            id: format!("{word} {weight}").replace([' ', '.'], "-"),
            scripts: scripts(action),
            env: env(action),
            weight: Some(weight),
            soak,
        };
        phases.push(phase("shift to", &deploy.shift, 0));
        phases.push(phase("verify at", &deploy.verify, soak));
    }
    phases
}

/// The weights, and how long each soaks; the last one is 100, whether or not it is a step.
fn weights(strategy: &Strategy) -> Vec<(&str, u64)> {
    let whole = |weight: &str| weight.parse::<f64>().is_ok_and(|weight| weight >= 100.0);
    let said = strategy.steps.iter();
    let mut weights: Vec<(&str, u64)> = said
        .map(|step| (if whole(&step.weight) { "100" } else { step.weight.as_str() }, step.soak))
        .collect();
    if weights.last().is_none_or(|(weight, _)| *weight != "100") {
        weights.push(("100", 0));
    }
    weights
}

fn alive() -> Expression {
    Expression::raw("!cancelled()")
}

/// A duration as it is written.
fn duration(milliseconds: u64) -> String {
    let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
    let whole = units.into_iter().find(|(_, unit)| milliseconds.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{milliseconds}ms"), |(word, unit)| format!("{}{word}", milliseconds / unit))
}
