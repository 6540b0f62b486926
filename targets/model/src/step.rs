//! The steps of a job: what each does and what it is given.

use crate::Value;
use pipec_ir::Provider;
use pipec_runtime::Script;
use std::rc::Rc;

/// A step of a job, in one leg of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its line in the output, from 1.
    pub line: usize,
    /// Its id, by which later steps of the job refer to it.
    pub id: Option<String>,
    /// The title that people see.
    pub title: Option<Value>,
    /// What it does.
    pub does: Does,
    /// The action that it calls, as the output says it; a script calls none.
    pub action: Option<ActionCall>,
    /// The variables that it is given beside those of the job.
    pub env: Vec<Given>,
    /// The condition on which it runs.
    pub condition: ConditionId,
    /// Whether its failure lets the job go on. `None` if the output does not say.
    pub goes_on: Option<bool>,
    /// The folder that it works in, seen from the checkout.
    pub directory: Option<Value>,
    /// The longest time that it may take.
    pub limit: Option<Limit>,
}

impl Step {
    /// The value of a variable that it is given.
    pub fn env(&self, name: &str) -> Option<&Value> {
        self.env.iter().find(|given| &*given.name == name).map(|given| &given.value)
    }

    /// The text of a variable that it is given, if all of it is known.
    pub fn env_literal(&self, name: &str) -> Option<&str> {
        self.env(name)?.as_literal()
    }

    /// Whether it runs this fixed script.
    pub fn runs(&self, script: Script) -> bool {
        self.does == Does::Runtime(script)
    }
}

/// The condition of a step: equal numbers of one job are equal conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionId(pub usize);

impl ConditionId {
    /// The step runs exactly if every step before it succeeded and nobody stopped the job.
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

/// A call of an action, as the output says it.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionCall {
    /// The reference: `owner/name@commit`.
    pub uses: String,
    /// Its inputs.
    pub inputs: Vec<Given>,
}

/// How long a step may take.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// That many minutes.
    Minutes(f64),
    /// As many minutes as an earlier step of the job worked out.
    OutputOf {
        /// The step.
        step: String,
        /// Its output.
        output: String,
    },
    /// Anything.
    Unknown,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    /// It runs a fixed script.
    Runtime(Script),
    /// It runs another script.
    Script(ScriptText),
    /// It checks out the commit of the run.
    Checkout(CheckoutOf),
    /// It fetches artefacts that other jobs of this run stored.
    Fetch(Fetched),
    /// It stores files as an artefact of the run.
    Keep(Kept),
    /// It sends a report to the platform's code scanning.
    SendReport {
        /// The file, seen from the checkout.
        file: Option<String>,
        /// The name under which the platform tells it apart.
        category: Option<String>,
    },
    /// It takes on an identity.
    SignIn {
        /// Who lends it.
        provider: Provider,
        /// The role. `None` if it is not known.
        role: Option<String>,
    },
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
    /// It does something that this model has no word for; a raw step of the source may.
    Other,
}

/// A script that is not one of the fixed ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptText {
    /// Its bytes, as they stand in the output once decoded.
    pub bytes: Rc<[u8]>,
    /// Whether the shell reads exactly these bytes on every machine. If not, each line ends as the machine has it.
    pub is_exact: bool,
}

/// What a step fetches of the artefacts of its run.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetched {
    /// Which artefacts.
    pub which: Which,
    /// The folder that their files are put in.
    pub into: Value,
    /// Whether it says anything that this model does not know.
    pub is_unknown: bool,
}

/// Which artefacts a step fetches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of this name.
    Named(String),
    /// All whose names are this one, a dot, and anything: what the legs of a job stored.
    LegsOf(String),
}

/// What a checkout brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckoutOf {
    /// All commits, not only that of the run.
    pub full_history: bool,
    /// The submodules, and theirs.
    pub submodules: bool,
    /// The files that git keeps elsewhere (LFS).
    pub large_files: bool,
    /// Whether the token of the job stays in the checkout, where every later script can read it.
    pub keeps_token: bool,
    /// Whether it says anything that this model does not know.
    pub is_unknown: bool,
}

/// What a step stores as an artefact of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The name. `None` if it is no literal.
    pub name: Option<String>,
    /// The files.
    pub paths: Value,
    /// What becomes of the step if there is no file.
    pub if_missing: IfMissing,
    /// Whether it takes the place of an artefact of the same name.
    pub overwrites: bool,
    /// Whether hidden files are stored too.
    pub with_hidden: bool,
    /// Whether it sets how strongly the files are packed.
    pub sets_compression: bool,
}

/// What becomes of a step that stores files if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMissing {
    /// It fails.
    Fail,
    /// It succeeds in silence.
    Ignore,
    /// It warns, or it is not known.
    Other,
}

/// The version that a tool is set up at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolVersion {
    /// This version.
    Exact(String),
    /// The version that a file of the checkout names.
    FromFile(String),
    /// Anything.
    Unknown,
}

/// A cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Cached {
    /// The folder. `None` if it is no literal.
    pub path: Option<String>,
    /// The key.
    pub key: Value,
}
