//! The direction of an environment: `forward by history`, `forward by version within major`, `forward off because "…"`.

use super::{Expansion, Frame};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Direction, Environment, Tier, VersionPart};
use pipec_syntax::ast::{Forward, Name};

/// The tiers that may go in any direction.
const FREE: [Tier; 2] = [Tier::Development, Tier::Testing];

impl<'a> Expansion<'a, '_> {
    pub(super) fn direction(&mut self, forward: &'a Forward, span: Span, frame: &Frame) -> Direction {
        match forward {
            Forward::By { order, within } => self.order(order, within.as_ref(), span, frame),
            Forward::Off { because } => {
                self.reason(because, frame);
                Direction::Any { because: because.node.clone(), origin: frame.origin(span) }
            }
        }
    }

    fn order(&mut self, order: &Name, within: Option<&Name>, span: Span, frame: &Frame) -> Direction {
        if !self.known_word(order, &["history", "version"], "order", frame) {
            return Direction::History;
        }
        let part = within.and_then(|part| {
            self.word_of(part, VersionPart::ALL, VersionPart::word, "part of a version", frame)
        });
        if order.node == "version" {
            return Direction::Version { within: part, origin: frame.origin(span) };
        }
        if let Some(part) = within {
            let diagnostic = Diagnostic::error(codes::P0511, "a history has no versions", part.span)
                .label(order.span, "compares commits")
                .help("write `forward by version` to compare the versions of tags, or remove `within`");
            self.report(frame, diagnostic);
        }
        Direction::History
    }

    /// Checks that the direction fits the tier. `clause` is where the direction was written.
    pub(super) fn check_direction(&mut self, environment: &Environment, clause: Span, frame: &Frame) {
        let Environment { name, tier, direction, .. } = environment;
        let diagnostic = match direction {
            _ if *tier == Tier::Ephemeral => Diagnostic::error(
                codes::P0511,
                format!("`{name}` is ephemeral, so it follows its pull request in any direction"),
                clause,
            )
            .note("a deploy there needs the head of an open pull request, whose history is often rewritten")
            .help("remove the clause"),
            Direction::Any { .. } if !FREE.contains(tier) => Diagnostic::error(
                codes::P0511,
                format!("`{name}` has tier {}, so it must go forward", tier.word()),
                clause,
            )
            .note("otherwise a late or repeated run would bring an older commit back")
            .help(
                "to undo a change, deploy the commit that reverts it; to maintain several versions, write \
                 `forward by version within major`",
            ),
            Direction::History | Direction::Version { .. } | Direction::Any { .. } => return,
        };
        self.report(frame, diagnostic);
    }
}
