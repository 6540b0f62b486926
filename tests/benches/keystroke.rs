//! Measures the time after a keystroke in an editor.
//!
//! The workspace has 500 files, one of which has 5,000 lines.

use divan::Bencher;
use pipec_driver::{Content, InputText, Options, Session};
use pipec_tests::large::{Shape, pipeline};
use pipec_tests::workflows;
use std::sync::Arc;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The number of files in the workspace.
const FILES: usize = 500;
/// The number of nodes of each pipeline.
const NODES: usize = 20;
/// The number of lines of the edited file.
const LINES: usize = 5_000;

fn main() {
    divan::main();
}

/// The workspace. Its first file is filled with pipelines.
fn workspace() -> Vec<InputText> {
    let file = |path: String, text: String| InputText { path, content: Content::Text(text.into()) };
    let mut long = String::new();
    let mut number = FILES;
    while long.lines().count() < LINES {
        long.push_str(&pipeline(number, NODES, Shape::Service));
        long.push('\n');
        number += 1;
    }
    let others = (1..FILES)
        .map(|number| file(format!("service-{number:04}.pipe"), pipeline(number, NODES, Shape::Service)));
    std::iter::once(file("a-long-file.pipe".to_owned(), long)).chain(others).collect()
}

/// Two states of the workspace that differ in one character of a script. The script is in a pipeline in the middle of
/// the long file.
fn states() -> [Vec<InputText>; 2] {
    let before = workspace();
    let mut after = before.clone();
    if let Some(InputText { content: Content::Text(text), .. }) = after.first_mut() {
        let middle = text.find("make check-7\"").map_or(0, |first| first + text.len() / 2);
        let place =
            text.get(middle..).and_then(|rest| rest.find("make check-7\"")).map_or(0, |at| middle + at);
        let (head, tail) = text.split_at(place + "make check-7".len());
        *text = Arc::from(format!("{head}x{tail}"));
    }
    assert_ne!(before, after, "one of them has an edit");
    [before, after]
}

fn keystroke(bencher: Bencher<'_, '_>, options: Options<'_>) {
    let [mut now, mut next] = states();
    let mut session = Session::for_editor();
    assert!(!session.compile(&now, &options).is_refused(), "what is measured is a workspace that is proven");
    bencher.bench_local(|| {
        std::mem::swap(&mut now, &mut next);
        session.compile(&now, &options)
    });
}

/// The findings of the source after a keystroke.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn source(bencher: Bencher<'_, '_>) {
    keystroke(bencher, Options { targets: &[], ..workflows::options() });
}

/// The findings of the source after a keystroke, with every output compiled and proven.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn with_targets(bencher: Bencher<'_, '_>) {
    keystroke(bencher, workflows::options());
}

/// The whole workspace with its targets, in a new session.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn whole_workspace(bencher: Bencher<'_, '_>) {
    let [texts, _] = states();
    let options = workflows::options();
    bencher.bench(|| Session::new().compile(&texts, &options));
}
