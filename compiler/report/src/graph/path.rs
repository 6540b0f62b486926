//! One pipeline as the drawings show it.

use crate::words;
use pipec_ir::{Environment, Node, NodeId, NodeKind, Pipeline, Program, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// A pipeline and the parts of it that are drawn.
pub(crate) struct Path<'p> {
    pub(crate) pipeline: &'p Pipeline,
    pub(crate) stages: Vec<DrawnStage<'p>>,
    /// The nodes in source order. A node's index is its id.
    pub(crate) nodes: Vec<DrawnNode<'p>>,
    /// The direct order of the nodes: the transitive reduction.
    pub(crate) edges: Vec<(NodeId, NodeId)>,
}

/// A stage.
pub(crate) struct DrawnStage<'p> {
    pub(crate) stage: &'p Stage,
    /// The stages that it follows directly, by index: the transitive reduction.
    pub(crate) after: Vec<usize>,
    /// Its nodes by level. The level is the length of the longest path inside the stage.
    pub(crate) levels: Vec<Vec<NodeId>>,
}

/// A node.
pub(crate) struct DrawnNode<'p> {
    pub(crate) node: &'p Node,
    pub(crate) kind: Kind,
    /// Its name, or the environment that it deploys to.
    pub(crate) title: String,
    /// The evidence or artefact that it yields: "acceptance of bundle".
    pub(crate) yields: String,
    /// More facts about it.
    pub(crate) facts: Vec<Fact>,
    /// The environment that it deploys to.
    pub(crate) environment: Option<&'p Environment>,
    /// The maximum time, with every retry, repetition and soak: "10m".
    pub(crate) timeout: String,
}

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Gate,
    Artefact,
    Deploy,
    Job,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Gate => "gate",
            Kind::Artefact => "artefact",
            Kind::Deploy => "deploy",
            Kind::Job => "job",
        }
    }
}

/// A fact about a node.
pub(crate) struct Fact {
    /// Its subject: `requires`. Empty if the text includes it.
    pub(crate) about: &'static str,
    pub(crate) text: String,
    /// The reason for it.
    pub(crate) because: Option<String>,
    /// Whether it weakens the guarantees of the pipeline, so that people should look.
    pub(crate) is_marked: bool,
}

impl<'p> Path<'p> {
    /// The names of the stages that a stage directly follows.
    pub(crate) fn names_before(&self, drawn_stage: &DrawnStage<'p>) -> Vec<&'p str> {
        let before = drawn_stage.after.iter().filter_map(|at| self.stages.get(*at));
        before.map(|drawn_stage| drawn_stage.stage.name.as_str()).collect()
    }

    pub(crate) fn of(program: &'p Program, pipeline: &'p Pipeline) -> Path<'p> {
        let nodes: Vec<DrawnNode<'p>> =
            pipeline.nodes.iter().map(|node| DrawnNode::of(program, node)).collect();
        let edges = reduced(pipeline);
        let before = stages_before(pipeline);
        let stages = pipeline
            .stages
            .iter()
            .enumerate()
            .map(|(place, stage)| DrawnStage {
                stage,
                after: reduced_stages(place, &before),
                levels: levels(pipeline, stage),
            })
            .collect();
        Path { pipeline, stages, nodes, edges }
    }

    pub(crate) fn drawn(&self, id: NodeId) -> Option<&DrawnNode<'p>> {
        self.nodes.get(id.0)
    }

    /// The edges inside a stage.
    pub(crate) fn edges_inside(&self, stage: usize) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        let inside = move |id: NodeId| self.drawn(id).is_some_and(|drawn| drawn.node.stage.0 == stage);
        self.edges.iter().copied().filter(move |(from, to)| inside(*from) && inside(*to))
    }

    /// The edges between stages that the order of the stages does not imply.
    pub(crate) fn edges_across(&self) -> Vec<(NodeId, NodeId)> {
        let before = stages_before(self.pipeline);
        let stage = |id: NodeId| self.drawn(id).map(|drawn| drawn.node.stage.0);
        let is_across = |(from, to): &(NodeId, NodeId)| match (stage(*from), stage(*to)) {
            (Some(from), Some(to)) => {
                from != to && !before.get(to).is_some_and(|before| before.contains(&from))
            }
            _ => false,
        };
        self.edges.iter().copied().filter(is_across).collect()
    }

    /// The predecessors of a node, if they differ from the row above it: "sign, scan".
    pub(crate) fn predecessor_text(&self, drawn: &DrawnNode<'p>, above: &[NodeId]) -> Option<String> {
        let stage = drawn.node.stage.0;
        let inside = self.edges_inside(stage).filter(|(_, to)| *to == drawn.node.id).map(|(from, _)| from);
        let mut after: BTreeSet<NodeId> = inside.collect();
        let is_plain = after.iter().eq(above.iter().collect::<BTreeSet<_>>());
        let inside = after.len();
        after.extend(self.edges_across().into_iter().filter(|(_, to)| *to == drawn.node.id).map(|it| it.0));
        if is_plain && after.len() == inside {
            return None;
        }
        let names: Vec<&str> =
            after.into_iter().filter_map(|id| self.drawn(id)).map(|drawn| drawn.node.name.as_str()).collect();
        Some(names.join(", "))
    }

    /// The heading of the pipeline: its name, a failed proof, its triggers, its budget. Each has its own line.
    pub(crate) fn heading(&self, is_proven: bool) -> String {
        let mut lines = vec![self.pipeline.name.clone()];
        if !is_proven {
            lines.push(super::UNPROVEN.to_owned());
        }
        lines.extend(self.triggers());
        lines.extend(self.budget());
        lines.join("\n")
    }

    /// The budget: "within 30m".
    pub(crate) fn budget(&self) -> Option<String> {
        self.pipeline.budget.as_ref().map(|(length, _)| format!("within {}", words::duration(*length)))
    }

    /// The triggers, each as "on push to main".
    pub(crate) fn triggers(&self) -> Vec<String> {
        self.pipeline.triggers.iter().map(|trigger| format!("on {trigger}")).collect()
    }
}

impl DrawnStage<'_> {
    /// The condition: "when branch is main", or "finally on failed". `None` for a stage that is in every run.
    pub(crate) fn condition(&self) -> Option<String> {
        use pipec_ir::Condition;
        let finally = self.stage.finally.map(words::outcomes);
        let when =
            (self.stage.condition != Condition::Always).then(|| format!("when {}", self.stage.condition));
        let parts: Vec<String> = finally.into_iter().chain(when).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    pub(crate) fn budget(&self) -> Option<String> {
        self.stage.budget.as_ref().map(|(length, _)| format!("within {}", words::duration(*length)))
    }
}

impl<'p> DrawnNode<'p> {
    fn of(program: &'p Program, node: &'p Node) -> DrawnNode<'p> {
        let mut facts = Vec::new();
        let mut environment = None;
        let (kind, title, yields) = match &node.kind {
            NodeKind::Gate(gate) => {
                if let Some((because, _)) = &gate.advisory {
                    facts.push(Fact::marked("advisory", Some(because.clone())));
                }
                for rule in &gate.exemptions {
                    facts.push(Fact::marked(words::exemption(&rule.when), Some(rule.because.clone())));
                }
                if let Some(rule) = &gate.overriding {
                    facts.push(Fact::marked(words::overriding(rule), None));
                }
                if let Some(quorum) = gate.quorum {
                    facts.push(Fact::plain(
                        "",
                        format!("{} of {} runs must pass", quorum.quorum, quorum.times),
                    ));
                }
                (Kind::Gate, node.name.clone(), words::judges(gate))
            }
            NodeKind::Artefact(artefact) => {
                let ty = artefact.ty.word();
                let yields = match &artefact.image_name {
                    Some((name, _)) => format!("{ty} {name}"),
                    None => ty.to_owned(),
                };
                (Kind::Artefact, node.name.clone(), yields)
            }
            NodeKind::Deploy(deploy) => {
                environment = program.entered_by(deploy);
                if let Some((because, _)) = deploy.irreversible() {
                    facts.push(Fact::marked("irreversible", Some(because.to_owned())));
                }
                if deploy.strategy().is_some() {
                    facts.push(Fact::plain("", words::strategy(deploy)));
                }
                facts.extend(environment.into_iter().flat_map(environment_facts));
                (Kind::Deploy, deploy.environment.clone(), format!("deploy {}", deploy.artefacts.join(", ")))
            }
            NodeKind::Job => (Kind::Job, node.name.clone(), "job".to_owned()),
        };
        body_facts(node, &mut facts);
        DrawnNode { node, kind, title, yields, facts, environment, timeout: words::duration(node.longest()) }
    }

    /// Its id in a drawing of several pipelines. `pipeline` is the number of its pipeline.
    pub(crate) fn id(&self, pipeline: usize) -> String {
        format!("p{pipeline}n{}", self.node.id.0)
    }

    /// Whether the node is an advisory gate.
    pub(crate) fn is_advisory(&self) -> bool {
        self.node.is_advisory()
    }
}

fn environment_facts(environment: &Environment) -> Vec<Fact> {
    let mut facts = Vec::new();
    if !environment.requires.is_empty() {
        let kinds: Vec<&str> = environment.requires.iter().map(|(kind, _)| kind.as_str()).collect();
        facts.push(Fact::plain("requires", kinds.join(", ")));
    }
    if let Some(approval) = &environment.approval {
        facts.push(Fact::plain("approval by", words::approval(approval)));
    }
    if let Some(window) = &environment.window {
        facts.push(Fact::plain("window", words::window(window)));
    }
    if environment.lock == pipec_ir::Lock::Newest {
        facts.push(Fact::plain("lock", "newest".to_owned()));
    }
    if environment.open_to_members {
        facts.push(Fact::plain("", "open to members".to_owned()));
    }
    if let Some(ttl) = environment.ttl {
        facts.push(Fact::plain("lives", words::duration(ttl)));
    }
    if let Some(url) = environment.url.as_ref().and_then(|url| url.as_literal()) {
        facts.push(Fact::plain("", url.to_owned()));
    }
    facts
}

fn body_facts(node: &Node, facts: &mut Vec<Fact>) {
    let body = &node.body;
    if let Some(matrix) = &body.matrix {
        let legs: Vec<&str> = matrix.legs.iter().map(|leg| leg.name.as_str()).collect();
        facts.push(match legs.len() {
            0..=4 => Fact::plain("legs", legs.join(", ")),
            number => Fact::plain("", format!("{number} legs")),
        });
    }
    if let Some((shards, _)) = body.shards {
        facts.push(Fact::plain("", format!("{shards} shards")));
    }
    if let Some(retry) = &body.retry {
        let text = format!(
            "retried {}",
            if retry.times == 1 { "once".to_owned() } else { format!("{} times", retry.times) }
        );
        facts.push(Fact { about: "", text, because: Some(retry.because.clone()), is_marked: false });
    }
    for block in &body.engines {
        facts.push(Fact::marked(format!("engine {}", block.target), Some(block.because.clone())));
    }
}

impl Fact {
    fn plain(about: &'static str, text: String) -> Fact {
        Fact { about, text, because: None, is_marked: false }
    }

    fn marked(text: impl Into<String>, because: Option<String>) -> Fact {
        Fact { about: "", text: text.into(), because, is_marked: true }
    }

    /// The fact in one line, without its reason.
    pub(crate) fn line(&self) -> String {
        if self.about.is_empty() { self.text.clone() } else { format!("{} {}", self.about, self.text) }
    }
}

/// The direct predecessors of each node: no other predecessor follows them.
fn reduced(pipeline: &Pipeline) -> Vec<(NodeId, NodeId)> {
    let mut edges = Vec::new();
    for node in &pipeline.nodes {
        let indirect: BTreeSet<NodeId> = node
            .before
            .iter()
            .filter_map(|id| pipeline.node(*id))
            .flat_map(|before| before.before.iter().copied())
            .collect();
        edges.extend(node.before.difference(&indirect).map(|id| (*id, node.id)));
    }
    edges
}

/// The stages before each stage, by index. A stage in a circle is before itself, which the analysis has refused.
fn stages_before(pipeline: &Pipeline) -> Vec<BTreeSet<usize>> {
    pipeline
        .stages
        .iter()
        .map(|stage| {
            let mut reached = BTreeSet::new();
            let mut next: Vec<usize> = stage.after.iter().map(|id| id.0).collect();
            while let Some(place) = next.pop() {
                if reached.insert(place)
                    && let Some(stage) = pipeline.stages.get(place)
                {
                    next.extend(stage.after.iter().map(|id| id.0));
                }
            }
            reached
        })
        .collect()
}

fn reduced_stages(place: usize, before: &[BTreeSet<usize>]) -> Vec<usize> {
    let Some(all) = before.get(place) else { return Vec::new() };
    let indirect: BTreeSet<usize> =
        all.iter().filter(|at| **at != place).filter_map(|at| before.get(*at)).flatten().copied().collect();
    all.difference(&indirect).copied().filter(|at| *at != place).collect()
}

/// The nodes of a stage, by the length of the longest path to each.
fn levels(pipeline: &Pipeline, stage: &Stage) -> Vec<Vec<NodeId>> {
    // Every predecessor of a node has fewer predecessors itself.
    let mut nodes: Vec<&Node> = stage.nodes.iter().filter_map(|id| pipeline.node(*id)).collect();
    nodes.sort_by_key(|node| node.before.len());
    let mut level: BTreeMap<NodeId, usize> = BTreeMap::new();
    for node in nodes {
        let own = node.before.iter().filter_map(|id| level.get(id)).max().map_or(0, |level| level + 1);
        level.insert(node.id, own);
    }
    let depth = level.values().max().map_or(0, |level| level + 1);
    let at = |wanted: usize| {
        stage.nodes.iter().copied().filter(|id| level.get(id) == Some(&wanted)).collect::<Vec<_>>()
    };
    (0..depth).map(at).collect()
}
