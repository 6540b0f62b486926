//! The order of nodes: the reference's three rules as edges, added until nothing changes.

use super::model::{Node, Pipeline, What};

/// A node's stage and its index in the stage.
pub type Place = (usize, usize);

/// The order of a pipeline's nodes.
#[derive(Clone, Debug)]
pub struct Order {
    /// All nodes, by stage.
    pub places: Vec<Place>,
    /// For each node, by its index in `places`, whether each other node is before it.
    before: Vec<Vec<bool>>,
}

impl Order {
    /// Adds edges until nothing changes. `None` if a node is before itself.
    pub fn of(pipeline: &Pipeline) -> Option<Order> {
        let stage_count = pipeline.stages.len();
        let mut follows = vec![vec![false; stage_count]; stage_count];
        for (place, stage) in pipeline.stages.iter().enumerate() {
            for (other, named) in pipeline.stages.iter().enumerate() {
                follows[place][other] = match &stage.after {
                    Some(names) => names.contains(&named.name),
                    None => other < place,
                };
            }
        }
        close(&mut follows);
        let places: Vec<Place> = pipeline
            .stages
            .iter()
            .enumerate()
            .flat_map(|(stage, it)| (0..it.nodes.len()).map(move |node| (stage, node)))
            .collect();
        let node = |place: &Place| &pipeline.stages[place.0].nodes[place.1];
        let is_deploy = |place: &Place| matches!(node(place).what, What::Deploy(..));
        let precedes = |first: &Place, second: &Place| {
            let by_stage = follows[second.0][first.0];
            let by_use = matches!(node(first).what, What::Artefact)
                && artefacts_of(pipeline, *second).contains(&node(first).name.as_str());
            let by_deploy =
                first.0 == second.0 && first.1 < second.1 && (is_deploy(first) || is_deploy(second));
            // No node waits for an advisory gate.
            let advisory = matches!(&node(first).what, What::Gate(gate) if gate.advisory);
            (by_stage || by_use || by_deploy) && !advisory
        };
        let mut before: Vec<Vec<bool>> = places
            .iter()
            .map(|second| places.iter().map(|first| precedes(first, second)).collect())
            .collect();
        close(&mut before);
        let circular = |relation: &[Vec<bool>]| (0..relation.len()).any(|place| relation[place][place]);
        (!circular(&follows) && !circular(&before)).then_some(Order { places, before })
    }

    /// Whether one node is before another.
    pub fn is_before(&self, first: Place, second: Place) -> bool {
        let index = |place: Place| self.places.iter().position(|it| *it == place).unwrap_or(usize::MAX);
        self.before[index(second)][index(first)]
    }
}

/// The maximum time of a node, in minutes.
fn minutes(node: &Node) -> u64 {
    node.timeout.unwrap_or(10) * (1 + node.retry.unwrap_or(0))
}

impl Order {
    /// The maximum time of the nodes of these stages. Other nodes take no time.
    pub fn time(&self, pipeline: &Pipeline, stages: &[bool]) -> u64 {
        // The T of each node. Each round makes one more node of a chain correct.
        let mut times = vec![0; self.places.len()];
        for _ in &self.places {
            times = self
                .places
                .iter()
                .enumerate()
                .map(|(number, (stage, node))| {
                    if !stages[*stage] {
                        return 0;
                    }
                    let earlier = times.iter().zip(&self.before[number]).filter(|(_, before)| **before);
                    minutes(&pipeline.stages[*stage].nodes[*node])
                        + earlier.map(|(time, _)| *time).max().unwrap_or(0)
                })
                .collect();
        }
        times.into_iter().max().unwrap_or(0)
    }
}

fn close(relation: &mut [Vec<bool>]) {
    let size = relation.len();
    let mut changes = true;
    while changes {
        changes = false;
        for (a, b, c) in
            (0..size).flat_map(|a| (0..size).flat_map(move |b| (0..size).map(move |c| (a, b, c))))
        {
            if relation[a][b] && relation[b][c] && !relation[a][c] {
                relation[a][c] = true;
                changes = true;
            }
        }
    }
}

/// The artefacts that a node uses, checks or deploys.
pub fn artefacts_of(pipeline: &Pipeline, place: Place) -> Vec<&str> {
    let node = &pipeline.stages[place.0].nodes[place.1];
    let own: &[String] = match &node.what {
        What::Gate(gate) => &gate.of,
        What::Deploy(parts, _) => parts,
        What::Artefact | What::Job => &[],
    };
    own.iter().chain(&node.uses).map(String::as_str).collect()
}
