//! Caches and pushes that raw steps must not come near (P0605, P0606).

use super::Refusals;
use pipec_base::codes;
use pipec_github_catalogue::{Called, called};
use pipec_ir::{EngineInput, EngineStep, Node, PinnedAction, ReportFormat};

/// Actions that use a cache unless this input says `false`.
const BY_DEFAULT: [(&str, &str); 3] = [
    ("actions/setup-go", "cache"),
    ("actions/setup-node", "package-manager-cache"),
    ("astral-sh/setup-uv", "enable-cache"),
];

impl Refusals<'_> {
    pub(super) fn refuse_harm_by_raw_steps(&self, node: &Node) {
        let mut blocks = node.body.blocks_for("github");
        if let (Some(image), Some(block)) = (node.image(), blocks.next())
            && self.program.login_secrets_of(node).is_none()
        {
            self.error(
                codes::P0605,
                &block.origin,
                format!("raw steps could use the permission to push `{image}`"),
                "move the raw steps to another node, and pass their result as an artefact",
            );
            return;
        }
        let right =
            node.body.rights.first().map(|(right, _)| format!("the permission to write {}", right.word()));
        let scans = node.body.reports.iter().any(|report| report.format == ReportFormat::Sarif);
        let Some(harm) = right.or(scans.then(|| "code scanning".to_owned())) else { return };
        let blocks = node.body.blocks_for("github");
        for step in blocks.flat_map(|block| &block.steps) {
            let EngineStep::Action { action, inputs, origin, .. } = step else { continue };
            let Called::Pinned(pinned) = called(action, &self.program.lock) else { continue };
            let Some(off) = cache_of(pinned, inputs) else { continue };
            let message = format!("the content of the cache of `{}` could reach {harm}", pinned.name);
            self.error(codes::P0606, origin, message, off);
        }
    }
}

/// How to avoid the cache that a call uses, if it uses one.
fn cache_of(action: &PinnedAction, inputs: &[EngineInput]) -> Option<String> {
    let name = action.name.to_ascii_lowercase();
    let is_off = |input: &EngineInput| matches!(input.value.as_literal(), Some("false" | ""));
    let drop = || "remove it here; use it in the gates and artefacts before this node".to_owned();
    if name.split('/').nth(1).is_some_and(|repository| repository.contains("cache")) {
        return (name != "actions/cache/save").then(drop);
    }
    let is_cache = |key: &str| {
        matches!(key, "cache" | "cache-from")
            || key.strip_suffix("-cache").is_some_and(|of| !matches!(of, "no" | "skip" | "save"))
    };
    if let Some(input) = inputs.iter().find(|input| is_cache(&input.key) && !is_off(input)) {
        return Some(format!(
            "remove `{}` here; use a cache in the gates and artefacts before this node",
            input.key
        ));
    }
    let (_, key) = BY_DEFAULT.iter().find(|(known, _)| *known == name)?;
    let is_said = inputs.iter().any(|input| input.key == *key);
    (action.inputs.contains_key(*key) && !is_said)
        .then(|| format!("it has a cache by default: write `{key}: false`"))
}
