//! The findings, and the theorems that each of them breaks.
//!
//! ```text
//! the job deploy-app-to-production has no lock     breaks the lock of `production`, and no other theorem
//! the job deploy-app-to-production starts, though
//! `tests` has not passed                           breaks `no-skipped-gates` and `order`
//! a key that the model does not know               breaks every theorem
//! ```

use crate::Proof;
use pipec_claims::{Theorem, TheoremId};
use pipec_ir::Node;
use pipec_model::Finding;

/// The theorems that a finding breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// All theorems: the model may have read the output wrongly.
    Everything,
    /// The theorems with these names.
    Theorems {
        /// The names, in groups that several findings share.
        names: [&'static [TheoremId]; 2],
        /// The environment or gate of the broken theorems.
        about: About,
    },
}

/// The subject of a finding, for theorems about one environment or gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// All of them.
    All,
    /// This environment.
    Environment(String),
    /// A job that enters no environment.
    NoEnvironment,
    /// This gate.
    Gate(String),
}

impl Broken {
    /// The theorems with these names, whatever their subject.
    pub(crate) fn of(names: &'static [TheoremId]) -> Broken {
        Broken::of_both(names, &[])
    }

    /// The theorems with the names of both groups, whatever their subject.
    pub(crate) fn of_both(names: &'static [TheoremId], more: &'static [TheoremId]) -> Broken {
        Broken::Theorems { names: [names, more], about: About::All }
    }

    /// The theorems with these names. Of those about an environment, only those about this one.
    pub(crate) fn in_environment(names: &'static [TheoremId], environment: &str) -> Broken {
        Broken::Theorems { names: [names, &[]], about: About::Environment(environment.to_owned()) }
    }

    /// The theorems with these names. Of those about a gate, only those about this one.
    pub(crate) fn of_gate(names: &'static [TheoremId], gate: &str) -> Broken {
        Broken::Theorems { names: [names, &[]], about: About::Gate(gate.to_owned()) }
    }

    /// The theorems with these names. Of those about an environment, only those about the node's environment.
    pub(crate) fn of_node(names: &'static [TheoremId], node: &Node) -> Broken {
        let about = match node.deploy() {
            Some(deploy) => About::Environment(deploy.environment.clone()),
            None => About::NoEnvironment,
        };
        Broken::Theorems { names: [names, &[]], about }
    }

    fn breaks(&self, theorem: &Theorem) -> bool {
        let Broken::Theorems { names, about } = self else { return true };
        let is_meant = match (theorem, theorem.environment()) {
            (Theorem::Override { gate, .. }, _) => !matches!(about, About::Gate(meant) if meant != gate),
            (_, Some(environment)) => match about {
                About::All | About::Gate(_) => true,
                About::Environment(meant) => meant == environment,
                About::NoEnvironment => false,
            },
            (_, None) => true,
        };
        is_meant && names.iter().any(|names| names.contains(&theorem.id()))
    }
}

/// The findings so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    entries: Vec<(Broken, Finding)>,
}

impl Ledger {
    /// Adds a finding.
    pub(crate) fn add(&mut self, broken: Broken, finding: Finding) {
        self.entries.push((broken, finding));
    }

    /// Adds findings that break the same theorems.
    pub(crate) fn extend(&mut self, broken: &Broken, findings: impl IntoIterator<Item = Finding>) {
        self.entries.extend(findings.into_iter().map(|finding| (broken.clone(), finding)));
    }

    /// Adds everything of another ledger.
    pub(crate) fn append(&mut self, mut other: Ledger) {
        self.entries.append(&mut other.entries);
    }

    /// The findings, and the given theorems that none of them breaks.
    pub(crate) fn proof(self, theorems: Vec<Theorem>) -> Proof {
        let (broken, findings): (Vec<Broken>, Vec<Finding>) = self.entries.into_iter().unzip();
        Proof { findings, proved: unbroken(theorems, &broken), broken }
    }
}

/// The given theorems that nothing breaks.
pub(crate) fn unbroken(theorems: Vec<Theorem>, broken: &[Broken]) -> Vec<Theorem> {
    let mut theorems = theorems;
    theorems.retain(|theorem| !broken.iter().any(|broken| broken.breaks(theorem)));
    theorems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(environment: &str) -> Theorem {
        let (environment, pipeline) = (environment.to_owned(), "site".to_owned());
        Theorem::Lock { environment, pipeline, lock: pipec_ir::Lock::Queue, is_preview: false }
    }

    fn proved(broken: Broken) -> Vec<Theorem> {
        let mut ledger = Ledger::default();
        ledger.add(broken, Finding::of_file("it differs", 1));
        ledger.proof(vec![Theorem::Order, lock("staging"), lock("production")]).proved
    }

    #[test]
    fn a_finding_about_one_environment_leaves_the_others_proved() {
        let broken = Broken::in_environment(&[TheoremId::Lock], "staging");
        assert_eq!(proved(broken), [Theorem::Order, lock("production")]);
    }

    #[test]
    fn a_finding_about_all_environments_breaks_each() {
        assert_eq!(proved(Broken::of(&[TheoremId::Lock])), [Theorem::Order]);
        assert_eq!(proved(Broken::Everything), []);
    }

    #[test]
    fn a_finding_about_no_environment_breaks_what_names_none() {
        let names = &[TheoremId::Lock, TheoremId::Order];
        let broken = Broken::Theorems { names: [names, &[]], about: About::NoEnvironment };
        assert_eq!(proved(broken), [lock("staging"), lock("production")]);
    }
}
