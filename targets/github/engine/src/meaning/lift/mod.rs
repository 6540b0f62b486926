//! Lifting: turns the jobs of a workflow into the data that the proofs read.
//!
//! For example, `uses: actions/checkout@…` becomes a step that does [`pipec_model::Does::Checkout`].

mod job;
mod leg;
mod step;
mod value;

pub(crate) use job::{LiftedJob, lift};
