//! External names: the members of roles, and the addresses of environments.

use super::Expansion;
use super::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Engine, MemberKind, MemberName, Piece, Text};
use pipec_syntax::ast::{RoleMember, StringForm, StringLiteral};

impl Expansion<'_, '_> {
    /// Checks that a member of a role can be a name on the engine. Nobody could approve as a member whose name can't
    /// exist.
    pub(super) fn check_member(
        &mut self,
        member: &RoleMember,
        kind: Option<MemberKind>,
        engine: Option<&dyn Engine>,
        frame: &Frame,
    ) {
        let (name, name_span) = (member.member.node.as_str(), member.member.span);
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            let diagnostic = Diagnostic::error(codes::P0507, "this names nobody", name_span)
                .help(format!("name a member: `{} {} \"NAME\"`", member.target.node, member.kind.node));
            self.report(frame, diagnostic);
            return;
        }
        let (Some(kind), Some(engine)) = (kind, engine) else { return };
        let kind_span = member.kind.span;
        if let Some(diagnostic) = engine.check_member(&MemberName { kind, kind_span, name, name_span }) {
            self.report(frame, diagnostic);
        }
    }

    /// Checks the address of an environment. People click on it, and scripts receive it.
    pub(super) fn check_url(&mut self, url: &Text, written: &StringLiteral, frame: &Frame) {
        let span = written.span;
        let first = match url.pieces.first() {
            None => "",
            Some(Piece::Literal(text)) => text.as_str(),
            // A value of the run may start with the scheme.
            Some(Piece::Fact(_)) => return,
        };
        let is_whole = url.pieces.len() < 2;
        let literals = || {
            url.pieces.iter().filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Fact(_) => None,
            })
        };
        let form = "write the address as a browser shows it: `url \"https://shop.example\"`";
        let rest = first.strip_prefix("https://").or_else(|| first.strip_prefix("http://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let unfit = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
        let shown: String = literals().collect::<Vec<_>>().join("…");
        let (message, help) = match host {
            _ if first.trim().is_empty() => ("this is not an address".to_owned(), form.to_owned()),
            _ if literals().any(|text| text.contains(unfit)) => (
                format!("`{shown}` is not an address: it contains a character that addresses can't have"),
                form.to_owned(),
            ),
            None => match first.split_once("://") {
                Some((scheme, _)) => (
                    format!("browsers can't open an address with `{scheme}`"),
                    "engines show it as a link, so begin it with `https://`".to_owned(),
                ),
                None => {
                    let host = first.split(['/', ':']).next().unwrap_or_default();
                    let message = format!("`{shown}` has no scheme");
                    let help = "an address begins with `https://`".to_owned();
                    let finding = Diagnostic::error(codes::P0508, message, span).help(help);
                    let finding = match is_whole && host.contains('.') && !host.starts_with('.') {
                        true => finding.fix(
                            "write `https://` before it",
                            after_opening_quote(written),
                            "https://",
                        ),
                        false => finding,
                    };
                    self.report(frame, finding);
                    return;
                }
            },
            Some("") if is_whole || rest.is_some_and(|rest| !rest.is_empty()) => {
                (format!("`{shown}` has no host"), form.to_owned())
            }
            Some(host) if host.contains('@') => (
                "everybody can see the login in this address".to_owned(),
                "remove the part before the `@`: pass a user and a password to scripts with `secret`"
                    .to_owned(),
            ),
            Some(_) => return,
        };
        self.report(frame, Diagnostic::error(codes::P0508, message, span).help(help));
    }
}

/// The position after the opening quotes of a string.
fn after_opening_quote(string: &StringLiteral) -> Span {
    let quotes = match string.form {
        StringForm::Plain => 1,
        StringForm::Interpolated => 2,
        StringForm::Raw => 3,
    };
    let start = string.span.start.saturating_add(quotes);
    Span { start, end: start, ..string.span }
}
