//! Budget: no run takes longer than its pipeline allows, and no stage's own nodes longer than the stage allows.
//!
//! dur(n) is the node's timeout, as often as it may run, and a deploy's soaks, in whole minutes; T(n) is, where n is due, dur(n) and the
//! greatest T of what is before it. The greatest T over all runs is that of the longest chain of nodes that one run can
//! contain. Nodes of one condition form a class, so a chain asks for a few classes only: the longest chain is tried
//! first, and where no run has all of its classes, once with the class that does not fit and once without it.

use super::{Proof, named};
use pipec_base::{Diagnostic, codes};
use pipec_ir::duration;
use pipec_ir::facts::Run;
use pipec_ir::{Node, NodeId, NodeKind, Origin, Pipeline, StageId};
use pipec_logic::{Proposition, TooLarge};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// How many sets of classes are tried before the theorem is left undecided; pipelines of people need a handful.
const TRIALS: usize = 1_000;

/// A chain of more nodes than this is told by its beginning, its longest node and its end.
const TOLD: usize = 16;

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
        within(proof, &classes, &Chains::of(pipeline, &classes, own), *budget, origin, &what);
    }
    if let Some((budget, origin)) = &pipeline.budget {
        let what = format!("pipeline `{}`", pipeline.name);
        within(proof, &classes, &Chains::of(pipeline, &classes, |_| true), *budget, origin, &what);
    }
}

/// The conditions of the stages, each once.
struct Classes {
    /// When the nodes of a class are due.
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

/// The nodes that chains are made of, and what is directly before each.
struct Chains {
    /// In an order in which nothing stands before what precedes it.
    links: Vec<Link>,
}

struct Link {
    node: NodeId,
    longest: u64,
    class: usize,
    /// What is before it with nothing in between, as places in the same list.
    behind: Vec<usize>,
}

/// A set of small numbers.
type Bits = Vec<u64>;

impl Chains {
    /// Of nodes that stand in the same place of the order and of the conditions only the longest can be on a longest chain.
    fn of(pipeline: &Pipeline, classes: &Classes, wanted: impl Fn(&&Node) -> bool) -> Chains {
        let nodes: Vec<&Node> = pipeline.nodes.iter().filter(|node| wanted(node)).collect();
        let mut after: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for node in &nodes {
            for earlier in &node.before {
                after.entry(*earlier).or_default().insert(node.id);
            }
        }
        let none = BTreeSet::new();
        let mut alike: BTreeMap<(usize, &BTreeSet<NodeId>, &BTreeSet<NodeId>), &Node> = BTreeMap::new();
        for node in &nodes {
            let class = classes.of_stage.get(node.stage.0).copied().unwrap_or_default();
            let known =
                alike.entry((class, &node.before, after.get(&node.id).unwrap_or(&none))).or_insert(node);
            if node.longest() > known.longest() {
                *known = node;
            }
        }
        let mut kept: Vec<(usize, &Node)> =
            alike.into_iter().map(|((class, ..), node)| (class, node)).collect();
        // What is before a node has fewer nodes before itself.
        kept.sort_by_key(|(_, node)| (node.before.len(), node.id));
        let places: BTreeMap<NodeId, usize> =
            kept.iter().enumerate().map(|(place, (_, node))| (node.id, place)).collect();
        let mut reached: Vec<Bits> = Vec::new();
        let mut links = Vec::new();
        for (class, node) in &kept {
            let mut behind: Vec<usize> =
                node.before.iter().filter_map(|earlier| places.get(earlier).copied()).collect();
            behind.sort_unstable();
            let mut all = vec![0; kept.len().div_ceil(64)];
            // The latest first: what one of them reaches is not directly behind this node.
            let mut direct = Vec::new();
            for place in behind.into_iter().rev() {
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
            links.push(Link { node: node.id, longest: node.longest(), class: *class, behind: direct });
        }
        Chains { links }
    }

    /// The longest chain without these classes: how long it takes, and its places in order. A node of a class that is left
    /// out takes no time, and what is behind it is behind what follows it.
    fn longest_without(&self, left_out: &BTreeSet<usize>) -> (u64, Vec<usize>) {
        let mut best: Vec<(u64, Option<usize>)> = Vec::with_capacity(self.links.len());
        for link in &self.links {
            let mut longest = (0, None);
            for place in &link.behind {
                let (time, _) = best.get(*place).copied().unwrap_or_default();
                if longest.1.is_none() || time > longest.0 {
                    longest = (time, Some(*place));
                }
            }
            let own = if left_out.contains(&link.class) { 0 } else { link.longest };
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
            if self.links.get(place).is_some_and(|link| !left_out.contains(&link.class)) {
                chain.push(place);
            }
            next = best.get(place).and_then(|(_, behind)| *behind);
        }
        chain.reverse();
        (time, chain)
    }

    /// The classes of a chain, in its order.
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
    /// Counts down, so that of equal times the one made first is tried first.
    turn: usize,
    chain: Vec<usize>,
    /// That all of these runs have the classes that were put in.
    assumed: Proposition,
    /// What can't be on the chain.
    left_out: BTreeSet<usize>,
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

/// The longest chain that takes longer than the budget and that some run contains, with what holds of its runs.
fn past(
    proof: &Proof<'_>,
    classes: &Classes,
    chains: &Chains,
    budget: u64,
) -> Result<Option<Trial>, TooLarge> {
    let propositions = proof.facts.propositions();
    let trial = |assumed: Proposition, left_out: BTreeSet<usize>, turn: usize| {
        let (time, chain) = chains.longest_without(&left_out);
        Trial { time, turn, chain, assumed, left_out }
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
            let mut left_out = best.left_out.clone();
            for (other, due) in classes.due.iter().enumerate() {
                if !left_out.contains(&other) && !propositions.is_compatible(&with, due)? {
                    left_out.insert(other);
                }
            }
            turn -= 1;
            open.push(trial(with, left_out, turn));
        }
        let mut left_out = best.left_out;
        left_out.insert(class);
        turn -= 1;
        open.push(trial(best.assumed, left_out, turn));
    }
    Ok(None)
}

/// Proves one budget.
fn within(
    proof: &mut Proof<'_>,
    classes: &Classes,
    chains: &Chains,
    budget: u64,
    origin: &Origin,
    what: &str,
) {
    let worst = match past(proof, classes, chains, budget) {
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
    .counterexample(format!("{run}: if each node takes its full time, {} {taken}", told(chain)));
    let mut help = format!("raise the budget to at least {taken}");
    // The first of the longest.
    let longest = chain.iter().rev().max_by_key(|node| node.longest());
    if let Some(node) = longest {
        diagnostic =
            diagnostic.label(node.name_origin.span, format!("the longest of them: {}", spelled(node)));
        help += &format!(", or shorten the timeouts on this path, first of all {}", named(node));
    }
    // No fix: a budget is a promise, and to promise less is decided by people.
    origin.explain(diagnostic.help(help))
}

/// "`unit` 10m, then `app` 20m: together"
fn told(chain: &[&Node]) -> String {
    let one = |node: &&Node| match &node.kind {
        NodeKind::Deploy(_) => format!("{} {}", named(node), spelled(node)),
        _ => format!("`{}` {}", node.name, spelled(node)),
    };
    if chain.len() <= TOLD {
        let all: Vec<String> = chain.iter().map(one).collect();
        let together = if all.len() > 1 { ", together" } else { ", which is" };
        return all.join(", then ") + together;
    }
    let (start, end) = (chain.iter().take(TOLD / 2), chain.iter().skip(chain.len() - TOLD / 2));
    let start: Vec<String> = start.map(one).collect();
    let end: Vec<String> = end.map(one).collect();
    let between = chain.iter().skip(TOLD / 2).take(chain.len() - TOLD);
    let time = between.fold(0, |sum: u64, node| sum.saturating_add(node.longest()));
    format!(
        "{}, then {} others {}, then {}, together",
        start.join(", then "),
        chain.len() - TOLD,
        duration(time),
        end.join(", then ")
    )
}

/// How long a node may take, and of what it is made: "3 times 10m", "30m and 20m of soaks".
fn spelled(node: &Node) -> String {
    let timeout = duration(node.body.timeout);
    let runs = match node.runs() {
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
