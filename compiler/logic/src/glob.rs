//! Globs: the patterns for branches, tags and paths.
//!
//! ```
//! use pipec_logic::Glob;
//!
//! let docs = Glob::parse("docs/**/*.md").unwrap();
//! assert!(docs.matches("docs/index.md") && docs.matches("docs/api/run.md"));
//! assert!(!docs.matches("docs/api/run.txt"));
//! assert_eq!(docs.literal_prefix(), "docs/");
//! assert_eq!(Glob::parse("v[0-9]").unwrap_err().offset, 1);
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::Language;
use crate::pattern::{self, Characters, Step};

/// The most states of one glob. A hand-written one needs fewer, and products stay cheap.
const STATES: usize = 1024;

/// A glob: anchored at both ends, case-sensitive, with the wildcards `*`, `?` and `**`.
///
/// - `*` matches any number of characters except `/`.
/// - `?` matches one character except `/`.
/// - `**` matches any number of characters. `docs/**` matches everything below `docs`, but not `docs` itself.
/// - `**/` at the start or after a `/` also matches nothing, so `**/x` matches `x`, and `a/**/b` matches `a/b`.
///
/// Globs are compared and ordered by their text.
#[derive(Clone)]
pub struct Glob {
    text: String,
    language: Language,
}

impl Glob {
    /// Parses a glob.
    ///
    /// # Errors
    /// If the text is not a glob, or its automaton would have too many states.
    pub fn parse(text: &str) -> Result<Glob, GlobError> {
        if let Some(error) = first_error(text) {
            return Err(error);
        }
        let too_large = GlobError { kind: GlobErrorKind::TooLarge, offset: 0 };
        let automaton = pattern::automaton(&steps(text), STATES).map_err(|_| too_large)?;
        Ok(Glob { text: text.to_owned(), language: Language::of(automaton) })
    }

    /// The glob as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the glob has no wildcard, so that it matches only its own text.
    pub fn is_literal(&self) -> bool {
        !self.text.contains(['*', '?'])
    }

    /// The text before the first wildcard; every match starts with it.
    ///
    /// The prefix of `a/**/b` is `a/`. The prefix of a literal is its whole text.
    pub fn literal_prefix(&self) -> &str {
        self.text.split(['*', '?']).next().unwrap_or_default()
    }

    /// Whether the glob matches the whole candidate; it never matches the empty string.
    ///
    /// This implementation shares nothing with [`Glob::language`], so that tests can compare the two.
    pub fn matches(&self, candidate: &str) -> bool {
        let pattern: Vec<char> = self.text.chars().collect();
        let candidate: Vec<char> = candidate.chars().collect();
        !candidate.is_empty() && matches_whole(&pattern, &candidate)
    }

    /// The language of all strings that the glob matches.
    pub fn language(&self) -> Language {
        self.language.clone()
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Glob) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

impl PartialOrd for Glob {
    fn partial_cmp(&self, other: &Glob) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Glob {
    fn cmp(&self, other: &Glob) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Glob {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Glob").field(&self.text).finish()
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Why a text is not a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobError {
    /// What is wrong.
    pub kind: GlobErrorKind,
    /// Where it is wrong, in bytes from the start of the text.
    pub offset: usize,
}

/// The ways in which a text fails to be a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobErrorKind {
    /// The text is empty.
    Empty,
    /// It starts with a slash.
    LeadingSlash,
    /// It ends with a slash.
    TrailingSlash,
    /// It has two slashes in a row.
    DoubleSlash,
    /// One of its segments is `.` or `..`, which no path in a repository contains.
    DotSegment,
    /// It contains a control character, such as a newline.
    ControlCharacter,
    /// It contains a character that is special in other dialects of globs.
    OtherDialect(char),
    /// Its automaton has too many states.
    TooLarge,
}

impl fmt::Display for GlobError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            GlobErrorKind::Empty => formatter.write_str("a glob can't be empty"),
            GlobErrorKind::LeadingSlash => {
                formatter.write_str("a glob can't start with `/`: it is anchored at the root already")
            }
            GlobErrorKind::TrailingSlash => {
                formatter.write_str("a glob can't end with `/`: what is below a folder is `/**`")
            }
            GlobErrorKind::DoubleSlash => formatter.write_str("a glob can't contain `//`"),
            GlobErrorKind::DotSegment => {
                formatter.write_str("a glob has no segment `.` or `..`: it is anchored at the root already")
            }
            GlobErrorKind::ControlCharacter => {
                formatter.write_str("a glob can't contain a control character")
            }
            GlobErrorKind::OtherDialect(character) => {
                write!(
                    formatter,
                    "a glob can't contain `{character}`: globs here know only `*`, `?` and `**`"
                )
            }
            GlobErrorKind::TooLarge => formatter.write_str("this glob is too long or has too many wildcards"),
        }
    }
}

impl std::error::Error for GlobError {}

fn first_error(text: &str) -> Option<GlobError> {
    let error = |kind, offset| Some(GlobError { kind, offset });
    if text.is_empty() {
        return error(GlobErrorKind::Empty, 0);
    }
    let mut before = None;
    for (offset, character) in text.char_indices() {
        match (before, character) {
            (None, '/') => return error(GlobErrorKind::LeadingSlash, offset),
            (Some('/'), '/') => return error(GlobErrorKind::DoubleSlash, offset),
            (_, '[' | ']' | '{' | '}' | '!' | '\\') => {
                return error(GlobErrorKind::OtherDialect(character), offset);
            }
            _ if character.is_control() => return error(GlobErrorKind::ControlCharacter, offset),
            _ => {}
        }
        before = Some(character);
    }
    let mut start = 0;
    for segment in text.split('/') {
        if matches!(segment, "." | "..") {
            return error(GlobErrorKind::DotSegment, start);
        }
        start += segment.len() + 1;
    }
    (before == Some('/')).then(|| GlobError { kind: GlobErrorKind::TrailingSlash, offset: text.len() - 1 })
}

fn steps(text: &str) -> Vec<Step> {
    let except_slash = || Characters::AllExcept(vec!['/']);
    let mut steps = Vec::new();
    let mut rest = text;
    let mut at_segment_start = true;
    while let Some(character) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("**/").filter(|_| at_segment_start) {
            steps.extend([Step::Optional(2), Step::anything(), Step::character('/')]);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**") {
            steps.push(Step::anything());
            at_segment_start = false;
            rest = after;
        } else {
            steps.push(match character {
                '*' => Step::Run(except_slash()),
                '?' => Step::One(except_slash()),
                _ => Step::character(character),
            });
            at_segment_start = character == '/';
            rest = rest.strip_prefix(character).unwrap_or_default();
        }
    }
    steps
}

/// Decides for all suffixes of the pattern and the candidate whether they match. It begins with the shortest.
///
/// So the cost of any glob is at most the product of both lengths.
fn matches_whole(pattern: &[char], candidate: &[char]) -> bool {
    let width = candidate.len() + 1;
    // The rows for the suffixes of the pattern that start one, two and three characters later.
    let nothing = vec![false; width];
    let mut further =
        [(0..width).map(|place| place + 1 == width).collect(), nothing.clone(), nothing.clone()];
    for start in (0..pattern.len()).rev() {
        let at = |row: &[bool], place: usize| row.get(place).copied().unwrap_or(false);
        let symbol = |ahead: usize| pattern.get(start + ahead).copied();
        let at_segment_start = start == 0 || pattern.get(start - 1) == Some(&'/');
        let [one, two, three]: &[Vec<bool>; 3] = &further;
        let mut row = nothing.clone();
        // Whether the pattern after `**` matches here or at any later place.
        let mut run = false;
        for place in (0..width).rev() {
            let character = candidate.get(place).copied();
            let matched = match symbol(0) {
                Some('*') if symbol(1) == Some('*') => {
                    run |= at(two, place);
                    run || (at_segment_start && symbol(2) == Some('/') && at(three, place))
                }
                Some('*') => at(one, place) || (character != Some('/') && at(&row, place + 1)),
                Some('?') => character.is_some_and(|character| character != '/') && at(one, place + 1),
                symbol => character.is_some() && character == symbol && at(one, place + 1),
            };
            if let Some(slot) = row.get_mut(place) {
                *slot = matched;
            }
        }
        let [one, two, _] = further;
        further = [row, one, two];
    }
    further.first().and_then(|row| row.first()).copied().unwrap_or(false)
}
