//! What stands around the steps: the workflow's own rights, shell and locks; each job's machine, timeout and lock.

use crate::gating::Gating;
use crate::{overrides, services, surroundings, windows};
use pipec_ir::{Event, Fact, Lock, Node, Runner};
use pipec_logic::Proposition;
use pipec_model::Finding;
use pipec_model::overriding::asked_step;
use pipec_model::overriding::checks_override_rules;
use pipec_model::plan::plan_step;
use pipec_model::{CheckoutOf, ConditionId, Does, Job, Leg, Part, Reading, Starts, Value, Waiting};
use pipec_runtime::Script;
use pipec_runtime::names::{PLAN, RECORD, VERDICT};
use std::collections::BTreeSet;

/// The longest time the compiler's own jobs may take, in minutes.
const OWN_TIMEOUT: f64 = 30.0;

/// Every difference of the frame.
pub(crate) fn check(gating: &Gating<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let logic = gating.world.logic();
    // Runs may replace each other only where nothing deploys.
    let pull_request = gating.world.facts.event(Event::PullRequest);
    let deploys: Vec<Proposition> = gating.pipeline.deploys().map(|(node, _)| gating.due(node)).collect();
    let kept = logic.or(&logic.not(&pull_request), &logic.any(&deploys));
    let kept = logic.and(&gating.wanted(), &kept);
    findings.extend(surroundings::check(gating.engine, &gating.pipeline.name, gating.world, &kept));
    for job in gating.all_jobs() {
        let node = gating.source.node_of(&job.id);
        job_frame(gating, job, node, &mut findings);
        container(gating, job, node, &mut findings);
        services::check(gating, job, node, &mut findings);
        goes_on(gating, job, node, &mut findings);
        lock(gating, job, node, &mut findings);
        if job.id == PLAN {
            plan_steps(gating, job, &mut findings);
        }
    }
    names(gating, &mut findings);
    findings
}

fn job_frame(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let mut differs = |what: String| findings.push(Finding::of_job(&job.id, what, job.line));
    let minutes = job.timeout;
    let waits = windows::awaited_by(gating.program, gating.source, &job.id).is_some();
    let wanted = node.map(|node| node.allowed_time().div_ceil(60_000).max(1));
    let same = match (minutes, wanted) {
        (Some(minutes), Some(wanted)) => {
            u32::try_from(wanted).is_ok_and(|wanted| f64::from(wanted) == minutes)
        }
        (Some(_), None) if waits => windows::waits_long_enough(gating.engine, minutes),
        (Some(minutes), None) => (1.0..=OWN_TIMEOUT).contains(&minutes),
        (None, _) => false,
    };
    if !same {
        differs("its timeout is not that of its node".to_owned());
    }
    match node {
        Some(_) => {
            for instance in gating.instances_of(job) {
                if let Some(machine) = wrong_machine(gating.engine, instance.leg, &instance.node.body.runner)
                {
                    let leg = instance.name.as_ref();
                    let leg = leg.map(|leg| format!(" in the leg `{leg}`")).unwrap_or_default();
                    differs(format!("it runs on `{machine}`{leg}"));
                }
            }
        }
        None => {
            let machines =
                job.legs.all.iter().filter_map(|leg| wrong_machine(gating.engine, leg, &Runner::default()));
            machines.for_each(|machine| differs(format!("it runs on `{machine}`")));
            if job.legs.is_split {
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
    let steps = || job.legs.all.iter().flat_map(|leg| &leg.steps);
    if !counts_for_nothing && steps().any(|step| step.goes_on.is_some()) {
        differs("a step says `continue-on-error`".to_owned());
    }
    if node.is_none() && steps().any(|step| step.limit.is_some()) {
        differs("a step says `timeout-minutes`".to_owned());
    }
    let asks = overrides::gate_of(gating.source, &job.id).is_some();
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
                node.retry().is_some() && body.engines.iter().any(|it| it.target == gating.engine.name()),
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
fn wrong_machine(engine: &dyn Reading, leg: &Leg, runner: &Runner) -> Option<String> {
    let machine = leg.machine.as_literal().unwrap_or_default();
    let fits = match runner.labels.get(engine.name()) {
        Some(label) => machine == *label,
        None => engine.is_machine(machine, runner.host),
    };
    (!fits).then(|| machine.to_owned())
}

/// The image that the source names, at its own digest or the one that is known for its tag.
fn container(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let is_given = job.is_in_container;
    let is_it = |leg: &Leg, wanted: Option<&str>| match (wanted, is_given) {
        (None, false) => true,
        (Some(wanted), true) => {
            let image = leg.image.as_ref().and_then(Value::as_literal);
            image.is_some_and(|image| gating.engine.is_image(image, wanted, &gating.program.lock))
        }
        _ => false,
    };
    let same = match node {
        None => !is_given,
        Some(_) => gating.instances_of(job).iter().all(|instance| {
            let wanted = instance.node.body.runner.image.as_ref();
            is_it(instance.leg, wanted.map(|(image, _)| image.as_str()))
        }),
    };
    if !same {
        findings.push(Finding::of_job(&job.id, "it runs in another image", job.line));
    }
}

/// A gate that only reports leaves the run green, so that it stays a baseline. It does so by a result that tells nothing
/// (trap 4), so that nothing else may have it and nothing may need it.
fn goes_on(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let advisory = |id: &str| gating.source.node_of(id).is_some_and(Node::is_advisory);
    match (job.ignores_failure, node.is_some_and(Node::is_advisory)) {
        (None, false) | (Some(true), true) => {}
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
    for step in job.steps().iter().filter(|step| node.is_none() && step.goes_on.is_some()) {
        findings.push(Finding::of_job(&job.id, "a step of it says `continue-on-error`", step.line));
    }
    for need in job.waits_for.iter().filter(|need| job.id != RECORD && advisory(need)) {
        findings.push(Finding::of_job(&job.id, format!("it needs `{need}`, which only reports"), job.line));
    }
}

/// Each deploy waits in the queue of its environment and pipeline, and none is dropped from it (trap 15) but for a newer one
/// where the environment wants only that.
fn lock(gating: &Gating<'_, '_>, job: &Job, node: Option<&Node>, findings: &mut Vec<Finding>) {
    let deploy = node.and_then(Node::deploy);
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let (given, deploy) = match (&job.lock, deploy) {
        (None, None) => return,
        (Some(_), None) => return differs("it has a lock, though it deploys nothing"),
        (None, Some(_)) => return differs("it has no lock"),
        (Some(given), Some(deploy)) => (given, deploy),
    };
    let of_all = format!("pipec-deploy-{}/{}", deploy.environment, gating.pipeline.name).to_lowercase();
    let preview = node.is_some_and(|node| gating.program.preview_of(node).is_some());
    let wanted = if preview {
        Value::literal(of_all).and_literal("/").and(Part::Fact(Fact::PullRequestNumber))
    } else {
        Value::literal(of_all)
    };
    if given.key != wanted {
        differs("its lock is not that of its environment and pipeline");
    }
    let newest = gating.program.entered_by(deploy).is_some_and(|of| of.lock == Lock::Newest);
    match given.waiting {
        Waiting::All if !newest => {}
        // The engine drops what waits as soon as something newer does.
        Waiting::Newest if newest => {
            let rivals =
                gating.pipeline.deploys().filter(|(_, other)| other.environment == deploy.environment);
            if rivals.count() > 1 {
                differs("a deploy that waits may be dropped for another of its run");
            }
        }
        Waiting::Newest => differs("a deploy that waits may be dropped"),
        Waiting::All | Waiting::Unknown => differs("more deploys may wait than the newest"),
    }
    if given.may_cancel {
        differs("a deploy may be cancelled half-way");
    }
}

/// The plan is its checkout and its script, besides what refuses overrides, and always starts.
fn plan_steps(gating: &Gating<'_, '_>, job: &Job, findings: &mut Vec<Finding>) {
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, job.line));
    let Some(plan) = plan_step(job) else { return differs("it does not run the plan's script") };
    let is_conditional = job.steps().iter().any(|step| step.condition != ConditionId::PLAIN);
    if job.starts != Starts::Plain || !job.waits_for.is_empty() || is_conditional {
        differs("it does not always decide");
    }
    for step in job.steps() {
        if asked_step(job).is_some_and(|asked| std::ptr::eq(asked, step)) {
            if !gating.world.can_override() || !checks_override_rules(step, gating.pipeline) {
                differs("it lets overrides begin otherwise than by the book");
            }
            continue;
        }
        let is_plan = std::ptr::eq(plan, step);
        if !is_plan && !matches!(step.does, Does::Checkout(_)) || step.directory.is_some() {
            differs("it does something else than to plan");
        }
        if let Does::Checkout(of) = step.does
            && of != (CheckoutOf { full_history: of.full_history, ..CheckoutOf::default() })
        {
            differs("it checks out something else, or keeps the credentials");
        }
    }
    let of_engine = gating.engine.dialect().parameters(Script::Plan);
    for given in &plan.env {
        let name = &*given.name;
        let is_known = Script::Plan.parameters().contains(&name) || of_engine.contains(&name);
        if !is_known && !name.starts_with("INPUT_") {
            findings.push(Finding::of_job(&job.id, format!("the plan is given `{name}`"), given.line));
        }
    }
}

/// Required checks bind to names, so each is one job's alone.
fn names(gating: &Gating<'_, '_>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut see = |job: &Job, leg: &Leg, is_split: bool| {
        let what = match leg.shown_as.as_literal() {
            Some(name)
                if is_split && !(name.starts_with(&format!("{} (", job.id)) && name.ends_with(')')) =>
            {
                "the name of a leg is not the job's with the leg behind"
            }
            Some(name) if seen.insert(name.to_owned()) => return,
            Some(_) => "another job has its name",
            None => "its name is not literal",
        };
        findings.push(Finding::of_job(&job.id, what, job.line));
    };
    for job in gating.all_jobs() {
        match gating.source.node_of(&job.id) {
            Some(_) => {
                for instance in gating.instances_of(job) {
                    see(job, instance.leg, instance.name.is_some());
                }
            }
            None => job.legs.all.iter().for_each(|leg| see(job, leg, false)),
        }
    }
}
