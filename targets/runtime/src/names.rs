//! Names in an output that the emitter writes and the engine model looks for.

/// The job that decides facts which the engine's own conditions can't decide.
pub const PLAN: &str = "plan";

/// The job whose result is the required check.
pub const VERDICT: &str = "verdict";

/// The job that records the run, and the artefact that it stores.
pub const RECORD: &str = "record";

/// The suffix of a job for unreviewed code, after the name of its node.
pub const UNTRUSTED: &str = "-untrusted";

/// The prefix of the job that waits for a window. The id of its deploy follows.
pub const WAIT_TO: &str = "wait-to-";

/// The prefix of the job that asks for an override. The name of its gate follows.
pub const OVERRIDE: &str = "override-";

/// The prefix of the id of a raw step, before its name.
pub const RAW: &str = "raw-";

/// The input of a manual run that names the overridden gate.
pub const OVERRIDE_GATE: &str = "override-gate";

/// The input that names the commit of the override.
pub const OVERRIDE_COMMIT: &str = "override-commit";

/// The input with the reason.
pub const OVERRIDE_REASON: &str = "override-reason";

/// The value of [`OVERRIDE_GATE`] in a manual run that overrides nothing.
pub const ORDINARY: &str = "no override";
