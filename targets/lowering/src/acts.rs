//! The acts of a node's job, as data: its scripts and measures, in order.
//!
//! Each act has a guard. For example, an artefact with `retry 1 because "the mirror fails"` and one script becomes
//!
//! ```text
//! try-1       the script; if it fails, the job continues   limit: the timeout
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

/// One action of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Act<'p> {
    /// Its title for people.
    pub title: String,
    /// Its name, if other acts refer to it.
    pub id: Option<String>,
    /// A line for people who read the output.
    pub comment: Option<String>,
    /// When it happens. Without its own guard, it happens if all earlier acts have succeeded.
    pub when: Guard,
    /// The meaning of its failure.
    pub failure: Failure,
    /// Its time limit, if that is less than the job's.
    pub limit: Option<Limit>,
    /// Its effect.
    pub does: Does<'p>,
}

/// The effect of an act.
#[derive(Clone, Debug, PartialEq)]
pub enum Does<'p> {
    /// It runs a script of the source; a deploy's action may add variables.
    Script(&'p Step, ActionVariables<'p>),
    /// It checks a report. In a repeated gate, the numbers are the repetition and the total.
    Measure(&'p Measure, Option<(u64, u64)>),
    /// It runs a fixed script with these parameters.
    Fixed(Script, Vec<(&'static str, Value)>),
    /// It repeats the preparation: checkout, caches, artefacts, logins.
    Bring,
    /// It logs in again.
    SignIn,
    /// It runs a raw block of the engine. The number is the index among the engine's blocks.
    Raw(usize),
}

/// The variables that an action of a deploy gives to its scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ActionVariables<'p> {
    /// The variables of its `env`.
    pub env: &'p [Binding],
    /// The weight of the traffic.
    pub weight: Option<&'p str>,
}

/// The meaning of an act's failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The job fails.
    Counts,
    /// The job continues, for this reason.
    GoesOn(&'static str),
    /// The job continues, and a later act counts the outcome.
    IsCounted,
}

/// The time limit of an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A number of milliseconds.
    Milliseconds(u64),
    /// The output `minutes` of an earlier act.
    LeftBy(String),
}

/// A parameter of a fixed script, as a sequence of parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The parts, in order.
    pub parts: Vec<ValuePart>,
}

/// A part of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValuePart {
    /// A text.
    Text(String),
    /// An output of an earlier act.
    Output(String, &'static str),
    /// The outcome of an earlier act: `success`, `failure`, `cancelled` or `skipped`.
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

/// How often a repeated gate runs, and how often it must pass.
pub fn quorum(node: &Node) -> Option<Quorum> {
    match &node.kind {
        NodeKind::Gate(gate) => gate.quorum,
        _ => None,
    }
}

/// The acts of a node.
///
/// `blocks` has the number of scripts before each raw block of the engine. `unless_exempt` is the guard that the node
/// is not exempt.
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

/// That an act has run, with any outcome.
fn ran(id: &str) -> Guard {
    Guard::any([Guard::succeeded_act(id), Guard::failed_act(id)])
}
