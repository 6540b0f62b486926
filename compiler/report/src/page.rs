//! The page of a code, for the terminal.

use crate::paint::{Colour, Style};

/// Markdown for a terminal: headings bold, code coloured and indented, the rest as written. Without colour, it is the
/// Markdown itself.
pub fn render(markdown: &str, colour: Colour) -> String {
    if colour == Colour::Never {
        return markdown.to_owned();
    }
    let mut in_fence = false;
    let mut text = String::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_fence = !in_fence;
            continue;
        }
        if in_fence {
            text.push_str("    ");
            text.push_str(&colour.paint(Style::Code, line));
        } else if line.starts_with('#') {
            text.push_str(&colour.paint(Style::Heading, line.trim_start_matches('#').trim_start()));
        } else {
            text.push_str(&spans(line, colour));
        }
        text.push('\n');
    }
    text
}

/// The beginning of a code's page.
pub(crate) struct Parts {
    /// Its title, without the code.
    pub(crate) title: String,
    /// The text between the title and the first section, with one line for each paragraph.
    pub(crate) opening: String,
}

impl Parts {
    pub(crate) fn of(markdown: &str) -> Parts {
        let (head, rest) = markdown.split_once('\n').unwrap_or((markdown, ""));
        let title = head.trim_start_matches(['#', ' ']).split_once(": ").map_or(head, |(_, title)| title);
        let opening = rest.split("\n## ").next().unwrap_or("");
        let paragraphs: Vec<String> =
            opening.trim().split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
        Parts { title: title.to_owned(), opening: paragraphs.join("\n\n") }
    }
}

/// A list of codes, with one line for each: its number and its short name.
pub fn list<'a>(entries: impl IntoIterator<Item = (String, &'a str)>, colour: Colour) -> String {
    let line = |(code, slug): (String, &str)| format!("{}  {slug}\n", colour.paint(Style::Heading, &code));
    entries.into_iter().map(line).collect()
}

fn spans(line: &str, colour: Colour) -> String {
    line.split('`')
        .enumerate()
        .map(|(index, part)| if index % 2 == 1 { colour.paint(Style::Code, part) } else { part.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_markdown_without_colour_and_painted_with_it() {
        let page = "# P0401: skippable-gate\n\nA `gate` may not.\n\n```pipe\ngate x\n```\n";
        assert_eq!(render(page, Colour::Never), page);
        assert_eq!(
            render(page, Colour::Always),
            "\u{1b}[1mP0401: skippable-gate\u{1b}[0m\n\nA \u{1b}[36mgate\u{1b}[0m may not.\n\n    \u{1b}[36mgate x\u{1b}[0m\n"
        );
    }
}
