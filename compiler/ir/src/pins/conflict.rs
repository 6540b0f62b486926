//! Merges the sides of a file of pins in which git has left a conflict.
//!
//! The merged file has the entries of both sides. The entries below contradict each other, unless the middle part, which
//! `merge.conflictStyle = diff3` adds, says that only one side has changed its entry:
//!
//! ```text
//! <<<<<<< HEAD
//! "acme/tool@v1.2.0" = { commit = "1111…" }
//! ||||||| 5d62190
//! "acme/tool@v1.2.0" = { commit = "0000…" }
//! =======
//! "acme/tool@v1.2.0" = { commit = "2222…" }
//! >>>>>>> feature
//! ```

use super::entries::{Fault, LockFile, LockLayout};
use super::{PinnedAction, Pins, image_with_registry, reader};
use crate::versions::newest_first;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The reason why the sides of a file can't be merged, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeFault {
    /// A side is wrong, or the markers are.
    Unreadable(String),
    /// Both sides have an entry for one action or image, and differ.
    Contradiction(String),
}

/// Where git writes a marker: seven times its character, then a space or the end of the line.
fn marker(line: &str) -> Option<char> {
    let first = line.chars().next().filter(|it| matches!(it, '<' | '|' | '=' | '>'))?;
    let rest = line.trim_start_matches(first);
    (line.len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with(' '))).then_some(first)
}

/// The line of the first conflict of a text, counted from 1.
pub(super) fn first_line(text: &str) -> Option<usize> {
    text.lines().position(|line| marker(line) == Some('<')).map(|before| before + 1)
}

/// One side of a conflict: the whole file as it was on a branch.
#[derive(Debug, Default)]
pub(super) struct Side {
    pub(super) text: String,
    /// The line in the text with the conflict, for each line.
    lines: Vec<usize>,
}

/// The sides of a text with conflicts.
#[derive(Debug, Default)]
pub(super) struct Sides {
    pub(super) ours: Side,
    pub(super) theirs: Side,
    /// What both branches began with, if each conflict shows it.
    base: Option<Side>,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Common,
    Ours,
    Base,
    Theirs,
}

/// Splits a text with conflicts.
pub(super) fn split(text: &str) -> Result<Sides, Fault> {
    let (mut ours, mut theirs, mut base) = (Side::default(), Side::default(), Side::default());
    let mut part = Part::Common;
    let (mut conflicts, mut bases, mut begin) = (0, 0, 0);
    for (line, number) in text.lines().zip(1..) {
        part = match (part, marker(line)) {
            (Part::Common, Some('<')) => {
                conflicts += 1;
                begin = number;
                Part::Ours
            }
            (Part::Ours, Some('|')) => {
                bases += 1;
                Part::Base
            }
            (Part::Ours | Part::Base, Some('=')) => Part::Theirs,
            (Part::Theirs, Some('>')) => Part::Common,
            (_, Some(_)) => return Err(misplaced(number)),
            (part, None) => {
                let sides: &mut [&mut Side] = match part {
                    Part::Common => &mut [&mut ours, &mut theirs, &mut base],
                    Part::Ours => &mut [&mut ours],
                    Part::Base => &mut [&mut base],
                    Part::Theirs => &mut [&mut theirs],
                };
                sides.iter_mut().for_each(|side| side.add(line, number));
                part
            }
        };
    }
    if part != Part::Common {
        return Err(misplaced(begin));
    }
    Ok(Sides { ours, theirs, base: (bases == conflicts).then_some(base) })
}

fn misplaced(line: usize) -> Fault {
    Fault { line: Some(line), message: "the markers of a conflict are incomplete".to_owned() }
}

impl Side {
    fn add(&mut self, line: &str, number: usize) {
        self.text.push_str(line);
        self.text.push('\n');
        self.lines.push(number);
    }

    /// The line in the text with the conflict.
    fn line(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|before| self.lines.get(before)).copied().unwrap_or(line)
    }

    fn read(&self) -> Result<ReadSide, Fault> {
        let placed = |fault: Fault| Fault { line: fault.line.map(|line| self.line(line)), ..fault };
        let entries = reader::entries(&self.text).map_err(placed)?;
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (line, action) in &entries.actions {
            places.insert(format!("`{}` {}", action.name, action.version), self.line(*line));
        }
        for (line, image) in &entries.images {
            let reference = image_with_registry(&image.reference);
            places.insert(format!("`{reference}`"), self.line(*line));
        }
        Ok(ReadSide { file: entries.checked().map_err(placed)?, places })
    }
}

#[derive(Debug, Default)]
struct ReadSide {
    file: LockFile,
    /// The line of each entry, by its name in messages.
    places: BTreeMap<String, usize>,
}

/// The file with the entries of both sides.
pub(super) fn merge(sides: &Sides) -> Result<LockFile, Vec<MergeFault>> {
    let (ours, theirs) = match (sides.ours.read(), sides.theirs.read()) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        // A fault outside the conflict is on both sides.
        (ours, theirs) => {
            let mut faults: Vec<Fault> = [ours.err(), theirs.err()].into_iter().flatten().collect();
            faults.dedup();
            return Err(faults.iter().map(|fault| MergeFault::Unreadable(fault.to_string())).collect());
        }
    };
    let base = sides.base.as_ref().and_then(|base| base.read().ok());
    let mut union = Union { ours: &ours, theirs: &theirs, base: base.as_ref(), faults: Vec::new() };
    let mut pins = Pins { actions: union.actions(), images: union.images() };
    if !union.faults.is_empty() {
        return Err(union.faults);
    }
    let versions = [ours.file.version, theirs.file.version].into_iter().flatten();
    let version = versions.min_by(|left, right| newest_first(left, right));
    let layout = if ours.file.layout == theirs.file.layout { ours.file.layout } else { LockLayout::Tables };
    pins.actions.sort_by(|left, right| left.by_name(right));
    Ok(LockFile { pins, version, layout })
}

/// The entries of both sides, and the contradictions between them.
struct Union<'s> {
    ours: &'s ReadSide,
    theirs: &'s ReadSide,
    base: Option<&'s ReadSide>,
    faults: Vec<MergeFault>,
}

impl Union<'_> {
    fn actions(&mut self) -> Vec<Arc<PinnedAction>> {
        let mut all = self.ours.file.pins.actions.clone();
        for theirs in &self.theirs.file.pins.actions {
            let Some(known) = all.iter_mut().find(|known| known.is_repeated_by(theirs)) else {
                all.push(theirs.clone());
                continue;
            };
            let before = self.base.and_then(|base| {
                base.file
                    .pins
                    .actions
                    .iter()
                    .find(|it| it.name == theirs.name && it.version == theirs.version)
            });
            if known == theirs || before == Some(theirs) {
                continue;
            }
            if before == Some(&*known) {
                *known = theirs.clone();
                continue;
            }
            let names = [&*known, theirs].map(|action| format!("`{}` {}", action.name, action.version));
            let what = if known.commit == theirs.commit {
                "different inputs or outputs".to_owned()
            } else {
                format!("two commits, `{}` and `{}`", known.commit, theirs.commit)
            };
            self.faults.push(self.contradiction(&names, &what));
        }
        all
    }

    fn images(&mut self) -> BTreeMap<String, String> {
        let mut all = self.ours.file.pins.images.clone();
        for (reference, theirs) in &self.theirs.file.pins.images {
            let Some(known) = all.get_mut(reference) else {
                all.insert(reference.clone(), theirs.clone());
                continue;
            };
            let before = self.base.and_then(|base| base.file.pins.images.get(reference));
            if known == theirs || before == Some(theirs) {
                continue;
            }
            if before == Some(&*known) {
                known.clone_from(theirs);
                continue;
            }
            let what = format!("two digests, `{known}` and `{theirs}`");
            let name = format!("`{reference}`");
            self.faults.push(self.contradiction(&[name.clone(), name], &what));
        }
        all
    }

    /// Two entries that differ, by their names on our side and on theirs.
    fn contradiction(&self, [ours, theirs]: &[String; 2], what: &str) -> MergeFault {
        let lines = [self.ours.places.get(ours), self.theirs.places.get(theirs)];
        let [first, second] = lines.map(|line| line.copied().unwrap_or_default());
        MergeFault::Contradiction(format!("lines {first} and {second} give {ours} {what}"))
    }
}
