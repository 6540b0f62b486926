//! The rules of the project that a machine can check.
//!
//! They concern dependencies between crates and between modules, the top level of the repository, exceptions from
//! lints, and texts that no committed file may contain.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper that panics fails its test"
)]

use pipec_tests::modules::{self, Modules};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that each crate may depend on. Every other dependency is forbidden, except in tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("pipec-base", &[]),
    ("pipec-logic", &["pipec-base"]),
    ("pipec-yaml", &[]),
    ("pipec-stdlib", &[]),
    ("pipec-syntax", &["pipec-base"]),
    ("pipec-format", &["pipec-base", "pipec-syntax"]),
    ("pipec-ir", &["pipec-base", "pipec-logic"]),
    ("pipec-claims", &["pipec-base", "pipec-ir"]),
    ("pipec-analysis", &["pipec-base", "pipec-claims", "pipec-ir", "pipec-logic", "pipec-syntax"]),
    ("pipec-report", &["pipec-base", "pipec-claims", "pipec-ir"]),
    (
        "pipec-driver",
        &[
            "pipec-analysis",
            "pipec-base",
            "pipec-claims",
            "pipec-format",
            "pipec-ir",
            "pipec-syntax",
            "pipec-target-api",
        ],
    ),
    ("pipec-target-api", &["pipec-base", "pipec-claims", "pipec-ir"]),
    ("pipec-runtime", &[]),
    ("pipec-model", &["pipec-ir", "pipec-logic", "pipec-runtime"]),
    (
        "pipec-prover",
        &["pipec-base", "pipec-claims", "pipec-ir", "pipec-logic", "pipec-model", "pipec-runtime"],
    ),
    ("pipec-lowering", &["pipec-base", "pipec-ir", "pipec-logic", "pipec-runtime"]),
    ("pipec-github-catalogue", &["pipec-base", "pipec-ir"]),
    (
        "pipec-github-emit",
        &[
            "pipec-base",
            "pipec-claims",
            "pipec-github-catalogue",
            "pipec-ir",
            "pipec-logic",
            "pipec-lowering",
            "pipec-runtime",
            "pipec-target-api",
            "pipec-yaml",
        ],
    ),
    (
        "pipec-github-engine",
        &["pipec-base", "pipec-github-catalogue", "pipec-ir", "pipec-logic", "pipec-model", "pipec-runtime"],
    ),
    (
        "pipec-github",
        &[
            "pipec-base",
            "pipec-claims",
            "pipec-github-emit",
            "pipec-github-engine",
            "pipec-ir",
            "pipec-model",
            "pipec-prover",
            "pipec-target-api",
        ],
    ),
    ("pipec-targets", &["pipec-base", "pipec-github", "pipec-ir", "pipec-target-api"]),
    (
        "pipec-cli",
        &[
            "pipec-base",
            "pipec-driver",
            "pipec-format",
            "pipec-ir",
            "pipec-report",
            "pipec-stdlib",
            "pipec-syntax",
            "pipec-targets",
        ],
    ),
];

/// Layers inside a crate: a folder, and files and folders in it, the lowest first. None may name a later one.
const LAYERS: &[(&str, &[&str])] = &[
    ("compiler/driver/src", &["problem", "files", "input", "standing", "transaction", "workspace", "read"]),
    ("compiler/analysis/src", &["value", "scope", "expand", "theorems"]),
    ("targets/github/engine/src", &["read", "meaning", "surroundings", "model"]),
    ("targets/github/emit/src", &["document", "lower", "refusals"]),
];

/// The known circles of modules, each with its reason. Every other circle fails the test, and so does a row whose
/// circle no longer exists.
const CIRCLES: &[(&str, &[&str], &str)] = &[
    ("compiler/analysis/src/scripts", &["parser", "redirects"], "one parser in two files"),
    ("compiler/syntax/src", &["content", "reader"], "clauses hold blocks, and blocks hold clauses"),
    ("compiler/syntax/src/grammar", &["blocks", "parts", "planned", "top"], "the rules of one grammar"),
    ("compiler/syntax/src/ast", &["body", "pipeline", "value"], "the types of one tree"),
    ("compiler/ir/src", &["condition", "node", "pipeline"], "the types of one tree"),
    ("targets/github/engine/src/read", &["expression", "text"], "a text knows whether its expressions leak"),
    ("targets/prover/src", &["gating", "overrides"], "a gate passes by its own result or by its override"),
];

/// The only crates whose `clippy.toml` may lift bans. The bans are on files, environment, clock and standard output.
const AT_THE_EDGE: &[&str] = &["compiler/cli", "compiler/driver", "tests"];

/// The crates that all emitters share, and those that all engine models share. Neither side may depend on the other, not
/// even through other crates.
const EMITTER_SIDE: &[&str] = &["pipec-yaml", "pipec-lowering", "pipec-target-api"];
const READER_SIDE: &[&str] = &["pipec-model", "pipec-prover"];

/// The crates that both sides know: the common mode, in which one fault could hide another. ARCHITECTURE.md lists them.
const COMMON: &[&str] =
    &["pipec-base", "pipec-claims", "pipec-github-catalogue", "pipec-ir", "pipec-logic", "pipec-runtime"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_owned()
}

/// Every file that is not ignored, relative to the root.
fn files() -> Vec<PathBuf> {
    let files: Vec<PathBuf> = ignore::WalkBuilder::new(root())
        .hidden(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .map(|entry| entry.expect("the tree can be read"))
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| entry.path().strip_prefix(root()).expect("below the root").to_owned())
        .collect();
    assert!(files.len() > 100, "these can't be all files: {}", files.len());
    files
}

fn text(path: &Path) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(path)).expect("a listed file can be read")).ok()
}

#[test]
fn arrows_between_crates_run_one_way() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo tells the packages");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut seen = BTreeSet::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        if name == "pipec-tests" {
            continue;
        }
        let may = allowed.get(name).unwrap_or_else(|| panic!("crate {name} has no row in ARROWS"));
        seen.insert(name.to_owned());
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            let for_tests = dependency["kind"].as_str() == Some("dev");
            assert!(for_tests || !to.starts_with("pipec-") || may.contains(&to), "{name} may not know {to}");
        }
    }
    assert_eq!(seen.len(), ARROWS.len(), "ARROWS names a crate that is not there");
}

/// Every crate that a crate may depend on, directly or through others.
fn reach(from: &'static str) -> BTreeSet<&'static str> {
    let allowed: BTreeMap<&str, &[&'static str]> = ARROWS.iter().copied().collect();
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(next) = open.pop() {
        let known = allowed.get(next).unwrap_or_else(|| panic!("crate {next} has no row in ARROWS"));
        open.extend(known.iter().filter(|to| seen.insert(to)));
    }
    seen
}

/// The crates of one side: the shared ones, and that of each engine, whose name ends alike.
fn side(shared: &[&'static str], ending: &str) -> Vec<&'static str> {
    let own = ARROWS.iter().map(|(name, _)| *name).filter(|name| name.ends_with(ending));
    let all: Vec<&str> = shared.iter().copied().chain(own).collect();
    assert!(all.len() > shared.len(), "no crate ends in `{ending}`");
    all
}

#[test]
fn emitters_and_engine_models_cannot_see_each_other() {
    let (emitters, readers) = (side(EMITTER_SIDE, "-emit"), side(READER_SIDE, "-engine"));
    for (side, other) in [(&emitters, &readers), (&readers, &emitters)] {
        for from in side {
            let seen = reach(from);
            for to in other {
                assert!(!seen.contains(to), "{from} can see {to}");
            }
        }
    }
    let seen_by =
        |side: &[&'static str]| -> BTreeSet<&str> { side.iter().flat_map(|from| reach(from)).collect() };
    let common: Vec<&str> = seen_by(&emitters).intersection(&seen_by(&readers)).copied().collect();
    assert_eq!(common, COMMON, "list in ARCHITECTURE.md what both sides know");
}

/// An engine model also reads files that come from no source: `pipec` will audit workflows that people wrote.
#[test]
fn engine_models_name_no_source() {
    let is_of_engine = |path: &PathBuf| {
        let text = path.to_string_lossy();
        text.starts_with("targets/") && text.contains("/engine/src/") && text.ends_with(".rs")
    };
    let engines: Vec<PathBuf> =
        files().into_iter().filter(is_of_engine).filter(|path| !path.ends_with("tests.rs")).collect();
    assert!(engines.len() > 5, "these can't be all files of engine models: {engines:?}");
    for path in engines {
        let text = text(&path).expect("a source is a text");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let mut words = line.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
            let named = words.find(|word| matches!(*word, "Pipeline" | "Program" | "Source" | "SourceFacts"));
            assert_eq!(named, None, "{} names the source: {line}", path.display());
        }
    }
}

/// The source folders of all crates, relative to the root.
fn source_folders() -> BTreeSet<PathBuf> {
    let manifests = files().into_iter().filter(|path| path.ends_with("Cargo.toml"));
    let folders = manifests.filter_map(|path| Some(path.parent()?.join("src")));
    folders.filter(|folder| root().join(folder).is_dir()).collect()
}

fn modules(folder: &Path) -> Modules {
    modules::read(&root().join(folder)).expect("a folder of sources can be read")
}

#[test]
fn modules_form_only_the_known_circles() {
    let mut found: BTreeSet<usize> = BTreeSet::new();
    for source in source_folders() {
        for (folder, circle) in modules(&source).circles() {
            let folder = source.join(folder).to_string_lossy().trim_end_matches('/').to_owned();
            let row = CIRCLES.iter().position(|(of, members, _)| {
                *of == folder && circle.iter().all(|name| members.contains(&name.as_str()))
            });
            found.insert(row.unwrap_or_else(|| panic!("modules of {folder} name one another: {circle:?}")));
        }
    }
    for (row, (folder, members, _)) in CIRCLES.iter().enumerate() {
        assert!(found.contains(&row), "the circle {members:?} in {folder} is open: drop its row in CIRCLES");
    }
}

#[test]
fn layers_name_only_lower_layers() {
    for (folder, layers) in LAYERS {
        let (source, inner) = match folder.split_once("/src/") {
            Some((owner, inner)) => (format!("{owner}/src"), inner),
            None => ((*folder).to_owned(), ""),
        };
        let siblings = modules(Path::new(&source)).siblings(inner);
        let reached = modules::reached(&siblings);
        for (place, layer) in layers.iter().enumerate() {
            let named = reached.get(&(*layer).to_owned());
            let named = named.unwrap_or_else(|| panic!("{folder} has no `{layer}`"));
            let above = layers[place + 1..].iter().find(|above| named.contains(&(**above).to_owned()));
            assert!(above.is_none(), "in {folder}, `{layer}` reaches `{}` above it", above.expect("one"));
        }
    }
}

#[test]
fn no_path_hides_its_target() {
    for source in source_folders() {
        let hidden: Vec<String> = modules(&source).hidden().collect();
        assert_eq!(hidden, Vec::<String>::new(), "name what these use of {}", source.display());
    }
}

#[test]
fn no_file_is_part_of_another_crate() {
    let is_source = |path: &PathBuf| {
        path.to_string_lossy().contains("/src/") && path.extension().is_some_and(|it| it == "rs")
    };
    for path in files().into_iter().filter(is_source) {
        let text = text(&path).expect("a source is text");
        let mut lines = text.lines().map(str::trim_start);
        let borrows = |line: &str| {
            line.starts_with("#[path") || line.starts_with("include!(") && !line.contains("OUT_DIR")
        };
        assert!(!lines.any(borrows), "{} takes in a source by its path", path.display());
    }
}

#[test]
fn the_table_of_crates_is_complete() {
    let text = text(Path::new("compiler/ARCHITECTURE.md")).expect("it is text");
    let table = text.split_once("## The crates").expect("it has the table").1;
    let table = table.split_once("\n## ").map_or(table, |(table, _)| table);
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: BTreeSet<&str> = rows.map(|(folder, _)| folder).collect();
    let manifest = self::text(Path::new("Cargo.toml")).expect("it is text");
    let members = manifest.split_once("members = [").expect("it has members").1;
    let members = members.split_once(']').expect("they end").0;
    let members: BTreeSet<&str> =
        members.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert_eq!(listed, members);
}

#[test]
fn the_top_level_has_only_expected_entries() {
    let expected = [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "compiler",
        "examples",
        "lsp",
        "pipec.lock",
        "stdlib",
        "targets",
        "tests",
    ];
    for path in files() {
        let top = path.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
        assert!(top.starts_with('.') || expected.contains(&top.as_str()), "{top} does not belong at the top");
    }
}

#[test]
fn every_crate_keeps_the_lints_and_only_the_edge_lifts_the_bans() {
    for path in files() {
        let folder = path.parent().expect("a folder").to_string_lossy().into_owned();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("Cargo.toml") if !folder.is_empty() && !folder.starts_with("examples") => {
                let manifest = text(&path).expect("a manifest is text");
                assert!(manifest.contains("[lints]\nworkspace = true"), "{folder} does not keep the lints");
            }
            Some("clippy.toml" | ".clippy.toml") if !folder.is_empty() && !folder.starts_with("examples") => {
                assert!(AT_THE_EDGE.contains(&folder.as_str()), "{folder} may not lift the bans");
            }
            _ => {}
        }
    }
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let allow = concat!("#", "[allow(");
    let allow_all = concat!("#", "![allow(");
    for path in files().into_iter().filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        let source = text(&path).expect("source is text");
        assert!(!source.contains(allow) && !source.contains(allow_all), "{} allows a lint", path.display());
    }
}

#[test]
fn no_committed_file_names_a_machine_or_a_registry() {
    let hosts: Vec<String> = [
        ["registry.npmjs", "org"],
        ["static.crates", "io"],
        ["index.crates", "io"],
        ["files.pythonhosted", "org"],
        ["proxy.golang", "org"],
        ["deb.debian", "org"],
    ]
    .iter()
    .map(|parts| parts.join("."))
    .collect();
    let homes = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")];
    for path in files() {
        let Some(content) = text(&path) else { continue };
        for host in &hosts {
            assert!(!content.contains(host), "{} names {host}", path.display());
        }
        for home in homes {
            let names_home = content.match_indices(home).any(|(at, _)| {
                !content[..at]
                    .ends_with(|before: char| before.is_alphanumeric() || "_./-~}*".contains(before))
            });
            assert!(!names_home, "{} names a folder of a machine: {home}", path.display());
        }
    }
}

#[test]
fn the_changelog_has_this_version() {
    let changelog = text(Path::new("CHANGELOG.md")).expect("a changelog");
    let version = env!("CARGO_PKG_VERSION");
    assert!(changelog.contains(&format!("## {version}")), "CHANGELOG.md says nothing of {version}");
}
