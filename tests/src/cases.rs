//! Test cases of the compiler as pages: a title, the sources, and all their findings.
//!
//! A page of `tests/cases` has one or more cases. A case is a line `# what it shows`, fences with sources (```` ```pipe
//! ```` is `main.pipe`, ```` ```pipe name=lib/a.pipe ```` another), and one ```` ```text ```` fence with the findings.
//! That fence has every part of a finding: its place, the text that it underlines, its other places, its
//! counterexample, notes, help, and the edits of its fix. Each fix is applied, too: after it, the finding must be gone.

use pipec_base::{Diagnostic, Edit, LineIndex, Place, Severity, Sources, Span};
use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_syntax::ast::Date;
use std::fmt::Write;

/// The date of all cases.
pub const TODAY: Date = Date { year: 2026, month: 6, day: 1 };

/// One behaviour: the sources that show it, and their findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The behaviour that it shows.
    pub title: String,
    /// The paths and texts of the sources.
    pub sources: Vec<(String, String)>,
    /// The rendered findings.
    pub findings: String,
    /// The place of the findings in the page, in bytes.
    place: std::ops::Range<usize>,
}

/// The cases of a page.
///
/// # Errors
/// If the page does not have the form of cases.
pub fn read(page: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut offset = 0;
    for line in page.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let text = line.trim_end();
        match (&open, text.strip_prefix("```")) {
            (Some((language, begin)), Some("")) => {
                let content = page.get(*begin..start).unwrap_or_default().to_owned();
                let case = cases.last_mut().ok_or("a fence stands before the first title")?;
                if language == "text" {
                    if !case.place.is_empty() || case.sources.is_empty() {
                        return Err(format!("`{}` wants sources, then one `text`", case.title));
                    }
                    case.findings = content;
                    case.place = *begin..start;
                    if case.place.is_empty() {
                        return Err(format!("`{}`: write `nothing` where nothing is found", case.title));
                    }
                } else {
                    let name =
                        language.strip_prefix("pipe").ok_or_else(|| format!("what is `{language}`?"))?;
                    let name = name.trim().strip_prefix("name=").unwrap_or("main.pipe");
                    case.sources.push((name.to_owned(), content));
                }
                open = None;
            }
            (None, Some(language)) => open = Some((language.to_owned(), offset)),
            (None, None) => {
                if let Some(title) = text.strip_prefix("# ") {
                    let title = title.to_owned();
                    cases.push(Case { title, sources: Vec::new(), findings: String::new(), place: 0..0 });
                }
            }
            (Some(_), _) => {}
        }
    }
    match (open, cases.iter().find(|case| case.place.is_empty())) {
        (Some((language, _)), _) => Err(format!("a fence `{language}` is left open")),
        (None, Some(case)) => Err(format!("`{}` has no `text`", case.title)),
        (None, None) => Ok(cases),
    }
}

/// The page with other findings. There is one text for each of its cases.
pub fn with_findings(page: &str, cases: &[Case], findings: &[String]) -> String {
    let mut text = page.to_owned();
    for (case, findings) in cases.iter().zip(findings).rev() {
        text.replace_range(case.place.clone(), findings);
    }
    text
}

/// Compiles sources without any target, so that all findings are about the program itself.
pub fn compile(sources: &[(String, String)]) -> Compilation {
    let options = Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets: &[],
        today: TODAY,
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
    let mut texts: Vec<InputText> = sources
        .iter()
        .map(|(path, text)| InputText { path: path.clone(), content: Content::Text(text.as_str().into()) })
        .collect();
    texts.sort_by(|left, right| left.path.cmp(&right.path));
    Session::new().compile(&texts, &options)
}

/// The findings of a compilation, as a page shows them.
pub fn render(compilation: &Compilation) -> String {
    if compilation.diagnostics.is_empty() {
        return "nothing\n".to_owned();
    }
    compilation.diagnostics.iter().map(|finding| render_one(finding, &compilation.sources)).collect()
}

fn render_one(finding: &Diagnostic, sources: &Sources) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text =
        format!("{severity}[{}] {}: {}\n", finding.code, place(finding.span(), sources), finding.message);
    let said = finding.labels.first().map_or("", |label| label.message.as_str());
    let mut line = |word: &str, rest: &str| {
        let _ = writeln!(text, "  {word} {rest}");
    };
    if !said.is_empty() {
        line("here:", said);
    }
    for label in finding.labels.iter().skip(1) {
        line("also", format!("{}: {}", place(label.span, sources), label.message).trim_end());
    }
    if let Some(run) = &finding.counterexample {
        line("run:", run);
    }
    for note in &finding.notes {
        line("note:", note);
    }
    if let Some(help) = &finding.help {
        line("help:", help);
    }
    if let Some(fix) = &finding.fix {
        let edits: Vec<String> = fix
            .edits
            .iter()
            .map(|edit| format!("{:?} -> {:?}", sources.text(edit.span), edit.text))
            .collect();
        line("fix:", &format!("{}: {}", fix.title, edits.join(", ")));
    }
    text
}

/// A place: `main.pipe:3:7 "text"`. For a text of several lines, it has the first line and the end of the last.
fn place(span: Span, sources: &Sources) -> String {
    let Some(bytes) = sources.place(span) else { return "nowhere".to_owned() };
    let Some(source) = sources.get(bytes.file) else { return "nowhere".to_owned() };
    let lines = LineIndex::new(source.text.clone());
    let at = |offset: u32| {
        let position = lines.characters(offset as usize);
        format!("{}:{}", position.line + 1, position.column + 1)
    };
    let text = sources.text(span);
    let shown = match text.split_once('\n') {
        Some((first, _)) => format!("{:?} to {}", first.trim_end(), at(bytes.end)),
        None => format!("\"{text}\""),
    };
    format!("{}:{} {shown}", source.path, at(bytes.start))
}

/// The faults of the fixes of a compilation. A fix is wrong if its finding remains, or if it gives a new kind of error.
pub fn broken_fixes(sources: &[(String, String)], compilation: &Compilation) -> Vec<String> {
    let mut broken = Vec::new();
    for finding in &compilation.diagnostics {
        let Some(fix) = &finding.fix else { continue };
        let placed = |edit: &Edit| Some((compilation.sources.place(edit.span)?, edit.text.clone()));
        let mut edits: Vec<(Place, String)> = fix.edits.iter().filter_map(placed).collect();
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        let mut fixed = sources.to_vec();
        for (place, new) in edits {
            let path = compilation.sources.path(place.file);
            if let Some((_, text)) = fixed.iter_mut().find(|(known, _)| known == path) {
                text.replace_range(place.range(), &new);
            }
        }
        let again = compile(&fixed).diagnostics;
        let count = |all: &[Diagnostic]| {
            all.iter().filter(|it| it.code == finding.code && it.message == finding.message).count()
        };
        if count(&again) >= count(&compilation.diagnostics) {
            broken.push(format!("`{}` does not mend: {}", fix.title, finding.message));
        }
        let new = again.iter().find(|it| it.code.number() < 100);
        if let Some(new) = new.filter(|new| compilation.diagnostics.iter().all(|it| it.code != new.code)) {
            broken.push(format!("`{}` brings {}: {}", fix.title, new.code, new.message));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_and_its_findings_are_replaced() {
        let page = "# one\n\n```pipe\nlet a = b\n```\n\n```text\nold\n```\n\n# two\n```pipe name=lib/x.pipe\n```\n```text\nnothing\n```\n";
        let cases = read(page).expect("a page");
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].sources, [("main.pipe".to_owned(), "let a = b\n".to_owned())]);
        assert_eq!(cases[1].sources, [("lib/x.pipe".to_owned(), String::new())]);
        assert_eq!(cases[0].findings, "old\n");
        let written = with_findings(page, &cases, &["new\nlines\n".to_owned(), "nothing\n".to_owned()]);
        assert_eq!(written, page.replace("old\n", "new\nlines\n"));
    }

    #[test]
    fn a_page_without_findings_is_refused() {
        assert!(read("# one\n```pipe\n```\n").is_err());
        assert!(read("# one\n```pipe\n").is_err());
        assert!(read("```pipe\n```\n").is_err());
    }
}
