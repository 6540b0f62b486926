//! Texts with expressions, as GitHub cuts them.
//!
//! These are all string scalars that contain `${{`, even in comments and heredocs of a script (engine semantics,
//! section 3). For example, `v${{ github.sha }}` has two pieces.

use super::{CHARACTERS, Expression, parse};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Literal(String),
    Expression(Expression),
}

/// A text cut into pieces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

impl Template {
    /// Cuts a text. `None` if GitHub refuses an expression in it, or the whole is too long.
    pub(crate) fn of(text: &str) -> Option<Template> {
        let mut pieces = Vec::new();
        // The length of the `format` call: `{12}` and `, needs.app.result` for each expression.
        let mut length = "format('')".len();
        let mut expressions = 0_usize;
        let mut rest = text;
        let literal = |text: &str, pieces: &mut Vec<Piece>| {
            if !text.is_empty() {
                pieces.push(Piece::Literal(text.to_owned()));
            }
            text.chars().map(|it| if matches!(it, '{' | '}' | '\'') { 2 } else { 1 }).sum::<usize>()
        };
        while let Some((before, after)) = rest.split_once("${{") {
            length += literal(before, &mut pieces);
            let (inner, behind) = inner(after)?;
            pieces.push(Piece::Expression(parse(inner)?));
            length += format!("{{{expressions}}}, ").len() + inner.trim().chars().count();
            expressions += 1;
            rest = behind;
        }
        length += literal(rest, &mut pieces);
        let template = Template { pieces };
        let is_call = expressions > 0 && template.as_expression().is_none();
        // `format` takes 255 arguments, including its pattern (trap 25).
        (!is_call || length <= CHARACTERS && expressions <= 254).then_some(template)
    }

    /// The text, if every expression in it is a literal. Trap 24: `${{` is written as `${{ '${{' }}`.
    pub(crate) fn as_literal(&self) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) | Piece::Expression(Expression::Text(literal)) => {
                    text.push_str(literal)
                }
                Piece::Expression(_) => return None,
            }
        }
        Some(text)
    }

    /// The expression, if the text has nothing else.
    pub(crate) fn as_expression(&self) -> Option<&Expression> {
        match self.pieces.as_slice() {
            [Piece::Expression(expression)] => Some(expression),
            _ => None,
        }
    }

    /// The expressions in the text.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Expression(expression) => Some(expression),
            Piece::Literal(_) => None,
        })
    }

    /// The expression that GitHub makes of the text. It is the expression alone, or `format` with quotes and braces
    /// doubled.
    pub(crate) fn to_expression(&self) -> Expression {
        if let Some(expression) = self.as_expression() {
            return expression.clone();
        }
        if let [] | [Piece::Literal(_)] = self.pieces.as_slice() {
            return Expression::Text(self.as_literal().unwrap_or_default());
        }
        let mut pattern = String::new();
        let mut arguments = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => pattern.push_str(&text.replace('{', "{{").replace('}', "}}")),
                Piece::Expression(expression) => {
                    pattern.push_str(&format!("{{{}}}", arguments.len()));
                    arguments.push(expression.clone());
                }
            }
        }
        arguments.insert(0, Expression::Text(pattern));
        Expression::Call("format", arguments)
    }
}

/// The text before the closing `}}`, and the text after it. A `}}` inside a literal does not count.
fn inner(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut last = b'\0';
    for (offset, byte) in text.bytes().enumerate() {
        if byte == b'\'' {
            quoted = !quoted;
        } else if byte == b'}' && last == b'}' && !quoted {
            let inner = text.get(..offset.checked_sub(1)?)?;
            return Some((inner, text.get(offset + 1..)?));
        }
        last = byte;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_24_an_escaped_opening_gives_the_source_text() {
        let template = Template::of("echo \"${{ '${{' }} x }}\" # {0}").unwrap();
        assert_eq!(template.as_literal().as_deref(), Some("echo \"${{ x }}\" # {0}"));
    }

    #[test]
    fn trap_06_text_around_an_expression_makes_a_format_call() {
        let template = Template::of("${{ github.ref }}\n").unwrap();
        assert_eq!(template.as_expression(), None);
        assert_eq!(
            template.to_expression(),
            Expression::Call(
                "format",
                vec![Expression::Text("{0}\n".to_owned()), parse("github.ref").unwrap()]
            )
        );
    }

    #[test]
    fn trap_25_the_limit_holds_for_the_format_call() {
        let brace = "{".repeat(10_600);
        assert!(Template::of(&brace).is_some());
        assert!(Template::of(&format!("{brace}${{{{ github.ref }}}}")).is_none());
        // GitHub evaluates `format('xx…{0}', github.ref)`.
        let around = "format('{0}', github.ref)".len();
        let of_length = |length: usize| format!("{}${{{{ github.ref }}}}", "x".repeat(length - around));
        assert!(Template::of(&of_length(CHARACTERS)).is_some());
        assert!(Template::of(&of_length(CHARACTERS + 1)).is_none());
    }

    #[test]
    fn trap_25_a_text_has_no_more_expressions_than_format_takes() {
        assert!(Template::of(&"${{ github.ref }} ".repeat(254)).is_some());
        assert!(Template::of(&"${{ github.ref }} ".repeat(255)).is_none());
    }

    #[test]
    fn an_unclosed_expression_is_refused() {
        assert_eq!(Template::of("${{ github.ref"), None);
        assert_eq!(Template::of("${{ '}}' "), None);
    }
}
