//! The files that targets made, with the pipelines to which they belong.

use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{GeneratedFile, Pipeline};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file that a target made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledFile {
    /// The target's name.
    pub target: &'static str,
    /// The pipeline to which it belongs; the first of them, if there are several.
    pub owner: FileOwner,
    /// The other pipelines to which it belongs, in the order of the program.
    pub other_owners: Vec<FileOwner>,
    /// The file.
    pub file: Arc<GeneratedFile>,
}

/// A pipeline to which a file belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOwner {
    /// The pipeline's name.
    pub pipeline: String,
    /// Where the pipeline is declared.
    pub origin: Span,
    /// Where `emits` names a file of the target, if it does.
    pub named: Option<Span>,
}

impl FileOwner {
    /// A pipeline as an owner of files of a target.
    pub(crate) fn of(pipeline: &Pipeline, target: &str) -> FileOwner {
        FileOwner {
            pipeline: pipeline.name.clone(),
            origin: pipeline.origin.span,
            named: pipeline.emits.get(target).map(|(_, origin)| origin.span),
        }
    }

    /// The best place for a finding about the file.
    fn place(&self) -> Span {
        self.named.unwrap_or(self.origin)
    }
}

impl CompiledFile {
    /// The pipelines to which it belongs, in the order of the program.
    pub fn owners(&self) -> impl Iterator<Item = &FileOwner> {
        std::iter::once(&self.owner).chain(&self.other_owners)
    }

    /// Its pipelines in words: ``pipeline `a` `` or ``pipelines `a` and `b` ``.
    pub fn owners_in_words(&self) -> String {
        let first = &self.owner.pipeline;
        match self.other_owners.as_slice() {
            [] => format!("pipeline `{first}`"),
            [middle @ .., last] => {
                let middle: String = middle.iter().map(|owner| format!(", `{}`", owner.pipeline)).collect();
                format!("pipelines `{first}`{middle} and `{}`", last.pipeline)
            }
        }
    }
}

/// Findings about files that contest a path, or that lie outside the workspace.
///
/// Two paths that differ in case alone are one path on many machines. A file that several pipelines share is one file.
pub(crate) fn contested(outputs: &[CompiledFile]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut known: BTreeMap<String, &CompiledFile> = BTreeMap::new();
    for output in outputs {
        let path = &output.file.path;
        let escapes = path.is_empty()
            || path.starts_with('/')
            || path.contains(['\\', ':', '\0'])
            || path.split('/').any(|part| matches!(part, "" | "." | ".."));
        if escapes {
            let message = format!("the output `{path}` is outside the workspace");
            let finding = Diagnostic::error(codes::P0105, message, output.owner.origin);
            findings.push(finding.saying("the output of this pipeline"));
        }
        if let Some(other) = known.get(&path.to_lowercase()) {
            let (first, second) = (&other.owner, &output.owner);
            let message =
                format!("pipelines `{}` and `{}` both write `{path}`", first.pipeline, second.pipeline);
            findings.push(
                Diagnostic::error(codes::P1203, message, second.place())
                    .saying("writes it")
                    .label(first.place(), "this also writes it")
                    .help(format!("give one of them another file: `emits {} \"…\"`", output.target)),
            );
            continue;
        }
        known.insert(path.to_lowercase(), output);
    }
    findings
}
