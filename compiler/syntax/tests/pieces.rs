//! A text parsed in pieces gives the same result as the whole text.
#![expect(clippy::string_slice, clippy::unwrap_used, reason = "a wrong slice or value fails the test")]
#![expect(clippy::disallowed_methods, reason = "the cases are files")]

use pipec_base::{Anchor, Diagnostic};
use pipec_syntax::{Parsed, parse, pieces};
use std::ops::Range;
use std::path::Path;

/// The places of a debug text (`3:0:12..15`), counted from the start of the text. `starts` has the position of each
/// anchor.
fn absolute(debug: &str, starts: &[usize]) -> String {
    let mut shown = String::new();
    let mut rest = debug;
    while let Some(at) = rest.find(|character: char| character.is_ascii_digit()) {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let span = word.split_once(':').and_then(|(anchor, range)| {
            let (start, end) = range.split_once("..")?;
            let base = starts.get(anchor.parse::<usize>().ok()?)?;
            Some(format!("{}..{}", base + start.parse::<usize>().ok()?, base + end.parse::<usize>().ok()?))
        });
        shown.push_str(&span.unwrap_or_else(|| word.to_owned()));
        rest = behind;
    }
    shown + rest
}

/// The results of parsing a text in sequences of its pieces. Also gives the number of sequences.
fn in_pieces(text: &str) -> (Vec<(usize, Parsed)>, usize) {
    let pieces = pieces(text);
    let mut starts: Vec<usize> = Vec::new();
    let mut one = |together: Range<usize>| {
        let anchor = Anchor(u32::try_from(starts.len()).unwrap());
        starts.push(pieces.bytes(together.clone()).start);
        (anchor, pieces.read(&[(together, anchor)]).pop().unwrap())
    };
    let alone = (0..pieces.len()).map(|place| one(place..place + 1)).collect();
    let sequences = pieces.sequences(alone, |(_, parsed): &(Anchor, Parsed)| &parsed.diagnostics, one);
    let count = sequences.len();
    (
        sequences.into_iter().map(|(together, (_, parsed))| (pieces.bytes(together).start, parsed)).collect(),
        count,
    )
}

fn assert_same(text: &str, what: &str) -> usize {
    let whole = parse(Anchor(0), text);
    let (sequences, count) = in_pieces(text);
    // Each sequence counts from its own start, so its anchor is a separate number.
    let each = |show: &dyn Fn(&Parsed) -> Vec<String>| -> Vec<String> {
        let shift = |(start, parsed): &(usize, Parsed)| {
            let starts = vec![*start; 10_000];
            show(parsed).iter().map(|debug| absolute(debug, &starts)).collect::<Vec<_>>()
        };
        sequences.iter().flat_map(shift).collect()
    };
    let items = |parsed: &Parsed| parsed.tree.items.iter().map(|item| format!("{item:?}")).collect();
    let findings =
        |parsed: &Parsed| parsed.diagnostics.iter().map(|it: &Diagnostic| format!("{it:?}")).collect();
    let tokens =
        |parsed: &Parsed| parsed.tokens.iter().map(|it| format!("{:?} {:?}", it.kind, it.span)).collect();
    let of_whole = |show: &dyn Fn(&Parsed) -> Vec<String>| -> Vec<String> {
        show(&whole).iter().map(|debug| absolute(debug, &[0])).collect()
    };
    assert_eq!(each(&findings), of_whole(&findings), "{what}\n{text}");
    assert_eq!(each(&items), of_whole(&items), "{what}\n{text}");
    assert_eq!(each(&tokens), of_whole(&tokens), "{what}\n{text}");
    count
}

fn texts(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pipe") {
            texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    texts.sort();
    texts
}

const SOUND: &str = "// The version.\nlet version = \"1.2\"\n\n/// It ships.\npipeline shop {\n  on push to main\n  stage commit {\n    gate unit: test { run \"make\" }\n  }\n}\n\nallow P0905 because \"old\"\nenvironment production { requires test }\n";

#[test]
fn broken_texts_read_the_same_in_pieces() {
    for (path, text) in texts("tests/broken") {
        assert_same(&text, &path);
        assert_same(&format!("{SOUND}{text}"), &path);
        assert_same(&format!("{text}\n{SOUND}"), &path);
        assert_same(&format!("{SOUND}{text}\n{SOUND}{SOUND}"), &path);
    }
}

#[test]
fn sound_texts_read_the_same_in_pieces() {
    assert_eq!(assert_same(SOUND, "sound"), 3);
    assert_eq!(assert_same(&SOUND.repeat(3), "several"), 9);
    assert_eq!(assert_same("", "empty"), 1);
    assert_eq!(assert_same("// nothing but a comment\n", "comment"), 1);
    assert_eq!(assert_same("let a = 1 let b = 2\nlet c = 3", "one line"), 2);
}

#[test]
fn any_cut_text_reads_the_same_in_pieces() {
    let text = format!("{SOUND}let last = 1\n");
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        assert_same(&text[..at], "cut");
        let end = (at + 3).min(text.len());
        assert_same(&format!("{}{}", &text[..at], &text[end..]), "left out");
        assert_same(&format!("{}{{{}", &text[..at], &text[at..]), "opened");
        assert_same(&format!("{}}}{}", &text[..at], &text[at..]), "closed");
    }
}

#[test]
fn an_edit_keeps_the_other_pieces() {
    let before = pieces(SOUND);
    let edited = format!("// why\nlet first = 1\n{SOUND}");
    let after = pieces(&edited);
    assert_eq!((before.len(), after.len()), (3, 4));
    assert_eq!(before.text(1..3), after.text(2..4));
}
