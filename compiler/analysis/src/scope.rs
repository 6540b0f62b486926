//! Names: declarations of files, used modules, and the meaning of paths.
//!
//! For example, after `use "./shared.pipe" as shared`, the path `shared.production` means the declaration `production`
//! of that file, and `production` alone is unknown.

mod wrong_names;

pub(crate) use wrong_names::{did_you_mean, duplicate_name, name_taken, not_reexported, suggest, suggest_of};

use crate::Module;
use pipec_base::{Anchor, Diagnostic, Revision, Sources, Span, closest, codes};
use pipec_ir::Engine;
use pipec_ir::SourceFile;
use pipec_syntax::ast::{
    self, Clause, Declaration, Environment, EvidenceDeclaration, Instance, Let, Name, Path, Pipeline, Role,
    Runner, Setting, Task, Use,
};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use wrong_names::no_module;

/// A module's index in a [`Workspace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ModuleId(pub usize);

/// The identity of a declaration with a name. Two declarations with one identity have the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DeclarationId {
    revision: Revision,
    /// Where its name begins, counted from the anchor of the reading.
    start: u32,
}

/// The definition of a top-level name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Definition<'a> {
    Module(ModuleId),
    Pipeline(&'a Clause<Declaration>, &'a Pipeline),
    PipelineInstance(&'a Clause<Declaration>, &'a Instance),
    Task(&'a Task),
    Environment(&'a Clause<Declaration>, &'a Environment),
    EnvironmentInstance(&'a Clause<Declaration>, &'a Instance),
    Runner(&'a Runner),
    Role(&'a Role),
    Evidence(&'a EvidenceDeclaration),
    Let(&'a Let),
    Setting(&'a Setting),
    /// Declared, but unreadable. Nothing is reported about its uses.
    Broken,
}

impl Definition<'_> {
    /// The kind of definition with its article, for messages.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Definition::Module(_) => "a module",
            Definition::Pipeline(..) | Definition::PipelineInstance(..) => "a pipeline",
            Definition::Task(_) => "a task",
            Definition::Environment(..) | Definition::EnvironmentInstance(..) => "an environment",
            Definition::Runner(_) => "a runner",
            Definition::Role(_) => "a role",
            Definition::Evidence(_) => "a kind of evidence",
            Definition::Let(_) => "a constant",
            Definition::Setting(_) => "a setting",
            Definition::Broken => "a broken declaration",
        }
    }

    /// Whether the definition is a value or has fields that are values.
    pub(crate) fn has_value(&self) -> bool {
        matches!(
            self,
            Definition::Let(_)
                | Definition::Setting(_)
                | Definition::Environment(..)
                | Definition::EnvironmentInstance(..)
        )
    }
}

/// A definition, its module, and its declared name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) id: DeclarationId,
    pub(crate) module: ModuleId,
    /// The place of the name in the declaration.
    pub(crate) span: Span,
    pub(crate) definition: Definition<'a>,
}

struct Scope<'a> {
    source: Module<'a>,
    /// The place of each name in `declared`.
    names: FxHashMap<&'a str, usize>,
    /// What it declares, in the order of the source.
    declared: Vec<(&'a str, Found<'a>)>,
    uses: BTreeSet<ModuleId>,
    /// Whether a declaration is too broken to have a name. Any unknown name may be its name.
    has_unnamed: bool,
}

/// The most legs of a node if no engine has a limit. A larger matrix takes too long to compute.
const MOST_LEGS: usize = 1_000;

/// All modules and their names.
pub(crate) struct Workspace<'a> {
    scopes: Vec<Scope<'a>>,
    sources: &'a Sources,
    /// The engines that the source may name.
    engines: &'a [&'a dyn Engine],
    own: usize,
    by_start: OnceLock<BTreeMap<Anchor, ModuleId>>,
    names: OnceLock<u64>,
    everything: OnceLock<u64>,
}

impl<'a> Workspace<'a> {
    /// The most legs of a node: every engine that a source may name must be able to make a job of each.
    pub(crate) fn most_legs(&self) -> usize {
        self.engines.iter().filter_map(|engine| engine.most_legs()).min().unwrap_or(MOST_LEGS)
    }

    /// The engines that the source may name.
    pub(crate) fn engines(&self) -> &'a [&'a dyn Engine] {
        self.engines
    }

    /// Reads the names of all modules. The first `workspace.len()` are the workspace's own.
    pub(crate) fn new(
        workspace: &[Module<'a>],
        standard: &[Module<'a>],
        sources: &'a Sources,
        engines: &'a [&'a dyn Engine],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Workspace<'a> {
        let scopes = workspace
            .iter()
            .chain(standard)
            .map(|source| Scope {
                source: *source,
                names: FxHashMap::default(),
                declared: Vec::new(),
                uses: BTreeSet::new(),
                has_unnamed: source
                    .tree
                    .items
                    .iter()
                    .any(|item| matches!(item.kind, Declaration::Error { name: None })),
            })
            .collect();
        let mut all = Workspace {
            scopes,
            sources,
            engines,
            own: workspace.len(),
            by_start: OnceLock::new(),
            names: OnceLock::new(),
            everything: OnceLock::new(),
        };
        for place in 0..all.scopes.len() {
            all.declare(ModuleId(place), diagnostics);
        }
        all.refuse_cycles(diagnostics);
        all
    }

    /// The workspace's own modules.
    pub(crate) fn own_modules(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..self.own).map(ModuleId)
    }

    /// All modules, first the workspace's own.
    pub(crate) fn modules(&self) -> impl Iterator<Item = ModuleId> + use<> {
        (0..self.scopes.len()).map(ModuleId)
    }

    /// A module's source.
    pub(crate) fn source(&self, module: ModuleId) -> Option<&Module<'a>> {
        self.scopes.get(module.0).map(|scope| &scope.source)
    }

    /// A module as a source file of the program.
    pub(crate) fn module_of(&self, start: Anchor) -> Option<ModuleId> {
        let by_start = || self.modules().map(|module| (self.start(module), module)).collect();
        self.by_start.get_or_init(by_start).get(&start).copied()
    }

    /// A digest of all names, the kinds of their definitions, and the paths of all modules.
    pub(crate) fn digest_of_names(&self) -> u64 {
        *self.names.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            for (place, scope) in self.scopes.iter().enumerate() {
                (place < self.own, scope.source.path, scope.source.start, scope.has_unnamed)
                    .hash(&mut hasher);
                scope.declared.len().hash(&mut hasher);
                for (name, found) in &scope.declared {
                    (name, found.definition.what(), found.definition.has_value()).hash(&mut hasher);
                    if let Definition::Module(module) = found.definition {
                        self.start(module).hash(&mut hasher);
                    }
                }
            }
            hasher.finish()
        })
    }

    /// A digest of all names, and of all that is declared as it was read last.
    pub(crate) fn digest_of_everything(&self) -> u64 {
        *self.everything.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.digest_of_names().hash(&mut hasher);
            for item in self.scopes.iter().flat_map(|scope| &scope.source.tree.items) {
                self.sources.revision(item.span.anchor).hash(&mut hasher);
            }
            hasher.finish()
        })
    }

    /// What a module's source is called in a program.
    pub(crate) fn source_file(&self, module: ModuleId) -> Option<SourceFile> {
        let path = self.source(module)?.path.to_owned();
        Some(SourceFile { path, is_standard: module.0 >= self.own })
    }

    /// The texts of all modules.
    pub(crate) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// A module's definitions in source order.
    pub(crate) fn definitions(&self, module: ModuleId) -> Vec<(&'a str, Definition<'a>)> {
        self.declared(module).map(|(name, found)| (name, found.definition)).collect()
    }

    /// A module's definitions in source order, with the identity of each.
    pub(crate) fn declared(&self, module: ModuleId) -> impl Iterator<Item = (&'a str, Found<'a>)> {
        self.scopes.get(module.0).map_or(&[][..], |scope| &scope.declared).iter().copied()
    }

    /// What identifies a module as long as a session lives: the anchor at the start of its text.
    pub(crate) fn start(&self, module: ModuleId) -> Anchor {
        self.source(module).map_or_else(Anchor::default, |source| source.start)
    }

    /// The module and the modules that it uses, directly or not.
    pub(crate) fn with_uses(&self, module: ModuleId) -> Vec<ModuleId> {
        let mut reached = vec![module];
        let mut next = 0;
        while let Some(&current) = reached.get(next) {
            next += 1;
            let Some(scope) = self.scopes.get(current.0) else { continue };
            for used in &scope.uses {
                if !reached.contains(used) {
                    reached.push(*used);
                }
            }
        }
        reached
    }

    /// The definition of a single name in a module.
    pub(crate) fn name(&self, module: ModuleId, name: &str) -> Option<Found<'a>> {
        let scope = self.scopes.get(module.0)?;
        scope.declared.get(*scope.names.get(name)?).map(|(_, found)| *found)
    }

    /// Whether every name of a module is known.
    pub(crate) fn is_whole(&self, module: ModuleId) -> bool {
        self.scopes.get(module.0).is_some_and(|scope| !scope.has_unnamed)
    }

    /// The definition of a path in a module. `wanted` is the expected kind, with its article.
    ///
    /// # Errors
    /// Returns a finding, or none if a broken declaration may be the definition.
    pub(crate) fn resolve(
        &self,
        module: ModuleId,
        path: &Path,
        wanted: &str,
    ) -> Result<Found<'a>, Option<Box<Diagnostic>>> {
        let Some((first, rest)) = path.segments.split_first() else { return Err(None) };
        let found = match self.name(module, &first.node) {
            Some(found) => found,
            None => return Err(self.unknown(module, first, wanted, None).map(Box::new)),
        };
        match (found.definition, rest) {
            (Definition::Broken, _) => Err(None),
            (_, []) => Ok(found),
            (Definition::Module(inner), [name, further @ ..]) => {
                match (self.name(inner, &name.node), further) {
                    (None, _) => Err(self.unknown(inner, name, wanted, Some(&first.node)).map(Box::new)),
                    (Some(Found { definition: Definition::Broken, .. }), _) => Err(None),
                    (Some(Found { definition: Definition::Module(_), .. }), _) => {
                        Err(Some(Box::new(not_reexported(&first.node, name))))
                    }
                    (Some(found), []) => Ok(found),
                    (Some(_), _) => Err(Some(Box::new(no_module(
                        &format!("{}.{}", first.node, name.node),
                        name.span,
                        wanted,
                    )))),
                }
            }
            (_, _) => Err(Some(Box::new(no_module(&first.node, first.span, wanted)))),
        }
    }

    fn declare(&mut self, module: ModuleId, diagnostics: &mut Vec<Diagnostic>) {
        let Some(tree) = self.source(module).map(|source| source.tree) else { return };
        for item in &tree.items {
            let declared = match &item.kind {
                Declaration::Use(used) => self.take_in(module, used, diagnostics),
                Declaration::Pipeline(it) => Some((&it.name, Definition::Pipeline(item, it))),
                Declaration::PipelineInstance(it) => Some((&it.name, Definition::PipelineInstance(item, it))),
                Declaration::Task(it) => Some((&it.name, Definition::Task(it))),
                Declaration::Environment(it) => Some((&it.name, Definition::Environment(item, it))),
                Declaration::EnvironmentInstance(it) => {
                    Some((&it.name, Definition::EnvironmentInstance(item, it)))
                }
                Declaration::Runner(it) => Some((&it.name, Definition::Runner(it))),
                Declaration::Role(it) => Some((&it.name, Definition::Role(it))),
                Declaration::Evidence(it) => Some((&it.name, Definition::Evidence(it))),
                Declaration::Let(it) => Some((&it.name, Definition::Let(it))),
                Declaration::Registry(_) | Declaration::Platform(_) => None,
                Declaration::Setting(it) => Some((&it.name, Definition::Setting(it))),
                Declaration::Planned(it) => it.name.as_ref().map(|name| (name, Definition::Broken)),
                Declaration::Error { name } => name.as_ref().map(|name| (name, Definition::Broken)),
            };
            let Some((name, definition)) = declared else { continue };
            if let Some(first) = self.name(module, &name.node) {
                diagnostics.push(name_taken(name, first.span));
                continue;
            }
            let span = name.span;
            let id = DeclarationId { revision: self.sources.revision(span.anchor), start: span.start };
            let Some(scope) = self.scopes.get_mut(module.0) else { continue };
            scope.names.insert(&name.node, scope.declared.len());
            scope.declared.push((&name.node, Found { id, module, span, definition }));
        }
    }

    fn take_in(
        &mut self,
        module: ModuleId,
        used: &'a Use,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<(&'a Name, Definition<'a>)> {
        let (name, found) = match used {
            Use::Standard { path, name } => {
                let name = name.as_ref().or(path.segments.last())?;
                (name, self.standard(path, diagnostics))
            }
            Use::File { path, name } => (name, self.file(module, path, diagnostics)),
        };
        let definition = match found {
            Some(inner) => {
                self.scopes.get_mut(module.0)?.uses.insert(inner);
                Definition::Module(inner)
            }
            None => Definition::Broken,
        };
        Some((name, definition))
    }

    fn standard(&self, path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Option<ModuleId> {
        let words: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
        let wanted = format!("{}.pipe", words.join("/"));
        let found = self.module_at(&wanted, self.own..self.scopes.len());
        if found.is_none() {
            let known: Vec<String> = self
                .scopes
                .iter()
                .skip(self.own)
                .map(|scope| scope.source.path.trim_end_matches(".pipe").replace('/', "."))
                .collect();
            let name = words.join(".");
            let diagnostic =
                Diagnostic::error(codes::P0103, format!("there is no module `{name}`"), path.span);
            let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
            let near = closest(&name, known.iter().map(String::as_str)).filter(|near| {
                !name.starts_with("std.") || closest(&last(&name), [last(near).as_str()]).is_some()
            });
            diagnostics.push(match near {
                Some(near) => suggest(diagnostic, near, path.span),
                None => diagnostic.help(format!("the standard library has `{}`", known.join("`, `"))),
            });
        }
        found
    }

    fn file(&self, from: ModuleId, path: &ast::Text, diagnostics: &mut Vec<Diagnostic>) -> Option<ModuleId> {
        let folder = self.source(from)?.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(wanted) = join(folder, &path.node) else {
            diagnostics.push(
                Diagnostic::error(
                    codes::P0105,
                    format!("`{}` is outside the workspace", path.node),
                    path.span,
                )
                .help("a module must be in the workspace: write its path relative to this file, with `/`"),
            );
            return None;
        };
        let found = self.module_at(&wanted, 0..self.own);
        if found.is_none() {
            let known: Vec<&str> = self.scopes.iter().take(self.own).map(|scope| scope.source.path).collect();
            let diagnostic = Diagnostic::error(
                codes::P0103,
                format!("there is no file `{wanted}` in the workspace"),
                path.span,
            );
            diagnostics.push(match closest(&wanted, known) {
                Some(near) => {
                    let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                    match relative_to(&path.node, &wanted, near) {
                        Some(written) => {
                            diagnostic.fix(format!("write `{written}`"), path.span, format!("\"{written}\""))
                        }
                        None => diagnostic,
                    }
                }
                None => diagnostic.help("the path is relative to this file"),
            });
        }
        found
    }

    fn module_at(&self, path: &str, range: std::ops::Range<usize>) -> Option<ModuleId> {
        self.scopes
            .iter()
            .enumerate()
            .find(|(place, scope)| range.contains(place) && scope.source.path == path)
            .map(|(place, _)| ModuleId(place))
    }

    /// Reports circles of `use`. Refuses the first `use` of a circle, which breaks it.
    fn refuse_cycles(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        for place in 0..self.scopes.len() {
            let module = ModuleId(place);
            let Some(scope) = self.scopes.get(place).filter(|scope| !scope.uses.is_empty()) else { continue };
            // By name, as the findings of one file always came.
            let mut named: Vec<(&str, usize)> =
                scope.names.iter().map(|(name, place)| (*name, *place)).collect();
            named.sort_unstable();
            let named = named.into_iter().filter_map(|(_, place)| Some((place, scope.declared.get(place)?)));
            let back: Vec<(usize, &str, Span, ModuleId)> = named
                .filter_map(|(place, (name, found))| match found.definition {
                    Definition::Module(used) if self.with_uses(used).contains(&module) => {
                        Some((place, *name, found.span, used))
                    }
                    _ => None,
                })
                .collect();
            for (of_name, name, span, used) in back {
                let message = if used == module {
                    "this file uses itself".to_owned()
                } else {
                    format!("module `{name}` uses this file again")
                };
                let help = if used == module {
                    "its names are already available: remove the `use`"
                } else {
                    "move what both need into a third file that uses neither"
                };
                diagnostics.push(Diagnostic::error(codes::P0104, message, span).help(help));
                if let Some(scope) = self.scopes.get_mut(place) {
                    if let Some((_, found)) = scope.declared.get_mut(of_name) {
                        found.definition = Definition::Broken;
                    }
                    scope.uses.remove(&used);
                }
            }
        }
    }
}

/// A relative path to the file `near`, written like a path to `wanted`. Keeps the words of `written`.
fn relative_to(written: &str, wanted: &str, near: &str) -> Option<String> {
    let split = |path: &str| {
        path.rsplit_once('/').map_or((String::new(), path.to_owned()), |(folder, name)| {
            (format!("{folder}/"), name.to_owned())
        })
    };
    let ((folder, _), (near_folder, near_name)) = (split(wanted), split(near));
    let is_plain = near_name.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter));
    (folder == near_folder && is_plain).then(|| split(written).0 + &near_name)
}

/// A path relative to a folder of the workspace, without `.` and `..`. `None` if it leaves the workspace.
fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn a_path_is_relative_to_its_file_and_stays_in_the_workspace() {
        assert_eq!(join("a/b", "./c.pipe").as_deref(), Some("a/b/c.pipe"));
        assert_eq!(join("a/b", "../c.pipe").as_deref(), Some("a/c.pipe"));
        assert_eq!(join("a", "../../c.pipe"), None);
        assert_eq!(join("", "/etc/c.pipe"), None);
    }
}
