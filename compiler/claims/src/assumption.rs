//! Assumptions: statements that the proofs depend on and can't show.
//!
//! For example, "the branch `main` accepts only reviewed pull requests" is an assumption of the kind setting, on which
//! the theorem `one-path` relies.

use crate::{AssumptionKind, ReviewPurpose, Setting, TheoremId};
use pipec_ir::{Fact, Provider, Right};
use std::collections::BTreeSet;

/// An assumption of the proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// A required platform setting.
    Setting(Setting),
    /// A statement that no setting can ensure.
    Trust(Trust),
}

impl From<Setting> for Assumption {
    fn from(setting: Setting) -> Assumption {
        Assumption::Setting(setting)
    }
}

impl From<Trust> for Assumption {
    fn from(trust: Trust) -> Assumption {
        Assumption::Trust(trust)
    }
}

/// An assumption of one pipeline, and the claims that rely on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// The assumption.
    pub assumption: Assumption,
    /// The environment whose deploys it concerns. `None` means the whole pipeline.
    pub environment: Option<String>,
    /// The claims that rely on it.
    pub relied_on_by: Reliance,
}

impl Assumed {
    /// An assumption of all runs of a pipeline.
    pub fn new(assumption: impl Into<Assumption>, relied_on_by: impl Into<Reliance>) -> Assumed {
        Assumed { assumption: assumption.into(), environment: None, relied_on_by: relied_on_by.into() }
    }

    /// The same assumption, limited to the deploys to an environment.
    #[must_use]
    pub fn of(self, environment: impl Into<String>) -> Assumed {
        Assumed { environment: Some(environment.into()), ..self }
    }
}

/// A statement that no setting can ensure. It is about people, or about parts that are not analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// People outside the protected refs may use a node's authority. They are the people who may push to unprotected
    /// branches and tags, or start a run there.
    Pushers {
        /// The node.
        node: String,
        /// Its authority.
        authority: Vec<Authority>,
    },
    /// Branches and tags that the platform can't protect get only reviewed changes.
    OpenRefs {
        /// The globs of the branches.
        branches: BTreeSet<String>,
        /// The globs of the tags.
        tags: BTreeSet<String>,
    },
    /// The role of a gate reviews its overrides in time.
    OverrideReviews {
        /// The role.
        role: String,
        /// The gate.
        gate: String,
    },
    /// The engine runs the teardown schedule, and keeps runs with deployments.
    Sweep {
        /// The output file with the teardown.
        file: String,
    },
    /// No other workflow deploys to an environment or uses the group of its lock.
    SoleDeployer {
        /// The environment.
        environment: String,
        /// The name of the lock's group on the engine.
        group: String,
        /// The maximum number of waiting deploys. After that the engine drops one.
        most_waiting: u64,
    },
    /// Cancelled deploys get the time for their rollback.
    RollbackTime {
        /// The environment.
        environment: String,
        /// The minutes that the engine gives a cancelled job.
        minutes: u64,
    },
    /// No other workflow deploys to an environment while gates check it.
    QuietEnvironment {
        /// The environment.
        environment: String,
        /// The nodes that read it, in the order of the source.
        readers: Vec<String>,
    },
    /// A build leaves no process behind that watches the push of its image.
    BuildMachine {
        /// The node that builds.
        node: String,
        /// The image's name.
        image: String,
    },
    /// An action does what its documentation says.
    Action {
        /// Its name: `owner/name`.
        name: String,
        /// Its version.
        version: String,
        /// The commit it is pinned to, 40 hexadecimal digits.
        commit: String,
    },
    /// An image does what its documentation says.
    Image {
        /// Its reference, with a tag or digest.
        reference: String,
    },
    /// A failed attempt leaves nothing that changes the result of the next one.
    Attempts {
        /// The node.
        node: String,
        /// The reason for the retry, in the words of the source.
        because: String,
    },
    /// Scripts that hold a secret or the token and never mention it leave it alone.
    Bystanders {
        /// The node.
        node: String,
        /// The variable.
        variable: String,
        /// How many scripts hold it and never mention it.
        scripts: usize,
        /// How many scripts hold it.
        of: usize,
    },
    /// Raw steps do what their reason says.
    RawSteps {
        /// The node.
        node: String,
        /// The reason for them, in the words of the source.
        because: String,
    },
    /// An action does not run an input as code. The input contains text that other people choose.
    RawInput {
        /// The node that waits for the action.
        node: String,
        /// The action.
        action: String,
        /// The input.
        input: String,
        /// The fact with the text of other people.
        fact: Fact,
    },
    /// A cache written by a pull request is visible only to that pull request.
    CacheScope,
    /// People who may change a variable of the platform decide what the node does with it.
    Decides {
        /// The variable.
        variable: String,
        /// The node that reads it.
        node: String,
    },
}

/// An authority of a node beyond running scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A right to write.
    Right(Right),
    /// An identity.
    Identity {
        /// Its provider.
        provider: Provider,
        /// The role, client or audience at the provider.
        role: String,
    },
    /// Pushing an image.
    ImagePush {
        /// The image's name.
        image: String,
    },
}

/// The claims that rely on an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reliance {
    /// Theorems.
    Theorems(Vec<TheoremId>),
    /// That merged changes have passed the check.
    MergedChanges,
    /// Every job that calls an action.
    Callers,
    /// Every job that runs in an image or next to it.
    JobsOfImage,
    /// Every job that reads a cache.
    CacheReaders,
    /// Every node that waits for a node.
    Successors {
        /// The node.
        node: String,
    },
    /// Every job of a file of the output.
    Jobs {
        /// The file's name.
        file: String,
    },
}

impl<const N: usize> From<[TheoremId; N]> for Reliance {
    fn from(theorems: [TheoremId; N]) -> Reliance {
        Reliance::Theorems(theorems.into())
    }
}

impl Assumption {
    /// Its kind.
    pub fn kind(&self) -> AssumptionKind {
        match self {
            Assumption::Setting(setting) => setting.kind(),
            Assumption::Trust(trust) => trust.kind(),
        }
    }
}

impl Setting {
    /// The kind of assumption it is.
    pub fn kind(&self) -> AssumptionKind {
        match self {
            Setting::BranchRule { .. } | Setting::TagRule { .. } => AssumptionKind::Protected,
            Setting::RequiredCheck { .. } => AssumptionKind::RequiredCheck,
            Setting::EnvironmentRefs { .. }
            | Setting::EnvironmentReviewers { purpose: ReviewPurpose::Deploys { .. }, .. } => {
                AssumptionKind::Environment
            }
            Setting::EnvironmentReviewers { purpose: ReviewPurpose::Overrides { .. }, .. } => {
                AssumptionKind::Override
            }
            Setting::PreviewEnvironment { .. } => AssumptionKind::Previews,
            Setting::Secret { .. } => AssumptionKind::Secrets,
            Setting::Variable { .. } => AssumptionKind::Variables,
            Setting::CloudTrust(_) => AssumptionKind::Trust,
            Setting::RunnerTools { .. } => AssumptionKind::Runners,
        }
    }
}

impl Trust {
    /// The kind of assumption it is.
    pub fn kind(&self) -> AssumptionKind {
        match self {
            Trust::Pushers { .. } | Trust::OpenRefs { .. } => AssumptionKind::Protected,
            Trust::OverrideReviews { .. } => AssumptionKind::Override,
            Trust::Sweep { .. } => AssumptionKind::Sweep,
            Trust::SoleDeployer { .. } => AssumptionKind::Deployments,
            Trust::RollbackTime { .. } => AssumptionKind::Cancelling,
            Trust::QuietEnvironment { .. } => AssumptionKind::Interference,
            Trust::BuildMachine { .. } => AssumptionKind::BuildMachine,
            Trust::Action { .. } => AssumptionKind::Actions,
            Trust::Image { .. } => AssumptionKind::Images,
            Trust::Attempts { .. } => AssumptionKind::Attempts,
            Trust::Bystanders { .. } => AssumptionKind::Bystanders,
            Trust::RawSteps { .. } | Trust::RawInput { .. } => AssumptionKind::RawSteps,
            Trust::CacheScope => AssumptionKind::Caches,
            Trust::Decides { .. } => AssumptionKind::Variables,
        }
    }
}
