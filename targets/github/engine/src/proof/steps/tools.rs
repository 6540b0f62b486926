//! Tools: each step sets up what the source names, in its order, at its version, and caches nothing.

use super::{Check, Kind};
use crate::proof::services;
use crate::read::workflow::{Step, literal};
use crate::read::yaml::{Node as Yaml, Value};
use pipec_ir::{Tool, ToolVersion};
use pipec_runtime::Script;

/// An action, its input for a version with what stands before it, its input for a file, and what it is told besides: a
/// text, or nothing where it is told `false`.
type Known = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static [(&'static str, Option<&'static str>)],
);

/// The actions that set up tools, by tool.
const KNOWN: [(&str, Known); 9] = [
    ("go", ("actions/setup-go", "go-version", "", Some("go-version-file"), &[("cache", None)])),
    ("helm", ("Azure/setup-helm", "version", "v", None, &[])),
    (
        "java",
        (
            "actions/setup-java",
            "java-version",
            "",
            Some("java-version-file"),
            &[("distribution", Some("temurin"))],
        ),
    ),
    ("kubectl", ("Azure/setup-kubectl", "version", "v", None, &[])),
    (
        "node",
        (
            "actions/setup-node",
            "node-version",
            "",
            Some("node-version-file"),
            &[("package-manager-cache", None)],
        ),
    ),
    ("pnpm", ("pnpm/action-setup", "version", "", Some("package_json_file"), &[])),
    ("python", ("actions/setup-python", "python-version", "", Some("python-version-file"), &[])),
    (
        "terraform",
        ("hashicorp/setup-terraform", "terraform_version", "", None, &[("terraform_wrapper", None)]),
    ),
    ("uv", ("astral-sh/setup-uv", "version", "", Some("version-file"), &[("enable-cache", None)])),
];

/// Whether the action sets up a tool.
pub(super) fn is_setup(action: &str) -> bool {
    KNOWN.iter().any(|(_, (known, ..))| *known == action)
}

impl Check<'_, '_, '_> {
    /// Each sidecar that says when it is ready is awaited.
    pub(super) fn sidecars(&mut self, kinds: &[Kind]) {
        let steps = kinds.iter().zip(&self.job.steps);
        let waits: Vec<&Step> =
            steps.filter(|(kind, _)| **kind == Kind::Runtime(Script::Ready)).map(|(_, step)| step).collect();
        let awaited: Vec<_> =
            self.node.body.sidecars.iter().filter(|sidecar| sidecar.ready.is_some()).collect();
        let same = waits.len() == awaited.len()
            && waits.iter().zip(&awaited).all(|(step, sidecar)| services::awaits(step, sidecar));
        if !same {
            self.differs("it does not wait for its sidecars as the source says", self.job.line);
        }
    }

    /// One step for each tool, in the order of the source.
    pub(super) fn tools(&mut self, kinds: &[Kind]) {
        let steps: Vec<(&Kind, &Step)> = kinds
            .iter()
            .zip(&self.job.steps)
            .filter(|(kind, _)| matches!(kind, Kind::Tool | Kind::Runtime(Script::ToolRust)))
            .collect();
        let tools = &self.node.body.tools;
        if steps.len() != tools.len() {
            self.differs("it sets up other tools than its node asks for", self.job.line);
            return;
        }
        let wrong: Vec<usize> = steps
            .into_iter()
            .zip(tools)
            .filter(|((kind, step), tool)| !sets_up(kind, step, tool))
            .map(|((_, step), _)| step.line)
            .collect();
        for line in wrong {
            self.differs("it sets up another tool, or another version", line);
        }
    }
}

fn sets_up(kind: &Kind, step: &Step, tool: &Tool) -> bool {
    let told = |key: &str| step.node.get(key).map(Yaml::entries).unwrap_or_default();
    if tool.name == "rust" {
        let (name, value) = match &tool.version {
            ToolVersion::Exact(version) => ("VERSION", version),
            ToolVersion::FromFile(file) => ("FILE", file),
            ToolVersion::OfAxis(_) => return false,
        };
        return *kind == Kind::Runtime(Script::ToolRust)
            && told("env").len() == 1
            && step.literal_env(name).as_ref() == Some(value);
    }
    let Some((_, known)) = KNOWN.iter().find(|(name, _)| *name == tool.name) else { return false };
    let (action, version, before, file, besides) = known;
    let of_version = match (&tool.version, file) {
        (ToolVersion::Exact(text), _) => {
            let plain = text.strip_prefix('v').unwrap_or(text);
            let is_number = plain.starts_with(|first: char| first.is_ascii_digit());
            step.literal_with(version) == Some(format!("{}{plain}", if is_number { before } else { "" }))
        }
        (ToolVersion::FromFile(text), Some(file)) => step.literal_with(file).as_ref() == Some(text),
        // Where the leg is known, so is the version; elsewhere there is no such axis.
        (ToolVersion::FromFile(_), None) | (ToolVersion::OfAxis(_), _) => false,
    };
    let is_told = |(name, value): &(&str, Option<&str>)| {
        step.with(name).is_some_and(|given| match value {
            Some(text) => literal(given).as_deref() == Some(text),
            None => given.value == Value::Bool(false),
        })
    };
    step.action() == Some(action)
        && of_version
        && besides.iter().all(is_told)
        && told("with").len() == 1 + besides.len()
}
