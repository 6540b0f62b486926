//! Tests of the emitter: golden workflows, traps of the engine, and fixed scripts.
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

mod afterwards;
mod bench;
mod golden;
mod guarantees;
#[path = "../support/one_pipeline.rs"]
mod one_pipeline;
mod plans;
mod portable;
mod programs;
mod refusals;
mod registries;
mod runtime_artefacts;
mod runtime_deploys;
mod runtime_images;
mod runtime_plan;
mod runtime_reports;
mod runtime_retry;
mod runtime_tools;
mod runtime_verdict;
#[expect(dead_code, reason = "other tests use the rest")]
mod scripts;
mod settings;
mod shop;
mod sidecars;
mod traps;
mod windows;
