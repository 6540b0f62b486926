//! Lets every target emit the program, and judge what it emitted.
//!
//! A call of `v7` means the newest `v7` in the lock, so a lock that gains a version may change what a file calls. Emitting
//! therefore repeats with the lock that would be written, until that lock is the one it worked with:
//!
//! ```text
//! round 1   `major` calls x@v1 (no lock)      `exact` calls x@v2      the lock gains x@v1 and x@v2
//! round 2   `major` calls x@v2                                        the lock keeps x@v2: stable
//! ```
//!
//! A round emits again only the pipelines that call an action whose versions have changed. No call ever returns to an older
//! version, so the rounds end. Proofs follow when the lock is stable.

use crate::compiled_file::{CompiledFile, FileOwner};
use pipec_base::{Diagnostic, codes};
use pipec_claims::TargetClaims;
use pipec_ir::{Pins, PipelineId, Program};
use pipec_target_api::{Emission, EmittedFile, Refusals, Target, TargetContext};
use std::collections::BTreeSet;

/// What all targets made of a program.
#[derive(Default)]
pub(crate) struct Compiled {
    /// The files, in the order of their first pipelines; of one pipeline, in the order of the targets.
    pub(crate) outputs: Vec<CompiledFile>,
    /// What the files call and run in.
    pub(crate) pins: Pins,
    /// The claims of the targets, for each pipeline of the program.
    pub(crate) claims: Vec<Vec<TargetClaims>>,
    /// All findings.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Emits the program for every target and proves the outputs. The program keeps the lock that the last round worked with.
pub(crate) fn emit_all(program: &mut Program, targets: &[&dyn Target], context: &TargetContext) -> Compiled {
    let mut compiled = Compiled { diagnostics: unknown_targets(program, targets), ..Compiled::default() };
    let mut emitters: Vec<Emitter<'_>> = targets.iter().map(|target| Emitter::of(*target)).collect();
    for emitter in &mut emitters {
        let all = program.pipelines_for(emitter.target.name());
        emitter.emit(program, &all, context);
    }
    let mut pins = pins_of(&emitters);
    while compiled.diagnostics.is_empty() && !emitters.iter().any(Emitter::is_refused) {
        let changed = changed_actions(&pins, &program.lock);
        if changed.is_empty() {
            break;
        }
        program.lock = pins;
        for emitter in &mut emitters {
            let again = emitter.callers(&changed);
            emitter.emit(program, &again, context);
        }
        pins = pins_of(&emitters);
    }
    compiled.pins = pins;
    compiled.claims.resize_with(program.pipelines.len(), Vec::new);
    let mut files = Vec::new();
    for emitter in emitters {
        emitter.judge(program, &mut compiled, &mut files);
    }
    files.sort_by_key(|(first, _)| *first);
    compiled.outputs = files.into_iter().map(|(_, file)| file).collect();
    compiled
}

/// Everything that the targets report about the source alone: nothing is emitted.
pub(crate) fn refusals(program: &Program, targets: &[&dyn Target]) -> Vec<Diagnostic> {
    let mut found = unknown_targets(program, targets);
    for target in targets {
        let refusals = target.refusals(program, &program.pipelines_for(target.name()));
        found.extend(refusals.into_values().flatten());
    }
    found
}

/// A finding for each target that a pipeline names and this version does not have.
fn unknown_targets(program: &Program, targets: &[&dyn Target]) -> Vec<Diagnostic> {
    let named = program.pipelines.iter().flat_map(|pipeline| &pipeline.targets);
    let unknown = named.filter(|(name, _)| !targets.iter().any(|target| target.name() == name));
    let finding = |(name, origin): &(String, pipec_ir::Origin)| {
        let has: Vec<String> = targets.iter().map(|target| format!("`{}`", target.name())).collect();
        let message = format!("this version has no target `{name}`");
        let finding = Diagnostic::error(codes::P1101, message, origin.span);
        origin.explain(finding.help(format!("it has {}", has.join(", "))))
    };
    unknown.map(finding).collect()
}

/// A target, and what it has reported and emitted so far.
struct Emitter<'t> {
    target: &'t dyn Target,
    refusals: Refusals,
    emission: Emission,
}

impl<'t> Emitter<'t> {
    fn of(target: &'t dyn Target) -> Emitter<'t> {
        Emitter { target, refusals: Refusals::new(), emission: Emission::default() }
    }

    /// Emits some pipelines, in place of what it has emitted of them so far.
    fn emit(&mut self, program: &Program, only: &[PipelineId], context: &TargetContext) {
        self.refusals.retain(|pipeline, _| !only.contains(pipeline));
        self.refusals.extend(self.target.refusals(program, only));
        let fit: Vec<PipelineId> = only.iter().copied().filter(|pipeline| !self.refuses(*pipeline)).collect();
        if !fit.is_empty() {
            let later = self.target.emit(program, &fit, context);
            self.emission.replace(&fit, later);
        }
    }

    /// Whether an error keeps the target from emitting a pipeline.
    fn refuses(&self, pipeline: PipelineId) -> bool {
        self.refusals.get(&pipeline).is_some_and(|found| found.iter().any(Diagnostic::is_error))
    }

    /// Whether a finding is an error, about the source of a pipeline or about an output.
    fn is_refused(&self) -> bool {
        self.refusals.values().flatten().any(Diagnostic::is_error) || self.emission.is_refused()
    }

    /// The pipelines that call one of these actions.
    fn callers(&self, actions: &BTreeSet<String>) -> Vec<PipelineId> {
        let calls = |pins: &Pins| {
            pins.actions.iter().any(|action| actions.contains(&action.name.to_ascii_lowercase()))
        };
        let callers = self.emission.pipelines.iter().filter(|(_, output)| calls(&output.pins));
        callers.map(|(pipeline, _)| *pipeline).collect()
    }

    /// Proves the files of all pipelines that were not refused, and adds them with their claims.
    fn judge(self, program: &Program, compiled: &mut Compiled, files: &mut Vec<(PipelineId, CompiledFile)>) {
        let Emitter { target, refusals, emission } = self;
        compiled.diagnostics.extend(refusals.into_values().flatten());
        let is_shared_refused = emission.diagnostics.iter().any(Diagnostic::is_error);
        compiled.diagnostics.extend(emission.diagnostics);
        let mut refused: BTreeSet<PipelineId> = BTreeSet::new();
        let mut assumed = Vec::new();
        for (pipeline, output) in emission.pipelines {
            if output.is_refused() {
                refused.insert(pipeline);
            }
            compiled.diagnostics.extend(output.diagnostics);
            assumed.push((pipeline, output.assumed));
        }
        if is_shared_refused {
            return;
        }
        let mut judged = emission.files;
        for file in &mut judged {
            file.pipelines.retain(|pipeline| !refused.contains(pipeline));
        }
        judged.retain(|file| !file.pipelines.is_empty());
        let mut judgements = target.verify(program, &judged);
        for (pipeline, assumed) in assumed.into_iter().filter(|(pipeline, _)| !refused.contains(pipeline)) {
            let Some(judgement) = judgements.remove(&pipeline) else {
                compiled.diagnostics.extend(unjudged(program, pipeline, target));
                continue;
            };
            compiled.diagnostics.extend(judgement.findings);
            if let Some(claims) = compiled.claims.get_mut(pipeline.0) {
                claims.push(TargetClaims { target: target.name(), proved: judgement.proved, assumed });
            }
        }
        files.extend(judged.into_iter().filter_map(|file| owned(program, target, file)));
    }
}

/// The finding that a target has emitted a pipeline, but proved nothing about it.
fn unjudged(program: &Program, pipeline: PipelineId, target: &dyn Target) -> Option<Diagnostic> {
    let pipeline = program.pipeline(pipeline)?;
    let message = format!("the output of `{}` for {} is missing", pipeline.name, target.name());
    let finding = Diagnostic::error(codes::P1190, message, pipeline.origin.span);
    Some(finding.help("this is an error in pipec, not in the pipeline: please report it"))
}

/// A file with its owners, after the first of them.
fn owned(program: &Program, target: &dyn Target, file: EmittedFile) -> Option<(PipelineId, CompiledFile)> {
    let first = *file.pipelines.first()?;
    let pipelines = file.pipelines.iter().filter_map(|pipeline| program.pipeline(*pipeline));
    let mut owners = pipelines.map(|pipeline| FileOwner::of(pipeline, target.name()));
    let owner = owners.next()?;
    let other_owners = owners.collect();
    Some((first, CompiledFile { target: target.name(), owner, other_owners, file: file.file }))
}

/// What everything emitted so far calls and runs in.
fn pins_of(emitters: &[Emitter<'_>]) -> Pins {
    let mut pins = Pins::default();
    for output in emitters.iter().flat_map(|emitter| emitter.emission.pipelines.values()) {
        if !output.is_refused() {
            pins.add(output.pins.clone());
        }
    }
    pins
}

/// The names of the actions of which the lock would gain a version beside another, in lower case.
fn changed_actions(used: &Pins, lock: &Pins) -> BTreeSet<String> {
    let new = used.actions.iter().filter(|action| !lock.actions.contains(action));
    let has_others = new.filter(|new| {
        used.actions.iter().any(|other| other != *new && other.name.eq_ignore_ascii_case(&new.name))
    });
    has_others.map(|new| new.name.to_ascii_lowercase()).collect()
}
