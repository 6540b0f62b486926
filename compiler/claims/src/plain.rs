//! The sentences of claims, in neutral words.

use crate::theorem::{BuildOnce, EveryChangeTravels, Forward, NoSkippedGates, OnePath, ProductionPath};
use crate::{
    Authority, BranchProtection, CloudTrust, Reliance, ReviewPurpose, Reviewers, SecretPlace, Setting,
    TagOperation, Theorem, TheoremId, Trust, TrustedTokens,
};
use pipec_ir::{Lock, duration};
use std::collections::BTreeSet;

/// The sentence of a theorem.
pub(crate) fn theorem(theorem: &Theorem) -> String {
    match theorem {
        Theorem::NoSkippedGates(it) => no_skipped_gates(it),
        Theorem::OnePath(it) => one_path(it),
        Theorem::Promotion { parts, before, .. } => format!(
            "what enters it, {}, was deployed to {} before, in the same run",
            parts.join(", "),
            before.join(", ")
        ),
        Theorem::HeldAlone { secrets, identities, .. } => {
            let identities = identities.iter().map(|provider| format!("the {provider} identity"));
            let held: Vec<String> = secrets.iter().cloned().chain(identities).collect();
            format!("only deploys to it hold {}", held.join(", "))
        }
        Theorem::BuildOnce(it) => build_once(it),
        Theorem::EveryChangeTravels(EveryChangeTravels { asks_for_changes }) => {
            let shared = if *asks_for_changes {
                "; of what no line of `change` claims, and where pipelines share the way, if anything runs for it"
            } else {
                ""
            };
            format!(
                "a reviewed change of every kind but docs and none has a run that takes it to production{shared}"
            )
        }
        Theorem::Budget { run, stages } => {
            let run = run.iter().map(|length| format!("a run takes at most {}", duration(*length)));
            let stages =
                stages.iter().map(|(stage, length)| format!("stage {stage} at most {}", duration(*length)));
            let all: Vec<String> = run.chain(stages).collect();
            format!("{}, not counting approvals, queues, windows and the compiler's own jobs", all.join(", "))
        }
        other => of_an_output(other),
    }
}

/// The sentence of a theorem about an output.
fn of_an_output(theorem: &Theorem) -> String {
    let sentence = match theorem {
        Theorem::StartsOnlyWhenDue => "a deploy's job starts only where the source lets it",
        Theorem::EnteredByDeploysOnly => "only jobs of deploys enter an environment",
        Theorem::HeldByDeploysOnly => "no other job sees an environment's secrets or identities",
        Theorem::LeastAuthority { identities: false } => {
            "each job's token has exactly the rights of the table in the reference"
        }
        Theorem::LeastAuthority { identities: true } => {
            "each job's token has exactly the rights of the table in the reference; the right to an identity belongs to the whole job, so each of its scripts may take it on"
        }
        Theorem::ScriptsArrive => {
            "every script reaches its shell byte for byte, and no value is put into its text, nor into an action's input that is code by its name"
        }
        Theorem::Order => "a job starts only when all before it that are in the run have passed",
        Theorem::Verdict => "one check is green only if every due job has passed",
        Theorem::SameDigest => {
            "a job that uses an artefact fails unless the artefact has the digest that its build recorded"
        }
        Theorem::OneAttempt => {
            "a retried node passes only if all scripts of one attempt passed, and that attempt began on a fresh checkout"
        }
        Theorem::Override { gate, role } => {
            return format!(
                "a failed {gate} counts as passed only in a run that was started with a reason, after an approval by {role} that has not expired"
            );
        }
        Theorem::UntrustedEmpty { previews } => {
            let held = if previews.is_empty() {
                String::new()
            } else {
                format!(", except what {} holds, in pull requests of members", previews.join(", "))
            };
            return format!(
                "code of pull requests and the merge queue gets no secret, no identity and no right to write{held}"
            );
        }
        Theorem::OwnJobs { limits } => {
            let limits: Vec<String> =
                limits.iter().map(|(job, minutes)| format!("{job} after {minutes}m")).collect();
            return format!("each job that no budget counts has a time limit: {}", limits.join(", "));
        }
        Theorem::Lock { is_preview: true, .. } => {
            "one deploy or teardown for a pull request at a time; the others wait"
        }
        Theorem::Lock { lock: Lock::Queue, .. } => "one deploy at a time; the others wait",
        Theorem::Lock { lock: Lock::Newest, .. } => {
            "one deploy at a time; of the others only the newest waits"
        }
        Theorem::NeverBackwards { forward: Forward::PullRequest, .. } => {
            "a deploy of a commit that is not the head of an open pull request fails"
        }
        Theorem::NeverBackwards { forward: Forward::History, .. } => {
            "a deploy of a commit that does not descend from the one deployed there last fails"
        }
        Theorem::NeverBackwards { forward: Forward::Version { within: None }, .. } => {
            "a deploy of a tag with a lower version than one deployed there before fails"
        }
        Theorem::NeverBackwards { forward: Forward::Version { within: Some(part) }, .. } => {
            return format!(
                "a deploy of a tag with a lower version than one of the same {} version deployed there before fails",
                part.word()
            );
        }
        Theorem::Teardown { .. } => {
            "what was deployed for a pull request is torn down once it is closed, or nothing was deployed for it for the `ttl`"
        }
        Theorem::Approval { not_author, .. } => {
            let whom = if *not_author { " by somebody other than its author" } else { "" };
            return format!("a deploy that nobody approved{whom} fails");
        }
        Theorem::Rollback { .. } => {
            "a deploy that fails once its scripts have begun is rolled back, and counts as failed"
        }
        Theorem::Window { .. } => "outside its window no deploy runs a script",
        other => other.id().summary(),
    };
    sentence.to_owned()
}

fn no_skipped_gates(theorem: &NoSkippedGates) -> String {
    let mut passed = "passed".to_owned();
    if theorem.may_be_exempt {
        passed.push_str(" or been exempt under its rule");
    }
    if theorem.may_be_overridden {
        passed.push_str(" or been overridden under the rules");
    }
    let gates = match theorem.gates.as_slice() {
        [] => "no gate comes before it, and it requires no evidence".to_owned(),
        gates => format!(
            "no deploy starts unless {} {} {passed} in the same run",
            gates.join(", "),
            if gates.len() == 1 { "has" } else { "have" }
        ),
    };
    let covered = match theorem.evidence.as_slice() {
        [] => String::new(),
        kinds => format!(
            "; {} {} {}",
            kinds.join(", "),
            if kinds.len() == 1 { "covers" } else { "cover" },
            theorem.parts.join(", ")
        ),
    };
    gates + &covered
}

fn one_path(OnePath { is_open_to_members, production, .. }: &OnePath) -> String {
    let reached = if *is_open_to_members {
        "no fork and no run of the merge queue reaches it"
    } else {
        "no pull request, fork or run of the merge queue reaches it"
    };
    match production {
        None => reached.to_owned(),
        Some(ProductionPath { parts, refs }) => format!(
            "one deploy statement {}brings {}; {reached}; of branches and tags only {} do",
            if parts.len() > 1 { "each " } else { "" },
            parts.join(", "),
            refs.join(", ")
        ),
    }
}

fn build_once(BuildOnce { artefacts, reading_caches, reading_settings, reading_run }: &BuildOnce) -> String {
    let are = if artefacts.len() == 1 { "is" } else { "are" };
    let mut more = Vec::new();
    if !reading_caches.is_empty() {
        more.push(format!("only that of {} reads what another run has kept", reading_caches.join(", ")));
    }
    if !reading_settings.is_empty() {
        more.push(format!("only that of {} reads a setting of the platform", reading_settings.join(", ")));
    }
    if !reading_run.is_empty() {
        more.push(format!("only that of {} reads what its run was started with", reading_run.join(", ")));
    }
    let from = match more.as_slice() {
        [] => "from the commit alone: no build reads an environment or what another run has kept".to_owned(),
        more => format!("from the commit: no build reads an environment, and {}", more.join(", and ")),
    };
    format!("{} {are} built once, by one node, {from}", artefacts.join(", "))
}

/// The sentence of a setting.
pub(crate) fn setting(setting: &Setting) -> String {
    match setting {
        Setting::BranchRule { branch, protections } => {
            format!("a rule for the branch `{branch}`: {}", demands(protections))
        }
        Setting::TagRule { tag, restricted } => {
            format!("a rule for the tag `{tag}`: {}", restrictions(restricted))
        }
        Setting::RequiredCheck { check, branch } => {
            format!("the check `{check}` is required on the branch `{branch}`")
        }
        Setting::EnvironmentRefs { environment, branches, tags } => {
            format!("the environment `{environment}` accepts only {}", refs(branches, tags))
        }
        Setting::EnvironmentReviewers { environment, reviewers, minimum, purpose } => {
            let at_least = if *minimum > 1 { format!("at least {minimum} of ") } else { String::new() };
            let rules = review_rules(purpose);
            format!(
                "the environment `{environment}` has {at_least}{} as required reviewers{rules}",
                people(reviewers)
            )
        }
        Setting::PreviewEnvironment { environment, .. } => format!(
            "the environment `{environment}` accepts the merge commits of pull requests and the branches that pull requests go to, and asks for no reviewers; its secrets and identities are valid for previews only"
        ),
        Setting::Secret { name, place, absent_from } => {
            let absent = match absent_from.as_slice() {
                [] => String::new(),
                places => {
                    let places: Vec<String> = places.iter().map(place_words).collect();
                    format!(", and not in {}", alternatives(&places))
                }
            };
            format!("the secret `{name}` is stored in {}{absent}", place_words(place))
        }
        Setting::Variable { name, environment } => {
            let place = match environment {
                Some(name) => format!("the environment `{name}` or the repository"),
                None => "the repository".to_owned(),
            };
            format!("the variable `{name}` has a value in {place}")
        }
        Setting::CloudTrust(trust) => cloud_trust(trust, tokens),
        Setting::RunnerTools { runners, tools, deploy_tools } => {
            let deploys = match deploy_tools.as_slice() {
                [] => String::new(),
                tools => format!("; those of deploys have {}", quoted(tools).join(" and ")),
            };
            format!("the runners {} have {}{deploys}", runners.join(", "), tools.join(" and "))
        }
    }
}

/// The requirements of a branch rule. An example is "changes come by reviewed pull requests only, nobody bypasses it".
pub fn demands(protections: &[BranchProtection]) -> String {
    let demands = protections.iter().map(|protection| match protection {
        BranchProtection::ReviewedPullRequests => "changes come by reviewed pull requests only",
        BranchProtection::NoForcePush => "no force pushes",
        BranchProtection::NoBypass => "nobody bypasses it",
    });
    demands.collect::<Vec<_>>().join(", ")
}

/// The restrictions of a tag rule: "only people who may release create or delete it".
pub fn restrictions(restricted: &[TagOperation]) -> String {
    let words: Vec<&str> = restricted.iter().map(|operation| operation.word()).collect();
    format!("only people who may release {} it", alternatives(&words))
}

/// The sentence of a cloud's trust. `only` names the tokens in the words of an engine.
pub fn cloud_trust(trust: &CloudTrust, only: impl Fn(&TrustedTokens) -> String) -> String {
    let CloudTrust { provider, role, tokens } = trust;
    let only = only(tokens);
    match (tokens, tokens.of_environment()) {
        (TrustedTokens::OfRepository { nodes }, _) => {
            format!("{provider} accepts for `{role}` only {only}, and grants no more than {}", needed(nodes))
        }
        (_, Some((environment, true))) => {
            format!("for what `{role}` may do in {environment}, {provider} accepts only {only}")
        }
        _ => format!("{provider} accepts for `{role}` only {only}"),
    }
}

/// Tokens in words that belong to no engine: "tokens of the environment `production` of this repository".
pub(crate) fn tokens(tokens: &TrustedTokens) -> String {
    match tokens {
        TrustedTokens::OfEnvironment { environment, .. } => {
            format!("tokens of the environment `{environment}` of this repository")
        }
        TrustedTokens::OfNodes { environments } => {
            let environments: Vec<String> = environments.iter().map(|name| format!("`{name}`")).collect();
            format!("tokens of the environments {} of this repository", environments.join(", "))
        }
        TrustedTokens::OfRefs { branches, tags, .. } => {
            format!("tokens of runs on {} of this repository", refs(branches, tags))
        }
        TrustedTokens::OfRepository { .. } => "tokens of this repository".to_owned(),
    }
}

/// What nodes need: "web needs", "web, api need".
pub(crate) fn needed(nodes: &[String]) -> String {
    let verb = if nodes.len() == 1 { "needs" } else { "need" };
    format!("{} {verb}", nodes.join(", "))
}

pub(crate) fn refs(branches: &BTreeSet<String>, tags: &BTreeSet<String>) -> String {
    let named = |one: &str, several: &str, globs: &BTreeSet<String>| {
        let what = if globs.len() == 1 { one } else { several };
        (!globs.is_empty()).then(|| format!("the {what} {}", quoted(globs).join(", ")))
    };
    let ways = [named("branch", "branches", branches), named("tag", "tags", tags)];
    ways.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

pub(crate) fn people(Reviewers { role, member }: &Reviewers) -> String {
    match member {
        Some((kind, name)) => format!("the {} `{name}`", kind.word()),
        None => format!("the role `{role}`"),
    }
}

fn review_rules(purpose: &ReviewPurpose) -> String {
    match purpose {
        ReviewPurpose::Overrides { .. } => String::new(),
        ReviewPurpose::Deploys { prevents_self_review, forbids_bypass } => {
            let itself = if *prevents_self_review { ", prevents self-review" } else { "" };
            let bypass = if *forbids_bypass { " and lets no administrator bypass it" } else { "" };
            format!("{itself}{bypass}")
        }
    }
}

pub(crate) fn place_words(place: &SecretPlace) -> String {
    match place {
        SecretPlace::Environment(name) => format!("the environment `{name}`"),
        SecretPlace::Repository => "the repository".to_owned(),
        SecretPlace::Organisation => "organisation".to_owned(),
    }
}

/// The sentence of a trust.
pub(crate) fn trust(trust: &Trust) -> String {
    match trust {
        Trust::Pushers { node, authority } => {
            let authority: Vec<String> = authority.iter().map(authority_words).collect();
            format!(
                "who may push to a branch or tag that is not protected, or start a run there by hand, may use what {node} has: {}",
                authority.join(", ")
            )
        }
        Trust::OverrideReviews { role, gate } => {
            format!("{role} reviews each override of {gate} in the time that the source sets")
        }
        Trust::Sweep { file } => {
            format!("the engine runs the schedule of {file}, and runs that deployed there are kept")
        }
        Trust::SoleDeployer { environment, group, most_waiting } => format!(
            "nobody else creates deployments to `{environment}`, or uses the group `{group}`; at most {most_waiting} deploys wait in it"
        ),
        Trust::RollbackTime { environment, minutes } => rollback_time(environment, "the engine", *minutes),
        Trust::QuietEnvironment { environment, readers } => {
            format!("no other run deploys to `{environment}` while {} judge it", readers.join(", "))
        }
        Trust::BuildMachine { node, image } => {
            format!("what the build of {node} leaves on its machine does not spy on the push to {image}")
        }
        Trust::Action { name, version, commit } => {
            format!("the action {name} {version} ({commit:.12}) does what its documentation says")
        }
        Trust::Image { reference } => {
            let moved = if reference.contains('@') { "" } else { ", and nobody moves its tag" };
            format!("the image {reference} does what its documentation says{moved}")
        }
        Trust::Attempts { node, because } => format!(
            "what a failed attempt of {node} leaves outside of the checkout does not mislead the next one; it is tried again because: {because}"
        ),
        Trust::Bystanders { node, variable, scripts, of } => {
            let never = if *scripts == 1 { "mentions it and leaves" } else { "mention it and leave" };
            format!("of the {of} scripts of {node} that hold {variable}, {scripts} never {never} it alone")
        }
        Trust::RawSteps { node, because } => {
            format!("the raw steps of {node} do what they are there for: {because}")
        }
        Trust::RawInput { action, input, fact, .. } => {
            format!("the action {action} does not run its input `{input}` as code, which holds `{fact}`")
        }
        Trust::Decides { variable, node } => {
            format!(
                "what {node} does, the variable `{variable}` decides, and whoever may change it does so well"
            )
        }
        Trust::OpenRefs { branches, tags } => {
            format!(
                "the platform protects nothing on this plan, so only people see to it that {} get nothing but reviewed changes: whoever may push there may deploy",
                refs(branches, tags)
            )
        }
        Trust::CacheScope => {
            "what the script of a pull request writes to a cache by itself reaches none but that pull request"
                .to_owned()
        }
    }
}

/// The sentence that a cancelled deploy gets the time for its rollback.
pub fn rollback_time(environment: &str, engine: &str, minutes: u64) -> String {
    let minutes = match minutes {
        5 => "five".to_owned(),
        other => other.to_string(),
    };
    format!(
        "nobody stops the rollback after a run is cancelled while it deploys to `{environment}`; {engine} gives it {minutes} minutes"
    )
}

fn authority_words(authority: &Authority) -> String {
    match authority {
        Authority::Right(right) => format!("`may write {}`", right.word()),
        Authority::Identity { provider, role } => format!("`identity {provider} \"{role}\"`"),
        Authority::ImagePush { image } => format!("the push to {image}"),
    }
}

/// The claims that rely on an assumption, as a sentence.
pub(crate) fn reliance(reliance: &Reliance) -> String {
    match reliance {
        Reliance::Theorems(theorems) => {
            theorems.iter().map(|id: &TheoremId| id.kind()).collect::<Vec<_>>().join(", ")
        }
        Reliance::MergedChanges => "every merged change has passed".to_owned(),
        Reliance::Callers => "every job that calls it".to_owned(),
        Reliance::JobsOfImage => "every job that runs in it or beside it".to_owned(),
        Reliance::CacheReaders => "every job that fetches a cache".to_owned(),
        Reliance::Successors { node } => format!("every job that waits for {node}"),
        Reliance::Jobs { file } => format!("every job of {file}"),
    }
}

fn quoted<'n>(names: impl IntoIterator<Item = &'n String>) -> Vec<String> {
    names.into_iter().map(|name| format!("`{name}`")).collect()
}

/// A list of alternatives: "create, move or delete".
pub(crate) fn alternatives<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}
