//! From texts to outputs and findings, without any other input.

use crate::findings::tidy;
use crate::input::{Content, InputText, findings_of_content};
use pipec_analysis::{Allowed, Effort, Module, analyse};
use pipec_base::{Diagnostic, FileId, Sources, Span, codes, parallel};
use pipec_ir::{GeneratedFile, Pins, Pipeline, Program, Target, TargetContext};
use pipec_syntax::ast;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// What a compilation depends on besides the texts.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The standard modules: their names (`std/rust.pipe`) and texts.
    pub standard: &'a [(&'a str, &'a str)],
    /// The targets of this version.
    pub targets: &'a [&'a dyn Target],
    /// The day that decides which allowances have expired.
    pub today: ast::Date,
    /// The compiler's version.
    pub version: &'a str,
    /// What `pipec.lock` says, if there is one.
    pub lock: Option<&'a Pins>,
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
    /// The files to write, by pipeline and target; none if a finding is an error.
    pub outputs: Vec<CompiledFile>,
    /// What these files call and run in: what `pipec.lock` is to say.
    pub pins: Pins,
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

/// A file a target made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledFile {
    /// The target's name.
    pub target: &'static str,
    /// The pipeline's name.
    pub pipeline: String,
    /// Where the pipeline is declared.
    pub origin: Span,
    /// Where `emits` names the file, if it does.
    pub named: Option<Span>,
    /// The file.
    pub file: GeneratedFile,
}

/// Remembers the trees of texts that have not changed.
#[derive(Clone, Debug, Default)]
pub struct Session {
    read: BTreeMap<FileId, Read>,
}

#[derive(Clone, Debug)]
struct Read {
    text: Arc<str>,
    digest: String,
    tree: Arc<ast::File>,
    diagnostics: Vec<Diagnostic>,
}

impl Session {
    /// Nothing read yet.
    pub fn new() -> Session {
        Session::default()
    }

    /// Parses, analyses and proves the texts, and lets every target compile and judge every pipeline that wants it.
    pub fn compile(&mut self, texts: &[InputText], options: &Options<'_>) -> Compilation {
        let mut sources = Sources::new();
        let mut diagnostics = Vec::new();
        let workspace: Vec<(FileId, &str)> = texts
            .iter()
            .map(|text| (self.take_in(&mut sources, text, &mut diagnostics), text.path.as_str()))
            .collect();
        let standard: Vec<(FileId, &str)> =
            options.standard.iter().map(|(path, text)| (sources.add(*path, *text), *path)).collect();
        self.read.retain(|file, _| sources.get(*file).is_some());
        let texts = workspace.iter().zip(texts).filter(|(_, text)| matches!(text.content, Content::Text(_)));
        self.read_all(texts.map(|((file, _), _)| *file), &sources);
        self.read_used(&workspace, &standard, &sources);
        let all = workspace.iter().chain(&standard).filter_map(|(file, _)| self.read.get(file));
        diagnostics.extend(all.flat_map(|read| read.diagnostics.clone()));

        let workspace = self.modules(&workspace);
        let standard = self.modules(&standard);
        let mut analysis = analyse(&workspace, &standard, options.today);
        analysis.program.lock = options.lock.cloned().unwrap_or_default();
        diagnostics.extend(analysis.diagnostics);
        if !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.extend(analysis.unproven);
        }

        let mut compiled = Compiled::default();
        if !diagnostics.iter().any(Diagnostic::is_error) {
            compiled = compile_all(&mut analysis.program, options);
            diagnostics.append(&mut compiled.diagnostics);
            refuse_contested(&compiled.outputs, &mut diagnostics);
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            compiled = Compiled::default();
        }
        Compilation {
            sources,
            program: analysis.program,
            diagnostics: tidy(diagnostics),
            allowed: analysis.allowed,
            outputs: compiled.outputs,
            pins: compiled.pins,
            effort: analysis.effort,
        }
    }

    fn modules<'a>(&'a self, files: &[(FileId, &'a str)]) -> Vec<Module<'a>> {
        files
            .iter()
            .filter_map(|(file, path)| {
                let read = self.read.get(file)?;
                Some(Module { file: *file, path, text: &read.text, digest: &read.digest, tree: &read.tree })
            })
            .collect()
    }

    fn take_in(
        &mut self,
        sources: &mut Sources,
        text: &InputText,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> FileId {
        if let Content::Text(content) = &text.content {
            return sources.add(&text.path, content.clone());
        }
        let file = FileId(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX));
        diagnostics.extend(findings_of_content(text, sources));
        self.read.insert(file, Read::broken());
        file
    }

    /// Parses these files, but those whose trees are known.
    fn read_all(&mut self, files: impl Iterator<Item = FileId>, sources: &Sources) {
        let new: Vec<(FileId, &Arc<str>)> = files
            .filter_map(|file| Some((file, &sources.get(file)?.text)))
            .filter(|(file, text)| {
                !self.read.get(file).is_some_and(|read| !read.digest.is_empty() && read.text == **text)
            })
            .collect();
        let read = parallel::map(&new, |(file, text)| (*file, Read::of(*file, text)));
        self.read.extend(read);
    }

    /// Parses the standard modules that the workspace uses, and those that they use; the others are as good as empty.
    fn read_used(&mut self, workspace: &[(FileId, &str)], standard: &[(FileId, &str)], sources: &Sources) {
        let mut open: Vec<FileId> = workspace.iter().map(|(file, _)| *file).collect();
        let mut used: BTreeSet<FileId> = BTreeSet::new();
        while !open.is_empty() {
            let named: BTreeSet<String> = open
                .iter()
                .filter_map(|file| self.read.get(file))
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
            self.read_all(open.iter().copied(), sources);
        }
        for (file, _) in standard.iter().filter(|(file, _)| !used.contains(file)) {
            self.read.insert(*file, Read::without_tree(Vec::new()));
        }
    }
}

/// The path of the standard module that a `use` names.
fn standard_path(path: &ast::Path) -> String {
    let words: Vec<&str> = path.segments.iter().map(|segment| segment.node.as_str()).collect();
    format!("{}.pipe", words.join("/"))
}

impl Read {
    /// A text without a tree: one broken declaration without a name, so that names it might have declared are not
    /// reported as missing.
    fn broken() -> Read {
        let item = ast::Clause {
            docs: Vec::new(),
            allows: Vec::new(),
            kind: ast::Declaration::Error { name: None },
            span: Span::default(),
        };
        Read::without_tree(vec![item])
    }

    /// What stands for a text that is not read.
    fn without_tree(items: Vec<ast::Clause<ast::Declaration>>) -> Read {
        let tree = Arc::new(ast::File { items });
        Read { text: Arc::from(""), digest: String::new(), tree, diagnostics: Vec::new() }
    }

    /// A text, read.
    fn of(file: FileId, text: &Arc<str>) -> Read {
        let parsed = pipec_syntax::parse(file, text);
        let digest = hexadecimal(&Sha256::digest(text.as_bytes()));
        Read { text: text.clone(), digest, tree: Arc::new(parsed.tree), diagnostics: parsed.diagnostics }
    }
}

/// What compiling gave, of one pipeline or of all.
#[derive(Default)]
struct Compiled {
    outputs: Vec<CompiledFile>,
    pins: Pins,
    diagnostics: Vec<Diagnostic>,
}

/// Compiles and judges every pipeline.
///
/// A call of `v7` is that of the newest `v7` in the lock, so a lock that gains a version may change what it calls. So that
/// the next build finds nothing to do, this one goes on until the lock it would write is the one it worked with. No call
/// ever goes back to an older version on that way, so it ends.
fn compile_all(program: &mut Program, options: &Options<'_>) -> Compiled {
    let context = TargetContext { version: options.version.to_owned() };
    loop {
        let mut all = Compiled::default();
        let compiled = parallel::map(&program.pipelines, |pipeline| {
            compile_pipeline(program, pipeline, options, &context)
        });
        for one in compiled {
            all.outputs.extend(one.outputs);
            all.pins.add(one.pins);
            all.diagnostics.extend(one.diagnostics);
        }
        if all.diagnostics.iter().any(Diagnostic::is_error) || !may_call_another(&all.pins, &program.lock) {
            return all;
        }
        program.lock = all.pins;
    }
}

/// Whether a version that is new in the lock has others beside it.
fn may_call_another(used: &Pins, lock: &Pins) -> bool {
    let mut new = used.actions.iter().filter(|action| !lock.actions.contains(action));
    new.any(|new| used.actions.iter().any(|other| other != new && other.name.eq_ignore_ascii_case(&new.name)))
}

fn compile_pipeline(
    program: &Program,
    pipeline: &Pipeline,
    options: &Options<'_>,
    context: &TargetContext,
) -> Compiled {
    let mut outputs = Vec::new();
    let mut pins = Pins::default();
    let mut diagnostics = Vec::new();
    for (name, origin) in &pipeline.targets {
        if !options.targets.iter().any(|target| target.name() == name) {
            let has: Vec<String> =
                options.targets.iter().map(|target| format!("`{}`", target.name())).collect();
            let finding =
                Diagnostic::error(codes::P1101, format!("this version has no target `{name}`"), origin.span)
                    .help(format!("it has {}", has.join(", ")));
            diagnostics.push(origin.explain(finding));
        }
    }
    for target in options.targets {
        let wanted =
            pipeline.targets.is_empty() || pipeline.targets.iter().any(|(name, _)| name == target.name());
        if !wanted {
            continue;
        }
        let output = target.compile(program, pipeline, context);
        let failed = output.diagnostics.iter().any(Diagnostic::is_error);
        diagnostics.extend(output.diagnostics);
        if failed {
            continue;
        }
        diagnostics.extend(target.verify(program, pipeline, &output.files));
        pins.add(output.pins);
        outputs.extend(output.files.into_iter().map(|file| CompiledFile {
            target: target.name(),
            pipeline: pipeline.name.clone(),
            origin: pipeline.origin.span,
            named: pipeline.emits.get(target.name()).map(|(_, origin)| origin.span),
            file,
        }));
    }
    Compiled { outputs, pins, diagnostics }
}

/// Two pipelines can't have one file; nor two files that differ in case alone, which are one on many machines. And no
/// file lies outside the workspace.
fn refuse_contested(outputs: &[CompiledFile], diagnostics: &mut Vec<Diagnostic>) {
    let mut owners: BTreeMap<String, &CompiledFile> = BTreeMap::new();
    for output in outputs {
        let path = &output.file.path;
        let escapes = path.is_empty()
            || path.starts_with('/')
            || path.contains(['\\', ':', '\0'])
            || path.split('/').any(|part| matches!(part, "" | "." | ".."));
        if escapes {
            let message = format!("the output `{path}` lies outside the workspace");
            diagnostics.push(
                Diagnostic::error(codes::P0105, message, output.origin).saying("the output of this pipeline"),
            );
        }
        if let Some(owner) = owners.get(&path.to_lowercase()) {
            let message =
                format!("pipelines `{}` and `{}` both write `{path}`", owner.pipeline, output.pipeline);
            diagnostics.push(
                Diagnostic::error(codes::P1203, message, output.named.unwrap_or(output.origin))
                    .saying("writes it")
                    .label(owner.named.unwrap_or(owner.origin), "writes it too")
                    .help(format!("give one of them another file: `emits {} \"…\"`", output.target)),
            );
            continue;
        }
        owners.insert(path.to_lowercase(), output);
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
