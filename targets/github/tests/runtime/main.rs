//! Runs the fixed scripts that read JSON.
//!
//! They need `jq`, which GitHub's machines have. So they are a separate check: `tests/oracles/run --only
//! runtime-scripts`.
#![expect(
    clippy::disallowed_methods,
    reason = "the scripts run in a temporary folder, with git and a replacement of gh"
)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failing helper fails its test"
)]
#![expect(dead_code, reason = "other tests use the rest of the shared helpers")]

#[path = "../emitter/bench.rs"]
mod bench;
mod deploys;
mod measure;
mod overrides;
mod plan;
mod plans;
mod previews;
mod record;
#[path = "../emitter/scripts.rs"]
mod scripts;
#[path = "../emitter/shop.rs"]
mod shop;
mod verdict;
