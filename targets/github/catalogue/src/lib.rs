//! The built-in actions and images with their digests: `catalogue/`, as data. `pipec.lock` adds to it.
//!
//! For example, `actions/actions--checkout.toml` lists the versions of `actions/checkout`, each with its
//! commit, inputs and outputs.

mod plans;

pub use plans::{Offers, PLANS};

use pipec_ir::{PinnedAction, Pins, image_with_registry};
use std::sync::{Arc, OnceLock};

/// The actions of one repository.
struct File {
    /// `owner--repository`, in lower case.
    stem: &'static str,
    text: &'static str,
    entries: OnceLock<Vec<Entry>>,
}

/// A version of an action, parsed on first use. Usually only the newest is needed.
struct Entry {
    name: &'static str,
    text: &'static str,
    action: OnceLock<Option<Arc<PinnedAction>>>,
}

/// The beginning of each entry of a file.
const ENTRY: &str = "[[action]]\n";

macro_rules! file {
    ($stem:literal) => {
        File {
            stem: $stem,
            text: include_str!(concat!("../actions/", $stem, ".toml")),
            entries: OnceLock::new(),
        }
    };
}

static ACTIONS: [File; 43] = [
    file!("actions--attest"),
    file!("actions--attest-build-provenance"),
    file!("actions--cache"),
    file!("actions--checkout"),
    file!("actions--configure-pages"),
    file!("actions--create-github-app-token"),
    file!("actions--dependency-review-action"),
    file!("actions--deploy-pages"),
    file!("actions--download-artifact"),
    file!("actions--github-script"),
    file!("actions--setup-go"),
    file!("actions--setup-java"),
    file!("actions--setup-node"),
    file!("actions--setup-python"),
    file!("actions--upload-artifact"),
    file!("actions--upload-pages-artifact"),
    file!("anchore--sbom-action"),
    file!("anchore--scan-action"),
    file!("aquasecurity--trivy-action"),
    file!("astral-sh--setup-uv"),
    file!("aws-actions--configure-aws-credentials"),
    file!("azure--login"),
    file!("azure--setup-helm"),
    file!("azure--setup-kubectl"),
    file!("docker--build-push-action"),
    file!("docker--login-action"),
    file!("docker--metadata-action"),
    file!("docker--setup-buildx-action"),
    file!("docker--setup-qemu-action"),
    file!("dtolnay--rust-toolchain"),
    file!("github--codeql-action"),
    file!("google-github-actions--auth"),
    file!("gradle--actions"),
    file!("hashicorp--setup-terraform"),
    file!("iterative--setup-dvc"),
    file!("ossf--scorecard-action"),
    file!("pnpm--action-setup"),
    file!("pypa--gh-action-pypi-publish"),
    file!("rust-lang--crates-io-auth-action"),
    file!("sigstore--cosign-installer"),
    file!("slackapi--slack-github-action"),
    file!("softprops--action-gh-release"),
    file!("swatinem--rust-cache"),
];

const IMAGES_TEXT: &str = include_str!("../images.toml");

/// The images, parsed on first use. None if they can't be parsed, which a test checks.
static IMAGES: OnceLock<Pins> = OnceLock::new();

impl File {
    fn entries(&self) -> &[Entry] {
        self.entries.get_or_init(|| self.text.split(ENTRY).skip(1).map(Entry::of).collect())
    }
}

impl Entry {
    fn of(text: &'static str) -> Entry {
        let name = text.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        Entry { name: name.unwrap_or_default(), text, action: OnceLock::new() }
    }

    /// The action, if the entry can be parsed. Otherwise the action can't be called. A test parses all entries.
    fn action(&self) -> Option<&PinnedAction> {
        let read = || Pins::read(&[ENTRY, self.text].concat()).ok()?.actions.pop();
        self.action.get_or_init(read).as_deref()
    }
}

/// Every version of an action in the catalogue, newest first. GitHub ignores the case of its name.
pub fn versions(name: &str) -> impl Iterator<Item = &'static PinnedAction> {
    let mut parts = name.split('/');
    let [owner, repository] = [parts.next(), parts.next()].map(Option::unwrap_or_default);
    // No owner's name has two hyphens in a row.
    let is_of = |stem: &str| {
        let rest = stem.get(owner.len()..).and_then(|rest| rest.strip_prefix("--"));
        rest.is_some_and(|name| name.eq_ignore_ascii_case(repository))
            && stem.get(..owner.len()).is_some_and(|of| of.eq_ignore_ascii_case(owner))
    };
    let file = ACTIONS.iter().find(|file| is_of(file.stem));
    file.into_iter()
        .flat_map(File::entries)
        .filter(move |entry| entry.name.eq_ignore_ascii_case(name))
        .filter_map(Entry::action)
}

/// Whether the lock file or the catalogue has the action `owner/name@commit` (trap 22).
pub fn is_known(uses: &str, lock: &Pins) -> bool {
    let Some((name, commit)) = uses.split_once('@') else { return false };
    let is_it = |known: &PinnedAction| known.name.eq_ignore_ascii_case(name) && known.commit == commit;
    lock.actions.iter().map(AsRef::as_ref).any(is_it) || versions(name).any(is_it)
}

/// Whether an action may run the value of an input as code. That is a program, or a part of a command. Only the prose
/// of actions says so, so this function knows the usual names of such inputs, whatever their case and separators.
pub fn is_code(input: &str) -> bool {
    const WHOLE: [&str; 10] =
        ["args", "arguments", "bash", "code", "entrypoint", "eval", "exec", "execute", "run", "shell"];
    const ENDS: [&str; 5] = ["script", "scripts", "command", "commands", "cmd"];
    let name: String =
        input.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect();
    WHOLE.contains(&name.as_str()) || ENDS.iter().any(|end| name.ends_with(end))
}

/// The meaning of a call of an action.
#[derive(Debug, PartialEq, Eq)]
pub enum Called<'a> {
    /// A pinned action.
    Pinned(&'a PinnedAction),
    /// The newest known version, because the call names none.
    Unpinned(&'a PinnedAction),
    /// The call names an unknown version. Contains the known ones.
    OtherVersion(Vec<&'a PinnedAction>),
    /// The action is unknown. Contains the nearest name.
    Unknown(Option<String>),
}

/// The action that `owner/name@version` calls. The lock file takes precedence over the catalogue. A version is that of
/// the pin, its first parts (`v7`), or the commit.
pub fn called<'a>(reference: &str, lock: &'a Pins) -> Called<'a> {
    let (name, version) = match reference.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (reference, None),
    };
    let locked =
        lock.actions.iter().map(AsRef::as_ref).filter(|action| action.name.eq_ignore_ascii_case(name));
    let mut known: Vec<&PinnedAction> = locked.collect();
    for action in versions(name) {
        // The lock file takes precedence for a version.
        if !known.iter().any(|locked| locked.version == action.version) {
            known.push(action);
        }
    }
    let Some(newest) = known.first() else {
        let names = ACTIONS.iter().flat_map(File::entries).map(|entry| entry.name);
        let near =
            pipec_base::closest(name, names.chain(lock.actions.iter().map(|action| action.name.as_str())));
        return Called::Unknown(near.map(str::to_owned));
    };
    let Some(version) = version else { return Called::Unpinned(newest) };
    let fits = |action: &&&PinnedAction| {
        let rest = action.version.strip_prefix(version);
        !version.is_empty()
            && (action.commit == version || rest.is_some_and(|it| it.is_empty() || it.starts_with('.')))
    };
    match known.iter().find(fits) {
        Some(action) => Called::Pinned(action),
        None => Called::OtherVersion(known),
    }
}

/// The digest (`sha256:…`) of an image with a tag. It is that of `pipec.lock`, or else that of the catalogue, if either
/// has one. A reference with its own digest needs none.
pub fn image_digest<'a>(reference: &str, lock: &'a Pins) -> Option<&'a str> {
    let reference = image_with_registry(reference);
    let images = || IMAGES.get_or_init(|| Pins::read(IMAGES_TEXT).unwrap_or_default());
    lock.images.get(&reference).or_else(|| images().images.get(&reference)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_the_catalogue_is_read_and_holds_its_own_repository() {
        for file in &ACTIONS {
            let pins = Pins::read(file.text).unwrap_or_else(|error| panic!("{}: {error}", file.stem));
            assert!(!pins.actions.is_empty(), "{} holds nothing", file.stem);
            let entries: Vec<&PinnedAction> = file.entries().iter().filter_map(Entry::action).collect();
            let read: Vec<&PinnedAction> = pins.actions.iter().map(AsRef::as_ref).collect();
            assert_eq!(entries, read, "{} is in order", file.stem);
            for (entry, action) in file.entries().iter().zip(&pins.actions) {
                assert_eq!(entry.name, action.name);
                let repository: Vec<&str> = action.name.split('/').take(2).collect();
                assert_eq!(repository.join("--").to_lowercase(), file.stem);
            }
        }
        assert!(Pins::read(IMAGES_TEXT).is_ok_and(|pins| pins.images.len() > 10));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test reads the catalogue's folder")]
    fn every_file_of_the_catalogue_is_embedded() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/actions");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        let embedded: BTreeSet<String> = ACTIONS.iter().map(|file| format!("{}.toml", file.stem)).collect();
        assert_eq!(there, embedded);
    }

    #[test]
    fn actions_ignore_case_and_list_the_newest_first() {
        let found: Vec<&str> = versions("azure/LOGIN").map(|action| action.version.as_str()).collect();
        assert_eq!(found, ["v3.0.1", "v2.3.1"]);
        assert_eq!(versions("actions/cache/restore").count(), 2);
        assert_eq!(versions("actions").count(), 0);
    }

    #[test]
    fn a_call_names_a_version_that_is_known() {
        let mut lock = Pins::default();
        let version = |reference: &str, lock: &Pins| match called(reference, lock) {
            Called::Pinned(action) => action.version.clone(),
            Called::Unpinned(action) => format!("none; {}", action.version),
            Called::OtherVersion(known) => format!("one of {}", known.len()),
            Called::Unknown(near) => near.unwrap_or_default(),
        };
        assert_eq!(version("actions/setup-node@v7.0.0", &lock), "v7.0.0");
        assert_eq!(version("Actions/Setup-Node@v6", &lock), "v6.5.0");
        assert_eq!(version("actions/setup-node@820762786026740c76f36085b0efc47a31fe5020", &lock), "v7.0.0");
        assert_eq!(version("actions/setup-node", &lock), "none; v7.0.0");
        for floating in ["main", "", "v70", "v", "7"] {
            assert_eq!(version(&format!("actions/setup-node@{floating}"), &lock), "one of 2");
        }
        assert_eq!(version("actions/setup-nod@v7", &lock), "actions/setup-node");
        assert_eq!(version("acme/nothing-like-it@v1", &lock), "");
        let mut own = versions("actions/setup-node").next().unwrap().clone();
        own.version = "v7.1.0".to_owned();
        own.commit = "7".repeat(40);
        lock.actions.push(own.clone().into());
        assert_eq!(version("actions/setup-node@v7", &lock), "v7.1.0");
        assert_eq!(version("actions/setup-node@v8", &lock), "one of 3");
        lock.actions.extend(versions("actions/setup-node").cloned().map(Arc::new));
        assert_eq!(version("actions/setup-node@v8", &lock), "one of 3", "each version once");
        let commit = "820762786026740c76f36085b0efc47a31fe5020";
        assert_eq!(version(&format!("actions/setup-node@{commit}"), &lock), "v7.0.0");
        lock.actions.retain(|action| action.commit != commit);
        let other = PinnedAction { version: "v7.0.0".to_owned(), commit: "1".repeat(40), ..own.clone() };
        lock.actions.push(other.into());
        let other = version(&format!("actions/setup-node@{commit}"), &lock);
        assert_eq!(other, "one of 3", "a version has one commit: that of the lock");
        own.name = "acme/own".to_owned();
        lock.actions.push(own.into());
        assert_eq!(version("acme/own@v7", &lock), "v7.1.0");
    }

    #[test]
    fn executed_inputs_are_known_by_name() {
        for code in ["script", "inlineScript", "run", "RUN", "pre_build-command", "args", "build_cmd"] {
            assert!(is_code(code), "{code}");
        }
        for text in ["build-args", "run-id", "description", "cmd-format", "path", "tags", "argsfile"] {
            assert!(!is_code(text), "{text}");
        }
        let known = ACTIONS.iter().flat_map(File::entries).filter_map(Entry::action);
        let code: BTreeSet<&str> = known
            .flat_map(|action| action.inputs.keys())
            .map(String::as_str)
            .filter(|input| is_code(input))
            .collect();
        assert_eq!(code, BTreeSet::from(["arguments", "script"]), "of the actions that pipec knows");
    }

    #[test]
    fn the_lock_takes_precedence_for_images() {
        let nothing = Pins::default();
        let known = image_digest("postgres:17-alpine", &nothing).unwrap();
        assert!(known.starts_with("sha256:742f40ea"), "{known}");
        assert_eq!(image_digest("docker.io/library/postgres:17-alpine", &nothing), Some(known));
        assert_eq!(image_digest("postgres:16-alpine", &nothing), None);
        let own = format!("sha256:{}", "0".repeat(64));
        let name = "docker.io/library/postgres:17-alpine".to_owned();
        let lock = Pins { images: [(name, own.clone())].into(), ..Pins::default() };
        assert_eq!(image_digest("postgres:17-alpine", &lock), Some(own.as_str()));
    }
}
