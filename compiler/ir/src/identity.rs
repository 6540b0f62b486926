//! Identities that others lend to a run.

use crate::Origin;
use std::fmt;

/// `identity aws "…"`
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Who lends it.
    pub provider: Provider,
    /// What is assumed there: a role, a client, an audience.
    pub role: String,
    /// Where it was written.
    pub origin: Origin,
}

/// Who lends an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum Provider {
    Aws,
    Azure,
    Google,
    Oidc,
}

impl Provider {
    /// All of them.
    pub const ALL: [Provider; 4] = [Provider::Aws, Provider::Azure, Provider::Google, Provider::Oidc];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Provider::Aws => "aws",
            Provider::Azure => "azure",
            Provider::Google => "google",
            Provider::Oidc => "oidc",
        }
    }

    /// The provider of that word.
    pub fn from_word(word: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.word() == word)
    }

    /// Whether a step signs in to it before the scripts run; else the scripts ask for their token themselves.
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
    /// Whom its provider takes the run for, alike however that is written; none where the run's own token decides. An
    /// `oidc` names an audience, and `google` a provider of a workload identity pool, which maps each token to a principal
    /// of its own: both tell the environments apart by the token. A client of Azure is the same in every subscription, and
    /// neither its ids nor the names of AWS's roles differ by case.
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
