//! Finds the folder of the workspace, and reads its texts.

use crate::files::{Files, Kind};
use crate::input::{Content, InputText, read_one, with_slashes};
use crate::problem::{Problem, special, unreadable};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The location of a workspace, and the part of it to report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The workspace's folder, without symbolic links.
    pub root: PathBuf,
    /// The only file whose findings and outputs are reported, relative to the root.
    pub only: Option<PathBuf>,
}

/// The sources of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    /// Its sources, by path.
    pub texts: Vec<InputText>,
    /// The problems with unreadable files.
    pub problems: Vec<Problem>,
}

/// Finds the workspace. A given folder is the workspace. Otherwise it is the git repository around the given file or
/// around `here`. Without a repository, it is the folder of the file, or `here`.
///
/// # Errors
/// When the given path is neither a folder nor a readable file.
pub fn locate(files: &dyn Files, here: &Path, argument: Option<&Path>) -> Result<Place, Problem> {
    let Some(argument) = argument else {
        let here = resolve(files, here, ".")?;
        let root = repository(files, &here).unwrap_or(here);
        return Ok(Place { root, only: None });
    };
    let shown = argument.display().to_string();
    let path = here.join(argument);
    match files.kind(&path) {
        Ok(Kind::Folder) => Ok(Place { root: resolve(files, &path, &shown)?, only: None }),
        Ok(Kind::File) if argument.extension().is_some_and(|extension| extension == "pipe") => {
            let name = path.file_name().map(PathBuf::from).unwrap_or_default();
            let folder = resolve(files, path.parent().unwrap_or(here), &shown)?;
            let root = repository(files, &folder).unwrap_or_else(|| folder.clone());
            let only = folder.strip_prefix(&root).unwrap_or(Path::new("")).join(name);
            Ok(Place { root, only: Some(only) })
        }
        Ok(Kind::File) => Err(Problem::new(&shown, format!("`{shown}` is not a `.pipe` file"))
            .help("give a folder, or a file that ends in `.pipe`")),
        Ok(Kind::Absent) => Err(Problem::new(&shown, format!("there is no `{shown}`"))),
        Ok(Kind::Dangling) => {
            Err(Problem::new(&shown, format!("`{shown}` is a symbolic link that leads nowhere")))
        }
        Ok(Kind::Special) => Err(special(&shown)),
        Err(error) => Err(unreadable(&shown, &error)),
    }
}

/// The path of a workspace in its git repository, with `/` at the end. Empty for the repository itself, or without a
/// repository.
pub fn prefix_in_repository(files: &dyn Files, root: &Path) -> String {
    let inside =
        repository(files, root).and_then(|repository| with_slashes(root.strip_prefix(&repository).ok()?));
    match inside {
        Some(inside) if !inside.is_empty() => inside + "/",
        _ => String::new(),
    }
}

/// Reads every source of a workspace.
pub fn read_sources(files: &dyn Files, root: &Path) -> Texts {
    let found = files.find_sources(root);
    let mut workspace = Texts::default();
    for (folder, message) in found.unreadable {
        let shown = folder.strip_prefix(root).unwrap_or(&folder).display().to_string();
        let shown = if shown.is_empty() { ".".to_owned() } else { shown };
        let message = format!("can't list `{shown}`: {message}");
        workspace.problems.push(Problem::new(shown, message));
    }
    // The sources as they are shown, each with its path without symbolic links, if that is known.
    let mut texts: Vec<(Option<PathBuf>, InputText)> = Vec::new();
    for relative in found.sources {
        let Some(shown) = with_slashes(&relative) else {
            let shown = relative.display().to_string();
            let message = format!("the name of `{shown}` is not UTF-8");
            workspace.problems.push(Problem::new(shown, message).help("rename it"));
            continue;
        };
        // Generated files name their source in their first line.
        if breaks_lines(&shown) {
            let message = format!("the name of `{}` contains control characters", shown.escape_debug());
            workspace.problems.push(Problem::new(shown, message).help("rename it"));
            continue;
        }
        let path = root.join(&relative);
        match read_one(files, root, &path, &shown) {
            Ok((real, content)) => texts.push((Some(real), InputText { path: shown, content })),
            Err(problem) => {
                workspace.problems.push(problem);
                let text = InputText { path: shown, content: Content::Unreadable };
                texts.push((files.resolve(&path).ok(), text));
            }
        }
    }
    workspace.texts = without_second_links(root, texts);
    workspace.texts.sort_by(|left, right| left.path.cmp(&right.path));
    workspace
}

/// Whether a name contains line breaks or control characters.
fn breaks_lines(name: &str) -> bool {
    name.contains(|character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}'))
}

/// Reads one source, even an ignored one.
///
/// # Errors
/// When it can't be read.
pub fn read_source(files: &dyn Files, root: &Path, relative: &Path) -> Result<InputText, Problem> {
    let shown = with_slashes(relative).unwrap_or_else(|| relative.display().to_string());
    let (_, content) = read_one(files, root, &root.join(relative), &shown)?;
    Ok(InputText { path: shown, content })
}

/// The sources without duplicate links. A duplicate link leads to another source, or to the target of an earlier link.
fn without_second_links(root: &Path, texts: Vec<(Option<PathBuf>, InputText)>) -> Vec<InputText> {
    let is_plain = |real: &Path, text: &InputText| *real == root.join(&text.path);
    let plain: BTreeSet<PathBuf> =
        texts.iter().filter_map(|(real, text)| real.clone().filter(|real| is_plain(real, text))).collect();
    let mut led_to: BTreeSet<PathBuf> = BTreeSet::new();
    let mut says_something = |(real, text): &(Option<PathBuf>, InputText)| match real {
        Some(real) => is_plain(real, text) || !plain.contains(real) && led_to.insert(real.clone()),
        None => true,
    };
    texts.into_iter().filter(|text| says_something(text)).map(|(_, text)| text).collect()
}

fn resolve(files: &dyn Files, path: &Path, shown: &str) -> Result<PathBuf, Problem> {
    files.resolve(path).map_err(|error| unreadable(shown, &error))
}

fn repository(files: &dyn Files, folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|ancestor| matches!(files.kind(&ancestor.join(".git")), Ok(Kind::File | Kind::Folder)))
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::MAX_SOURCE_BYTES;
    use crate::memory::Memory;

    #[test]
    fn a_folder_is_the_workspace_and_a_file_narrows_the_one_around_it() {
        let files = Memory::new([
            ("/repo/.git/HEAD", ""),
            ("/repo/services/api/api.pipe", ""),
            ("/elsewhere/alone.pipe", ""),
        ]);
        let located =
            |argument: Option<&str>| locate(&files, Path::new("/repo/services"), argument.map(Path::new));
        assert_eq!(located(None).unwrap(), Place { root: "/repo".into(), only: None });
        assert_eq!(
            located(Some("/repo/services/api")).unwrap(),
            Place { root: "/repo/services/api".into(), only: None }
        );
        assert_eq!(
            located(Some("/repo/services/api/api.pipe")).unwrap(),
            Place { root: "/repo".into(), only: Some("services/api/api.pipe".into()) }
        );
        assert_eq!(
            located(Some("/elsewhere/alone.pipe")).unwrap(),
            Place { root: "/elsewhere".into(), only: Some("alone.pipe".into()) }
        );
        assert_eq!(located(Some("/nowhere")).unwrap_err().message, "there is no `/nowhere`");
        assert_eq!(
            located(Some("/repo/.git/HEAD")).unwrap_err().message,
            "`/repo/.git/HEAD` is not a `.pipe` file"
        );
    }

    #[test]
    fn a_workspace_knows_its_folder_in_the_repository() {
        let files = Memory::new([
            ("/repo/.git/HEAD", ""),
            ("/repo/services/api/api.pipe", ""),
            ("/alone/a.pipe", ""),
        ]);
        assert_eq!(prefix_in_repository(&files, Path::new("/repo")), "");
        assert_eq!(prefix_in_repository(&files, Path::new("/repo/services/api")), "services/api/");
        assert_eq!(prefix_in_repository(&files, Path::new("/alone")), "");
    }

    #[test]
    fn files_that_are_no_text_are_distinguished() {
        let files = Memory::new([
            ("/w/a.pipe", b"ok".to_vec()),
            ("/w/b.pipe", b"caf\xe9".to_vec()),
            ("/w/c.pipe", b"\xff\xfep\0".to_vec()),
            ("/w/d.pipe", vec![b' '; MAX_SOURCE_BYTES as usize + 1]),
            ("/w/e.txt", b"no source".to_vec()),
        ]);
        let workspace = read_sources(&files, Path::new("/w"));
        let contents: Vec<Content> = workspace.texts.into_iter().map(|text| text.content).collect();
        assert_eq!(
            contents,
            [
                Content::Text("ok".into()),
                Content::NotText { readable: "caf\u{fffd}".into(), offset: 3, utf16: false },
                Content::NotText { readable: "\u{fffd}\u{fffd}p\0".into(), offset: 0, utf16: true },
                Content::TooLarge,
            ]
        );
        assert_eq!(workspace.problems, []);
    }
}
