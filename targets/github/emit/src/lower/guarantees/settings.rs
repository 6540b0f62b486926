//! What has to be set at GitHub, and who else is trusted, as concrete as the source makes it.

use super::assumptions::*;
use super::deploys_to;
use crate::document::{Image, Job, Step, Work};
use crate::lower::names::{file_name, secrets_environment};
use crate::lower::overrides;
use crate::lower::previews::teardown_file;
use pipec_github_catalogue::is_code;
use pipec_ir::facts::{Refs, SourceFacts};
use pipec_ir::{
    EngineBlock, EngineStep, Environment, Fact, Guarantee, Identity, Node, Pipeline, Program, Standing, Tier,
    Trigger,
};
use pipec_logic::{Glob, Proposition};
use std::collections::BTreeSet;

fn assumed(assumption: Assumption, setting: String, relied_on_by: &str) -> Guarantee {
    Guarantee::new(Standing::Assumed, assumption.kind, setting, relied_on_by)
}

pub(super) fn settings_of_the_repository(pipeline: &Pipeline) -> Vec<Guarantee> {
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

pub(super) fn entered<'p>(program: &'p Program, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
    program.entered(pipeline)
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
    let facts = SourceFacts::of(pipeline).ok()?;
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

pub(super) fn settings_of_an_environment(
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
    if deploys_to(pipeline, name).any(|deploy| deploy.rollback().is_some()) {
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
pub(super) fn open_to_pushers(pipeline: &Pipeline) -> Vec<Guarantee> {
    // What is too large to be decided is taken to be so.
    let facts = SourceFacts::of(pipeline).ok();
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
            identities
                .map(|identity| format!("`identity {} \"{}\"`", identity.provider.word(), identity.role)),
        );
        if let Some(image) = node.image() {
            rights.push(format!("the push to {image}"));
        }
        rights
    };
    let mut all = Vec::new();
    for node in pipeline.nodes.iter().filter(|node| !node.is_deploy()) {
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
        |member| format!("the {} `{}`", member.kind.word(), member.name),
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

pub(super) fn settings_of_a_node(program: &Program, pipeline: &Pipeline, node: &Node) -> Vec<Guarantee> {
    let mut all = Vec::new();
    let place = secrets_environment(pipeline, node);
    if let Some(rule) = node.overriding() {
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
    if node.is_deploy() {
        return all;
    }
    let registry = program.registry_for(node);
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
    if let Some(image) = node.image() {
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
pub(super) fn trusted_parts(pipeline: &Pipeline, jobs: &[Job]) -> Vec<Guarantee> {
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
