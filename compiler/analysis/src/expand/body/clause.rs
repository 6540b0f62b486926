//! The clauses of a body, one by one.

use super::{Role, Work, duplicate_variable};
use crate::expand::frame::Frame;
use crate::expand::{Expansion, repeated};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, Spanned, codes};
use pipec_ir::{
    Action, Binding, Checkout, Held, Keep, PathPattern, Quorum, Report, ReportFormat, Retry, Step, StepKind,
    Text, Tool,
};
use pipec_syntax::ast::{self, BodyClause, Clause, DefaultClause, Name, StringLiteral};

impl<'a> Expansion<'a, '_> {
    /// Adds the clauses of a body to a node.
    pub(in crate::expand) fn body_clauses(
        &mut self,
        body: &'a ast::Body,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        for clause in &body.clauses {
            self.body_clause(clause, work, frame);
        }
    }

    fn body_clause(&mut self, clause: &'a Clause<BodyClause>, work: &mut Work, frame: &mut Frame) {
        let span = clause.span;
        let origin = frame.origin(span);
        if !self.check_placement(&clause.kind, span, work, frame) {
            return;
        }
        match &clause.kind {
            BodyClause::Default(default) => self.default_clause(default, span, work, frame, false),
            BodyClause::Run { name, script } => {
                self.step(name.as_ref(), script, StepKind::Run, span, work, frame);
            }
            BodyClause::Check { name, script } => {
                self.step(Some(name), script, StepKind::Check, span, work, frame);
            }
            BodyClause::Uses(names) => {
                for name in names {
                    let Some(artefact) = self.artefact_named(name, frame) else { continue };
                    if !work.body.uses.iter().any(|(used, _)| *used == artefact) {
                        work.body.uses.push((artefact, frame.origin(name.span)));
                    }
                }
            }
            BodyClause::Path(globs) => {
                if self.refuses_replacement("path", span, work, frame) {
                    return;
                }
                let paths = self.patterns(globs, "a path", frame);
                work.has_error |= paths.len() < globs.len();
                work.paths.extend(paths);
            }
            BodyClause::Checkout(checkout) => work.body.checkout = self.checkout(checkout, frame),
            BodyClause::ImageName(name) => {
                let name = self.literal_text(name, "the name of an image", frame);
                work.has_error |= name.is_none();
                work.image_name = name.map(|name| (name, origin));
            }
            BodyClause::Timeout(expression) => {
                if let Some(timeout) = self.duration(expression, "a timeout", frame) {
                    work.body.timeout = timeout;
                }
            }
            BodyClause::Retry { times, because } => {
                if times.node == 0 {
                    self.report(
                        frame,
                        Diagnostic::error(codes::P0801, "no retry is already the default", times.span)
                            .help("remove the clause")
                            .fix("drop it", origin.span, ""),
                    );
                }
                self.reason(because, frame);
                let because = because.node.clone();
                work.body.retry = Some(Retry { times: times.node, because, origin });
            }
            BodyClause::Secret { secret, only: Some(steps) } if matches!(work.role, Role::Deploy) => {
                self.narrow(Held::Secret(secret.variable.node.clone()), steps, span, work, frame);
            }
            BodyClause::Secret { secret, only } => {
                let known = work.body.secrets.iter().find(|it| it.variable == secret.variable.node);
                if let Some(first) = known.map(|known| known.origin.span) {
                    let held = Held::Secret(secret.variable.node.clone());
                    let finding = duplicate_variable(&secret.variable, first);
                    self.report(
                        frame,
                        match (only, work.body.narrowed_to(&held)) {
                            (Some(steps), Some(narrowed)) => {
                                let all = narrowed.steps.iter().map(|(step, _)| step.as_str());
                                let all: Vec<&str> =
                                    all.chain(steps.iter().map(|step| step.node.as_str())).collect();
                                let clause =
                                    format!("secret {} for {}", secret.variable.node, all.join(", "));
                                finding.help(format!("name all its steps in one clause: `{clause}`"))
                            }
                            _ => finding,
                        },
                    );
                    if let (Some(steps), Some(_)) = (only, work.body.narrowed_to(&held)) {
                        self.narrow(held, steps, span, work, frame);
                    }
                    return;
                }
                if let Some(steps) = only {
                    self.narrow(Held::Secret(secret.variable.node.clone()), steps, span, work, frame);
                }
                let secret = self.secret(secret, frame);
                work.body.secrets.push(secret);
            }
            BodyClause::Identity { identity, only } => {
                let Some(identity) = self.identity(identity, span, frame) else { return };
                if let Some(steps) = only {
                    self.narrow(Held::identity(&identity), steps, span, work, frame);
                }
                if !matches!(work.role, Role::Deploy) {
                    work.body.identities.push(identity);
                }
            }
            BodyClause::MayWrite { rights, only } => self.rights(rights, only.as_deref(), span, work, frame),
            BodyClause::Report { format, path } => self.report_clause(format, path, origin, work, frame),
            BodyClause::Keep(globs) => {
                let paths = self.patterns(globs, "a path", frame);
                work.body.keeps.push(Keep { paths, origin });
            }
            BodyClause::Measure { file, rows } => {
                let measure = self.measure(file, rows, span, work, frame);
                work.has_error |= measure.is_none();
                work.body.measures.extend(measure);
            }
            BodyClause::Cache { path, key } => {
                let cache = self.cache(path, key, span, work, frame);
                work.has_error |= cache.is_none();
                work.body.caches.extend(cache);
            }
            BodyClause::Sidecar { name, clauses } => self.sidecar(name, clauses, origin, work, frame),
            BodyClause::Matrix(parts) => self.matrix(parts, span, work, frame),
            BodyClause::Shard(expression) => {
                match self.evaluate_now(expression, &Type::Int, "a number of shards", frame) {
                    Value::Int(0) => self.report(
                        frame,
                        Diagnostic::error(codes::P0106, "with 0 shards nothing runs", expression.span())
                            .help("give the number of shards, at least 1"),
                    ),
                    Value::Int(count) => work.body.shards = Some((count, origin)),
                    _ => {}
                }
            }
            BodyClause::Repeat { times, quorum } => {
                work.quorum = Some(Quorum { times: times.node, quorum: quorum.node });
            }
            BodyClause::Advisory(because) => {
                self.reason(because, frame);
                work.advisory = Some((because.node.clone(), origin));
            }
            BodyClause::Exempt { when, because } => self.exemption(when, because, origin, work, frame),
            BodyClause::Override { role, clauses } => self.overriding(role, clauses, span, work, frame),
            BodyClause::Strategy { kind, steps } => self.strategy(kind, steps, origin, work, frame),
            BodyClause::Shift(action) => work.shift = self.action_of(action, work, frame),
            BodyClause::Verify(action) => work.verify = self.action_of(action, work, frame),
            BodyClause::Rollback(action) => work.rollback = self.action_of(action, work, frame),
            BodyClause::Irreversible(because) => {
                self.reason(because, frame);
                work.irreversible = Some((because.node.clone(), origin));
            }
            BodyClause::Engine { target, because, steps } => {
                self.engine(target, because, steps, origin, work, frame);
            }
            BodyClause::Cleanup(action) => work.body.cleanup = self.action_of(action, work, frame),
            BodyClause::Error => work.has_error = true,
        }
    }

    /// Adds a default clause, or the same clause in a body.
    pub(in crate::expand) fn default_clause(
        &mut self,
        clause: &'a DefaultClause,
        span: Span,
        work: &mut Work,
        frame: &Frame,
        is_default: bool,
    ) {
        let origin = frame.origin(span);
        match clause {
            DefaultClause::Env { variable, value } => {
                let place = value.span();
                let value = self.evaluate(value, frame);
                // A broken value still sets its variable, so that the scripts that use it are not reported.
                let value = self.binding_value(&value, place, frame).unwrap_or_default();
                let binding = Binding { variable: variable.node.clone(), value, origin };
                self.bind(binding, variable, work, frame, is_default);
            }
            DefaultClause::Tool { name, version } => {
                let Some(version) = self.tool_version(name, version, frame) else { return };
                let earlier = work.body.tools.iter().find(|tool| tool.name == name.node);
                let replaces = is_default || work.called.is_some() || work.default_tools.contains(&name.node);
                if let (Some(first), false) = (earlier, replaces) {
                    let first = first.origin.span;
                    self.report(frame, repeated(&format!("tool {}", name.node), span, first));
                    return;
                }
                work.body.tools.retain(|tool| tool.name != name.node);
                if is_default {
                    work.default_tools.insert(name.node.clone());
                } else {
                    work.default_tools.remove(&name.node);
                }
                work.body.tools.push(Tool { name: name.node.clone(), version, origin });
            }
            DefaultClause::RunsOn(path) => {
                if let Some(runner) = self.runner(path, frame) {
                    work.body.runner = runner;
                }
            }
            DefaultClause::In(string) => {
                let Some(directory) = self.literal_text(string, "a directory", frame) else { return };
                let parts: Vec<&str> = directory.split('/').collect();
                if directory.starts_with('/') || parts.contains(&"..") || directory.is_empty() {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0105,
                            format!("`{directory}` is not a directory of the repository"),
                            string.span,
                        )
                        .help("write it relative to the root of the repository, without `..`"),
                    );
                    return;
                }
                work.body.directory = Some((directory, origin));
                work.is_default_directory = is_default;
            }
        }
    }

    /// The value that `env` gives to a script: text, or a secret unchanged.
    fn binding_value(&mut self, value: &Value, span: Span, frame: &Frame) -> Option<Text> {
        match value {
            Value::Secret { variable, .. } => Some(Text::fact(pipec_ir::Fact::Secret(variable.clone()))),
            other => self.variable_value(other, span, frame),
        }
    }

    fn bind(
        &mut self,
        binding: Binding,
        variable: &ast::Variable,
        work: &mut Work,
        frame: &Frame,
        is_default: bool,
    ) {
        let name = binding.variable.clone();
        let earlier = work.body.env.iter().position(|known| known.variable == name);
        match earlier {
            Some(place) if is_default || work.defaults.remove(&name) => {
                work.body.env.remove(place);
            }
            Some(place) => {
                let first = work.body.env.get(place).map(|known| known.origin.span).unwrap_or_default();
                self.report(frame, duplicate_variable(variable, first));
                return;
            }
            None => {}
        }
        if is_default {
            work.defaults.insert(name);
        }
        work.body.env.push(binding);
    }

    /// Reads an action of a deploy. An unreadable action makes its deploy unreadable.
    fn action_of(&mut self, action: &'a ast::Action, work: &mut Work, frame: &mut Frame) -> Option<Action> {
        let done = self.action(action, frame);
        work.has_error |= done.is_none();
        done
    }

    fn step(
        &mut self,
        name: Option<&Name>,
        script: &StringLiteral,
        kind: StepKind,
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) {
        if self.refuses_replacement("run", span, work, frame) {
            return;
        }
        let name = name.map(|name| name.node.clone());
        let step = script_step(name, script, kind, frame);
        work.has_error |= step.is_none();
        if let Some(step) = step {
            // Most bodies have one step, and a vector would make room for four.
            if work.body.steps.is_empty() {
                work.body.steps.reserve_exact(1);
            }
            work.body.steps.push(step);
        }
    }

    /// Whether a clause would replace one of the called task. Reports it.
    fn refuses_replacement(
        &mut self,
        word: &'static str,
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) -> bool {
        let Some(task) = work.called.clone() else {
            work.from_task.entry(word).or_insert(span);
            return false;
        };
        let Some(first) = work.from_task.get(word).copied() else { return false };
        self.report(
            frame,
            Diagnostic::error(codes::P0113, format!("task `{task}` already has `{word}`"), span)
                .label(first, "here")
                .help(
                    "a body after a call adds clauses but replaces none: remove the call, or give the \
                       task a parameter",
                ),
        );
        true
    }

    fn patterns(&mut self, globs: &[StringLiteral], what: &str, frame: &Frame) -> Vec<PathPattern> {
        globs.iter().filter_map(|glob| self.pattern(glob, what, frame)).collect()
    }

    fn pattern(&mut self, string: &StringLiteral, what: &str, frame: &Frame) -> Option<PathPattern> {
        let text = self.literal_text(string, what, frame)?;
        let plain = text.strip_prefix("./").unwrap_or(&text);
        if plain.split('/').any(|part| part == "..") || plain.starts_with('/') {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0105,
                    format!("`{text}` is outside the node's directory"),
                    string.span,
                )
                .help("write it relative to the node's directory, without `..`"),
            );
            return None;
        }
        let glob = self.glob(plain, string.span, frame)?;
        Some(PathPattern { glob, origin: frame.origin(string.span) })
    }

    fn checkout(&mut self, checkout: &ast::Checkout, frame: &Frame) -> Checkout {
        let ast::Checkout::With(clauses) = checkout else { return Checkout::None };
        let (mut full_history, mut submodules, mut lfs) = (false, false, false);
        for clause in clauses {
            match &clause.kind {
                ast::CheckoutClause::History(word) => {
                    full_history = self.known_word(word, &["full"], "history", frame);
                }
                ast::CheckoutClause::Submodules => submodules = true,
                ast::CheckoutClause::Lfs => lfs = true,
                ast::CheckoutClause::Error => {}
            }
        }
        Checkout::With { full_history, submodules, lfs }
    }

    fn report_clause(
        &mut self,
        format: &Name,
        path: &StringLiteral,
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &Frame,
    ) {
        let known = self.word_of(format, ReportFormat::ALL, ReportFormat::word, "format of report", frame);
        if let Some(path) = self.pattern(path, "a path", frame)
            && let Some(format) = known
        {
            work.body.reports.push(Report { format, path, origin });
        }
    }
}

/// A script step. The parser has already refused interpolation in scripts.
pub(super) fn script_step(
    name: Option<String>,
    script: &StringLiteral,
    kind: StepKind,
    frame: &Frame,
) -> Option<Step> {
    let text = script.verbatim()?;
    Some(Step { name, script: text, kind, origin: frame.origin(script.span) })
}

pub(super) fn literal_text(literal: &Spanned<ast::Literal>) -> Option<String> {
    Value::of_literal(&literal.node).to_text()?.as_literal().map(str::to_owned)
}
