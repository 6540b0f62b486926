//! Languages: the laws of sets, and their witnesses.

#![expect(clippy::panic, reason = "a helper of tests fails the test")]

use pipec_logic::{Glob, Language};
use proptest::prelude::*;
use proptest::sample::select;

fn of_glob(text: &str) -> Language {
    Glob::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}")).language()
}

fn any_language() -> impl Strategy<Value = Language> {
    let globs =
        ["a", "b", "a*", "*b", "**", "a/**", "**/b", "a?b", "*a*", "?", "??", "**/a/*", "x", "**/a**b"];
    let leaf = prop_oneof![
        8 => select(globs.to_vec()).prop_map(of_glob),
        1 => select(vec!["a", "ab", "B"]).prop_map(Language::literal_ignoring_case),
        1 => select(vec!["a", "ab", "B/"]).prop_map(Language::prefix_ignoring_case),
        1 => select(vec!["a", "ab", "/B"]).prop_map(Language::suffix_ignoring_case),
        1 => select(vec!["a", "aab", "B"]).prop_map(Language::containing_ignoring_case),
        1 => Just(Language::empty()),
        1 => Just(Language::all()),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.union(&right)),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.intersection(&right)),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.difference(&right)),
            inner.prop_map(|language| language.complement()),
        ]
    })
}

fn any_text() -> impl Strategy<Value = String> {
    let character = select(vec!['a', 'b', 'A', 'B', '/', 'x', 'é']);
    prop::collection::vec(character, 0..6).prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operations_agree_with_those_of_sets(left in any_language(), right in any_language(), text in any_text()) {
        let (in_left, in_right) = (left.contains(&text), right.contains(&text));
        prop_assert_eq!(left.union(&right).contains(&text), in_left || in_right);
        prop_assert_eq!(left.intersection(&right).contains(&text), in_left && in_right);
        prop_assert_eq!(left.difference(&right).contains(&text), in_left && !in_right);
        prop_assert_eq!(left.complement().contains(&text), !in_left && !text.is_empty());
    }

    #[test]
    fn equal_languages_have_one_form(left in any_language(), right in any_language()) {
        prop_assert_eq!(left.complement().complement(), left.clone());
        prop_assert_eq!(left.union(&right), right.union(&left));
        prop_assert_eq!(left.union(&right).complement(), left.complement().intersection(&right.complement()));
        prop_assert_eq!(left.difference(&right), left.intersection(&right.complement()));
        prop_assert_eq!(left.union(&left.intersection(&right)), left.clone());
        prop_assert_eq!(left.union(&left.complement()), Language::all());
        prop_assert_eq!(left.intersection(&left.complement()), Language::empty());
        let same = left.difference(&right).is_empty() && right.difference(&left).is_empty();
        prop_assert_eq!(left.equals(&right), same);
        prop_assert_eq!(same, left.is_subset(&right) && right.is_subset(&left));
    }

    #[test]
    fn a_witness_is_a_member(language in any_language()) {
        match language.witness() {
            Some(witness) => prop_assert!(language.contains(&witness), "{:?}", witness),
            None => prop_assert!(language.is_empty()),
        }
    }
}

#[test]
fn no_language_contains_the_empty_string() {
    for language in [Language::all(), Language::empty().complement(), Language::prefix_ignoring_case("")] {
        assert!(!language.contains(""));
        assert_eq!(language, Language::all());
    }
    assert!(Language::literal("").is_empty());
}

#[test]
fn only_the_case_of_ascii_letters_is_ignored() {
    assert!(Language::literal_ignoring_case("Main-É").contains("mAIN-É"));
    assert!(!Language::literal_ignoring_case("Main-É").contains("main-é"));
    assert!(Language::prefix_ignoring_case("refs/").contains("REFS/x"));
    assert!(!Language::prefix_ignoring_case("refs/").contains("xrefs/"));
    assert!(Language::suffix_ignoring_case("aab").contains("aaAB"));
    assert!(Language::containing_ignoring_case("aab").contains("aaaBx"));
    assert!(!Language::containing_ignoring_case("aab").contains("abab"));
}

#[test]
fn a_witness_looks_natural() {
    let cases = [
        (Language::all(), "x"),
        (Language::literal("x").complement(), "y"),
        (of_glob("release/*"), "release/x"),
        (of_glob("release/*").difference(&of_glob("release/x*")), "release/y"),
        (of_glob("**/*.rs"), "x.rs"),
        (of_glob("v*").difference(&Language::literal("v")), "vx"),
        (of_glob("*.*"), "x.x"),
        (of_glob("docs/**"), "docs/x"),
        (of_glob("?*/**"), "x/x"),
        (of_glob("*-*"), "x-"),
    ];
    for (language, witness) in cases {
        assert_eq!(language.witness().as_deref(), Some(witness));
    }
}

#[test]
fn a_witness_is_a_git_name_or_else_a_path_or_else_any_text() {
    assert_eq!(of_glob(".github/**").witness().as_deref(), Some(".github/x"));
    assert_eq!(of_glob("**.lock").witness().as_deref(), Some(".lock"));
    assert!(
        Language::prefix_ignoring_case("../").witness().is_some_and(|witness| witness.starts_with("../"))
    );
    assert_eq!(Language::literal("a b").witness().as_deref(), Some("a b"));
    assert_eq!(Language::literal("a\nb").witness().as_deref(), Some("a\nb"));
    assert_eq!(of_glob("a..b").witness().as_deref(), Some("a..b"));
}

#[test]
fn a_long_literal_has_a_language() {
    let text = "ab/".repeat(2000);
    let language = Language::literal(&text);
    assert_eq!(language.witness().as_deref(), Some(text.as_str()));
    assert!(language.is_subset(&Language::prefix_ignoring_case("AB/AB")));
}
