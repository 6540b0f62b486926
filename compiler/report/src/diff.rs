//! Differences between texts.

use crate::paint::{Colour, Style, harmless};
use similar::TextDiff;

/// A unified diff between two texts, with three lines around each change. Empty if they are equal.
pub fn unified(old_name: &str, new_name: &str, old: &str, new: &str, colour: Colour) -> String {
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(3).header(old_name, new_name).to_string();
    if colour == Colour::Never {
        return text;
    }
    text.split_inclusive('\n')
        .map(|line| {
            let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
            let style = match body.as_bytes().first() {
                _ if body.starts_with("---") || body.starts_with("+++") => Style::Heading,
                Some(b'+') => Style::Added,
                Some(b'-') => Style::Removed,
                Some(b'@') => Style::Code,
                _ => return format!("{}{end}", harmless(body)),
            };
            format!("{}{end}", colour.paint(style, &harmless(body)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_its_surroundings() {
        let diff =
            unified("a.yml", "a.yml (compiled)", "1\n2\n3\n4\n5\n", "1\n2\n3\nfour\n5\n", Colour::Never);
        assert_eq!(diff, "--- a.yml\n+++ a.yml (compiled)\n@@ -1,5 +1,5 @@\n 1\n 2\n 3\n-4\n+four\n 5\n");
        assert_eq!(unified("a", "b", "same\n", "same\n", Colour::Always), "");
    }
}
