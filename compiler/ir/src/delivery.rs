//! Deploys: which artefacts enter which environment, in which steps, and how that is reversed.
//!
//! For example, `deploy app to production { strategy canary { step 5% soak 10m }  shift run "./shift.sh" }` moves 5% of
//! the traffic, waits ten minutes, and moves the rest.

use crate::{Action, Origin};
use std::fmt;

/// A deploy. Artefacts enter an environment only through deploys.
#[derive(Clone, Debug, PartialEq)]
pub struct Deploy {
    /// The artefacts, by name, in source order. They are deployed and rolled back together.
    pub artefacts: Vec<String>,
    /// The environment, by name.
    pub environment: String,
    /// Where the environment was written.
    pub environment_origin: Origin,
    /// How the deploy moves traffic.
    pub delivery: Delivery,
    /// The check after each step.
    pub verify: Option<Action>,
    /// How the deploy is reversed, if the source states it.
    pub reversal: Option<Reversal>,
}

/// How a deploy moves traffic.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Delivery {
    /// The scripts of `run` move all traffic at once.
    #[default]
    AtOnce,
    /// `shift` moves the weight, one step of the strategy after another. There is no `run`.
    Stepwise {
        /// The steps.
        strategy: Strategy,
        /// Moves the weight.
        shift: Action,
    },
    /// A `shift` without a strategy. The analysis refuses it, and checks its scripts and times as those of one step.
    ShiftOnly {
        /// Moves the weight.
        shift: Action,
    },
}

/// How a failed deploy is reversed.
#[derive(Clone, Debug, PartialEq)]
pub enum Reversal {
    /// `rollback …`.
    Rollback(Action),
    /// `irreversible because "…"`: it can't be reversed.
    Irreversible {
        /// The reason.
        because: String,
        /// Where it was written.
        origin: Origin,
    },
}

impl Deploy {
    /// The strategy of a stepwise delivery.
    pub fn strategy(&self) -> Option<&Strategy> {
        match &self.delivery {
            Delivery::AtOnce | Delivery::ShiftOnly { .. } => None,
            Delivery::Stepwise { strategy, .. } => Some(strategy),
        }
    }

    /// The action that moves the weight of a stepwise delivery.
    pub fn shift(&self) -> Option<&Action> {
        match &self.delivery {
            Delivery::AtOnce => None,
            Delivery::Stepwise { shift, .. } | Delivery::ShiftOnly { shift } => Some(shift),
        }
    }

    /// The action that reverses the deploy after a failure.
    pub fn rollback(&self) -> Option<&Action> {
        match &self.reversal {
            Some(Reversal::Rollback(action)) => Some(action),
            Some(Reversal::Irreversible { .. }) | None => None,
        }
    }

    /// The reason why the deploy is irreversible, with its place.
    pub fn irreversible(&self) -> Option<(&str, &Origin)> {
        match &self.reversal {
            Some(Reversal::Irreversible { because, origin }) => Some((because, origin)),
            Some(Reversal::Rollback(_)) | None => None,
        }
    }

    /// The actions of the deploy, in the order in which they run.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        [self.shift(), self.verify.as_ref(), self.rollback()].into_iter().flatten()
    }

    /// The sum of all soaks, in milliseconds. It is added to the timeout.
    pub fn soaks(&self) -> u64 {
        let steps = self.strategy().into_iter().flat_map(|strategy| &strategy.steps);
        steps.fold(0, |sum: u64, step| sum.saturating_add(step.soak))
    }
}

/// `strategy canary { step 5% soak 10m … }`.
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
    /// The weights of the strategy, each with its soak in milliseconds. The last is 100%, even without a step for it.
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
#[expect(missing_docs, reason = "the names of the variants explain them")]
pub enum StrategyKind {
    Canary,
    Rolling,
    BlueGreen,
}

impl StrategyKind {
    /// All kinds.
    pub const ALL: [StrategyKind; 3] = [StrategyKind::Canary, StrategyKind::Rolling, StrategyKind::BlueGreen];

    /// Its keyword in the language.
    pub fn word(self) -> &'static str {
        match self {
            StrategyKind::Canary => "canary",
            StrategyKind::Rolling => "rolling",
            StrategyKind::BlueGreen => "blue-green",
        }
    }

    /// The kind with a keyword.
    pub fn from_word(word: &str) -> Option<StrategyKind> {
        StrategyKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// `step 5% soak 10m`.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyStep {
    /// The weight.
    pub weight: Weight,
    /// The time at this weight, in milliseconds.
    pub soak: u64,
    /// Where it was written.
    pub origin: Origin,
}

/// A share of the traffic, in percent. It is shown as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    percent: f64,
    written: String,
}

impl Weight {
    /// Parses a number without its sign: `5`, `12.5`. `None` if it is negative or not finite.
    pub fn parse(written: &str) -> Option<Weight> {
        let percent: f64 = written.parse().ok()?;
        (percent.is_finite() && percent >= 0.0).then(|| Weight { percent, written: written.to_owned() })
    }

    /// 100%.
    pub fn all() -> Weight {
        Weight { percent: 100.0, written: "100".to_owned() }
    }

    /// The number as written, without the sign.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The number in percent.
    pub fn percent(&self) -> f64 {
        self.percent
    }

    /// Whether the weight is all traffic.
    pub fn is_all(&self) -> bool {
        self.percent >= 100.0
    }
}

impl fmt::Display for Weight {
    /// Writes the number as it was written, without the sign.
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
