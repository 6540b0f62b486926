//! Members of a language that people find easy to read.
//!
//! ```text
//! language `**/*.md` without `docs/**`    x.md                  a shortest name that git accepts for a branch
//! language `a b*`                         a b                   no such name has a space, so a path
//! the text `a/../b` alone                 a/../b                no such path has `..`, so any string
//! ```

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::LazyLock;

use crate::automaton::Automaton;
use crate::pattern::{self, Characters, Step};

/// The styles of witnesses, the best first. A search tries them in this order.
pub(crate) fn styles() -> [&'static Automaton; 3] {
    static STYLES: LazyLock<[Automaton; 3]> =
        LazyLock::new(|| [reference_names(), relative_paths(), anything()]);
    STYLES.each_ref()
}

/// One representative of each class of an alphabet, with its class; preferred letters first.
pub(crate) fn letters(mentioned: &[char]) -> Vec<(char, usize)> {
    let listed = mentioned.iter().copied().enumerate().map(|(class, character)| (character, class));
    let plain = "xyz".chars().chain('a'..='w').chain('0'..='9').chain('A'..='Z').chain('\u{a1}'..=char::MAX);
    let other = plain.into_iter().find(|character| mentioned.binary_search(character).is_err());
    let other = other.map(|character| (character, mentioned.len()));
    let mut letters: Vec<(char, usize)> = listed.chain(other).collect();
    letters.sort_by_key(|&(character, _)| (rank(character), character));
    letters
}

/// Walks breadth first over the states that non-empty words reach, until `visit` returns true.
///
/// `step` receives a state and an index into `letters`, and returns `None` to prune the walk. `visit` receives each state
/// once, with the first of the shortest words that lead to it.
pub(crate) fn walk<S: Copy + Eq + Hash>(
    letters: &[(char, usize)],
    start: S,
    step: impl Fn(S, usize) -> Option<S>,
    mut visit: impl FnMut(S, &dyn Fn() -> String) -> bool,
) {
    let mut seen = HashSet::new();
    // The state, where it was reached from, and by which letter; the start is the root of the tree.
    let mut reached: Vec<(S, usize, char)> = vec![(start, 0, '\0')];
    let mut done = 0;
    while let Some(&(state, _, _)) = reached.get(done) {
        for (index, &(character, _)) in letters.iter().enumerate() {
            let Some(next) = step(state, index).filter(|&next| seen.insert(next)) else { continue };
            reached.push((next, done, character));
            let last = reached.len() - 1;
            if visit(next, &|| word(&reached, last)) {
                return;
            }
        }
        done += 1;
    }
}

/// A shortest member in the best style that has any. `None` if the language is empty.
pub(crate) fn member(automaton: &Automaton) -> Option<String> {
    if automaton.is_empty() {
        return None;
    }
    let letters = letters(automaton.mentioned());
    styles().into_iter().find_map(|style| {
        let step = |(state, style_state): (u32, u32), index: usize| {
            let &(character, class) = letters.get(index)?;
            alive(automaton, automaton.next(state, class))
                .zip(alive(style, style.next(style_state, style.class(character))))
        };
        let mut found = None;
        walk(&letters, (0, 0), step, |(state, style_state), word| {
            if automaton.accepts(state) && style.accepts(style_state) {
                found = Some(word());
            }
            found.is_some()
        });
        found
    })
}

/// The state, unless it is dead.
pub(crate) fn alive(automaton: &Automaton, state: u32) -> Option<u32> {
    (!automaton.is_dead(state)).then_some(state)
}

fn word<S>(reached: &[(S, usize, char)], mut index: usize) -> String {
    let mut word = Vec::new();
    while index != 0
        && let Some((_, parent, character)) = reached.get(index)
    {
        word.push(*character);
        index = *parent;
    }
    word.into_iter().rev().collect()
}

fn rank(character: char) -> u8 {
    match character {
        'x'..='z' => 0,
        'a'..='w' => 1,
        '0'..='9' => 2,
        'A'..='Z' => 3,
        '_' => 4,
        '-' => 5,
        '.' => 6,
        '/' => 7,
        _ if character.is_alphanumeric() => 8,
        _ => 9,
    }
}

/// The names that git accepts for a branch or tag (git-check-ref-format), slightly restricted.
///
/// It also rejects `.lock` in any case, a full stop before a slash, and a hyphen at the start of a segment.
fn reference_names() -> Automaton {
    let mut rejected = vec![
        containing("//"),
        starting("/"),
        ending("/"),
        containing(".."),
        containing("./"),
        containing("/."),
        starting("."),
        ending("."),
        ending(".lock"),
        containing(".lock/"),
        starting("-"),
        containing("/-"),
        containing("@{"),
        text("@"),
    ];
    let never = ('\0'..=' ').chain("~^:?*[\\\u{7f}".chars()).collect();
    rejected.push(vec![Step::anything(), Step::One(Characters::These(never)), Step::anything()]);
    none_of(&rejected)
}

/// Paths from the root of a tree, without empty segments, `.`, `..` or control characters.
fn relative_paths() -> Automaton {
    let mut rejected = vec![containing("//"), starting("/"), ending("/")];
    for segment in [".", ".."] {
        let inner = format!("/{segment}/");
        rejected.extend([
            text(segment),
            starting(&format!("{segment}/")),
            containing(&inner),
            ending(&format!("/{segment}")),
        ]);
    }
    let never = ('\0'..='\u{1f}').chain(['\u{7f}']).collect();
    rejected.push(vec![Step::anything(), Step::One(Characters::These(never)), Step::anything()]);
    none_of(&rejected)
}

fn anything() -> Automaton {
    none_of(&[])
}

fn none_of(patterns: &[Vec<Step>]) -> Automaton {
    let automata = patterns.iter().map(|steps| pattern::automaton_of_plain(steps));
    let nothing = pattern::automaton_of_plain(&[]);
    automata.fold(nothing, |rejected, one| rejected.product(&one, |left, right| left || right)).complement()
}

fn text(text: &str) -> Vec<Step> {
    text.chars().map(Step::letter_of_either_case).collect()
}

fn starting(prefix: &str) -> Vec<Step> {
    text(prefix).into_iter().chain([Step::anything()]).collect()
}

fn ending(suffix: &str) -> Vec<Step> {
    [Step::anything()].into_iter().chain(text(suffix)).collect()
}

fn containing(infix: &str) -> Vec<Step> {
    [Step::anything()].into_iter().chain(starting(infix)).collect()
}
