//! What an expansion asks of the rest of the workspace, noted with the answers.
//!
//! The result of an expansion follows from its own declaration and these answers. So an editor's session can use it again
//! as long as each question has the same answer:
//!
//! ```text
//! pipeline shop {                       asked                       answer
//!   on push to main
//!   owner owners                        the name `owners`           the role, as it was read last
//!   stage s {
//!     gate g: test {
//!       env BASE = staging.url          the name `staging`          the environment, as it was read last
//!     }                                 its field `url`             "https://staging.example"
//!   }
//! }
//! ```

use super::WorkspaceFacts;
use super::expression::Constant;
use super::field::Field;
use crate::scope::{DeclarationId, Definition, Found, ModuleId, Workspace};
use pipec_base::{Anchor, Diagnostic, Sources};
use pipec_ir::{Engine, Registry, SourceFile};
use pipec_logic::{Glob, GlobError};
use pipec_syntax::ast::{Name, Path};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A question about the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// What a name means in the module that begins at an anchor.
    Name(Anchor, String),
    /// Which modules are used by the module that begins at an anchor, directly or not.
    Uses(Anchor),
    /// Which names there are, anywhere: only findings about wrong names ask this.
    Names,
    /// What anything says, anywhere: only a finding about a gate that is named instead of its kind asks this.
    Everything,
    /// The value of a field of an environment.
    Field(String, String),
    /// The value of a constant.
    Constant(DeclarationId),
    /// The registry of an image.
    Registry(String),
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// The declaration, what it is, and, if it is a module, where that begins.
    Name(Option<(DeclarationId, &'static str, Option<Anchor>)>),
    /// Where the modules begin.
    Uses(Vec<Anchor>),
    /// A digest of the names, or of everything.
    Digest(u64),
    /// The field; nothing, while environments are read.
    Field(Option<Field>),
    /// The constant, if its value is known.
    Constant(Option<Constant>),
    /// The registry, if one is declared.
    Registry(Option<Registry>),
}

/// The questions that an expansion asked, with the answers.
pub(super) type Asked = BTreeMap<Question, Answer>;

/// The workspace as an expansion sees it.
pub(super) struct Names<'a, 'w> {
    workspace: &'w Workspace<'a>,
    facts: &'w WorkspaceFacts,
    /// Nothing, if nobody will use the result again.
    asked: Option<RefCell<Asked>>,
}

impl<'a, 'w> Names<'a, 'w> {
    pub(super) fn new(
        workspace: &'w Workspace<'a>,
        facts: &'w WorkspaceFacts,
        notes_questions: bool,
    ) -> Names<'a, 'w> {
        Names { workspace, facts, asked: notes_questions.then(RefCell::default) }
    }

    /// What was asked.
    pub(super) fn into_asked(self) -> Asked {
        self.asked.map(RefCell::into_inner).unwrap_or_default()
    }

    fn note(&self, question: impl FnOnce() -> Question) {
        let Some(asked) = &self.asked else { return };
        let question = question();
        if !asked.borrow().contains_key(&question) {
            let answer = answer(&question, self.workspace, self.facts);
            asked.borrow_mut().insert(question, answer);
        }
    }

    /// What a single name means in a module.
    pub(super) fn name(&self, module: ModuleId, name: &str) -> Option<Found<'a>> {
        self.note(|| Question::Name(self.workspace.start(module), name.to_owned()));
        self.workspace.name(module, name)
    }

    /// What a path means in a module. `wanted` is what is asked for, with its article.
    ///
    /// # Errors
    /// With a finding, or without one where a broken declaration may be what is meant.
    pub(super) fn resolve(
        &self,
        module: ModuleId,
        path: &Path,
        wanted: &str,
    ) -> Result<Found<'a>, Option<Box<Diagnostic>>> {
        let mut segments = path.segments.iter();
        let first = segments.next().and_then(|first| self.name(module, &first.node));
        if let (Some(Found { definition: Definition::Module(inner), .. }), Some(second)) =
            (first, segments.next())
        {
            self.name(inner, &second.node);
        }
        let found = self.workspace.resolve(module, path, wanted);
        if found.is_err() {
            self.note(|| Question::Names);
        }
        found
    }

    /// That there is no such name; `None` where a broken declaration may be what is meant.
    pub(super) fn unknown(
        &self,
        module: ModuleId,
        name: &Name,
        wanted: &str,
        of: Option<&str>,
    ) -> Option<Diagnostic> {
        self.note(|| Question::Names);
        self.workspace.unknown(module, name, wanted, of)
    }

    /// The names of a module in source order, each with its definition.
    ///
    /// The caller may look at the kind of a definition, but not at its content: the question covers names only.
    pub(super) fn definitions(&self, module: ModuleId) -> Vec<(&'a str, Definition<'a>)> {
        self.note(|| Question::Names);
        self.workspace.definitions(module)
    }

    /// The names of a module with their definitions, whose content the caller may read.
    pub(super) fn contents(&self, module: ModuleId) -> Vec<(&'a str, Definition<'a>)> {
        self.note(|| Question::Everything);
        self.workspace.definitions(module)
    }

    /// Whether every name of a module is known.
    pub(super) fn is_whole(&self, module: ModuleId) -> bool {
        self.note(|| Question::Names);
        self.workspace.is_whole(module)
    }

    /// The module and every module it uses, directly or not.
    pub(super) fn with_uses(&self, module: ModuleId) -> Vec<ModuleId> {
        self.note(|| Question::Uses(self.workspace.start(module)));
        self.workspace.with_uses(module)
    }

    /// What the source of a module is called in a program.
    pub(super) fn source_file(&self, module: ModuleId) -> Option<SourceFile> {
        self.workspace.source_file(module)
    }

    /// The most legs of a node.
    pub(super) fn most_legs(&self) -> usize {
        self.workspace.most_legs()
    }

    /// The engines that the source may name.
    pub(super) fn engines(&self) -> &'a [&'a dyn Engine] {
        self.workspace.engines()
    }

    /// The texts of all modules, to look at what a declaration says that was asked for.
    pub(super) fn sources(&self) -> &'a Sources {
        self.workspace.sources()
    }

    /// The glob of a text, which depends on nothing else.
    pub(super) fn glob(&self, text: &str) -> Result<Glob, GlobError> {
        self.facts.glob(text)
    }

    /// Whether environments are known, as they are while pipelines are expanded.
    pub(super) fn knows_environments(&self) -> bool {
        self.facts.knows_environments()
    }

    /// The registry that an image of this name goes to, if one is declared.
    pub(super) fn registry_of(&self, image: &str) -> Option<Registry> {
        self.note(|| Question::Registry(image.to_owned()));
        self.facts.registry_of(image)
    }

    /// The field of an environment; nothing, while environments are read.
    pub(super) fn field(&self, environment: &str, field: &str) -> Option<Field> {
        self.note(|| Question::Field(environment.to_owned(), field.to_owned()));
        self.facts.field(environment, field)
    }

    /// The value of a constant, if it is known already.
    pub(super) fn constant(&self, id: DeclarationId) -> Option<&'w Constant> {
        self.note(|| Question::Constant(id));
        self.facts.constant(id)
    }
}

/// What a question is answered.
fn answer(question: &Question, workspace: &Workspace<'_>, facts: &WorkspaceFacts) -> Answer {
    match question {
        Question::Name(start, name) => Answer::Name(meaning(workspace, *start, name)),
        Question::Uses(start) => {
            let used = workspace.module_of(*start).map(|module| workspace.with_uses(module));
            Answer::Uses(used.into_iter().flatten().map(|module| workspace.start(module)).collect())
        }
        Question::Names => Answer::Digest(workspace.digest_of_names()),
        Question::Everything => Answer::Digest(workspace.digest_of_everything()),
        Question::Field(environment, field) => Answer::Field(facts.field(environment, field)),
        Question::Constant(id) => Answer::Constant(facts.constant(*id).cloned()),
        Question::Registry(image) => Answer::Registry(facts.registry_of(image)),
    }
}

fn meaning(
    workspace: &Workspace<'_>,
    start: Anchor,
    name: &str,
) -> Option<(DeclarationId, &'static str, Option<Anchor>)> {
    let found = workspace.name(workspace.module_of(start)?, name)?;
    let module = match found.definition {
        Definition::Module(module) => Some(workspace.start(module)),
        _ => None,
    };
    Some((found.id, found.definition.what(), module))
}

/// Whether all questions still have the same answers.
pub(super) fn still_holds(asked: &Asked, workspace: &Workspace<'_>, facts: &WorkspaceFacts) -> bool {
    asked.iter().all(|(question, before)| match (question, before) {
        (Question::Name(start, name), Answer::Name(before)) => meaning(workspace, *start, name) == *before,
        (Question::Constant(id), Answer::Constant(before)) => facts.constant(*id) == before.as_ref(),
        _ => answer(question, workspace, facts) == *before,
    })
}
