//! The legs of a job: the parallel copies that an engine makes of it.
//!
//! ```text
//! name: tests (${{ matrix.os }})       shown_as: "tests (linux)" in the first leg, "tests (mac)" in the second
//! strategy:                            is_split: true
//!   fail-fast: false                   stop_each_other: false
//!   matrix:
//!     os: [linux, mac]                 all: two legs, with the values os=linux and os=mac
//! ```
//!
//! Each leg has its own machine and steps.

use crate::{Given, Step, Value};

/// The legs of a job.
#[derive(Clone, Debug)]
pub struct Legs {
    /// The legs. A job without a matrix has one, without values.
    pub all: Vec<Leg>,
    /// Whether the output has a matrix, even with a single leg.
    pub is_split: bool,
    /// Whether the engine may create other legs than these.
    pub is_unknown: bool,
    /// The list of values, if an earlier job computes the legs. Then `all` has one leg that represents each of them.
    pub listed_by: Option<ListedBy>,
    /// Whether a failed leg stops the others.
    pub stop_each_other: bool,
}

/// A list of values from an earlier job. Each item is the value of one leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedBy {
    /// The name of the value.
    pub value: String,
    /// The job.
    pub job: String,
    /// Its output, in JSON.
    pub output: String,
}

/// A leg of a job.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The values that distinguish it, by name.
    pub values: Vec<(String, String)>,
    /// The name in the platform's lists and required checks.
    pub shown_as: Value,
    /// The requested machine.
    pub machine: Value,
    /// The image that its steps run in.
    pub image: Option<Value>,
    /// The variables of all its steps.
    pub variables: Vec<Given>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Its outputs for later jobs.
    pub outputs: Vec<Given>,
}
