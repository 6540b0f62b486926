//! The targets this version has.

use pipec_github::GitHub;
use pipec_target_api::Target;

/// All targets, in the order they are built.
pub fn all() -> &'static [&'static dyn Target] {
    &[&GitHub]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_target_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = all().iter().map(|target| target.name()).collect();
        assert_eq!(names.len(), all().len());
        assert!(names.contains("github"));
    }
}
