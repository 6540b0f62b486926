//! The legs of a node: the combinations of its matrix and its shards.
//!
//! ```text
//! gate unit: test {
//!     matrix { linux {} mac { runs on mac } }
//!     shard 2
//! }
//! ```
//!
//! has four legs, in this order: `linux-1`, `linux-2`, `mac-1`, `mac-2`. Each is a separate job.

use crate::{Binding, EngineStep, Fact, Leg, Node, Piece, Runner, Text, Tool, ToolVersion};

/// One of the jobs of a node with a matrix or with shards.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLeg<'n> {
    /// Its name: that of the matrix's leg, followed by the shard's number.
    pub name: String,
    /// The leg of the matrix.
    pub of_matrix: Option<&'n Leg>,
    /// Its shard, from 1.
    pub shard: Option<u64>,
}

impl Node {
    /// Whether the node has several jobs.
    pub fn has_legs(&self) -> bool {
        self.body.matrix.is_some() || self.body.shards.is_some()
    }

    /// The legs of the node. Empty without a matrix and shards.
    pub fn legs(&self) -> Vec<NodeLeg<'_>> {
        if !self.has_legs() {
            return Vec::new();
        }
        let of_matrix: Vec<Option<&Leg>> = match &self.body.matrix {
            Some(matrix) => matrix.legs.iter().map(Some).collect(),
            None => vec![None],
        };
        let shards: Vec<Option<u64>> = match &self.body.shards {
            Some((count, _)) => (1..=*count).map(Some).collect(),
            None => vec![None],
        };
        let of_matrix = of_matrix.into_iter();
        of_matrix.flat_map(|leg| shards.iter().map(move |shard| NodeLeg::new(leg, *shard))).collect()
    }

    /// The runners of its jobs. They are the runners of its matrix's legs, or its own.
    pub fn runners(&self) -> Vec<&Runner> {
        let own = &self.body.runner;
        match &self.body.matrix {
            Some(matrix) => matrix.legs.iter().map(|leg| leg.runner.as_ref().unwrap_or(own)).collect(),
            None => vec![own],
        }
    }

    /// The variables that legs set, each once, in the order in which they first occur.
    pub fn leg_variables(&self) -> Vec<&Binding> {
        let mut found: Vec<&Binding> = Vec::new();
        for binding in self.matrix_legs().flat_map(|leg| &leg.env) {
            if !found.iter().any(|known| known.variable == binding.variable) {
                found.push(binding);
            }
        }
        found
    }

    /// The tools of legs, each once, in the order in which they first occur.
    pub fn leg_tools(&self) -> Vec<&Tool> {
        let mut found: Vec<&Tool> = Vec::new();
        for tool in self.matrix_legs().flat_map(|leg| &leg.tools) {
            if !found.iter().any(|known| known.name == tool.name) {
                found.push(tool);
            }
        }
        found
    }

    /// The legs of the node's matrix.
    fn matrix_legs(&self) -> impl Iterator<Item = &Leg> {
        self.body.matrix.iter().flat_map(|matrix| &matrix.legs)
    }

    /// The node for one of its legs. It has the leg's runner, variables and tools, and the leg's facts are substituted.
    pub fn in_leg(&self, leg: &NodeLeg<'_>) -> Node {
        let mut node = self.clone();
        node.body.runner = leg.runner(self).clone();
        for variable in self.leg_variables() {
            let value =
                leg.binding(self, &variable.variable).map(|own| own.value.clone()).unwrap_or_default();
            match node.body.env.iter_mut().find(|known| known.variable == variable.variable) {
                Some(known) => known.value = value,
                None => node.body.env.push(Binding { value, ..variable.clone() }),
            }
        }
        for tool in self.leg_tools() {
            let Some(own) = leg.tool(self, &tool.name) else { continue };
            match node.body.tools.iter_mut().find(|known| known.name == tool.name) {
                Some(known) => known.version = own.version.clone(),
                None => node.body.tools.push(own.clone()),
            }
        }
        leg.put_facts(self, &mut node);
        node
    }
}

impl<'n> NodeLeg<'n> {
    fn new(of_matrix: Option<&'n Leg>, shard: Option<u64>) -> NodeLeg<'n> {
        let name = match (of_matrix, shard) {
            (Some(leg), Some(shard)) => format!("{}-{shard}", leg.name),
            (Some(leg), None) => leg.name.clone(),
            (None, shard) => shard.map(|shard| shard.to_string()).unwrap_or_default(),
        };
        NodeLeg { name, of_matrix, shard }
    }
}

impl<'n> NodeLeg<'n> {
    /// The runner of the leg: its own, or else the node's.
    pub fn runner<'a>(&self, node: &'a Node) -> &'a Runner
    where
        'n: 'a,
    {
        self.of_matrix.and_then(|leg| leg.runner.as_ref()).unwrap_or(&node.body.runner)
    }

    /// The definition of a variable in the leg: its own, or else the node's. Without a definition, the variable is
    /// empty.
    pub fn binding<'a>(&self, node: &'a Node, variable: &str) -> Option<&'a Binding>
    where
        'n: 'a,
    {
        let own = self.of_matrix.into_iter().flat_map(|leg| &leg.env);
        own.chain(&node.body.env).find(|binding| binding.variable == variable)
    }

    /// A tool in the leg: its own, or else the node's.
    pub fn tool<'a>(&self, node: &'a Node, name: &str) -> Option<&'a Tool>
    where
        'n: 'a,
    {
        let own = self.of_matrix.into_iter().flat_map(|leg| &leg.tools);
        own.chain(&node.body.tools).find(|tool| tool.name == name)
    }

    /// The value of an axis in the leg.
    pub fn axis(&self, name: &str) -> Option<&'n str> {
        self.of_matrix?.values.get(name).map(String::as_str)
    }

    /// Substitutes the facts that differ between legs.
    fn put_facts(&self, node: &Node, into: &mut Node) {
        let shards = node.body.shards.as_ref().map(|(count, _)| *count);
        let known = |piece: &Piece| match piece {
            Piece::Fact(Fact::Matrix(name)) => self.axis(name).map(str::to_owned),
            Piece::Fact(Fact::ShardIndex) => self.shard.map(|shard| shard.to_string()),
            Piece::Fact(Fact::ShardCount) => shards.map(|count| count.to_string()),
            Piece::Fact(_) | Piece::Literal(_) => None,
        };
        let body = &mut into.body;
        let raw = body.engines.iter_mut().flat_map(|block| &mut block.steps).flat_map(|step| match step {
            EngineStep::Env(binding) => vec![&mut binding.value],
            EngineStep::Action { inputs, .. } => inputs.iter_mut().map(|input| &mut input.value).collect(),
            EngineStep::Run(_) => Vec::new(),
        });
        for value in body.env.iter_mut().map(|binding| &mut binding.value).chain(raw) {
            let mut text = Text::default();
            for piece in &value.pieces {
                text.append(known(piece).map_or_else(|| Text { pieces: vec![piece.clone()] }, Text::literal));
            }
            *value = text;
        }
        for tool in &mut body.tools {
            if let ToolVersion::OfAxis(axis) = &tool.version
                && let Some(value) = self.axis(axis)
            {
                tool.version = ToolVersion::Exact(value.to_owned());
            }
        }
    }
}
