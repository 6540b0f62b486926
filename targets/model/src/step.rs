//! The steps of a job: the effect of each, and its values.
//!
//! ```text
//! - name: Check out                          title: Literal("Check out")
//!   uses: actions/checkout@3d3c42e…          does: Checkout, with the commit of the run
//!   with:                                    action: the call and its two inputs, as written
//!     fetch-depth: 0                         full_history: true
//!     persist-credentials: false             keeps_token: false
//!                                            condition: ConditionId::PLAIN, since there is no `if`
//! ```

use crate::Value;
use pipec_ir::Provider;
use pipec_runtime::Script;
use std::rc::Rc;

/// A step of a job, in one leg of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its line in the output, from 1.
    pub line: usize,
    /// Its id. Later steps of the job refer to it.
    pub id: Option<String>,
    /// Its title for people.
    pub title: Option<Value>,
    /// Its effect.
    pub does: Does,
    /// The action that it calls, as written in the output. `None` for a script.
    pub action: Option<ActionCall>,
    /// Its own variables, in addition to those of the job.
    pub env: Vec<Given>,
    /// Its condition.
    pub condition: ConditionId,
    /// Whether the job continues after its failure. `None` if the output does not state it.
    pub goes_on: Option<bool>,
    /// Its working directory, relative to the checkout.
    pub directory: Option<Value>,
    /// Its time limit.
    pub limit: Option<Limit>,
}

impl Step {
    /// The value of one of its variables.
    pub fn env(&self, name: &str) -> Option<&Value> {
        self.env.iter().find(|given| &*given.name == name).map(|given| &given.value)
    }

    /// The text of one of its variables, if all of it is known.
    pub fn env_literal(&self, name: &str) -> Option<&str> {
        self.env(name)?.as_literal()
    }

    /// Whether it runs this fixed script.
    pub fn runs(&self, script: Script) -> bool {
        self.does == Does::Runtime(script)
    }
}

/// The condition of a step. In one job, equal numbers mean equal conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionId(pub usize);

impl ConditionId {
    /// The step runs exactly if every earlier step succeeded and nothing stopped the job.
    pub const PLAIN: ConditionId = ConditionId(0);
}

/// A variable or an input, and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The name.
    pub name: Rc<str>,
    /// The value.
    pub value: Value,
    /// Whether the value may hold a secret or the token of the job.
    pub is_confidential: bool,
    /// Its line in the output, from 1.
    pub line: usize,
}

/// A call of an action, as written in the output.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionCall {
    /// The reference: `owner/name@commit`.
    pub uses: String,
    /// Its inputs.
    pub inputs: Vec<Given>,
}

/// The time limit of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// A number of minutes.
    Minutes(f64),
    /// The number of minutes in an output of an earlier step.
    OutputOf {
        /// The step.
        step: String,
        /// Its output.
        output: String,
    },
    /// Unknown.
    Unknown,
}

/// The effect of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    /// It runs a fixed script.
    Runtime(Script),
    /// It runs another script.
    Script(ScriptText),
    /// It checks out code.
    Checkout(CheckoutOf),
    /// It fetches artefacts that other jobs of this run stored.
    Fetch(Fetched),
    /// It stores files as an artefact of the run.
    Keep(Kept),
    /// It sends a report to the platform's code scanning.
    SendReport {
        /// The file, relative to the checkout.
        file: Option<String>,
        /// The name that distinguishes it on the platform.
        category: Option<String>,
    },
    /// It logs in with an identity.
    SignIn(SignIn),
    /// It sets up a tool.
    SetUp {
        /// The tool.
        tool: &'static str,
        /// The version.
        version: ToolVersion,
    },
    /// It restores a cache, if there is one under the key.
    RestoreCache(Cached),
    /// It saves a cache.
    SaveCache(Cached),
    /// An effect that this model does not know. A raw step of the source may have one.
    Other,
}

/// A login with an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// The provider.
    pub provider: Provider,
    /// The role. `None` if the step has other inputs than a login with a role needs.
    pub role: Option<String>,
    /// The region, if the provider asks for one.
    pub region: Option<String>,
    /// What it leaves for later steps.
    pub leaves: Leaves,
}

/// What a login leaves for the later steps of its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Variables or a session that every later step finds.
    Session,
    /// Outputs, and a file with which tools get tokens. A step finds them only if it is given them.
    File,
    /// Only outputs.
    Outputs,
}

/// A script that is not one of the fixed ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptText {
    /// Its bytes, decoded if the output encodes them.
    pub bytes: Rc<[u8]>,
    /// Whether the shell reads exactly these bytes on every machine. If not, the line ends are those of the machine.
    pub is_exact: bool,
}

/// The artefacts that a step fetches.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// Which artefacts.
    pub which: Which,
    /// The folder for the files.
    pub into: Value,
    /// Whether it has a part that this model does not know.
    pub is_unknown: bool,
}

/// Which artefacts a step fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The artefact with this name.
    Named(String),
    /// The artefacts with this name, a dot and any suffix. The legs of a job store them.
    LegsOf(String),
}

/// The contents of a checkout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckoutOf {
    /// The revision of the code.
    pub revision: Revision,
    /// All commits, not only the run's.
    pub full_history: bool,
    /// The submodules, recursively.
    pub submodules: bool,
    /// The contents of Git LFS.
    pub large_files: bool,
    /// Whether the token of the job stays in the checkout. Every later script could then read it.
    pub keeps_token: bool,
    /// Whether it has a part that this model does not know.
    pub is_unknown: bool,
}

/// The revision that a checkout brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revision {
    /// The commit of the run.
    #[default]
    OfRun,
    /// The head of the default branch, for every event.
    DefaultBranch,
}

/// The files that a step stores as an artefact of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The name. `None` if it is not literal.
    pub name: Option<String>,
    /// The files.
    pub paths: Value,
    /// The result of the step if there is no file.
    pub if_missing: IfMissing,
    /// Whether it replaces an artefact with the same name.
    pub overwrites: bool,
    /// Whether hidden files are stored, too.
    pub with_hidden: bool,
    /// Whether it sets the compression level.
    pub sets_compression: bool,
}

/// The result of a step that stores files if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMissing {
    /// It fails.
    Fail,
    /// It succeeds without a message.
    Ignore,
    /// It warns, or its result is unknown.
    Other,
}

/// The version of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolVersion {
    /// This version.
    Exact(String),
    /// The version in a file of the checkout.
    FromFile(String),
    /// Unknown.
    Unknown,
}

/// A cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Cached {
    /// The folder. `None` if it is not literal.
    pub path: Option<String>,
    /// The key.
    pub key: Value,
}
