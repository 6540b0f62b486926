//! Compares compiled files with the file system, and finds files that must not be overwritten.

use crate::compiled_file::CompiledFile;
use crate::files::{Files, Kind, is_temporary};
use crate::problem::Problem;
use crate::standing::{LONGEST_OUTPUT, Standing, standing};
use crate::transaction::Change;
use pipec_base::{Diagnostic, codes};
use pipec_target_api::Target;
use std::collections::BTreeSet;
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
            new: self.output.file.text.clone().into_bytes(),
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

/// The generated files without a pipeline, in folders of compiled files. A renamed or removed pipeline leaves them, and
/// the engine still runs them. Only a person removes them.
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
            if is_temporary(path.rsplit('/').next().unwrap_or("")) {
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
