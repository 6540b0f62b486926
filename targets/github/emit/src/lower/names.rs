//! Names that GitHub takes: keys of jobs, variables, the file.

use super::{Lowering, PLAN, RECORD, VERDICT};
use pipec_base::codes;
use pipec_ir::{Binding, EngineStep, Node, NodeId, NodeKind, Pipeline};
use pipec_lowering::{has_own_secrets, override_environment, secrets_environment};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest key of a job, in characters.
const LONGEST_ID: usize = 99;

/// The workflow's file, in `.github/workflows`.
pub(super) fn file_name(pipeline: &Pipeline) -> String {
    match pipeline.emits.get("github") {
        Some((name, _)) => name.clone(),
        None => format!("{}.yml", pipeline.name),
    }
}

/// The result of a job in `needs`, as an operand.
pub(super) fn result_of(job: &str) -> String {
    ["needs.", job, ".result"].concat()
}

/// An environment that no source declares: its name, and whose it is.
struct OwnEnvironment {
    name: String,
    pipeline: String,
    node: NodeId,
    /// Whether it asks a role for an override; else it holds secrets.
    asks: bool,
}

impl Lowering<'_> {
    pub(super) fn check_names(&self) {
        self.check_file_name();
        self.check_own_environments();
        self.check_override_names();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for unit in &self.plans.units {
            let Some(node) = self.pipeline.node(unit.node) else { continue };
            let origin = &node.name_origin;
            let refuse = |reason: String, help: &str| self.error(codes::P1102, origin, reason, help);
            if unit.id.len() > LONGEST_ID {
                refuse(
                    format!(
                        "`{}` is longer than the {LONGEST_ID} characters that a job's key may have on GitHub",
                        unit.id
                    ),
                    "shorten its name, or the names of its artefacts",
                );
            }
            if [PLAN, VERDICT, RECORD].contains(&unit.id.as_str()) {
                refuse(
                    format!("`{}` is the name of a job that the compiler adds on GitHub", unit.id),
                    "choose another name",
                );
            }
            if !is_id(&unit.id) {
                refuse(format!("`{}` can't be the key of a job on GitHub", unit.id), "choose another name");
            }
            if let Some(other) = seen.insert(unit.id.to_ascii_lowercase(), &unit.id) {
                let message = if *other == unit.id {
                    format!("two jobs would have the name `{other}` on GitHub")
                } else {
                    format!("`{}` and `{other}` are the same name on GitHub", unit.id)
                };
                refuse(
                    message,
                    "choose another name; names that end in `-untrusted` belong to jobs without permissions",
                );
            }
        }
        for node in &self.pipeline.nodes {
            if self.plans.units.iter().any(|unit| unit.node == node.id) {
                self.check_variables(node);
            }
        }
    }

    /// Refuses variables that GitHub sets itself, because its steps and all actions rely on those.
    fn check_variables(&self, node: &Node) {
        let of_actions: Vec<&Binding> = match &node.kind {
            NodeKind::Deploy(deploy) => deploy.actions().flat_map(|action| &action.env).collect(),
            _ => Vec::new(),
        };
        let raw_steps = node.body.engines.iter().filter(|block| block.target == "github");
        let of_raw_steps = raw_steps.flat_map(|block| &block.steps).filter_map(|step| match step {
            EngineStep::Env(binding) => Some(binding),
            EngineStep::Run(_) | EngineStep::Action { .. } => None,
        });
        let legs = node.body.matrix.iter().flat_map(|matrix| &matrix.legs).flat_map(|leg| &leg.env);
        let bindings = self.program.bindings_of(node).chain(legs).chain(of_actions).chain(of_raw_steps);
        let secrets = self.program.secrets_of(node).map(|secret| (&secret.variable, &secret.origin));
        for (variable, origin) in bindings.map(|binding| (&binding.variable, &binding.origin)).chain(secrets)
        {
            let upper = variable.to_ascii_uppercase();
            if upper.starts_with("GITHUB_") || upper.starts_with("RUNNER_") {
                self.error(
                    codes::P1102,
                    origin,
                    format!("GitHub defines `{variable}` itself"),
                    "choose a name that does not begin with `GITHUB_` or `RUNNER_`",
                );
            }
        }
    }

    /// The environments that the compiler adds to those of a pipeline's deploys.
    fn own_environments(&self, pipeline: &Pipeline) -> Vec<OwnEnvironment> {
        let of_node = |node: &Node| {
            let of =
                |name, asks| OwnEnvironment { name, pipeline: pipeline.name.clone(), node: node.id, asks };
            let secrets =
                has_own_secrets(self.program, node).then(|| of(secrets_environment(pipeline, node), false));
            let asks = node.overriding().map(|_| of(override_environment(pipeline, node), true));
            secrets.into_iter().chain(asks).collect::<Vec<_>>()
        };
        pipeline.nodes.iter().flat_map(of_node).collect()
    }

    /// Refuses environments of the compiler that something else would share.
    ///
    /// The secrets of a node are for this node alone, and whoever may override a gate may do nothing else by that.
    fn check_own_environments(&self) {
        for own in self.own_environments(self.pipeline) {
            let Some(node) = self.pipeline.node(own.node) else { continue };
            let twin = self
                .program
                .pipelines
                .iter()
                .map(Arc::as_ref)
                .filter(|pipeline| pipeline.name != self.pipeline.name)
                .chain(std::iter::once(self.pipeline))
                .flat_map(|pipeline| {
                    self.own_environments(pipeline).into_iter().map(move |other| (pipeline, other))
                })
                .filter(|(_, other)| {
                    (&other.pipeline, other.node, other.asks) != (&own.pipeline, own.node, own.asks)
                })
                .find(|(_, other)| other.name.eq_ignore_ascii_case(&own.name));
            let declared =
                self.program.environments.keys().find(|known| known.eq_ignore_ascii_case(&own.name));
            let taken = match (declared, twin) {
                (Some(_), _) => "an environment of the workspace".to_owned(),
                (None, Some((pipeline, other))) => {
                    let name = pipeline.node(other.node).map_or("", |node| node.name.as_str());
                    format!("node `{name}` of pipeline `{}`", pipeline.name)
                }
                (None, None) => continue,
            };
            let (what, rule) = if own.asks {
                ("who may override", "the environment of an override must have no other use")
            } else {
                ("the secrets of", "the secrets of a node are only for this node")
            };
            self.error(
                codes::P1102,
                &node.name_origin,
                format!(
                    "{what} `{}` would use GitHub's environment `{}`, which belongs to {taken}",
                    node.name, own.name
                ),
                format!("rename one of them: {rule}"),
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
                format!("`{name}` can't be the file name of a workflow"),
                "GitHub reads `.github/workflows/NAME.yml`; write only `NAME.yml`",
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
