//! Tools: each step sets up the tool of the source.
//!
//! It has the version of the source and no cache.
//!
//! ```yaml
//! - name: Set up Python        # tool python "3.10"
//!   uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97
//!   with:
//!     python-version: "3"      # a finding: "it sets up another tool, or another version"
//! ```
//!
//! A step also waits for each sidecar with a readiness script.

use super::{Check, Kind};
use crate::services;
use pipec_ir::{Tool, ToolVersion};
use pipec_model::{self as model, Does, Step};
use pipec_runtime::Script;

impl Check<'_, '_, '_> {
    /// Checks that a step waits for each sidecar with a readiness check.
    pub(super) fn sidecars(&mut self, kinds: &[Kind]) {
        let steps = kinds.iter().zip(self.steps());
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

    /// Checks that each tool has one step, in the order of the source.
    pub(super) fn tools(&mut self, kinds: &[Kind]) {
        let steps: Vec<(&Kind, &Step)> = kinds
            .iter()
            .zip(self.steps())
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
    if tool.name == "rust" {
        let (name, value) = match &tool.version {
            ToolVersion::Exact(version) => ("VERSION", version),
            ToolVersion::FromFile(file) => ("FILE", file),
            ToolVersion::OfAxis(_) => return false,
        };
        return *kind == Kind::Runtime(Script::ToolRust)
            && step.env.len() == 1
            && step.env_literal(name) == Some(value);
    }
    let Does::SetUp { tool: set_up, version } = &step.does else { return false };
    let same_version = match (&tool.version, version) {
        (ToolVersion::Exact(wanted), model::ToolVersion::Exact(given)) => {
            wanted.strip_prefix('v').unwrap_or(wanted) == given
        }
        (ToolVersion::FromFile(wanted), model::ToolVersion::FromFile(given)) => wanted == given,
        // In a known leg, the version is known. Other jobs have no such axis.
        _ => false,
    };
    tool.name == *set_up && same_version
}
