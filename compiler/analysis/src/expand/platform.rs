//! What the workspace says of platforms.

use super::frame::Frame;
use super::{Expansion, blank_reason, declared_again, planned};
use pipec_base::{Diagnostic, codes};
use pipec_ir::{Platform, Program, Visibility};
use pipec_syntax::ast::{self, PlatformClause};

impl Expansion<'_, '_> {
    /// Reads the declaration of a platform.
    ///
    /// A public repository has everything on every plan, so only a private one needs a plan.
    pub(super) fn platform(&mut self, platform: &ast::Platform, program: &mut Program, frame: &Frame) {
        let name = &platform.engine;
        let Some(engine) = self.known_engine(name, "engine", frame) else { return };
        if engine.plans().is_empty() {
            self.report(frame, planned(&format!("platform {}", name.node), name.span));
            return;
        }
        if let Some(first) = program.platforms.get(&name.node) {
            let message = format!("platform `{}` is declared twice in the workspace", name.node);
            let help = "say everything about a platform in one place";
            self.report(frame, declared_again(message, name.span, first.origin.span, help));
            return;
        }
        let (mut visibility, mut plan, mut secrets_shared) = (None, None, None);
        for clause in &platform.clauses {
            match &clause.kind {
                PlatformClause::Visibility(word) => {
                    visibility = self.word_of(word, Visibility::ALL, Visibility::word, "visibility", frame);
                    if visibility.is_none() {
                        return;
                    }
                }
                PlatformClause::Plan(word) => {
                    if !self.known_word(word, engine.plans(), "plan", frame) {
                        return;
                    }
                    plan = Some(word.node.clone());
                }
                PlatformClause::SecretsShared { because } if because.node.trim().is_empty() => {
                    self.report(frame, blank_reason(because.span));
                    return;
                }
                PlatformClause::SecretsShared { because } => {
                    secrets_shared = Some((because.node.clone(), frame.origin(clause.span)));
                }
                PlatformClause::Error => return,
            }
        }
        let lacks = |what: &str| {
            Diagnostic::error(codes::P0019, format!("platform `{}` has no {what}", name.node), name.span)
        };
        match visibility {
            None => {
                let words = Visibility::ALL.map(Visibility::word).join("` or `");
                let help = format!("say who sees the repository: `visibility {words}`");
                self.report(frame, lacks("visibility").help(help));
            }
            Some(Visibility::Private) if plan.is_none() => {
                let help = format!(
                    "say on which plan the owner of the repository is, for example `plan {}`: {}",
                    engine.plans().first().copied().unwrap_or_default(),
                    engine.plans().join(", "),
                );
                self.report(frame, lacks("plan").help(help));
            }
            Some(visibility) => {
                let origin = frame.origin(name.span);
                let said = Platform { visibility, plan, secrets_shared, origin };
                program.platforms.insert(name.node.clone(), said);
            }
        }
    }
}
