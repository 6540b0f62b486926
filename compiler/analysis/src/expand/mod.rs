//! From trees to a program: modules resolved, tasks and parametrised pipelines expanded, values computed. Every part
//! keeps its origin: where it was written, and through which calls it came.

mod address;
mod body;
mod call;
mod condition;
mod environment;
mod ephemeral;
mod expression;
mod field;
mod frame;
mod identity;
mod node;
mod pipeline;
mod protected;
mod role;
mod runner;
mod trigger;
mod whole;
mod window;

use crate::Reference;
use crate::scope::{DeclarationId, Definition, Found, Workspace, suggest_of};
use frame::{Frame, Uses, path_text};
use pipec_base::{Diagnostic, Span, cancellation, closest, codes};
use pipec_ir::{Engine, Evidence, Pipeline, Program, Step};
use pipec_logic::{Glob, GlobError, GlobErrorKind};
use pipec_syntax::ast::{Name, Path};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// A run-away body: what it takes for a node that says none, in milliseconds.
const DEFAULT_TIMEOUT: u64 = 600_000;

/// How far a workspace may grow while it is expanded, and each declaration of it: far more than any engine would take, and
/// little enough to answer at once. An expression costs the bytes of its value; there is room for some thirty thousand nodes.
const MOST_WORK: usize = 1 << 27;

/// What a node costs before its clauses: as much as all that is done with it later.
const NODE: usize = 1 << 12;

/// What a single thing costs that has no size of its own.
const ONE: usize = 64;

/// What an expansion gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expanded {
    pub(crate) program: Program,
    /// The pipelines of which a part could not be read, by their place in the program: nothing is proven of them, for what
    /// is missing may be what the proof misses.
    pub(crate) incomplete: BTreeSet<usize>,
    /// The places of the names of pipelines that nothing calls, and of which a part could not be read.
    pub(crate) incomplete_templates: Vec<Span>,
    /// Pipelines that nothing calls, for what stands in them.
    pub(crate) templates: Vec<Pipeline>,
    /// The scripts of tasks that nothing calls, by task; what variables their caller gives them is not known.
    pub(crate) uncalled: Vec<(String, Vec<Step>)>,
    /// The names that were resolved.
    pub(crate) references: Vec<Reference>,
    /// What it has cost.
    pub(crate) work: usize,
}

/// Expands a workspace: first what its pipelines share, then each pipeline for itself, then what nothing calls.
pub(crate) fn expand(workspace: &Workspace<'_>, diagnostics: &mut Vec<Diagnostic>) -> Expanded {
    let mut all = whole::Whole::default();
    let mut facts = all.facts(workspace);
    all.pipelines(workspace, &facts);
    all.refuse_twin_pipelines();
    all.refuse_unknown_entries(workspace, &mut facts.program);
    all.read_uncalled(workspace, &facts);
    diagnostics.append(&mut all.diagnostics);
    all.expanded.program =
        Program { pipelines: std::mem::take(&mut all.expanded.program.pipelines), ..facts.program };
    all.expanded
}

/// What the pipelines of a workspace share. It is worked out before any of them is expanded, and changed by none.
#[derive(Debug, Default)]
pub(crate) struct WorkspaceFacts {
    /// Roles, registries and environments; no pipelines.
    program: Program,
    /// The values of environments, by environment and name; `None` until all environments are known.
    environment_values: Option<environment::Values>,
    /// The constants, as far as they are known: one that reads an environment is known once all environments are.
    constants: BTreeMap<DeclarationId, expression::Constant>,
    globs: Globs,
}

/// The globs parsed so far, by their text: many pipelines name the same branches, and to parse one builds its automaton.
#[derive(Debug, Default)]
struct Globs {
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

/// The expansion of one declaration: it has a budget of its own, and finds what it finds whatever else the workspace holds.
pub(crate) struct Expansion<'a, 'w> {
    workspace: &'w Workspace<'a>,
    facts: &'w WorkspaceFacts,
    diagnostics: Vec<Diagnostic>,
    /// The tasks, pipelines, environments and runners that were called.
    called: BTreeSet<DeclarationId>,
    /// The names that were resolved.
    references: Vec<Reference>,
    /// What the expressions read last have used.
    uses: Uses,
    /// The pipelines that an environment says enter it, by environment, and where that is said.
    entries: Vec<(String, Name, Frame)>,
    /// The constants evaluated here.
    constants: BTreeMap<DeclarationId, expression::Constant>,
    /// The constants being evaluated, to see circles.
    evaluating: Vec<DeclarationId>,
    /// What the expansion has cost so far.
    work: usize,
    /// Whether a part of the pipeline being expanded could not be read.
    is_incomplete: bool,
}

impl<'a, 'w> Expansion<'a, 'w> {
    fn new(workspace: &'w Workspace<'a>, facts: &'w WorkspaceFacts) -> Expansion<'a, 'w> {
        Expansion {
            workspace,
            facts,
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

    /// Reports a finding made in a frame, with the calls that lead there.
    fn report(&mut self, frame: &Frame, diagnostic: Diagnostic) {
        let diagnostic = frame.explain(diagnostic);
        self.diagnostics.push(diagnostic);
    }

    /// Pays for a step of the expansion; says so, once, when the workspace has grown too large.
    fn pay(&mut self, cost: usize, span: Span, frame: &Frame) -> bool {
        cancellation::check();
        let had = self.work <= MOST_WORK;
        self.work = self.work.saturating_add(cost.max(ONE));
        let has = self.work <= MOST_WORK;
        if had && !has {
            self.report(frame, too_large(span));
        }
        self.is_incomplete |= !has;
        has
    }

    /// Notes what a name stands for: the one place where references are recorded.
    fn refer(&mut self, used: Span, found: &Found<'_>) {
        self.references.push(Reference { used, declared: found.span });
    }

    /// What a path means, where something is asked for (with its article).
    fn resolve(&mut self, path: &Path, wanted: &str, frame: &Frame) -> Option<Found<'a>> {
        match self.workspace.resolve(frame.module?, path, wanted) {
            Ok(found) => {
                let name = path.segments.last().map_or(path.span, |name| name.span);
                self.refer(name, &found);
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

    /// Says that a name is something else than what is asked for.
    fn refuse_kind(&mut self, path: &Path, found: Definition<'_>, wanted: &str, help: &str, frame: &Frame) {
        let message = format!("`{}` is {}, not {wanted}", path_text(path), found.what());
        let diagnostic = Diagnostic::error(codes::P0101, message, path.span);
        let diagnostic = if help.is_empty() { diagnostic } else { diagnostic.help(help) };
        self.report(frame, diagnostic);
    }

    /// A reason that says nothing is none.
    fn reason(&mut self, because: &pipec_syntax::ast::Text, frame: &Frame) {
        if because.node.trim().is_empty() {
            self.report(frame, no_reason(because.span));
        }
    }

    /// Reads a glob.
    fn glob(&mut self, text: &str, span: Span, frame: &Frame) -> Option<Glob> {
        match self.facts.globs.parse(text) {
            Ok(glob) => Some(glob),
            Err(error) => {
                let shown = if text.is_empty() { "this".to_owned() } else { format!("`{text}`") };
                self.report(
                    frame,
                    Diagnostic::error(codes::P0116, format!("{shown} is not a glob: {error}"), span)
                        .help(instead(error.kind, text)),
                );
                None
            }
        }
    }

    /// Whether a word is one of a closed list; says so if not.
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

    /// The engine of a word; says so if there is none.
    fn known_engine(&mut self, word: &Name, what: &str, frame: &Frame) -> Option<&'a dyn Engine> {
        let engines = self.workspace.engines();
        let found = engines.iter().find(|engine| engine.word() == word.node).copied();
        if found.is_none() {
            let words: Vec<&str> = engines.iter().map(|engine| engine.word()).collect();
            self.known_word(word, &words, what, frame);
        }
        found
    }

    /// The member of a closed set that a word stands for; says so if there is none.
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

    /// The kind of evidence of that name.
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
                // `unit-test` is a test. What counts as evidence people choose, no machine: there is no fix.
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

    /// The role of that name.
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

    /// The environment of that name.
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

    /// An environment with parameters is none yet.
    fn refuse_template(&mut self, name: &str, span: Span, frame: &Frame) {
        self.report(
            frame,
            Diagnostic::error(codes::P0107, format!("environment `{name}` has parameters"), span)
                .help(format!("make an instance first: `environment mine = {name}(…)`")),
        );
    }
}

/// What takes the place of what a glob of another dialect means.
fn instead(kind: GlobErrorKind, text: &str) -> String {
    const KNOWN: &str = "`*` and `?` do not match `/`, `**` does; no other character is special";
    match kind {
        GlobErrorKind::OtherDialect('[') => {
            "globs have no character classes: use `*`, or write a glob for each character".to_owned()
        }
        GlobErrorKind::OtherDialect('{') => match choices(text) {
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

/// The globs that one with a choice between braces stands for.
fn choices(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('{')?;
    let (inside, behind) = rest.split_once('}')?;
    let is_plain = |part: &str| !part.contains(['{', '}', '[', ']', '!', '\\', '"']);
    let all: Vec<String> =
        inside.split(',').map(|choice| format!("`\"{before}{choice}{behind}\"`")).collect();
    (is_plain(inside) && is_plain(behind)).then(|| all.join(", "))
}

/// That something stands there twice.
pub(crate) fn repeated(word: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(codes::P0015, format!("`{word}` appears twice here"), span)
        .label(first, "first here")
        .help("remove one of them")
}

/// "This grows too large".
fn too_large(span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0122, "the expansion of this workspace is too large", span)
        .saying("the compiler stops here")
        .help("use fewer instances or shorter constants")
}

/// "This reason says nothing".
pub(crate) fn no_reason(span: Span) -> Diagnostic {
    Diagnostic::error(codes::P0019, "this reason is blank", span)
        .help("give a reason that a reader understands in a year")
}
