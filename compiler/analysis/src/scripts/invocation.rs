//! The program that a simple command runs, and its subcommand. Skips wrappers such as `sudo` and `timeout`.
//!
//! For example, `sudo -u ci timeout 60 npm run build` invokes `npm`, with the arguments `run` and `build`.

use super::syntax::{Bytes, Command, Kind, Link, List, Pipeline, Script, Simple, Statement, Word};
use std::collections::BTreeSet;

/// A program and its arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Invocation<'s> {
    /// The name without its folder: `gradlew` for `./gradlew`.
    pub(super) name: &'s str,
    /// The program, then its arguments.
    pub(super) words: &'s [Word],
}

/// Wrappers of commands. Each has its options that take a separate value, and the number of operands before the
/// command.
const WRAPPERS: [(&str, &[&str], usize); 13] = [
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T"], 0),
    ("doas", &["-u", "-C"], 0),
    ("env", &["-u", "-C", "-S"], 0),
    ("exec", &["-a"], 0),
    ("command", &[], 0),
    ("builtin", &[], 0),
    ("nohup", &[], 0),
    ("nice", &["-n"], 0),
    ("ionice", &["-c", "-n"], 0),
    ("stdbuf", &["-i", "-o", "-e"], 0),
    ("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    ("xvfb-run", &["-n", "-s", "-e", "-f", "-p"], 0),
    ("npx", &["-p", "--package"], 0),
];

/// Runners whose first words only name the source of the program.
const RUNNERS: [(&str, &str); 9] = [
    ("poetry", "run"),
    ("uv", "run"),
    ("pipenv", "run"),
    ("pdm", "run"),
    ("hatch", "run"),
    ("bundle", "exec"),
    ("pnpm", "exec"),
    ("pnpm", "dlx"),
    ("yarn", "dlx"),
];

impl<'s> Invocation<'s> {
    /// The invocation of `simple`. `None` for bare assignments and for a program named by a variable.
    pub(super) fn of(simple: &'s Simple) -> Option<Invocation<'s>> {
        let mut words = simple.words.as_slice();
        loop {
            let program = words.first()?.literal.as_deref()?;
            let name = program.rsplit_once('/').map_or(program, |(_, name)| name);
            let here = Invocation { name, words };
            if here.is_lookup() {
                return Some(here);
            }
            let inner = match WRAPPERS.iter().find(|(wrapper, ..)| *wrapper == name) {
                Some((_, valued, operands)) => here.command_after(valued, *operands),
                None => {
                    let second = words.get(1).map(Word::value).unwrap_or_default();
                    if RUNNERS.contains(&(name, second)) { words.get(2..) } else { None }
                }
            };
            match inner {
                Some(inner) if !inner.is_empty() => words = inner,
                _ => return Some(here),
            }
        }
    }

    /// Whether this is `command -v`, which only looks a program up.
    pub(super) fn is_lookup(&self) -> bool {
        self.name == "command" && matches!(self.word(1), "-v" | "-V")
    }

    fn command_after(&self, valued: &[&str], operands: usize) -> Option<&'s [Word]> {
        let mut rest = self.words.get(1..)?;
        let mut operands = operands;
        loop {
            let first = rest.first()?;
            let value = first.value();
            let skip = if value.starts_with('-') && value.len() > 1 {
                if valued.contains(&value) { 2 } else { 1 }
            } else if value.contains('=') && self.name == "env" {
                1
            } else if operands > 0 {
                operands -= 1;
                1
            } else {
                return Some(rest);
            };
            rest = rest.get(skip..)?;
        }
    }

    /// The value of a word, empty if it is missing or unknown.
    pub(super) fn word(&self, index: usize) -> &'s str {
        self.words.get(index).map(Word::value).unwrap_or_default()
    }

    /// The arguments' values.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.words.iter().skip(1).map(Word::value)
    }

    /// Whether one of the arguments is one of `options`.
    pub(super) fn has(&self, options: &[&str]) -> bool {
        self.arguments().any(|argument| options.contains(&argument))
    }

    /// The operands with their indices. Options are no operands, and neither are the values of the options in `valued`.
    pub(super) fn operands(&self, valued: &[&str]) -> Vec<(usize, &'s str)> {
        let mut operands = Vec::new();
        let mut takes_value = false;
        for (index, word) in self.words.iter().enumerate().skip(1) {
            let value = word.value();
            if takes_value {
                takes_value = false;
            } else if value.starts_with('-') && value.len() > 1 {
                takes_value = valued.contains(&value);
            } else {
                operands.push((index, value));
            }
        }
        operands
    }

    /// The range from the program to the word at `index`.
    pub(super) fn range_to(&self, index: usize) -> Bytes {
        let start = self.words.first().map(|word| word.range.start).unwrap_or_default();
        let end = self.words.get(index).map_or(start, |word| word.range.end);
        start..end
    }
}

/// The pipeline of a statement without `&&` and `||`.
pub(super) fn only_link(statement: &Statement) -> Option<&Link> {
    match statement.links.as_slice() {
        [link] => Some(link),
        _ => None,
    }
}

/// The simple command of a pipeline that has no other command.
pub(super) fn only_simple(pipeline: &Pipeline) -> Option<&Simple> {
    match pipeline.commands.as_slice() {
        [Command { kind: Kind::Simple(simple), .. }] => Some(simple),
        _ => None,
    }
}

/// The possible effects of a command that hides a failure before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Harmless {
    /// Succeeds and does nothing: `true`, `:`, `exit 0`.
    Nothing,
    /// Succeeds and prints.
    Prints,
}

/// Whether a pipeline certainly succeeds, or ends the script with success, and at most prints.
pub(super) fn harmless(pipeline: &Pipeline) -> Option<Harmless> {
    if pipeline.negated {
        return None;
    }
    let mut worst = Harmless::Nothing;
    for command in &pipeline.commands {
        worst = worst.max(harmless_command(command)?);
    }
    Some(worst)
}

/// The effect of a whole list, if every statement is harmless.
pub(super) fn harmless_list(list: &List) -> Option<Harmless> {
    let mut worst = Harmless::Nothing;
    for statement in &list.statements {
        for link in &statement.links {
            worst = worst.max(harmless(&link.pipeline)?);
        }
    }
    Some(worst)
}

fn harmless_command(command: &Command) -> Option<Harmless> {
    // Output in a file may be read again.
    let keeps = command.redirects.iter().any(|redirect| {
        let target = redirect.target.value();
        !(target == "-" || target.starts_with("/dev/") || target.bytes().all(|byte| byte.is_ascii_digit()))
            || target.is_empty()
    });
    if keeps {
        return None;
    }
    match &command.kind {
        Kind::Simple(simple) => harmless_simple(simple),
        Kind::Group(list) | Kind::Subshell(list) => harmless_list(list),
        _ => None,
    }
}

fn harmless_simple(simple: &Simple) -> Option<Harmless> {
    let invocation = Invocation::of(simple)?;
    match invocation.name {
        "true" | ":" => Some(Harmless::Nothing),
        "exit" | "return" => (invocation.word(1) == "0").then_some(Harmless::Nothing),
        "echo" => Some(Harmless::Prints),
        "printf" => (invocation.word(1) != "-v").then_some(Harmless::Prints),
        _ => None,
    }
}

/// The functions that traps call, after the verdict.
pub(super) fn handlers(tree: &Script) -> BTreeSet<&str> {
    let mut handlers = BTreeSet::new();
    tree.for_each_simple(&mut |simple| {
        if let Some(invocation) = Invocation::of(simple).filter(|invocation| invocation.name == "trap") {
            let action = invocation.arguments().find(|argument| *argument != "--");
            handlers.extend(action.and_then(|action| action.split_whitespace().next()));
        }
    });
    handlers
}

/// Whether `exit` or `return` passes a failure on. A status that is only known in the run counts as a failure.
pub(super) fn fails(invocation: &Invocation<'_>) -> bool {
    invocation.word(1) != "0"
}

/// Whether a list always ends in an explicit failure: `exit 1`, `return "$status"`, `false`.
pub(super) fn ends_in_failure(list: &List) -> bool {
    let last = list.statements.last().and_then(only_link);
    let last = last.and_then(|link| only_simple(&link.pipeline)).and_then(Invocation::of);
    last.is_some_and(|invocation| match invocation.name {
        "exit" | "return" => invocation.words.len() > 1 && fails(&invocation),
        "false" => true,
        _ => false,
    })
}

/// Whether a pipeline is a question. Its failure means "no" and is no error.
pub(super) fn is_question(pipeline: &Pipeline, text: &str) -> bool {
    if pipeline.negated {
        return true;
    }
    let Some(command) = pipeline.commands.last() else { return false };
    let silent = command.redirects.iter().any(|redirect| {
        let operator = text.get(redirect.operator.clone()).unwrap_or_default();
        matches!(operator, ">" | "1>" | "&>") && redirect.target.value() == "/dev/null"
    });
    match &command.kind {
        Kind::Test(_) | Kind::Arithmetic => true,
        Kind::Simple(simple) => {
            let Some(invocation) = Invocation::of(simple) else { return silent };
            let quiet = invocation.arguments().any(|argument| {
                matches!(argument, "--quiet" | "--silent" | "--exit-code" | "--is-ancestor" | "--verify")
                    || (matches!(invocation.name, "grep" | "egrep" | "fgrep" | "zgrep" | "cmp" | "rg")
                        && is_flag_with(argument, 'q'))
            });
            silent
                || quiet
                || invocation.is_lookup()
                || matches!(
                    invocation.name,
                    "[" | "test"
                        | "let"
                        | "which"
                        | "type"
                        | "hash"
                        | "pgrep"
                        | "pidof"
                        | "pg_isready"
                        | "nc"
                )
        }
        _ => silent,
    }
}

/// Whether the command is `set -e`, `set -euo pipefail` or `set -o errexit`.
pub(super) fn sets_errexit(invocation: &Invocation<'_>) -> bool {
    invocation.name == "set"
        && invocation.arguments().any(|argument| argument == "errexit" || is_flag_with(argument, 'e'))
}

/// Whether `argument` is a cluster of short flags that contains `flag`: `-qE`.
pub(super) fn is_flag_with(argument: &str, flag: char) -> bool {
    argument
        .strip_prefix('-')
        .is_some_and(|flags| flags.contains(flag) && flags.chars().all(|flag| flag.is_ascii_alphabetic()))
}
