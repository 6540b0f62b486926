//! Globs: their errors, their matches, and the agreement of both implementations.

#![expect(clippy::panic, reason = "a helper of tests fails the test")]

use pipec_logic::{Glob, GlobErrorKind, Language};
use proptest::prelude::*;
use proptest::sample::select;

fn glob(text: &str) -> Glob {
    Glob::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

/// Globs of few letters, so that random candidates have a chance to match.
fn any_glob() -> impl Strategy<Value = Glob> {
    let part = select(vec!["a", "b", "é", "/", "*", "?", "**", "/**/", "**/", "/*/", ".", "ab"]);
    prop::collection::vec(part, 1..8).prop_filter_map("not a glob", |parts| Glob::parse(&parts.concat()).ok())
}

fn any_candidate() -> impl Strategy<Value = String> {
    let character = select(vec!['a', 'b', 'é', '/', '.', 'z', '\n']);
    prop::collection::vec(character, 0..9).prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_automaton_agrees_with_the_matcher(glob in any_glob(), candidate in any_candidate()) {
        prop_assert_eq!(glob.language().contains(&candidate), glob.matches(&candidate));
    }

    #[test]
    fn a_witness_matches_and_starts_with_the_literal_prefix(glob in any_glob()) {
        let witness = glob.language().witness().expect("every glob matches something");
        prop_assert!(glob.matches(&witness), "{} does not match {}", glob, witness);
        prop_assert!(witness.starts_with(glob.literal_prefix()));
        prop_assert_eq!(glob.is_literal(), glob.language() == Language::literal(glob.text()));
    }
}

fn assert_matches(pattern: &str, matching: &[&str], others: &[&str]) {
    let glob = glob(pattern);
    for candidate in matching {
        assert!(glob.matches(candidate) && glob.language().contains(candidate), "`{pattern}` `{candidate}`");
    }
    for candidate in others {
        assert!(
            !glob.matches(candidate) && !glob.language().contains(candidate),
            "`{pattern}` `{candidate}`"
        );
    }
}

#[test]
fn a_literal_matches_itself_in_its_own_case() {
    assert_matches("main", &["main"], &["Main", "mai", "mains", "x/main", ""]);
}

#[test]
fn one_star_stops_at_a_slash() {
    assert_matches("release/*", &["release/1", "release/1.2", "release/"], &["release", "release/1/2"]);
    assert_matches("*", &["a", "a b", "é"], &["", "a/b", "/"]);
}

#[test]
fn a_question_mark_is_one_character_except_a_slash() {
    assert_matches("v?", &["v1", "v£", "v?"], &["v", "v12", "v/"]);
}

#[test]
fn two_stars_cross_slashes() {
    assert_matches("docs/**", &["docs/a", "docs/a/b", "docs/"], &["docs", "docsa", "x/docs/a"]);
    assert_matches("a**b", &["ab", "a/b", "a/x/b", "axb"], &["a", "b"]);
    assert_matches("**", &["a", "a/b", "/"], &[""]);
}

#[test]
fn two_stars_and_a_slash_also_match_no_folder() {
    assert_matches("**/x", &["x", "a/x", "a/b/x"], &["ax", "a/bx", "xa"]);
    assert_matches("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["ab", "a/xb", "axb"]);
    assert_matches("**/**/x", &["x", "a/x"], &["ax"]);
}

#[test]
fn two_stars_inside_a_segment_need_their_slash() {
    assert_matches("a**/b", &["a/b", "ax/b", "a/x/b"], &["ab", "axb"]);
}

#[test]
fn the_literal_prefix_ends_at_the_first_wildcard() {
    assert_eq!(glob("services/svc-?/x").literal_prefix(), "services/svc-");
    assert_eq!(glob("a/**/b").literal_prefix(), "a/");
    assert_eq!(glob("main").literal_prefix(), "main");
    assert_eq!(glob("*").literal_prefix(), "");
}

#[test]
fn an_error_gives_its_place_in_the_glob() {
    let cases = [
        ("", GlobErrorKind::Empty, 0, "a glob can't be empty"),
        (
            "/a",
            GlobErrorKind::LeadingSlash,
            0,
            "a glob can't start with `/`: it is anchored at the root already",
        ),
        ("é/", GlobErrorKind::TrailingSlash, 2, "a glob can't end with `/`: what is below a folder is `/**`"),
        ("é//b", GlobErrorKind::DoubleSlash, 3, "a glob can't contain `//`"),
        ("a\nb", GlobErrorKind::ControlCharacter, 1, "a glob can't contain a control character"),
        ("a\0", GlobErrorKind::ControlCharacter, 1, "a glob can't contain a control character"),
        (
            "src/*.{c,h}",
            GlobErrorKind::OtherDialect('{'),
            6,
            "a glob can't contain `{`: globs here know only `*`, `?` and `**`",
        ),
        (
            "!docs/**",
            GlobErrorKind::OtherDialect('!'),
            0,
            "a glob can't contain `!`: globs here know only `*`, `?` and `**`",
        ),
    ];
    for (text, kind, offset, message) in cases {
        let error = Glob::parse(text).expect_err(text);
        assert_eq!(
            (error.kind, error.offset, error.to_string().as_str()),
            (kind, offset, message),
            "{text:?}"
        );
    }
    for other in "[]{}!\\".chars() {
        let error = Glob::parse(&format!("é{other}")).expect_err("another dialect");
        assert_eq!((error.kind, error.offset), (GlobErrorKind::OtherDialect(other), 2));
    }
}

#[test]
fn a_glob_with_too_many_states_is_rejected() {
    let exploding = format!("*a{}", "?".repeat(40));
    for text in [exploding, "a".repeat(100_000), "*a".repeat(2000)] {
        let error = Glob::parse(&text).expect_err("it has too many states");
        assert_eq!(error.kind, GlobErrorKind::TooLarge);
        assert_eq!(error.to_string(), "this glob is too long or has too many wildcards");
    }
}

#[test]
fn a_glob_of_many_stars_matches_in_reasonable_time() {
    let glob = glob(&format!("{}b", "*a".repeat(60)));
    assert!(!glob.matches(&"a".repeat(1000)));
    assert!(glob.matches(&format!("{}b", "a".repeat(1000))));
}
