//! Time that is kept for the end of a job: for a rollback, and for a cleanup.
//!
//! The end of the job itself would prevent both. So each script before them may take only what the job's clock has left. For
//! example, a gate with `timeout 10m`, one script and a cleanup becomes
//!
//! ```text
//! Start the clock
//! time left for unit     LIMIT: 480 seconds since the clock started
//! unit                   limit: what is left
//! clean up
//! ```

use super::Act;
use crate::value::Value;
use pipec_ir::Node;
use pipec_runtime::Script;

/// The act that starts the clock.
pub const CLOCK: &str = "clock";

/// The minimum time for a rollback, in milliseconds. If a third of the timeout is more, that is used. Engines count in
/// whole minutes, so the last minute may be lost.
const LEAST_FOR_ROLLBACK: u64 = 120_000;

/// The timeout without the time for a rollback and for a cleanup, in milliseconds. Zero if it is too short.
pub fn time_forth(node: &Node) -> u64 {
    let timeout = node.body.timeout;
    let goes_back = node.rollback_phase().is_some();
    let to_go_back = if goes_back { (timeout / 3).max(LEAST_FOR_ROLLBACK) } else { 0 };
    timeout.saturating_sub(to_go_back).saturating_sub(node.time_to_clean_up())
}

/// Whether the scripts of a node may only take what its clock has left.
///
/// In a node with several executions, each script has a limit of its own.
pub(crate) fn is_timed(node: &Node) -> bool {
    let goes_back = node.rollback_phase().is_some();
    goes_back || node.body.cleanup.is_some() && node.executions() == 1
}

/// The act that computes what the clock has left of a number of seconds, for each of several scripts.
pub(crate) fn left_of<'p>(limit: u64, parts: usize, title: String) -> Act<'p> {
    let parameters =
        [("STARTED", Value::output(CLOCK, "started")), ("LIMIT", Value::text(limit.to_string()))];
    let act = Act::fixed(title, Script::TimeLeft, parameters);
    if parts > 1 { act.with("PARTS", Value::text(parts.to_string())) } else { act }
}
