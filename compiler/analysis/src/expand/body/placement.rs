//! Which clauses each kind of node may contain.

use super::{Role, Work};
use crate::expand::Expansion;
use crate::expand::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_syntax::ast::{BodyClause, DefaultClause};

const GATES: &str = "gate";
const DEPLOYS: &str = "deploy";

impl Expansion<'_, '_> {
    /// Whether a node of this kind may contain a clause. Reports it if not.
    pub(super) fn check_placement(
        &mut self,
        clause: &BodyClause,
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) -> bool {
        let Some((word, roles, noted)) = placement_of(clause) else { return true };
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

/// The placement of a clause. Gives its keyword, the kinds of nodes that may contain it, and whether it may occur only
/// once.
fn placement_of(clause: &BodyClause) -> Option<(&'static str, &'static [&'static str], bool)> {
    const ALL: &[&str] = &[GATES, "artefact", DEPLOYS, "job"];
    const NOT_DEPLOYS: &[&str] = &[GATES, "artefact", "job"];
    Some(match clause {
        BodyClause::Run { .. } | BodyClause::Check { .. } | BodyClause::Error => return None,
        BodyClause::Default(DefaultClause::Env { .. }) => return None,
        BodyClause::Default(DefaultClause::Tool { .. }) => ("tool", ALL, false),
        BodyClause::Default(DefaultClause::RunsOn(_)) => ("runs on", ALL, false),
        BodyClause::Default(DefaultClause::In(_)) => ("in", ALL, false),
        BodyClause::Uses(_) => ("uses", ALL, false),
        BodyClause::MayWrite { .. } => ("may write", ALL, false),
        BodyClause::Report { .. } => ("report", ALL, false),
        BodyClause::Keep(_) => ("keep", ALL, false),
        BodyClause::Cache { .. } => ("cache", ALL, false),
        BodyClause::Sidecar { .. } => ("sidecar", ALL, false),
        BodyClause::Path(_) => ("path", &["artefact"], false),
        BodyClause::ImageName(_) => ("name", &["artefact"], true),
        BodyClause::Checkout(_) => ("checkout", ALL, true),
        BodyClause::Timeout(_) => ("timeout", ALL, true),
        BodyClause::Retry { .. } => ("retry", &["artefact", "job"], true),
        BodyClause::Secret { only: Some(_), .. } => ("secret", ALL, false),
        BodyClause::Identity { only: Some(_), .. } => ("identity", ALL, false),
        BodyClause::Secret { .. } => ("secret", NOT_DEPLOYS, false),
        BodyClause::Identity { .. } => ("identity", NOT_DEPLOYS, false),
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
        BodyClause::Cleanup(_) => ("cleanup", ALL, true),
        BodyClause::Rollback(_) => ("rollback", &[DEPLOYS], true),
        BodyClause::Irreversible(_) => ("irreversible", &[DEPLOYS], true),
        BodyClause::Engine { .. } => ("engine", NOT_DEPLOYS, false),
    })
}

fn misplaced(word: &str, roles: &[&str], role: &Role, span: Span) -> Diagnostic {
    if word == "retry" && matches!(role, Role::Gate(_)) {
        return Diagnostic::error(codes::P0409, "a gate can't have `retry`", span)
            .help(
                "one pass in three hides a failure: fix the test, or use `repeat 3 quorum 2` if the evidence \
             is evaluation or performance",
            )
            .fix("drop it", span, "");
    }
    if let Role::Action = role {
        return Diagnostic::error(codes::P0013, format!("`{word}` is not allowed in an action"), span)
            .help("an action has only `run`, `check` and `env`; other clauses belong to its node");
    }
    let where_to = match word {
        "secret" | "identity" => {
            "the secrets and identities of a deploy belong to its environment: \
                                  declare them there"
        }
        "engine" => "a deploy can't have raw steps: their effect would be assumed, not proven",
        "path" => "only the result of an artefact's build is handed over",
        "exempt" | "override" | "advisory" => "only a gate can be exempt or overridden",
        "strategy" | "shift" | "verify" | "rollback" | "irreversible" => {
            "only a deploy changes the outside world"
        }
        _ => "",
    };
    let kinds: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    let help =
        if where_to.is_empty() { format!("it belongs in {}", kinds.join(", ")) } else { where_to.to_owned() };
    Diagnostic::error(codes::P0013, format!("`{word}` is not allowed in {}", role.what()), span).help(help)
}
