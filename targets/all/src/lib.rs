//! The targets of this version, and the engines with a keyword in the language.

mod planned;

use pipec_github::GitHub;
use pipec_ir::Engine;
use pipec_target_api::Target;
use planned::Planned;

/// The engines that a source can name, in the order of lists in messages.
pub fn engines() -> &'static [&'static dyn Engine] {
    &[&GitHub, &Planned("gitlab"), &Planned("tekton")]
}

/// All targets, in the order of the build.
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

    #[test]
    fn every_target_is_an_engine_that_a_source_can_name() {
        let words: BTreeSet<&str> = engines().iter().map(|engine| engine.word()).collect();
        assert_eq!(words.len(), engines().len());
        assert!(all().iter().all(|target| words.contains(target.name())));
    }
}
