//! What GitHub offers a repository on each plan.
//!
//! The source is GitHub's documentation (`data/reusables/gated-features` of `github/docs`): "environments", "protected
//! branches", "rulesets", "merge queue", "code scanning", "attestations" and "pages".

use pipec_ir::{Platform, Visibility};

/// The plans of GitHub, from the smallest.
pub const PLANS: &[&str] = &["free", "pro", "team", "enterprise"];

/// What GitHub offers a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offers {
    /// Environments, with their own secrets and the branches that may enter them.
    pub environments: bool,
    /// Rules about who may change a branch or tag, and the checks to require there.
    pub rulesets: bool,
    /// Reviewers of an environment.
    pub reviewers: bool,
    /// The merge queue.
    pub merge_queue: bool,
    /// Code scanning, if necessary for money.
    pub code_scanning: bool,
    /// Attestations of what was built.
    pub attestations: bool,
    /// GitHub Pages.
    pub pages: bool,
}

impl Offers {
    /// What a repository has of which the workspace says nothing, or which everybody sees.
    const ALL: Offers = Offers {
        environments: true,
        rulesets: true,
        reviewers: true,
        merge_queue: true,
        code_scanning: true,
        attestations: true,
        pages: true,
    };

    /// What the repository has. What the workspace does not say is assumed.
    pub fn of(platform: Option<&Platform>) -> Offers {
        let Some(Platform { visibility: Visibility::Private, plan: Some(plan), .. }) = platform else {
            return Offers::ALL;
        };
        match plan.as_str() {
            "enterprise" => Offers::ALL,
            "team" => Offers { reviewers: false, merge_queue: false, attestations: false, ..Offers::ALL },
            "pro" => Offers {
                reviewers: false,
                merge_queue: false,
                code_scanning: false,
                attestations: false,
                ..Offers::ALL
            },
            _ => Offers {
                environments: false,
                rulesets: false,
                reviewers: false,
                merge_queue: false,
                code_scanning: false,
                attestations: false,
                pages: false,
            },
        }
    }
}
