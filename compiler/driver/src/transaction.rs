//! Replaces and removes several files: all or none.

use crate::files::{Files, Kind, Staged};
use crate::problem::{Problem, reason};
use std::path::{Path, PathBuf};

/// New content for a file, or its removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The destination. Its folder may be missing.
    pub destination: PathBuf,
    /// The name as shown to people.
    pub path: String,
    /// The present content, if any.
    pub old: Option<Vec<u8>>,
    /// The new content. `None` removes the file.
    pub new: Option<Vec<u8>>,
}

/// Writes all changes or none. Every new content is on disk before the first file is replaced. If there are several, a
/// copy of each old content is, too. Files are removed after all others are replaced. A failure restores the old files.
/// Each file is replaced in one step, so a reader finds an old or a new file and never a part of one, even if the process
/// is killed.
///
/// # Errors
/// The file that could not be written, with the reason. The old files then remain.
pub fn replace_all(files: &dyn Files, changes: &[Change]) -> Result<(), Problem> {
    let mut transaction = Transaction { files, folders: Vec::new(), staged: Vec::new(), done: Vec::new() };
    let outcome = transaction.run(changes);
    match outcome {
        Ok(()) => {
            transaction.clear();
            Ok(())
        }
        Err(problem) => Err(transaction.take_back(problem)),
    }
}

struct Transaction<'a> {
    files: &'a dyn Files,
    /// The folders created for the changes, the outermost first.
    folders: Vec<PathBuf>,
    staged: Vec<Entry<'a>>,
    /// The applied changes.
    done: Vec<usize>,
}

struct Entry<'a> {
    change: &'a Change,
    /// The staged new content, unless the file is removed.
    new: Option<Staged>,
    old: Option<Staged>,
}

impl<'a> Transaction<'a> {
    fn run(&mut self, changes: &'a [Change]) -> Result<(), Problem> {
        for change in changes {
            let folder = change.destination.parent().unwrap_or(Path::new("."));
            if change.new.is_some() {
                self.create_folders(folder).map_err(|error| refused(change, &error))?;
            }
            self.files.sweep(folder);
        }
        let (removed, written): (Vec<&Change>, Vec<&Change>) =
            changes.iter().partition(|change| change.new.is_none());
        for change in written.into_iter().chain(removed) {
            let stage = |content: &Vec<u8>| {
                self.files.stage(&change.destination, content).map_err(|error| refused(change, &error))
            };
            let new = change.new.as_ref().map(stage).transpose()?;
            // A lone file is replaced in one step: there is nothing to take back.
            let is_kept = changes.len() > 1 || new.is_none();
            match change.old.as_ref().filter(|_| is_kept).map(stage).transpose() {
                Ok(old) => self.staged.push(Entry { change, new, old }),
                Err(problem) => {
                    new.iter().for_each(|new| drop(self.files.remove(&new.path)));
                    return Err(problem);
                }
            }
        }
        for (index, entry) in self.staged.iter().enumerate() {
            let destination = &entry.change.destination;
            let done = match &entry.new {
                Some(new) => self.files.commit(new, destination),
                None => self.files.remove(destination),
            };
            done.map_err(|error| refused(entry.change, &error))?;
            self.done.push(index);
        }
        Ok(())
    }

    fn create_folders(&mut self, folder: &Path) -> std::io::Result<()> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|ancestor| {
                !ancestor.as_os_str().is_empty() && matches!(self.files.kind(ancestor), Ok(Kind::Absent))
            })
            .collect();
        for ancestor in missing.into_iter().rev() {
            match self.files.create_folder(ancestor) {
                Ok(()) => self.folders.push(ancestor.to_path_buf()),
                // Another process was faster.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Removes the copies of the old contents.
    fn clear(&self) {
        for entry in &self.staged {
            if let Some(old) = &entry.old {
                let _ = self.files.remove(&old.path);
            }
        }
    }

    /// Restores the old contents and removes all temporary files.
    fn take_back(&self, mut problem: Problem) -> Problem {
        for (index, entry) in self.staged.iter().enumerate() {
            let destination = &entry.change.destination;
            if !self.done.contains(&index) {
                let staged = entry.new.iter().chain(&entry.old);
                staged.for_each(|staged| drop(self.files.remove(&staged.path)));
                continue;
            }
            let restored = match &entry.old {
                Some(old) => self.files.commit(old, destination),
                None => self.files.remove(destination),
            };
            if restored.is_err() {
                problem.message.push_str(&format!("; and `{}` could not be put back", entry.change.path));
            }
        }
        for folder in self.folders.iter().rev() {
            let _ = self.files.remove_folder(folder);
        }
        problem
    }
}

fn refused(change: &Change, error: &std::io::Error) -> Problem {
    let path = &change.path;
    let what = if change.new.is_some() { "write" } else { "remove" };
    Problem::new(path, format!("can't {what} `{path}`: {}", reason(error)))
        .help("nothing was written; the old files are as they were")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Found, is_temporary};
    use crate::memory::Memory;
    use std::cell::Cell;
    use std::io;

    /// Fails in the operation with this number. If the disk is full, later operations of the same kind fail, too.
    struct Faulty {
        files: Memory,
        fails_at: usize,
        full: bool,
        operations: Cell<usize>,
    }

    impl Faulty {
        fn step(&self) -> io::Result<()> {
            let now = self.operations.get();
            self.operations.set(now + 1);
            if now == self.fails_at || (self.full && now > self.fails_at) {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            Ok(())
        }
    }

    impl Files for Faulty {
        fn kind(&self, path: &Path) -> io::Result<Kind> {
            self.files.kind(path)
        }
        fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
            self.files.read(path, limit)
        }
        fn find_sources(&self, root: &Path) -> Found {
            self.files.find_sources(root)
        }
        fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
            self.files.list(folder)
        }
        fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
            self.files.resolve(path)
        }
        fn create_folder(&self, folder: &Path) -> io::Result<()> {
            self.step()?;
            self.files.create_folder(folder)
        }
        fn remove_folder(&self, folder: &Path) -> io::Result<()> {
            self.files.remove_folder(folder)
        }
        fn stage(&self, destination: &Path, content: &[u8]) -> io::Result<Staged> {
            self.step()?;
            self.files.stage(destination, content)
        }
        fn commit(&self, staged: &Staged, destination: &Path) -> io::Result<()> {
            // A full disk still renames.
            if !self.full {
                self.step()?;
            }
            self.files.commit(staged, destination)
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            // A temporary file can always be removed, and so can any file on a full disk.
            if !self.full && !path.file_name().and_then(|name| name.to_str()).is_some_and(is_temporary) {
                self.step()?;
            }
            self.files.remove(path)
        }
        fn sweep(&self, folder: &Path) {
            self.files.sweep(folder);
        }
    }

    fn change(path: &str, old: Option<&str>, new: &str) -> Change {
        Change {
            destination: PathBuf::from(path),
            path: path.to_owned(),
            old: old.map(|text| text.as_bytes().to_vec()),
            new: Some(new.as_bytes().to_vec()),
        }
    }

    fn removal(path: &str, old: &str) -> Change {
        Change { new: None, ..change(path, Some(old), "") }
    }

    fn changes() -> Vec<Change> {
        vec![
            change("/w/out/a.yml", Some("old a"), "new a"),
            change("/w/out/b.yml", None, "new b"),
            change("/w/deep/er/c.yml", None, "new c"),
            removal("/w/out/e.yml", "old e"),
            change("/w/out/d.yml", Some("old d"), "new d"),
            removal("/w/out/f.yml", "old f"),
        ]
    }

    fn before() -> Memory {
        let old = ["a", "d", "e", "f"].map(|name| (format!("/w/out/{name}.yml"), format!("old {name}")));
        Memory::new(old.into_iter().chain([("/w/x.pipe".to_owned(), String::new())]))
    }

    #[test]
    fn all_files_are_written_and_no_other_left() {
        let files = before();
        replace_all(&files, &changes()).unwrap();
        let expected = Memory::new([
            ("/w/out/a.yml", "new a"),
            ("/w/out/b.yml", "new b"),
            ("/w/deep/er/c.yml", "new c"),
            ("/w/out/d.yml", "new d"),
            ("/w/x.pipe", ""),
        ]);
        assert_eq!(files.contents(), expected.contents());
    }

    #[test]
    fn old_files_survive_any_failing_operation() {
        for full in [false, true] {
            let mut failures = 0;
            for fails_at in 0.. {
                let files = Faulty { files: before(), fails_at, full, operations: Cell::new(0) };
                match replace_all(&files, &changes()) {
                    Ok(()) => break,
                    Err(problem) => {
                        failures += 1;
                        assert!(problem.message.starts_with("can't "), "{}", problem.message);
                        assert!(!problem.message.contains("put back"), "{}", problem.message);
                    }
                }
                assert_eq!(files.files.contents(), before().contents(), "full {full}, failure {fails_at}");
                assert_eq!(files.kind(Path::new("/w/deep")).unwrap(), Kind::Absent, "failure {fails_at}");
            }
            // Two folders, eight stagings, and six replacements and removals where those can fail.
            assert_eq!(failures, if full { 10 } else { 16 });
        }
    }

    #[test]
    fn a_lone_file_is_removed_or_stays() {
        let files = before();
        replace_all(&files, &[removal("/w/out/a.yml", "old a")]).unwrap();
        assert_eq!(files.list(Path::new("/w/out")).unwrap(), ["d.yml", "e.yml", "f.yml"]);
        let problem = replace_all(&files, &[removal("/w/out/a.yml", "old a")]).unwrap_err();
        assert!(problem.message.starts_with("can't remove `/w/out/a.yml`"), "{}", problem.message);
        assert_eq!(files.list(Path::new("/w/out")).unwrap(), ["d.yml", "e.yml", "f.yml"]);
    }

    #[test]
    fn leftovers_of_a_killed_writer_are_removed() {
        let files = before();
        files.put("/w/out/.pipec-99-0.tmp", "half a fi");
        replace_all(&files, &[change("/w/out/a.yml", Some("old a"), "new a")]).unwrap();
        assert_eq!(files.list(Path::new("/w/out")).unwrap(), ["a.yml", "d.yml", "e.yml", "f.yml"]);
    }
}
