//! What a job does, as data: its acts in order, each with its guard.
//!
//! Each act has a guard. For example, an artefact with `retry 1 because "the mirror fails"` and one script becomes
//!
//! ```text
//! try-1       the script; if it fails, the job continues   limit: the timeout
//! attempt-2   the fixed script `Again`                     when: try-1 failed
//!             check out again, fetch again                 when: attempt-2 succeeded
//! try-2       the script                                   when: attempt-2 succeeded
//! ```

mod clock;
mod deploy;
mod measures;
mod repeat;
mod retry;
mod scripts;

pub(crate) use clock::is_timed;
pub use clock::{CLOCK, time_forth};
pub(crate) use deploy::clean_up;
pub use retry::MOST as MOST_ATTEMPTS;
pub use scripts::title;

use crate::guard::Guard;
use crate::passes::Texts;
use crate::units::Unit;
use crate::value::{Value, Variables};
use pipec_ir::{Checkout, Identity, Node, Registry, Step, Tool};
use pipec_runtime::Script;
use std::borrow::Cow;

/// One action of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Act<'p> {
    /// The title that people see.
    pub title: Cow<'p, str>,
    /// The name by which other acts know it, if one does.
    pub id: Option<String>,
    /// A line for people who read the output.
    pub comment: Option<String>,
    /// The condition under which it happens.
    ///
    /// If the condition names no state of the job, all acts before it must have succeeded, too.
    pub when: Guard,
    /// The meaning of its failure.
    pub failure: Failure,
    /// Its time limit, if that is less than the job's.
    pub limit: Option<Limit>,
    /// The folder in which its script runs, relative to the checkout.
    pub directory: Option<&'p str>,
    /// What it does.
    pub does: Does<'p>,
}

/// The effect of an act.
#[derive(Clone, Debug, PartialEq)]
pub enum Does<'p> {
    /// It checks out the commit of the run.
    Checkout(&'p Checkout),
    /// It checks out the default branch.
    CheckoutDefault,
    /// It restores a cache, if its key file exists.
    RestoreCache(CacheUse<'p>),
    /// It saves a cache that was not found, in runs that satisfy the guard.
    SaveCache(CacheUse<'p>, Guard),
    /// It fetches what another job kept into this folder.
    Fetch(Kept, Value<'p>),
    /// It sets up a tool.
    SetUp(&'p Tool, Version<'p>),
    /// It signs in to a cloud, for all acts after it or for those that are given the login.
    SignIn(&'p Identity, Reach),
    /// It signs in to the cloud of a registry. Only the push after it may use the login; no script may.
    SignInToPush(&'p Registry),
    /// It runs a script of the source; a deploy's action may add variables.
    Script(&'p Step, Variables<'p>),
    /// It runs a fixed script with these parameters.
    Fixed(Script, Vec<(Cow<'static, str>, Value<'p>)>),
    /// It runs a raw block, by its place among those of the engine.
    Raw(usize),
    /// It judges the jobs of [`crate::Lowering::judged`].
    Judge,
    /// It keeps files for other jobs or for people.
    Keep(Keep<'p>),
    /// It sends a report to code scanning.
    SendToCodeScanning {
        /// The path of the report.
        file: Cow<'p, str>,
        /// The name that keeps it apart from other reports.
        category: Value<'p>,
    },
}

/// A cache, as a node uses it.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheUse<'p> {
    /// The act that restores it.
    pub id: String,
    /// What is cached, relative to the checkout or to the home folder.
    pub path: Cow<'p, str>,
    /// The key file, relative to the checkout: its content is a part of the key.
    pub key_file: Cow<'p, str>,
    /// The name of the node and its leg, which is a part of the key.
    pub name: Value<'p>,
}

/// Who has a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All acts after it.
    All,
    /// Only the acts that are given what it got, if the provider can keep a login apart.
    Given,
}

/// What a job kept for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// This artefact.
    Whole(String),
    /// What the legs have built of this artefact.
    OfLegs(String),
}

/// Files that are kept after the job.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep<'p> {
    /// The name under which they are kept.
    pub name: Value<'p>,
    /// The patterns that they match, one in a line.
    pub paths: Value<'p>,
    /// Whether it is an error if there are none.
    pub is_required: bool,
    /// Whether they are compressed already.
    pub is_compressed: bool,
}

/// The version of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version<'p> {
    /// This one.
    Exact(&'p str),
    /// The one that this file names.
    InFile(&'p str),
    /// The value of this axis in the leg; the axis has these values.
    OfAxis(&'p str, &'p [String]),
    /// The version that the leg has of its own.
    OfLeg,
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

/// What the acts of a node need from the acts before them.
pub(crate) struct Surroundings<'s, 'p> {
    /// What texts mean in the job of the unit.
    pub(crate) texts: Texts<'s, 'p>,
    /// The unit that the job is of.
    pub(crate) unit: &'s Unit,
    /// For each raw block of the engine, how many scripts come before it.
    pub(crate) blocks: &'s [usize],
    /// The guard that the node is not exempt.
    pub(crate) unless_exempt: &'s Guard,
    /// The acts that each attempt of several needs again.
    pub(crate) brought: &'s [Act<'p>],
    /// The acts that sign in.
    pub(crate) logins: &'s [Act<'p>],
}

impl<'p> Act<'p> {
    pub(crate) fn new(title: impl Into<Cow<'p, str>>, does: Does<'p>) -> Act<'p> {
        Act {
            title: title.into(),
            id: None,
            comment: None,
            when: Guard::Always,
            failure: Failure::Counts,
            limit: None,
            directory: None,
            does,
        }
    }

    pub(crate) fn fixed<const N: usize>(
        title: impl Into<Cow<'p, str>>,
        script: Script,
        parameters: [(&'static str, Value<'p>); N],
    ) -> Act<'p> {
        let parameters = parameters.into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
        Act::new(title, Does::Fixed(script, parameters.collect()))
    }

    /// Adds a parameter to a fixed script.
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: Value<'p>) -> Act<'p> {
        if let Does::Fixed(_, parameters) = &mut self.does {
            parameters.push((name.into(), value));
        }
        self
    }

    pub(crate) fn with_id(mut self, id: impl Into<String>) -> Act<'p> {
        self.id = Some(id.into());
        self
    }

    pub(crate) fn when(mut self, guard: Guard) -> Act<'p> {
        self.when = guard;
        self
    }

    /// Sets the folder in which it runs.
    pub(crate) fn in_directory(mut self, directory: Option<&'p str>) -> Act<'p> {
        self.directory = directory;
        self
    }

    /// Lets the job go on after its failure, for this reason.
    pub(crate) fn going_on(mut self, because: &'static str) -> Act<'p> {
        self.failure = Failure::GoesOn(because);
        self
    }

    /// The same act once more, under a further condition.
    ///
    /// It has no id: later acts read the outputs of the first one, which had the same input.
    fn again(&self, when: &Guard) -> Act<'p> {
        Act {
            title: Cow::Owned(format!("{} again", self.title)),
            id: None,
            comment: None,
            when: Guard::all([when.clone(), self.when.clone()]),
            ..self.clone()
        }
    }
}

/// The folder of a node's scripts, relative to the checkout.
pub fn directory(node: &Node) -> Option<&str> {
    node.body.directory.as_ref().map(|(directory, _)| directory.as_str())
}

/// The acts that run the scripts and measures of a node.
pub(crate) fn of_node<'p>(node: &'p Node, around: &Surroundings<'_, 'p>) -> Vec<Act<'p>> {
    let acting = node.deploy().filter(|deploy| deploy.actions().next().is_some());
    match (acting, node.quorum()) {
        (Some(deploy), _) => deploy::acts(node, deploy, around),
        (None, Some(quorum)) => repeat::acts(node, quorum, around.unless_exempt),
        (None, None) if node.attempts() > 1 => retry::acts(node, around.brought),
        (None, None) => scripts::acts(node, around.blocks, around.unless_exempt),
    }
}

/// The guard that an act has run, whatever its result.
fn ran(id: &str) -> Guard {
    Guard::any([Guard::succeeded_act(id), Guard::failed_act(id)])
}
