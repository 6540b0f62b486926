//! Evaluation of expressions in their frame.

use super::Expansion;
use super::frame::{Frame, path_text};
use crate::scope::Found;
use crate::value::{Type, Value};
use pipec_base::{Diagnostic, Span, closest, codes};
use pipec_ir::{Fact, Origin, Text};
use pipec_syntax::ast::{Expression, Let, StringLiteral, StringPiece};

/// The maximum depth of constants that use other constants. Nobody could read a deeper definition.
const MAX_CONSTANT_DEPTH: usize = 64;

/// The maximum size of a value, in bytes. Linux passes at most 128 KiB to a process in one variable.
const MAX_VALUE_BYTES: usize = 1 << 16;

/// An evaluated constant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constant {
    value: Value,
    reads: Vec<String>,
}

impl Expansion<'_, '_> {
    /// The value of an expression.
    pub(super) fn evaluate(&mut self, expression: &Expression, frame: &Frame) -> Value {
        let value = self.compute(expression, frame);
        let size = value.size();
        if !self.charge(size, expression.span(), frame) {
            return Value::Broken;
        }
        if size <= MAX_VALUE_BYTES {
            return value;
        }
        self.report(
            frame,
            Diagnostic::error(codes::P0122, "this value is longer than 64 KiB", expression.span())
                .note("no engine passes a variable of that length to a script")
                .help("put it into a file of the repository, and let the script read the file"),
        );
        Value::Broken
    }

    fn compute(&mut self, expression: &Expression, frame: &Frame) -> Value {
        match expression {
            Expression::Literal(literal) => Value::of_literal(&literal.node),
            Expression::String(string) => self.text(string, frame).map_or(Value::Broken, Value::Text),
            Expression::Path(path) => self.path_value(path, frame),
            Expression::Call(call) => {
                let name = path_text(&call.function);
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0101,
                        format!("there is no function `{name}`"),
                        call.function.span,
                    )
                    .help(
                        "a value is a literal, a constant, a parameter, a fact or a field; call a \
                               task after the `=` of a gate, an artefact, a deploy or a job",
                    ),
                );
                Value::Broken
            }
            Expression::List(elements, _) => self.list(elements, frame),
            Expression::Error(_) => Value::Broken,
        }
    }

    fn list(&mut self, elements: &[Expression], frame: &Frame) -> Value {
        let mut values = Vec::new();
        let mut size = 0;
        let mut broken = false;
        for element in elements {
            let value = self.evaluate(element, frame);
            if let Value::Secret { variable, .. } = &value {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0601,
                        format!("secret `{variable}` would become part of a list"),
                        element.span(),
                    )
                    .help("pass it only to the script: `env NAME = …`"),
                );
                return Value::Broken;
            }
            size += value.size();
            broken |= value == Value::Broken;
            values.push(value);
            if size > MAX_VALUE_BYTES {
                break;
            }
        }
        if broken { Value::Broken } else { Value::List(values) }
    }

    /// The value of an expression that must have a type. `what` names the clause that requires it.
    pub(super) fn evaluate_as(
        &mut self,
        expression: &Expression,
        ty: &Type,
        what: &str,
        frame: &Frame,
    ) -> Value {
        let value = self.evaluate(expression, frame);
        if value.fits(ty) {
            return value;
        }
        let (misfit, wanted, place) = misfit(&value, ty, expression);
        let diagnostic = match (misfit, wanted) {
            (Value::Secret { variable, .. }, _) => Diagnostic::error(
                codes::P0601,
                format!("secret `{variable}` can't be used for {what}, which has type {wanted}"),
                place,
            )
            .help("a secret may be used only in `env` of a node that may hold it, or as an argument of type secret"),
            (Value::Text(text), Type::OneOf(words)) if text.as_literal().is_some() => {
                let word = text.as_literal().unwrap_or_default();
                let diagnostic =
                    Diagnostic::error(codes::P0106, format!("{what} is {wanted}, not \"{word}\""), place);
                match closest(word, words.iter().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean \"{near}\"?")).fix(
                        format!("write \"{near}\""),
                        place,
                        format!("\"{near}\""),
                    ),
                    None => diagnostic,
                }
            }
            _ => {
                let message = if std::ptr::eq(misfit, &value) {
                    format!("{what} has type {wanted}, not {}", misfit.type_of())
                } else {
                    format!("{what} has type {ty}, but this element has type {}", misfit.type_of())
                };
                let diagnostic = Diagnostic::error(codes::P0106, message, place);
                match (expression, wanted) {
                    (Expression::Path(path), Type::String | Type::Path) if misfit.to_text().is_some() => {
                        let quoted = format!("$\"{{{}}}\"", path_text(path));
                        let help = format!("put it into a string: `{quoted}`");
                        diagnostic.help(help).fix(format!("write `{quoted}`"), place, quoted)
                    }
                    (Expression::Path(_), _) => diagnostic,
                    _ => match wanted.example() {
                        Some(example) => diagnostic.help(format!("write it {example}")),
                        None => diagnostic,
                    },
                }
            }
        };
        self.report(frame, diagnostic);
        Value::Broken
    }

    /// The value of an expression with a type, known before the run. `what` names the clause that requires it.
    pub(super) fn evaluate_now(
        &mut self,
        expression: &Expression,
        ty: &Type,
        what: &str,
        frame: &Frame,
    ) -> Value {
        let value = self.evaluate_as(expression, ty, what, frame);
        let text = value.to_text().unwrap_or_default();
        let facts: Vec<String> = text.facts().map(|fact| format!("`{fact}`")).collect();
        if facts.is_empty() {
            return value;
        }
        if self.refuse_setting(what, &text, expression.span(), frame) {
            return Value::Broken;
        }
        self.refuse_late(what, &facts, expression.span(), frame);
        Value::Broken
    }

    /// A duration in milliseconds.
    pub(super) fn duration(&mut self, expression: &Expression, what: &str, frame: &Frame) -> Option<u64> {
        match self.evaluate_as(expression, &Type::Duration, what, frame) {
            Value::Duration(0) => {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0801, format!("{what} is zero"), expression.span())
                        .help("write a duration such as `10m`"),
                );
                None
            }
            Value::Duration(milliseconds @ 1..1000) => {
                let message = format!("{what} of {milliseconds}ms is too short for anything to start");
                self.report(
                    frame,
                    Diagnostic::error(codes::P0801, message, expression.span())
                        .help("write a duration of a second or more, such as `10m`"),
                );
                None
            }
            Value::Duration(milliseconds) => Some(milliseconds),
            _ => None,
        }
    }

    /// A string with its interpolations; `None` if one of them is broken.
    pub(super) fn text(&mut self, string: &StringLiteral, frame: &Frame) -> Option<Text> {
        let mut text = Text::default();
        let mut size = 0;
        let mut broken = false;
        for piece in &string.pieces {
            let piece = match piece {
                StringPiece::Verbatim(verbatim) => Text::literal(verbatim.clone()),
                StringPiece::Interpolated(expression) => {
                    let value = self.evaluate(expression, frame);
                    let Some(piece) = value.to_text() else {
                        self.refuse_in_text(&value, expression.span(), frame);
                        broken = true;
                        continue;
                    };
                    piece
                }
            };
            size += Value::Text(piece.clone()).size();
            text.append(piece);
            if size > MAX_VALUE_BYTES {
                break;
            }
        }
        (!broken).then_some(text)
    }

    /// A string that must be known before the run. `what` names the clause that requires it.
    pub(super) fn literal_text(
        &mut self,
        string: &StringLiteral,
        what: &str,
        frame: &Frame,
    ) -> Option<String> {
        let text = self.text(string, frame)?;
        if let Some(literal) = text.as_literal() {
            return Some(literal.to_owned());
        }
        if self.refuse_setting(what, &text, string.span, frame) {
            return None;
        }
        let facts: Vec<String> = text.facts().map(|fact| format!("`{fact}`")).collect();
        self.refuse_late(what, &facts, string.span, frame);
        None
    }

    /// Refuses a setting where it would decide more than a value. Returns false if the text has none.
    fn refuse_setting(&mut self, what: &str, text: &Text, span: Span, frame: &Frame) -> bool {
        let name = text.facts().find_map(|fact| match fact {
            Fact::Setting { name, .. } => Some(name),
            _ => None,
        });
        let Some(name) = name else { return false };
        self.report(
            frame,
            Diagnostic::error(codes::P0618, format!("setting `{name}` can't decide {what}"), span)
                .note("anyone with access to the repository can change a setting, without a review")
                .help("use a constant, `let name = …`; a setting is for `env`, `value` and `url`"),
        );
        true
    }

    fn refuse_late(&mut self, what: &str, facts: &[String], span: Span, frame: &Frame) {
        let known = if facts.len() == 1 { "is known" } else { "are known" };
        self.report(
            frame,
            Diagnostic::error(
                codes::P0106,
                format!(
                    "{what} must be known before the run, but {} {known} only during it",
                    facts.join(", ")
                ),
                span,
            )
            .help("pass the fact to a script with `env NAME = …`"),
        );
    }

    pub(super) fn refuse_in_text(&mut self, value: &Value, span: Span, frame: &Frame) {
        let diagnostic = match value {
            Value::Secret { variable, .. } => Diagnostic::error(
                codes::P0601,
                format!("secret `{variable}` would become part of a string"),
                span,
            )
            .help(format!("pass it only to the script: `env NAME = …`, or use `${variable}` there")),
            Value::Artefact(name, ty) => {
                let name = frame.name_of_artefact(name);
                let field = ty.main_field();
                Diagnostic::error(codes::P0106, format!("artefact `{name}` is not a string"), span)
                    .help(format!("use one of its fields: `{name}.{field}` or `{name}.digest`"))
                    .fix(format!("write `.{field}`"), span.at_end(), format!(".{field}"))
            }
            Value::List(_) => Diagnostic::error(codes::P0106, "a list is not a string", span),
            _ => return,
        };
        self.report(frame, diagnostic);
    }

    /// The value of a constant. Each constant is evaluated once.
    pub(super) fn constant(&mut self, found: Found<'_>, constant: &Let, span: Span, frame: &Frame) -> Value {
        let id = found.id;
        let known = match self.workspace.constant(id).or_else(|| self.constants.get(&id)) {
            Some(known) => known.clone(),
            None => {
                if let Some(start) = self.evaluating.iter().position(|known| *known == id) {
                    let through = self.evaluating.len() - start;
                    self.refuse_circle(constant, through, frame);
                    return Value::Broken;
                }
                if self.evaluating.len() >= MAX_CONSTANT_DEPTH {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0122,
                            format!("this constant depends on more than {MAX_CONSTANT_DEPTH} others"),
                            span,
                        )
                        .help("write its value directly"),
                    );
                    return Value::Broken;
                }
                let inner = Frame { is_constant: true, ..Frame::of_module(found.module) };
                self.evaluating.push(id);
                let outside = std::mem::take(&mut self.uses);
                let value = self.evaluate(&constant.value, &inner);
                let uses = std::mem::replace(&mut self.uses, outside);
                self.evaluating.pop();
                let reads = uses.reads.into_iter().map(|(name, _)| name).collect();
                let known = Constant { value, reads };
                if known.reads.is_empty() || self.workspace.knows_environments() {
                    self.constants.insert(id, known.clone());
                }
                known
            }
        };
        let origin: Origin = frame.origin(span);
        self.uses.reads.extend(known.reads.into_iter().map(|name| (name, origin.clone())));
        known.value
    }

    fn refuse_circle(&mut self, constant: &Let, through: usize, frame: &Frame) {
        let name = &constant.name.node;
        let help = if through == 1 {
            "give it a value".to_owned()
        } else {
            format!("give one of the {through} constants in the cycle a value")
        };
        self.report(
            frame,
            Diagnostic::error(
                codes::P0109,
                format!("constant `{name}` depends on itself"),
                constant.name.span,
            )
            .help(help),
        );
    }
}

/// The part of a value with the wrong type. Also its expected type and its place. In a list literal, the part is the
/// wrong element.
fn misfit<'v, 't>(value: &'v Value, ty: &'t Type, expression: &Expression) -> (&'v Value, &'t Type, Span) {
    if let (Value::List(values), Type::List(element)) = (value, ty) {
        let written: Option<&[Expression]> = match expression {
            Expression::List(written, _) => Some(written),
            _ => None,
        };
        for (place, value) in values.iter().enumerate() {
            if value.fits(element) {
                continue;
            }
            return match written.and_then(|written| written.get(place)) {
                Some(expression) => misfit(value, element, expression),
                None => (value, element, expression.span()),
            };
        }
    }
    (value, ty, expression.span())
}
