//! Findings as SARIF 2.1.0, the format of code scanning and editors.
//!
//! The log has one run. Columns count UTF-16 code units, and the log says so. Paths are relative to `%SRCROOT%`. A
//! finding's counterexample and its other places (including the calls that led to it) are related locations. A fix
//! becomes a fix. The rules are the codes that occur, each with its page as help. Unusable paths are notifications of
//! the invocation, which then has not succeeded.

use crate::json::Trouble;
use crate::page::Parts;
use crate::place::{Columns, Places, Region};
use pipec_base::{Code, Diagnostic, Fix, Severity, Sources, Span};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The contents of the report other than the findings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The compiler's version.
    pub version: &'a str,
    /// The workspace's folder in its repository: empty, or with `/` at its end.
    pub prefix: &'a str,
    /// Paths that could not be read or written.
    pub problems: &'a [Trouble],
}

/// The whole report, indented, with a line feed at its end.
pub fn report(sources: &Sources, diagnostics: &[Diagnostic], context: Context<'_>) -> String {
    let codes: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let places: BTreeMap<Code, usize> = codes.iter().copied().zip(0..).collect();
    let mut writer = Writer { places: Places::new(sources), prefix: context.prefix };
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| writer.result(diagnostic, places.get(&diagnostic.code).copied().unwrap_or(0)))
        .collect();
    let notifications: Vec<Value> =
        context.problems.iter().map(|trouble| notification(trouble, context.prefix)).collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pipec",
                "semanticVersion": context.version,
                "rules": codes.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": {
                "%SRCROOT%": {"description": {"text": "the repository, or else the workspace"}},
            },
            "invocations": [{
                "executionSuccessful": context.problems.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

struct Writer<'a> {
    places: Places<'a>,
    prefix: &'a str,
}

impl Writer<'_> {
    fn result(&mut self, diagnostic: &Diagnostic, rule: usize) -> Value {
        let mut result = json!({
            "ruleId": diagnostic.code.to_string(),
            "ruleIndex": rule,
            "level": match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            "message": {"text": message(diagnostic)},
            "locations": self.primary(diagnostic).into_iter().collect::<Vec<_>>(),
        });
        let related = self.related(diagnostic);
        let fixes: Vec<Value> = diagnostic.fix.iter().map(|fix| self.fix(fix)).collect();
        if let Some(fields) = result.as_object_mut() {
            if !related.is_empty() {
                fields.insert("relatedLocations".to_owned(), Value::Array(related));
            }
            if !fixes.is_empty() {
                fields.insert("fixes".to_owned(), Value::Array(fixes));
            }
        }
        result
    }

    fn primary(&mut self, diagnostic: &Diagnostic) -> Option<Value> {
        let label = diagnostic.labels.first()?;
        let mut location = json!({"physicalLocation": self.physical(label.span)?});
        if !label.message.is_empty()
            && let Some(fields) = location.as_object_mut()
        {
            fields.insert("message".to_owned(), json!({"text": literal(&label.message)}));
        }
        Some(location)
    }

    /// The counterexample, at the place of the fault, then the places that explain the finding.
    fn related(&mut self, diagnostic: &Diagnostic) -> Vec<Value> {
        let example = diagnostic
            .counterexample
            .as_ref()
            .map(|text| (diagnostic.span(), format!("counterexample: {text}")));
        let further = diagnostic.labels.iter().skip(1).map(|label| (label.span, label.message.clone()));
        let mut related = Vec::new();
        for (span, message) in example.into_iter().chain(further) {
            let Some(physical) = self.physical(span) else { continue };
            let id = related.len();
            related.push(
                json!({"id": id, "message": {"text": literal(&message)}, "physicalLocation": physical}),
            );
        }
        related
    }

    fn fix(&mut self, fix: &Fix) -> Value {
        let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for edit in &fix.edits {
            let Some(region) = self.places.region(edit.span, Columns::Utf16) else { continue };
            let replacement = json!({"deletedRegion": lines(region), "insertedContent": {"text": edit.text}});
            files.entry(region.path).or_default().push(replacement);
        }
        let changes: Vec<Value> = files
            .into_iter()
            .map(|(path, replacements)| {
                json!({"artifactLocation": artefact(self.prefix, path), "replacements": replacements})
            })
            .collect();
        json!({"description": {"text": literal(&fix.title)}, "artifactChanges": changes})
    }

    fn physical(&mut self, span: Span) -> Option<Value> {
        let region = self.places.region(span, Columns::Utf16)?;
        let mut shown = lines(region);
        let text = self.places.text(span);
        if !text.is_empty()
            && let Some(fields) = shown.as_object_mut()
        {
            fields.insert("snippet".to_owned(), json!({"text": text}));
        }
        Some(json!({"artifactLocation": artefact(self.prefix, region.path), "region": shown}))
    }
}

fn lines(region: Region<'_>) -> Value {
    json!({
        "startLine": region.start.0,
        "startColumn": region.start.1,
        "endLine": region.end.0,
        "endColumn": region.end.1,
    })
}

fn artefact(prefix: &str, path: &str) -> Value {
    json!({"uri": uri(&format!("{prefix}{path}")), "uriBaseId": "%SRCROOT%"})
}

/// All the information for a person who sees only the message.
fn message(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for fact in diagnostic.counterexample.iter().chain(&diagnostic.notes) {
        text.push_str("\nnote: ");
        text.push_str(fact);
    }
    if let Some(help) = &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    literal(&text)
}

/// A text with SARIF's special characters escaped: `[text](3)` is a link, `{0}` a placeholder (3.11.5, 3.11.6). Braces
/// and brackets that can't be read in this way are not escaped, because many readers show an escape unchanged.
fn literal(text: &str) -> String {
    let is_placeholder =
        text.split('{').skip(1).any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let text = if is_placeholder { text.replace('{', "{{").replace('}', "}}") } else { text.to_owned() };
    if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text
    }
}

fn rule(code: Code) -> Value {
    let Parts { title, opening } = Parts::of(code.page());
    json!({
        "id": code.to_string(),
        "name": upper_camel(code.slug()),
        "shortDescription": {"text": title},
        "fullDescription": {"text": opening},
        "help": {"text": code.page(), "markdown": code.page()},
        "properties": {"slug": code.slug(), "since": code.since()},
    })
}

fn notification(trouble: &Trouble, prefix: &str) -> Value {
    let mut text = trouble.message.clone();
    if let Some(help) = &trouble.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    let mut notification = json!({"level": "error", "message": {"text": literal(&text)}});
    let is_relative = !trouble.path.is_empty() && !trouble.path.starts_with(['/', '-', '.']);
    if is_relative && let Some(fields) = notification.as_object_mut() {
        let location = json!([{"physicalLocation": {"artifactLocation": artefact(prefix, &trouble.path)}}]);
        fields.insert("locations".to_owned(), location);
    }
    notification
}

/// A short name as an identifier for SARIF readers: `skippable-gate` becomes `SkippableGate`.
fn upper_camel(slug: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    slug.split('-').map(word).collect()
}

/// A relative path as a relative reference of RFC 3986. Its reserved characters are encoded, except `/`.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::{Anchor, Edit, codes};

    fn sample() -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::new();
        let first = sources.add("a b/ü.pipe", "// 𝄞 x\ngate unit\n");
        let second = sources.add("c.pipe", "call()\n");
        let skippable =
            Diagnostic::error(codes::P0401, "gate `unit` can be skipped", sources.span(first, 15, 19))
                .saying("not always")
                .label(sources.span(second, 0, 6), "in this call of `service`")
                .counterexample("push of branch `main`, changing `{docs}/[x]`")
                .note("one")
                .help("let it run always")
                .fix_with(
                    "write it",
                    vec![
                        Edit { span: sources.span(first, 8, 9), text: "y".into() },
                        Edit { span: sources.span(second, 6, 6), text: ";".into() },
                    ],
                );
        let placeless = Diagnostic::warning(codes::P1190, "differs", Span::new(Anchor(9), 0, 0));
        (sources, vec![skippable, placeless])
    }

    fn read(prefix: &str, problems: &[Trouble]) -> Value {
        let (sources, findings) = sample();
        let context = Context { version: "1.2.3", prefix, problems };
        serde_json::from_str(&report(&sources, &findings, context)).unwrap()
    }

    #[test]
    fn a_finding_has_its_place_its_run_its_calls_and_its_fix() {
        let result = &read("", &[])["runs"][0]["results"][0];
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(region["startLine"], 2);
        assert_eq!(region["startColumn"], 6);
        assert_eq!(region["endColumn"], 10);
        assert_eq!(region["snippet"]["text"], "unit");
        assert_eq!(result["locations"][0]["message"]["text"], "not always");
        assert_eq!(
            result["message"]["text"],
            "gate `unit` can be skipped\nnote: push of branch `main`, changing `{docs}/[x]`\nnote: one\nhelp: let it run always"
        );
        assert_eq!(
            result["relatedLocations"][0]["message"]["text"],
            "counterexample: push of branch `main`, changing `{docs}/[x]`"
        );
        assert_eq!(result["relatedLocations"][1]["message"]["text"], "in this call of `service`");
        let changes = &result["fixes"][0]["artifactChanges"];
        assert_eq!(changes[0]["artifactLocation"]["uri"], "a%20b/%C3%BC.pipe");
        // The character before it has two UTF-16 code units.
        assert_eq!(changes[0]["replacements"][0]["deletedRegion"]["startColumn"], 7);
        assert_eq!(changes[1]["replacements"][0]["deletedRegion"]["startColumn"], 7);
        assert_eq!(changes[1]["replacements"][0]["deletedRegion"]["endColumn"], 7);
        assert_eq!(changes[1]["replacements"][0]["insertedContent"]["text"], ";");
    }

    #[test]
    fn a_text_is_no_link_and_no_placeholder() {
        assert_eq!(literal("`x { a }` and `[b]`"), "`x { a }` and `[b]`");
        assert_eq!(literal("`{0}` { }"), "`{{0}}` {{ }}");
        assert_eq!(literal("[a\\](1)"), "\\[a\\\\\\](1)");
    }

    #[test]
    fn the_rules_are_the_codes_that_occur_with_their_pages() {
        let log = read("", &[]);
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), 2);
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
        assert_eq!(rules[0]["name"], "SkippableGate");
        assert_eq!(rules[0]["shortDescription"]["text"], "a gate can be skipped");
        assert_eq!(rules[0]["help"]["markdown"], codes::P0401.page());
        let full = rules[0]["fullDescription"]["text"].as_str().unwrap();
        assert!(full.starts_with("A gate is before a deploy") && !full.contains('#'), "{full}");
        assert_eq!(run["results"][1]["locations"], json!([]));
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    }

    #[test]
    fn paths_are_relative_to_the_repository_and_problems_are_notifications() {
        let trouble = |path: &str| Trouble { path: path.into(), message: "no".into(), help: None };
        let log = read("sub dir/", &[trouble("x.pipe"), trouble("/away")]);
        let run = &log["runs"][0];
        let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "sub%20dir/a%20b/%C3%BC.pipe");
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        let notifications = &invocation["toolExecutionNotifications"];
        let place = &notifications[0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "sub%20dir/x.pipe");
        assert_eq!(notifications[1]["locations"], Value::Null);
    }
}
