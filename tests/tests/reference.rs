//! Every program in the reference is checked.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_syntax::ast::Date;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the workspace")
        .join("compiler/docs")
}

fn compile(text: &str) -> Compilation {
    let options = Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets: pipec_targets::all(),
        today: Date { year: 2026, month: 1, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
    let texts = [InputText { path: "example.pipe".to_owned(), content: Content::Text(text.into()) }];
    Session::new().compile(&texts, &options)
}

struct Fence {
    page: String,
    line: usize,
    unbuilt: bool,
    text: String,
}

fn fences() -> Vec<Fence> {
    let mut found = Vec::new();
    let mut pages: Vec<PathBuf> = std::fs::read_dir(docs())
        .expect("the reference")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    for page in pages {
        let name = page.file_name().expect("a name").to_string_lossy().into_owned();
        let content = std::fs::read_to_string(&page).expect("a page");
        let mut open: Option<Fence> = None;
        let mut other = false;
        for (number, line) in content.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (Some(fence), None) => fence.text.push_str(&format!("{line}\n")),
                (Some(_), Some(_)) => found.extend(open.take()),
                (None, Some("")) if other => other = false,
                (None, Some(language @ ("pipe" | "pipe unbuilt"))) => {
                    let unbuilt = language != "pipe";
                    open = Some(Fence { page: name.clone(), line: number + 1, unbuilt, text: String::new() });
                }
                (None, Some(_)) => other = true,
                (None, None) => {}
            }
        }
        assert!(open.is_none() && !other, "{name} leaves a fence open");
    }
    found
}

#[test]
fn every_program_of_the_reference_is_proven() {
    let fences = fences();
    assert!(fences.len() >= 6, "only {} programs found", fences.len());
    for Fence { page, line, unbuilt, text } in fences {
        let compilation = compile(&text);
        let codes: Vec<String> =
            compilation.diagnostics.iter().map(|it| format!("{} {}", it.code, it.message)).collect();
        if unbuilt {
            assert!(!codes.is_empty(), "{page}:{line} is built by now: say so");
            assert!(codes.iter().all(|code| code.starts_with("P1101")), "{page}:{line}: {codes:#?}");
        } else {
            assert!(codes.is_empty(), "{page}:{line}: {codes:#?}");
        }
    }
}

#[test]
fn every_program_of_the_reference_is_formatted() {
    for Fence { page, line, text, .. } in fences() {
        let laid_out = match pipec_format::format(pipec_base::Anchor(0), &text) {
            pipec_format::Formatted::Done(laid_out) => laid_out,
            pipec_format::Formatted::Broken(findings) => panic!("{page}:{line}: {findings:#?}"),
        };
        assert_eq!(laid_out, text, "{page}:{line}");
    }
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    for entry in std::fs::read_dir(docs()).expect("the reference") {
        let page = entry.expect("an entry").path();
        let content = std::fs::read_to_string(&page).expect("a page");
        for link in content.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            if file.starts_with("https://") {
                continue;
            }
            let target = if file.is_empty() { page.clone() } else { docs().join(file) };
            let text =
                std::fs::read_to_string(&target).unwrap_or_else(|_| panic!("{}: {link}", page.display()));
            let has_anchor = text.lines().filter_map(|line| line.strip_prefix('#')).any(|heading| {
                let slug = heading.trim_start_matches('#').trim().to_lowercase();
                let slug = slug.replace(' ', "-").replace([',', '.', '`'], "");
                slug == anchor
            });
            assert!(anchor.is_empty() || has_anchor, "{}: {link}", page.display());
        }
    }
}
