//! Proved theorems and required platform settings of a pipeline, as data.
//!
//! A [`Theorem`] is the result of a proof about the source or an output. A [`Setting`] is a required platform setting,
//! and a [`Trust`] a statement that no setting can ensure. Sentences exist only as renderings of these: [`Words`]
//! renders them, and an engine may have its own words.
//!
//! For example, the environment `production` has an approval by the role `lead`, and its deploy waits for the gate
//! `unit`:
//!
//! ```
//! use pipec_claims::{NEUTRAL, NoSkippedGates, Setting, Theorem, Words};
//!
//! let proved = Theorem::NoSkippedGates(NoSkippedGates {
//!     environment: "production".to_owned(),
//!     gates: vec!["unit".to_owned()],
//!     ..NoSkippedGates::default()
//! });
//! assert_eq!(NEUTRAL.theorem(&proved), "no deploy starts unless unit has passed in the same run");
//! let required = Setting::RequiredCheck { check: "shop".to_owned(), branch: "main".to_owned() };
//! assert_eq!(NEUTRAL.setting(&required), "the check `shop` is required on the branch `main`");
//! ```

mod assumption;
mod assumption_kind;
mod assurance;
mod checklist;
mod exception;
mod judgement;
mod place;
mod plain;
mod setting;
mod short;
mod standing;
mod theorem;
mod theorem_id;
mod words;

pub use assumption::{Assumed, Assumption, Authority, Reliance, Trust};
pub use assumption_kind::AssumptionKind;
pub use assurance::{Assurance, Claim, Guarantee, PipelineAssurance, PipelineClaims, TargetClaims};
pub use checklist::{Checklist, Group, Task};
pub use exception::{Exception, ExceptionKind, Reason};
pub use judgement::Judgement;
pub use place::Place;
pub use plain::{cloud_trust, demands, restrictions, rollback_time};
pub use setting::{
    BranchProtection, CloudTrust, ReviewPurpose, Reviewers, SecretPlace, Setting, TagOperation, TrustedTokens,
};
pub use short::{cloud_trust as short_cloud_trust, demands as short_demands};
pub use standing::Standing;
pub use theorem::{BuildOnce, EveryChangeTravels, Forward, NoSkippedGates, OnePath, ProductionPath, Theorem};
pub use theorem_id::{Basis, Premise, Range, Subject, TheoremId};
pub use words::{NEUTRAL, Neutral, Words};
