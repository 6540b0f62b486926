//! Expansion from trees to a program. It resolves modules, expands tasks and parametrised pipelines, and computes
//! values. Every part keeps its origin: its place in the source, and the calls that led to it.
//!
//! For example, from
//!
//! ```text
//! task unit(count: int) -> test { shards count  run "make test" }
//! pipeline api { on push to main  stage commit { gate a: test = unit(count: 2) } }
//! ```
//!
//! it makes one pipeline with one node `a`, which has two shards. The origin of `run` is its place in `unit`, called at
//! `a`.

mod address;
mod afterwards;
mod basis;
mod body;
mod call;
mod condition;
mod direction;
mod draft;
mod environment;
mod ephemeral;
mod expression;
mod field;
mod frame;
mod identity;
mod names;
mod node;
mod pipeline;
mod platform;
mod protected;
mod role;
mod runner;
mod setting;
mod trigger;
mod unit;
mod whole;
mod window;

use crate::scope::{DeclarationId, Definition, Found, Workspace, suggest_of};
use crate::{Reference, References};
use expression::Constant;
use frame::{Frame, Uses, path_text};
use names::Names;
use pipec_base::{Diagnostic, Span, cancellation, closest, codes};
use pipec_ir::{Engine, Evidence, Pipeline, Program, Registry, Step};
use pipec_logic::{Glob, GlobError, GlobErrorKind};
use pipec_syntax::ast::{Name, Path};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
pub(crate) use unit::Units;

/// The timeout of a body without one, in milliseconds.
const DEFAULT_TIMEOUT: u64 = 600_000;

/// The maximum cost of a workspace, and of each declaration in it. This is far more than any engine accepts, and small
/// enough for an immediate answer. An expression costs the bytes of its value, so there is room for about thirty
/// thousand nodes.
const MAX_WORK: usize = 1 << 27;

/// The cost of a node before its clauses. It pays for the later work on the node.
const NODE_COST: usize = 1 << 12;

/// The cost of a thing without a size.
const UNIT_COST: usize = 64;

/// The result of an expansion.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expanded {
    pub(crate) program: Program,
    /// Pipelines with an unreadable part, by their index in the program. Nothing is proven about them, because the
    /// missing part may be the one that breaks the proof.
    pub(crate) incomplete: BTreeSet<usize>,
    /// The names of uncalled pipelines with an unreadable part.
    pub(crate) incomplete_templates: Vec<Span>,
    /// Uncalled pipelines, for the checks of their contents.
    pub(crate) templates: Vec<Arc<Pipeline>>,
    /// The scripts of tasks that nothing calls, by task. The variables that a caller would give them are unknown.
    pub(crate) uncalled: Vec<Arc<(String, Vec<Step>)>>,
    /// The names of declarations that no pipeline and no environment calls, by their places.
    pub(crate) unused: HashSet<Span>,
    /// What is wrong with the order of the nodes of pipelines.
    pub(crate) unordered: Vec<Diagnostic>,
    /// The names that were resolved.
    pub(crate) references: References,
    /// The cost of the expansion.
    pub(crate) work: usize,
}

/// Expands a workspace: first what its pipelines share, then each pipeline for itself, then what nothing calls. Declarations
/// that `units` remembers are not expanded again, if nothing has changed for them.
pub(crate) fn expand(
    workspace: &Workspace<'_>,
    units: Option<&mut Units>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Expanded {
    let mut all = whole::WorkspaceExpansion::new(units);
    let mut facts = all.facts(workspace);
    all.pipelines(workspace, &facts);
    all.refuse_duplicate_pipelines();
    all.refuse_unknown_entries(workspace, &mut facts.program);
    all.read_uncalled(workspace, &facts);
    diagnostics.append(&mut all.diagnostics);
    diagnostics.append(&mut all.expanded.unordered);
    all.expanded.program =
        Program { pipelines: std::mem::take(&mut all.expanded.program.pipelines), ..facts.program };
    all.expanded
}

/// The declarations that the pipelines of a workspace share. They are computed before any pipeline is expanded, and no
/// pipeline changes them.
#[derive(Debug, Default)]
pub(crate) struct WorkspaceFacts {
    /// Roles, registries and environments; no pipelines.
    program: Program,
    /// The values of environments, by environment and name; `None` until all environments are known.
    environment_values: Option<Arc<environment::Values>>,
    /// The constants that are known so far. Those that read an environment follow when all environments are known.
    constants: BTreeMap<DeclarationId, Constant>,
    globs: Arc<Globs>,
    /// The number of this state of the facts, in a session that remembers what rests on them.
    id: basis::StateId,
}

impl WorkspaceFacts {
    /// Whether the environments are known, as they are while pipelines are expanded.
    pub(crate) fn knows_environments(&self) -> bool {
        self.environment_values.is_some()
    }

    /// The glob of a text.
    pub(crate) fn glob(&self, text: &str) -> Result<Glob, GlobError> {
        self.globs.parse(text)
    }

    /// The registry that an image of this name goes to, if one is declared.
    pub(crate) fn registry_of(&self, image: &str) -> Option<Registry> {
        self.program.registry_of(image).cloned()
    }

    /// The value of a constant, if it is known.
    pub(crate) fn constant(&self, id: DeclarationId) -> Option<&Constant> {
        self.constants.get(&id)
    }
}

/// The globs parsed so far, by their text. Many pipelines name the same branches, and parsing a glob builds its
/// automaton.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    known: Mutex<BTreeMap<String, Glob>>,
}

impl Globs {
    fn parse(&self, text: &str) -> Result<Glob, GlobError> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(glob) = known().get(text) {
            return Ok(glob.clone());
        }
        let glob = Glob::parse(text)?;
        known().insert(text.to_owned(), glob.clone());
        Ok(glob)
    }
}

/// The expansion of one declaration. It has its own budget, and its findings do not depend on the rest of the
/// workspace.
pub(crate) struct Expansion<'a, 'w> {
    workspace: Names<'a, 'w>,
    diagnostics: Vec<Diagnostic>,
    /// The tasks, pipelines, environments and runners that were called.
    called: BTreeSet<DeclarationId>,
    /// The resolved names.
    references: Vec<Reference>,
    /// The uses in the expressions that were read last.
    uses: Uses,
    /// The pipelines that environments list as entering, by environment. Each has the place where it is listed.
    entries: Vec<(String, Name, Frame)>,
    /// The constants evaluated here.
    constants: BTreeMap<DeclarationId, Constant>,
    /// The constants being evaluated, to see circles.
    evaluating: Vec<DeclarationId>,
    /// The cost of the expansion so far.
    work: usize,
    /// Whether a part of the current pipeline was unreadable.
    is_incomplete: bool,
}

impl<'a, 'w> Expansion<'a, 'w> {
    fn new(
        workspace: &'w Workspace<'a>,
        facts: &'w WorkspaceFacts,
        notes_questions: bool,
    ) -> Expansion<'a, 'w> {
        Expansion {
            workspace: Names::new(workspace, facts, notes_questions),
            diagnostics: Vec::new(),
            called: BTreeSet::new(),
            references: Vec::new(),
            uses: Uses::default(),
            entries: Vec::new(),
            constants: BTreeMap::new(),
            evaluating: Vec::new(),
            work: 0,
            is_incomplete: false,
        }
    }

    /// Reports a finding with the calls that lead to its frame.
    fn report(&mut self, frame: &Frame, diagnostic: Diagnostic) {
        let diagnostic = frame.explain(diagnostic);
        self.diagnostics.push(diagnostic);
    }

    /// Adds the cost of a step of the expansion. Reports once that the workspace has become too large.
    fn charge(&mut self, cost: usize, span: Span, frame: &Frame) -> bool {
        cancellation::check();
        let had = self.work <= MAX_WORK;
        self.work = self.work.saturating_add(cost.max(UNIT_COST));
        let has = self.work <= MAX_WORK;
        if had && !has {
            self.report(frame, too_large(span));
        }
        self.is_incomplete |= !has;
        has
    }

    /// Records the definition of a name. All references are recorded here.
    fn record_reference(&mut self, used: Span, found: &Found<'_>) {
        self.references.push(Reference { used, declared: found.span });
    }

    /// Resolves a path; `wanted` is the expected kind of definition, with its article.
    fn resolve(&mut self, path: &Path, wanted: &str, frame: &Frame) -> Option<Found<'a>> {
        match self.workspace.resolve(frame.module?, path, wanted) {
            Ok(found) => {
                let name = path.segments.last().map_or(path.span, |name| name.span);
                self.record_reference(name, &found);
                Some(found)
            }
            Err(finding) => {
                if let Some(finding) = finding {
                    self.report(frame, *finding);
                }
                None
            }
        }
    }

    /// Reports a name of the wrong kind.
    fn refuse_kind(&mut self, path: &Path, found: Definition<'_>, wanted: &str, help: &str, frame: &Frame) {
        let message = format!("`{}` is {}, not {wanted}", path_text(path), found.what());
        let diagnostic = Diagnostic::error(codes::P0101, message, path.span);
        let diagnostic = if help.is_empty() { diagnostic } else { diagnostic.help(help) };
        self.report(frame, diagnostic);
    }

    /// Rejects a blank reason.
    fn reason(&mut self, because: &pipec_syntax::ast::Text, frame: &Frame) {
        if because.node.trim().is_empty() {
            self.report(frame, blank_reason(because.span));
        }
    }

    /// Parses a glob.
    fn glob(&mut self, text: &str, span: Span, frame: &Frame) -> Option<Glob> {
        match self.workspace.glob(text) {
            Ok(glob) => Some(glob),
            Err(error) => {
                let shown = if text.is_empty() { "this".to_owned() } else { format!("`{text}`") };
                self.report(
                    frame,
                    Diagnostic::error(codes::P0116, format!("{shown} is not a glob: {error}"), span)
                        .help(glob_advice(error.kind, text)),
                );
                None
            }
        }
    }

    /// Whether a word is in a closed list. Reports an unknown word.
    fn known_word(&mut self, word: &Name, known: &[&str], what: &str, frame: &Frame) -> bool {
        if known.contains(&word.node.as_str()) {
            return true;
        }
        let diagnostic =
            Diagnostic::error(codes::P0101, format!("there is no {what} `{}`", word.node), word.span);
        let diagnostic =
            suggest_of(diagnostic, word, known.iter().copied(), || format!("there is {}", known.join(", ")));
        self.report(frame, diagnostic);
        false
    }

    /// The engine with a name. Reports an unknown engine.
    fn known_engine(&mut self, word: &Name, what: &str, frame: &Frame) -> Option<&'a dyn Engine> {
        let engines = self.workspace.engines();
        let found = engines.iter().find(|engine| engine.word() == word.node).copied();
        if found.is_none() {
            let words: Vec<&str> = engines.iter().map(|engine| engine.word()).collect();
            self.known_word(word, &words, what, frame);
        }
        found
    }

    /// The member of a closed set with a name. Reports an unknown name.
    fn word_of<T: Copy, const N: usize>(
        &mut self,
        word: &Name,
        all: [T; N],
        word_for: fn(T) -> &'static str,
        what: &str,
        frame: &Frame,
    ) -> Option<T> {
        let found = all.into_iter().find(|member| word_for(*member) == word.node);
        if found.is_none() {
            self.known_word(word, &all.map(word_for), what, frame);
        }
        found
    }

    /// The kind of evidence with a name.
    fn evidence(&mut self, path: &Path, frame: &Frame) -> Option<Evidence> {
        let module = frame.module?;
        if let [name] = path.segments.as_slice() {
            if let Some(standard) = Evidence::standard(&name.node) {
                return Some(standard);
            }
            if self.workspace.name(module, &name.node).is_none() && self.workspace.is_whole(module) {
                let declared = self.workspace.definitions(module);
                let own = declared
                    .iter()
                    .filter(|(_, definition)| matches!(definition, Definition::Evidence(_)))
                    .map(|(name, _)| *name);
                let mut known: Vec<&str> = Evidence::standard_names().collect();
                known.extend(own);
                let diagnostic = Diagnostic::error(
                    codes::P0101,
                    format!("there is no kind of evidence `{}`", name.node),
                    name.span,
                );
                // `unit-test` is a test. People decide what counts as evidence, so there is no automatic fix.
                let part = name.node.split('-').find(|part| known.contains(part));
                let help = match part.or_else(|| closest(&name.node, known.iter().copied())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "the kinds are {}; or declare one: `evidence {} of commit`",
                        known.join(", "),
                        name.node
                    ),
                };
                let diagnostic = diagnostic.help(help);
                self.report(frame, diagnostic);
                return None;
            }
        }
        match self.resolve(path, "a kind of evidence", frame)?.definition {
            Definition::Evidence(kind) => {
                Some(Evidence { name: kind.name.node.clone(), of_artefact: kind.of_artefact })
            }
            other => {
                self.refuse_kind(path, other, "a kind of evidence", "", frame);
                None
            }
        }
    }

    /// The role with a name.
    fn role(&mut self, path: &Path, frame: &Frame) -> Option<String> {
        match self.resolve(path, "a role", frame)?.definition {
            Definition::Role(role) => Some(role.name.node.clone()),
            other => {
                let help = "declare a role: `role NAME { github team \"owner/team\" }`";
                self.refuse_kind(path, other, "a role", help, frame);
                None
            }
        }
    }

    /// The environment with a name.
    fn environment_named(&mut self, path: &Path, frame: &Frame) -> Option<String> {
        match self.resolve(path, "an environment", frame)?.definition {
            Definition::Environment(_, it) if it.parameters.is_none() => Some(it.name.node.clone()),
            Definition::EnvironmentInstance(_, it) => Some(it.name.node.clone()),
            Definition::Environment(_, it) => {
                self.refuse_template(&it.name.node, path.span, frame);
                None
            }
            other => {
                self.refuse_kind(path, other, "an environment", "", frame);
                None
            }
        }
    }

    /// Refuses an environment with parameters. It must be called first.
    fn refuse_template(&mut self, name: &str, span: Span, frame: &Frame) {
        self.report(
            frame,
            Diagnostic::error(codes::P0107, format!("environment `{name}` has parameters"), span)
                .help(format!("make an instance first: `environment mine = {name}(…)`")),
        );
    }
}

/// Advice that replaces a pattern of another glob dialect.
fn glob_advice(kind: GlobErrorKind, text: &str) -> String {
    const KNOWN: &str = "`*` and `?` do not match `/`, `**` does; no other character is special";
    match kind {
        GlobErrorKind::OtherDialect('[') => {
            "globs have no character classes: use `*`, or write a glob for each character".to_owned()
        }
        GlobErrorKind::OtherDialect('{') => match expand_braces(text) {
            Some(all) => format!("write a glob for each: {all}"),
            None => "write a glob for each, with commas between them".to_owned(),
        },
        GlobErrorKind::OtherDialect('!') => {
            "globs have no exclusions: list only the paths you want; for kinds of change, the last \
             matching line applies"
                .to_owned()
        }
        _ => KNOWN.to_owned(),
    }
}

/// The globs that replace one with alternatives in braces.
fn expand_braces(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('{')?;
    let (inside, behind) = rest.split_once('}')?;
    let is_plain = |part: &str| !part.contains(['{', '}', '[', ']', '!', '\\', '"']);
    let all: Vec<String> =
        inside.split(',').map(|choice| format!("`\"{before}{choice}{behind}\"`")).collect();
    (is_plain(inside) && is_plain(behind)).then(|| all.join(", "))
}

/// Reports a word that occurs twice.
pub(crate) fn repeated(word: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(codes::P0015, format!("`{word}` appears twice here"), span)
        .label(first, "first here")
        .help("remove one of them")
}

/// Reports a workspace that is too large.
fn too_large(span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0122, "the expansion of this workspace is too large", span)
        .saying("the compiler stops here")
        .help("use fewer instances or shorter constants")
}

/// Reports a form that this version does not have.
pub(crate) fn planned(words: &str, span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0020, format!("`{words}` is not in this version yet"), span)
        .note("the form is planned, so it has no other meaning")
}

/// Reports that something is declared again.
fn declared_again(message: String, again: Span, first: Span, help: &str) -> Diagnostic {
    Diagnostic::error(codes::P0102, message, again).label(first, "first here").help(help)
}

/// Reports a blank reason.
pub(crate) fn blank_reason(span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0019, "this reason is blank", span)
        .help("give a reason that a reader understands in a year")
}
