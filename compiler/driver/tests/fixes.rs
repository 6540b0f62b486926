//! Remedies carried out over a workspace.

use pipec_driver::{Content, Fixed, InputText, Options, fix};
use pipec_ir::EngineWord;
use pipec_syntax::ast::Date;

const STANDARD: &[(&str, &str)] = &[];

fn options() -> Options<'static> {
    Options {
        standard: STANDARD,
        engines: &[&EngineWord("github"), &EngineWord("gitlab"), &EngineWord("tekton")],
        targets: &[],
        today: Date { year: 2026, month: 6, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    }
}

fn fixed(files: &[(&str, &str)], only: Option<&str>) -> Fixed {
    let texts: Vec<InputText> = files
        .iter()
        .map(|(path, text)| InputText { path: (*path).to_owned(), content: Content::Text((*text).into()) })
        .collect();
    fix(&texts, only, &options())
}

fn new_text<'a>(fixed: &'a Fixed, path: &str) -> Option<&'a str> {
    fixed.changed.iter().find(|(known, ..)| known == path).map(|(_, _, new)| new.as_str())
}

#[test]
fn every_fix_is_applied_and_the_rest_stays_byte_for_byte() {
    let source = "// é  odd   layout\npipeline x {\n  on push main\n  stage   commit {\n\tgaet unit: test { run 'make' }\n  }\n}\n";
    let fixed = fixed(&[("x.pipe", source)], None);
    assert_eq!(
        new_text(&fixed, "x.pipe"),
        Some(
            "// é  odd   layout\npipeline x {\n  on push to main\n  stage   commit {\n\tgate unit: test { run \"make\" }\n  }\n}\n"
        ),
        "{:#?}",
        fixed.compilation.diagnostics
    );
    assert!(fixed.compilation.diagnostics.is_empty(), "{:#?}", fixed.compilation.diagnostics);
    let told: Vec<(u32, &str)> = fixed.applied.iter().map(|fix| (fix.line, fix.title.as_str())).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&(5, "write `gate`")), "{told:?}");
}

#[test]
fn a_fix_may_uncover_another() {
    // The name is resolved only once the clause is read.
    let source = "let region = \"north\"\npipeline x {\n  on push to main\n  stage commit {\n    gaet unit: test {\n      env REGION = regoin\n      run \"make\"\n    }\n  }\n}\n";
    let fixed = fixed(&[("x.pipe", source)], None);
    let mended = |text: &str| text.contains("gate unit: test {") && text.contains("env REGION = region\n");
    assert!(new_text(&fixed, "x.pipe").is_some_and(mended), "{fixed:#?}");
    assert!(fixed.compilation.diagnostics.is_empty());
}

#[test]
fn a_file_given_is_the_only_one_that_changes() {
    let broken = |name: &str| {
        format!(
            "pipeline {name} {{\n  on push main\n  stage commit {{ gate unit: test {{ run \"make\" }} }}\n}}\n"
        )
    };
    let (a, b) = (broken("a"), broken("b"));
    let fixed = fixed(&[("a.pipe", &a), ("b.pipe", &b)], Some("b.pipe"));
    assert_eq!(fixed.changed.len(), 1);
    assert!(new_text(&fixed, "b.pipe").is_some_and(|text| text.contains("on push to main")));
    assert!(fixed.compilation.is_refused(), "the other file is as it was");
}

#[test]
fn findings_without_fixes_remain() {
    let texts = [
        InputText { path: "a.pipe".into(), content: Content::Unreadable },
        InputText { path: "b.pipe".into(), content: Content::TooLarge },
        InputText {
            path: "c.pipe".into(),
            content: Content::NotText { readable: "gaet \u{fffd}".into(), offset: 5, utf16: false },
        },
    ];
    let fixed = fix(&texts, None, &options());
    assert_eq!((fixed.changed.len(), fixed.applied.len()), (0, 0));
}

#[test]
fn a_clause_that_is_dropped_takes_its_line_with_it() {
    let source = "pipeline x {\n  on push to main\n  change schema \"migrations/**\"\n  change config \"**\"\n  stage commit {\n    \
                  gate unit: test { retry 2 because \"it wavers\" run \"make\" }\n  }\n}\n";
    let fixed = fixed(&[("x.pipe", source)], None);
    assert_eq!(
        new_text(&fixed, "x.pipe"),
        Some(
            "pipeline x {\n  on push to main\n  change config \"**\"\n  stage commit {\n    gate unit: test {  run \"make\" }\n  }\n}\n"
        )
    );
}

/// Fixing a file never adds an error of syntax, and fixing it again changes nothing.
#[test]
fn fixing_never_breaks_a_file_and_always_ends() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../syntax/tests/broken");
    let mut number = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pipe") {
            continue;
        }
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        number += 1;
        let errors = |text: &str| {
            let found = pipec_syntax::parse(pipec_base::Anchor(0), text).diagnostics;
            found.iter().filter(|finding| finding.is_error()).count()
        };
        let once = fixed(&[("x.pipe", &source)], None);
        let Some(new) = new_text(&once, "x.pipe") else { continue };
        assert!(errors(new) <= errors(&source), "{}:\n{new}", path.display());
        let twice = fixed(&[("x.pipe", new)], None);
        assert_eq!(new_text(&twice, "x.pipe"), None, "{}:\n{new}\n{:#?}", path.display(), twice.applied);
    }
    assert!(number > 20, "{number}");
}
