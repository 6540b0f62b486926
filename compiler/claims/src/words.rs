//! How claims become sentences.

use crate::plain;
use crate::{Assumed, Assumption, Reliance, Setting, Theorem, Trust};
use std::fmt::Debug;

/// The words of an engine or a platform for claims. What it has no words of its own for is said as [`Neutral`] does.
pub trait Words: Debug + Sync {
    /// What a theorem says.
    fn theorem(&self, theorem: &Theorem) -> String {
        plain::theorem(theorem)
    }

    /// What a theorem rests on.
    fn basis(&self, theorem: &Theorem) -> String {
        theorem.id().basis().to_string()
    }

    /// What must be set.
    fn setting(&self, setting: &Setting) -> String {
        plain::setting(setting)
    }

    /// What is trusted.
    fn trust(&self, trust: &Trust) -> String {
        plain::trust(trust)
    }

    /// What relies on an assumption.
    fn reliance(&self, reliance: &Reliance) -> String {
        plain::reliance(reliance)
    }

    /// What is assumed.
    fn assumed(&self, assumed: &Assumed) -> String {
        match &assumed.assumption {
            Assumption::Setting(setting) => self.setting(setting),
            Assumption::Trust(trust) => self.trust(trust),
        }
    }
}

/// Words that belong to no engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neutral;

impl Words for Neutral {}

/// Words that belong to no engine.
pub const NEUTRAL: &Neutral = &Neutral;
