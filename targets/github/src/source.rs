//! GitHub's rules for names in a source: files, teams and users.

use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{MemberKind, MemberName, Pipeline, Program};

/// The fault of a workflow's file name. GitHub reads one folder only.
pub fn check_file_name(name: &str, span: Span) -> Option<Diagnostic> {
    let plain = !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && (name.ends_with(".yml") || name.ends_with(".yaml"));
    (!plain).then(|| {
        Diagnostic::error(codes::P0105, format!("`{name}` is not a valid file name for a workflow"), span)
            .help("use a plain name that ends in `.yml`: the engine reads only one folder")
    })
}

/// The fault of the name of a team or user. Nobody could approve under a name that can't exist.
pub(crate) fn check_member(member: &MemberName<'_>) -> Option<Diagnostic> {
    let MemberName { kind, kind_span, name, name_span } = *member;
    let report = |message: String| Diagnostic::error(codes::P0507, message, name_span);
    let write = |diagnostic: Diagnostic, name: &str| {
        let what = format!("write `\"{name}\"`");
        diagnostic.help(what.clone()).fix(what, name_span, format!("\"{name}\""))
    };
    let bare = name.strip_prefix('@').unwrap_or(name);
    Some(match (kind, bare.split_once('/')) {
        (MemberKind::Group, _) => {
            Diagnostic::error(codes::P0507, "github has teams and users, but no groups", kind_span)
                .help("did you mean `team`?")
                .fix("write `team`", kind_span, "team")
        }
        (MemberKind::User, None) if is_login(bare) => {
            if bare == name {
                return None;
            }
            write(report(format!("`{name}` is not a user of github: write the name without `@`")), bare)
        }
        (MemberKind::User, Some((owner, team))) if is_login(owner) && is_slug(team) => report(format!(
            "`{name}` is not a user of github but a team"
        ))
        .help("did you mean `team`?")
        .fix("write `team`", kind_span, "team"),
        (MemberKind::User, _) => report(format!("`{name}` is not a user of github")).help(
            "write the login name: letters and digits with single `-` between them, at most 39 characters",
        ),
        (MemberKind::Team, None) if is_login(bare) || is_slug(bare) => {
            report(format!("`{name}` lacks the organisation of the team")).help(format!(
                "write the organisation before it: `github team \"OWNER/{}\"`; a person is a `user`",
                slug(bare)
            ))
        }
        (MemberKind::Team, Some((owner, team))) if is_login(owner) && is_slug(&slug(team)) => {
            if bare == name && is_slug(team) {
                return None;
            }
            let right = format!("{owner}/{}", slug(team));
            write(report(format!("`{name}` is not a team of github, but `{right}` may be one")), &right)
        }
        (MemberKind::Team, _) => report(format!("`{name}` is not a team of github"))
            .help("write it as in its address, after the organisation: `github team \"OWNER/TEAM\"`"),
    })
}

/// Whether a text is a valid login of a user or an organisation.
fn is_login(text: &str) -> bool {
    (1..=39).contains(&text.len())
        && text.split('-').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Whether a text is the slug of a team, as in its address.
fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// The slug of a team's name, as in its address.
fn slug(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace(' ', "-")
}

/// The path of a pipeline's teardown workflow. `None` if the pipeline enters no ephemeral environment.
pub fn teardown_path(program: &Program, pipeline: &Pipeline) -> Option<String> {
    if pipec_prover::previews(program, pipeline).is_empty() {
        return None;
    }
    let name = pipeline.emits.get("github").map(|(name, _)| name.clone());
    let name = name.unwrap_or_else(|| format!("{}.yml", pipeline.name));
    let (stem, extension) = name.rsplit_once('.')?;
    Some(format!(".github/workflows/{stem}-teardown.{extension}"))
}
