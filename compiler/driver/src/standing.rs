//! The destination of a file in the workspace, and its present content.

use crate::files::{Files, Kind};
use crate::problem::{Problem, reason};
use std::path::{Path, PathBuf};

/// The maximum length of a generated file, in bytes. A longer file was not generated.
pub(crate) const LONGEST_OUTPUT: u64 = 64 << 20;

/// The destination of a file, and its present content.
pub(crate) struct Standing {
    /// The destination, with links resolved.
    pub(crate) destination: PathBuf,
    /// The present content, if any: its text, if it is one.
    pub(crate) old: Option<Option<String>>,
}

/// Finds the destination of a file below `root`, and its present content.
pub(crate) fn standing(files: &dyn Files, root: &Path, path: &str) -> Result<Standing, Problem> {
    let destination = destination(files, root, path)?;
    let old = match files.kind(&destination) {
        Ok(Kind::Absent) => None,
        Ok(Kind::File) => match files.read(&destination, LONGEST_OUTPUT) {
            Ok(bytes) => Some(bytes.and_then(|bytes| String::from_utf8(bytes).ok())),
            Err(error) => return Err(Problem::new(path, format!("can't read `{path}`: {}", reason(&error)))),
        },
        Ok(kind) => return Err(in_the_way(path, kind)),
        Err(error) => return Err(Problem::new(path, format!("can't write `{path}`: {}", reason(&error)))),
    };
    Ok(Standing { destination, old })
}

/// The real location of a path in the workspace. Follows links that stay below `root`.
///
/// # Errors
/// When a link leaves `root`, or a part of the path is not a folder.
pub fn destination(files: &dyn Files, root: &Path, path: &str) -> Result<PathBuf, Problem> {
    let root = files.resolve(root).unwrap_or_else(|_| root.to_path_buf());
    let wanted = root.join(path);
    let mut missing = Vec::new();
    let mut existing = wanted.as_path();
    loop {
        match files.kind(existing) {
            Ok(Kind::Absent) => {}
            Ok(Kind::Dangling) => return Err(in_the_way(path, Kind::Dangling)),
            Ok(Kind::File | Kind::Special) if !missing.is_empty() => {
                let shown = existing.strip_prefix(&root).unwrap_or(existing).display();
                let message = format!("can't write `{path}`: `{shown}` is not a folder");
                return Err(Problem::new(path, message));
            }
            Ok(_) => break,
            Err(error) => {
                let message = format!("can't write `{path}`: {}", reason(&error));
                return Err(Problem::new(path, message));
            }
        }
        // What does not exist yet, the root included, is made as it is written.
        let (Some(parent), Some(name)) = (existing.parent(), existing.file_name()) else { return Ok(wanted) };
        missing.push(name);
        existing = parent;
    }
    let real = files
        .resolve(existing)
        .map_err(|error| Problem::new(path, format!("can't write `{path}`: {}", reason(&error))))?;
    if existing.starts_with(&root) && !real.starts_with(&root) {
        return Err(Problem::new(
            path,
            format!("`{path}` is outside the workspace, through a symbolic link"),
        )
        .help("remove the link; nothing outside the workspace is written"));
    }
    Ok(missing.iter().rev().fold(real, |path, name| path.join(name)))
}

fn in_the_way(path: &str, kind: Kind) -> Problem {
    let what = match kind {
        Kind::Folder => "a folder is in the way",
        Kind::Dangling => "a symbolic link that leads nowhere is in the way",
        Kind::Special => "a pipe, a socket or a device is in the way",
        Kind::Absent | Kind::File => "it can't be replaced",
    };
    Problem::new(path, format!("can't write `{path}`: {what}")).help("move it away")
}
