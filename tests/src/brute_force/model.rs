//! The model of a small program: what the generator makes, the printer writes and the oracle judges.

/// A whole workspace in one file.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its pipelines.
    pub pipelines: Vec<Pipeline>,
    /// Its environments.
    pub environments: Vec<Environment>,
}

impl Program {
    /// The environment of that name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}

/// A pipeline.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The ways in.
    pub triggers: Vec<Trigger>,
    /// What it says it protects, of branches and tags alike.
    pub protect: Option<Vec<&'static str>>,
    /// What it says it protects of branches alone.
    pub protect_branch: Option<Vec<&'static str>>,
    /// What it says it protects of tags alone.
    pub protect_tag: Option<Vec<&'static str>>,
    /// The kinds of change, with their globs.
    pub changes: Vec<(&'static str, Vec<&'static str>)>,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// The longest a run may take, in minutes.
    pub budget: Option<u64>,
}

impl Pipeline {
    /// The inputs of its manual runs, with their values.
    pub fn inputs(&self) -> Vec<Input> {
        self.triggers
            .iter()
            .filter_map(|trigger| match trigger {
                Trigger::Manual(inputs) => Some(inputs.clone()),
                _ => None,
            })
            .flatten()
            .collect()
    }
}

/// An input of a manual run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// `fast: bool`
    Fast,
    /// `risk: "low" | "high"`
    Risk,
    /// `ring: string`
    Ring,
}

impl Input {
    /// All of them.
    pub const ALL: [Input; 3] = [Input::Fast, Input::Risk, Input::Ring];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Input::Fast => "fast",
            Input::Risk => "risk",
            Input::Ring => "ring",
        }
    }

    /// The values a condition asks for, and for an open type one more.
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Input::Fast => &["true", "false"],
            Input::Risk => &["low", "high"],
            Input::Ring => &["inner", "outer", "other"],
        }
    }
}

/// A way in.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum Trigger {
    Push(Vec<&'static str>),
    PullRequest(Vec<&'static str>),
    Tag(Vec<&'static str>),
    Schedule,
    Manual(Vec<Input>),
    MergeQueue,
}

/// What started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum Event {
    Push,
    PullRequest,
    Tag,
    Schedule,
    Manual,
    MergeQueue,
}

impl Event {
    /// All of them.
    pub const ALL: [Event; 6] =
        [Event::Push, Event::PullRequest, Event::Tag, Event::Schedule, Event::Manual, Event::MergeQueue];
}

/// When a stage is in a run.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum Condition {
    Event(Event),
    Branch(&'static str),
    Tag(&'static str),
    Changed(Vec<Change>),
    Input(Input, &'static str),
    Fork,
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

/// What `changed` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A kind.
    Kind(&'static str),
    /// Paths.
    Glob(&'static str),
}

/// A stage.
#[derive(Clone, Debug, Default)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// The stages it names after `after`.
    pub after: Option<Vec<String>>,
    /// Its condition.
    pub when: Option<Condition>,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// The longest its nodes may take, in minutes.
    pub budget: Option<u64>,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name; a deploy's is not written.
    pub name: String,
    /// What it yields.
    pub what: What,
    /// The artefacts its body says it uses.
    pub uses: Vec<String>,
    /// The environments whose address its body reads.
    pub reads: Vec<String>,
    /// How long it may take, in minutes; 10, if it does not say.
    pub timeout: Option<u64>,
    /// How often it is tried again.
    pub retry: Option<u64>,
    /// A fact that it hands to its script.
    pub fact: Option<RunFact>,
    /// The role that it signs in as.
    pub identity: Option<&'static str>,
}

/// A fact that not every run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum RunFact {
    TagName,
    BranchName,
    PullRequestNumber,
    Input(Input),
}

impl RunFact {
    /// How a program writes it.
    pub fn word(self) -> String {
        match self {
            RunFact::TagName => "tag.name".to_owned(),
            RunFact::BranchName => "branch.name".to_owned(),
            RunFact::PullRequestNumber => "pull-request.number".to_owned(),
            RunFact::Input(input) => format!("input.{}", input.name()),
        }
    }

    /// The events on which it is there.
    pub fn events(self) -> &'static [Event] {
        match self {
            RunFact::TagName => &[Event::Tag],
            RunFact::BranchName => &[Event::Push, Event::Schedule, Event::Manual],
            RunFact::PullRequestNumber => &[Event::PullRequest],
            RunFact::Input(_) => &[Event::Manual],
        }
    }
}

/// The roles that nodes and environments may sign in as.
pub const ROLES: [&str; 2] =
    ["arn:aws:iam::123456789012:role/shop", "arn:aws:iam::123456789012:role/production"];

/// What a node yields.
#[derive(Clone, Debug)]
pub enum What {
    /// Evidence.
    Gate(Gate),
    /// An artefact.
    Artefact,
    /// A deploy of a set to an environment.
    Deploy(Vec<String>, String),
    /// Neither.
    Job,
}

/// A gate.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Its kind.
    pub kind: &'static str,
    /// The artefacts it judges.
    pub of: Vec<String>,
    /// Whether it only reports.
    pub advisory: bool,
    /// `exempt unless changed …`
    pub unless_changed: Option<Vec<Change>>,
    /// `exempt on fork`
    pub on_fork: bool,
    /// Whether a role may override it.
    pub overridable: bool,
}

/// Evidence of the commit, and of artefacts.
pub const KINDS: [&str; 4] = ["test", "lint", "vulnerability", "acceptance"];

/// Whether evidence of a kind is of artefacts.
pub fn of_artefact(kind: &str) -> bool {
    matches!(kind, "vulnerability" | "acceptance")
}

/// An environment.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Its tier's word.
    pub tier: &'static str,
    /// Whether members' pull requests may enter.
    pub open: bool,
    /// What it comes after.
    pub after: Vec<String>,
    /// The pipelines it lists.
    pub from: Option<Vec<String>>,
    /// The evidence it requires.
    pub requires: Vec<&'static str>,
    /// The role that its deploys sign in as.
    pub identity: Option<&'static str>,
}
