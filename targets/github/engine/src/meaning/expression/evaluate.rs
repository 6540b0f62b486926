//! The meaning of an expression, as propositions.
//!
//! They are over the facts of a run and the outcomes of jobs. A value that is not known exactly is a separate variable:
//! it may be true or false, so nothing that depends on it can be proven. For example, `needs.unit.result == 'success'
//! && vars.X` is the success of `unit` and a free variable.

use super::value::{Cases, Datum, Words};
use crate::read::expression::Comparison;
use crate::read::expression::Expression;
use crate::read::expression::number;
use crate::read::scalar::{number_text, same_ignoring_case};
use pipec_ir::InputType;
use pipec_logic::{Language, Proposition, Propositions};
use pipec_model::World;
use pipec_model::{JobResult, StepsBefore, Unsuccessful};
use pipec_model::{JobState, Jobs, Output};
use rustc_hash::FxHashSet;
use std::cell::OnceCell;

/// The numbers of unique values: the repository, another repository, the run.
pub(super) const REPOSITORY: usize = 0;
pub(super) const OTHER_REPOSITORY: usize = 1;
pub(crate) const RUN_ID: usize = 2;

/// The maximum number of cases. More of them are one unknown value.
const CASES: usize = 256;

/// The place of an expression.
pub(crate) struct Scope<'s> {
    /// A name that distinguishes unknown values of different places.
    pub(crate) place: &'s str,
    /// The jobs in `needs`.
    pub(crate) needs: &'s [String],
    /// All earlier jobs, by id.
    pub(crate) jobs: &'s Jobs<'s>,
    /// That the run was cancelled before the expression was evaluated.
    pub(crate) stopped: Proposition,
    /// The earlier steps of the job, if the expression is in a step.
    pub(crate) step: Option<&'s StepsBefore>,
    /// The jobs in `needs`, as a set. Computed on demand, because most steps use none.
    needed: OnceCell<FxHashSet<&'s str>>,
}

impl<'s> Scope<'s> {
    /// The scope of the condition of a job that needs these jobs.
    pub(crate) fn of_job(
        place: &'s str,
        needs: &'s [String],
        jobs: &'s Jobs<'s>,
        stopped: Proposition,
    ) -> Scope<'s> {
        Scope { place, needs, jobs, stopped, step: None, needed: OnceCell::new() }
    }

    /// The scope of the condition of a step of such a job.
    pub(crate) fn of_step(
        place: &'s str,
        needs: &'s [String],
        jobs: &'s Jobs<'s>,
        before: &'s StepsBefore,
    ) -> Scope<'s> {
        Scope { step: Some(before), ..Scope::of_job(place, needs, jobs, before.stopped.clone()) }
    }

    /// The job with this id, if it is in `needs`.
    pub(super) fn need(&self, id: &str) -> Option<&'s str> {
        let needed = self.needed.get_or_init(|| self.needs.iter().map(String::as_str).collect());
        // Most names have the same case as the id. Two ids that differ only in case are refused.
        let exactly = needed.get(id).copied();
        exactly.or_else(|| needed.iter().copied().find(|need| need.eq_ignore_ascii_case(id)))
    }
}

/// Evaluates expressions.
pub(crate) struct Evaluator<'e, 's> {
    pub(crate) world: &'e World,
    pub(crate) scope: &'e Scope<'s>,
}

impl Evaluator<'_, '_> {
    pub(super) fn logic(&self) -> &Propositions {
        self.world.logic()
    }

    pub(super) fn always(&self, datum: Datum) -> Cases {
        vec![(self.logic().truth(), datum)]
    }

    pub(super) fn either(&self, condition: &Proposition, yes: Datum, no: Datum) -> Cases {
        vec![(condition.clone(), yes), (self.logic().not(condition), no)]
    }

    pub(super) fn boolean(&self, condition: &Proposition) -> Cases {
        self.either(condition, Datum::Bool(true), Datum::Bool(false))
    }

    pub(super) fn unknown(&self, what: &str) -> Cases {
        self.always(Datum::Unknown(what.to_owned()))
    }

    /// That the expression is truthy.
    pub(crate) fn holds(&self, expression: &Expression) -> Proposition {
        let logic = self.logic();
        let each = |parts: &[Expression]| -> Vec<Proposition> {
            parts.iter().map(|part| self.holds(part)).collect()
        };
        // If only the truth matters, the value that it comes from makes no difference.
        match expression {
            Expression::And(parts) => logic.all(&each(parts)),
            Expression::Or(parts) => logic.any(&each(parts)),
            Expression::Not(part) => logic.not(&self.holds(part)),
            Expression::Compare(comparison, left, right) => self
                .compared_word(*comparison, left, right)
                .unwrap_or_else(|| self.compare(*comparison, &self.value(left), &self.value(right))),
            Expression::Call(name, arguments) => {
                self.status(name, arguments).unwrap_or_else(|| self.truth_of(&self.value(expression)))
            }
            _ => self.truth_of(&self.value(expression)),
        }
    }

    /// That a value is truthy.
    pub(crate) fn truth_of(&self, cases: &Cases) -> Proposition {
        let logic = self.logic();
        let parts: Vec<Proposition> = cases
            .iter()
            .map(|(guard, datum)| {
                let truthy = match datum {
                    Datum::Null => logic.falsehood(),
                    Datum::Bool(value) => logic.constant(*value),
                    Datum::Number(number) => logic.constant(*number != 0.0 && !number.is_nan()),
                    Datum::Text(Words::Exact(text)) => logic.constant(!text.is_empty()),
                    Datum::Text(Words::Input(name)) => self.free(&format!("input {name} is not empty")),
                    Datum::Text(_) | Datum::List(_) => logic.truth(),
                    Datum::Unknown(what) => self.free(&format!("{what} holds")),
                };
                logic.and(guard, &truthy)
            })
            .collect();
        logic.any(&parts)
    }

    pub(super) fn free(&self, what: &str) -> Proposition {
        self.world.free(what)
    }

    /// All possible values of an expression.
    pub(crate) fn value(&self, expression: &Expression) -> Cases {
        let cases = self.value_of(expression);
        if cases.len() > CASES { self.unknown(&self.named(expression)) } else { cases }
    }

    fn value_of(&self, expression: &Expression) -> Cases {
        match expression {
            Expression::Null => self.always(Datum::Null),
            Expression::Bool(value) => self.always(Datum::Bool(*value)),
            Expression::Number(number) => self.always(Datum::Number(*number)),
            Expression::Text(text) => self.always(Datum::exact(text.clone())),
            Expression::Context(_) | Expression::Index(..) => self.lookup(expression),
            Expression::And(parts) => self.chain(parts, true),
            Expression::Or(parts) => self.chain(parts, false),
            Expression::Compare(..) | Expression::Not(_) => self.boolean(&self.holds(expression)),
            Expression::Call(name, arguments) => self.call(name, arguments, expression),
        }
    }

    /// Evaluates `a && b`: it is `b` if `a` is truthy, else `a`. In `a || b`, the condition is reversed.
    fn chain(&self, parts: &[Expression], go_on_if: bool) -> Cases {
        let logic = self.logic();
        let mut open = logic.truth();
        let mut cases = Cases::new();
        for (place, part) in parts.iter().enumerate() {
            let value = self.value(part);
            let truth = self.truth_of(&value);
            let ends = if place + 1 == parts.len() {
                open.clone()
            } else if go_on_if {
                logic.and_not(&open, &truth)
            } else {
                logic.and(&open, &truth)
            };
            cases.extend(value.into_iter().map(|(guard, datum)| (logic.and(&ends, &guard), datum)));
            open = logic.and_not(&open, &ends);
        }
        cases.retain(|(guard, _)| logic.is_satisfiable(guard).unwrap_or(true));
        cases
    }

    /// Evaluates the most frequent comparisons. They compare a needed job's result or output, or a value of the run,
    /// with a word.
    fn compared_word(
        &self,
        comparison: Comparison,
        left: &Expression,
        right: &Expression,
    ) -> Option<Proposition> {
        let Expression::Text(word) = right else { return None };
        let words = left.words()?;
        let job = |id: &str| self.scope.jobs.get(self.scope.need(id)?);
        let is = match words.as_slice() {
            ["needs", id, result] if result.eq_ignore_ascii_case("result") => {
                ended(job(id)?, word, self.world)
            }
            ["needs", id, outputs, name] if outputs.eq_ignore_ascii_case("outputs") => {
                let job = job(id)?;
                self.left_word(job, job.output(name)?, word)
            }
            ["github", ..] => self.world.run_is(&words.join("."), word, || {
                let literal = self.always(Datum::exact(word));
                self.compare(Comparison::Equal, &self.value(left), &literal)
            }),
            _ => return None,
        };
        match comparison {
            Comparison::Equal => Some(is),
            Comparison::NotEqual => Some(self.logic().not(&is)),
            _ => None,
        }
    }

    /// That an output of a job equals this word.
    fn left_word(&self, job: &JobState<'_>, output: &Output<'_>, word: &str) -> Proposition {
        if let Some((_, known)) = output.words.borrow().iter().find(|(known, _)| known == word) {
            return known.clone();
        }
        let literal = self.always(Datum::exact(word));
        let is = self.compare(Comparison::Equal, &left(job, output, self.world), &literal);
        output.words.borrow_mut().push((word.to_owned(), is.clone()));
        is
    }

    pub(super) fn compare(&self, comparison: Comparison, left: &Cases, right: &Cases) -> Proposition {
        let logic = self.logic();
        let mut parts = Vec::new();
        for (left_guard, left_datum) in left {
            for (right_guard, right_datum) in right {
                let holds = match (comparison, surely_equal(left_datum, right_datum)) {
                    (Comparison::Equal, Some(equal)) => Err(equal),
                    (Comparison::NotEqual, Some(equal)) => Err(!equal),
                    (Comparison::Equal, None) => Ok(self.equal(left_datum, right_datum)),
                    (Comparison::NotEqual, None) => Ok(logic.not(&self.equal(left_datum, right_datum))),
                    _ => Ok(self.ordered(comparison, left_datum, right_datum)),
                };
                // Most comparisons are of one literal with results. A decided part needs no operation.
                let guard = || match (left.len(), right.len()) {
                    (_, 1) => left_guard.clone(),
                    (1, _) => right_guard.clone(),
                    _ => logic.and(left_guard, right_guard),
                };
                match holds {
                    Err(false) => {}
                    Err(true) => parts.push(guard()),
                    Ok(holds) => parts.push(logic.and(&guard(), &holds)),
                }
            }
        }
        logic.any(&parts)
    }

    fn ordered(&self, comparison: Comparison, left: &Datum, right: &Datum) -> Proposition {
        let order = match (left, right) {
            (Datum::Text(Words::Exact(left)), Datum::Text(Words::Exact(right))) => {
                Some(left.to_uppercase().cmp(&right.to_uppercase()))
            }
            _ => match (as_number(left), as_number(right)) {
                (Some(left), Some(right)) => match left.partial_cmp(&right) {
                    Some(order) => Some(order),
                    None => return self.logic().falsehood(),
                },
                _ => None,
            },
        };
        match order {
            Some(order) => self.logic().constant(match comparison {
                Comparison::Less => order.is_lt(),
                Comparison::LessOrEqual => order.is_le(),
                Comparison::Greater => order.is_gt(),
                _ => order.is_ge(),
            }),
            None => self.free(&format!("{left:?} {comparison:?} {right:?} in {}", self.scope.place)),
        }
    }

    /// GitHub's loose equality. Strings ignore case, and different types are compared as numbers.
    fn equal(&self, left: &Datum, right: &Datum) -> Proposition {
        match (left, right, surely_equal(left, right)) {
            (_, _, Some(equal)) => self.logic().constant(equal),
            (Datum::Text(left), Datum::Text(right), None) => self.same_words(left, right),
            _ => self.free(&format!("{left:?} is {right:?}")),
        }
    }

    fn same_words(&self, left: &Words, right: &Words) -> Proposition {
        let logic = self.logic();
        match (left, right) {
            (Words::Exact(left), Words::Exact(right)) => logic.constant(same_ignoring_case(left, right)),
            (Words::Unlike(left), Words::Unlike(right)) => logic.constant(left == right),
            (Words::Exact(text), other) | (other, Words::Exact(text)) => match other {
                Words::Name { before, axis } => match rest_ignoring_case(text, before) {
                    Some(_) if !text.is_ascii() => self.free(&format!("{other:?} is {text:?}")),
                    Some(rest) => self.world.name_in(*axis, &Language::literal_ignoring_case(rest)),
                    None => logic.falsehood(),
                },
                Words::Begins(before) => match rest_ignoring_case(text, before) {
                    Some(rest) if !rest.is_empty() => self.free(&format!("{other:?} is {text:?}")),
                    _ => logic.falsehood(),
                },
                Words::Input(name) => self.input_is(name, text),
                // A literal may be the name of the repository, which is unknown.
                _ => self.free(&format!("{other:?} is {text:?}")),
            },
            _ if left == right => logic.truth(),
            _ => self.free(&format!("{left:?} is {right:?}")),
        }
    }

    /// That an input equals a text. People may write it in any mixture of upper and lower case.
    fn input_is(&self, name: &str, text: &str) -> Proposition {
        let logic = self.logic();
        let facts = &self.world.facts;
        let vocabulary = facts.vocabulary();
        let ty = vocabulary.inputs().find(|(input, _)| *input == name).map(|(_, ty)| ty);
        let values: Vec<(&str, Proposition)> =
            vocabulary.input_values(name).map(|(value, id)| (value, facts.input(id))).collect();
        if ty.is_none() || values.is_empty() {
            return self.free(&format!("input {name} is {text}"));
        }
        let same = values.iter().filter(|(value, _)| same_ignoring_case(value, text)).map(|(_, is)| is);
        let known = logic.any(same);
        if matches!(ty, Some(InputType::Boolean | InputType::OneOf(_))) {
            return known;
        }
        // Any other value may equal the text in another case.
        let other = logic.not(&logic.any(values.iter().map(|(_, is)| is)));
        logic.or(&known, &logic.and(&other, &self.free(&format!("input {name} is {text}"))))
    }

    pub(super) fn named(&self, expression: &Expression) -> String {
        format!("{expression:?} in {}", self.scope.place)
    }
}

/// Whether two values are equal. `None` if one is not known exactly.
fn surely_equal(left: &Datum, right: &Datum) -> Option<bool> {
    match (left, right) {
        (Datum::Null, Datum::Null) => Some(true),
        (Datum::Bool(left), Datum::Bool(right)) => Some(left == right),
        (Datum::Text(Words::Exact(left)), Datum::Text(Words::Exact(right))) => {
            Some(same_ignoring_case(left, right))
        }
        (Datum::Text(_), Datum::Text(_)) | (Datum::List(_), Datum::List(_)) => None,
        _ => Some(as_number(left)? == as_number(right)?),
    }
}

/// The rest of a text after a prefix. ASCII letters match in either case.
pub(super) fn rest_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// A value as a number. `None` if it is unknown.
fn as_number(datum: &Datum) -> Option<f64> {
    match datum {
        Datum::Null => Some(0.0),
        Datum::Bool(value) => Some(f64::from(u8::from(*value))),
        Datum::Number(number) => Some(*number),
        Datum::Text(Words::Exact(text)) => {
            let text = text.trim();
            Some(if text.is_empty() { 0.0 } else { number(text).unwrap_or(f64::NAN) })
        }
        Datum::Text(Words::Name { before, .. } | Words::Begins(before)) if before.starts_with("refs/") => {
            Some(f64::NAN)
        }
        // `owner/name` is not a number.
        Datum::Text(Words::Unlike(REPOSITORY | OTHER_REPOSITORY)) | Datum::List(_) => Some(f64::NAN),
        Datum::Text(_) | Datum::Unknown(_) => None,
    }
}

/// A value as a string. `None` if it is unknown.
pub(super) fn as_text(datum: &Datum) -> Option<String> {
    match datum {
        Datum::Null => Some(String::new()),
        Datum::Bool(value) => Some(value.to_string()),
        Datum::Number(number) => Some(number_text(*number)),
        Datum::Text(Words::Exact(text)) => Some(text.clone()),
        _ => None,
    }
}

/// That the result of a job equals this word. GitHub ignores its case.
pub(super) fn ended(job: &JobState<'_>, word: &str, world: &World) -> Proposition {
    let result = JobResult::ALL.into_iter().find(|result| same_ignoring_case(word, result.word()));
    result.map_or_else(|| world.logic().falsehood(), |result| job.ended(result, world).clone())
}

/// The cases of a job's output.
pub(super) fn left(job: &JobState<'_>, Output { name, fact, .. }: &Output<'_>, world: &World) -> Cases {
    let logic = world.logic();
    let Unsuccessful { failure, cancelled, skipped } = job.unsuccessful(world);
    let half_done = Datum::Unknown(format!("{name} of {} that is not green", job.id));
    let mut cases = vec![(skipped.clone(), Datum::exact("")), (logic.or(failure, cancelled), half_done)];
    match fact {
        Some(fact) => {
            cases.push((logic.and(&job.success, fact), Datum::exact("true")));
            cases.push((logic.and_not(&job.success, fact), Datum::exact("false")));
        }
        None => cases.push((job.success.clone(), Datum::Unknown(format!("{name} of {}", job.id)))),
    }
    cases
}
