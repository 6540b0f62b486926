//! Measures: the numbers in a report that a gate requires.

use super::Work;
use crate::expand::frame::Frame;
use crate::expand::{Expansion, repeated};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Basis, Expectation, Measure, Operator, Threshold};
use pipec_syntax::ast::{self, Clause, Literal, StringLiteral};

impl Expansion<'_, '_> {
    /// Reads a measure. `None` if it can't be evaluated as written.
    pub(super) fn measure(
        &mut self,
        file: &StringLiteral,
        rows: &[Clause<ast::Expectation>],
        span: Span,
        work: &Work,
        frame: &Frame,
    ) -> Option<Measure> {
        let name = self.literal_text(file, "the file of a measure", frame)?;
        let fits = self.is_file_of_the_node(&name, file.span, frame);
        let earlier = work.body.measures.iter().find(|earlier| earlier.file == name);
        if let Some(first) = earlier {
            self.report(frame, repeated(&format!("measure \"{name}\""), span, first.origin.span));
        }
        if rows.is_empty() {
            self.report(
                frame,
                Diagnostic::error(codes::P0019, format!("`{name}` has no expectation"), span)
                    .help("add an expectation: `expect p95 < 300ms`"),
            );
        }
        let mut expectations: Vec<Expectation> = Vec::new();
        // The parser has refused expectations of slices.
        for row in rows.iter().filter(|row| row.kind.each.is_empty()) {
            let Some(expectation) = self.expectation(row, frame) else { continue };
            let same = |earlier: &&Expectation| {
                earlier.key == expectation.key && earlier.operator == expectation.operator
            };
            if let Some(first) = expectations.iter().find(same) {
                let word = format!("expect {} {}", expectation.key, expectation.operator.sign());
                self.report(frame, repeated(&word, row.span, first.origin.span));
                continue;
            }
            expectations.push(expectation);
        }
        let whole = fits && earlier.is_none() && !rows.is_empty() && expectations.len() == rows.len();
        whole.then(|| Measure { file: name, expectations, origin: frame.origin(span) })
    }

    /// Checks that a text names a file below the node's directory.
    fn is_file_of_the_node(&mut self, name: &str, span: Span, frame: &Frame) -> bool {
        let (code, message) = if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            (codes::P0105, format!("`{name}` is outside the node's directory"))
        } else if name.is_empty() || name.ends_with('/') || name.chars().any(char::is_control) {
            (codes::P0106, format!("`\"{}\"` is not a file", name.escape_debug()))
        } else {
            return true;
        };
        let help = "write the path of the report relative to the node's directory: `\"target/metrics.json\"`";
        self.report(frame, Diagnostic::error(code, message, span).help(help));
        false
    }

    fn expectation(&mut self, row: &Clause<ast::Expectation>, frame: &Frame) -> Option<Expectation> {
        let ast::Expectation { key, operator, value, samples, versus, each: _ } = &row.kind;
        let is_path = key.node.split('.').all(|name| !name.is_empty());
        if !is_path || key.node.chars().any(char::is_control) {
            let message = format!("`\"{}\"` can't be a key in a report", key.node.escape_debug());
            self.report(
                frame,
                Diagnostic::error(codes::P0106, message, key.span)
                    .help("write a name, or names with dots between them: `\"latency.p95\"`"),
            );
            return None;
        }
        let operator = match operator.node {
            ast::Operator::Less => Operator::Less,
            ast::Operator::LessOrEqual => Operator::LessOrEqual,
            ast::Operator::Equal => Operator::Equal,
            ast::Operator::NotEqual => Operator::NotEqual,
            ast::Operator::GreaterOrEqual => Operator::GreaterOrEqual,
            ast::Operator::Greater => Operator::Greater,
        };
        let quantity = |number: u64, unit: &str| Threshold::Quantity(number.to_string(), unit.to_owned());
        let threshold = match &value.node {
            Literal::Integer(number) => Threshold::Number(number.to_string()),
            Literal::Decimal(number) => Threshold::Number(number.clone()),
            Literal::Percent(number) => Threshold::Quantity(number.clone(), "%".to_owned()),
            Literal::Duration(duration) => quantity(duration.count, duration.unit),
            Literal::Size(size) => quantity(size.count, size.unit),
            Literal::String(text) => {
                if !matches!(operator, Operator::Equal | Operator::NotEqual) {
                    let message = format!("texts have no order: `{text}`");
                    self.report(
                        frame,
                        Diagnostic::error(codes::P0106, message, value.span)
                            .help("compare texts with `==` or `!=`; write a number without quotes"),
                    );
                    return None;
                }
                Threshold::Text(text.clone())
            }
            Literal::Time(_) | Literal::Date(_) | Literal::Boolean(_) => {
                let what = match &value.node {
                    Literal::Time(_) => "a time of day",
                    Literal::Date(_) => "a date",
                    _ => "a bool",
                };
                self.report(
                    frame,
                    Diagnostic::error(
                        codes::P0106,
                        format!("{what} can't be a threshold"),
                        value.span,
                    )
                    .help("compare with a number, a percentage, a duration or a size, or use `==` or `!=` with a text"),
                );
                return None;
            }
        };
        if let Some((count, confidence)) = samples {
            let share: f64 = confidence.node.parse().unwrap_or_default();
            let wrong = if count.node == 0 {
                Some((count.span, "0 samples show nothing".to_owned()))
            } else if share <= 0.0 || share >= 100.0 {
                let message = format!("no number of samples gives a confidence of {}%", confidence.node);
                Some((confidence.span, message))
            } else {
                None
            };
            if wrong.is_none()
                && let Some(needed) = samples_needed(operator, &value.node, share)
                && count.node < needed
            {
                let message = format!(
                    "{} samples can't show `{} {}` with a confidence of {}%",
                    count.node,
                    operator.sign(),
                    shown_share(&value.node),
                    confidence.node
                );
                self.report(
                    frame,
                    Diagnostic::error(codes::P0410, message, count.span)
                        .note("even if every one of them is right")
                        .help(format!(
                            "at least {needed} are needed: `samples {needed} confidence {}%`",
                            confidence.node
                        )),
                );
                return None;
            }
            if let Some((span, message)) = wrong {
                self.report(
                    frame,
                    Diagnostic::error(codes::P0106, message, span)
                        .help("state the number of samples and the confidence: `samples 400 confidence 95%`"),
                );
                return None;
            }
        }
        let basis = match (samples, versus) {
            (None, None) => Basis::Value,
            (_, Some(_)) => Basis::Drop,
            (Some(_), None) => Basis::Samples,
        };
        Some(Expectation {
            key: key.node.clone(),
            operator,
            threshold,
            basis,
            origin: frame.origin(row.span),
        })
    }
}

/// The number of samples needed to show a share, if every sample is correct. With n of n correct, the lower bound of
/// the share is the nth root of one minus the confidence.
fn samples_needed(operator: Operator, threshold: &Literal, confidence: f64) -> Option<u64> {
    if !matches!(operator, Operator::GreaterOrEqual | Operator::Greater) {
        return None;
    }
    let share: f64 = match threshold {
        Literal::Decimal(number) => number.parse().ok()?,
        Literal::Percent(number) => number.parse::<f64>().ok()? / 100.0,
        _ => return None,
    };
    if !(share > 0.0 && share < 1.0) {
        return None;
    }
    let mut left = 1.0;
    let over = 1.0 - confidence / 100.0;
    (1..=1_000_000).find(|_| {
        left *= share;
        left <= over + 1e-12
    })
}

fn shown_share(threshold: &Literal) -> String {
    match threshold {
        Literal::Percent(number) => format!("{number}%"),
        Literal::Decimal(number) => number.clone(),
        _ => String::new(),
    }
}
