//! What a job may do and see: its token's rights, its environment, secrets and identities. Each is granted for a clause of
//! the source, and nothing on events of code that nobody reviewed.

use crate::meaning::plan::plan_step;
use crate::proof::gating::Gating;
use crate::proof::gating::is_untrusted_only;
use crate::proof::overrides;
use crate::proof::record::RECORD;
use crate::proof::values;
use crate::proof::verdict::{PLAN, VERDICT};
use crate::read::finding::Finding;
use crate::read::workflow::path_of;
use crate::read::workflow::{Job, Step, Work};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Checkout, Event, ReportFormat, Right};
use pipec_runtime::Script;
use std::collections::BTreeMap;

/// Every right too many or too few of a job, and everything it sees and may not.
pub(crate) fn check(gating: &Gating<'_, '_>, job: &Job) -> Vec<Finding> {
    let mut findings = Vec::new();
    let untrusted_only = is_untrusted_only(gating, job);
    permissions(gating, job, untrusted_only, &mut findings);
    environment(gating, job, untrusted_only, &mut findings);
    secrets(gating, job, untrusted_only, &mut findings);
    untrusted(gating, job, &mut findings);
    findings
}

/// The table from clauses to rights (trap 21).
fn table(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool) -> BTreeMap<&'static str, &'static str> {
    let mut rights: BTreeMap<&'static str, &'static str> = BTreeMap::new();
    if job.id == PLAN {
        if gating.world.can_override() {
            rights.insert("contents", "read");
        }
        if let Some(plan) = plan_step(job)
            && plan.literal_env("FACTS").unwrap_or_default().contains(" changed-")
        {
            rights.insert("contents", "read");
            if gating.pipeline.events().contains(&Event::Push) {
                rights.insert("actions", "read");
            }
        }
        return rights;
    }
    if job.id == RECORD || overrides::gate_of(gating.source, &job.id).is_some() {
        rights.insert("actions", "read");
        return rights;
    }
    let Some(node) = gating.source.node_of(&job.id) else { return rights };
    if node.body.checkout != Checkout::None {
        rights.insert("contents", "read");
    }
    if gating.program.preview_of(node).is_some() {
        rights.insert("pull-requests", "read");
    } else if node.is_deploy() {
        // Never backwards, and somebody approved who did not write the commit.
        rights.extend([("actions", "read"), ("contents", "read"), ("deployments", "read")]);
    }
    if untrusted_only {
        return rights;
    }
    for (right, _) in &node.body.rights {
        match right {
            Right::Releases => rights.insert("contents", "write"),
            Right::Pages => {
                rights.insert("id-token", "write");
                rights.insert("pages", "write")
            }
            Right::Packages => rights.insert("packages", "write"),
            Right::Checks => rights.insert("checks", "write"),
            Right::Issues => rights.insert("issues", "write"),
            Right::PullRequests => rights.insert("pull-requests", "write"),
            Right::Discussions => rights.insert("discussions", "write"),
            Right::Statuses => rights.insert("statuses", "write"),
            Right::Attestations => {
                rights.insert("id-token", "write");
                rights.insert("attestations", "write")
            }
            Right::SecurityEvents => {
                rights.insert("actions", "read");
                rights.insert("security-events", "write")
            }
        };
    }
    if node.image().is_some_and(|image| gating.program.registry_of(image).is_none()) {
        rights.insert("packages", "write");
    }
    if node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif) {
        // Code scanning asks for the run that found something.
        rights.extend([("security-events", "write"), ("actions", "read")]);
    }
    if gating.program.identities_of(node).next().is_some() {
        rights.insert("id-token", "write");
    }
    rights
}

fn permissions(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool, findings: &mut Vec<Finding>) {
    let Some(node) = job.node.get("permissions") else {
        findings.push(Finding::of_job(&job.id, "it says no `permissions`", job.line));
        return;
    };
    let mut wanted = table(gating, job, untrusted_only);
    if !matches!(node.value, Value::Map(_)) {
        findings.push(Finding::of_job(&job.id, "its `permissions` are no list of rights", node.line));
    }
    for (scope, level) in node.entries() {
        let level = level.text().unwrap_or_default();
        match wanted.remove(scope.as_str()) {
            Some(wanted) if wanted == level => {}
            Some(wanted) => findings.push(Finding::of_job(
                &job.id,
                format!("it has `{scope}: {level}`, where its clauses ask for `{wanted}`"),
                node.line,
            )),
            None => findings.push(Finding::of_job(
                &job.id,
                format!("it has `{scope}: {level}`, which no clause asks for"),
                node.line,
            )),
        }
    }
    for (scope, level) in wanted {
        findings.push(Finding::of_job(&job.id, format!("it lacks `{scope}: {level}`"), node.line));
    }
}

/// A literal name, right, on the deploys and on what holds secrets of its own (trap 13).
fn environment(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool, findings: &mut Vec<Finding>) {
    let node = gating.source.node_of(&job.id);
    let own_secrets = node
        .is_some_and(|node| !node.body.secrets.is_empty() || gating.program.registry_for(node).is_some())
        && !untrusted_only;
    let wanted = node.and_then(|node| match node.deploy() {
        Some(deploy) => Some((deploy.environment.clone(), true)),
        None => own_secrets.then(|| (format!("{}-{}", gating.pipeline.name, node.name), false)),
    });
    // Its reviewers are the role; a deployment it is none, but only as one it surely has reviewers.
    let asks = overrides::gate_of(gating.source, &job.id)
        .map(|gate| (overrides::environment(gating.pipeline, gate), true));
    let wanted = asks.clone().or(wanted);
    let Some(given) = job.node.get("environment") else {
        if wanted.is_some() {
            findings.push(Finding::of_job(&job.id, "it has no environment", job.line));
        }
        return;
    };
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, given.line));
    let Some((name, deploys)) = wanted else { return differs("it has an environment") };
    if given.get("name").and_then(Yaml::text) != Some(&name) {
        differs("its environment has another name, or one that is not literal");
    }
    if (!deploys || asks.is_some())
        && gating.program.environments.keys().any(|known| known.eq_ignore_ascii_case(&name))
    {
        differs("its environment is one that others deploy to");
    }
    let deployment = given.get("deployment").map(|node| node.value.clone());
    if deployment != (!deploys).then_some(Value::Bool(false)) {
        differs("its environment makes a record of a deployment where it may not, or none where it must");
    }
    let url = gating.program.environments.get(&name).filter(|_| deploys).and_then(|of| of.url.clone());
    let same_url = match (given.get("url"), url) {
        (None, None) => true,
        (Some(given), Some(url)) => values::is_expected(given, &values::Expected::Text(url), gating, job),
        _ => false,
    };
    if !same_url {
        differs("its environment has another url");
    }
    if given.entries().iter().any(|(key, _)| !matches!(key.as_str(), "name" | "url" | "deployment")) {
        differs("its environment says something unknown");
    }
}

/// Secrets and the token reach only what was checked word for word elsewhere.
fn secrets(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool, findings: &mut Vec<Finding>) {
    let node = gating.source.node_of(&job.id).filter(|_| !untrusted_only);
    let held = Held {
        secrets: node.map_or_else(Vec::new, |node| {
            gating.program.secrets_of(node).map(|secret| format!("secrets.{}", secret.variable)).collect()
        }),
        token: node.is_some_and(|node| !node.body.rights.is_empty()),
        registry: node
            .and_then(|node| gating.program.registry_for(node))
            .map(|registry| [&registry.user, &registry.password].map(|name| format!("secrets.{name}"))),
        pushes: node.is_some_and(|node| node.image().is_some()),
    };
    for (key, value) in job.node.entries() {
        if key != "steps" {
            leaks(job, value, findings);
        }
    }
    for step in &job.steps {
        for (key, value) in step.node.entries() {
            if key != "env" {
                leaks(job, value, findings);
                continue;
            }
            for (name, value) in value.entries() {
                if !may_see(step, name, value, &held) {
                    leaks(job, value, findings);
                }
            }
        }
    }
}

/// What the scripts of a job may hold.
struct Held {
    /// Their paths.
    secrets: Vec<String>,
    /// Whether its node says `may write`.
    token: bool,
    /// The paths of the user and the password that its push needs.
    registry: Option<[String; 2]>,
    /// Whether its node builds an image.
    pushes: bool,
}

/// Whether a variable of a step is a secret or token where one belongs.
fn may_see(step: &Step, name: &str, value: &Yaml, held: &Held) -> bool {
    let Some(path) = path_of(Some(value)) else { return false };
    let Work::Run(Some(text)) = &step.work else { return false };
    match text.runtime_script() {
        Some(
            Script::Plan
            | Script::Approval
            | Script::Forward
            | Script::PreviewWanted
            | Script::OverrideAsked
            | Script::OverrideApproved
            | Script::RecordRun,
        ) => name == "GH_TOKEN" && path == "github.token",
        // With which of them it pushes is proven word for word with its step.
        Some(Script::PushImage) => match &held.registry {
            Some([user, password]) => {
                name == "REGISTRY_USER" && path == *user || name == "REGISTRY_PASSWORD" && path == *password
            }
            None => held.pushes && name == "REGISTRY_PASSWORD" && path == "github.token",
        },
        Some(Script::SecretFile) => name == "SECRET" && held.secrets.contains(&path),
        // Which variables a script gets is proven word for word with its step.
        None | Some(Script::Encoded) => {
            held.secrets.contains(&path) || held.token && name == values::TOKEN && path == "github.token"
        }
        _ => false,
    }
}

fn leaks(job: &Job, value: &Yaml, findings: &mut Vec<Finding>) {
    for (text, line) in value.strings() {
        if text.leaks() {
            findings.push(Finding::of_job(&job.id, "it passes on a secret or a token", line));
        }
    }
}

/// Nothing that can do harm starts on code that nobody reviewed.
fn untrusted(gating: &Gating<'_, '_>, job: &Job, findings: &mut Vec<Finding>) {
    if matches!(job.id.as_str(), PLAN | VERDICT | RECORD) {
        return;
    }
    let Some(state) = gating.jobs.get(job.id.as_str()) else { return };
    let node = gating.source.node_of(&job.id);
    let writes = job.node.get("permissions").map(Yaml::entries).unwrap_or_default();
    let writes = writes.iter().any(|(_, level)| level.text() != Some("read"));
    let names_secrets = || {
        job.node.strings().filter(|(text, _)| text.has_expressions()).any(|(text, _)| {
            text.template()
                .is_some_and(|template| template.expressions().any(|expression| expression.names("secrets")))
        })
    };
    if !writes && job.node.get("environment").is_none() && !names_secrets() {
        return;
    }
    let facts = &gating.world.facts;
    let preview = node.and_then(|node| gating.program.preview_of(node));
    let open = preview.is_some_and(|environment| environment.open_to_members);
    let logic = gating.world.logic();
    let refused =
        if open { logic.or(&facts.fork(), &facts.event(Event::MergeQueue)) } else { facts.untrusted() };
    let what = "starts with rights, secrets or an environment on code that nobody reviewed";
    gating.prove_of_start((job, state), &logic.not(&refused), what, findings);
}
