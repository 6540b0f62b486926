//! Files of pins with a table for each entry, as a catalogue has them, and lock files of 0.1.0.
//!
//! Each line is one of
//!
//! ```text
//! [[action]]                          then `name`, `version` and `commit`, perhaps `outputs`
//! [action.inputs]                     then a line for each input
//! fetch-depth = "integer"
//! [[image]]                           then `reference` and `digest`
//! ```
//!
//! and comments come first. Anything else is left to the reader of TOML.

use super::entries::{Entries, FileAction, FileImage, LockLayout};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::str::Lines;

/// The entries of a file. `None` if it is written otherwise, even if that is right.
pub(super) fn entries(text: &str) -> Option<Entries> {
    let mut rest = Rest { lines: text.lines().peekable(), read: 0 };
    while rest.next_if(|line| line.starts_with('#') && !line.contains(char::is_control)).is_some() {}
    let mut entries = Entries { layout: LockLayout::Tables, ..Entries::default() };
    loop {
        while rest.next_if(str::is_empty).is_some() {}
        let line = rest.read + 1;
        match rest.next() {
            None => return Some(entries),
            Some("[[action]]") => entries.actions.push((line, rest.action()?)),
            Some("[[image]]") => entries.images.push((line, rest.image()?)),
            Some(_) => return None,
        }
    }
}

/// The lines that are not read yet.
#[derive(Clone)]
struct Rest<'t> {
    lines: Peekable<Lines<'t>>,
    /// The number of lines before them.
    read: usize,
}

impl<'t> Rest<'t> {
    fn next(&mut self) -> Option<&'t str> {
        self.next_if(|_| true)
    }

    fn next_if(&mut self, is_wanted: impl Fn(&str) -> bool) -> Option<&'t str> {
        let line = self.lines.next_if(|line| is_wanted(line))?;
        self.read += 1;
        Some(line)
    }

    fn image(&mut self) -> Option<FileImage> {
        let (reference, digest) = (self.value("reference")?, self.value("digest")?);
        Some(FileImage { reference, digest })
    }

    fn action(&mut self) -> Option<FileAction> {
        let (name, version, commit) = (self.value("name")?, self.value("version")?, self.value("commit")?);
        let mut outputs = BTreeSet::new();
        if let Some(line) = self.next_if(|line| line.starts_with("outputs = ")) {
            let list = line.strip_prefix("outputs = [")?.strip_suffix(']')?;
            outputs =
                list.split(", ").map(|output| Some(unquoted(output)?.to_owned())).collect::<Option<_>>()?;
        }
        let mut inputs = BTreeMap::new();
        let mut after = self.clone();
        while after.next_if(str::is_empty).is_some() {}
        if after.next_if(|line| line == "[action.inputs]").is_some() {
            *self = after;
            while let Some(line) = self.next_if(|line| !line.is_empty() && !line.starts_with('[')) {
                let (key, form) = line.split_once(" = ")?;
                let is_bare = key.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'));
                let is_new = inputs.insert(key.to_owned(), unquoted(form)?.to_owned()).is_none();
                if key.is_empty() || !is_bare || !is_new {
                    return None;
                }
            }
        }
        Some(FileAction { name, version, commit, outputs, inputs })
    }

    /// The text of the next line, which must set this key.
    fn value(&mut self, key: &str) -> Option<String> {
        let given = self.next()?.strip_prefix(key)?.strip_prefix(" = ")?;
        Some(unquoted(given)?.to_owned())
    }
}

/// A string without escapes.
fn unquoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = |it: char| !it.is_control() && !matches!(it, '"' | '\\');
    inner.chars().all(is_plain).then_some(inner)
}
