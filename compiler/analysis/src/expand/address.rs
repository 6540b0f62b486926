//! Names of people and places outside: the members of roles, and the addresses of environments.

use super::Expansion;
use super::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Piece, Text};
use pipec_syntax::ast::{RoleMember, StringForm, StringLiteral};

impl Expansion<'_, '_> {
    /// Nobody has to approve where nobody goes by the name.
    pub(super) fn check_member(&mut self, member: &RoleMember, frame: &Frame) {
        let (kind, name) = (member.kind.node.as_str(), member.member.node.as_str());
        let at = member.member.span;
        let report = |message: String| Diagnostic::error(codes::P0507, message, at);
        let write = |diagnostic: Diagnostic, name: &str| {
            diagnostic.help(format!("write `\"{name}\"`")).fix(
                format!("write `\"{name}\"`"),
                at,
                format!("\"{name}\""),
            )
        };
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            self.report(
                frame,
                report("this names nobody".to_owned()).help("say who it is: `github team \"OWNER/TEAM\"`"),
            );
            return;
        }
        if member.target.node != "github" {
            return;
        }
        let bare = name.strip_prefix('@').unwrap_or(name);
        let diagnostic = match (kind, bare.split_once('/')) {
            ("group", _) => {
                Diagnostic::error(codes::P0507, "github has teams and users, no groups", member.kind.span)
                    .help("did you mean `team`?")
                    .fix("write `team`", member.kind.span, "team")
            }
            ("user", None) if is_login(bare) => {
                if bare == name {
                    return;
                }
                write(report(format!("`{name}` is no user of github: the name stands without `@`")), bare)
            }
            ("user", Some((owner, team))) if is_login(owner) && is_slug(team) => report(format!(
                "`{name}` is no user of github, but a team"
            ))
            .help("did you mean `team`?")
            .fix("write `team`", member.kind.span, "team"),
            ("user", _) => report(format!("`{name}` is no user of github")).help(
                "write the name people log in with: letters, digits and single `-` between them, at most 39",
            ),
            ("team", None) if is_login(bare) || is_slug(bare) => {
                report(format!("`{name}` does not say whose team it is")).help(format!(
                    "put the organisation before it: `github team \"OWNER/{}\"`; a person is a `user`",
                    slug(bare)
                ))
            }
            ("team", Some((owner, team))) if is_login(owner) && is_slug(&slug(team)) => {
                if bare == name && is_slug(team) {
                    return;
                }
                let right = format!("{owner}/{}", slug(team));
                write(report(format!("`{name}` is no team of github, but `{right}` may be")), &right)
            }
            ("team", _) => report(format!("`{name}` is no team of github")).help(
                "write it as its address does, the organisation before it: `github team \"OWNER/TEAM\"`",
            ),
            _ => return,
        };
        self.report(frame, diagnostic);
    }

    /// The address of an environment is shown to people, who click on it, and handed to scripts.
    pub(super) fn check_url(&mut self, url: &Text, written: &StringLiteral, frame: &Frame) {
        let span = written.span;
        let first = match url.pieces.first() {
            None => "",
            Some(Piece::Literal(text)) => text.as_str(),
            // What a run knows may bring the scheme along.
            Some(Piece::Fact(_)) => return,
        };
        let is_whole = url.pieces.len() < 2;
        let literals = || {
            url.pieces.iter().filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Fact(_) => None,
            })
        };
        let form = "write it as a browser shows it: `url \"https://shop.example\"`";
        let rest = first.strip_prefix("https://").or_else(|| first.strip_prefix("http://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let unfit = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
        let shown: String = literals().collect::<Vec<_>>().join("…");
        let (message, help) = match host {
            _ if first.trim().is_empty() => ("this is no address".to_owned(), form.to_owned()),
            _ if literals().any(|text| text.contains(unfit)) => {
                (format!("`{shown}` is no address: a character in it belongs in none"), form.to_owned())
            }
            None => match first.split_once("://") {
                Some((scheme, _)) => (
                    format!("nobody can follow an address of `{scheme}`"),
                    "it is shown as a link, which begins with `https://`".to_owned(),
                ),
                None => {
                    let host = first.split(['/', ':']).next().unwrap_or_default();
                    let message = format!("`{shown}` does not say how it is reached");
                    let help = "an address begins with `https://`".to_owned();
                    let finding = Diagnostic::error(codes::P0508, message, span).help(help);
                    let finding = match is_whole && host.contains('.') && !host.starts_with('.') {
                        true => {
                            finding.fix("write `https://` before it", behind_the_quotes(written), "https://")
                        }
                        false => finding,
                    };
                    self.report(frame, finding);
                    return;
                }
            },
            Some("") if is_whole || rest.is_some_and(|rest| !rest.is_empty()) => {
                (format!("`{shown}` names no host"), form.to_owned())
            }
            Some(host) if host.contains('@') => (
                "everybody sees who logs in by this address".to_owned(),
                "leave out what stands before the `@`: scripts get a user and a password as `secret`"
                    .to_owned(),
            ),
            Some(_) => return,
        };
        self.report(frame, Diagnostic::error(codes::P0508, message, span).help(help));
    }
}

/// The place where the text of a string begins.
fn behind_the_quotes(string: &StringLiteral) -> Span {
    let quotes = match string.form {
        StringForm::Plain => 1,
        StringForm::Interpolated => 2,
        StringForm::Raw => 3,
    };
    let start = string.span.start.saturating_add(quotes);
    Span { start, end: start, ..string.span }
}

/// Whether it is a name to log in with at GitHub: of a user or an organisation.
fn is_login(text: &str) -> bool {
    (1..=39).contains(&text.len())
        && text.split('-').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Whether it is a team as its address has it.
fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// A team's name as its address has it.
fn slug(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace(' ', "-")
}
