//! Actions and images by digest, with the signatures of the actions: what `pipec.lock` records, and what a catalogue holds.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The first lines of a file of pins that the compiler writes.
const HEADER: &str = "\
# What this workspace calls and runs in, by digest; the inputs and outputs of each action are checked at its calls.
# What pipec does not know may be added by hand, in the same form: commit it.
";

/// Actions and images, each by digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// In no particular order.
    pub actions: Vec<PinnedAction>,
    /// The digest (`sha256:…`) of each image reference with its tag, as [`image_with_registry`] writes it.
    pub images: BTreeMap<String, String>,
}

/// An action at one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PinnedAction {
    /// `owner/repository`, or `owner/repository/folder`.
    pub name: String,
    /// The tag that named the commit.
    pub version: String,
    /// The commit, 40 hexadecimal digits.
    pub commit: String,
    /// What it takes, by name.
    pub inputs: BTreeMap<String, ActionInput>,
    /// What it leaves.
    pub outputs: BTreeSet<String>,
}

/// An input of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionInput {
    /// What it holds.
    pub ty: InputForm,
    /// Whether a call must give it: it is required and has no default.
    pub required: bool,
}

/// What an input of an action holds; to the engine, all are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum InputForm {
    String,
    Boolean,
    Integer,
}

impl InputForm {
    /// Its word in a file of pins.
    pub fn word(self) -> &'static str {
        match self {
            InputForm::String => "string",
            InputForm::Boolean => "boolean",
            InputForm::Integer => "integer",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    action: Vec<Spanned<FileAction>>,
    #[serde(default)]
    image: Vec<Spanned<FileImage>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAction {
    name: String,
    version: String,
    commit: String,
    #[serde(default)]
    outputs: BTreeSet<String>,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileImage {
    reference: String,
    digest: String,
}

impl Pins {
    /// Reads a file of pins.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn read(text: &str) -> Result<Pins, String> {
        let file: File = toml::from_str(text).map_err(|error| described(text, &error))?;
        let mut pins = Pins::default();
        for action in file.action {
            let place = line_of(text, action.span().start);
            let action = action.into_inner().checked().map_err(|error| format!("{place}{error}"))?;
            if pins.action(&action.name, &action.version).is_some() {
                return Err(format!("{place}`{}` {} stands there twice", action.name, action.version));
            }
            pins.actions.push(action);
        }
        for image in file.image {
            let place = line_of(text, image.span().start);
            let FileImage { reference, digest } = image.into_inner();
            let is_digest = digest.strip_prefix("sha256:").is_some_and(|it| is_hexadecimal(it, 64));
            if !is_digest {
                return Err(format!(
                    "{place}`{}` is no digest of the image `{}`",
                    digest.escape_default(),
                    reference.escape_default()
                ));
            }
            if reference.contains('@') || reference.chars().any(|it| it.is_whitespace() || it.is_control()) {
                return Err(format!("{place}`{}` names no image by its tag", reference.escape_default()));
            }
            let reference = image_with_registry(&reference);
            if pins.images.contains_key(&reference) {
                return Err(format!("{place}the image `{reference}` stands there twice"));
            }
            pins.images.insert(reference, digest);
        }
        Ok(pins)
    }

    /// The file, sorted, each entry in a form that [`Pins::read`] takes.
    pub fn write(&self) -> String {
        let mut text = HEADER.to_owned();
        let mut actions: Vec<&PinnedAction> = self.actions.iter().collect();
        actions.sort();
        for action in actions {
            text.push_str(&format!(
                "\n[[action]]\nname = {}\nversion = {}\ncommit = {}\n",
                quoted(&action.name),
                quoted(&action.version),
                quoted(&action.commit)
            ));
            if !action.outputs.is_empty() {
                let outputs: Vec<String> = action.outputs.iter().map(|name| quoted(name)).collect();
                text.push_str(&format!("outputs = [{}]\n", outputs.join(", ")));
            }
            if !action.inputs.is_empty() {
                text.push_str("\n[action.inputs]\n");
            }
            for (name, input) in &action.inputs {
                let bare = name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'));
                let key = if bare && !name.is_empty() { name.clone() } else { quoted(name) };
                let required = if input.required { "required " } else { "" };
                text.push_str(&format!("{key} = \"{required}{}\"\n", input.ty.word()));
            }
        }
        for (reference, digest) in &self.images {
            text.push_str(&format!(
                "\n[[image]]\nreference = {}\ndigest = {}\n",
                quoted(reference),
                quoted(digest)
            ));
        }
        text
    }

    /// An action at exactly that version.
    pub fn action(&self, name: &str, version: &str) -> Option<&PinnedAction> {
        self.actions.iter().find(|action| action.name == name && action.version == version)
    }

    /// Adds what it does not have.
    pub fn add(&mut self, more: Pins) {
        for action in more.actions {
            if !self.actions.contains(&action) {
                self.actions.push(action);
            }
        }
        self.images.extend(more.images);
    }
}

impl FileAction {
    fn checked(self) -> Result<PinnedAction, String> {
        let FileAction { name, version, commit, outputs, inputs } = self;
        let part = |part: &str| {
            !part.is_empty()
                && !matches!(part, "." | "..")
                && part.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.'))
        };
        if name.split('/').count() < 2 || !name.split('/').all(part) {
            return Err(format!("`{}` is no action: they are called `owner/name`", name.escape_default()));
        }
        // It stands behind the pin as a comment.
        let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '/' | '+');
        if version.is_empty() || !version.chars().all(plain) {
            return Err(format!("`{}` is no version of `{name}`", version.escape_default()));
        }
        if !is_hexadecimal(&commit, 40) {
            return Err(format!(
                "`{}` is no commit of `{name}`: it has 40 hexadecimal digits",
                commit.escape_default()
            ));
        }
        let is_key =
            |key: &String| !key.is_empty() && key.chars().all(|it| it.is_ascii_graphic() || it == ' ');
        if let Some(key) = inputs.keys().chain(&outputs).find(|key| !is_key(key)) {
            return Err(format!("`{name}` can have no input or output `{}`", key.escape_default()));
        }
        let inputs = inputs.into_iter().map(|(key, form)| match read_input(&form) {
            Some(input) => Ok((key, input)),
            None => Err(format!(
                "the input `{key}` of `{name}` is `{}`: it is a `string`, `boolean` or `integer`, or `required` and one of these",
                form.escape_default()
            )),
        });
        let inputs = inputs.collect::<Result<BTreeMap<String, ActionInput>, String>>()?;
        Ok(PinnedAction { name, version, commit, inputs, outputs })
    }
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

fn is_hexadecimal(text: &str, digits: usize) -> bool {
    text.len() == digits && text.chars().all(|it| matches!(it, '0'..='9' | 'a'..='f'))
}

/// What the reader says, in one line with its place.
fn described(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| line_of(text, span.start)).unwrap_or_default();
    format!("{line}{}", error.message().trim().replace('\n', "; "))
}

/// The line of a place, as an error begins.
fn line_of(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or_default();
    format!("line {}: ", before.matches('\n').count() + 1)
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// An image reference with the registry and folder that container engines assume: `docker.io/library/postgres:17` for
/// `postgres:17`.
pub fn image_with_registry(reference: &str) -> String {
    let first = reference.split('/').next().unwrap_or_default();
    let names_registry = reference.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    if let Some(rest) =
        reference.strip_prefix("docker.io/").or_else(|| reference.strip_prefix("index.docker.io/"))
    {
        let folder = if rest.contains('/') { "" } else { "library/" };
        format!("docker.io/{folder}{rest}")
    } else if names_registry {
        reference.to_owned()
    } else if reference.contains('/') {
        format!("docker.io/{reference}")
    } else {
        format!("docker.io/library/{reference}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[[action]]\nname = \"a/b\"\nversion = \"v1\"\ncommit = \"0123456789012345678901234567890123456789\"\n";

    #[test]
    fn what_is_written_is_read_back() {
        let text = format!(
            "{ENTRY}outputs = [\"x\"]\n[action.inputs]\nkey = \"required string\"\n\"a b\" = \"boolean\"\n\
             [[image]]\nreference = \"postgres:17\"\ndigest = \"sha256:{}\"\n",
            "a".repeat(64)
        );
        let pins = Pins::read(&text).unwrap();
        assert_eq!(pins.images.keys().collect::<Vec<_>>(), ["docker.io/library/postgres:17"]);
        assert_eq!(Pins::read(&pins.write()), Ok(pins));
    }

    #[test]
    fn what_is_no_pin_is_named() {
        let told = |text: &str| Pins::read(text).unwrap_err();
        assert_eq!(told(&format!("{ENTRY}{ENTRY}")), "line 5: `a/b` v1 stands there twice");
        assert_eq!(
            told(&ENTRY.replace("a/b", "b")),
            "line 1: `b` is no action: they are called `owner/name`"
        );
        assert_eq!(told(&ENTRY.replace("v1", "v1\\nx")), "line 1: `v1\\nx` is no version of `a/b`");
        assert!(
            told(&ENTRY.replace("789\"", "78\""))
                .starts_with("line 1: `012345678901234567890123456789012345678")
        );
        assert!(
            told(&format!("{ENTRY}[action.inputs]\nk = \"text\""))
                .starts_with("line 1: the input `k` of `a/b` is `text`")
        );
        assert!(told("<<<<<<< HEAD").starts_with("line 1: "), "{}", told("<<<<<<< HEAD"));
        assert!(told(&ENTRY.replace("name", "nmae")).contains("unknown field `nmae`"));
        assert!(
            told("[[image]]\nreference = \"a\"\ndigest = \"sha256:12\"")
                .starts_with("line 1: `sha256:12` is no digest")
        );
    }

    #[test]
    fn a_reference_has_the_registry_that_engines_assume() {
        for (short, long) in [
            ("postgres:17", "docker.io/library/postgres:17"),
            ("acme/web:1", "docker.io/acme/web:1"),
            ("docker.io/postgres:17", "docker.io/library/postgres:17"),
            ("ghcr.io/acme/web:1", "ghcr.io/acme/web:1"),
            ("localhost/web:1", "localhost/web:1"),
            ("localhost:5000/web:1", "localhost:5000/web:1"),
        ] {
            assert_eq!(image_with_registry(short), long);
        }
    }
}
