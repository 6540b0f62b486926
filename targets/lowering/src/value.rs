//! Values of variables and parameters, as data that each engine renders in its own language.
//!
//! For example, `env URL = "https://pr-{pull-request.number}.example.org"` becomes
//!
//! ```text
//! [Text("https://pr-"), Fact(PullRequest), Text(".example.org")]
//! ```
//!
//! which GitHub renders as
//!
//! ```yaml
//! URL: https://pr-${{ github.event.pull_request.number }}.example.org
//! ```

use pipec_ir::Sidecar;
use std::borrow::Cow;
use std::rc::Rc;

/// A value: its parts, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value<'p> {
    /// In order.
    pub parts: Vec<Part<'p>>,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<'p> {
    /// A text.
    Text(Cow<'p, str>),
    /// A fact of the run.
    Fact(RunFact),
    /// What a raw step of this name left as this output.
    RawOutput(&'p str, &'p str),
    /// An input of a manual run.
    Input(Cow<'p, str>),
    /// All inputs of the run, in JSON.
    Inputs,
    /// An output of an act before in the same job.
    Output(Cow<'p, str>, Cow<'p, str>),
    /// The first output of this name that is not empty, of these acts before.
    FirstOutput(Vec<String>, &'static str),
    /// How an act before ended: `success`, `failure`, `cancelled` or `skipped`.
    Ending(Cow<'p, str>),
    /// How a job before ended, in the same words.
    Result(Rc<str>),
    /// How all jobs before ended, and what they handed on, in JSON.
    Results,
    /// What a job before handed on.
    HandedOn(HandedOn),
    /// The reference of an image.
    ///
    /// It is the digest if the image was pushed, else the layout in the job.
    Image {
        /// The name of the image.
        name: &'p str,
        /// The digest from the job that pushes it; empty if that job did not run.
        digest: HandedOn,
        /// The folder of the layout, below [`Part::Scratch`].
        layout: String,
    },
    /// The token of the job.
    Token,
    /// A secret that the platform stores, by its name.
    Secret(&'p str),
    /// What this act before has got by logging in.
    OfLogin(String, Credential),
    /// A setting: the value that the platform holds, or else its default.
    Setting(&'p pipec_ir::Setting),
    /// The folder for what a job leaves until its end.
    Scratch,
    /// The name of the leg.
    LegName,
    /// The value of a variable that differs between legs.
    LegVariable(&'p str),
    /// The value of an axis of the matrix.
    Axis(&'p str),
    /// The number of the shard, from 1.
    Shard,
    /// The pull request for which this leg was made.
    PullRequestOfLeg,
    /// The newest commit of the pull request.
    PullRequestHead,
    /// Where the sidecar is: a name or an address.
    SidecarHost(&'p Sidecar),
    /// The port of the sidecar, which is given too, as its job reaches it.
    SidecarPort(&'p Sidecar, u64),
    /// The container of a sidecar.
    SidecarContainer(&'p Sidecar),
    /// The name by which the engine knows the output.
    OutputName,
    /// The path of the output.
    OutputPath,
    /// A fact that has no meaning in its place. The analysis refuses such a source, so this is a bug in the compiler.
    Unresolved(&'p pipec_ir::Fact),
}

/// What a login at a cloud gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The id of an access key of AWS.
    AccessKeyId,
    /// The secret of the access key.
    SecretAccessKey,
    /// The session that the access key belongs to.
    SessionToken,
    /// A token of Google Cloud.
    Token,
    /// The path of a file with which Google's tools get tokens.
    File,
}

/// Variables and their values, in the order in which an output lists them.
pub type Variables<'p> = Vec<(Cow<'p, str>, Value<'p>)>;

/// A fact of the run: the engine knows it, or an act works it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunFact {
    /// The commit: 40 hexadecimal digits.
    CommitSha,
    /// The first 12 digits of the commit.
    CommitShort,
    /// The name of the tag.
    TagName,
    /// The name of the tag from its first digit on.
    TagVersion,
    /// The name of the branch.
    BranchName,
    /// The number of the pull request; empty if there is none.
    PullRequest,
    /// The number of the run.
    RunNumber,
    /// Where people see the run.
    RunUrl,
}

/// An output of several jobs, of which at most one runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOn {
    /// The jobs.
    pub jobs: Vec<Rc<str>>,
    /// The name of what it handed on.
    pub name: &'static str,
    /// The leg that handed it on, if each leg has a value of its own.
    pub leg: Option<String>,
}

impl<'p> Value<'p> {
    /// A text.
    pub(crate) fn text(text: impl Into<Cow<'p, str>>) -> Value<'p> {
        Value::part(Part::Text(text.into()))
    }

    /// A single part.
    pub(crate) fn part(part: Part<'p>) -> Value<'p> {
        Value { parts: vec![part] }
    }

    /// An output of an act before in the same job.
    pub(crate) fn output(act: impl Into<Cow<'p, str>>, name: impl Into<Cow<'p, str>>) -> Value<'p> {
        Value::part(Part::Output(act.into(), name.into()))
    }

    /// An input of a manual run.
    pub(crate) fn input(name: impl Into<Cow<'p, str>>) -> Value<'p> {
        Value::part(Part::Input(name.into()))
    }

    /// A fact of the run.
    pub(crate) fn fact(fact: RunFact) -> Value<'p> {
        Value::part(Part::Fact(fact))
    }

    /// These lines. The last one has no end.
    pub(crate) fn lines(lines: impl IntoIterator<Item = impl AsRef<str>>) -> Value<'p> {
        Value::text(lines.into_iter().fold(String::new(), |mut text, line| {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(line.as_ref());
            text
        }))
    }

    /// A path in the folder for what a job leaves until its end.
    pub(crate) fn in_scratch(path: impl Into<Cow<'p, str>>) -> Value<'p> {
        Value { parts: vec![Part::Scratch, Part::Text(path.into())] }
    }

    /// With a part added.
    pub(crate) fn and(mut self, part: Part<'p>) -> Value<'p> {
        self.parts.push(part);
        self
    }

    /// With a text added.
    pub(crate) fn and_text(self, text: impl Into<Cow<'p, str>>) -> Value<'p> {
        self.and(Part::Text(text.into()))
    }

    /// With another value added.
    pub(crate) fn and_value(mut self, other: Value<'p>) -> Value<'p> {
        self.parts.extend(other.parts);
        self
    }
}
