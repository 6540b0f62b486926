//! What the workspace says of a platform: who sees the repository, and the plan of its owner.
//!
//! For example, `platform github { visibility private  plan team }` says that there are environments, but nobody can be
//! asked for an approval. Which plan offers what, each engine knows.

use crate::Origin;

/// What the workspace says of an engine's platform: `platform github { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Platform {
    /// Who sees the repository.
    pub visibility: Visibility,
    /// The plan of the owner, as the engine calls it. It is there if not everybody sees the repository.
    pub plan: Option<String>,
    /// Why all workflows may read all secrets, and where that was written: `secrets shared because "…"`.
    pub secrets_shared: Option<(String, Origin)>,
    /// Where it was declared.
    pub origin: Origin,
}

/// Who sees a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Members only.
    Private,
}

impl Visibility {
    /// Every kind.
    pub const ALL: [Visibility; 2] = [Visibility::Public, Visibility::Private];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Private => "private",
        }
    }
}
