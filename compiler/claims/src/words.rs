//! Sentences for claims.

use crate::{Assumed, Assumption, Place, Reliance, Setting, Task, Theorem, Trust};
use crate::{plain, short};
use std::fmt::Debug;

/// The words of an engine or a platform for claims. Without its own words, it uses those of [`Neutral`].
pub trait Words: Debug + Sync {
    /// The sentence of a theorem.
    fn theorem(&self, theorem: &Theorem) -> String {
        plain::theorem(theorem)
    }

    /// The basis of a theorem.
    fn basis(&self, theorem: &Theorem) -> String {
        theorem.id().basis().to_string()
    }

    /// The sentence of a setting.
    fn setting(&self, setting: &Setting) -> String {
        plain::setting(setting)
    }

    /// The sentence of a trust.
    fn trust(&self, trust: &Trust) -> String {
        plain::trust(trust)
    }

    /// The claims that rely on an assumption.
    fn reliance(&self, reliance: &Reliance) -> String {
        plain::reliance(reliance)
    }

    /// The short sentence of a theorem, for a list of one screen. That of an emitted theorem is a phrase for a list.
    fn short_theorem(&self, theorem: &Theorem) -> String {
        short::theorem(theorem)
    }

    /// The names of places of one kind, with the kind: "environments staging, production".
    fn places(&self, places: &[Place]) -> String {
        short::place(places)
    }

    /// The short sentence of a task. Its place is not repeated.
    fn task(&self, task: &Task) -> String {
        short::task(task)
    }

    /// The short sentences of statements that no setting can ensure, one for each kind.
    fn short_trusts(&self, trusts: &[&Trust]) -> Vec<String> {
        short::trusts(trusts)
    }

    /// The sentence of an assumption.
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
