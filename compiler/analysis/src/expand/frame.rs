//! Where an expression stands, and what it means there.

use super::Expander;
use crate::scope::{Definition, Found, ModuleId};
use crate::value::{FACT_ROOTS, Type, Value, fact};
use pipec_base::{Diagnostic, Span, closest, codes};
use pipec_ir::{ArtefactType, Fact, Origin, Text};
use pipec_syntax::ast::{Expression, Name, Path, StringLiteral, StringPiece};
use std::collections::{BTreeMap, BTreeSet};

/// Calls deeper than this are a cycle or might as well be one.
pub(super) const DEEPEST_CALL: usize = 32;

/// Where an expression stands: whose names it sees, and what it has been seen to use.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) module: Option<ModuleId>,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) calls: Vec<(Span, String)>,
    /// The artefacts of the pipeline; empty outside of one.
    pub(super) artefacts: BTreeMap<String, ArtefactType>,
    /// The inputs of the pipeline's manual runs.
    pub(super) inputs: BTreeSet<String>,
    /// The axes of the node's matrix.
    pub(super) axes: BTreeSet<String>,
    /// What a task calls `subject`.
    pub(super) subject: Option<String>,
    /// The environment the node deploys to.
    pub(super) deploys_to: Option<String>,
    /// Environments read without deploying to them.
    pub(super) reads: Vec<(String, Origin)>,
    /// Artefacts named in expressions.
    pub(super) named: Vec<(String, Origin)>,
    /// The constants being evaluated, to see cycles.
    constants: Vec<Span>,
}

impl Frame {
    /// At the top of a module.
    pub(super) fn of_module(module: ModuleId) -> Frame {
        Frame { module: Some(module), ..Frame::default() }
    }

    /// The origin of what is written at `span` here.
    pub(super) fn origin(&self, span: Span) -> Origin {
        Origin { span, calls: self.calls.clone() }
    }

    /// Adds to a diagnostic the calls that lead here.
    pub(super) fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        self.origin(diagnostic.span()).explain(diagnostic)
    }

    /// What was seen in an inner frame counts for this one too.
    pub(super) fn take_uses_of(&mut self, inner: Frame) {
        self.reads.extend(inner.reads);
        self.named.extend(inner.named);
    }
}

impl Expander<'_, '_> {
    /// The value of an expression.
    pub(super) fn evaluate(&mut self, expression: &Expression, frame: &mut Frame) -> Value {
        match expression {
            Expression::Literal(literal) => Value::of_literal(&literal.node),
            Expression::String(string) => Value::Text(self.text(string, frame)),
            Expression::Path(path) => self.path_value(path, frame),
            Expression::Call(call) => {
                let name = path_text(&call.function);
                self.report(
                    frame,
                    Diagnostic::error(codes::P0101, format!("there is no function `{name}`"), call.function.span)
                        .help("a value is a literal, a constant, a parameter, a fact or a field; tasks are called behind `=` of a gate, an artefact, a deploy or a job"),
                );
                Value::Broken
            }
            Expression::List(elements, _) => {
                Value::List(elements.iter().map(|element| self.evaluate(element, frame)).collect())
            }
            Expression::Error(_) => Value::Broken,
        }
    }

    /// The value of an expression that must be of a type; `what` is what asks for it.
    pub(super) fn evaluate_as(
        &mut self,
        expression: &Expression,
        ty: &Type,
        what: &str,
        frame: &mut Frame,
    ) -> Value {
        let value = self.evaluate(expression, frame);
        if value.fits(ty) {
            return value;
        }
        self.report(
            frame,
            Diagnostic::error(
                codes::P0106,
                format!("{what} is of type {ty}, not {}", value.type_of()),
                expression.span(),
            ),
        );
        Value::Broken
    }

    /// A duration in milliseconds.
    pub(super) fn duration(&mut self, expression: &Expression, what: &str, frame: &mut Frame) -> Option<u64> {
        match self.evaluate_as(expression, &Type::Duration, what, frame) {
            Value::Duration(0) => {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0801, format!("{what} is no time at all"), expression.span())
                        .help("write a duration such as `10m`"),
                );
                None
            }
            Value::Duration(milliseconds) => Some(milliseconds),
            _ => None,
        }
    }

    /// A string with its interpolations.
    pub(super) fn text(&mut self, string: &StringLiteral, frame: &mut Frame) -> Text {
        let mut text = Text::default();
        for piece in &string.pieces {
            match piece {
                StringPiece::Verbatim(verbatim) => text.append(Text::literal(verbatim.clone())),
                StringPiece::Interpolated(expression) => {
                    let value = self.evaluate(expression, frame);
                    match value.to_text() {
                        Some(piece) => text.append(piece),
                        None => self.refuse_in_text(&value, expression.span(), frame),
                    }
                }
            }
        }
        text
    }

    /// A string that must be known before the run; `what` is what asks for it.
    pub(super) fn literal_text(
        &mut self,
        string: &StringLiteral,
        what: &str,
        frame: &mut Frame,
    ) -> Option<String> {
        let text = self.text(string, frame);
        if let Some(literal) = text.as_literal() {
            return Some(literal.to_owned());
        }
        let facts: Vec<String> = text.facts().map(|fact| format!("`{fact}`")).collect();
        self.report(
            frame,
            Diagnostic::error(
                codes::P0106,
                format!("{what} is fixed before the run, and {} is known only in it", facts.join(", ")),
                string.span,
            )
            .help("hand the fact to a script with `env NAME = …`"),
        );
        None
    }

    fn refuse_in_text(&mut self, value: &Value, span: Span, frame: &Frame) {
        let diagnostic = match value {
            Value::Secret { variable, .. } => Diagnostic::error(
                codes::P0601,
                format!("secret `{variable}` would become part of a string"),
                span,
            )
            .help(format!("hand it to the script alone: `env NAME = …`, or use `${variable}` there")),
            Value::Artefact(name, _) => {
                Diagnostic::error(codes::P0106, format!("artefact `{name}` is no text"), span)
                    .help(format!("its fields are: write `{name}.digest`"))
            }
            Value::List(_) => Diagnostic::error(codes::P0106, "a list is no text", span),
            _ => return,
        };
        self.report(frame, diagnostic);
    }

    fn path_value(&mut self, path: &Path, frame: &mut Frame) -> Value {
        let Some((root, rest)) = path.segments.split_first() else { return Value::Broken };
        if let Some(value) = frame.parameters.get(&root.node).cloned() {
            return self.field_of_value(value, root, rest, path.span, frame);
        }
        if root.node == "subject" {
            return self.subject(root, rest, path.span, frame);
        }
        if let Some(ty) = frame.artefacts.get(&root.node).copied() {
            let value = Value::Artefact(root.node.clone(), ty);
            return self.field_of_value(value, root, rest, path.span, frame);
        }
        let Some(module) = frame.module else { return Value::Broken };
        if let Some(found) = self.workspace.name(module, &root.node) {
            return self.field_of_definition(found, root, rest, path, frame);
        }
        self.fact_value(root, rest, path, frame)
    }

    fn subject(&mut self, root: &Name, rest: &[Name], span: Span, frame: &mut Frame) -> Value {
        let Some(name) = frame.subject.clone() else {
            if frame.parameters.values().any(|value| *value == Value::Broken) {
                return Value::Broken;
            }
            self.report(
                frame,
                Diagnostic::error(codes::P0101, "there is no `subject` here", root.span).help(
                    "`subject` is the one artefact that a gate judges with `of`, or that a deploy delivers",
                ),
            );
            return Value::Broken;
        };
        let ty = frame.artefacts.get(&name).copied().unwrap_or(ArtefactType::Archive);
        self.field_of_value(Value::Artefact(name, ty), root, rest, span, frame)
    }

    fn field_of_value(
        &mut self,
        value: Value,
        root: &Name,
        rest: &[Name],
        span: Span,
        frame: &mut Frame,
    ) -> Value {
        let (name, ty) = match (&value, rest) {
            (_, []) => return value,
            (Value::Broken, _) => return Value::Broken,
            (Value::Artefact(name, ty), [_]) => (name.clone(), *ty),
            _ => {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0101, format!("`{}` has no fields", root.node), span),
                );
                return Value::Broken;
            }
        };
        let fields: &[&str] =
            if ty == ArtefactType::Image { &["ref", "digest", "name"] } else { &["path", "digest"] };
        let Some(field) = rest.first().filter(|field| fields.contains(&field.node.as_str())) else {
            let known: Vec<String> = fields.iter().map(|field| format!("`{name}.{field}`")).collect();
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0101,
                    format!("an artefact of type {} has no such field", ty.word()),
                    rest.first().map_or(span, |field| field.span),
                )
                .help(format!("it has {}", known.join(", "))),
            );
            return Value::Broken;
        };
        frame.named.push((name.clone(), frame.origin(span)));
        let fact = match field.node.as_str() {
            "digest" => Fact::ArtefactDigest(name),
            "path" => Fact::ArtefactPath(name),
            _ => Fact::ArtefactRef(name),
        };
        Value::Text(Text::fact(fact))
    }

    fn field_of_definition(
        &mut self,
        found: Found<'_>,
        root: &Name,
        rest: &[Name],
        path: &Path,
        frame: &mut Frame,
    ) -> Value {
        match (found.definition, rest) {
            (Definition::Broken, _) => Value::Broken,
            (Definition::Let(constant), []) => {
                if frame.constants.contains(&constant.name.span) || frame.constants.len() > DEEPEST_CALL {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0109,
                            format!("constant `{}` is defined by itself", root.node),
                            constant.name.span,
                        ),
                    );
                    return Value::Broken;
                }
                let mut inner = Frame::of_module(found.module);
                inner.constants = frame.constants.clone();
                inner.constants.push(constant.name.span);
                let value = self.evaluate(&constant.value, &mut inner);
                frame.take_uses_of(inner);
                value
            }
            (Definition::Module(module), [name, rest @ ..]) => {
                match self.workspace.name(module, &name.node) {
                    Some(inner) => self.field_of_definition(inner, name, rest, path, frame),
                    None => {
                        let path = Path { segments: path.segments.clone(), span: path.span };
                        let module = frame.module.unwrap_or(module);
                        self.workspace.resolve(module, &path, "a value", &mut self.diagnostics);
                        Value::Broken
                    }
                }
            }
            (Definition::Environment(..) | Definition::EnvironmentInstance(..), [field]) => {
                self.environment_field(&root.node, field, path.span, frame)
            }
            (definition, _) => {
                let diagnostic = Diagnostic::error(
                    codes::P0106,
                    format!("`{}` is {}, not a value", path_text(path), definition.what()),
                    path.span,
                );
                let diagnostic = match definition {
                    Definition::Environment(..) | Definition::EnvironmentInstance(..) => {
                        diagnostic.help(format!("its fields are values: `{0}.url`, `{0}.REGION`", root.node))
                    }
                    _ => diagnostic,
                };
                self.report(frame, diagnostic);
                Value::Broken
            }
        }
    }

    fn environment_field(&mut self, name: &str, field: &Name, span: Span, frame: &mut Frame) -> Value {
        let Some(environment) = self.program.environments.get(name) else { return Value::Broken };
        let own = frame.deploys_to.as_deref() == Some(name);
        let secret = environment.secrets.iter().find(|secret| secret.variable == field.node);
        let value = environment.values.iter().find(|binding| binding.variable == field.node);
        let found = if field.node == "url" {
            environment.url.clone().map(Value::Text)
        } else if secret.is_some() {
            Some(Value::Secret { environment: Some(name.to_owned()), variable: field.node.clone() })
        } else {
            value.map(|binding| Value::Text(binding.value.clone()))
        };
        let declared = environment.origin.span;
        let known: Vec<String> = environment
            .url
            .iter()
            .map(|_| "url".to_owned())
            .chain(environment.values.iter().map(|binding| binding.variable.clone()))
            .chain(environment.secrets.iter().map(|secret| secret.variable.clone()))
            .collect();
        match found {
            Some(Value::Secret { variable, .. }) if !own => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0602,
                        format!("only a deploy to `{name}` may hold its secret `{variable}`"),
                        span,
                    )
                    .label(declared, format!("`{name}` is declared here"))
                    .help(format!("do this work in the deploy to `{name}`, or give this node a secret of its own: `secret NAME`")),
                );
                Value::Broken
            }
            Some(value) => {
                if !own {
                    frame.reads.push((name.to_owned(), frame.origin(span)));
                }
                value
            }
            None => {
                let diagnostic = Diagnostic::error(
                    codes::P0101,
                    format!("environment `{name}` has no `{}`", field.node),
                    field.span,
                )
                .label(declared, format!("`{name}` is declared here"));
                let near = closest(&field.node, known.iter().map(String::as_str));
                let diagnostic = match near {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                        format!("write `{near}`"),
                        field.span,
                        near,
                    ),
                    None if field.node == "url" => diagnostic.help("say `url \"https://…\"` there"),
                    None => diagnostic.help(format!("say `value {} = …` there", field.node)),
                };
                self.report(frame, diagnostic);
                Value::Broken
            }
        }
    }

    fn fact_value(&mut self, root: &Name, rest: &[Name], path: &Path, frame: &mut Frame) -> Value {
        if let [field] = rest {
            if let Some(fact) = fact(&root.node, &field.node) {
                return Value::Text(Text::fact(fact));
            }
            if root.node == "input" {
                if frame.inputs.contains(&field.node) {
                    return Value::Text(Text::fact(Fact::Input(field.node.clone())));
                }
                let known: Vec<&str> = frame.inputs.iter().map(String::as_str).collect();
                let diagnostic = Diagnostic::error(
                    codes::P0101,
                    format!("manual runs have no input `{}`", field.node),
                    field.span,
                );
                let diagnostic = match closest(&field.node, known) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => {
                        diagnostic.help(format!("declare it: `on manual {{ input {}: string }}`", field.node))
                    }
                };
                self.report(frame, diagnostic);
                return Value::Broken;
            }
            if root.node == "matrix" && frame.axes.contains(&field.node) {
                return Value::Text(Text::fact(Fact::Matrix(field.node.clone())));
            }
            if let Some((_, fields)) = FACT_ROOTS.iter().find(|(known, _)| *known == root.node) {
                let fields: Vec<String> =
                    fields.iter().map(|field| format!("`{}.{field}`", root.node)).collect();
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0101,
                        format!("there is no fact `{}`", path_text(path)),
                        field.span,
                    )
                    .help(format!("there is {}", fields.join(", "))),
                );
                return Value::Broken;
            }
        }
        let known: Vec<String> = self.names_in_reach(frame);
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no value `{}`", path_text(path)), root.span);
        let diagnostic = match closest(&root.node, known.iter().map(String::as_str)) {
            Some(near) => diagnostic
                .help(format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), root.span, near),
            None => diagnostic.help(
                "a value is a constant (`let`), a parameter, an artefact's or an environment's field, or a fact such as `commit.sha`; text stands in quotes",
            ),
        };
        self.report(frame, diagnostic);
        Value::Broken
    }

    fn names_in_reach(&self, frame: &Frame) -> Vec<String> {
        let roots = FACT_ROOTS.iter().map(|(root, _)| (*root).to_owned());
        let declared = frame.module.map(|module| self.workspace.definitions(module)).unwrap_or_default();
        roots
            .chain(frame.parameters.keys().cloned())
            .chain(frame.artefacts.keys().cloned())
            .chain(declared.into_iter().map(|(name, _)| name.to_owned()))
            .collect()
    }
}

/// A path as it was written.
pub(super) fn path_text(path: &Path) -> String {
    let segments: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
    segments.join(".")
}
