//! Properties of every program, independent of its layout and the places of its comments.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a failing helper fails its test"
)]

#[path = "../../../tests/src/generate/mod.rs"]
mod generate;

use generate::{Choices, Program};
use pipec_base::Anchor;
use pipec_format::{Formatted, format};
use pipec_syntax::{Punctuation, Token, TokenKind, lex};
use proptest::collection::vec;
use proptest::prelude::*;

const FILE: Anchor = Anchor(0);

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..most)
}

fn formatted(text: &str) -> Result<String, TestCaseError> {
    match format(FILE, text) {
        Formatted::Done(text) => Ok(text),
        Formatted::Broken(diagnostics) => Err(TestCaseError::fail(format!("{text}\n\n{diagnostics:#?}"))),
    }
}

/// The kinds and texts of all tokens, with comments. A raw string counts by its value, without its margin.
fn words(text: &str) -> Vec<(TokenKind, String)> {
    let (tokens, _) = lex(FILE, text);
    tokens
        .iter()
        .map(|token| {
            let text = match token.kind {
                TokenKind::RawString => raw_value(token.text(text)),
                TokenKind::Word if token.text(text) == "artifact" => "artefact".to_owned(),
                _ => token.text(text).trim_end().to_owned(),
            };
            (token.kind, text)
        })
        .collect()
}

/// The value of a raw string, read by the parser.
fn raw_value(text: &str) -> String {
    let parsed = pipec_syntax::parse(FILE, &format!("let a = {text}\n"));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let item = &parsed.tree.items[0];
    match &item.kind {
        pipec_syntax::ast::Declaration::Let(pipec_syntax::ast::Let {
            value: pipec_syntax::ast::Expression::String(string),
            ..
        }) => string.verbatim().expect("a raw string is verbatim"),
        other => panic!("{other:?}"),
    }
}

/// The tokens of each line, without comments.
fn code_lines<'t>(text: &str, tokens: &'t [Token]) -> Vec<(usize, &'t [Token])> {
    tokens
        .chunk_by(|_, next| !next.starts_line())
        .map(|line| {
            let code = line.iter().take_while(|token| !token.is_comment()).count();
            let line = &line[..code];
            let width = line.last().map_or(0, |last| {
                let end = last.span.range().end;
                let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
                text[start..end].chars().count()
            });
            (width, line)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_program_keeps_its_words_and_comments_and_its_layout_is_final(
        program in bytes(1500),
        layout in bytes(1500),
    ) {
        let program = Program::random(&mut Choices::new(&program));
        let text = program.laid_out(&mut Choices::new(&layout));
        let once = formatted(&text)?;
        prop_assert_eq!(words(&text), words(&once));
        let twice = formatted(&once)?;
        prop_assert_eq!(&once, &twice, "{}", text);
        prop_assert!(once.is_empty() || (once.ends_with('\n') && !once.ends_with("\n\n")));
        let starts_with_mark = once.starts_with('\u{feff}');
        prop_assert!(!starts_with_mark);
        let inside_strings = once.contains("\"\"\"");
        prop_assert!(inside_strings || !once.contains('\r'));
        prop_assert!(inside_strings || !once.contains("\n\n\n"));
        prop_assert!(inside_strings || once.lines().all(|line| line.trim_end() == line));
    }

    #[test]
    fn long_lines_have_no_possible_break(program in bytes(1500), layout in bytes(500)) {
        let program = Program::random(&mut Choices::new(&program));
        let once = formatted(&program.laid_out(&mut Choices::new(&layout)))?;
        let (tokens, _) = lex(FILE, &once);
        for (width, line) in code_lines(&once, tokens.as_slice()) {
            let opens = line.iter().rposition(|token| token.is(Punctuation::OpenBrace));
            let closes = line.iter().rposition(|token| token.is(Punctuation::CloseBrace));
            let block = opens.zip(closes).is_some_and(|(opens, closes)| opens + 1 < closes);
            let comma = line.iter().rev().skip(1).any(|token| token.is(Punctuation::Comma));
            prop_assert!(width <= 100 || !(block || comma), "{} columns: {:?}\n{}", width, line, once);
        }
    }

    #[test]
    fn a_comment_stays_between_the_same_words_and_on_its_side_of_the_line_end(
        program in bytes(800),
        layout in bytes(1500),
    ) {
        let program = Program::random(&mut Choices::new(&program));
        let text = program.laid_out(&mut Choices::new(&layout));
        let once = formatted(&text)?;
        let sides = |text: &str| -> Vec<bool> {
            lex(FILE, text).0.iter().filter(|token| token.is_comment()).map(Token::starts_line).collect()
        };
        prop_assert_eq!(sides(&text), sides(&once));
    }

    #[test]
    fn any_text_is_formatted_or_left_unchanged(text in "\\PC{0,60}|[a-z{}()\\[\\]\"$,:. \n/=<>0-9|-]{0,200}") {
        match format(FILE, &text) {
            Formatted::Done(once) => prop_assert_eq!(formatted(&once)?, once),
            Formatted::Broken(diagnostics) => {
                prop_assert!(diagnostics.iter().any(pipec_base::Diagnostic::is_error));
                prop_assert!(diagnostics.iter().all(|finding| finding.code != pipec_base::codes::P0099));
            }
        }
    }

    #[test]
    fn a_program_that_lost_a_brace_is_refused(program in bytes(1500), which in any::<prop::sample::Index>()) {
        let mut program = Program::random(&mut Choices::new(&program));
        let braces: Vec<usize> = (0..program.words.len())
            .filter(|at| matches!(program.words[*at].text.as_str(), "{" | "}"))
            .collect();
        prop_assume!(!braces.is_empty());
        program.words.remove(braces[which.index(braces.len())]);
        prop_assert!(matches!(format(FILE, &program.plain()), Formatted::Broken(_)), "{}", program.plain());
    }
}
