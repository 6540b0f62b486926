//! The clauses of a body, one by one.

use super::{Role, Work};
use crate::expand::Expander;
use crate::expand::frame::{DEEPEST_CALL, Frame};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, Spanned, codes};
use pipec_ir::{
    Action, Binding, Cache, Checkout, EngineBlock, EngineStep, Exemption, ExemptionRule, Expectation, Keep,
    Leg, Matrix, Measure, Operator, Override, PathPattern, Quorum, Report, Retry, Right, Sidecar, Step,
    StepKind, Strategy, StrategyStep, Text, Tool, ToolVersion,
};
use pipec_syntax::ast::{self, BodyClause, Clause, DefaultClause, Name, StringLiteral};
use std::collections::BTreeMap;

const GATES: &str = "gate";
const DEPLOYS: &str = "deploy";

impl<'a> Expander<'a, '_> {
    /// Adds the clauses of a body.
    pub(in crate::expand) fn body_clauses(
        &mut self,
        body: &'a ast::Body,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        // The axes are facts of every clause, wherever the matrix stands.
        for clause in &body.clauses {
            if let BodyClause::Matrix(parts) = &clause.kind {
                frame.axes.extend(parts.iter().filter_map(|part| match &part.kind {
                    ast::MatrixClause::Axis { name, .. } => Some(name.node.clone()),
                    _ => None,
                }));
            }
        }
        for clause in &body.clauses {
            self.body_clause(clause, work, frame);
        }
    }

    fn body_clause(&mut self, clause: &'a Clause<BodyClause>, work: &mut Work, frame: &mut Frame) {
        let span = clause.span;
        let origin = frame.origin(span);
        if !self.may_stand(&clause.kind, span, work, frame) {
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
                    let known = work.body.uses.iter().any(|(used, _)| *used == name.node);
                    if !known && self.is_artefact(name, frame) {
                        work.body.uses.push((name.node.clone(), frame.origin(name.span)));
                    }
                }
            }
            BodyClause::Path(globs) => {
                if self.replaces("path", span, work, frame) {
                    return;
                }
                let paths = self.patterns(globs, "a path", frame);
                work.paths.extend(paths);
            }
            BodyClause::Checkout(checkout) => work.body.checkout = self.checkout(checkout, frame),
            BodyClause::ImageName(name) => {
                let name = self.literal_text(name, "the name of an image", frame);
                work.image_name = name.map(|name| (name, origin));
            }
            BodyClause::Timeout(expression) => {
                if let Some(timeout) = self.duration(expression, "a timeout", frame) {
                    work.body.timeout = timeout;
                }
            }
            BodyClause::Retry { times, because } => {
                let because = because.node.clone();
                work.body.retry = Some(Retry { times: times.node, because, origin });
            }
            BodyClause::Secret(secret) => {
                let secret = self.secret(secret, frame);
                work.body.secrets.push(secret);
            }
            BodyClause::Identity(identity) => {
                let identity = self.identity(identity, span, frame);
                work.body.identities.extend(identity);
            }
            BodyClause::MayWrite(names) => self.rights(names, work, frame),
            BodyClause::Report { format, path } => self.report_clause(format, path, origin, work, frame),
            BodyClause::Keep(globs) => {
                let paths = self.patterns(globs, "a path", frame);
                work.body.keeps.push(Keep { paths, origin });
            }
            BodyClause::Measure { file, rows } => {
                if let Some(file) = self.literal_text(file, "the file of a measure", frame) {
                    let expectations = rows.iter().map(|row| expectation(row, frame)).collect();
                    work.body.measures.push(Measure { file, expectations, origin });
                }
            }
            BodyClause::Cache { path, key } => {
                let path = self.literal_text(path, "a path", frame);
                let key_file = self.literal_text(key, "a path", frame);
                if let (Some(path), Some(key_file)) = (path, key_file) {
                    work.body.caches.push(Cache { path, key_file, origin });
                }
            }
            BodyClause::Sidecar { name, clauses } => self.sidecar(name, clauses, origin, work, frame),
            BodyClause::Matrix(parts) => self.matrix(parts, span, work, frame),
            BodyClause::Shard(expression) => {
                if let Value::Int(count) =
                    self.evaluate_as(expression, &Type::Int, "a number of shards", frame)
                {
                    work.body.shards = Some((count, origin));
                }
            }
            BodyClause::Repeat { times, quorum } => {
                work.quorum = Some(Quorum { times: times.node, quorum: quorum.node });
            }
            BodyClause::Advisory(because) => work.advisory = Some((because.node.clone(), origin)),
            BodyClause::Exempt { when, because } => self.exemption(when, because, origin, work, frame),
            BodyClause::Override { role, clauses } => self.overriding(role, clauses, span, work, frame),
            BodyClause::Strategy { kind, steps } => self.strategy(kind, steps, origin, work, frame),
            BodyClause::Shift(action) => work.shift = self.action(action, frame),
            BodyClause::Verify(action) => work.verify = self.action(action, frame),
            BodyClause::Rollback(action) => work.rollback = self.action(action, frame),
            BodyClause::Irreversible(because) => work.irreversible = Some((because.node.clone(), origin)),
            BodyClause::Engine { target, because, steps } => {
                self.engine(target, because, steps, origin, work, frame);
            }
            BodyClause::Error => work.has_error = true,
        }
    }

    /// Whether a clause belongs in a node of this kind, and stands there only as often as it may.
    fn may_stand(&mut self, clause: &BodyClause, span: Span, work: &mut Work, frame: &Frame) -> bool {
        let Some((word, roles, once)) = place_of(clause) else { return true };
        let role = match &work.role {
            Role::Gate(_) => GATES,
            Role::Artefact(_) => "artefact",
            Role::Deploy => DEPLOYS,
            Role::Job => "job",
            Role::Task => return true,
        };
        if !roles.contains(&role) {
            let diagnostic = misplaced(word, roles, &work.role, span);
            self.report(frame, diagnostic);
            return false;
        }
        if once {
            if let Some(first) = work.once.get(word) {
                let first = *first;
                let from_task = work.called.is_some() && !work.body.origin.span.contains(first);
                if !from_task {
                    self.report(
                        frame,
                        Diagnostic::error(codes::P0015, format!("`{word}` stands here twice"), span)
                            .label(first, "first here")
                            .help("drop one of the two"),
                    );
                    return false;
                }
            }
            work.once.insert(word, span);
        }
        true
    }

    /// A default, or the same clause in a body.
    pub(in crate::expand) fn default_clause(
        &mut self,
        clause: &'a DefaultClause,
        span: Span,
        work: &mut Work,
        frame: &mut Frame,
        is_default: bool,
    ) {
        let origin = frame.origin(span);
        match clause {
            DefaultClause::Env { variable, value } => {
                let value = self.evaluate(value, frame);
                // A broken value still sets its variable: scripts that use it are not to blame.
                let value = self.binding_value(&value, variable.span, frame).unwrap_or_default();
                let binding = Binding { variable: variable.node.clone(), value, origin };
                self.bind(binding, variable.span, work, frame, is_default);
            }
            DefaultClause::Tool { name, from_file, version } => {
                let wanted = version.node.clone();
                let version =
                    if *from_file { ToolVersion::FromFile(wanted) } else { ToolVersion::Exact(wanted) };
                work.body.tools.retain(|tool| tool.name != name.node);
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
                            format!("`{directory}` is no directory of the repository"),
                            string.span,
                        )
                        .help("name it relative to the repository's root, without `..`"),
                    );
                    return;
                }
                work.body.directory = Some((directory, origin));
            }
        }
    }

    /// What `env` hands to a script: text, or a secret as it is.
    fn binding_value(&mut self, value: &Value, span: Span, frame: &Frame) -> Option<Text> {
        match value {
            Value::Secret { variable, .. } => Some(Text::fact(pipec_ir::Fact::Secret(variable.clone()))),
            other => self.variable_value(other, span, frame),
        }
    }

    fn bind(&mut self, binding: Binding, span: Span, work: &mut Work, frame: &Frame, is_default: bool) {
        let name = binding.variable.clone();
        let earlier = work.body.env.iter().position(|known| known.variable == name);
        match earlier {
            Some(place) if is_default || work.defaults.remove(&name) => {
                work.body.env.remove(place);
            }
            Some(place) => {
                let first = work.body.env.get(place).map(|known| known.origin.span).unwrap_or_default();
                self.report(
                    frame,
                    Diagnostic::error(codes::P0121, format!("variable `{name}` is set twice"), span)
                        .label(first, "first here")
                        .help("drop one of the two, or give one another name"),
                );
                return;
            }
            None => {}
        }
        if is_default {
            work.defaults.insert(name);
        }
        work.body.env.push(binding);
    }

    fn step(
        &mut self,
        name: Option<&Name>,
        script: &StringLiteral,
        kind: StepKind,
        span: Span,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        if self.replaces("run", span, work, frame) {
            return;
        }
        let name = name.map(|name| name.node.clone());
        work.body.steps.extend(script_step(name, script, kind, frame));
    }

    /// Whether a clause would replace what the called task says.
    fn replaces(&mut self, word: &'static str, span: Span, work: &mut Work, frame: &Frame) -> bool {
        let Some(task) = work.called.clone() else {
            work.task_says.entry(word).or_insert(span);
            return false;
        };
        let Some(first) = work.task_says.get(word).copied() else { return false };
        self.report(
            frame,
            Diagnostic::error(codes::P0113, format!("task `{task}` says `{word}` already"), span)
                .label(first, "here")
                .help("a body behind a call adds clauses and replaces none: drop the call, or give the task a parameter"),
        );
        true
    }

    fn patterns(&mut self, globs: &[StringLiteral], what: &str, frame: &mut Frame) -> Vec<PathPattern> {
        globs.iter().filter_map(|glob| self.pattern(glob, what, frame)).collect()
    }

    fn pattern(&mut self, string: &StringLiteral, what: &str, frame: &mut Frame) -> Option<PathPattern> {
        let text = self.literal_text(string, what, frame)?;
        let plain = text.strip_prefix("./").unwrap_or(&text);
        if plain.split('/').any(|part| part == "..") || plain.starts_with('/') {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0105,
                    format!("`{text}` leads out of the node's directory"),
                    string.span,
                )
                .help("name it relative to the node's directory, without `..`"),
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

    fn rights(&mut self, names: &[Name], work: &mut Work, frame: &Frame) {
        let words = Right::ALL.map(Right::word);
        for name in names {
            match Right::from_word(&name.node) {
                Some(right) if work.body.rights.iter().any(|(known, _)| *known == right) => {}
                Some(right) => work.body.rights.push((right, frame.origin(name.span))),
                None => {
                    let diagnostic = Diagnostic::error(
                        codes::P0603,
                        format!("there is no right to write `{}`", name.node),
                        name.span,
                    );
                    let diagnostic = match pipec_base::closest(&name.node, words) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                            format!("write `{near}`"),
                            name.span,
                            near,
                        ),
                        None => diagnostic.help(format!("there is {}", words.join(", "))),
                    };
                    self.report(frame, diagnostic);
                }
            }
        }
    }

    fn report_clause(
        &mut self,
        format: &Name,
        path: &StringLiteral,
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        let formats = ["junit", "sarif", "coverage", "html", "markdown"];
        let known = self.known_word(format, &formats, "format of report", frame);
        if let Some(path) = self.pattern(path, "a path", frame)
            && known
        {
            work.body.reports.push(Report { format: format.node.clone(), path, origin });
        }
    }

    fn sidecar(
        &mut self,
        name: &Name,
        clauses: &'a [Clause<ast::SidecarClause>],
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        let mut sidecar = Sidecar {
            name: name.node.clone(),
            image: String::new(),
            port: None,
            env: Vec::new(),
            ready: None,
            origin,
        };
        let mut has_image = false;
        for clause in clauses {
            match &clause.kind {
                ast::SidecarClause::Image(image) => {
                    has_image = true;
                    sidecar.image = self.image(image, frame).unwrap_or_default();
                }
                ast::SidecarClause::Port(port) => sidecar.port = Some(port.node),
                ast::SidecarClause::Env { variable, value } => {
                    let value = self.evaluate(value, frame);
                    if let Some(value) = self.variable_value(&value, variable.span, frame) {
                        let origin = frame.origin(clause.span);
                        sidecar.env.push(Binding { variable: variable.node.clone(), value, origin });
                    }
                }
                ast::SidecarClause::Ready(action) => sidecar.ready = self.action(action, frame),
                ast::SidecarClause::Error => has_image = true,
            }
        }
        if !has_image {
            self.report(
                frame,
                Diagnostic::error(codes::P0019, format!("sidecar `{}` has no image", name.node), name.span)
                    .help("say what runs: `image \"postgres:17-alpine\"`"),
            );
        }
        work.body.sidecars.push(sidecar);
    }

    fn matrix(
        &mut self,
        parts: &'a [Clause<ast::MatrixClause>],
        span: Span,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        let mut axes: Vec<(String, Vec<String>)> = Vec::new();
        let mut legs: Vec<Leg> = Vec::new();
        for part in parts {
            match &part.kind {
                ast::MatrixClause::Axis { name, values } => {
                    let values = values.iter().filter_map(literal_text).collect();
                    axes.push((name.node.clone(), values));
                }
                ast::MatrixClause::Leg { name, clauses } => {
                    let mut inner = Work::new(Role::Task, frame.origin(part.span));
                    for clause in clauses {
                        self.default_clause(&clause.kind, clause.span, &mut inner, frame, false);
                    }
                    let runner = Some(inner.body.runner).filter(|runner| !runner.name.is_empty());
                    legs.push(Leg {
                        name: name.node.clone(),
                        values: BTreeMap::new(),
                        runner,
                        env: inner.body.env,
                    });
                }
                ast::MatrixClause::Error => return,
            }
        }
        if !axes.is_empty() && !legs.is_empty() {
            self.report(
                frame,
                Diagnostic::error(codes::P0106, "a matrix has axes or named legs, not both", span)
                    .help("write the axes' combinations as legs, or the legs as an axis"),
            );
            return;
        }
        if legs.is_empty() {
            legs = product(&axes);
        }
        work.body.matrix = Some(Matrix { axes, legs, origin: frame.origin(span) });
    }

    fn exemption(
        &mut self,
        when: &ast::Exemption,
        because: &ast::Text,
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &Frame,
    ) {
        let when = match when {
            ast::Exemption::OnFork => Exemption::OnFork,
            ast::Exemption::UnlessChanged(refs) => match self.changes(refs, frame) {
                Some(changes) => Exemption::UnlessChanged(changes),
                None => {
                    work.has_error = true;
                    return;
                }
            },
        };
        work.exemptions.push(ExemptionRule { when, because: because.node.clone(), origin });
    }

    fn overriding(
        &mut self,
        role: &ast::Path,
        clauses: &[Clause<ast::OverrideClause>],
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) {
        let role = self.role(role, frame);
        let (mut expires, mut review) = (None, None);
        for clause in clauses {
            match &clause.kind {
                ast::OverrideClause::Expires(duration) => expires = Some(duration.node.milliseconds),
                ast::OverrideClause::ReviewWithin(duration) => review = Some(duration.node.milliseconds),
                ast::OverrideClause::Error => return,
            }
        }
        let (Some(expires), Some(review_within)) = (expires, review) else {
            let missing = if expires.is_none() { "when it expires" } else { "by when it is reviewed" };
            self.report(
                frame,
                Diagnostic::error(codes::P0411, format!("the override does not say {missing}"), span)
                    .help("an override that never ends is no gate: `override by ROLE { expires 24h  review within 3d }`"),
            );
            return;
        };
        if let Some(role) = role {
            work.overriding = Some(Override { role, expires, review_within, origin: frame.origin(span) });
        }
    }

    fn strategy(
        &mut self,
        kind: &Name,
        steps: &[Clause<ast::StrategyStep>],
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &Frame,
    ) {
        if !self.known_word(kind, &["canary", "rolling", "blue-green"], "strategy", frame) {
            work.has_error = true;
            return;
        }
        let steps = steps
            .iter()
            .map(|step| StrategyStep {
                weight: step.kind.weight.node.clone(),
                soak: step.kind.soak.as_ref().map_or(0, |soak| soak.node.milliseconds),
                origin: frame.origin(step.kind.weight.span),
            })
            .collect();
        work.strategy = Some(Strategy { kind: kind.node.clone(), steps, origin });
    }

    /// What an action does: its own script, a task's, or a body's.
    pub(in crate::expand) fn action(&mut self, action: &'a ast::Action, frame: &mut Frame) -> Option<Action> {
        match action {
            ast::Action::Run(script) => Some(Action {
                steps: script_step(None, script, StepKind::Run, frame).into_iter().collect(),
                env: Vec::new(),
                origin: frame.origin(script.span),
            }),
            ast::Action::Body(body) => {
                let mut work = Work::new(Role::Task, frame.origin(body.span));
                self.body_clauses(body, &mut work, frame);
                Some(Action { steps: work.body.steps, env: work.body.env, origin: frame.origin(body.span) })
            }
            ast::Action::Call(call) => {
                let called = self.task_named(call, frame)?;
                if frame.calls.len() > DEEPEST_CALL {
                    self.diagnostics.push(
                        Diagnostic::error(
                            codes::P0109,
                            format!("task `{}` calls itself", called.task.name.node),
                            call.span,
                        )
                        .label(called.task.name.span, "declared here")
                        .help("tasks don't recur: write the steps out"),
                    );
                    return None;
                }
                let mut inner = self.frame_of_call(call, called, frame);
                let mut work = Work::new(Role::Task, inner.origin(called.task.body.span));
                self.body_clauses(&called.task.body, &mut work, &mut inner);
                let origin = inner.origin(called.task.body.span);
                frame.take_uses_of(inner);
                Some(Action { steps: work.body.steps, env: work.body.env, origin })
            }
        }
    }

    fn engine(
        &mut self,
        target: &Name,
        because: &ast::Text,
        steps: &[Clause<ast::EngineStep>],
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        if !self.known_word(target, &["github", "gitlab", "tekton"], "engine", frame) {
            return;
        }
        let mut all = Vec::new();
        for clause in steps {
            let origin = frame.origin(clause.span);
            match &clause.kind {
                ast::EngineStep::Run { name, script } => {
                    let name = name.as_ref().map(|name| name.node.clone());
                    all.extend(script_step(name, script, StepKind::Run, frame).map(EngineStep::Run));
                }
                ast::EngineStep::Env { variable, value } => {
                    let value = self.evaluate(value, frame);
                    if let Some(value) = self.variable_value(&value, variable.span, frame) {
                        all.push(EngineStep::Env(Binding { variable: variable.node.clone(), value, origin }));
                    }
                }
                ast::EngineStep::Action { name, action, inputs } => {
                    let mut values = Vec::new();
                    for (key, value) in inputs {
                        let found = self.evaluate(value, frame);
                        if let Some(value) = self.variable_value(&found, value.span(), frame) {
                            values.push((key.node.clone(), value));
                        }
                    }
                    all.push(EngineStep::Action {
                        name: name.as_ref().map(|name| name.node.clone()),
                        action: action.node.clone(),
                        inputs: values,
                        origin,
                    });
                }
                ast::EngineStep::Error => work.has_error = true,
            }
        }
        work.body.engines.push(EngineBlock {
            target: target.node.clone(),
            because: because.node.clone(),
            steps: all,
            origin,
        });
    }
}

/// The word of a clause, the kinds of nodes it belongs in, and whether it stands there once.
fn place_of(clause: &BodyClause) -> Option<(&'static str, &'static [&'static str], bool)> {
    const ALL: &[&str] = &[GATES, "artefact", DEPLOYS, "job"];
    const NOT_DEPLOYS: &[&str] = &[GATES, "artefact", "job"];
    Some(match clause {
        BodyClause::Path(_) => ("path", &["artefact"], false),
        BodyClause::ImageName(_) => ("name", &["artefact"], true),
        BodyClause::Checkout(_) => ("checkout", ALL, true),
        BodyClause::Timeout(_) => ("timeout", ALL, true),
        BodyClause::Retry { .. } => ("retry", &["artefact", "job"], true),
        BodyClause::Secret(_) => ("secret", NOT_DEPLOYS, false),
        BodyClause::Identity(_) => ("identity", NOT_DEPLOYS, false),
        BodyClause::Measure { .. } => ("measure", &[GATES], false),
        BodyClause::Matrix(_) => ("matrix", NOT_DEPLOYS, true),
        BodyClause::Shard(_) => ("shard", NOT_DEPLOYS, true),
        BodyClause::Repeat { .. } => ("repeat", &[GATES], true),
        BodyClause::Advisory(_) => ("advisory", &[GATES], true),
        BodyClause::Exempt { .. } => ("exempt", &[GATES], false),
        BodyClause::Override { .. } => ("override", &[GATES], true),
        BodyClause::Strategy { .. } => ("strategy", &[DEPLOYS], true),
        BodyClause::Shift(_) => ("shift", &[DEPLOYS], true),
        BodyClause::Verify(_) => ("verify", &[DEPLOYS], true),
        BodyClause::Rollback(_) => ("rollback", &[DEPLOYS], true),
        BodyClause::Irreversible(_) => ("irreversible", &[DEPLOYS], true),
        BodyClause::Engine { .. } => ("engine", NOT_DEPLOYS, false),
        _ => return None,
    })
}

fn misplaced(word: &str, roles: &[&str], role: &Role, span: Span) -> Diagnostic {
    if word == "retry" && matches!(role, Role::Gate(_)) {
        return Diagnostic::error(codes::P0409, "a gate is never retried to green", span).help(
            "one pass in three is a failure that was hidden: mend the test, or run it often with `repeat 3 quorum 2` where the evidence is an evaluation or a performance",
        );
    }
    let where_to = match word {
        "secret" | "identity" => "what a deploy holds belongs to its environment: declare it there",
        "engine" => "a deploy has no raw steps: they would be assumed, not proven",
        "path" => "only what an artefact's build leaves behind is handed over",
        "exempt" | "override" | "advisory" => "only a gate can be passed by",
        "strategy" | "shift" | "verify" | "rollback" | "irreversible" => {
            "only a deploy changes the world outside"
        }
        _ => "",
    };
    let kinds: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    let help =
        if where_to.is_empty() { format!("it belongs in {}", kinds.join(", ")) } else { where_to.to_owned() };
    Diagnostic::error(codes::P0013, format!("`{word}` does not belong in {}", role.what()), span).help(help)
}

/// A script; one that interpolates has been refused by the parser.
fn script_step(name: Option<String>, script: &StringLiteral, kind: StepKind, frame: &Frame) -> Option<Step> {
    let text = script.verbatim()?;
    Some(Step { name, script: text, kind, origin: frame.origin(script.span) })
}

fn expectation(row: &Clause<ast::Expectation>, frame: &Frame) -> Expectation {
    let operator = match row.kind.operator.node {
        ast::Operator::Less => Operator::Less,
        ast::Operator::LessOrEqual => Operator::LessOrEqual,
        ast::Operator::Equal => Operator::Equal,
        ast::Operator::NotEqual => Operator::NotEqual,
        ast::Operator::GreaterOrEqual => Operator::GreaterOrEqual,
        ast::Operator::Greater => Operator::Greater,
    };
    Expectation {
        key: row.kind.key.node.clone(),
        operator,
        threshold: literal_text(&row.kind.value).unwrap_or_default(),
        origin: frame.origin(row.span),
    }
}

fn literal_text(literal: &Spanned<ast::Literal>) -> Option<String> {
    Value::of_literal(&literal.node).to_text()?.as_literal().map(str::to_owned)
}

/// Every combination of the axes' values, the last axis changing fastest.
fn product(axes: &[(String, Vec<String>)]) -> Vec<Leg> {
    /// GitHub's and Tekton's limit of jobs in a matrix.
    const MOST_LEGS: usize = 256;
    let mut legs = vec![BTreeMap::new()];
    for (axis, values) in axes {
        legs = legs
            .iter()
            .flat_map(|leg| {
                values.iter().map(move |value| {
                    let mut leg: BTreeMap<String, String> = leg.clone();
                    leg.insert(axis.clone(), value.clone());
                    leg
                })
            })
            .take(MOST_LEGS + 1)
            .collect();
    }
    legs.into_iter()
        .map(|values| {
            let name: Vec<&str> =
                axes.iter().filter_map(|(axis, _)| values.get(axis)).map(String::as_str).collect();
            Leg { name: name.join("-"), values, runner: None, env: Vec::new() }
        })
        .collect()
}
