//! P0901: failures inside commands that run without `set -e`.
//!
//! The shell ignores `set -e` in a condition, after `!`, and before `&&` and `||`. That applies to everything that runs
//! there, including the bodies of functions (POSIX.1-2024, `set -e`). Bash also turns `set -e` off in a command
//! substitution (Bash manual, "Command Execution Environment"). In these places, only the last failure counts.
//!
//! For example, `check() { make lint; make test; }` followed by `check || exit 1` loses the failure of `make lint`: the
//! condition ignores `set -e` in the whole function.

use std::collections::{BTreeMap, BTreeSet};

use pipec_base::codes;

use super::invocation::{Invocation, ends_in_failure, fails, handlers, harmless, only_simple, sets_errexit};
use super::programs::is_work;
use super::syntax::{Bytes, Command, Connector, End, Kind, List, Pipeline, Script, Statement};
use super::{Finding, ScriptContext, excerpt};

/// The maximum depth of followed function calls. People write no deeper scripts.
const MAX_DEPTH: usize = 64;

pub(super) fn check(script: &str, tree: &Script, context: &ScriptContext<'_>, findings: &mut Vec<Finding>) {
    let functions = functions(script, tree);
    let mut walk = Walk {
        script,
        status_reporting: functions
            .iter()
            .filter(|(_, body)| reports_status(body, &functions))
            .map(|(name, _)| *name)
            .collect(),
        functions,
        handlers: handlers(tree),
        context,
        may_restore: false,
        known: BTreeMap::new(),
        depth: 0,
        reported: BTreeSet::new(),
        findings,
    };
    walk.list(&tree.main);
    if !keeps_errexit(tree) {
        walk.may_restore = true;
        for substitution in &tree.substitutions {
            walk.substitution(substitution);
        }
    }
}

/// The bodies of the functions that a script defines. Of functions defined twice none is known, because either may run.
fn functions<'s>(script: &'s str, tree: &'s Script) -> BTreeMap<&'s str, &'s Command> {
    let mut functions = BTreeMap::new();
    let mut twice = BTreeSet::new();
    tree.for_each_command(&mut |command| {
        if let Kind::Function(name, body) = &command.kind {
            let name = script.get(name.clone()).unwrap_or_default();
            if functions.insert(name, &**body).is_some() {
                twice.insert(name);
            }
        }
    });
    functions.retain(|name, _| !twice.contains(name));
    functions
}

/// Whether a function does work and reports with `return` whether it succeeded.
fn reports_status(body: &Command, functions: &BTreeMap<&str, &Command>) -> bool {
    let (mut works, mut returns) = (false, false);
    body.for_each_command(&mut |command| {
        if let Kind::Simple(simple) = &command.kind
            && let Some(invocation) = Invocation::of(simple)
        {
            works |= !functions.contains_key(invocation.name) && is_work(&invocation);
            returns |= invocation.name == "return" && fails(&invocation);
        }
    });
    works && returns
}

/// Whether command substitutions keep `set -e`.
fn keeps_errexit(tree: &Script) -> bool {
    let mut inherited = false;
    tree.for_each_simple(&mut |simple| {
        inherited |= Invocation::of(simple).is_some_and(|invocation| match invocation.name {
            "shopt" => invocation.has(&["inherit_errexit"]),
            "set" => invocation.has(&["posix"]),
            _ => false,
        });
    });
    inherited
}

struct Walk<'s, 'f> {
    script: &'s str,
    functions: BTreeMap<&'s str, &'s Command>,
    /// Functions that do work and report with `return` whether it succeeded.
    status_reporting: BTreeSet<&'s str>,
    /// Functions that traps call, after the verdict.
    handlers: BTreeSet<&'s str>,
    context: &'s ScriptContext<'s>,
    /// Whether a `set -e` in the text restores it. A command substitution turns `set -e` off, but does not ignore it.
    may_restore: bool,
    /// The lost failure of each analysed function. The key also has whether its own status is used, and whether `set
    /// -e` may be restored.
    known: BTreeMap<(&'s str, bool, bool), Option<Lost<'s>>>,
    /// The depth of the followed calls.
    depth: usize,
    /// The positions of reported commands. A function may be called twice, and its commands are reported once.
    reported: BTreeSet<usize>,
    findings: &'f mut Vec<Finding>,
}

/// A command whose failure is lost.
#[derive(Clone, Copy)]
struct Lost<'s> {
    pipeline: &'s Pipeline,
    /// The outermost function through which it runs.
    function: Option<&'s str>,
}

/// A place where the shell ignores `set -e`.
#[derive(Clone, Copy)]
enum Place {
    Before(Connector),
    AfterNegation,
    Condition,
    Substitution,
}

impl<'s> Walk<'s, '_> {
    /// Finds commands without `set -e` in a list that runs with it.
    fn list(&mut self, list: &'s List) {
        for statement in &list.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'s Statement) {
        for (index, link) in statement.links.iter().enumerate() {
            let next = statement.links.get(index + 1);
            let place = match next.and_then(|next| Some((next.connector.as_ref()?.0, next))) {
                // If the whole failure is discarded, another check reports it.
                Some((Connector::Or, next)) if harmless(&next.pipeline).is_some() => continue,
                Some((connector, _)) => Some(Place::Before(connector)),
                None if link.pipeline.negated => Some(Place::AfterNegation),
                None => None,
            };
            for command in &link.pipeline.commands {
                match place {
                    Some(place) => {
                        let lost = self.lost_in(command, true);
                        self.tell(lost, place);
                    }
                    None => self.command(command),
                }
            }
        }
    }

    fn command(&mut self, command: &'s Command) {
        match &command.kind {
            Kind::Simple(_) | Kind::Test(_) | Kind::Arithmetic => {}
            Kind::Group(list) | Kind::Subshell(list) | Kind::For(_, list) => self.list(list),
            Kind::If(branches, otherwise) => {
                for (condition, body) in branches {
                    self.condition(condition);
                    self.list(body);
                }
                if let Some(body) = otherwise {
                    self.list(body);
                }
            }
            Kind::While(condition, body) => {
                self.condition(condition);
                self.list(body);
            }
            Kind::Case(arms) => arms.iter().for_each(|arm| self.list(arm)),
            Kind::Function(name, body) => {
                if !self.handlers.contains(self.text(name)) {
                    self.command(body);
                }
            }
        }
    }

    fn condition(&mut self, condition: &'s List) {
        let lost = self.lost(condition, true);
        self.tell(lost, Place::Condition);
    }

    fn substitution(&mut self, substitution: &'s List) {
        let first = substitution.statements.first().map_or(0, |statement| statement.range.start);
        let before = self.script.get(..first).unwrap_or_default().trim_end();
        // Nobody sees the status of `<(…)`, so a `set -e` in it changes nothing.
        if before.ends_with("<(") || before.ends_with(">(") {
            return;
        }
        let lost = self.lost(substitution, true);
        self.tell(lost, Place::Substitution);
    }

    fn tell(&mut self, lost: Option<Lost<'s>>, place: Place) {
        let Some(Lost { pipeline, function }) = lost else { return };
        if !self.reported.insert(pipeline.range.start) {
            return;
        }
        let what = excerpt(self.text(&pipeline.range));
        let whose = function.map_or_else(|| "this".to_owned(), |name| format!("`{name}`"));
        let place_text = match place {
            Place::Before(Connector::Or) => "before `||`",
            Place::Before(Connector::And) => "before `&&`",
            Place::AfterNegation => "behind `!`",
            Place::Condition => "in a condition",
            Place::Substitution => "in a command substitution",
        };
        let help = match (function, place) {
            (Some(name), Place::Before(_) | Place::AfterNegation) => {
                format!("call `{name}` on its own line, or write `|| return` after each of its commands")
            }
            (Some(_), _) => "write `|| return` after each command of the function".to_owned(),
            (None, _) => "join the commands with `&&`, or write `|| exit` after each".to_owned(),
        };
        let message = format!(
            "the failure of `{what}` is lost: {whose} runs {place_text}, where the shell ignores `set -e`{}",
            self.context.consequence()
        );
        self.findings.push(Finding::error(codes::P0901, pipeline.range.clone(), message, help));
    }

    /// The first command of a list without `set -e` whose failure nobody sees. `last` says whether the status of the
    /// list is used.
    fn lost(&mut self, list: &'s List, last: bool) -> Option<Lost<'s>> {
        if ends_in_failure(list) || self.may_restore && starts_with_errexit(list) {
            return None;
        }
        list.statements.iter().enumerate().find_map(|(index, statement)| {
            let next = list.statements.get(index + 1);
            let is_asked = |next| self.uses_status(next, index + 2 == list.statements.len());
            let background = matches!(statement.end, End::Background(_));
            self.lost_at(statement, background || next.map_or(last, is_asked))
        })
    }

    /// The first lost failure in a statement. `seen` says whether the status of the statement is used.
    fn lost_at(&mut self, statement: &'s Statement, seen: bool) -> Option<Lost<'s>> {
        // The operators use the status of all links except the last.
        statement.links.iter().enumerate().find_map(|(index, link)| {
            let pipeline = &link.pipeline;
            let seen = seen || index + 1 < statement.links.len();
            if !seen && !pipeline.negated && pipeline.commands.iter().any(|command| self.does_work(command)) {
                return Some(Lost { pipeline, function: None });
            }
            pipeline.commands.iter().find_map(|command| self.lost_in(command, seen))
        })
    }

    fn lost_in(&mut self, command: &'s Command, seen: bool) -> Option<Lost<'s>> {
        match &command.kind {
            Kind::Simple(simple) => {
                let name = simple.words.first()?.literal.as_deref()?;
                let lost = self.lost_in_call(name, seen)?;
                Some(Lost { function: Some(name), ..lost })
            }
            Kind::Group(list) | Kind::Subshell(list) => self.lost(list, seen),
            Kind::If(branches, otherwise) => {
                branches.iter().map(|(_, body)| body).chain(otherwise).find_map(|body| self.lost(body, seen))
            }
            // The status of a loop is that of the last round.
            Kind::While(_, body) | Kind::For(_, body) => self.lost(body, false),
            Kind::Case(arms) => arms.iter().find_map(|arm| self.lost(arm, seen)),
            Kind::Test(_) | Kind::Arithmetic | Kind::Function(..) => None,
        }
    }

    fn lost_in_call(&mut self, name: &'s str, seen: bool) -> Option<Lost<'s>> {
        let body = *self.functions.get(name)?;
        let key = (name, seen, self.may_restore);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.depth == MAX_DEPTH {
            return None;
        }
        // This entry stops the recursion: a function that calls itself adds no new command.
        self.known.insert(key, None);
        self.depth += 1;
        let lost = self.lost_in(body, seen);
        self.depth -= 1;
        self.known.insert(key, lost);
        lost
    }

    /// Whether a command does work that later commands rely on, itself or through a function.
    fn does_work(&self, command: &Command) -> bool {
        let Kind::Simple(simple) = &command.kind else { return false };
        Invocation::of(simple).is_some_and(|invocation| {
            if self.functions.contains_key(invocation.name) {
                self.status_reporting.contains(invocation.name)
            } else {
                is_work(&invocation)
            }
        })
    }

    /// Whether a statement uses the status of the one before: `return`, `exit`, or a read of `$?` before anything else.
    /// `last` says whether it is the last of its list, whose output may be read.
    fn uses_status(&self, statement: &Statement, last: bool) -> bool {
        let Some(link) = statement.links.first() else { return false };
        let reads = |range: &Bytes| {
            ["$?", "${?}", "PIPESTATUS"].iter().any(|status| self.text(range).contains(status))
        };
        let here = reads(&link.pipeline.range);
        match link.pipeline.commands.first().map(|command| &command.kind) {
            Some(Kind::Simple(simple)) => match Invocation::of(simple) {
                None => here,
                Some(invocation) => match invocation.name {
                    "return" | "exit" if invocation.words.len() == 1 => true,
                    "echo" | "printf" => last && here,
                    name => here || self.first_statement(name).is_some_and(|first| reads(&first.range)),
                },
            },
            Some(Kind::If(branches, _)) => {
                let first = branches.first().and_then(|(condition, _)| condition.statements.first());
                first.is_some_and(|first| reads(&first.range))
            }
            _ => here,
        }
    }

    /// The first statement of a function.
    fn first_statement(&self, name: &str) -> Option<&'s Statement> {
        match &self.functions.get(name)?.kind {
            Kind::Group(list) | Kind::Subshell(list) => list.statements.first(),
            _ => None,
        }
    }

    fn text(&self, range: &Bytes) -> &'s str {
        self.script.get(range.clone()).unwrap_or_default()
    }
}

/// Whether a list starts with `set -e`.
fn starts_with_errexit(list: &List) -> bool {
    let first = list.statements.first().and_then(|statement| statement.links.first());
    let first = first.and_then(|link| only_simple(&link.pipeline)).and_then(Invocation::of);
    first.is_some_and(|invocation| sets_errexit(&invocation))
}
