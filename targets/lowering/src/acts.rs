//! What the job of a node does itself, as data: its scripts and measures, in order, each with its guard.
//!
//! For example, an artefact with `retry 1 because "the mirror fails"` and one script becomes
//!
//! ```text
//! try-1       the script; if it fails, the job goes on     limit: the timeout
//! attempt-2   the fixed script `Again`                     when: try-1 failed
//!             bring everything again                       when: attempt-2 succeeded
//! try-2       the script                                   when: attempt-2 succeeded
//! ```

mod deploy;
mod repeat;
mod retry;
mod scripts;

pub use deploy::{CLOCK, WEIGHT, time_forth};
pub use retry::{MOST as MOST_ATTEMPTS, attempts, retry};
pub use scripts::title;

use crate::guard::Guard;
use pipec_ir::{Binding, Measure, Node, NodeKind, Quorum, Step};
use pipec_runtime::Script;

/// One thing that a job does.
#[derive(Clone, Debug, PartialEq)]
pub struct Act<'p> {
    /// What people see.
    pub title: String,
    /// The name by which other acts know it, if one does.
    pub id: Option<String>,
    /// A line for people who read the output.
    pub comment: Option<String>,
    /// When it happens. An act without a guard of its own happens if all acts before it have succeeded.
    pub when: Guard,
    /// What its failure means.
    pub failure: Failure,
    /// How long it may take, if that is less than its job.
    pub limit: Option<Limit>,
    /// What it does.
    pub does: Does<'p>,
}

/// What an act does.
#[derive(Clone, Debug, PartialEq)]
pub enum Does<'p> {
    /// It runs a script of the source; a deploy's action may add variables.
    Script(&'p Step, ActionVariables<'p>),
    /// It judges a report, which may be that of a run of so many.
    Measure(&'p Measure, Option<(u64, u64)>),
    /// It runs a fixed script with these parameters.
    Fixed(Script, Vec<(&'static str, Value)>),
    /// It does again what was done before the scripts: checkout, caches, artefacts, logins.
    Bring,
    /// It signs in again.
    SignIn,
    /// It does what a raw block of the engine says, by the block's place among those of the engine.
    Raw(usize),
}

/// The variables that an action of a deploy gives to its scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ActionVariables<'p> {
    /// What its `env` says.
    pub env: &'p [Binding],
    /// The weight that it acts at.
    pub weight: Option<&'p str>,
}

/// What the failure of an act means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The job fails.
    Counts,
    /// The job goes on, for this reason.
    GoesOn(&'static str),
    /// The job goes on, and a later act counts how this one ended.
    IsCounted,
}

/// How long an act may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Milliseconds.
    Milliseconds(u64),
    /// The output `minutes` of an act before it.
    LeftBy(String),
}

/// A parameter of a fixed script: its parts, put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// In order.
    pub parts: Vec<ValuePart>,
}

/// A part of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValuePart {
    /// A text.
    Text(String),
    /// An output of an act before.
    Output(String, &'static str),
    /// How an act before ended: `success`, `failure`, `cancelled` or `skipped`.
    Ending(String),
}

impl Value {
    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Value {
        Value { parts: vec![ValuePart::Text(text.into())] }
    }
}

impl<'p> Act<'p> {
    fn new(title: impl Into<String>, does: Does<'p>) -> Act<'p> {
        Act {
            title: title.into(),
            id: None,
            comment: None,
            when: Guard::Always,
            failure: Failure::Counts,
            limit: None,
            does,
        }
    }

    fn fixed(
        title: impl Into<String>,
        script: Script,
        parameters: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Act<'p> {
        Act::new(title, Does::Fixed(script, parameters.into_iter().collect()))
    }

    fn with_id(mut self, id: impl Into<String>) -> Act<'p> {
        self.id = Some(id.into());
        self
    }

    fn when(mut self, guard: Guard) -> Act<'p> {
        self.when = guard;
        self
    }
}

/// How often a gate runs, and how often it must pass, if it is repeated.
pub fn quorum(node: &Node) -> Option<Quorum> {
    match &node.kind {
        NodeKind::Gate(gate) => gate.quorum,
        _ => None,
    }
}

/// The acts of a node.
///
/// `blocks` says for each raw block of the engine how many scripts come before it, and `unless_exempt` when the node has
/// something to do at all.
pub fn of_node<'p>(node: &'p Node, blocks: &[usize], unless_exempt: &Guard) -> Vec<Act<'p>> {
    let acting = match &node.kind {
        NodeKind::Deploy(deploy) => Some(deploy).filter(|deploy| deploy.actions().next().is_some()),
        _ => None,
    };
    match (acting, quorum(node)) {
        (Some(deploy), _) => deploy::acts(node, deploy),
        (None, Some(quorum)) => repeat::acts(node, quorum, unless_exempt),
        (None, None) if attempts(node) > 1 => retry::acts(node),
        (None, None) => scripts::acts(node, blocks, unless_exempt),
    }
}

/// That an act has run, whatever came of it.
fn ran(id: &str) -> Guard {
    Guard::any([Guard::succeeded_act(id), Guard::failed_act(id)])
}
