//! Reads a file of pins: with a fast reader if `pipec build` wrote it, otherwise as TOML.

use super::entries::{Entries, Fault};
use super::{lines, tables};

/// The entries of a file, whose names and digests may still be wrong.
///
/// # Errors
/// If it is no file of pins.
pub(super) fn entries(text: &str) -> Result<Entries, Fault> {
    // A reader of all of TOML takes a tenth of the time of a small check.
    let written = lines::entries(text).or_else(|| tables::entries(text));
    written.map_or_else(|| Entries::from_toml(text), Ok)
}
