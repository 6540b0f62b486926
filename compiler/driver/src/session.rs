//! Compiles texts to outputs and findings, without any other input.

use crate::compiled_file::{CompiledFile, contested};
use crate::emit::{Compiled, emit_all, refusals};
use crate::findings::tidy;
use crate::input::{Content, InputText, findings_of_content};
use crate::outputs::Outputs;
use crate::reading::{self, Reading};
use pipec_analysis::{Allowed, Effort, Memory, Module, References, analyse_remembering};
use pipec_base::{Cancellation, Cancelled, Diagnostic, FileId, Sources, Span, codes};
use pipec_claims::PipelineClaims;
use pipec_ir::{Engine, Pins, Program};
use pipec_syntax::{Tokens, ast};
use pipec_target_api::{Target, TargetContext};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The inputs of a compilation besides the texts.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The standard modules: their names (`std/rust.pipe`) and texts.
    pub standard: &'a [(&'a str, &'a str)],
    /// The engines that a source may name.
    pub engines: &'a [&'a dyn Engine],
    /// The targets of this version.
    pub targets: &'a [&'a dyn Target],
    /// Today. It decides which allowances have expired.
    pub today: ast::Date,
    /// The pins of `pipec.lock`, if there is one.
    pub lock: Option<&'a Pins>,
    /// Whether the targets emit outputs and prove them. Otherwise they only report what they can't express, which is fast enough
    /// for each keystroke in an editor.
    pub emits_outputs: bool,
    /// Whether the claims include the settings and trust that outputs rely on. That costs more proofs.
    pub lists_assumptions: bool,
}

/// The result of compiling a workspace.
#[derive(Clone, Debug, Default)]
pub struct Compilation {
    /// All texts: first those of the workspace, then the standard modules.
    pub sources: Sources,
    /// The pipelines. They are proven if no finding is an error.
    pub program: Program,
    /// All findings, sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings that the source allows.
    pub allowed: Vec<Allowed>,
    /// The resolved names, with their declarations.
    pub references: References,
    /// The files to write, in the order of their first pipelines, then of the targets. Empty if a finding is an error.
    pub outputs: Vec<CompiledFile>,
    /// The actions and images that these files use. They are the next content of `pipec.lock`.
    pub pins: Pins,
    /// The claims about each pipeline, in the order of the program. Empty if a finding is an error.
    pub claims: Vec<PipelineClaims>,
    /// The cost of the analysis.
    pub effort: Effort,
}

impl Compilation {
    /// Whether a finding is an error.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The number of the source with this path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.sources.iter().find(|(_, source)| *source.path == *path).map(|(file, _)| file)
    }
}

/// How much of the work a session did, and did not find in its memory. The counts rise as long as the session lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Computed {
    /// Pieces of texts that were read. A piece is a declaration with the comments and blanks before it.
    pub pieces: usize,
    /// Declarations that were expanded.
    pub declarations: usize,
    /// Pipelines that were proven, with the checks of their scripts.
    pub pipelines: usize,
    /// Outputs of pipelines that were emitted and proven.
    pub outputs: usize,
}

/// Compiles texts again and again, and reads only changed declarations again.
#[derive(Debug, Default)]
pub struct Session {
    sources: Sources,
    readings: BTreeMap<FileId, Reading>,
    pieces_read: usize,
    keeps_tokens: bool,
    /// What an editor's session remembers of the last compilation.
    memory: Option<Remembered>,
}

/// What an editor's session remembers of the last compilation.
#[derive(Debug, Default)]
struct Remembered {
    analysis: Memory,
    outputs: Outputs,
}

/// The numbered texts of a compilation, and the findings about files without text.
#[derive(Debug)]
struct Texts<'t> {
    workspace: Vec<(FileId, &'t str)>,
    standard: Vec<(FileId, &'t str)>,
    findings: Vec<Diagnostic>,
}

/// The trees of texts that are not read.
#[derive(Debug)]
struct Trees {
    /// One broken declaration without a name. It keeps unknown names from being reported.
    broken: Arc<ast::File>,
    nothing: Arc<ast::File>,
}

impl Session {
    /// A session that has read nothing.
    pub fn new() -> Session {
        Session::default()
    }

    /// A session for an editor.
    ///
    /// It keeps tokens, and remembers each part of a compilation, so that an edit repeats only what depends on it. Both
    /// take memory that a single compilation does not need.
    pub fn for_editor() -> Session {
        Session { keeps_tokens: true, memory: Some(Remembered::default()), ..Session::default() }
    }

    /// The number of pieces read since the session began. A piece is a declaration with the comments before it.
    pub fn pieces_read(&self) -> usize {
        self.pieces_read
    }

    /// How much was computed since the session began, if it is an editor's.
    pub fn computed(&self) -> Computed {
        let memory = self.memory.as_ref();
        Computed {
            pieces: self.pieces_read,
            declarations: memory.map_or(0, |memory| memory.analysis.expanded()),
            pipelines: memory.map_or(0, |memory| memory.analysis.checked()),
            outputs: memory.map_or(0, |memory| memory.outputs.count),
        }
    }

    /// The tokens of each piece of a text, with comments.
    ///
    /// Each piece has its first byte, from which the places of its tokens are counted. Empty if the text was not read,
    /// or the session keeps no tokens.
    pub fn tokens(&self, file: FileId) -> impl Iterator<Item = (usize, &Tokens)> {
        self.readings.get(&file).into_iter().flat_map(Reading::tokens)
    }

    /// Parses, analyses and proves the texts. Then every target compiles and proves its pipelines.
    pub fn compile(&mut self, texts: &[InputText], options: &Options<'_>) -> Compilation {
        let read = self.read(texts, options);
        let mut memory = self.memory.take();
        let compilation = self.compile_read(&read, options, memory.as_mut());
        self.memory = memory;
        compilation
    }

    /// Compiles the texts unless it is cancelled. The session keeps what it has computed.
    ///
    /// # Errors
    /// When it was cancelled before its end.
    pub fn compile_unless(
        &mut self,
        cancellation: &Cancellation,
        texts: &[InputText],
        options: &Options<'_>,
    ) -> Result<Compilation, Cancelled> {
        let read = self.read(texts, options);
        // What was computed before the end stays true, so a session that is cancelled often still gets on.
        let mut memory = self.memory.take();
        let compilation = cancellation.run(|| self.compile_read(&read, options, memory.as_mut()));
        self.memory = memory;
        compilation
    }

    /// Numbers the texts and reads the changed ones.
    fn read<'t>(&mut self, texts: &'t [InputText], options: &Options<'t>) -> Texts<'t> {
        let mut findings = Vec::new();
        self.sources.clear();
        let workspace: Vec<(FileId, &str)> =
            texts.iter().map(|text| (self.take_in(text, &mut findings), text.path.as_str())).collect();
        let standard: Vec<(FileId, &str)> =
            options.standard.iter().map(|(path, text)| (self.sources.add(path, *text), *path)).collect();
        let is_text = |(_, text): &(_, &InputText)| matches!(text.content, Content::Text(_));
        let own = workspace.iter().zip(texts).filter(is_text).map(|((file, _), _)| *file).collect();
        self.read_all(own);
        let used = self.read_used(&workspace, &standard);
        let kept: BTreeSet<FileId> = workspace.iter().map(|(file, _)| *file).chain(used).collect();
        self.readings.retain(|file, _| kept.contains(file));
        Texts { workspace, standard, findings }
    }

    /// Analyses and compiles the texts that were read.
    fn compile_read(
        &self,
        texts: &Texts<'_>,
        options: &Options<'_>,
        mut memory: Option<&mut Remembered>,
    ) -> Compilation {
        let mut diagnostics = texts.findings.clone();
        let all = texts.workspace.iter().chain(&texts.standard);
        let all = all.filter_map(|(file, _)| self.readings.get(file));
        diagnostics.extend(all.flat_map(|read| read.diagnostics.clone()));

        let trees = Trees::new();
        let workspace = self.modules(&texts.workspace, &trees.broken);
        let standard = self.modules(&texts.standard, &trees.nothing);
        let mut analysis = analyse_remembering(
            &workspace,
            &standard,
            &self.sources,
            options.engines,
            options.today,
            memory.as_deref_mut().map(|memory| &mut memory.analysis),
        );
        analysis.program.lock = options.lock.cloned().unwrap_or_default();
        diagnostics.extend(analysis.diagnostics);
        if diagnostics.iter().any(|finding| finding.code == codes::P0020) {
            // A planned form may define variables, and nobody knows which.
            diagnostics.retain(|finding| finding.code != codes::P0904);
        }
        if !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(analysis.unproven);
        }

        let mut compiled = Compiled::default();
        if diagnostics.iter().any(Diagnostic::is_error) {
            // An output of a wrong source would only repeat its errors.
        } else if !options.emits_outputs {
            diagnostics.extend(refusals(&analysis.program, options.targets));
        } else {
            let context = TargetContext { lists_assumptions: options.lists_assumptions };
            compiled = emit_all(
                &mut analysis.program,
                options.targets,
                &context,
                memory.map(|memory| &mut memory.outputs),
            );
            diagnostics.append(&mut compiled.diagnostics);
            diagnostics.extend(contested(&compiled.outputs));
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            compiled = Compiled::default();
        }
        let proved = analysis.proved.into_iter().zip(compiled.claims);
        let claims = proved.map(|(source, targets)| PipelineClaims { source, targets: Arc::new(targets) });
        Compilation {
            sources: self.sources.clone(),
            program: analysis.program,
            diagnostics: tidy(diagnostics, &self.sources),
            allowed: analysis.allowed,
            references: analysis.references,
            outputs: compiled.outputs,
            pins: compiled.pins,
            claims: claims.collect(),
            effort: analysis.effort,
        }
    }

    fn modules<'a>(&'a self, files: &[(FileId, &'a str)], unread: &'a Arc<ast::File>) -> Vec<Module<'a>> {
        let module = |(file, path): &(FileId, &'a str)| Module {
            path,
            start: self.sources.start(*file),
            tree: self.readings.get(file).map_or(unread, |read| &read.tree),
        };
        files.iter().map(module).collect()
    }

    fn take_in(&mut self, text: &InputText, diagnostics: &mut Vec<Diagnostic>) -> FileId {
        if let Content::Text(content) = &text.content {
            return self.sources.add(&text.path, content.clone());
        }
        let (file, finding) = findings_of_content(text, &mut self.sources);
        diagnostics.extend(finding);
        self.readings.remove(&file);
        file
    }

    /// Parses these files, except unchanged ones.
    fn read_all(&mut self, files: Vec<FileId>) {
        let new: Vec<(FileId, Arc<str>)> = files
            .into_iter()
            .filter_map(|file| Some((file, self.sources.get(file)?.text.clone())))
            .filter(|(file, text)| self.readings.get(file).is_none_or(|read| !is_same(&read.text, text)))
            .collect();
        if new.is_empty() {
            return;
        }
        self.pieces_read += reading::read(&new, &mut self.readings, &mut self.sources, self.keeps_tokens);
    }

    /// Parses the standard modules that the workspace uses, directly or not. The others count as empty.
    fn read_used(&mut self, workspace: &[(FileId, &str)], standard: &[(FileId, &str)]) -> BTreeSet<FileId> {
        let mut open: Vec<FileId> = workspace.iter().map(|(file, _)| *file).collect();
        let mut used: BTreeSet<FileId> = BTreeSet::new();
        while !open.is_empty() {
            let named: BTreeSet<String> = open
                .iter()
                .filter_map(|file| self.readings.get(file))
                .flat_map(|read| &read.tree.items)
                .filter_map(|item| match &item.kind {
                    ast::Declaration::Use(ast::Use::Standard { path, .. }) => Some(standard_path(path)),
                    _ => None,
                })
                .collect();
            open = standard
                .iter()
                .filter(|(file, path)| named.contains(*path) && used.insert(*file))
                .map(|(file, _)| *file)
                .collect();
            self.read_all(open.clone());
        }
        used
    }
}

impl Trees {
    fn new() -> Trees {
        let item = ast::Clause {
            docs: Vec::new(),
            allows: Vec::new(),
            kind: ast::Declaration::Error { name: None },
            span: Span::default(),
        };
        Trees { broken: Arc::new(ast::File { items: vec![Arc::new(item)] }), nothing: Arc::default() }
    }
}

/// Whether two texts are equal. Editors share the unchanged ones, so these need not be compared.
fn is_same(left: &Arc<str>, right: &Arc<str>) -> bool {
    Arc::ptr_eq(left, right) || left == right
}

/// The path of the standard module in a `use`.
fn standard_path(path: &ast::Path) -> String {
    let words: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
    format!("{}.pipe", words.join("/"))
}
