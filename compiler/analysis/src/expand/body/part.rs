//! Clauses of a body that contain clauses themselves.

use super::clause::{literal_text, script_step};
use super::{Role, Work};
use crate::expand::frame::Frame;
use crate::expand::{Expansion, repeated};
use crate::scope::name_taken;
use crate::value::Type;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{
    Binding, EngineBlock, EngineInput, EngineStep, Exemption, ExemptionRule, InputForm, Leg, Matrix,
    Override, StepKind, Strategy, StrategyKind, StrategyStep, Weight,
};
use pipec_syntax::ast::{self, Clause, DefaultClause, Name};
use std::collections::BTreeMap;

/// The maximum age of the approval of an override, in milliseconds. A run waits no longer than this for an approval.
const MAX_OVERRIDE_AGE: u64 = 30 * 86_400_000;

/// The latest time for the review of an override, in milliseconds after it.
const MAX_REVIEW_TIME: u64 = 90 * 86_400_000;

/// The help for a setting of another tool's matrix, which would be read as an axis.
fn foreign_axis(name: &str) -> Option<&'static str> {
    Some(match name {
        "fail-fast" => "remove it: all legs run to their end, so that the failure of one hides no other",
        "max-parallel" | "parallel" | "limit" => {
            "remove it: the engine runs as many legs at once as it has machines; `shard 4` splits the tests of a node"
        }
        "include" | "exclude" => "list the combinations as legs with names: `linux { env OS = \"ubuntu\" }`",
        "matrix" | "strategy" => "write the axes directly into `matrix { … }`: `os \"a\", \"b\"`",
        _ => return None,
    })
}

impl<'a> Expansion<'a, '_> {
    pub(super) fn matrix(
        &mut self,
        parts: &'a [Clause<ast::MatrixClause>],
        span: Span,
        work: &mut Work,
        frame: &Frame,
    ) {
        let mut places: BTreeMap<&str, Span> = BTreeMap::new();
        let mut axes: Vec<(String, Vec<String>)> = Vec::new();
        let mut legs: Vec<Leg> = Vec::new();
        for part in parts {
            match &part.kind {
                ast::MatrixClause::Axis { name, values } => {
                    if let Some(first) = places.insert(&name.node, name.span) {
                        self.report(frame, name_taken(name, first));
                        continue;
                    }
                    if let Some(help) = foreign_axis(&name.node) {
                        let message = format!("`{}` is no axis of a matrix", name.node);
                        let finding = Diagnostic::error(codes::P0014, message, name.span).help(help);
                        self.report(frame, finding);
                        continue;
                    }
                    let mut all: BTreeMap<String, Span> = BTreeMap::new();
                    let mut texts: Vec<(String, Span)> = Vec::new();
                    for value in values {
                        let Some(text) = literal_text(value) else { continue };
                        match all.get(&text) {
                            Some(first) => self.report(frame, repeated(&text, value.span, *first)),
                            None => {
                                all.insert(text.clone(), value.span);
                                texts.push((text, value.span));
                            }
                        }
                    }
                    axes.push((name.node.clone(), texts.iter().map(|(text, _)| text.clone()).collect()));
                    work.axis_values.insert(name.node.clone(), texts);
                }
                ast::MatrixClause::Leg { name, clauses } => {
                    if let Some(first) = places.insert(&name.node, name.span) {
                        self.report(frame, name_taken(name, first));
                        continue;
                    }
                    let mut inner = Work::new(Role::Action, frame.origin(part.span));
                    for clause in clauses {
                        if self.check_leg_clause(&clause.kind, clause.span, &inner, frame) {
                            self.default_clause(&clause.kind, clause.span, &mut inner, frame, false);
                        } else {
                            work.has_error = true;
                        }
                    }
                    let runner = Some(inner.body.runner).filter(|runner| !runner.name.is_empty());
                    legs.push(Leg {
                        name: name.node.clone(),
                        values: BTreeMap::new(),
                        runner,
                        env: inner.body.env,
                        tools: inner.body.tools,
                    });
                    work.leg_places.push(name.span);
                }
                ast::MatrixClause::Error => return,
            }
        }
        if !axes.is_empty() && !legs.is_empty() {
            self.report(
                frame,
                Diagnostic::error(codes::P0106, "a matrix has axes or named legs, not both", span)
                    .help("write the combinations of the axes as legs, or the legs as an axis"),
            );
            return;
        }
        let most = self.workspace.most_legs();
        if legs.is_empty() {
            legs = product(&axes, most);
        }
        if legs.len() > most || axes.is_empty() && parts.is_empty() {
            let message = if parts.is_empty() {
                "this matrix has no leg".to_owned()
            } else {
                format!("this matrix has more than {most} legs")
            };
            self.report(
                frame,
                Diagnostic::error(codes::P0106, message, span)
                    .help("each leg is a job: list only the combinations you need, as named legs"),
            );
            return;
        }
        work.body.matrix = Some(Matrix { axes, legs, origin: frame.origin(span) });
    }

    /// Whether a clause may occur in a leg: runner, variables, or tools with a version.
    fn check_leg_clause(&mut self, clause: &DefaultClause, span: Span, leg: &Work, frame: &Frame) -> bool {
        let diagnostic = match clause {
            DefaultClause::In(_) => {
                Diagnostic::error(codes::P0013, "a leg can have only `runs on`, `env` and `tool`", span)
                    .help("write it in the node, or make the leg a separate node")
            }
            DefaultClause::Tool { name, version: ast::ToolVersion::FromFile(_) } => {
                Diagnostic::error(codes::P0013, "a tool of a leg can't read its version from a file", span)
                    .help(format!("give the version: `tool {} \"1.2.3\"`", name.node))
            }
            DefaultClause::Tool { name, .. } => {
                let Some(first) = leg.body.tools.iter().find(|tool| tool.name == name.node) else {
                    return true;
                };
                repeated(&format!("tool {}", name.node), span, first.origin.span)
            }
            DefaultClause::Env { .. } | DefaultClause::RunsOn(_) => return true,
        };
        self.report(frame, diagnostic);
        false
    }

    pub(super) fn exemption(
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
        let is_change = |when: &Exemption| matches!(when, Exemption::UnlessChanged(_));
        let first = work.exemptions.iter().find(|rule| is_change(&rule.when)).map(|rule| rule.origin.span);
        if let (Some(first), true) = (first, is_change(&when)) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0015,
                    "a second `exempt unless changed` would extend the first",
                    origin.span,
                )
                .label(first, "first here")
                .help(
                    "list everything that needs the gate in one clause: `exempt unless changed \
                           schema, \"db/**\" because \"…\"`",
                ),
            );
            work.has_error = true;
            return;
        }
        let mut on_fork = work.exemptions.iter().filter(|rule| !is_change(&rule.when));
        if let (Some(first), false) = (on_fork.next(), is_change(&when)) {
            let first = first.origin.span;
            self.report(frame, repeated("exempt on fork", origin.span, first));
            return;
        }
        self.reason(because, frame);
        work.exemptions.push(ExemptionRule { when, because: because.node.clone(), origin });
    }

    pub(super) fn overriding(
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
                Diagnostic::error(codes::P0411, format!("the override does not state {missing}"), span).help(
                    "an override must end, or the gate is useless: `override by ROLE { expires 24h \
                           review within 3d }`",
                ),
            );
            return;
        };
        for (what, duration) in [("expires", expires), ("is to be reviewed", review_within)] {
            if duration == 0 {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0411, format!("the override {what} immediately"), span)
                        .help("give more time: `override by ROLE { expires 24h  review within 3d }`"),
                );
                return;
            }
        }
        let too_long = [
            ("expires", "expires after", expires, MAX_OVERRIDE_AGE),
            ("review within", "is reviewed within", review_within, MAX_REVIEW_TIME),
        ];
        for (word, what, duration, most) in too_long {
            if duration > most {
                let days = |milliseconds: u64| milliseconds / 86_400_000;
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0411,
                        format!("an override that {what} {} days disables the gate", days(duration)),
                        span,
                    )
                    .help(format!(
                        "`{word}` is at most {} days: for a longer time, change the gate",
                        days(most)
                    )),
                );
                return;
            }
        }
        if let Some(role) = role {
            work.overriding = Some(Override { role, expires, review_within, origin: frame.origin(span) });
        }
    }

    pub(super) fn strategy(
        &mut self,
        kind: &Name,
        steps: &[Clause<ast::StrategyStep>],
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &Frame,
    ) {
        let Some(kind) = self.word_of(kind, StrategyKind::ALL, StrategyKind::word, "strategy", frame) else {
            work.has_error = true;
            return;
        };
        let none_at_all = steps
            .iter()
            .filter_map(|step| step.kind.soak.as_ref())
            .filter(|soak| soak.node.milliseconds == 0);
        for soak in none_at_all {
            self.report(
                frame,
                Diagnostic::error(codes::P0504, "a soak of zero has no effect", soak.span)
                    .help("remove `soak`, or state how long the weight stays: `soak 10m`"),
            );
        }
        let mut said = Vec::new();
        for step in steps {
            let written = &step.kind.weight;
            let Some(weight) = Weight::parse(&written.node) else {
                let message = format!("`{}` is no weight in percent", written.node);
                let diagnostic = Diagnostic::error(codes::P0504, message, written.span);
                self.report(frame, diagnostic.help("write a number of at most 100%: `step 5%`"));
                continue;
            };
            let soak = step.kind.soak.as_ref().map_or(0, |soak| soak.node.milliseconds);
            said.push(StrategyStep { weight, soak, origin: frame.origin(written.span) });
        }
        work.strategy = Some(Strategy { kind, steps: said, origin });
    }

    pub(super) fn engine(
        &mut self,
        target: &Name,
        because: &ast::Text,
        steps: &[Clause<ast::EngineStep>],
        origin: pipec_ir::Origin,
        work: &mut Work,
        frame: &mut Frame,
    ) {
        if self.known_engine(target, "engine", frame).is_none() {
            return;
        }
        self.reason(because, frame);
        // Names are unique among all `engine` blocks of a node, but outputs are visible only inside their own block.
        let named = std::mem::take(&mut work.engine_steps);
        frame.engine_steps.clear();
        let mut all = Vec::new();
        for clause in steps {
            let origin = frame.origin(clause.span);
            match &clause.kind {
                ast::EngineStep::Run { name, script } => {
                    let name = name.as_ref().map(|name| name.node.clone());
                    all.extend(script_step(name, script, StepKind::Run, frame).map(EngineStep::Run));
                }
                ast::EngineStep::Env { variable, value } => {
                    let place = value.span();
                    let value = self.evaluate(value, frame);
                    if variable.node.starts_with("PIPE_") {
                        let finding = Diagnostic::error(
                            codes::P0121,
                            format!(
                                "variable `{}` is reserved: names that begin with `PIPE_` belong to the compiler",
                                variable.node
                            ),
                            variable.span,
                        )
                        .help("rename it");
                        self.report(frame, finding);
                        continue;
                    }
                    if let Some(value) = self.variable_value(&value, place, frame) {
                        all.push(EngineStep::Env(Binding { variable: variable.node.clone(), value, origin }));
                    }
                }
                ast::EngineStep::Action { name, action, inputs } => {
                    let inputs = self.engine_inputs(inputs, frame);
                    if let Some(name) = name {
                        match frame.engine_steps.get(&name.node).or_else(|| named.get(&name.node)) {
                            Some(first) => self.report(frame, name_taken(name, *first)),
                            None => {
                                frame.engine_steps.insert(name.node.clone(), name.span);
                            }
                        }
                    }
                    all.push(EngineStep::Action {
                        name: name.as_ref().map(|name| name.node.clone()),
                        action: action.node.clone(),
                        inputs,
                        origin: frame.origin(action.span),
                    });
                }
                ast::EngineStep::Error => work.has_error = true,
            }
        }
        work.engine_steps = named;
        work.engine_steps.append(&mut frame.engine_steps);
        work.body.engines.push(EngineBlock {
            target: target.node.clone(),
            because: because.node.clone(),
            steps: all,
            position: work.body.steps.len(),
            origin,
        });
    }

    fn engine_inputs(&mut self, inputs: &[(ast::Text, ast::Expression)], frame: &Frame) -> Vec<EngineInput> {
        let mut given: Vec<EngineInput> = Vec::new();
        for (key, expression) in inputs {
            let value = self.evaluate(expression, frame);
            if let Some(first) = given.iter().find(|input| input.key == key.node) {
                let finding =
                    Diagnostic::error(codes::P0108, format!("input `{}` is given twice", key.node), key.span)
                        .label(first.origin.span, "first here")
                        .help("remove one of them");
                self.report(frame, finding);
                continue;
            }
            let form = match value.type_of() {
                Type::Bool => InputForm::Boolean,
                Type::Int => InputForm::Integer,
                _ => InputForm::String,
            };
            let Some(text) = self.variable_value(&value, expression.span(), frame) else { continue };
            given.push(EngineInput {
                key: key.node.clone(),
                value: text,
                form,
                origin: frame.origin(key.span),
                value_origin: frame.origin(expression.span()),
            });
        }
        given
    }
}

/// The combinations of the axes' values, but only one more than may be. The last axis changes fastest.
fn product(axes: &[(String, Vec<String>)], most: usize) -> Vec<Leg> {
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
            .take(most.saturating_add(1))
            .collect();
    }
    legs.into_iter()
        .map(|values| {
            let name: Vec<&str> =
                axes.iter().filter_map(|(axis, _)| values.get(axis)).map(String::as_str).collect();
            Leg { name: name.join("-"), values, runner: None, env: Vec::new(), tools: Vec::new() }
        })
        .collect()
}
