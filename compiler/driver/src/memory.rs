//! A file system in memory, for tests and editors.

use crate::files::{Files, Found, Kind, Staged, TEMPORARY_PREFIX, TEMPORARY_SUFFIX, is_temporary};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// A file system in memory. A folder exists if it contains a file or was created.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    folders: RefCell<BTreeSet<PathBuf>>,
    staged: RefCell<u64>,
}

impl Memory {
    /// A file system with these files.
    pub fn new<P: Into<PathBuf>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Memory {
        let memory = Memory::default();
        for (path, content) in files {
            memory.put(path, content);
        }
        memory
    }

    /// Adds or replaces a file.
    pub fn put(&self, path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        let path = path.into();
        self.folders.borrow_mut().extend(path.ancestors().skip(1).map(Path::to_path_buf));
        self.files.borrow_mut().insert(path, content.into());
    }

    /// All files with their contents.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.files.borrow().clone()
    }
}

fn absent() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl Files for Memory {
    fn kind(&self, path: &Path) -> io::Result<Kind> {
        if self.files.borrow().contains_key(path) {
            return Ok(Kind::File);
        }
        Ok(if self.folders.borrow().contains(path) { Kind::Folder } else { Kind::Absent })
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let files = self.files.borrow();
        let content = files.get(path).ok_or_else(absent)?;
        Ok((content.len() as u64 <= limit).then(|| content.clone()))
    }

    fn find_sources(&self, root: &Path) -> Found {
        let sources = self
            .files
            .borrow()
            .keys()
            .filter_map(|path| path.strip_prefix(root).ok())
            .filter(|path| path.extension().is_some_and(|extension| extension == "pipe"))
            .map(Path::to_path_buf)
            .collect();
        Found { sources, unreadable: Vec::new() }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let files = self.files.borrow();
        let inside = files.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside
            .filter_map(|path| path.file_name())
            .filter_map(|name| name.to_str())
            .map(str::to_owned)
            .collect())
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        match self.kind(path)? {
            Kind::Absent => Err(absent()),
            _ => Ok(path.to_path_buf()),
        }
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.folders.borrow_mut().insert(folder.to_path_buf());
        Ok(())
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        if !self.list(folder)?.is_empty() {
            return Err(io::Error::from(io::ErrorKind::DirectoryNotEmpty));
        }
        self.folders.borrow_mut().remove(folder);
        Ok(())
    }

    fn stage(&self, destination: &Path, content: &[u8]) -> io::Result<Staged> {
        let folder = destination.parent().unwrap_or(Path::new(""));
        if !self.folders.borrow().contains(folder) {
            return Err(absent());
        }
        let number = {
            let mut staged = self.staged.borrow_mut();
            *staged += 1;
            *staged
        };
        let path = folder.join(format!("{TEMPORARY_PREFIX}{number}{TEMPORARY_SUFFIX}"));
        self.files.borrow_mut().insert(path.clone(), content.to_vec());
        Ok(Staged { path, lock: None })
    }

    fn commit(&self, staged: &Staged, destination: &Path) -> io::Result<()> {
        let mut files = self.files.borrow_mut();
        let content = files.remove(&staged.path).ok_or_else(absent)?;
        files.insert(destination.to_path_buf(), content);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.files.borrow_mut().remove(path).map(|_| ()).ok_or_else(absent)
    }

    fn sweep(&self, folder: &Path) {
        let of_folder = |path: &Path| {
            path.parent() == Some(folder)
                && path.file_name().and_then(|name| name.to_str()).is_some_and(is_temporary)
        };
        self.files.borrow_mut().retain(|path, _| !of_folder(path));
    }
}
