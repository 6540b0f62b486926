//! Cloud identities that a run can use.

use super::Expansion;
use super::frame::Frame;
use crate::value::Value;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Fact, Identity, Provider};
use pipec_syntax::ast::{self, Expression, StringLiteral, StringPiece};

impl Expansion<'_, '_> {
    /// An identity as declared in an environment or a body.
    pub(super) fn identity(
        &mut self,
        identity: &ast::Identity,
        span: Span,
        frame: &Frame,
    ) -> Option<Identity> {
        let provider =
            self.word_of(&identity.provider, Provider::ALL, Provider::word, "identity provider", frame)?;
        let role = self.identity_text(&identity.role, frame)?;
        let role = role.as_str();
        let (fits, form) = match provider {
            Provider::Aws => (is_arn_of_role(role), "arn:aws:iam::123456789012:role/name"),
            Provider::Azure => (
                (2..=3).contains(&role.split('/').count()) && role.split('/').all(is_guid),
                "tenant-id/client-id",
            ),
            Provider::Oidc => (
                !role.is_empty() && role.chars().all(|it| it.is_ascii_graphic() && it != '$'),
                "registry.example",
            ),
            Provider::Google => (
                role.starts_with("projects/")
                    && role.contains("/workloadIdentityPools/")
                    && role.contains("/providers/"),
                "projects/123/locations/global/workloadIdentityPools/pool/providers/github",
            ),
        };
        if !fits || role.contains(char::is_whitespace) {
            let ids = match provider {
                Provider::Azure => ", each an id such as `0f8fad5b-d9cb-469f-a165-70867728950e`",
                Provider::Aws | Provider::Google | Provider::Oidc => "",
            };
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0604,
                    format!("`{role}` is not an identity of {}", provider.word()),
                    identity.role.span,
                )
                .help(format!("it has the form `{form}`{ids}")),
            );
            return None;
        }
        Some(Identity { provider, role: role.to_owned(), origin: frame.origin(span) })
    }

    /// The role of an identity. It may contain constants and parameters, and nothing that a run decides.
    fn identity_text(&mut self, written: &StringLiteral, frame: &Frame) -> Option<String> {
        let mut text = String::new();
        let mut is_known = true;
        for piece in &written.pieces {
            let expression = match piece {
                StringPiece::Verbatim(piece) => {
                    text.push_str(piece);
                    continue;
                }
                StringPiece::Interpolated(expression) => expression,
            };
            let value = self.evaluate(expression, frame);
            let piece = match &value {
                Value::Secret { variable, .. } => {
                    self.report(frame, run_value(&format!("secret `{variable}`"), expression.span()));
                    None
                }
                value => self.known_text(value, expression, frame),
            };
            is_known &= piece.is_some();
            text.push_str(&piece.unwrap_or_default());
        }
        is_known.then_some(text)
    }

    fn known_text(&mut self, value: &Value, expression: &Expression, frame: &Frame) -> Option<String> {
        let Some(text) = value.to_text() else {
            self.refuse_in_text(value, expression.span(), frame);
            return None;
        };
        if let Some(fact) = text.facts().next() {
            let what = match fact {
                Fact::Setting { name, .. } => format!("setting `{name}`"),
                fact => format!("`{fact}`"),
            };
            self.report(frame, run_value(&what, expression.span()));
            return None;
        }
        text.as_literal().map(str::to_owned)
    }
}

/// Reports a value in an identity that is not known before the run.
fn run_value(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0612, format!("{what} can't be part of an identity"), span)
        .note("whoever can choose this value would choose the role")
        .help("use a constant, `let account = \"123456789012\"`, or a parameter")
}

/// Whether a text is the ARN of a role. It has a partition, an account of twelve digits, and a path that ends in a
/// name.
fn is_arn_of_role(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "iam", "", account, role] = parts.as_slice() else { return false };
    let plain = |it: char| it.is_ascii_alphanumeric() || "+=,.@_-".contains(it);
    (*partition == "aws" || partition.starts_with("aws-"))
        && account.len() == 12
        && account.chars().all(|it| it.is_ascii_digit())
        && role.strip_prefix("role/").is_some_and(|path| {
            path.split('/').all(|segment| !segment.is_empty() && segment.chars().all(plain))
        })
}

/// Whether a text is an id in Azure's form: 32 hexadecimal digits in five groups.
fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|it| it.is_ascii_hexdigit()))
}
