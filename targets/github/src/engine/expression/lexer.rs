//! Tokens of the expression language.

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Number(f64),
    Text(String),
    /// A keyword, a context or a function.
    Name(String),
    /// One of `( ) [ ] , . * ! != == < <= > >= && ||`.
    Sign(&'static str),
}

/// The longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 16] =
    ["!=", "==", "<=", ">=", "&&", "||", "(", ")", "[", "]", ",", ".", "*", "!", "<", ">"];

/// Cuts an expression into tokens; `None` where GitHub finds an unexpected symbol.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
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
        // After a dereference a dot starts no number, and elsewhere `.5` is one.
        let derefers = matches!(tokens.last(), Some(Token::Name(_) | Token::Sign(")" | "]" | "*")));
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
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end)?;
            tokens.push(Token::Name(word.to_owned()));
            rest = after;
            continue;
        }
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
        tokens.push(Token::Sign(sign));
        rest = rest.strip_prefix(sign)?;
    }
}

/// A literal in single quotes; two of them are one in it.
fn string(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut literal = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        literal.push_str(part);
        match after.strip_prefix('\'') {
            Some(more) => {
                literal.push('\'');
                rest = more;
            }
            None => return Some((literal, after)),
        }
    }
}

/// A number as the language writes it: decimal with an exponent, `0x…`, `0o…`.
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
