//! The values of a step, which the engine builds when it starts.
//!
//! Variables of a step outside a container, and the parts of their values:
//!
//! ```text
//! TAG: v${{ github.sha }}                                            Literal("v"), Fact(CommitSha)
//! FILE: ${{ runner.temp }}/app.tar                                   Scratch, Literal("/app.tar")
//! TOKEN: ${{ secrets.TOKEN }}                                        Secret("TOKEN")
//! URL: ${{ vars.URL || 'http://localhost' }}                         Setting { name: "URL", default: "http://localhost" }
//! DIGEST: ${{ needs.a.outputs.digest || needs.b.outputs.digest }}    JobOutput { jobs: ["a", "b"], output: "digest" }
//! WHO: ${{ github.actor }}                                           Engine("github.actor")
//! ```

use pipec_ir::Fact;
use std::rc::Rc;

/// A text that the engine builds when a step starts.
///
/// Its parts are in normal form: no literal is empty, and no two literals are adjacent. So two values are equal exactly
/// if they are built in the same way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value {
    parts: Vec<Part>,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Known text.
    Literal(Rc<str>),
    /// A fact of the run, such as the commit or an input.
    Fact(Fact),
    /// The name of the run's branch, or of its tag.
    RefName,
    /// A folder that exists as long as the job.
    Scratch,
    /// A secret, by its name.
    Secret(String),
    /// A value that the platform holds, or else a default.
    Setting {
        /// Its name on the platform.
        name: String,
        /// Its value if the platform holds none, or an empty one.
        default: String,
    },
    /// What a login of the same job got.
    OfLogin {
        /// The id of the step that logs in.
        step: String,
        /// What it got.
        got: Credential,
    },
    /// The token of the job.
    Token,
    /// An output of a step of the same job, by the ids.
    StepOutput {
        /// The step.
        step: String,
        /// The output.
        output: String,
    },
    /// An output of several steps of the same job: the first nonempty one. Empty if there is none.
    FirstOutputOf {
        /// The steps, in order.
        steps: Vec<String>,
        /// The output.
        output: String,
    },
    /// The outcome of a step of the same job: `success`, `failure`, `cancelled` or `skipped`.
    StepOutcome(String),
    /// An output of several jobs: the first nonempty one. Empty if there is none.
    JobOutput {
        /// The jobs, in order.
        jobs: Vec<String>,
        /// The output.
        output: String,
    },
    /// The outcome of a job: `success`, `failure`, `cancelled` or `skipped`.
    JobResult(String),
    /// One of two values, depending on whether an output of a job is set.
    IfSet(Box<IfSet>),
    /// The key that a step of the same job used for its cache.
    CacheKeyOf(String),
    /// The digest of the files in the checkout that match the pattern.
    HashOfFiles(String),
    /// The commit at the head of the pull request.
    PullRequestHead,
    /// The operating system of the machine.
    MachineSystem,
    /// The processor architecture of the machine.
    MachineArchitecture,
    /// The id of a service next to the job, by its name.
    SidecarId(String),
    /// The port of the machine that leads to a port of a service.
    SidecarPort {
        /// The name of the service.
        sidecar: String,
        /// The port inside the service.
        port: String,
    },
    /// The results and outputs of all direct predecessors of the job, as JSON.
    AllResults,
    /// All inputs of a manual run, as JSON.
    AllInputs,
    /// The value of this name in the leg. The engine computes the legs in the run.
    OfLeg(String),
    /// A value that only the engine knows, by the engine's own name for it.
    Engine(String),
    /// An expression that no other part describes. Only its engine can say what it reads as, in each run.
    Expression(ExpressionId),
    /// Unknown: it could not be lifted, and no proof accepts it.
    Unknown(Unlike),
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

/// One of two values, depending on whether an output of a job is set.
#[derive(Clone, Debug, PartialEq)]
pub struct IfSet {
    /// The job.
    pub job: String,
    /// Its output.
    pub output: String,
    /// The value if the output is set.
    pub then: Value,
    /// The value if it is empty.
    pub otherwise: Value,
}

/// A mark that equals nothing, not even itself. So no comparison of values accepts an unknown part.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlike;

impl PartialEq for Unlike {
    fn eq(&self, _: &Unlike) -> bool {
        false
    }
}

/// An expression of a job. In one job, equal numbers mean equal expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpressionId(pub usize);

impl Value {
    /// The value that consists of these parts.
    pub fn of(parts: impl IntoIterator<Item = Part>) -> Value {
        let mut value = Value::default();
        for part in parts {
            value.push(part);
        }
        value
    }

    /// A line of a value, as a value of its own.
    pub fn of_line(line: &[Piece<'_>]) -> Value {
        Value::of(line.iter().map(|piece| match piece {
            Piece::Text(text) => Part::literal(text),
            Piece::Part(part) => (*part).clone(),
        }))
    }

    /// A known text.
    pub fn literal(text: impl AsRef<str>) -> Value {
        Value::of([Part::literal(text)])
    }

    /// This value with a part appended.
    #[must_use]
    pub fn and(mut self, part: Part) -> Value {
        self.push(part);
        self
    }

    /// This value with a known text appended.
    #[must_use]
    pub fn and_literal(self, text: impl AsRef<str>) -> Value {
        self.and(Part::literal(text))
    }

    /// Appends a part.
    pub fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (_, Part::Literal(text)) if text.is_empty() => {}
            (Some(Part::Literal(last)), Part::Literal(text)) => *last = [&**last, &*text].concat().into(),
            (_, part) => {
                // Most values have one part, and most values are kept.
                if self.parts.is_empty() {
                    self.parts.reserve_exact(1);
                }
                self.parts.push(part);
            }
        }
    }

    /// Its parts, in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its parts, in order, without the value.
    pub fn into_parts(self) -> impl Iterator<Item = Part> {
        self.parts.into_iter()
    }

    /// Its text, if all of it is known.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Its only part, if it has exactly one.
    pub fn as_part(&self) -> Option<&Part> {
        match self.parts.as_slice() {
            [part] => Some(part),
            _ => None,
        }
    }

    /// Whether it is exactly this text.
    pub fn is_literal(&self, text: &str) -> bool {
        self.as_literal() == Some(text)
    }

    /// Whether it is exactly this part.
    pub fn is_part(&self, part: &Part) -> bool {
        self.as_part() == Some(part)
    }

    /// Whether it equals another value in every run.
    ///
    /// Unknown parts equal nothing. At most one of the jobs of a node runs, so the order in which their outputs are
    /// read does not matter.
    pub fn is(&self, wanted: &Value) -> bool {
        let (given, wanted) = (self.parts(), wanted.parts());
        given.len() == wanted.len() && given.iter().zip(wanted).all(|(given, wanted)| given.is(wanted))
    }

    /// The pieces of its lines. A final line break ends a line and begins none.
    pub fn lines(&self) -> Vec<Vec<Piece<'_>>> {
        let mut lines = Vec::new();
        let mut line = Vec::new();
        let mut is_begun = false;
        for part in &self.parts {
            let Part::Literal(text) = part else {
                line.push(Piece::Part(part));
                is_begun = true;
                continue;
            };
            for piece in text.split_inclusive('\n') {
                let end = piece.strip_suffix('\n');
                let text = end.unwrap_or(piece);
                if !text.is_empty() {
                    line.push(Piece::Text(text));
                }
                is_begun = end.is_none();
                if !is_begun {
                    lines.push(std::mem::take(&mut line));
                }
            }
        }
        if is_begun {
            lines.push(line);
        }
        lines
    }
}

/// A piece of a line of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece<'v> {
    /// A known text without a line break, not empty.
    Text(&'v str),
    /// A part that is no literal.
    Part(&'v Part),
}

impl Part {
    fn is(&self, wanted: &Part) -> bool {
        match (self, wanted) {
            // No value of the source is an expression.
            (Part::Unknown(_) | Part::Expression(_), _) | (_, Part::Unknown(_) | Part::Expression(_)) => {
                false
            }
            (Part::JobOutput { jobs, output }, Part::JobOutput { jobs: wanted, output: of }) => {
                output == of && jobs.len() == wanted.len() && wanted.iter().all(|job| jobs.contains(job))
            }
            (Part::IfSet(given), Part::IfSet(wanted)) => {
                (&given.job, &given.output) == (&wanted.job, &wanted.output)
                    && given.then.is(&wanted.then)
                    && given.otherwise.is(&wanted.otherwise)
            }
            _ => self == wanted,
        }
    }

    /// A known text.
    pub fn literal(text: impl AsRef<str>) -> Part {
        Part::Literal(Rc::from(text.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_equal_however_their_literals_were_cut() {
        let cut = Value::of([Part::literal("a"), Part::literal(""), Part::literal("b"), Part::Scratch]);
        assert_eq!(cut, Value::literal("ab").and(Part::Scratch));
        assert_eq!(cut.as_literal(), None);
        assert_eq!(Value::of([Part::literal("")]).as_literal(), Some(""));
    }

    #[test]
    fn lines_end_at_line_breaks_in_literals_only() {
        let value = Value::literal("a ").and(Part::Token).and_literal("\n\nb");
        let lines = [vec![Piece::Text("a "), Piece::Part(&Part::Token)], Vec::new(), vec![Piece::Text("b")]];
        assert_eq!(value.lines(), lines);
        assert_eq!(Value::literal("a\n").lines().len(), 1);
        assert_eq!(Value::default().lines().len(), 0);
    }
}
