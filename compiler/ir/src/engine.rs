//! The engines that a source can name, and their rules for names in a source.
//!
//! The analysis receives engines as data, like the standard modules, and knows none of them. For example, GitHub's
//! rules refuse the file name in `emits github "a b.yml"`. This is reported in the source, whether or not a target
//! builds for GitHub.

use crate::MemberKind;
use pipec_base::{Diagnostic, Span};

/// An engine with a keyword in the language, even if no target builds for it.
pub trait Engine: Sync {
    /// Its keyword in the language: `github`.
    fn word(&self) -> &'static str;

    /// The most jobs that it makes of one job with a matrix. `None` if it has no limit.
    fn most_legs(&self) -> Option<usize> {
        None
    }

    /// The plans that the owner of a repository can have. None if the language can't name its plans.
    fn plans(&self) -> &'static [&'static str] {
        &[]
    }

    /// The fault of a file name in `emits`, if there is one.
    fn check_file_name(&self, name: &str, span: Span) -> Option<Diagnostic> {
        let _ = (name, span);
        None
    }

    /// The fault of a role member's name, if there is one.
    fn check_member(&self, member: &MemberName<'_>) -> Option<Diagnostic> {
        let _ = member;
        None
    }
}

/// The name of a role's member in the source. It is not blank.
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

/// An engine of which only the keyword is known. It accepts every name.
#[derive(Clone, Copy, Debug)]
pub struct EngineWord(pub &'static str);

impl Engine for EngineWord {
    fn word(&self) -> &'static str {
        self.0
    }
}
