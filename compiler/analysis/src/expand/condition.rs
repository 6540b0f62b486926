//! Conditions of stages, kinds of change, and globs of triggers.

use super::field::unknown_input;
use super::frame::Frame;
use super::{Expansion, planned};
use crate::scope::{suggest, suggest_of};
use crate::value::Value;
use pipec_base::{Diagnostic, closest, codes};
use pipec_ir::{Change, Condition, Event, Input, InputType};
use pipec_logic::Glob;
use pipec_syntax::ast::{self, Literal, Name, Ref, StringLiteral};

/// The kinds of change (language reference, "Declarations").
pub(super) const KINDS: [&str; 9] =
    ["code", "config", "infra", "schema", "data", "prompt", "flag", "docs", "none"];

impl Expansion<'_, '_> {
    /// Reads a condition. Broken parts are left out, and then the pipeline is not proven.
    pub(super) fn condition(
        &mut self,
        condition: &ast::Condition,
        inputs: &[Input],
        frame: &Frame,
    ) -> Option<Condition> {
        let each = |expansion: &mut Self, parts: &[ast::Condition]| -> Option<Vec<Condition>> {
            let parts: Vec<Option<Condition>> =
                parts.iter().map(|part| expansion.condition(part, inputs, frame)).collect();
            parts.into_iter().collect()
        };
        match condition {
            ast::Condition::Or(parts) => each(self, parts).map(Condition::Any),
            ast::Condition::And(parts) => each(self, parts).map(Condition::All),
            ast::Condition::Not(part, _) => {
                self.condition(part, inputs, frame).map(|part| Condition::Not(Box::new(part)))
            }
            ast::Condition::Event(name, _) => self.event(name, frame).map(Condition::Event),
            ast::Condition::Branch(glob, _) => self.ref_glob(glob, frame).map(Condition::Branch),
            ast::Condition::Tag(glob, _) => self.ref_glob(glob, frame).map(Condition::Tag),
            ast::Condition::Changed(refs, _) => self.changes(refs, frame).map(Condition::Changed),
            ast::Condition::Input { name, value, .. } => self.input_condition(name, value, inputs, frame),
            ast::Condition::Fork(_) => Some(Condition::Fork),
            ast::Condition::Error(_) => None,
        }
    }

    fn event(&mut self, name: &Name, frame: &Frame) -> Option<Event> {
        let event = Event::from_word(&name.node);
        if event.is_none() && ["release", "dispatch", "call"].contains(&name.node.as_str()) {
            self.report(frame, planned(&format!("event is {}", name.node), name.span));
        } else if event.is_none() {
            let words = Event::ALL.map(Event::word);
            let diagnostic =
                Diagnostic::error(codes::P0115, format!("there is no event `{}`", name.node), name.span);
            let near = match name.node.as_str() {
                "pr" | "merge-request" | "pullrequest" => Some("pull-request"),
                "dispatch" | "workflow-dispatch" => Some("manual"),
                "cron" => Some("schedule"),
                other => closest(other, words),
            };
            let diagnostic = match near {
                Some(near) => suggest(diagnostic, near, name.span),
                None => diagnostic.help(format!("there is {}", words.join(", "))),
            };
            self.report(frame, diagnostic);
        }
        event
    }

    fn input_condition(
        &mut self,
        name: &Name,
        value: &pipec_base::Spanned<Literal>,
        inputs: &[Input],
        frame: &Frame,
    ) -> Option<Condition> {
        let Some(input) = inputs.iter().find(|input| input.name == name.node) else {
            let known: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
            self.report(frame, unknown_input(name, known));
            return None;
        };
        let values = match &input.ty {
            InputType::String => "a string".to_owned(),
            InputType::Boolean => "`true` or `false`".to_owned(),
            InputType::OneOf(words) => {
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ")
            }
            InputType::Number => {
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0106,
                        format!("conditions can't test input `{}`, which is a number", name.node),
                        name.span,
                    )
                    .label(input.origin.span, "declared here")
                    .note("engines pass a number as the text that was typed: `1`, `1.0` and `01` are three texts")
                    .help(format!("list the choices: `input {}: \"1\" | \"2\" = \"1\"`", name.node)),
                );
                return None;
            }
        };
        let text = Value::of_literal(&value.node).to_text()?.as_literal()?.to_owned();
        let fits = match (&input.ty, &value.node) {
            (InputType::String, Literal::String(_)) => true,
            (InputType::Boolean, Literal::Boolean(_)) => true,
            (InputType::OneOf(words), Literal::String(word)) => words.contains(word),
            _ => false,
        };
        if !fits {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0106,
                    format!("input `{}` is never `{text}`", name.node),
                    value.span,
                )
                .label(input.origin.span, "declared here")
                .help(format!("it is {values}")),
            );
            return None;
        }
        Some(Condition::Input { name: name.node.clone(), value: text })
    }

    /// The changes that `changed` names: a name is a kind, a string is a glob.
    pub(super) fn changes(&mut self, refs: &[Ref], frame: &Frame) -> Option<Vec<Change>> {
        let changes: Vec<Option<Change>> = refs
            .iter()
            .map(|it| {
                if it.string.is_some() {
                    self.ref_glob(it, frame).map(Change::Glob)
                } else {
                    let name = Name::new(it.text.clone(), it.span);
                    self.is_kind(&name, frame).then(|| Change::Kind(it.text.clone()))
                }
            })
            .collect();
        changes.into_iter().collect()
    }

    /// Whether a kind of change exists. Reports an unknown kind.
    pub(super) fn is_kind(&mut self, name: &Name, frame: &Frame) -> bool {
        if KINDS.contains(&name.node.as_str()) {
            return true;
        }
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no kind of change `{}`", name.node), name.span);
        let diagnostic = suggest_of(diagnostic, name, KINDS, || {
            format!("the kinds are {}; paths need quotes", KINDS.join(", "))
        });
        self.report(frame, diagnostic);
        false
    }

    /// Reads a branch or tag: a name or a glob.
    pub(super) fn ref_glob(&mut self, it: &Ref, frame: &Frame) -> Option<Glob> {
        match &it.string {
            Some(string) => self.string_glob(string, frame),
            None => self.glob(&it.text, it.span, frame),
        }
    }

    /// Reads a quoted glob and substitutes its parameters and constants. Environments and artefacts used in it do not
    /// count as used by a node.
    pub(super) fn string_glob(&mut self, string: &StringLiteral, frame: &Frame) -> Option<Glob> {
        let outside = self.uses.clone();
        let text = self.literal_text(string, "a glob", frame);
        self.uses = outside;
        self.glob(&text?, string.span, frame)
    }

    /// Reads several branches or tags, without the broken ones.
    pub(super) fn ref_globs(&mut self, refs: &[Ref], frame: &Frame) -> Vec<Glob> {
        refs.iter().filter_map(|it| self.ref_glob(it, frame)).collect()
    }
}
