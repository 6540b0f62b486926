//! Short sentences of a checklist.

use super::{all_of, quoted};
use crate::{BranchProtection, CloudTrust, Place, ReviewPurpose, SecretPlace, Task, TrustedTokens, plain};
use pipec_ir::Provider;
use std::collections::BTreeSet;

/// Places of one kind with their names: "branch main", "environments staging, production".
pub(crate) fn place(places: &[Place]) -> String {
    let names: Vec<String> = places.iter().filter_map(name).collect();
    let kind = match (places.first(), places.len()) {
        (Some(Place::Branch(_)), 1) => "branch",
        (Some(Place::Branch(_)), _) => "branches",
        (Some(Place::Tag(_)), 1) => "tag",
        (Some(Place::Tag(_)), _) => "tags",
        (Some(Place::Environment(_)), 1) => "environment",
        (Some(Place::Environment(_)), _) => "environments",
        (Some(Place::Repository), _) => "repository",
        (Some(Place::Organisation), _) => "organisation",
        (Some(Place::Cloud(Provider::Oidc)), _) => "services with `identity oidc`",
        (Some(Place::Cloud(_)), 1) => "cloud",
        (Some(Place::Cloud(_)), _) => "clouds",
        (Some(Place::Runners(_)), _) => "runners",
        (None, _) => "",
    };
    format!("{kind} {}", names.join(", ")).trim_end().to_owned()
}

fn name(place: &Place) -> Option<String> {
    match place {
        Place::Branch(name) | Place::Tag(name) | Place::Environment(name) => Some(name.clone()),
        Place::Repository | Place::Organisation | Place::Cloud(Provider::Oidc) => None,
        Place::Cloud(provider) => Some(provider.to_string()),
        Place::Runners(labels) => Some(labels.join(", ")),
    }
}

/// The short sentence of a task. Its place is not repeated.
pub(crate) fn task(task: &Task) -> String {
    match task {
        Task::BranchRule(protections) => format!("add a rule: {}", demands(protections)),
        Task::TagRule(restricted) => format!("add a rule: {}", plain::restrictions(restricted)),
        Task::RequiredChecks(checks) => match checks.as_slice() {
            [one] => format!("require the check `{one}`"),
            all => format!("require the checks {}", all_of(&quoted(all))),
        },
        Task::Refs { branches, tags } => format!("accept only {}", refs(branches, tags)),
        Task::Reviewers { reviewers, minimum, purpose } => {
            let number = if *minimum > 1 { format!("at least {minimum} of ") } else { String::new() };
            format!("require reviewers: {number}{}{}", plain::people(reviewers), review_rules(purpose))
        }
        Task::Previews(_) => {
            "accept the merge commits of pull requests and the branches that they go to; require no \
             reviewers; store only secrets that are valid for previews only"
                .to_owned()
        }
        Task::Secrets { names, absent_from } => secrets(names, absent_from),
        Task::Variables(names) => {
            let what = if names.len() == 1 { "variable" } else { "variables" };
            format!("set the {what} {}", all_of(&quoted(names)))
        }
        Task::CloudTrust(trust) => cloud_trust(trust, plain::tokens),
        Task::Tools { tools, deploy_tools } => self::tools(tools, deploy_tools),
    }
}

/// The requirements of a branch rule: "reviewed pull requests only, no force pushes, no bypass".
pub fn demands(protections: &[BranchProtection]) -> String {
    let demands = protections.iter().map(|protection| match protection {
        BranchProtection::ReviewedPullRequests => "reviewed pull requests only",
        BranchProtection::NoForcePush => "no force pushes",
        BranchProtection::NoBypass => "no bypass",
    });
    demands.collect::<Vec<_>>().join(", ")
}

/// The trust of a cloud in short. `only` names the tokens in the words of an engine.
pub fn cloud_trust(trust: &CloudTrust, only: impl Fn(&TrustedTokens) -> String) -> String {
    let CloudTrust { role, tokens, .. } = trust;
    let accept = format!("accept only {}", only(tokens));
    match (tokens, tokens.of_environment()) {
        (TrustedTokens::OfRepository { nodes }, _) => {
            format!("`{role}`: {accept}, and grant no more than {}", plain::needed(nodes))
        }
        (_, Some((environment, true))) => format!("`{role}`, for its rights in {environment}: {accept}"),
        _ => format!("`{role}`: {accept}"),
    }
}

fn secrets(names: &[String], absent_from: &[SecretPlace]) -> String {
    let what = if names.len() == 1 { "secret" } else { "secrets" };
    let stored = format!("store the {what} {}", all_of(&quoted(names)));
    match absent_from {
        [] => stored,
        places => {
            let places: Vec<String> = places.iter().map(plain::place_words).collect();
            format!("{stored} here, not in {}", plain::alternatives(&places))
        }
    }
}

fn tools(tools: &BTreeSet<String>, deploy_tools: &BTreeSet<String>) -> String {
    let words = |all: &BTreeSet<String>| all_of(&all.iter().collect::<Vec<_>>());
    match deploy_tools.is_empty() {
        true => format!("provide {}", words(tools)),
        false => format!("provide {}; for deploys also {}", words(tools), words(deploy_tools)),
    }
}

pub(super) fn refs(branches: &BTreeSet<String>, tags: &BTreeSet<String>) -> String {
    let named = |one: &str, several: &str, globs: &BTreeSet<String>| match globs.len() {
        0 => None,
        1 => Some(format!("the {one} {}", all_of(&quoted(globs)))),
        _ => Some(format!("the {several} {}", all_of(&quoted(globs)))),
    };
    let ways = [named("branch", "branches", branches), named("tag", "tags", tags)];
    ways.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

fn review_rules(purpose: &ReviewPurpose) -> &'static str {
    match purpose {
        ReviewPurpose::Overrides { .. } => "",
        ReviewPurpose::Deploys { prevents_self_review, forbids_bypass } => {
            match (prevents_self_review, forbids_bypass) {
                (false, false) => "",
                (true, false) => ", no self-review",
                (false, true) => ", no bypass by administrators",
                (true, true) => ", no self-review, no bypass by administrators",
            }
        }
    }
}
