//! The source files of a workspace, with the content that was read.

use crate::files::{Files, Kind};
use crate::problem::{Problem, special, unreadable};
use pipec_base::{Diagnostic, FileId, Sources, codes};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The maximum length of a source, in bytes (language reference, "Text").
pub const MAX_SOURCE_BYTES: u64 = 4 << 20;

/// The content of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text(Arc<str>),
    /// Bytes that are not UTF-8.
    NotText {
        /// The text with replacement characters.
        readable: Arc<str>,
        /// The first byte that is not UTF-8.
        offset: usize,
        /// Whether it begins like UTF-16.
        utf16: bool,
    },
    /// More than [`MAX_SOURCE_BYTES`].
    TooLarge,
    /// Unreadable. A [`Problem`] gives the reason.
    Unreadable,
}

/// A source file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputText {
    /// Relative to the workspace, with `/`.
    pub path: String,
    /// Its content.
    pub content: Content,
}

/// Reads one file below `root`. Returns its path without symbolic links, and its content.
///
/// # Errors
/// When it is not a regular file, can't be read, or is outside the workspace.
pub(crate) fn read_one(
    files: &dyn Files,
    root: &Path,
    path: &Path,
    shown: &str,
) -> Result<(PathBuf, Content), Problem> {
    match files.kind(path) {
        Ok(Kind::File) => {}
        Ok(Kind::Folder) => {
            return Err(Problem::new(shown, format!("`{shown}` is a folder"))
                .help("only a source may end in `.pipe`: rename the folder, or add it to `.pipeignore`"));
        }
        Ok(Kind::Special) => return Err(special(shown)),
        Ok(Kind::Dangling) => {
            return Err(Problem::new(shown, format!("`{shown}` is a symbolic link that leads nowhere")));
        }
        Ok(Kind::Absent) => return Err(Problem::new(shown, format!("`{shown}` has disappeared"))),
        Err(error) => return Err(unreadable(shown, &error)),
    }
    let real = files.resolve(path).map_err(|error| unreadable(shown, &error))?;
    if !real.starts_with(root) {
        return Err(Problem::new(
            shown,
            format!("`{shown}` is a symbolic link to a place outside the workspace"),
        )
        .help("a workspace is the same on every machine: move the file into it"));
    }
    let bytes = files.read(path, MAX_SOURCE_BYTES).map_err(|error| unreadable(shown, &error))?;
    Ok((real, bytes.map_or(Content::TooLarge, Content::from_bytes)))
}

impl Content {
    /// The content that the bytes of a file form.
    pub fn from_bytes(bytes: Vec<u8>) -> Content {
        if bytes.len() as u64 > MAX_SOURCE_BYTES {
            return Content::TooLarge;
        }
        match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text.into()),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
                Content::NotText { readable: String::from_utf8_lossy(bytes).into(), offset, utf16 }
            }
        }
    }
}

/// A relative path with `/`. `None` if it is not UTF-8.
pub(crate) fn with_slashes(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path
        .components()
        .filter(|component| !matches!(component, Component::CurDir))
        .map(|component| component.as_os_str().to_str())
        .collect();
    parts.map(|parts| parts.join("/"))
}

/// Adds a source without readable text, with a finding that explains its content.
pub(crate) fn findings_of_content(input: &InputText, sources: &mut Sources) -> (FileId, Option<Diagnostic>) {
    let path = &input.path;
    let readable: Arc<str> = match &input.content {
        Content::Text(text) | Content::NotText { readable: text, .. } => text.clone(),
        Content::TooLarge | Content::Unreadable => Arc::from(""),
    };
    let file = sources.add(path, readable);
    let finding = match &input.content {
        Content::Text(_) | Content::Unreadable => None,
        Content::NotText { utf16: true, .. } => Some(
            Diagnostic::error(codes::P0001, format!("`{path}` is UTF-16"), sources.span(file, 0, 0))
                .help("save it as UTF-8"),
        ),
        Content::NotText { offset, .. } => {
            let span = sources.span(file, *offset, *offset + '\u{fffd}'.len_utf8());
            Some(
                Diagnostic::error(codes::P0001, format!("`{path}` is not UTF-8"), span)
                    .saying("this byte is not part of a character")
                    .help("save it as UTF-8"),
            )
        }
        Content::TooLarge => {
            let message = format!("`{path}` is larger than {} MiB", MAX_SOURCE_BYTES >> 20);
            Some(
                Diagnostic::error(codes::P0002, message, sources.span(file, 0, 0))
                    .help("split it into modules: `use \"./part.pipe\" as part`"),
            )
        }
    };
    (file, finding)
}
