//! Measures the parser in bytes per second, by length. Twice the text must take twice the time.

use divan::Bencher;
use divan::counter::BytesCount;
use pipec_base::Anchor;

const PROGRAM: &str = include_str!("../tests/good/service.pipe");
const LENGTHS: [usize; 3] = [1 << 18, 1 << 19, 1 << 20];

fn main() {
    divan::main();
}

/// Repeated declarations, up to a length in bytes.
fn text(length: usize) -> String {
    PROGRAM.repeat(length / PROGRAM.len())
}

#[divan::bench(args = LENGTHS)]
fn parse(bencher: Bencher<'_, '_>, length: usize) {
    let text = text(length);
    bencher.counter(BytesCount::of_str(&text)).bench(|| pipec_syntax::parse(Anchor(0), &text));
}

#[divan::bench(args = LENGTHS)]
fn lex(bencher: Bencher<'_, '_>, length: usize) {
    let text = text(length);
    bencher.counter(BytesCount::of_str(&text)).bench(|| pipec_syntax::lex(Anchor(0), &text));
}
