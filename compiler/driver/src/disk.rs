//! The file system of this machine.

use crate::files::{Files, Found, Kind, Staged, TEMPORARY_PREFIX, TEMPORARY_SUFFIX, is_temporary};
use ignore::WalkBuilder;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn kind(&self, path: &Path) -> io::Result<Kind> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Ok(Kind::File),
            Ok(metadata) if metadata.is_dir() => Ok(Kind::Folder),
            Ok(_) => Ok(Kind::Special),
            // A file where a folder of the path should be: what is asked for is not there.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Kind::Absent),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::symlink_metadata(path) {
                Ok(metadata) if metadata.is_symlink() => Ok(Kind::Dangling),
                // Another build wrote it since the first look.
                Ok(metadata) if metadata.is_file() => Ok(Kind::File),
                Ok(metadata) if metadata.is_dir() => Ok(Kind::Folder),
                Ok(_) => Ok(Kind::Special),
                Err(_) => Ok(Kind::Absent),
            },
            Err(error) => Err(error),
        }
    }

    fn read(&self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        // Asked before opening: to open a pipe waits for its writer.
        if self.kind(path)? != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length > limit {
            return Ok(None);
        }
        // Some files (those of /proc) are longer than they say. With one byte to spare, the end is met without growing.
        let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or_default().saturating_add(1));
        file.take(limit.saturating_add(1)).read_to_end(&mut content)?;
        Ok((content.len() as u64 <= limit).then_some(content))
    }

    fn find_sources(&self, root: &Path) -> Found {
        let mut found = Found::default();
        let in_repository = root.ancestors().any(|folder| folder.join(".git").exists());
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .hidden(true)
            .git_ignore(true)
            // Ignore files above the workspace count inside a repository only, as for git; the user's own ignore
            // list never does: a workspace is the same on every machine.
            .parents(in_repository)
            .require_git(false)
            .add_custom_ignore_filename(".pipeignore")
            .follow_links(false)
            .sort_by_file_name(std::cmp::Ord::cmp)
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if entry.depth() > 0 => {
                    let is_source = entry.path().extension().is_some_and(|extension| extension == "pipe");
                    if let (true, Ok(relative)) = (is_source, entry.path().strip_prefix(root)) {
                        found.sources.push(relative.to_path_buf());
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    let folder = path_of(&error).unwrap_or(root).to_path_buf();
                    let message = match error.io_error() {
                        Some(system) => io::Error::from(system.kind()).to_string(),
                        None => error.to_string(),
                    };
                    found.unreadable.push((folder, message));
                }
            }
        }
        found.sources.sort();
        found
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<()> {
        fs::remove_dir(folder)
    }

    fn stage(&self, destination: &Path, content: &[u8]) -> io::Result<Staged> {
        let old = fs::metadata(destination).ok();
        // A rename would replace it all the same: it asks the folder, not the file.
        if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
        }
        let folder = destination.parent().unwrap_or(Path::new("."));
        let (mut file, path) = create_temporary(folder)?;
        let written = (|| {
            file.write_all(content)?;
            if let Some(old) = old {
                file.set_permissions(old.permissions())?;
            }
            file.sync_all()
        })();
        match written {
            Ok(()) => Ok(Staged { path, lock: Some(file) }),
            Err(error) => {
                let _ = fs::remove_file(&path);
                Err(error)
            }
        }
    }

    fn commit(&self, staged: &Staged, destination: &Path) -> io::Result<()> {
        fs::rename(&staged.path, destination)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sweep(&self, folder: &Path) {
        for name in self.list(folder).unwrap_or_default() {
            let path = folder.join(&name);
            if !is_temporary(&name) || !matches!(self.kind(&path), Ok(Kind::File)) {
                continue;
            }
            let Ok(file) = File::open(&path) else { continue };
            if file.try_lock().is_ok() {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// The path of an error in a directory walk.
fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// Creates a locked file with a unique name: the process id and a running number. The lock keeps other processes from
/// sweeping it. Skips a leftover of a killed process with the same number, and a file that another process swept before
/// it was locked.
fn create_temporary(folder: &Path) -> io::Result<(File, PathBuf)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{TEMPORARY_PREFIX}{}-{number}{TEMPORARY_SUFFIX}", std::process::id());
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => {
                // A file system without locks costs only the sweeping of leftovers.
                let _ = file.lock();
                if fs::symlink_metadata(&path).is_ok() {
                    return Ok((file, path));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}
