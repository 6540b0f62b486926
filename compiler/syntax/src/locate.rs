//! Maps positions in a string's value to the source. So findings about a script underline the exact text.
//!
//! For example, byte 4 of the value of `"a\nb c"` is the `c`, which is at byte 6 of the source, because `\n` takes two
//! bytes there.

use pipec_base::Span;
use std::ops::Range;

/// The place of a range of bytes of a verbatim string's value. If it is unclear, the whole string. `text` is the source
/// of the string, and `string` its span with the quotes.
pub fn locate(text: &str, string: Span, range: Range<usize>) -> Span {
    locate_in(text, string, range).unwrap_or(string)
}

fn locate_in(text: &str, string: Span, range: Range<usize>) -> Option<Span> {
    let written = text.get(string.range())?;
    let offsets = if written.starts_with("\"\"\"") { raw_offsets(written) } else { plain_offsets(written) };
    let start = *offsets.get(range.start)?;
    let end = *offsets.get(range.end)?;
    let base = string.start as usize;
    Some(Span::new(string.anchor, base + start, base + end.max(start)))
}

/// The source offset of each byte of the value of `"…"`, and of its end.
fn plain_offsets(written: &str) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(written.len());
    let mut at = 1;
    let end = written.len().saturating_sub(1);
    while let Some(character) = written.get(at..end).and_then(|rest| rest.chars().next()) {
        let (source, value) = match (character, written.get(at + 1..end).and_then(|rest| rest.chars().next()))
        {
            ('\\', Some('u')) => {
                let rest = written.get(at..end).unwrap_or("");
                let length = rest.find('}').map_or(2, |close| close + 1);
                let digits = rest.get(3..length.saturating_sub(1)).unwrap_or("");
                let width =
                    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map_or(0, char::len_utf8);
                (length, width)
            }
            ('\\', Some(_)) => (2, 1),
            (other, _) => (other.len_utf8(), other.len_utf8()),
        };
        offsets.extend((0..value).map(|byte| if source == value { at + byte } else { at }));
        at += source;
    }
    offsets.push(end);
    offsets
}

/// The source offset of each byte of the value of `"""…"""`, and of its end. Over several lines, the indentation of the
/// closing quotes is not part of the value.
fn raw_offsets(written: &str) -> Vec<usize> {
    let end = written.len().saturating_sub(3);
    let content = written.get(3..end).unwrap_or("");
    if !content.contains('\n') {
        return (3..=end).collect();
    }
    let margin = content.rsplit('\n').next().map_or(0, str::len);
    let mut offsets = Vec::with_capacity(content.len());
    let mut at = 3;
    let lines: Vec<&str> = content.split('\n').collect();
    let last = lines.len().saturating_sub(1);
    for (number, line) in lines.iter().enumerate() {
        if number > 0 && number < last {
            let shown = line.strip_suffix('\r').unwrap_or(line);
            let dropped = margin.min(shown.len());
            offsets.extend(at + dropped..at + shown.len());
            offsets.push(at + shown.len());
        }
        at += line.len() + 1;
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::Anchor;

    fn underlined(written: &str, value: &str, meant: &str) -> String {
        let text = format!("run {written}");
        let span = Span::new(Anchor(0), 4, text.len());
        let start = value.find(meant).unwrap();
        let found = locate(&text, span, start..start + meant.len());
        text.get(found.range()).unwrap_or("").to_owned()
    }

    #[test]
    fn escapes_before_the_place_are_counted() {
        assert_eq!(underlined(r#""a \"b\" || true""#, "a \"b\" || true", "|| true"), "|| true");
        assert_eq!(underlined(r#""\u{e9} \n $FO""#, "é \n $FO", "$FO"), "$FO");
    }

    #[test]
    fn the_margin_of_a_raw_string_is_left_out() {
        let written = "\"\"\"\n    npm test\n      npm x || true\n    \"\"\"";
        assert_eq!(underlined(written, "npm test\n  npm x || true", "|| true"), "|| true");
        assert_eq!(underlined("\"\"\"a || true\"\"\"", "a || true", "|| true"), "|| true");
    }
}
