//! Drawings of whole programs, in the forms for people and for programs.

#![expect(clippy::disallowed_methods, reason = "the programs are files")]

use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_ir::{Engine, EngineWord, NodeKind};
use pipec_report::Colour;
use pipec_report::graph::Graph;
use pipec_syntax::ast::Date;

fn compiled(source: &str) -> Compilation {
    let today = Date { year: 2026, month: 6, day: 1 };
    let engines: [&dyn Engine; 1] = [&EngineWord("github")];
    let options = Options {
        standard: &[],
        engines: &engines,
        targets: &[],
        today,
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    };
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
            let html = graph.html();
            let about = html.split_once("<aside").unwrap().1.split_once("</aside>").unwrap().0;
            insta::assert_snapshot!("html", about);
        });
    });
}

#[test]
fn a_schedule_that_is_refused_is_drawn_as_it_was_written() {
    let compilation = compiled(
        "pipeline shop {\n  on schedule \"@daily\"\n  stage commit { gate unit: test { run \"make test\" } }\n}\n",
    );
    assert!(compilation.is_refused());
    let drawing = graph(&compilation).json();
    assert!(drawing.contains("@daily") && !drawing.contains("* * * * *"), "{drawing}");
}

#[test]
fn a_shift_without_strategy_is_no_canary() {
    let deploy = |strategy: &str| {
        format!(
            "pipeline shop {{ on push to main stage one {{\n\
             artefact app: archive {{ run \"make\" path \"dist/**\" }}\n\
             deploy app to production {{ {strategy} shift run \"./shift.sh \\\"$PIPE_WEIGHT\\\"\" }}\n}} }}\n\
             environment production {{}}\n"
        )
    };
    let drawings = |source: &str| {
        let compilation = compiled(source);
        assert!(compilation.is_refused());
        let graph = graph(&compilation);
        [graph.terminal(80, Colour::Never), graph.svg(), graph.mermaid(), graph.dot(), graph.json()]
    };
    for drawing in drawings(&deploy("")) {
        assert!(drawing.contains("production"), "{drawing}");
        assert!(!drawing.contains("canary") && !drawing.contains("strategy"), "{drawing}");
    }
    for drawing in drawings(&deploy("strategy canary { step 5% }")) {
        assert!(drawing.contains("canary"), "{drawing}");
    }
}

#[test]
fn why_lists_predecessors_requirements_and_successors() {
    let compilation = compiled(include_str!("graph/storefront.pipe"));
    let graph = graph(&compilation);
    let explained = |name: &str| graph.why(name).map(|answer| answer.terminal(80, Colour::Never));
    insta::assert_snapshot!(format!(
        "{}\n----\n{}\n----\n{}",
        explained("production").unwrap(),
        explained("unit").unwrap(),
        graph.why("deploy-web-to-staging").unwrap().json()
    ));
    let unknown = explained("prodcution").unwrap_err();
    assert!(unknown.known.contains(&"production".to_owned()));
    assert!(unknown.known.contains(&"deploy-web-to-staging".to_owned()));
}

#[test]
fn a_node_that_several_pipelines_have_is_explained_for_each() {
    let source = "pipeline a { on push to main stage one { gate unit: test { run \"x\" } } }\n\
                  pipeline b { on push to main stage one { gate unit: test { run \"x\" } } }\n";
    let compilation = compiled(source);
    let explained = graph(&compilation).why("unit").unwrap().terminal(80, Colour::Never);
    assert!(explained.contains("stage one of a") && explained.contains("stage one of b"), "{explained}");
    let only = Graph { only: Some("b"), ..graph(&compilation) };
    assert!(!only.why("unit").unwrap().terminal(80, Colour::Never).contains("stage one of a"));
}

#[test]
fn drawings_of_unproven_pipelines_say_so() {
    let compilation = compiled("pipeline a { on push to main stage one { gate unit: test { run \"x\" } } }");
    let graph = Graph { is_proven: false, ..graph(&compilation) };
    let drawings = [
        graph.terminal(80, Colour::Never),
        graph.svg(),
        graph.html(),
        graph.mermaid(),
        graph.dot(),
        graph.why("unit").unwrap().terminal(80, Colour::Never),
    ];
    for drawing in drawings {
        // Comments are not visible.
        let shown: String = drawing.lines().filter(|line| !line.trim_start().starts_with("%%")).collect();
        assert!(shown.contains("not proven"), "{drawing}");
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

fn piped(commit: &str) -> String {
    format!(
        "pipeline shop {{\n  on push to main\n  on pull-request to main\n  protect main\n  budget 3h\n  stage commit {{\n{commit}\n  }}\n}}\n"
    )
}

#[test]
fn times_include_attempts_and_repetitions() {
    let source = piped(
        "artefact out: archive { run \"make\" path \"out.tgz\" timeout 10m retry 1 because \"the mirror fails\" }\n\
         gate unit: performance of out { run \"make test\" timeout 10m repeat 3 quorum 2 }",
    );
    let compilation = compiled(&source);
    assert!(!compilation.is_refused(), "{:#?}", compilation.diagnostics);
    let graph = graph(&compilation);
    for drawing in [graph.terminal(80, Colour::Never), graph.svg(), graph.mermaid(), graph.dot()] {
        assert!(drawing.contains("20m") && drawing.contains("30m") && !drawing.contains("10m"), "{drawing}");
    }
    let read: serde_json::Value = serde_json::from_str(&graph.json()).unwrap();
    let nodes = &read["pipelines"][0]["nodes"];
    assert_eq!((&nodes[0]["timeout"], &nodes[0]["longest"]), (&600_000.into(), &1_200_000.into()));
    assert_eq!((&nodes[1]["timeout"], &nodes[1]["longest"]), (&600_000.into(), &1_800_000.into()));
}

#[test]
fn edges_that_the_levels_hide_are_listed() {
    let source = piped(
        "artefact x: archive { run \"make\" path \"x.tgz\" }\n\
         artefact y: archive { uses x run \"make\" path \"y.tgz\" }\n\
         artefact z: archive { run \"make\" path \"z.tgz\" }\n\
         gate t: acceptance of y { run \"make test\" }\n\
         gate u: acceptance of x { run \"make test\" }",
    );
    let compilation = compiled(&source);
    assert!(!compilation.is_refused(), "{:#?}", compilation.diagnostics);
    let drawing = graph(&compilation).terminal(80, Colour::Never);
    assert_eq!(drawing.matches("after x").count(), 2, "{drawing}");
    assert_eq!(drawing.matches("after y").count(), 1, "{drawing}");
    let plain = piped(
        "artefact x: archive { run \"make\" path \"x.tgz\" }\ngate t: acceptance of x { run \"make test\" }",
    );
    assert!(!graph(&compiled(&plain)).terminal(80, Colour::Never).contains("after"));
}

#[test]
fn a_flowchart_has_name_triggers_and_budget() {
    let compilation = compiled(&piped("gate unit: test { run \"make test\" }"));
    let graph = graph(&compilation);
    for drawing in [graph.mermaid(), graph.dot()] {
        for part in ["shop", "on push to main", "on pull-request to main", "within 3h"] {
            assert!(drawing.contains(part), "{part}: {drawing}");
        }
    }
}

#[test]
fn a_deploy_on_main_has_no_pull_request_trigger() {
    let compilation = compiled(include_str!("graph/storefront.pipe"));
    let explained = graph(&compilation).why("production").unwrap().terminal(80, Colour::Never);
    assert!(explained.contains("push to") && !explained.contains("pull-request"), "{explained}");
}

#[test]
fn nothing_leaves_the_picture_or_is_cut() {
    let name = "a-pipeline-with-a-name-as-long-as-the-language-takes-it-0123456";
    let gate = "a-gate-whose-name-is-so-long-that-no-card-used-to-hold-it";
    let source =
        format!("pipeline {name} {{ on push to main stage one {{ gate {gate}: test {{ run \"x\" }} }} }}");
    let compilation = compiled(&source);
    let graph = Graph { is_proven: false, ..graph(&compilation) };
    let svg = graph.svg();
    assert!(svg.contains(&format!(">{gate}</text>")), "{svg}");
    let number = |text: &str, before: &str| -> f64 {
        text.split_once(before).unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    };
    let failed = svg.lines().find(|line| line.contains("class=\"failed\"")).unwrap();
    assert!(number(failed, "x=\"") + 100.0 < number(&svg, " width=\""), "{failed}");
    let narrow = graph.terminal(48, Colour::Never);
    assert!(narrow.contains(" 10m"), "{narrow}");
    assert!(narrow.lines().all(|line| line.chars().count() <= 48 || line.contains(name)), "{narrow}");
}

#[test]
fn a_picture_of_nothing_says_so() {
    let svg = graph(&compiled("")).svg();
    assert!(svg.contains("there is no pipeline") && !svg.contains("The path to production"), "{svg}");
}

/// The numbers of an attribute, in order.
fn numbers(svg: &str, attribute: &str) -> Vec<f64> {
    let before = format!(" {attribute}=\"");
    let parts = svg.split(before.as_str()).skip(1);
    parts.filter_map(|part| part.split_once('"')?.0.parse().ok()).collect()
}

/// The width of A4 without margins of 10 mm, in points.
const PAPER: f64 = 190.0 / 25.4 * 72.0;

#[test]
fn six_stages_are_readable_on_paper() {
    let nodes = "gate one: test { run \"x\" }\n gate two: lint { run \"x\" }\n artefact out: archive { run \"x\" path \"o\" }";
    let stages: Vec<String> = (1..=6)
        .map(|number| {
            let own = nodes.replace("one", &format!("one-{number}")).replace("two", &format!("two-{number}"));
            format!("stage stage-{number} {{\n{}\n}}", own.replace("out", &format!("out-{number}")))
        })
        .collect();
    let source = format!("pipeline shop {{ on push to main\n{}\n}}", stages.join("\n"));
    let platform = include_str!("graph/platform.pipe").to_owned();
    for source in [source, platform] {
        let svg = graph(&compiled(&source)).svg();
        let width = numbers(&svg, "width")[0];
        let smallest = numbers(&svg, "font-size").into_iter().fold(f64::INFINITY, f64::min);
        assert!(smallest * PAPER / width >= 7.0, "{smallest} of {width}");
        assert!(numbers(&svg, "x").into_iter().all(|x| (0.0..width).contains(&x)));
    }
}

#[test]
fn a_name_or_a_text_is_never_markup() {
    let evil = "</script><script>alert(1)</script><!--<![CDATA[\"' onload=alert(2) &lt;\u{202e}";
    let compilation = compiled(include_str!("graph/storefront.pipe"));
    let mut program = compilation.program.clone();
    let pipeline = std::sync::Arc::make_mut(program.pipelines.first_mut().unwrap());
    pipeline.name = evil.to_owned();
    pipeline.docs = vec![evil.to_owned()];
    for stage in &mut pipeline.stages {
        stage.name = evil.to_owned();
    }
    for node in &mut pipeline.nodes {
        node.name = evil.to_owned();
        node.docs = vec![evil.to_owned()];
        node.body.runner.image = Some((evil.to_owned(), Default::default()));
        for step in &mut node.body.steps {
            step.script = evil.to_owned();
        }
        match &mut node.kind {
            NodeKind::Gate(gate) => {
                gate.evidence.name = evil.to_owned();
                gate.advisory = Some((evil.to_owned(), Default::default()));
            }
            NodeKind::Artefact(artefact) => artefact.image_name = Some((evil.to_owned(), Default::default())),
            NodeKind::Deploy(deploy) => deploy.artefacts = vec![evil.to_owned()],
            NodeKind::Job => {}
        }
    }
    let graph = Graph { program: &program, only: None, is_proven: true };
    let html = graph.html();
    assert_eq!(html, graph.html());
    let tags = |tag: &str| html.matches(&format!("<{tag}")).count();
    assert_eq!(
        (tags("script"), tags("!--"), tags("![CDATA["), html.matches("</script").count()),
        (1, 0, 0, 1)
    );
    // The text is there, but no part of it is a tag, an attribute or an entity of its own.
    let shown = "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!--&lt;![CDATA[&quot;&#39; \
                 onload=alert(2) &amp;lt;\u{fffd}";
    assert!(html.contains(shown) && !html.contains(evil) && !html.contains('\u{202e}'));
    for tag in html.split('<').skip(1).filter(|tag| !tag.starts_with(['!', '/'])) {
        let attributes = tag.split_once('>').unwrap().0;
        let outside: String = attributes.split('"').step_by(2).collect();
        assert!(!outside.contains("onload") && !outside.contains('&'), "{attributes}");
    }
    for drawing in [graph.svg(), html.clone()] {
        assert!(!drawing.contains("<script>alert"), "{drawing}");
    }
}

#[test]
fn a_page_says_when_a_node_runs_and_what_it_may_touch() {
    let source = "pipeline shop {\n on push to main\n protect branch \"main\"\n\
         stage commit {\n /// Runs the unit tests.\n gate unit: test { run \"make test\" }\n\
         artefact app: archive { run \"make\" path \"dist/**\" }\n job notify { may write issues run \"n\" }\n}\n\
         stage release when branch is main {\n deploy app to production { run \"./deploy.sh\" } }\n}\n\
         environment production { requires test secret DEPLOY_KEY identity aws \"arn:aws:iam::123456789012:role/deploy\" }\n";
    let compilation = compiled(source);
    assert!(!compilation.is_refused(), "{:#?}", compilation.diagnostics);
    let html = graph(&compilation).html();
    let about = |name: &str| {
        let opening = format!("data-name=\"{name}\"");
        html.split_once(&opening).unwrap().1.split_once("</section>").unwrap().0
    };
    let deploy = about("deploy deploy-app-to-production");
    for part in [
        "<dt>is due in</dt><dd>runs in which branch is main</dd>",
        "<dt>runs start on</dt><dd>push to main</dd>",
        ">unit</a> <span class=\"what\">must</span> pass: test",
        "<dt>lock</dt><dd>one deploy at a time, the others wait in order</dd>",
        "<dt>environment</dt><dd>production, of tier production</dd>",
        "<dt>secret</dt><dd>DEPLOY_KEY</dd>",
        "<dt>identity</dt><dd>aws arn:aws:iam::123456789012:role/deploy</dd>",
        "<dt>gets</dt><dd>the artefact app</dd>",
        "<pre>./deploy.sh</pre>",
        "Nothing waits for it.",
    ] {
        assert!(deploy.contains(part), "{part}: {deploy}");
    }
    assert!(about("job notify").contains("<dt>may write</dt><dd>issues</dd>"));
    let unit = about("gate unit");
    assert!(unit.contains("no secret, no identity") && unit.contains("Runs the unit tests."), "{unit}");
    assert!(
        unit.contains("Nothing must happen before it.") && unit.contains(">deploy-app-to-production</a>")
    );
}
