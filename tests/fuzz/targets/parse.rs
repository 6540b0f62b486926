//! Any text has a tree, and every finding has a place in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pipec_base::Anchor;

fuzz_target!(|text: &str| {
    let parsed = pipec_syntax::parse(Anchor(0), text);
    pipec_fuzz::lie_inside(&parsed.diagnostics, text);
});
