//! Names that GitHub does not take, or takes for something else: keys of jobs, variables, environments, the file.

use super::Refusals;
use pipec_base::{Diagnostic, codes};
use pipec_ir::{EngineStep, Environment, Node, NodeId, Pipeline, RunnerHost, Secret, Setting, Trigger};
use pipec_lowering::{
    Nodes, PLAN, RECORD, Unit, VERDICT, has_own_environment, override_environment, override_job_name,
    own_environment, untrusted_job_name, window_job_name,
};
use pipec_runtime::names::{OVERRIDE_COMMIT as COMMIT, OVERRIDE_GATE as GATE, OVERRIDE_REASON as REASON};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest key of a job, in characters.
const LONGEST_ID: usize = 99;

/// An environment that no source declares: its name, and whose it is.
struct OwnEnvironment {
    name: String,
    pipeline: String,
    node: NodeId,
    node_name: String,
    /// Whether it asks a role for an override; else it holds secrets.
    asks: bool,
}

impl Refusals<'_> {
    /// The names of jobs, variables, environments and of the file.
    pub(super) fn check_names(&self) {
        self.check_file_name();
        self.check_own_environments();
        self.check_override_names();
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        let units = if self.may_have_unfit_jobs() { self.units() } else { Default::default() };
        for unit in units {
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
            if [PLAN, VERDICT, RECORD].contains(&&*unit.id) {
                refuse(
                    format!("`{}` is the name of a job that the compiler adds on GitHub", unit.id),
                    "choose another name",
                );
            }
            if !is_id(&unit.id) {
                refuse(format!("`{}` can't be the key of a job on GitHub", unit.id), "choose another name");
            }
            if let Some(other) = seen.insert(unit.id.to_ascii_lowercase(), &unit.id) {
                let message = if *other == *unit.id {
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
            self.check_variables(node);
            self.check_secrets(node);
            self.check_settings(node);
        }
    }

    /// Whether some possible job could have an unfit name.
    ///
    /// The facts decide which of the possible jobs a node has. Most pipelines pass without them, so they are not computed.
    fn may_have_unfit_jobs(&self) -> bool {
        let mut seen: FxHashSet<Cow<'_, str>> = FxHashSet::default();
        let is_unfit =
            |name: &str| name.len() > LONGEST_ID || [PLAN, VERDICT, RECORD].contains(&name) || !is_id(name);
        let mut names = self.pipeline.nodes.iter().flat_map(possible_jobs);
        names.any(|name| is_unfit(&name) || !seen.insert(in_lower_case(name)))
    }

    /// Whether a node could have a job of this name, up to case.
    fn may_have_job(&self, name: &str) -> bool {
        self.pipeline.nodes.iter().flat_map(possible_jobs).any(|job| job.eq_ignore_ascii_case(name))
    }

    /// The job of a node that has this name, up to case.
    fn job_named(&self, name: &str) -> Option<&Unit> {
        let units = if self.may_have_job(name) { self.units() } else { Default::default() };
        units.iter().find(|unit| unit.id.eq_ignore_ascii_case(name))
    }

    /// Refuses settings whose names GitHub does not take for a variable.
    ///
    /// The source is GitHub's documentation of variables: the names have no case and don't begin with `GITHUB_`.
    fn check_settings(&self, node: &Node) {
        for setting in self.program.settings_of(node) {
            if setting.at.to_ascii_uppercase().starts_with("GITHUB_") {
                self.once(
                    Diagnostic::error(
                        codes::P1102,
                        format!("GitHub has no variable with the name `{}`", setting.at),
                        setting.origin.span,
                    )
                    .help("choose a name that does not begin with `GITHUB_`"),
                    &setting.origin,
                );
            }
            let is_alike =
                |other: &&Setting| other.at != setting.at && other.at.eq_ignore_ascii_case(&setting.at);
            if let Some(other) = self.program.settings.values().find(is_alike) {
                self.once(
                    Diagnostic::error(
                        codes::P1102,
                        format!("`{}` and `{}` are the same variable on GitHub", setting.at, other.at),
                        setting.origin.span,
                    )
                    .label(other.origin.span, "the other one")
                    .help("choose another name"),
                    &setting.origin,
                );
            }
        }
    }

    /// Refuses variables that GitHub sets itself, because its steps and all actions rely on those.
    fn check_variables(&self, node: &Node) {
        let of_actions = node.actions().flat_map(|action| &action.env);
        let raw_steps = node.body.blocks_for("github");
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

    /// Refuses two secrets of a node that are one to GitHub, whose names of secrets have no case ("Naming your secrets").
    fn check_secrets(&self, node: &Node) {
        let secrets: Vec<&Secret> = self.program.secrets_of(node).collect();
        for (place, secret) in secrets.iter().enumerate() {
            let same = |other: &&&Secret| {
                other.variable.eq_ignore_ascii_case(&secret.variable) && other.variable != secret.variable
            };
            let Some(other) = secrets.iter().take(place).find(same) else { continue };
            let message = format!("`{}` and `{}` are one secret on GitHub", other.variable, secret.variable);
            let finding = Diagnostic::error(codes::P1102, message, secret.origin.span)
                .label(other.origin.span, "the other one")
                .note("names of secrets on GitHub ignore case")
                .help("give them different names");
            self.once(finding, &secret.origin);
        }
    }

    /// The environments that the compiler adds to those of a pipeline's deploys.
    fn own_environments(&self, pipeline: &Pipeline) -> Vec<OwnEnvironment> {
        let of_node = |node: &Node| {
            let of = |name, asks| OwnEnvironment {
                name,
                pipeline: pipeline.name.clone(),
                node: node.id,
                node_name: node.name.clone(),
                asks,
            };
            let secrets =
                has_own_environment(self.program, node).then(|| of(own_environment(pipeline, node), false));
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
                    format!("node `{}` of pipeline `{}`", other.node_name, pipeline.name)
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

    /// Refuses names that overrides need for themselves.
    fn check_override_names(&self) {
        if !self.pipeline.has_overrides() {
            return;
        }
        let inputs = self.pipeline.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Manual(inputs, _) => Some(inputs),
            _ => None,
        });
        for input in inputs.flatten() {
            if [GATE, COMMIT, REASON].contains(&input.name.as_str()) {
                self.error(
                    codes::P1102,
                    &input.origin,
                    format!("`{}` is an input that the compiler adds for overrides", input.name),
                    "choose another name",
                );
            }
        }
        for (gate, overriding) in self.pipeline.overridable() {
            let name = override_job_name(gate);
            if let Some(other) = self.job_named(&name) {
                self.error(
                    codes::P1102,
                    &overriding.origin,
                    format!("the job for this override has the name `{}` on GitHub, like a node", other.id),
                    "rename the node",
                );
            }
        }
    }

    /// Windows of deploys: each needs time zones, and a job that waits for it to open.
    pub(super) fn check_windows(&self) {
        for (node, deploy) in self.pipeline.deploys() {
            let Some(environment) = self.program.entered_by(deploy) else { continue };
            let Some(window) = &environment.window else { continue };
            if node.body.runner.host == RunnerHost::WindowsX64 {
                self.error(
                    codes::P1101,
                    &window.origin,
                    format!("the window of `{}` can't be checked on windows-x64", environment.name),
                    "its bash has no time zones: run the deploy on another machine, `runs on`",
                );
            }
            let may_be_unfit = |job: &Cow<'_, str>| {
                let id = window_job_name(job);
                id.len() > LONGEST_ID || self.may_have_job(&id)
            };
            if possible_jobs(node).iter().any(may_be_unfit) {
                for unit in self.units().iter().filter(|unit| unit.node == node.id) {
                    self.check_waiting_job(&window_job_name(&unit.id), node, environment);
                }
            }
        }
    }

    /// The name of the job that waits for the window of a deploy.
    fn check_waiting_job(&self, id: &str, node: &Node, environment: &Environment) {
        let is_taken = self.job_named(id).is_some();
        if !is_taken && id.len() <= LONGEST_ID {
            return;
        }
        let message = if is_taken {
            format!("`{id}` is the name of the job that waits for the window of `{}`", environment.name)
        } else {
            format!("`{id}` is longer than the {LONGEST_ID} characters that a job's key may have on GitHub")
        };
        self.error(codes::P1102, &node.name_origin, message, "choose another name");
    }
}

/// The names of all jobs that a node can have.
fn possible_jobs(node: &Node) -> [Cow<'_, str>; 2] {
    [Cow::Borrowed(&node.name), Cow::Owned(untrusted_job_name(&node.name))]
}

fn in_lower_case(name: Cow<'_, str>) -> Cow<'_, str> {
    match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => name,
    }
}

/// Whether GitHub takes it as the key of a job.
fn is_id(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|other| other.is_ascii_alphanumeric() || other == '_' || other == '-')
        && !text.starts_with("__")
}
