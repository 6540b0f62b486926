//! Broken programs: their findings, places and fixes, and the parts that survive.
#![expect(clippy::string_slice, reason = "a wrong slice fails the test")]
#![expect(clippy::disallowed_methods, reason = "the cases are files")]

#[path = "support/outline.rs"]
mod outline;
#[path = "support/report.rs"]
mod report;

use pipec_base::Anchor;
use pipec_syntax::{Parsed, parse};
use report::{mend, report};

/// Parses a text.
fn read(text: &str) -> Parsed {
    parse(Anchor(0), text)
}

#[test]
fn each_mistake_is_reported_once_and_intact_parts_survive() {
    insta::glob!("broken/*.pipe", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        insta::with_settings!({
            snapshot_path => "broken",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("report", report(&text));
        });
    });
}

#[test]
fn every_fix_removes_its_finding() {
    insta::glob!("broken/*.pipe", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let diagnostics = read(&text).diagnostics;
        assert!(!diagnostics.is_empty(), "nothing is broken in {}", path.display());
        for finding in diagnostics.iter().filter(|finding| finding.fix.is_some()) {
            let mended = mend(&text, finding);
            let left = read(&mended).diagnostics;
            assert!(
                left.len() < diagnostics.len(),
                "{}: `{}` mends nothing:\n{mended}\n{left:#?}",
                path.display(),
                finding.fix.as_ref().map_or("", |fix| &fix.title),
            );
        }
    });
}
