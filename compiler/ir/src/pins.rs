//! Actions and images by digest, with the signatures of the actions.
//!
//! This is the format of `pipec.lock` and of a catalogue. For example, an entry pins `actions/checkout` with its
//! version `v5.0.0` to a commit of 40 digits, and lists its inputs and outputs.

mod written;

use crate::versions::newest_first;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toml::Spanned;

/// The beginning of a file of pins that the compiler may write.
const MARK: &str = "# Kept by pipec build";

/// The text after the mark.
const HEADER: &str = "\
: the actions that this workspace calls and the images that it runs in, by digest. Commit it.
# What an entry says goes before what pipec itself knows: change one to move a pin, add one that pipec does not know, take
# one away to have it as pipec knows it. Entries that nothing uses and other comments are not kept.
";

/// Actions and images, each by digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// The actions in the order of the file: by name, the newest version first.
    pub actions: Vec<Arc<PinnedAction>>,
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
    /// The commit, with 40 hexadecimal digits.
    pub commit: String,
    /// Its inputs, by name.
    pub inputs: BTreeMap<String, ActionInput>,
    /// Its outputs.
    pub outputs: BTreeSet<String>,
}

/// An input of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionInput {
    /// The type of its value.
    pub ty: InputForm,
    /// Whether a call must give it. Such an input is required and has no default.
    pub required: bool,
}

/// The type of an input. To the engine, all inputs are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum InputForm {
    String,
    Boolean,
    Integer,
}

impl InputForm {
    /// Its keyword in a file of pins.
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

/// The entries of a file, each with its offset in the text.
#[derive(Default)]
struct Entries {
    actions: Vec<(usize, FileAction)>,
    images: Vec<(usize, FileImage)>,
}

impl From<File> for Entries {
    fn from(file: File) -> Entries {
        let actions = file.action.into_iter().map(|action| (action.span().start, action.into_inner()));
        let images = file.image.into_iter().map(|image| (image.span().start, image.into_inner()));
        Entries { actions: actions.collect(), images: images.collect() }
    }
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
    /// The fault of the file, in one line.
    pub fn read(text: &str) -> Result<Pins, String> {
        // A file with a fault is read as TOML, which knows the line.
        let written = written::entries(text).and_then(|entries| Pins::checked(entries, text).ok());
        written.map_or_else(|| Pins::read_as_toml(text), Ok)
    }

    fn read_as_toml(text: &str) -> Result<Pins, String> {
        let file: File = toml::from_str(text).map_err(|error| described(text, &error))?;
        Pins::checked(file.into(), text)
    }

    /// The pins of a file with these entries.
    fn checked(entries: Entries, text: &str) -> Result<Pins, String> {
        let mut pins = Pins::default();
        for (start, action) in entries.actions {
            let refused = |error: String| format!("{}{error}", line_of(text, start));
            let action = action.checked().map_err(refused)?;
            // GitHub's names ignore case. Two spellings with two commits would be one action with two commits.
            let same = |known: &&PinnedAction| {
                known.name.eq_ignore_ascii_case(&action.name)
                    && known.version == action.version
                    && (known.name == action.name || known.commit != action.commit)
            };
            if let Some(first) = pins.actions.iter().map(AsRef::as_ref).find(same) {
                let other = if first.name == action.name {
                    String::new()
                } else {
                    format!(", first as `{}`", first.name)
                };
                return Err(refused(format!("`{}` {} appears twice{other}", action.name, action.version)));
            }
            pins.actions.push(Arc::new(action));
        }
        for (start, FileImage { reference, digest }) in entries.images {
            let refused = |error: String| Err(format!("{}{error}", line_of(text, start)));
            let is_digest = digest.strip_prefix("sha256:").is_some_and(|it| is_hexadecimal(it, 64));
            if !is_digest {
                return refused(format!(
                    "`{}` is not a digest of the image `{}`",
                    digest.escape_default(),
                    reference.escape_default()
                ));
            }
            if reference.contains('@') || reference.chars().any(|it| it.is_whitespace() || it.is_control()) {
                return refused(format!("`{}` names no image by its tag", reference.escape_default()));
            }
            let reference = image_with_registry(&reference);
            if pins.images.contains_key(&reference) {
                return refused(format!("the image `{reference}` appears twice"));
            }
            pins.images.insert(reference, digest);
        }
        pins.actions.sort_by(|left, right| left.by_name(right));
        Ok(pins)
    }

    /// The beginning of a file that [`Pins::write`] may replace, as one line.
    pub fn mark() -> &'static str {
        MARK
    }

    /// Whether a file is one that [`Pins::write`] may replace.
    pub fn is_kept_by_build(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// Writes the pins, by name, in the form that [`Pins::read`] accepts.
    pub fn write(&self) -> String {
        let mut text = format!("{MARK}{HEADER}");
        let mut actions: Vec<&PinnedAction> = self.actions.iter().map(AsRef::as_ref).collect();
        actions.sort_by(|left, right| left.by_name(right));
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

    /// An action with exactly this version.
    pub fn action(&self, name: &str, version: &str) -> Option<&PinnedAction> {
        let mut actions = self.actions.iter().map(AsRef::as_ref);
        actions.find(|action: &&PinnedAction| action.name == name && action.version == version)
    }

    /// Whether there are no pins.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.images.is_empty()
    }

    /// Adds the pins that are missing.
    pub fn add(&mut self, more: &Pins) {
        let before = self.actions.len();
        for action in &more.actions {
            if !self.actions.contains(action) {
                self.actions.push(Arc::clone(action));
            }
        }
        if self.actions.len() > before {
            self.actions.sort_by(|left, right| left.by_name(right));
        }
        for (reference, digest) in &more.images {
            if !self.images.contains_key(reference) {
                self.images.insert(reference.clone(), digest.clone());
            }
        }
    }

    /// Shares the actions that other pins have, too. Comparing them again then takes no time.
    pub fn share_with(&mut self, other: &Pins) {
        for action in &mut self.actions {
            if let Some(same) = other.actions.iter().find(|other| *other == action) {
                *action = Arc::clone(same);
            }
        }
    }

    /// The pins that the other lacks, as messages name them.
    pub fn without(&self, other: &Pins) -> Vec<String> {
        let actions = self.actions.iter().filter(|action| !other.actions.contains(action));
        let images =
            self.images.iter().filter(|(reference, digest)| other.images.get(*reference) != Some(digest));
        actions
            .map(|action| format!("`{}` {}", action.name, action.version))
            .chain(images.map(|(reference, _)| format!("`{reference}`")))
            .collect()
    }
}

impl PinnedAction {
    /// The order in a file of pins: by name, the newest version first.
    fn by_name(&self, other: &PinnedAction) -> Ordering {
        self.name
            .cmp(&other.name)
            .then_with(|| newest_first(&self.version, &other.version))
            .then_with(|| self.cmp(other))
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
            return Err(format!("`{}` is not an action: write `owner/name`", name.escape_default()));
        }
        // The version becomes a comment after the pin.
        let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '/' | '+');
        if version.is_empty() || !version.chars().all(plain) {
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

/// The reader's error, in one line with its place.
fn described(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| line_of(text, span.start)).unwrap_or_default();
    format!("{line}{}", error.message().trim().replace('\n', "; "))
}

/// The line of a position, as the beginning of an error.
fn line_of(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or_default();
    format!("line {}: ", before.matches('\n').count() + 1)
}

/// A text as a basic string of TOML.
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

/// An image reference with the default registry and folder of container engines. For example, `postgres:17` becomes
/// `docker.io/library/postgres:17`.
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
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::*;

    const ENTRY: &str = "[[action]]\nname = \"a/b\"\nversion = \"v1\"\ncommit = \"0123456789012345678901234567890123456789\"\n";

    #[test]
    fn pins_are_read_back_as_written() {
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
    fn the_file_has_the_mark_and_is_sorted() {
        let entry = |name: &str, version: &str| ENTRY.replace("a/b", name).replace("v1", version);
        let text = [entry("b/c", "v1"), entry("a/b", "v9.1"), entry("a/b", "v10")].concat();
        let written = Pins::read(&text).unwrap().write();
        let versions: Vec<&str> = written.lines().filter(|line| line.starts_with("version")).collect();
        assert_eq!(versions, ["version = \"v10\"", "version = \"v9.1\"", "version = \"v1\""]);
        assert!(Pins::is_kept_by_build(&written) && !Pins::is_kept_by_build(&text));
        assert!(written.lines().all(|line| line.len() <= 130), "{written}");
        let checked_out_on_windows = written.replace('\n', "\r\n");
        assert!(Pins::is_kept_by_build(&checked_out_on_windows));
        assert_eq!(Pins::read(&checked_out_on_windows), Pins::read(&written));
    }

    #[test]
    fn adding_replaces_nothing_and_adds_no_duplicates() {
        let mut pins = Pins::read(ENTRY).unwrap();
        let image = |digit: &str| {
            let digest = digit.repeat(64);
            Pins::read(&format!("[[image]]\nreference = \"postgres:17\"\ndigest = \"sha256:{digest}\"\n"))
                .unwrap()
        };
        pins.add(&image("a"));
        let before = pins.clone();
        pins.add(&image("b"));
        pins.add(&Pins::read(ENTRY).unwrap());
        assert_eq!(pins, before);
        let mut more = before.clone();
        more.add(&Pins::read(&ENTRY.replace("v1", "v2")).unwrap());
        assert_eq!(more.without(&before), ["`a/b` v2"]);
        assert_eq!(before.without(&Pins::default()), ["`a/b` v1", "`docker.io/library/postgres:17`"]);
        assert_eq!(before.without(&more), Vec::<String>::new());
        assert!(Pins::default().is_empty() && !before.is_empty());
    }

    fn any_action() -> impl Strategy<Value = PinnedAction> {
        let form = prop_oneof![Just(InputForm::String), Just(InputForm::Boolean), Just(InputForm::Integer)];
        let input = (form, any::<bool>()).prop_map(|(ty, required)| ActionInput { ty, required });
        let key = "[ -~]{1,6}";
        (
            "[A-Za-z0-9_-]{1,4}/[A-Za-z0-9_-]{1,4}(/[a-z]{1,3})?",
            "v?[0-9a-z.+/_-]{1,6}",
            "[0-9a-f]{40}",
            btree_map(key, input, 0..4),
            btree_set(key, 0..3),
        )
            .prop_map(|(name, version, commit, inputs, outputs)| PinnedAction {
                name,
                version,
                commit,
                inputs,
                outputs,
            })
    }

    proptest! {
        #[test]
        fn any_pins_are_read_back_as_written(
            actions in vec(any_action(), 0..6),
            images in btree_map("[a-z]{1,4}(/[a-z]{1,4})?:[a-z0-9.]{1,4}", "[0-9a-f]{64}", 0..4),
        ) {
            let mut pins = Pins::default();
            for action in actions {
                let same = |known: &Arc<PinnedAction>| known.name.eq_ignore_ascii_case(&action.name) && known.version == action.version;
                if !pins.actions.iter().any(same) {
                    pins.add(&Pins { actions: vec![action.into()], ..Pins::default() });
                }
            }
            let images = images.into_iter().map(|(name, digest)| (image_with_registry(&name), format!("sha256:{digest}")));
            pins.images = images.collect();
            let text = pins.write();
            let read = Pins::read(&text).unwrap();
            prop_assert_eq!(&read, &pins);
            prop_assert_eq!(read.write(), text);
        }
    }

    #[test]
    fn what_was_written_is_read_without_toml() {
        let text = format!(
            "{ENTRY}outputs = [\"x\", \"y\"]\n\n[action.inputs]\nkey = \"required string\"\n\n{}\
            \n[[image]]\nreference = \"postgres:17\"\ndigest = \"sha256:{}\"\n",
            ENTRY.replace("v1", "v2"),
            "a".repeat(64)
        );
        let written = Pins::read_as_toml(&text).unwrap().write();
        let entries = written::entries(&written).unwrap();
        assert_eq!(Pins::checked(entries, &written), Pins::read_as_toml(&written));
        for other in ["# a\tcomment\n", "x = 1\n", "[[action]]\n", " \n", "[[image]] # two\n"] {
            assert!(written::entries(&format!("{written}{other}")).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn both_readers_agree_about_edited_files(
            actions in vec(any_action(), 1..4),
            place in any::<prop::sample::Index>(),
            removed in 0..3_usize,
            added in "[\\[\\]=\"# \n\r\t\\\\a\u{7f}-]{0,3}",
        ) {
            let actions = actions.into_iter().map(Arc::new).collect();
            let text = Pins { actions, ..Pins::default() }.write();
            let characters: Vec<char> = text.chars().collect();
            let place = place.index(characters.len());
            let after = characters.get(place + removed..).unwrap_or_default();
            let edited: String = characters[..place].iter().copied().chain(added.chars()).chain(after.iter().copied()).collect();
            prop_assert_eq!(Pins::read(&edited), Pins::read_as_toml(&edited));
        }
    }

    #[test]
    fn faulty_entries_are_reported() {
        let error_of = |text: &str| Pins::read(text).unwrap_err();
        assert_eq!(error_of(&format!("{ENTRY}{ENTRY}")), "line 5: `a/b` v1 appears twice");
        assert_eq!(
            error_of(&format!("{ENTRY}{}", ENTRY.replace("a/b", "A/b").replace("0123", "3210"))),
            "line 5: `A/b` v1 appears twice, first as `a/b`"
        );
        assert!(Pins::read(&format!("{ENTRY}{}", ENTRY.replace("a/b", "A/b"))).is_ok(), "one commit");
        assert_eq!(error_of(&ENTRY.replace("a/b", "b")), "line 1: `b` is not an action: write `owner/name`");
        assert_eq!(error_of(&ENTRY.replace("v1", "v1\\nx")), "line 1: `v1\\nx` is not a version of `a/b`");
        assert!(
            error_of(&ENTRY.replace("789\"", "78\""))
                .starts_with("line 1: `012345678901234567890123456789012345678")
        );
        assert!(
            error_of(&format!("{ENTRY}[action.inputs]\nk = \"text\""))
                .starts_with("line 1: the input `k` of `a/b` is `text`")
        );
        assert!(error_of("<<<<<<< HEAD").starts_with("line 1: "), "{}", error_of("<<<<<<< HEAD"));
        assert!(error_of(&ENTRY.replace("name", "nmae")).contains("unknown field `nmae`"));
        assert!(
            error_of("[[image]]\nreference = \"a\"\ndigest = \"sha256:12\"")
                .starts_with("line 1: `sha256:12` is not a digest")
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
