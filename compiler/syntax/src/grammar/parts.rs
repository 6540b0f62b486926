//! Parts of clauses: names, strings, literals, expressions, conditions, types.

use chumsky::input::MapExtra;
use chumsky::prelude::*;
use pipec_base::{Diagnostic, Span, Spanned, codes};

use super::planned::{part, planned};
use super::{Extra, Rule, sign, word};
use crate::ast::{
    Call, Condition, Date, Duration, Expression, Literal, Name, Parameter, Path, Ref, StringForm,
    StringLiteral, StringPiece, Text, Time, Type, Variable,
};
use crate::failure::{Expected, Failure};
use crate::lexeme::{Lexeme, Stream};
use crate::literal;
use crate::string;
use crate::token::{Punctuation, TokenKind};

/// The maximum length of a name.
const MAX_NAME_LENGTH: usize = 63;

/// The rules that all clauses share.
pub(crate) struct Parts<'t> {
    pub name: Rule<'t, Name>,
    pub variable: Rule<'t, Variable>,
    pub qname: Rule<'t, Path>,
    pub text: Rule<'t, Text>,
    /// A text. `None` if it has expressions, which is reported.
    pub whole_text: Rule<'t, Option<Text>>,
    pub string: Rule<'t, StringLiteral>,
    pub script: Rule<'t, StringLiteral>,
    pub literal: Rule<'t, Spanned<Literal>>,
    pub integer: Rule<'t, Spanned<u64>>,
    pub duration: Rule<'t, Spanned<Duration>>,
    pub percent: Rule<'t, Spanned<String>>,
    pub size: Rule<'t, Spanned<u64>>,
    pub time: Rule<'t, Spanned<Time>>,
    pub date: Rule<'t, Spanned<Date>>,
    pub expression: Rule<'t, Expression>,
    pub call: Rule<'t, Call>,
    pub names: Rule<'t, Vec<Name>>,
    /// Names of artefacts.
    pub parts: Rule<'t, Vec<Name>>,
    pub qnames: Rule<'t, Vec<Path>>,
    pub strings: Rule<'t, Vec<StringLiteral>>,
    pub refs: Rule<'t, Vec<Ref>>,
    /// Globs that are strings.
    pub globs: Rule<'t, Vec<Ref>>,
    pub condition: Rule<'t, Condition>,
    pub ty: Rule<'t, Type>,
    pub parameters: Rule<'t, Vec<Parameter>>,
    /// `{ … }`. Its clauses are parsed later.
    pub block: Rule<'t, Span>,
    /// `because "…"`
    pub because: Rule<'t, Text>,
}

impl<'t> Parts<'t> {
    pub fn new() -> Parts<'t> {
        let name = name();
        let variable = variable();
        let qname = qname(&name);
        let literal = literal();
        let whole_text = whole_text();
        let text = text(&whole_text);
        // The note is made while the lexeme is taken, because chumsky skips mapping functions if the result is ignored.
        let block = chumsky::primitive::select(|lexeme, e: &mut MapExtra<'t, '_, Stream<'t>, Extra<'t>>| {
            let place = e.span().0;
            e.state().look(place);
            let Lexeme::Block(number) = lexeme else { return None };
            e.state().block = Some(number);
            Some(place)
        })
        .labelled(Expected::Thing("`{`"))
        .boxed();
        let expression = expression(&name, &qname);
        let string = string(&expression);
        let call = call(&name, &qname, &expression);
        let reference = reference(&name, &string);
        let refs = list(reference.clone());
        let ty = ty(&name);
        Parts {
            names: list(name.clone()),
            parts: list(part(&qname)),
            qnames: list(qname.clone()),
            strings: list(string.clone()),
            globs: list(glob(&string)),
            condition: condition((&name, &text, &literal), &reference, &refs),
            parameters: parameters(&name, &ty, &expression),
            script: script(&string),
            because: word("because").ignore_then(text.clone()).boxed(),
            integer: number(TokenKind::Integer, "a whole number", |literal| match literal {
                Literal::Integer(value) => Some(value),
                _ => None,
            }),
            duration: number(TokenKind::Duration, "a duration such as `10m`", |literal| match literal {
                Literal::Duration(value) => Some(value),
                _ => None,
            }),
            percent: number(TokenKind::Percent, "a percentage such as `5%`", |literal| match literal {
                Literal::Percent(value) => Some(value),
                _ => None,
            }),
            size: number(TokenKind::Size, "a size such as `8GiB`", |literal| match literal {
                Literal::Size(value) => Some(value.bytes),
                _ => None,
            }),
            time: number(TokenKind::Time, "a time such as `08:00`", |literal| match literal {
                Literal::Time(value) => Some(value),
                _ => None,
            }),
            date: number(TokenKind::Date, "a date such as `2027-01-31`", |literal| match literal {
                Literal::Date(value) => Some(value),
                _ => None,
            }),
            name,
            variable,
            qname,
            text,
            whole_text,
            string,
            literal,
            expression,
            call,
            refs,
            ty,
            block,
        }
    }
}

/// Whether a word is a name of the language.
pub(crate) fn is_name(word: &str) -> bool {
    word.len() <= MAX_NAME_LENGTH
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

fn is_variable(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The valid name nearest to a word: `smokeTest` and `smoke_test` become `smoke-test`.
pub(crate) fn kebab(word: &str) -> Option<String> {
    let mut name = String::new();
    let mut lower = false;
    for character in word.chars() {
        if character.is_ascii_uppercase() && lower {
            name.push('-');
        }
        lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        name.push(if character == '_' { '-' } else { character.to_ascii_lowercase() });
    }
    let name: Vec<&str> = name.split('-').filter(|part| !part.is_empty()).collect();
    Some(name.join("-")).filter(|name| is_name(name))
}

fn name_finding(found: &str, span: Span) -> Diagnostic {
    if found == "true" || found == "false" {
        return Diagnostic::error(codes::P0008, format!("`{found}` is a value, so it can't be a name"), span);
    }
    if found.len() > MAX_NAME_LENGTH && kebab(found.get(..1).unwrap_or("")).is_some() {
        let length = found.chars().count();
        return Diagnostic::error(
            codes::P0008,
            format!("this name has {length} characters; at most {MAX_NAME_LENGTH} are allowed"),
            span,
        )
        .note("names are used on every engine, and some engines allow no more");
    }
    let finding = Diagnostic::error(codes::P0008, format!("`{found}` is not a valid name"), span);
    let is_loud = found.len() > 1 && is_variable(found) && !found.contains(|c: char| c.is_ascii_lowercase());
    let finding = match is_loud {
        true => finding.note(format!("`${found}` is a script variable: only scripts can read it")),
        false => finding,
    };
    match kebab(found) {
        Some(name) => finding
            .help(format!("names have lower-case letters and digits, with `-` between words: `{name}`"))
            .fix(format!("write `{name}`"), span, name),
        None => finding.help(
            "names have lower-case letters and digits, with `-` between words, and begin \
                              with a letter",
        ),
    }
}

fn name<'t>() -> Rule<'t, Name> {
    take! { Lexeme::Word(found) => found }
        .labelled(Expected::Thing("a name"))
        .validate(|found: &str, e, emitter| {
            let span = e.span().0;
            if !is_name(found) || found == "true" || found == "false" {
                emitter.emit(Failure::Finding(Box::new(name_finding(found, span))));
                // Parsing continues with the intended name, so that one mistake gives one finding.
                return Spanned::new(kebab(found).unwrap_or_else(|| found.to_owned()), span);
            }
            Spanned::new(found.to_owned(), span)
        })
        .boxed()
}

fn variable<'t>() -> Rule<'t, Variable> {
    take! { Lexeme::Word(found) => found }
        .labelled(Expected::Thing("a variable's name"))
        .validate(|found: &str, e, emitter| {
            let span = e.span().0;
            if !is_variable(found) {
                let upper = found.replace('-', "_").to_ascii_uppercase();
                let mut finding = Diagnostic::error(
                    codes::P0008,
                    format!("`{found}` can't be the name of a script variable"),
                    span,
                );
                if is_variable(&upper) {
                    finding = finding
                        .help(format!("variable names have letters, digits and `_`: `{upper}`"))
                        .fix(format!("write `{upper}`"), span, upper);
                }
                emitter.emit(Failure::Finding(Box::new(finding)));
            }
            Spanned::new(found.to_owned(), span)
        })
        .boxed()
}

fn qname<'t>(name: &Rule<'t, Name>) -> Rule<'t, Path> {
    let segment = take! { Lexeme::Word(found) => found }.labelled(Expected::Thing("a name")).validate(
        |found: &str, e, emitter| {
            let span = e.span().0;
            if !is_name(found) && !is_variable(found) {
                emitter.emit(Failure::Finding(Box::new(name_finding(found, span))));
            }
            Spanned::new(found.to_owned(), span)
        },
    );
    name.clone()
        .then(sign(Punctuation::Dot).ignore_then(segment).repeated().collect::<Vec<_>>())
        .map_with(|(first, mut rest), e| {
            rest.insert(0, first);
            Path { segments: rest, span: e.span().0 }
        })
        .boxed()
}

/// One or more parts with commas between them.
pub(super) fn list<'t, T: 't>(part: Rule<'t, T>) -> Rule<'t, Vec<T>> {
    let comma = sign(Punctuation::Comma);
    part.separated_by(comma.clone()).at_least(1).collect().then_ignore(no_comma()).boxed()
}

/// Reports a comma after the last part of a list.
fn no_comma<'t>() -> impl Parser<'t, Stream<'t>, (), Extra<'t>> + Clone {
    let lone = sign(Punctuation::Comma).then_ignore(sign(Punctuation::Comma).not());
    lone.or_not().validate(|comma, _, emitter| {
        if let Some(span) = comma {
            let finding = Diagnostic::error(codes::P0009, "nothing follows this comma", span)
                .help("write commas between the items of a list, not after the last one")
                .fix("remove the comma", span, "");
            emitter.emit(Failure::Finding(Box::new(finding)));
        }
    })
}

/// Quotation marks of other languages. A diagnostic shows the correct ones.
const FOREIGN_QUOTES: [char; 9] = ['\'', '`', '“', '”', '„', '‘', '’', '«', '»'];

/// Whether an unknown token is a string with wrong quotation marks.
fn is_meant_as_text(source: &str) -> bool {
    source.chars().count() > 1 && (source.starts_with(FOREIGN_QUOTES) || source.contains(['/', '*']))
}

/// A string without expressions.
fn quoted<'t>() -> impl Parser<'t, Stream<'t>, (StringForm, &'t str), Extra<'t>> + Clone {
    take! {
        Lexeme::Text(form, source) => (form, source),
        Lexeme::Unknown(source) if is_meant_as_text(source) => (StringForm::Plain, source),
    }
}

fn text<'t>(whole: &Rule<'t, Option<Text>>) -> Rule<'t, Text> {
    let text = |text: Option<Text>, span| text.unwrap_or_else(|| Spanned::new(String::new(), span));
    whole.clone().map_with(move |whole, e| text(whole, e.span().0)).boxed()
}

fn whole_text<'t>() -> Rule<'t, Option<Text>> {
    let verbatim =
        quoted().map_with(|(form, source), e| Some(Spanned::new(verbatim_value(form, source), e.span().0)));
    let interpolated = take! { Lexeme::InterpolationStart => () }
        .map_with(|(), e| e.span().0)
        .then(
            take! { lexeme if !matches!(lexeme, Lexeme::InterpolationEnd) => lexeme }
                .repeated()
                .collect::<Vec<_>>(),
        )
        .then_ignore(take! { Lexeme::InterpolationEnd => () })
        .validate(|(span, inside), e, emitter| {
            let text = match inside.as_slice() {
                [Lexeme::Verbatim(number)] => e.state().texts.get(*number).cloned(),
                _ => None,
            };
            emitter.emit(Failure::Finding(Box::new(interpolated_verbatim(span, text.as_deref()))));
            text.map(|text| Spanned::new(text, span))
        });
    verbatim.or(interpolated).labelled(Expected::Thing("a string")).boxed()
}

/// Reports `$"…"` where no interpolation is possible. `text` is its content if it has no expression.
fn interpolated_verbatim(span: Span, text: Option<&str>) -> Diagnostic {
    let finding = Diagnostic::error(codes::P0009, "interpolation is not allowed in this text", span)
        .note("people review this text, or an engine uses it unchanged, so it can't contain run values");
    match text {
        Some(text) if !text.contains(['{', '}']) => {
            let sign = Span { end: span.start + 1, ..span };
            finding.help("remove the `$`").fix("remove the `$`", sign, "")
        }
        _ => finding.help(
            "write the text itself, without `$`; pass a changing value to scripts with `env NAME = value`",
        ),
    }
}

fn verbatim_value(form: StringForm, source: &str) -> String {
    match form {
        StringForm::Raw => string::read_raw(source).0,
        _ if source.starts_with('"') => string::read_plain(source).0,
        _ => source.trim_matches(FOREIGN_QUOTES).to_owned(),
    }
}

/// A string in any form. `expression` parses its expressions.
fn string<'t>(expression: &Rule<'t, Expression>) -> Rule<'t, StringLiteral> {
    let verbatim = quoted().map_with(|(form, source), e| {
        let value = verbatim_value(form, source);
        let pieces = if value.is_empty() { Vec::new() } else { vec![StringPiece::Verbatim(value)] };
        StringLiteral { form, pieces, span: e.span().0 }
    });
    let between = take! { Lexeme::Verbatim(number) => number }.map_with(|number, e| {
        let value = e.state().texts.get(number).cloned().unwrap_or_default();
        Some(StringPiece::Verbatim(value)).filter(|piece| *piece != StringPiece::Verbatim(String::new()))
    });
    let interpolated = take! { Lexeme::InterpolationStart => () }
        .ignore_then(between.clone())
        .then(expression.clone().then(between).repeated().collect::<Vec<_>>())
        .then_ignore(
            take! { Lexeme::InterpolationEnd => () }.labelled(Expected::Thing("the end of the expression")),
        )
        .map_with(|(first, rest), e| {
            let mut pieces: Vec<StringPiece> = first.into_iter().collect();
            for (expression, text) in rest {
                pieces.push(StringPiece::Interpolated(expression));
                pieces.extend(text);
            }
            StringLiteral { form: StringForm::Interpolated, pieces, span: e.span().0 }
        });
    verbatim.or(interpolated).labelled(Expected::Thing("a string")).boxed()
}

/// A string that a shell receives byte for byte.
fn script<'t>(string: &Rule<'t, StringLiteral>) -> Rule<'t, StringLiteral> {
    string
        .clone()
        .labelled(Expected::Thing("a script"))
        .validate(|script: StringLiteral, _, emitter| {
            if script.form == StringForm::Interpolated {
                let finding = Diagnostic::error(
                    codes::P0017,
                    "interpolation is not allowed in a script",
                    script.span,
                )
                .note("a branch name or a title inserted into a script would run as part of it")
                .help(
                    "pass it as a variable: `env VERSION = tag.version`, then `\"$VERSION\"` in the script",
                );
                emitter.emit(Failure::Finding(Box::new(finding)));
            }
            script
        })
        .boxed()
}

fn number<'t, T: Clone + 't>(
    kind: TokenKind,
    thing: &'static str,
    take: fn(Literal) -> Option<T>,
) -> Rule<'t, Spanned<T>> {
    take! { Lexeme::Number(found, source) if found == kind => source }
        .labelled(Expected::Thing(thing))
        .filter_map(move |source: &str| literal::read(source).ok().and_then(take))
        .map_with(|value, e| Spanned::new(value, e.span().0))
        .boxed()
}

fn literal<'t>() -> Rule<'t, Spanned<Literal>> {
    take! {
        Lexeme::Number(_, source) => literal::read(source).unwrap_or(Literal::Integer(0)),
        Lexeme::Text(StringForm::Plain, source) => Literal::String(verbatim_value(StringForm::Plain, source)),
        Lexeme::Word("true") => Literal::Boolean(true),
        Lexeme::Word("false") => Literal::Boolean(false),
    }
    .labelled(Expected::Thing("a value"))
    .map_with(|literal, e| Spanned::new(literal, e.span().0))
    .boxed()
}

/// A rule that contains itself. Its outermost level is no recursion, because each recursion asks for the rest of the
/// stack. For the main thread, the system lists all its memory to answer that.
fn nesting<'t, T: 't>(rule: impl Fn(Rule<'t, T>) -> Rule<'t, T>) -> Rule<'t, T> {
    let nested = recursive(|nested| rule(nested.boxed()));
    rule(nested.boxed())
}

fn expression<'t>(name: &Rule<'t, Name>, qname: &Rule<'t, Path>) -> Rule<'t, Expression> {
    nesting(|expression| {
        let plain = take! {
            Lexeme::Number(_, source) => literal::read(source).unwrap_or(Literal::Integer(0)),
            Lexeme::Word("true") => Literal::Boolean(true),
            Lexeme::Word("false") => Literal::Boolean(false),
        }
        .map_with(|literal, e| Expression::Literal(Spanned::new(literal, e.span().0)));
        let unknown = take! { Lexeme::Unknown(source) if !is_meant_as_text(source) => () }
            .map_with(|(), e| Expression::Error(e.span().0));
        let string = string(&expression).map(Expression::String);
        let path_or_call =
            qname.clone().then(arguments(name, &expression).or_not()).map_with(|(path, arguments), e| {
                match arguments {
                    Some(arguments) => Expression::Call(Call { function: path, arguments, span: e.span().0 }),
                    None => Expression::Path(path),
                }
            });
        let elements = expression
            .separated_by(sign(Punctuation::Comma))
            .collect::<Vec<_>>()
            .then_ignore(no_comma())
            .delimited_by(sign(Punctuation::OpenBracket), sign(Punctuation::CloseBracket))
            .map_with(|elements, e| Expression::List(elements, e.span().0));
        choice((plain, string, unknown, path_or_call.boxed(), elements.boxed()))
            .labelled(Expected::Thing("a value"))
            .boxed()
    })
}

fn arguments<'t>(
    name: &Rule<'t, Name>,
    expression: &Rule<'t, Expression>,
) -> Rule<'t, Vec<(Name, Expression)>> {
    name.clone()
        .labelled(Expected::Thing("an argument such as `name: value`"))
        .then_ignore(sign(Punctuation::Colon))
        .then(expression.clone())
        .separated_by(sign(Punctuation::Comma))
        .collect::<Vec<_>>()
        .then_ignore(no_comma())
        .delimited_by(sign(Punctuation::OpenParenthesis), sign(Punctuation::CloseParenthesis))
        .boxed()
}

fn call<'t>(
    name: &Rule<'t, Name>,
    qname: &Rule<'t, Path>,
    expression: &Rule<'t, Expression>,
) -> Rule<'t, Call> {
    qname
        .clone()
        .labelled(Expected::Thing("a call such as `task(name: value)`"))
        .then(arguments(name, expression))
        .map_with(|(function, arguments), e| Call { function, arguments, span: e.span().0 })
        .boxed()
}

/// A glob, as a string.
fn glob<'t>(string: &Rule<'t, StringLiteral>) -> Rule<'t, Ref> {
    string
        .clone()
        .map(|string| {
            let (text, span) = (string.verbatim().unwrap_or_default(), string.span);
            Ref { text, string: Some(string), span }
        })
        .boxed()
}

/// A name or a glob.
fn reference<'t>(name: &Rule<'t, Name>, string: &Rule<'t, StringLiteral>) -> Rule<'t, Ref> {
    let named = name.clone().map(|name| Ref { text: name.node, string: None, span: name.span });
    named.or(glob(string)).labelled(Expected::Thing("a name or a glob")).boxed()
}

fn condition<'t>(
    (name, text, literal): (&Rule<'t, Name>, &Rule<'t, Text>, &Rule<'t, Spanned<Literal>>),
    reference: &Rule<'t, Ref>,
    refs: &Rule<'t, Vec<Ref>>,
) -> Rule<'t, Condition> {
    let event = word("event")
        .ignore_then(word("is"))
        .ignore_then(name.clone())
        .map_with(|name, e| Condition::Event(name, e.span().0));
    let branch = word("branch")
        .ignore_then(word("is"))
        .ignore_then(reference.clone())
        .map_with(|glob, e| Condition::Branch(glob, e.span().0));
    let tag = word("tag")
        .ignore_then(word("is"))
        .ignore_then(reference.clone())
        .map_with(|glob, e| Condition::Tag(glob, e.span().0));
    let changed =
        word("changed").ignore_then(refs.clone()).map_with(|refs, e| Condition::Changed(refs, e.span().0));
    let input = word("input")
        .ignore_then(name.clone())
        .then_ignore(word("is"))
        .then(literal.clone())
        .map_with(|(name, value), e| Condition::Input { name, value, span: e.span().0 });
    let fork = word("fork").map(Condition::Fork);
    let label = word("label").ignore_then(word("is")).ignore_then(text.clone()).ignored().boxed();
    let label = planned("label", "pull requests of members", label);
    let prerelease = planned("prerelease", "runs of a release", word("prerelease").ignored());
    let later = label.or(prerelease).map_with(|(), e| Condition::Error(e.span().0)).boxed();
    let atom = choice((event, branch, tag, changed, input, fork, later))
        .labelled(Expected::Thing("a condition"))
        .boxed();
    nesting(|condition| {
        let group = condition
            .delimited_by(sign(Punctuation::OpenParenthesis), sign(Punctuation::CloseParenthesis))
            .boxed();
        let not = nesting(|not| {
            let negated =
                word("not").ignore_then(not).map_with(|inner, e| Condition::Not(Box::new(inner), e.span().0));
            choice((negated, group.clone(), atom.clone())).labelled(Expected::Thing("a condition")).boxed()
        });
        let and = joined(not, "and", Condition::And);
        joined(and, "or", Condition::Or)
    })
}

/// One part, or several joined by a keyword.
fn joined<'t>(
    part: Rule<'t, Condition>,
    by: &'static str,
    join: fn(Vec<Condition>) -> Condition,
) -> Rule<'t, Condition> {
    part.clone()
        .then(word(by).ignore_then(part).repeated().collect::<Vec<_>>())
        .map(move |(first, mut rest)| {
            if rest.is_empty() {
                return first;
            }
            rest.insert(0, first);
            join(rest)
        })
        .boxed()
}

fn ty<'t>(name: &Rule<'t, Name>) -> Rule<'t, Type> {
    let choice_text = take! { Lexeme::Text(StringForm::Plain, source) => source }
        .labelled(Expected::Thing("a string"))
        .map_with(|source, e| Spanned::new(verbatim_value(StringForm::Plain, source), e.span().0));
    let one_of = choice_text
        .separated_by(sign(Punctuation::Bar))
        .at_least(1)
        .collect::<Vec<_>>()
        .map(Type::OneOf)
        .boxed();
    nesting(|ty| {
        let named = name
            .clone()
            .then(ty.delimited_by(sign(Punctuation::Less), sign(Punctuation::Greater)).or_not())
            .map(|(name, argument)| Type::Named { name, argument: argument.map(Box::new) });
        named.or(one_of.clone()).labelled(Expected::Thing("a type")).boxed()
    })
}

fn parameters<'t>(
    name: &Rule<'t, Name>,
    ty: &Rule<'t, Type>,
    expression: &Rule<'t, Expression>,
) -> Rule<'t, Vec<Parameter>> {
    name.clone()
        .labelled(Expected::Thing("a parameter such as `name: string`"))
        .then_ignore(sign(Punctuation::Colon))
        .then(ty.clone())
        .then(sign(Punctuation::Equals).ignore_then(expression.clone()).or_not())
        .map_with(|((name, ty), default), e| Parameter { name, ty, default, span: e.span().0 })
        .separated_by(sign(Punctuation::Comma))
        .collect::<Vec<_>>()
        .then_ignore(no_comma())
        .delimited_by(sign(Punctuation::OpenParenthesis), sign(Punctuation::CloseParenthesis))
        .boxed()
}
