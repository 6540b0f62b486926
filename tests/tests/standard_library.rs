//! Every task of the standard library has a documented example that is proven and built. The reference page is
//! generated from the modules.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper that panics fails its test"
)]

use pipec_base::Anchor;
use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_format::{Formatted, format};
use pipec_stdlib::MODULES;
use pipec_syntax::ast::{Date, Declaration};
use std::path::Path;

const INTRODUCTION: &str = "\
# The standard library

<!-- Generated from stdlib/std/*.pipe: `UPDATE_REFERENCE=1 cargo test -p pipec-tests --test standard_library` -->

The standard library has small typed tasks around common tools. `use std.rust` takes in a module. Call its tasks after the
`=` of a node: `gate unit: test = rust.test(coverage: 80%)`. A module is an ordinary `.pipe` file and contains nothing that you
could not write yourself. If a task does not fit, copy and change it.

All tasks follow the same rules. Values reach scripts only as variables. Tasks use the tools of GitHub's hosted machines as
they are: Cargo, npm, Go, a JDK, pipx, Docker, `helm`, `kubectl`, `gh`, `jq`, `skopeo`. Other tools are installed at a fixed
version. This version is a parameter, and its default belongs to the version of pipec. The package registry or Go's checksum
database guarantees the content of the tool. Installing from source takes some minutes, so such tasks have a longer `timeout`.
If the Go of the node is too old for a tool, Go fetches the version that the tool needs.

An example without a `pipeline` belongs in a stage.
";

struct Task {
    /// The full name: `rust.test`.
    name: String,
    signature: String,
    docs: Vec<String>,
}

struct Module {
    /// The name: `rust`.
    name: String,
    docs: String,
    tasks: Vec<Task>,
}

fn modules() -> Vec<Module> {
    MODULES.iter().map(|(path, text)| module(path, text)).collect()
}

fn module(path: &str, text: &str) -> Module {
    let name = path.trim_start_matches("std/").trim_end_matches(".pipe");
    let docs: Vec<&str> =
        text.lines().map_while(|line| line.strip_prefix("//")).map(|line| line.trim_start()).collect();
    let parsed = pipec_syntax::parse(Anchor(0), text);
    assert_eq!(parsed.diagnostics, [], "{path}");
    let tasks = parsed.tree.items.iter().map(|item| {
        let Declaration::Task(task) = &item.kind else { panic!("{path} holds something besides tasks") };
        let whole = &text[item.span.range()];
        let whole = &whole[whole.find("task ").expect("its keyword")..];
        let signature = &whole[..whole.find(" {\n").expect("its body")];
        Task {
            name: format!("{name}.{}", task.name.node),
            signature: signature.to_owned(),
            docs: item.docs.clone(),
        }
    });
    Module { name: name.to_owned(), docs: docs.join("\n"), tasks: tasks.collect() }
}

impl Task {
    /// The example in its documentation.
    fn example(&self) -> String {
        let lines = self.docs.iter().map(String::as_str);
        let example: Vec<&str> =
            lines.skip_while(|line| *line != "```pipe").skip(1).take_while(|line| *line != "```").collect();
        assert!(!example.is_empty(), "{} has no example", self.name);
        example.join("\n")
    }

    /// The example as a complete program.
    fn program(&self) -> String {
        let module = self.name.split('.').next().expect("a module");
        let example = self.example();
        let uses: String = MODULES
            .iter()
            .map(|(path, _)| path.trim_start_matches("std/").trim_end_matches(".pipe"))
            .filter(|name| *name == module || example.contains(&format!("= {name}.")))
            .map(|name| format!("use std.{name}\n"))
            .collect();
        if example.contains("pipeline ") {
            format!("{uses}\n{example}\n")
        } else {
            format!(
                "{uses}\npipeline example {{\n  on push to main\n  stage commit {{\n{example}\n  }}\n}}\n"
            )
        }
    }
}

fn compile(program: &str) -> Compilation {
    let options = Options {
        standard: MODULES,
        engines: pipec_targets::engines(),
        targets: pipec_targets::all(),
        today: Date { year: 2026, month: 1, day: 1 },
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
    let texts = [InputText { path: "example.pipe".to_owned(), content: Content::Text(program.into()) }];
    Session::new().compile(&texts, &options)
}

#[test]
fn every_example_is_proven_and_built() {
    for task in modules().iter().flat_map(|module| &module.tasks) {
        let program = task.program();
        let compilation = compile(&program);
        let said: Vec<String> =
            compilation.diagnostics.iter().map(|it| format!("{} {}", it.code, it.message)).collect();
        let called = task.example().contains(&format!("{}(", task.name));
        assert!(called, "the example of {} does not call it", task.name);
        assert!(said.is_empty(), "{}: {said:#?}\n{program}", task.name);
        assert!(!compilation.outputs.is_empty(), "{} compiles to nothing", task.name);
    }
}

/// The storefront for which the language was designed, with its standard library.
#[test]
fn the_storefront_is_proven() {
    let compilation = compile(include_str!("storefront.pipe"));
    let said: Vec<String> =
        compilation.diagnostics.iter().map(|it| format!("{} {}", it.code, it.message)).collect();
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn every_module_is_formatted() {
    for (path, text) in MODULES {
        let Formatted::Done(laid_out) = format(Anchor(0), text) else { panic!("{path} can't be laid out") };
        assert_eq!(laid_out, *text, "{path}");
    }
}

#[test]
fn the_reference_page_is_current() {
    let mut page = INTRODUCTION.to_owned();
    let modules = modules();
    page.push_str("\n| module | tasks |\n|---|---|\n");
    for module in &modules {
        let tasks: Vec<String> = module
            .tasks
            .iter()
            .map(|task| format!("[`{}`](#{})", task.name, task.name.replace('.', "")))
            .collect();
        page.push_str(&format!("| [`std.{0}`](#std{0}) | {1} |\n", module.name, tasks.join(", ")));
    }
    for module in &modules {
        page.push_str(&format!("\n## `std.{}`\n\n{}\n", module.name, module.docs));
        for task in &module.tasks {
            let docs: Vec<&str> = task
                .docs
                .iter()
                .map(|line| if line == "```pipe" { "```pipe part" } else { line.as_str() })
                .collect();
            page.push_str(&format!(
                "\n### `{}`\n\n```text\n{}\n```\n\n{}\n",
                task.name,
                task.signature,
                docs.join("\n")
            ));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the workspace")
        .join("compiler/docs/standard-library.md");
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).expect("the page");
    assert_eq!(written, page, "run with UPDATE_REFERENCE=1, and read what changed");
}
