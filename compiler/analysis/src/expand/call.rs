//! Parameters, arguments and types.

use super::Expansion;
use super::frame::{Frame, path_text};
use crate::scope::{name_taken, suggest, suggest_of};
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, closest, codes};
use pipec_ir::ArtefactType;
use pipec_syntax::ast::{self, Call, Parameter};
use std::collections::BTreeMap;

impl Expansion<'_, '_> {
    /// The parameters' values in a call. Arguments are evaluated in the caller's frame, defaults in the frame of the
    /// declaration.
    pub(super) fn arguments(
        &mut self,
        call: &Call,
        parameters: &[Parameter],
        caller: &Frame,
        callee: &mut Frame,
    ) {
        let given = self.given(call, parameters, caller);
        self.bind_parameters(call, parameters, given, caller, callee);
    }

    /// The values that a call gives, by parameter.
    pub(super) fn given<'c>(
        &mut self,
        call: &'c Call,
        parameters: &[Parameter],
        caller: &Frame,
    ) -> BTreeMap<&'c str, Value> {
        let name = path_text(&call.function);
        let mut given: BTreeMap<&str, Value> = BTreeMap::new();
        for (argument, expression) in &call.arguments {
            let Some(parameter) = parameters.iter().find(|it| it.name.node == argument.node) else {
                let known: Vec<&str> = parameters.iter().map(|it| it.name.node.as_str()).collect();
                let diagnostic = Diagnostic::error(
                    codes::P0108,
                    format!("`{name}` has no parameter `{}`", argument.node),
                    argument.span,
                );
                let diagnostic = suggest_of(diagnostic, argument, known.iter().copied(), || {
                    if known.is_empty() {
                        "it has no parameters".to_owned()
                    } else {
                        format!("it takes {}", known.join(", "))
                    }
                });
                self.report(caller, diagnostic);
                self.evaluate(expression, caller);
                continue;
            };
            if given.contains_key(argument.node.as_str()) {
                self.report(
                    caller,
                    Diagnostic::error(
                        codes::P0108,
                        format!("argument `{}` is given twice", argument.node),
                        argument.span,
                    )
                    .help("remove one of them"),
                );
                continue;
            }
            let mut quiet = Vec::new();
            let ty = type_of(&parameter.ty, &mut quiet);
            let what = format!("parameter `{}` of `{name}`", argument.node);
            let value = self.evaluate_as(expression, &ty, &what, caller);
            given.insert(&argument.node, value);
        }
        given
    }

    /// Binds each parameter to its argument or its default.
    pub(super) fn bind_parameters(
        &mut self,
        call: &Call,
        parameters: &[Parameter],
        mut given: BTreeMap<&str, Value>,
        caller: &Frame,
        callee: &mut Frame,
    ) {
        let name = path_text(&call.function);
        for parameter in parameters {
            if callee.parameters.contains_key(&parameter.name.node) {
                continue;
            }
            let value = match (given.remove(parameter.name.node.as_str()), &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => {
                    let mut quiet = Vec::new();
                    let ty = type_of(&parameter.ty, &mut quiet);
                    let what = format!("the default of `{}`", parameter.name.node);
                    self.evaluate_as(default, &ty, &what, callee)
                }
                (None, None) => {
                    self.report(
                        caller,
                        Diagnostic::error(
                            codes::P0107,
                            format!("the call of `{name}` lacks `{}`", parameter.name.node),
                            call.function.span,
                        )
                        .label(parameter.span, "declared here, without a default")
                        .help(format!("add `{}: …`", parameter.name.node)),
                    );
                    Value::Broken
                }
            };
            callee.parameters.insert(parameter.name.node.clone(), value);
        }
    }

    /// Checks a parameter list without a call: names, types, defaults.
    pub(super) fn check_parameters(&mut self, parameters: &[Parameter], frame: &mut Frame) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for parameter in parameters {
            match seen.get(parameter.name.node.as_str()) {
                Some(first) => self.report(frame, name_taken(&parameter.name, *first)),
                None => {
                    seen.insert(&parameter.name.node, parameter.name.span);
                }
            }
            let mut found = Vec::new();
            let ty = type_of(&parameter.ty, &mut found);
            for diagnostic in found {
                self.report(frame, diagnostic);
            }
            if let Some(default) = &parameter.default {
                let what = format!("the default of `{}`", parameter.name.node);
                self.evaluate_as(default, &ty, &what, frame);
            }
            // A default may use the parameters before it.
            frame.parameters.insert(parameter.name.node.clone(), Value::Broken);
        }
    }
}

/// The type that a written type denotes.
pub(super) fn type_of(ty: &ast::Type, found: &mut Vec<Diagnostic>) -> Type {
    const KNOWN: [(&str, Type); 11] = [
        ("string", Type::String),
        ("int", Type::Int),
        ("decimal", Type::Decimal),
        ("bool", Type::Bool),
        ("duration", Type::Duration),
        ("percent", Type::Percent),
        ("size", Type::Size),
        ("path", Type::Path),
        ("time", Type::Time),
        ("date", Type::Date),
        ("secret", Type::Secret),
    ];
    match ty {
        ast::Type::OneOf(words) => Type::OneOf(words.iter().map(|word| word.node.clone()).collect()),
        ast::Type::Named { name, argument } => {
            if name.node == "list" {
                let element = match argument {
                    Some(argument) => type_of(argument, found),
                    None => {
                        found.push(
                            Diagnostic::error(codes::P0112, "a list of what?", name.span)
                                .help("write `list<string>`")
                                .fix("write `<string>`", name.span.at_end(), "<string>"),
                        );
                        Type::Unknown
                    }
                };
                return Type::List(Box::new(element));
            }
            if argument.is_some() {
                found.push(Diagnostic::error(
                    codes::P0112,
                    format!("only `list` has a type in `<…>`, not `{}`", name.node),
                    name.span,
                ));
                return Type::Unknown;
            }
            if let Some((_, ty)) = KNOWN.iter().find(|(word, _)| *word == name.node) {
                return ty.clone();
            }
            if let Some(ty) = ArtefactType::from_word(&name.node) {
                return Type::Artefact(ty);
            }
            let words: Vec<&str> = KNOWN
                .iter()
                .map(|(word, _)| *word)
                .chain(["list"])
                .chain(ArtefactType::ALL.iter().map(|ty| ty.word()))
                .collect();
            let diagnostic =
                Diagnostic::error(codes::P0112, format!("there is no type `{}`", name.node), name.span);
            let near = match name.node.as_str() {
                "integer" | "number" => Some("int"),
                "boolean" => Some("bool"),
                "float" | "double" => Some("decimal"),
                "text" | "str" => Some("string"),
                other => closest(other, words.iter().copied()),
            };
            found.push(match near {
                Some(near) => suggest(diagnostic, near, name.span),
                None => diagnostic.help(format!("there is {}", words.join(", "))),
            });
            Type::Unknown
        }
    }
}
