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
use crate::outputs::Outputs;
use pipec_base::{Diagnostic, codes};
use pipec_claims::{Judgement, TargetClaims};
use pipec_ir::{GeneratedFile, Pins, PipelineId, Program};
use pipec_target_api::{Emission, EmittedFile, PipelineOutput, Refusals, Target, TargetContext};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What all targets made of a program.
#[derive(Default)]
pub(crate) struct Compiled {
    /// The files, in the order of their first pipelines. Those of one pipeline are in the order of the targets.
    pub(crate) outputs: Vec<CompiledFile>,
    /// What the files call and run in.
    pub(crate) pins: Pins,
    /// The claims of the targets, for each pipeline of the program.
    pub(crate) claims: Vec<Vec<TargetClaims>>,
    /// All findings.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Emits the program for every target and proves the outputs. The program keeps the lock that the last round worked with.
///
/// Outputs that `outputs` remembers are neither emitted nor proven again.
pub(crate) fn emit_all(
    program: &mut Program,
    targets: &[&dyn Target],
    context: &TargetContext,
    outputs: Option<&mut Outputs>,
) -> Compiled {
    // Assumptions are listed on request, and not after each keystroke.
    let mut outputs = outputs.filter(|_| !context.lists_assumptions);
    if let Some(outputs) = &mut outputs {
        outputs.enter(program, targets);
    }
    let mut compiled = Compiled { diagnostics: unknown_targets(program, targets), ..Compiled::default() };
    let mut emitters: Vec<Emitter<'_>> = targets.iter().map(|target| Emitter::of(*target)).collect();
    for emitter in &mut emitters {
        let mut all = program.pipelines_for(emitter.target.name());
        if let Some(outputs) = &mut outputs {
            all.retain(|pipeline| !emitter.recall(program, *pipeline, outputs));
        }
        emitter.emit(program, &all, context);
    }
    let mut pins = pins_of(&emitters);
    while compiled.diagnostics.is_empty() && !emitters.iter().any(Emitter::is_refused) {
        let changed = changed_actions(&pins, &program.lock);
        if changed.is_empty() {
            break;
        }
        program.lock = pins;
        // What is proven depends on the lock file, so nothing that was remembered holds, and nothing is remembered.
        outputs = None;
        emitters.iter_mut().for_each(|emitter| emitter.proven.clear());
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
        emitter.judge(program, &mut compiled, &mut files, outputs.as_deref_mut());
    }
    if let Some(outputs) = outputs {
        outputs.forget_unused();
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
    /// The judgements of remembered outputs.
    proven: BTreeMap<PipelineId, Judgement>,
}

impl<'t> Emitter<'t> {
    fn of(target: &'t dyn Target) -> Emitter<'t> {
        let (refusals, emission) = (Refusals::new(), Emission::default());
        Emitter { target, refusals, emission, proven: BTreeMap::new() }
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

    /// Takes the remembered output of a pipeline, if there is one.
    fn recall(&mut self, program: &Program, pipeline: PipelineId, outputs: &mut Outputs) -> bool {
        let Some(known) = outputs.recall(program, pipeline, self.target.name()) else { return false };
        self.emission.add(pipeline, known.files.clone(), known.output.clone());
        self.proven.insert(pipeline, known.judgement.clone());
        true
    }

    /// Proves files, except those of pipelines with a remembered judgement.
    fn verify(
        target: &dyn Target,
        program: &Program,
        files: &[EmittedFile],
        mut proven: BTreeMap<PipelineId, Judgement>,
        outputs: Option<&mut Outputs>,
    ) -> BTreeMap<PipelineId, Judgement> {
        // The proof of a shared file may depend on each of its pipelines.
        for shared in files.iter().filter(|file| file.pipelines.len() > 1) {
            shared.pipelines.iter().for_each(|pipeline| drop(proven.remove(pipeline)));
        }
        let is_proven =
            |file: &&EmittedFile| file.pipelines.iter().all(|pipeline| proven.contains_key(pipeline));
        let judged = if proven.is_empty() {
            target.verify(program, files)
        } else {
            let open: Vec<EmittedFile> = files.iter().filter(|file| !is_proven(file)).cloned().collect();
            target.verify(program, &open)
        };
        if let Some(outputs) = outputs {
            outputs.count += judged.len();
        }
        proven.extend(judged);
        proven
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
    fn judge(
        self,
        program: &Program,
        compiled: &mut Compiled,
        files: &mut Vec<(PipelineId, CompiledFile)>,
        mut outputs: Option<&mut Outputs>,
    ) {
        let Emitter { target, refusals, emission, proven } = self;
        let known: BTreeSet<PipelineId> = proven.keys().copied().collect();
        compiled.diagnostics.extend(refusals.values().flatten().cloned());
        let is_shared_refused = emission.diagnostics.iter().any(Diagnostic::is_error);
        compiled.diagnostics.extend(emission.diagnostics);
        let mut refused: BTreeSet<PipelineId> = BTreeSet::new();
        let mut assumed = Vec::new();
        for (pipeline, output) in emission.pipelines {
            if output.is_refused() {
                refused.insert(pipeline);
            }
            compiled.diagnostics.extend(output.diagnostics.iter().cloned());
            assumed.push((pipeline, output));
        }
        if is_shared_refused {
            return;
        }
        let mut judged = emission.files;
        for file in &mut judged {
            file.pipelines.retain(|pipeline| !refused.contains(pipeline));
        }
        judged.retain(|file| !file.pipelines.is_empty());
        let mut judgements = Emitter::verify(target, program, &judged, proven, outputs.as_deref_mut());
        for (pipeline, output) in assumed.into_iter().filter(|(pipeline, _)| !refused.contains(pipeline)) {
            let Some(judgement) = judgements.remove(&pipeline) else {
                compiled.diagnostics.extend(unjudged(program, pipeline, target));
                continue;
            };
            if let Some(outputs) = outputs.as_deref_mut().filter(|_| !known.contains(&pipeline))
                && let Some(own) = own_files(&judged, pipeline)
            {
                // A remembered pipeline is not asked for its refusals again, so its warnings are kept with its output.
                let mut output = PipelineOutput::clone(&output);
                output.diagnostics.extend(refusals.get(&pipeline).into_iter().flatten().cloned());
                output.pins.share_with(&compiled.pins);
                outputs.remember(
                    program,
                    pipeline,
                    target.name(),
                    (own, Arc::new(output), judgement.clone()),
                );
            }
            compiled.diagnostics.extend(judgement.findings);
            if let Some(claims) = compiled.claims.get_mut(pipeline.0) {
                claims.push(TargetClaims {
                    target: target.name(),
                    proved: judgement.proved,
                    assumed: Arc::unwrap_or_clone(output).assumed,
                });
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

/// The files of a pipeline, if all of them belong to it alone.
fn own_files(files: &[EmittedFile], pipeline: PipelineId) -> Option<Vec<Arc<GeneratedFile>>> {
    let of_pipeline = files.iter().filter(|file| file.pipelines.contains(&pipeline));
    of_pipeline.map(|file| (file.pipelines.len() == 1).then(|| file.file.clone())).collect()
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
            pins.add(&output.pins);
        }
    }
    pins
}

/// The actions of which the lock file would gain a second version. Their names are in lower case.
fn changed_actions(used: &Pins, lock: &Pins) -> BTreeSet<String> {
    let new = used.actions.iter().filter(|action| !lock.actions.contains(action));
    let has_others = new.filter(|new| {
        used.actions.iter().any(|other| other != *new && other.name.eq_ignore_ascii_case(&new.name))
    });
    has_others.map(|new| new.name.to_ascii_lowercase()).collect()
}
