//! Credentials: how a job signs in to clouds, and where its scripts find secrets.
//!
//! For example, `secret KUBECONFIG file` becomes the fixed script `SecretFile`, which writes the secret to a file, and the
//! variable
//!
//! ```text
//! KUBECONFIG   [Scratch, Text("/secrets/KUBECONFIG")]
//! ```

use crate::acts::{Act, Does, Reach};
use crate::units::{Runs, Unit};
use crate::value::{Credential, Part, Value};
use pipec_ir::{Identity, Provider, Registry, Secret};
use pipec_runtime::Script;
use pipec_runtime::names::REGISTRY;

/// The act that signs in to a cloud.
///
/// There is none for `oidc`: the scripts ask for the token themselves.
pub(crate) fn sign_in(identity: &Identity, reach: Reach) -> Option<Act<'_>> {
    let title = match identity.provider {
        Provider::Aws => "Log in to AWS",
        Provider::Azure => "Log in to Azure",
        Provider::Google => "Log in to Google Cloud",
        Provider::Oidc => return None,
    };
    Some(Act::new(title, Does::SignIn(identity, reach)))
}

/// The act that signs in to the cloud of a registry.
///
/// It comes behind all scripts, and only the push reads what it gets.
pub(crate) fn sign_in_to_push(registry: &Registry) -> Option<Act<'_>> {
    registry.identity()?;
    Some(Act::new("Log in to the registry", Does::SignInToPush(registry)).with_id(REGISTRY))
}

/// The act that writes a secret to its file.
pub(crate) fn write(secret: &Secret) -> Act<'_> {
    let title = format!("Write {} to a file", secret.variable);
    let parameters = [("SECRET", Value::part(Part::Secret(&secret.variable))), ("FILE", file(secret))];
    Act::fixed(title, Script::SecretFile, parameters)
}

/// The value of a secret's variable: the secret, or the path of its file.
pub(crate) fn value(secret: &Secret) -> Value<'_> {
    if secret.file { file(secret) } else { Value::part(Part::Secret(&secret.variable)) }
}

/// The act that removes the file of a secret.
pub(crate) fn remove(secret: &Secret) -> Act<'_> {
    Act::fixed(format!("Remove {}", secret.variable), Script::SecretRemoved, [("FILE", file(secret))])
}

/// The act that removes the file of a login at Google Cloud.
pub(crate) fn remove_login<'p>(login: &str) -> Act<'p> {
    let file = Value::part(Part::OfLogin(login.to_owned(), Credential::File));
    Act::fixed("Log out of Google Cloud", Script::SecretRemoved, [("FILE", file)])
}

/// The act that ends the session at Azure.
pub(crate) fn log_out<'p>() -> Act<'p> {
    Act::fixed("Log out of Azure", Script::AzureLogOut, [])
}

fn file(secret: &Secret) -> Value<'_> {
    Value::in_scratch(format!("/secrets/{}", secret.variable))
}

/// The value of a secret in a job: empty if the code was not reviewed.
pub(crate) fn for_code_of<'p>(unit: &Unit, secret: Value<'p>) -> Value<'p> {
    match unit.runs {
        Runs::Untrusted => Value::default(),
        Runs::All | Runs::Trusted => secret,
    }
}
