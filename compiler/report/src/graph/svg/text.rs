//! Texts of a picture: their widths, their lines, and their form in XML.

use std::fmt::Write;

pub(super) fn text(out: &mut String, class: &str, x: f64, y: f64, size: f64, shown: &str) {
    let shown = escaped(shown);
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\">{shown}</text>"
    );
}

/// A text that has its end (`end`) or its middle (`middle`) at a point.
pub(super) fn text_at(
    out: &mut String,
    (class, anchor): (&str, &str),
    (x, y): (f64, f64),
    size: f64,
    shown: &str,
) {
    let shown = escaped(shown);
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{shown}</text>"
    );
}

/// The maximum width of a text in all possible fonts. It uses the widths of Helvetica and a little more.
pub(super) fn measure(shown: &str, size: f64, is_bold: bool) -> f64 {
    let ems: f64 = shown
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '|' | '.' | ',' | ':' | ';' | '\'' | '!' => 0.27,
            ' ' | 'f' | 't' | 'r' | '/' | '(' | ')' | '-' | '·' => 0.34,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' => 0.89,
            'A'..='Z' | '+' | '=' | '<' | '>' => 0.69,
            '\u{0}'..='\u{2ff}' | '–' | '…' => 0.56,
            _ => 1.0,
        })
        .sum();
    ems * size * if is_bold { 1.1 } else { 1.03 }
}

/// As much of a text as fits.
pub(super) fn fitted(shown: &str, width: f64, size: f64) -> String {
    if measure(shown, size, true) <= width {
        return shown.to_owned();
    }
    let mut kept = String::new();
    for character in shown.chars() {
        kept.push(character);
        if measure(&kept, size, true) + size > width {
            kept.pop();
            break;
        }
    }
    kept + "…"
}

/// The text in lines of at most a width. It breaks at blanks, if it has any.
pub(super) fn wrapped(shown: &str, width: f64, size: f64) -> Vec<String> {
    wrapped_from(0.0, shown, width, size)
}

/// The text in lines of at most a width. `taken` is the used part of the first line.
pub(super) fn wrapped_from(taken: f64, shown: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    let fits = |lines: &[String], candidate: &str| {
        let taken = if lines.len() == 1 { taken } else { 0.0 };
        taken + measure(candidate, size, false) <= width
    };
    for word in shown.split_whitespace() {
        let mut candidate = lines.last().cloned().unwrap_or_default();
        if !candidate.is_empty() {
            candidate.push(' ');
        }
        candidate.push_str(word);
        if fits(&lines, &candidate) {
            if let Some(last) = lines.last_mut() {
                *last = candidate;
            }
            continue;
        }
        if taken > 0.0 || lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        // An address breaks after its signs. A name inside it breaks only if it is too wide alone.
        for part in word.split_inclusive(['/', '.', '-', '_', '?', '&', '=', ':']) {
            let joined = lines.last().cloned().unwrap_or_default() + part;
            let begun = lines.last().is_some_and(|line| !line.is_empty());
            if begun && !fits(&lines, &joined) {
                lines.push(String::new());
            }
            for character in part.chars() {
                let mut candidate = lines.last().cloned().unwrap_or_default();
                candidate.push(character);
                if !fits(&lines, &candidate) && candidate.chars().count() > 1 {
                    lines.push(character.to_string());
                } else if let Some(last) = lines.last_mut() {
                    *last = candidate;
                }
            }
        }
    }
    lines
}

/// The text escaped for XML and HTML, also in quoted attributes.
///
/// Characters that XML can't contain are replaced, and those that reorder the text around them.
pub(in crate::graph) fn escaped(shown: &str) -> String {
    let mut text = String::new();
    for character in shown.chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&#39;"),
            '\n' | '\t' => text.push(character),
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                text.push('\u{fffd}');
            }
            '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
            _ if character.is_control() => text.push('\u{fffd}'),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_markup() {
        assert_eq!(escaped("a<b>&\"'\u{1b}\u{202e}"), "a&lt;b&gt;&amp;&quot;&#39;\u{fffd}\u{fffd}");
    }

    #[test]
    fn long_words_are_broken_to_fit() {
        let text = "push to main, \"release/*\" https://a-very-long-name.of.a.host.example/with/a/path";
        let lines = wrapped(text, 90.0, 12.0);
        assert!(lines.len() > 3, "{lines:?}");
        assert!(lines.iter().all(|line| measure(line, 12.0, false) <= 90.0), "{lines:?}");
        let without_blanks = |text: &str| text.replace(' ', "");
        assert_eq!(without_blanks(&lines.concat()), without_blanks(text));
        assert_eq!(fitted("short", 90.0, 14.0), "short");
        assert!(fitted(&"long".repeat(9), 90.0, 14.0).ends_with('…'));
    }
}
