//! Rights that no other clause implies.

use super::Work;
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use crate::scope::{suggest, suggest_of};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Held, Narrowed, Right};
use pipec_syntax::ast::Name;

impl Expansion<'_, '_> {
    /// Reads `may write … for STEP`.
    ///
    /// A task and its node may both have a right. Then the steps of both clauses have it.
    pub(super) fn rights(
        &mut self,
        names: &[Name],
        only: Option<&[Name]>,
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) {
        for name in names {
            let Some(right) = Right::from_word(&name.node) else {
                self.report(frame, unknown(name));
                continue;
            };
            let held = Held::Right(right);
            let is_known = work.body.rights.iter().any(|(known, _)| *known == right);
            let is_narrowed = work.body.narrowed_to(&held).is_some();
            match only {
                Some(steps) if is_narrowed || !is_known => self.narrow(held, steps, span, work, frame),
                Some(_) => {}
                None => work.body.narrowed.retain(|narrowed| narrowed.held != held),
            }
            if !is_known {
                work.body.rights.push((right, frame.origin(name.span)));
            }
        }
    }

    /// Reads `for STEP, …`. The steps are checked when all clauses of the node are known.
    pub(super) fn narrow(&mut self, held: Held, steps: &[Name], span: Span, work: &mut Work, frame: &Frame) {
        let steps = steps.iter().map(|step| (step.node.clone(), frame.origin(step.span)));
        match work.body.narrowed.iter_mut().find(|narrowed| narrowed.held == held) {
            Some(narrowed) => narrowed.steps.extend(steps),
            None => {
                let origin = frame.origin(span);
                work.body.narrowed.push(Narrowed { held, steps: steps.collect(), origin });
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
