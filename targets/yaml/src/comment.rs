//! Comments: free text that must remain a comment in every dialect.

use crate::scalar;
use std::borrow::Cow;

/// The lines of a comment on its own lines. Each is safe after `# `.
pub(crate) fn lines(text: &str) -> Vec<Cow<'_, str>> {
    if scalar::is_printable(text) {
        return vec![Cow::Borrowed(text.trim_end())];
    }
    text.split(scalar::breaks_lines).map(|line| Cow::Owned(safe(line))).collect()
}

/// The text of a comment that shares its line with a value.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if scalar::is_printable(text) {
        return Cow::Borrowed(text.trim());
    }
    Cow::Owned(lines(text).join(" ").trim().to_owned())
}

/// Replaces unprintable and directional characters. Readers refuse files with unprintable characters even in comments,
/// and directional ones mislead reviewers.
fn safe(line: &str) -> String {
    let line: String = line
        .chars()
        .map(|character| match character {
            '\t' => ' ',
            _ if scalar::is_visible(character) || is_plainly_astral(character) => character,
            _ if character.is_whitespace() => ' ',
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect();
    line.trim_end().to_owned()
}

/// Whether a character beyond the basic plane is harmless, such as emoji. The tags and private planes above are not.
fn is_plainly_astral(character: char) -> bool {
    matches!(character, '\u{10000}'..='\u{3FFFD}') && (u32::from(character) & 0xFFFE) != 0xFFFE
}
