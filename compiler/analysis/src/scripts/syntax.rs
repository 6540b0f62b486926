//! The tree of a shell script, with the details that the checks need.

use std::ops::Range;

/// A range of bytes in the script.
pub(super) type Bytes = Range<usize>;

/// A script that was parsed completely.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// The statements that run, in order.
    pub(super) main: List,
    /// The contents of `$(…)`, backticks, `<(…)` and `>(…)`, including nested ones. They are in the order of their
    /// ends.
    pub(super) substitutions: Vec<List>,
    /// Every expansion of a parameter.
    pub(super) uses: Vec<Use>,
    /// The names in arithmetic. They may be read or set there.
    pub(super) arithmetic: Vec<Bytes>,
    /// Comments, from `#` to before the line's end.
    pub(super) comments: Vec<Bytes>,
    /// Text that the shell doesn't expand: single quotes and here-documents with a quoted delimiter.
    pub(super) verbatim: Vec<Bytes>,
}

/// One expansion of a parameter.
#[derive(Debug)]
pub(super) struct Use {
    /// `$NAME` or `${NAME}`. If an operator follows the name, only the name.
    pub(super) range: Bytes,
    /// The name.
    pub(super) name: Bytes,
    /// Whether an operator handles an unset variable: `:-`, `+`, `:?` …
    pub(super) guarded: bool,
    /// Whether the expansion is in the body of a function.
    pub(super) in_function: bool,
}

/// Statements in sequence.
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

/// The end of a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// `;`.
    Semicolon(Bytes),
    /// `&`.
    Background(Bytes),
    /// The end of a line, or a closing word.
    Line,
}

/// A pipeline and the operator before it.
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
    /// `{ …; }`.
    Group(List),
    /// `( … )`.
    Subshell(List),
    /// Conditions with their bodies, and the body of `else`.
    If(Vec<(List, List)>, Option<List>),
    /// `while` and `until`.
    While(List, List),
    /// `for` and `select`: the variable and the body.
    For(Option<Bytes>, List),
    Case(Vec<List>),
    Function(Bytes, Box<Command>),
    /// `[[ … ]]`.
    Test(Vec<Word>),
    /// `(( … ))`.
    Arithmetic,
}

/// A simple command: assignments and words. Bare assignments have no words.
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
    /// The value of the word, if no expansion contributes to it.
    pub(super) literal: Option<String>,
    /// Whether the word has no quotes, escapes and expansions.
    pub(super) plain: bool,
    /// The substitutions of the word, as indices into those of the script.
    pub(super) substitutions: Vec<usize>,
}

impl Word {
    /// The value of the word, empty if it is unknown before the script runs.
    pub(super) fn value(&self) -> &str {
        self.literal.as_deref().unwrap_or_default()
    }
}

impl Script {
    /// Calls `visit` for every simple command, including nested ones.
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
    /// Calls `visit` for every command in this list, the outer ones first, without substitutions.
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
    /// Calls `visit` for this command and every command in it, without substitutions.
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
