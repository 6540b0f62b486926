//! Globs matched by search, the globs of random programs, and names that distinguish them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The globs of branches and tags.
pub const REFS: [&str; 15] = [
    "main",
    "Main",
    "release/*",
    "release/**",
    "rel*",
    "re?",
    "**",
    "*",
    "*/x",
    "**/x",
    "m*n",
    "v*",
    "v1",
    "v?",
    "*-rc",
];

/// The globs of paths.
pub const PATHS: [&str; 11] =
    ["lib/**", "lib/x", "lib/*", "*.md", "**/*.md", "docs/**", "db/*.sql", "**", "lib/**/t?", "*/x", "d*/**"];

/// Whether a glob matches a whole name. `*` is any sequence of characters except `/`, `?` is one of them, and `**` is
/// any sequence. `**/` at the start of a segment may be empty. Nothing matches the empty name.
pub fn matches(glob: &str, name: &str) -> bool {
    fn from(glob: &[u8], name: &[u8], at_segment_start: bool) -> bool {
        match glob {
            [] => name.is_empty(),
            [b'*', b'*', b'/', rest @ ..] if at_segment_start && from(rest, name, true) => true,
            [b'*', b'*', rest @ ..] => {
                from(rest, name, false) || (!name.is_empty() && from(glob, &name[1..], false))
            }
            [b'*', rest @ ..] => {
                from(rest, name, false)
                    || (name.first().is_some_and(|it| *it != b'/') && from(glob, &name[1..], false))
            }
            [b'?', rest @ ..] => name.first().is_some_and(|it| *it != b'/') && from(rest, &name[1..], false),
            [letter, rest @ ..] => name.first() == Some(letter) && from(rest, &name[1..], *letter == b'/'),
        }
    }
    !name.is_empty() && from(glob.as_bytes(), name.as_bytes(), true)
}

/// Names of branches and tags: one for every possible combination of [`REFS`].
pub fn ref_names() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| names(&REFS));
    &NAMES
}

/// Paths: one for every possible combination of [`PATHS`].
pub fn path_names() -> &'static [String] {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| names(&PATHS));
    &NAMES
}

/// Keeps one name of each set that the globs don't distinguish.
pub fn distinguished<'n>(names: &'n [String], globs: &BTreeSet<&str>) -> Vec<&'n str> {
    let mut seen: BTreeSet<Vec<bool>> = BTreeSet::new();
    names
        .iter()
        .map(String::as_str)
        .filter(|name| seen.insert(globs.iter().map(|glob| matches(glob, name)).collect()))
        .collect()
}

/// Fills the wildcards of each glob. The fillings are short texts and the texts of the other globs.
fn names(globs: &[&str]) -> Vec<String> {
    let plain: Vec<String> = ["", "a", "x", "1", "ab", "a/b", "a/x"].map(str::to_owned).into();
    let once: BTreeSet<String> = globs.iter().flat_map(|glob| filled(glob, &plain)).collect();
    let fillers: Vec<String> = plain.into_iter().chain(once).collect();
    let all: BTreeSet<String> = globs.iter().flat_map(|glob| filled(glob, &fillers)).collect();
    let mut by_length: Vec<String> = all.into_iter().filter(|name| is_name(name)).collect();
    by_length.sort_by_key(|name| (name.len(), name.clone()));
    let mut first: BTreeMap<Vec<bool>, String> = BTreeMap::new();
    for name in by_length {
        first.entry(globs.iter().map(|glob| matches(glob, &name)).collect()).or_insert(name);
    }
    first.into_values().collect()
}

fn filled(glob: &str, fillers: &[String]) -> Vec<String> {
    let Some(place) = glob.find(['*', '?']) else { return vec![glob.to_owned()] };
    let (before, wildcard) = glob.split_at(place);
    // The text after the wildcard, whether the wildcard matches slashes, and the slash at the end of `**/`.
    let (rest, deep, slash) = if let Some(rest) = wildcard.strip_prefix("**/") {
        (rest, true, "/")
    } else if let Some(rest) = wildcard.strip_prefix("**") {
        (rest, true, "")
    } else {
        (wildcard.trim_start_matches(['*', '?']), false, "")
    };
    let mut all = Vec::new();
    for end in filled(rest, fillers) {
        if !slash.is_empty() {
            all.push(format!("{before}{end}"));
        }
        for filler in fillers.iter().filter(|filler| deep || !filler.contains('/')) {
            all.push(format!("{before}{filler}{slash}{end}"));
        }
    }
    all
}

/// Whether the slashes of a text allow it as a branch or a path.
fn is_name(name: &str) -> bool {
    name.split('/').all(|segment| !segment.is_empty() && !segment.starts_with(['.', '-']))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs_match_as_the_reference_says() {
        for (glob, name) in [
            ("**/x", "x"),
            ("**/x", "a/b/x"),
            ("a/**/b", "a/b"),
            ("*", "a"),
            ("r?", "re"),
            ("docs/**", "docs/a/b"),
        ] {
            assert!(matches(glob, name), "{glob} {name}");
        }
        for (glob, name) in
            [("*", "a/b"), ("?", "/"), ("main", "Main"), ("docs/**", "docs"), ("a**/b", "ab"), ("**", "")]
        {
            assert!(!matches(glob, name), "{glob} {name}");
        }
    }
}
