//! The dependencies between the modules of a crate, read from the paths in their source.
//!
//! A module depends on another if a path in it, in a `use` or elsewhere, begins with `crate::`, `super::` or `self::`
//! and leads there. A re-exported name (`pub use session::Session;`) counts for the module that it comes from.
//! Comments, strings and tests (everything from `#[cfg(test)]` and `mod tests {`) are left out. A path that hides its
//! target (`use super::*`, `use crate as root`) is listed by [`Modules::hidden`].
//!
//! Dependencies are compared between *siblings*: the files and folders in one folder. So `a/x.rs` that names
//! `crate::b::y` is an arrow from `a` to `b` in the crate's root. A file and the folder of its submodules are one
//! module, and an arrow between a module and its submodules does not count: the common parts of a folder are in its
//! `mod.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The path of a module: `["engine", "text"]`. The crate's root is empty.
type Module = Vec<String>;

/// The modules of one crate and their dependencies.
#[derive(Debug, Default)]
pub struct Modules {
    /// Each module and those that it names.
    arrows: BTreeMap<Module, BTreeSet<Module>>,
    /// The modules with a path that hides its target.
    hidden: BTreeSet<Module>,
}

impl Modules {
    /// Reads the modules of a crate from its files. Paths are relative to its `src`, with `/`.
    pub fn of(files: &[(String, String)]) -> Modules {
        let texts: BTreeMap<Module, Vec<char>> =
            files.iter().map(|(path, text)| (module_of(path), code(text))).collect();
        let handed_on: BTreeMap<&Module, Vec<Vec<String>>> =
            texts.iter().map(|(module, text)| (module, handed_on(module, text, &texts))).collect();
        let arrows = texts
            .iter()
            .map(|(module, text)| {
                let named = paths(module, text).into_iter();
                let targets = named.map(|path| target(path, &texts, &handed_on));
                (module.clone(), targets.filter(|target| target != module).collect())
            })
            .collect();
        let hides = |(module, text): &(&Module, &Vec<char>)| {
            let mut paths = paths(module, text).into_iter();
            paths
                .any(|path| path.split_last().is_some_and(|(last, of)| last == ALL && module.starts_with(of)))
        };
        let hidden = texts.iter().filter(hides).map(|(module, _)| module.clone()).collect();
        Modules { arrows, hidden }
    }

    /// The modules that name everything in a folder around them, or give it another name. Their arrows are not known.
    pub fn hidden(&self) -> impl Iterator<Item = String> {
        self.hidden.iter().map(|module| module.join("/"))
    }

    /// The arrows between the files and folders in one folder. The folder is `""` for the root, or for example `engine`
    /// or `engine/steps`.
    pub fn siblings(&self, folder: &str) -> BTreeMap<String, BTreeSet<String>> {
        let folder: Module = folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let place = folder.len();
        let mut siblings: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, targets) in self.arrows.iter().filter(|(from, _)| from.starts_with(&folder)) {
            let Some(from) = from.get(place) else { continue };
            let named = targets.iter().filter(|to| to.starts_with(&folder)).filter_map(|to| to.get(place));
            siblings.entry(from.clone()).or_default().extend(named.filter(|to| *to != from).cloned());
        }
        siblings
    }

    /// The circles in every folder. Each is the folder, and the files and folders that reach each other.
    pub fn circles(&self) -> Vec<(String, BTreeSet<String>)> {
        let folders: BTreeSet<&[String]> = self
            .arrows
            .keys()
            .flat_map(|module| (0..module.len()).filter_map(|end| module.get(..end)))
            .collect();
        let circles_in = |folder: &[String]| {
            let folder = folder.join("/");
            let circles = circles(&self.siblings(&folder));
            circles.into_iter().map(move |circle| (folder.clone(), circle))
        };
        folders.into_iter().flat_map(circles_in).collect()
    }
}

/// The last part of a path that names everything in a module: `use super::*`.
const ALL: &str = "*";

/// What each node reaches along the arrows.
pub fn reached(arrows: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<&String, BTreeSet<&String>> {
    let reach = |from| {
        let mut seen: BTreeSet<&String> = BTreeSet::new();
        let mut open = vec![from];
        while let Some(next) = open.pop() {
            open.extend(arrows.get(next).into_iter().flatten().filter(|to| seen.insert(to)));
        }
        (from, seen)
    };
    arrows.keys().map(reach).collect()
}

/// The sets of two or more nodes that reach each other.
fn circles(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let reached = reached(arrows);
    let reaches = |from: &String, to: &String| reached.get(from).is_some_and(|seen| seen.contains(to));
    let circle = |from: &String| -> BTreeSet<String> {
        arrows.keys().filter(|to| reaches(from, to) && reaches(to, from)).cloned().collect()
    };
    let circles: BTreeSet<BTreeSet<String>> = arrows.keys().map(circle).collect();
    circles.into_iter().filter(|circle| circle.len() > 1).collect()
}

/// The module of a file: `engine/steps/mod.rs` and `engine/steps.rs` are `engine::steps`.
fn module_of(path: &str) -> Module {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut parts: Module = path.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// The module that a path leads to. It is the longest prefix of the path that is a module, after re-exports.
fn target(
    path: Vec<String>,
    texts: &BTreeMap<Module, Vec<char>>,
    handed_on: &BTreeMap<&Module, Vec<Vec<String>>>,
) -> Module {
    let mut path = path;
    // Names are re-exported a few times at most. The bound ends a circle of such names.
    for _ in 0..8 {
        let length = (0..=path.len()).rev().find(|end| texts.contains_key(path.get(..*end).unwrap_or(&[])));
        let module = path.get(..length.unwrap_or(0)).unwrap_or(&[]).to_vec();
        let Some(name) = path.get(module.len()) else { return module };
        let source = handed_on.get(&module).into_iter().flatten().find(|source| source.last() == Some(name));
        match source {
            Some(source) if *source != path => path.clone_from(source),
            _ => return module,
        }
    }
    path
}

/// The paths whose last names a module re-exports. It does so with `pub use` or `use`, and the paths start at the
/// crate's root.
fn handed_on(module: &Module, text: &[char], texts: &BTreeMap<Module, Vec<char>>) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, word) in words(text) {
        if word != "use" {
            continue;
        }
        let mut trees = Vec::new();
        tree(text, at + 3, &mut Vec::new(), &mut trees);
        found.extend(trees.into_iter().filter_map(|path| {
            let path = absolute(module, path.clone()).or_else(|| {
                // `use session::Session;` names a submodule of this module.
                let below: Module = module.iter().chain(path.first()).cloned().collect();
                texts.contains_key(&below).then(|| module.iter().cloned().chain(path).collect())
            });
            path.filter(|path| path.len() > module.len() + 1 || !path.starts_with(module))
        }));
    }
    found
}

/// Every path of a text into its crate, from the crate's root.
fn paths(module: &Module, text: &[char]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut end = 0;
    for (at, word) in words(text) {
        if at < end || !matches!(word.as_str(), "crate" | "super" | "self") {
            continue;
        }
        let mut trees = Vec::new();
        end = tree(text, at, &mut Vec::new(), &mut trees);
        found.extend(
            trees.into_iter().filter(|path| path.len() > 1).filter_map(|path| absolute(module, path)),
        );
    }
    found
}

/// A path that begins with `crate`, `super` or `self`, from the crate's root.
fn absolute(module: &Module, path: Vec<String>) -> Option<Vec<String>> {
    let mut base = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "super" | "self" => module.clone(),
        _ => return None,
    };
    let mut rest = path.into_iter().peekable();
    while let Some(part) = rest.next_if(|part| matches!(part.as_str(), "crate" | "super" | "self")) {
        if part == "super" {
            base.pop();
        }
    }
    base.extend(rest.filter(|part| part != "self"));
    Some(base)
}

/// Parses `a::b`, `a::{b, c::d}` or `a::*` at a position. Returns its paths and the position after it.
fn tree(text: &[char], start: usize, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let mut at = skip_blank(text, start);
    let depth = before.len();
    loop {
        match text.get(at) {
            Some('{') => {
                at += 1;
                loop {
                    at = tree(text, at, before, found);
                    at = skip_blank(text, at);
                    match text.get(at) {
                        Some(',') => at += 1,
                        _ => break,
                    }
                }
                at = skip_blank(text, at) + usize::from(text.get(at) == Some(&'}'));
                before.truncate(depth);
                return at;
            }
            Some(character) if is_word(*character) => {
                let end = (at..text.len()).find(|end| !text.get(*end).copied().is_some_and(is_word));
                let end = end.unwrap_or(text.len());
                before.push(text.get(at..end).unwrap_or(&[]).iter().collect());
                at = end;
            }
            Some('*') => {
                found.push(before.iter().cloned().chain([ALL.to_owned()]).collect());
                before.truncate(depth);
                return at + 1;
            }
            _ => {
                if before.len() > depth {
                    found.push(before.clone());
                }
                before.truncate(depth);
                return at;
            }
        }
        let next = skip_blank(text, at);
        if text.get(next) == Some(&':') && text.get(next + 1) == Some(&':') {
            at = skip_blank(text, next + 2);
            continue;
        }
        let is_folder = before.iter().all(|part| matches!(part.as_str(), "crate" | "super"));
        let renames = text.get(next..next + 3).is_some_and(|word| word.iter().collect::<String>() == "as ");
        if is_folder && renames {
            before.push(ALL.to_owned());
        }
        found.push(before.clone());
        before.truncate(depth);
        return at;
    }
}

fn skip_blank(text: &[char], start: usize) -> usize {
    (start..text.len())
        .find(|at| !text.get(*at).copied().is_some_and(char::is_whitespace))
        .unwrap_or(text.len())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The words of a text, with their places.
fn words(text: &[char]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut before = ' ';
    for (at, character) in text.iter().enumerate() {
        if is_word(*character) {
            match found.last_mut().filter(|_| is_word(before)) {
                Some((_, word)) => word.push(*character),
                None => found.push((at, character.to_string())),
            }
        }
        before = *character;
    }
    found
}

/// A source without its comments, strings and tests.
fn code(text: &str) -> Vec<char> {
    // `mod tests;` is a file of its own, and code may follow it.
    let mut tests = text.match_indices("#[cfg(test)]\nmod ").map(|(at, _)| text.split_at(at));
    let inline = tests.find(|(_, tests)| tests.lines().nth(1).is_some_and(|line| line.contains('{')));
    let text = inline.map_or(text, |(before, _)| before);
    let mut kept = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = raw_string(rest) {
            raw
        } else if first == '"' {
            plain_string(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'{'") || rest.starts_with("'}'") {
            3
        } else {
            kept.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or("");
            continue;
        };
        kept.push(' ');
        rest = rest.get(skipped..).unwrap_or("");
    }
    kept.chars().collect()
}

/// The length of the raw string at the beginning of a text.
fn raw_string(text: &str) -> Option<usize> {
    let behind = text.strip_prefix('r')?;
    let hashes = behind.len() - behind.trim_start_matches('#').len();
    let content = behind.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = content.find(&end)?;
    Some(1 + hashes + 1 + length + end.len())
}

/// The length of the string at the beginning of a text.
fn plain_string(text: &str) -> usize {
    let mut escaped = true;
    for (at, character) in text.char_indices() {
        if character == '"' && !escaped {
            return at + 1;
        }
        escaped = at == 0 || character == '\\' && !escaped;
        if at == 0 {
            escaped = false;
        }
    }
    text.len()
}

/// Reads the modules of a crate from its `src` folder.
///
/// # Errors
/// If one of its files can't be read.
pub fn read(source: &Path) -> std::io::Result<Modules> {
    let mut files = Vec::new();
    let mut open = vec![source.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(source).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path)?));
            }
        }
    }
    Ok(Modules::of(&files))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(files: &[(&str, &str)]) -> Modules {
        let files: Vec<_> = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
        Modules::of(&files)
    }

    fn arrows(modules: &Modules, folder: &str) -> Vec<(String, String)> {
        let siblings = modules.siblings(folder).into_iter();
        siblings.flat_map(|(from, to)| to.into_iter().map(move |to| (from.clone(), to))).collect()
    }

    #[test]
    fn a_dependency_is_on_the_defining_module() {
        let read = modules(&[
            ("lib.rs", "mod a; mod b; mod c; pub use c::Thing;"),
            ("a.rs", "use crate::{Thing, b::{self, f}};\nfn g() { crate::b::f() }"),
            (
                "b.rs",
                "// crate::a::g\nconst TEXT: &str = \"crate::a\";\n#[cfg(test)]\nmod tests { use crate::a::g; }",
            ),
            ("c.rs", "fn h() { super::b::f(); }"),
        ]);
        let expected = [("a", "b"), ("a", "c"), ("c", "b")];
        assert_eq!(arrows(&read, ""), expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
        assert_eq!(read.circles(), []);
    }

    #[test]
    fn a_path_that_hides_its_target_is_listed() {
        let read = modules(&[
            ("lib.rs", "mod a; mod b; mod c; mod d; pub(crate) use a::f;"),
            ("a.rs", "use crate::*;\npub(crate) fn f() {}"),
            ("b.rs", "use crate as root;"),
            ("c/mod.rs", "pub mod x; #[cfg(test)]\nmod tests { use super::*; }"),
            ("c/x.rs", "use super::{*, super::d};"),
            ("d.rs", "use super::c::*; use super::c as other; pub(super) fn g() {}"),
        ]);
        assert_eq!(read.hidden().collect::<Vec<_>>(), ["a", "b", "c/x"]);
        assert_eq!(arrows(&read, ""), [("c", "d"), ("d", "c")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn code_after_the_module_of_a_test_file_counts() {
        let read = modules(&[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "#[cfg(test)]\nmod tests;\n\nuse crate::b::f;"),
            ("b.rs", ""),
        ]);
        assert_eq!(arrows(&read, ""), [("a".to_owned(), "b".to_owned())]);
    }

    #[test]
    fn files_and_folders_that_name_one_another_are_a_circle() {
        let read = modules(&[
            ("lib.rs", "mod low; mod high;"),
            ("low/mod.rs", "pub mod x; pub mod y; pub struct Shared;"),
            ("low/x.rs", "use super::{Shared, y::f};"),
            ("low/y.rs", "use super::x::g; use crate::high::h;"),
            ("high.rs", "use crate::low::Shared;"),
        ]);
        let circle = |names: [&str; 2]| names.map(str::to_owned).into_iter().collect::<BTreeSet<_>>();
        assert_eq!(
            read.circles(),
            [(String::new(), circle(["high", "low"])), ("low".to_owned(), circle(["x", "y"]))]
        );
    }
}
