//! The grammar in the language's reference has one reading for every text.

use pipec_tests::grammar::bnf::Bnf;
use pipec_tests::grammar::ebnf::Grammar;
use pipec_tests::grammar::lalr::Tables;

const PAGE: &str = include_str!("../../compiler/docs/grammar.md");

fn conflicts(ebnf: &str) -> Vec<String> {
    let bnf = Bnf::new(&Grammar::read(ebnf).unwrap(), true).unwrap();
    Tables::new(&bnf).conflicts().iter().map(ToString::to_string).collect()
}

/// The reference's rules, one of them changed.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(PAGE.matches(from).count(), 1, "the page has `{from}` once");
    let page = PAGE.replace(from, to);
    let blocks = page.split("```ebnf\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.collect::<Vec<_>>().concat()
}

#[test]
fn every_text_has_one_reading_with_and_without_what_is_reserved() {
    let grammar = Grammar::read_page(PAGE).unwrap();
    for with_reserved in [false, true] {
        let bnf = Bnf::new(&grammar, with_reserved).unwrap();
        let conflicts: Vec<String> = Tables::new(&bnf).conflicts().iter().map(ToString::to_string).collect();
        assert!(conflicts.is_empty(), "{}", conflicts.join("\n\n"));
    }
}

#[test]
fn an_else_without_a_partner_is_found_and_shown() {
    let found = conflicts(r#"statement = "if" INT "then" statement [ "else" statement ] | "stop" ;"#);
    assert_eq!(
        found,
        [r#"two readings before "else"
  statement = "if" INT "then" statement •
  statement = "if" INT "then" statement • "else" statement
  for example: if 42 then if 1 then stop else"#]
    );
}

#[test]
fn ambiguous_grammars_are_found() {
    for ambiguous in [
        r#"sum = sum "+" sum | INT ;"#,
        r#"all = left | right ; left = "a" ; right = "a" ;"#,
        r#"all = "a" | "a" ;"#,
        r#"all = [ "a" ] [ "a" ] "b" ;"#,
        r#"all = { [ "a" ] } "b" ;"#,
        r#"all = { "a" } { "a" } ;"#,
        r#"all = { "run" [ NAME ] | "check" } ;"#,
        r#"all = { NAME [ "file" ] } ;"#,
        // Unambiguous, but more than one token ahead is needed.
        r#"all = first "c" "d" | second "c" "e" ; first = "a" ; second = "a" ;"#,
        // LR(1), but not LALR(1).
        r#"all = "a" one "d" | "b" two "d" | "a" two "e" | "b" one "e" ; one = "c" ; two = "c" ;"#,
    ] {
        assert!(!conflicts(ambiguous).is_empty(), "{ambiguous}");
    }
}

#[test]
fn sound_grammars_are_left_alone() {
    for sound in [
        r#"sum = { INT "+" } INT ;"#,
        r#"sum = sum "+" product | product ; product = product "*" INT | INT ;"#,
        r#"all = { "a" } "b" { "a" } ;"#,
        r#"all = { "run" [ NAME ] STRING | "check" STRING } ;"#,
        r#"all = { [ NAME "=" ] "action" STRING } ;"#,
        // LALR(1), but not SLR(1).
        r#"all = place "=" value | value ; place = "*" value | INT ; value = place ;"#,
        // A lookahead that passes through what may be empty.
        r#"all = first none "b" | second none "c" ; first = "a" ; second = "a" "d" ; none = [ "x" ] ;"#,
    ] {
        assert_eq!(conflicts(sound), [""; 0], "{sound}");
    }
}

#[test]
fn a_clause_that_begins_with_a_word_that_goes_on_with_another_is_found() {
    for (from, to, tokens) in [
        (r#"| "owner" path"#, r#"| "owner" path | "because" text"#, r#""because""#),
        (r#"| "check" NAME text"#, r#"| "check" NAME text | "file" text"#, r#""file""#),
        (r#"| "lock" NAME"#, r#"| "lock" NAME | "soak" DURATION"#, r#""soak""#),
        (r#"| "lock" NAME"#, r#"| "lock" NAME | "not" NAME"#, r#""not""#),
        (
            r#""run" [ NAME ] text
                | "check""#,
            r#""run" [ NAME ] [ text ]
                | "check""#,
            r#""advisory""#,
        ),
        (r#""step" PERCENT [ "soak" DURATION ]"#, r#"[ NAME ] PERCENT [ "soak" DURATION ]"#, r#""soak""#),
    ] {
        let found = conflicts(&changed(from, to));
        let first_lines = found.iter().filter_map(|conflict| conflict.lines().next());
        assert!(first_lines.into_iter().any(|line| line.contains(tokens)), "{to}:\n{}", found.join("\n\n"));
    }
}

#[test]
fn a_name_and_a_variable_in_one_place_are_found() {
    let found = conflicts(&changed(r#"{ "." WORD }"#, r#"{ "." ( NAME | VAR ) }"#));
    assert!(found.iter().any(|conflict| conflict.contains("NAME = word •\n  VAR = word •")), "{found:?}");
}

#[test]
fn rules_that_are_missing_or_left_over_are_errors() {
    let error = |ebnf| Bnf::new(&Grammar::read(ebnf).unwrap(), true).unwrap_err();
    assert_eq!(error("all = some ;"), "no rule defines `some`");
    assert_eq!(error("all = INT ; other = INT ;"), "no rule uses `other`");
    assert_eq!(Grammar::read("all = ( INT ;").unwrap_err(), "expected `)` before `;`");
}
