//! A proven program compiles to an output with the same meaning. A refused program gives no output.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let compilation = pipec_fuzz::compile(text, true);
    assert!(compilation.outputs.is_empty() || !pipec_fuzz::is_refused(&compilation.diagnostics));
});
