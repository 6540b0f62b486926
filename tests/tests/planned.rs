//! Programs with planned forms: they parse, they have a stable layout, and only these forms are refused.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use pipec_base::{Anchor, Diagnostic, codes};
use pipec_format::Formatted;
use pipec_tests::cases::compile;
use std::path::Path;

/// The programs with their names.
fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("planned");
    let mut programs: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the programs")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("a program"))
        })
        .collect();
    programs.sort();
    assert!(programs.len() >= 11, "{} programs", programs.len());
    programs
}

fn shown(findings: &[Diagnostic], text: &str) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            let place = text.get(finding.span().range()).unwrap_or_default();
            format!("{}: {} (at `{place}`)", finding.code, finding.message)
        })
        .collect()
}

#[test]
fn nothing_but_planned_forms_is_refused() {
    let mut wrong = Vec::new();
    for (name, text) in programs() {
        let compilation = compile(&[("main.pipe".to_owned(), text.clone())]);
        let (planned, others): (Vec<Diagnostic>, Vec<Diagnostic>) =
            compilation.diagnostics.into_iter().partition(|finding| finding.code == codes::P0020);
        assert!(!planned.is_empty(), "{name} has no planned form");
        let others: Vec<Diagnostic> = others.into_iter().filter(Diagnostic::is_error).collect();
        wrong.extend(shown(&others, &text).into_iter().map(|finding| format!("{name}: {finding}")));
        assert!(compilation.outputs.is_empty(), "{name} is built");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn planned_forms_have_a_stable_layout() {
    let format = |name: &str, text: &str| match pipec_format::format(Anchor::default(), text) {
        Formatted::Done(result) => result,
        Formatted::Broken(findings) => panic!("{name}: {findings:#?}"),
    };
    for (name, text) in programs() {
        assert_eq!(format(&name, &text), text, "{name} has another layout");
        // Without its line ends, a program has another layout, but the same tokens.
        let mut on_one_line = text.clone();
        for token in pipec_syntax::parse(Anchor::default(), &text).tokens.iter().rev() {
            if token.is_comment() {
                on_one_line.replace_range(token.span.range(), "");
            }
        }
        let on_one_line = on_one_line.replace('\n', " ");
        let once = format(&name, &on_one_line);
        assert_eq!(format(&name, &once), once, "{name} on one line");
    }
}
