//! Runs the fixed scripts that read JSON.
//!
//! They need `jq`, which GitHub's machines have. So they are a separate check: `tests/oracles/run --only
//! runtime-scripts`.
#![expect(
    clippy::disallowed_methods,
    reason = "the scripts run in a folder of their own, with git and a stand-in for gh"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what the helpers of tests don't find is a failed test"
)]
#![expect(dead_code, reason = "the other tests use the rest of what they share")]

#[path = "../emitter/bench.rs"]
mod bench;
mod deploys;
mod measure;
mod overrides;
mod plan;
mod previews;
mod record;
#[path = "../emitter/scripts.rs"]
mod scripts;
#[path = "../emitter/shop.rs"]
mod shop;
