//! `pipec fmt`: formats `.pipe` files.

use crate::arguments::Fmt;
use crate::console::{Console, Outcome};
use crate::project::here;
use pipec_base::Diagnostic;
use pipec_driver::{
    Change, Content, Counts, Disk, InputText, Layout, Problem, destination, layout, locate, read_source,
    read_sources, replace_all,
};
use pipec_report::{human, unified_diff};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Formats files, or lists those that would change.
pub fn run(arguments: &Fmt, console: &Console) -> Outcome {
    if arguments.stdin {
        return from_stdin(arguments, console);
    }
    match gather(&arguments.paths) {
        Ok(folders) => folders
            .into_iter()
            .map(|folder| format_folder(folder, arguments, console))
            .max()
            .unwrap_or(Outcome::Clean),
        Err(problem) => {
            console.problem(&problem);
            Outcome::Trouble
        }
    }
}

/// The sources below one folder.
struct Gathered {
    root: PathBuf,
    texts: Vec<InputText>,
    problems: Vec<Problem>,
}

fn gather(paths: &[PathBuf]) -> Result<Vec<Gathered>, Problem> {
    let here = here()?;
    let arguments: Vec<Option<&Path>> =
        if paths.is_empty() { vec![None] } else { paths.iter().map(|path| Some(path.as_path())).collect() };
    let mut gathered = Vec::new();
    for argument in arguments {
        let place = locate(&Disk, &here, argument)?;
        gathered.push(match place.only {
            Some(only) => {
                let text = read_source(&Disk, &place.root, &only)?;
                Gathered { root: place.root, texts: vec![text], problems: Vec::new() }
            }
            None => {
                let workspace = read_sources(&Disk, &place.root);
                Gathered { root: place.root, texts: workspace.texts, problems: workspace.problems }
            }
        });
    }
    Ok(gathered)
}

fn format_folder(gathered: Gathered, arguments: &Fmt, console: &Console) -> Outcome {
    let Gathered { root, texts, mut problems } = gathered;
    let laid_out = layout(&texts);
    let mut outcome = Outcome::Clean;
    if arguments.check {
        show(&laid_out, console);
        if !laid_out.changed.is_empty() {
            outcome = Outcome::Findings;
        }
    } else if let Err(problem) = write(&root, &laid_out, console) {
        problems.push(problem);
    }
    console.say(&human::diagnostics(&laid_out.sources, &laid_out.diagnostics, console.colour));
    for problem in &problems {
        console.problem(problem);
    }
    let counts = Counts::of(&laid_out.diagnostics);
    let summary = human::summary(counts.errors, counts.warnings);
    if !summary.is_empty() {
        console.say(&format!("{summary}\n"));
    }
    if counts.errors > 0 {
        outcome = outcome.max(Outcome::Findings);
    }
    if counts.internal > 0 {
        outcome = Outcome::Bug;
    }
    if !problems.is_empty() {
        outcome = outcome.max(Outcome::Trouble);
    }
    outcome
}

fn show(laid_out: &Layout, console: &Console) {
    for (path, old, new) in &laid_out.changed {
        let (old_name, new_name) = (format!("a/{path}"), format!("b/{path}"));
        console.data(&unified_diff(&old_name, &new_name, old, new, console.out_colour));
        console.say(&format!("would format {path}\n"));
    }
    if laid_out.changed.is_empty() && laid_out.diagnostics.is_empty() {
        console.say(&format!("{} formatted\n", already(laid_out.formatted)));
    }
}

fn write(root: &Path, laid_out: &Layout, console: &Console) -> Result<(), Problem> {
    let mut changes = Vec::new();
    for (path, old, new) in &laid_out.changed {
        changes.push(Change {
            destination: destination(&Disk, root, path)?,
            path: path.clone(),
            old: Some(old.as_bytes().to_vec()),
            new: Some(new.clone().into_bytes()),
        });
    }
    replace_all(&Disk, &changes)?;
    for (path, _, _) in &laid_out.changed {
        console.say(&format!("formatted {path}\n"));
    }
    if laid_out.changed.is_empty() && laid_out.diagnostics.is_empty() {
        console.say(&format!("{} formatted\n", already(laid_out.formatted)));
    }
    Ok(())
}

fn already(number: usize) -> String {
    format!("{} already", human::count(number, "file"))
}

fn from_stdin(arguments: &Fmt, console: &Console) -> Outcome {
    let mut bytes = Vec::new();
    let limit = pipec_driver::MAX_SOURCE_BYTES + 1;
    if let Err(error) = std::io::stdin().lock().take(limit).read_to_end(&mut bytes) {
        console.problem(&Problem::new("standard input", format!("can't read standard input: {error}")));
        return Outcome::Trouble;
    }
    let input = InputText { path: "<stdin>".to_owned(), content: Content::from_bytes(bytes) };
    let laid_out = layout(std::slice::from_ref(&input));
    if laid_out.diagnostics.iter().any(Diagnostic::is_error) {
        console.say(&human::diagnostics(&laid_out.sources, &laid_out.diagnostics, console.colour));
        return Outcome::Findings;
    }
    match (laid_out.changed.first(), input.content) {
        (Some(_), _) if arguments.check => {
            show(&laid_out, console);
            Outcome::Findings
        }
        (Some((_, _, new)), _) => {
            console.data(new);
            Outcome::Clean
        }
        (None, Content::Text(text)) if !arguments.check => {
            console.data(&text);
            Outcome::Clean
        }
        _ => Outcome::Clean,
    }
}
