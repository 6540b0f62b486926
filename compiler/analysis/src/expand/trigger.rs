//! Triggers, the lines of `change`, and the engines to compile for.

use super::call::type_of;
use super::frame::Frame;
use super::{Expansion, repeated};
use crate::scope::name_taken;
use crate::value::Type;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{ChangeRule, Input, InputType, Pipeline, Schedule, Trigger};
use pipec_syntax::ast::{self, Clause, Name};

impl Expansion<'_, '_> {
    pub(super) fn trigger(&mut self, trigger: &ast::Trigger, span: Span, frame: &mut Frame) -> Trigger {
        let origin = frame.origin(span);
        match trigger {
            ast::Trigger::Push(refs) => Trigger::Push(self.ref_globs(refs, frame), origin),
            ast::Trigger::PullRequest(refs) => Trigger::PullRequest(self.ref_globs(refs, frame), origin),
            ast::Trigger::Tag(refs) => Trigger::Tag(self.ref_globs(refs, frame), origin),
            ast::Trigger::Schedule(text) => {
                // An unreadable schedule has been reported, but the pipeline certainly has a schedule.
                let schedule = self.schedule(text, frame);
                let schedule = schedule.unwrap_or_else(|| Schedule::unreadable(&text.node));
                Trigger::Schedule(schedule, origin)
            }
            ast::Trigger::Manual(inputs) | ast::Trigger::Planned(inputs) => {
                Trigger::Manual(self.inputs(inputs, frame), origin)
            }
            ast::Trigger::MergeQueue => Trigger::MergeQueue(origin),
        }
    }

    pub(super) fn inputs(&mut self, inputs: &[Clause<ast::Input>], frame: &mut Frame) -> Vec<Input> {
        let mut all: Vec<Input> = Vec::new();
        for clause in inputs {
            let input = &clause.kind;
            if let Some(first) = all.iter().find(|known| known.name == input.name.node) {
                let first = first.origin.span;
                self.report(frame, name_taken(&input.name, first));
                continue;
            }
            let mut found = Vec::new();
            let ty = type_of(&input.ty, &mut found);
            for diagnostic in found {
                self.report(frame, diagnostic);
            }
            let input_type = match &ty {
                Type::String | Type::Path | Type::Unknown => InputType::String,
                Type::Int | Type::Decimal => InputType::Number,
                Type::Bool => InputType::Boolean,
                Type::OneOf(words) => InputType::OneOf(words.clone()),
                other => {
                    self.report(
                        frame,
                        Diagnostic::error(
                            codes::P0106,
                            format!("a person can't type a value of type {other}"),
                            input.name.span,
                        )
                        .help(
                            "an input has type string, int, decimal, bool or one-of (`\"low\" | \"high\"`)",
                        ),
                    );
                    continue;
                }
            };
            let what = format!("input `{}`", input.name.node);
            let default = input
                .default
                .as_ref()
                .and_then(|default| self.evaluate_now(default, &ty, &what, frame).to_text());
            frame.inputs.insert(input.name.node.clone(), ty);
            all.push(Input {
                name: input.name.node.clone(),
                ty: input_type,
                default,
                docs: clause.docs.clone(),
                origin: frame.origin(input.name.span),
            });
        }
        all
    }

    fn schedule(&mut self, text: &ast::Text, frame: &Frame) -> Option<Schedule> {
        let Some(schedule) = Schedule::parse(&text.node) else {
            let diagnostic =
                Diagnostic::error(codes::P0120, format!("`{}` is not a schedule", text.node), text.span);
            let meant = intended_schedule(&text.node).filter(|meant| Schedule::parse(meant).is_some());
            self.report(
                frame,
                match meant {
                    Some(meant) => diagnostic
                        .help(format!(
                            "write `\"{meant}\"`: fields are numbers, Sunday is 0, and times are in UTC"
                        ))
                        .fix(format!("write `\"{meant}\"`"), text.span, format!("\"{meant}\"")),
                    None => diagnostic.help(
                        "write five fields: minute, hour, day of month, month, day of week (0 is Sunday), \
                         in UTC: `0 3 * * 1-5`",
                    ),
                },
            );
            return None;
        };
        if schedule.is_in_no_year() {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0120,
                    format!("the days of `{}` don't exist in any year", text.node),
                    text.span,
                )
                .help("the third field is the day of the month, the fourth the month: `0 3 28 2 *`"),
            );
        }
        Some(schedule)
    }

    pub(super) fn targets(&mut self, names: &[Name], pipeline: &mut Pipeline, frame: &Frame) {
        for name in names {
            if self.known_engine(name, "target", frame).is_some() {
                pipeline.targets.push((name.node.clone(), frame.origin(name.span)));
            }
        }
    }

    pub(super) fn emits(&mut self, target: &Name, file: &ast::Text, pipeline: &mut Pipeline, frame: &Frame) {
        let Some(engine) = self.known_engine(target, "target", frame) else { return };
        if let Some(diagnostic) = engine.check_file_name(&file.node, file.span) {
            self.report(frame, diagnostic);
            return;
        }
        let named = (file.node.clone(), frame.origin(file.span));
        if let Some((_, first)) = pipeline.emits.insert(target.node.clone(), named) {
            self.report(frame, repeated(&format!("emits {}", target.node), file.span, first.span));
        }
    }

    pub(super) fn change_rule(
        &mut self,
        change: &ast::Change,
        span: Span,
        frame: &Frame,
    ) -> Option<ChangeRule> {
        let known = self.is_kind(&change.kind, frame);
        if change.kind.node == "none" && change.because.is_none() {
            self.report(
                frame,
                Diagnostic::error(codes::P0019, "`change none` has no reason", span)
                    .help("files of kind `none` skip the gates: add `because \"…\"`"),
            );
        }
        if let Some(because) = &change.because {
            self.reason(because, frame);
        }
        let globs: Vec<_> = change.globs.iter().filter_map(|glob| self.string_glob(glob, frame)).collect();
        known.then(|| ChangeRule {
            kind: change.kind.node.clone(),
            globs,
            because: change.because.as_ref().map(|text| text.node.clone()),
            origin: frame.origin(span),
        })
    }
}

/// The intended schedule, if a text follows another tool's rules. It may be a word, have names of days and months, 7
/// for Sunday, or seconds.
fn intended_schedule(text: &str) -> Option<String> {
    let by_word = match text.trim() {
        "@hourly" => Some("0 * * * *"),
        "@daily" | "@midnight" => Some("0 0 * * *"),
        "@weekly" => Some("0 0 * * 0"),
        "@monthly" => Some("0 0 1 * *"),
        "@yearly" | "@annually" => Some("0 0 1 1 *"),
        _ => None,
    };
    if let Some(meant) = by_word {
        return Some(meant.to_owned());
    }
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minute, hour, day, month, week] = match fields.as_slice() {
        ["0", fields @ ..] if fields.len() == 5 => fields.try_into().ok()?,
        fields => <[&str; 5]>::try_from(fields).ok()?,
    };
    let month = numbered(month, &MONTHS, 1);
    let week = numbered(week, &DAYS, 0);
    let week = if week == "7" { "0".to_owned() } else { week };
    let any = |field: &str| if field == "?" { "*".to_owned() } else { field.to_owned() };
    Some([any(minute), any(hour), any(day), any(&month), any(&week)].join(" "))
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A field with its names replaced by numbers.
fn numbered(field: &str, names: &[&str], first: usize) -> String {
    let mut field = field.to_ascii_lowercase();
    for (place, name) in names.iter().enumerate() {
        field = field.replace(name, &(place + first).to_string());
    }
    field
}
