//! The drawings of whole programs, as people and programs get them.

#![expect(clippy::disallowed_methods, reason = "the programs lie on disk")]

use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_report::Colour;
use pipec_report::graph::Graph;
use pipec_syntax::ast::Date;

fn compiled(source: &str) -> Compilation {
    let today = Date { year: 2026, month: 6, day: 1 };
    let options = Options { standard: &[], targets: &[], today, version: "0.0.0", lock: None };
    let text = InputText { path: "main.pipe".to_owned(), content: Content::Text(source.into()) };
    Session::new().compile(&[text], &options)
}

fn graph(compilation: &Compilation) -> Graph<'_> {
    Graph { program: &compilation.program, only: None, is_proven: !compilation.is_refused() }
}

#[test]
fn drawings_are_as_reviewed() {
    insta::glob!("graph/*.pipe", |path| {
        let source = std::fs::read_to_string(path).unwrap();
        let compilation = compiled(&source);
        assert!(!compilation.is_refused(), "{path:?}: {:#?}", compilation.diagnostics);
        let graph = graph(&compilation);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| {
            let narrow = graph.terminal(80, Colour::Never);
            let wide = graph.terminal(120, Colour::Never);
            for (width, drawing) in [(80, &narrow), (120, &wide)] {
                let longest = drawing.lines().map(|line| line.chars().count()).max();
                assert!(longest <= Some(width), "{longest:?} columns:\n{drawing}");
            }
            insta::assert_snapshot!("terminal", format!("{narrow}\n{wide}"));
            insta::assert_snapshot!("svg", graph.svg());
            insta::assert_snapshot!("mermaid", graph.mermaid());
            insta::assert_snapshot!("dot", graph.dot());
            insta::assert_snapshot!("json", graph.json());
        });
    });
}

#[test]
fn why_tells_what_comes_before_what_else_is_asked_and_what_waits() {
    let compilation = compiled(include_str!("graph/storefront.pipe"));
    let graph = graph(&compilation);
    let told = |name: &str| graph.why(name).map(|answer| answer.terminal(80, Colour::Never));
    insta::assert_snapshot!(format!(
        "{}\n----\n{}\n----\n{}",
        told("production").unwrap(),
        told("unit").unwrap(),
        graph.why("deploy-web-to-staging").unwrap().json()
    ));
    let unknown = told("prodcution").unwrap_err();
    assert!(unknown.known.contains(&"production".to_owned()));
    assert!(unknown.known.contains(&"deploy-web-to-staging".to_owned()));
}

#[test]
fn a_node_that_several_pipelines_have_is_explained_for_each() {
    let source = "pipeline a { on push to main stage one { gate unit: test { run \"x\" } } }\n\
                  pipeline b { on push to main stage one { gate unit: test { run \"x\" } } }\n";
    let compilation = compiled(source);
    let told = graph(&compilation).why("unit").unwrap().terminal(80, Colour::Never);
    assert!(told.contains("stage one of a") && told.contains("stage one of b"), "{told}");
    let only = Graph { only: Some("b"), ..graph(&compilation) };
    assert!(!only.why("unit").unwrap().terminal(80, Colour::Never).contains("stage one of a"));
}

#[test]
fn a_drawing_of_what_is_not_proven_says_so() {
    let compilation = compiled("pipeline a { on push to main stage one { gate unit: test { run \"x\" } } }");
    let graph = Graph { is_proven: false, ..graph(&compilation) };
    let drawings = [
        graph.terminal(80, Colour::Never),
        graph.svg(),
        graph.mermaid(),
        graph.dot(),
        graph.why("unit").unwrap().terminal(80, Colour::Never),
    ];
    for drawing in drawings {
        assert!(drawing.contains("not proven"), "{drawing}");
    }
    assert!(graph.json().contains("\"proven\": false"));
    assert!(graph.why("unit").unwrap().json().contains("\"proven\": false"));
}

#[test]
fn colours_are_escapes_and_nothing_else_changes() {
    let compilation = compiled(include_str!("graph/storefront.pipe"));
    let graph = graph(&compilation);
    let mut plain = String::new();
    let coloured = graph.terminal(80, Colour::Always);
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let trimmed: String = plain.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    assert_eq!(trimmed, graph.terminal(80, Colour::Never));
}
