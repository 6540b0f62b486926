//! Texts with expressions in them, as every string of a workflow is.

use crate::expression::{Expression, quoted};
use std::borrow::Cow;

/// The longest expression that GitHub evaluates, in characters.
///
/// A text with expressions counts as one expression, because GitHub rewrites it to a call of `format`
/// (`TemplateReader.ParseScalar`).
pub(crate) const LONGEST_EXPRESSION: usize = 21_000;

/// The most levels of an expression (GitHub's `ExpressionConstants.MaxDepth`).
pub(crate) const DEEPEST_EXPRESSION: usize = 50;

/// The most expressions in one text.
///
/// `format` takes 255 arguments, one of which is the text (GitHub's `ExpressionConstants`).
const MOST_EXPRESSIONS: usize = 254;

/// What begins an expression in every string, even in comments and quoted parts of scripts.
pub(crate) const OPENING: &str = "${{";

/// A string of a workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Cow<'static, str>),
    Expression(Cow<'static, str>),
}

/// How much GitHub must evaluate for a template. Sizes add up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    characters: usize,
    expressions: usize,
}

impl Size {
    /// The size of both texts, one after the other.
    pub(crate) fn and(self, other: Size) -> Size {
        Size {
            characters: self.characters + other.characters,
            expressions: self.expressions + other.expressions,
        }
    }

    /// Whether GitHub takes a text with expressions that is of this size.
    pub(crate) fn fits(self) -> bool {
        self.characters + "format('')".len() <= LONGEST_EXPRESSION && self.expressions <= MOST_EXPRESSIONS
    }
}

impl Template {
    /// A text that GitHub passes on unchanged, even if it looks like an expression.
    pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Template {
        Template::default().and_text(text)
    }

    /// The value of an expression.
    pub(crate) fn expression(expression: impl Into<Cow<'static, str>>) -> Template {
        Template::default().and(expression)
    }

    /// The value of a condition, `true` or `false`.
    pub(crate) fn condition(condition: &Expression) -> Template {
        Template::expression(condition.to_string())
    }

    /// Whether GitHub takes a condition.
    pub(crate) fn fits_condition(condition: &Expression) -> bool {
        // Most are so short that there is no need to write them.
        condition.most_bytes() < LONGEST_EXPRESSION / 2 || Template::condition(condition).fits()
    }

    /// Appends the value of an expression.
    pub(crate) fn and(mut self, expression: impl Into<Cow<'static, str>>) -> Template {
        self.parts.push(Part::Expression(expression.into()));
        self
    }

    /// Appends a text.
    pub(crate) fn and_text(mut self, text: impl Into<Cow<'static, str>>) -> Template {
        let text = text.into();
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.to_mut().push_str(&text),
            _ if text.is_empty() => {}
            _ => self.parts.push(Part::Text(text)),
        }
        self
    }

    /// Appends another template.
    pub(crate) fn and_template(self, other: Template) -> Template {
        other.parts.into_iter().fold(self, |template, part| match part {
            Part::Text(text) => template.and_text(text),
            Part::Expression(expression) => template.and(expression),
        })
    }

    /// Its value, if it holds no expression.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// An expression with its value.
    pub(crate) fn operand(&self) -> Cow<'_, str> {
        match self.parts.as_slice() {
            [] => Cow::Borrowed("''"),
            [Part::Expression(expression)] => Cow::Borrowed(expression),
            parts => {
                let texts: Vec<String> = parts
                    .iter()
                    .map(|part| match part {
                        Part::Text(text) => quoted(text),
                        Part::Expression(expression) => format!("({expression})"),
                    })
                    .collect();
                let places: String = (0..texts.len()).map(|place| format!("{{{place}}}")).collect();
                Cow::Owned(format!("format({}, {})", quoted(&places), texts.join(", ")))
            }
        }
    }

    /// Whether GitHub takes it: the expression it becomes is short enough and has few enough parts.
    pub(crate) fn fits(&self) -> bool {
        let plain = || self.as_text().is_some_and(|text| !text.contains(OPENING));
        self.is_short() || plain() || self.size().fits()
    }

    /// Whether it is so short that it fits in any case.
    ///
    /// No byte adds more than 11 characters or more than one expression.
    fn is_short(&self) -> bool {
        self.parts.iter().map(|part| part.as_str().len().max(1)).sum::<usize>() <= MOST_EXPRESSIONS
    }

    /// The size of the expression that it becomes; the characters are an upper bound.
    ///
    /// GitHub makes it `format('…{0}…', expression)`, with braces and quotes doubled.
    pub(crate) fn size(&self) -> Size {
        self.parts.iter().fold(Size::default(), |size, part| size.and(part.size()))
    }

    /// The text that GitHub reads as this template.
    pub(crate) fn source(&self) -> Cow<'_, str> {
        if let [Part::Text(text)] = self.parts.as_slice() {
            return escaped(Cow::Borrowed(text));
        }
        let mut source = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => source.push_str(&escaped(Cow::Borrowed(text))),
                Part::Expression(expression) => {
                    for piece in ["${{ ", expression, " }}"] {
                        source.push_str(piece);
                    }
                }
            }
        }
        Cow::Owned(source)
    }
}

impl Part {
    fn as_str(&self) -> &str {
        match self {
            Part::Text(text) | Part::Expression(text) => text,
        }
    }

    fn size(&self) -> Size {
        match self {
            Part::Text(text) => {
                let openings = text.matches(OPENING).count();
                let doubled = text.bytes().filter(|byte| matches!(byte, b'{' | b'}' | b'\'')).count();
                // An escaped opening is an argument of its own: `{12}` and `, '${{'`.
                Size { characters: text.chars().count() + doubled + 16 * openings, expressions: openings }
            }
            Part::Expression(expression) => {
                Size { characters: expression.chars().count() + 10, expressions: 1 }
            }
        }
    }
}

/// The text that GitHub reads as this one, whatever it holds.
pub(crate) fn escaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(OPENING) { Cow::Owned(text.replace(OPENING, "${{ '${{' }}")) } else { text }
}

impl From<&'static str> for Template {
    fn from(text: &'static str) -> Template {
        Template::text(text)
    }
}

impl From<String> for Template {
    fn from(text: String) -> Template {
        Template::text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_24_an_opening_in_a_text_is_escaped() {
        assert_eq!(Template::text("a ${{ b }}").source(), "a ${{ '${{' }} b }}");
        assert_eq!(Template::text("$").and("x").source(), "$${{ x }}");
    }

    #[test]
    fn trap_25_the_length_that_counts_is_that_of_the_format_call() {
        let braces = "{".repeat(10_400);
        assert!(Template::text(braces.clone()).fits(), "without an expression nothing is rewritten");
        assert!(Template::text(braces.clone()).and("x").fits());
        assert!(!Template::text(braces + &"{".repeat(200)).and("x").fits());
    }

    #[test]
    fn trap_25_a_text_has_no_more_expressions_than_a_call_has_arguments() {
        let many = |count: usize| (0..count).fold(Template::default(), |text, _| text.and("x").and_text(" "));
        assert!(many(254).fits());
        assert!(!many(255).fits());
    }
}
