//! Regular languages of non-empty strings.

use std::sync::Arc;

use crate::automaton::Automaton;
use crate::pattern::{self, Step};
use crate::witness;

/// A regular language: a set of non-empty strings of Unicode characters.
///
/// Two languages compare equal exactly if they have the same members; their order is arbitrary but always the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language {
    automaton: Arc<Automaton>,
}

impl Language {
    /// The language of this one text, or of nothing if the text is empty.
    pub fn literal(text: &str) -> Language {
        Language::matching(text.chars().map(Step::character))
    }

    /// The language of the text in every mixture of upper and lower case of its ASCII letters.
    pub fn literal_ignoring_case(text: &str) -> Language {
        Language::matching(letters(text))
    }

    /// The language of the strings that start with the text, ASCII letters in either case.
    pub fn prefix_ignoring_case(text: &str) -> Language {
        Language::matching(letters(text).chain([Step::anything()]))
    }

    /// The language of the strings that end with the text, ASCII letters in either case.
    pub fn suffix_ignoring_case(text: &str) -> Language {
        Language::matching([Step::anything()].into_iter().chain(letters(text)))
    }

    /// The language of the strings that contain the text, ASCII letters in either case.
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

    /// The strings in either language; like all that combines two, it takes up to the product of their sizes.
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

    /// Whether every member is also one of the other language.
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
    /// It is a name that git takes for a branch if the language has any, else a relative path, else anything; among
    /// those a shortest; among those one of plain letters. The same language always gives the same witness.
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
