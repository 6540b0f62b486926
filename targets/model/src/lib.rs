//! What an engine does with an output, as data that names no engine.
//!
//! An engine model *lifts* the bytes of an output to this data, and one prover compares it with the source. The lifted
//! data must be exact. Whatever an engine model can't lift exactly becomes `Unknown`, which satisfies no proof.
//!
//! For example, this step of a GitHub workflow
//!
//! ```yaml
//! - name: Verify app
//!   run: "…"            # byte for byte the fixed script `VerifyFile`
//!   env:
//!     DIGEST: ${{ needs.app.outputs.digest }}
//!     PACKED: ${{ runner.temp }}/packed/app.tar
//! ```
//!
//! becomes a [`Step`] that does [`Does::Runtime`]`(Script::VerifyFile)` and has two values: `DIGEST`, which is
//! [`Part::JobOutput`] of the job `app`, and `PACKED`, which is [`Part::Scratch`] followed by a literal.

mod concrete;
mod finding;
mod follow;
mod job;
mod leg;
mod outcome;
pub mod overriding;
pub mod plan;
mod progress;
mod reading;
mod source;
mod step;
mod surroundings;
mod trigger;
mod value;
mod world;

pub use concrete::{ConcreteRun, OverriddenGate};
pub use finding::Finding;
pub use follow::{StartPart, follow};
pub use job::{EnvironmentUse, Job, LockUse, Mentions, Rights, Sidecar, Starts, Waiting};
pub use leg::{Leg, Legs, ListedBy};
pub use outcome::{JobResult, JobState, Jobs, Output, Results, Unsuccessful, all_succeeded, any_failed};
pub use progress::{StepEnd, StepsBefore};
pub use reading::{Need, Reading, scopes_of};
pub use source::{Source, node_of};
pub use step::{
    ActionCall, Cached, CheckoutOf, ConditionId, Does, Fetched, Given, IfMissing, Kept, Leaves, Limit,
    Revision, ScriptText, SignIn, Step, ToolVersion, Which,
};
pub use surroundings::{RunGroup, ShownName, Surroundings};
pub use trigger::{
    ManualInput, ManualInputForm, NameFilter, NamePattern, PullRequestChange, RunEvent, RunTrigger,
};
pub use value::{Credential, ExpressionId, IfSet, Part, Piece, Unlike, Value};
pub use world::{Axis, ManualEntry, Questions, World};
