//! The rights of a job: its token's scopes, its environment, secrets and identities.
//!
//! Each is granted for a clause of the source. No job that may write, or has an environment or a secret, starts on
//! unreviewed code. Previews that are open to members are the only exception.
//!
//! ```yaml
//! unit:                          # a gate without `identity`
//!   permissions:
//!     contents: read             # its checkout
//!     id-token: write            # a finding: "it has `id-token: write`, which no clause asks for"
//! deploy-app-to-production:      # production has `identity aws "…"`
//!   permissions: { actions: read, contents: read, deployments: read }    # a finding: "it lacks `id-token: write`"
//! ```

use crate::gating::Gating;
use crate::gating::is_untrusted_only;
use crate::ledger::{Broken, Ledger};
use crate::overrides;
use crate::values::Scene;
use pipec_claims::TheoremId;
use pipec_ir::{Checkout, Direction, Event, Node, NodeKind, ReportFormat, TOKEN_VARIABLE};
use pipec_model::Finding;
use pipec_model::plan::plan_step;
use pipec_model::{Does, Given, Job, Need, Part, Step, scopes_of};
use pipec_runtime::names::RECORD;
use pipec_runtime::names::{PLAN, VERDICT};
use pipec_runtime::{PlanForm, Script};
use std::collections::{BTreeMap, BTreeSet};

/// The theorems that fail in a wrong environment. Its protections are not those of the right one.
const OF_ENVIRONMENT: &[TheoremId] = &[
    TheoremId::EnteredByDeploysOnly,
    TheoremId::HeldByDeploysOnly,
    TheoremId::Approval,
    TheoremId::Override,
];

/// Every missing or superfluous right of a job. Also every secret that it may not have.
pub(crate) fn check(gating: &Gating<'_, '_>, job: &Job, ledger: &mut Ledger) {
    let untrusted_only = is_untrusted_only(gating, job);
    let mut part = |names: &'static [TheoremId], check: &dyn Fn(&mut Vec<Finding>)| {
        let mut findings = Vec::new();
        check(&mut findings);
        ledger.extend(&Broken::of(names), findings);
    };
    part(&[TheoremId::LeastAuthority, TheoremId::UntrustedEmpty], &|findings| {
        permissions(gating, job, untrusted_only, findings);
    });
    part(OF_ENVIRONMENT, &|findings| environment(gating, job, untrusted_only, findings));
    part(&[TheoremId::HeldByDeploysOnly, TheoremId::UntrustedEmpty], &|findings| {
        secrets(gating, job, untrusted_only, findings);
    });
    part(&[TheoremId::UntrustedEmpty], &|findings| untrusted(gating, job, findings));
}

/// The scopes that a job's token needs (trap 21).
fn table(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool) -> BTreeMap<&'static str, &'static str> {
    let mut needs = Vec::new();
    if job.id == PLAN {
        if gating.world.can_override() {
            needs.push(Need::Code);
        }
        if let Some(plan) = plan_step(job)
            && plan.env_literal("FACTS").unwrap_or_default().contains(" changed-")
        {
            needs.push(Need::Code);
            if gating.pipeline.events().contains(&Event::Push) {
                needs.push(Need::Runs);
            }
        }
    } else if job.id == RECORD || overrides::gate_of(gating.source, &job.id).is_some() {
        needs.push(Need::Runs);
    } else if let Some(node) = gating.source.node_of(&job.id) {
        needs_of(gating, node, untrusted_only, &mut needs);
    }
    scopes_of(gating.engine, needs)
}

fn needs_of(gating: &Gating<'_, '_>, node: &Node, untrusted_only: bool, needs: &mut Vec<Need>) {
    if node.body.checkout != Checkout::None {
        needs.push(Need::Code);
    }
    if gating.program.preview_of(node).is_some() {
        needs.push(Need::PullRequests);
    } else if node.is_deploy() {
        needs.extend(needs_to_go_forward(gating, node));
        needs.extend((!gating.has_environments()).then_some(Need::RecordDeployments));
    }
    if untrusted_only {
        return;
    }
    needs.extend(node.body.rights.iter().map(|(right, _)| Need::Clause(*right)));
    if node.image().is_some_and(|image| gating.program.registry_of(image).is_none()) {
        needs.push(Need::PushImage);
    }
    if node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif) {
        needs.push(Need::CodeScanning);
    }
    let to_push = gating.program.login_identity_of(node);
    if gating.program.identities_of(node).chain(to_push).next().is_some() {
        needs.push(Need::ProveIdentity);
    }
}

/// What a deploy reads to go forward, and to be approved by a person who did not write its commit.
fn needs_to_go_forward(gating: &Gating<'_, '_>, node: &Node) -> Vec<Need> {
    let Some(environment) = gating.program.environment_of(node) else { return Vec::new() };
    let mut needs = match environment.direction {
        Direction::History => vec![Need::Runs, Need::Code, Need::Deployments],
        Direction::Version { .. } => vec![Need::Runs, Need::Deployments],
        Direction::Any { .. } => Vec::new(),
    };
    if let Some(approval) = &environment.approval {
        needs.push(Need::Runs);
        if approval.not_author {
            needs.extend([Need::Code, Need::Deployments]);
        }
    }
    needs
}

fn permissions(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool, findings: &mut Vec<Finding>) {
    let Some(rights) = &job.rights else {
        findings.push(Finding::of_job(&job.id, "it does not say which rights it has", job.line));
        return;
    };
    let mut differs = |what: String| findings.push(Finding::of_job(&job.id, what, rights.line));
    let mut wanted = table(gating, job, untrusted_only);
    if rights.is_unknown {
        differs("its rights are no list".to_owned());
    }
    for (scope, level) in &rights.scopes {
        match wanted.remove(scope.as_str()) {
            Some(wanted) if wanted == level => {}
            Some(wanted) => {
                differs(format!("it has `{scope}: {level}`, where its clauses ask for `{wanted}`"));
            }
            None => differs(format!("it has `{scope}: {level}`, which no clause asks for")),
        }
    }
    for (scope, level) in wanted {
        differs(format!("it lacks `{scope}: {level}`"));
    }
}

/// Checks the environment of a job. Deploys and nodes with their own secrets or identities have the right one, by a literal name
/// (trap 13).
fn environment(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool, findings: &mut Vec<Finding>) {
    let node = gating.source.node_of(&job.id);
    let program = gating.program;
    let has_authority = |node: &Node| {
        let own = !node.body.secrets.is_empty() || !node.body.identities.is_empty();
        own || program.login_secrets_of(node).is_some() || program.login_identity_of(node).is_some()
    };
    let has_its_own = node.is_some_and(has_authority) && !untrusted_only;
    let wanted = node.and_then(|node| match &node.kind {
        NodeKind::Deploy(deploy) => Some((deploy.environment.clone(), true)),
        _ if has_its_own => Some((format!("{}-{}", gating.pipeline.name, node.name), false)),
        _ => None,
    });
    // The environment exists for its reviewers; nothing is deployed to it. It must be created as a deployment, or its
    // reviewers would not be asked.
    let asks = overrides::gate_of(gating.source, &job.id)
        .map(|gate| (overrides::environment(gating.pipeline, gate), true));
    let wanted = asks.clone().or(wanted).filter(|_| gating.has_environments());
    let Some(given) = &job.environment else {
        if wanted.is_some() {
            findings.push(Finding::of_job(&job.id, "it has no environment", job.line));
        }
        return;
    };
    let mut differs = |what: &str| findings.push(Finding::of_job(&job.id, what, given.line));
    let Some((name, deploys)) = wanted else { return differs("it has an environment") };
    if given.name.as_ref() != Some(&name) {
        differs("its environment has another name, or one that is not literal");
    }
    if (!deploys || asks.is_some())
        && gating.program.environments.keys().any(|known| known.eq_ignore_ascii_case(&name))
    {
        differs("its environment is one that others deploy to");
    }
    if given.records_deployment != deploys {
        differs("its environment makes a record of a deployment where it may not, or none where it must");
    }
    let url = gating.program.environments.get(&name).filter(|_| deploys).and_then(|of| of.url.as_ref());
    let same_url = match node {
        Some(node) => {
            let scene = Scene { gating, node, job, untrusted: untrusted_only };
            scene.is_text(given.url.as_ref(), url)
        }
        None => given.url.is_none() && url.is_none(),
    };
    if !same_url {
        differs("its environment has another url");
    }
    if given.is_unknown {
        differs("its environment says something unknown");
    }
}

/// Checks secrets and the token. They reach only places that are compared exactly elsewhere.
fn secrets(gating: &Gating<'_, '_>, job: &Job, untrusted_only: bool, findings: &mut Vec<Finding>) {
    let node = gating.source.node_of(&job.id).filter(|_| !untrusted_only);
    let held = Held {
        secrets: node.map_or_else(Vec::new, |node| {
            gating.program.secrets_of(node).map(|secret| Part::Secret(secret.variable.clone())).collect()
        }),
        token: node.is_some_and(|node| !node.body.rights.is_empty()),
        registry: node
            .and_then(|node| gating.program.login_secrets_of(node))
            .map(|login| login.map(|name| Part::Secret(name.to_owned()))),
        pushes: node.is_some_and(|node| {
            node.image().is_some_and(|image| gating.program.registry_of(image).is_none())
        }),
    };
    let steps = job.legs.all.iter().flat_map(|leg| &leg.steps);
    let given = steps.flat_map(|step| step.env.iter().map(move |given| (step, given)));
    let leaks = given.filter(|(step, given)| given.is_confidential && !may_see(step, given, &held));
    let lines: BTreeSet<usize> =
        leaks.map(|(_, given)| given.line).chain(job.mentions.leaks.clone()).collect();
    for line in lines {
        findings.push(Finding::of_job(&job.id, "it passes on a secret or a token", line));
    }
}

/// The secrets that the scripts of a job may have.
struct Held {
    /// The secrets.
    secrets: Vec<Part>,
    /// Whether its node has `may write`.
    token: bool,
    /// The user and the password for its push.
    registry: Option<[Part; 2]>,
    /// Whether its node pushes an image with the token.
    pushes: bool,
}

/// Whether a variable of a step may have a secret or the token.
fn may_see(step: &Step, given: &Given, held: &Held) -> bool {
    let Some(part) = given.value.as_part() else { return false };
    let is_token = *part == Part::Token;
    match (&step.does, &*given.name) {
        (
            Does::Runtime(
                Script::Plan(PlanForm::Changes)
                | Script::Approval(_)
                | Script::Forward(_)
                | Script::PreviewWanted
                | Script::OverrideAsked
                | Script::OverrideApproved
                | Script::RecordRun
                | Script::RecordDeployment,
            ),
            name,
        ) => name == "GH_TOKEN" && is_token,
        // The proof of the step compares which of them it uses.
        (Does::Runtime(Script::PushImage(_)), name) => match &held.registry {
            Some([user, password]) => {
                name == "REGISTRY_USER" && part == user || name == "REGISTRY_PASSWORD" && part == password
            }
            None => held.pushes && name == "REGISTRY_PASSWORD" && is_token,
        },
        (Does::Runtime(Script::SecretFile), name) => name == "SECRET" && held.secrets.contains(part),
        // The proof of the step compares the variables of a script.
        (Does::Script(_), name) => {
            held.secrets.contains(part) || held.token && name == TOKEN_VARIABLE && is_token
        }
        _ => false,
    }
}

/// No dangerous job starts on unreviewed code.
fn untrusted(gating: &Gating<'_, '_>, job: &Job, findings: &mut Vec<Finding>) {
    if matches!(job.id.as_str(), PLAN | VERDICT | RECORD) {
        return;
    }
    let Some(state) = gating.jobs.get(job.id.as_str()) else { return };
    let node = gating.source.node_of(&job.id);
    if !job.may_write() && job.environment.is_none() && !job.mentions.reads_secrets {
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
