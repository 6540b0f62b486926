//! Files of pins with one entry a line, as `pipec build` writes them.
//!
//! Two branches that each add an entry rarely conflict, and if they do, then only in the lines of these entries. Each line
//! is a comment, empty, or one of
//!
//! ```text
//! pipec = "0.2.0"
//! [actions]
//! "acme/tool@v1.2.0" = { commit = "0123…", inputs = { cache = "boolean", version = "required string" }, outputs = ["path"] }
//! [images]
//! "docker.io/library/postgres:17" = "sha256:…"
//! ```
//!
//! This is TOML. What the reader does not understand is left to the reader of TOML.

use super::entries::{Entries, FileAction, FileImage, LockLayout, name_and_version};
use super::{PinnedAction, Pins};
use std::collections::{BTreeMap, BTreeSet};

/// The sections of a file.
#[derive(Clone, Copy, PartialEq)]
enum Section {
    Top,
    Actions,
    Images,
}

/// The entries of a file. `None` if it is written otherwise, even if that is right.
pub(super) fn entries(text: &str) -> Option<Entries> {
    let mut entries = Entries { layout: LockLayout::Lines, ..Entries::default() };
    let mut section = Section::Top;
    for (line, number) in text.lines().zip(1..) {
        let mut rest = Rest(line);
        match line {
            "" => {}
            comment if comment.starts_with('#') && !comment.contains(char::is_control) => {}
            "[actions]" if section == Section::Top => section = Section::Actions,
            "[images]" if section != Section::Images => section = Section::Images,
            _ if section == Section::Actions => entries.actions.push((number, rest.action()?)),
            _ if section == Section::Images => entries.images.push((number, rest.image()?)),
            _ if entries.version.is_none() => entries.version = Some((number, rest.version()?)),
            _ => return None,
        }
    }
    Some(entries)
}

/// The part of a line that is not read yet.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn version(&mut self) -> Option<String> {
        self.take("pipec = ")?;
        let version = self.string()?.to_owned();
        self.end(version)
    }

    fn image(&mut self) -> Option<FileImage> {
        let reference = self.string()?.to_owned();
        self.take(" = ")?;
        let digest = self.string()?.to_owned();
        self.end(FileImage { reference, digest })
    }

    fn action(&mut self) -> Option<FileAction> {
        let (name, version) = name_and_version(self.string()?);
        self.take(" = { commit = ")?;
        let commit = self.string()?.to_owned();
        let inputs = if self.take(", inputs = { ").is_some() { self.inputs()? } else { BTreeMap::new() };
        let outputs = if self.take(", outputs = [").is_some() { self.outputs()? } else { BTreeSet::new() };
        self.take(" }")?;
        self.end(FileAction { name, version, commit, outputs, inputs })
    }

    fn inputs(&mut self) -> Option<BTreeMap<String, String>> {
        let mut inputs = BTreeMap::new();
        loop {
            let key = if self.0.starts_with('"') { self.string()? } else { self.bare_key()? };
            self.take(" = ")?;
            // A key twice is a fault, which the reader of TOML reports.
            if inputs.insert(key.to_owned(), self.string()?.to_owned()).is_some() {
                return None;
            }
            if self.take(", ").is_none() {
                self.take(" }")?;
                return Some(inputs);
            }
        }
    }

    fn outputs(&mut self) -> Option<BTreeSet<String>> {
        let mut outputs = BTreeSet::new();
        loop {
            outputs.insert(self.string()?.to_owned());
            if self.take(", ").is_none() {
                self.take("]")?;
                return Some(outputs);
            }
        }
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'t str> {
        let (inner, rest) = self.0.strip_prefix('"')?.split_once('"')?;
        let is_plain = |it: char| !it.is_control() && it != '\\';
        self.0 = rest;
        inner.chars().all(is_plain).then_some(inner)
    }

    fn bare_key(&mut self) -> Option<&'t str> {
        let end = self.0.find(|it| !is_bare(it)).unwrap_or(self.0.len());
        let (key, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        (!key.is_empty()).then_some(key)
    }

    /// The entry, if nothing follows it on its line.
    fn end<T>(&self, entry: T) -> Option<T> {
        self.0.is_empty().then_some(entry)
    }
}

fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

/// Writes pins after a comment, by name, each action with its newest version first.
pub(super) fn write(pins: &Pins, version: &str, comment: &str) -> String {
    let mut text = format!("{comment}\npipec = {}\n", quoted(version));
    let mut actions: Vec<&PinnedAction> = pins.actions.iter().map(AsRef::as_ref).collect();
    actions.sort_by(|left, right| left.by_name(right));
    if !actions.is_empty() {
        text.push_str("\n[actions]\n");
    }
    for action in actions {
        write_action(action, &mut text);
    }
    if !pins.images.is_empty() {
        text.push_str("\n[images]\n");
    }
    for (reference, digest) in &pins.images {
        text.push_str(&format!("{} = {}\n", quoted(reference), quoted(digest)));
    }
    text
}

fn write_action(action: &PinnedAction, text: &mut String) {
    let key = quoted(&format!("{}@{}", action.name, action.version));
    text.push_str(&format!("{key} = {{ commit = {}", quoted(&action.commit)));
    let mut separator = ", inputs = { ";
    for (name, input) in &action.inputs {
        let key = if !name.is_empty() && name.chars().all(is_bare) { name.clone() } else { quoted(name) };
        let required = if input.required { "required " } else { "" };
        text.push_str(&format!("{separator}{key} = \"{required}{}\"", input.ty.word()));
        separator = ", ";
    }
    text.push_str(if action.inputs.is_empty() { "" } else { " }" });
    let mut separator = ", outputs = [";
    for name in &action.outputs {
        text.push_str(separator);
        text.push_str(&quoted(name));
        separator = ", ";
    }
    text.push_str(if action.outputs.is_empty() { " }\n" } else { "] }\n" });
}

/// A text as a basic string of TOML.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}
