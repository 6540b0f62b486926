//! What the compiler needs of a file system.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What stands at a path, symbolic links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Absent,
    /// A symbolic link that leads nowhere.
    Dangling,
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A pipe, a socket or a device: reading it may never end.
    Special,
}

/// What a walk through a workspace found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Everything called `*.pipe` that is not ignored, relative to the root, sorted; whatever kind it is.
    pub sources: Vec<PathBuf>,
    /// The folders that could not be read, and why.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// A whole new content beside the file it is to replace, under a temporary name.
#[derive(Debug)]
pub struct Staged {
    /// The temporary name.
    pub path: PathBuf,
    /// Keeps the temporary file locked as long as its writer lives, so that others can tell it from a leftover.
    pub lock: Option<File>,
}

/// A file system. Paths are absolute, or relative to wherever the process stands.
pub trait Files {
    /// What stands at a path.
    ///
    /// # Errors
    /// When the system can't tell, as with a cycle of symbolic links.
    fn kind(&self, path: &Path) -> io::Result<Kind>;

    /// The bytes of a regular file; `None` if there are more than `limit`.
    ///
    /// # Errors
    /// When it can't be read, or is no regular file.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>>;

    /// Every source below a folder, honouring `.gitignore` and `.pipeignore`; hidden folders are left out.
    fn find_sources(&self, root: &Path) -> Found;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// When it can't be read.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// The path without symbolic links.
    ///
    /// # Errors
    /// When nothing stands there.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// Makes one folder; its parent exists.
    ///
    /// # Errors
    /// When it can't be made.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// When it is not empty or can't be removed.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;

    /// Writes a new content beside `destination`, durably, with the permissions of what stands there. On an error nothing
    /// is left behind.
    ///
    /// # Errors
    /// When it can't be written whole, or what stands there is read-only.
    fn stage(&self, destination: &Path, content: &[u8]) -> io::Result<Staged>;

    /// Puts a staged content in its place, in one step: a reader sees the old content or the new one. On an error the
    /// staged file stays.
    ///
    /// # Errors
    /// When the system refuses; the old content then stands.
    fn commit(&self, staged: &Staged, destination: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it can't be removed.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes temporary files that writers left in a folder when they were killed. Those of writers at work stay.
    fn sweep(&self, folder: &Path);
}

/// How the temporary files of this program are called; hidden, and with an ending that no engine reads.
pub(crate) const TEMPORARY_PREFIX: &str = ".pipec-";
pub(crate) const TEMPORARY_SUFFIX: &str = ".tmp";

/// Whether a name is one that [`Files::stage`] gives.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}
