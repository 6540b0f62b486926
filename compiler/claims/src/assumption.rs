//! What the proofs rest on and can't show.

use crate::{AssumptionKind, ReviewPurpose, Setting, TheoremId};
use pipec_ir::{Fact, Right};

/// What the proofs rest on and can't show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// What must be set on the platform.
    Setting(Setting),
    /// What nobody can set.
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

/// An assumption of one pipeline, and what relies on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// The assumption.
    pub assumption: Assumption,
    /// The environment of deploys it is about; the whole pipeline, if none.
    pub environment: Option<String>,
    /// What relies on it.
    pub relied_on_by: Reliance,
}

impl Assumed {
    /// An assumption of all runs of a pipeline.
    pub fn new(assumption: impl Into<Assumption>, relied_on_by: impl Into<Reliance>) -> Assumed {
        Assumed { assumption: assumption.into(), environment: None, relied_on_by: relied_on_by.into() }
    }

    /// The assumption as one of the deploys to an environment.
    #[must_use]
    pub fn of(self, environment: impl Into<String>) -> Assumed {
        Assumed { environment: Some(environment.into()), ..self }
    }
}

/// What can't be set: what people do, and what parts do that are not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// People who may push to unprotected branches and tags, or start a run there, may use the authority of a node.
    Pushers {
        /// The node.
        node: String,
        /// Its authority.
        authority: Vec<Authority>,
    },
    /// The role of a gate reviews its overrides in time.
    OverrideReviews {
        /// The role.
        role: String,
        /// The gate.
        gate: String,
    },
    /// The engine runs the schedule that tears down, and runs with deployments are kept.
    Sweep {
        /// The file of the output that tears down.
        file: String,
    },
    /// Nobody else deploys to an environment, or uses the group of its lock.
    SoleDeployer {
        /// The environment.
        environment: String,
        /// The name of the lock's group on the engine.
        group: String,
        /// How many deploys wait at most before the engine drops one.
        most_waiting: u64,
    },
    /// Cancelled deploys are given the time for their rollback.
    RollbackTime {
        /// The environment.
        environment: String,
        /// The minutes that the engine gives a cancelled job.
        minutes: u64,
    },
    /// Nobody else deploys to an environment while gates judge it.
    QuietEnvironment {
        /// The environment.
        environment: String,
        /// The nodes that read it, in the order of the source.
        readers: Vec<String>,
    },
    /// A build leaves nothing behind that spies on the push of its image.
    BuildMachine {
        /// The node that builds.
        node: String,
        /// The image's name.
        image: String,
    },
    /// An action does what it says.
    Action {
        /// Its name: `owner/name`.
        name: String,
        /// Its version.
        version: String,
        /// The commit it is pinned to, 40 hexadecimal digits.
        commit: String,
    },
    /// An image does what it says.
    Image {
        /// Its reference, with a tag or digest.
        reference: String,
    },
    /// A failed attempt leaves nothing behind that misleads the next one.
    Attempts {
        /// The node.
        node: String,
        /// Why it is tried again, in the words of the source.
        because: String,
    },
    /// Raw steps do what they are there for.
    RawSteps {
        /// The node.
        node: String,
        /// What they are there for, in the words of the source.
        because: String,
    },
    /// An action does not run an input as code that holds what others choose.
    RawInput {
        /// The node, which waits for the action.
        node: String,
        /// The action.
        action: String,
        /// The input.
        input: String,
        /// What others choose.
        fact: Fact,
    },
    /// What a pull request writes to a cache reaches only that pull request.
    CacheScope,
}

/// What a node may do beyond running scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A right to write.
    Right(Right),
    /// An identity.
    Identity {
        /// Its provider.
        provider: String,
        /// What is assumed there.
        role: String,
    },
    /// Pushing an image.
    ImagePush {
        /// The image's name.
        image: String,
    },
}

/// What relies on an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reliance {
    /// Theorems.
    Theorems(Vec<TheoremId>),
    /// That merged changes have passed the check.
    MergedChanges,
    /// Every job that calls an action.
    Callers,
    /// Every job that runs in an image or beside it.
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
            Setting::CloudTrust(_) => AssumptionKind::Trust,
            Setting::RunnerTools { .. } => AssumptionKind::Runners,
        }
    }
}

impl Trust {
    /// The kind of assumption it is.
    pub fn kind(&self) -> AssumptionKind {
        match self {
            Trust::Pushers { .. } => AssumptionKind::Protected,
            Trust::OverrideReviews { .. } => AssumptionKind::Override,
            Trust::Sweep { .. } => AssumptionKind::Sweep,
            Trust::SoleDeployer { .. } => AssumptionKind::Deployments,
            Trust::RollbackTime { .. } => AssumptionKind::Cancelling,
            Trust::QuietEnvironment { .. } => AssumptionKind::Interference,
            Trust::BuildMachine { .. } => AssumptionKind::BuildMachine,
            Trust::Action { .. } => AssumptionKind::Actions,
            Trust::Image { .. } => AssumptionKind::Images,
            Trust::Attempts { .. } => AssumptionKind::Attempts,
            Trust::RawSteps { .. } | Trust::RawInput { .. } => AssumptionKind::RawSteps,
            Trust::CacheScope => AssumptionKind::Caches,
        }
    }
}
