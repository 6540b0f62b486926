//! What this version can't build for GitHub, decided from the source alone.
//!
//! A clause that GitHub can't express is refused, never dropped in silence. Nothing is lowered for that, so `pipec check` and
//! an editor can ask it at once, and lowering assumes a pipeline without refusals. For example,
//!
//! ```text
//! runner big { host linux-x64  gpu 1 }      P1101 github has no machine `big` with `gpu` to choose
//! on push to "release-?"                    P1101 `release-?` can't be the filter of a trigger on github
//! ```

mod deploys;
mod identities;
mod images;
mod legs;
mod machines;
mod names;
mod nodes;
mod plans;
mod previews;
mod raw;
mod raw_caches;
mod sidecars;
mod tools;
mod triggers;

use pipec_base::{Code, Diagnostic, codes};
use pipec_github_catalogue::versions;
use pipec_ir::facts::SourceFacts;
use pipec_ir::{
    Condition, EngineStep, Held, Node, NodeKind, Origin, Pipeline, Program, Provider, Secret, Step,
};
use pipec_lowering::{Runs, Source, Unit, units};
use std::cell::{OnceCell, RefCell};

/// The reasons why a pipeline can't be built for GitHub, and what there is to warn of.
pub(crate) fn of_pipeline(program: &Program, pipeline: &Pipeline) -> Vec<Diagnostic> {
    let refusals = Refusals {
        program,
        pipeline,
        source: OnceCell::new(),
        units: OnceCell::new(),
        found: RefCell::default(),
    };
    refusals.check_all();
    refusals.found.into_inner()
}

/// The checks of one pipeline, and what they have found so far.
struct Refusals<'a> {
    program: &'a Program,
    pipeline: &'a Pipeline,
    /// The facts of its runs, computed if a check needs them; none if they are too large, which lowering reports.
    source: OnceCell<Option<Source<'a>>>,
    /// The jobs of its nodes, computed if a check needs them.
    units: OnceCell<Vec<Unit>>,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'a> Refusals<'a> {
    /// The facts of the runs, unless they are too large.
    fn source(&self) -> Option<&Source<'a>> {
        let (program, pipeline) = (self.program, self.pipeline);
        let source = || Some(Source { program, pipeline, facts: SourceFacts::of(pipeline).ok()? });
        self.source.get_or_init(source).as_ref()
    }

    /// The jobs of all nodes; none if the facts are too large.
    fn units(&self) -> &[Unit] {
        self.units.get_or_init(|| self.source().map(units).unwrap_or_default())
    }

    /// Whether a node has a job for reviewed code.
    fn has_trusted_job(&self, node: &Node) -> bool {
        self.units().iter().any(|unit| unit.node == node.id && unit.runs != Runs::Untrusted)
    }

    /// The secrets that the job of a node may read: its own, and in a deploy those of its environment.
    fn secrets<'n>(&'n self, node: &'n Node) -> impl Iterator<Item = &'n Secret> {
        let environment = self.program.environment_of(node);
        node.body.secrets.iter().chain(environment.into_iter().flat_map(|environment| &environment.secrets))
    }

    fn check_all(&self) {
        for node in &self.pipeline.nodes {
            self.check_node(node);
        }
        self.check_lock();
        self.refuse_in_conditions();
        self.check_names();
        self.check_windows();
        for node in &self.pipeline.nodes {
            self.check_legs(node);
            self.check_images_of_legs(node);
            self.check_approvers(node);
            self.check_raw_steps(node);
            self.check_tools(node);
            self.check_identities(node);
            self.refuse_secrets_beside_raw_steps(node);
        }
        self.check_triggers();
        self.check_plan();
        self.check_identities_of_teardowns();
    }

    /// Refuses `for` where a step can't be kept from what another step of its job holds.
    ///
    /// Every script of a job finds the means to ask for a token of the job. Every action can ask for the job's token in
    /// a default of its inputs.
    fn refuse_narrowed(&self, node: &Node) {
        for narrowed in &node.body.narrowed {
            match &narrowed.held {
                Held::Identity(Provider::Oidc, _) => self.error(
                    codes::P1101,
                    &narrowed.origin,
                    "on github, every script of a job can ask for the token of `identity oidc`",
                    "move the steps into a node of their own, and remove `for`",
                ),
                Held::Identity(..) | Held::Secret(_) => {}
                Held::Right(right) => {
                    let has_another = |step: &Step| {
                        node.body.is_token_held_by(step) && !node.body.is_held_by(&Held::Right(*right), step)
                    };
                    if node.steps().any(has_another) {
                        self.error(
                            codes::P1101,
                            &narrowed.origin,
                            format!(
                                "on github, a step with another right would also have the right to write {}",
                                right.word()
                            ),
                            "a job has one token: give all its rights to the same steps, or move the steps into nodes \
                             of their own",
                        );
                    }
                    let steps = node.body.blocks_for("github");
                    let mut steps = steps.flat_map(|block| &block.steps);
                    if steps.any(|step| matches!(step, EngineStep::Action { .. })) {
                        self.refuse("`for` after a right in a node with a raw action", &narrowed.origin);
                    }
                }
            }
        }
    }

    /// Refuses entries of the lock that give a known version another commit. They are the workspace's, so they are reported
    /// once, at its first pipeline.
    fn check_lock(&self) {
        if self.program.pipelines.first().is_some_and(|first| first.name != self.pipeline.name) {
            return;
        }
        for locked in &self.program.lock.actions {
            let mut known = versions(&locked.name).filter(|known| known.version == locked.version);
            let Some(known) = known.next().filter(|known| known.commit != locked.commit) else { continue };
            self.error(
                codes::P0710,
                &self.pipeline.origin,
                format!("`pipec.lock` has another commit for `{}` {}", locked.name, locked.version),
                format!(
                    "that version is commit {:.12}: remove the entry, or give other code another version",
                    known.commit
                ),
            );
        }
    }

    fn check_node(&self, node: &Node) {
        if let (Some(_), Some(block)) = (node.quorum(), node.body.engines.first()) {
            self.refuse("an `engine` block in a gate that repeats", &block.origin);
        }
        self.refuse_long_job(node);
        self.refuse_late_cleanup(node);
        self.refuse_cleanup_after_raw_steps(node);
        self.refuse_in_body(&node.body);
        self.refuse_narrowed(node);
        self.check_sidecars(node);
        self.refuse_many_legs(node);
        self.refuse_measures(node);
        self.refuse_harm_by_raw_steps(node);
        self.check_retry(node);
        self.refuse_in_reports(node);
        self.check_cache_keys(node);
        match &node.kind {
            NodeKind::Artefact(_) => self.check_image(node),
            NodeKind::Gate(_) | NodeKind::Job => {}
            NodeKind::Deploy(deploy) => self.refuse_in_deploy(node, deploy),
        }
    }

    fn refuse_in_conditions(&self) {
        for stage in &self.pipeline.stages {
            for atom in stage.condition.atoms() {
                if let Condition::Input { name, value } = atom
                    && value.contains(['\n', '\r'])
                {
                    let origin = stage.condition_origin.as_ref().unwrap_or(&stage.origin);
                    self.refuse(&format!("a line break in a value of `{name}`"), origin);
                }
            }
        }
    }

    fn refuse(&self, what: &str, origin: &Origin) {
        self.error(
            codes::P1101,
            origin,
            format!("{what} can't be built for github by this version"),
            "remove it: pipec refuses a clause that a target can't build, and never drops it silently",
        );
    }

    /// Reports an error at a part of the program.
    fn error(&self, code: Code, origin: &Origin, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = origin.explain(Diagnostic::error(code, message, origin.span).help(help));
        self.found.borrow_mut().push(diagnostic);
    }

    /// Reports a finding once, even if several nodes share its place.
    fn once(&self, diagnostic: Diagnostic, origin: &Origin) {
        let diagnostic = origin.explain(diagnostic);
        let mut all = self.found.borrow_mut();
        if !all.iter().any(|known| known.message == diagnostic.message && known.span() == diagnostic.span()) {
            all.push(diagnostic);
        }
    }
}
