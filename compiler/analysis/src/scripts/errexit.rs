//! P0901: failures in the middle of what runs without `set -e`.
//!
//! In a condition, behind `!` and before `&&` and `||` the shell ignores `set -e`, and not only for the command that stands
//! there: for all that it runs, the bodies of functions included (POSIX.1-2024, `set -e`). Bash besides gives `set -e` up in a
//! command substitution (Bash manual, "Command Execution Environment"). There a failure counts only where it comes last.

use std::collections::{BTreeMap, BTreeSet};

use pipec_base::codes;

use super::invocation::{Invocation, harmless, is_question, only_simple};
use super::programs::is_work;
use super::syntax::{Bytes, Command, Connector, End, Kind, List, Pipeline, Script, Statement};
use super::{Finding, ScriptContext, ScriptRole, excerpt};

/// How many calls deep functions are followed: deeper than people write.
const DEEPEST: usize = 64;

pub(super) fn check(script: &str, tree: &Script, context: &ScriptContext<'_>, findings: &mut Vec<Finding>) {
    let mut functions = BTreeMap::new();
    let mut handlers = BTreeSet::new();
    tree.for_each_command(&mut |command| match &command.kind {
        Kind::Function(name, body) => {
            functions.insert(script.get(name.clone()).unwrap_or_default(), &**body);
        }
        Kind::Simple(simple) => handlers.extend(
            Invocation::of(simple).filter(|it| it.name == "trap").map(|invocation| invocation.word(1)),
        ),
        _ => {}
    });
    let mut walk = Walk {
        script,
        functions,
        handlers,
        context,
        known: BTreeMap::new(),
        depth: 0,
        told: BTreeSet::new(),
        findings,
    };
    walk.list(&tree.main);
    for substitution in &tree.substitutions {
        let lost = walk.lost(substitution, true, None);
        walk.tell(lost, "in `$(…)`");
    }
}

struct Walk<'s, 'f> {
    script: &'s str,
    /// The bodies of the functions that the script defines.
    functions: BTreeMap<&'s str, &'s Command>,
    /// Those that run when the verdict has been given.
    handlers: BTreeSet<&'s str>,
    context: &'s ScriptContext<'s>,
    /// What is lost in the functions looked into, by whether their own status is seen.
    known: BTreeMap<(&'s str, bool), Option<Lost<'s>>>,
    /// How many calls are being followed.
    depth: usize,
    /// Where the commands start that were told of: a function may be called twice.
    told: BTreeSet<usize>,
    findings: &'f mut Vec<Finding>,
}

/// A command whose failure is lost.
#[derive(Clone, Copy)]
struct Lost<'s> {
    pipeline: &'s Pipeline,
    /// The function in whose body it stands.
    function: Option<&'s str>,
}

impl<'s> Walk<'s, '_> {
    /// Finds what runs without `set -e` in a list that runs with it.
    fn list(&mut self, list: &'s List) {
        for statement in &list.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'s Statement) {
        for (index, link) in statement.links.iter().enumerate() {
            let next = statement.links.get(index + 1);
            let place = match next.and_then(|next| Some((next.connector.as_ref()?.0, next))) {
                // What is thrown away as a whole has a finding of its own.
                Some((Connector::Or, next)) if harmless(&next.pipeline).is_some() => continue,
                Some((Connector::Or, _)) => Some("before `||`"),
                Some((Connector::And, _)) => Some("before `&&`"),
                None if link.pipeline.negated => Some("behind `!`"),
                None => None,
            };
            for command in &link.pipeline.commands {
                match place {
                    Some(place) => {
                        let lost = self.lost_in(command, true, None);
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
        let lost = self.lost(condition, true, None);
        self.tell(lost, "in a condition");
    }

    fn tell(&mut self, lost: Option<Lost<'s>>, place: &str) {
        let Some(Lost { pipeline, function }) = lost else { return };
        if !self.told.insert(pipeline.range.start) {
            return;
        }
        let what = excerpt(self.text(&pipeline.range));
        let (runs, help) = match function {
            Some(name) => (
                format!("`{name}` runs {place}"),
                format!("call `{name}` on a line of its own, or say `|| return` behind each of its commands"),
            ),
            None => (format!("this runs {place}"), "join the commands with `&&`".to_owned()),
        };
        let verdict = match self.context.role {
            ScriptRole::Gate if !self.context.name.is_empty() => {
                format!(": gate `{}` cannot fail by it", self.context.name)
            }
            _ => String::new(),
        };
        let message =
            format!("the failure of `{what}` is lost: {runs}, where the shell ignores `set -e`{verdict}");
        self.findings.push(Finding::error(codes::P0901, pipeline.range.clone(), message, help));
    }

    /// The first command of a list without `set -e` whose failure nobody sees. `last`: whether the status of the list is seen.
    fn lost(&mut self, list: &'s List, last: bool, function: Option<&'s str>) -> Option<Lost<'s>> {
        list.statements.iter().enumerate().find_map(|(index, statement)| {
            let next = list.statements.get(index + 1);
            let seen = next.map_or(last, |next| self.asks_for_status(next));
            self.lost_at(statement, seen, function)
        })
    }

    /// `seen`: whether something looks at the status of the statement.
    fn lost_at(
        &mut self,
        statement: &'s Statement,
        seen: bool,
        function: Option<&'s str>,
    ) -> Option<Lost<'s>> {
        if let [link] = statement.links.as_slice()
            && !seen
            && !matches!(statement.end, End::Background(_))
            && !is_question(&link.pipeline, self.script)
            && link.pipeline.commands.iter().any(does_work)
        {
            return Some(Lost { pipeline: &link.pipeline, function });
        }
        // The operators see the status of all but the last.
        statement.links.iter().enumerate().find_map(|(index, link)| {
            let seen = seen || index + 1 < statement.links.len();
            link.pipeline.commands.iter().find_map(|command| self.lost_in(command, seen, function))
        })
    }

    fn lost_in(&mut self, command: &'s Command, seen: bool, function: Option<&'s str>) -> Option<Lost<'s>> {
        match &command.kind {
            Kind::Simple(simple) => self.lost_in_call(simple.words.first()?.literal.as_deref()?, seen),
            Kind::Group(list) | Kind::Subshell(list) => self.lost(list, seen, function),
            Kind::If(branches, otherwise) => branches
                .iter()
                .map(|(_, body)| body)
                .chain(otherwise)
                .find_map(|body| self.lost(body, seen, function)),
            // Only the last round is seen.
            Kind::While(_, body) | Kind::For(_, body) => self.lost(body, false, function),
            Kind::Case(arms) => arms.iter().find_map(|arm| self.lost(arm, seen, function)),
            Kind::Test(_) | Kind::Arithmetic | Kind::Function(..) => None,
        }
    }

    fn lost_in_call(&mut self, name: &'s str, seen: bool) -> Option<Lost<'s>> {
        let body = *self.functions.get(name)?;
        if let Some(known) = self.known.get(&(name, seen)) {
            return *known;
        }
        if self.depth == DEEPEST {
            return None;
        }
        // A function that calls itself adds nothing to itself.
        self.known.insert((name, seen), None);
        self.depth += 1;
        let lost = self.lost_in(body, seen, Some(name));
        self.depth -= 1;
        self.known.insert((name, seen), lost);
        lost
    }

    /// `return`, `exit`, and whatever reads `$?`: it looks at the status of the statement before.
    fn asks_for_status(&self, statement: &Statement) -> bool {
        let first = statement.links.first().and_then(|link| only_simple(&link.pipeline));
        let hands_on = first.and_then(Invocation::of).is_some_and(|invocation| {
            matches!(invocation.name, "return" | "exit") && invocation.words.len() == 1
        });
        hands_on || self.text(&statement.range).contains("$?")
    }

    fn text(&self, range: &Bytes) -> &'s str {
        self.script.get(range.clone()).unwrap_or_default()
    }
}

fn does_work(command: &Command) -> bool {
    match &command.kind {
        Kind::Simple(simple) => Invocation::of(simple).is_some_and(|invocation| is_work(&invocation)),
        _ => false,
    }
}
