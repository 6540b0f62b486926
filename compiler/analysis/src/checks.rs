//! The checks of an expanded program: theorems, variables, scripts and dangling names, pipeline by pipeline.
//!
//! The findings about one pipeline follow from the pipeline, from the environments that it enters ([`Entered`]) and from a
//! few facts of the workspace ([`Surroundings`]). An editor's session remembers them as long as these are the same.
//! Checks across pipelines run each time, on a summary of each pipeline.

use crate::Effort;
use crate::expand::Expanded;
use crate::theorems::{self, PipelineProof, Summary};
use crate::{dangling, script_checks, variables};
use crate::{holders, unused_artefacts};
use pipec_base::kept::{Kept, Same};
use pipec_base::{Code, Diagnostic, Sources, codes, parallel};
use pipec_claims::Theorem;
use pipec_ir::{Environment, Pipeline, Platform, Program, Registry, Role, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The facts of the workspace that the check of any pipeline may read.
#[derive(Clone, Debug, PartialEq)]
struct Surroundings {
    roles: BTreeMap<String, Role>,
    registries: BTreeMap<String, Registry>,
    platforms: BTreeMap<String, Platform>,
    /// Whether exactly one pipeline deploys to production.
    is_alone: bool,
}

/// The environments that the check of a pipeline has read.
#[derive(Debug, Default)]
struct Entered {
    /// The environments that its deploys enter, by name.
    entered: BTreeMap<String, Option<Environment>>,
    /// Whether the environments before these exist, by name.
    before: BTreeMap<String, bool>,
    /// All environments, if a finding says which of them has a variable.
    all: Option<Arc<Environments>>,
}

impl Entered {
    fn of(program: &Program, pipeline: &Pipeline, scripts: &[Diagnostic]) -> Entered {
        let environments = &program.environments;
        let named = pipeline.deploys().map(|(_, deploy)| deploy.environment.clone());
        let entered: BTreeMap<String, Option<Environment>> =
            named.map(|name| (name.clone(), environments.get(&name).cloned())).collect();
        let before = entered.values().flatten().flat_map(|environment| &environment.after);
        let before = before.map(|(name, _)| (name.clone(), environments.contains_key(name))).collect();
        let asks_all = scripts.iter().any(|finding| finding.code == codes::P0904);
        Entered { entered, before, all: asks_all.then(|| environments.clone()) }
    }

    /// Whether these environments are the same in another program.
    fn still_holds(&self, environments: &Arc<Environments>) -> bool {
        self.entered.iter().all(|(name, before)| environments.get(name) == before.as_ref())
            && self.before.iter().all(|(name, existed)| environments.contains_key(name) == *existed)
            && self.all.as_ref().is_none_or(|all| Arc::ptr_eq(all, environments) || all == environments)
    }
}

/// The results of the checks of one pipeline.
#[derive(Debug, Default)]
struct Checked {
    entered: Entered,
    proof: PipelineProof,
    variables: Vec<Diagnostic>,
    scripts: Vec<Diagnostic>,
    dangling: Vec<Diagnostic>,
}

/// The last checks across pipelines. They found nothing.
#[derive(Debug)]
struct Across {
    environments: Arc<Environments>,
    registries: BTreeMap<String, Registry>,
    summaries: Vec<Arc<Summary>>,
    /// Whether exactly one pipeline deploys to production.
    is_alone: bool,
}

impl Across {
    /// Whether these checks would have the same result now.
    fn are(&self, program: &Program, summaries: &[Arc<Summary>]) -> bool {
        let is_alike =
            |(before, now): (&Arc<Summary>, &Arc<Summary>)| Arc::ptr_eq(before, now) || before.is_alike(now);
        Arc::ptr_eq(&self.environments, &program.environments)
            && self.registries == program.registries
            && self.summaries.len() == summaries.len()
            && self.summaries.iter().zip(summaries).all(is_alike)
    }
}

/// The theorems of a pipeline, and the findings elsewhere that refuted some of them.
type Proved = (BTreeSet<Code>, Arc<Vec<Theorem>>);

/// An uncalled task: its name and its steps.
type Uncalled = (String, Vec<Step>);

/// The environments of a program, by name.
type Environments = BTreeMap<String, Environment>;

/// The remembered checks of a session.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    surroundings: Option<Surroundings>,
    /// The environments that all remembered checks hold for.
    environments: Arc<Environments>,
    summaries: Kept<Same<Pipeline>, Arc<Summary>>,
    across: Option<Across>,
    /// By pipeline, and whether it is proven; templates are not.
    checked: Kept<(Same<Pipeline>, bool), Arc<Checked>>,
    proved: Kept<Same<Checked>, Proved>,
    uncalled: Kept<Same<Uncalled>, Arc<Vec<Diagnostic>>>,
    teardowns: Kept<Same<Environments>, Arc<Vec<Diagnostic>>>,
    /// How many pipelines were checked, since the session began.
    pub(crate) checked_pipelines: usize,
}

impl Checks {
    pub(crate) fn forget_unused(&mut self) {
        self.summaries.forget_unused();
        self.checked.forget_unused();
        self.proved.forget_unused();
        self.uncalled.forget_unused();
        self.teardowns.forget_unused();
    }

    /// Forgets all checks that would have other results now.
    fn enter(&mut self, surroundings: Surroundings, environments: &Arc<Environments>) {
        if self.surroundings.as_ref() != Some(&surroundings) {
            self.checked.clear();
        }
        if !Arc::ptr_eq(&self.environments, environments) {
            self.checked.retain(|checked| checked.entered.still_holds(environments));
        }
        self.surroundings = Some(surroundings);
        self.environments = environments.clone();
    }
}

/// The result of all checks.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The theorems that were proved for each pipeline; none, unless all pipelines are complete.
    pub(crate) proved: Vec<Arc<Vec<Theorem>>>,
    /// The findings in scripts.
    pub(crate) in_scripts: Vec<Diagnostic>,
    /// The names that lead nowhere. The analysis has missed them, unless it refuses the program anyway.
    pub(crate) dangling: Vec<Diagnostic>,
    /// The cost of the proofs.
    pub(crate) effort: Effort,
}

/// Checks a program, except the pipelines that `checks` remembers.
pub(crate) fn check(
    sources: &Sources,
    expanded: &Expanded,
    checks: Option<&mut Checks>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Outcome {
    let mut unremembered = Checks::default();
    let remembers = checks.is_some();
    let checks = checks.unwrap_or(&mut unremembered);
    let program = &expanded.program;
    let summaries: Vec<Arc<Summary>> = program
        .pipelines
        .iter()
        .map(|pipeline| recalled(&mut checks.summaries, remembers, pipeline, || Summary::of(pipeline)))
        .collect();
    let all_are_whole = expanded.incomplete.is_empty();
    let (is_alone, found) = match checks.across.as_ref().filter(|before| before.are(program, &summaries)) {
        Some(before) => (before.is_alone, Vec::new()),
        None => across(program, &summaries, all_are_whole, checks),
    };
    diagnostics.extend(found);
    // Findings of the types, of the order and across pipelines may be about any theorem.
    let refuted = theorems::refuting(diagnostics);
    if remembers {
        let (roles, registries) = (program.roles.clone(), program.registries.clone());
        let platforms = program.platforms.clone();
        checks.enter(Surroundings { roles, registries, platforms, is_alone }, &program.environments);
    }
    let around = Around { sources, program, is_alone, remembers };
    let all = all_checked(&around, expanded, checks);
    let mut outcome = Outcome::default();
    for (pipeline, checked) in program.pipelines.iter().zip(&all) {
        diagnostics.extend_from_slice(&checked.proof.diagnostics);
        outcome.effort.facts = outcome.effort.facts.saturating_add(checked.proof.effort.facts);
        outcome.effort.steps = outcome.effort.steps.saturating_add(checked.proof.effort.steps);
        outcome.dangling.extend_from_slice(&checked.dangling);
        outcome.proved.push(if all_are_whole {
            proved(program, pipeline, checked, &refuted, remembers, checks)
        } else {
            Arc::default()
        });
    }
    all.iter().for_each(|checked| diagnostics.extend_from_slice(&checked.variables));
    variables::check_environments(program, diagnostics);
    all.iter().for_each(|checked| outcome.in_scripts.extend_from_slice(&checked.scripts));
    let teardowns = recalled(&mut checks.teardowns, remembers, &program.environments, || {
        script_checks::of_teardowns(sources, program)
    });
    outcome.in_scripts.extend_from_slice(&teardowns);
    for task in &expanded.uncalled {
        let found = recalled(&mut checks.uncalled, remembers, task, || {
            script_checks::of_uncalled(sources, program, task)
        });
        outcome.in_scripts.extend_from_slice(&found);
    }
    outcome
}

/// Checks pipelines together: whether exactly one deploys to production, and the findings if all are whole.
///
/// A result without findings is remembered.
fn across(
    program: &Program,
    summaries: &[Arc<Summary>],
    all_are_whole: bool,
    checks: &mut Checks,
) -> (bool, Vec<Diagnostic>) {
    let mut found = Vec::new();
    if all_are_whole {
        theorems::prove_across(program, summaries, &mut found);
    }
    let is_alone = theorems::is_alone(program, summaries);
    let environments = program.environments.clone();
    let across = Across {
        registries: program.registries.clone(),
        environments,
        summaries: summaries.to_vec(),
        is_alone,
    };
    checks.across = (all_are_whole && found.is_empty()).then_some(across);
    (is_alone, found)
}

/// The context of all checks.
struct Around<'a> {
    sources: &'a Sources,
    program: &'a Program,
    is_alone: bool,
    remembers: bool,
}

/// The checks of all pipelines of the program, then of all templates.
fn all_checked(around: &Around<'_>, expanded: &Expanded, checks: &mut Checks) -> Vec<Arc<Checked>> {
    let pipelines = expanded.program.pipelines.iter().enumerate();
    let pipelines = pipelines.map(|(place, it)| (it, !expanded.incomplete.contains(&place)));
    let all: Vec<(&Arc<Pipeline>, bool)> =
        pipelines.chain(expanded.templates.iter().map(|template| (template, false))).collect();
    if !around.remembers {
        return parallel::map(&all, |(pipeline, is_proven)| Arc::new(checked(around, pipeline, *is_proven)));
    }
    let key = |(pipeline, is_proven): &(&Arc<Pipeline>, bool)| (Same::of(pipeline), *is_proven);
    let known: Vec<Option<Arc<Checked>>> = all.iter().map(|it| checks.checked.get(&key(it))).collect();
    let missing: Vec<(&Arc<Pipeline>, bool)> =
        all.iter().zip(&known).filter(|(_, known)| known.is_none()).map(|(it, _)| *it).collect();
    let made =
        parallel::map(&missing, |(pipeline, is_proven)| Arc::new(checked(around, pipeline, *is_proven)));
    checks.checked_pipelines += made.len();
    for (it, made) in missing.iter().zip(&made) {
        checks.checked.insert(key(it), made.clone());
    }
    let mut made = made.into_iter();
    known.into_iter().filter_map(|known| known.or_else(|| made.next())).collect()
}

fn checked(around: &Around<'_>, pipeline: &Pipeline, is_proven: bool) -> Checked {
    let Around { sources, program, is_alone, remembers } = *around;
    let scripts = script_checks::of_pipeline(sources, program, pipeline);
    let mut variables = Vec::new();
    variables::check_pipeline(program, pipeline, &mut variables);
    holders::check_pipeline(program, pipeline, &mut variables);
    unused_artefacts::check_pipeline(program, pipeline, &scripts, &mut variables);
    Checked {
        entered: if remembers { Entered::of(program, pipeline, &scripts) } else { Entered::default() },
        proof: if is_proven {
            theorems::prove_pipeline(program, pipeline, is_alone)
        } else {
            PipelineProof::default()
        },
        variables,
        scripts,
        dangling: dangling(program, pipeline),
    }
}

/// The theorems that hold for a pipeline.
fn proved(
    program: &Program,
    pipeline: &Pipeline,
    checked: &Arc<Checked>,
    refuted: &BTreeSet<Code>,
    remembers: bool,
    checks: &mut Checks,
) -> Arc<Vec<Theorem>> {
    let state = || Arc::new(theorems::proved(program, pipeline, &checked.proof, refuted));
    if !remembers {
        return state();
    }
    let key = Same::of(checked);
    match checks.proved.get(&key) {
        Some((before, known)) if before == *refuted => known,
        _ => {
            let stated = state();
            checks.proved.insert(key, (refuted.clone(), stated.clone()));
            stated
        }
    }
}

/// The remembered result for a shared value, or a new one from `make`.
fn recalled<T, V>(
    kept: &mut Kept<Same<T>, Arc<V>>,
    remembers: bool,
    about: &Arc<T>,
    make: impl FnOnce() -> V,
) -> Arc<V> {
    if remembers { kept.get_or_insert_with(Same::of(about), || Arc::new(make())) } else { Arc::new(make()) }
}
