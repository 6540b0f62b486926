//! Reads `pipec.lock`, and plans its next version from the pins that the outputs use.

use crate::files::{Files, Kind};
use crate::input::{Content, read_one};
use crate::problem::Problem;
use crate::standing::{Standing, standing};
use crate::transaction::Change;
use pipec_base::{Diagnostic, Severity, Span, codes};
use pipec_ir::{LockFile, LockLayout, MergeFault, Pins};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file at the root of a workspace that pins actions and images.
pub const LOCK: &str = "pipec.lock";

/// The version of pipec, which a lock file names. All its crates have the same.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A lock file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Its text.
    pub text: Arc<str>,
    /// Its content. If it has conflicts, both sides are merged.
    pub file: LockFile,
    /// The line of the first conflict that git has left, counted from 1.
    pub conflict: Option<usize>,
}

impl Lock {
    /// The content of a lock file, with its conflicts merged.
    ///
    /// # Errors
    /// When it contains anything other than pins, or its sides contradict each other.
    fn of(text: Arc<str>) -> Result<Lock, Vec<Problem>> {
        let Some(line) = LockFile::conflict(&text) else {
            let file = LockFile::read(&text).map_err(|fault| vec![unreadable(&text, &fault)])?;
            return Ok(Lock { text, file, conflict: None });
        };
        if !LockFile::is_kept_by_build(&text) {
            let message = format!("`{LOCK}` has a merge conflict in line {line}");
            let help = format!(
                "resolve it by hand: pipec merges only a file that begins with `{}`",
                LockFile::mark()
            );
            return Err(vec![Problem::new(LOCK, message).help(help)]);
        }
        match LockFile::merge(&text) {
            Ok(file) => Ok(Lock { text, file, conflict: Some(line) }),
            Err(faults) => Err(faults.iter().map(|fault| unmerged(&text, fault)).collect()),
        }
    }

    /// The problem that only `pipec build` merges the two sides of a conflict.
    pub fn unresolved(&self) -> Option<Problem> {
        let line = self.conflict?;
        let message = format!("`{LOCK}` has a merge conflict in line {line}");
        Some(Problem::new(LOCK, message).help("run `pipec build`: it keeps the entries of both sides"))
    }

    /// The finding that a newer pipec has written the file.
    pub fn newer(&self, severity: Severity) -> Option<Diagnostic> {
        let version = self.file.version.as_ref().filter(|_| self.file.is_newer_than(VERSION))?;
        let message = format!("`{LOCK}` was written by pipec {version}, and this is pipec {VERSION}");
        let mut finding = Diagnostic::error(codes::P1204, message, Span::default())
            .note("an older pipec would undo what the newer one has changed in the outputs")
            .help(format!(
                "upgrade pipec; to return to this version, delete the line `pipec = \"{version}\"` of `{LOCK}`"
            ));
        finding.severity = severity;
        finding.labels.clear();
        Some(finding)
    }
}

fn unreadable(text: &str, fault: &str) -> Problem {
    let problem = Problem::new(LOCK, format!("can't read `{LOCK}`: {fault}"));
    match LockFile::version_named(text).filter(|version| LockFile::is_newer(version, VERSION)) {
        Some(version) => {
            problem.help(format!("pipec {version} wrote it, and this is pipec {VERSION}: upgrade pipec"))
        }
        None if has_old_lines(text) => problem.help(format!(
            "a merge of the forms of 0.1.0 and of this version leaves parts of both: take one side, for example with \
             `git checkout --theirs {LOCK}`, or remove the file; then run `pipec build`, which pins again what pipec knows"
        )),
        None => problem.help("fix it, or remove the entry"),
    }
}

/// Whether a line has the form that pipec 0.1.0 gave its entries, which had a line for each part.
fn has_old_lines(text: &str) -> bool {
    let parts = ["[[action]]", "[[image]]", "name = ", "version = ", "commit = ", "digest = "];
    text.lines().any(|line| parts.iter().any(|part| line.starts_with(part)))
}

fn unmerged(text: &str, fault: &MergeFault) -> Problem {
    match fault {
        MergeFault::Unreadable(fault) => unreadable(text, fault),
        MergeFault::Contradiction(message) => {
            Problem::new(LOCK, format!("can't merge the two sides of `{LOCK}`: {message}"))
                .help("keep one of the two lines, then run `pipec build`: it merges the others")
        }
    }
}

/// The planned content of a lock file, and its present content.
#[derive(Clone, Debug)]
pub struct PlannedLock {
    /// The destination, with links resolved.
    pub destination: PathBuf,
    /// The present file, if any.
    pub old: Option<Lock>,
    /// The planned content.
    pub new: String,
    /// The added pins.
    pub added: Vec<String>,
    /// The removed pins, which nothing uses.
    pub dropped: Vec<String>,
}

impl PlannedLock {
    /// Whether the two contents differ in any byte.
    pub fn is_changed(&self) -> bool {
        self.old_text() != Some(self.new.as_str())
    }

    /// Whether the two contents pin different things. Comments, layout and the version of pipec do not count.
    pub fn has_drifted(&self) -> bool {
        self.old.as_ref().is_none_or(|old| old.conflict.is_some())
            || !self.added.is_empty()
            || !self.dropped.is_empty()
    }

    /// Whether the present content is still the one that was read.
    pub fn still_says(&self, read: Option<&Lock>) -> bool {
        self.old_text() == read.map(|lock| &*lock.text)
    }

    /// The present content, if any.
    pub fn old_text(&self) -> Option<&str> {
        self.old.as_ref().map(|old| &*old.text)
    }

    /// What writing it does besides adding and removing pins, in a line each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let Some(old) = self.old.as_ref().filter(|_| self.is_changed()) else { return notes };
        if old.conflict.is_some() {
            notes.push(format!("merged the two sides of {LOCK}"));
        }
        if old.file.layout == LockLayout::Tables {
            notes.push(format!("rewrote {LOCK} with one entry a line, so that branches merge easily"));
        }
        notes
    }

    /// The change to the file system.
    pub fn change(&self) -> Change {
        Change {
            destination: self.destination.clone(),
            path: LOCK.to_owned(),
            old: self.old_text().map(|text| text.as_bytes().to_vec()),
            new: Some(self.new.clone().into_bytes()),
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
/// When it can't be read, contains anything other than pins, or has conflicts that can't be merged.
pub(crate) fn read(files: &dyn Files, root: &Path) -> Result<Option<Lock>, Vec<Problem>> {
    let path = root.join(LOCK);
    match files.kind(&path) {
        Ok(Kind::Absent) => return Ok(None),
        Ok(Kind::Folder) => {
            return Err(vec![Problem::new(LOCK, format!("`{LOCK}` is a folder")).help("rename it")]);
        }
        _ => {}
    }
    let wrong = |what: &str| vec![Problem::new(LOCK, format!("can't read `{LOCK}`: {what}"))];
    match read_one(files, root, &path, LOCK).map_err(|problem| vec![problem])?.1 {
        Content::Text(text) => Lock::of(text).map(Some),
        Content::NotText { .. } => Err(wrong("it is not UTF-8")),
        Content::TooLarge | Content::Unreadable => Err(wrong("it is too long")),
    }
}

/// Plans the lock file below `root` from the pins in use.
///
/// `None` if nothing is used and there is no lock file. A hand-written lock file with the same pins remains unchanged.
/// `known` is a lock file that was read before. If it has the same text, it is not read again.
///
/// # Errors
/// When the present file must not be overwritten, or can't be.
pub fn plan_lock(
    files: &dyn Files,
    root: &Path,
    used: &Pins,
    known: Option<&Lock>,
) -> Result<Option<PlannedLock>, LockInTheWay> {
    let Standing { destination, old } = standing(files, root, LOCK).map_err(LockInTheWay::Unwritable)?;
    let written = || LockFile::write(used, VERSION);
    let Some(old) = old else {
        let (new, added) = (written(), used.without(&Pins::default()));
        let lock = PlannedLock { destination, old: None, new, added, dropped: Vec::new() };
        return Ok((!used.is_empty()).then_some(lock));
    };
    let Some(text) = old else { return Err(hand_written()) };
    let known = known.filter(|known| *known.text == *text).cloned();
    let Some(old) = known.or_else(|| Lock::of(text.into()).ok()) else { return Err(hand_written()) };
    let pins = &old.file.pins;
    let (added, dropped) = (used.without(pins), pins.without(used));
    let new = match LockFile::is_kept_by_build(&old.text) {
        true => written(),
        false if added.is_empty() && dropped.is_empty() => old.text.to_string(),
        false => return Err(hand_written()),
    };
    Ok(Some(PlannedLock { destination, old: Some(old), new, added, dropped }))
}

fn hand_written() -> LockInTheWay {
    let message = format!("`{LOCK}` was not written by pipec, so it is not overwritten");
    let mut finding = Diagnostic::error(codes::P1201, message, Span::default())
        .note("unused entries and comments would be lost")
        .help(format!(
            "add the line `{}` at the top: then pipec keeps the entries that are in use",
            LockFile::mark()
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

    fn entries(names: &[&str]) -> String {
        let entry = |name: &&str| format!("\"{name}@v1\" = {{ commit = \"{}\" }}\n", "1".repeat(40));
        names.iter().map(entry).collect()
    }

    fn pins(names: &[&str]) -> Pins {
        Pins::read(&format!("[actions]\n{}", entries(names))).unwrap()
    }

    fn written(pins: &Pins) -> String {
        LockFile::write(pins, VERSION)
    }

    fn lock_at(files: &Memory) -> Option<Lock> {
        read(files, Path::new(ROOT)).unwrap()
    }

    fn planned(files: &Memory, used: &Pins) -> Option<PlannedLock> {
        plan_lock(files, Path::new(ROOT), used, None).unwrap()
    }

    #[test]
    fn the_first_lock_pins_what_is_used() {
        let files = Memory::new([("/w/a.pipe", "")]);
        assert!(planned(&files, &Pins::default()).is_none());
        let lock = planned(&files, &pins(&["a/b"])).unwrap();
        assert!(lock.has_drifted() && lock.is_changed() && lock.still_says(None) && lock.notes().is_empty());
        assert_eq!((lock.added.as_slice(), lock.dropped.len()), (&["`a/b` v1".to_owned()][..], 0));
        replace_all(&files, &[lock.change()]).unwrap();
        let read = lock_at(&files).unwrap();
        assert_eq!((&read.file.pins, read.file.version.as_deref()), (&pins(&["a/b"]), Some(VERSION)));
        let lock = planned(&files, &pins(&["a/b"])).unwrap();
        assert!(!lock.has_drifted() && !lock.is_changed() && lock.still_says(Some(&read)));
        assert!(!lock.still_says(None));
    }

    #[test]
    fn new_pins_are_added_and_unused_ones_dropped() {
        let files = Memory::new([(AT, written(&pins(&["a/b", "c/d"])))]);
        let lock = planned(&files, &pins(&["c/d", "e/f"])).unwrap();
        assert!(lock.has_drifted());
        assert_eq!(
            (&lock.added, &lock.dropped),
            (&vec!["`e/f` v1".to_owned()], &vec!["`a/b` v1".to_owned()])
        );
        assert_eq!((&lock.new, lock.notes().len()), (&written(&pins(&["c/d", "e/f"])), 0));
        let lock = planned(&files, &Pins::default()).unwrap();
        assert!(lock.has_drifted() && lock.new == written(&Pins::default()));
    }

    #[test]
    fn comments_line_ends_versions_and_layouts_are_no_drift() {
        let used = pins(&["a/b"]);
        let written = written(&used);
        let table =
            format!("[[action]]\nname = \"a/b\"\nversion = \"v1\"\ncommit = \"{}\"\n", "1".repeat(40));
        for (text, notes) in [
            (written.replace('\n', "\r\n"), 0),
            (format!("{written}# a remark\n"), 0),
            (written.replace(VERSION, "0.0.1"), 0),
            (format!("{}\n{table}", LockFile::mark()), 1),
        ] {
            let lock = planned(&Memory::new([(AT, text)]), &used).unwrap();
            assert!(!lock.has_drifted() && lock.is_changed());
            assert_eq!((lock.new.as_str(), lock.notes().len()), (written.as_str(), notes));
        }
    }

    fn conflicted(ours: &str, theirs: &str) -> String {
        format!("{}\n[actions]\n<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n", LockFile::mark())
    }

    #[test]
    fn conflicts_are_merged_and_then_drift() {
        let files = Memory::new([(AT, conflicted(&entries(&["a/b"]), &entries(&["c/d"])))]);
        let lock = lock_at(&files).unwrap();
        assert_eq!((&lock.file.pins, lock.conflict), (&pins(&["a/b", "c/d"]), Some(3)));
        assert_eq!(lock.unresolved().unwrap().message, "`pipec.lock` has a merge conflict in line 3");
        let planned = planned(&files, &pins(&["a/b", "c/d"])).unwrap();
        assert!(planned.has_drifted() && planned.still_says(Some(&lock)));
        assert_eq!(planned.notes(), ["merged the two sides of pipec.lock"]);
        replace_all(&files, &[planned.change()]).unwrap();
        let lock = lock_at(&files).unwrap();
        assert_eq!((lock.conflict, lock.unresolved()), (None, None));
    }

    #[test]
    fn each_contradiction_is_a_problem() {
        let other = entries(&["a/b", "c/d"]).replace("1111", "2222");
        let files = Memory::new([(AT, conflicted(&entries(&["a/b", "c/d"]), &other))]);
        let problems = read(&files, Path::new(ROOT)).unwrap_err();
        assert_eq!(problems.len(), 2);
        let message = &problems[0].message;
        assert!(
            message.starts_with("can't merge the two sides of `pipec.lock`: lines 4 and 7 give `a/b` v1")
        );
        let by_hand = conflicted("", "").replace(LockFile::mark(), "# ours");
        let problems = read(&Memory::new([(AT, by_hand)]), Path::new(ROOT)).unwrap_err();
        assert!(problems[0].help.as_ref().unwrap().starts_with("resolve it by hand"));
    }

    #[test]
    fn a_lock_of_a_newer_pipec_is_told() {
        let newer = written(&pins(&["a/b"])).replace(VERSION, "99.0.0");
        let lock = lock_at(&Memory::new([(AT, newer.clone())])).unwrap();
        let finding = lock.newer(Severity::Warning).unwrap();
        assert_eq!((finding.code, finding.severity), (codes::P1204, Severity::Warning));
        assert!(finding.message.contains("99.0.0") && finding.message.contains(VERSION));
        let present = lock_at(&Memory::new([(AT, written(&pins(&["a/b"])))])).unwrap();
        assert!(present.newer(Severity::Error).is_none());
        let unreadable = Memory::new([(AT, newer + "[news]\n")]);
        let problems = read(&unreadable, Path::new(ROOT)).unwrap_err();
        assert!(problems[0].help.as_ref().unwrap().contains("upgrade pipec"), "{problems:?}");
    }

    #[test]
    fn files_of_people_are_never_overwritten() {
        let used = pins(&["a/b"]);
        let bare = |pins: &Pins| written(pins).replace(LockFile::mark(), "# ours");
        let lock = planned(&Memory::new([(AT, bare(&used))]), &used).unwrap();
        assert!(!lock.has_drifted() && !lock.is_changed());
        let broken = format!("{}\n<<<<", LockFile::mark());
        for text in [bare(&pins(&["c/d"])), String::new(), "not pins".to_owned(), broken] {
            let files = Memory::new([(AT, text)]);
            let Err(LockInTheWay::HandWritten(finding)) = plan_lock(&files, Path::new(ROOT), &used, None)
            else {
                panic!("{:?}", files.contents());
            };
            assert_eq!(finding.code, codes::P1201);
        }
        let files = Memory::new([(AT, b"\xff\xfe".to_vec())]);
        assert!(matches!(plan_lock(&files, Path::new(ROOT), &used, None), Err(LockInTheWay::HandWritten(_))));
        let files = Memory::new([("/w/pipec.lock/file", "")]);
        assert!(matches!(plan_lock(&files, Path::new(ROOT), &used, None), Err(LockInTheWay::Unwritable(_))));
    }

    /// Git takes the lines of one side away from the entries of the other, which then begin in the middle.
    #[test]
    fn a_mixture_of_two_forms_says_how_to_go_on() {
        let mixed = format!("pipec = \"{VERSION}\"\n\n[actions]\ncommit = \"0\"\ncommit = \"1\"\n");
        let problem = Lock::of(mixed.into()).unwrap_err().remove(0);
        let help = format!("{problem:?}");
        assert!(help.contains("git checkout --theirs pipec.lock"), "{help}");
        let broken = Lock::of("[actions]\n\"a/b@v1\" = 1\n".into()).unwrap_err().remove(0);
        assert!(format!("{broken:?}").contains("fix it, or remove the entry"));
    }
}
