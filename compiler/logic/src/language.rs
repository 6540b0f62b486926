//! Regular languages of non-empty strings.
//!
//! ```
//! use pipec_logic::{Glob, Language};
//!
//! let releases = Glob::parse("release/*").unwrap().language();
//! let frozen = Language::prefix_ignoring_case("release/1");
//! let open = releases.difference(&frozen);
//! assert!(open.contains("release/2") && !open.contains("release/1.1"));
//! assert_eq!(open.witness().as_deref(), Some("release/x"));
//! ```

use std::sync::Arc;

use crate::automaton::Automaton;
use crate::pattern::{self, Step};
use crate::witness;

/// A regular language: a set of non-empty strings of Unicode characters.
///
/// Two languages are equal exactly if they have the same members. Their order is arbitrary but fixed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    automaton: Arc<Automaton>,
}

impl Language {
    /// The language of one text; it has no members if the text is empty.
    pub fn literal(text: &str) -> Language {
        Language::matching(text.chars().map(Step::character))
    }

    /// The language of a text, with each ASCII letter in either case.
    pub fn literal_ignoring_case(text: &str) -> Language {
        Language::matching(letters(text))
    }

    /// The language of strings that start with a text, with ASCII letters in either case.
    pub fn prefix_ignoring_case(text: &str) -> Language {
        Language::matching(letters(text).chain([Step::anything()]))
    }

    /// The language of strings that end with a text, with ASCII letters in either case.
    pub fn suffix_ignoring_case(text: &str) -> Language {
        Language::matching([Step::anything()].into_iter().chain(letters(text)))
    }

    /// The language of strings that contain a text, with ASCII letters in either case.
    pub fn containing_ignoring_case(text: &str) -> Language {
        Language::matching([Step::anything()].into_iter().chain(letters(text)).chain([Step::anything()]))
    }

    /// The language without members.
    pub fn empty() -> Language {
        Language::matching([])
    }

    /// The language of all non-empty strings.
    pub fn all() -> Language {
        Language::matching([Step::anything()])
    }

    /// The strings in either language. Like every combination, it takes up to the product of both sizes.
    pub fn union(&self, other: &Language) -> Language {
        Language::of(self.automaton.product(&other.automaton, |left, right| left || right))
    }

    /// The strings in both languages.
    pub fn intersection(&self, other: &Language) -> Language {
        Language::of(self.automaton.product(&other.automaton, |left, right| left && right))
    }

    /// The strings in this language but not in the other.
    pub fn difference(&self, other: &Language) -> Language {
        Language::of(self.automaton.product(&other.automaton, |left, right| left && !right))
    }

    /// The non-empty strings that are not in this language.
    pub fn complement(&self) -> Language {
        Language::of(self.automaton.complement())
    }

    /// Whether the language has no members.
    pub fn is_empty(&self) -> bool {
        self.automaton.is_empty()
    }

    /// Whether every member is also a member of the other language.
    pub fn is_subset(&self, other: &Language) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether both languages have the same members.
    pub fn equals(&self, other: &Language) -> bool {
        self == other
    }

    /// Whether the string is a member; the empty string never is.
    pub fn contains(&self, text: &str) -> bool {
        self.automaton.accepts(self.automaton.run(text))
    }

    /// A member to show to people, if there is one.
    ///
    /// The choice prefers a name that git accepts for a branch, then a relative path, then any string; then the shortest;
    /// then plain letters. The same language always gives the same witness.
    pub fn witness(&self) -> Option<String> {
        witness::member(&self.automaton)
    }

    pub(crate) fn of(automaton: Automaton) -> Language {
        Language { automaton: Arc::new(automaton) }
    }

    pub(crate) fn automaton(&self) -> &Automaton {
        &self.automaton
    }

    fn matching(steps: impl IntoIterator<Item = Step>) -> Language {
        let steps: Vec<Step> = steps.into_iter().collect();
        Language::of(pattern::automaton_of_plain(&steps))
    }
}

fn letters(text: &str) -> impl Iterator<Item = Step> {
    text.chars().map(Step::letter_of_either_case)
}
