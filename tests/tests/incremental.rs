//! A session with earlier texts gives the same findings as a new one.
//!
//! It reads only what has changed.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper that panics fails its test"
)]

use pipec_driver::{Compilation, Content, InputText, Options, Session};
use pipec_tests::cases::{self, TODAY};
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
        version: "0.0.0",
        lock: None,
        lists_assumptions: false,
    }
}

/// Pseudorandom numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(bound.max(1)).expect("a bound")).expect("it fits")
    }
}

/// All results of a compilation, with places as people read them.
fn render(compilation: &Compilation) -> String {
    let outputs: Vec<&str> = compilation.outputs.iter().map(|output| output.file.text.as_str()).collect();
    let allowed: Vec<&str> = compilation.allowed.iter().map(|it| compilation.sources.text(it.span)).collect();
    let names: Vec<&str> = compilation.program.pipelines.iter().map(|it| it.name.as_str()).collect();
    format!("{}{names:?}\n{allowed:?}\n{}", cases::render(compilation), outputs.join("\n"))
}

/// Typical edits: a piece removed, a piece doubled, some characters changed.
fn edited(text: &str, random: &mut Random) -> String {
    const INSERTED: [&str; 12] = [
        "{",
        "}",
        "\"",
        "\n",
        " x",
        "// note\n",
        "let one = 1\n",
        "gate a: test { run \"make\" }\n",
        "use std.rust\n",
        "allow P0905 because \"x\"\n",
        "pipeline extra { on push to main\n stage s { job j { run \"x\" } } }\n",
        "é",
    ];
    let border = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let line = |at: usize| text[..border(at)].rfind('\n').map_or(0, |newline| newline + 1);
    let start = match random.below(3) {
        0 => border(random.below(text.len() + 1)),
        _ => line(random.below(text.len() + 1)),
    };
    match random.below(4) {
        0 => format!("{}{}", &text[..start], &text[border((start + random.below(40)).min(text.len()))..]),
        1 => {
            let end = line((start + random.below(400)).min(text.len())).max(start);
            format!("{}{}{}", &text[..end], &text[start..end], &text[end..])
        }
        _ => format!("{}{}{}", &text[..start], INSERTED[random.below(INSERTED.len())], &text[start..]),
    }
}

fn sources(folder: &str) -> Vec<InputText> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    pipec_driver::read(&pipec_driver::Disk, &folder).texts
}

fn any_edits_say_the_same(mut now: Vec<InputText>, options: &Options<'_>, edits: usize, seed: u64) {
    let mut random = Random(seed);
    let sound = now.clone();
    let mut session = Session::new();
    for edit in 0..edits {
        let again = render(&session.compile(&now, options));
        assert_eq!(
            again,
            render(&Session::new().compile(&now, options)),
            "edit {edit} of seed {seed}:\n{now:#?}"
        );
        if random.below(6) == 0 {
            now.clone_from(&sound);
        }
        let place = random.below(now.len());
        let Content::Text(old) = &now[place].content else { continue };
        now[place].content = Content::Text(edited(old, &mut random).into());
        if random.below(12) == 0 && now.len() > 1 {
            let taken = now.remove(random.below(now.len()));
            if random.below(2) == 0 {
                now.push(InputText { path: format!("z{edit}.pipe"), ..taken });
            }
        }
    }
}

#[test]
fn after_any_edits_a_session_gives_the_result_of_a_new_one() {
    for (seed, example) in (1..).zip(["examples/monorepo", "examples/web-service", "examples/preview"]) {
        any_edits_say_the_same(sources(example), &source_only(), 40, seed);
    }
    let service = |number| text(&format!("s{number}.pipe"), &pipeline(number, 8, Shape::Service));
    any_edits_say_the_same((0..3).map(service).collect(), &workflows::options(), 40, 9);
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
