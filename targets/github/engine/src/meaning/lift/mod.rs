//! Lifting: from the jobs of a workflow to the data that the proofs read.

mod job;
mod leg;
mod step;
mod value;

pub(crate) use job::{LiftedJob, lift};
