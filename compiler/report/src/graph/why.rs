//! Explains what a node waits for.

use super::Graph;
use super::path::{DrawnNode, Kind, Path};
use super::terminal::{sign, style};
use crate::paint::{Colour, Style};
use crate::row::{Row, wrapped};
use crate::words;
use pipec_ir::facts::SourceFacts;
use pipec_ir::{Condition, Lock, Node, NodeId, NodeKind, Outcome, Outcomes, Pipeline};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the nodes with a name wait for. It has the nodes before each, and the nodes that wait for it.
pub struct Answer<'p> {
    paths: Vec<(Path<'p>, Vec<NodeId>)>,
    is_proven: bool,
}

/// The name is unknown. Contains the known names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The names of nodes and environments, sorted.
    pub known: Vec<String>,
}

pub(super) fn answer<'p>(graph: &Graph<'p>, name: &str) -> Result<Answer<'p>, Unknown> {
    let mut known = Vec::new();
    let mut paths = Vec::new();
    for path in graph.paths() {
        let mut wanted = Vec::new();
        for drawn in &path.nodes {
            known.push(drawn.node.name.clone());
            known.extend(drawn.environment.map(|environment| environment.name.clone()));
            let is_meant = drawn.node.name == name || (drawn.kind == Kind::Deploy && drawn.title == name);
            if is_meant {
                wanted.push(drawn.node.id);
            }
        }
        if !wanted.is_empty() {
            paths.push((path, wanted));
        }
    }
    if paths.is_empty() {
        known.sort();
        known.dedup();
        return Err(Unknown { known });
    }
    Ok(Answer { paths, is_proven: graph.is_proven })
}

impl Answer<'_> {
    /// The text for a terminal of `width` columns.
    pub fn terminal(&self, width: usize, colour: Colour) -> String {
        let width = width.clamp(48, 120);
        let mut rows = Vec::new();
        if !self.is_proven {
            rows.push(Row::default().styled(Style::Error, super::UNPROVEN));
            rows.push(Row::default());
        }
        for (path, id) in self.each() {
            if let Some(drawn) = path.drawn(id) {
                if rows.len() > 2 {
                    rows.push(Row::default());
                }
                explain(path, drawn, width, &mut rows);
            }
        }
        rows.iter().map(|row| row.render(colour)).collect()
    }

    /// One JSON object with `version`, `proven` and `nodes`. Each node has its `pipeline`, `node`, `when` (or null),
    /// `finally` (the outcomes for which it runs, or null), `before` (`node`, `must`, `when`), `waits-for` (other requirements) and `holds-back` (the nodes after it).
    pub fn json(&self) -> String {
        let nodes: Vec<Value> = self
            .each()
            .filter_map(|(path, id)| {
                let drawn = path.drawn(id)?;
                let before = predecessors(path, drawn).into_iter().map(
                    |other| json!({"node": other.node.name, "must": must(path, drawn, other), "when": when(path, other)}),
                );
                let requirements: Vec<Value> = requirements(drawn)
                    .into_iter()
                    .map(|(what, text)| json!({"what": what, "text": text}))
                    .collect();
                let successors = successors(path, id).into_iter().map(|drawn| drawn.node.name.as_str());
                let finally = path.pipeline.outcomes_of(drawn.node);
                Some(json!({
                    "pipeline": path.pipeline.name,
                    "node": drawn.node.name,
                    "when": when(path, drawn),
                    "finally": finally.map(|outcomes| outcomes.all().map(Outcome::word).collect::<Vec<_>>()),
                    "before": before.collect::<Vec<_>>(),
                    "waits-for": requirements,
                    "holds-back": successors.collect::<Vec<_>>(),
                }))
            })
            .collect();
        let document = json!({"version": 1, "proven": self.is_proven, "nodes": nodes});
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    fn each(&self) -> impl Iterator<Item = (&Path<'_>, NodeId)> {
        self.paths.iter().flat_map(|(path, ids)| ids.iter().map(move |id| (path, *id)))
    }
}

/// What a node must have done before the next node starts.
fn required_work(drawn: &DrawnNode<'_>) -> String {
    let mut text = match &drawn.node.kind {
        NodeKind::Gate(gate) => {
            let mut text = format!("pass: {}", words::judges(gate));
            for rule in &gate.exemptions {
                text.push_str(&format!(", or be {}", words::exemption(&rule.when)));
            }
            if let Some(rule) = &gate.overriding {
                text.push_str(&format!(", or an {}", words::overriding(rule)));
            }
            text
        }
        NodeKind::Artefact(artefact) => format!("be built: {}", artefact.ty.word()),
        NodeKind::Deploy(deploy) => format!("have deployed {}", deploy.artefacts.join(", ")),
        NodeKind::Job => "succeed".to_owned(),
    };
    for fact in drawn.facts.iter().filter(|fact| fact.text.starts_with("engine ")) {
        text.push_str(&format!(" ({})", fact.text));
    }
    text
}

/// What a node before another must have done before that starts.
fn must(path: &Path<'_>, drawn: &DrawnNode<'_>, before: &DrawnNode<'_>) -> String {
    if path.pipeline.is_afterwards(drawn.node) { "end".to_owned() } else { required_work(before) }
}

fn when(path: &Path<'_>, drawn: &DrawnNode<'_>) -> Option<String> {
    let stage = path.pipeline.stage_of(drawn.node)?;
    (stage.condition != Condition::Always).then(|| stage.condition.to_string())
}

/// The requirements of a node other than nodes: each with its subject and its text.
pub(super) fn requirements(drawn: &DrawnNode<'_>) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let Some(environment) = drawn.environment else { return all };
    if let Some(approval) = &environment.approval {
        all.push(("approval", format!("by {}", words::approval(approval))));
    }
    if let Some(window) = &environment.window {
        all.push(("window", words::window(window)));
    }
    all.push(("lock", words::lock(environment).to_owned()));
    all.push(("forward", "no commit before the one deployed there last".to_owned()));
    all
}

/// The nodes that must have passed before a node.
pub(super) fn predecessors<'a, 'p>(path: &'a Path<'p>, drawn: &DrawnNode<'p>) -> Vec<&'a DrawnNode<'p>> {
    let ended: BTreeSet<NodeId> = path.pipeline.ended_before(drawn.node).map(|node| node.id).collect();
    let is_before = |id: &NodeId| drawn.node.before.contains(id) || ended.contains(id);
    path.nodes.iter().filter(|other| is_before(&other.node.id)).collect()
}

/// What a node before another must have done: "pass: test; due when branch is main".
pub(super) fn obligation(path: &Path<'_>, drawn: &DrawnNode<'_>, before: &DrawnNode<'_>) -> String {
    let own = when(path, drawn);
    let mut text = must(path, drawn, before);
    if let Some(when) = when(path, before).filter(|when| Some(when) != own.as_ref()) {
        text.push_str(&format!("; due when {when}"));
    }
    text
}

/// The runs that a node is in: "every run", "runs in which branch is main".
pub(super) fn due(path: &Path<'_>, drawn: &DrawnNode<'_>) -> String {
    let runs =
        when(path, drawn).map_or_else(|| "every run".to_owned(), |when| format!("runs in which {when}"));
    match path.pipeline.outcomes_of(drawn.node).filter(|outcomes| *outcomes != Outcomes::ALL) {
        Some(outcomes) => {
            let words: Vec<&str> = outcomes.all().map(Outcome::word).collect();
            format!("{runs}, if what is before it has {}", words.join(" or was "))
        }
        None => runs,
    }
}

/// Why a deploy that is due may not happen.
pub(super) fn may_be_skipped(drawn: &DrawnNode<'_>) -> Option<&'static str> {
    let environment = drawn.environment?;
    (environment.lock == Lock::Newest).then_some("skipped in favour of a newer one that waits")
}

/// The nodes after a node.
pub(super) fn successors<'a, 'p>(path: &'a Path<'p>, id: NodeId) -> Vec<&'a DrawnNode<'p>> {
    path.nodes.iter().filter(|other| other.node.before.contains(&id)).collect()
}

fn explain(path: &Path<'_>, drawn: &DrawnNode<'_>, width: usize, rows: &mut Vec<Row>) {
    let name = |drawn: &DrawnNode<'_>| drawn.node.name.clone();
    let stage = path.pipeline.stage_of(drawn.node).map_or("of no name", |stage| stage.name.as_str());
    rows.push(
        Row::default()
            .styled(style(drawn.kind), sign(drawn.kind, drawn.is_advisory()))
            .text(" ")
            .styled(Style::Heading, name(drawn))
            .styled(Style::Faint, format!("  stage {stage} of {}", path.pipeline.name)),
    );
    let start = match Triggers::of(path.pipeline).starting(drawn.node) {
        None => "no trigger starts one".to_owned(),
        Some(triggers) => format!("runs start on {triggers}"),
    };
    add_row("is in", &format!("{}; {start}", due(path, drawn)), width, rows);
    if let Some(skipped) = may_be_skipped(drawn) {
        add_row("may be", skipped, width, rows);
    }

    let before = predecessors(path, drawn);
    rows.push(Row::default());
    if before.is_empty() {
        rows.push(Row::default().styled(Style::Heading, "nothing must happen before it"));
    } else {
        rows.push(Row::default().styled(Style::Heading, "before it, these must"));
    }
    let column = before.iter().map(|drawn| name(drawn).chars().count()).max().unwrap_or(0).min(32) + 6;
    for other in before {
        let mut lines = wrapped(&obligation(path, drawn, other), width.saturating_sub(column)).into_iter();
        let head = Row::default()
            .text("  ")
            .styled(style(other.kind), sign(other.kind, other.is_advisory()))
            .text(" ")
            .text(name(other))
            .text(" ")
            .to(column)
            .text(lines.next().unwrap_or_default());
        rows.push(head);
        rows.extend(lines.map(|line| Row::default().to(column).text(line)));
    }
    let requirements = requirements(drawn);
    if !requirements.is_empty() {
        rows.push(Row::default());
        rows.push(Row::default().styled(Style::Heading, "then it waits for"));
        for (what, text) in requirements {
            add_row(what, &text, width, rows);
        }
    }
    let successors = successors(path, drawn.node.id);
    rows.push(Row::default());
    if successors.is_empty() {
        rows.push(Row::default().styled(Style::Heading, "nothing waits for it"));
        return;
    }
    rows.push(Row::default().styled(Style::Heading, "these wait for it"));
    let names: Vec<String> = successors.into_iter().map(name).collect();
    let lines = wrapped(&names.join(", "), width.saturating_sub(2));
    rows.extend(lines.into_iter().map(|line| Row::default().text("  ").text(line)));
}

/// Decides which triggers start the runs that a node is in.
pub(super) struct Triggers<'p> {
    pipeline: &'p Pipeline,
    /// The facts of the pipeline, unless it takes too long to compute them.
    facts: Option<SourceFacts<'p>>,
}

impl<'p> Triggers<'p> {
    pub(super) fn of(pipeline: &'p Pipeline) -> Triggers<'p> {
        Triggers { pipeline, facts: SourceFacts::of(pipeline).ok() }
    }

    /// The triggers of the runs that contain the node, if any: "push to main, on manual". All triggers if that takes
    /// too long to decide.
    pub(super) fn starting(&self, node: &Node) -> Option<String> {
        let starting: Vec<String> = match &self.facts {
            None => self.pipeline.triggers.iter().map(ToString::to_string).collect(),
            Some(facts) => {
                let due = facts.due_node(node);
                let logic = facts.propositions();
                let starting =
                    facts.triggers().filter(|(_, runs)| logic.is_compatible(runs, &due).unwrap_or(true));
                starting.map(|(trigger, _)| trigger.to_string()).collect()
            }
        };
        (!starting.is_empty()).then(|| starting.join(", on "))
    }
}

fn add_row(what: &str, text: &str, width: usize, rows: &mut Vec<Row>) {
    let mut what = Some(what);
    for line in wrapped(text, width.saturating_sub(12)) {
        rows.push(
            Row::default().text("  ").styled(Style::Faint, what.take().unwrap_or("")).to(12).text(line),
        );
    }
}
