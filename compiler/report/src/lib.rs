//! Findings and results for people and for programs: values in, texts out.

mod diff;
pub mod human;
pub mod json;
pub mod page;
mod paint;

pub use diff::unified as unified_diff;
pub use paint::Colour;
