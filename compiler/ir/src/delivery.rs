//! Deploys: what goes to which environment, in which steps, and what leads back.

use crate::{Action, Origin};
use std::fmt;

/// The only way into an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deploy {
    /// The artefacts, by name, in source order: they move and roll back together.
    pub artefacts: Vec<String>,
    /// The environment, by name.
    pub environment: String,
    /// Where the environment was written.
    pub environment_origin: Origin,
    /// How it goes forth.
    pub delivery: Delivery,
    /// Judges after each step.
    pub verify: Option<Action>,
    /// What leads back, if the source says anything of it.
    pub way_back: Option<WayBack>,
}

/// How a deploy goes forth.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Delivery {
    /// The scripts of `run` do it all.
    #[default]
    AtOnce,
    /// `shift` moves the weight, one step of the strategy after the other; there is no `run`.
    Stepwise {
        /// The steps.
        strategy: Strategy,
        /// Moves the weight.
        shift: Action,
    },
}

/// What leads back from a deploy that failed.
#[derive(Clone, Debug, PartialEq)]
pub enum WayBack {
    /// `rollback …`
    Rollback(Action),
    /// `irreversible because "…"`: nothing does.
    Irreversible {
        /// Why.
        because: String,
        /// Where it was written.
        origin: Origin,
    },
}

impl Deploy {
    /// The strategy by which the weight moves, if it moves in steps.
    pub fn strategy(&self) -> Option<&Strategy> {
        match &self.delivery {
            Delivery::AtOnce => None,
            Delivery::Stepwise { strategy, .. } => Some(strategy),
        }
    }

    /// What moves the weight, if it moves in steps.
    pub fn shift(&self) -> Option<&Action> {
        match &self.delivery {
            Delivery::AtOnce => None,
            Delivery::Stepwise { shift, .. } => Some(shift),
        }
    }

    /// What goes back after a failure.
    pub fn rollback(&self) -> Option<&Action> {
        match &self.way_back {
            Some(WayBack::Rollback(action)) => Some(action),
            Some(WayBack::Irreversible { .. }) | None => None,
        }
    }

    /// Why there is no way back, and where that was written.
    pub fn irreversible(&self) -> Option<(&str, &Origin)> {
        match &self.way_back {
            Some(WayBack::Irreversible { because, origin }) => Some((because, origin)),
            Some(WayBack::Rollback(_)) | None => None,
        }
    }

    /// Its actions, as far as it has them, in the order in which they come.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        [self.shift(), self.verify.as_ref(), self.rollback()].into_iter().flatten()
    }

    /// How long it soaks in all, in milliseconds: that is added to its timeout.
    pub fn soaks(&self) -> u64 {
        let steps = self.strategy().into_iter().flat_map(|strategy| &strategy.steps);
        steps.fold(0, |sum: u64, step| sum.saturating_add(step.soak))
    }
}

/// `strategy canary { step 5% soak 10m … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Its kind.
    pub kind: StrategyKind,
    /// Its steps, in order.
    pub steps: Vec<StrategyStep>,
    /// Where it was written.
    pub origin: Origin,
}

impl Strategy {
    /// The weights that it takes, each with its soak in milliseconds; the last is 100%, whether or not it is a step.
    pub fn weights(&self) -> Vec<(Weight, u64)> {
        let said = self.steps.iter();
        let mut weights: Vec<(Weight, u64)> = said
            .map(|step| (if step.weight.is_all() { Weight::all() } else { step.weight.clone() }, step.soak))
            .collect();
        if weights.last().is_none_or(|(weight, _)| !weight.is_all()) {
            weights.push((Weight::all(), 0));
        }
        weights
    }
}

/// The kinds of strategies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants name themselves")]
pub enum StrategyKind {
    Canary,
    Rolling,
    BlueGreen,
}

impl StrategyKind {
    /// All of them.
    pub const ALL: [StrategyKind; 3] = [StrategyKind::Canary, StrategyKind::Rolling, StrategyKind::BlueGreen];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            StrategyKind::Canary => "canary",
            StrategyKind::Rolling => "rolling",
            StrategyKind::BlueGreen => "blue-green",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<StrategyKind> {
        StrategyKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// `step 5% soak 10m`
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyStep {
    /// The weight.
    pub weight: Weight,
    /// How long it stays there, in milliseconds.
    pub soak: u64,
    /// Where it was written.
    pub origin: Origin,
}

/// A share of the traffic in percent, which is shown as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    percent: f64,
    written: String,
}

impl Weight {
    /// The weight of a number without its sign: `5`, `12.5`. `None`, if it is no finite number from 0 on.
    pub fn parse(written: &str) -> Option<Weight> {
        let percent: f64 = written.parse().ok()?;
        (percent.is_finite() && percent >= 0.0).then(|| Weight { percent, written: written.to_owned() })
    }

    /// 100%.
    pub fn all() -> Weight {
        Weight { percent: 100.0, written: "100".to_owned() }
    }

    /// Its number as it was written, without the sign.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Its number in percent.
    pub fn percent(&self) -> f64 {
        self.percent
    }

    /// Whether nothing is left to move.
    pub fn is_all(&self) -> bool {
        self.percent >= 100.0
    }
}

impl fmt::Display for Weight {
    /// As it was written, without the sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_weight_is_100_percent() {
        let shown = |steps: &[&str]| {
            let step = |weight: &&str| {
                let weight = Weight::parse(weight).expect("a weight");
                StrategyStep { weight, soak: 1, origin: Origin::default() }
            };
            let steps = steps.iter().map(step).collect();
            let strategy = Strategy { kind: StrategyKind::Canary, steps, origin: Origin::default() };
            let weights = strategy.weights().into_iter();
            weights.map(|(weight, soak)| format!("{weight} {soak}")).collect::<Vec<_>>()
        };
        assert_eq!(shown(&[]), ["100 0"]);
        assert_eq!(shown(&["0.5", "5.0"]), ["0.5 1", "5.0 1", "100 0"]);
        assert_eq!(shown(&["50", "100.0"]), ["50 1", "100 1"]);
    }

    #[test]
    fn a_weight_is_a_number() {
        assert!(["", "x", "-1", "inf", "NaN"].into_iter().all(|text| Weight::parse(text).is_none()));
    }
}
