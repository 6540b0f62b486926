//! Cloud identities that a run can use.

use super::Expansion;
use super::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Identity, Provider};
use pipec_syntax::ast;

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
        let role = identity.role.verbatim()?;
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
