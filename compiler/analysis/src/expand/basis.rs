//! The basis of the expansion of a declaration. By it, a session sees quickly that nothing has changed for it.
//!
//! An expansion asks a dozen questions about names. Most edits change no name of its module, so two comparisons answer
//! them all: the names of the modules that it asked, and the facts of the workspace.
//!
//! ```text
//! a.pipe       names: 7     the expansion of `shop` rests on facts 3 and the names 7
//! b.pipe       names: 9     an edit of a script in b.pipe makes these names 10: `shop` is the same
//! ```

use super::names::{Asked, Question};
use super::{Constant, WorkspaceFacts, environment};
use crate::scope::{DeclarationId, Definition, ModuleId, Workspace};
use pipec_base::Anchor;
use pipec_ir::{Environment, Registry};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The number of a state: of the names of a module, or of the facts. A session never gives a number twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StateId(u64);

/// The states that an expansion rests on.
#[derive(Debug)]
pub(super) struct Basis {
    facts: StateId,
    /// The modules that it asked for names, each by its start.
    modules: Vec<(Anchor, StateId)>,
}

/// The current states of what expansions ask.
#[derive(Debug, Default)]
pub(super) struct States {
    modules: FxHashMap<Anchor, (ModuleNames, StateId)>,
    /// The facts while environments are expanded, and those after.
    facts: [Option<(Facts, StateId)>; 2],
    last: u64,
}

/// The declarations of a module, in order. A `use` also has the start of the module that it uses.
#[derive(Debug, Default, PartialEq, Eq)]
struct ModuleNames(Vec<(DeclarationId, Option<Anchor>)>);

/// The facts of a workspace that expansions ask.
#[derive(Debug)]
struct Facts {
    registries: BTreeMap<String, Registry>,
    environments: Arc<BTreeMap<String, Environment>>,
    values: Option<Arc<environment::Values>>,
    constants: BTreeMap<DeclarationId, Constant>,
}

impl Facts {
    fn of(facts: &WorkspaceFacts) -> Facts {
        Facts {
            registries: facts.program.registries.clone(),
            environments: facts.program.environments.clone(),
            values: facts.environment_values.clone(),
            constants: facts.constants.clone(),
        }
    }

    /// Whether these are the same facts. False for equal environments that were put together twice.
    fn are(&self, facts: &WorkspaceFacts) -> bool {
        let same_values = match (&self.values, &facts.environment_values) {
            (Some(left), Some(right)) => Arc::ptr_eq(left, right),
            (None, None) => true,
            _ => false,
        };
        same_values
            && Arc::ptr_eq(&self.environments, &facts.program.environments)
            && self.registries == facts.program.registries
            && self.constants == facts.constants
    }
}

impl States {
    /// Numbers the names of all modules.
    pub(super) fn enter(&mut self, workspace: &Workspace<'_>) {
        let mut before = std::mem::take(&mut self.modules);
        self.modules = workspace
            .modules()
            .map(|module| {
                let start = workspace.start(module);
                let known = before.remove(&start);
                let current = known.filter(|(names, _)| names.are(workspace, module));
                (start, current.unwrap_or_else(|| (ModuleNames::of(workspace, module), self.next())))
            })
            .collect();
    }

    /// The number of these facts.
    pub(super) fn of_facts(&mut self, facts: &WorkspaceFacts) -> StateId {
        let next = self.next();
        let [early, late] = &mut self.facts;
        let known = if facts.knows_environments() { late } else { early };
        match known {
            Some((known, id)) if known.are(facts) => *id,
            _ => {
                *known = Some((Facts::of(facts), next));
                next
            }
        }
    }

    fn next(&mut self) -> StateId {
        self.last += 1;
        StateId(self.last)
    }

    /// Whether these are the current states.
    pub(super) fn hold(&self, basis: &Basis, facts: &WorkspaceFacts) -> bool {
        let is_current = |(start, id): &(Anchor, StateId)| self.state(*start) == Some(*id);
        basis.facts == facts.id && basis.modules.iter().all(is_current)
    }

    fn state(&self, start: Anchor) -> Option<StateId> {
        self.modules.get(&start).map(|(_, id)| *id)
    }

    /// The states that answer these questions. None if a question is about more than some modules and the facts.
    pub(super) fn basis(
        &self,
        asked: &Asked,
        workspace: &Workspace<'_>,
        facts: &WorkspaceFacts,
    ) -> Option<Basis> {
        let mut modules: Vec<(Anchor, StateId)> = Vec::new();
        let mut add = |start: Anchor| {
            let id = self.state(start)?;
            if !modules.contains(&(start, id)) {
                modules.push((start, id));
            }
            Some(())
        };
        for question in asked.keys() {
            match question {
                Question::Name(start, _) => add(*start)?,
                Question::Uses(start) => {
                    for module in workspace.with_uses(workspace.module_of(*start)?) {
                        add(workspace.start(module))?;
                    }
                }
                Question::Names | Question::Everything => return None,
                Question::Field(..) | Question::Constant(_) | Question::Registry(_) => {}
            }
        }
        Some(Basis { facts: facts.id, modules })
    }
}

impl ModuleNames {
    fn each<'a>(
        workspace: &Workspace<'a>,
        module: ModuleId,
    ) -> impl Iterator<Item = (DeclarationId, Option<Anchor>)> {
        workspace.declared(module).map(|(_, found)| match found.definition {
            Definition::Module(used) => (found.id, Some(workspace.start(used))),
            _ => (found.id, None),
        })
    }

    fn of(workspace: &Workspace<'_>, module: ModuleId) -> ModuleNames {
        ModuleNames(ModuleNames::each(workspace, module).collect())
    }

    fn are(&self, workspace: &Workspace<'_>, module: ModuleId) -> bool {
        ModuleNames::each(workspace, module).eq(self.0.iter().copied())
    }
}
