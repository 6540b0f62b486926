//! Random programs that parse, for property tests.
//!
//! A program is a function of a sequence of bytes, its choices. So shrinking the bytes shrinks the program, and a
//! fuzzer can search for programs by searching for bytes. After the end of the bytes, every choice is the simplest. The
//! words of a program and its layout are chosen separately, so that one program can have many layouts.
//!
//! Programs follow the grammar, but their names are random, so few of them resolve.

mod bodies;
mod declarations;
mod vocabulary;
mod writer;

use writer::Writer;

/// A sequence of choices.
#[derive(Clone, Debug)]
pub struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Choices<'b> {
    /// The choices in these bytes.
    pub fn new(bytes: &'b [u8]) -> Choices<'b> {
        Choices { bytes: bytes.iter() }
    }

    /// A number below `bound`. It is 0 after the end of the choices.
    pub fn below(&mut self, bound: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte) % bound.max(1))
    }

    /// True in one of `bound` cases.
    pub fn rarely(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    /// One of several options. The first is the simplest.
    pub fn of<'t>(&mut self, options: &[&'t str]) -> &'t str {
        let index = self.below(options.len());
        options.get(index).copied().unwrap_or_default()
    }
}

/// A token of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its text.
    pub text: String,
    /// Whether a clause or its `allow` begins here, so that documentation may come before it.
    pub begins_clause: bool,
}

/// A program without its layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Its tokens.
    pub words: Vec<Word>,
}

impl Program {
    /// A random program of some declarations.
    pub fn random(choices: &mut Choices<'_>) -> Program {
        let mut writer = Writer::new(choices);
        writer.file();
        Program { words: writer.finish() }
    }

    /// Its text with a space between any two tokens.
    pub fn plain(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ") + "\n"
    }

    /// Its text in a random layout, with comments in possible places.
    pub fn laid_out(&self, choices: &mut Choices<'_>) -> String {
        let mut text = String::new();
        if choices.rarely(16) {
            text.push('\u{feff}');
        }
        let line_end = if choices.rarely(8) { "\r\n" } else { "\n" };
        let comments = choices.below(3) * 6;
        let mut before = "";
        for word in &self.words {
            white_space(before, word, line_end, comments, choices, &mut text);
            text.push_str(&word.text.replace('\n', line_end));
            before = &word.text;
        }
        let end = choices.below(5);
        text.push_str(["\n", "", " ", "\n\n\n", "  // the end"].get(end).copied().unwrap_or_default());
        text
    }
}

fn white_space(
    before: &str,
    next: &Word,
    line_end: &str,
    comments: usize,
    choices: &mut Choices<'_>,
    text: &mut String,
) {
    let glues = |text: Option<char>| text.is_none_or(|character| "{}()[],\"".contains(character));
    match choices.below(12) {
        0..6 => text.push(' '),
        6 => text.push_str(line_end),
        7 => text.push_str(&format!("{line_end}{line_end}  ")),
        8 => text.push_str(&format!("  \t{line_end} {line_end}{line_end}\t")),
        9 => text.push('\t'),
        10 if glues(before.chars().last()) || glues(next.text.chars().next()) => {}
        _ => text.push_str(&format!("{line_end}        ")),
    }
    if comments == 0 {
        return;
    }
    let after_word = text.ends_with(|character: char| character.is_alphanumeric() || character == '%');
    if after_word {
        text.push(' ');
    }
    while choices.rarely(comments) {
        let comment = choices.of(&["// why", "//", "// `a`, \"b\" { ", "//// rule  ", "// ü → 木\t"]);
        text.push_str(comment);
        text.push_str(line_end);
        if choices.rarely(3) {
            text.push_str(line_end);
        }
    }
    if next.begins_clause && choices.rarely(comments) {
        text.push_str(line_end);
        text.push_str(choices.of(&["/// what it is for", "///", "///  indented  "]));
        text.push_str(line_end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_choices_give_the_empty_program_and_the_same_choices_the_same() {
        assert_eq!(Program::random(&mut Choices::new(&[])), Program::default());
        let bytes: Vec<u8> = (0..=255).rev().cycle().take(4000).collect();
        let program = Program::random(&mut Choices::new(&bytes));
        assert!(program.words.len() > 20, "{}", program.plain());
        assert_eq!(program, Program::random(&mut Choices::new(&bytes)));
    }
}
