//! Remembers the outputs of an editor's session, so that an edit compiles and proves only the pipelines it has changed.
//!
//! The outputs of a pipeline follow from the pipeline, from the environments that it enters and from its [`Surroundings`].
//! So after an edit of the pipeline `shop`, the outputs of the other pipelines of its file are remembered, with their
//! proofs.

use pipec_base::kept::{Kept, Same};
use pipec_claims::Judgement;
use pipec_ir::{
    Environment, GeneratedFile, Pins, Pipeline, PipelineId, Platform, Program, Registry, Role, Setting,
};
use pipec_target_api::{PipelineOutput, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The parts of a workspace that the outputs of any pipeline may depend on.
#[derive(Clone, Debug, PartialEq)]
struct Surroundings {
    roles: BTreeMap<String, Role>,
    registries: BTreeMap<String, Registry>,
    settings: BTreeMap<String, Setting>,
    platforms: BTreeMap<String, Platform>,
    lock: Pins,
    targets: Vec<&'static str>,
    /// The pipelines that have the name of a node, of the same pipeline or of another.
    named_alike: BTreeSet<String>,
    /// The part of each pipeline that others depend on.
    shown: Vec<Arc<Shown>>,
}

/// The pipelines whose check could be confused with a job of the workspace.
///
/// A target may add a word to the name of a node, as in `unit-untrusted` or `override-unit`.
fn named_alike(program: &Program) -> BTreeSet<String> {
    let mut alike: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pipeline in &program.pipelines {
        let name = pipeline.name.as_str();
        let parts = name.match_indices('-').filter_map(|(at, _)| name.split_at_checked(at));
        let parts = parts.flat_map(|(start, rest)| [Some(start), rest.strip_prefix('-')]).flatten();
        for part in parts.chain([name]) {
            alike.entry(part).or_default().push(name);
        }
    }
    let nodes = program.pipelines.iter().flat_map(|pipeline| &pipeline.nodes);
    let found = nodes.filter_map(|node| alike.get(node.name.as_str())).flatten();
    found.map(|name| (*name).to_owned()).collect()
}

/// The part of a pipeline on which the outputs of other pipelines in the repository depend.
///
/// If a target reads more of other pipelines, it belongs here.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    pipeline: String,
    /// The environments that its deploys enter.
    enters: Vec<String>,
    /// The nodes that may need their own environment on the platform.
    guarded: Vec<ShownNode>,
}

/// A node with its own secrets, an image or an override.
#[derive(Debug, PartialEq, Eq)]
struct ShownNode {
    name: String,
    is_deploy: bool,
    has_secrets: bool,
    image: Option<String>,
    is_overridable: bool,
}

impl Shown {
    fn of(pipeline: &Pipeline) -> Shown {
        let nodes = pipeline.nodes.iter().map(|node| ShownNode {
            name: node.name.clone(),
            is_deploy: node.is_deploy(),
            has_secrets: !node.body.secrets.is_empty(),
            image: node.image().map(str::to_owned),
            is_overridable: node.overriding().is_some(),
        });
        Shown {
            pipeline: pipeline.name.clone(),
            enters: pipeline.deploys().map(|(_, deploy)| deploy.environment.clone()).collect(),
            guarded: nodes
                .filter(|node| node.has_secrets || node.image.is_some() || node.is_overridable)
                .collect(),
        }
    }
}

/// The files of one pipeline that belong to it alone, with their proof.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    /// The environments that its deploys enter, by name.
    entered: Arc<BTreeMap<String, Option<Environment>>>,
    pub(crate) files: Vec<Arc<GeneratedFile>>,
    pub(crate) output: Arc<PipelineOutput>,
    pub(crate) judgement: Judgement,
}

/// The remembered outputs of a session.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    surroundings: Option<Surroundings>,
    /// The environments that all remembered outputs hold for.
    environments: Arc<BTreeMap<String, Environment>>,
    shown: Kept<Same<Pipeline>, Arc<Shown>>,
    /// By target and pipeline.
    proven: Kept<(&'static str, Same<Pipeline>), Arc<Remembered>>,
    /// The number of proven outputs since the session began.
    pub(crate) count: usize,
}

impl Outputs {
    /// Forgets outputs that would be different now.
    pub(crate) fn enter(&mut self, program: &Program, targets: &[&dyn Target]) {
        let shown = program.pipelines.iter().map(|pipeline| {
            self.shown.get_or_insert_with(Same::of(pipeline), || Arc::new(Shown::of(pipeline)))
        });
        let shown = shown.collect();
        let now = Surroundings {
            roles: program.roles.clone(),
            registries: program.registries.clone(),
            settings: program.settings.clone(),
            platforms: program.platforms.clone(),
            lock: program.lock.clone(),
            targets: targets.iter().map(|target| target.name()).collect(),
            named_alike: named_alike(program),
            shown,
        };
        // A platform knows environments by name, so a new name may contest one of a pipeline.
        let environments = &program.environments;
        let has_same_names = self.environments.keys().eq(environments.keys());
        if !has_same_names || self.surroundings.as_ref() != Some(&now) {
            self.proven.clear();
        } else if !Arc::ptr_eq(&self.environments, environments) {
            let is_same =
                |(name, known): (&String, &Option<Environment>)| environments.get(name) == known.as_ref();
            self.proven.retain(|remembered| remembered.entered.iter().all(is_same));
        }
        self.environments = environments.clone();
        self.surroundings = Some(now);
    }

    /// The remembered files of a pipeline.
    pub(crate) fn recall(
        &mut self,
        program: &Program,
        id: PipelineId,
        target: &'static str,
    ) -> Option<Arc<Remembered>> {
        let pipeline = program.pipelines.get(id.0)?;
        self.proven.get(&(target, Same::of(pipeline)))
    }

    /// Remembers the files of a pipeline, which belong to it alone.
    pub(crate) fn remember(
        &mut self,
        program: &Program,
        id: PipelineId,
        target: &'static str,
        (files, output, judgement): (Vec<Arc<GeneratedFile>>, Arc<PipelineOutput>, Judgement),
    ) {
        let Some(pipeline) = program.pipelines.get(id.0) else { return };
        let entered = pipeline.deploys().map(|(_, deploy)| &deploy.environment);
        let entered = entered.map(|name| (name.clone(), program.environments.get(name).cloned()));
        let remembered = Remembered { entered: Arc::new(entered.collect()), files, output, judgement };
        self.proven.insert((target, Same::of(pipeline)), Arc::new(remembered));
    }

    /// Forgets the outputs that were not asked for since the last call.
    pub(crate) fn forget_unused(&mut self) {
        self.shown.forget_unused();
        self.proven.forget_unused();
    }
}
