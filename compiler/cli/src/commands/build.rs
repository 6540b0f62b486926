//! `pipec build`: prove, compile, prove the outputs, write.

use crate::arguments::{Build, Format};
use crate::console::{Console, Outcome};
use crate::project::{self, Project};
use pipec_base::{Diagnostic, Severity, Span, closest, codes};
use pipec_driver::{CompiledFile, Disk, PlannedFile, Problem, plan, replace_all, unclaimed};
use pipec_report::json::Status;
use pipec_report::{human, unified_diff};
use std::path::{Path, PathBuf};

/// Compiles the workspace and writes, prints or compares its outputs.
pub fn run(arguments: &Build, console: &Console) -> Outcome {
    let refuse = |problem: &Problem| project::refuse(problem, arguments.report, console);
    if let Some(problem) = unknown_target(arguments).or_else(|| unfit_form(arguments)) {
        return refuse(&problem);
    }
    let mut project = match project::compile(arguments.path.as_deref()) {
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
        unclaimed(&Disk, &root, &project.compilation.outputs, pipec_targets::all())
    } else {
        Vec::new()
    };
    project.files.extend(left.iter().map(|path| (path.clone(), Status::Unclaimed)));
    let severity = if arguments.check { Severity::Error } else { Severity::Warning };
    project.add(left.iter().map(|path| left_behind(path, severity)).collect());
    project.add(planned.diagnostics);
    project.problems.extend(planned.problems);
    let success = if arguments.check {
        compare(&planned.files, &mut project, arguments, console)
    } else if project.is_sound() {
        write(&planned.files, &mut project, arguments)
    } else {
        String::new()
    };
    project.report(arguments.report, &success, console)
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
        Problem::new("--stdout", format!("`--stdout` and `--format {form}` both want standard output"))
            .help("choose one")
    })
}

/// The outputs of the pipelines and targets asked for.
fn wanted(project: &Project, arguments: &Build) -> Vec<CompiledFile> {
    let file = project.only.as_deref().and_then(|path| project.compilation.file(path));
    let outputs = project.compilation.outputs.iter();
    outputs
        .filter(|output| file.is_none_or(|file| output.origin.file == file))
        .filter(|output| arguments.target.as_ref().is_none_or(|target| output.target == target))
        .cloned()
        .collect()
}

fn out_root(arguments: &Build, project: &Project) -> Result<PathBuf, Problem> {
    match &arguments.out {
        Some(out) => Ok(project::here()?.join(out)),
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

fn compare(files: &[PlannedFile], project: &mut Project, arguments: &Build, console: &Console) -> String {
    let mut findings = Vec::new();
    for file in files {
        let path = &file.output.file.path;
        if !file.has_drifted(pipec_targets::all()) {
            project.files.push((path.clone(), Status::Unchanged));
            continue;
        }
        project.files.push((path.clone(), Status::Differs));
        findings.push(drift(file));
        if arguments.report.format == Format::Human {
            let old = file.old.as_deref().unwrap_or("");
            let old_name = if file.old.is_some() { format!("a/{path}") } else { "/dev/null".to_owned() };
            let new = &file.output.file.text;
            console.data(&unified_diff(&old_name, &format!("b/{path}"), old, new, console.out_colour));
        }
    }
    project.add(findings);
    let proven = human::proven(&project.compilation.program);
    match files.len() {
        1 => format!("{proven}\n1 file is up to date\n"),
        number => format!("{proven}\n{number} files are up to date\n"),
    }
}

fn drift(file: &PlannedFile) -> Diagnostic {
    let CompiledFile { pipeline, origin, file: output, .. } = &file.output;
    let path = &output.path;
    let message = match &file.old {
        Some(_) => format!("`{path}` differs from what pipeline `{pipeline}` compiles to"),
        None => format!("`{path}` is missing"),
    };
    let finding = Diagnostic::error(codes::P1202, message, *origin).saying("compiled from this pipeline");
    match file.old.as_deref().and_then(|old| first_difference(old, &output.text)) {
        Some(line) => finding
            .note(format!("line {line} is the first that differs"))
            .help("make in the source what was changed in the file; then run `pipec build`, and commit what it writes"),
        None => finding.help("run `pipec build`, and commit what it writes"),
    }
}

/// The first line that is not the same in both, counted from 1; the header, which names the version and the source, apart.
fn first_difference(old: &str, new: &str) -> Option<usize> {
    let lines = old.lines().count().max(new.lines().count());
    let (mut old, mut new) = (old.lines().skip(1), new.lines().skip(1));
    (2..=lines).find(|_| old.next() != new.next())
}

/// A workflow that no pipeline claims still runs: it may be a second path to production. But a person may have changed
/// it, so only a person removes it.
fn left_behind(path: &str, severity: Severity) -> Diagnostic {
    let message = format!("`{path}` was generated, and no pipeline claims it any more");
    let mut finding = Diagnostic::error(codes::P1202, message, Span::default())
        .note("the engine still runs it")
        .help("remove the file");
    finding.severity = severity;
    finding.labels.clear();
    finding
}

fn write(files: &[PlannedFile], project: &mut Project, arguments: &Build) -> String {
    let changed: Vec<&PlannedFile> = files.iter().filter(|file| file.is_changed()).collect();
    let changes: Vec<_> = changed.iter().map(|file| file.change()).collect();
    if let Err(problem) = replace_all(&Disk, &changes) {
        project.problems.push(problem);
        return String::new();
    }
    let mut told = human::proven(&project.compilation.program) + "\n";
    for file in files {
        let path = &file.output.file.path;
        let status = if file.is_changed() { Status::Written } else { Status::Unchanged };
        project.files.push((path.clone(), status));
        if status == Status::Written {
            let shown = arguments.out.as_deref().unwrap_or(Path::new("")).join(path);
            told.push_str(&format!("wrote {}\n", shown.display()));
        }
    }
    match files.len() - changed.len() {
        0 => {}
        1 => told.push_str("1 file is unchanged\n"),
        number => told.push_str(&format!("{number} files are unchanged\n")),
    }
    told
}
