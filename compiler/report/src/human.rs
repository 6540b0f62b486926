//! Findings for people.

use crate::paint::{Colour, Style, harmless};
use ariadne::{Cache, Color, Config, IndexType, Label, Report, ReportKind, Source};
use pipec_base::{self as base, Diagnostic, FileId, Fix, Severity, Sources};
use pipec_ir::Program;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::ops::Range;

/// The maximum number of lines of a fix that are shown. A longer fix is shown by its title.
const MAX_FIX_LINES: usize = 8;

/// The maximum length of a line that is drawn completely, in characters. Of a longer one, only the surroundings of the
/// place are drawn: minified and generated texts would fill the screen.
const MAX_LINE_LENGTH: usize = 400;

/// The number of characters of a long line before and after a place.
const AROUND: usize = 40;

/// The maximum number of findings that are shown. More are only counted, because nobody reads them and each may be
/// large.
const MAX_FINDINGS: usize = 500;

/// Findings with their source, counterexample, further facts and remedy.
pub fn diagnostics(sources: &Sources, diagnostics: &[Diagnostic], colour: Colour) -> String {
    let mut texts = Texts { sources, shown: BTreeMap::new(), lines: BTreeMap::new() };
    let mut text: String = diagnostics
        .iter()
        .take(MAX_FINDINGS)
        .map(|diagnostic| one(&mut texts, diagnostic, colour) + "\n")
        .collect();
    if let Some(more @ 1..) = diagnostics.len().checked_sub(MAX_FINDINGS) {
        let _ = writeln!(text, "… and {more} more; `--format json` shows all\n");
    }
    text
}

/// The numbers of findings: "2 errors, 1 warning". Empty if there are none.
pub fn summary(errors: usize, warnings: usize) -> String {
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    parts.join(", ")
}

/// A summary: "3 pipelines proven: 12 gates, 4 deploys, 2 environments".
pub fn proven(program: &Program) -> String {
    let sum = |of: &dyn Fn(&pipec_ir::Pipeline) -> usize| {
        program.pipelines.iter().map(|pipeline| of(pipeline)).sum::<usize>()
    };
    let gates = sum(&|pipeline| pipeline.gates().count());
    let deploys = sum(&|pipeline| pipeline.deploys().count());
    let mut line = format!("{} proven", count(program.pipelines.len(), "pipeline"));
    let details: Vec<String> =
        [(gates, "gate"), (deploys, "deploy"), (program.environments.len(), "environment")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| count(number, noun))
            .collect();
    if !details.is_empty() {
        line.push_str(&format!(": {}", details.join(", ")));
    }
    line
}

/// A number with its noun: "1 file", "3 files".
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn one(texts: &mut Texts<'_>, diagnostic: &Diagnostic, colour: Colour) -> String {
    let (word, style, severity) = match diagnostic.severity {
        Severity::Error => ("error", Style::Error, Color::Red),
        Severity::Warning => ("warning", Style::Warning, Color::Yellow),
    };
    let head = colour.paint(style, &format!("{word}[{}]:", diagnostic.code));
    let mut text = format!("{head} {}\n", colour.paint(Style::Heading, &line(&diagnostic.message)));
    text.push_str(&snippet(texts, diagnostic, severity, colour));
    let facts =
        diagnostic.counterexample.iter().chain(&diagnostic.notes).map(|note| ("note:", Style::Note, note));
    for (word, style, fact) in facts.chain(diagnostic.help.iter().map(|help| ("help:", Style::Help, help))) {
        let indented = harmless(fact.trim_end()).replace('\n', "\n        ");
        let _ = writeln!(text, "  {} {indented}", colour.paint(style, word));
    }
    if let Some(fix) = &diagnostic.fix {
        text.push_str(&suggestion(texts.sources, fix, colour));
    }
    text
}

/// The source around the labels, without the renderer's own headline.
fn snippet(texts: &mut Texts<'_>, diagnostic: &Diagnostic, severity: Color, colour: Colour) -> String {
    let mut labels: Vec<(base::Place, Place, Color, String)> = Vec::new();
    for label in &diagnostic.labels {
        let Some(bytes) = texts.sources.clamp(label.span) else { continue };
        let Some(place) = texts.place(bytes) else { continue };
        let colour = if labels.is_empty() { severity } else { Color::Blue };
        // The renderer underlines only places with a message. The headline has the real one.
        let message = if label.message.is_empty() { "here".to_owned() } else { line(&label.message) };
        labels.push((bytes, place, colour, message));
    }
    let Some((_, primary, _, message)) = labels.first().cloned() else { return String::new() };
    if labels.iter().any(|(_, (file, range), ..)| texts.longest_line(*file, range) > MAX_LINE_LENGTH) {
        return texts.excerpt(&primary, &message);
    }
    // The renderer begins a new excerpt if a label is on an earlier line than the last, and heads it with the place of
    // the primary label. So there is one excerpt per file, that of the primary label first.
    labels.sort_by_key(|(bytes, (file, range), ..)| (*file != primary.0, bytes.rank, range.start, range.end));
    let config = Config::default().with_index_type(IndexType::Char).with_color(colour == Colour::Always);
    let mut report = Report::build(ReportKind::Custom("", severity), primary).with_config(config);
    for (order, (_, place, label_colour, message)) in (0..).zip(labels) {
        report = report
            .with_label(Label::new(place).with_color(label_colour).with_order(order).with_message(message));
    }
    let mut bytes = Vec::new();
    if report.finish().write(&mut *texts, &mut bytes).is_err() {
        return String::new();
    }
    let drawn = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<&str> = drawn.lines().skip(1).map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.into_iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

/// The lines that a fix changes, before and after.
fn suggestion(sources: &Sources, fix: &Fix, colour: Colour) -> String {
    let mut text = format!("  {} {}\n", colour.paint(Style::Help, "fix:"), line(&fix.title));
    let mut edits: Vec<(base::Place, &str)> =
        fix.edits.iter().filter_map(|edit| Some((sources.clamp(edit.span)?, edit.text.as_str()))).collect();
    edits.sort_by_key(|(place, _)| *place);
    for edits in edits.chunk_by(|(one, _), (other, _)| one.file == other.file) {
        let Some((old, new)) = changed_lines(sources, edits) else { continue };
        let is_long = |line: &str| line.chars().nth(MAX_LINE_LENGTH).is_some();
        if old.lines().count() + new.lines().count() > MAX_FIX_LINES
            || old.lines().chain(new.lines()).any(is_long)
        {
            continue;
        }
        for (sign, style, side) in [('-', Style::Removed, &old), ('+', Style::Added, &new)] {
            for shown in side.lines() {
                let shown = harmless(shown);
                let _ = writeln!(text, "        {}", colour.paint(style, &format!("{sign} {shown}")));
            }
        }
    }
    text
}

/// The whole lines of the edits in one file, before and after. The edits are in order.
fn changed_lines(sources: &Sources, edits: &[(base::Place, &str)]) -> Option<(String, String)> {
    let source = sources.get(edits.first()?.0.file)?;
    let first = edits.first()?.0.range().start;
    let last = edits.last()?.0.range().end;
    let start = source.text.get(..first)?.rfind('\n').map_or(0, |newline| newline + 1);
    let end = source.text.get(last..)?.find('\n').map_or(source.text.len(), |newline| last + newline);
    let mut new = String::new();
    let mut at = start;
    for (place, replacement) in edits {
        new.push_str(source.text.get(at..place.range().start)?);
        new.push_str(replacement);
        at = place.range().end;
    }
    new.push_str(source.text.get(at..end)?);
    Some((source.text.get(start..end)?.to_owned(), new))
}

fn line(text: &str) -> String {
    harmless(text).replace('\n', " ")
}

/// A file and a range of characters in it. With byte ranges, the renderer writes a wrong heading for a second file.
type Place = (FileId, Range<usize>);

/// The texts for the renderer, created on demand.
struct Texts<'a> {
    sources: &'a Sources,
    shown: BTreeMap<FileId, Source<String>>,
    lines: BTreeMap<FileId, Vec<LineStart>>,
}

/// The start of a line.
#[derive(Clone, Copy)]
struct LineStart {
    byte: usize,
    character: usize,
}

impl Texts<'_> {
    /// The part of a span that the renderer can draw. It has whole characters and does not extend past the end of a
    /// line or of the text.
    fn place(&mut self, place: base::Place) -> Option<Place> {
        let text = &self.sources.get(place.file)?.text;
        let Range { mut start, mut end } = place.range();
        while end > start && text.get(..end)?.ends_with(['\n', '\r']) {
            end -= 1;
        }
        while start == text.len() && start > 0 && text.get(..start)?.ends_with('\n') {
            start -= 1;
            end = start;
        }
        let lines = self.lines.entry(place.file).or_insert_with(|| line_starts(text));
        let characters = |offset: usize| {
            let line = lines.get(lines.partition_point(|line| line.byte <= offset).checked_sub(1)?)?;
            Some(line.character + text.get(line.byte..offset)?.chars().count())
        };
        Some((place.file, characters(start)?..characters(end.max(start))?))
    }
}

impl Texts<'_> {
    /// The length of the longest line that a range of characters touches.
    fn longest_line(&self, file: FileId, range: &Range<usize>) -> usize {
        let lines = self.lines.get(&file).map_or(&[][..], Vec::as_slice);
        lines
            .iter()
            .zip(lines.iter().skip(1))
            .skip(lines.partition_point(|line| line.character <= range.start).saturating_sub(1))
            .take_while(|(line, _)| line.character <= range.end)
            .map(|(line, next)| next.character - line.character)
            .max()
            .unwrap_or(0)
    }

    /// A place in a long line, with the characters around it.
    fn excerpt(&self, (file, range): &Place, message: &str) -> String {
        let lines = self.lines.get(file).map_or(&[][..], Vec::as_slice);
        let number = lines.partition_point(|line| line.character <= range.start).max(1);
        let start = lines.get(number - 1).copied().unwrap_or(LineStart { byte: 0, character: 0 });
        let column = range.start - start.character;
        let path = harmless(self.sources.path(*file));
        let head = format!("   ╭─[ {path}:{number}:{} ]\n", column + 1);
        let Some(text) = self.sources.get(*file).and_then(|source| source.text.get(start.byte..)) else {
            return head;
        };
        let shown = line(text.lines().next().unwrap_or("")).replace('\t', " ");
        let first = column.saturating_sub(AROUND);
        let marked = range.len().clamp(1, AROUND);
        let part: String = shown.chars().skip(first).take(column - first + marked + AROUND).collect();
        let before = if first > 0 { "…" } else { "" };
        let behind = if shown.chars().nth(first + part.chars().count()).is_some() { "…" } else { "" };
        let margin = " ".repeat(number.to_string().len());
        let end = "─".repeat(margin.len());
        let blanks = " ".repeat(before.chars().count() + column - first);
        let underline = "─".repeat(marked);
        format!(
            "{head} {number} │ {before}{part}{behind}\n {margin} │ {blanks}{underline} {message}\n─{end}─╯\n"
        )
    }
}

fn line_starts(text: &str) -> Vec<LineStart> {
    let mut starts = vec![LineStart { byte: 0, character: 0 }];
    let (mut byte, mut character) = (0, 0);
    for line in text.split_inclusive('\n') {
        byte += line.len();
        character += line.chars().count();
        starts.push(LineStart { byte, character });
    }
    starts
}

impl Cache<FileId> for &mut Texts<'_> {
    type Storage = String;

    fn fetch(&mut self, file: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        let sources = self.sources;
        Ok::<_, String>(self.shown.entry(*file).or_insert_with(|| {
            Source::from(sources.get(*file).map(|source| harmless(&source.text)).unwrap_or_default())
        }))
    }

    fn display<'b>(&self, file: &'b FileId) -> Option<impl fmt::Display + 'b> {
        Some(harmless(self.sources.path(*file)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::{Anchor, Span, codes};

    const SOURCE: &str = "pipeline shop {\n  stage commit {\n    gate unit: test {\n      exempt unless changed code\n    }\n  }\n  stage release { deploy app to production }\n}\n";

    fn sources() -> (Sources, Anchor) {
        let mut sources = Sources::new();
        let file = sources.add("deploy/shop.pipe", SOURCE);
        let start = sources.start(file);
        (sources, start)
    }

    fn span(start_of_file: Anchor, text: &str) -> Span {
        let start = SOURCE.find(text).unwrap();
        Span::new(start_of_file, start, start + text.len())
    }

    fn skippable(file: Anchor) -> Diagnostic {
        Diagnostic::error(
            codes::P0401,
            "gate `unit` can be skipped on the way to `production`",
            span(file, "unit"),
        )
        .saying("may be exempt")
        .label(span(file, "deploy app to production"), "goes ahead without it")
        .counterexample(
            "push to main that changes docs/readme.md: `unit` is exempt, and `deploy-app-to-production` runs",
        )
        .note("an exemption counts as passed")
        .help("say what makes it safe")
        .fix("add the reason", span(file, "code").at_end(), " because \"…\"")
    }

    #[test]
    fn a_failed_proof_shows_the_places_the_run_and_the_remedy() {
        let (sources, file) = sources();
        let shown = diagnostics(&sources, &[skippable(file)], Colour::Never);
        insta::assert_snapshot!(format!("{SOURCE}\n{shown}"));
    }

    #[test]
    fn colours_are_escapes_and_nothing_else_changes() {
        let (sources, file) = sources();
        let coloured = diagnostics(&sources, &[skippable(file)], Colour::Always);
        assert!(coloured.contains("\u{1b}[1;31merror[P0401]:"), "{coloured}");
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        assert_eq!(plain, diagnostics(&sources, &[skippable(file)], Colour::Never));
    }

    #[test]
    fn any_span_in_any_text_can_be_shown() {
        let texts = [
            "",
            "\n",
            "\n\n",
            "a",
            "é\r\n\u{feff}x",
            "\u{2028}a\u{85}b\rc",
            "𝄞\t\n\n  y",
            "no newline\u{1b}[0m",
        ];
        for text in texts {
            let mut sources = Sources::new();
            let file = sources.add("x.pipe", text);
            for start in 0..=text.len() + 2 {
                for end in start..=text.len() + 2 {
                    let finding = Diagnostic::warning(codes::P0004, "stray", sources.span(file, start, end))
                        .saying("here")
                        .label(sources.span(file, 0, end), "and here");
                    let shown = diagnostics(&sources, &[finding], Colour::Never);
                    assert!(shown.starts_with("warning[P0004]: stray\n"), "{shown}");
                    assert!(shown.contains("x.pipe:"), "{text:?} {start}..{end}: {shown}");
                    assert!(!shown.contains('\u{1b}'), "{shown}");
                }
            }
        }
    }

    #[test]
    fn each_file_is_shown_once_and_headed_by_its_own_place() {
        let mut sources = Sources::new();
        let first = sources.add("a.pipe", "one\ntwo\n");
        let second = sources.add("b.pipe", "// é é é é é é\n// é\nthree\n");
        let text = &sources.get(second).unwrap().text;
        let three = text.find("three").unwrap();
        let finding = Diagnostic::error(codes::P0102, "two of them", sources.span(first, 4, 7))
            .label(sources.span(second, three, three + 5), "the other")
            .label(sources.span(first, 0, 3), "before");
        let shown = diagnostics(&sources, &[finding], Colour::Never);
        let heads: Vec<&str> = shown.lines().filter(|line| line.contains(".pipe:")).map(str::trim).collect();
        assert_eq!(heads, ["╭─[ a.pipe:2:1 ]", "├─[ b.pipe:3:1 ]"], "{shown}");
    }

    #[test]
    fn a_line_without_end_is_drawn_around_the_place() {
        let mut sources = Sources::new();
        let file = sources.add("long.pipe", format!("// é\n{}x", "y".repeat(100_000)));
        let end = sources.get(file).unwrap().text.len();
        let finding = Diagnostic::error(codes::P0004, "stray", sources.span(file, end - 1, end));
        let shown = diagnostics(&sources, &[finding], Colour::Never);
        let around = "y".repeat(AROUND);
        let blanks = " ".repeat(AROUND + 1);
        assert_eq!(
            shown,
            format!(
                "error[P0004]: stray\n   ╭─[ long.pipe:2:100001 ]\n 2 │ …{around}x\n   │ {blanks}─ here\n───╯\n\n"
            )
        );
    }

    #[test]
    fn only_the_surroundings_in_a_long_line_are_drawn() {
        let mut sources = Sources::new();
        let file = sources.add("long.pipe", format!("{}é\u{1b}bad{}", "a".repeat(600), "b".repeat(600)));
        let start = 600 + "é\u{1b}".len();
        let span = sources.span(file, start, start + 3);
        let finding =
            Diagnostic::error(codes::P0004, "stray", span).saying("this").fix("write", span, "good");
        let shown = diagnostics(&sources, &[finding], Colour::Never);
        assert!(shown.contains("é?badbbb") && shown.contains("─── this\n"), "{shown}");
        assert!(shown.contains("…\n") && shown.contains("fix: write\n"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 120), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let column = |line: &str, part: char| line.chars().position(|character| character == part);
        let (text, underline) = (lines.get(2).unwrap(), lines.get(3).unwrap());
        assert_eq!(column(text, '?').map(|at| at + 1), column(underline, '─'), "{shown}");
    }

    #[test]
    fn findings_over_the_limit_are_counted() {
        let (sources, file) = sources();
        let many = vec![skippable(file); MAX_FINDINGS + 3];
        let shown = diagnostics(&sources, &many, Colour::Never);
        assert!(shown.ends_with("… and 3 more; `--format json` shows all\n\n"), "{shown}");
        assert_eq!(shown.matches("error[P0401]").count(), MAX_FINDINGS);
    }

    #[test]
    fn a_finding_at_the_end_of_the_file_is_on_its_last_line() {
        let (sources, file) = sources();
        let end = Span::new(file, SOURCE.len(), SOURCE.len());
        let shown =
            diagnostics(&sources, &[Diagnostic::error(codes::P0010, "not closed", end)], Colour::Never);
        assert!(shown.contains("shop.pipe:8:2"), "{shown}");
    }

    #[test]
    fn a_finding_in_an_unknown_file_is_shown() {
        let finding =
            Diagnostic::error(codes::P1201, "in the way", Span::new(Anchor(7), 0, 1)).help("move it");
        let shown = diagnostics(&Sources::new(), &[finding], Colour::Never);
        assert_eq!(shown, "error[P1201]: in the way\n  help: move it\n\n");
    }

    #[test]
    fn summaries_count_in_words() {
        assert_eq!(summary(2, 1), "2 errors, 1 warning");
        assert_eq!(summary(0, 2), "2 warnings");
        assert_eq!(summary(0, 0), "");
        assert_eq!(proven(&Program::default()), "0 pipelines proven");
    }
}
