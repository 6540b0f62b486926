//! Reads the outputs of random programs a second time, run by run.
//!
//! An engine model lifts an output to jobs and conditions. The prover decides on propositions, for all runs at once,
//! whether that is what the source says. Here nothing is proved. Runs begin with given facts, jobs start or not, steps
//! run or not and succeed or fail, and each run is compared with what the source says of it.
//!
//! ```text
//! run      push of branch `main`, changing `lib/x`; the job `unit` fails
//! source   `deploy-app-to-production` is due, and `unit` is before it
//! graph    `deploy-app-to-production` starts
//! wrong    it "starts, though `unit` has not passed"
//! ```
//!
//! Nothing here uses the prover. Shared with it are the lifted data, and the conditions as the engine model reads them.

pub mod approvals;
pub mod begun;
pub mod breaks;
pub mod changed;
pub mod data;
pub mod emitted;
pub mod graph;
pub mod judge;
pub mod judgement;
pub mod order;
pub mod steps;
pub mod values;
pub mod verdict;
pub mod walk;
