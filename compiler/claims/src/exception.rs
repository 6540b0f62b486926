//! Exceptions from the usual rules that a pipeline's author has made.

use pipec_base::Code;
use pipec_ir::{Change, Exemption, Origin};

/// An exception from the usual rules, with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// The kind of exception, with its names.
    pub what: ExceptionKind,
    /// The reason.
    pub because: Reason,
    /// Where it was written.
    pub origin: Origin,
}

/// The kind of exception.
#[derive(Clone, Debug, PartialEq)]
pub enum ExceptionKind {
    /// A gate that can't stop a deploy.
    Advisory {
        /// The gate.
        gate: String,
    },
    /// A gate is exempt in some runs.
    Exempt {
        /// The gate.
        gate: String,
        /// The condition of the exemption.
        when: Exemption,
    },
    /// A gate may be overridden.
    Override {
        /// The gate.
        gate: String,
        /// The role that approves it.
        role: String,
    },
    /// A deploy that can't be reversed.
    Irreversible {
        /// The deploy.
        deploy: String,
    },
    /// An environment to which an older commit may be deployed.
    AnyDirection {
        /// The environment.
        environment: String,
    },
    /// Every workflow of the repository may read the pipeline's secrets.
    SharedSecrets {
        /// The engine.
        target: String,
        /// The secrets.
        secrets: Vec<String>,
    },
    /// A deployed artefact that is built with a cache from an earlier run.
    Cache {
        /// The artefact.
        artefact: String,
        /// The cache's path.
        path: String,
    },
    /// A node is tried again after a failure.
    Retry {
        /// The node.
        node: String,
    },
    /// A node with raw steps.
    Engine {
        /// The node.
        node: String,
        /// The target of the steps.
        target: String,
    },
    /// An allowed finding.
    Allow {
        /// Its code.
        code: Code,
        /// The last day of the allowance, as year, month and day.
        until: Option<(u16, u8, u8)>,
    },
}

/// The reason of an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The author's words.
    Written(String),
    /// Each use gives a reason, which is recorded.
    GivenWithEachUse,
    /// Only trusted runs write the cache.
    KeptByTrustedRuns,
}

impl ExceptionKind {
    /// The keyword in the source: `exempt`, `override`, `advisory`, `irreversible`, `forward off`, `secrets shared`, `cache`,
    /// `engine`, `retry`, `allow`.
    pub fn word(&self) -> &'static str {
        match self {
            ExceptionKind::Advisory { .. } => "advisory",
            ExceptionKind::Exempt { .. } => "exempt",
            ExceptionKind::Override { .. } => "override",
            ExceptionKind::Irreversible { .. } => "irreversible",
            ExceptionKind::AnyDirection { .. } => "forward off",
            ExceptionKind::SharedSecrets { .. } => "secrets shared",
            ExceptionKind::Cache { .. } => "cache",
            ExceptionKind::Retry { .. } => "retry",
            ExceptionKind::Engine { .. } => "engine",
            ExceptionKind::Allow { .. } => "allow",
        }
    }

    /// The node that it concerns. An environment, a platform and an allowed finding have none.
    pub fn node(&self) -> Option<&str> {
        match self {
            ExceptionKind::Advisory { gate }
            | ExceptionKind::Exempt { gate, .. }
            | ExceptionKind::Override { gate, .. } => Some(gate),
            ExceptionKind::Irreversible { deploy } => Some(deploy),
            ExceptionKind::Cache { artefact, .. } => Some(artefact),
            ExceptionKind::Retry { node } | ExceptionKind::Engine { node, .. } => Some(node),
            ExceptionKind::AnyDirection { .. }
            | ExceptionKind::SharedSecrets { .. }
            | ExceptionKind::Allow { .. } => None,
        }
    }

    /// Whether it concerns all secrets, so that reports say it before anything else.
    pub fn concerns_all_secrets(&self) -> bool {
        matches!(self, ExceptionKind::SharedSecrets { .. })
    }

    /// The exception in words, without the reason.
    pub fn sentence(&self) -> String {
        match self {
            ExceptionKind::Advisory { gate } => format!("{gate} only reports"),
            ExceptionKind::Exempt { gate, when: Exemption::UnlessChanged(changes) } => {
                let changes: Vec<String> = changes.iter().map(Change::to_string).collect();
                format!("{gate} is exempt unless {} changed", changes.join(", "))
            }
            ExceptionKind::Exempt { gate, when: Exemption::OnFork } => format!("{gate} is exempt on forks"),
            ExceptionKind::Override { gate, role } => format!("{gate} may be overridden by {role}"),
            ExceptionKind::Irreversible { deploy } => format!("{deploy} has no way back"),
            ExceptionKind::AnyDirection { environment } => format!("{environment} may get an older commit"),
            ExceptionKind::SharedSecrets { target, secrets } => format!(
                "every workflow on {target}, of any branch of the repository, may read {}",
                secrets.join(", ")
            ),
            ExceptionKind::Cache { artefact, path } => {
                format!("{artefact} is built with what an earlier run left in {path}")
            }
            ExceptionKind::Retry { node } => format!("{node} is tried again after a failure"),
            ExceptionKind::Engine { node, target } => format!("{node} has raw steps for {target}"),
            ExceptionKind::Allow { code, until } => {
                let until = until.map(|(year, month, day)| format!(" until {year:04}-{month:02}-{day:02}"));
                format!("{code} is allowed{}", until.unwrap_or_default())
            }
        }
    }
}

impl Reason {
    /// The reason in words.
    pub fn sentence(&self) -> &str {
        match self {
            Reason::Written(because) => because,
            Reason::GivenWithEachUse => "the reason is given with each use, and recorded",
            Reason::KeptByTrustedRuns => {
                "only pushes, schedules and manual runs of its branch and the default branch keep it"
            }
        }
    }
}
