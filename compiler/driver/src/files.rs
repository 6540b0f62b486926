//! The file system operations that the compiler needs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The kind of file at a path. Symbolic links are followed.
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

/// The result of a walk through a workspace.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Every path `*.pipe` that is not ignored, of any kind. Relative to the root, sorted.
    pub sources: Vec<PathBuf>,
    /// The unreadable folders, with the reason.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// The complete new content of a file, under a temporary name beside it.
#[derive(Debug)]
pub struct Staged {
    /// The temporary name.
    pub path: PathBuf,
    /// Locks the temporary file while its writer lives, which distinguishes it from a leftover.
    pub lock: Option<File>,
}

/// A file system. Paths are absolute, or relative to the working directory of the process.
pub trait Files {
    /// The kind of file at a path.
    ///
    /// # Errors
    /// When the system can't tell, for example in a cycle of symbolic links.
    fn kind(&self, path: &Path) -> io::Result<Kind>;

    /// The bytes of a regular file; `None` if there are more than `limit`.
    ///
    /// # Errors
    /// When it can't be read, or is not a regular file.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>>;

    /// Every source below a folder, except in hidden folders. Respects `.gitignore` and `.pipeignore`.
    fn find_sources(&self, root: &Path) -> Found;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// When it can't be read.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// The path without symbolic links.
    ///
    /// # Errors
    /// When there is no file.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf>;

    /// Creates one folder. Its parent must exist.
    ///
    /// # Errors
    /// When it can't be created.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// When it is not empty or can't be removed.
    fn remove_folder(&self, folder: &Path) -> io::Result<()>;

    /// Writes new content to a temporary file beside `destination`, durably, with the same permissions. Leaves no file
    /// behind after an error.
    ///
    /// # Errors
    /// When it can't be written completely, or `destination` is read-only.
    fn stage(&self, destination: &Path, content: &[u8]) -> io::Result<Staged>;

    /// Replaces a file by its staged content in one step. A reader sees the old content or the new content. After an
    /// error, the staged file remains.
    ///
    /// # Errors
    /// When the system refuses. The old content then remains.
    fn commit(&self, staged: &Staged, destination: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it can't be removed.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes temporary files of killed writers from a folder. Keeps those of running writers.
    fn sweep(&self, folder: &Path);
}

/// The names of temporary files: hidden, and with an extension that no engine reads.
pub(crate) const TEMPORARY_PREFIX: &str = ".pipec-";
pub(crate) const TEMPORARY_SUFFIX: &str = ".tmp";

/// Whether [`Files::stage`] gives such a name.
pub(crate) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}
