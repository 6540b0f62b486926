//! Budget: no run takes longer than its pipeline allows. The nodes of a stage take no longer than the stage allows.
//!
//! dur(n) is the node's timeout times the number of its attempts and repetitions, plus a deploy's soaks, in whole
//! minutes. If n is due, T(n) is dur(n) plus the greatest T of the nodes before it. The greatest T over all runs is the
//! length of the longest chain of nodes that one run can contain. A job of a `finally` follows all nodes of its stages.
//!
//! Nodes with the same condition form a class, so a chain needs only a few classes. The search tries the longest chain
//! first. If no run has all its classes, it continues in two ways: once with the class that does not fit, and once
//! without it.
//!
//! For example, take the chain `a` 10m, `b` 20m, `c` 5m, where `b` and `c` have conditions that exclude each other. The
//! chain of 35m has no run, the one without `c` has one, and the result is 30m.

use super::{Proof, named};
use pipec_base::{Diagnostic, codes};
use pipec_ir::duration;
use pipec_ir::facts::Run;
use pipec_ir::{Node, NodeId, NodeKind, Origin, Pipeline, StageId};
use pipec_logic::{Proposition, TooLarge};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// The maximum number of class sets to try before the theorem is undecided. Real pipelines need only a few.
const TRIALS: usize = 1_000;

/// The maximum number of nodes of a chain in a message. For a longer chain the message shows its start, its longest
/// node and its end.
const SHOWN_NODES: usize = 16;

pub(super) fn prove(proof: &mut Proof<'_>) {
    let pipeline = proof.pipeline;
    let budgeted = |stage: &&pipec_ir::Stage| stage.budget.is_some();
    if pipeline.budget.is_none() && !pipeline.stages.iter().any(|stage| budgeted(&stage)) {
        return;
    }
    let classes = Classes::of(proof);
    for (place, stage) in pipeline.stages.iter().enumerate() {
        let Some((budget, origin)) = &stage.budget else { continue };
        let own = |node: &&Node| node.stage == StageId(place);
        let what = format!("stage `{}`", stage.name);
        prove_budget(proof, &classes, &Chains::of(pipeline, &classes, own), *budget, origin, &what);
    }
    if let Some((budget, origin)) = &pipeline.budget {
        let what = format!("pipeline `{}`", pipeline.name);
        prove_budget(proof, &classes, &Chains::of(pipeline, &classes, |_| true), *budget, origin, &what);
    }
}

/// The nodes that end before a node begins.
fn earlier<'p>(pipeline: &Pipeline, node: &'p Node) -> Cow<'p, BTreeSet<NodeId>> {
    if !pipeline.is_afterwards(node) {
        return Cow::Borrowed(&node.before);
    }
    let ended = pipeline.ended_before(node);
    Cow::Owned(ended.flat_map(|other| other.before.iter().copied().chain([other.id])).collect())
}

/// The distinct conditions of the stages.
struct Classes {
    /// When the nodes of each class are due.
    due: Vec<Proposition>,
    /// The class of each stage.
    of_stage: Vec<usize>,
}

impl Classes {
    fn of(proof: &Proof<'_>) -> Classes {
        let mut classes = Classes { due: Vec::new(), of_stage: Vec::new() };
        for place in 0..proof.pipeline.stages.len() {
            let due = proof.facts.due(StageId(place));
            let known = classes.due.iter().position(|known| *known == due);
            classes.of_stage.push(known.unwrap_or(classes.due.len()));
            if known.is_none() {
                classes.due.push(due);
            }
        }
        classes
    }
}

/// The nodes of chains, with the direct predecessors of each.
struct Chains {
    /// The nodes in an order in which each follows its predecessors.
    links: Vec<Link>,
}

struct Link {
    node: NodeId,
    longest: u64,
    class: usize,
    /// The direct predecessors, as indices into the same list.
    predecessors: Vec<usize>,
}

/// A set of small numbers.
type Bits = Vec<u64>;

impl Chains {
    /// The chains of the wanted nodes. Of nodes with the same place in the order and the same condition, only the
    /// longest can be on a longest chain.
    fn of(pipeline: &Pipeline, classes: &Classes, wanted: impl Fn(&&Node) -> bool) -> Chains {
        let nodes: Vec<(&Node, Cow<'_, BTreeSet<NodeId>>)> = pipeline
            .nodes
            .iter()
            .filter(|node| wanted(node))
            .map(|node| (node, earlier(pipeline, node)))
            .collect();
        let mut after: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for (node, before) in &nodes {
            for earlier in before.iter() {
                after.entry(*earlier).or_default().insert(node.id);
            }
        }
        let none = BTreeSet::new();
        let mut alike: BTreeMap<(usize, &BTreeSet<NodeId>, &BTreeSet<NodeId>), &Node> = BTreeMap::new();
        for (node, before) in &nodes {
            let class = classes.of_stage.get(node.stage.0).copied().unwrap_or_default();
            let known = alike.entry((class, before, after.get(&node.id).unwrap_or(&none))).or_insert(node);
            if node.longest() > known.longest() {
                *known = node;
            }
        }
        let mut kept: Vec<(usize, &Node, &BTreeSet<NodeId>)> =
            alike.into_iter().map(|((class, before, _), node)| (class, node, before)).collect();
        // Every predecessor of a node has fewer predecessors itself.
        kept.sort_by_key(|(_, node, before)| (before.len(), node.id));
        let places: BTreeMap<NodeId, usize> =
            kept.iter().enumerate().map(|(place, (_, node, _))| (node.id, place)).collect();
        let mut reached: Vec<Bits> = Vec::new();
        let mut links = Vec::new();
        for (class, node, before) in &kept {
            let mut predecessors: Vec<usize> =
                before.iter().filter_map(|earlier| places.get(earlier).copied()).collect();
            predecessors.sort_unstable();
            let mut all = vec![0; kept.len().div_ceil(64)];
            // The latest comes first, because a node that another predecessor reaches is no direct predecessor.
            let mut direct = Vec::new();
            for place in predecessors.into_iter().rev() {
                if has(&all, place) {
                    continue;
                }
                direct.push(place);
                if let Some(more) = reached.get(place) {
                    all.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
                }
                if let Some(word) = all.get_mut(place / 64) {
                    *word |= 1 << (place % 64);
                }
            }
            direct.reverse();
            reached.push(all);
            links.push(Link { node: node.id, longest: node.longest(), class: *class, predecessors: direct });
        }
        Chains { links }
    }

    /// The longest chain without these classes. Returns its length, and the indices of its nodes in order. A node of an
    /// excluded class takes no time, and its predecessors become predecessors of its successors.
    fn longest_without(&self, excluded: &BTreeSet<usize>) -> (u64, Vec<usize>) {
        let mut best: Vec<(u64, Option<usize>)> = Vec::with_capacity(self.links.len());
        for link in &self.links {
            let mut longest = (0, None);
            for place in &link.predecessors {
                let (time, _) = best.get(*place).copied().unwrap_or_default();
                if longest.1.is_none() || time > longest.0 {
                    longest = (time, Some(*place));
                }
            }
            let own = if excluded.contains(&link.class) { 0 } else { link.longest };
            best.push((longest.0.saturating_add(own), longest.1));
        }
        let mut last: Option<(usize, u64)> = None;
        for (place, (time, _)) in best.iter().enumerate() {
            if last.is_none_or(|(_, longest)| *time > longest) {
                last = Some((place, *time));
            }
        }
        let time = last.map_or(0, |(_, time)| time);
        let mut chain = Vec::new();
        let mut next = last.map(|(place, _)| place);
        while let Some(place) = next {
            if self.links.get(place).is_some_and(|link| !excluded.contains(&link.class)) {
                chain.push(place);
            }
            next = best.get(place).and_then(|(_, predecessors)| *predecessors);
        }
        chain.reverse();
        (time, chain)
    }

    /// The classes of a chain, in the chain's order.
    fn classes_of(&self, chain: &[usize]) -> Vec<usize> {
        let mut classes = Vec::new();
        for link in chain.iter().filter_map(|place| self.links.get(*place)) {
            if !classes.contains(&link.class) {
                classes.push(link.class);
            }
        }
        classes
    }

    fn node<'p>(&self, pipeline: &'p Pipeline, place: usize) -> Option<&'p Node> {
        self.links.get(place).and_then(|link| pipeline.node(link.node))
    }
}

fn has(bits: &Bits, place: usize) -> bool {
    bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
}

/// A set of runs, and the longest chain that they may contain.
struct Trial {
    time: u64,
    /// Decreases, so that of equally long trials the earlier one is tried first.
    turn: usize,
    chain: Vec<usize>,
    /// The runs of this trial: all contain the included classes.
    assumed: Proposition,
    /// The excluded classes.
    excluded: BTreeSet<usize>,
}

impl PartialEq for Trial {
    fn eq(&self, other: &Trial) -> bool {
        (self.time, self.turn) == (other.time, other.turn)
    }
}

impl Eq for Trial {}

impl PartialOrd for Trial {
    fn partial_cmp(&self, other: &Trial) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Trial {
    fn cmp(&self, other: &Trial) -> std::cmp::Ordering {
        (self.time, self.turn).cmp(&(other.time, other.turn))
    }
}

/// The longest chain over the budget that some run contains. Also returns the proposition of its runs.
fn longest_over(
    proof: &Proof<'_>,
    classes: &Classes,
    chains: &Chains,
    budget: u64,
) -> Result<Option<Trial>, TooLarge> {
    let propositions = proof.facts.propositions();
    let trial = |assumed: Proposition, excluded: BTreeSet<usize>, turn: usize| {
        let (time, chain) = chains.longest_without(&excluded);
        Trial { time, turn, chain, assumed, excluded }
    };
    let first = trial(propositions.truth(), BTreeSet::new(), usize::MAX);
    let mut open = BinaryHeap::from([first]);
    let mut turn = usize::MAX;
    while let Some(best) = open.pop() {
        if best.time <= budget {
            return Ok(None);
        }
        let mut assumed = best.assumed.clone();
        let mut misfit = None;
        for class in chains.classes_of(&best.chain) {
            let Some(due) = classes.due.get(class) else { continue };
            let more = propositions.and(&assumed, due);
            if !propositions.is_satisfiable(&more)? {
                misfit = Some((class, due));
                break;
            }
            assumed = more;
        }
        let Some((class, due)) = misfit else { return Ok(Some(Trial { assumed, ..best })) };
        if usize::MAX - turn >= TRIALS {
            return Err(TooLarge { limit: TRIALS });
        }
        let with = propositions.and(&best.assumed, due);
        if propositions.is_satisfiable(&with)? {
            let mut excluded = best.excluded.clone();
            for (other, due) in classes.due.iter().enumerate() {
                if !excluded.contains(&other) && !propositions.is_compatible(&with, due)? {
                    excluded.insert(other);
                }
            }
            turn -= 1;
            open.push(trial(with, excluded, turn));
        }
        let mut excluded = best.excluded;
        excluded.insert(class);
        turn -= 1;
        open.push(trial(best.assumed, excluded, turn));
    }
    Ok(None)
}

/// Proves one budget.
fn prove_budget(
    proof: &mut Proof<'_>,
    classes: &Classes,
    chains: &Chains,
    budget: u64,
    origin: &Origin,
    what: &str,
) {
    let worst = match longest_over(proof, classes, chains, budget) {
        Ok(None) => return,
        Ok(Some(worst)) => worst,
        Err(_) => {
            proof.undecided = true;
            return;
        }
    };
    let Some(run) = proof.run_in_which(&worst.assumed) else { return };
    let pipeline = proof.pipeline;
    let chain: Vec<&Node> = worst.chain.iter().filter_map(|place| chains.node(pipeline, *place)).collect();
    proof.diagnostics.push(over(&chain, worst.time, budget, &run, origin, what));
}

fn over(chain: &[&Node], time: u64, budget: u64, run: &Run, origin: &Origin, what: &str) -> Diagnostic {
    let (allowed, taken) = (duration(budget), duration(time));
    let mut diagnostic = Diagnostic::error(
        codes::P0802,
        format!("{what} may take {taken}, but its budget is {allowed}"),
        origin.span,
    )
    .saying(format!("{} too little", duration(time.saturating_sub(budget))))
    .counterexample(format!("{run}: if each node takes its full time, {} {taken}", describe_chain(chain)));
    let mut help = format!("raise the budget to at least {taken}");
    // The first of the longest nodes.
    let longest = chain.iter().rev().max_by_key(|node| node.longest());
    if let Some(node) = longest {
        diagnostic = diagnostic
            .label(node.name_origin.span, format!("the longest of them: {}", describe_duration(node)));
        help += &format!(", or shorten the timeouts on this path, first of all {}", named(node));
    }
    // There is no fix: a budget is a promise, and only people may weaken it.
    origin.explain(diagnostic.help(help))
}

/// The chain for a message: "`unit` 10m, then `app` 20m, together".
fn describe_chain(chain: &[&Node]) -> String {
    let one = |node: &&Node| match &node.kind {
        NodeKind::Deploy(_) => format!("{} {}", named(node), describe_duration(node)),
        _ => format!("`{}` {}", node.name, describe_duration(node)),
    };
    if chain.len() <= SHOWN_NODES {
        let all: Vec<String> = chain.iter().map(one).collect();
        let together = if all.len() > 1 { ", together" } else { ", which is" };
        return all.join(", then ") + together;
    }
    let (start, end) = (chain.iter().take(SHOWN_NODES / 2), chain.iter().skip(chain.len() - SHOWN_NODES / 2));
    let start: Vec<String> = start.map(one).collect();
    let end: Vec<String> = end.map(one).collect();
    let between = chain.iter().skip(SHOWN_NODES / 2).take(chain.len() - SHOWN_NODES);
    let time = between.fold(0, |sum: u64, node| sum.saturating_add(node.longest()));
    format!(
        "{}, then {} others {}, then {}, together",
        start.join(", then "),
        chain.len() - SHOWN_NODES,
        duration(time),
        end.join(", then ")
    )
}

/// The duration of a node and its parts, for a message. Examples are "3 times 10m" and "30m and 20m of soaks".
fn describe_duration(node: &Node) -> String {
    let timeout = duration(node.body.timeout);
    let runs = match node.executions() {
        1 => timeout,
        times => format!("{times} times {timeout}"),
    };
    let all = match node.soaks() {
        0 => runs,
        soaks => format!("{runs} and {} of soaks", duration(soaks)),
    };
    if node.longest() == node.allowed_time() {
        all
    } else {
        format!("{all}, counted as {}", duration(node.longest()))
    }
}
