//! Everything guaranteed of a proven program, and what was taken out of the ordinary.

use crate::{Body, EngineStep, Exception, Exemption, Guarantee, Node, NodeKind, Pipeline, Standing};
use std::collections::BTreeSet;

/// What is guaranteed of each pipeline of a proven program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assurance {
    /// In the order of the program.
    pub pipelines: Vec<PipelineAssurance>,
    /// The findings that the workspace allows.
    pub allowed: Vec<Exception>,
}

/// What is guaranteed of one pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PipelineAssurance {
    /// Its name.
    pub pipeline: String,
    /// The environments it enters, in the order in which it first does.
    pub environments: Vec<String>,
    /// The guarantees: those of the analysis first, then each target's.
    pub guarantees: Vec<TargetGuarantee>,
    /// Exemptions, overrides, advisory gates and the like.
    pub exceptions: Vec<Exception>,
    /// How many steps its nodes have: scripts and calls of actions.
    pub steps: usize,
    /// How many of these stand in `engine` blocks, which no proof looks into.
    pub engine_steps: usize,
}

/// A guarantee and the target that gives it; none, if it is the source's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGuarantee {
    /// The target's name.
    pub target: Option<&'static str>,
    /// The guarantee.
    pub guarantee: Guarantee,
}

impl PipelineAssurance {
    /// The guarantees of `proved`, by the analysis, and of the targets by which it is asked. A target's proof that has the
    /// kind of one of the source's is no guarantee of its own: it says how that is proved again.
    pub fn of(
        pipeline: &Pipeline,
        proved: Vec<Guarantee>,
        targets: Vec<(&'static str, Vec<Guarantee>)>,
    ) -> PipelineAssurance {
        let mut guarantees: Vec<TargetGuarantee> =
            proved.into_iter().map(|guarantee| TargetGuarantee { target: None, guarantee }).collect();
        let number = guarantees.len();
        for (target, given) in targets {
            for guarantee in given {
                let again = |own: &&mut TargetGuarantee| {
                    guarantee.standing == Standing::Proved
                        && own.guarantee.kind == guarantee.kind
                        && guarantee
                            .environment
                            .as_ref()
                            .is_none_or(|it| own.guarantee.environment.as_ref() == Some(it))
                };
                let mut is_again = false;
                for own in guarantees.iter_mut().take(number).filter(again) {
                    own.guarantee.by.push_str(&format!("; {target}: {}", guarantee.by));
                    is_again = true;
                }
                if !is_again {
                    guarantees.push(TargetGuarantee { target: Some(target), guarantee });
                }
            }
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
        PipelineAssurance {
            pipeline: pipeline.name.clone(),
            environments,
            guarantees,
            exceptions: pipeline.nodes.iter().flat_map(|node| exceptions(pipeline, node)).collect(),
            steps: engine_steps + steps(&|body| body.steps.len()),
            engine_steps,
        }
    }
}

/// Whether an artefact is deployed, by itself or in another that is built with it.
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

/// What a node takes out of the ordinary.
fn exceptions(pipeline: &Pipeline, node: &Node) -> Vec<Exception> {
    let mut all = Vec::new();
    let mut add = |kind, says: String, because: &str, origin: &crate::Origin| {
        let (node, because) = (Some(node.name.clone()), because.to_owned());
        all.push(Exception { kind, node, says, because, origin: origin.clone() });
    };
    match &node.kind {
        NodeKind::Gate(gate) => {
            if let Some((because, origin)) = &gate.advisory {
                add("advisory", format!("{} only reports", node.name), because, origin);
            }
            for rule in &gate.exemptions {
                let says = match &rule.when {
                    Exemption::UnlessChanged(changes) => {
                        let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
                        format!("{} is exempt unless {} changed", node.name, changes.join(", "))
                    }
                    Exemption::OnFork => format!("{} is exempt on forks", node.name),
                };
                add("exempt", says, &rule.because, &rule.origin);
            }
            if let Some(rule) = &gate.overriding {
                let says = format!("{} may be overridden by {}", node.name, rule.role);
                add("override", says, "the reason is given with each use, and recorded", &rule.origin);
            }
        }
        NodeKind::Deploy(deploy) => {
            if let Some((because, origin)) = deploy.irreversible() {
                add("irreversible", format!("{} has no way back", node.name), because, origin);
            }
        }
        NodeKind::Artefact(_) if is_shipped(pipeline, node) => {
            for cache in &node.body.caches {
                let says = format!("{} is built with what an earlier run left in {}", node.name, cache.path);
                add(
                    "cache",
                    says,
                    "only pushes, schedules and manual runs of its branch and the default branch keep it",
                    &cache.origin,
                );
            }
        }
        NodeKind::Artefact(_) | NodeKind::Job => {}
    }
    if let Some(retry) = &node.body.retry {
        add("retry", format!("{} is tried again after a failure", node.name), &retry.because, &retry.origin);
    }
    for block in &node.body.engines {
        add(
            "engine",
            format!("{} has raw steps for {}", node.name, block.target),
            &block.because,
            &block.origin,
        );
    }
    all
}
