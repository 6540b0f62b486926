//! Names, types, expansion and theorems: turns the trees of a workspace into a proven program.

mod allowance;
mod checks;
mod expand;
mod holders;
mod items;
mod order;
mod repeats;
mod scope;
mod script_checks;
pub mod scripts;
mod theorems;
mod unused_artefacts;
mod value;
mod variables;

pub use allowance::Allowed;
use items::Items;
use pipec_base::{Anchor, Diagnostic, Sources, Span, codes};
use pipec_claims::Theorem;
use pipec_ir::{Engine, Pipeline, Program};
use pipec_syntax::ast;
use std::sync::Arc;

/// One parsed file of the workspace or the standard library.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    /// Its path relative to the workspace, with `/`. For a standard module, its name (`std/rust.pipe`).
    pub path: &'a str,
    /// The anchor at its start.
    pub start: Anchor,
    /// Its tree.
    pub tree: &'a Arc<ast::File>,
}

/// A use of a name and its declaration.
///
/// A name in a template means the same declaration in all instances, and each instance lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The place of the use.
    pub used: Span,
    /// The name in its declaration.
    pub declared: Span,
}

/// The uses of names in a workspace.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// The uses in each declaration, shared with what the session remembers of it.
    by_declaration: Vec<Arc<[Reference]>>,
}

impl References {
    /// The uses, declaration by declaration.
    pub fn iter(&self) -> impl Iterator<Item = &Reference> {
        self.by_declaration.iter().flat_map(|references| references.iter())
    }
}

/// A program and its findings.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// Every pipeline that could be expanded. They are proven if no diagnostic is an error.
    pub program: Program,
    /// The theorems that were proved for each pipeline, in the order of the program.
    pub proved: Vec<Arc<Vec<Theorem>>>,
    /// The findings, in the order of the source.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings that were allowed, in the order of the source.
    pub allowed: Vec<Allowed>,
    /// The resolved top-level names, with their declarations.
    pub references: References,
    /// Errors about unproven pipelines. They matter only if neither the parser nor the analysis has reported an error.
    pub unproven: Vec<Diagnostic>,
    /// The cost of the analysis.
    pub effort: Effort,
}

/// The cost of an analysis, counted. It is the same for the same texts on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// The cost of the expansion. Sums the bytes of all computed values, and a constant for each node.
    pub expansion: usize,
    /// The number of variables in the proven propositions: events, inputs, and regions of globs.
    pub facts: usize,
    /// The number of steps of the decision diagrams.
    pub steps: usize,
}

/// The results of the last analysis in an editor's session. The next analysis repeats only what an edit has changed.
#[derive(Debug, Default)]
pub struct Memory {
    /// The words of the engines that everything else was computed with.
    engines: Vec<&'static str>,
    items: Items,
    units: expand::Units,
    checks: checks::Checks,
}

impl Memory {
    /// How many declarations were expanded, since the session began.
    pub fn expanded(&self) -> usize {
        self.units.expanded
    }

    /// How many pipelines were proven and had their scripts checked, since the session began.
    pub fn checked(&self) -> usize {
        self.checks.checked_pipelines
    }

    /// Forgets what was computed with other engines.
    fn enter(&mut self, engines: &[&dyn Engine]) {
        let words: Vec<&'static str> = engines.iter().map(|engine| engine.word()).collect();
        if self.engines != words {
            let counts = (self.units.expanded, self.checks.checked_pipelines);
            *self = Memory { engines: words, ..Memory::default() };
            (self.units.expanded, self.checks.checked_pipelines) = counts;
        }
    }

    fn forget_unused(&mut self) {
        self.items.forget_unused();
        self.units.forget_unused();
        self.checks.forget_unused();
    }
}

/// Resolves, expands and proves a workspace. `standard` holds the modules that `use std.…` can name, and `sources` the
/// texts of both. `engines` holds the engines that the source can name. `today` decides which `allow … until` have
/// expired.
pub fn analyse(
    workspace: &[Module<'_>],
    standard: &[Module<'_>],
    sources: &Sources,
    engines: &[&dyn Engine],
    today: ast::Date,
) -> Analysis {
    analyse_remembering(workspace, standard, sources, engines, today, None)
}

/// Does the same, and repeats only what has changed since the analysis that `memory` remembers. All `sources` must be
/// of one session.
pub fn analyse_remembering(
    workspace: &[Module<'_>],
    standard: &[Module<'_>],
    sources: &Sources,
    engines: &[&dyn Engine],
    today: ast::Date,
    mut memory: Option<&mut Memory>,
) -> Analysis {
    if let Some(memory) = &mut memory {
        memory.enter(engines);
    }
    let mut diagnostics = Vec::new();
    let names = scope::Workspace::new(workspace, standard, sources, engines, &mut diagnostics);
    let items = memory.as_deref_mut().map(|memory| &mut memory.items);
    items::repeats(workspace, sources, items, &mut diagnostics);
    let units = memory.as_deref_mut().map(|memory| &mut memory.units);
    let expanded = expand::expand(&names, units, &mut diagnostics);
    let checks = memory.as_deref_mut().map(|memory| &mut memory.checks);
    let checks::Outcome { proved, in_scripts, dangling, effort } =
        checks::check(sources, &expanded, checks, &mut diagnostics);
    // If two declarations have the same name, it is unclear which one sets the variables of a script.
    let contested = diagnostics.iter().any(|finding| finding.code == codes::P0102);
    diagnostics.extend(in_scripts.into_iter().filter(|finding| !contested || finding.code != codes::P0904));
    let mut items = memory.as_deref_mut().map(|memory| &mut memory.items);
    let may_allow =
        |module: &Module<'_>| items.as_deref_mut().is_none_or(|items| items.of(module.tree, sources).allows);
    let allowed =
        allowance::apply(workspace, standard, &expanded.unused, sources, today, may_allow, &mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| sources.place(diagnostic.span()));
    let is_incomplete = |(place, pipeline): (usize, &Arc<Pipeline>)| {
        expanded.incomplete.contains(&place).then_some(pipeline.origin.span)
    };
    let incomplete = expanded.program.pipelines.iter().enumerate().filter_map(is_incomplete);
    let unproven = incomplete.chain(expanded.incomplete_templates.iter().copied()).map(unproven);
    let is_refused = diagnostics.iter().any(Diagnostic::is_error);
    let unproven = unproven.chain(dangling.into_iter().filter(|_| !is_refused)).collect();
    let effort = Effort { expansion: expanded.work, ..effort };
    let references = expanded.references;
    let program = expanded.program;
    if let Some(memory) = memory {
        memory.forget_unused();
    }
    Analysis { program, proved, diagnostics, allowed, references, unproven, effort }
}

/// Reports an unproven pipeline. Its own error explains the reason; if that error were lost, this one still prevents
/// the build.
fn unproven(span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0407, "this pipeline is not proven: a part of it could not be read", span)
        .note("pipec refuses what it can't decide")
}

/// Reports names without a definition. Later lookups rely on the analysis having refused them.
fn dangling(program: &Program, pipeline: &Pipeline) -> Vec<Diagnostic> {
    let report = |dangling: pipec_ir::Dangling| {
        let message = format!("the program has no {} `{}`", dangling.what, dangling.name);
        let diagnostic = Diagnostic::error(codes::P1190, message, dangling.origin.span)
            .help("this is an error in pipec, not in the pipeline: please report it");
        dangling.origin.explain(diagnostic)
    };
    program.dangling(pipeline).into_iter().map(report).collect()
}
