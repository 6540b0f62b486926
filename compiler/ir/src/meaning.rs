//! What the source means: how often a node runs, what it hands over, what it holds, and in which order its scripts come.
//!
//! Emitters, engine models, theorems and reports all ask here, so that there is one reading of the source. A second
//! reading of it is `tests/src/brute_force`, which shares no code with this one.
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
    Node, NodeKind, Override, Pipeline, Program, Quorum, Registry, Retry, Secret, Step, Tier, Weight,
};

/// How an artefact is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// One file, by its path.
    File(&'a str),
    /// The files of a folder.
    Folder,
    /// The layout of an image.
    Image,
}

/// Scripts of a node that run together, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase<'n> {
    /// What they do.
    pub act: Act,
    /// The scripts.
    pub scripts: &'n [Step],
    /// Their variables besides those of the node.
    pub env: &'n [Binding],
    /// The weight at which they run, in a deploy with a strategy.
    pub weight: Option<Weight>,
    /// How long the deploy soaks before them, in milliseconds.
    pub soak: u64,
}

/// What the scripts of a phase do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The node's own work.
    Run,
    /// `shift`: moves the weight.
    Shift,
    /// `verify`: judges what was deployed.
    Verify,
    /// `rollback`: goes back after a failure.
    RollBack,
}

impl Artefact {
    /// How it is handed over.
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

    /// The name in its registry, of an image.
    pub fn image(&self) -> Option<&str> {
        let (name, _) = self.image_name.as_ref()?;
        self.is_image().then_some(name)
    }
}

impl Node {
    /// The deploy that it is.
    pub fn deploy(&self) -> Option<&Deploy> {
        match &self.kind {
            NodeKind::Deploy(deploy) => Some(deploy),
            NodeKind::Gate(_) | NodeKind::Artefact(_) | NodeKind::Job => None,
        }
    }

    /// The gate that it is.
    pub fn gate(&self) -> Option<&Gate> {
        match &self.kind {
            NodeKind::Gate(gate) => Some(gate),
            NodeKind::Artefact(_) | NodeKind::Deploy(_) | NodeKind::Job => None,
        }
    }

    /// The artefact that it builds.
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

    /// Why it only reports, of an advisory gate.
    pub fn advisory(&self) -> Option<&str> {
        self.gate()?.advisory.as_ref().map(|(because, _)| because.as_str())
    }

    /// Whether it is a gate that only reports.
    pub fn is_advisory(&self) -> bool {
        self.advisory().is_some()
    }

    /// Whether it is a gate that can stop a deploy.
    pub fn is_blocking_gate(&self) -> bool {
        self.gate().is_some() && !self.is_advisory()
    }

    /// Who may override it, of a gate.
    pub fn overriding(&self) -> Option<&Override> {
        self.gate()?.overriding.as_ref()
    }

    /// When it need not run, of a gate.
    pub fn exemptions(&self) -> &[ExemptionRule] {
        self.gate().map_or(&[], |gate| &gate.exemptions)
    }

    /// How often it runs and how often it must pass, of a gate that is repeated.
    pub fn quorum(&self) -> Option<Quorum> {
        self.gate()?.quorum
    }

    /// Why and how often it is tried again after a failure: only jobs and artefacts are.
    pub fn retry(&self) -> Option<&Retry> {
        self.body.retry.as_ref().filter(|_| matches!(self.kind, NodeKind::Artefact(_) | NodeKind::Job))
    }

    /// How often its scripts may be begun until they succeed: 1 without a retry.
    pub fn attempts(&self) -> u64 {
        self.retry().map_or(1, |retry| retry.times.saturating_add(1))
    }

    /// How often it may run its scripts: every run of a repeated gate, or every attempt.
    pub fn runs(&self) -> u64 {
        self.quorum().map_or_else(|| self.attempts(), |quorum| quorum.times)
    }

    /// How long it soaks in all, in milliseconds; only deploys do.
    pub fn soaks(&self) -> u64 {
        self.deploy().map_or(0, Deploy::soaks)
    }

    /// The longest that its clauses let it take, in milliseconds: its timeout for each run, and its soaks.
    pub fn allowed_time(&self) -> u64 {
        self.body.timeout.saturating_mul(self.runs()).saturating_add(self.soaks())
    }

    /// How long it may take, in milliseconds: [`Node::allowed_time`] in whole minutes, as engines are told.
    pub fn longest(&self) -> u64 {
        const MINUTE: u64 = 60_000;
        self.allowed_time().div_ceil(MINUTE).max(1).saturating_mul(MINUTE)
    }

    /// Its phases that lead forward, in order.
    ///
    /// `run` and then `verify`; with a strategy `shift` and `verify` at each weight, the last of which is 100%. A deploy
    /// without `verify` has that phase without scripts.
    pub fn phases_forward(&self) -> Vec<Phase<'_>> {
        let run = Phase { act: Act::Run, scripts: &self.body.steps, env: &[], weight: None, soak: 0 };
        match self.deploy() {
            None => vec![run],
            Some(deploy) => deploy.phases_forward(run),
        }
    }

    /// Its phase that leads back after a failure, of a deploy with `rollback`.
    pub fn phase_back(&self) -> Option<Phase<'_>> {
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
    fn phases_forward<'n>(&'n self, run: Phase<'n>) -> Vec<Phase<'n>> {
        let phase = |act, action: Option<&'n Action>, weight, soak| Phase {
            act,
            scripts: action.map_or(&[], |action| &action.steps),
            env: action.map_or(&[], |action| &action.env),
            weight,
            soak,
        };
        let verify = self.verify.as_ref();
        match &self.delivery {
            Delivery::AtOnce => vec![run, phase(Act::Verify, verify, None, 0)],
            Delivery::Stepwise { strategy, shift } => strategy
                .weights()
                .into_iter()
                .flat_map(|(weight, soak)| {
                    let moves = phase(Act::Shift, Some(shift), Some(weight.clone()), 0);
                    [moves, phase(Act::Verify, verify, Some(weight), soak)]
                })
                .collect(),
        }
    }
}

impl Pipeline {
    /// Its gates that somebody may override, in source order.
    pub fn overridable(&self) -> impl Iterator<Item = (&Node, &Override)> {
        self.nodes.iter().filter_map(|node| Some((node, node.overriding()?)))
    }

    /// The artefacts that a node has, each with its producer, in the order in which it names them.
    pub fn used_by<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = (&'p Node, &'p Artefact)> {
        node.body.uses.iter().filter_map(|(name, _)| self.producer(name))
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

    /// The environments that a pipeline enters, each once, in the order in which it first does.
    pub fn entered<'p>(&'p self, pipeline: &'p Pipeline) -> Vec<&'p Environment> {
        let mut entered: Vec<&Environment> = Vec::new();
        for environment in pipeline.nodes.iter().filter_map(|node| self.environment_of(node)) {
            if !entered.iter().any(|known| known.name == environment.name) {
                entered.push(environment);
            }
        }
        entered
    }

    /// The registry that the image of a node goes to, if one is declared for it.
    pub fn registry_for(&self, node: &Node) -> Option<&Registry> {
        self.registry_of(node.image()?)
    }

    /// The secrets that a node may hold: its own, then those of the environment that it deploys to.
    pub fn secrets_of<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = &'p Secret> {
        let environment = self.environment_of(node);
        node.body.secrets.iter().chain(environment.into_iter().flat_map(|environment| &environment.secrets))
    }

    /// The identities that a node may hold: its own, then those of the environment that it deploys to.
    pub fn identities_of<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = &'p Identity> {
        let environment = self.environment_of(node);
        let of_environment = environment.into_iter().flat_map(|environment| &environment.identities);
        node.body.identities.iter().chain(of_environment)
    }

    /// The variables that clauses give to a node: the values of the environment that it deploys to, then its own.
    pub fn bindings_of<'p>(&'p self, node: &'p Node) -> impl Iterator<Item = &'p Binding> {
        let environment = self.environment_of(node);
        environment.into_iter().flat_map(|environment| &environment.values).chain(&node.body.env)
    }
}
