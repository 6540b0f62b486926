//! What has to be set at GitHub for a pipeline, as data.

use super::deploys_to;
use super::known::KnownFacts;
use super::patterns::patterns;
use crate::lower::previews::teardown_file;
use pipec_claims::{
    Assumed, Assumption, Authority, BranchProtection, CloudTrust, Reliance, ReviewPurpose, Reviewers,
    SecretPlace, Setting, TagOperation, TheoremId, Trust, TrustedTokens,
};
use pipec_github_catalogue::Offers;
use pipec_ir::facts::Refs;
use pipec_ir::{
    Approval, Direction, Environment, Identity, Node, Pipeline, Program, ReportFormat, Right, Tier, Trigger,
};
use pipec_logic::{Glob, Proposition};
use pipec_lowering::{check_name, has_own_environment, override_environment, own_environment};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many jobs can wait in a group of `concurrency`.
///
/// The source is GitHub's documentation of `queue: max`.
const LONGEST_QUEUE: u64 = 100;

/// How many minutes a cancelled job goes on (GitHub's documentation of cancelling).
const MINUTES_AFTER_CANCELLING: u64 = 5;

/// What GitHub offers the repository.
fn offers(program: &Program) -> Offers {
    Offers::of(program.platforms.get("github"))
}

pub(super) fn of_the_repository(program: &Program, pipeline: &Pipeline) -> Vec<Assumed> {
    if !offers(program).rulesets {
        let Refs { branches, tags } = protected(pipeline);
        let has_any = !branches.is_empty() || !tags.is_empty();
        let open = has_any.then(|| Assumed::new(Trust::OpenRefs { branches, tags }, [TheoremId::OnePath]));
        return open.into_iter().collect();
    }
    let named = |globs: &[Glob]| globs.iter().flat_map(|glob| patterns(glob.text())).collect::<Vec<_>>();
    let branches = named(&pipeline.protected_branches).into_iter();
    let branches =
        branches.map(|branch| Setting::BranchRule { branch, protections: BranchProtection::ALL.into() });
    let tags = named(&pipeline.protected_tags).into_iter();
    let tags = tags.map(|tag| Setting::TagRule { tag, restricted: TagOperation::ALL.into() });
    let rules = branches.chain(tags).map(|rule| Assumed::new(rule, [TheoremId::OnePath]));
    // A check that is required but never runs would keep every change out.
    let reviewed = reviewed_into(pipeline).into_iter().flat_map(|glob| patterns(glob.text()));
    let checks = reviewed.map(|branch| {
        let check = check_name(program, pipeline);
        Assumed::new(Setting::RequiredCheck { check, branch }, Reliance::MergedChanges)
    });
    rules.chain(checks).collect()
}

/// The protected branches that the pipeline judges changes to before they are merged.
fn reviewed_into(pipeline: &Pipeline) -> Vec<&Glob> {
    let is_judged = |glob: &&Glob| {
        pipeline.triggers.iter().any(|trigger| match trigger {
            Trigger::PullRequest(into, _) => {
                let judged = into.iter().map(Glob::language).reduce(|all, other| all.union(&other));
                judged.is_some_and(|judged| glob.language().is_subset(&judged))
            }
            Trigger::MergeQueue(_) => true,
            _ => false,
        })
    };
    pipeline.protected_branches.iter().filter(is_judged).collect()
}

/// The branches and tags of the trusted runs in which one of these nodes may be due. `None` if they are of any name.
fn refs_of_all<'p>(
    known: &KnownFacts<'p>,
    nodes: impl IntoIterator<Item = (&'p Pipeline, Vec<&'p Node>)>,
) -> Option<Refs> {
    let mut all = Refs::default();
    for (pipeline, nodes) in nodes {
        let Refs { branches, tags } = refs_of(known, pipeline, &nodes)?;
        all.branches.extend(branches);
        all.tags.extend(tags);
    }
    let named = |globs: BTreeSet<String>| globs.iter().flat_map(|glob| patterns(glob)).collect();
    let named = Refs { branches: named(all.branches), tags: named(all.tags) };
    (named != Refs::default()).then_some(named)
}

/// The branches and tags that an environment must admit.
fn admits(environment: &str, Refs { branches, tags }: Refs) -> Setting {
    Setting::EnvironmentRefs { environment: environment.to_owned(), branches, tags }
}

/// The branches and tags of the runs in which one of the nodes may be due. `None` if they are of any name, as in a run that
/// somebody starts by hand.
///
/// If it takes too long to say, they are those from which a proven pipeline may deploy.
fn refs_of<'p>(known: &KnownFacts<'p>, pipeline: &'p Pipeline, nodes: &[&Node]) -> Option<Refs> {
    known.ask(pipeline, |facts| {
        let Some(facts) = facts else { return Some(protected(pipeline)) };
        let due: Vec<Proposition> = nodes.iter().map(|node| facts.due_node(node)).collect();
        let propositions = facts.propositions();
        // Code that was not reviewed gets neither secrets nor an environment with reviewers.
        let runs = propositions.and(&propositions.any(&due), &facts.trusted());
        match facts.refs(&runs) {
            Ok(refs) => refs.map(|refs| if refs == Refs::default() { protected(pipeline) } else { refs }),
            Err(_) => Some(protected(pipeline)),
        }
    })
}

/// The branches and tags from which a proven pipeline may deploy.
fn protected(pipeline: &Pipeline) -> Refs {
    let texts = |globs: &[Glob]| globs.iter().map(|glob| glob.text().to_owned()).collect();
    Refs { branches: texts(&pipeline.protected_branches), tags: texts(&pipeline.protected_tags) }
}

/// The deploys to an environment, by pipeline.
///
/// An environment has one list of branches and tags for all pipelines.
fn entering<'p>(
    program: &'p Program,
    pipeline: &'p Pipeline,
    environment: &str,
) -> Vec<(&'p Pipeline, Vec<&'p Node>)> {
    let others = program.pipelines.iter().map(Arc::as_ref).filter(|other| other.name != pipeline.name);
    std::iter::once(pipeline)
        .chain(others)
        .map(|pipeline| {
            let deploys = pipeline.deploys().filter(|(_, deploy)| deploy.environment == environment);
            (pipeline, deploys.map(|(node, _)| node).collect::<Vec<_>>())
        })
        .filter(|(_, nodes)| !nodes.is_empty())
        .collect()
}

/// What lets runs into an environment.
fn entry<'p>(
    known: &KnownFacts<'p>,
    program: &'p Program,
    pipeline: &'p Pipeline,
    environment: &'p Environment,
) -> Vec<Assumed> {
    let name = &environment.name;
    let entering = entering(program, pipeline, name);
    if environment.tier != Tier::Ephemeral {
        let relying = [TheoremId::OnePath, TheoremId::HeldAlone];
        let refs = offers(program).environments.then(|| refs_of_all(known, entering));
        let admits = refs.flatten().map(|refs| admits(name, refs));
        return admits.into_iter().map(|admits| Assumed::new(admits, relying)).collect();
    }
    let triggers = entering.into_iter().flat_map(|(pipeline, _)| &pipeline.triggers);
    let globs = triggers.filter_map(|trigger| match trigger {
        Trigger::PullRequest(into, _) => Some(into),
        _ => None,
    });
    let into = globs.flatten().map(|glob| glob.text().to_owned()).collect();
    let preview = Setting::PreviewEnvironment { environment: name.clone(), into };
    vec![
        Assumed::new(preview, [TheoremId::Teardown, TheoremId::HeldAlone]),
        Assumed::new(Trust::Sweep { file: teardown_file(pipeline) }, [TheoremId::Teardown]),
    ]
}

pub(super) fn of_an_environment<'p>(
    known: &KnownFacts<'p>,
    program: &'p Program,
    pipeline: &'p Pipeline,
    environment: &'p Environment,
) -> Vec<Assumed> {
    let name = &environment.name;
    let mut all = entry(known, program, pipeline, environment);
    if let Some(Approval { role, min, not_author, .. }) = &environment.approval {
        let setting = Setting::EnvironmentReviewers {
            environment: name.clone(),
            reviewers: reviewers(program, role),
            minimum: *min,
            purpose: ReviewPurpose::Deploys { prevents_self_review: *not_author, forbids_bypass: true },
        };
        all.push(Assumed::new(setting, [TheoremId::Approval]));
    }
    all.extend(environment.secrets.iter().map(|secret| stored(program, &secret.variable, name)));
    all.extend(environment.identities.iter().map(|identity| {
        // Without a principal, other environments may come by the same way.
        let is_shared = identity.principal().is_none();
        let environment = name.clone();
        let tokens = if offers(program).environments {
            TrustedTokens::OfEnvironment { environment, is_shared }
        } else {
            match refs_of_all(known, entering(program, pipeline, name)) {
                Some(Refs { branches, tags }) => {
                    TrustedTokens::OfRefs { environment, branches, tags, is_shared }
                }
                None => {
                    let deploys = pipeline.deploys().filter(|(_, deploy)| deploy.environment == *name);
                    TrustedTokens::OfRepository {
                        nodes: deploys.map(|(node, _)| node.name.clone()).collect(),
                    }
                }
            }
        };
        cloud_trust(identity, tokens)
    }));
    let alone = Trust::SoleDeployer {
        environment: name.clone(),
        group: format!("pipec-deploy-{name}/{}", pipeline.name),
        most_waiting: LONGEST_QUEUE,
    };
    let relying = match environment.direction {
        Direction::Any { .. } => Reliance::from([TheoremId::Lock]),
        Direction::History | Direction::Version { .. } => {
            Reliance::from([TheoremId::NeverBackwards, TheoremId::Lock])
        }
    };
    all.push(Assumed::new(alone, relying));
    if deploys_to(pipeline, name).any(|deploy| deploy.rollback().is_some()) {
        let time = Trust::RollbackTime { environment: name.clone(), minutes: MINUTES_AFTER_CANCELLING };
        all.push(Assumed::new(time, [TheoremId::Rollback]));
    }
    let reads_it = |node: &&Node| node.body.reads.iter().any(|(read, _)| read == name);
    let readers: Vec<String> = pipeline.nodes.iter().filter(reads_it).map(|node| node.name.clone()).collect();
    if !readers.is_empty() {
        let quiet = Trust::QuietEnvironment { environment: name.clone(), readers };
        all.push(Assumed::new(quiet, [TheoremId::NoSkippedGates]));
    }
    all.into_iter().map(|assumed| assumed.of(name)).collect()
}

/// The nodes with authority on branches or tags that nobody protects. The identities and secrets of a deploy are those of
/// its environment, which has a setting of its own.
pub(super) fn open_to_pushers<'p>(known: &KnownFacts<'p>, pipeline: &'p Pipeline) -> Vec<Assumed> {
    let is_open = |node: &Node| {
        known.ask(pipeline, |facts| {
            // A run that nobody can rule out counts.
            facts.is_none_or(|facts| {
                let logic = facts.propositions();
                let outside = logic.and_not(&facts.trusted(), &facts.protected());
                facts.run(&logic.and(&facts.due_node(node), &outside)).map_or(true, |run| run.is_some())
            })
        })
    };
    let mut all = Vec::new();
    for node in &pipeline.nodes {
        let authority = authority_of(node);
        if !authority.is_empty() && is_open(node) {
            let pushers = Trust::Pushers { node: node.name.clone(), authority };
            all.push(Assumed::new(pushers, [TheoremId::LeastAuthority]));
        }
    }
    all
}

fn authority_of(node: &Node) -> Vec<Authority> {
    let written = node.body.rights.iter().map(|(right, _)| *right);
    // The job of `report sarif` has the right to write to code scanning.
    let scans = node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif);
    let scans =
        scans.then_some(Right::SecurityEvents).filter(|right| !written.clone().any(|it| it == *right));
    let rights = written.clone().chain(scans).map(Authority::Right);
    let identities = node
        .body
        .identities
        .iter()
        .map(|identity| Authority::Identity { provider: identity.provider, role: identity.role.clone() });
    let push = node.image().map(|image| Authority::ImagePush { image: image.to_owned() });
    rights.chain(identities).chain(push).collect()
}

/// Who a role is on GitHub.
fn reviewers(program: &Program, role: &str) -> Reviewers {
    let member = program.roles.get(role).and_then(|role| role.members.get("github"));
    let member = member.map(|member| (member.kind, member.name.clone()));
    Reviewers { role: role.to_owned(), member }
}

/// The place of a secret of an environment. Where there are no environments, it is one of the repository.
fn stored(program: &Program, secret: &str, environment: &str) -> Assumed {
    let (place, absent_from) = if offers(program).environments {
        let elsewhere = vec![SecretPlace::Repository, SecretPlace::Organisation];
        (SecretPlace::Environment(environment.to_owned()), elsewhere)
    } else {
        (SecretPlace::Repository, Vec::new())
    };
    let setting = Setting::Secret { name: secret.to_owned(), place, absent_from };
    Assumed::new(setting, [TheoremId::HeldAlone])
}

fn cloud_trust(Identity { provider, role, .. }: &Identity, tokens: TrustedTokens) -> Assumed {
    let trust = CloudTrust { provider: *provider, role: role.clone(), tokens };
    Assumed::new(Setting::CloudTrust(trust), [TheoremId::HeldAlone])
}

/// The variables of the platform that a node reads.
fn variables(program: &Program, node: &Node) -> Vec<Assumed> {
    let environment = node.deploy().map(|deploy| deploy.environment.clone());
    let assumed = |assumption: Assumption| {
        let assumed = Assumed::new(assumption, Reliance::Successors { node: node.name.clone() });
        match &environment {
            Some(environment) => assumed.of(environment),
            None => assumed,
        }
    };
    let mut all = Vec::new();
    for setting in program.settings_of(node) {
        if setting.default.is_none() {
            let environment = environment.clone().filter(|_| offers(program).environments);
            let variable = Setting::Variable { name: setting.at.clone(), environment };
            all.push(assumed(variable.into()));
        }
        all.push(assumed(Trust::Decides { variable: setting.at.clone(), node: node.name.clone() }.into()));
    }
    all
}

/// The trust of clouds in nodes other than deploys, which enter an environment only for their secrets.
pub(super) fn of_identities(program: &Program, pipeline: &Pipeline) -> Vec<Assumed> {
    let mut held: Vec<(&Identity, Vec<&Node>)> = Vec::new();
    for node in pipeline.nodes.iter().filter(|node| !node.is_deploy()) {
        for identity in node.body.identities.iter().chain(program.login_identity_of(node)) {
            let is_same = |it: &&Identity| it.provider == identity.provider && it.role == identity.role;
            match held.iter_mut().find(|(other, _)| is_same(other)) {
                Some((_, nodes)) if nodes.last().is_some_and(|last| last.id == node.id) => {}
                Some((_, nodes)) => nodes.push(node),
                None => held.push((identity, vec![node])),
            }
        }
    }
    let trust = |(identity, nodes): (&Identity, Vec<&Node>)| match nodes.as_slice() {
        [only] if offers(program).environments => {
            let environment = own_environment(pipeline, only);
            let is_shared = identity.principal().is_none();
            cloud_trust(identity, TrustedTokens::OfEnvironment { environment, is_shared })
        }
        nodes if offers(program).environments => {
            let environments = nodes.iter().map(|node| own_environment(pipeline, node)).collect();
            cloud_trust(identity, TrustedTokens::OfNodes { environments })
        }
        nodes => {
            let nodes = nodes.iter().map(|node| node.name.clone()).collect();
            cloud_trust(identity, TrustedTokens::OfRepository { nodes })
        }
    };
    held.into_iter().map(trust).collect()
}

/// The secrets of a node that is no deploy. If it has any, its job enters an environment of its own.
fn secrets_of<'p>(program: &'p Program, node: &'p Node) -> Vec<&'p str> {
    let own = node.body.secrets.iter().map(|secret| secret.variable.as_str());
    own.chain(program.login_secrets_of(node).into_iter().flatten()).collect()
}

pub(super) fn of_a_node<'p>(
    known: &KnownFacts<'p>,
    program: &'p Program,
    pipeline: &'p Pipeline,
    node: &'p Node,
) -> Vec<Assumed> {
    let mut all = Vec::new();
    if let Some(rule) = node.overriding() {
        let approved = Setting::EnvironmentReviewers {
            environment: override_environment(pipeline, node),
            reviewers: reviewers(program, &rule.role),
            minimum: 1,
            purpose: ReviewPurpose::Overrides { gate: node.name.clone() },
        };
        all.push(Assumed::new(approved, [TheoremId::Override]));
        let reviewed = Trust::OverrideReviews { role: rule.role.clone(), gate: node.name.clone() };
        all.push(Assumed::new(reviewed, [TheoremId::Override]));
    }
    all.extend(variables(program, node));
    if node.is_deploy() {
        return all;
    }
    let image = node.image();
    let secrets = secrets_of(program, node);
    if has_own_environment(program, node) {
        let place = own_environment(pipeline, node);
        if offers(program).environments {
            let refs = refs_of_all(known, [(pipeline, vec![node])]).map(|refs| admits(&place, refs));
            all.extend(refs.map(|refs| Assumed::new(refs, [TheoremId::HeldAlone])));
        }
        all.extend(secrets.into_iter().map(|secret| stored(program, secret, &place)));
    }
    if let Some(image) = image {
        let machine = Trust::BuildMachine { node: node.name.clone(), image: image.to_owned() };
        all.push(Assumed::new(machine, [TheoremId::HeldAlone]));
    }
    all
}
