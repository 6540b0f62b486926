//! Regions: they partition the strings and agree with the languages.
//!
//! They stay small if the languages are disjoint.

#![expect(clippy::panic, reason = "a helper of tests fails the test")]

use pipec_logic::{Glob, Language, Regions, TooLarge};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const GLOBS: [&str; 14] = [
    "a",
    "b",
    "a*",
    "*b",
    "**",
    "a/**",
    "**/b",
    "a?b",
    "*a*",
    "??",
    "**/a/*",
    "docs/**",
    "**/*.md",
    "**/a/**/b/**",
];

fn languages<T: AsRef<str>>(globs: &[T]) -> Vec<Language> {
    let parse = |glob: &T| Glob::parse(glob.as_ref()).unwrap_or_else(|error| panic!("{error}")).language();
    globs.iter().map(parse).collect()
}

fn witnesses(regions: &Regions) -> Vec<&str> {
    (0..regions.len()).map(|region| regions.witness(region)).collect()
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = select(vec!["a", "b", "/", "x", ".md", "docs/"]);
    prop::collection::vec(piece, 1..7).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_string_is_in_one_region_that_agrees_with_the_languages(
        globs in subsequence(GLOBS.to_vec(), 0..7).prop_shuffle(),
        texts in prop::collection::vec(any_text(), 12),
    ) {
        let languages = languages(&globs);
        let regions = Regions::of(&languages, 20_000).expect("these are small");
        for text in &texts {
            let region = regions.region_of(text).expect("a string is in a region");
            prop_assert!(region < regions.len());
            for (position, language) in languages.iter().enumerate() {
                prop_assert_eq!(regions.inside(region, position), language.contains(text), "{} {}", text, position);
            }
        }
    }

    #[test]
    fn a_region_is_in_its_languages_and_in_no_other(globs in subsequence(GLOBS.to_vec(), 1..5)) {
        let languages = languages(&globs);
        let regions = Regions::of(&languages, 20_000).expect("these are small");
        let mut minterms = vec![Language::all()];
        for language in &languages {
            minterms = minterms
                .iter()
                .flat_map(|minterm| [minterm.intersection(language), minterm.difference(language)])
                .filter(|minterm| !minterm.is_empty())
                .collect();
        }
        prop_assert_eq!(regions.len(), minterms.len());
        let mut seen: Vec<usize> = Vec::new();
        for minterm in &minterms {
            let witness = minterm.witness().expect("it is not empty");
            let region = regions.region_of(&witness).expect("a string is in a region");
            prop_assert_eq!(regions.witness(region), &witness);
            prop_assert_eq!(regions.witness_within(region, &Language::all()), Some(witness));
            prop_assert_eq!(regions.witness_within(region, &minterm.complement()), None);
            seen.push(region);
        }
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..regions.len()).collect::<Vec<_>>());
    }
}

#[test]
fn without_languages_there_is_one_region() {
    let regions = Regions::of(&[], 10).expect("one state is enough");
    assert_eq!(witnesses(&regions), ["x"]);
    assert_eq!(regions.region_of("anything"), Some(0));
    assert_eq!(regions.region_of(""), None);
    assert!(!regions.inside(0, 0));
}

#[test]
fn regions_come_in_the_order_of_the_languages_and_the_outside_last() {
    let regions = Regions::of(&languages(&["main", "release/*", "**/x", "r*/**"]), 1000).expect("small");
    assert_eq!(witnesses(&regions), ["main", "release/x", "release/y", "x", "r/x", "r/y", "y"]);
}

#[test]
fn there_is_no_outside_where_the_languages_cover_everything() {
    let main = Language::literal("main");
    let regions = Regions::of(&[main.clone(), main.complement()], 100).expect("small");
    assert_eq!(witnesses(&regions), ["main", "x"]);
    assert!(regions.inside(0, 0) && !regions.inside(0, 1) && regions.inside(1, 1));
}

#[test]
fn a_duplicate_language_costs_nothing() {
    let once = languages(&["*a*", "*b*", "*c*", "**/d"]);
    let again = languages(&["*a*", "*b*", "**/d", "*c*"]);
    let mut states = 1;
    while Regions::of(&once, states).is_err() {
        states += 1;
    }
    assert_eq!(Regions::of(&once, states - 1).err(), Some(TooLarge { limit: states - 1 }));
    let both: Vec<Language> = once.iter().cloned().chain(again).collect();
    let regions = Regions::of(&both, states).expect("the same states as before");
    for region in 0..regions.len() {
        assert_eq!(regions.inside(region, 2), regions.inside(region, 7));
    }
}

#[test]
fn three_hundred_disjoint_globs_make_three_hundred_regions_and_the_outside() {
    let globs: Vec<String> = (0..300).map(|number| format!("services/svc-{number}/**")).collect();
    // A trie of the prefixes and two states more for each: linear, where a plain product would be exponential.
    let regions = Regions::of(&languages(&globs), 1000).expect("linear in the number of globs");
    assert_eq!(regions.len(), 301);
    assert_eq!(regions.witness(17), "services/svc-17/x");
    assert_eq!(regions.witness(300), "x");
}

#[test]
fn forty_overlapping_globs_stay_within_the_limit() {
    let mut globs: Vec<String> = (0..20).map(|number| format!("**/*.ext{number}")).collect();
    globs.extend((0..10).map(|number| format!("packages/p{number}/**")));
    globs.extend((0..10).map(|number| format!("**/test{number}/**")).take(3));
    globs.extend((0..7).map(|number| format!("packages/*/lib{number}.rs")));
    let regions = Regions::of(&languages(&globs), 20_000).expect("overlaps of this kind stay small");
    assert_eq!(globs.len(), 40);
    assert!(regions.len() > 300);
}

#[test]
fn globs_that_overlap_in_every_way_exceed_the_limit() {
    let globs: Vec<String> = ('a'..='z').map(|letter| format!("*{letter}*")).collect();
    assert_eq!(Regions::of(&languages(&globs), 2000).err(), Some(TooLarge { limit: 2000 }));
    assert_eq!(Regions::of(&[], 0).err(), Some(TooLarge { limit: 0 }));
}

#[test]
fn a_witness_within_another_language_is_in_both() {
    let regions = Regions::of(&languages(&["release/*", "main"]), 100).expect("small");
    let within = |glob: &str| regions.witness_within(0, &Glob::parse(glob).expect(glob).language());
    assert_eq!(within("**/v*").as_deref(), Some("release/v"));
    assert_eq!(within("main"), None);
}
