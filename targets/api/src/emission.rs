//! The files of several pipelines, and what else emitting them gave.

use pipec_base::Diagnostic;
use pipec_claims::Assumed;
use pipec_ir::{GeneratedFile, Pins, PipelineId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What emitting some pipelines of a program gave.
#[derive(Clone, Debug, Default)]
pub struct Emission {
    /// The files, in the order of their pipelines.
    pub files: Vec<EmittedFile>,
    /// What else emitting gave, for each pipeline that was asked for.
    pub pipelines: BTreeMap<PipelineId, Arc<PipelineOutput>>,
    /// Findings about files that belong to several pipelines.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file, and the pipelines to which it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmittedFile {
    /// The file.
    pub file: Arc<GeneratedFile>,
    /// The pipelines to which it belongs: at least one.
    pub pipelines: BTreeSet<PipelineId>,
}

/// What emitting one pipeline gave besides its files.
#[derive(Clone, Debug, Default)]
pub struct PipelineOutput {
    /// The actions and images that its files use, by digest, for `pipec.lock`. Pins that the lock file already has are taken
    /// from it.
    pub pins: Pins,
    /// The assumptions of its files, if the context asks for them.
    pub assumed: Vec<Assumed>,
    /// Findings about it; it has no files of its own if one is an error.
    pub diagnostics: Vec<Diagnostic>,
}

impl PipelineOutput {
    /// Whether a finding is an error.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

impl Emission {
    /// Adds what emitting one pipeline gave, with the files that belong to it alone.
    pub fn add(
        &mut self,
        pipeline: PipelineId,
        files: impl IntoIterator<Item: Into<Arc<GeneratedFile>>>,
        output: impl Into<Arc<PipelineOutput>>,
    ) {
        let own = |file| EmittedFile { file, pipelines: BTreeSet::from([pipeline]) };
        self.files.extend(files.into_iter().map(Into::into).map(own));
        self.pipelines.insert(pipeline, output.into());
    }

    /// Replaces what it says of some pipelines by a later emission of them.
    ///
    /// Files of other pipelines stay, except a shared file that the later emission contains for all its pipelines.
    pub fn replace(&mut self, only: &[PipelineId], later: Emission) {
        for file in &mut self.files {
            file.pipelines.retain(|pipeline| !only.contains(pipeline));
        }
        // A file keeps its place, so that the order does not depend on how often a file was emitted.
        let mut replaced: BTreeSet<usize> = BTreeSet::new();
        for new in later.files {
            let is_older = |(place, old): &(usize, &mut EmittedFile)| {
                let is_same = old.file.path == new.file.path && old.pipelines.is_subset(&new.pipelines);
                is_same && !replaced.contains(place)
            };
            match self.files.iter_mut().enumerate().find(is_older) {
                Some((place, old)) => {
                    *old = new;
                    replaced.insert(place);
                }
                None => {
                    replaced.insert(self.files.len());
                    self.files.push(new);
                }
            }
        }
        self.files.retain(|file| !file.pipelines.is_empty());
        self.pipelines.extend(later.pipelines);
        self.diagnostics = later.diagnostics;
    }

    /// Whether a finding is an error, of a pipeline or of a shared file.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
            || self.pipelines.values().any(|output| output.is_refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str, pipelines: &[usize]) -> EmittedFile {
        let file = GeneratedFile { path: path.to_owned(), text: text.to_owned(), origins: Vec::new() };
        EmittedFile { file: Arc::new(file), pipelines: pipelines.iter().copied().map(PipelineId).collect() }
    }

    fn emission(files: &[EmittedFile]) -> Emission {
        Emission { files: files.to_vec(), ..Emission::default() }
    }

    #[test]
    fn a_later_emission_replaces_files_of_its_pipelines_and_shared_ones() {
        let mut all = emission(&[
            file("root", "1", &[0, 1]),
            file("a", "1", &[0]),
            file("b", "1", &[1]),
            file("c", "1", &[1]),
        ]);
        all.replace(&[PipelineId(1)], emission(&[file("root", "2", &[0, 1]), file("b", "2", &[1])]));
        assert_eq!(all.files, [file("root", "2", &[0, 1]), file("a", "1", &[0]), file("b", "2", &[1])]);
    }

    #[test]
    fn a_later_emission_keeps_a_file_that_another_pipeline_writes_to_the_same_path() {
        let mut all = emission(&[file("same", "a", &[0]), file("same", "b", &[1])]);
        all.replace(&[PipelineId(1)], emission(&[file("same", "c", &[1])]));
        assert_eq!(all.files, [file("same", "a", &[0]), file("same", "c", &[1])]);
    }
}
