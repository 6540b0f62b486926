//! Actions and images by digest, with the signatures of the actions.
//!
//! `pipec.lock` and a catalogue consist of these. For example, an entry pins `actions/checkout` with its version `v5.0.0`
//! to a commit of 40 digits, and lists its inputs and outputs.

mod conflict;
mod entries;
mod lines;
mod lock_file;
mod reader;
mod tables;

pub use conflict::MergeFault;
pub use entries::{LockFile, LockLayout};

use crate::versions::newest_first;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Actions and images, each by digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// The actions in the order of the file: by name, the newest version first.
    pub actions: Vec<Arc<PinnedAction>>,
    /// The digest (`sha256:…`) of each image reference with its tag, as [`image_with_registry`] writes it.
    pub images: BTreeMap<String, String>,
}

/// An action at one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PinnedAction {
    /// `owner/repository`, or `owner/repository/folder`.
    pub name: String,
    /// The tag that named the commit.
    pub version: String,
    /// The commit, with 40 hexadecimal digits.
    pub commit: String,
    /// Its inputs, by name.
    pub inputs: BTreeMap<String, ActionInput>,
    /// Its outputs.
    pub outputs: BTreeSet<String>,
}

/// An input of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionInput {
    /// The type of its value.
    pub ty: InputForm,
    /// Whether a call must give it. Such an input is required and has no default.
    pub required: bool,
}

/// The type of an input. To the engine, all inputs are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum InputForm {
    String,
    Boolean,
    Integer,
}

impl InputForm {
    /// Its keyword in a file of pins.
    pub fn word(self) -> &'static str {
        match self {
            InputForm::String => "string",
            InputForm::Boolean => "boolean",
            InputForm::Integer => "integer",
        }
    }
}

impl Pins {
    /// Reads a file of pins, in either form.
    ///
    /// # Errors
    /// The fault of the file, in one line.
    pub fn read(text: &str) -> Result<Pins, String> {
        LockFile::read(text).map(|file| file.pins)
    }

    /// An action with exactly this version.
    pub fn action(&self, name: &str, version: &str) -> Option<&PinnedAction> {
        let mut actions = self.actions.iter().map(AsRef::as_ref);
        actions.find(|action: &&PinnedAction| action.name == name && action.version == version)
    }

    /// Whether there are no pins.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.images.is_empty()
    }

    /// Adds the pins that are missing.
    pub fn add(&mut self, more: &Pins) {
        let before = self.actions.len();
        for action in &more.actions {
            if !self.actions.contains(action) {
                self.actions.push(Arc::clone(action));
            }
        }
        if self.actions.len() > before {
            self.actions.sort_by(|left, right| left.by_name(right));
        }
        for (reference, digest) in &more.images {
            if !self.images.contains_key(reference) {
                self.images.insert(reference.clone(), digest.clone());
            }
        }
    }

    /// Shares the actions that other pins have, too. Comparing them again then takes no time.
    pub fn share_with(&mut self, other: &Pins) {
        for action in &mut self.actions {
            if let Some(same) = other.actions.iter().find(|other| *other == action) {
                *action = Arc::clone(same);
            }
        }
    }

    /// The pins that the other lacks, as messages name them.
    pub fn without(&self, other: &Pins) -> Vec<String> {
        let actions = self.actions.iter().filter(|action| !other.actions.contains(action));
        let images =
            self.images.iter().filter(|(reference, digest)| other.images.get(*reference) != Some(digest));
        actions
            .map(|action| format!("`{}` {}", action.name, action.version))
            .chain(images.map(|(reference, _)| format!("`{reference}`")))
            .collect()
    }
}

impl PinnedAction {
    /// The order in a file of pins: by name, the newest version first.
    fn by_name(&self, other: &PinnedAction) -> Ordering {
        self.name
            .cmp(&other.name)
            .then_with(|| newest_first(&self.version, &other.version))
            .then_with(|| self.cmp(other))
    }

    /// Whether a second action in a file repeats this one, or contradicts it.
    ///
    /// GitHub's names ignore case: two spellings with two commits would be one action with two commits.
    fn is_repeated_by(&self, other: &PinnedAction) -> bool {
        self.version == other.version
            && self.name.eq_ignore_ascii_case(&other.name)
            && (self.name == other.name || self.commit != other.commit)
    }
}

/// An image reference with the default registry and folder of container engines. For example, `postgres:17` becomes
/// `docker.io/library/postgres:17`.
pub fn image_with_registry(reference: &str) -> String {
    let first = reference.split('/').next().unwrap_or_default();
    let names_registry = reference.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    if let Some(rest) =
        reference.strip_prefix("docker.io/").or_else(|| reference.strip_prefix("index.docker.io/"))
    {
        let folder = if rest.contains('/') { "" } else { "library/" };
        format!("docker.io/{folder}{rest}")
    } else if names_registry {
        reference.to_owned()
    } else if reference.contains('/') {
        format!("docker.io/{reference}")
    } else {
        format!("docker.io/library/{reference}")
    }
}

#[cfg(test)]
mod tests;
