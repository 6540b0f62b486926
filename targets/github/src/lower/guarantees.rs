//! What a workflow makes GitHub do, what is proved on its bytes, and what nobody but GitHub's settings can do.
//!
//! Whoever lowers a clause that rests on a setting lists the setting here, by its [`Assumption`]: the reference's "What
//! remains assumed" is held against them.

use super::Lowered;
use super::names::{file_name, secrets_environment};
use super::overrides::{self, overriding};
use super::previews::teardown_file;
use crate::catalogue::is_code;
use crate::document::{Image, Job, Step, Work};
use pipec_ir::facts::{Facts, Refs};
use pipec_ir::{
    Approval, Artefact, Deploy, EngineBlock, EngineStep, Environment, Fact, Guarantee, Identity, Lock, Node,
    NodeKind, Pipeline, Program, Standing, Tier, Trigger,
};
use pipec_logic::{Glob, Proposition};
use std::collections::BTreeSet;

/// A kind of setting, and in general words what has to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Its name: the kind of the guarantees it gives.
    pub kind: &'static str,
    /// What the reference says of it, as Markdown in one line.
    pub says: &'static str,
}

/// Every kind, in the order of the reference.
pub const ASSUMPTIONS: &[Assumption] = &[
    PROTECTED,
    ENVIRONMENT,
    OVERRIDE,
    REQUIRED_CHECK,
    SECRETS,
    TRUST,
    ACTIONS,
    IMAGES,
    RAW_STEPS,
    CACHES,
    ATTEMPTS,
    RUNNERS,
    BUILD_MACHINE,
    CANCELLING,
    DEPLOYMENTS,
    PREVIEWS,
    SWEEP,
    INTERFERENCE,
];

const PROTECTED: Assumption = Assumption {
    kind: "protected",
    says: "the branches and tags of `protect` are protected: only reviewed changes reach them, and administrators don't go around it; \
           and who may push to other branches and tags, or start a run there by hand, may use what the nodes of such runs may, since \
           only pull requests and the merge queue count as unreviewed",
};
const ENVIRONMENT: Assumption = Assumption {
    kind: "environment",
    says: "each environment lets in only the branches and tags of which a run may deploy to it, and asks for the reviewers of its role (one \
           of them suffices on GitHub, so `min 2` is refused: chain two environments)",
};
const OVERRIDE: Assumption = Assumption {
    kind: "override",
    says: "the environment `PIPELINE-override-GATE` asks for the reviewers of the gate's role; whether who asked for an override may \
           approve it, too, is a setting there. The job asserts through the API that somebody approved. GitHub does not tell \
           when: the job starts then, so its start counts, and waiting for a machine does not. What an override was for, why, \
           by whom it was approved and by when it is to be reviewed stands in the record and the summary of the run; that \
           somebody reviews it is up to people",
};
const REQUIRED_CHECK: Assumption = Assumption {
    kind: "required-check",
    says: "the check of a pipeline that runs on pull requests is required on the branches they go to",
};
const SECRETS: Assumption = Assumption {
    kind: "secrets",
    says: "secrets are stored in their environment, not in the repository or organisation",
};
const TRUST: Assumption = Assumption {
    kind: "trust",
    says: "a cloud, or who else takes `identity oidc`, trusts an identity only from the environment of its deploys: GitHub's token names that, and no branch",
};
const ACTIONS: Assumption =
    Assumption { kind: "actions", says: "actions do at their pinned commits what they say" };
const IMAGES: Assumption = Assumption {
    kind: "images",
    says: "images that jobs run in or beside do what they say, and nobody moves the tag of one that goes by no digest",
};
const RAW_STEPS: Assumption = Assumption {
    kind: "raw-steps",
    says: "what the raw steps of an `engine` block do. They may be anything within their job, which has the rights of its \
           node's clauses, no secret, no identity and no environment; that they ran, with these inputs, and that the job is \
           green only if they succeeded is proven. No value of the run is part of an input that its name tells to be code (`script`, \
           `run`, `args`, `…-command` and the like); that an action does not run the others is assumed, too",
};
const CACHES: Assumption = Assumption {
    kind: "caches",
    says: "GitHub gives what a run kept in a cache to runs of its own branch and, from the default branch, to all others: what a pull \
           request's script writes there by itself reaches none but that pull request",
};
const ATTEMPTS: Assumption = Assumption {
    kind: "attempts",
    says: "what a failed attempt of a `retry` leaves outside of the folder of the checkout does not mislead the next one: files below \
           the home, processes on macOS and Windows or of other users, or half of what it sent elsewhere",
};
const RUNNERS: Assumption = Assumption {
    kind: "runners",
    says: "runners have bash and tar; those of deploys have `gh`, machines of one's own that build images `jq` and \
           `skopeo`, and labelled ones what their runner says",
};
const BUILD_MACHINE: Assumption = Assumption {
    kind: "build-machine",
    says: "what the scripts of a build leave running or installed on its machine does not spy on the push that follows in the \
           same job",
};
const CANCELLING: Assumption = Assumption {
    kind: "cancelling",
    says: "who cancels a run in the middle of a deploy leaves its `rollback` the five minutes that GitHub gives a cancelled job",
};
const DEPLOYMENTS: Assumption = Assumption {
    kind: "deployments",
    says: "nobody but this workflow writes the deployments of its environments, or reuses its groups of `concurrency`, in which \
           no more than 100 deploys wait",
};
const PREVIEWS: Assumption = Assumption {
    kind: "previews",
    says: "the environment of an ephemeral one lets in `refs/pull/*/merge` and every branch that pull requests go to, the default \
           branch among them, and asks for no reviewers: GitHub would ask for them before each teardown, too. Who may push a branch can \
           have its workflow do anything with what such an environment holds, so its secrets and identities are good for previews alone",
};
const SWEEP: Assumption = Assumption {
    kind: "sweep",
    says: "GitHub starts the hourly sweep of ephemeral environments, late at times, and in a public repository where nothing has happened \
           for 60 days not at all; and nobody deletes a run whose deployment still stands, since the sweep learns from it for which pull \
           request that was",
};
const INTERFERENCE: Assumption = Assumption {
    kind: "interference",
    says: "between a deploy and the gates that read its environment nobody else deploys there: the lock holds for one job, so \
           another run may. Let such gates look at the version they judge, or keep such runs apart.",
};

/// Everything the target says of a proven pipeline.
pub(crate) fn guarantees(program: &Program, pipeline: &Pipeline, lowered: &Lowered) -> Vec<Guarantee> {
    let workflows = lowered.workflow.iter().chain(lowered.teardown.iter().flat_map(|it| &it.workflow));
    let jobs: Vec<Job> = workflows.flat_map(|workflow| workflow.jobs.clone()).collect();
    let mut all = proved(pipeline);
    all.extend(of_the_run(program, pipeline));
    all.extend(own_jobs(pipeline, lowered));
    for environment in entered(program, pipeline) {
        all.extend(of_a_deploy(pipeline, environment));
    }
    all.extend(settings_of_the_repository(pipeline));
    all.extend(open_to_pushers(pipeline));
    for environment in entered(program, pipeline) {
        all.extend(settings_of_an_environment(program, pipeline, environment));
    }
    for node in &pipeline.nodes {
        all.extend(settings_of_a_node(program, pipeline, node));
    }
    all.extend(trusted_parts(pipeline, &jobs));
    all
}

/// What the model of the engine proves on the bytes of the workflow.
fn proved(pipeline: &Pipeline) -> Vec<Guarantee> {
    let deploys = ["no-skipped-gates", "one-path", "held-alone"];
    let has_deploys = pipeline.deploys().next().is_some();
    let is_about = |guarantee: &Guarantee| has_deploys || !deploys.contains(&guarantee.kind);
    proved_on_every_workflow().into_iter().filter(is_about).collect()
}

fn proved_on_every_workflow() -> Vec<Guarantee> {
    let on_the_output = |kind, holds: &str, by: &str| Guarantee::new(Standing::Proved, kind, holds, by);
    vec![
        on_the_output(
            "no-skipped-gates",
            "a deploy's job starts only where the source lets it",
            "again on the workflow, over all events and outcomes of jobs, skipped and cancelled ones among them",
        ),
        on_the_output(
            "one-path",
            "no job but a deploy's enters an environment",
            "again on the workflow, for every event GitHub can start it with, declared or not",
        ),
        on_the_output(
            "held-alone",
            "no other job sees an environment's secrets or identities",
            "again on the workflow: what each step's variables and each job's environment hold",
        ),
        on_the_output(
            "least-authority",
            "each job's token has exactly the rights of the table in the reference",
            "P1190, on the workflow",
        ),
        on_the_output(
            "scripts-arrive",
            "every script reaches its shell byte for byte, and no value is put into its text, nor into an action's input that is code by its name",
            "P1190, on the workflow; P0709",
        ),
    ]
}

fn emitted(kind: &'static str, holds: &str, by: &str) -> Guarantee {
    Guarantee::new(Standing::Emitted, kind, holds, by)
}

fn assumed(assumption: Assumption, setting: String, relied_on_by: &str) -> Guarantee {
    Guarantee::new(Standing::Assumed, assumption.kind, setting, relied_on_by)
}

fn of_the_run(program: &Program, pipeline: &Pipeline) -> Vec<Guarantee> {
    let mut all = vec![
        emitted(
            "order",
            "a job starts only when all before it that are in the run have passed",
            "`needs` and `if`",
        ),
        emitted("timeout", "every job ends after its timeout", "`timeout-minutes`"),
        emitted("verdict", "one check is green only if all is well", "the job `verdict`"),
    ];
    let artefacts = pipeline.nodes.iter().any(|node| matches!(node.kind, NodeKind::Artefact(_)));
    if artefacts {
        all.push(emitted(
            "same-digest",
            "whatever uses an artefact fails unless it has the digest its build recorded",
            "the first steps of each consumer",
        ));
    }
    if pipeline.nodes.iter().any(|node| node.body.retry.is_some()) {
        all.push(emitted(
            "one-attempt",
            "what is tried again passes only if all scripts of one attempt did, which began on a fresh checkout",
            "the steps of each attempt, which hang on the outcomes of those before",
        ));
    }
    for (node, rule) in pipeline.nodes.iter().filter_map(|node| Some((node, overriding(node)?))) {
        let (gate, role) = (&node.name, &rule.role);
        let holds = format!(
            "a failed {gate} is passed over only in a run asked for with a reason, after an approval by {role}, while it is in force"
        );
        all.push(emitted(
            "override",
            &holds,
            "the job that asks for the approval, and the deploys that look at its age",
        ));
    }
    if pipeline.events().iter().any(|event| !event.is_trusted()) {
        let open: Vec<&str> = entered(program, pipeline)
            .into_iter()
            .filter(|environment| environment.tier == Tier::Ephemeral)
            .map(|environment| environment.name.as_str())
            .collect();
        let (holds, by) = if open.is_empty() {
            (String::new(), "no job that such an event starts is given any")
        } else {
            (
                format!(", but what {} holds, for pull requests of members", open.join(", ")),
                "no job that such an event starts is given any, but those deploys, which forks and bots don't start",
            )
        };
        let holds = format!(
            "code of pull requests and the merge queue gets no secret, no identity and no right to write{holds}"
        );
        all.push(emitted("untrusted-empty", &holds, by));
    }
    all
}

/// How long the jobs take at most that no node of the source is, and so no budget counts.
fn own_jobs(pipeline: &Pipeline, lowered: &Lowered) -> Option<Guarantee> {
    let has_budget = pipeline.budget.is_some() || pipeline.stages.iter().any(|stage| stage.budget.is_some());
    let jobs = lowered.workflow.iter().flat_map(|workflow| &workflow.jobs);
    let own = jobs.filter(|job| {
        matches!(job.id.as_str(), "plan" | "verdict" | "record")
            || pipeline.nodes.iter().any(|node| job.id == format!("override-{}", node.name))
    });
    let limits: Vec<String> = own.map(|job| format!("{} after {}m", job.id, job.timeout_minutes)).collect();
    has_budget.then(|| {
        let holds = format!("what no budget counts ends by itself: {}", limits.join(", "));
        emitted("own-jobs", &holds, "`timeout-minutes` of the jobs that the compiler adds")
    })
}

fn of_a_deploy(pipeline: &Pipeline, environment: &Environment) -> Vec<Guarantee> {
    let name = &environment.name;
    let is_preview = environment.tier == Tier::Ephemeral;
    let mut all = vec![
        emitted(
            "lock",
            match environment.lock {
                _ if is_preview => "one deploy or teardown for a pull request at a time; the others wait",
                Lock::Queue => "one deploy at a time; the others wait",
                Lock::Newest => "one deploy at a time; of the others only the newest waits",
            },
            &format!("the group of `concurrency` of {} and {name}", pipeline.name),
        ),
        if is_preview {
            emitted(
                "never-backwards",
                "a deploy of a commit that is not the head of an open pull request fails",
                "the step `Still wanted`, before any script",
            )
        } else {
            emitted(
                "never-backwards",
                "a deploy of a commit that does not descend from the one deployed there last fails",
                "the step `Only forward`, before any script",
            )
        },
    ];
    if is_preview {
        all.push(emitted(
            "teardown",
            "what was deployed for a pull request is torn down once it is closed, or nothing was deployed for it for the `ttl`",
            &format!("{}, on each close and every hour", teardown_file(pipeline)),
        ));
    }
    if let Some(Approval { not_author, .. }) = &environment.approval {
        let whom = if *not_author { " by somebody other than its author" } else { "" };
        let holds = format!("a deploy that nobody approved{whom} fails");
        all.push(emitted("approval", &holds, "the step `Approved`, which asks GitHub"));
    }
    if deploys_to(pipeline, name).any(|deploy| deploy.rollback.is_some()) {
        all.push(emitted(
            "rollback",
            "a deploy that fails on its way is taken back, and has failed",
            "the steps of its rollback",
        ));
    }
    if environment.window.is_some() {
        all.push(emitted(
            "window",
            "outside its window no deploy runs a script",
            "what waits for the window, and the deploy's own check",
        ));
    }
    all.into_iter().map(|guarantee| guarantee.of(name)).collect()
}

fn deploys_to<'p>(pipeline: &'p Pipeline, environment: &'p str) -> impl Iterator<Item = &'p Deploy> {
    pipeline.deploys().map(|(_, deploy)| deploy).filter(move |deploy| deploy.environment == environment)
}

fn settings_of_the_repository(pipeline: &Pipeline) -> Vec<Guarantee> {
    let mut all = Vec::new();
    let branches = pipeline.protected_branches.iter().map(|glob| ("branch", glob));
    let tags = pipeline.protected_tags.iter().map(|glob| ("tag", glob));
    for (what, glob) in branches.chain(tags) {
        let setting = match what {
            "branch" => format!(
                "a ruleset for the branch `{}`: changes come by reviewed pull requests only, no force pushes, nobody bypasses it",
                glob.text()
            ),
            _ => format!(
                "a ruleset for the tag `{}`: only people who may release create, move or delete it",
                glob.text()
            ),
        };
        all.push(assumed(PROTECTED, setting, "one-path"));
    }
    // A check that is required but never runs would keep every change out.
    for glob in reviewed_into(pipeline) {
        let setting = format!("the check `{}` is required on the branch `{}`", pipeline.name, glob.text());
        all.push(assumed(REQUIRED_CHECK, setting, "what is merged has passed"));
    }
    all
}

/// The protected branches that the pipeline judges changes to before they are merged.
fn reviewed_into(pipeline: &Pipeline) -> Vec<&Glob> {
    let is_judged = |glob: &&Glob| {
        pipeline.triggers.iter().any(|trigger| match trigger {
            Trigger::PullRequest(into, _) => into.contains(glob),
            Trigger::MergeQueue(_) => true,
            _ => false,
        })
    };
    pipeline.protected_branches.iter().filter(is_judged).collect()
}

fn entered<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
    let mut seen = BTreeSet::new();
    pipeline
        .deploys()
        .filter(|(_, deploy)| seen.insert(deploy.environment.as_str()))
        .filter_map(|(_, deploy)| program.environments.get(&deploy.environment))
        .collect()
}

/// The branches and tags of the runs in which one of these nodes may be due, as the rules of an environment name them.
fn ways_in<'p>(nodes: impl IntoIterator<Item = (&'p Pipeline, Vec<&'p Node>)>) -> String {
    let mut all = Refs::default();
    for (pipeline, nodes) in nodes {
        let Refs { branches, tags } = refs_of(pipeline, &nodes).unwrap_or_else(|| protected(pipeline));
        all.branches.extend(branches);
        all.tags.extend(tags);
    }
    let named = |what: &str, globs: &BTreeSet<String>| -> Option<String> {
        let globs: Vec<String> = globs.iter().map(|glob| format!("`{glob}`")).collect();
        (!globs.is_empty()).then(|| format!("the {what} {}", globs.join(", ")))
    };
    let ways = [named("branches", &all.branches), named("tags", &all.tags)];
    ways.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// Nothing, where that takes too long to tell or the pipeline's globs have no words for it.
fn refs_of(pipeline: &Pipeline, nodes: &[&Node]) -> Option<Refs> {
    let facts = Facts::of(pipeline).ok()?;
    let due: Vec<Proposition> = nodes.iter().map(|node| facts.due_node(node)).collect();
    let propositions = facts.propositions();
    // What is not of reviewed code is given neither secrets nor an environment of people.
    let runs = propositions.and(&propositions.any(&due), &facts.trusted());
    facts.refs(&runs).ok()?.filter(|refs| *refs != Refs::default())
}

/// What of a proven pipeline is let in at most.
fn protected(pipeline: &Pipeline) -> Refs {
    let texts = |globs: &[Glob]| globs.iter().map(|glob| glob.text().to_owned()).collect();
    Refs { branches: texts(&pipeline.protected_branches), tags: texts(&pipeline.protected_tags) }
}

/// The deploys to an environment, by pipeline: it has one list of branches and tags for all that enter it.
fn entering<'p>(
    program: &'p Program,
    pipeline: &'p Pipeline,
    environment: &str,
) -> Vec<(&'p Pipeline, Vec<&'p Node>)> {
    let others = program.pipelines.iter().filter(|other| other.name != pipeline.name);
    std::iter::once(pipeline)
        .chain(others)
        .map(|pipeline| {
            let deploys = pipeline.deploys().filter(|(_, deploy)| deploy.environment == environment);
            (pipeline, deploys.map(|(node, _)| node).collect::<Vec<_>>())
        })
        .filter(|(_, nodes)| !nodes.is_empty())
        .collect()
}

fn settings_of_an_environment(
    program: &Program,
    pipeline: &Pipeline,
    environment: &Environment,
) -> Vec<Guarantee> {
    let name = &environment.name;
    let mut all = Vec::new();
    if environment.tier != Tier::Ephemeral {
        let setting =
            format!("the environment `{name}` lets in only {}", ways_in(entering(program, pipeline, name)));
        all.push(assumed(ENVIRONMENT, setting, "one-path, held-alone"));
    } else {
        let setting = format!(
            "the environment `{name}` lets in `refs/pull/*/merge` and the branches that pull requests go to, and asks for no reviewers; what it holds is good for previews alone"
        );
        all.push(assumed(PREVIEWS, setting, "teardown, held-alone"));
        let setting = format!(
            "GitHub runs the schedule of {}, and runs that deployed there are kept",
            teardown_file(pipeline)
        );
        all.push(assumed(SWEEP, setting, "teardown"));
    }
    if let Some(approval) = &environment.approval {
        let who = reviewers(program, &approval.role);
        let itself = if approval.not_author { ", prevents self-review" } else { "" };
        let setting = format!(
            "the environment `{name}` has {who} as required reviewers{itself} and lets no administrator bypass it"
        );
        all.push(assumed(ENVIRONMENT, setting, "approval"));
    }
    for secret in &environment.secrets {
        all.push(stored(&secret.variable, name));
    }
    for identity in &environment.identities {
        all.push(trusted(identity, name));
    }
    let setting = format!(
        "no other workflow or token creates deployments to `{name}`, or uses the group `pipec-deploy-{name}/{}`; at most 100 deploys wait in it",
        pipeline.name
    );
    all.push(assumed(DEPLOYMENTS, setting, "never-backwards, lock"));
    if deploys_to(pipeline, name).any(|deploy| deploy.rollback.is_some()) {
        let setting = format!(
            "who cancels a run while it deploys to `{name}` lets its rollback end, for which GitHub gives five minutes"
        );
        all.push(assumed(CANCELLING, setting, "rollback"));
    }
    let readers: Vec<&str> = pipeline
        .nodes
        .iter()
        .filter(|node| node.body.reads.iter().any(|(read, _)| read == name))
        .map(|node| node.name.as_str())
        .collect();
    if !readers.is_empty() {
        let setting = format!("no other run deploys to `{name}` while {} judge it", readers.join(", "));
        all.push(assumed(INTERFERENCE, setting, "no-skipped-gates"));
    }
    all.into_iter().map(|guarantee| guarantee.of(name)).collect()
}

/// Who a role is on GitHub.
/// The nodes besides deploys that have rights in runs of branches or tags that nobody protects.
fn open_to_pushers(pipeline: &Pipeline) -> Vec<Guarantee> {
    // What is too large to be decided is taken to be so.
    let facts = Facts::of(pipeline).ok();
    let is_open = |node: &Node| {
        facts.as_ref().is_none_or(|facts| {
            let logic = facts.propositions();
            let outside = logic.and_not(&facts.trusted(), &facts.protected());
            facts.run(&logic.and(&facts.due_node(node), &outside)).map_or(true, |run| run.is_some())
        })
    };
    let rights_of = |node: &Node| {
        let mut rights: Vec<String> =
            node.body.rights.iter().map(|(right, _)| format!("`may write {}`", right.word())).collect();
        let identities = node.body.identities.iter();
        rights.extend(
            identities.map(|identity| format!("`identity {} \"{}\"`", identity.provider, identity.role)),
        );
        if let NodeKind::Artefact(Artefact { image_name: Some((image, _)), .. }) = &node.kind {
            rights.push(format!("the push to {image}"));
        }
        rights
    };
    let mut all = Vec::new();
    for node in pipeline.nodes.iter().filter(|node| !matches!(node.kind, NodeKind::Deploy(_))) {
        let rights = rights_of(node);
        if !rights.is_empty() && is_open(node) {
            let setting = format!(
                "who may push to a branch or tag that is not protected, or start a run there by hand, may use what {} has: {}",
                node.name,
                rights.join(", ")
            );
            all.push(assumed(PROTECTED, setting, "least-authority"));
        }
    }
    all
}

fn reviewers(program: &Program, role: &str) -> String {
    let member = program.roles.get(role).and_then(|role| role.members.get("github"));
    member.map_or_else(
        || format!("the role `{role}`"),
        |member| format!("the {} `{}`", member.kind, member.name),
    )
}

fn stored(secret: &str, environment: &str) -> Guarantee {
    let setting = format!(
        "the secret `{secret}` is stored in the environment `{environment}`, and not in the repository or organisation"
    );
    assumed(SECRETS, setting, "held-alone")
}

fn trusted(identity: &Identity, environment: &str) -> Guarantee {
    let Identity { provider, role, .. } = identity;
    let tokens = format!("only tokens whose `sub` ends in `:environment:{environment}` of this repository");
    let setting = match identity.principal() {
        Some(_) => format!("{provider} lets in `{role}` {tokens}"),
        // Other environments may come by the same way.
        None => format!("what {provider} opens to `{role}` for {environment}, it opens to {tokens}"),
    };
    assumed(TRUST, setting, "held-alone")
}

fn settings_of_a_node(program: &Program, pipeline: &Pipeline, node: &Node) -> Vec<Guarantee> {
    let mut all = Vec::new();
    let place = secrets_environment(pipeline, node);
    if let Some(rule) = overriding(node) {
        let place = overrides::environment(pipeline, node);
        let who = reviewers(program, &rule.role);
        let review = format!("{} looks at each override of {} within what it says", rule.role, node.name);
        all.push(assumed(
            OVERRIDE,
            format!("the environment `{place}` has {who} as required reviewers"),
            "override",
        ));
        all.push(assumed(OVERRIDE, review, "override"));
    }
    let image = match &node.kind {
        NodeKind::Deploy(_) => return all,
        NodeKind::Artefact(artefact) => artefact.image_name.as_ref().map(|(name, _)| name.as_str()),
        _ => None,
    };
    let registry = image.and_then(|image| program.registry_of(image));
    let login = registry.iter().flat_map(|registry| [registry.user.as_str(), registry.password.as_str()]);
    let own = node.body.secrets.iter().map(|secret| secret.variable.as_str());
    let secrets: Vec<&str> = own.chain(login).collect();
    if !secrets.is_empty() {
        let setting = format!("the environment `{place}` lets in only {}", ways_in([(pipeline, vec![node])]));
        all.push(assumed(ENVIRONMENT, setting, "held-alone"));
        all.extend(secrets.into_iter().map(|secret| stored(secret, &place)));
    }
    for Identity { provider, role, .. } in &node.body.identities {
        let setting = format!(
            "{provider} lets in `{role}` only tokens of this repository, and grants no more than {} needs",
            node.name
        );
        all.push(assumed(TRUST, setting, "held-alone"));
    }
    if let Some(image) = image {
        let setting = format!(
            "what the build of {} leaves on its machine does not spy on the push to {image}",
            node.name
        );
        all.push(assumed(BUILD_MACHINE, setting, "held-alone"));
    }
    all
}

/// For each input of an action that holds what others choose: that it is no program to the action.
fn chosen_by_others(block: &EngineBlock) -> impl Iterator<Item = String> {
    let calls = block.steps.iter().filter_map(|step| match step {
        EngineStep::Action { action, inputs, .. } => Some((action, inputs)),
        EngineStep::Run(_) | EngineStep::Env(_) => None,
    });
    let is_chosen = |fact: &&Fact| {
        let free = [Fact::BranchName, Fact::TagName, Fact::TagVersion];
        free.contains(fact) || matches!(fact, Fact::Input(_) | Fact::StepOutput { .. })
    };
    calls.flat_map(move |(action, inputs)| {
        inputs.iter().filter(|input| !is_code(&input.key)).filter_map(move |input| {
            let fact = input.value.facts().find(is_chosen)?;
            Some(format!(
                "the action {action} does not run its input `{}` as code, which holds `{fact}`",
                input.key
            ))
        })
    })
}

/// What runs without having been looked into: actions, images and machines.
fn trusted_parts(pipeline: &Pipeline, jobs: &[Job]) -> Vec<Guarantee> {
    let actions: BTreeSet<String> = jobs
        .iter()
        .flat_map(|job| &job.steps)
        .filter_map(|step| match &step.work {
            Work::Uses(action, _) => {
                Some(format!("{} {} ({:.12})", action.name, action.version, action.commit))
            }
            Work::Run(_) => None,
        })
        .collect();
    let mut all = Vec::new();
    for action in actions {
        all.push(assumed(
            ACTIONS,
            format!("the action {action} does what it says"),
            "every job that calls it",
        ));
    }
    let images: BTreeSet<String> = jobs
        .iter()
        .flat_map(|job| job.container.iter().chain(job.services.iter().map(|service| &service.image)))
        .map(Image::to_string)
        .collect();
    for image in images {
        let moved = if image.contains('@') { "" } else { ", and nobody moves its tag" };
        let setting = format!("the image {image} does what it says{moved}");
        all.push(assumed(IMAGES, setting, "every job that runs in it or beside it"));
    }
    for node in &pipeline.nodes {
        if let Some(retry) = &node.body.retry {
            let setting = format!(
                "what a failed attempt of {} leaves outside of the checkout does not mislead the next one; it is tried again because: {}",
                node.name, retry.because
            );
            all.push(assumed(ATTEMPTS, setting, &format!("whatever waits for {}", node.name)));
        }
        for block in node.body.engines.iter().filter(|block| block.target == "github") {
            let setting =
                format!("the raw steps of {} do what they are there for: {}", node.name, block.because);
            let relied_on_by = format!("whatever waits for {}", node.name);
            all.push(assumed(RAW_STEPS, setting, &relied_on_by));
            all.extend(chosen_by_others(block).map(|setting| assumed(RAW_STEPS, setting, &relied_on_by)));
        }
    }
    let reads_cache = |step: &Step| match &step.work {
        Work::Uses(action, _) => action.name.starts_with("actions/cache/"),
        Work::Run(_) => false,
    };
    if jobs.iter().flat_map(|job| &job.steps).any(reads_cache) {
        let setting = "what the script of a pull request writes to a cache by itself reaches none but that pull request";
        all.push(assumed(CACHES, setting.to_owned(), "every job that fetches a cache"));
    }
    let machines: BTreeSet<&str> = jobs.iter().map(|job| job.runs_on.as_str()).collect();
    let machines: Vec<&str> = machines.into_iter().collect();
    let deploys = if pipeline.deploys().next().is_some() { "; those of deploys have `gh`" } else { "" };
    let setting = format!("the runners {} have bash and tar{deploys}", machines.join(", "));
    all.push(assumed(RUNNERS, setting, &format!("every job of {}", file_name(pipeline))));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference says of what is assumed exactly what is listed here.
    #[test]
    fn the_reference_names_every_assumption_and_no_other() {
        let reference = include_str!("../../../../compiler/docs/github.md");
        let section = reference.split("\n## What remains assumed\n").nth(1).expect("the section");
        let section = section.split("\n## ").next().expect("its text");
        let bullets: Vec<String> = section
            .split("\n- ")
            .skip(1)
            .map(|bullet| {
                let bullet = bullet.split("\n\n").next().unwrap_or("");
                let line = bullet.split_whitespace().collect::<Vec<_>>().join(" ");
                line.trim_end_matches([';', '.']).to_owned()
            })
            .collect();
        let listed: Vec<&str> = ASSUMPTIONS.iter().map(|it| it.says.trim_end_matches('.')).collect();
        assert_eq!(bullets, listed);
    }
}
