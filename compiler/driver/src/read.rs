//! Reads a workspace from its folder: the sources and the lock file.

use crate::files::Files;
use crate::input::InputText;
use crate::lock::{self, Lock};
use crate::problem::Problem;
use crate::workspace::read_sources;
use pipec_ir::Pins;
use std::path::Path;

/// The files of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Its sources, by path.
    pub texts: Vec<InputText>,
    /// Its `pipec.lock`, if it has a readable one.
    pub lock: Option<Lock>,
    /// The problems with unreadable files.
    pub problems: Vec<Problem>,
}

impl Workspace {
    /// The pins of its `pipec.lock`, if it has a readable one.
    pub fn pins(&self) -> Option<&Pins> {
        self.lock.as_ref().map(|lock| &lock.file.pins)
    }
}

/// Reads every source of a workspace, and its `pipec.lock`.
pub fn read(files: &dyn Files, root: &Path) -> Workspace {
    let sources = read_sources(files, root);
    let mut workspace = Workspace { texts: sources.texts, lock: None, problems: sources.problems };
    match lock::read(files, root) {
        Ok(lock) => workspace.lock = lock,
        Err(problems) => workspace.problems.extend(problems),
    }
    workspace
}
