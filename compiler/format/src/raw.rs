//! Raw strings of several lines: the text of their lines, independent of the margin.

/// The lines of a `"""…"""` with several lines, without the margin of its closing quotes. `None` if it is on one line.
///
/// A blank line that is shorter than the margin is empty. The carriage return before a line's end is part of the line's
/// end.
pub(crate) fn lines(text: &str) -> Option<Vec<&str>> {
    let content = text.strip_prefix("\"\"\"")?.strip_suffix("\"\"\"")?;
    let (_, below) = content.split_once('\n')?;
    let Some((lines, margin)) = below.rsplit_once('\n') else { return Some(Vec::new()) };
    let margin = margin.strip_suffix('\r').unwrap_or(margin);
    Some(
        lines
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
            .map(|line| match line.strip_prefix(margin) {
                Some(rest) => rest,
                None if line.trim().is_empty() => "",
                None => line,
            })
            .collect(),
    )
}

/// Writes the raw string with these lines and a margin of `margin` spaces. Empty lines stay empty.
pub(crate) fn write(out: &mut String, lines: &[&str], margin: usize) {
    out.push_str("\"\"\"\n");
    for line in lines {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', margin));
            out.push_str(line);
            if line.ends_with('\r') {
                // This carriage return is text: without a second one, it would become part of the line's end.
                out.push('\r');
            }
        }
        out.push('\n');
    }
    out.extend(std::iter::repeat_n(' ', margin));
    out.push_str("\"\"\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(text: &str, margin: usize) -> String {
        let mut out = String::new();
        write(&mut out, &lines(text).expect("several lines"), margin);
        out
    }

    #[test]
    fn the_margin_moves_and_the_text_stays() {
        let text = "\"\"\"\n\ta\n\t  b\n\n   \n\t\"\"\"";
        assert_eq!(lines(text), Some(vec!["a", "  b", "", ""]));
        assert_eq!(moved(text, 4), "\"\"\"\n    a\n      b\n\n\n    \"\"\"");
        assert_eq!(lines(&moved(text, 4)), lines(text));
    }

    #[test]
    fn line_ends_become_the_one_kind_and_a_carriage_return_of_the_text_survives() {
        let text = "\"\"\"\r\n  a\r\n  b\r\r\n  \"\"\"";
        assert_eq!(lines(text), Some(vec!["a", "b\r"]));
        assert_eq!(moved(text, 0), "\"\"\"\na\nb\r\r\n\"\"\"");
    }

    #[test]
    fn blanks_that_belong_to_the_text_stay() {
        let text = "\"\"\"\n  a  \n    \n  \"\"\"";
        assert_eq!(moved(text, 2), text);
    }

    #[test]
    fn an_empty_raw_string_stays_empty() {
        assert_eq!(lines("\"\"\"\n\"\"\""), Some(Vec::new()));
        assert_eq!(lines("\"\"\"a\"\"\""), None);
        assert_eq!(moved("\"\"\"\n\n\"\"\"", 2), "\"\"\"\n\n  \"\"\"");
    }
}
