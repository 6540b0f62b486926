//! The scripts that the emitted workflows run besides the user's own: fixed texts, told what to do by their variables.

/// Decides what GitHub's expressions can't: names with their case, and what has changed.
pub(crate) const PLAN: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/plan.sh")
);

/// Works out the facts of a commit that are parts of others.
pub(crate) const FACTS: &str = include_str!("runtime/facts.sh");

/// Records and packs an artefact of one file.
pub(crate) const RECORD_FILE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/record-file.sh")
);

/// Records and packs an artefact of several files.
pub(crate) const RECORD_FOLDER: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/manifest.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/record-folder.sh")
);

/// Unpacks an artefact of one file and refuses another.
pub(crate) const VERIFY_FILE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/verify-file.sh")
);

/// Unpacks an artefact of several files and refuses others.
pub(crate) const VERIFY_FOLDER: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/manifest.sh"),
    include_str!("runtime/verify-folder.sh")
);

/// Makes the folder of an image's layout.
pub(crate) const IMAGE_FOLDER: &str = include_str!("runtime/image-folder.sh");

/// Records and packs the image in a layout.
pub(crate) const RECORD_IMAGE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/record-image.sh")
);

/// Unpacks an image and refuses another.
pub(crate) const VERIFY_IMAGE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/verify-image.sh")
);

/// Pushes an image under its digest.
pub(crate) const PUSH_IMAGE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/push-image.sh")
);

/// Unpacks an artefact that several legs built, refuses another, and says what its digest is.
pub(crate) const VERIFY_LEGS: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/digest.sh"),
    include_str!("runtime/manifest.sh"),
    include_str!("runtime/verify-legs.sh")
);

/// Fails unless enough runs of a gate have passed.
pub(crate) const QUORUM: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/quorum.sh")
);

/// Fails unless a report says what is expected of it.
pub(crate) const MEASURE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/measure.sh")
);

/// Begins another attempt on an empty folder.
pub(crate) const AGAIN: &str = concat!(include_str!("runtime/fail.sh"), include_str!("runtime/again.sh"));

/// Runs a script that can't stand in a workflow.
pub(crate) const SCRIPT: &str = include_str!("runtime/script.sh");

/// Installs a toolchain of Rust.
pub(crate) const TOOL_RUST: &str =
    concat!(include_str!("runtime/fail.sh"), include_str!("runtime/tool-rust.sh"));

/// Waits for a sidecar.
pub(crate) const READY: &str = include_str!("runtime/ready.sh");

/// Writes a secret to a file.
pub(crate) const SECRET_FILE: &str = include_str!("runtime/secret-file.sh");

/// Says that a gate need not run.
pub(crate) const EXEMPT: &str = include_str!("runtime/exempt.sh");

/// Shows in the run's summary whether there is a report.
pub(crate) const REPORT: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/report.sh")
);

/// Shows a report of tests there.
pub(crate) const REPORT_JUNIT: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/report.sh"),
    include_str!("runtime/xml.sh"),
    include_str!("runtime/junit.sh")
);

/// Shows a report of what tests cover there.
pub(crate) const REPORT_COVERAGE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/report.sh"),
    include_str!("runtime/xml.sh"),
    include_str!("runtime/coverage.sh")
);

/// Shows a report in Markdown there.
pub(crate) const REPORT_MARKDOWN: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/report.sh"),
    include_str!("runtime/markdown.sh")
);

/// Refuses to go on without an approval.
pub(crate) const APPROVAL: &str = include_str!("runtime/approval.sh");

/// Refuses an override that is not by the book.
pub(crate) const OVERRIDE_ASKED: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/glob.sh"),
    include_str!("runtime/override-asked.sh")
);

/// Lets a gate that failed pass, if somebody approved that, and records it.
pub(crate) const OVERRIDE_APPROVED: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/override-approved.sh")
);

/// Refuses to deploy on an override that has expired.
pub(crate) const OVERRIDE_IN_FORCE: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/override-in-force.sh")
);

/// Refuses to go back to an older commit.
pub(crate) const FORWARD: &str = include_str!("runtime/forward.sh");

/// Refuses to deploy for a pull request that is closed or has moved on.
pub(crate) const PREVIEW_WANTED: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/preview-wanted.sh")
);

/// Finds the pull requests whose ephemeral environment is to go.
pub(crate) const PREVIEW_FIND: &str =
    concat!(include_str!("runtime/names.sh"), include_str!("runtime/preview-find.sh"));

/// Takes the deployments of what was torn down off GitHub's list.
pub(crate) const PREVIEW_FORGET: &str =
    concat!(include_str!("runtime/names.sh"), include_str!("runtime/preview-forget.sh"));

/// Waits until deploys may start.
pub(crate) const WINDOW_WAIT: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/window.sh"),
    include_str!("runtime/window-wait.sh")
);

/// Refuses to deploy when it may not.
pub(crate) const WINDOW_OPEN: &str = concat!(
    include_str!("runtime/names.sh"),
    include_str!("runtime/fail.sh"),
    include_str!("runtime/window.sh"),
    include_str!("runtime/window-open.sh")
);

/// Starts the clock of a deploy that may roll back.
pub(crate) const CLOCK: &str = include_str!("runtime/clock.sh");

/// Works out how long the next scripts of such a deploy may take.
pub(crate) const TIME_LEFT: &str = include_str!("runtime/time-left.sh");

/// Waits while a strategy soaks.
pub(crate) const SOAK: &str = include_str!("runtime/soak.sh");

/// Writes down what ran.
pub(crate) const RECORD_RUN: &str = include_str!("runtime/record-run.sh");

/// Fails unless every job did what it had to.
pub(crate) const VERDICT: &str = include_str!("runtime/verdict.sh");
