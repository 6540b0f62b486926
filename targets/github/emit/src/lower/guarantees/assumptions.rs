//! The kinds of settings that the guarantees rest on.

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

pub(super) const PROTECTED: Assumption = Assumption {
    kind: "protected",
    says: "the branches and tags of `protect` are protected: only reviewed changes reach them, and administrators don't go around it; \
           and who may push to other branches and tags, or start a run there by hand, may use what the nodes of such runs may, since \
           only pull requests and the merge queue count as unreviewed",
};
pub(super) const ENVIRONMENT: Assumption = Assumption {
    kind: "environment",
    says: "each environment lets in only the branches and tags of which a run may deploy to it, and asks for the reviewers of its role (one \
           of them suffices on GitHub, so `min 2` is refused: chain two environments)",
};
pub(super) const OVERRIDE: Assumption = Assumption {
    kind: "override",
    says: "the environment `PIPELINE-override-GATE` asks for the reviewers of the gate's role; whether who asked for an override may \
           approve it, too, is a setting there. The job asserts through the API that somebody approved. GitHub does not tell \
           when: the job starts then, so its start counts, and waiting for a machine does not. What an override was for, why, \
           by whom it was approved and by when it is to be reviewed stands in the record and the summary of the run; that \
           somebody reviews it is up to people",
};
pub(super) const REQUIRED_CHECK: Assumption = Assumption {
    kind: "required-check",
    says: "the check of a pipeline that runs on pull requests is required on the branches they go to",
};
pub(super) const SECRETS: Assumption = Assumption {
    kind: "secrets",
    says: "secrets are stored in their environment, not in the repository or organisation",
};
pub(super) const TRUST: Assumption = Assumption {
    kind: "trust",
    says: "a cloud, or who else takes `identity oidc`, trusts an identity only from the environment of its deploys: GitHub's token names that, and no branch",
};
pub(super) const ACTIONS: Assumption =
    Assumption { kind: "actions", says: "actions do at their pinned commits what they say" };
pub(super) const IMAGES: Assumption = Assumption {
    kind: "images",
    says: "images that jobs run in or beside do what they say, and nobody moves the tag of one that goes by no digest",
};
pub(super) const RAW_STEPS: Assumption = Assumption {
    kind: "raw-steps",
    says: "what the raw steps of an `engine` block do. They may be anything within their job, which has the rights of its \
           node's clauses, no secret, no identity and no environment; that they ran, with these inputs, and that the job is \
           green only if they succeeded is proven. No value of the run is part of an input that its name tells to be code (`script`, \
           `run`, `args`, `…-command` and the like); that an action does not run the others is assumed, too",
};
pub(super) const CACHES: Assumption = Assumption {
    kind: "caches",
    says: "GitHub gives what a run kept in a cache to runs of its own branch and, from the default branch, to all others: what a pull \
           request's script writes there by itself reaches none but that pull request",
};
pub(super) const ATTEMPTS: Assumption = Assumption {
    kind: "attempts",
    says: "what a failed attempt of a `retry` leaves outside of the folder of the checkout does not mislead the next one: files below \
           the home, processes on macOS and Windows or of other users, or half of what it sent elsewhere",
};
pub(super) const RUNNERS: Assumption = Assumption {
    kind: "runners",
    says: "runners have bash and tar; those of deploys have `gh`, machines of one's own that build images `jq` and \
           `skopeo`, and labelled ones what their runner says",
};
pub(super) const BUILD_MACHINE: Assumption = Assumption {
    kind: "build-machine",
    says: "what the scripts of a build leave running or installed on its machine does not spy on the push that follows in the \
           same job",
};
pub(super) const CANCELLING: Assumption = Assumption {
    kind: "cancelling",
    says: "who cancels a run in the middle of a deploy leaves its `rollback` the five minutes that GitHub gives a cancelled job",
};
pub(super) const DEPLOYMENTS: Assumption = Assumption {
    kind: "deployments",
    says: "nobody but this workflow writes the deployments of its environments, or reuses its groups of `concurrency`, in which \
           no more than 100 deploys wait",
};
pub(super) const PREVIEWS: Assumption = Assumption {
    kind: "previews",
    says: "the environment of an ephemeral one lets in `refs/pull/*/merge` and every branch that pull requests go to, the default \
           branch among them, and asks for no reviewers: GitHub would ask for them before each teardown, too. Who may push a branch can \
           have its workflow do anything with what such an environment holds, so its secrets and identities are good for previews alone",
};
pub(super) const SWEEP: Assumption = Assumption {
    kind: "sweep",
    says: "GitHub starts the hourly sweep of ephemeral environments, late at times, and in a public repository where nothing has happened \
           for 60 days not at all; and nobody deletes a run whose deployment still stands, since the sweep learns from it for which pull \
           request that was",
};
pub(super) const INTERFERENCE: Assumption = Assumption {
    kind: "interference",
    says: "between a deploy and the gates that read its environment nobody else deploys there: the lock holds for one job, so \
           another run may. Let such gates look at the version they judge, or keep such runs apart.",
};

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
        let listed: Vec<&str> = ASSUMPTIONS.iter().map(|it| it.says.trim_end_matches('.')).collect();
        assert_eq!(bullets, listed);
    }
}
