//! Sessions for an editor: cancelled work, references of names, and tokens.

use pipec_base::{Cancellation, Cancelled};
use pipec_driver::{Content, InputText, Options, Session};
use pipec_tests::cases::{self, TODAY};
use pipec_tests::large::{Shape, pipeline};
use std::collections::BTreeSet;

fn text(path: &str, text: &str) -> InputText {
    InputText { path: path.to_owned(), content: Content::Text(text.into()) }
}

fn options() -> Options<'static> {
    Options {
        standard: pipec_stdlib::MODULES,
        engines: pipec_targets::engines(),
        targets: &[],
        today: TODAY,
        lock: None,
        emits_outputs: true,
        lists_assumptions: false,
    }
}

#[test]
fn a_cancelled_answer_is_dropped_and_the_next_one_is_whole() {
    let texts =
        [text("all.pipe", &(0..4).map(|number| pipeline(number, 10, Shape::Service)).collect::<String>())];
    let mut session = Session::new();
    let cancellation = Cancellation::new();
    cancellation.cancel();
    assert_eq!(session.compile_unless(&cancellation, &texts, &options()).err(), Some(Cancelled));
    let answer =
        session.compile_unless(&Cancellation::new(), &texts, &options()).expect("nobody cancels this");
    assert_eq!(cases::render(&answer), cases::render(&Session::new().compile(&texts, &options())));
}

#[test]
fn names_are_recorded_with_their_declarations() {
    let shared = "let greeting = \"hello\"\n\ntask check(what: string) -> test {\n  env WHAT = what\n  run \"make $WHAT\"\n}\n";
    let main = "use \"./shared.pipe\" as shared\n\nrole owners { github team \"acme/owners\" }\n\nrunner linux { host linux-x64 }\n\nlet word = shared.greeting\n\nenvironment staging { tier staging }\n\npipeline shop {\n  on push to main\n  owner owners\n  stage commit {\n    gate unit: test = shared.check(what: word) { runs on linux }\n    artefact app: archive { run \"make app\" path \"dist/**\" }\n    deploy app to staging { run \"./deploy.sh\" }\n  }\n}\n";
    let texts = [text("main.pipe", main), text("shared.pipe", shared)];
    let answer = Session::new().compile(&texts, &options());
    let sources = &answer.sources;
    let place = |span| sources.place(span).map_or("", |place| sources.path(place.file));
    let found: BTreeSet<(&str, &str, &str)> = answer
        .references
        .iter()
        .map(|it| (sources.text(it.used), sources.text(it.declared), place(it.declared)))
        .collect();
    for (used, declared, file) in [
        ("greeting", "greeting", "shared.pipe"),
        ("check", "check", "shared.pipe"),
        ("word", "word", "main.pipe"),
        ("owners", "owners", "main.pipe"),
        ("linux", "linux", "main.pipe"),
        ("staging", "staging", "main.pipe"),
    ] {
        assert!(found.contains(&(used, declared, file)), "{used}: {found:#?}");
    }
}

#[test]
fn the_tokens_of_a_text_are_kept() {
    let written = "// why\nlet a = 1\n\nlet b = 2 // two\n";
    let mut session = Session::for_editor();
    let answer = session.compile(&[text("a.pipe", written)], &options());
    let file = answer.file("a.pipe").expect("it was read");
    let words: Vec<&str> = session
        .tokens(file)
        .flat_map(|(start, tokens)| tokens.iter().map(move |token| (start, token.span.range())))
        .filter_map(|(start, range)| written.get(start + range.start..start + range.end))
        .collect();
    assert_eq!(words, ["// why", "let", "a", "=", "1", "let", "b", "=", "2", "// two"]);
}
