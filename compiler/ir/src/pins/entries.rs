//! The entries of a file of pins, in either layout, and the check that each is right.

use super::{ActionInput, InputForm, PinnedAction, Pins, image_with_registry};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use toml::Spanned;

/// What is wrong with a file of pins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, counted from 1, if it is known.
    pub(super) line: Option<usize>,
    /// The error, in one line.
    pub(super) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The two forms of a file of pins. A file may mix them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockLayout {
    /// One entry a line.
    #[default]
    Lines,
    /// A table for each entry, `[[action]]`: the layout of 0.1.0 and of a catalogue.
    Tables,
}

/// The content of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockFile {
    /// Its entries.
    pub pins: Pins,
    /// The version of pipec that wrote it. A lock file of 0.1.0 names none.
    pub version: Option<String>,
    /// How its entries are written.
    pub layout: LockLayout,
}

/// The entries of a file, each with its first line, counted from 1.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) version: Option<(usize, String)>,
    pub(super) actions: Vec<(usize, FileAction)>,
    pub(super) images: Vec<(usize, FileImage)>,
    pub(super) layout: LockLayout,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileAction {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) commit: String,
    #[serde(default)]
    pub(super) outputs: BTreeSet<String>,
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileImage {
    pub(super) reference: String,
    pub(super) digest: String,
}

/// A file in either layout, as TOML.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    pipec: Option<Spanned<String>>,
    #[serde(default)]
    actions: BTreeMap<String, Spanned<Signature>>,
    #[serde(default)]
    images: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    action: Vec<Spanned<FileAction>>,
    #[serde(default)]
    image: Vec<Spanned<FileImage>>,
}

/// An action whose name and version are the key of its entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    commit: String,
    #[serde(default)]
    outputs: BTreeSet<String>,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
}

impl Entries {
    /// The entries of a file that is read as TOML.
    ///
    /// # Errors
    /// If it is no file of pins.
    pub(super) fn from_toml(text: &str) -> Result<Entries, Fault> {
        let file: File = toml::from_str(text).map_err(|error| Fault {
            line: error.span().map(|span| line_of(text, span.start)),
            message: error.message().trim().replace('\n', "; "),
        })?;
        let line = |start: usize| line_of(text, start);
        let layout = if file.action.is_empty() && file.image.is_empty() {
            LockLayout::Lines
        } else {
            LockLayout::Tables
        };
        let mut entries = Entries { layout, ..Entries::default() };
        entries.version = file.pipec.map(|version| (line(version.span().start), version.into_inner()));
        for (key, signature) in file.actions {
            let at = line(signature.span().start);
            let Signature { commit, outputs, inputs } = signature.into_inner();
            let (name, version) = name_and_version(&key);
            entries.actions.push((at, FileAction { name, version, commit, outputs, inputs }));
        }
        for (reference, digest) in file.images {
            let at = line(digest.span().start);
            entries.images.push((at, FileImage { reference, digest: digest.into_inner() }));
        }
        let tables = file.action.into_iter().map(|action| (line(action.span().start), action.into_inner()));
        entries.actions.extend(tables);
        let tables = file.image.into_iter().map(|image| (line(image.span().start), image.into_inner()));
        entries.images.extend(tables);
        // A fault is reported for the first wrong entry of the file.
        entries.actions.sort_by_key(|(line, _)| *line);
        entries.images.sort_by_key(|(line, _)| *line);
        Ok(entries)
    }

    /// The content of a file with these entries.
    ///
    /// # Errors
    /// The first entry that is wrong.
    pub(super) fn checked(self) -> Result<LockFile, Fault> {
        let mut pins = Pins::default();
        for (line, action) in self.actions {
            let refused = |message: String| Fault { line: Some(line), message };
            let action = action.checked().map_err(refused)?;
            if let Some(first) = pins.actions.iter().find(|known| known.is_repeated_by(&action)) {
                let other = if first.name == action.name {
                    String::new()
                } else {
                    format!(", first as `{}`", first.name)
                };
                return Err(refused(format!("`{}` {} appears twice{other}", action.name, action.version)));
            }
            pins.actions.push(Arc::new(action));
        }
        for (line, image) in self.images {
            let refused = |message: String| Fault { line: Some(line), message };
            let (reference, digest) = image.checked().map_err(refused)?;
            if pins.images.contains_key(&reference) {
                return Err(refused(format!("the image `{reference}` appears twice")));
            }
            pins.images.insert(reference, digest);
        }
        pins.actions.sort_by(|left, right| left.by_name(right));
        let version = match self.version {
            Some((line, version)) if !is_version(&version) => {
                let message = format!("`{}` is not a version of pipec", version.escape_default());
                return Err(Fault { line: Some(line), message });
            }
            version => version.map(|(_, version)| version),
        };
        Ok(LockFile { pins, version, layout: self.layout })
    }
}

impl FileAction {
    pub(super) fn checked(self) -> Result<PinnedAction, String> {
        let FileAction { name, version, commit, outputs, inputs } = self;
        let part = |part: &str| {
            !part.is_empty()
                && !matches!(part, "." | "..")
                && part.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.'))
        };
        if name.split('/').count() < 2 || !name.split('/').all(part) {
            return Err(format!("`{}` is not an action: write `owner/name`", name.escape_default()));
        }
        if version.is_empty() {
            return Err(format!("`{name}` has no version: write `\"owner/name@v1.2.3\"`"));
        }
        // The version becomes a comment after the pin.
        let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '/' | '+');
        if !version.chars().all(plain) {
            return Err(format!("`{}` is not a version of `{name}`", version.escape_default()));
        }
        if !is_hexadecimal(&commit, 40) {
            return Err(format!(
                "`{}` is not a commit of `{name}`: a commit has 40 hexadecimal digits",
                commit.escape_default()
            ));
        }
        let is_key =
            |key: &String| !key.is_empty() && key.chars().all(|it| it.is_ascii_graphic() || it == ' ');
        if let Some(key) = inputs.keys().chain(&outputs).find(|key| !is_key(key)) {
            return Err(format!("`{name}` can't have an input or output `{}`", key.escape_default()));
        }
        let inputs = inputs.into_iter().map(|(key, form)| match read_input(&form) {
            Some(input) => Ok((key, input)),
            None => Err(format!(
                "the input `{key}` of `{name}` is `{}`: write `string`, `boolean` or `integer`, with or \
                 without `required` before it",
                form.escape_default()
            )),
        });
        let inputs = inputs.collect::<Result<BTreeMap<String, ActionInput>, String>>()?;
        Ok(PinnedAction { name, version, commit, inputs, outputs })
    }
}

impl FileImage {
    /// The reference with its registry, and the digest.
    pub(super) fn checked(self) -> Result<(String, String), String> {
        let FileImage { reference, digest } = self;
        let is_digest = digest.strip_prefix("sha256:").is_some_and(|it| is_hexadecimal(it, 64));
        if !is_digest {
            return Err(format!(
                "`{}` is not a digest of the image `{}`",
                digest.escape_default(),
                reference.escape_default()
            ));
        }
        if reference.contains('@') || reference.chars().any(|it| it.is_whitespace() || it.is_control()) {
            return Err(format!("`{}` names no image by its tag", reference.escape_default()));
        }
        Ok((image_with_registry(&reference), digest))
    }
}

/// The name and version of an action in the key of its entry: `owner/name@v1.2.3`.
pub(super) fn name_and_version(key: &str) -> (String, String) {
    let (name, version) = key.split_once('@').unwrap_or((key, ""));
    (name.to_owned(), version.to_owned())
}

fn read_input(form: &str) -> Option<ActionInput> {
    let (word, required) = match form.strip_prefix("required ") {
        Some(word) => (word, true),
        None => (form, false),
    };
    let forms = [InputForm::String, InputForm::Boolean, InputForm::Integer];
    let ty = forms.into_iter().find(|ty| ty.word() == word)?;
    Some(ActionInput { ty, required })
}

/// Whether a text is a semantic version: `0.2.0`, `0.2.0-rc.1`.
fn is_version(text: &str) -> bool {
    let (numbers, rest) =
        text.split_once(['-', '+']).map_or((text, None), |(numbers, rest)| (numbers, Some(rest)));
    let is_number =
        |part: &str| !part.is_empty() && part.len() < 10 && part.bytes().all(|it| it.is_ascii_digit());
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'+');
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && rest.is_none_or(|rest| !rest.is_empty() && rest.bytes().all(is_plain))
}

fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits && text.chars().all(|it| matches!(it, '0'..='9' | 'a'..='f'))
}

/// The line of a position, counted from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or_default().matches('\n').count() + 1
}
