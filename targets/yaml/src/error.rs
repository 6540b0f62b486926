//! What cannot be written.

use std::fmt;

/// A document that no text can carry to every dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The place in the document, as keys and item numbers from the root.
    pub path: Vec<String>,
    /// What is wrong there.
    pub cause: Cause,
}

/// Why a place in a document cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The key occurs twice in one mapping when case is ignored, as GitHub ignores it.
    DuplicateKey,
    /// The key is longer than the 1024 characters within which readers look for its colon.
    KeyTooLong,
    /// The key asked to stand bare is not a word of ASCII letters.
    BareKey,
    /// The string holds U+0000, which reaches no shell and no environment.
    Nul,
    /// The integer is beyond 2⁵³ - 1, where readers that keep numbers as doubles lose it.
    IntegerTooLarge,
    /// Collections nest deeper than the 50 levels that GitHub reads.
    TooDeep,
}

impl fmt::Display for WriteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.cause {
            Cause::DuplicateKey => "the key occurs twice in its mapping (case is ignored)",
            Cause::KeyTooLong => "the key is too long for some readers",
            Cause::BareKey => "only a word of ASCII letters can be a bare key",
            Cause::Nul => "the string holds U+0000, which no shell can receive",
            Cause::IntegerTooLarge => "some readers lose digits of an integer beyond 2^53 - 1",
            Cause::TooDeep => "collections nest deeper than some readers follow",
        };
        write!(formatter, "`{}`: {reason}", self.path.join("/").escape_debug())
    }
}

impl std::error::Error for WriteError {}
