//! Findings as GitHub Actions commands that annotate a commit.
//!
//! The form is `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`, with one line for each finding. In
//! the message, `%`, CR and LF are encoded; in a property, `:` and `,` as well (`ActionCommand` in the sources of
//! GitHub's runner).

use crate::json::Trouble;
use crate::place::{Columns, Places};
use pipec_base::{Diagnostic, Severity, Sources};

/// One command for each finding and each unusable path. `prefix` is the workspace's folder in its repository: empty, or
/// with `/` at its end.
pub fn report(sources: &Sources, diagnostics: &[Diagnostic], problems: &[Trouble], prefix: &str) -> String {
    let mut places = Places::new(sources);
    let findings = diagnostics.iter().map(|diagnostic| finding(&mut places, diagnostic, prefix));
    findings.chain(problems.iter().map(trouble)).collect()
}

fn finding(places: &mut Places<'_>, diagnostic: &Diagnostic, prefix: &str) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(region) = places.region(diagnostic.span(), Columns::Characters) {
        properties.push(("file", format!("{prefix}{}", region.path)));
        properties.push(("line", region.start.0.to_string()));
        properties.push(("endLine", region.end.0.to_string()));
        // GitHub refuses columns of a place with several lines.
        if region.start.0 == region.end.0 {
            properties.push(("col", region.start.1.to_string()));
            properties.push(("endColumn", region.end.1.to_string()));
        }
    }
    properties.push(("title", format!("{} {}", diagnostic.code, diagnostic.code.slug())));
    let mut message = diagnostic.message.clone();
    for fact in diagnostic.counterexample.iter().chain(&diagnostic.notes) {
        message.push_str(&format!("\nnote: {fact}"));
    }
    for (place, label) in (1..).zip(diagnostic.labels.iter().skip(1)) {
        let Some(region) = places.region(label.span, Columns::Characters) else { continue };
        let mark = if place == 1 { "\nsee" } else { "\n   " };
        let (line, column) = region.start;
        message.push_str(&format!("{mark} {prefix}{}:{line}:{column}: {}", region.path, label.message));
    }
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    command(word, &properties, &message)
}

fn trouble(trouble: &Trouble) -> String {
    let mut message = trouble.message.clone();
    if let Some(help) = &trouble.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    command("error", &[("title", "pipec".to_owned())], &message)
}

fn command(word: &str, properties: &[(&str, String)], message: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{word} {}::{}\n", properties.join(","), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::{Anchor, Span, codes};

    #[test]
    fn a_finding_is_one_command() {
        let mut sources = Sources::new();
        let file = sources.add("a,b:c.pipe", "é gate unit\nx\n");
        let one = Diagnostic::error(codes::P0401, "100% of `unit`: skipped", sources.span(file, 8, 12))
            .label(sources.span(file, 13, 14), "goes ahead")
            .label(sources.span(file, 0, 1), "and here")
            .counterexample("push of branch `main`")
            .help("let it run");
        let over_lines = Diagnostic::warning(codes::P0901, "swallowed", sources.span(file, 3, 14));
        let placeless = Diagnostic::error(codes::P1190, "differs", Span::new(Anchor(7), 0, 0));
        let problems =
            [Trouble { path: "x".into(), message: "can't read `x`".into(), help: Some("a\r\nb".into()) }];
        assert_eq!(
            report(&sources, &[one, over_lines, placeless], &problems, "sub/"),
            "::error file=sub/a%2Cb%3Ac.pipe,line=1,endLine=1,col=8,endColumn=12,title=P0401 skippable-gate::\
             100%25 of `unit`: skipped%0Anote: push of branch `main`%0Asee sub/a,b:c.pipe:2:1: goes ahead%0A    \
             sub/a,b:c.pipe:1:1: and here%0Ahelp: let it run\n\
             ::warning file=sub/a%2Cb%3Ac.pipe,line=1,endLine=2,title=P0901 swallowed-failure::swallowed\n\
             ::error title=P1190 output-differs::differs\n\
             ::error title=pipec::can't read `x`%0Ahelp: a%0D%0Ab\n"
        );
    }
}
