//! The values of functions.
//!
//! For example, `success()` is the proposition that no earlier job failed or was skipped, and that the run was not
//! cancelled.

use super::evaluate::{Evaluator, as_text, ended, rest_ignoring_case};
use super::value::{Cases, Datum, Words};
use crate::read::expression::Comparison;
use crate::read::expression::Expression;
use pipec_logic::{Language, Proposition};
use pipec_model::{all_succeeded, any_failed};

impl Evaluator<'_, '_> {
    /// That a status function holds. `None` for other functions and for unknown jobs.
    pub(super) fn status(&self, name: &str, arguments: &[Expression]) -> Option<Proposition> {
        let logic = self.logic();
        let jobs = self.scope.jobs;
        match name {
            "always" => Some(logic.truth()),
            "cancelled" => Some(self.scope.stopped.clone()),
            "success" if arguments.is_empty() => Some(self.success()),
            "failure" if self.scope.step.is_some() => {
                Some(logic.not(&logic.or(&self.success(), &self.scope.stopped)))
            }
            "failure" if arguments.is_empty() => Some(any_failed(self.scope.needs, jobs, self.world)),
            "success" | "failure" => {
                let ended = |argument: &Expression| match argument {
                    Expression::Text(id) => Some(ended(jobs.get(id.as_str())?, name, self.world)),
                    _ => None,
                };
                let each: Vec<Proposition> = arguments.iter().map(ended).collect::<Option<_>>()?;
                Some(if name == "success" { logic.all(&each) } else { logic.any(&each) })
            }
            _ => None,
        }
    }

    pub(super) fn call(&self, name: &str, arguments: &[Expression], whole: &Expression) -> Cases {
        if let Some(holds) = self.status(name, arguments) {
            return self.boolean(&holds);
        }
        match name {
            "contains" => match arguments {
                [search, item] => self.contains(&self.value(search), &self.value(item), whole),
                _ => self.unknown(&self.named(whole)),
            },
            "startswith" | "endswith" => match arguments {
                [text, part] => {
                    let (text, part) = (self.value(text), self.value(part));
                    self.affix(name == "startswith", &text, &part, whole)
                }
                _ => self.unknown(&self.named(whole)),
            },
            "format" => self.format(arguments, whole),
            "fromjson" => match arguments {
                [Expression::Text(json)] => match serde_json::from_str(json) {
                    Ok(json) => self.always(self.json_value(&json)),
                    Err(_) => self.unknown(&self.named(whole)),
                },
                _ => self.unknown(&self.named(whole)),
            },
            "case" => self.case(arguments),
            _ => self.unknown(&self.named(whole)),
        }
    }

    /// The value of `success()`. Nothing before failed, was cancelled or was skipped, and the run was not cancelled
    /// (trap 2).
    pub(crate) fn success(&self) -> Proposition {
        let logic = self.logic();
        if let Some(step) = self.scope.step {
            return logic.and_not(&step.success, &self.scope.stopped);
        }
        let before = all_succeeded(self.scope.needs, self.scope.jobs, self.world);
        logic.and_not(&before, &self.scope.stopped)
    }

    fn case(&self, arguments: &[Expression]) -> Cases {
        let logic = self.logic();
        let mut open = logic.truth();
        let mut cases = Cases::new();
        let mut rest = arguments;
        while let [condition, then, more @ ..] = rest {
            let holds = logic.and(&open, &self.holds(condition));
            cases.extend(
                self.value(then).into_iter().map(|(guard, datum)| (logic.and(&holds, &guard), datum)),
            );
            open = logic.and_not(&open, &holds);
            rest = more;
        }
        let last = match rest {
            [otherwise] => self.value(otherwise),
            _ => self.always(Datum::Null),
        };
        cases.extend(last.into_iter().map(|(guard, datum)| (logic.and(&open, &guard), datum)));
        cases
    }

    fn json_value(&self, json: &serde_json::Value) -> Datum {
        match json {
            serde_json::Value::Null => Datum::Null,
            serde_json::Value::Bool(value) => Datum::Bool(*value),
            serde_json::Value::Number(number) => Datum::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Datum::exact(text.clone()),
            serde_json::Value::Array(items) => {
                Datum::List(items.iter().map(|item| self.always(self.json_value(item))).collect())
            }
            serde_json::Value::Object(_) => Datum::Unknown(json.to_string()),
        }
    }

    fn contains(&self, search: &Cases, item: &Cases, whole: &Expression) -> Cases {
        let logic = self.logic();
        let mut parts = Vec::new();
        for (guard, datum) in search {
            let holds = match datum {
                Datum::List(items) => {
                    let each: Vec<Proposition> =
                        items.iter().map(|one| self.compare(Comparison::Equal, one, item)).collect();
                    logic.any(&each)
                }
                _ => {
                    let each: Vec<Proposition> = item
                        .iter()
                        .map(|(guard, item)| logic.and(guard, &self.holds_text(datum, item, whole)))
                        .collect();
                    logic.any(&each)
                }
            };
            parts.push(logic.and(guard, &holds));
        }
        self.boolean(&logic.any(&parts))
    }

    fn holds_text(&self, text: &Datum, part: &Datum, whole: &Expression) -> Proposition {
        let logic = self.logic();
        match (text, as_text(part)) {
            (_, Some(part)) if part.is_empty() => logic.truth(),
            (Datum::Text(Words::Name { before, axis }), Some(part))
                if before.is_empty() && part.is_ascii() =>
            {
                self.world.name_in(*axis, &Language::containing_ignoring_case(&part))
            }
            (text, Some(part)) => match as_text(text) {
                Some(text) => logic.constant(text.to_uppercase().contains(&part.to_uppercase())),
                None => self.free(&self.named(whole)),
            },
            _ => self.free(&self.named(whole)),
        }
    }

    fn affix(&self, at_start: bool, text: &Cases, part: &Cases, whole: &Expression) -> Cases {
        let logic = self.logic();
        let mut parts = Vec::new();
        for (guard, text) in text {
            for (other, part) in part {
                let guard = logic.and(guard, other);
                let holds = match as_text(part) {
                    Some(part) => self.has_affix(at_start, text, &part, whole),
                    None => self.free(&self.named(whole)),
                };
                parts.push(logic.and(&guard, &holds));
            }
        }
        self.boolean(&logic.any(&parts))
    }

    fn has_affix(&self, at_start: bool, text: &Datum, part: &str, whole: &Expression) -> Proposition {
        let logic = self.logic();
        if let Some(text) = as_text(text) {
            let (text, part) = (text.to_uppercase(), part.to_uppercase());
            return logic.constant(if at_start { text.starts_with(&part) } else { text.ends_with(&part) });
        }
        match text {
            Datum::Text(Words::Name { before, axis }) if at_start && part.is_ascii() => {
                match rest_ignoring_case(part, before) {
                    Some("") => logic.truth(),
                    Some(rest) => self.world.name_in(*axis, &Language::prefix_ignoring_case(rest)),
                    None => logic.constant(rest_ignoring_case(before, part).is_some()),
                }
            }
            Datum::Text(Words::Name { before, axis }) if before.is_empty() && part.is_ascii() => {
                self.world.name_in(*axis, &Language::suffix_ignoring_case(part))
            }
            Datum::Text(Words::Begins(before)) if at_start => {
                if rest_ignoring_case(before, part).is_some() {
                    logic.truth()
                } else if rest_ignoring_case(part, before).is_some() {
                    self.free(&self.named(whole))
                } else {
                    logic.falsehood()
                }
            }
            _ => self.free(&self.named(whole)),
        }
    }

    /// The value of `format`. It is exact if all its parts are. Otherwise it is a nonempty text if it contains any
    /// literal.
    fn format(&self, arguments: &[Expression], whole: &Expression) -> Cases {
        let Some((Expression::Text(pattern), rest)) = arguments.split_first() else {
            return self.unknown(&self.named(whole));
        };
        let values: Vec<Cases> = rest.iter().map(|argument| self.value(argument)).collect();
        let single: Option<Vec<String>> = values
            .iter()
            .map(|cases| match cases.as_slice() {
                [(_, datum)] => as_text(datum),
                _ => None,
            })
            .collect();
        if let Some(text) = single.and_then(|single| filled(pattern, &single)) {
            return self.always(Datum::exact(text));
        }
        let empty = vec![String::new(); values.len()];
        match filled(pattern, &empty) {
            Some(literal) if !literal.is_empty() => {
                let before: String = pattern.split('{').next().unwrap_or_default().to_owned();
                self.always(Datum::Text(Words::Begins(before)))
            }
            _ => self.unknown(&self.named(whole)),
        }
    }
}

/// A pattern of `format` with its placeholders replaced.
fn filled(pattern: &str, arguments: &[String]) -> Option<String> {
    let mut text = String::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' | '}' if characters.peek() == Some(&character) => {
                characters.next();
                text.push(character);
            }
            '{' => {
                let mut digits = String::new();
                loop {
                    match characters.next()? {
                        '}' => break,
                        digit => digits.push(digit),
                    }
                }
                text.push_str(arguments.get(digits.parse::<usize>().ok()?)?);
            }
            '}' => return None,
            _ => text.push(character),
        }
    }
    Some(text)
}
