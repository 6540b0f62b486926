//! Measures checking and building a workspace, and how the time grows.
//!
//! It grows in pipelines, and in the nodes of one.

use divan::Bencher;
use divan::counter::ItemsCount;
use pipec_driver::{Content, InputText, Options, Session};
use pipec_tests::large::{Shape, pipeline};
use pipec_tests::workflows;

/// The number of pipelines, the nodes of each, and their shape.
const WORKSPACES: [(usize, usize, Shape); 8] = [
    (1, 20, Shape::Service),
    (10, 20, Shape::Service),
    (100, 20, Shape::Service),
    (1, 50, Shape::Service),
    (1, 200, Shape::Service),
    (1, 500, Shape::Service),
    (1, 50, Shape::Stages),
    (1, 200, Shape::Globs),
];

fn main() {
    divan::main();
}

fn compile(bencher: Bencher<'_, '_>, (pipelines, nodes, shape): (usize, usize, Shape), options: Options<'_>) {
    let texts: Vec<InputText> = (0..pipelines)
        .map(|number| InputText {
            path: format!("service-{number:04}.pipe"),
            content: Content::Text(pipeline(number, nodes, shape).into()),
        })
        .collect();
    let compilation = Session::new().compile(&texts, &options);
    assert!(!compilation.is_refused(), "what is measured is a workspace that is proven");
    bencher.counter(ItemsCount::new(pipelines * nodes)).bench(|| Session::new().compile(&texts, &options));
}

/// Reads and proves the source.
#[divan::bench(args = WORKSPACES)]
fn check(bencher: Bencher<'_, '_>, workspace: (usize, usize, Shape)) {
    compile(bencher, workspace, Options { targets: &[], ..workflows::options() });
}

/// Reads and proves the source, compiles it for every target, and proves the outputs.
#[divan::bench(args = WORKSPACES)]
fn build(bencher: Bencher<'_, '_>, workspace: (usize, usize, Shape)) {
    compile(bencher, workspace, workflows::options());
}
