//! What must be set on a platform, as data: complete enough to write it through an API, and to compare it with what an
//! API answers.

use std::collections::BTreeSet;

/// What must be set on a platform. Branches and tags are globs of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A rule for branches.
    BranchRule {
        /// The branches, as one glob.
        branch: String,
        /// What the rule demands.
        protections: Vec<BranchProtection>,
    },
    /// A rule for tags.
    TagRule {
        /// The tags, as one glob.
        tag: String,
        /// What only people who may release can do with them.
        restricted: Vec<TagOperation>,
    },
    /// A check without which nothing is merged.
    RequiredCheck {
        /// The check's name.
        check: String,
        /// The branches that changes are merged into, as one glob.
        branch: String,
    },
    /// The branches and tags whose runs may enter an environment.
    EnvironmentRefs {
        /// The environment.
        environment: String,
        /// The globs of the branches.
        branches: BTreeSet<String>,
        /// The globs of the tags.
        tags: BTreeSet<String>,
    },
    /// The people who approve what enters an environment.
    EnvironmentReviewers {
        /// The environment.
        environment: String,
        /// The people.
        reviewers: Reviewers,
        /// How many of them must approve.
        minimum: u64,
        /// What they approve.
        purpose: ReviewPurpose,
    },
    /// An environment for pull requests: it lets in their merge commits and the branches that they are merged into, and asks for no
    /// reviewers. What it holds serves previews alone.
    PreviewEnvironment {
        /// The environment.
        environment: String,
        /// The globs of the branches that pull requests are merged into.
        into: BTreeSet<String>,
    },
    /// A secret in its place.
    Secret {
        /// The secret's name.
        name: String,
        /// Where it is stored.
        place: SecretPlace,
        /// Where no secret of this name is stored.
        absent_from: Vec<SecretPlace>,
    },
    /// What a cloud trusts.
    CloudTrust(CloudTrust),
    /// What runners have installed.
    RunnerTools {
        /// The labels of the runners, sorted.
        runners: Vec<String>,
        /// What all of them have.
        tools: Vec<String>,
        /// What those have besides that run deploys; empty, if nothing is deployed.
        deploy_tools: Vec<String>,
    },
}

/// What a rule for branches demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchProtection {
    /// Changes come only by reviewed pull requests.
    ReviewedPullRequests,
    /// Nobody pushes with force.
    NoForcePush,
    /// The rule holds for everybody.
    NoBypass,
}

impl BranchProtection {
    /// All of them.
    pub const ALL: [BranchProtection; 3] =
        [BranchProtection::ReviewedPullRequests, BranchProtection::NoForcePush, BranchProtection::NoBypass];
}

/// What can be done with a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum TagOperation {
    Create,
    Move,
    Delete,
}

impl TagOperation {
    /// All of them.
    pub const ALL: [TagOperation; 3] = [TagOperation::Create, TagOperation::Move, TagOperation::Delete];

    /// Its verb.
    pub fn word(self) -> &'static str {
        match self {
            TagOperation::Create => "create",
            TagOperation::Move => "move",
            TagOperation::Delete => "delete",
        }
    }
}

/// The people who approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewers {
    /// Their role in the source.
    pub role: String,
    /// Who that is on the platform, as kind and name (`team`, `acme/leads`), if the source says so.
    pub member: Option<(String, String)>,
}

/// What reviewers of an environment approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewPurpose {
    /// Deploys to it.
    Deploys {
        /// Whether who started a run may not approve it.
        prevents_self_review: bool,
        /// Whether administrators can't go around them.
        forbids_bypass: bool,
    },
    /// Overrides of a gate.
    Overrides {
        /// The gate.
        gate: String,
    },
}

/// Where a secret is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretPlace {
    /// In an environment.
    Environment(String),
    /// In the repository.
    Repository,
    /// In the organisation that owns the repository.
    Organisation,
}

/// What a cloud trusts: the tokens of runs of this repository, or some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudTrust {
    /// `aws`, `azure`, `google` or `oidc`.
    pub provider: String,
    /// The role, the client, the provider of an identity pool, or the audience.
    pub role: String,
    /// The tokens that may take it.
    pub tokens: TrustedTokens,
}

/// Tokens of runs of this repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedTokens {
    /// Those of jobs that enter an environment.
    OfEnvironment {
        /// The environment.
        environment: String,
        /// Whether other environments may take the same role by tokens of their own.
        is_shared: bool,
    },
    /// All of them, for a node that enters no environment.
    OfRepository {
        /// The node: the role grants what it needs, and no more.
        node: String,
    },
}
