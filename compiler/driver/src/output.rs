//! Compares compiled files with the file system, and finds files that must not be overwritten.

use crate::compiled_file::CompiledFile;
use crate::files::{Files, Kind, is_temporary};
use crate::problem::Problem;
use crate::standing::{LONGEST_OUTPUT, Standing, destination, standing};
use crate::transaction::Change;
use pipec_base::{Diagnostic, codes};
use pipec_target_api::Target;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A compiled file, and the present content of its destination.
#[derive(Clone, Debug)]
pub struct PlannedFile {
    /// The file.
    pub output: CompiledFile,
    /// The destination, with links resolved.
    pub destination: PathBuf,
    /// The present content.
    pub old: Option<String>,
}

impl PlannedFile {
    /// Whether the two contents differ in any byte.
    pub fn is_changed(&self) -> bool {
        self.old.as_deref() != Some(self.output.file.text.as_str())
    }

    /// The change to the file system.
    pub fn change(&self) -> Change {
        Change {
            destination: self.destination.clone(),
            path: self.output.file.path.clone(),
            old: self.old.clone().map(String::into_bytes),
            new: Some(self.output.file.text.clone().into_bytes()),
        }
    }
}

/// The plan for writing compiled files.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// All files, changed or not.
    pub files: Vec<PlannedFile>,
    /// Existing files at a destination that this program did not write.
    pub diagnostics: Vec<Diagnostic>,
    /// Paths that can't be written.
    pub problems: Vec<Problem>,
}

/// Finds the destination of each file below `root`, and its present content.
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

/// A generated file that no pipeline makes any more. The engine would still run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// Its path below the workspace.
    pub path: String,
    /// Its location, with links resolved.
    pub destination: PathBuf,
    /// Its text.
    pub text: String,
}

impl LeftBehind {
    /// The change to the file system that removes it.
    pub fn removal(&self) -> Change {
        let old = Some(self.text.clone().into_bytes());
        Change { destination: self.destination.clone(), path: self.path.clone(), old, new: None }
    }
}

/// The generated files that no pipeline makes any more, in the folders in which the targets write.
///
/// A renamed or removed pipeline leaves them. `outputs` must be those of the whole workspace. A file without the header of
/// a generated file is never among them, nor is a symbolic link.
pub fn left_behind(
    files: &dyn Files,
    root: &Path,
    outputs: &[CompiledFile],
    targets: &[&dyn Target],
) -> Vec<LeftBehind> {
    let of_targets =
        targets.iter().flat_map(|target| target.folders().iter().map(|folder| (*folder, target.name())));
    let of_outputs = outputs.iter().map(|output| (folder_of(&output.file.path), output.target));
    let folders: BTreeSet<(&str, &str)> = of_targets.chain(of_outputs).collect();
    let mut left: BTreeMap<String, LeftBehind> = BTreeMap::new();
    for (folder, name) in folders {
        let Some(target) = targets.iter().find(|target| target.name() == name) else { continue };
        let Ok(real) = destination(files, root, folder) else { continue };
        let names = files.list(&real).unwrap_or_default();
        for name in &names {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let destination = real.join(name);
            if is_temporary(name) || is_made(files, &real, &path, &names, outputs) {
                continue;
            }
            if let Some(text) = generated(files, &destination, *target) {
                left.insert(path.clone(), LeftBehind { path, destination, text });
            }
        }
    }
    left.into_values().collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether an output is written to a file of a folder.
///
/// Two names that differ in case are one file where the file system ignores case. Then the output is there, although the
/// folder does not list it.
fn is_made(files: &dyn Files, folder: &Path, path: &str, names: &[String], outputs: &[CompiledFile]) -> bool {
    outputs.iter().map(|output| output.file.path.as_str()).any(|made| {
        let name = made.rsplit('/').next().unwrap_or(made);
        let is_other_spelling = made != path && made.eq_ignore_ascii_case(path);
        let is_hidden_by_case = || {
            !names.iter().any(|listed| listed == name)
                && !matches!(files.kind(&folder.join(name)), Ok(Kind::Absent))
        };
        made == path || (is_other_spelling && is_hidden_by_case())
    })
}

/// The text of a file, if it is a regular file with the header of a generated one.
fn generated(files: &dyn Files, path: &Path, target: &dyn Target) -> Option<String> {
    let is_file = matches!(files.kind(path), Ok(Kind::File));
    // What a link leads to belongs to somebody else.
    if !is_file || files.resolve(path).ok().as_deref() != Some(path) {
        return None;
    }
    let text = String::from_utf8(files.read(path, LONGEST_OUTPUT).ok()??).ok()?;
    target.is_generated(&text).then_some(text)
}

fn hand_written(output: &CompiledFile) -> Diagnostic {
    let path = &output.file.path;
    let message = format!("`{path}` was not written by pipec, so it is not overwritten");
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let write = if output.other_owners.is_empty() { "would write it" } else { "would together write it" };
    Diagnostic::error(codes::P1201, message, output.owner.origin)
        .saying(format!("{} {write}", output.owners_in_words()))
        .help(format!(
            "move the file away, or let the pipeline write another file: `emits {} \"….{ending}\"`",
            output.target
        ))
}
