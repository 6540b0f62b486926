//! The expansion of one declaration: what it gave, and what it asked, so that its result can be used again.

use super::basis::{Basis, States};
use super::environment::Values;
use super::frame::Frame;
use super::names::{Asked, still_holds};
use super::{Expansion, Globs, WorkspaceFacts};
use crate::Reference;
use crate::order;
use crate::scope::{DeclarationId, Definition, Found, ModuleId, Workspace};
use crate::value::Value;
use pipec_base::Diagnostic;
use pipec_base::kept::Kept;
use pipec_ir::{Environment, Pipeline, Step};
use pipec_syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a declaration is expanded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// An environment, before all pipelines.
    Environment,
    /// A pipeline of the program.
    Pipeline,
    /// The mistakes in a declaration. Its body is read only if nothing calls it.
    Mistakes {
        /// Whether something calls it.
        is_called: bool,
    },
}

/// A declaration that is to be expanded.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) module: ModuleId,
    pub(super) found: Found<'a>,
    pub(super) purpose: Purpose,
}

/// What the expansion of one declaration gave.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    asked: Asked,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) called: BTreeSet<DeclarationId>,
    pub(super) references: Arc<[Reference]>,
    pub(super) entries: Vec<(String, Name, Frame)>,
    pub(super) work: usize,
    pub(super) is_incomplete: bool,
    pub(super) built: Built,
}

/// What a declaration became.
#[derive(Clone, Debug)]
pub(super) enum Built {
    Nothing,
    /// With the values of its fields, by name.
    Environment(Box<Environment>, BTreeMap<String, Value>),
    /// With what is wrong with the order of its nodes, if they have none.
    Pipeline(Arc<Pipeline>, Vec<Diagnostic>),
    /// A pipeline that nothing calls.
    Template(Arc<Pipeline>),
    /// The scripts of a task that nothing calls.
    Task(Arc<(String, Vec<Step>)>),
}

/// The expansions that a session remembers.
#[derive(Debug, Default)]
pub(crate) struct Units {
    known: Kept<(DeclarationId, Purpose), Remembered>,
    pub(super) states: States,
    /// How many declarations were expanded, since the session began.
    pub(crate) expanded: usize,
    pub(super) globs: Arc<Globs>,
    pub(super) environments: Option<Environments>,
}

/// The remembered expansion of one declaration.
#[derive(Debug)]
struct Remembered {
    unit: Arc<Unit>,
    /// What it rested on last.
    basis: Option<Basis>,
}

/// The environments of a workspace, put together.
#[derive(Clone, Debug)]
pub(super) struct Environments {
    pub(super) units: Vec<Arc<Unit>>,
    pub(super) by_name: Arc<BTreeMap<String, Environment>>,
    pub(super) values: Arc<Values>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Units {
    /// The expansion as it was before, if everything that it asked has the same answer.
    pub(super) fn recall(
        &mut self,
        wanted: &Wanted<'_>,
        workspace: &Workspace<'_>,
        facts: &WorkspaceFacts,
    ) -> Option<Arc<Unit>> {
        let known = self.known.get_mut(&(wanted.found.id, wanted.purpose))?;
        if !known.basis.as_ref().is_some_and(|basis| self.states.hold(basis, facts)) {
            if !still_holds(&known.unit.asked, workspace, facts) {
                return None;
            }
            known.basis = self.states.basis(&known.unit.asked, workspace, facts);
        }
        Some(known.unit.clone())
    }

    pub(super) fn remember(
        &mut self,
        wanted: &Wanted<'_>,
        unit: &Arc<Unit>,
        workspace: &Workspace<'_>,
        facts: &WorkspaceFacts,
    ) {
        self.expanded += 1;
        let basis = self.states.basis(&unit.asked, workspace, facts);
        self.known.insert((wanted.found.id, wanted.purpose), Remembered { unit: unit.clone(), basis });
    }

    /// Forgets what the analysis that has just ended did not need.
    pub(crate) fn forget_unused(&mut self) {
        self.known.forget_unused();
    }
}

impl Unit {
    /// Expands a declaration. `notes_questions` if the result may be used again.
    pub(super) fn expand<'a>(
        wanted: &Wanted<'a>,
        workspace: &Workspace<'a>,
        facts: &WorkspaceFacts,
        notes_questions: bool,
    ) -> Unit {
        let mut expansion = Expansion::new(workspace, facts, notes_questions);
        let built = match wanted.purpose {
            Purpose::Environment => expansion.built_environment(wanted),
            Purpose::Pipeline => expansion.built_pipeline(wanted),
            Purpose::Mistakes { is_called } => expansion.read_for_mistakes(wanted, is_called),
        };
        Unit::of(expansion, built)
    }

    /// What an expansion gave.
    pub(super) fn of(expansion: Expansion<'_, '_>, built: Built) -> Unit {
        let Expansion { workspace, diagnostics, called, references, entries, work, is_incomplete, .. } =
            expansion;
        Unit {
            asked: workspace.into_asked(),
            diagnostics,
            called,
            references: references.into(),
            entries,
            work,
            is_incomplete,
            built,
        }
    }
}

impl<'a> Expansion<'a, '_> {
    fn built_environment(&mut self, wanted: &Wanted<'a>) -> Built {
        let mut values = BTreeMap::new();
        let built = match wanted.found.definition {
            Definition::Environment(item, it) => {
                Some(self.plain_environment(wanted.module, item, it, &mut values))
            }
            Definition::EnvironmentInstance(item, it) => {
                self.environment_instance(wanted.module, item, it, &mut values)
            }
            _ => None,
        };
        built.map_or(Built::Nothing, |built| Built::Environment(Box::new(built), values))
    }

    fn built_pipeline(&mut self, wanted: &Wanted<'a>) -> Built {
        let pipeline = match wanted.found.definition {
            Definition::Pipeline(item, it) => Some(self.plain_pipeline(wanted.module, item, it)),
            Definition::PipelineInstance(item, it) => self.pipeline_instance(wanted.module, item, it),
            _ => None,
        };
        let Some(mut pipeline) = pipeline else { return Built::Nothing };
        let mut unordered = Vec::new();
        self.is_incomplete |= !order::order(&mut pipeline, &mut unordered);
        Built::Pipeline(Arc::new(pipeline), unordered)
    }

    fn read_for_mistakes(&mut self, wanted: &Wanted<'a>, is_called: bool) -> Built {
        let module = wanted.module;
        match wanted.found.definition {
            Definition::Pipeline(item, pipeline) => {
                let template = self.read_pipeline(module, item, pipeline, is_called);
                template.map_or(Built::Nothing, |template| Built::Template(Arc::new(template)))
            }
            Definition::Task(task) => {
                let read = self.read_task(module, task, is_called);
                read.map_or(Built::Nothing, |read| Built::Task(Arc::new(read)))
            }
            Definition::Environment(item, environment) => {
                self.read_environment(module, item, environment, is_called);
                Built::Nothing
            }
            Definition::Runner(runner) => {
                self.runner_of(module, runner);
                Built::Nothing
            }
            _ => Built::Nothing,
        }
    }
}
