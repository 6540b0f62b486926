//! How a single string is written: plain, in double quotes, or as a literal block.
//!
//! Sources of the rules: YAML 1.1 types (yaml.org/type), YAML 1.2.2 sections 6 to 8 and 10.3, and the resolvers of
//! PyYAML, Psych's `ScalarScanner` and go-yaml.

/// Words that some dialect reads as a boolean, a null or a number, ignoring case; also the names of special floats.
const RESERVED: [&str; 13] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan", "infinity", "nan"];

/// Whether a line break of any dialect, or a vertical movement that editors show as one.
pub(crate) fn breaks_lines(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character may stand unescaped: every reader accepts it and a person sees it for what it is.
///
/// Control, directional, zero-width, private and non-characters are not, nor is any blank but the space and the
/// ideographic space, nor anything beyond the basic plane.
pub(crate) fn visible(character: char) -> bool {
    match character {
        ' '..='~' | '\u{3000}' => true,
        '\0'..='\u{A0}' | '\u{AD}' => false,
        '\u{34F}'
        | '\u{600}'..='\u{605}'
        | '\u{61C}'
        | '\u{6DD}'
        | '\u{70F}'
        | '\u{890}'..='\u{891}'
        | '\u{8E2}' => false,
        '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' => false,
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' => false,
        '\u{E000}'..='\u{F8FF}'
        | '\u{FDD0}'..='\u{FDEF}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' => false,
        '\u{FFFE}'.. => false,
        _ => !character.is_whitespace(),
    }
}

/// Whether a text is of printable ASCII alone, as most are: all of it is visible.
pub(crate) fn is_printable(text: &str) -> bool {
    are_all(text, |byte| matches!(byte, b' '..=b'~'))
}

/// Whether all bytes of a text are of a kind. It looks at several at once, and stops soon behind the first that is not.
fn are_all(text: &str, kind: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(64).all(|bytes| bytes.iter().fold(true, |all, byte| all & kind(*byte)))
}

/// Whether a text is plain wherever it stands, as most keys and many values are: letters, digits, hyphens and underscores
/// behind a letter that begins no number of any dialect.
fn is_plain_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() && !matches!(first, 'e' | 'E'))
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-' | b'A'..=b'Z' | b'_' | b'0'..=b'9'))
        && !is_reserved(text)
}

fn is_reserved(text: &str) -> bool {
    RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether every dialect reads the plain text, as the value of a block collection, as this very string.
pub(crate) fn plain_in_block(text: &str) -> bool {
    if is_plain_word(text) {
        return true;
    }
    let Some(first) = text.chars().next() else { return false };
    // As most values are: nothing in them could be the mark of a key or a comment.
    let is_ordinary = are_all(text, |byte| matches!(byte, b' '..=b'~') && byte != b':' && byte != b'#');
    let is_visible = || text.chars().all(|character| visible(character) && character != '\u{3000}');
    starts_plain(first, text)
        && (is_ordinary || is_visible() && !text.contains(": ") && !text.contains(" #"))
        && !text.ends_with([' ', ':'])
        && text.chars().any(char::is_alphabetic)
        && !is_reserved(text)
        && !may_be_number(text)
}

/// Whether every dialect reads the plain text as this very string also as a key or between brackets.
pub(crate) fn plain_in_flow(text: &str) -> bool {
    is_plain_word(text)
        || plain_in_block(text)
            && !text.contains(['{', '}', '[', ']', ',', ':', '#', '?', '"', '\'', '`', '\\'])
}

fn starts_plain(first: char, text: &str) -> bool {
    match first {
        '_' | '/' | '.' | '$' | '(' => true,
        '~' => text.starts_with("~/"),
        _ => first.is_alphanumeric(),
    }
}

/// Whether text that begins like a number could be one, or a date, in any dialect.
///
/// Numbers and dates use no letters but those of hexadecimal digits, of the prefixes `0b`, `0o` and `0x`, of the
/// exponent `e`, and of `T` and `Z` in times; one other letter tells them apart. npm `yaml` as a YAML 1.1 reader takes
/// even an exponent alone, such as `e3`, for a number.
fn may_be_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['.', '_']);
    let exponent = digits.strip_prefix(['e', 'E']).is_some_and(|power| !power.contains(char::is_alphabetic));
    let begins = digits.starts_with(char::is_numeric);
    let is_other = |letter: char| {
        letter.is_ascii_alphabetic()
            && !matches!(letter.to_ascii_lowercase(), 'a'..='f' | 'o' | 't' | 'x' | 'z')
    };
    exponent || begins && !digits.contains(is_other)
}

/// Writes the text in double quotes on one line, with the escapes that YAML 1.1 and 1.2 share.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// Writes the text, without quotes around it, as double quotes hold it.
pub(crate) fn escape(text: &str, out: &mut String) {
    if are_all(text, |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if visible(character) => out.push(character),
            _ => {
                let code = u32::from(character);
                out.push_str(&match code {
                    0..=0xFF => format!("\\x{code:02X}"),
                    0x100..=0xFFFF => format!("\\u{code:04X}"),
                    _ => format!("\\U{code:08X}"),
                });
            }
        }
    }
}

/// The indicators of a literal block that every dialect reads as this very text, if there are any.
pub(crate) fn literal_header(text: &str) -> Option<&'static str> {
    let body = text.trim_end_matches('\n');
    // As most scripts are: no line ends with a blank, so none is of blanks alone.
    let is_ordinary = are_all(body, |byte| matches!(byte, b'\n' | b' '..=b'~'))
        && !body.ends_with(' ')
        && !body.contains(" \n");
    if body.is_empty() || !(is_ordinary || body.split('\n').all(literal_line)) {
        return None;
    }
    // Otherwise the indentation is guessed from the first line that isn't empty.
    let is_indented = body.starts_with([' ', '\n']);
    Some(match (text.len().saturating_sub(body.len()), is_indented) {
        (0, false) => "|-",
        (0, true) => "|2-",
        (1, false) => "|",
        (1, true) => "|2",
        (_, false) => "|+",
        (_, true) => "|2+",
    })
}

/// Tabs in front are taken for indentation, and lines of blanks for empty lines, by one reader or another.
fn literal_line(line: &str) -> bool {
    let content = line.trim_start_matches(' ');
    line.is_empty()
        || !content.chars().all(char::is_whitespace)
            && !content.starts_with('\t')
            && (is_printable(content)
                || content.chars().all(|character| character == '\t' || visible(character)))
}
