//! GitHub's words for claims.

use pipec_claims::{
    Forward, Setting, Task, Theorem, Trust, TrustedTokens, cloud_trust, demands, restrictions, rollback_time,
    short_cloud_trust, short_demands,
};

/// GitHub's words for claims. A branch rule is a ruleset, and a lock a `concurrency` group.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words;

impl pipec_claims::Words for Words {
    fn basis(&self, theorem: &Theorem) -> String {
        let basis = match theorem {
            Theorem::StartsOnlyWhenDue => {
                "again on the workflow, over all events and outcomes of jobs, skipped and cancelled ones among them"
            }
            Theorem::EnteredByDeploysOnly => {
                "again on the workflow, for every event GitHub can start it with, declared or not"
            }
            Theorem::HeldByDeploysOnly => {
                "again on the workflow: what each step's variables and each job's environment hold"
            }
            Theorem::ScriptsArrive => "P1190, on the workflow; P0709",
            Theorem::Order => "`needs` and `if`",
            Theorem::Timeout => "`timeout-minutes`",
            Theorem::Verdict => "the job `verdict`",
            Theorem::SameDigest => "the first steps of each consumer",
            Theorem::OneAttempt => {
                "the steps of each attempt, whose conditions name the outcomes of the steps before"
            }
            Theorem::Override { .. } => {
                "the job that asks for the approval, and the deploys, which check its age"
            }
            Theorem::UntrustedEmpty { previews } if previews.is_empty() => {
                "no job that such an event starts is given any"
            }
            Theorem::UntrustedEmpty { .. } => {
                "no job that such an event starts is given any, except those deploys, which forks and bots don't start"
            }
            Theorem::OwnJobs { .. } => "`timeout-minutes` of the jobs that the compiler adds",
            Theorem::Lock { environment, pipeline, .. } => {
                return format!("the group of `concurrency` of {pipeline} and {environment}");
            }
            Theorem::NeverBackwards { forward: Forward::PullRequest, .. } => {
                "the step `Still wanted`, before any script"
            }
            Theorem::NeverBackwards { .. } => "the step `Only forward`, before any script",
            Theorem::Teardown { file, .. } => return format!("{file}, on each close and every hour"),
            Theorem::Approval { .. } => "the step `Approved`, which asks GitHub",
            Theorem::Rollback { .. } => "the steps of its rollback",
            Theorem::Window { .. } => "the job that waits for the window, and the deploy's own check",
            _ => return format!("{}, on the workflow", theorem.id().basis()),
        };
        basis.to_owned()
    }

    fn setting(&self, setting: &Setting) -> String {
        match setting {
            Setting::BranchRule { branch, protections } => {
                format!("a ruleset for the branch `{branch}`: {}", demands(protections))
            }
            Setting::TagRule { tag, restricted } => {
                format!("a ruleset for the tag `{tag}`: {}", restrictions(restricted))
            }
            Setting::PreviewEnvironment { environment, .. } => format!(
                "the environment `{environment}` accepts `refs/pull/*/merge` and the branches that pull requests go to, and asks for no reviewers; its secrets and identities are valid for previews only"
            ),
            Setting::CloudTrust(trust) => cloud_trust(trust, tokens),
            other => pipec_claims::NEUTRAL.setting(other),
        }
    }

    fn task(&self, task: &Task) -> String {
        match task {
            Task::BranchRule(protections) => format!("add a ruleset: {}", short_demands(protections)),
            Task::TagRule(restricted) => format!("add a ruleset: {}", restrictions(restricted)),
            Task::Previews(_) => {
                "accept `refs/pull/*/merge` and the branches that pull requests go to; require no reviewers; \
                 store only secrets that are valid for previews only"
                    .to_owned()
            }
            Task::CloudTrust(trust) => short_cloud_trust(trust, tokens),
            other => pipec_claims::NEUTRAL.task(other),
        }
    }

    fn trust(&self, trust: &Trust) -> String {
        match trust {
            Trust::Sweep { file } => {
                format!("GitHub runs the schedule of {file}, and runs that deployed there are kept")
            }
            Trust::SoleDeployer { environment, group, most_waiting } => format!(
                "no other workflow or token creates deployments to `{environment}`, or uses the group `{group}`; at most {most_waiting} deploys wait in it"
            ),
            Trust::RollbackTime { environment, minutes } => rollback_time(environment, "GitHub", *minutes),
            other => pipec_claims::NEUTRAL.trust(other),
        }
    }
}

/// Tokens by their `sub`, which names an environment, or else the branch or tag of the run.
///
/// The source is GitHub's reference of OpenID Connect, "Filtering for an environment", "for a branch" and "for a tag".
fn tokens(tokens: &TrustedTokens) -> String {
    let subjects: Vec<String> = match tokens {
        TrustedTokens::OfEnvironment { environment, .. } => vec![format!("`:environment:{environment}`")],
        TrustedTokens::OfNodes { environments } => {
            environments.iter().map(|environment| format!("`:environment:{environment}`")).collect()
        }
        TrustedTokens::OfRefs { branches, tags, .. } => {
            let branches = branches.iter().map(|glob| format!("`:ref:refs/heads/{glob}`"));
            branches.chain(tags.iter().map(|glob| format!("`:ref:refs/tags/{glob}`"))).collect()
        }
        TrustedTokens::OfRepository { .. } => return "tokens of this repository".to_owned(),
    };
    format!("tokens of this repository whose `sub` ends in {}", subjects.join(" or "))
}
