//! `pipec build`: proves, compiles, proves the outputs and writes them.

use crate::arguments::{Build, Format};
use crate::console::{Console, Outcome};
use crate::project::{self, Project, Purpose};
use pipec_base::{Diagnostic, Span, closest, codes};
use pipec_driver::{
    CompiledFile, Disk, Files, Kind, LOCK, LeftBehind, LockInTheWay, PlannedFile, PlannedLock, Problem,
    left_behind, plan, plan_lock, replace_all,
};
use pipec_report::json::Status;
use pipec_report::{human, unified_diff};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Compiles the workspace and writes, prints or compares its outputs.
pub fn run(arguments: &Build, console: &Console) -> Outcome {
    let refuse = |problem: &Problem| project::refuse(problem, arguments.report, console);
    if let Some(problem) = unknown_target(arguments).or_else(|| unfit_form(arguments)) {
        return refuse(&problem);
    }
    let writes_lock = !arguments.check && !arguments.stdout && arguments.out.is_none();
    let purpose = if writes_lock { Purpose::WriteLock } else { Purpose::Report };
    let mut project = match project::compile(arguments.path.as_deref(), purpose) {
        Ok(project) => project,
        Err(problem) => return refuse(&problem),
    };
    if !project.is_sound() {
        return project.report(arguments.report, "", console);
    }
    let outputs = wanted(&project, arguments);
    if arguments.stdout {
        print(&outputs, console);
        return project.report(arguments.report, "", console);
    }
    let root = match out_root(arguments, &project) {
        Ok(root) => root,
        Err(problem) => return refuse(&problem),
    };
    let planned = plan(&Disk, &root, &outputs, pipec_targets::all());
    let is_whole = project.only.is_none() && arguments.target.is_none() && arguments.out.is_none();
    let left = if is_whole {
        left_behind(&Disk, &root, &project.compilation.outputs, pipec_targets::all())
    } else {
        Vec::new()
    };
    project.add(planned.diagnostics);
    project.problems.extend(planned.problems);
    let lock = lock(&root, &mut project, arguments);
    let plan = Plan { files: planned.files, left, lock };
    let success = if arguments.check {
        compare(&plan, &mut project, arguments, console)
    } else if project.is_sound() {
        write(&plan, &mut project, arguments)
    } else {
        String::new()
    };
    project.report(arguments.report, &success, console)
}

/// What a build writes and removes, or compares.
struct Plan {
    files: Vec<PlannedFile>,
    /// The generated files that no pipeline makes any more.
    left: Vec<LeftBehind>,
    lock: Option<PlannedLock>,
}

fn unknown_target(arguments: &Build) -> Option<Problem> {
    let name = arguments.target.as_ref()?;
    let known: Vec<&str> = pipec_targets::all().iter().map(|target| target.name()).collect();
    if known.contains(&name.as_str()) {
        return None;
    }
    let help = match closest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("this version has `{}`", known.join("`, `")),
    };
    Some(Problem::new(name, format!("there is no target `{name}`")).help(help))
}

fn unfit_form(arguments: &Build) -> Option<Problem> {
    let form = arguments.report.format.word()?;
    arguments.stdout.then(|| {
        Problem::new("--stdout", format!("`--stdout` and `--format {form}` both use standard output"))
            .help("choose one")
    })
}

/// The outputs of the requested pipelines and targets.
fn wanted(project: &Project, arguments: &Build) -> Vec<CompiledFile> {
    let file = project.only.as_deref().and_then(|path| project.compilation.file(path));
    let outputs = project.compilation.outputs.iter();
    outputs
        .filter(|output| {
            let is_of = |file| {
                output.owners().any(|owner| project.compilation.sources.file_of(owner.origin) == Some(file))
            };
            file.is_none_or(is_of)
        })
        .filter(|output| arguments.target.as_ref().is_none_or(|target| output.target == target))
        .cloned()
        .collect()
}

fn out_root(arguments: &Build, project: &Project) -> Result<PathBuf, Problem> {
    match &arguments.out {
        Some(out) => {
            let folder = project::here()?.join(out);
            if matches!(Disk.kind(&folder), Ok(Kind::File | Kind::Special)) {
                let shown = out.display().to_string();
                return Err(Problem::new(&shown, format!("`{shown}` is not a folder"))
                    .help("nothing was written; `--out` takes a folder and creates it if it is missing"));
            }
            Ok(folder)
        }
        None => Ok(project.root.clone()),
    }
}

fn print(outputs: &[CompiledFile], console: &Console) {
    for output in outputs {
        if outputs.len() > 1 {
            console.data(&format!("# {}\n", output.file.path));
        }
        console.data(&output.file.text);
    }
}

/// The new lock file for all pipelines and targets, not only for the requested ones.
fn lock(root: &Path, project: &mut Project, arguments: &Build) -> Option<PlannedLock> {
    let planned = match plan_lock(&Disk, root, &project.compilation.pins, project.lock.as_ref()) {
        Ok(planned) => planned?,
        Err(LockInTheWay::HandWritten(finding)) => {
            project.add(vec![*finding]);
            return None;
        }
        Err(LockInTheWay::Unwritable(problem)) => {
            project.problems.push(problem);
            return None;
        }
    };
    // Another build of the same sources writes the same lock file.
    if arguments.out.is_none() && planned.is_changed() && !planned.still_says(project.lock.as_ref()) {
        let message = format!("`{LOCK}` was changed by another program while it was read");
        project.problems.push(Problem::new(LOCK, message).help("nothing was written; run it again"));
    }
    Some(planned)
}

fn compare(plan: &Plan, project: &mut Project, arguments: &Build, console: &Console) -> String {
    let Plan { files, left, lock } = plan;
    let show = |path: &str, old: Option<&str>, new: &str| {
        if arguments.report.format == Format::Human {
            let old_name = if old.is_some() { format!("a/{path}") } else { "/dev/null".to_owned() };
            let old = old.unwrap_or("");
            console.data(&unified_diff(&old_name, &format!("b/{path}"), old, new, console.out_colour));
        }
    };
    let mut findings = Vec::new();
    for file in files {
        let path = &file.output.file.path;
        if !file.is_changed() {
            project.files.push((path.clone(), Status::Unchanged));
            continue;
        }
        project.files.push((path.clone(), Status::Differs));
        findings.push(drift(file));
        show(path, file.old.as_deref(), &file.output.file.text);
    }
    if let Some(lock) = lock {
        let status = if lock.has_drifted() { Status::Differs } else { Status::Unchanged };
        project.files.push((LOCK.to_owned(), status));
        if lock.has_drifted() {
            findings.push(drift_of_lock(lock));
            show(LOCK, lock.old_text(), &lock.new);
        }
    }
    for left in left {
        project.files.push((left.path.clone(), Status::Unclaimed));
        findings.push(left_over(&left.path));
    }
    project.add(findings);
    let proven = human::proven(&project.compilation.program);
    match files.len() + usize::from(lock.is_some()) {
        1 => format!("{proven}\n1 file is up to date\n"),
        number => format!("{proven}\n{number} files are up to date\n"),
    }
}

fn drift(file: &PlannedFile) -> Diagnostic {
    let CompiledFile { owner, other_owners, file: output, .. } = &file.output;
    let path = &output.path;
    let compile = if other_owners.is_empty() { "compiles to" } else { "compile to" };
    let message = match &file.old {
        Some(_) => format!("`{path}` differs from what {} {compile}", file.output.owners_in_words()),
        None => format!("`{path}` is missing"),
    };
    let mut finding =
        Diagnostic::error(codes::P1202, message, owner.origin).saying("compiled from this pipeline");
    for other in other_owners {
        finding = finding.label(other.origin, "and from this one");
    }
    match file.old.as_deref().and_then(|old| first_difference(old, &output.text)) {
        Some(line) => finding.note(format!("line {line} is the first difference")).help(
            "move a change of the file to the source or, if it is a pin, to `pipec.lock`; then run \
                   `pipec build`, and commit its result",
        ),
        None => finding.help("run `pipec build`, and commit its result"),
    }
}

fn drift_of_lock(lock: &PlannedLock) -> Diagnostic {
    let message = match &lock.old {
        Some(_) => format!("`{LOCK}` differs from what the workspace uses"),
        None => format!("`{LOCK}` is missing"),
    };
    let mut finding = Diagnostic::error(codes::P1202, message, Span::default());
    finding.labels.clear();
    if lock.old.is_some() && !lock.added.is_empty() {
        finding = finding.note(format!("it lacks {}", lock.added.join(", ")));
    }
    if !lock.dropped.is_empty() {
        finding = finding.note(format!("nothing uses {}", lock.dropped.join(", ")));
    }
    finding.help("run `pipec build`, and commit its result")
}

/// The first line that differs, counted from 1.
fn first_difference(old: &str, new: &str) -> Option<usize> {
    let lines = old.lines().count().max(new.lines().count());
    let (mut old, mut new) = (old.lines(), new.lines());
    (1..=lines).find(|_| old.next() != new.next())
}

/// Reports a workflow that no pipeline makes. It still runs, so it may be a second path to production.
fn left_over(path: &str) -> Diagnostic {
    let message = format!("`{path}` was generated, but no pipeline makes it any more");
    let mut finding = Diagnostic::error(codes::P1202, message, Span::default())
        .note("the engine still runs it")
        .help("run `pipec build`, which removes it, and commit the result");
    finding.labels.clear();
    finding
}

fn write(plan: &Plan, project: &mut Project, arguments: &Build) -> String {
    let Plan { files, left, lock } = plan;
    let lock = lock.as_ref();
    let changed = files.iter().filter(|file| file.is_changed()).map(PlannedFile::change);
    let lock_change = lock.filter(|lock| lock.is_changed()).map(PlannedLock::change);
    let written: Vec<_> = changed.chain(lock_change).collect();
    let changes: Vec<_> = written.iter().cloned().chain(left.iter().map(LeftBehind::removal)).collect();
    if let Err(problem) = replace_all(&Disk, &changes) {
        project.problems.push(problem);
        return String::new();
    }
    let mut summary = human::proven(&project.compilation.program) + "\n";
    let all = files.iter().map(|file| (file.output.file.path.as_str(), file.is_changed()));
    let all: Vec<(&str, bool)> = all.chain(lock.map(|lock| (LOCK, lock.is_changed()))).collect();
    for (path, is_changed) in &all {
        let status = if *is_changed { Status::Written } else { Status::Unchanged };
        project.files.push(((*path).to_owned(), status));
        if status == Status::Written {
            let shown = arguments.out.as_deref().unwrap_or(Path::new("")).join(path);
            summary.push_str(&format!("wrote {}\n", shown.display()));
        }
    }
    let news = new_on_platform(files);
    if !news.is_empty() {
        let news = news.into_iter().collect::<Vec<_>>().join(", ");
        summary.push_str(&format!("new on the platform: {news}; `pipec assure` says how to set it\n"));
    }
    for LeftBehind { path, .. } in left {
        project.files.push((path.clone(), Status::Removed));
        summary.push_str(&format!("removed {path}: no pipeline makes it any more\n"));
    }
    for note in lock.map(PlannedLock::notes).unwrap_or_default() {
        summary.push_str(&format!("{note}\n"));
    }
    let dropped = lock.map(|lock| lock.dropped.as_slice()).unwrap_or_default();
    for what in dropped {
        summary.push_str(&format!("dropped {what} from {LOCK}: nothing uses it\n"));
    }
    match all.len() - written.len() {
        0 => {}
        1 => summary.push_str("1 file is unchanged\n"),
        number => summary.push_str(&format!("{number} files are unchanged\n")),
    }
    summary
}

/// What changed files ask of the platform that no output on disk asked before.
fn new_on_platform(files: &[PlannedFile]) -> BTreeSet<String> {
    let mut before = BTreeSet::new();
    let mut now = BTreeSet::new();
    for file in files {
        let target = pipec_targets::all().iter().find(|target| target.name() == file.output.target);
        let (Some(target), Some(old)) = (target, &file.old) else { continue };
        before.extend(target.asked_of_platform(old));
        now.extend(target.asked_of_platform(&file.output.file.text));
    }
    now.difference(&before).cloned().collect()
}
