//! Documents that can't be written.

use std::fmt;

/// A document that has no text with the same meaning in every dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The place in the document, as keys and item numbers from the root.
    pub path: Vec<String>,
    /// The reason.
    pub cause: Cause,
}

/// The reason why a place in a document can't be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The key occurs twice in one mapping. Case is ignored, because GitHub ignores it.
    DuplicateKey,
    /// The key is longer than 1024 characters. Readers look for its colon only within these.
    KeyTooLong,
    /// The unquoted key is not a word of ASCII letters.
    BareKey,
    /// The string contains U+0000, which no shell and no environment can receive.
    Nul,
    /// The integer is beyond 2⁵³ - 1. Readers that use doubles for numbers lose it.
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
