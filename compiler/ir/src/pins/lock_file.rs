//! `pipec.lock`: pins, and the version of pipec that wrote them.

use super::conflict::MergeFault;
use super::entries::{Fault, LockFile};
use super::{Pins, conflict, lines, reader};
use crate::versions::newest_first;
use std::cmp::Ordering;

/// The beginning of a lock file that the compiler may write.
const MARK: &str = "# Kept by pipec build";

/// The comment at the top of a lock file.
const COMMENT: &str = "\
# Kept by pipec build: the actions that this workspace calls and the images that it runs in, by digest. Commit it.
# An entry takes precedence over what pipec knows. Edit one to move a pin, add one that pipec does not know, remove one to
# have it as pipec knows it. A build drops unused entries and other comments.
";

impl LockFile {
    /// Reads a lock file without conflicts.
    ///
    /// # Errors
    /// The fault of the file, in one line.
    pub fn read(text: &str) -> Result<LockFile, String> {
        LockFile::of(text).map_err(|fault| fault.to_string())
    }

    fn of(text: &str) -> Result<LockFile, Fault> {
        reader::entries(text)?.checked()
    }

    /// The line of the first conflict that git has left in a lock file, counted from 1.
    pub fn conflict(text: &str) -> Option<usize> {
        conflict::first_line(text)
    }

    /// Merges the two sides of a lock file with conflicts: the entries of both, and the newer version.
    ///
    /// # Errors
    /// The faults of the file, or else each contradiction between its sides.
    pub fn merge(text: &str) -> Result<LockFile, Vec<MergeFault>> {
        let sides = conflict::split(text).map_err(|fault| vec![MergeFault::Unreadable(fault.to_string())])?;
        conflict::merge(&sides)
    }

    /// The version that a file names, even if the rest of it can't be read.
    pub fn version_named(text: &str) -> Option<&str> {
        text.lines().find_map(|line| line.strip_prefix("pipec = \"")?.strip_suffix('"'))
    }

    /// Whether a newer pipec than this version wrote it.
    pub fn is_newer_than(&self, version: &str) -> bool {
        self.version.as_ref().is_some_and(|own| LockFile::is_newer(own, version))
    }

    /// Whether a version is newer than another.
    pub fn is_newer(version: &str, other: &str) -> bool {
        newest_first(version, other) == Ordering::Less
    }

    /// The beginning of a file that [`LockFile::write`] may replace, as one line.
    pub fn mark() -> &'static str {
        MARK
    }

    /// Whether a file is one that [`LockFile::write`] may replace. If it has conflicts, both sides must be.
    pub fn is_kept_by_build(text: &str) -> bool {
        if conflict::first_line(text).is_none() {
            return text.starts_with(MARK);
        }
        match conflict::split(text) {
            Ok(sides) => [sides.ours, sides.theirs].iter().all(|side| side.text.starts_with(MARK)),
            Err(_) => text.starts_with(MARK),
        }
    }

    /// Writes pins with the version of pipec, one entry a line and sorted.
    pub fn write(pins: &Pins, version: &str) -> String {
        lines::write(pins, version, COMMENT)
    }
}
