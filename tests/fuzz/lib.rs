//! The common part of the fuzz targets.
//!
//! A text becomes a workspace of one file, which is compiled and reported as by the command line.

use pipec_base::{Diagnostic, Severity, codes};
use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_report::{Colour, human, json};
use std::sync::Arc;

/// A day between the expiry dates of the corpus, so that some allowances have expired.
const TODAY: pipec_syntax::ast::Date = pipec_syntax::ast::Date { year: 2026, month: 11, day: 21 };

/// Compiles a text with the standard library and reports the findings. The targets are all or none.
///
/// # Panics
/// If the compiler finds an error in itself, or a finding has no place.
pub fn compile(text: &str, for_targets: bool) -> Compilation {
    let texts = [InputText { path: "fuzz.pipe".to_owned(), content: Content::Text(Arc::from(text)) }];
    let targets = if for_targets { pipec_targets::all() } else { &[] };
    let options = Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets,
        today: TODAY,
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
    let compilation = Session::new().compile(&texts, &options);
    for finding in &compilation.diagnostics {
        assert!(![codes::P0099, codes::P1190].contains(&finding.code), "{finding:#?}");
    }
    let report = human::diagnostics(&compilation.sources, &compilation.diagnostics, Colour::Never);
    assert_eq!(report.is_empty(), compilation.diagnostics.is_empty());
    json::report(&compilation.sources, &compilation.program, &compilation.diagnostics, &json::Results::default());
    compilation
}

/// Checks that every finding is inside the text, between characters.
///
/// # Panics
/// If one is not.
pub fn lie_inside(findings: &[Diagnostic], text: &str) {
    for finding in findings {
        for label in &finding.labels {
            assert!(text.get(label.span.range()).is_some(), "{:?} of {finding:#?}", label.span);
        }
    }
}

/// Whether a finding refuses the text.
pub fn is_refused(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}
