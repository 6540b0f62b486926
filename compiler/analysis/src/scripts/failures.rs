//! P0901: failures that nobody sees.
//!
//! `set -e` stops a script at the first failure, except where the shell uses the failure as an answer: before `&&` and
//! `||`, after `!`, in conditions, in the background (POSIX.1-2024, 2.8.1 and `set`). This check reports uses of these
//! exceptions whose only effect is to lose the failure.
//!
//! For example, `npm test || true` is reported, and `grep -q x file || make file` is not: here the failure chooses what
//! to do.

use std::collections::BTreeSet;

use pipec_base::codes;

use super::invocation::{
    Harmless, Invocation, ends_in_failure, handlers, harmless, harmless_list, is_question, only_link,
    only_simple,
};
use super::programs::{is_check, is_work, removes};
use super::syntax::{Bytes, Command, Connector, End, Kind, Link, List, Pipeline, Script, Statement};
use super::variables::Names;
use super::{Finding, ScriptContext, ScriptRole, excerpt};

pub(super) fn check(
    script: &str,
    tree: &Script,
    names: &Names<'_>,
    context: &ScriptContext<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut programs = BTreeSet::new();
    let mut functions = BTreeSet::new();
    tree.for_each_command(&mut |command| {
        if let Kind::Function(name, _) = &command.kind {
            functions.extend(script.get(name.clone()));
        }
    });
    tree.for_each_simple(&mut |simple| {
        let Some(invocation) = Invocation::of(simple) else { return };
        programs.insert(invocation.name);
    });
    let mut read: BTreeSet<&str> = BTreeSet::new();
    // After `exec > FILE`, another command may read the printed text from the file.
    let printed = if programs.contains("exec") { Vec::new() } else { printing_commands(tree) };
    let is_printed = |name: &Bytes| printed.iter().any(|range| range.contains(&name.start));
    let uses = tree.uses.iter().filter(|used| !is_printed(&used.name));
    read.extend(uses.filter_map(|used| script.get(used.name.clone())));
    read.extend(tree.arithmetic.iter().filter_map(|range| script.get(range.clone())));
    let mut walk = Walk {
        script,
        tree,
        context,
        programs,
        functions,
        handlers: handlers(tree),
        nested: 0,
        always_fails: ends_in_failure(&tree.main),
        read,
        has_unknown_code: names.has_unknown_code,
        filters: 0,
        findings,
    };
    walk.list(&tree.main, true);
    walk.check_end();
}

struct Walk<'s, 'f> {
    script: &'s str,
    tree: &'s Script,
    context: &'s ScriptContext<'s>,
    /// The programs that the script runs anywhere.
    programs: BTreeSet<&'s str>,
    /// The functions that the script defines.
    functions: BTreeSet<&'s str>,
    /// The functions that traps call, after the verdict.
    handlers: BTreeSet<&'s str>,
    /// The depth of functions, groups and operands of operators. Inside them `set -e` may be ignored.
    nested: usize,
    /// Whether the current function or script always fails when it reaches its end.
    always_fails: bool,
    /// The variables that some command reads.
    read: BTreeSet<&'s str>,
    /// Whether the script runs text that can't be analysed here.
    has_unknown_code: bool,
    /// The depth of enclosing pipes. What a command prints inside a pipe matters.
    filters: usize,
    findings: &'f mut Vec<Finding>,
}

impl<'s> Walk<'s, '_> {
    fn text(&self, range: &Bytes) -> &'s str {
        self.script.get(range.clone()).unwrap_or_default()
    }

    /// Checks a list. `last` says whether the status of its last statement becomes that of the script, a subshell or a
    /// function.
    fn list(&mut self, list: &'s List, last: bool) {
        for (index, statement) in list.statements.iter().enumerate() {
            self.statement(statement, last && index + 1 == list.statements.len());
        }
    }

    fn statement(&mut self, statement: &'s Statement, last: bool) {
        for (index, link) in statement.links.iter().enumerate() {
            let piped = usize::from(link.pipeline.commands.len() > 1);
            // The operators use the status of all links except the last.
            let joined = index + 1 < statement.links.len();
            self.filters += piped;
            self.nested += usize::from(joined);
            for command in &link.pipeline.commands {
                self.command(command, last || joined);
            }
            self.nested -= usize::from(joined);
            self.filters -= piped;
        }
        if matches!(statement.end, End::Background(_)) {
            return;
        }
        self.check_alternatives(statement);
        if !last {
            self.check_negation(statement);
            self.check_chain(statement);
        }
    }

    fn command(&mut self, command: &'s Command, last: bool) {
        match &command.kind {
            Kind::Simple(_) | Kind::Test(_) | Kind::Arithmetic => {}
            Kind::Group(list) | Kind::Subshell(list) => {
                self.nested += 1;
                self.list(list, last || matches!(command.kind, Kind::Subshell(_)));
                self.nested -= 1;
            }
            Kind::If(branches, otherwise) => {
                self.check_verdict_condition(branches, otherwise.as_ref());
                for (_, body) in branches {
                    self.list(body, last);
                }
                if let Some(body) = otherwise {
                    self.list(body, last);
                }
            }
            Kind::While(_, body) | Kind::For(_, body) => self.list(body, false),
            Kind::Case(arms) => {
                for arm in arms {
                    self.list(arm, last);
                }
            }
            Kind::Function(name, body) => {
                if !self.handlers.contains(self.text(name)) {
                    let around = self.always_fails;
                    if let Kind::Group(list) | Kind::Subshell(list) = &body.kind {
                        self.always_fails = ends_in_failure(list);
                    }
                    self.command(body, true);
                    self.always_fails = around;
                }
            }
        }
    }

    /// Reports `A || true` and `A || echo "it failed"`. Also reports `A || failed=1` if nothing reads `failed`.
    fn check_alternatives(&mut self, statement: &'s Statement) {
        let is_exit = |link: &Link| {
            only_simple(&link.pipeline)
                .and_then(Invocation::of)
                .is_some_and(|invocation| matches!(invocation.name, "break" | "continue" | "exit" | "return"))
        };
        let mut left_before = false;
        for (index, link) in statement.links.iter().enumerate() {
            let before = statement.links.get(..index).unwrap_or_default();
            left_before |= before.last().is_some_and(is_exit);
            let Some((Connector::Or, operator)) = &link.connector else { continue };
            let Some(left) = before.last().filter(|_| !left_before) else { continue };
            let range = operator.start..link.pipeline.range.end;
            let is_last = index + 1 == statement.links.len();
            match harmless(&link.pipeline) {
                Some(Harmless::Nothing) => self.discarded(left, link, range),
                Some(Harmless::Prints) if is_last => self.printed(before, left, link, range),
                Some(Harmless::Prints) => {}
                None if is_last => {
                    self.check_assignment(left, link, range.clone());
                    self.check_condition(left, link, range);
                }
                None => self.check_status_test(
                    left,
                    link,
                    statement.links.get(index + 1..).unwrap_or_default(),
                    operator,
                ),
            }
        }
    }

    fn discarded(&mut self, left: &Link, right: &Link, range: Bytes) {
        if is_guard_exit(right) && is_question(&left.pipeline, self.script) {
            return;
        }
        let command = left.pipeline.commands.last();
        if command.is_some_and(|command| matches!(command.kind, Kind::Arithmetic)) {
            return;
        }
        let simple = match command.map(|command| &command.kind) {
            Some(Kind::Simple(simple)) => Some(simple),
            _ => None,
        };
        // `count=$(grep …) || true` is a value with a default, just like `$(grep … || true)`.
        if simple.is_some_and(|simple| simple.words.is_empty()) {
            return;
        }
        let invocation = simple.and_then(Invocation::of);
        let excused = invocation.is_some_and(|invocation| {
            let predicate = is_guard_exit(right) && self.functions.contains(invocation.name);
            let filter = self.filters > 0 || command.is_some_and(|command| self.writes_file(command));
            predicate || self.has_meaningless_status(&invocation, filter)
        });
        if excused {
            return;
        }
        let what = excerpt(self.text(&left.pipeline.range));
        let text = excerpt(self.text(&right.pipeline.range));
        let message =
            format!("`|| {text}` discards the exit status of `{what}`{}", self.context.consequence());
        if let Some(removal) = invocation.and_then(|invocation| removes(&invocation)) {
            self.findings.push(Finding::warning(codes::P0901, range, message, removal));
            return;
        }
        let help = if self.context.role == ScriptRole::Gate {
            "let it fail; for a gate that only reports, add `advisory because \"…\"`"
        } else {
            "let it fail; if a failure is an answer, test it: `if COMMAND; then …; fi`"
        };
        self.findings.push(Finding::error(codes::P0901, range, message, help).replaced_by(""));
    }

    /// Whether a command often fails in ordinary use, so that its status means nothing.
    fn has_meaningless_status(&self, invocation: &Invocation<'_>, filter: bool) -> bool {
        match invocation.name {
            "kill" | "pkill" | "killall" | "let" => true,
            // `read -d ''` always reaches the end of its input first, and then fails.
            "read" => true,
            // A filter that selects nothing has not failed.
            "grep" | "egrep" | "fgrep" | "rg" | "diff" => filter,
            // After a `kill`, `wait` returns the status of the signal.
            "wait" => self.programs.contains("kill"),
            _ => false,
        }
    }

    /// Whether the command's output goes into a file, from which another command may read it.
    fn writes_file(&self, command: &Command) -> bool {
        command.redirects.iter().any(|redirect| {
            matches!(self.text(&redirect.operator), ">" | ">>" | "1>" | "1>>" | ">|")
                && !redirect.target.value().starts_with("/dev/")
        })
    }

    fn printed(&mut self, before: &[Link], left: &Link, link: &Link, range: Bytes) {
        let asks = before.first().is_some_and(|first| is_question(&first.pipeline, self.script));
        let both_print =
            before.len() > 1 && before.iter().skip(1).all(|link| harmless(&link.pipeline).is_some());
        let answers = asks && (both_print || self.context.role != ScriptRole::Gate);
        if answers {
            return;
        }
        let what = excerpt(self.text(&left.pipeline.range));
        let what = match before.first() {
            Some(first) if both_print => excerpt(self.text(&first.pipeline.range)),
            _ => what,
        };
        let message =
            format!("the failure of `{what}` is printed but otherwise ignored{}", self.context.consequence());
        let says = self.text(&link.pipeline.range);
        let finding =
            Finding::error(codes::P0901, range, message, "print it and fail: `|| { echo …; exit 1; }`");
        let simple = only_simple(&link.pipeline).is_some_and(|_| !says.contains("<<"));
        self.findings.push(if simple {
            finding.replaced_by(format!("|| {{ {says}; exit 1; }}"))
        } else {
            finding
        });
    }

    /// Reports `A || [ $? -eq 1 ] && echo "it failed"`. Its status is that of `echo`.
    fn check_status_test(&mut self, left: &Link, test: &Link, behind: &[Link], operator: &Bytes) {
        let [Link { connector: Some((Connector::And, _)), pipeline }] = behind else { return };
        let asks_for_status =
            is_question(&test.pipeline, self.script) && self.text(&test.pipeline.range).contains("$?");
        if !asks_for_status || harmless(pipeline).is_none() || is_question(&left.pipeline, self.script) {
            return;
        }
        let found_nothing = only_simple(&left.pipeline)
            .and_then(Invocation::of)
            .is_some_and(|invocation| self.has_meaningless_status(&invocation, true));
        if found_nothing {
            return;
        }
        let what = excerpt(self.text(&left.pipeline.range));
        let message =
            format!("the failure of `{what}` is printed but otherwise ignored{}", self.context.consequence());
        let range = operator.start..pipeline.range.end;
        self.findings.push(Finding::error(
            codes::P0901,
            range,
            message,
            "print it and fail: `|| { echo …; exit 1; }`",
        ));
    }

    /// Reports `A || failed=1`.
    fn check_assignment(&mut self, left: &Link, link: &Link, range: Bytes) {
        let Some(simple) = only_simple(&link.pipeline) else { return };
        let [assignment] = simple.assignments.as_slice() else { return };
        if !simple.words.is_empty() || !assignment.substitutions.is_empty() {
            return;
        }
        let text = self.text(&assignment.range);
        let name = text.split(['=', '+', '[']).next().unwrap_or_default();
        let is_answer = is_question(&left.pipeline, self.script);
        if self.has_unknown_code || is_answer || self.read.contains(name) {
            return;
        }
        let what = excerpt(self.text(&left.pipeline.range));
        let message = format!(
            "the failure of `{what}` is stored in `{name}`, which nothing reads{}{}",
            if self.tree.uses.iter().any(|used| self.text(&used.name) == name) {
                " except to print it"
            } else {
                ""
            },
            self.context.consequence()
        );
        let help = format!("end the script with it: `exit \"${name}\"`");
        self.findings.push(Finding::error(codes::P0901, range, message, help));
    }

    /// Reports `A || if [ $? = 5 ]; then exit 0; fi`. If no branch applies, `if` succeeds (POSIX.1-2024, 2.9.4.4).
    fn check_condition(&mut self, left: &Link, link: &Link, range: Bytes) {
        let [Command { kind: Kind::If(branches, otherwise), redirects }] = link.pipeline.commands.as_slice()
        else {
            return;
        };
        let asks = |condition: &List| {
            let mut links = condition.statements.iter().flat_map(|statement| &statement.links);
            links.all(|link| is_question(&link.pipeline, self.script))
        };
        let is_hollow = |list: &List| harmless_list(list).is_some();
        let succeeds = redirects.is_empty()
            && branches.iter().all(|(condition, body)| asks(condition) && is_hollow(body))
            && otherwise.as_ref().is_none_or(is_hollow);
        let meaningless = only_simple(&left.pipeline)
            .and_then(Invocation::of)
            .is_some_and(|invocation| self.has_meaningless_status(&invocation, true));
        if !succeeds || meaningless || is_question(&left.pipeline, self.script) {
            return;
        }
        let what = excerpt(self.text(&left.pipeline.range));
        let message =
            format!("this `if` ignores the failure of `{what}` in every case{}", self.context.consequence());
        let help = "an `if` without a matching branch succeeds: make the other cases fail with `else exit 1`";
        self.findings.push(Finding::error(codes::P0901, range, message, help));
    }

    /// Reports `! A` before another statement: `set -e` ignores its failure.
    fn check_negation(&mut self, statement: &Statement) {
        let [link] = statement.links.as_slice() else { return };
        if !link.pipeline.negated {
            return;
        }
        let range = link.pipeline.range.clone();
        let text = self.text(&range);
        let message = format!("`{}` never stops the script{}", excerpt(text), self.context.consequence());
        let help = "`set -e` ignores a command after `!`: write `! COMMAND || exit 1`";
        let finding = Finding::error(codes::P0901, range, message, help);
        let plain = !link.pipeline.commands.iter().any(|command| has_here_document(command, self.script));
        self.findings.push(if plain { finding.replaced_by(format!("{text} || exit 1")) } else { finding });
    }

    /// Reports `A && B` before another statement: `set -e` ignores a failure of `A`.
    fn check_chain(&mut self, statement: &Statement) {
        let joined = statement.links.iter().skip(1);
        if !joined.clone().all(|link| matches!(link.connector, Some((Connector::And, _)))) {
            return;
        }
        for (link, next) in statement.links.iter().zip(joined) {
            let Some((_, operator)) = &next.connector else { continue };
            let verdict = link.pipeline.commands.last().is_some_and(|command| match &command.kind {
                Kind::Simple(simple) => Invocation::of(simple).is_some_and(|invocation| is_work(&invocation)),
                _ => false,
            });
            // In `make && return 0` before a final failure, execution continues only after a failure, so nothing is
            // lost.
            let is_way_out = self.always_fails && is_guard_exit(next) && harmless(&next.pipeline).is_some();
            if !verdict || is_way_out || is_question(&link.pipeline, self.script) {
                continue;
            }
            let what = self.text(&link.pipeline.range);
            let message = format!(
                "the script continues if `{}` fails before `&&`{}",
                excerpt(what),
                self.context.consequence()
            );
            let help = if self.nested == 0 {
                "`set -e` ignores a failure before `&&`: write each command on its own line, and the first \
                 failure stops the script"
            } else {
                "`set -e` ignores a failure before `&&`: write `|| return` after the last command in a \
                 function, `|| exit` elsewhere"
            };
            let range = link.pipeline.range.start..operator.end;
            // If `set -e` may be ignored, a command on its own line would run after a failure, too. So there is no fix.
            let plain = statement.links.len() == 2 && !what.contains("<<") && self.nested == 0;
            let finding = Finding::error(codes::P0901, range, message, help);
            self.findings.push(if plain { finding.replaced_by(format!("{what};")) } else { finding });
        }
    }

    /// Reports `if npm test; then echo passed; else echo failed; fi`.
    fn check_verdict_condition(&mut self, branches: &[(List, List)], otherwise: Option<&List>) {
        let [(condition, body)] = branches else { return };
        let [statement] = condition.statements.as_slice() else { return };
        let [link] = statement.links.as_slice() else { return };
        let simple = only_simple(&link.pipeline);
        let decides = simple.and_then(Invocation::of).is_some_and(|invocation| is_check(&invocation));
        // A list that leaves the script or a loop makes a decision, so it uses the failure.
        let only_prints = |list: &List| harmless_list(list).is_some() && !has_exit(list);
        if decides && only_prints(body) && otherwise.is_none_or(only_prints) {
            let range = link.pipeline.range.clone();
            let what = simple_text(&link.pipeline, self.script);
            let message =
                format!("the failure of `{}` has no effect{}", excerpt(what), self.context.consequence());
            let help = "run it as a separate command, or `exit 1` in the branch for its failure";
            self.findings.push(Finding::error(codes::P0901, range, message, help));
        }
    }

    /// Checks how the last statement or a `wait` hides earlier failures.
    fn check_end(&mut self) {
        let statements = self.tree.main.statements.as_slice();
        if let [.., before, last] = statements {
            self.check_forced_success(before, last);
        }
        if let Some(last) = statements.last()
            && let End::Background(mark) = &last.end
        {
            let what = excerpt(self.text(&last.range));
            let message = format!("the script ends while `{what}` still runs, so its failure is lost");
            let help = "remove the `&`, or `wait \"$!\"` for it";
            self.findings.push(Finding::error(codes::P0901, last.range.start..mark.end, message, help));
        }
        self.check_bare_waits();
    }

    /// Reports `A; true` and `A; exit 0` at the end.
    fn check_forced_success(&mut self, before: &Statement, last: &Statement) {
        let [link] = last.links.as_slice() else { return };
        let is_success =
            harmless(&link.pipeline) == Some(Harmless::Nothing) && only_simple(&link.pipeline).is_some();
        let does_something = before.links.iter().any(|link| harmless(&link.pipeline).is_none());
        if !is_success || !does_something {
            return;
        }
        let text = self.text(&link.pipeline.range);
        let what = excerpt(self.text(&before.range));
        let help = "remove it: the script stops at the first failure and ends with the exit status of its last command";
        match &before.end {
            End::Semicolon(mark) => {
                let range = mark.start..link.pipeline.range.end;
                let message = format!("`; {text}` ignores the failure of `{what}`");
                self.findings.push(Finding::error(codes::P0901, range, message, help).replaced_by(""));
            }
            _ if before.links.len() > 1
                && before.links.iter().all(|link| self.is_command(&link.pipeline)) =>
            {
                let message =
                    format!("`{text}` discards the exit status of `{what}`{}", self.context.consequence());
                let range = link.pipeline.range.clone();
                self.findings.push(Finding::error(codes::P0901, range, message, help));
            }
            _ => {}
        }
    }

    /// Whether a pipeline has an effect and is no question.
    fn is_command(&self, pipeline: &Pipeline) -> bool {
        harmless(pipeline).is_none() && !is_question(pipeline, self.script)
    }

    /// Reports `A & B & wait`: without an operand, `wait` always succeeds.
    fn check_bare_waits(&mut self) {
        let stops = ["kill", "pkill", "killall"].iter().any(|program| self.programs.contains(program));
        let mut started = false;
        for statement in &self.tree.main.statements {
            if matches!(statement.end, End::Background(_)) {
                let idle = only_link(statement)
                    .and_then(|link| only_simple(&link.pipeline))
                    .and_then(Invocation::of)
                    .is_some_and(|invocation| invocation.name == "sleep");
                started |= !idle;
            }
            self.starts_in_loop(statement, &mut started);
            let Some(link) = only_link(statement) else { continue };
            let waits = only_simple(&link.pipeline)
                .and_then(Invocation::of)
                .is_some_and(|invocation| invocation.name == "wait" && invocation.words.len() == 1);
            if waits && started && !stops {
                let message = "`wait` without a process id always succeeds".to_owned();
                let help = "store each `$!` and wait for it: `wait \"$PID\"` has its exit status";
                self.findings.push(Finding::error(codes::P0901, link.pipeline.range.clone(), message, help));
            }
        }
    }

    /// Whether a loop starts commands in the background.
    fn starts_in_loop(&self, statement: &Statement, started: &mut bool) {
        for command in statement.links.iter().flat_map(|link| &link.pipeline.commands) {
            if let Kind::For(_, body) | Kind::While(_, body) | Kind::Group(body) = &command.kind {
                *started |= body.statements.iter().any(|inner| matches!(inner.end, End::Background(_)));
            }
        }
    }
}

/// The commands of the script itself that print to the log only.
fn printing_commands(tree: &Script) -> Vec<Bytes> {
    let links = tree.main.statements.iter().flat_map(|statement| &statement.links);
    links
        .filter(|link| harmless(&link.pipeline) == Some(Harmless::Prints))
        .filter(|link| {
            only_simple(&link.pipeline)
                .is_some_and(|simple| simple.words.iter().all(|word| word.substitutions.is_empty()))
        })
        .map(|link| link.pipeline.range.clone())
        .collect()
}

/// Whether a link is `|| exit 0` or `|| return 0`. After a question, these end the script early.
fn is_guard_exit(link: &Link) -> bool {
    only_simple(&link.pipeline)
        .and_then(Invocation::of)
        .is_some_and(|invocation| matches!(invocation.name, "exit" | "return"))
}

fn has_exit(list: &List) -> bool {
    let mut leaves = false;
    list.for_each_command(&mut |command| {
        if let Kind::Simple(simple) = &command.kind
            && let Some(invocation) = Invocation::of(simple)
        {
            leaves |= matches!(invocation.name, "exit" | "return" | "break" | "continue");
        }
    });
    leaves
}

fn simple_text<'t>(pipeline: &Pipeline, script: &'t str) -> &'t str {
    let text = script.get(pipeline.range.clone()).unwrap_or_default();
    text.trim_start_matches(['!', ' ', '\t'])
}

fn has_here_document(command: &Command, script: &str) -> bool {
    command.redirects.iter().any(|redirect| {
        let operator = script.get(redirect.operator.clone()).unwrap_or_default();
        operator.ends_with("<<") || operator.ends_with("<<-")
    })
}
