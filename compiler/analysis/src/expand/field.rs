//! Values of paths: parameters, fields of artefacts and environments, constants, facts of the run.

use super::frame::{Frame, path_text};
use super::{Expansion, WorkspaceFacts};
use crate::scope::{Definition, Found, did_you_mean, not_reexported, suggest, suggest_of};
use crate::scripts::counterpart;
use crate::value::{FACT_ROOTS, Type, Value, fact};
use pipec_base::{Diagnostic, Span, all_closest, codes};
use pipec_ir::{ArtefactType, Fact};
use pipec_syntax::ast::{Clause, EnvironmentClause, Name, Path};

/// What a field of an environment is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field {
    /// There is no such environment.
    OfNothing,
    /// A secret of the environment that is declared there.
    Secret {
        /// Where the environment is declared.
        declared: Span,
    },
    /// A value.
    Value(Value),
    /// The environment has no such field.
    Missing {
        /// Where the environment is declared.
        declared: Span,
        /// The fields that it has.
        known: Vec<String>,
    },
}

impl WorkspaceFacts {
    /// The field of an environment; nothing, while environments are read.
    pub(crate) fn field(&self, environment: &str, field: &str) -> Option<Field> {
        let values = self.environment_values.as_ref()?;
        let Some(known) = self.program.environments.get(environment) else { return Some(Field::OfNothing) };
        let declared = known.origin.span;
        if known.secrets.iter().any(|secret| secret.variable == field) {
            return Some(Field::Secret { declared });
        }
        if let Some(value) = values.get(environment).and_then(|of_environment| of_environment.get(field)) {
            return Some(Field::Value(value.clone()));
        }
        let url = known.url.iter().map(|_| "url");
        let values = known.values.iter().map(|binding| binding.variable.as_str());
        let secrets = known.secrets.iter().map(|secret| secret.variable.as_str());
        let known = url.chain(values).chain(secrets).map(str::to_owned).collect();
        Some(Field::Missing { declared, known })
    }
}

impl<'a> Expansion<'a, '_> {
    /// The value of a path.
    pub(super) fn path_value(&mut self, path: &Path, frame: &Frame) -> Value {
        let Some((root, rest)) = path.segments.split_first() else { return Value::Broken };
        if let (true, [output]) = (frame.engine_steps.contains_key(&root.node), rest) {
            let fact = Fact::StepOutput { step: root.node.clone(), output: output.node.clone() };
            return Value::Fact(fact, Type::String);
        }
        if let Some(value) = frame.parameters.get(&root.node).cloned() {
            return self.field_of_value(value, root, rest, path.span, frame);
        }
        if root.node == "subject" {
            return self.subject(root, rest, path.span, frame);
        }
        if let Some(ty) = frame.artefacts.get(&root.node).copied()
            && !frame.is_in_task()
        {
            let value = Value::Artefact(root.node.clone(), ty);
            return self.field_of_value(value, root, rest, path.span, frame);
        }
        let Some(module) = frame.module else { return Value::Broken };
        if let Some(found) = self.workspace.name(module, &root.node) {
            self.record_reference(root.span, &found);
            return self.field_of_definition(found, root, rest, path, frame);
        }
        self.fact_value(root, rest, path, frame)
    }

    fn subject(&mut self, root: &Name, rest: &[Name], span: Span, frame: &Frame) -> Value {
        let Some(name) = frame.subject.clone() else {
            if !frame.is_uncalled {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0101, "there is no `subject` here", root.span).help(
                        "`subject` is the one artefact that a gate judges with `of`, or that a deploy delivers",
                    ),
                );
            }
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
        frame: &Frame,
    ) -> Value {
        let (name, ty, field) = match (value, rest) {
            (value, []) => return value,
            (Value::Broken, _) => return Value::Broken,
            (Value::Artefact(name, ty), [field]) => (name, ty, field),
            (_, [field, ..]) => {
                let root = path_text(&Path { segments: fields_except_last(root, rest), span });
                let place = rest.last().map_or(field.span, |last| last.span);
                self.report(frame, Diagnostic::error(codes::P0101, format!("`{root}` has no fields"), place));
                return Value::Broken;
            }
        };
        let fields: &[&str] = if ty == ArtefactType::Image {
            &["ref", "digest", "name", "layout"]
        } else {
            &["path", "digest"]
        };
        if !fields.contains(&field.node.as_str()) {
            let known: Vec<String> = fields.iter().map(|field| format!("`{}.{field}`", root.node)).collect();
            let diagnostic = Diagnostic::error(
                codes::P0101,
                format!("an artefact of type {} has no `{}`", ty.word(), field.node),
                field.span,
            );
            let diagnostic = suggest_of(diagnostic, field, fields.iter().copied(), || {
                format!("it has {}", known.join(", "))
            });
            self.report(frame, diagnostic);
            return Value::Broken;
        }
        self.uses.named.push((name.clone(), frame.origin(span)));
        let fact = match field.node.as_str() {
            "digest" => Fact::ArtefactDigest(name),
            "path" | "layout" => Fact::ArtefactPath(name),
            "name" => Fact::ArtefactName(name),
            _ => Fact::ArtefactRef(name),
        };
        Value::Fact(fact, Type::String)
    }

    fn field_of_definition(
        &mut self,
        found: Found<'a>,
        root: &Name,
        rest: &[Name],
        path: &Path,
        frame: &Frame,
    ) -> Value {
        match (found.definition, rest) {
            (Definition::Broken, _) => Value::Broken,
            (Definition::Let(constant), []) => self.constant(found, constant, path.span, frame),
            (Definition::Setting(setting), []) => self.setting_value(setting),
            (Definition::Setting(_), _) => self.field_of_value(Value::text(""), root, rest, path.span, frame),
            (Definition::Let(_), _) => self.field_of_value(Value::text(""), root, rest, path.span, frame),
            (Definition::Module(module), [name, rest @ ..]) => {
                match self.workspace.name(module, &name.node) {
                    Some(Found { definition: Definition::Module(_), .. }) => {
                        self.report(frame, not_reexported(&root.node, name));
                        Value::Broken
                    }
                    Some(inner) => {
                        self.record_reference(name.span, &inner);
                        self.field_of_definition(inner, name, rest, path, frame)
                    }
                    None => {
                        if let Some(finding) =
                            self.workspace.unknown(module, name, "a value", Some(&root.node))
                        {
                            self.report(frame, finding);
                        }
                        Value::Broken
                    }
                }
            }
            (Definition::Environment(_, environment), [field]) if environment.parameters.is_some() => {
                let _ = field;
                self.refuse_template(&environment.name.node, path.span, frame);
                Value::Broken
            }
            (Definition::Environment(_, environment), [field]) => {
                self.environment_field(&root.node, &environment.clauses, field, path.span, frame)
            }
            (Definition::EnvironmentInstance(..), [field]) => {
                self.environment_field(&root.node, &[], field, path.span, frame)
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
                    Definition::Module(_) => {
                        diagnostic.help(format!("its constants are: `{}.name`", root.node))
                    }
                    _ => diagnostic,
                };
                self.report(frame, diagnostic);
                Value::Broken
            }
        }
    }

    fn environment_field(
        &mut self,
        name: &str,
        written: &[Clause<EnvironmentClause>],
        field: &Name,
        span: Span,
        frame: &Frame,
    ) -> Value {
        let Some(found) = self.workspace.field(name, &field.node) else {
            // While environments are read, none can be asked: `environment_clause` says so.
            let is_secret = written.iter().any(|clause| {
                matches!(&clause.kind, EnvironmentClause::Secret(secret) if secret.variable.node == field.node)
            });
            if is_secret && !frame.is_constant {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0601,
                        format!("only deploys to `{name}` may use secret `{}`", field.node),
                        span,
                    )
                    .help(format!(
                        "its deploys have it as `${}`; everybody can see the other values of an environment",
                        field.node
                    )),
                );
            } else {
                self.uses.reads.push((name.to_owned(), frame.origin(span)));
            }
            return Value::Broken;
        };
        let is_own = frame.deploys_to.as_deref() == Some(name);
        let (declared, known) = match found {
            Field::OfNothing => return Value::Broken,
            Field::Secret { .. } if is_own => {
                return Value::Secret { environment: Some(name.to_owned()), variable: field.node.clone() };
            }
            Field::Secret { declared } => {
                self.refuse_borrowed(name, &field.node, declared, span, frame);
                return Value::Broken;
            }
            Field::Value(value) => {
                if !is_own && self.refuse_setting_of_another(name, &field.node, &value, span, frame) {
                    return Value::Broken;
                }
                if !is_own {
                    self.uses.reads.push((name.to_owned(), frame.origin(span)));
                }
                return value;
            }
            Field::Missing { declared, known } => (declared, known),
        };
        let diagnostic = Diagnostic::error(
            codes::P0101,
            format!("environment `{name}` has no `{}`", field.node),
            field.span,
        )
        .label(declared, format!("`{name}` is declared here"));
        let known = known.iter().map(String::as_str);
        let diagnostic = suggest_of(diagnostic, field, known, || match field.node.as_str() {
            "url" => "add `url \"https://…\"` there".to_owned(),
            other => format!("add `value {other} = …` there"),
        });
        self.report(frame, diagnostic);
        Value::Broken
    }

    /// Refuses a value of another environment that a setting decides. Returns false if none does.
    ///
    /// A platform may hold a value of its own for each environment, and only deploys to the environment get that one.
    fn refuse_setting_of_another(
        &mut self,
        environment: &str,
        field: &str,
        value: &Value,
        span: Span,
        frame: &Frame,
    ) -> bool {
        let text = value.to_text().unwrap_or_default();
        let setting = text.facts().find_map(|fact| match fact {
            Fact::Setting { name, .. } => Some(name),
            _ => None,
        });
        let Some(setting) = setting else { return false };
        self.report(
            frame,
            Diagnostic::error(
                codes::P0618,
                format!(
                    "only deploys to `{environment}` know its `{field}`, which setting `{setting}` decides"
                ),
                span,
            )
            .note("the platform may hold another value for this environment than for the repository")
            .help(format!("read the setting itself, `{setting}`, or make the value a constant")),
        );
        true
    }

    fn refuse_borrowed(&mut self, name: &str, secret: &str, declared: Span, span: Span, frame: &Frame) {
        let diagnostic = if frame.is_constant {
            Diagnostic::error(
                codes::P0601,
                format!("secret `{secret}` of `{name}` can't become a constant"),
                span,
            )
            .help(format!("use it directly in a deploy to `{name}`: its scripts have `${secret}`"))
        } else {
            Diagnostic::error(
                codes::P0602,
                format!("only a deploy to `{name}` may hold its secret `{secret}`"),
                span,
            )
            .label(declared, format!("`{name}` is declared here"))
            .help(format!(
                "do this work in the deploy to `{name}`, or give this node its own secret: `secret NAME`"
            ))
        };
        self.report(frame, diagnostic);
    }

    fn fact_value(&mut self, root: &Name, rest: &[Name], path: &Path, frame: &Frame) -> Value {
        if let [field] = rest {
            match root.node.as_str() {
                "input" => return self.input(field, frame),
                "matrix" => return self.axis(field, frame),
                "shard"
                    if !frame.is_sharded && !frame.is_uncalled && fact("shard", &field.node).is_some() =>
                {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0111,
                            format!("`{}` exists only in a node with shards", path_text(path)),
                            path.span,
                        )
                        .help("add the number of shards: `shard 4`"),
                    );
                    return Value::Broken;
                }
                _ => {}
            }
            if let Some((fact, ty)) = fact(&root.node, &field.node) {
                return Value::Fact(fact, ty);
            }
            if let Some((_, fields)) = FACT_ROOTS.iter().find(|(known, _)| *known == root.node) {
                let diagnostic = Diagnostic::error(
                    codes::P0101,
                    format!("there is no fact `{}`", path_text(path)),
                    field.span,
                );
                let diagnostic = suggest_of(diagnostic, field, fields.iter().copied(), || {
                    let fields: Vec<String> =
                        fields.iter().map(|field| format!("`{}.{field}`", root.node)).collect();
                    format!("there is {}", fields.join(", "))
                });
                self.report(frame, diagnostic);
                return Value::Broken;
            }
        }
        if frame.is_in_task() && frame.artefacts.contains_key(&root.node) {
            self.refuse_callers_artefact(root, frame);
            return Value::Broken;
        }
        let Some(module) = frame.module.filter(|module| self.workspace.is_whole(*module)) else {
            return Value::Broken;
        };
        // If the text of a name was not written as a name, that has been reported.
        if self.workspace.sources().text(root.span) != root.node {
            return Value::Broken;
        }
        if let Some(remedy) = counterpart(&path_text(path)).filter(|_| !rest.is_empty()) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0101,
                    format!("`{}` is a value of one engine", path_text(path)),
                    path.span,
                )
                .help(format!("here it is: {remedy}")),
            );
            return Value::Broken;
        }
        let unknown = self.workspace.unknown(module, root, "a value", None);
        let known: Vec<String> = self.visible_names(frame);
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no value `{}`", path_text(path)), root.span);
        let diagnostic = match all_closest(&root.node, known.iter().map(String::as_str)).as_slice() {
            [near] => suggest(diagnostic, near, root.span),
            several @ [_, ..] => diagnostic.help(did_you_mean(several)),
            [] => match unknown {
                Some(unknown) if unknown.fix.is_some() => unknown,
                _ if rest.is_empty() => diagnostic.help(format!(
                    "text needs quotes: `\"{0}\"`; declare a constant with `let {0} = …`",
                    root.node
                )),
                _ => diagnostic.help(
                    "a value is a constant (`let`), a parameter, a field of an artefact or environment, or \
                     a fact such as `commit.sha`; text needs quotes",
                ),
            },
        };
        self.report(frame, diagnostic);
        Value::Broken
    }

    /// Refuses an artefact of the caller in a task. A task must declare what it needs as a parameter.
    pub(super) fn refuse_callers_artefact(&mut self, name: &Name, frame: &Frame) {
        let ty = frame.artefacts.get(&name.node).map_or("binary", |ty| ty.word());
        self.report(
            frame,
            Diagnostic::error(
                codes::P0101,
                format!("a task can't see artefact `{}` of its caller", name.node),
                name.span,
            )
            .help(format!("add a parameter, `{0}: {ty}`, and pass the artefact: `{0}: {0}`", name.node)),
        );
    }

    fn input(&mut self, field: &Name, frame: &Frame) -> Value {
        if let Some(ty) = frame.inputs.get(&field.node) {
            return Value::Fact(Fact::Input(field.node.clone()), ty.clone());
        }
        if !frame.is_uncalled {
            let known: Vec<&str> = frame.inputs.keys().map(String::as_str).collect();
            self.report(frame, unknown_input(field, known));
        }
        Value::Broken
    }

    pub(super) fn axis(&mut self, field: &Name, frame: &Frame) -> Value {
        if let Some(ty) = frame.axes.get(&field.node) {
            return Value::Fact(Fact::Matrix(field.node.clone()), ty.clone());
        }
        if !frame.is_uncalled {
            let diagnostic = Diagnostic::error(
                codes::P0101,
                format!("the matrix of this node has no axis `{}`", field.node),
                field.span,
            );
            let known: Vec<&str> = frame.axes.keys().map(String::as_str).collect();
            let diagnostic = suggest_of(diagnostic, field, known, || {
                format!("add one: `matrix {{ {} \"…\", \"…\" }}`", field.node)
            });
            self.report(frame, diagnostic);
        }
        Value::Broken
    }

    fn visible_names(&self, frame: &Frame) -> Vec<String> {
        let roots = FACT_ROOTS.iter().map(|(root, _)| (*root).to_owned());
        let declared = frame.module.map(|module| self.workspace.definitions(module)).unwrap_or_default();
        let artefacts = frame.artefacts.keys().filter(|_| !frame.is_in_task()).cloned();
        roots
            .chain(["input".to_owned(), "matrix".to_owned()])
            .chain(frame.parameters.keys().cloned())
            .chain(artefacts)
            .chain(declared.into_iter().filter(|(_, it)| it.has_value()).map(|(name, _)| name.to_owned()))
            .collect()
    }
}

/// Reports an input that manual runs do not have.
pub(super) fn unknown_input(name: &Name, known: Vec<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(codes::P0101, format!("manual runs have no input `{}`", name.node), name.span);
    suggest_of(diagnostic, name, known, || {
        format!("declare it: `on manual {{ input {}: string }}`", name.node)
    })
}

fn fields_except_last(root: &Name, rest: &[Name]) -> Vec<Name> {
    let mut all: Vec<Name> = std::iter::once(root).chain(rest).cloned().collect();
    all.pop();
    all
}
