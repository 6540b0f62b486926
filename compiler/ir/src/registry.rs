//! Registries of images, and how a job logs in to push there.

use crate::amazon::amazon_region;
use crate::{Identity, Origin};

/// A registry that the workspace declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// The prefix of its image names.
    pub prefix: String,
    /// How a push logs in.
    pub login: Login,
    /// Where it was declared.
    pub origin: Origin,
}

/// How a push logs in to a registry.
#[derive(Clone, Debug, PartialEq)]
pub enum Login {
    /// `user X password Y`: two secrets.
    Password {
        /// The secret with the user's name.
        user: String,
        /// The secret with the password.
        password: String,
    },
    /// `identity aws "…"`: the run's identity becomes a login of short life.
    Identity(Identity),
}

impl Registry {
    /// The secrets with the user's name and the password, if it takes these.
    pub fn secrets(&self) -> Option<[&str; 2]> {
        match &self.login {
            Login::Password { user, password } => Some([user, password]),
            Login::Identity(_) => None,
        }
    }

    /// The identity that it takes, if it takes one.
    pub fn identity(&self) -> Option<&Identity> {
        match &self.login {
            Login::Password { .. } => None,
            Login::Identity(identity) => Some(identity),
        }
    }

    /// The region in the host of Amazon's registry, for example `eu-west-1` in
    /// `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
    pub fn region(&self) -> Option<&str> {
        let host = self.prefix.split('/').next()?;
        amazon_region(host)?.ok()
    }
}
