//! Colours, and texts that can't control the terminal.

/// Whether to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    #[default]
    Never,
    /// ANSI escapes.
    Always,
}

/// The role of a text, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Error,
    Warning,
    Note,
    Help,
    Added,
    Removed,
    Heading,
    Code,
    Gate,
    Artefact,
    Deploy,
    Faint,
    Plain,
}

impl Colour {
    /// The text in the colour of its role.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        let escape = match style {
            Style::Error => "1;31",
            Style::Warning => "1;33",
            Style::Note => "1;36",
            Style::Help | Style::Added => "32",
            Style::Removed => "31",
            Style::Heading => "1",
            Style::Code | Style::Gate => "36",
            Style::Artefact => "34",
            Style::Deploy => "1;35",
            Style::Faint => "2",
            Style::Plain => return text.to_owned(),
        };
        match self {
            Colour::Always => format!("\u{1b}[{escape}m{text}\u{1b}[0m"),
            Colour::Never => text.to_owned(),
        }
    }
}

/// The text without control characters (except line feed and tab) and characters that reorder text. Each is replaced by
/// another of the same length in UTF-8. So positions stay the same, and a source can't control the terminal that shows
/// it.
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            '\r' => ' ',
            '\0'..='\u{1f}' | '\u{7f}' => '?',
            '\u{80}'..='\u{9f}' => '\u{b7}',
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                '\u{fffd}'
            }
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced_in_place() {
        let text = "a\u{1b}[2J\u{85}b\u{202e}c\r\n\té";
        let shown = harmless(text);
        assert_eq!(shown, "a?[2J\u{b7}b\u{fffd}c \n\té");
        assert_eq!(shown.len(), text.len());
    }
}
