//! The grammar of the expression language, parsed by recursive descent within GitHub's limits.
//!
//! For example, `needs.app.result == 'success'` is a comparison of the path `needs.app.result` with a text.

use super::CHARACTERS;
use super::lexer::{Sign, Token, tokens};
use smallvec::SmallVec;
use std::rc::Rc;

/// The maximum depth of expressions on GitHub.
const DEPTH: usize = 50;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A context, in lower case, because GitHub ignores its case.
    Context(&'static str),
    /// `a.b` and `a['b']` are equal. `a.*` has no index.
    Index(Rc<Expression>, Option<Rc<Expression>>),
    /// A function, in lower case.
    Call(&'static str, Vec<Expression>),
    Not(Rc<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Compare(Comparison, Rc<Expression>, Rc<Expression>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// Its direct parts.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Expression> {
        let (first, second, more): (Option<&Expression>, Option<&Expression>, &[Expression]) = match self {
            Expression::Index(of, index) => (Some(of), index.as_deref(), &[]),
            Expression::Call(_, parts) | Expression::And(parts) | Expression::Or(parts) => {
                (None, None, parts)
            }
            Expression::Not(part) => (Some(part), None, &[]),
            Expression::Compare(_, left, right) => (Some(left), Some(right), &[]),
            _ => (None, None, &[]),
        };
        first.into_iter().chain(second).chain(more)
    }

    /// Whether it contains a status function. That removes the implicit `success()` (trap 3).
    pub(crate) fn has_status_function(&self) -> bool {
        matches!(self, Expression::Call(name, _)
            if matches!(*name, "success" | "failure" | "always" | "cancelled"))
            || self.parts().any(Expression::has_status_function)
    }

    /// The contexts that it names.
    pub(crate) fn contexts(&self) -> Vec<&'static str> {
        let mut contexts = Vec::new();
        self.add_contexts(&mut contexts);
        contexts
    }

    fn add_contexts(&self, contexts: &mut Vec<&'static str>) {
        match self {
            Expression::Context(name) => contexts.push(name),
            _ => self.parts().for_each(|part| part.add_contexts(contexts)),
        }
    }

    /// Whether it names this context.
    pub(crate) fn names(&self, context: &str) -> bool {
        match self {
            Expression::Context(name) => *name == context,
            _ => self.parts().any(|part| part.names(context)),
        }
    }

    /// The path of names, if it is a context with literal names only: `needs.app.outputs.digest`.
    pub(crate) fn path(&self) -> Option<Vec<String>> {
        Some(self.words()?.into_iter().map(str::to_owned).collect())
    }

    /// The path of names, borrowed.
    pub(crate) fn words(&self) -> Option<SmallVec<[&str; 6]>> {
        let mut words: SmallVec<[&str; 6]> = SmallVec::new();
        let mut rest = self;
        loop {
            match rest {
                Expression::Context(name) => {
                    words.push(name);
                    words.reverse();
                    return Some(words);
                }
                Expression::Index(of, index) => {
                    words.push(match index.as_deref() {
                        Some(Expression::Text(name)) => name,
                        Some(_) => return None,
                        None => "*",
                    });
                    rest = of;
                }
                _ => return None,
            }
        }
    }
}

/// The functions, with their minimum and maximum numbers of arguments.
const FUNCTIONS: [(&str, usize, usize); 13] = [
    ("contains", 2, 2),
    ("startswith", 2, 2),
    ("endswith", 2, 2),
    ("format", 1, 255),
    ("join", 1, 2),
    ("tojson", 1, 1),
    ("fromjson", 1, 1),
    ("hashfiles", 1, 255),
    ("case", 3, 255),
    ("success", 0, 255),
    ("failure", 0, 255),
    ("always", 0, 0),
    ("cancelled", 0, 0),
];

const CONTEXTS: [&str; 12] = [
    "github", "inputs", "vars", "needs", "strategy", "matrix", "secrets", "env", "job", "jobs", "runner",
    "steps",
];

/// Parses an expression. `None` if GitHub refuses it.
pub(crate) fn parse(text: &str) -> Option<Expression> {
    if text.chars().count() > CHARACTERS {
        return None;
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, depth: 0 };
    let expression = parser.either()?;
    parser.tokens.is_empty().then_some(expression)
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, sign: Sign) -> bool {
        match self.tokens.split_first() {
            Some((Token::Sign(found), rest)) if *found == sign => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn either(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let expression = self.chain(Sign::Or, Parser::both, Expression::Or)?;
        self.depth -= 1;
        Some(expression)
    }

    fn both(&mut self) -> Option<Expression> {
        self.chain(Sign::And, Parser::equality, Expression::And)
    }

    /// Parts with a sign between them. A single part stays as it is.
    fn chain(
        &mut self,
        sign: Sign,
        part: impl Fn(&mut Self) -> Option<Expression>,
        whole: impl Fn(Vec<Expression>) -> Expression,
    ) -> Option<Expression> {
        let first = part(self)?;
        if !self.take(sign) {
            return Some(first);
        }
        let mut parts = vec![first, part(self)?];
        while self.take(sign) {
            parts.push(part(self)?);
        }
        Some(whole(parts))
    }

    fn equality(&mut self) -> Option<Expression> {
        let mut left = self.relation()?;
        loop {
            let comparison = if self.take(Sign::Equal) {
                Comparison::Equal
            } else if self.take(Sign::NotEqual) {
                Comparison::NotEqual
            } else {
                return Some(left);
            };
            left = Expression::Compare(comparison, Rc::new(left), Rc::new(self.relation()?));
        }
    }

    fn relation(&mut self) -> Option<Expression> {
        let mut left = self.negation()?;
        loop {
            let comparison = if self.take(Sign::LessOrEqual) {
                Comparison::LessOrEqual
            } else if self.take(Sign::GreaterOrEqual) {
                Comparison::GreaterOrEqual
            } else if self.take(Sign::Less) {
                Comparison::Less
            } else if self.take(Sign::Greater) {
                Comparison::Greater
            } else {
                return Some(left);
            };
            left = Expression::Compare(comparison, Rc::new(left), Rc::new(self.negation()?));
        }
    }

    fn negation(&mut self) -> Option<Expression> {
        let mut negations: usize = 0;
        while self.take(Sign::Not) {
            negations += 1;
            if negations > DEPTH {
                return None;
            }
        }
        let mut expression = self.dereference()?;
        for _ in 0..negations {
            expression = Expression::Not(Rc::new(expression));
        }
        Some(expression)
    }

    fn dereference(&mut self) -> Option<Expression> {
        let mut expression = self.primary()?;
        let mut depth = 0;
        loop {
            depth += 1;
            if depth > DEPTH {
                return None;
            }
            let index = if self.take(Sign::Dot) {
                if self.take(Sign::Star) {
                    None
                } else {
                    let (Token::Name(name), rest) = self.tokens.split_first()? else { return None };
                    self.tokens = rest;
                    Some(Rc::new(Expression::Text((*name).to_owned())))
                }
            } else if self.take(Sign::OpenIndex) {
                let index = if self.take(Sign::Star) { None } else { Some(Rc::new(self.either()?)) };
                if !self.take(Sign::CloseIndex) {
                    return None;
                }
                index
            } else {
                return Some(expression);
            };
            expression = Expression::Index(Rc::new(expression), index);
        }
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.take(Sign::Open) {
            let inner = self.either()?;
            return self.take(Sign::Close).then_some(inner);
        }
        let (token, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        match token {
            Token::Number(number) => Some(Expression::Number(*number)),
            Token::Text(text) => Some(Expression::Text(text.clone().into_owned())),
            Token::Sign(_) => None,
            Token::Name(name) => match *name {
                "null" => Some(Expression::Null),
                "true" => Some(Expression::Bool(true)),
                "false" => Some(Expression::Bool(false)),
                "NaN" => Some(Expression::Number(f64::NAN)),
                "Infinity" => Some(Expression::Number(f64::INFINITY)),
                _ => self.named(name),
            },
        }
    }

    fn named(&mut self, name: &str) -> Option<Expression> {
        if !self.take(Sign::Open) {
            let context = CONTEXTS.into_iter().find(|context| context.eq_ignore_ascii_case(name))?;
            return Some(Expression::Context(context));
        }
        let (function, least, most) =
            FUNCTIONS.into_iter().find(|(function, ..)| function.eq_ignore_ascii_case(name))?;
        let mut arguments = Vec::new();
        if !self.take(Sign::Close) {
            loop {
                arguments.push(self.either()?);
                if self.take(Sign::Close) {
                    break;
                }
                if !self.take(Sign::Comma) {
                    return None;
                }
            }
        }
        (least..=most).contains(&arguments.len()).then_some(Expression::Call(function, arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_bind_as_documented() {
        let parsed = parse("!a.b == 'x' && 1 < 2 || github.ref").map(|_| ());
        assert_eq!(parsed, None, "`a` is no context");
        let parsed = parse("!github.b == 'x' && 1 < 2 || github.ref").unwrap();
        let Expression::Or(parts) = parsed else { panic!("`||` binds least") };
        let Expression::And(parts) = parts.into_iter().next().unwrap() else { panic!("then `&&`") };
        assert!(matches!(&parts[0], Expression::Compare(Comparison::Equal, left, _)
            if matches!(left.as_ref(), Expression::Not(_))));
        assert!(matches!(&parts[1], Expression::Compare(Comparison::Less, ..)));
    }

    #[test]
    fn names_ignore_case_and_quotes_double() {
        assert_eq!(parse("GitHub['ref']"), parse("github.ref"));
        assert_eq!(parse("STARTSWITH('it''s', 'i')"), parse("startsWith('it''s','i')"));
        assert_eq!(parse("'it''s'"), Some(Expression::Text("it's".to_owned())));
        assert_eq!(parse("0xff"), Some(Expression::Number(255.0)));
        assert_eq!(parse("-1.5e2"), Some(Expression::Number(-150.0)));
    }

    #[test]
    fn what_github_refuses_is_refused() {
        for text in
            ["", "github.", "foo()", "a", "\"x\"", "github.ref = 'x'", "always(1)", "'x", "1 +", "(1", "1 2"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("{}1{}", "(".repeat(60), ")".repeat(60))), None);
        assert_eq!(parse(&format!("'{}'", "x".repeat(CHARACTERS))), None);
    }

    #[test]
    fn trap_03_a_status_function_counts_anywhere_but_not_in_a_literal() {
        assert!(parse("vars.x || success()").unwrap().has_status_function());
        assert!(parse("contains(format('{0}', ALWAYS()), 'x')").unwrap().has_status_function());
        assert!(!parse("github.ref == 'success()'").unwrap().has_status_function());
    }
}
