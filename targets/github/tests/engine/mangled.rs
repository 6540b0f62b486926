//! The model never panics, whatever the bytes. It never proves a file that is no workflow.

use crate::sample::{hello, shop};
use crate::whole::{compiled, findings};
use pipec_ir::GeneratedFile;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mutation_of_a_good_file_is_checked(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40, "[ -~\n\t\u{e9}]{0,12}"), 1..6),
    ) {
        let build = hello();
        let good = compiled(&build);
        let mut characters: Vec<char> = good.text.chars().collect();
        for (at, length, insert) in edits {
            let start = at.index(characters.len() + 1);
            let end = (start + length).min(characters.len());
            characters.splice(start..end, insert.chars());
        }
        let text: String = characters.into_iter().collect();
        let _ = findings(&build, &GeneratedFile { text, ..good });
    }

    #[test]
    fn any_text_is_refused(text in "[ -~\n]{0,200}") {
        let build = hello();
        let good = compiled(&build);
        let findings = findings(&build, &GeneratedFile { text, ..good });
        prop_assert!(!findings.is_empty());
    }
}

#[test]
fn a_missing_line_is_checked() {
    let build = shop();
    let good = compiled(&build);
    let lines: Vec<&str> = good.text.lines().collect();
    for left_out in (0..lines.len()).step_by(29) {
        let kept = lines.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, line)| *line);
        let text = kept.collect::<Vec<_>>().join("\n");
        let _ = findings(&build, &GeneratedFile { text, ..good.clone() });
    }
}
