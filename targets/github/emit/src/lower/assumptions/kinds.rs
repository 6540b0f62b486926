//! The kinds of assumptions, each with its meaning on GitHub.

use pipec_claims::AssumptionKind;

/// The meaning of a kind of assumption on GitHub, as Markdown in one line.
pub fn meaning(kind: AssumptionKind) -> &'static str {
    match kind {
        AssumptionKind::Protected => {
            "The branches and tags of `protect` are protected: only reviewed changes reach them, and administrators don't \
             bypass this. Everybody who may push to other branches and tags, or start a run there by hand, may use the \
             permissions and secrets of the nodes in such runs. Only pull requests and the merge queue count as \
             unreviewed. In a private repository on the plan `free`, GitHub protects nothing, and only people see to it."
        }
        AssumptionKind::Environment => {
            "Each environment accepts only the branches and tags whose runs may deploy to it, and it requires the \
             reviewers of its role. On GitHub one of them suffices, so `min 2` is refused: chain two environments \
             instead."
        }
        AssumptionKind::Override => {
            "The environment `PIPELINE-override-GATE` requires the reviewers of the gate's role. A setting there decides \
             whether people may approve an override that they asked for. The job asks the API whether somebody approved. \
             GitHub does not say when, so the start of the job counts as the time of approval, and waiting for a machine \
             is not counted. The record and the summary of the run show what an override was for, why, who approved it, \
             and until when it must be reviewed. People must do the review."
        }
        AssumptionKind::RequiredCheck => {
            "If a pipeline runs on pull requests, its check is required on their target branches."
        }
        AssumptionKind::Secrets => {
            "Secrets are stored in their environment, not in the repository or organisation. Without environments, \
             they are in the repository, where every workflow of every branch can read them."
        }
        AssumptionKind::Variables => {
            "Each `setting` is a variable of the repository, or of the environment of a deploy. Without a default it has \
             a value there. Everybody who may change it by GitHub's API, without a review, decides what the nodes that \
             read it do. A run for the pull request of a fork gets no variables: there each setting has its default, or \
             else it is empty."
        }
        AssumptionKind::Trust => {
            "A cloud, or any other party that accepts `identity oidc`, trusts an identity only from the environment of \
             its deploys. GitHub's token names that environment and no branch. Any other node with an identity has an \
             environment `PIPELINE-NODE` of its own, which accepts only the branches and tags whose runs may have it, and \
             its role is trusted from there. On a plan without environments, the token names the branch or tag of the \
             run, as in `repo:OWNER/NAME:ref:refs/heads/main`: the role of a deploy is trusted only from the branches and \
             tags of its deploys, and for the role of another node the cloud accepts only tokens of this repository, and \
             grants no more than the node needs."
        }
        AssumptionKind::Actions => "Actions, at their pinned commits, do what they claim to do.",
        AssumptionKind::Images => {
            "Images that jobs run in, or next to, do what they claim to do. Nobody moves the tag of an image without a \
             digest."
        }
        AssumptionKind::RawSteps => {
            "The effect of the raw steps of an `engine` block is assumed. They may do anything within their job. The job \
             has the permissions of its node's clauses, but no secret, no identity and no environment. It is proven that \
             they ran with these inputs, and that the job is green only if they succeeded. It is also proven that inputs \
             named like code (`script`, `run`, `args`, `…-command` and similar) contain no run values. It is assumed that \
             an action does not execute its other inputs."
        }
        AssumptionKind::Caches => {
            "GitHub offers a saved cache to runs of the same branch, and a cache of the default branch to all runs. A \
             cache that a script of a pull request saves by itself reaches only that pull request."
        }
        AssumptionKind::Attempts => {
            "Anything that a failed attempt of a `retry` leaves outside the checkout folder does not mislead the next \
             attempt: files in the home folder, processes on macOS and Windows or of other users, or data that was only \
             partly sent elsewhere."
        }
        AssumptionKind::Bystanders => {
            "Scripts that hold a secret or the token of their job and never mention it leave it alone. `for` names the \
             scripts that hold it."
        }
        AssumptionKind::Runners => {
            "Runners have bash and tar. Runners of deploys have `gh`. Your own machines that build images have `jq` and \
             `skopeo`, and `aws` or `az` if the registry takes such an identity. Labelled machines have what their runner declares."
        }
        AssumptionKind::BuildMachine => {
            "Processes and programs that the scripts of a build leave on its machine do not spy on the push that follows \
             in the same job."
        }
        AssumptionKind::Cancelling => {
            "People who cancel a run during a deploy leave its `rollback` the five minutes that GitHub gives a cancelled \
             job."
        }
        AssumptionKind::Deployments => {
            "Only this workflow writes the deployments of its environments and uses its `concurrency` groups. No more \
             than 100 deploys wait in one group."
        }
        AssumptionKind::Previews => {
            "An ephemeral environment accepts `refs/pull/*/merge` and every target branch of pull requests, including the \
             default branch. It requires no reviewers, because GitHub would also ask them before each teardown. Everybody \
             who may push a branch can use the secrets and identities of such an environment in a workflow for any \
             purpose. So they must be good for previews only."
        }
        AssumptionKind::Sweep => {
            "GitHub starts the hourly sweep of ephemeral environments. It is sometimes late, and it stops in a public \
             repository after 60 days without activity. Nobody deletes a run whose deployment still exists, because the \
             sweep learns from it which pull request the deployment belongs to."
        }
        AssumptionKind::Interference => {
            "Between a deploy and the gates that read its environment, nobody else deploys there. The lock holds for one \
             job, so another run may deploy. Make such gates check the version they judge, or keep such runs apart."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference says of what is assumed exactly what is listed here.
    #[test]
    fn the_reference_names_every_assumption_and_no_other() {
        let reference = include_str!("../../../../../../compiler/docs/github.md");
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
        let listed: Vec<&str> =
            AssumptionKind::ALL.into_iter().map(|kind| meaning(kind).trim_end_matches('.')).collect();
        assert_eq!(bullets, listed);
    }
}
