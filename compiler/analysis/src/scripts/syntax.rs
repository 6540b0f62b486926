//! The tree of a shell script, as far as the checks look at it.

use std::ops::Range;

/// Bytes of the script.
pub(super) type Bytes = Range<usize>;

/// A script that was understood to its end.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// What runs, in order.
    pub(super) main: List,
    /// What stands in `$(…)`, backticks, `<(…)` and `>(…)`, nested ones too, in the order in which they close.
    pub(super) substitutions: Vec<List>,
    /// Every expansion of a parameter.
    pub(super) uses: Vec<Use>,
    /// The names in arithmetic, which may be read or set there.
    pub(super) arithmetic: Vec<Bytes>,
    /// Comments, from `#` to before the line's end.
    pub(super) comments: Vec<Bytes>,
    /// What the shell doesn't expand: single quotes and here-documents with a quoted delimiter.
    pub(super) verbatim: Vec<Bytes>,
}

/// One expansion of a parameter.
#[derive(Debug)]
pub(super) struct Use {
    /// `$NAME`, `${NAME}`; the name alone where an operator follows it.
    pub(super) range: Bytes,
    /// The name alone.
    pub(super) name: Bytes,
    /// Whether an operator says what holds where it is unset: `:-`, `+`, `:?` …
    pub(super) guarded: bool,
    /// Whether it stands in the body of a function.
    pub(super) in_function: bool,
}

/// Statements one after the other.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) statements: Vec<Statement>,
}

/// Pipelines joined by `&&` and `||`.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) links: Vec<Link>,
    pub(super) end: End,
    pub(super) range: Bytes,
}

/// What ends a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// `;`
    Semicolon(Bytes),
    /// `&`
    Background(Bytes),
    /// A line's end, or a closing word.
    Line,
}

/// A pipeline and what joins it to the one before.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) connector: Option<(Connector, Bytes)>,
    pub(super) pipeline: Pipeline,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connector {
    And,
    Or,
}

/// Commands joined by `|`.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) negated: bool,
    pub(super) commands: Vec<Command>,
    pub(super) range: Bytes,
}

#[derive(Debug)]
pub(super) struct Command {
    pub(super) kind: Kind,
    pub(super) redirects: Vec<Redirect>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Simple(Simple),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// Conditions with their bodies, and what `else` runs.
    If(Vec<(List, List)>, Option<List>),
    /// `while` and `until`
    While(List, List),
    /// `for` and `select`: the name it sets, and the body.
    For(Option<Bytes>, List),
    Case(Vec<List>),
    Function(Bytes, Box<Command>),
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic,
}

/// Assignments and words of a simple command; a command of assignments alone has no words.
#[derive(Debug, Default)]
pub(super) struct Simple {
    pub(super) assignments: Vec<Word>,
    pub(super) words: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct Redirect {
    /// `>`, `2>>`, `&>`, `<<` …
    pub(super) operator: Bytes,
    pub(super) target: Word,
}

#[derive(Debug)]
pub(super) struct Word {
    pub(super) range: Bytes,
    /// Its value, where no expansion has a part in it.
    pub(super) literal: Option<String>,
    /// Whether it has neither quotes nor escapes nor expansions.
    pub(super) plain: bool,
    /// Its own substitutions, as indices into the script's.
    pub(super) substitutions: Vec<usize>,
}

impl Word {
    /// Its value, empty where it isn't known before the script runs.
    pub(super) fn value(&self) -> &str {
        self.literal.as_deref().unwrap_or_default()
    }
}

impl Script {
    /// Calls `visit` for every simple command, in whatever it is nested.
    pub(super) fn for_each_simple<'s>(&'s self, visit: &mut impl FnMut(&'s Simple)) {
        self.for_each_command(&mut |command| {
            if let Kind::Simple(simple) = &command.kind {
                visit(simple);
            }
        });
    }

    /// Calls `visit` for every command, the outer ones first.
    pub(super) fn for_each_command<'s>(&'s self, visit: &mut impl FnMut(&'s Command)) {
        for list in std::iter::once(&self.main).chain(&self.substitutions) {
            list.for_each_command(visit);
        }
    }
}

impl List {
    /// Calls `visit` for every command in this list, the outer ones first; substitutions are no part of it.
    pub(super) fn for_each_command<'s>(&'s self, visit: &mut impl FnMut(&'s Command)) {
        for statement in &self.statements {
            for link in &statement.links {
                for command in &link.pipeline.commands {
                    command.for_each_command(visit);
                }
            }
        }
    }
}

impl Command {
    /// Calls `visit` for this command and every command in it; substitutions are no part of it.
    pub(super) fn for_each_command<'s>(&'s self, visit: &mut impl FnMut(&'s Command)) {
        visit(self);
        match &self.kind {
            Kind::Simple(_) | Kind::Test(_) | Kind::Arithmetic => {}
            Kind::Group(list) | Kind::Subshell(list) | Kind::For(_, list) => list.for_each_command(visit),
            Kind::If(branches, otherwise) => {
                for (condition, body) in branches {
                    condition.for_each_command(visit);
                    body.for_each_command(visit);
                }
                if let Some(body) = otherwise {
                    body.for_each_command(visit);
                }
            }
            Kind::While(condition, body) => {
                condition.for_each_command(visit);
                body.for_each_command(visit);
            }
            Kind::Case(arms) => arms.iter().for_each(|arm| arm.for_each_command(visit)),
            Kind::Function(_, body) => body.for_each_command(visit),
        }
    }
}
