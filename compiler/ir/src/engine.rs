//! The engines that a source can name, and what each asks of the names that stand there for it.
//!
//! The analysis is given these as data, as it is given the standard modules: it knows no engine. `emits github "a b.yml"`
//! is refused because GitHub's rules say so, where the source says it, and with or without a target that builds for it.

use crate::MemberKind;
use pipec_base::{Diagnostic, Span};

/// An engine that the language has a word for, whether or not this version builds for it.
pub trait Engine: Sync {
    /// Its word in the language: `github`.
    fn word(&self) -> &'static str;

    /// What is wrong with the file name that an `emits` gives, if anything is.
    fn check_file_name(&self, name: &str, span: Span) -> Option<Diagnostic> {
        let _ = (name, span);
        None
    }

    /// What is wrong with the name of a member of a role, if anything is.
    fn check_member(&self, member: &MemberName<'_>) -> Option<Diagnostic> {
        let _ = member;
        None
    }
}

/// A member of a role as the source names it, not blank.
#[derive(Clone, Copy, Debug)]
pub struct MemberName<'a> {
    /// What it is.
    pub kind: MemberKind,
    /// Where the kind was written.
    pub kind_span: Span,
    /// Its name.
    pub name: &'a str,
    /// Where the name was written.
    pub name_span: Span,
}

/// An engine of which nothing is known but its word: it takes every name.
#[derive(Clone, Copy, Debug)]
pub struct EngineWord(pub &'static str);

impl Engine for EngineWord {
    fn word(&self) -> &'static str {
        self.0
    }
}
