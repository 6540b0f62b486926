//! Identities: short-lived logins to clouds and registries.

use crate::Origin;
use crate::amazon::amazon_region;
use std::fmt;

/// `identity aws "…"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The provider of the identity.
    pub provider: Provider,
    /// The role, client or audience at the provider.
    pub role: String,
    /// Where it was written.
    pub origin: Origin,
}

impl Identity {
    /// A region in the partition of a role of AWS.
    pub fn default_region(&self) -> &'static str {
        if self.role.starts_with("arn:aws-cn:") {
            "cn-north-1"
        } else if self.role.starts_with("arn:aws-us-gov:") {
            "us-gov-west-1"
        } else {
            "us-east-1"
        }
    }
}

/// A provider of identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum Provider {
    Aws,
    Azure,
    Google,
    Oidc,
}

impl Provider {
    /// All providers.
    pub const ALL: [Provider; 4] = [Provider::Aws, Provider::Azure, Provider::Google, Provider::Oidc];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            Provider::Aws => "aws",
            Provider::Azure => "azure",
            Provider::Google => "google",
            Provider::Oidc => "oidc",
        }
    }

    /// The provider with a keyword.
    pub fn from_word(word: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.word() == word)
    }

    /// The provider whose identities a registry takes, by its host.
    pub fn of_registry(host: &str) -> Option<Provider> {
        if matches!(amazon_region(host), Some(Ok(_))) {
            Some(Provider::Aws)
        } else if host == "gcr.io" || host.ends_with(".gcr.io") || host.ends_with(".pkg.dev") {
            Some(Provider::Google)
        } else if host.ends_with(".azurecr.io") {
            Some(Provider::Azure)
        } else {
            None
        }
    }

    /// Whether a step logs in before the scripts run. Otherwise the scripts request their token themselves.
    pub fn has_sign_in(self) -> bool {
        self != Provider::Oidc
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Identity {
    /// The principal that the run becomes at its provider, in a form that ignores spelling. `None` if the run's own
    /// token decides. An `oidc` identity names an audience, and a `google` identity a provider of a workload identity
    /// pool, which maps each token to its own principal: both distinguish environments by the token. A client of Azure
    /// is the same in every subscription. The ids of Azure and the role names of AWS ignore case.
    pub fn principal(&self) -> Option<String> {
        let role = self.role.to_ascii_lowercase();
        match self.provider {
            Provider::Oidc | Provider::Google => None,
            Provider::Azure => {
                let parts: Vec<&str> = role.split('/').collect();
                Some(
                    [parts.first(), parts.last()]
                        .into_iter()
                        .flatten()
                        .copied()
                        .collect::<Vec<_>>()
                        .join("/"),
                )
            }
            Provider::Aws => Some(role),
        }
    }
}
