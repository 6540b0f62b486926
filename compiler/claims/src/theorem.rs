//! The results of proofs, with their parameters.

use crate::TheoremId;
use pipec_ir::{Lock, Provider, VersionPart};

/// The result of a proof. The parameters are names of the source. A theorem about one environment names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Theorem {
    /// See [`TheoremId::FactsThere`].
    FactsThere,
    /// See [`TheoremId::NoSkippedGates`].
    NoSkippedGates(NoSkippedGates),
    /// See [`TheoremId::NoMissedChanges`].
    NoMissedChanges,
    /// See [`TheoremId::OverridesApply`].
    OverridesApply,
    /// See [`TheoremId::KeptCaches`].
    KeptCaches,
    /// See [`TheoremId::OnePath`].
    OnePath(OnePath),
    /// See [`TheoremId::Promotion`].
    Promotion {
        /// The environment.
        environment: String,
        /// The artefacts that enter it, sorted.
        parts: Vec<String>,
        /// The environments with earlier deploys of these artefacts.
        before: Vec<String>,
    },
    /// See [`TheoremId::HeldAlone`].
    HeldAlone {
        /// The environment.
        environment: String,
        /// The variables that hold its secrets.
        secrets: Vec<String>,
        /// The providers of its identities.
        identities: Vec<Provider>,
    },
    /// See [`TheoremId::BuildOnce`].
    BuildOnce(BuildOnce),
    /// See [`TheoremId::EveryChangeTravels`].
    EveryChangeTravels(EveryChangeTravels),
    /// See [`TheoremId::Budget`].
    Budget {
        /// The longest time of a run, in milliseconds, if the pipeline has a budget.
        run: Option<u64>,
        /// The stages with a budget, with the maximum time of each in milliseconds.
        stages: Vec<(String, u64)>,
    },

    /// See [`TheoremId::StartsOnlyWhenDue`].
    StartsOnlyWhenDue,
    /// See [`TheoremId::EnteredByDeploysOnly`].
    EnteredByDeploysOnly,
    /// See [`TheoremId::HeldByDeploysOnly`].
    HeldByDeploysOnly,
    /// See [`TheoremId::LeastAuthority`].
    LeastAuthority {
        /// Whether a job has the right to an identity.
        identities: bool,
    },
    /// See [`TheoremId::ScriptsArrive`].
    ScriptsArrive,
    /// See [`TheoremId::Order`].
    Order,
    /// See [`TheoremId::Timeout`].
    Timeout,
    /// See [`TheoremId::Verdict`].
    Verdict,
    /// See [`TheoremId::SameDigest`].
    SameDigest,
    /// See [`TheoremId::OneAttempt`].
    OneAttempt,
    /// See [`TheoremId::Override`].
    Override {
        /// The gate that may be overridden.
        gate: String,
        /// The role that approves it.
        role: String,
    },
    /// See [`TheoremId::UntrustedEmpty`].
    UntrustedEmpty {
        /// The ephemeral environments that pull requests of members are deployed to.
        previews: Vec<String>,
    },
    /// See [`TheoremId::OwnJobs`].
    OwnJobs {
        /// The jobs that the compiler adds, with the timeout of each in minutes.
        limits: Vec<(String, u64)>,
    },
    /// See [`TheoremId::Lock`].
    Lock {
        /// The environment.
        environment: String,
        /// The pipeline whose deploys wait for each other.
        pipeline: String,
        /// Which waiting deploys are kept. For an ephemeral environment, all are.
        lock: Lock,
        /// Whether it is an ephemeral environment, which has one lock for each pull request.
        is_preview: bool,
    },
    /// See [`TheoremId::NeverBackwards`].
    NeverBackwards {
        /// The environment.
        environment: String,
        /// What a deploy must be there.
        forward: Forward,
    },
    /// See [`TheoremId::Teardown`].
    Teardown {
        /// The ephemeral environment.
        environment: String,
        /// The output file with the teardown.
        file: String,
    },
    /// See [`TheoremId::Approval`].
    Approval {
        /// The environment.
        environment: String,
        /// Whether the author can't approve.
        not_author: bool,
    },
    /// See [`TheoremId::Rollback`].
    Rollback {
        /// The environment.
        environment: String,
    },
    /// See [`TheoremId::Window`].
    Window {
        /// The environment.
        environment: String,
    },

    /// See [`TheoremId::Afterwards`].
    Afterwards,
    /// See [`TheoremId::Admission`].
    Admission,
    /// See [`TheoremId::StartsWheneverDue`].
    StartsWheneverDue,
    /// See [`TheoremId::StartsOnce`].
    StartsOnce,
    /// See [`TheoremId::DecidedByScripts`].
    DecidedByScripts,
    /// See [`TheoremId::StepOrder`].
    StepOrder,
    /// See [`TheoremId::StepInputs`].
    StepInputs,
    /// See [`TheoremId::Legs`].
    Legs,
    /// See [`TheoremId::Repetition`].
    Repetition,
    /// See [`TheoremId::Measures`].
    Measures,
    /// See [`TheoremId::Machines`].
    Machines,
    /// See [`TheoremId::Pins`].
    Pins,
    /// See [`TheoremId::CacheKeepers`].
    CacheKeepers,
    /// See [`TheoremId::RawSteps`].
    RawSteps,
    /// See [`TheoremId::PlannedFacts`].
    PlannedFacts,
    /// See [`TheoremId::RunExclusion`].
    RunExclusion,
    /// See [`TheoremId::CheckNames`].
    CheckNames,
    /// See [`TheoremId::Record`].
    Record,
    /// See [`TheoremId::PreviewEntry`].
    PreviewEntry {
        /// The ephemeral environment.
        environment: String,
    },
}

/// The parameters of [`Theorem::NoSkippedGates`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoSkippedGates {
    /// The environment.
    pub environment: String,
    /// The blocking gates before its deploys, in source order.
    pub gates: Vec<String>,
    /// Whether one of them may be exempt.
    pub may_be_exempt: bool,
    /// Whether one of them may be overridden.
    pub may_be_overridden: bool,
    /// The kinds of evidence that the environment requires.
    pub evidence: Vec<String>,
    /// The artefacts that are deployed, sorted.
    pub parts: Vec<String>,
}

/// The parameters of [`Theorem::OnePath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnePath {
    /// The environment.
    pub environment: String,
    /// Whether pull requests of members may enter it.
    pub is_open_to_members: bool,
    /// More about an environment of the tier `production`.
    pub production: Option<ProductionPath>,
}

/// The path to production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductionPath {
    /// The artefacts of its only deploy, sorted.
    pub parts: Vec<String>,
    /// The globs of the protected branches and tags, sorted.
    pub refs: Vec<String>,
}

/// The parameters of [`Theorem::BuildOnce`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildOnce {
    /// The artefacts.
    pub artefacts: Vec<String>,
    /// The artefacts whose build may read data of another run. The data is from a cache or raw steps.
    pub reading_caches: Vec<String>,
    /// The artefacts whose build reads a setting of the platform.
    pub reading_settings: Vec<String>,
    /// The artefacts whose build reads an input or another fact of its run that the commit does not decide.
    pub reading_run: Vec<String>,
}

/// The parameters of [`Theorem::EveryChangeTravels`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EveryChangeTravels {
    /// Whether the condition of some stage depends on the changes.
    pub asks_for_changes: bool,
}

/// What a deploy must be, compared with the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forward {
    /// The head of an open pull request. It is compared with no other deploy.
    PullRequest,
    /// The same commit or a descendant.
    History,
    /// A tag with the same version or a higher one.
    Version {
        /// The part up to which versions must agree to be compared.
        within: Option<VersionPart>,
    },
}

impl Theorem {
    /// Its id.
    pub fn id(&self) -> TheoremId {
        match self {
            Theorem::FactsThere => TheoremId::FactsThere,
            Theorem::NoSkippedGates(_) => TheoremId::NoSkippedGates,
            Theorem::NoMissedChanges => TheoremId::NoMissedChanges,
            Theorem::OverridesApply => TheoremId::OverridesApply,
            Theorem::KeptCaches => TheoremId::KeptCaches,
            Theorem::OnePath(_) => TheoremId::OnePath,
            Theorem::Promotion { .. } => TheoremId::Promotion,
            Theorem::HeldAlone { .. } => TheoremId::HeldAlone,
            Theorem::BuildOnce(_) => TheoremId::BuildOnce,
            Theorem::EveryChangeTravels(_) => TheoremId::EveryChangeTravels,
            Theorem::Budget { .. } => TheoremId::Budget,
            Theorem::StartsOnlyWhenDue => TheoremId::StartsOnlyWhenDue,
            Theorem::EnteredByDeploysOnly => TheoremId::EnteredByDeploysOnly,
            Theorem::HeldByDeploysOnly => TheoremId::HeldByDeploysOnly,
            Theorem::LeastAuthority { .. } => TheoremId::LeastAuthority,
            Theorem::ScriptsArrive => TheoremId::ScriptsArrive,
            Theorem::Order => TheoremId::Order,
            Theorem::Timeout => TheoremId::Timeout,
            Theorem::Verdict => TheoremId::Verdict,
            Theorem::SameDigest => TheoremId::SameDigest,
            Theorem::OneAttempt => TheoremId::OneAttempt,
            Theorem::Override { .. } => TheoremId::Override,
            Theorem::UntrustedEmpty { .. } => TheoremId::UntrustedEmpty,
            Theorem::OwnJobs { .. } => TheoremId::OwnJobs,
            Theorem::Lock { .. } => TheoremId::Lock,
            Theorem::NeverBackwards { .. } => TheoremId::NeverBackwards,
            Theorem::Teardown { .. } => TheoremId::Teardown,
            Theorem::Approval { .. } => TheoremId::Approval,
            Theorem::Rollback { .. } => TheoremId::Rollback,
            Theorem::Window { .. } => TheoremId::Window,
            Theorem::Afterwards => TheoremId::Afterwards,
            Theorem::Admission => TheoremId::Admission,
            Theorem::StartsWheneverDue => TheoremId::StartsWheneverDue,
            Theorem::StartsOnce => TheoremId::StartsOnce,
            Theorem::DecidedByScripts => TheoremId::DecidedByScripts,
            Theorem::StepOrder => TheoremId::StepOrder,
            Theorem::StepInputs => TheoremId::StepInputs,
            Theorem::Legs => TheoremId::Legs,
            Theorem::Repetition => TheoremId::Repetition,
            Theorem::Measures => TheoremId::Measures,
            Theorem::Machines => TheoremId::Machines,
            Theorem::Pins => TheoremId::Pins,
            Theorem::CacheKeepers => TheoremId::CacheKeepers,
            Theorem::RawSteps => TheoremId::RawSteps,
            Theorem::PlannedFacts => TheoremId::PlannedFacts,
            Theorem::RunExclusion => TheoremId::RunExclusion,
            Theorem::CheckNames => TheoremId::CheckNames,
            Theorem::Record => TheoremId::Record,
            Theorem::PreviewEntry { .. } => TheoremId::PreviewEntry,
        }
    }

    /// The environment that it concerns. `None` means the whole pipeline.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Theorem::NoSkippedGates(it) => Some(&it.environment),
            Theorem::OnePath(it) => Some(&it.environment),
            Theorem::Promotion { environment, .. }
            | Theorem::HeldAlone { environment, .. }
            | Theorem::Lock { environment, .. }
            | Theorem::NeverBackwards { environment, .. }
            | Theorem::Teardown { environment, .. }
            | Theorem::Approval { environment, .. }
            | Theorem::Rollback { environment }
            | Theorem::Window { environment }
            | Theorem::PreviewEntry { environment } => Some(environment),
            _ => None,
        }
    }

    /// Whether `other` proves the same on an output. Then it has the kind of this theorem, and concerns its environment
    /// or all of them.
    pub fn is_proved_again_by(&self, other: &Theorem) -> bool {
        let (own, other_id) = (self.id(), other.id());
        own.standing() == other_id.standing()
            && own.kind() == other_id.kind()
            && other.environment().is_none_or(|it| self.environment() == Some(it))
    }
}
