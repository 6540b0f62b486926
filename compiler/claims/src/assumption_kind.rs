//! The closed set of kinds of assumptions.

/// The kind of an assumption. It is stable across versions, and the order is that of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each target explains the kinds")]
pub enum AssumptionKind {
    Protected,
    Environment,
    Override,
    RequiredCheck,
    Secrets,
    Variables,
    Trust,
    Actions,
    Images,
    RawSteps,
    Caches,
    Attempts,
    Bystanders,
    Runners,
    BuildMachine,
    Cancelling,
    Deployments,
    Previews,
    Sweep,
    Interference,
}

impl AssumptionKind {
    /// All kinds.
    pub const ALL: [AssumptionKind; 20] = [
        AssumptionKind::Protected,
        AssumptionKind::Environment,
        AssumptionKind::Override,
        AssumptionKind::RequiredCheck,
        AssumptionKind::Secrets,
        AssumptionKind::Variables,
        AssumptionKind::Trust,
        AssumptionKind::Actions,
        AssumptionKind::Images,
        AssumptionKind::RawSteps,
        AssumptionKind::Caches,
        AssumptionKind::Attempts,
        AssumptionKind::Bystanders,
        AssumptionKind::Runners,
        AssumptionKind::BuildMachine,
        AssumptionKind::Cancelling,
        AssumptionKind::Deployments,
        AssumptionKind::Previews,
        AssumptionKind::Sweep,
        AssumptionKind::Interference,
    ];

    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            AssumptionKind::Protected => "protected",
            AssumptionKind::Environment => "environment",
            AssumptionKind::Override => "override",
            AssumptionKind::RequiredCheck => "required-check",
            AssumptionKind::Secrets => "secrets",
            AssumptionKind::Variables => "variables",
            AssumptionKind::Trust => "trust",
            AssumptionKind::Actions => "actions",
            AssumptionKind::Images => "images",
            AssumptionKind::RawSteps => "raw-steps",
            AssumptionKind::Caches => "caches",
            AssumptionKind::Attempts => "attempts",
            AssumptionKind::Bystanders => "bystanders",
            AssumptionKind::Runners => "runners",
            AssumptionKind::BuildMachine => "build-machine",
            AssumptionKind::Cancelling => "cancelling",
            AssumptionKind::Deployments => "deployments",
            AssumptionKind::Previews => "previews",
            AssumptionKind::Sweep => "sweep",
            AssumptionKind::Interference => "interference",
        }
    }
}
