//! The common part of `check` and `build`: compiling the workspace and reporting the result.

use crate::arguments::{Deny, Format, ReportOptions};
use crate::bug::HOW_TO_REPORT;
use crate::console::{Console, Outcome};
use crate::{clock, progress};
use pipec_base::{Diagnostic, Severity};
use pipec_driver::{
    AppliedFix, Change, Compilation, Content, Counts, Disk, Fixed, InputText, LOCK, Lock, Options, Problem,
    Session, Workspace, destination, fix, locate, narrow, prefix_in_repository, read, read_source,
    replace_all, tidy,
};
use pipec_report::json::{self, Remedied, Results, Status, Trouble};
use pipec_report::{annotations, human, sarif};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// A compiled workspace.
#[derive(Debug)]
pub struct Project {
    /// Its folder.
    pub root: PathBuf,
    /// The only file that is reported on.
    pub only: Option<String>,
    /// Its `pipec.lock`.
    pub lock: Option<Lock>,
    /// The result of compiling it. It lives until the process ends, because freeing its parts one by one would waste
    /// time.
    pub compilation: ManuallyDrop<Compilation>,
    /// Unreadable paths. Writing outputs may add more.
    pub problems: Vec<Problem>,
    /// The status of each output.
    pub files: Vec<(String, Status)>,
    /// The fixes that were applied.
    pub fixed: Vec<AppliedFix>,
}

/// What a command does with the workspace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It reports on it, and leaves `pipec.lock` as it is.
    Report,
    /// It writes `pipec.lock`, so it may merge conflicts in it. It must not go back to an older version of pipec.
    WriteLock,
}

/// Finds, reads and compiles the workspace of a command.
///
/// # Errors
/// If the given path can't be read, or there is no source.
pub fn compile(argument: Option<&Path>, purpose: Purpose) -> Result<Project, Problem> {
    open(argument, purpose, |_, workspace, _, options| {
        (compile_once(&workspace.texts, options), Vec::new(), None)
    })
}

/// Compiles the workspace of a command, and lists the assumptions of the outputs.
///
/// # Errors
/// If the given path can't be read, or there is no source.
pub fn compile_for_assurance(argument: Option<&Path>) -> Result<Project, Problem> {
    open(argument, Purpose::Report, |_, workspace, _, options| {
        let options = Options { lists_assumptions: true, ..*options };
        (compile_once(&workspace.texts, &options), Vec::new(), None)
    })
}

/// Compiles the workspace of a command, and applies its mechanical fixes. It changes all files or none.
///
/// # Errors
/// If the given path can't be read, or there is no source.
pub fn compile_and_fix(argument: Option<&Path>) -> Result<Project, Problem> {
    open(argument, Purpose::Report, |root, workspace, only, options| {
        let texts = &workspace.texts;
        let as_they_are = |problem| (compile_once(texts, options), Vec::new(), problem);
        // Without the lock file, findings may be due to its absence, so their fixes may be wrong.
        if workspace.problems.iter().any(|problem| problem.path == LOCK) {
            return as_they_are(None);
        }
        let fixed = fix(texts, only, options);
        match write(root, &fixed) {
            Ok(()) => (fixed.compilation, fixed.applied, None),
            // Nothing was written, so the findings describe the files as they are.
            Err(problem) => as_they_are(Some(problem)),
        }
    })
}

/// Compiles once, in a session that lives until the process ends.
fn compile_once(texts: &[InputText], options: &Options<'_>) -> Compilation {
    ManuallyDrop::new(Session::new()).compile(texts, options)
}

fn write(root: &Path, fixed: &Fixed) -> Result<(), Problem> {
    let mut changes = Vec::new();
    for (path, old, new) in &fixed.changed {
        let destination = destination(&Disk, root, path)?;
        let current = read_source(&Disk, root, Path::new(path))?;
        if current.content != Content::Text(old.clone()) {
            let message = format!("`{path}` was changed by another program while it was being fixed");
            return Err(Problem::new(path, message).help("nothing was written; run it again"));
        }
        changes.push(Change {
            destination,
            path: path.clone(),
            old: Some(old.as_bytes().to_vec()),
            new: Some(new.clone().into_bytes()),
        });
    }
    replace_all(&Disk, &changes)
}

/// The compilation of a workspace, the applied fixes, and a problem that prevented them.
type Worked = (Compilation, Vec<AppliedFix>, Option<Problem>);

fn open(
    argument: Option<&Path>,
    purpose: Purpose,
    work: impl FnOnce(&Path, &Workspace, Option<&str>, &Options<'_>) -> Worked,
) -> Result<Project, Problem> {
    let today = clock::today()?;
    let place = locate(&Disk, &here()?, argument)?;
    let only = place.only.as_ref().map(|path| path.to_string_lossy().replace('\\', "/"));
    progress::during("proving", || {
        let mut workspace = read(&Disk, &place.root);
        if purpose == Purpose::Report {
            workspace.problems.extend(workspace.lock.as_ref().and_then(Lock::unresolved));
        }
        if let Some(only) = &only
            && !workspace.texts.iter().any(|text| text.path == *only)
        {
            let known = workspace.problems.iter().find(|problem| problem.path == *only);
            return Err(known.cloned().unwrap_or_else(|| left_out(only, &place.root)));
        }
        if workspace.texts.is_empty() && workspace.problems.is_empty() {
            let root = place.root.display().to_string();
            return Err(Problem::new(&root, format!("there is no `.pipe` file in `{root}`"))
                .help(format!("give the folder that contains them, or begin with one:\n\n{SMALLEST}")));
        }
        let options = Options {
            standard: pipec_stdlib::MODULES,
            engines: pipec_targets::engines(),
            targets: pipec_targets::all(),
            today,
            lock: workspace.pins(),
            emits_outputs: true,
            lists_assumptions: false,
        };
        let (compilation, fixed, problem) = work(&place.root, &workspace, only.as_deref(), &options);
        let mut problems = workspace.problems;
        problems.extend(problem);
        let severity = if purpose == Purpose::WriteLock { Severity::Error } else { Severity::Warning };
        let newer = workspace.lock.as_ref().and_then(|lock| lock.newer(severity));
        let mut project = Project {
            root: place.root.clone(),
            only,
            lock: workspace.lock,
            compilation: ManuallyDrop::new(compilation),
            problems,
            files: Vec::new(),
            fixed,
        };
        if let Some(newer) = newer {
            project.add(vec![newer]);
        }
        Ok(project)
    })
}

/// The smallest pipeline, for people without one.
const SMALLEST: &str = "pipeline first {
  on push to main

  stage commit {
    gate unit: test { run \"make test\" }
  }
}";

/// Why a given file is no part of its workspace.
fn left_out(only: &str, root: &Path) -> Problem {
    let workspace = format!("no part of the workspace `{}`", root.display());
    if only.split('/').any(|part| part.starts_with('.')) {
        let message = format!("`{only}` is hidden, so it is {workspace}");
        return Problem::new(only, message).help(
            "a name that begins with a dot is left out, and so is everything in such a folder; rename it",
        );
    }
    Problem::new(only, format!("`{only}` is ignored, so it is {workspace}"))
        .help("see `.gitignore` and `.pipeignore`; a given folder is its own workspace")
}

/// The current folder.
///
/// # Errors
/// If it has been removed.
pub fn here() -> Result<PathBuf, Problem> {
    std::env::current_dir()
        .map_err(|error| Problem::new(".", format!("can't find the current folder: {error}")))
}

impl Project {
    /// Whether the outputs may be written.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && !self.compilation.is_refused()
    }

    /// Adds findings about the outputs.
    pub fn add(&mut self, findings: Vec<Diagnostic>) {
        let mut all = std::mem::take(&mut self.compilation.diagnostics);
        all.extend(findings);
        self.compilation.diagnostics = tidy(all, &self.compilation.sources);
    }

    /// Reports all findings and problems, then `success` if there is no error.
    pub fn report(&self, options: ReportOptions, success: &str, console: &Console) -> Outcome {
        let file = self.only.as_deref().and_then(|path| self.compilation.file(path));
        let all = Counts::of(&self.compilation.diagnostics);
        let narrowed = narrow(self.compilation.diagnostics.clone(), file, &self.compilation.sources);
        let outcome = self.outcome(all, options);
        if let Some(data) = self.for_programs(&narrowed.shown, options.format) {
            console.data(&data);
            return outcome;
        }
        for fix in &self.fixed {
            let AppliedFix { path, line, column, code, title } = fix;
            console.say(&format!("fixed {path}:{line}:{column} {code}: {title}\n"));
        }
        console.say(&human::diagnostics(&self.compilation.sources, &narrowed.shown, console.colour));
        for problem in &self.problems {
            console.problem(problem);
        }
        if all.errors == 0 && self.problems.is_empty() {
            console.say(success);
        }
        let shown = Counts::of(&narrowed.shown);
        let summary = human::summary(shown.errors, shown.warnings);
        if !summary.is_empty() {
            console.say(&format!("{summary}\n"));
        }
        let hidden = human::summary(narrowed.hidden.errors, narrowed.hidden.warnings);
        if !hidden.is_empty() {
            console.say(&format!("{hidden} in other files of the workspace; `pipec check` shows all\n"));
        }
        if all.internal > 0 {
            console.say(&format!("{HOW_TO_REPORT}\n"));
        }
        outcome
    }

    /// Keeps only the pipelines of the given file, if there is one.
    pub fn narrow_to_file(&mut self) {
        if let Some(file) = self.only.as_deref().and_then(|path| self.compilation.file(path)) {
            let Compilation { sources, program, .. } = &mut *self.compilation;
            program.pipelines.retain(|pipeline| sources.file_of(pipeline.origin.span) == Some(file));
        }
    }

    /// Reports errors and problems to people, after a command whose data does not contain them.
    pub fn report_trouble(&self, console: &Console) -> Outcome {
        if self.is_sound() {
            return Outcome::Clean;
        }
        self.report(ReportOptions { format: Format::Human, deny: None }, "", console)
    }

    fn outcome(&self, counts: Counts, options: ReportOptions) -> Outcome {
        let denied = options.deny == Some(Deny::Warnings) && counts.warnings > 0;
        if counts.internal > 0 {
            Outcome::Bug
        } else if !self.problems.is_empty() {
            Outcome::Trouble
        } else if counts.errors > 0 || denied {
            Outcome::Findings
        } else {
            Outcome::Clean
        }
    }

    /// The findings in a form for programs.
    fn for_programs(&self, shown: &[Diagnostic], format: Format) -> Option<String> {
        let trouble = |problem: &Problem| Trouble {
            path: problem.path.clone(),
            message: problem.message.clone(),
            help: problem.help.clone(),
        };
        let problems: Vec<Trouble> = self.problems.iter().map(trouble).collect();
        let Compilation { sources, program, .. } = &*self.compilation;
        match format {
            Format::Human => None,
            Format::Json => {
                let fixed = self.fixed.iter().map(|fix| Remedied {
                    path: fix.path.clone(),
                    line: fix.line,
                    column: fix.column,
                    code: fix.code.to_string(),
                    title: fix.title.clone(),
                });
                let results = Results { problems, files: self.files.clone(), fixed: fixed.collect() };
                Some(json::report(sources, program, shown, &results))
            }
            Format::Sarif => {
                let prefix = prefix_in_repository(&Disk, &self.root);
                let version = env!("CARGO_PKG_VERSION");
                let context = sarif::Context { version, prefix: &prefix, problems: &problems };
                Some(sarif::report(sources, shown, context))
            }
            Format::Github => {
                let prefix = prefix_in_repository(&Disk, &self.root);
                Some(annotations::report(sources, shown, &problems, &prefix))
            }
        }
    }
}

/// Reports a problem that occurred before any finding, in the requested form.
pub fn refuse(problem: &Problem, options: ReportOptions, console: &Console) -> Outcome {
    let nothing = Project {
        root: PathBuf::new(),
        only: None,
        lock: None,
        compilation: ManuallyDrop::default(),
        problems: vec![problem.clone()],
        files: Vec::new(),
        fixed: Vec::new(),
    };
    match nothing.for_programs(&[], options.format) {
        None => console.problem(problem),
        Some(data) => console.data(&data),
    }
    Outcome::Trouble
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipec_base::{Span, codes};

    fn ends(findings: Vec<Diagnostic>, problems: Vec<Problem>, deny: Option<Deny>) -> Outcome {
        let project = Project {
            root: PathBuf::new(),
            only: None,
            lock: None,
            compilation: ManuallyDrop::new(Compilation { diagnostics: findings, ..Compilation::default() }),
            problems,
            files: Vec::new(),
            fixed: Vec::new(),
        };
        let counts = Counts::of(&project.compilation.diagnostics);
        project.outcome(counts, ReportOptions { format: Format::Human, deny })
    }

    #[test]
    fn findings_decide_the_exit_status() {
        let error = || Diagnostic::error(codes::P0401, "skippable", Span::default());
        let warning = || Diagnostic::warning(codes::P0901, "swallowed", Span::default());
        let bug = || Diagnostic::error(codes::P1190, "the output differs", Span::default());
        let problem = || Problem::new("x", "can't read `x`");
        assert_eq!(ends(vec![], vec![], Some(Deny::Warnings)), Outcome::Clean);
        assert_eq!(ends(vec![warning()], vec![], None), Outcome::Clean);
        assert_eq!(ends(vec![warning()], vec![], Some(Deny::Warnings)), Outcome::Findings);
        assert_eq!(ends(vec![error(), warning()], vec![], None), Outcome::Findings);
        assert_eq!(ends(vec![error()], vec![problem()], None), Outcome::Trouble);
        assert_eq!(ends(vec![error(), bug()], vec![problem()], None), Outcome::Bug);
    }
}
