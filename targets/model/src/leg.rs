//! The legs of a job: the parallel copies that an engine makes of it.

use crate::{Given, Step, Value};

/// The legs of a job.
#[derive(Clone, Debug)]
pub struct Legs {
    /// Each leg; a job that is not split has one, without values.
    pub all: Vec<Leg>,
    /// Whether the output splits the job, be it into a single leg.
    pub is_split: bool,
    /// Whether the engine may make other legs of it than these.
    pub is_unknown: bool,
    /// Whether a leg that fails stops the others.
    pub stop_each_other: bool,
}

/// A leg of a job.
#[derive(Clone, Debug)]
pub struct Leg {
    /// The values that tell it apart, by name.
    pub values: Vec<(String, String)>,
    /// The name under which people and required checks see it.
    pub shown_as: Value,
    /// What it asks the engine for to run on.
    pub machine: Value,
    /// The image that its steps run in.
    pub image: Option<Value>,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// What it hands on to later jobs.
    pub outputs: Vec<Given>,
}
