//! The names in an output that one side writes and the other looks for.

/// The job that decides the facts which an engine's own conditions can't decide.
pub const PLAN: &str = "plan";

/// The job whose result is the one check to require.
pub const VERDICT: &str = "verdict";

/// The job that writes down what ran, and the artefact that it stores.
pub const RECORD: &str = "record";

/// What follows the name of a node in the id of its job for code that nobody reviewed.
pub const UNTRUSTED: &str = "-untrusted";

/// What comes before the id of a deploy in the id of the job that waits for its window.
pub const WAIT_TO: &str = "wait-to-";

/// What comes before the name of a gate in the id of the job that asks its role for an override.
pub const OVERRIDE: &str = "override-";

/// What comes before the name of a raw step in its id.
pub const RAW: &str = "raw-";

/// The input of a manual run that names the gate which it overrides.
pub const OVERRIDE_GATE: &str = "override-gate";

/// The input that names the commit which the override is for.
pub const OVERRIDE_COMMIT: &str = "override-commit";

/// The input that gives the reason.
pub const OVERRIDE_REASON: &str = "override-reason";

/// The value of [`OVERRIDE_GATE`] in a manual run that overrides nothing.
pub const ORDINARY: &str = "no override";
