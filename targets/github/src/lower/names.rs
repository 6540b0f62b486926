//! Names that GitHub takes: keys of jobs, variables, the file.

use super::{Lowering, PLAN, VERDICT};
use pipec_base::codes;
use pipec_ir::{Node, NodeKind, Pipeline};
use std::collections::BTreeMap;

/// The longest key of a job, in characters.
const LONGEST_ID: usize = 99;

/// The workflow's file, in `.github/workflows`.
pub(super) fn file_name(pipeline: &Pipeline) -> String {
    match pipeline.emits.get("github") {
        Some((name, _)) => name.clone(),
        None => format!("{}.yml", pipeline.name),
    }
}

/// The environment that holds a node's own secrets.
pub(super) fn secrets_environment(pipeline: &Pipeline, node: &Node) -> String {
    format!("{}-{}", pipeline.name, node.name)
}

impl Lowering<'_> {
    /// Whether a node has secrets of its own, or those of the registry it pushes to, in an environment of its own.
    pub(super) fn has_own_secrets(&self, node: &Node) -> bool {
        let own = !node.body.secrets.is_empty() && !matches!(node.kind, NodeKind::Deploy(_));
        own || self.registry_of(node).is_some()
    }

    pub(super) fn check_names(&self) {
        self.check_file_name();
        self.check_secrets_environments();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for unit in &self.units {
            let Some(node) = self.pipeline.node(unit.node) else { continue };
            let origin = &node.name_origin;
            let refuse = |reason: String, help: &str| self.error(codes::P1102, origin, reason, help);
            if unit.id.len() > LONGEST_ID {
                refuse(
                    format!(
                        "`{}` is longer than the {LONGEST_ID} characters of a job's key on GitHub",
                        unit.id
                    ),
                    "give it, or the artefacts it names, a shorter name",
                );
            }
            if unit.id == PLAN || unit.id == VERDICT {
                refuse(
                    format!("`{}` is the name of a job that the compiler adds on GitHub", unit.id),
                    "choose another name",
                );
            }
            if !is_id(&unit.id) {
                refuse(format!("`{}` can't be a job's key on GitHub", unit.id), "choose another name");
            }
            if let Some(other) = seen.insert(unit.id.to_ascii_lowercase(), &unit.id) {
                refuse(
                    format!("`{}` and `{other}` are one name on GitHub", unit.id),
                    "choose another name; those that end in `-untrusted` are given to what runs without rights",
                );
            }
            for variable in self.variables(node) {
                let upper = variable.to_ascii_uppercase();
                if upper.starts_with("GITHUB_") || upper.starts_with("RUNNER_") {
                    refuse(
                        format!("GitHub sets `{variable}` itself"),
                        "choose a name that starts neither with `GITHUB_` nor with `RUNNER_`",
                    );
                }
            }
        }
    }

    /// A node's own secrets are for this node alone: no deploy and no other node may share their environment.
    fn check_secrets_environments(&self) {
        for node in self.pipeline.nodes.iter().filter(|node| self.has_own_secrets(node)) {
            let name = secrets_environment(self.pipeline, node);
            let others = self.program.pipelines.iter().flat_map(|pipeline| {
                pipeline
                    .nodes
                    .iter()
                    .filter(|other| self.has_own_secrets(other))
                    .map(move |other| (pipeline, other))
            });
            let twin = others
                .filter(|(pipeline, other)| pipeline.name != self.pipeline.name || other.id != node.id)
                .find(|(pipeline, other)| secrets_environment(pipeline, other).eq_ignore_ascii_case(&name));
            let declared = self.program.environments.keys().find(|known| known.eq_ignore_ascii_case(&name));
            let taken = match (declared, twin) {
                (Some(_), _) => "an environment of the workspace".to_owned(),
                (None, Some((pipeline, other))) => {
                    format!("node `{}` of pipeline `{}`", other.name, pipeline.name)
                }
                (None, None) => continue,
            };
            self.error(
                codes::P1102,
                &node.name_origin,
                format!("the secrets of `{}` would lie in GitHub's environment `{name}`, which is that of {taken}", node.name),
                "give one of them another name: a node's secrets are for this node alone",
            );
        }
    }

    fn check_file_name(&self) {
        let Some((name, origin)) = self.pipeline.emits.get("github") else { return };
        let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
        let plain =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
        if !stem.is_some_and(|stem| !stem.is_empty() && stem.chars().all(plain) && !stem.starts_with('.')) {
            self.error(
                codes::P1102,
                origin,
                format!("`{name}` can't be the name of a workflow's file"),
                "GitHub reads `.github/workflows/NAME.yml`; say only `NAME.yml`",
            );
        }
    }
}

/// Whether GitHub takes it as the key of a job.
fn is_id(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_' || other == '-')
        && !text.starts_with("__")
}
