//! Compiled files against what is on disk: what is to be written, and what must not be.

use crate::workspace::reason;
use crate::{Change, CompiledFile, Files, Kind, Problem};
use pipec_base::{Diagnostic, codes};
use pipec_ir::Target;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// No generated file is longer; one that is was not generated. In bytes.
const LONGEST_OUTPUT: u64 = 64 << 20;

/// A compiled file and what stands where it goes.
#[derive(Clone, Debug)]
pub struct PlannedFile {
    /// The file.
    pub output: CompiledFile,
    /// Where it is written, links resolved.
    pub destination: PathBuf,
    /// What stands there now.
    pub old: Option<String>,
}

impl PlannedFile {
    /// Whether writing it changes a byte.
    pub fn is_changed(&self) -> bool {
        self.old.as_deref() != Some(self.output.file.text.as_str())
    }

    /// Whether what stands there means something else: its header apart.
    pub fn has_drifted(&self, targets: &[&dyn Target]) -> bool {
        let Some(old) = &self.old else { return true };
        let Some(target) = targets.iter().find(|target| target.name() == self.output.target) else {
            return true;
        };
        target.without_header(old) != target.without_header(&self.output.file.text)
    }

    /// The change to the disk.
    pub fn change(&self) -> Change {
        Change {
            destination: self.destination.clone(),
            path: self.output.file.path.clone(),
            old: self.old.clone().map(String::into_bytes),
            new: self.output.file.text.clone().into_bytes(),
        }
    }
}

/// What writing would do.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// All files, changed or not.
    pub files: Vec<PlannedFile>,
    /// Files in the way that this program did not write.
    pub diagnostics: Vec<Diagnostic>,
    /// Paths that can't be written.
    pub problems: Vec<Problem>,
}

/// Looks where each file goes, below `root`, and at what stands there.
pub fn plan(files: &dyn Files, root: &Path, outputs: &[CompiledFile], targets: &[&dyn Target]) -> Planned {
    let mut planned = Planned::default();
    for output in outputs {
        let Standing { destination, old } = match standing(files, root, &output.file.path) {
            Ok(standing) => standing,
            Err(problem) => {
                planned.problems.push(problem);
                continue;
            }
        };
        let target = targets.iter().find(|target| target.name() == output.target);
        let ours = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| target.is_some_and(|target| target.is_generated(text)))
        };
        match old {
            Some(text) if !ours(&text) => planned.diagnostics.push(hand_written(output)),
            old => {
                planned.files.push(PlannedFile { output: output.clone(), destination, old: old.flatten() })
            }
        }
    }
    planned
}

/// Where a file goes, and what stands there.
pub(crate) struct Standing {
    /// Where it is written, links resolved.
    pub(crate) destination: PathBuf,
    /// What stands there, if anything: its text, if it is one.
    pub(crate) old: Option<Option<String>>,
}

/// Looks where a file goes, below `root`, and at what stands there.
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

/// The generated files that no pipeline claims, beside those that one does: what a renamed or removed pipeline left.
/// They still run on the engine. Nobody but a person removes them.
pub fn unclaimed(
    files: &dyn Files,
    root: &Path,
    outputs: &[CompiledFile],
    targets: &[&dyn Target],
) -> Vec<String> {
    let claimed: BTreeSet<&str> = outputs.iter().map(|output| output.file.path.as_str()).collect();
    let folders: BTreeSet<(&str, &str)> = outputs
        .iter()
        .map(|output| (output.file.path.rsplit_once('/').map_or("", |(folder, _)| folder), output.target))
        .collect();
    let mut left = BTreeSet::new();
    for (folder, name) in folders {
        let Some(target) = targets.iter().find(|target| target.name() == name) else { continue };
        for name in files.list(&root.join(folder)).unwrap_or_default() {
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if crate::files::is_temporary(path.rsplit('/').next().unwrap_or("")) {
                continue;
            }
            let at = root.join(&path);
            if claimed.contains(path.as_str()) || !matches!(files.kind(&at), Ok(Kind::File)) {
                continue;
            }
            let text = files.read(&at, LONGEST_OUTPUT).ok().flatten();
            let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
            if text.is_some_and(|text| target.is_generated(&text)) {
                left.insert(path);
            }
        }
    }
    left.into_iter().collect()
}

/// Where a path of the workspace really lies: links are followed as long as they stay below `root`.
///
/// # Errors
/// When a link leads elsewhere, or something that is no folder stands on the way.
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
                let message = format!("can't write `{path}`: `{shown}` is no folder");
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
            format!("`{path}` leads out of the workspace through a symbolic link"),
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

fn hand_written(output: &CompiledFile) -> Diagnostic {
    let path = &output.file.path;
    let message = format!("`{path}` was not written by pipec, so it is not overwritten");
    Diagnostic::error(codes::P1201, message, output.origin)
        .saying(format!("pipeline `{}` wants to write it", output.pipeline))
        .help(format!(
            "move the file away, or let the pipeline write another: `emits {} \"….yml\"`",
            output.target
        ))
}
