//! Single strings: plain, in double quotes, or as a literal block.
//!
//! For example, `hello` is plain, `no` is quoted because YAML 1.1 reads it as false, and `a\nb\n` is a literal block.
//!
//! Sources of the rules: YAML 1.1 types (yaml.org/type), YAML 1.2.2 sections 6 to 8 and 10.3, and the resolvers of
//! PyYAML, Psych's `ScalarScanner` and go-yaml.

/// Words that some dialect reads as a boolean, a null or a number. Case is ignored. The names of special floats are
/// included.
const RESERVED: [&str; 13] =
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan", "infinity", "nan"];

/// Whether a character is a line break in any dialect. Vertical movements that editors show as one count, too.
pub(crate) fn breaks_lines(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character may be unescaped.
///
/// Every reader must accept it, and people must see what it is. Control, directional, zero-width, private and
/// non-characters may not be unescaped. Neither may any blank except the space and the ideographic space, nor any
/// character beyond the basic plane.
pub(crate) fn is_visible(character: char) -> bool {
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

/// Whether a text has only printable ASCII characters, as most have. All of them are visible.
pub(crate) fn is_printable(text: &str) -> bool {
    are_all(text, |byte| matches!(byte, b' '..=b'~'))
}

/// Whether all bytes of a text are of a kind. It checks several at once, and stops soon after the first that is not.
fn are_all(text: &str, kind: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(64).all(|bytes| bytes.iter().fold(true, |all, byte| all & kind(*byte)))
}

/// Whether a text is plain in every place, as most keys and many values are. It has letters, digits, hyphens and
/// underscores, after a letter that begins no number in any dialect.
fn is_plain_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() && !matches!(first, 'e' | 'E'))
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-' | b'A'..=b'Z' | b'_' | b'0'..=b'9'))
        && !is_reserved(text)
}

fn is_reserved(text: &str) -> bool {
    RESERVED.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether every dialect reads the plain text as this string. It is a value of a block collection.
pub(crate) fn is_plain_in_block(text: &str) -> bool {
    if is_plain_word(text) {
        return true;
    }
    let Some(first) = text.chars().next() else { return false };
    // Most values contain no possible mark of a key or a comment.
    let is_ordinary = are_all(text, |byte| matches!(byte, b' '..=b'~') && byte != b':' && byte != b'#');
    let is_visible = || text.chars().all(|character| is_visible(character) && character != '\u{3000}');
    starts_plain(first, text)
        && (is_ordinary || is_visible() && !text.contains(": ") && !text.contains(" #"))
        && !text.ends_with([' ', ':'])
        && text.chars().any(char::is_alphabetic)
        && !is_reserved(text)
        && !may_be_number(text)
}

/// Whether every dialect reads the plain text as this string. It is a key or in brackets.
pub(crate) fn is_plain_in_flow(text: &str) -> bool {
    is_plain_word(text)
        || is_plain_in_block(text)
            && !text.contains(['{', '}', '[', ']', ',', ':', '#', '?', '"', '\'', '`', '\\'])
}

/// Whether each line of a plain text may have its own line in the file. Readers join them with a space.
pub(crate) fn may_be_lines(text: &str) -> bool {
    let mut lines = text.split('\n');
    let continues =
        |line: &str| line.starts_with(|first: char| first.is_alphanumeric() || "&|($_".contains(first));
    let is_first = lines.next().is_some_and(|line| !line.is_empty() && !line.ends_with(' '));
    is_first && lines.all(|line| continues(line) && !line.ends_with(' '))
}

fn starts_plain(first: char, text: &str) -> bool {
    match first {
        '_' | '/' | '.' | '$' | '(' | '^' => true,
        '~' => text.starts_with("~/"),
        _ => first.is_alphanumeric(),
    }
}

/// Whether a text could be a number or a date in any dialect. It begins like a number.
///
/// Numbers and dates use only certain letters: hexadecimal digits, the prefixes `0b`, `0o` and `0x`, the exponent `e`,
/// and `T` and `Z` in times. Any other letter excludes them. npm `yaml` as a YAML 1.1 reader reads even a single
/// exponent, such as `e3`, as a number.
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

/// Writes the text in double quotes on one line. It uses the escapes that YAML 1.1 and 1.2 share.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// Writes the text as it is inside double quotes, without the quotes.
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
            _ if is_visible(character) => out.push(character),
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

/// The indicators of a literal block for the text. `None` if some dialect reads the block as another text.
pub(crate) fn literal_header(text: &str) -> Option<&'static str> {
    let body = text.trim_end_matches('\n');
    // In most scripts no line ends with a blank, so none consists of blanks only.
    let is_ordinary = are_all(body, |byte| matches!(byte, b'\n' | b' '..=b'~'))
        && !body.ends_with(' ')
        && !body.contains(" \n");
    if body.is_empty() || !(is_ordinary || body.split('\n').all(is_safe_in_literal)) {
        return None;
    }
    // Without an indicator, readers guess the indentation from the first line that isn't empty.
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

/// Whether a line is safe in a literal block. Some readers take leading tabs for indentation, and lines of blanks for
/// empty lines.
fn is_safe_in_literal(line: &str) -> bool {
    let content = line.trim_start_matches(' ');
    line.is_empty()
        || !content.chars().all(char::is_whitespace)
            && !content.starts_with('\t')
            && (is_printable(content)
                || content.chars().all(|character| character == '\t' || is_visible(character)))
}
