//! Platform settings as data, for writing and comparing them through an API.
//!
//! For example, `protect branch "main"` needs the setting `BranchRule { branch: "main", .. }`.

use pipec_ir::{MemberKind, Provider};
use std::collections::BTreeSet;

/// A required platform setting. Branches and tags are globs of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A rule for branches.
    BranchRule {
        /// The branches, as one glob.
        branch: String,
        /// The requirements of the rule.
        protections: Vec<BranchProtection>,
    },
    /// A rule for tags.
    TagRule {
        /// The tags, as one glob.
        tag: String,
        /// The operations that only people who may release can do.
        restricted: Vec<TagOperation>,
    },
    /// A check that every merge requires.
    RequiredCheck {
        /// The check's name.
        check: String,
        /// The target branches of the merges, as one glob.
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
    /// The people who approve the runs that enter an environment.
    EnvironmentReviewers {
        /// The environment.
        environment: String,
        /// The people.
        reviewers: Reviewers,
        /// The number of required approvals.
        minimum: u64,
        /// The subject of the approvals.
        purpose: ReviewPurpose,
    },
    /// An environment for pull requests. It admits their merge commits and their target branches, and requires no
    /// reviewers. Its secrets serve previews only.
    PreviewEnvironment {
        /// The environment.
        environment: String,
        /// The globs of the pull requests' target branches.
        into: BTreeSet<String>,
    },
    /// A secret in a place.
    Secret {
        /// The secret's name.
        name: String,
        /// The place of the secret.
        place: SecretPlace,
        /// The places that must not have a secret of this name.
        absent_from: Vec<SecretPlace>,
    },
    /// A variable that must have a value. It has no default in the source.
    Variable {
        /// The variable's name.
        name: String,
        /// The environment of the jobs that read it. `None` means that they have none. A variable of the repository
        /// suffices in both cases.
        environment: Option<String>,
    },
    /// The trust of a cloud.
    CloudTrust(CloudTrust),
    /// The programs that runners have.
    RunnerTools {
        /// The labels of the runners, sorted.
        runners: Vec<String>,
        /// The programs that all of them have.
        tools: Vec<String>,
        /// More programs on the runners for deploys. Empty if nothing is deployed.
        deploy_tools: Vec<String>,
    },
}

/// A requirement of a branch rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchProtection {
    /// Changes are made only by reviewed pull requests.
    ReviewedPullRequests,
    /// Nobody pushes with force.
    NoForcePush,
    /// The rule applies to everybody.
    NoBypass,
}

impl BranchProtection {
    /// All requirements.
    pub const ALL: [BranchProtection; 3] =
        [BranchProtection::ReviewedPullRequests, BranchProtection::NoForcePush, BranchProtection::NoBypass];
}

/// An operation on a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum TagOperation {
    Create,
    Move,
    Delete,
}

impl TagOperation {
    /// All operations.
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
    /// The role's member on the platform, if the source has one. It has a kind and a name (`team`, `acme/leads`).
    pub member: Option<(MemberKind, String)>,
}

/// The subject of the approvals of an environment's reviewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewPurpose {
    /// Deploys to it.
    Deploys {
        /// Whether the person who started a run can't approve it.
        prevents_self_review: bool,
        /// Whether administrators can't bypass the reviewers.
        forbids_bypass: bool,
    },
    /// Overrides of a gate.
    Overrides {
        /// The gate.
        gate: String,
    },
}

/// The place of a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretPlace {
    /// In an environment.
    Environment(String),
    /// In the repository.
    Repository,
    /// In the organisation that owns the repository.
    Organisation,
}

/// The trust of a cloud in tokens of this repository's runs. It may be limited to some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudTrust {
    /// The cloud, or the service that takes tokens of OpenID Connect.
    pub provider: Provider,
    /// The role, the client, the provider of an identity pool, or the audience.
    pub role: String,
    /// The tokens that may take the role.
    pub tokens: TrustedTokens,
}

impl TrustedTokens {
    /// The environment whose deploys use them, and whether others may take the same role.
    pub(crate) fn of_environment(&self) -> Option<(&str, bool)> {
        match self {
            TrustedTokens::OfEnvironment { environment, is_shared }
            | TrustedTokens::OfRefs { environment, is_shared, .. } => Some((environment, *is_shared)),
            TrustedTokens::OfNodes { .. } | TrustedTokens::OfRepository { .. } => None,
        }
    }
}

/// Tokens of runs of this repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedTokens {
    /// The tokens of jobs that enter an environment.
    OfEnvironment {
        /// The environment.
        environment: String,
        /// Whether other environments may take the same role with their own tokens.
        is_shared: bool,
    },
    /// The tokens of runs on branches and tags, for a platform without environments.
    OfRefs {
        /// The environment whose deploys take the role.
        environment: String,
        /// The globs of the branches.
        branches: BTreeSet<String>,
        /// The globs of the tags.
        tags: BTreeSet<String>,
        /// Whether other environments may take the same role with their own tokens.
        is_shared: bool,
    },
    /// The tokens of jobs that enter one of several environments, each of one node.
    OfNodes {
        /// The environments.
        environments: Vec<String>,
    },
    /// All tokens, for nodes that enter no environment.
    OfRepository {
        /// The nodes. The role grants what they need and no more.
        nodes: Vec<String>,
    },
}
