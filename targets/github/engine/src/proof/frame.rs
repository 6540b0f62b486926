//! What stands around the steps: the workflow's own rights, shell and locks; each job's machine, timeout and lock.

use crate::meaning::expression::{Datum, Evaluator, RUN_ID, Scope, Words};
use crate::meaning::outcome::Jobs;
use crate::meaning::overriding::asked_step;
use crate::meaning::overriding::checks_override_rules;
use crate::meaning::plan::plan_step;
use crate::proof::gating::Gating;
use crate::proof::matrix;
use crate::proof::pins::is_image;
use crate::proof::record::RECORD;
use crate::proof::verdict::{PLAN, VERDICT};
use crate::read::expression::Piece;
use crate::read::finding::Finding;
use crate::read::workflow::{Job, expression, literal};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Event, Lock, Node, Runner, RunnerHost};
use pipec_logic::Proposition;
use std::collections::BTreeSet;

/// Loses no exit status: `-e`, unset variables and every part of a pipe count (trap 62).
pub(crate) const SHELL: &str = "bash --noprofile --norc -euo pipefail {0}";

/// The longest time the compiler's own jobs may take, in minutes.
const OWN_TIMEOUT: f64 = 30.0;

/// Every difference of the frame.
pub(crate) fn check(gating: &Gating<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    workflow(gating, &mut findings);
    for job in &gating.workflow.jobs {
        let node = gating.source.node_of(&job.id);
        job_frame(gating, job, node, &mut findings);
        container(gating, job, node, &mut findings);
        super::services::check(gating, job, node, &mut findings);
        goes_on(gating, job, node, &mut findings);
        lock(gating, job, node, &mut findings);
        if job.id == PLAN {
            plan_steps(gating, job, &mut findings);
        }
    }
    names(gating, &mut findings);
    findings
}

fn workflow(gating: &Gating<'_, '_>, findings: &mut Vec<Finding>) {
    let root = &gating.workflow.root;
    let empty =
        root.get("permissions").is_some_and(|node| matches!(&node.value, Value::Map(all) if all.is_empty()));
    if !empty {
        findings.push(Finding::of_file("its own `permissions` are not empty", root.line));
    }
    let shell = root.get("defaults").filter(|defaults| defaults.entries().len() == 1);
    let run = shell.and_then(|defaults| defaults.get("run")).filter(|run| run.entries().len() == 1);
    if run.and_then(|run| run.get("shell")).and_then(Yaml::text) != Some(SHELL) {
        findings.push(Finding::of_file("its shell may lose the status of a failure", root.line));
    }
    for (key, node) in root.entries().iter().filter(|(key, _)| matches!(key.as_str(), "name" | "run-name")) {
        if literal(node).is_none_or(|name| key != "name" || name != gating.pipeline.name) {
            findings.push(Finding::of_file("it has another name", node.line));
        }
    }
    match root.get("concurrency") {
        Some(node) => run_group(gating, node, findings),
        None => {
            findings.push(Finding::of_file("runs of a pull request do not replace each other", root.line))
        }
    }
}

/// Runs may replace each other only where nothing deploys; a group that holds more than one run drops the pending one
/// even where it cancels none in progress (traps 15, 16, 17).
fn run_group(gating: &Gating<'_, '_>, node: &Yaml, findings: &mut Vec<Finding>) {
    let logic = gating.world.logic();
    let prefix = format!("pipec-{}-", gating.pipeline.name.to_lowercase());
    let mut differs = |what: &str| findings.push(Finding::of_file(what, node.line));
    if node.entries().iter().any(|(key, _)| !matches!(key.as_str(), "group" | "cancel-in-progress")) {
        differs("its `concurrency` says something unknown");
    }
    let none = Jobs::default();
    let scope = Scope::of_job("concurrency", &[], &none, logic.falsehood());
    let evaluator = Evaluator { world: gating.world, scope: &scope };
    let pull_request = gating.world.facts.event(Event::PullRequest);
    let deploys: Vec<Proposition> = gating.pipeline.deploys().map(|(node, _)| gating.due(node)).collect();
    let keeps = logic.or(&logic.not(&pull_request), &logic.any(&deploys));
    let keeps = logic.and(&gating.wanted(), &keeps);

    let group = node.get("group").filter(|group| group.text().is_some()).and_then(Yaml::template);
    let parts = group.as_ref().map(|group| group.pieces.as_slice()).unwrap_or_default();
    let alone = match parts {
        [Piece::Literal(text), Piece::Expression(own)] if *text == prefix => {
            let cases = evaluator.value(own);
            let own: Vec<Proposition> = cases
                .into_iter()
                .filter(|(_, datum)| *datum == Datum::Text(Words::Unlike(RUN_ID)))
                .map(|(guard, _)| guard)
                .collect();
            logic.any(&own)
        }
        _ => {
            differs("its group is not its own");
            logic.falsehood()
        }
    };
    let shared = logic.and_not(&keeps, &alone);
    if logic.is_satisfiable(&shared).unwrap_or(true) {
        let run = gating.world.describe(&shared);
        findings.push(Finding::of_file("a run may be dropped that must not be", node.line).shown_by(run));
    }
    let cancels = match node.get("cancel-in-progress") {
        None => logic.falsehood(),
        Some(flag) => match &flag.value {
            Value::Bool(flag) => logic.constant(*flag),
            _ => match expression(flag) {
                Some(flag) => evaluator.holds(flag),
                None => logic.truth(),
            },
        },
    };
    // In a group of its own there is nobody to cancel it.
    let stopped = logic.all(&[keeps, cancels, logic.not(&alone)]);
    if logic.is_satisfiable(&stopped).unwrap_or(true) {
        let run = gating.world.describe(&stopped);
        findings.push(
            Finding::of_file("a run may be cancelled half-way that must not be", node.line).shown_by(run),
        );
    }
}

fn job_frame(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let mut differs = |what: String| findings.push(Finding::of_job(&job.id, what, job.line));
    let minutes = match job.node.get("timeout-minutes").map(|node| &node.value) {
        Some(Value::Number(minutes, _)) => Some(*minutes),
        _ => None,
    };
    let waits = super::windows::awaited_by(gating.program, gating.source, &job.id).is_some();
    let wanted = node.map(|node| node.allowed_time().div_ceil(60_000).max(1));
    let same = match (minutes, wanted) {
        (Some(minutes), Some(wanted)) => {
            u32::try_from(wanted).is_ok_and(|wanted| f64::from(wanted) == minutes)
        }
        (Some(_), None) if waits => super::windows::waits_long_enough(minutes),
        (Some(minutes), None) => (1.0..=OWN_TIMEOUT).contains(&minutes),
        (None, _) => false,
    };
    if !same {
        differs("its timeout is not that of its node".to_owned());
    }
    match node {
        Some(node) => {
            for instance in matrix::instances(node, job, &mut Vec::new()) {
                if let Some(machine) = wrong_machine(&instance.job, &instance.node.body.runner) {
                    let leg = instance.leg.map(|leg| format!(" in the leg `{leg}`")).unwrap_or_default();
                    differs(format!("it runs on `{machine}`{leg}"));
                }
            }
        }
        None => {
            if let Some(machine) = wrong_machine(job, &Runner::default()) {
                differs(format!("it runs on `{machine}`"));
            }
            if job.node.get("strategy").is_some() {
                differs("it has a `strategy`, though no node is behind it".to_owned());
            }
        }
    }
    // A step whose failure counts for nothing is one of which another counts how it ended, or one that only reports.
    let counts_for_nothing = node.is_some_and(|node| {
        node.quorum().is_some()
            || node.retry().is_some()
            || !node.body.reports.is_empty()
            || !node.body.keeps.is_empty()
    });
    let refused = [("continue-on-error", counts_for_nothing), ("timeout-minutes", node.is_some())];
    for (key, _) in refused.into_iter().filter(|(_, allowed)| !allowed) {
        if job.steps.iter().any(|step| step.node.get(key).is_some()) {
            differs(format!("a step says `{key}`"));
        }
    }
    let asks = super::overrides::gate_of(gating.source, &job.id).is_some();
    if node.is_none() && !asks && !waits && ![PLAN, VERDICT, RECORD].contains(&job.id.as_str()) {
        differs("no node of the source is behind it".to_owned());
    }
    if let Some(node) = node {
        let body = &node.body;
        let unknown = [
            ("retry of a gate or a deploy", body.retry.is_some() && node.retry().is_none()),
            ("raw steps that repeat", node.quorum().is_some() && !body.engines.is_empty()),
            (
                "raw steps of several attempts",
                node.retry().is_some() && body.engines.iter().any(|it| it.target == "github"),
            ),
            ("sidecars of several attempts", node.retry().is_some() && !body.sidecars.is_empty()),
        ];
        for (clause, _) in unknown.into_iter().filter(|(_, said)| *said) {
            differs(format!("the model does not know `{clause}`"));
        }
        let environment = gating.program.environment_of(node);
        // One approval is all that the output asks GitHub for.
        let unmet = environment.is_some_and(|environment| {
            environment.approval.as_ref().is_some_and(|approval| approval.min > 1)
        });
        if unmet {
            differs("the model does not know a clause of its node".to_owned());
        }
    }
}

/// The machine of a job, if it is not one that its runner asks for.
fn wrong_machine(job: &Job, runner: &Runner) -> Option<String> {
    let machine = job.node.get("runs-on").and_then(literal).unwrap_or_default();
    let fits = match (runner.labels.get("github"), runner.host) {
        (Some(label), _) => machine == *label,
        (None, RunnerHost::LinuxX64) => machine.starts_with("ubuntu-") && !machine.ends_with("-arm"),
        (None, RunnerHost::LinuxArm64) => machine.starts_with("ubuntu-") && machine.ends_with("-arm"),
        (None, RunnerHost::MacosArm64) => machine.starts_with("macos-"),
        (None, RunnerHost::WindowsX64) => machine.starts_with("windows-"),
    };
    (!fits || machine.ends_with("-latest")).then_some(machine)
}

/// The image that the source names, at its own digest or the one that is known for its tag.
fn container(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let given = job.node.get("container");
    let image = given.filter(|given| given.entries().len() == 1).and_then(|given| given.get("image"));
    let is_it = |wanted: Option<&str>| match (wanted, given) {
        (None, None) => true,
        (Some(wanted), Some(_)) => {
            image.and_then(literal).is_some_and(|image| is_image(gating, &image, wanted))
        }
        _ => false,
    };
    let same = match node {
        None => is_it(None),
        Some(node) => matrix::instances(node, job, &mut Vec::new())
            .iter()
            .all(|leg| is_it(leg.node.body.runner.image.as_ref().map(|(image, _)| image.as_str()))),
    };
    if !same {
        findings.push(Finding::of_job(&job.id, "it runs in another image", job.line));
    }
}

/// A gate that only reports leaves the run green, so that it stays a baseline. It does so by a result that tells nothing
/// (trap 4), so that nothing else may have it and nothing may need it.
fn goes_on(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let advisory = |id: &str| gating.source.node_of(id).is_some_and(Node::is_advisory);
    let goes_on = job.node.get("continue-on-error").map(|node| &node.value);
    match (goes_on, node.is_some_and(Node::is_advisory)) {
        (None, false) | (Some(Value::Bool(true)), true) => {}
        (Some(_), false) => findings.push(Finding::of_job(
            &job.id,
            "it says `continue-on-error`, so that its failure counts for success",
            job.line,
        )),
        (_, true) => {
            findings.push(Finding::of_job(
                &job.id,
                "its failure makes the run red, though it only reports",
                job.line,
            ));
        }
    }
    for step in job.steps.iter().filter(|step| node.is_none() && step.node.get("continue-on-error").is_some())
    {
        findings.push(Finding::of_job(&job.id, "a step of it says `continue-on-error`", step.line));
    }
    for need in job.needs.iter().filter(|need| job.id != RECORD && advisory(need)) {
        findings.push(Finding::of_job(&job.id, format!("it needs `{need}`, which only reports"), job.line));
    }
}

/// Each deploy waits in the queue of its environment and pipeline, and none is dropped from it (trap 15) but for a newer one
/// where the environment wants only that.
fn lock(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let deploy = node.and_then(Node::deploy);
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let (given, deploy) = match (job.node.get("concurrency"), deploy) {
        (None, None) => return,
        (Some(_), None) => return differs("it has a lock, though it deploys nothing"),
        (None, Some(_)) => return differs("it has no lock"),
        (Some(given), Some(deploy)) => (given, deploy),
    };
    let of_all = format!("pipec-deploy-{}/{}", deploy.environment, gating.pipeline.name).to_lowercase();
    let preview = node.is_some_and(|node| gating.program.preview_of(node).is_some());
    let wanted =
        if preview { format!("{of_all}/${{{{ github.event.pull_request.number }}}}") } else { of_all };
    if given.get("group").and_then(Yaml::text) != Some(&wanted) {
        differs("its lock is not that of its environment and pipeline");
    }
    let newest = gating.program.entered_by(deploy).is_some_and(|of| of.lock == Lock::Newest);
    match given.get("queue").map(|queue| queue.text().unwrap_or_default()) {
        Some("max") if !newest => {}
        // GitHub drops what waits as soon as something newer does.
        None if newest => {
            let rivals =
                gating.pipeline.deploys().filter(|(_, other)| other.environment == deploy.environment);
            if rivals.count() > 1 {
                differs("a deploy that waits may be dropped for another of its run");
            }
        }
        None => differs("a deploy that waits may be dropped"),
        Some(_) => differs("more deploys may wait than the newest"),
    }
    if given.entries().iter().any(|(key, _)| !matches!(key.as_str(), "group" | "queue")) {
        differs("a deploy may be cancelled half-way");
    }
}

/// The plan is its checkout and its script, besides what refuses overrides, and always starts.
fn plan_steps(gating: &Gating<'_, '_>, job: &Job, findings: &mut Vec<Finding>) {
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let Some(plan) = plan_step(job) else { return differs("it does not run the plan's script") };
    if job.node.get("if").is_some()
        || !job.needs.is_empty()
        || job.steps.iter().any(|step| step.node.get("if").is_some())
    {
        differs("it does not always decide");
    }
    for step in &job.steps {
        let is_checkout = step.action() == Some("actions/checkout");
        let asked = asked_step(job).filter(|asked| asked.line == step.line);
        if let Some(asked) = asked {
            if !gating.world.can_override() || !checks_override_rules(asked, gating.pipeline) {
                differs("it lets overrides begin otherwise than by the book");
            }
            continue;
        }
        if (step.line != plan.line && !is_checkout) || step.node.get("working-directory").is_some() {
            differs("it does something else than to plan");
        }
        if is_checkout {
            let kept =
                step.with("persist-credentials").map(|node| node.value.clone()) != Some(Value::Bool(false));
            let uses = step.node.get("uses").and_then(Yaml::text);
            let known = uses.is_some_and(|uses| super::pins::is_known(uses, &gating.program.lock));
            let inputs = step.node.get("with").map(Yaml::entries).unwrap_or_default();
            let others =
                inputs.iter().any(|(key, _)| !matches!(key.as_str(), "fetch-depth" | "persist-credentials"));
            if kept || !known || others || step.node.get("env").is_some() {
                differs("it checks out something else, or keeps the credentials");
            }
        }
    }
    for (name, value) in plan.node.get("env").map(Yaml::entries).unwrap_or_default() {
        let known = matches!(name.as_str(), "GH_TOKEN" | "WORKFLOW" | "SOURCES" | "CHANGES" | "FACTS")
            || name.starts_with("INPUT_");
        if !known {
            findings.push(Finding::of_job(&job.id, format!("the plan is given `{name}`"), value.line));
        }
    }
}

/// Required checks bind to names, so each is one job's alone.
fn names(gating: &Gating<'_, '_>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut see = |job: &Job, leg: bool| {
        let name = job.node.get("name").map_or_else(|| Some(job.id.clone()), literal);
        let what = match name {
            Some(name) if leg && !(name.starts_with(&format!("{} (", job.id)) && name.ends_with(')')) => {
                "the name of a leg is not the job's with the leg behind"
            }
            Some(name) if seen.insert(name.clone()) => return,
            Some(_) => "another job has its name",
            None => "its name is not literal",
        };
        findings.push(Finding::of_job(&job.id, what, job.line));
    };
    for job in &gating.workflow.jobs {
        match gating.source.node_of(&job.id) {
            Some(node) => {
                for instance in matrix::instances(node, job, &mut Vec::new()) {
                    see(&instance.job, instance.leg.is_some());
                }
            }
            None => see(job, false),
        }
    }
}
