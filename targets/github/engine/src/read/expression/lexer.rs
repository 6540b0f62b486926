//! Tokens of the expression language.

use std::borrow::Cow;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'t> {
    Number(f64),
    Text(Cow<'t, str>),
    /// A keyword, a context or a function.
    Name(&'t str),
    Sign(Sign),
}

/// A sign of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Comma,
    Dot,
    Star,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

/// The longest sign at the start of a text, and its length.
fn sign(text: &str) -> Option<(Sign, usize)> {
    Some(match text.as_bytes() {
        [b'!', b'=', ..] => (Sign::NotEqual, 2),
        [b'=', b'=', ..] => (Sign::Equal, 2),
        [b'<', b'=', ..] => (Sign::LessOrEqual, 2),
        [b'>', b'=', ..] => (Sign::GreaterOrEqual, 2),
        [b'&', b'&', ..] => (Sign::And, 2),
        [b'|', b'|', ..] => (Sign::Or, 2),
        [b'(', ..] => (Sign::Open, 1),
        [b')', ..] => (Sign::Close, 1),
        [b'[', ..] => (Sign::OpenIndex, 1),
        [b']', ..] => (Sign::CloseIndex, 1),
        [b',', ..] => (Sign::Comma, 1),
        [b'.', ..] => (Sign::Dot, 1),
        [b'*', ..] => (Sign::Star, 1),
        [b'!', ..] => (Sign::Not, 1),
        [b'<', ..] => (Sign::Less, 1),
        [b'>', ..] => (Sign::Greater, 1),
        _ => return None,
    })
}

/// Cuts an expression into tokens. `None` if GitHub finds an unexpected symbol.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Some(tokens) };
        if first == '\'' {
            let (literal, after) = string(rest)?;
            tokens.push(Token::Text(literal));
            rest = after;
            continue;
        }
        // After a dereference, a dot starts no number; elsewhere `.5` is one.
        let derefers = matches!(
            tokens.last(),
            Some(Token::Name(_) | Token::Sign(Sign::Close | Sign::CloseIndex | Sign::Star))
        );
        let numeric = first.is_ascii_digit() || matches!(first, '-' | '+') || (first == '.' && !derefers);
        if numeric {
            let end =
                rest.find(|c: char| c.is_whitespace() || "()[],!=<>&|*'".contains(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end)?;
            tokens.push(Token::Number(number(word)?));
            rest = after;
            continue;
        }
        if first.is_ascii_alphabetic() || first == '_' {
            let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            let end = rest.bytes().position(|byte| !is_inside(byte)).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end)?;
            tokens.push(Token::Name(word));
            rest = after;
            continue;
        }
        let (sign, length) = sign(rest)?;
        tokens.push(Token::Sign(sign));
        (_, rest) = rest.split_at_checked(length)?;
    }
}

/// A literal in single quotes. Two of them inside mean one.
fn string(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let (first, mut rest) = text.strip_prefix('\'')?.split_once('\'')?;
    let mut literal = Cow::Borrowed(first);
    while let Some(more) = rest.strip_prefix('\'') {
        let (part, after) = more.split_once('\'')?;
        let literal = literal.to_mut();
        literal.push('\'');
        literal.push_str(part);
        rest = after;
    }
    Some((literal, rest))
}

/// A number of the language: decimal with an exponent, `0x…`, `0o…`.
pub(crate) fn number(text: &str) -> Option<f64> {
    let radix = |prefix: &str, radix: u32| {
        let digits = text.strip_prefix(prefix).filter(|digits| !digits.is_empty())?;
        digits.chars().all(|digit| digit.is_digit(radix)).then_some(())?;
        u32::from_str_radix(digits, radix).ok().map(|number| f64::from(number.cast_signed()))
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(number);
    }
    match text {
        "Infinity" | "+Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let plain = text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if plain { text.parse().ok() } else { None }
}
