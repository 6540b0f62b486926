//! The places where people make settings.

use crate::{SecretPlace, Setting};
use pipec_ir::Provider;

/// A place where people make settings. Branches and tags are globs of the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The rules of a branch.
    Branch(String),
    /// The rules of a tag.
    Tag(String),
    /// An environment.
    Environment(String),
    /// The repository.
    Repository,
    /// The organisation that owns the repository.
    Organisation,
    /// A cloud, or another service that accepts identities.
    Cloud(Provider),
    /// Runners, by their labels. The labels are sorted.
    Runners(Vec<String>),
}

impl Place {
    /// The position of its kind in a checklist.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Place::Branch(_) => 0,
            Place::Tag(_) => 1,
            Place::Environment(_) => 2,
            Place::Repository => 3,
            Place::Organisation => 4,
            Place::Cloud(_) => 5,
            Place::Runners(_) => 6,
        }
    }
}

impl From<&SecretPlace> for Place {
    fn from(place: &SecretPlace) -> Place {
        match place {
            SecretPlace::Environment(name) => Place::Environment(name.clone()),
            SecretPlace::Repository => Place::Repository,
            SecretPlace::Organisation => Place::Organisation,
        }
    }
}

impl Setting {
    /// The place where people make the setting.
    pub fn place(&self) -> Place {
        match self {
            Setting::BranchRule { branch, .. } | Setting::RequiredCheck { branch, .. } => {
                Place::Branch(branch.clone())
            }
            Setting::TagRule { tag, .. } => Place::Tag(tag.clone()),
            Setting::EnvironmentRefs { environment, .. }
            | Setting::EnvironmentReviewers { environment, .. }
            | Setting::PreviewEnvironment { environment, .. } => Place::Environment(environment.clone()),
            Setting::Secret { place, .. } => place.into(),
            Setting::Variable { environment: Some(name), .. } => Place::Environment(name.clone()),
            Setting::Variable { environment: None, .. } => Place::Repository,
            Setting::CloudTrust(trust) => Place::Cloud(trust.provider),
            Setting::RunnerTools { runners, .. } => Place::Runners(runners.clone()),
        }
    }
}
