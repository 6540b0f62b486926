//! Which clause belongs in which kind of node.

use super::{Role, Work};
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_syntax::ast::{BodyClause, DefaultClause};

const GATES: &str = "gate";
const DEPLOYS: &str = "deploy";

impl Expansion<'_, '_> {
    /// Whether a clause belongs in a node of this kind.
    pub(super) fn may_stand(
        &mut self,
        clause: &BodyClause,
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) -> bool {
        let Some((word, roles, noted)) = place_of(clause) else { return true };
        let role = match &work.role {
            Role::Gate(_) => GATES,
            Role::Artefact(_) => "artefact",
            Role::Deploy => DEPLOYS,
            Role::Job => "job",
            Role::Action => "action",
            Role::Unknown => return true,
        };
        if !roles.contains(&role) {
            let diagnostic = misplaced(word, roles, &work.role, span);
            self.report(frame, diagnostic);
            return false;
        }
        if noted {
            work.once.insert(word, span);
        }
        true
    }
}

/// The word of a clause, the kinds of nodes it belongs in, and whether it is noted where it stands.
fn place_of(clause: &BodyClause) -> Option<(&'static str, &'static [&'static str], bool)> {
    const ALL: &[&str] = &[GATES, "artefact", DEPLOYS, "job"];
    const NOT_DEPLOYS: &[&str] = &[GATES, "artefact", "job"];
    Some(match clause {
        BodyClause::Run { .. } | BodyClause::Check { .. } | BodyClause::Error => return None,
        BodyClause::Default(DefaultClause::Env { .. }) => return None,
        BodyClause::Default(DefaultClause::Tool { .. }) => ("tool", ALL, false),
        BodyClause::Default(DefaultClause::RunsOn(_)) => ("runs on", ALL, false),
        BodyClause::Default(DefaultClause::In(_)) => ("in", ALL, false),
        BodyClause::Uses(_) => ("uses", ALL, false),
        BodyClause::MayWrite(_) => ("may write", ALL, false),
        BodyClause::Report { .. } => ("report", ALL, false),
        BodyClause::Keep(_) => ("keep", ALL, false),
        BodyClause::Cache { .. } => ("cache", ALL, false),
        BodyClause::Sidecar { .. } => ("sidecar", ALL, false),
        BodyClause::Path(_) => ("path", &["artefact"], false),
        BodyClause::ImageName(_) => ("name", &["artefact"], true),
        BodyClause::Checkout(_) => ("checkout", ALL, true),
        BodyClause::Timeout(_) => ("timeout", ALL, true),
        BodyClause::Retry { .. } => ("retry", &["artefact", "job"], true),
        BodyClause::Secret(_) => ("secret", NOT_DEPLOYS, false),
        BodyClause::Identity(_) => ("identity", NOT_DEPLOYS, false),
        BodyClause::Measure { .. } => ("measure", &[GATES], false),
        BodyClause::Matrix(_) => ("matrix", NOT_DEPLOYS, true),
        BodyClause::Shard(_) => ("shard", NOT_DEPLOYS, true),
        BodyClause::Repeat { .. } => ("repeat", &[GATES], true),
        BodyClause::Advisory(_) => ("advisory", &[GATES], true),
        BodyClause::Exempt { .. } => ("exempt", &[GATES], false),
        BodyClause::Override { .. } => ("override", &[GATES], true),
        BodyClause::Strategy { .. } => ("strategy", &[DEPLOYS], true),
        BodyClause::Shift(_) => ("shift", &[DEPLOYS], true),
        BodyClause::Verify(_) => ("verify", &[DEPLOYS], true),
        BodyClause::Rollback(_) => ("rollback", &[DEPLOYS], true),
        BodyClause::Irreversible(_) => ("irreversible", &[DEPLOYS], true),
        BodyClause::Engine { .. } => ("engine", NOT_DEPLOYS, false),
    })
}

fn misplaced(word: &str, roles: &[&str], role: &Role, span: Span) -> Diagnostic {
    if word == "retry" && matches!(role, Role::Gate(_)) {
        return Diagnostic::error(codes::P0409, "a gate is never retried to green", span).help(
            "one pass in three is a failure that was hidden: mend the test, or run it often with `repeat 3 quorum 2` where the evidence is an evaluation or a performance",
        )
        .fix("drop it", span, "");
    }
    if let Role::Action = role {
        return Diagnostic::error(codes::P0013, format!("`{word}` does not belong in an action"), span)
            .help("an action has `run`, `check` and `env`; the rest is its node's");
    }
    let where_to = match word {
        "secret" | "identity" => "what a deploy holds belongs to its environment: declare it there",
        "engine" => "a deploy has no raw steps: they would be assumed, not proven",
        "path" => "only what an artefact's build leaves behind is handed over",
        "exempt" | "override" | "advisory" => "only a gate can be passed by",
        "strategy" | "shift" | "verify" | "rollback" | "irreversible" => {
            "only a deploy changes the world outside"
        }
        _ => "",
    };
    let kinds: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    let help =
        if where_to.is_empty() { format!("it belongs in {}", kinds.join(", ")) } else { where_to.to_owned() };
    Diagnostic::error(codes::P0013, format!("`{word}` does not belong in {}", role.what()), span).help(help)
}
