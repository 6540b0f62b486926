//! From texts to outputs and findings, without any other input.

use crate::compiled_file::{CompiledFile, contested};
use crate::emit::{Compiled, emit_all};
use crate::findings::tidy;
use crate::input::{Content, InputText, findings_of_content};
use crate::reading::{self, Reading};
use pipec_analysis::{Allowed, Effort, Module, Reference, analyse};
use pipec_base::{Cancellation, Cancelled, Diagnostic, FileId, Sources, Span, parallel};
use pipec_claims::PipelineClaims;
use pipec_ir::{Engine, Pins, Program};
use pipec_syntax::{Tokens, ast};
use pipec_target_api::{Target, TargetContext};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// What a compilation depends on besides the texts.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The standard modules: their names (`std/rust.pipe`) and texts.
    pub standard: &'a [(&'a str, &'a str)],
    /// The engines that a source can name.
    pub engines: &'a [&'a dyn Engine],
    /// The targets of this version.
    pub targets: &'a [&'a dyn Target],
    /// The day that decides which allowances have expired.
    pub today: ast::Date,
    /// The compiler's version.
    pub version: &'a str,
    /// What `pipec.lock` says, if there is one.
    pub lock: Option<&'a Pins>,
    /// Whether the claims list what outputs leave to settings and trust. That costs more proofs.
    pub lists_assumptions: bool,
}

/// What compiling a workspace gave.
#[derive(Clone, Debug, Default)]
pub struct Compilation {
    /// All texts: the workspace's by path, then the standard modules'.
    pub sources: Sources,
    /// The pipelines; proven if no finding is an error.
    pub program: Program,
    /// All findings, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The findings that the source allows.
    pub allowed: Vec<Allowed>,
    /// The names that were resolved, with what they stand for.
    pub references: Vec<Reference>,
    /// The files to write, in the order of their first pipelines, then of the targets; none if a finding is an error.
    pub outputs: Vec<CompiledFile>,
    /// What these files call and run in: what `pipec.lock` is to say.
    pub pins: Pins,
    /// What is claimed of each pipeline, in the order of the program; none if a finding is an error.
    pub claims: Vec<PipelineClaims>,
    /// What the analysis has cost.
    pub effort: Effort,
}

impl Compilation {
    /// Whether a finding refuses the program.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The number of the source with that path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.sources.iter().find(|(_, source)| source.path == path).map(|(file, _)| file)
    }
}

/// Remembers how the declarations of texts were read, and reads again only those that have changed.
#[derive(Clone, Debug, Default)]
pub struct Session {
    sources: Sources,
    readings: BTreeMap<FileId, Reading>,
    digests: BTreeMap<FileId, (Arc<str>, String)>,
    pieces_read: usize,
    keeps_tokens: bool,
}

/// The texts of a compilation, taken in: their numbers and paths, and what is wrong with those that are none.
#[derive(Debug)]
struct Texts<'t> {
    workspace: Vec<(FileId, &'t str)>,
    standard: Vec<(FileId, &'t str)>,
    findings: Vec<Diagnostic>,
}

/// What stands for a text that is not read.
#[derive(Debug)]
struct Trees {
    /// One broken declaration without a name, so that names it might have declared are not reported as missing.
    broken: ast::File,
    nothing: ast::File,
}

impl Session {
    /// Nothing read yet.
    pub fn new() -> Session {
        Session::default()
    }

    /// Nothing read yet; the tokens of what is read are kept for an editor.
    pub fn keeping_tokens() -> Session {
        Session { keeps_tokens: true, ..Session::default() }
    }

    /// How many pieces of texts, each a declaration with what stands before it, have been read since the session began.
    pub fn pieces_read(&self) -> usize {
        self.pieces_read
    }

    /// The tokens of a text as it was read last, comments included: those of each piece, with the byte that their places
    /// are counted from. None, if it was not read or the session keeps no tokens.
    pub fn tokens(&self, file: FileId) -> impl Iterator<Item = (usize, &Tokens)> {
        self.readings.get(&file).into_iter().flat_map(Reading::tokens)
    }

    /// Parses, analyses and proves the texts, and lets every target compile and judge every pipeline that wants it.
    pub fn compile(&mut self, texts: &[InputText], options: &Options<'_>) -> Compilation {
        let read = self.read(texts, options);
        self.compile_read(&read, options)
    }

    /// Does the same, unless it is cancelled; the session keeps what it has read.
    ///
    /// # Errors
    /// When it was cancelled before it came to an end.
    pub fn compile_unless(
        &mut self,
        cancellation: &Cancellation,
        texts: &[InputText],
        options: &Options<'_>,
    ) -> Result<Compilation, Cancelled> {
        let read = self.read(texts, options);
        cancellation.run(|| self.compile_read(&read, options))
    }

    /// Takes the texts in and reads what has changed.
    fn read<'t>(&mut self, texts: &'t [InputText], options: &Options<'t>) -> Texts<'t> {
        let mut findings = Vec::new();
        self.sources.clear();
        let workspace: Vec<(FileId, &str)> =
            texts.iter().map(|text| (self.take_in(text, &mut findings), text.path.as_str())).collect();
        let standard: Vec<(FileId, &str)> =
            options.standard.iter().map(|(path, text)| (self.sources.add(*path, *text), *path)).collect();
        let is_text = |(_, text): &(_, &InputText)| matches!(text.content, Content::Text(_));
        let own = workspace.iter().zip(texts).filter(is_text).map(|((file, _), _)| *file).collect();
        self.read_all(own);
        let used = self.read_used(&workspace, &standard);
        let kept: BTreeSet<FileId> = workspace.iter().map(|(file, _)| *file).chain(used).collect();
        self.readings.retain(|file, _| kept.contains(file));
        Texts { workspace, standard, findings }
    }

    /// What follows from the texts that were read.
    fn compile_read(&self, texts: &Texts<'_>, options: &Options<'_>) -> Compilation {
        let mut diagnostics = texts.findings.clone();
        let all = texts.workspace.iter().chain(&texts.standard);
        let all = all.filter_map(|(file, _)| self.readings.get(file));
        diagnostics.extend(all.flat_map(|read| read.diagnostics.clone()));

        let trees = Trees::new();
        let workspace = self.modules(&texts.workspace, &trees.broken);
        let standard = self.modules(&texts.standard, &trees.nothing);
        let mut analysis = analyse(&workspace, &standard, &self.sources, options.engines, options.today);
        analysis.program.lock = options.lock.cloned().unwrap_or_default();
        diagnostics.extend(analysis.diagnostics);
        if !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(analysis.unproven);
        }

        let mut compiled = Compiled::default();
        if !diagnostics.iter().any(Diagnostic::is_error) {
            let context = TargetContext {
                version: options.version.to_owned(),
                lists_assumptions: options.lists_assumptions,
            };
            compiled = emit_all(&mut analysis.program, options.targets, &context);
            diagnostics.append(&mut compiled.diagnostics);
            diagnostics.extend(contested(&compiled.outputs));
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            compiled = Compiled::default();
        }
        let proved = analysis.proved.into_iter().zip(compiled.claims);
        let claims = proved.map(|(source, targets)| PipelineClaims { source, targets });
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

    fn modules<'a>(&'a self, files: &[(FileId, &'a str)], unread: &'a ast::File) -> Vec<Module<'a>> {
        let module = |(file, path): &(FileId, &'a str)| Module {
            path,
            start: self.sources.start(*file),
            digest: self.digests.get(file).map_or("", |(_, digest)| digest),
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
        self.digests.remove(&file);
        file
    }

    /// Parses these files, except those whose trees are known.
    fn read_all(&mut self, files: Vec<FileId>) {
        let new: Vec<(FileId, Arc<str>)> = files
            .into_iter()
            .filter_map(|file| Some((file, self.sources.get(file)?.text.clone())))
            .filter(|(file, text)| self.readings.get(file).is_none_or(|read| read.text != *text))
            .collect();
        if new.is_empty() {
            return;
        }
        let digests = parallel::map(&new, |(_, text)| hexadecimal(&Sha256::digest(text.as_bytes())));
        let digests = new.iter().zip(digests).map(|((file, text), digest)| (*file, (text.clone(), digest)));
        self.digests.extend(digests);
        self.pieces_read += reading::read(&new, &mut self.readings, &mut self.sources, self.keeps_tokens);
    }

    /// Parses the standard modules that the workspace uses, and those that they use; the others are as good as empty.
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
        Trees { broken: ast::File { items: vec![Arc::new(item)] }, nothing: ast::File::default() }
    }
}

/// The path of the standard module that a `use` names.
fn standard_path(path: &ast::Path) -> String {
    let words: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
    format!("{}.pipe", words.join("/"))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
