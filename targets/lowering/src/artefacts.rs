//! Artefacts: one job records and keeps them, others fetch and verify them.
//!
//! For example, the artefact `app` of the one file `dist/app.tar`, and a deploy that uses it, become
//!
//! ```text
//! app                        record   RecordFile: FILE dist/app.tar, PACKED …/app.tar   hands on: digest
//!                            keep     …/app.tar under the name app
//! deploy-app-to-production   fetch    app
//!                            verify   VerifyFile: DIGEST of app, NAME app
//! ```

use crate::acts::{Act, Does, Keep, Kept, directory};
use crate::credentials;
use crate::jobs::HandOn;
use crate::passes::{Passes, Texts};
use crate::token::TokenUse;
use crate::units::{self, Runs, Unit};
use crate::value::{Credential, HandedOn, Part, Value, Variables};
use pipec_ir::{Artefact, Login, Node, Provider, Registry, variable_part};
use pipec_runtime::names::REGISTRY;
use pipec_runtime::{PushForm, Script};
use std::borrow::Cow;

/// The act that records the digest.
const RECORD: &str = "record";

/// What a job that builds hands on.
const DIGEST: &str = "digest";

/// The variable that says where the build of an image leaves its layout.
const LAYOUT: &str = "PIPE_IMAGE_LAYOUT";

/// The user's name for a token in Google's registries.
///
/// The source is Google's documentation, "Configure authentication to Artifact Registry for Docker".
const GOOGLE_USER: &str = "oauth2accesstoken";

/// The folder in which artefacts of other jobs arrive.
const HANDED_OVER: &str = "/handed-over";

/// The path of an artefact in a job that uses it.
///
/// It is the only file, or the folder.
///
/// What legs have built is in a folder for each leg.
pub(crate) fn path<'p>(producer: &Node, artefact: &Artefact) -> Value<'p> {
    let folder = folder(&producer.name);
    match artefact.single_file() {
        Some(_) if producer.has_legs() => folder,
        Some(file) => folder.and_text(format!("/{}", last_segment(file))),
        None => folder,
    }
}

/// Where an artefact is unpacked.
fn folder<'p>(name: &str) -> Value<'p> {
    Value::in_scratch(folder_in_scratch(name))
}

/// The folder of an artefact, below [`Part::Scratch`].
fn folder_in_scratch(name: &str) -> String {
    format!("/artefacts/{name}")
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The id of the act that verifies what legs have built.
///
/// Its output is the digest of the whole.
fn verification(name: &str) -> String {
    format!("legs-{name}")
}

/// Where the build of an image leaves its layout.
fn layout<'p>() -> Value<'p> {
    Value::in_scratch("/image-layout")
}

/// The variable of the scripts that build an image.
pub(crate) fn layout_variable<'p>(node: &Node) -> Option<(Cow<'p, str>, Value<'p>)> {
    node.image().map(|_| (Cow::Borrowed(LAYOUT), layout()))
}

/// The act before the scripts that build an image.
pub(crate) fn make_layout<'p>(node: &Node) -> Option<Act<'p>> {
    node.image().map(|_| Act::fixed("Make the layout's folder", Script::ImageFolder, [(LAYOUT, layout())]))
}

/// What the job of an artefact hands on.
pub(crate) fn hands_on(node: &Node) -> Vec<HandOn<'_>> {
    let digest = HandOn::new(DIGEST, Value::output(RECORD, DIGEST));
    if !node.has_legs() {
        return vec![digest];
    }
    node.legs().into_iter().map(|leg| HandOn { leg: Some(leg.name), ..digest.clone() }).collect()
}

/// The acts that record and keep what a node has built.
pub(crate) fn record(node: &Node) -> Vec<Act<'_>> {
    let Some(artefact) = node.artefact() else { return Vec::new() };
    let name = node.name.as_str();
    let kept = match node.has_legs() {
        true => Value::text(format!("{name}.")).and(Part::LegName),
        false => Value::text(name),
    };
    let packed = Value::in_scratch("/").and_value(kept.clone()).and_text(".tar");
    let title = format!("Record {name}");
    let is_image = artefact.image().is_some();
    let record = match artefact.single_file() {
        _ if is_image => Act::fixed(title, Script::RecordImage, [("LAYOUT", layout())]),
        Some(file) => {
            Act::fixed(title, Script::RecordFile, [("FILE", Value::text(file))]).in_directory(directory(node))
        }
        None => {
            let globs = Value::lines(artefact.paths.iter().map(|path| path.glob.expression()));
            Act::fixed(title, Script::RecordFolder, [("PATHS", globs)]).in_directory(directory(node))
        }
    };
    let record = record.with_id(RECORD).with("PACKED", packed.clone());
    // The layers of an image are compressed already.
    let keep = Keep { name: kept, paths: packed, is_required: true, is_compressed: is_image };
    vec![record, Act::new(format!("Keep {name}"), Does::Keep(keep))]
}

impl<'p> Texts<'_, 'p> {
    /// The digest of an artefact, as a job that uses it knows it.
    pub(crate) fn digest_of(&self, producer: &Node, unit: &Unit) -> Value<'p> {
        if producer.has_legs() {
            // Each leg knows its own digest; that of the whole is known to whoever has fetched all.
            return Value::output(verification(&producer.name), DIGEST);
        }
        Value::part(self.recorded(producer, unit, None))
    }

    /// The digest that the job of an artefact, or one of its legs, has recorded.
    fn recorded(&self, producer: &Node, unit: &Unit, leg: Option<String>) -> Part<'p> {
        let jobs = units::before(self.source, self.units, unit, producer);
        let jobs = jobs.iter().map(|producer| producer.id.clone()).collect();
        Part::HandedOn(HandedOn { jobs, name: DIGEST, leg })
    }

    /// The reference by which a job pulls an image.
    ///
    /// It is the name with the digest if the image was pushed, else the layout in the job.
    pub(crate) fn image_reference(&self, producer: &'p Node, unit: &Unit) -> Value<'p> {
        let Some(name) = producer.image() else { return Value::default() };
        let (local, pushed): (Vec<&Unit>, Vec<&Unit>) =
            units::before(self.source, self.units, unit, producer)
                .into_iter()
                .partition(|unit| unit.runs == Runs::Untrusted);
        let digest = |unit: &Unit| HandedOn { jobs: vec![unit.id.clone()], name: DIGEST, leg: None };
        match (pushed.first(), local.first()) {
            (Some(pushed), None) => Value::text(format!("{name}@")).and(Part::HandedOn(digest(pushed))),
            (Some(pushed), Some(_)) => Value::part(Part::Image {
                name,
                digest: digest(pushed),
                layout: folder_in_scratch(&producer.name),
            }),
            (None, _) => Value::text("oci:").and_value(folder(&producer.name)),
        }
    }
}

impl<'p> Passes<'_, 'p> {
    /// The acts that fetch and verify what a node uses.
    ///
    /// Nothing of the source has run before them, and no secret is in the job yet.
    pub(crate) fn fetch(&self, node: &'p Node, unit: &Unit) -> Vec<Act<'p>> {
        let used = self.source.pipeline.used_by(node);
        used.flat_map(|(producer, artefact)| {
            let name = producer.name.as_str();
            let kept = match producer.has_legs() {
                true => Kept::OfLegs(name.to_owned()),
                false => Kept::Whole(name.to_owned()),
            };
            let verify = match producer.has_legs() {
                true => self.verify_legs(producer, unit),
                false => self.verify(producer, artefact, unit),
            };
            let verify = match artefact.single_file() {
                Some(file) => verify.with("FILE", Value::text(last_segment(file))),
                None => verify,
            };
            [Act::new(format!("Fetch {name}"), Does::Fetch(kept, Value::in_scratch(HANDED_OVER))), verify]
        })
        .collect()
    }

    fn verify(&self, producer: &'p Node, artefact: &Artefact, unit: &Unit) -> Act<'p> {
        let name = producer.name.as_str();
        let script = match artefact.single_file() {
            _ if artefact.image().is_some() => Script::VerifyImage,
            Some(_) => Script::VerifyFile,
            None => Script::VerifyFolder,
        };
        let parameters = [("DIGEST", self.texts().digest_of(producer, unit)), ("NAME", Value::text(name))];
        Act::fixed(format!("Verify {name}"), script, parameters)
    }

    /// The act that verifies what several legs have built.
    ///
    /// Each result is unpacked into a folder with the name of its leg.
    fn verify_legs(&self, producer: &'p Node, unit: &Unit) -> Act<'p> {
        let name = producer.name.as_str();
        let legs = producer.legs().into_iter().fold(Value::default(), |lines, leg| {
            let lines = if lines.parts.is_empty() { lines } else { lines.and_text("\n") };
            let line = lines.and_text(format!("{} ", leg.name));
            line.and(self.texts().recorded(producer, unit, Some(leg.name)))
        });
        let parameters = [("LEGS", legs), ("NAME", Value::text(name))];
        Act::fixed(format!("Verify {name}"), Script::VerifyLegs, parameters).with_id(verification(name))
    }

    /// Adds the variables of the artefacts that a node uses.
    ///
    /// They are `APP_PATH` and `APP_DIGEST` for each artefact, `WEB_REF`, `WEB_LAYOUT` and `WEB_DIGEST` for an image, and
    /// `SUBJECT_*` for the one that a task is about.
    pub(crate) fn add_artefacts(&self, variables: &mut Variables<'p>, node: &'p Node, unit: &Unit) {
        for (producer, artefact) in self.source.pipeline.used_by(node) {
            let name = producer.name.as_str();
            let is_subject = node.body.subject.as_deref() == Some(name);
            let own = variable_part(name);
            for prefix in [Some(own.as_str()), is_subject.then_some("SUBJECT")].into_iter().flatten() {
                let mut add = |what: &str, value| variables.push((format!("{prefix}_{what}").into(), value));
                if artefact.image().is_some() {
                    add("REF", self.texts().image_reference(producer, unit));
                    add("LAYOUT", folder(name));
                } else {
                    add("PATH", path(producer, artefact));
                }
                add("DIGEST", self.texts().digest_of(producer, unit));
            }
        }
    }

    /// The acts that push an image, and what they need the token for.
    ///
    /// Jobs of code that was not reviewed have none.
    pub(crate) fn push(&self, node: &'p Node, unit: &Unit) -> (Vec<Act<'p>>, Option<TokenUse<'p>>) {
        let Some(image) = node.image().filter(|_| unit.runs != Runs::Untrusted) else {
            return (Vec::new(), None);
        };
        let registry = self.source.program.registry_of(image);
        let form = match registry.and_then(|registry| Some(registry.identity()?.provider)) {
            Some(Provider::Aws) => PushForm::Amazon,
            Some(Provider::Azure) => PushForm::Azure,
            Some(Provider::Google | Provider::Oidc) | None => PushForm::Password,
        };
        let parameters =
            [("NAME", Value::text(image)), ("DIGEST", Value::output(RECORD, DIGEST)), ("LAYOUT", layout())];
        let act = Act::fixed(format!("Push {}", node.name), Script::PushImage(form), parameters);
        let Some(registry) = registry else {
            // The platform's own registry takes the job's token.
            let act = act.with("REGISTRY_PASSWORD", Value::part(Part::Token));
            return (vec![act], Some(TokenUse::PushImage));
        };
        let act = with_login(act, registry);
        let token = registry.identity().map(TokenUse::Identity);
        (credentials::sign_in_to_push(registry).into_iter().chain([act]).collect(), token)
    }
}

/// A push with what it needs to log in to a registry.
fn with_login<'p>(act: Act<'p>, registry: &'p Registry) -> Act<'p> {
    let got = |credential| Value::part(Part::OfLogin(REGISTRY.to_owned(), credential));
    let identity = match &registry.login {
        Login::Password { user, password } => {
            let secret = |name: &'p str| Value::part(Part::Secret(name));
            return act.with("REGISTRY_USER", secret(user)).with("REGISTRY_PASSWORD", secret(password));
        }
        Login::Identity(identity) => identity,
    };
    match identity.provider {
        Provider::Aws => act
            .with("AWS_REGION", Value::text(registry.region().unwrap_or_default()))
            .with("AWS_ACCESS_KEY_ID", got(Credential::AccessKeyId))
            .with("AWS_SECRET_ACCESS_KEY", got(Credential::SecretAccessKey))
            .with("AWS_SESSION_TOKEN", got(Credential::SessionToken)),
        Provider::Google => act
            .with("REGISTRY_USER", Value::text(GOOGLE_USER))
            .with("REGISTRY_PASSWORD", got(Credential::Token)),
        // The analysis lets no registry take an identity of `oidc`.
        Provider::Azure | Provider::Oidc => act,
    }
}
