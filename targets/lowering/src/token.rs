//! The purposes of a job's token. An engine gives it no other right.
//!
//! For example, a deploy to an environment with an approval needs its token to read
//!
//! ```text
//! Approvals     who approved this run
//! Deployed      what was deployed before
//! Checkout      the source
//! ```
//!
//! which on GitHub are the rights `actions: read`, `contents: read` and `deployments: read`.

use pipec_ir::{Identity, Right};

/// A purpose of a job's token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TokenUse<'p> {
    /// It reads the source.
    Checkout,
    /// It reads the history, to see what changed.
    History,
    /// It reads the newest commit of the branch, to compare an override with it.
    BranchHead,
    /// It reads which run of this branch was the last green one.
    GreenRun,
    /// It reads who approved the run.
    Approvals,
    /// It reads who wrote the commit.
    Author,
    /// It reads earlier deploys and their runs.
    Deployed,
    /// It reads how commits descend from each other.
    Descent,
    /// It records what it has deployed.
    RecordDeployment,
    /// It reads whether the pull request still wants the deploy.
    PullRequest,
    /// It reads when each job ran.
    Times,
    /// It reads for which pull requests something is deployed, and which of them are closed.
    Previews,
    /// It deletes the entries of what was torn down.
    ForgetPreviews,
    /// It does what `may write` says.
    Right(Right),
    /// It sends a report to code scanning.
    CodeScanning,
    /// It proves to a cloud which job it is.
    Identity(&'p Identity),
    /// It pushes an image to the registry of the platform.
    PushImage,
}
