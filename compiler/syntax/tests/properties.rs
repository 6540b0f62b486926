//! Properties of any text.
#![expect(clippy::string_slice, reason = "a wrong slice fails the test")]

#[path = "support/outline.rs"]
mod outline;

use outline::outline;
use std::fmt::Write as _;

use pipec_base::{Anchor, codes};
use pipec_syntax::{MAX_SOURCE_BYTES, Parsed, TokenKind, lex, parse};
use proptest::prelude::*;

/// Parses a text.
fn read(text: &str) -> Parsed {
    parse(Anchor(0), text)
}

const EVERYTHING: &str = include_str!("good/everything.pipe");
const SERVICE: &str = include_str!("good/service.pipe");

/// Checks that every span of a result covers whole characters of its text.
fn spans_fit(text: &str, parsed: &Parsed) {
    let fits = |span: pipec_base::Span| {
        assert!(text.get(span.range()).is_some(), "{span:?} does not fit into {text:?}");
    };
    for finding in &parsed.diagnostics {
        finding.labels.iter().for_each(|label| fits(label.span));
        finding.fix.iter().flat_map(|fix| &fix.edits).for_each(|edit| fits(edit.span));
        assert!(!finding.message.contains('\n'), "{finding:?}");
    }
    for item in &parsed.tree.items {
        fits(item.span);
    }
}

/// Checks that the tokens and the white space between them are the text.
fn nothing_is_lost(text: &str) {
    let (tokens, _) = lex(Anchor(0), text);
    let mut at = 0;
    for token in &tokens {
        let range = token.span.range();
        let gap = &text[at..range.start];
        assert!(gap.chars().all(|character| character.is_whitespace() || character == '\u{feff}'), "{gap:?}");
        assert_eq!(gap.matches('\n').count(), token.newlines_before as usize);
        assert!(!range.is_empty());
        at = range.end;
    }
    assert!(text[at..].trim_start_matches('\u{feff}').trim().is_empty());
}

fn token_soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(
            "pipeline environment task runner role registry evidence let use on push to stage when after gate artefact deploy job run path matrix measure expect engine action override strategy step allow because until is not and or main test x sre"
                .split(' ')
                .collect::<Vec<_>>()
        )
        .prop_map(str::to_owned),
        3 => prop::sample::select(
            "{ } ( ) [ ] , : . .. = -> | < <= == ; # ' $ ${{ }} && || ! - @ * \"\"\" \" $\" \\ /// //".split(' ').collect::<Vec<_>>()
        )
        .prop_map(str::to_owned),
        2 => prop::sample::select(vec!["\"x\"", "$\"a{b}c\"", "10m", "5%", "2GiB", "08:00", "2027-01-31", "0.5", "7", "\"\"\"a\"\"\"", "1h30m"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\n", "\n  ", "\n    "]).prop_map(str::to_owned),
        1 => "\\PC{1,3}",
    ];
    prop::collection::vec((piece, prop::bool::ANY), 0..60).prop_map(|pieces| {
        let mut text = String::new();
        for (piece, space) in pieces {
            text.push_str(&piece);
            if space {
                text.push(' ');
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed(text in "(?s).{0,200}") {
        spans_fit(&text, &read(&text));
        nothing_is_lost(&text);
    }

    #[test]
    fn any_tokens_are_read(text in token_soup()) {
        spans_fit(&text, &read(&text));
        nothing_is_lost(&text);
    }

    #[test]
    fn any_piece_of_a_program_is_read(start in 0..EVERYTHING.len(), length in 0..400_usize) {
        let text: String = EVERYTHING.chars().skip(start).take(length).collect();
        spans_fit(&text, &read(&text));
        nothing_is_lost(&text);
    }
}

/// The outline of each declaration of a program, and the range of its text.
fn declarations(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let parsed = read(text);
    let ranges: Vec<_> = parsed.tree.items.iter().map(|item| item.span.range()).collect();
    ranges.into_iter().map(|range| (range.clone(), outline(&read(&text[range])).join("\n"))).collect()
}

/// Damages a program at each of its tokens. Every other declaration must survive.
fn others_survive(text: &str, damage: impl Fn(&str, std::ops::Range<usize>) -> String) {
    let whole = declarations(text);
    for token in read(text).tokens.iter().filter(|token| !token.is_comment()) {
        let range = token.span.range();
        let damaged = damage(text, range.clone());
        let parsed = read(&damaged);
        spans_fit(&damaged, &parsed);
        let left = outline(&parsed).join("\n");
        for (other, lines) in &whole {
            if other.contains(&range.start) {
                continue;
            }
            assert!(
                left.contains(lines.as_str()),
                "with `{}` at {range:?} damaged, this is lost:\n{lines}\nleft is:\n{left}\n{:#?}",
                &text[range.clone()],
                parsed.diagnostics.iter().map(|finding| &finding.message).collect::<Vec<_>>(),
            );
        }
    }
}

#[test]
fn without_any_one_token_every_other_declaration_survives() {
    for text in [EVERYTHING, SERVICE] {
        others_survive(text, |text, range| format!("{}{}", &text[..range.start], &text[range.end..]));
    }
}

#[test]
fn with_any_one_token_twice_every_other_declaration_survives() {
    others_survive(SERVICE, |text, range| {
        format!("{} {}{}", &text[..range.end], &text[range.clone()], &text[range.end..])
    });
}

fn messages(parsed: &Parsed) -> Vec<(pipec_base::Code, String)> {
    parsed.diagnostics.iter().map(|finding| (finding.code, finding.message.clone())).collect()
}

#[test]
fn unlimited_nesting_is_an_error_without_overflow() {
    let deep = 100_000;
    for (before, open, after) in [
        ("pipeline a ", "{", ""),
        ("pipeline a { stage b ", "{ gate c: d ", ""),
        ("let a = ", "[", ""),
        ("let a = ", "f(x: ", ""),
        ("let a = ", "(", ""),
        ("pipeline a { stage b when ", "(", " { } }"),
        ("pipeline a { stage b when ", "not ", "fork { } }"),
        ("pipeline a { stage b when ", "not (", "fork { } }"),
        ("task a(x: ", "list<", "int) -> test { }"),
        ("let a = ", "$\"{", ""),
        ("let a = $\"{", "[", "}\""),
    ] {
        let text = format!("{before}{}{after}\nlet b = 1\n", open.repeat(deep));
        let parsed = read(&text);
        spans_fit(&text, &parsed);
        assert!(!parsed.diagnostics.is_empty(), "{before}{open}");
        assert!(parsed.diagnostics.len() <= 500);
    }
    let text = format!("let a = {}{}\nlet b = 1", "[".repeat(deep), "]".repeat(deep));
    assert_eq!(messages(&read(&text)), [(codes::P0003, "this is nested more than 128 deep".to_owned())]);
    let text = format!("let a = {}{}\nlet b = 1", "[".repeat(128), "]".repeat(128));
    assert_eq!(messages(&read(&text)), []);
}

#[test]
fn a_text_too_long_is_refused() {
    let mut text = String::new();
    while text.len() <= MAX_SOURCE_BYTES {
        let _ = writeln!(text, "// more and more and more and more and more and more and more");
    }
    let parsed = read(&text);
    assert_eq!(messages(&parsed), [(codes::P0002, "this file is longer than 4 MiB".to_owned())]);
    assert!(parsed.tree.items.is_empty());
}

#[test]
fn a_long_text_takes_time_in_proportion() {
    let clauses = "      run \"x\"\n".repeat(20_000);
    let text = format!("pipeline a {{\n  stage b {{\n    job c {{\n{clauses}    }}\n  }}\n}}\n");
    assert_eq!(messages(&read(&text)), []);
    let garbage = "frob @ ]\n".repeat(20_000);
    assert_eq!(read(&garbage).diagnostics.len(), 500);
}

#[test]
fn findings_come_in_the_order_of_the_text() {
    let text = include_str!("broken/several-broken-declarations.pipe");
    let spans: Vec<_> = read(text).diagnostics.iter().map(|finding| finding.span().bounds()).collect();
    assert!(spans.is_sorted());
}

#[test]
fn comments_know_their_lines() {
    let text = "\n\n// a\nlet b = 1 // c\n\n\n/// d\n////e";
    let (tokens, _) = lex(Anchor(0), text);
    let comments: Vec<_> = tokens
        .iter()
        .filter(|token| token.is_comment())
        .map(|token| (token.kind, token.text(text), token.starts_line(), token.blank_lines_before()))
        .collect();
    assert_eq!(
        comments,
        [
            (TokenKind::Comment, "// a", true, 2),
            (TokenKind::Comment, "// c", false, 0),
            (TokenKind::Documentation, "/// d", true, 2),
            (TokenKind::Comment, "////e", true, 0),
        ]
    );
}
