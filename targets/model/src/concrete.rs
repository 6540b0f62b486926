//! One run of a world, with a value for each of its facts.
//!
//! ```text
//! ConcreteRun { run: push of branch `main`, changing `docs/x`, .. }
//!     World::model_of   push = true, the region of `main` = true, the region of `docs/x` = true,
//!                       everything else = false
//! ```

use crate::World;
use pipec_ir::facts::Run;
use pipec_logic::{Model, Proposition};

/// A run that an engine can start.
///
/// It has everything that a world distinguishes before the first job.
#[derive(Clone, Debug, PartialEq)]
pub struct ConcreteRun {
    /// What the source can ask about. An override has the facts of the corresponding push.
    pub run: Run,
    /// Which gate the run overrides. `None` if it is no override.
    pub overriding: Option<OverriddenGate>,
    /// Whether a person started it on a tag.
    pub is_manual_on_tag: bool,
    /// Whether it is a pull request from another repository.
    pub is_from_other_repository: bool,
    /// Whether it is a pull request of a bot.
    pub is_of_bot: bool,
    /// Whether it is a pull request to a branch that a trigger names.
    pub has_wanted_base: bool,
}

/// What an override says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverriddenGate {
    /// The gate. `None` if it names no gate that can be overridden.
    pub gate: Option<String>,
    /// Whether it is for the head of its branch, and has a reason.
    pub is_complete: bool,
}

impl World {
    /// The valuation of a run. Every circumstance that is unknown before the run is false.
    pub fn model_of(&self, run: &ConcreteRun) -> Model {
        let mut model = self.facts.model_of(&run.run);
        let mut set = |circumstance: Proposition| {
            let variables = self.logic().depends_on(&circumstance).unwrap_or_default();
            variables.into_iter().for_each(|variable| model.set(variable, true));
        };
        let circumstances = [
            (run.is_manual_on_tag, World::MANUAL_ON_TAG),
            (run.is_from_other_repository, World::FROM_OTHER_REPOSITORY),
            (run.is_of_bot, World::OF_BOT),
            (run.has_wanted_base, World::TO_WANTED_BASE),
        ];
        for (_, name) in circumstances.into_iter().filter(|(holds, _)| *holds) {
            set(self.free(name));
        }
        if let Some(overriding) = &run.overriding {
            set(self.free(World::OVERRIDE));
            if overriding.is_complete {
                set(self.free(World::COMPLETE_OVERRIDE));
            }
            if let Some(gate) = &overriding.gate {
                set(self.free(&World::override_of(gate)));
            }
        }
        model
    }
}
