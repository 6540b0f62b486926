//! The meaning of the source: what a node runs, how often, and in which order.
//!
//! It also says what a node passes on, and which secrets and identities it has. Emitters, engine models, theorems and
//! reports all use these functions, so there is one reading of the source. `tests/src/brute_force` is a second reading
//! and shares no code with this one.
//!
//! ```text
//! deploy app to production {
//!     strategy canary { step 5% soak 10m }
//!     shift run "./shift.sh"
//!     verify run "./slo.sh"
//!     rollback run "./back.sh"
//! }
//! ```
//!
//! has five phases: shift to 5%, verify at 5% after a soak of ten minutes, shift to 100%, verify at 100%, roll back.

use crate::{
    Action, Artefact, ArtefactType, Binding, Delivery, Deploy, Environment, ExemptionRule, Gate, Identity,
    Node, NodeKind, Override, Pipeline, Program, Provider, Quorum, Registry, Retry, Secret, Step, Tier,
    Weight,
};

/// The form in which an artefact is passed to other nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// One file, with its path.
    File(&'a str),
    /// The files of a folder.
    Folder,
    /// The OCI layout of an image.
    Image,
}

/// Scripts of a node that run together, in sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase<'n> {
    /// What the scripts do.
    pub act: Act,
    /// The scripts.
    pub scripts: &'n [Step],
    /// Their variables, in addition to those of the node.
    pub env: &'n [Binding],
    /// The weight of the traffic while they run, in a deploy with a strategy.
    pub weight: Option<Weight>,
    /// The soak before them, in milliseconds.
    pub soak: u64,
}

/// What the scripts of a phase do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The node's own work.
    Run,
    /// `shift`: moves traffic.
    Shift,
    /// `verify`: checks what was deployed.
    Verify,
    /// `cleanup`: tidies up, whatever became of the rest.
    CleanUp,
    /// `rollback`: reverses the deploy after a failure.
    RollBack,
}

impl Artefact {
    /// The form in which it is passed to other nodes.
    pub fn form(&self) -> Form<'_> {
        match (self.ty, self.single_file()) {
            (ArtefactType::Image, _) => Form::Image,
            (_, Some(file)) => Form::File(file),
            (_, None) => Form::Folder,
        }
    }

    /// Whether it is an image.
    pub fn is_image(&self) -> bool {
        self.ty == ArtefactType::Image
    }

    /// The name of an image in its registry.
    pub fn image(&self) -> Option<&str> {
        let (name, _) = self.image_name.as_ref()?;
        self.is_image().then_some(name)
    }
}

impl Node {
    /// The node as a deploy, if it is one.
    pub fn deploy(&self) -> Option<&Deploy> {
        match &self.kind {
            NodeKind::Deploy(deploy) => Some(deploy),
            NodeKind::Gate(_) | NodeKind::Artefact(_) | NodeKind::Job => None,
        }
    }

    /// The node as a gate, if it is one.
    pub fn gate(&self) -> Option<&Gate> {
        match &self.kind {
            NodeKind::Gate(gate) => Some(gate),
            NodeKind::Artefact(_) | NodeKind::Deploy(_) | NodeKind::Job => None,
        }
    }

    /// The node as an artefact, if it is one.
    pub fn artefact(&self) -> Option<&Artefact> {
        match &self.kind {
            NodeKind::Artefact(artefact) => Some(artefact),
            NodeKind::Gate(_) | NodeKind::Deploy(_) | NodeKind::Job => None,
        }
    }

    /// Whether it deploys.
    pub fn is_deploy(&self) -> bool {
        self.deploy().is_some()
    }

    /// Whether it builds an artefact.
    pub fn is_artefact(&self) -> bool {
        self.artefact().is_some()
    }

    /// The name of the image that it builds.
    pub fn image(&self) -> Option<&str> {
        self.artefact()?.image()
    }

    /// The reason why a gate is advisory.
    pub fn advisory(&self) -> Option<&str> {
        self.gate()?.advisory.as_ref().map(|(because, _)| because.as_str())
    }

    /// Whether the node is an advisory gate.
    pub fn is_advisory(&self) -> bool {
        self.advisory().is_some()
    }

    /// Whether the node is a gate that can stop a deploy.
    pub fn is_blocking_gate(&self) -> bool {
        self.gate().is_some() && !self.is_advisory()
    }

    /// The override of a gate.
    pub fn overriding(&self) -> Option<&Override> {
        self.gate()?.overriding.as_ref()
    }

    /// The exemptions of a gate.
    pub fn exemptions(&self) -> &[ExemptionRule] {
        self.gate().map_or(&[], |gate| &gate.exemptions)
    }

    /// How often a repeated gate runs, and how often it must pass.
    pub fn quorum(&self) -> Option<Quorum> {
        self.gate()?.quorum
    }

    /// The retry of a job or an artefact after a failure.
    pub fn retry(&self) -> Option<&Retry> {
        self.body.retry.as_ref().filter(|_| matches!(self.kind, NodeKind::Artefact(_) | NodeKind::Job))
    }

    /// The maximum number of attempts: 1 without a retry.
    pub fn attempts(&self) -> u64 {
        self.retry().map_or(1, |retry| retry.times.saturating_add(1))
    }

    /// The maximum number of executions of its scripts. Counts all repetitions of a gate, or all attempts.
    pub fn executions(&self) -> u64 {
        self.quorum().map_or_else(|| self.attempts(), |quorum| quorum.times)
    }

    /// The sum of all soaks of a deploy, in milliseconds.
    pub fn soaks(&self) -> u64 {
        self.deploy().map_or(0, Deploy::soaks)
    }

    /// The maximum time that its clauses allow, in milliseconds. Sums its timeout for each execution, and its soaks.
    pub fn allowed_time(&self) -> u64 {
        self.body.timeout.saturating_mul(self.executions()).saturating_add(self.soaks())
    }

    /// The maximum time in milliseconds: [`Node::allowed_time`] in whole minutes, as engines count.
    pub fn longest(&self) -> u64 {
        const MINUTE: u64 = 60_000;
        self.allowed_time().div_ceil(MINUTE).max(1).saturating_mul(MINUTE)
    }

    /// The phases before any failure, in order.
    ///
    /// A deploy without a strategy has `run` and then `verify`. One with a strategy has `shift` and `verify` at each
    /// weight, the last of which is 100%. A deploy without `verify` has that phase without scripts.
    pub fn forward_phases(&self) -> Vec<Phase<'_>> {
        let run = Phase { act: Act::Run, scripts: &self.body.steps, env: &[], weight: None, soak: 0 };
        match self.deploy() {
            None => vec![run],
            Some(deploy) => deploy.forward_phases(run),
        }
    }

    /// The actions beside its scripts: those of a deploy, and `cleanup`.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.deploy().into_iter().flat_map(Deploy::actions).chain(&self.body.cleanup)
    }

    /// The phase that tidies up at the end, whatever became of the rest.
    pub fn cleanup_phase(&self) -> Option<Phase<'_>> {
        let cleanup = self.body.cleanup.as_ref()?;
        Some(Phase { act: Act::CleanUp, scripts: &cleanup.steps, env: &cleanup.env, weight: None, soak: 0 })
    }

    /// The part of its timeout that its other scripts leave to `cleanup`, in milliseconds.
    pub fn time_to_clean_up(&self) -> u64 {
        const KEPT: u64 = 120_000;
        if self.body.cleanup.is_some() { KEPT } else { 0 }
    }

    /// The phase that reverses a deploy with `rollback` after a failure.
    pub fn rollback_phase(&self) -> Option<Phase<'_>> {
        let rollback = self.deploy()?.rollback()?;
        Some(Phase {
            act: Act::RollBack,
            scripts: &rollback.steps,
            env: &rollback.env,
            weight: None,
            soak: 0,
        })
    }
}

impl Deploy {
    fn forward_phases<'n>(&'n self, run: Phase<'n>) -> Vec<Phase<'n>> {
        let phase = |act, action: Option<&'n Action>, weight, soak| Phase {
            act,
            scripts: action.map_or(&[], |action| &action.steps),
            env: action.map_or(&[], |action| &action.env),
            weight,
            soak,
        };
        let verify = self.verify.as_ref();
        let step = |shift, weight: Weight, soak| {
            let moves = phase(Act::Shift, Some(shift), Some(weight.clone()), 0);
            [moves, phase(Act::Verify, verify, Some(weight), soak)]
        };
        match &self.delivery {
            Delivery::AtOnce => vec![run, phase(Act::Verify, verify, None, 0)],
            Delivery::Stepwise { strategy, shift } => {
                strategy.weights().into_iter().flat_map(|(weight, soak)| step(shift, weight, soak)).collect()
            }
            Delivery::ShiftOnly { shift } => step(shift, Weight::all(), 0).into(),
        }
    }
}

impl Pipeline {
    /// The gates with an override, in source order.
    pub fn overridable(&self) -> impl Iterator<Item = (&Node, &Override)> {
        self.nodes.iter().filter_map(|node| Some((node, node.overriding()?)))
    }

    /// The artefacts that a node has, in the order in which it names them. Each has its producer.
    pub fn used_by<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = (&'p Node, &'p Artefact)> {
        node.body.uses.iter().filter_map(|(name, _)| self.producer(name))
    }
}

impl Identity {
    /// The region in which the identity signs in, if its provider asks for one.
    ///
    /// It is the variable `AWS_REGION` of the scripts if that is a literal text, otherwise the default region.
    pub fn region<'b>(&'b self, mut variables: impl Iterator<Item = &'b Binding>) -> Option<&'b str> {
        if self.provider != Provider::Aws {
            return None;
        }
        let own = variables.find(|binding| binding.variable == "AWS_REGION");
        Some(own.and_then(|binding| binding.value.as_literal()).unwrap_or_else(|| self.default_region()))
    }
}

impl Program {
    /// The environment that a node deploys to.
    pub fn environment_of(&self, node: &Node) -> Option<&Environment> {
        self.entered_by(node.deploy()?)
    }

    /// The environment that a deploy enters.
    pub fn entered_by(&self, deploy: &Deploy) -> Option<&Environment> {
        self.environments.get(&deploy.environment)
    }

    /// The ephemeral environment that a node deploys to.
    pub fn preview_of(&self, node: &Node) -> Option<&Environment> {
        self.environment_of(node).filter(|environment| environment.tier == Tier::Ephemeral)
    }

    /// The registry for an image name, if one is declared. The longest prefix applies, and a prefix ends at the end of
    /// a path segment.
    pub fn registry_of(&self, image: &str) -> Option<&Registry> {
        let fits = |prefix: &str| {
            image.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.registries.values().filter(|registry| fits(&registry.prefix)).max_by_key(|it| it.prefix.len())
    }

    /// The registry to which a node pushes its image, if one is declared.
    pub fn registry_for(&self, node: &Node) -> Option<&Registry> {
        self.registry_of(node.image()?)
    }

    /// The secrets with which a node logs in to push its image.
    pub fn login_secrets_of(&self, node: &Node) -> Option<[&str; 2]> {
        self.registry_for(node)?.secrets()
    }

    /// The identity with which a node logs in to push its image.
    pub fn login_identity_of(&self, node: &Node) -> Option<&Identity> {
        self.registry_for(node)?.identity()
    }

    /// Whether several pipelines of the workspace deploy to an environment.
    pub fn is_shared(&self, environment: &str) -> bool {
        let deploys_there =
            |pipeline: &Pipeline| pipeline.deploys().any(|(_, deploy)| deploy.environment == environment);
        self.pipelines.iter().filter(|pipeline| deploys_there(pipeline)).count() > 1
    }

    /// The environments that a pipeline enters, each once, in the order of the first entry.
    pub fn entered<'p>(&'p self, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
        let mut entered: Vec<&Environment> = Vec::new();
        for environment in pipeline.nodes.iter().filter_map(|node| self.environment_of(node)) {
            if !entered.iter().any(|known| known.name == environment.name) {
                entered.push(environment);
            }
        }
        entered
    }
    /// The secrets that a node may use. Its own come first, then those of the environment that it deploys to.
    pub fn secrets_of<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = &'p Secret> {
        let environment = self.environment_of(node);
        node.body.secrets.iter().chain(environment.into_iter().flat_map(|environment| &environment.secrets))
    }

    /// The identities that a node may use. Its own come first, then those of the environment that it deploys to.
    pub fn identities_of<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = &'p Identity> {
        let environment = self.environment_of(node);
        let of_environment = environment.into_iter().flat_map(|environment| &environment.identities);
        node.body.identities.iter().chain(of_environment)
    }

    /// The region in which an identity of a node signs in, the same for all its legs.
    pub fn region_of<'p>(&'p self, node: &'p Node, identity: &'p Identity) -> Option<&'p str> {
        let of_legs = node.leg_variables();
        let is_of_all = |binding: &&Binding| !of_legs.iter().any(|own| own.variable == binding.variable);
        identity.region(self.bindings_of(node).filter(is_of_all))
    }

    /// The variables that clauses set for a node. The values of its environment come first, then its own.
    pub fn bindings_of<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = &'p Binding> {
        let environment = self.environment_of(node);
        environment.into_iter().flat_map(|environment| &environment.values).chain(&node.body.env)
    }
}
