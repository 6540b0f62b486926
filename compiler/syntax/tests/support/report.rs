//! Diagnostics as text.

use crate::outline::outline;
use pipec_base::{Anchor, Diagnostic, Label, Span};
use pipec_syntax::parse;

/// The diagnostics of a text, drawn under its lines. Ends with the outline of the surviving parts.
pub fn report(text: &str) -> String {
    let parsed = parse(Anchor(0), text);
    let mut page = String::new();
    for finding in &parsed.diagnostics {
        page.push_str(&draw(text, finding));
        page.push('\n');
    }
    page.push_str("what is left:\n");
    for line in outline(&parsed) {
        page.push_str(&format!("  {line}\n"));
    }
    page
}

fn draw(text: &str, finding: &Diagnostic) -> String {
    let mut page = format!("error[{}]: {}\n", finding.code, finding.message);
    for (index, label) in finding.labels.iter().enumerate() {
        page.push_str(&underline(text, label, if index == 0 { '^' } else { '-' }));
    }
    for note in &finding.notes {
        page.push_str(&format!("  note: {note}\n"));
    }
    if let Some(help) = &finding.help {
        page.push_str(&format!("  help: {help}\n"));
    }
    if let Some(fix) = &finding.fix {
        page.push_str(&format!("  fix: {}\n", fix.title));
        let (before, after) = (text.lines(), mend(text, finding));
        let after: Vec<&str> = after.lines().collect();
        for (number, line) in before.enumerate() {
            if after.get(number) != Some(&line) {
                page.push_str(&format!("    + {}\n", after.get(number).unwrap_or(&"")));
                break;
            }
        }
    }
    page
}

fn underline(text: &str, label: &Label, mark: char) -> String {
    let Span { start, end, .. } = label.span;
    let (start, end) = (start as usize, end as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |offset| offset + 1);
    let line = text[line_start..].lines().next().unwrap_or("");
    let number = text[..start].matches('\n').count() + 1;
    let before = text[line_start..start].chars().count();
    let width = text[start..end.min(line_start + line.len()).max(start)].chars().count().max(1);
    let marks: String = std::iter::repeat_n(mark, width).collect();
    let gap = " ".repeat(before);
    format!("  {number:>3} | {line}\n      | {gap}{marks} {}\n", label.message).replace(" \n", "\n")
}

/// The text after a finding's fix.
pub fn mend(text: &str, finding: &Diagnostic) -> String {
    let mut edits = finding.fix.as_ref().map(|fix| fix.edits.clone()).unwrap_or_default();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.bounds()));
    let mut mended = text.to_owned();
    for edit in edits {
        mended.replace_range(edit.span.range(), &edit.text);
    }
    mended
}
