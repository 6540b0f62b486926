//! Rights that no other clause implies.

use super::Work;
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use crate::scope::{suggest, suggest_of};
use pipec_base::{Diagnostic, codes};
use pipec_ir::Right;
use pipec_syntax::ast::Name;

impl Expansion<'_, '_> {
    /// Reads `may write …`.
    pub(super) fn rights(&mut self, names: &[Name], work: &mut Work, frame: &Frame) {
        for name in names {
            match Right::from_word(&name.node) {
                Some(right) if work.body.rights.iter().any(|(known, _)| *known == right) => {}
                Some(right) => work.body.rights.push((right, frame.origin(name.span))),
                None => self.report(frame, unknown(name)),
            }
        }
    }
}

/// Reports an unknown right. If engines have a right of that name, names the clause that replaces it.
fn unknown(name: &Name) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        codes::P0603,
        format!("there is no permission to write `{}`", name.node),
        name.span,
    );
    match name.node.as_str() {
        "contents" | "tags" => diagnostic.help(format!(
            "to write tags and releases, use `may write {}`; nothing else in the \
                                     repository can be written",
            Right::Releases.word()
        )),
        "id-token" | "oidc" => diagnostic.help(
            "to prove who a job is, use `identity oidc \"AUDIENCE\"`; to sign, use `may write attestations`",
        ),
        "deployments" => {
            diagnostic.help("a deploy already has what it needs: no other node may change deployments")
        }
        "actions" | "workflows" => {
            diagnostic.help("a run that could change other runs would invalidate what is proven about them")
        }
        "code-scanning" | "security" | "sarif" => {
            suggest(diagnostic, Right::SecurityEvents.word(), name.span)
        }
        _ => {
            let words = Right::ALL.map(Right::word);
            suggest_of(diagnostic, name, words, || format!("there is {}", words.join(", ")))
        }
    }
}
