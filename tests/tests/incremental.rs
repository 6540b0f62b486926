//! A session with earlier texts gives the same findings as a new one.
//!
//! It reads only what has changed.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a helper that panics fails its test"
)]

use pipec_base::{Anchor, Cancellation, Sources, Span};
use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_ir::Pins;
use pipec_tests::cases::{self, TODAY};
use pipec_tests::edits::{self, Random};
use pipec_tests::large::{Shape, pipeline};
use pipec_tests::workflows;
use std::path::Path;

fn text(path: &str, text: &str) -> InputText {
    InputText { path: path.to_owned(), content: Content::Text(text.into()) }
}

fn source_only() -> Options<'static> {
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

/// All that a compilation gives, with places as people read them.
fn render(compilation: &Compilation) -> String {
    let Compilation { sources, program, allowed, references, outputs, pins, claims, effort, .. } =
        compilation;
    let outputs: Vec<String> =
        outputs.iter().map(|output| format!("{}\n{output:?}", output.file.text)).collect();
    let rest = format!(
        "{program:#?}\n{allowed:#?}\n{references:#?}\n{}\n{pins:?}\n{claims:?}\n{effort:?}",
        outputs.join("\n")
    );
    cases::render(compilation) + &with_places(&rest, sources)
}

/// A text in which each span is written as its file and bytes. Sessions number their anchors differently.
fn with_places(text: &str, sources: &Sources) -> String {
    let is_digit = |character: &char| character.is_ascii_digit();
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from) = rest.split_at(first);
        written.push_str(before);
        let length = from.chars().take_while(is_digit).count();
        let (number, after) = from.split_at(length);
        let span = after.strip_prefix(':').and_then(|after| {
            let (start, after) = after.split_once("..")?;
            let end: String = after.chars().take_while(is_digit).collect();
            let anchor = Anchor(number.parse().ok()?);
            let span = Span { anchor, start: start.parse().ok()?, end: end.parse().ok()? };
            Some((span, number.len() + 1 + start.len() + 2 + end.len()))
        });
        // The default span stands for no place.
        let span = span.filter(|(span, _)| *span != Span::default());
        match span.and_then(|(span, length)| Some((sources.place(span)?, length))) {
            Some((place, length)) => {
                written.push_str(&format!("{}@{:?}", sources.path(place.file), place.range()));
                rest = &from[length..];
            }
            None => {
                written.push_str(number);
                rest = after;
            }
        }
    }
    written + rest
}

fn sources(folder: &str) -> Vec<InputText> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    pipec_driver::read(&pipec_driver::Disk, &folder).texts
}

/// Edits a workspace again and again. After each edit, an editor's session must give what a new session gives.
fn any_edits_say_the_same(mut now: Vec<InputText>, options: &Options<'_>, edits: usize, seed: u64) {
    let mut random = Random::new(seed);
    let sound = now.clone();
    let mut lock = None;
    let mut session = Session::for_editor();
    for edit in 0..edits {
        let options = Options { lock: lock.as_ref(), ..*options };
        let again = session.compile(&now, &options);
        let fresh = Session::new().compile(&now, &options);
        let (rendered_again, rendered_fresh) = (render(&again), render(&fresh));
        if rendered_again != rendered_fresh {
            let apart =
                rendered_again.lines().zip(rendered_fresh.lines()).find(|(again, fresh)| again != fresh);
            panic!("edit {edit} of seed {seed}: {apart:#?}\n{now:#?}");
        }
        if random.below(4) == 0 {
            lock = match lock {
                Some(_) => None,
                None => Some(without_some(fresh.pins, &mut random)),
            };
        }
        if random.below(5) == 0 {
            now.clone_from(&sound);
        }
        edits::edit(&mut now, edit, &mut random);
    }
}

/// A lock file in which an entry is missing, and another has moved.
fn without_some(mut pins: Pins, random: &mut Random) -> Pins {
    if !pins.actions.is_empty() {
        pins.actions.remove(random.below(pins.actions.len()));
    }
    for digest in pins.images.values_mut().skip(random.below(2)) {
        *digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    }
    pins
}

#[test]
fn after_any_edits_a_session_gives_the_result_of_a_new_one() {
    for (seed, example) in (1..).zip(["examples/monorepo", "examples/web-service", "examples/preview"]) {
        any_edits_say_the_same(sources(example), &source_only(), 25, seed);
    }
    let service = |number| text(&format!("s{number}.pipe"), &pipeline(number, 8, Shape::Service));
    any_edits_say_the_same((0..3).map(service).collect(), &workflows::options(), 20, 9);
}

#[test]
fn declarations_that_use_each_other_may_change_in_any_way() {
    for seed in 0..rounds() {
        let texts = edits::workspace(&mut Random::new(seed));
        any_edits_say_the_same(texts, &workflows::options(), 30, seed);
    }
}

/// How many random workspaces are edited; more of them by hand.
fn rounds() -> u64 {
    std::env::var("PIPEC_RANDOM_WORKSPACES").ok().and_then(|count| count.parse().ok()).unwrap_or(6)
}

/// What each edit makes a session compute.
struct Editor {
    session: Session,
    options: Options<'static>,
}

impl Editor {
    fn new(options: Options<'static>) -> Editor {
        Editor { session: Session::for_editor(), options }
    }

    /// The declarations that are expanded and the pipelines that are proven for these texts.
    fn computes(&mut self, texts: &[InputText]) -> (usize, usize) {
        let before = self.session.computed();
        self.session.compile(texts, &self.options);
        let after = self.session.computed();
        (after.declarations - before.declarations, after.pipelines - before.pipelines)
    }
}

fn services(count: usize) -> Vec<InputText> {
    let all: String = (0..count).map(|number| pipeline(number, 10, Shape::Service)).collect();
    vec![text("all.pipe", &all), text("other.pipe", &pipeline(count, 10, Shape::Service))]
}

fn with(texts: &[InputText], from: &str, to: &str) -> Vec<InputText> {
    let mut texts = texts.to_vec();
    let changed = texts.iter_mut().find_map(|text| {
        let Content::Text(written) = &text.content else { return None };
        let changed = written.replacen(from, to, 1);
        (changed != **written).then(|| text.content = Content::Text(changed.into()))
    });
    changed.expect("the edit changes a text");
    texts
}

#[test]
fn an_edit_in_a_pipeline_expands_and_proves_that_one() {
    let texts = services(20);
    let mut editor = Editor::new(source_only());
    assert_eq!(editor.computes(&texts), (63, 21));
    assert_eq!(editor.computes(&texts), (0, 0));
    assert_eq!(editor.computes(&with(&texts, "make check-3\"", "make check-33\"")), (1, 1));
    assert_eq!(editor.computes(&with(&texts, "make check-3\"", "make check-33 \"")), (1, 1));
}

#[test]
fn what_moves_or_is_new_computes_nothing_of_the_others() {
    let texts = services(20);
    let mut editor = Editor::new(source_only());
    editor.computes(&texts);
    let moved = with(&texts, "/// Service number 0.", "// a note\n\nlet one = 1\n\n/// Service number 0.");
    // The comment belongs to the declaration of the constant.
    assert_eq!(editor.computes(&moved), (0, 0));
    let mut more = moved.clone();
    more.insert(0, text("a.pipe", &pipeline(77, 10, Shape::Service)));
    assert_eq!(editor.computes(&more), (3, 1));
    assert_eq!(editor.computes(&moved), (0, 0));
}

#[test]
fn an_edit_emits_and_proves_the_output_of_its_pipeline() {
    let texts = services(5);
    let mut editor = Editor::new(workflows::options());
    let mut outputs = |texts: &[InputText]| {
        let before = editor.session.computed().outputs;
        editor.computes(texts);
        editor.session.computed().outputs - before
    };
    assert_eq!(outputs(&texts), 6);
    assert_eq!(outputs(&with(&texts, "make check-3\"", "make check-33\"")), 1);
    assert_eq!(outputs(&with(&texts, "/// Service number 0.", "let one = 1\n\n/// Service number 0.")), 1);
    // The other pipelines enter other environments.
    assert_eq!(outputs(&with(&texts, "https://staging-0.example", "https://staging-0.other")), 1);
}

#[test]
fn an_edit_of_a_task_expands_its_callers() {
    let texts = edits::workspace(&mut Random::new(1));
    let mut editor = Editor::new(source_only());
    editor.computes(&texts);
    assert_eq!(cases::render(&editor.session.compile(&texts, &editor.options)), "nothing\n");
    // The task itself, `docs` and `api`, which are instances of a pipeline that calls it; `nightly` and `previews` are not.
    let changed = with(&texts, "make scan-$LEVEL", "make look-$LEVEL");
    let (declarations, pipelines) = editor.computes(&changed);
    assert_eq!((declarations, pipelines), (3, 2));
}

#[test]
fn a_value_of_an_environment_expands_who_reads_it() {
    let texts = edits::workspace(&mut Random::new(1));
    let mut editor = Editor::new(source_only());
    editor.computes(&texts);
    // `staging` itself; `production`, which comes after it; and `shop`, which deploys there.
    let (declarations, _) = editor.computes(&with(&texts, "REGION = \"eu\"", "REGION = \"us\""));
    assert_eq!(declarations, 3);
}

#[test]
fn a_cancelled_session_keeps_what_it_knows() {
    let texts = services(6);
    let mut editor = Editor::new(source_only());
    editor.computes(&texts);
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let changed = with(&texts, "make check-3\"", "make check-33\"");
    assert!(editor.session.compile_unless(&cancellation, &changed, &editor.options).is_err());
    // Nothing was computed of the change, and the next answer finds everything else as it was.
    assert_eq!(editor.computes(&changed), (1, 1));
}

#[test]
fn an_edit_reads_one_declaration_again() {
    let many: String = (0..20).map(|number| pipeline(number, 10, Shape::Service)).collect();
    let mut session = Session::new();
    let compile = |session: &mut Session, text_now: &str| {
        let before = session.pieces_read();
        session.compile(&[text("all.pipe", text_now)], &source_only());
        session.pieces_read() - before
    };
    let all = compile(&mut session, &many);
    assert_eq!(all, 60);
    assert_eq!(compile(&mut session, &many), 0);
    assert_eq!(compile(&mut session, &format!("// why\nlet first = 1\n{many}")), 1);
    assert_eq!(compile(&mut session, &many.replacen("make check-3\"", "make check-33\"", 1)), 1);
}

#[test]
fn an_edit_at_the_top_changes_nothing_below() {
    let many: String = (0..4).map(|number| pipeline(number, 10, Shape::Service)).collect();
    let mut session = Session::new();
    let before = session.compile(&[text("all.pipe", &many)], &source_only());
    let after =
        session.compile(&[text("all.pipe", &format!("// why\nlet first = 1\n{many}"))], &source_only());
    assert_eq!(before.file("all.pipe"), after.file("all.pipe"));
    for (old, new) in before.program.pipelines.iter().zip(&after.program.pipelines) {
        assert_eq!((&old.nodes, &old.stages, &old.origin), (&new.nodes, &new.stages, &new.origin));
    }
}
