//! The pages of the codes, parsed: their texts, and the programs that they show.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pipec_base::Code;

/// A page: its title, the text below it, and its sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The first line, without its `#`.
    pub title: String,
    /// The text between the title and the first section.
    pub opening: String,
    /// The sections in their order.
    pub sections: Vec<Section>,
}

/// The text below one `##`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The heading, without its `##`.
    pub heading: String,
    /// The text, without fences and without the line `Also:`.
    pub prose: String,
    /// The files of its program: path and text.
    pub program: Vec<(String, String)>,
    /// The `console` fences.
    pub consoles: Vec<String>,
    /// The codes that the program gives in addition to the page's own.
    pub also: BTreeSet<String>,
}

impl Page {
    /// The section with a heading.
    pub fn section(&self, heading: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.heading == heading)
    }

    /// The headings in their order.
    pub fn headings(&self) -> Vec<&str> {
        self.sections.iter().map(|section| section.heading.as_str()).collect()
    }
}

/// The file of a code's page.
pub fn path(code: Code) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    root.join("compiler/base/codes").join(format!("{code}.md"))
}

/// The page of a code, from the disk. The text in the compiler may be older while a page is being written.
///
/// # Errors
/// The reason why the page can't be read.
pub fn load(code: Code) -> Result<Page, String> {
    let text = fs::read_to_string(path(code)).map_err(|error| format!("{code}: {error}"))?;
    read(&text).map_err(|problem| format!("{code}: {problem}"))
}

/// Parses a page.
///
/// # Errors
/// The fault in the page's form.
pub fn read(text: &str) -> Result<Page, String> {
    let mut lines = text.lines();
    let title = lines.next().and_then(|line| line.strip_prefix("# ")).ok_or("the first line is no title")?;
    let mut page = Page { title: title.to_owned(), opening: String::new(), sections: Vec::new() };
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            page.sections.push(Section { heading: heading.to_owned(), ..Section::default() });
            continue;
        }
        let Some(information) = line.strip_prefix("```") else {
            let Some(section) = page.sections.last_mut() else {
                add_line(&mut page.opening, line);
                continue;
            };
            match line.strip_prefix("Also: ") {
                Some(codes) => section.also.extend(codes.split(", ").map(str::to_owned)),
                None => add_line(&mut section.prose, line),
            }
            continue;
        };
        let mut content = String::new();
        loop {
            match lines.next() {
                Some("```") => break,
                Some(line) => add_line(&mut content, line),
                None => return Err(format!("the fence of `{information}` is not closed")),
            }
        }
        let section = page.sections.last_mut().ok_or("a fence stands above the first section")?;
        match information {
            "pipe" => section.program.push(("pipeline.pipe".to_owned(), content)),
            "console" => section.consoles.push(content),
            _ => match information.strip_prefix("pipe name=") {
                Some(name) => section.program.push((name.to_owned(), content)),
                None => return Err(format!("a fence is of `{information}`, not of `pipe` or `console`")),
            },
        }
    }
    Ok(page)
}

fn add_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
