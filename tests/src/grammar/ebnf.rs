//! Reads the EBNF of the language's reference.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// The right side of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `"run"`, `"{"`: a word or sign of the file.
    Quoted(String),
    /// `INT`, `body`: a token or a rule.
    Named(String),
    /// Expressions in sequence.
    Sequence(Vec<Expression>),
    /// One of several expressions.
    Choice(Vec<Expression>),
    /// `[ … ]`.
    Optional(Box<Expression>),
    /// `{ … }`.
    Repeated(Box<Expression>),
    /// `…†`: planned, with its operands.
    Planned(Box<Expression>),
    /// `…‡`: a reserved word. Only the word itself is decided.
    Reserved(Box<Expression>),
}

/// A rule: `name = body ;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name that it defines.
    pub name: String,
    /// The expression that defines it.
    pub body: Expression,
}

/// All rules. The first describes a whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grammar {
    /// In source order.
    pub rules: Vec<Rule>,
}

impl Grammar {
    /// Parses rules. Returns an error with the expected and the found text.
    pub fn read(text: &str) -> Result<Grammar, String> {
        let mut reader = Reader { rest: text.chars().peekable() };
        let mut rules = Vec::new();
        while let Some(name) = reader.name() {
            reader.demand('=')?;
            let body = reader.choice()?;
            reader.demand(';')?;
            rules.push(Rule { name, body });
        }
        match reader.peek() {
            None => Ok(Grammar { rules }),
            Some(other) => Err(format!("expected a rule, found `{other}`")),
        }
    }

    /// Reads the `ebnf` blocks of a Markdown page, joined.
    pub fn read_page(page: &str) -> Result<Grammar, String> {
        let mut inside = false;
        let mut text = String::new();
        for line in page.lines() {
            if line.starts_with("```") {
                inside = line == "```ebnf";
            } else if inside {
                text.push_str(line);
                text.push('\n');
            }
        }
        Grammar::read(&text)
    }

    /// The rule with a name.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

impl Expression {
    /// Calls `visit` with this expression and all its parts.
    pub fn visit<'e>(&'e self, visit: &mut impl FnMut(&'e Expression)) {
        visit(self);
        match self {
            Expression::Quoted(_) | Expression::Named(_) => {}
            Expression::Sequence(parts) | Expression::Choice(parts) => {
                parts.iter().for_each(|part| part.visit(visit));
            }
            Expression::Optional(inner)
            | Expression::Repeated(inner)
            | Expression::Planned(inner)
            | Expression::Reserved(inner) => inner.visit(visit),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::Quoted(text) => write!(formatter, "\"{text}\""),
            Expression::Named(name) => formatter.write_str(name),
            Expression::Sequence(parts) => formatter.write_str(&joined(parts, " ")),
            Expression::Choice(parts) => write!(formatter, "( {} )", joined(parts, " | ")),
            Expression::Optional(inner) => write!(formatter, "[ {inner} ]"),
            Expression::Repeated(inner) => write!(formatter, "{{ {inner} }}"),
            Expression::Planned(inner) => write!(formatter, "{inner}†"),
            Expression::Reserved(inner) => write!(formatter, "{inner}‡"),
        }
    }
}

fn joined(parts: &[Expression], separator: &str) -> String {
    parts.iter().map(Expression::to_string).collect::<Vec<_>>().join(separator)
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.rest.next_if(|character| character.is_whitespace()).is_some() {}
        self.rest.peek().copied()
    }

    fn accept(&mut self, sign: char) -> bool {
        self.peek() == Some(sign) && self.rest.next().is_some()
    }

    fn demand(&mut self, sign: char) -> Result<(), String> {
        if self.accept(sign) {
            return Ok(());
        }
        let found: String = self.rest.by_ref().take(20).collect();
        Err(format!("expected `{sign}` before `{found}`"))
    }

    fn name(&mut self) -> Option<String> {
        self.peek();
        let mut name = String::new();
        while let Some(character) =
            self.rest.next_if(|character| character.is_ascii_alphanumeric() || *character == '-')
        {
            name.push(character);
        }
        (!name.is_empty()).then_some(name)
    }

    fn choice(&mut self) -> Result<Expression, String> {
        let mut alternatives = vec![self.sequence()?];
        while self.accept('|') {
            alternatives.push(self.sequence()?);
        }
        Ok(one_or(alternatives, Expression::Choice))
    }

    fn sequence(&mut self) -> Result<Expression, String> {
        let mut parts = Vec::new();
        while let Some(part) = self.part()? {
            parts.push(if self.accept('†') {
                Expression::Planned(Box::new(part))
            } else if self.accept('‡') {
                Expression::Reserved(Box::new(part))
            } else {
                part
            });
        }
        if parts.is_empty() {
            return Err(format!("expected a form, found {:?}", self.peek()));
        }
        Ok(one_or(parts, Expression::Sequence))
    }

    fn part(&mut self) -> Result<Option<Expression>, String> {
        if self.accept('"') {
            let text: String =
                std::iter::from_fn(|| self.rest.next_if(|character| *character != '"')).collect();
            self.demand('"')?;
            return Ok(Some(Expression::Quoted(text)));
        }
        for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
            if self.accept(open) {
                let inner = self.choice()?;
                self.demand(close)?;
                return Ok(Some(match open {
                    '[' => Expression::Optional(Box::new(inner)),
                    '{' => Expression::Repeated(Box::new(inner)),
                    _ => inner,
                }));
            }
        }
        Ok(self.name().map(Expression::Named))
    }
}

/// A single part without its wrapper.
fn one_or(mut parts: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            several(parts)
        }
    }
}
