//! Reads pins in exactly the form in which [`Pins::write`](super::Pins::write) writes them.
//!
//! Nearly all files of pins have that form, and a reader of all of TOML takes a tenth of the time of a small check. Each
//! line is one of
//!
//! ```text
//! [[action]]                          then `name`, `version` and `commit`, perhaps `outputs`
//! [action.inputs]                     then a line for each input
//! fetch-depth = "integer"
//! [[image]]                           then `reference` and `digest`
//! ```
//!
//! and comments come first. Anything else is left to the reader of TOML.

use super::{Entries, FileAction, FileImage};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::str::Lines;

/// The entries of a file. `None` if it has another form, even if that is right.
pub(super) fn entries(text: &str) -> Option<Entries> {
    let mut lines = text.lines().peekable();
    while lines.next_if(|line| line.starts_with('#') && !line.contains(char::is_control)).is_some() {}
    let mut entries = Entries::default();
    loop {
        while lines.next_if_eq(&"").is_some() {}
        match lines.next() {
            None => return Some(entries),
            Some("[[action]]") => entries.actions.push((0, action(&mut lines)?)),
            Some("[[image]]") => {
                let (reference, digest) = (value(&mut lines, "reference")?, value(&mut lines, "digest")?);
                entries.images.push((0, FileImage { reference, digest }));
            }
            Some(_) => return None,
        }
    }
}

fn action(lines: &mut Peekable<Lines<'_>>) -> Option<FileAction> {
    let (name, version, commit) = (value(lines, "name")?, value(lines, "version")?, value(lines, "commit")?);
    let mut outputs = BTreeSet::new();
    if let Some(line) = lines.next_if(|line| line.starts_with("outputs = ")) {
        let list = line.strip_prefix("outputs = [")?.strip_suffix(']')?;
        outputs = list.split(", ").map(|output| Some(unquoted(output)?.to_owned())).collect::<Option<_>>()?;
    }
    let mut inputs = BTreeMap::new();
    let mut after = lines.clone();
    while after.next_if_eq(&"").is_some() {}
    if after.next_if_eq(&"[action.inputs]").is_some() {
        *lines = after;
        while let Some(line) = lines.next_if(|line| !line.is_empty() && !line.starts_with('[')) {
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
fn value(lines: &mut Peekable<Lines<'_>>, key: &str) -> Option<String> {
    let given = lines.next()?.strip_prefix(key)?.strip_prefix(" = ")?;
    Some(unquoted(given)?.to_owned())
}

/// A string without escapes.
fn unquoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = |it: char| !it.is_control() && !matches!(it, '"' | '\\');
    inner.chars().all(is_plain).then_some(inner)
}
