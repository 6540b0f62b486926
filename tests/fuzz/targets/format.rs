//! Any text that parses can be formatted, and a formatted text does not change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipec_base::{Anchor, codes};
use pipec_format::{Formatted, format};

fuzz_target!(|text: &str| {
    match format(Anchor(0), text) {
        Formatted::Done(laid_out) => {
            assert_eq!(format(Anchor(0), &laid_out), Formatted::Done(laid_out.clone()), "{laid_out}");
        }
        Formatted::Broken(findings) => {
            assert!(findings.iter().all(|finding| finding.code != codes::P0099), "{text}");
        }
    }
});
