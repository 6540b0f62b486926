//! Findings and results as texts, for people and for programs.
//!
//! All functions turn values into texts; none of them prints.

pub mod annotations;
pub mod assurance;
mod diff;
pub mod graph;
pub mod human;
pub mod json;
pub mod page;
mod paint;
mod place;
pub mod record;
mod row;
pub mod sarif;
mod words;

pub use diff::unified as unified_diff;
pub use paint::{Colour, harmless};
