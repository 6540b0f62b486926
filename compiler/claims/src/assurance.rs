//! The guarantees of a proven program, and its exceptions.
//!
//! For example, a pipeline with one deploy and an advisory gate has guarantees such as `no-skipped-gates`, and one
//! exception of the kind `advisory`.

use crate::{Assumed, Exception, ExceptionKind, NEUTRAL, Reason, Standing, Theorem, Words};
use pipec_ir::{
    Body, Direction, EngineStep, Environment, Node, NodeKind, Origin, Pipeline, Platform, Program,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The guarantees of each pipeline of a proven program.
#[derive(Clone, Debug, Default)]
pub struct Assurance {
    /// The pipelines, in the order of the program.
    pub pipelines: Vec<PipelineAssurance>,
    /// The findings that the workspace allows.
    pub allowed: Vec<Exception>,
    /// The words of the targets and of the source (`None`). A missing entry means neutral words.
    pub words: Vec<(Option<&'static str>, &'static dyn Words)>,
}

/// The guarantees of one pipeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PipelineAssurance {
    /// Its name.
    pub pipeline: String,
    /// The environments that it enters, in the order of the first entry.
    pub environments: Vec<String>,
    /// The guarantees. The source's theorems come first, then each target's theorems and assumptions.
    pub guarantees: Vec<Guarantee>,
    /// Exemptions, overrides, advisory gates and the like.
    pub exceptions: Vec<Exception>,
    /// The number of steps of its nodes: scripts and calls of actions.
    pub steps: usize,
    /// The number of steps in `engine` blocks, which no proof analyses.
    pub engine_steps: usize,
}

/// A claim, the target that makes it, and the targets that prove it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarantee {
    /// The claim.
    pub claim: Claim,
    /// The target's name, or `None` for a claim of the source.
    pub target: Option<&'static str>,
    /// The targets whose output proves the theorem again, each with its own theorem.
    pub again: Vec<(&'static str, Theorem)>,
}

/// A theorem or an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// A proved theorem.
    Theorem(Theorem),
    /// An assumption.
    Assumed(Assumed),
}

/// The claims of a target about one pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetClaims {
    /// The target's name.
    pub target: &'static str,
    /// The theorems that its model has proved on the output.
    pub proved: Arc<Vec<Theorem>>,
    /// The assumptions of its output.
    pub assumed: Vec<Assumed>,
}

/// The claims about one pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipelineClaims {
    /// The theorems proved on the source.
    pub source: Arc<Vec<Theorem>>,
    /// The claims of its targets, in the order of the build.
    pub targets: Arc<Vec<TargetClaims>>,
}

impl Claim {
    /// How strongly it holds: proved, emitted or assumed.
    pub fn standing(&self) -> Standing {
        match self {
            Claim::Theorem(theorem) => theorem.id().standing(),
            Claim::Assumed(_) => Standing::Assumed,
        }
    }

    /// Its kind, stable across versions: `no-skipped-gates`.
    pub fn kind(&self) -> &'static str {
        match self {
            Claim::Theorem(theorem) => theorem.id().kind(),
            Claim::Assumed(assumed) => assumed.assumption.kind().word(),
        }
    }

    /// The environment that it concerns. `None` means the whole pipeline.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Claim::Theorem(theorem) => theorem.environment(),
            Claim::Assumed(assumed) => assumed.environment.as_deref(),
        }
    }
}

impl Assurance {
    /// The words of a target. The source (`None`) has neutral words.
    pub fn words_of(&self, target: Option<&'static str>) -> &'static dyn Words {
        let own = self.words.iter().find(|(name, _)| *name == target);
        own.map_or(NEUTRAL as &dyn Words, |(_, words)| *words)
    }

    /// The guaranteed statement in one line. For an assumption, the required setting.
    pub fn holds(&self, guarantee: &Guarantee) -> String {
        let words = self.words_of(guarantee.target);
        match &guarantee.claim {
            Claim::Theorem(theorem) => words.theorem(theorem),
            Claim::Assumed(assumed) => words.assumed(assumed),
        }
    }

    /// The same statement in short, for a list of one screen. For an assumption, the full statement.
    pub fn short(&self, guarantee: &Guarantee) -> String {
        let words = self.words_of(guarantee.target);
        match &guarantee.claim {
            Claim::Theorem(theorem) => words.short_theorem(theorem),
            Claim::Assumed(assumed) => words.assumed(assumed),
        }
    }

    /// The basis of a theorem, and how targets prove it again. For an assumption, the claims that rely on it.
    pub fn by(&self, guarantee: &Guarantee) -> String {
        let words = self.words_of(guarantee.target);
        let mut by = match &guarantee.claim {
            Claim::Theorem(theorem) => words.basis(theorem),
            Claim::Assumed(assumed) => words.reliance(&assumed.relied_on_by),
        };
        for (target, theorem) in &guarantee.again {
            by.push_str(&format!("; {target}: {}", self.words_of(Some(target)).basis(theorem)));
        }
        by
    }
}

impl PipelineAssurance {
    /// The guarantees of a pipeline that reports list. They are the theorems of its source and the claims of its
    /// targets. A target's theorem that proves a theorem of the source again is not listed on its own.
    pub fn of(program: &Program, pipeline: &Pipeline, claims: &PipelineClaims) -> PipelineAssurance {
        let mut guarantees: Vec<Guarantee> =
            listed(&claims.source).map(|it| Guarantee::of_source(it.clone())).collect();
        let number = guarantees.len();
        for TargetClaims { target, proved, assumed } in claims.targets.iter() {
            for theorem in listed(proved) {
                let mut is_again = false;
                for own in guarantees.iter_mut().take(number) {
                    if matches!(&own.claim, Claim::Theorem(own) if own.is_proved_again_by(theorem)) {
                        own.again.push((target, theorem.clone()));
                        is_again = true;
                    }
                }
                if !is_again {
                    guarantees.push(Guarantee::of_target(target, Claim::Theorem(theorem.clone())));
                }
            }
            let assumed = assumed.iter().cloned().map(Claim::Assumed);
            guarantees.extend(assumed.map(|claim| Guarantee::of_target(target, claim)));
        }
        let mut environments: Vec<String> = Vec::new();
        for (_, deploy) in pipeline.deploys() {
            if !environments.contains(&deploy.environment) {
                environments.push(deploy.environment.clone());
            }
        }
        let steps =
            |of: &dyn Fn(&Body) -> usize| pipeline.nodes.iter().map(|node| of(&node.body)).sum::<usize>();
        let engine_steps = steps(&|body| {
            let raw = body.engines.iter().flat_map(|block| &block.steps);
            raw.filter(|step| !matches!(step, EngineStep::Env(_))).count()
        });
        let shared = shared_secrets(program, pipeline);
        let of_nodes = pipeline.nodes.iter().flat_map(|node| exceptions(pipeline, node));
        let entered = environments.iter().filter_map(|name| program.environments.get(name));
        let of_environments: Vec<Exception> = entered.filter_map(any_direction).collect();
        PipelineAssurance {
            pipeline: pipeline.name.clone(),
            environments,
            guarantees,
            exceptions: shared.into_iter().chain(of_nodes).chain(of_environments).collect(),
            steps: engine_steps + steps(&|body| body.steps.len()),
            engine_steps,
        }
    }
}

impl Guarantee {
    /// A theorem of the source.
    pub fn of_source(theorem: Theorem) -> Guarantee {
        Guarantee { claim: Claim::Theorem(theorem), target: None, again: Vec::new() }
    }

    /// A claim of a target.
    pub fn of_target(target: &'static str, claim: Claim) -> Guarantee {
        Guarantee { claim, target: Some(target), again: Vec::new() }
    }
}

/// The theorems that reports list, in the order of their ids. Those with the same id keep their order.
fn listed(theorems: &[Theorem]) -> impl Iterator<Item = &Theorem> {
    let mut all: Vec<&Theorem> = theorems.iter().filter(|theorem| theorem.id().is_listed()).collect();
    all.sort_by_key(|theorem| theorem.id());
    all.into_iter()
}

/// Whether an artefact is deployed, either itself or as a part of another one.
fn is_shipped(pipeline: &Pipeline, artefact: &Node) -> bool {
    let mut shipped: BTreeSet<&str> =
        pipeline.deploys().flat_map(|(_, deploy)| &deploy.artefacts).map(String::as_str).collect();
    loop {
        let built =
            pipeline.nodes.iter().filter(|node| node.is_artefact() && shipped.contains(node.name.as_str()));
        let within: BTreeSet<&str> =
            built.flat_map(|node| &node.body.uses).map(|(name, _)| name.as_str()).collect();
        if within.is_subset(&shipped) {
            return shipped.contains(artefact.name.as_str());
        }
        shipped.extend(within);
    }
}

/// That an older commit may be deployed to an environment.
fn any_direction(environment: &Environment) -> Option<Exception> {
    let Direction::Any { because, origin } = &environment.direction else { return None };
    Some(Exception {
        what: ExceptionKind::AnyDirection { environment: environment.name.clone() },
        because: Reason::Written(because.clone()),
        origin: origin.clone(),
    })
}

/// That every workflow may read the secrets of a pipeline, for each engine on which it is so.
fn shared_secrets(program: &Program, pipeline: &Pipeline) -> Vec<Exception> {
    let held = pipeline.nodes.iter().flat_map(|node| {
        let own = program.secrets_of(node).map(|secret| secret.variable.as_str());
        own.chain(program.login_secrets_of(node).into_iter().flatten())
    });
    let secrets: Vec<String> = held.collect::<BTreeSet<&str>>().into_iter().map(str::to_owned).collect();
    let shared = |(target, platform): (&String, &Platform)| {
        let (because, origin) = platform.secrets_shared.as_ref()?;
        (!secrets.is_empty() && pipeline.is_for(target)).then(|| Exception {
            what: ExceptionKind::SharedSecrets { target: target.clone(), secrets: secrets.clone() },
            because: Reason::Written(because.clone()),
            origin: origin.clone(),
        })
    };
    program.platforms.iter().filter_map(shared).collect()
}

/// The exceptions of a node.
fn exceptions(pipeline: &Pipeline, node: &Node) -> Vec<Exception> {
    let mut all = Vec::new();
    let mut add = |what, because, origin: &Origin| {
        all.push(Exception { what, because, origin: origin.clone() });
    };
    let written = |because: &str| Reason::Written(because.to_owned());
    let name = || node.name.clone();
    match &node.kind {
        NodeKind::Gate(gate) => {
            if let Some((because, origin)) = &gate.advisory {
                add(ExceptionKind::Advisory { gate: name() }, written(because), origin);
            }
            for rule in &gate.exemptions {
                let what = ExceptionKind::Exempt { gate: name(), when: rule.when.clone() };
                add(what, written(&rule.because), &rule.origin);
            }
            if let Some(rule) = &gate.overriding {
                let what = ExceptionKind::Override { gate: name(), role: rule.role.clone() };
                add(what, Reason::GivenWithEachUse, &rule.origin);
            }
        }
        NodeKind::Deploy(deploy) => {
            if let Some((because, origin)) = deploy.irreversible() {
                add(ExceptionKind::Irreversible { deploy: name() }, written(because), origin);
            }
        }
        NodeKind::Artefact(_) if is_shipped(pipeline, node) => {
            for cache in &node.body.caches {
                let what = ExceptionKind::Cache { artefact: name(), path: cache.path.clone() };
                add(what, Reason::KeptByTrustedRuns, &cache.origin);
            }
        }
        NodeKind::Artefact(_) | NodeKind::Job => {}
    }
    if let Some(retry) = &node.body.retry {
        add(ExceptionKind::Retry { node: name() }, written(&retry.because), &retry.origin);
    }
    for block in &node.body.engines {
        let what = ExceptionKind::Engine { node: name(), target: block.target.clone() };
        add(what, written(&block.because), &block.origin);
    }
    all
}
