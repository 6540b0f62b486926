//! Texts that the formatter does not change.

#![expect(clippy::panic, reason = "a failing helper fails its test")]

use pipec_base::Anchor;
use pipec_format::{Formatted, format};

fn codes(text: &str) -> Vec<String> {
    match format(Anchor(0), text) {
        Formatted::Done(text) => panic!("laid out as {text}"),
        Formatted::Broken(diagnostics) => {
            diagnostics.iter().map(|finding| finding.code.to_string()).collect()
        }
    }
}

#[test]
fn a_text_with_a_syntax_error_is_refused_with_that_error() {
    assert_eq!(codes("let a = \"x\nlet b = 1\n"), ["P0005"]);
    assert_eq!(codes("pipeline a { on push to main\n"), ["P0010"]);
}

#[test]
fn a_text_too_long_to_be_read_is_refused() {
    assert_eq!(codes(&"// long\n".repeat(1 << 20)), ["P0002"]);
}

#[test]
fn an_empty_text_stays_empty() {
    for text in ["", "\n\n  \n", "\u{feff}"] {
        assert_eq!(format(Anchor(0), text), Formatted::Done(String::new()));
    }
}
