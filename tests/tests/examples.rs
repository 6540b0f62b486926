//! Every example is proven without a finding and formatted, and its committed output is current.

#![expect(clippy::expect_used, reason = "a helper that panics fails its test")]

use pipec_base::Anchor;
use pipec_driver::{Disk, Options, Session, plan, plan_lock, read};
use pipec_format::{Formatted, format};
use pipec_syntax::ast::Date;
use std::path::{Path, PathBuf};

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root.join("examples"))
        .expect("the examples")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    assert!(all.len() >= 4, "{all:?}");
    all
}

/// Checks that a workspace is proven without a finding, with its `pipec.lock`. Its outputs must be current.
fn is_proven_and_has_not_drifted(root: &Path) {
    let workspace = read(&Disk, root);
    let options = Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets: pipec_targets::all(),
        today: Date { year: 2026, month: 1, day: 1 },
        lock: workspace.pins(),
        emits_outputs: true,
        lists_assumptions: false,
    };
    assert_eq!(workspace.problems, [], "{}", root.display());
    let compilation = Session::new().compile(&workspace.texts, &options);
    assert_eq!(compilation.diagnostics, [], "{}", root.display());
    assert!(!compilation.outputs.is_empty(), "{} compiles to nothing", root.display());
    let planned = plan(&Disk, root, &compilation.outputs, pipec_targets::all());
    for file in planned.files {
        assert!(
            !file.is_changed(),
            "{}: {} is not what the compiler writes: run `pipec build {}`",
            root.display(),
            file.output.file.path,
            root.display()
        );
    }
    let lock = plan_lock(&Disk, root, &compilation.pins, workspace.lock.as_ref())
        .expect("a lock that may be written")
        .expect("pins");
    assert!(
        !lock.is_changed(),
        "{}: pipec.lock is not what the compiler writes: run `pipec build {}`",
        root.display(),
        root.display()
    );
}

#[test]
fn every_example_is_proven_and_its_output_is_current() {
    for example in examples() {
        is_proven_and_has_not_drifted(&example);
    }
}

#[test]
fn pipecs_own_pipeline_is_proven_and_its_output_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    let sources: Vec<String> = read(&Disk, root).texts.into_iter().map(|text| text.path).collect();
    assert_eq!(sources, ["tests/pipec.pipe"], "`.pipeignore` keeps the others out");
    is_proven_and_has_not_drifted(root);
}

#[test]
fn every_example_is_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    for example in examples().into_iter().chain([root.to_owned()]) {
        for input in read(&Disk, &example).texts {
            let text = std::fs::read_to_string(example.join(&input.path)).expect("a source");
            let Formatted::Done(laid_out) = format(Anchor(0), &text) else { panic!("{}", input.path) };
            assert_eq!(laid_out, text, "{}/{}", example.display(), input.path);
        }
    }
}
