//! Texts and their layouts: `cases/NAME.pipe` becomes `cases/NAME.formatted`.
//!
//! `UPDATE_GOLDEN` rewrites the layouts.

#![expect(clippy::expect_used, clippy::panic, reason = "a failing helper fails its test")]

use std::path::{Path, PathBuf};

use pipec_base::Anchor;
use pipec_format::{Formatted, format};

#[expect(clippy::disallowed_methods, reason = "the cases are files")]
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pipe"))
        .collect();
    cases.sort();
    cases
}

#[expect(clippy::disallowed_methods, reason = "the cases are files")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the layouts are written for a person to review")]
fn update(path: &Path, text: &str) -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some() && {
        std::fs::write(path, text).expect("the case's folder is writable");
        true
    }
}

fn formatted(name: &str, text: &str) -> String {
    match format(Anchor(0), text) {
        Formatted::Done(text) => text,
        Formatted::Broken(diagnostics) => panic!("{name}: {diagnostics:#?}"),
    }
}

#[test]
fn every_case_has_the_layout_of_its_golden_file() {
    let cases = cases();
    assert!(cases.len() >= 8, "cases are missing: {cases:?}");
    let mut wrong = Vec::new();
    for case in cases {
        let name = case.display().to_string();
        let found = formatted(&name, &read(&case));
        assert_eq!(formatted(&name, &found), found, "{name} is laid out in two ways");
        let golden = case.with_extension("formatted");
        if !update(&golden, &found) && found != read(&golden) {
            wrong.push(format!("{name} became\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
