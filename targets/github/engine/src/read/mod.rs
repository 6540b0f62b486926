//! The text of a workflow, as GitHub reads it: YAML, expression syntax, jobs and steps.
//!
//! This module knows neither the meaning of a condition in a run nor the source.

pub(crate) mod base64;
pub(crate) mod expression;
pub(crate) mod scalar;
pub(crate) mod text;
pub(crate) mod workflow;
pub(crate) mod yaml;
