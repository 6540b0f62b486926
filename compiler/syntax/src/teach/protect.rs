//! Explains a missing quote after `protect branch` or `protect tag`.

use pipec_base::{Diagnostic, Span, codes};

use super::Case;
use crate::lexeme::Lexeme;

impl Case<'_, '_> {
    /// Explains a name that was meant as a ref of the kind before it. Without quotes, that word is itself the name of a
    /// protected ref.
    pub(super) fn after_protect(&self, span: Span) -> Option<Diagnostic> {
        let previous = self.previous.filter(|_| !self.starts_line)?;
        let (written, kind) = match self.source(previous).split_whitespace().collect::<Vec<_>>().as_slice() {
            ["protect", word @ ("branch" | "branches")] => (*word, "branch"),
            ["protect", word @ ("tag" | "tags")] => (*word, "tag"),
            _ => return None,
        };
        let glob = match self.lexeme(0)? {
            Lexeme::Word(word) if self.block.clause(word).is_none() => format!("\"{word}\""),
            Lexeme::Text(..) => self.source(span).to_owned(),
            _ => return None,
        };
        let remedy = format!("protect {kind} {glob}");
        Some(
            Diagnostic::error(codes::P0009, format!("{} is not allowed here", self.shown(0)), span)
                .label(previous, format!("this protects the name `{written}`"))
                .help(format!("globs of one kind need quotes: `{remedy}`"))
                .fix(format!("write `{remedy}`"), previous.to(span), remedy),
        )
    }
}
