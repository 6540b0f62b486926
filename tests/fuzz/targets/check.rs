//! Any text can be checked and reported.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    pipec_fuzz::compile(text, false);
});
