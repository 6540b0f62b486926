//! Every case of `tests/cases` gives exactly its listed findings. `UPDATE_CASES=1` rewrites them: review each of them.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use pipec_tests::cases::{broken_fixes, compile, read, render, with_findings};
use std::path::{Path, PathBuf};

fn pages(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the cases") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            pages(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            all.push(path);
        }
    }
}

#[test]
fn every_case_has_exactly_its_findings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut all = Vec::new();
    pages(&folder, &mut all);
    all.sort();
    let (mut count, mut wrong) = (0, Vec::new());
    for path in &all {
        let name = path.strip_prefix(&folder).expect("below the cases").display();
        let page = std::fs::read_to_string(path).expect("a page");
        let cases = read(&page).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut rendered = Vec::new();
        for case in &cases {
            count += 1;
            let compilation = compile(&case.sources);
            let findings = render(&compilation);
            if findings != case.findings && !update {
                wrong.push(format!(
                    "{name}: {}\n--- expected\n{}--- found\n{findings}",
                    case.title, case.findings
                ));
            }
            for fix in broken_fixes(&case.sources, &compilation) {
                wrong.push(format!("{name}: {}: {fix}", case.title));
            }
            rendered.push(findings);
        }
        if update {
            std::fs::write(path, with_findings(&page, &cases, &rendered)).expect("a page is written");
        }
    }
    assert!(count >= 120 || update, "only {count} cases are left");
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
}
