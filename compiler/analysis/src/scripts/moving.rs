//! P0908: deploys that name an image by a movable tag. Such a tag may point to an image that no gate has checked.

use pipec_base::codes;

use super::invocation::Invocation;
use super::syntax::Script;
use super::{Finding, excerpt};

/// Programs that run the images that their arguments name.
const IMAGE_RUNNERS: [&str; 16] = [
    "aws",
    "az",
    "docker",
    "docker-compose",
    "fly",
    "flyctl",
    "gcloud",
    "helm",
    "kubectl",
    "kustomize",
    "nerdctl",
    "nomad",
    "oc",
    "podman",
    "railway",
    "werf",
];

/// Subcommands that only add or remove a name of an image.
const NAME_COMMANDS: [&str; 4] = ["tag", "push", "rmi", "add-tag"];

pub(super) fn check(script: &str, tree: &Script, findings: &mut Vec<Finding>) {
    tree.for_each_simple(&mut |simple| {
        let Some(invocation) = Invocation::of(simple) else { return };
        if !IMAGE_RUNNERS.contains(&invocation.name) || invocation.has(&NAME_COMMANDS) {
            return;
        }
        for word in invocation.words.iter().skip(1) {
            let written = script.get(word.range.clone()).unwrap_or_default();
            for part in written.split([',', '"', '\'']).filter(|part| has_movable_tag(part)) {
                findings.push(Finding::error(
                    codes::P0908,
                    word.range.clone(),
                    format!(
                        "a deploy needs a digest: `{}` can move to an image that no gate has seen",
                        excerpt(part)
                    ),
                    "deploy the artefact that the gates passed, by its digest: `$WEB_REF` of `artefact \
                     web: image`; use a version and a digest for any other image",
                ));
            }
        }
    });
}

/// Whether an argument has a movable tag: `web:latest`, or a chart's value such as `image.tag=latest`.
fn has_movable_tag(part: &str) -> bool {
    let tagged = part.strip_suffix(":latest").is_some_and(|image| !image.is_empty());
    tagged || part == "tag=latest" || part.ends_with(".tag=latest")
}
