//! Reads `pipec.lock`, and plans its next version from the pins that the outputs use.

use crate::files::{Files, Kind};
use crate::input::{Content, read_one};
use crate::problem::Problem;
use crate::standing::{Standing, standing};
use crate::transaction::Change;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::Pins;
use std::path::{Path, PathBuf};

/// The file at the root of a workspace that pins actions and images.
pub const LOCK: &str = "pipec.lock";

/// The planned content of a lock file, and its present content.
#[derive(Clone, Debug)]
pub struct PlannedLock {
    /// The destination, with links resolved.
    pub destination: PathBuf,
    /// The present content.
    pub old: Option<String>,
    /// The planned content.
    pub new: String,
    /// The added pins.
    pub added: Vec<String>,
    /// The removed pins, which nothing uses.
    pub dropped: Vec<String>,
    pins: Option<Pins>,
}

impl PlannedLock {
    /// Whether the two contents differ in any byte.
    pub fn is_changed(&self) -> bool {
        self.old.as_deref() != Some(self.new.as_str())
    }

    /// Whether the two contents pin different things. Comments and layout do not count.
    pub fn has_drifted(&self) -> bool {
        self.pins.is_none() || !self.added.is_empty() || !self.dropped.is_empty()
    }

    /// Whether the present content is still the one that was read.
    pub fn still_says(&self, read: Option<&Pins>) -> bool {
        self.old.is_none() == read.is_none() && self.pins.as_ref() == read
    }

    /// The change to the file system.
    pub fn change(&self) -> Change {
        Change {
            destination: self.destination.clone(),
            path: LOCK.to_owned(),
            old: self.old.clone().map(String::into_bytes),
            new: self.new.clone().into_bytes(),
        }
    }
}

/// The reason why a lock file is not written.
#[derive(Clone, Debug)]
pub enum LockInTheWay {
    /// The present file was not written by this program.
    HandWritten(Box<Diagnostic>),
    /// The destination can't be written.
    Unwritable(Problem),
}

/// Reads the lock file of a workspace, if it has one.
///
/// # Errors
/// When it can't be read, or contains anything other than pins.
pub(crate) fn read(files: &dyn Files, root: &Path) -> Result<Option<Pins>, Problem> {
    let path = root.join(LOCK);
    match files.kind(&path) {
        Ok(Kind::Absent) => return Ok(None),
        Ok(Kind::Folder) => return Err(Problem::new(LOCK, format!("`{LOCK}` is a folder")).help("rename it")),
        _ => {}
    }
    let wrong = |what: &str| Problem::new(LOCK, format!("can't read `{LOCK}`: {what}"));
    match read_one(files, root, &path, LOCK)?.1 {
        Content::Text(text) => match Pins::read(&text) {
            Ok(pins) => Ok(Some(pins)),
            Err(error) => Err(wrong(&error).help("fix it, or remove the entry")),
        },
        Content::NotText { .. } => Err(wrong("it is not UTF-8")),
        Content::TooLarge | Content::Unreadable => Err(wrong("it is too long")),
    }
}

/// Plans the lock file below `root` from the pins in use. `None` if nothing is used and there is no lock file. A
/// hand-written lock file with the same pins remains unchanged.
///
/// # Errors
/// When the present file must not be overwritten, or can't be.
pub fn plan_lock(files: &dyn Files, root: &Path, used: &Pins) -> Result<Option<PlannedLock>, LockInTheWay> {
    let Standing { destination, old } = standing(files, root, LOCK).map_err(LockInTheWay::Unwritable)?;
    let Some(old) = old else {
        let (new, added) = (used.write(), used.without(&Pins::default()));
        let lock = PlannedLock { destination, old: None, new, added, dropped: Vec::new(), pins: None };
        return Ok((!used.is_empty()).then_some(lock));
    };
    let pins = old.as_deref().and_then(|text| Pins::read(text).ok());
    let (Some(old), Some(pins)) = (old, pins) else { return Err(hand_written()) };
    let (added, dropped) = (used.without(&pins), pins.without(used));
    let new = match Pins::is_kept_by_build(&old) {
        true => used.write(),
        false if added.is_empty() && dropped.is_empty() => old.clone(),
        false => return Err(hand_written()),
    };
    Ok(Some(PlannedLock { destination, old: Some(old), new, added, dropped, pins: Some(pins) }))
}

fn hand_written() -> LockInTheWay {
    let message = format!("`{LOCK}` was not written by pipec, so it is not overwritten");
    let mut finding = Diagnostic::error(codes::P1201, message, Span::default())
        .note("unused entries and comments would be lost")
        .help(format!(
            "add the line `{}` at the top: then pipec keeps the entries that are in use",
            Pins::mark()
        ));
    finding.labels.clear();
    LockInTheWay::HandWritten(Box::new(finding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;
    use crate::transaction::replace_all;

    const ROOT: &str = "/w";
    const AT: &str = "/w/pipec.lock";

    fn pins(names: &[&str]) -> Pins {
        let entry = |name: &&str| {
            format!("[[action]]\nname = \"{name}\"\nversion = \"v1\"\ncommit = \"{}\"\n\n", "1".repeat(40))
        };
        Pins::read(&names.iter().map(entry).collect::<String>()).unwrap()
    }

    fn planned(files: &Memory, used: &Pins) -> Option<PlannedLock> {
        plan_lock(files, Path::new(ROOT), used).unwrap()
    }

    #[test]
    fn the_first_lock_pins_what_is_used() {
        let files = Memory::new([("/w/a.pipe", "")]);
        assert!(planned(&files, &Pins::default()).is_none());
        let lock = planned(&files, &pins(&["a/b"])).unwrap();
        assert!(lock.has_drifted() && lock.is_changed() && lock.still_says(None));
        assert!(!lock.still_says(Some(&Pins::default())));
        assert_eq!((lock.added.as_slice(), lock.dropped.len()), (&["`a/b` v1".to_owned()][..], 0));
        replace_all(&files, &[lock.change()]).unwrap();
        assert_eq!(read(&files, Path::new(ROOT)).unwrap(), Some(pins(&["a/b"])));
        let lock = planned(&files, &pins(&["a/b"])).unwrap();
        assert!(!lock.has_drifted() && !lock.is_changed() && lock.still_says(Some(&pins(&["a/b"]))));
    }

    #[test]
    fn new_pins_are_added_and_unused_ones_dropped() {
        let files = Memory::new([(AT, pins(&["a/b", "c/d"]).write())]);
        let lock = planned(&files, &pins(&["c/d", "e/f"])).unwrap();
        assert!(lock.has_drifted());
        assert_eq!((lock.added, lock.dropped), (vec!["`e/f` v1".to_owned()], vec!["`a/b` v1".to_owned()]));
        assert_eq!(lock.new, pins(&["c/d", "e/f"]).write());
        let lock = planned(&files, &Pins::default()).unwrap();
        assert!(lock.has_drifted() && lock.new == Pins::default().write());
    }

    #[test]
    fn comments_and_line_ends_are_no_drift() {
        let used = pins(&["a/b"]);
        let written = used.write();
        for text in [written.replace('\n', "\r\n"), format!("{written}# a remark\n")] {
            let lock = planned(&Memory::new([(AT, text)]), &used).unwrap();
            assert!(!lock.has_drifted() && lock.is_changed());
            assert_eq!(lock.new, written);
        }
    }

    #[test]
    fn files_of_people_are_never_overwritten() {
        let used = pins(&["a/b"]);
        let bare =
            |pins: &Pins| pins.write().lines().skip(3).map(|line| format!("{line}\n")).collect::<String>();
        let lock = planned(&Memory::new([(AT, bare(&used))]), &used).unwrap();
        assert!(!lock.has_drifted() && !lock.is_changed());
        for text in
            [bare(&pins(&["c/d"])), String::new(), "not pins".to_owned(), format!("{}\n<<<<", Pins::mark())]
        {
            let files = Memory::new([(AT, text)]);
            let Err(LockInTheWay::HandWritten(finding)) = plan_lock(&files, Path::new(ROOT), &used) else {
                panic!("{:?}", files.contents());
            };
            assert_eq!(finding.code, codes::P1201);
        }
        let files = Memory::new([(AT, b"\xff\xfe".to_vec())]);
        assert!(matches!(plan_lock(&files, Path::new(ROOT), &used), Err(LockInTheWay::HandWritten(_))));
        let files = Memory::new([("/w/pipec.lock/file", "")]);
        assert!(matches!(plan_lock(&files, Path::new(ROOT), &used), Err(LockInTheWay::Unwritable(_))));
    }
}
