//! A small program as data. The generator makes it, the printer prints it, and the oracle checks it.

/// A whole workspace in one file.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its pipelines.
    pub pipelines: Vec<Pipeline>,
    /// Its environments.
    pub environments: Vec<Environment>,
}

impl Program {
    /// The environment with a name.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }
}

/// A pipeline.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    /// Its name.
    pub name: String,
    /// The triggers.
    pub triggers: Vec<Trigger>,
    /// The protected branches and tags.
    pub protect: Option<Vec<&'static str>>,
    /// The protected branches.
    pub protect_branch: Option<Vec<&'static str>>,
    /// The protected tags.
    pub protect_tag: Option<Vec<&'static str>>,
    /// The kinds of change, with their globs.
    pub changes: Vec<(&'static str, Vec<&'static str>)>,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// The maximum time of a run, in minutes.
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
    /// All inputs.
    pub const ALL: [Input; 3] = [Input::Fast, Input::Risk, Input::Ring];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Input::Fast => "fast",
            Input::Risk => "risk",
            Input::Ring => "ring",
        }
    }

    /// The values in conditions. An open type has one more.
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Input::Fast => &["true", "false"],
            Input::Risk => &["low", "high"],
            Input::Ring => &["inner", "outer", "other"],
        }
    }
}

/// An event that starts the pipeline, with its filter.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Trigger {
    Push(Vec<&'static str>),
    PullRequest(Vec<&'static str>),
    Tag(Vec<&'static str>),
    Schedule,
    Manual(Vec<Input>),
    MergeQueue,
}

/// An event that starts a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Event {
    Push,
    PullRequest,
    Tag,
    Schedule,
    Manual,
    MergeQueue,
}

impl Event {
    /// All events.
    pub const ALL: [Event; 6] =
        [Event::Push, Event::PullRequest, Event::Tag, Event::Schedule, Event::Manual, Event::MergeQueue];
}

/// The condition of a stage.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
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

/// An operand of `changed`.
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
    /// The stages in its `after`.
    pub after: Option<Vec<String>>,
    /// Its condition.
    pub when: Option<Condition>,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// The maximum time of its nodes, in minutes.
    pub budget: Option<u64>,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name. A deploy's name is not written.
    pub name: String,
    /// Its kind.
    pub what: What,
    /// The artefacts that its body uses.
    pub uses: Vec<String>,
    /// The environments whose address its body reads.
    pub reads: Vec<String>,
    /// The timeout in minutes; 10 if there is none.
    pub timeout: Option<u64>,
    /// The number of additional attempts.
    pub retry: Option<u64>,
    /// A fact that its script uses.
    pub fact: Option<RunFact>,
    /// The role that it assumes.
    pub identity: Option<&'static str>,
}

/// A fact that not every run has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum RunFact {
    TagName,
    BranchName,
    PullRequestNumber,
    Input(Input),
}

impl RunFact {
    /// Its form in a program.
    pub fn word(self) -> String {
        match self {
            RunFact::TagName => "tag.name".to_owned(),
            RunFact::BranchName => "branch.name".to_owned(),
            RunFact::PullRequestNumber => "pull-request.number".to_owned(),
            RunFact::Input(input) => format!("input.{}", input.name()),
        }
    }

    /// The events with this fact.
    pub fn events(self) -> &'static [Event] {
        match self {
            RunFact::TagName => &[Event::Tag],
            RunFact::BranchName => &[Event::Push, Event::Schedule, Event::Manual],
            RunFact::PullRequestNumber => &[Event::PullRequest],
            RunFact::Input(_) => &[Event::Manual],
        }
    }
}

/// The roles that nodes and environments may assume.
pub const ROLES: [&str; 2] =
    ["arn:aws:iam::123456789012:role/shop", "arn:aws:iam::123456789012:role/production"];

/// The kind of a node.
#[derive(Clone, Debug)]
pub enum What {
    /// A gate.
    Gate(Gate),
    /// An artefact.
    Artefact,
    /// A deploy of artefacts to an environment.
    Deploy(Vec<String>, String),
    /// A job.
    Job,
}

/// A gate.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Its kind.
    pub kind: &'static str,
    /// The artefacts that it checks.
    pub of: Vec<String>,
    /// Whether it is advisory.
    pub advisory: bool,
    /// `exempt unless changed …`
    pub unless_changed: Option<Vec<Change>>,
    /// `exempt on fork`
    pub on_fork: bool,
    /// Whether a role may override it.
    pub overridable: bool,
}

/// Kinds of evidence of the commit, and of artefacts.
pub const KINDS: [&str; 4] = ["test", "lint", "vulnerability", "acceptance"];

/// Whether a kind of evidence is about artefacts.
pub fn is_of_artefact(kind: &str) -> bool {
    matches!(kind, "vulnerability" | "acceptance")
}

/// An environment.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// The keyword of its tier.
    pub tier: &'static str,
    /// Whether pull requests of members may enter.
    pub open: bool,
    /// The environments before it.
    pub after: Vec<String>,
    /// The pipelines that it lists.
    pub from: Option<Vec<String>>,
    /// The evidence it requires.
    pub requires: Vec<&'static str>,
    /// The role that its deploys assume.
    pub identity: Option<&'static str>,
}
