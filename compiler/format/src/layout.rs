//! Blocks: one line or several, and the blank lines between their entries.

use crate::clauses::ClauseKind;
use crate::head::{Head, WIDTH};
use crate::outline::{Block, Clause, Content, Entry};
use crate::page::{Page, width};

const STEP: usize = 2;

/// The text of a whole file.
pub(crate) fn file(block: &Block<'_>) -> String {
    let mut page = Page::new();
    let blanks = blanks_between_declarations(&block.entries);
    for (entry, blank) in block.entries.iter().zip(blanks) {
        write_entry(entry, blank, 0, &mut page);
    }
    page.finish()
}

fn write_entry(entry: &Entry<'_>, blank: bool, indent: usize, page: &mut Page) {
    page.line(indent);
    if blank {
        page.blank_line();
    }
    match &entry.content {
        Content::Comment(text) | Content::Documentation(text) => page.word(text),
        Content::Clause(clause) => write_clause(clause, page),
    }
    if let Some(comment) = entry.trailing {
        page.trailing_comment(comment, indent);
    }
}

/// Writes a clause at the current position, which starts a line.
fn write_clause(clause: &Clause<'_>, page: &mut Page) {
    let indent = page.indent();
    let head = Head::new(clause.kind, &clause.head);
    let Some(block) = &clause.block else { return head.write(page, 0) };
    let tail = (!clause.tail.is_empty()).then(|| Head::new(clause.kind, &clause.tail));
    let end =
        tail.as_ref().map_or(Some(String::new()), |tail| tail.on_one_line().map(|tail| format!(" {tail}")));
    if let (Some(start), Some(block), Some(end)) = (head.on_one_line(), block_on_one_line(block), end) {
        let line = format!("{start} {block}{end}");
        if indent + width(&line) <= WIDTH {
            return page.word(&line);
        }
    }
    write_block(&head, block, page);
    if let Some(tail) = tail {
        page.space();
        tail.write(page, 0);
    }
}

/// Writes a head and the block below it, on several lines.
fn write_block(head: &Head<'_>, block: &Block<'_>, page: &mut Page) {
    let indent = page.indent();
    let empty = block.entries.is_empty() && block.opening.is_none();
    let braces = if empty { "{}" } else { "{" };
    head.write(page, 1 + width(braces));
    if page.is_at_line_start() {
        page.line(indent);
    } else {
        page.space();
    }
    page.word(braces);
    if empty {
        return;
    }
    if let Some(comment) = block.opening {
        page.trailing_comment(comment, indent + STEP);
    }
    let mut attached = true;
    for entry in &block.entries {
        write_entry(entry, entry.blank_before && !attached, indent + STEP, page);
        attached = is_attached(entry);
    }
    page.line(indent);
    page.word("}");
}

/// A block on one line, if it was on one line. Its clauses have two spaces between them.
fn block_on_one_line(block: &Block<'_>) -> Option<String> {
    if block.entries.is_empty() && block.opening.is_none() {
        return Some("{}".to_owned());
    }
    if !block.one_line {
        return None;
    }
    let clauses: Option<Vec<String>> = block
        .entries
        .iter()
        .map(|entry| match &entry.content {
            Content::Clause(clause) => Head::new(clause.kind, &clause.head).on_one_line(),
            Content::Comment(_) | Content::Documentation(_) => None,
        })
        .collect();
    Some(format!("{{ {} }}", clauses?.join("  ")))
}

/// Whether an entry belongs to the next one. Then no blank line may separate them.
fn is_attached(entry: &Entry<'_>) -> bool {
    match &entry.content {
        Content::Documentation(_) => true,
        Content::Clause(clause) => clause.kind == ClauseKind::Allow,
        Content::Comment(_) => false,
    }
}

/// The entries of a file with a blank line before them. Blank lines of the author are kept. Between two declarations,
/// one of which takes several lines, there is always one. It is before the comments of the second, unless the author
/// chose another place.
fn blanks_between_declarations(entries: &[Entry<'_>]) -> Vec<bool> {
    let mut blanks = Vec::with_capacity(entries.len());
    let mut attached = true;
    for entry in entries {
        blanks.push(entry.blank_before && !attached);
        attached = is_attached(entry);
    }
    let mut before_takes_several = None;
    let mut first = 0;
    for (index, entry) in entries.iter().enumerate() {
        let declares = matches!(entry.content, Content::Clause(_)) && !is_attached(entry);
        if !declares {
            continue;
        }
        let takes_several = takes_several_lines(entries.get(first..=index).unwrap_or(&[]));
        if before_takes_several.is_some_and(|before| before || takes_several)
            && let Some(gap) = blanks.get_mut(first..=index)
            && !gap.contains(&true)
            && let Some(blank) = gap.first_mut()
        {
            *blank = true;
        }
        before_takes_several = Some(takes_several);
        first = index + 1;
    }
    blanks
}

/// Whether a declaration takes more than one line. Its `allow` clauses count, the comments above it do not.
fn takes_several_lines(entries: &[Entry<'_>]) -> bool {
    let mut clauses = entries.iter().filter_map(|entry| match &entry.content {
        Content::Clause(clause) => Some(clause),
        Content::Comment(_) | Content::Documentation(_) => None,
    });
    let Some(first) = clauses.next() else { return false };
    clauses.next().is_some() || {
        let mut page = Page::new();
        write_clause(first, &mut page);
        page.finish().trim_end().contains('\n')
    }
}
