//! Positions in source texts, diagnostics, and the registry of their codes.
//!
//! Every part of the compiler uses them.

pub mod calendar;
pub mod cancellation;
mod code;
mod diagnostic;
pub mod kept;
pub mod parallel;
mod source;
mod suggest;

pub use cancellation::{Cancellation, Cancelled};
pub use code::{Code, UnknownCode, codes, reserved_code};
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
pub use source::{Anchor, FileId, LineColumn, LineIndex, Place, Revision, Source, Sources, Span, Spanned};
pub use suggest::{all_closest, closest};
