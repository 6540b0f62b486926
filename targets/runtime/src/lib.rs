//! The fixed scripts of an output, as data. They run in addition to the user's own scripts.
//!
//! A script consists of fragments (`scripts/*.sh`) and takes its parameters from environment variables. Most fragments
//! serve every engine, and differ only in a few words ([`Dialect`]). A fragment that calls the API of an engine is in a
//! folder of that engine. The bytes of a script are a contract between an emitter and the model of its engine: the
//! emitter writes them, and the model recognises them byte for byte and relies on the documentation of [`Script`]. For
//! example, a step that runs [`Script::Soak`] with
//!
//! ```yaml
//! env:
//!   SOAK: "300"
//! ```
//!
//! waits for five minutes, and both sides know that from this crate.

pub mod names;
mod shim;

/// The words that the scripts use on an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// GitHub Actions.
    GitHub,
}

impl Dialect {
    /// The variables that a script takes on this engine before [`Script::parameters`]. The engine's API needs them.
    pub const fn parameters(self, script: Script) -> &'static [&'static str] {
        match (self, script) {
            (Dialect::GitHub, Script::Plan(PlanForm::Changes)) => &["GH_TOKEN", "WORKFLOW"],
            (
                Dialect::GitHub,
                Script::Approval(_)
                | Script::Forward(_)
                | Script::OverrideAsked
                | Script::OverrideApproved
                | Script::RecordRun
                | Script::PreviewWanted
                | Script::PreviewFind
                | Script::PreviewForget
                | Script::RecordDeployment,
            ) => &["GH_TOKEN"],
            (Dialect::GitHub, _) => &[],
        }
    }
}

/// The systems that a script may run on. Their tools for digests differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Systems {
    /// Linux only.
    Linux,
    /// Also macOS or Windows.
    Any,
}

/// A fragment by its name, for all engines. With a folder, it is for one engine.
macro_rules! fragment {
    ($name:literal) => {
        include_str!(concat!("../scripts/", $name, ".sh"))
    };
    ($folder:literal / $name:literal) => {
        include_str!(concat!("../scripts/", $folder, "/", $name, ".sh"))
    };
}

/// The fragments of a script in the words of an engine.
macro_rules! text {
    ($shim:expr; $($($part:literal)/+),+) => {{
        const NEUTRAL: &str = concat!($(fragment!($($part)/+)),+);
        const LENGTH: usize = $shim.expanded_length(NEUTRAL);
        const BYTES: [u8; LENGTH] = $shim.expanded(NEUTRAL);
        const TEXT: &str = shim::as_text(&BYTES);
        TEXT
    }};
}

/// Declares a function that gives the text of each script for one engine. Its arguments are its name, its shim, and the
/// folder of the engine's own fragments.
macro_rules! texts {
    ($function:ident, $shim:expr, $folder:literal) => {
        const fn $function(script: Script) -> &'static str {
            match script {
                Script::Plan(PlanForm::Changes) => text!($shim; $folder / "plan-changes", $folder / "plan-loop",
                    $folder / "plan-changed", $folder / "plan-cases"),
                Script::Plan(PlanForm::Names) => {
                    text!($shim; $folder / "plan-names", $folder / "plan-loop", $folder / "plan-cases")
                }
                Script::OfABranch => text!($shim; $folder / "of-a-branch"),
                Script::Facts => text!($shim; $folder / "facts"),
                Script::RecordFile => text!($shim; "hashes", "record-file"),
                Script::RecordFolder => text!($shim; "hashes", "record-folder"),
                Script::VerifyFile => text!($shim; "hashes", "verify-file"),
                Script::VerifyFolder => text!($shim; "hashes", "verify-folder"),
                Script::ImageFolder => text!($shim; "image-folder"),
                Script::RecordImage => text!($shim; "hashes", "record-image"),
                Script::VerifyImage => text!($shim; "hashes", "verify-image"),
                Script::PushImage(PushForm::Password) => {
                    text!($shim; $folder / "push-begin", $folder / "push-owner", $folder / "push-image")
                }
                Script::PushImage(PushForm::Amazon) => {
                    text!($shim; $folder / "push-begin", "push-amazon", $folder / "push-image")
                }
                Script::PushImage(PushForm::Azure) => {
                    text!($shim; $folder / "push-begin", "push-azure", $folder / "push-image")
                }
                Script::VerifyLegs => text!($shim; "hashes", "verify-legs"),
                Script::Quorum => text!($shim; "fail", "quorum"),
                Script::Again => text!($shim; "fail", "again"),
                Script::Measure => text!($shim; "fail", "measure"),
                Script::Encoded => text!($shim; "script"),
                Script::ToolRust => text!($shim; "fail", "tool-rust"),
                Script::Ready => text!($shim; "ready"),
                Script::SecretFile => text!($shim; "secret-file"),
                Script::SecretRemoved => text!($shim; "secret-removed"),
                Script::AzureLogOut => text!($shim; "azure-log-out"),
                Script::Exempt => text!($shim; "exempt"),
                Script::Approval(ApprovalForm::Anybody) => {
                    text!($shim; $folder / "approval", $folder / "approval-given")
                }
                Script::Approval(ApprovalForm::NotAuthor) => {
                    text!($shim; $folder / "approval-not-author", $folder / "deployed-here",
                        $folder / "approval-authors", $folder / "approval-given")
                }
                Script::Forward(ForwardForm::History) => {
                    text!($shim; $folder / "forward", $folder / "deployed-here", $folder / "forward-history")
                }
                Script::Forward(ForwardForm::SharedHistory) => {
                    text!($shim; $folder / "forward", $folder / "deployed-here", $folder / "deployed-by-others",
                        $folder / "forward-history")
                }
                Script::Forward(ForwardForm::Version) => {
                    text!($shim; $folder / "forward-version", $folder / "deployed", $folder / "forward-higher")
                }
                Script::Report(ReportForm::Other) => text!($shim; "report"),
                Script::Report(ReportForm::Junit) => text!($shim; "report", "junit"),
                Script::Report(ReportForm::Coverage) => text!($shim; "report", "coverage"),
                Script::Report(ReportForm::Markdown) => text!($shim; "report", "markdown"),
                Script::Verdict(VerdictForm::All) => text!($shim; "verdict-all"),
                Script::Verdict(VerdictForm::Listed) => text!($shim; "verdict-begin", "verdict-end"),
                Script::Verdict(VerdictForm::Overridable) => {
                    text!($shim; "verdict-begin", "verdict-overrides", "verdict-end")
                }
                Script::OverrideAsked => text!($shim; "fail", $folder / "override-asked"),
                Script::OverrideApproved => text!($shim; "fail", $folder / "override-approved"),
                Script::OverrideInForce => text!($shim; "fail", "override-in-force"),
                Script::Clock => text!($shim; "clock"),
                Script::TimeLeft => text!($shim; "time-left"),
                Script::Soak => text!($shim; "soak"),
                Script::RecordRun => text!($shim; $folder / "record-run"),
                Script::WindowWait => text!($shim; "fail", "window", "window-wait"),
                Script::WindowOpen => text!($shim; "fail", "window", "window-open"),
                Script::PreviewWanted => text!($shim; "fail", $folder / "preview-wanted"),
                Script::PreviewFind => text!($shim; $folder / "preview-find"),
                Script::PreviewForget => text!($shim; $folder / "preview-forget"),
                Script::Outcome => text!($shim; "outcome"),
                Script::RecordDeployment => text!($shim; $folder / "record-deployment"),
            }
        }
    };
}

texts!(github, shim::GITHUB, "github");
texts!(github_on_any_system, shim::GITHUB_ON_ANY_SYSTEM, "github");

/// A fixed script, and its effect for given variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// Decides the facts in FACTS, with their case.
    Plan(PlanForm),
    /// Fails in a manual run on a tag.
    OfABranch,
    /// Computes the facts that are parts of others. These are the short commit and the version in a tag.
    Facts,
    /// Records the digest of FILE as the output `digest` and packs the file into PACKED.
    RecordFile,
    /// Records the digest of the files that match a line of PATHS as the output `digest`. Packs them into PACKED.
    ///
    /// Each line is the expression of a glob (`Glob::expression`), and must match a file.
    RecordFolder,
    /// Unpacks the file that was handed over as NAME. Fails unless it has the digest DIGEST.
    ///
    /// This and the other verifications read from the folder `handed-over`, and unpack into a folder of NAME in the folder
    /// `artefacts`. Both are in the folder that lasts as long as the job.
    VerifyFile,
    /// Unpacks the files that were handed over as NAME. Fails unless they have the digest DIGEST.
    VerifyFolder,
    /// Creates the folder PIPE_IMAGE_LAYOUT.
    ImageFolder,
    /// Records the digest of the one image in LAYOUT as the output `digest`. Packs the layout into PACKED.
    RecordImage,
    /// Unpacks what was handed over as NAME. Fails unless it is the image DIGEST.
    VerifyImage,
    /// Pushes the image in LAYOUT as NAME, under DIGEST.
    PushImage(PushForm),
    /// Verifies an artefact that several legs built.
    ///
    /// It fails unless what was handed over as NAME, a dot and the name of a leg has the digest in LEGS, for each line of LEGS.
    /// The output `digest` is the digest of all of them.
    VerifyLegs,
    /// Fails unless at least QUORUM lines of RUNS passed.
    ///
    /// A line has passed if exactly SCRIPTS words follow its first one, and each is `success`.
    Quorum,
    /// Prepares another attempt of NODE: ATTEMPT of ATTEMPTS.
    ///
    /// It ends the processes that steps with an id of `try-…` left running (if there is a `/proc`), and empties the
    /// folder of the checkout and those of artefacts, secrets and the image layout. BECAUSE is added to the run's
    /// summary.
    Again,
    /// Fails unless the report FILE meets each line of EXPECTATIONS. If RUN is set, moves the report aside as that of
    /// RUN.
    Measure,
    /// Decodes PIPE_SCRIPT from base64 and runs it with `-euo pipefail`.
    Encoded,
    /// Installs Rust, as VERSION or as the toolchain in FILE, for all later scripts.
    ToolRust,
    /// Fails unless the command READY succeeds in CONTAINER in time.
    Ready,
    /// Writes SECRET to FILE.
    SecretFile,
    /// Removes FILE.
    SecretRemoved,
    /// Ends the session of Azure's client.
    AzureLogOut,
    /// Sets the output `outcome` to `exempt`.
    Exempt,
    /// Fails unless a person approved the run for ENVIRONMENT.
    Approval(ApprovalForm),
    /// Fails if a deploy of WORKFLOW to ENVIRONMENT would go backwards.
    Forward(ForwardForm),
    /// Shows the files that match the expression REPORT in the run's summary. Sets the output `found` to `true` if any file matches.
    Report(ReportForm),
    /// Fails unless each job of NEEDS succeeded, except those that were not due: they must be skipped.
    ///
    /// NEEDS is a JSON object of all jobs before, each with its `result`.
    Verdict(VerdictForm),
    /// Fails in a manual run that is neither ordinary nor a valid override.
    ///
    /// A run is ordinary if GATE equals ORDINARY (which may be empty: then no run is). An override is valid if it is the
    /// first attempt, GATE is listed in GATES, COMMIT is the run's commit and the head of a branch that matches PUSHED and
    /// PROTECTED and that the platform protects, and REASON is one line that is not blank.
    OverrideAsked,
    /// Fails unless a person approved this run for ENVIRONMENT and it is the first attempt.
    ///
    /// It records the approval of GATE with REASON, and its time as the output `approved-at`.
    OverrideApproved,
    /// Fails if an override that this run relies on has expired, or was given for an attempt before.
    ///
    /// That is, if GATE is in a line of OVERRIDES whose result is neither `success` nor `skipped`, and the approval is older
    /// than the seconds of that line.
    OverrideInForce,
    /// Sets the output `started` to the current time.
    Clock,
    /// Sets the output `minutes` to the remaining time: LIMIT seconds since STARTED, divided by PARTS. Fails if no time
    /// is left.
    TimeLeft,
    /// Waits for SOAK seconds.
    Soak,
    /// Writes the raw record of the run to `record.json`. It contains NEEDS, and the jobs of NODES with their outcomes, which are
    /// also shown as a summary.
    RecordRun,
    /// Waits until one of DAYS (1 is Monday), between FROM and UNTIL in ZONE. Fails if that is hours away.
    WindowWait,
    /// Fails unless it is one of DAYS and between FROM and UNTIL in ZONE.
    WindowOpen,
    /// Fails unless PULL_REQUEST is open and COMMIT is its head.
    PreviewWanted,
    /// Finds the pull requests whose ephemeral environment is due for teardown.
    ///
    /// It checks those that a deployment to ENVIRONMENT got past [`Script::PreviewWanted`] for (it recognises them by
    /// the name of the step), or only PULL_REQUEST if that is not empty. Those that are closed, or whose newest such
    /// deployment is TTL seconds old, become the output `pull-requests`: a JSON list of at most 256 numbers. The output
    /// `deployments` contains the ids of their deployments.
    PreviewFind,
    /// Deletes DEPLOYMENTS.
    PreviewForget,
    /// Sets the output `outcome` to `failed`, `cancelled` or `passed`, and `failed` to the nodes that have failed or were
    /// stopped.
    ///
    /// Each line of RESULTS has a node, the result of its job, and that of the job that may override it, if there is one. A node
    /// that was overridden has not failed.
    Outcome,
    /// Records a successful deployment of the run's commit to ENVIRONMENT, which has the address URL if that is given.
    ///
    /// It is of the run's tag if there is one. A job that enters an environment of the platform needs no such script.
    RecordDeployment,
}

/// Which facts [`Script::Plan`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlanForm {
    /// Facts about changes, and about names.
    Changes,
    /// Facts about names only: branches, tags and inputs.
    Names,
}

/// Whose approval counts in [`Script::Approval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApprovalForm {
    /// Anybody's whom the platform lets approve.
    Anybody,
    /// Only that of somebody who neither started the run, nor wrote or committed anything since WORKFLOW was last deployed.
    NotAuthor,
}

/// What [`Script::Forward`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ForwardForm {
    /// The commit, which must be the last deployed one or its descendant.
    History,
    /// The same, where other workflows of the workspace deploy, too. Their deployments are not asked for one by one.
    SharedHistory,
    /// The version of the tag, which must not be lower than any that was deployed. Only versions count that agree with
    /// it up to the part WITHIN, which is `major`, `minor` or empty.
    Version,
}

/// How [`Script::PushImage`] logs in to the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PushForm {
    /// With REGISTRY_PASSWORD, as REGISTRY_USER or, without one, as the user who started the run; then the image must belong
    /// to the owner of the repository.
    Password,
    /// With a password that the credentials of AWS_ACCESS_KEY_ID and the like ask for in AWS_REGION.
    Amazon,
    /// With a token of the client of Azure that has logged in. The client is logged out.
    Azure,
}

/// What [`Script::Verdict`] expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VerdictForm {
    /// All jobs were due.
    All,
    /// The lines of DUE, DUE_2 and so on name jobs that may be not due, each with `due` or `not-due`.
    ///
    /// The output `not-due` lists those that were not.
    Listed,
    /// The same, and a job may have failed if `override-` and its name is the name of a job that succeeded.
    Overridable,
}

/// How [`Script::Report`] shows a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportForm {
    /// A table of test results.
    Junit,
    /// A table of coverage.
    Coverage,
    /// The file itself.
    Markdown,
    /// Only the fact that the report exists.
    Other,
}

impl Script {
    /// Every fixed script.
    pub const ALL: &[Script] = &[
        Script::Plan(PlanForm::Changes),
        Script::Plan(PlanForm::Names),
        Script::OfABranch,
        Script::Facts,
        Script::RecordFile,
        Script::RecordFolder,
        Script::VerifyFile,
        Script::VerifyFolder,
        Script::ImageFolder,
        Script::RecordImage,
        Script::VerifyImage,
        Script::PushImage(PushForm::Password),
        Script::PushImage(PushForm::Amazon),
        Script::PushImage(PushForm::Azure),
        Script::VerifyLegs,
        Script::Quorum,
        Script::Again,
        Script::Measure,
        Script::Encoded,
        Script::ToolRust,
        Script::Ready,
        Script::SecretFile,
        Script::SecretRemoved,
        Script::AzureLogOut,
        Script::Exempt,
        Script::Approval(ApprovalForm::Anybody),
        Script::Approval(ApprovalForm::NotAuthor),
        Script::Forward(ForwardForm::History),
        Script::Forward(ForwardForm::SharedHistory),
        Script::Forward(ForwardForm::Version),
        Script::Report(ReportForm::Other),
        Script::Report(ReportForm::Junit),
        Script::Report(ReportForm::Coverage),
        Script::Report(ReportForm::Markdown),
        Script::Verdict(VerdictForm::All),
        Script::Verdict(VerdictForm::Listed),
        Script::Verdict(VerdictForm::Overridable),
        Script::OverrideAsked,
        Script::OverrideApproved,
        Script::OverrideInForce,
        Script::Clock,
        Script::TimeLeft,
        Script::Soak,
        Script::RecordRun,
        Script::WindowWait,
        Script::WindowOpen,
        Script::PreviewWanted,
        Script::PreviewFind,
        Script::PreviewForget,
        Script::Outcome,
        Script::RecordDeployment,
    ];

    /// Its text for an engine and the systems it runs on.
    pub const fn text(self, dialect: Dialect, systems: Systems) -> &'static str {
        match (dialect, systems) {
            (Dialect::GitHub, Systems::Linux) => github(self),
            (Dialect::GitHub, Systems::Any) => github_on_any_system(self),
        }
    }

    /// The variables that it takes, in the order in which an output lists them.
    ///
    /// Some of these may be left out, such as `REGISTRY_USER`, `RUN`, `PARTS`, `VERSION` and `FILE`: see [`Script`]. A
    /// script in the folder of an engine takes more: see [`Dialect::parameters`]. [`Script::Verdict`] takes `DUE_2`
    /// and so on after `DUE`; [`Script::Plan`] takes `INPUT_NAME` for each input in FACTS.
    pub const fn parameters(self) -> &'static [&'static str] {
        match self {
            Script::Facts | Script::Clock | Script::OfABranch => &[],
            Script::Plan(PlanForm::Changes) => &["SOURCES", "CHANGES", "FACTS"],
            Script::Plan(PlanForm::Names) => &["FACTS"],
            Script::RecordFile => &["FILE", "PACKED"],
            Script::RecordFolder => &["PATHS", "PACKED"],
            Script::VerifyFile => &["DIGEST", "NAME", "FILE"],
            Script::VerifyFolder | Script::VerifyImage => &["DIGEST", "NAME"],
            Script::ImageFolder => &["PIPE_IMAGE_LAYOUT"],
            Script::RecordImage => &["LAYOUT", "PACKED"],
            Script::PushImage(PushForm::Password) => {
                &["NAME", "DIGEST", "LAYOUT", "REGISTRY_USER", "REGISTRY_PASSWORD"]
            }
            Script::PushImage(PushForm::Amazon) => &[
                "NAME",
                "DIGEST",
                "LAYOUT",
                "AWS_REGION",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
            ],
            Script::PushImage(PushForm::Azure) => &["NAME", "DIGEST", "LAYOUT"],
            Script::VerifyLegs => &["LEGS", "NAME", "FILE"],
            Script::Quorum => &["RUNS", "SCRIPTS", "QUORUM"],
            Script::Again => &["NODE", "ATTEMPT", "ATTEMPTS", "BECAUSE"],
            Script::Measure => &["FILE", "EXPECTATIONS", "RUN"],
            Script::Encoded => &["PIPE_SCRIPT"],
            Script::ToolRust => &["VERSION", "FILE"],
            Script::Ready => &["SIDECAR", "CONTAINER", "READY"],
            Script::SecretFile => &["SECRET", "FILE"],
            Script::SecretRemoved => &["FILE"],
            Script::AzureLogOut => &[],
            Script::Exempt => &["REASON"],
            Script::Approval(ApprovalForm::Anybody) => &["ENVIRONMENT"],
            Script::Approval(ApprovalForm::NotAuthor) => &["ENVIRONMENT", "WORKFLOW"],
            Script::Forward(ForwardForm::History | ForwardForm::SharedHistory) => {
                &["ENVIRONMENT", "WORKFLOW"]
            }
            Script::Forward(ForwardForm::Version) => &["ENVIRONMENT", "WORKFLOW", "WITHIN"],
            Script::Report(_) => &["NODE", "FORMAT", "REPORT", "KEPT"],
            Script::Verdict(VerdictForm::All) => &["NEEDS"],
            Script::Verdict(VerdictForm::Listed | VerdictForm::Overridable) => &["NEEDS", "DUE"],
            Script::OverrideAsked => {
                &["GATE", "COMMIT", "REASON", "ORDINARY", "GATES", "PUSHED", "PROTECTED"]
            }
            Script::OverrideApproved => &["ENVIRONMENT", "GATE", "EXPIRES", "REVIEW_WITHIN", "REASON"],
            Script::OverrideInForce => &["GATE", "OVERRIDES"],
            Script::TimeLeft => &["STARTED", "LIMIT", "PARTS"],
            Script::Soak => &["SOAK"],
            Script::RecordRun => &["NODES", "NEEDS", "INPUTS"],
            Script::WindowWait | Script::WindowOpen => &["ENVIRONMENT", "DAYS", "FROM", "UNTIL", "ZONE"],
            Script::PreviewWanted => &["PULL_REQUEST", "COMMIT"],
            Script::PreviewFind => &["ENVIRONMENT", "PULL_REQUEST", "TTL"],
            Script::PreviewForget => &["DEPLOYMENTS"],
            Script::Outcome => &["RESULTS"],
            Script::RecordDeployment => &["ENVIRONMENT", "URL"],
        }
    }

    /// Its name. No two scripts have the same.
    pub const fn name(self) -> &'static str {
        match self {
            Script::Plan(PlanForm::Changes) => "plan-changes",
            Script::Plan(PlanForm::Names) => "plan-names",
            Script::OfABranch => "of-a-branch",
            Script::Facts => "facts",
            Script::RecordFile => "record-file",
            Script::RecordFolder => "record-folder",
            Script::VerifyFile => "verify-file",
            Script::VerifyFolder => "verify-folder",
            Script::ImageFolder => "image-folder",
            Script::RecordImage => "record-image",
            Script::VerifyImage => "verify-image",
            Script::PushImage(PushForm::Password) => "push-image",
            Script::PushImage(PushForm::Amazon) => "push-image-amazon",
            Script::PushImage(PushForm::Azure) => "push-image-azure",
            Script::VerifyLegs => "verify-legs",
            Script::Quorum => "quorum",
            Script::Again => "again",
            Script::Measure => "measure",
            Script::Encoded => "encoded",
            Script::ToolRust => "tool-rust",
            Script::Ready => "ready",
            Script::SecretFile => "secret-file",
            Script::SecretRemoved => "secret-removed",
            Script::AzureLogOut => "azure-log-out",
            Script::Exempt => "exempt",
            Script::Approval(ApprovalForm::Anybody) => "approval",
            Script::Approval(ApprovalForm::NotAuthor) => "approval-not-author",
            Script::Forward(ForwardForm::History) => "forward",
            Script::Forward(ForwardForm::SharedHistory) => "forward-shared",
            Script::Forward(ForwardForm::Version) => "forward-version",
            Script::Report(ReportForm::Other) => "report",
            Script::Report(ReportForm::Junit) => "junit-report",
            Script::Report(ReportForm::Coverage) => "coverage-report",
            Script::Report(ReportForm::Markdown) => "markdown-report",
            Script::Verdict(VerdictForm::All) => "verdict",
            Script::Verdict(VerdictForm::Listed) => "verdict-listed",
            Script::Verdict(VerdictForm::Overridable) => "verdict-overridable",
            Script::OverrideAsked => "override-asked",
            Script::OverrideApproved => "override-approved",
            Script::OverrideInForce => "override-in-force",
            Script::Clock => "clock",
            Script::TimeLeft => "time-left",
            Script::Soak => "soak",
            Script::RecordRun => "record-run",
            Script::WindowWait => "window-wait",
            Script::WindowOpen => "window-open",
            Script::PreviewWanted => "preview-wanted",
            Script::PreviewFind => "preview-find",
            Script::PreviewForget => "preview-forget",
            Script::Outcome => "outcome",
            Script::RecordDeployment => "record-deployment",
        }
    }

    /// The script with exactly this text for an engine, on any systems.
    pub fn of(text: &str, dialect: Dialect) -> Option<Script> {
        let is_it = |script: &Script| {
            [Systems::Linux, Systems::Any].iter().any(|systems| script.text(dialect, *systems) == text)
        };
        Script::ALL.iter().copied().find(is_it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// The SHA-256 of each script in GitHub's outputs.
    const ON_GITHUB: &str = include_str!("../digests/github.txt");

    #[test]
    fn every_script_is_recognised_by_its_own_text_only() {
        for script in Script::ALL {
            for systems in [Systems::Linux, Systems::Any] {
                let text = script.text(Dialect::GitHub, systems);
                assert_eq!(Script::of(text, Dialect::GitHub), Some(*script));
            }
        }
        let verdict = Script::Verdict(VerdictForm::All).text(Dialect::GitHub, Systems::Linux);
        assert_eq!(Script::of(&verdict.replacen("success", "failure", 1), Dialect::GitHub), None);
    }

    #[test]
    fn every_script_has_its_own_name() {
        let names: std::collections::BTreeSet<&str> =
            Script::ALL.iter().map(|script| script.name()).collect();
        assert_eq!(names.len(), Script::ALL.len());
    }

    #[test]
    fn scripts_of_github_keep_their_bytes() {
        let mut lines = String::new();
        for script in Script::ALL {
            for systems in [Systems::Linux, Systems::Any] {
                let text = script.text(Dialect::GitHub, systems);
                if systems == Systems::Any && text == script.text(Dialect::GitHub, Systems::Linux) {
                    continue;
                }
                for byte in Sha256::digest(text) {
                    lines.push_str(&format!("{byte:02x}"));
                }
                lines.push_str(&format!(" {script:?} {systems:?}\n"));
            }
        }
        assert_eq!(lines, ON_GITHUB);
    }

    /// The text of each fragment, by its path in `scripts` without its extension.
    #[expect(clippy::disallowed_methods, reason = "a test may look at the folder of the fragments")]
    fn fragments(folder: &str) -> Vec<(String, String)> {
        let path = format!("{}/scripts/{folder}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "sh"));
        files
            .map(|path| {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (name, std::fs::read_to_string(&path).unwrap())
            })
            .collect()
    }

    #[test]
    fn every_fragment_is_part_of_a_script() {
        for (name, fragment) in fragments("").into_iter().chain(fragments("github")) {
            let expanded = shim::GITHUB.expand(&fragment);
            let texts = || Script::ALL.iter().map(|script| script.text(Dialect::GitHub, Systems::Linux));
            assert!(texts().any(|text| text.contains(&expanded)), "{name}");
        }
    }

    #[test]
    fn fragments_of_all_engines_name_none() {
        let words = ["GitHub", "github", "GITHUB", "RUNNER_", "::error", "::warning", "gh api", "GitLab"];
        for (name, fragment) in fragments("") {
            for word in words {
                assert!(!fragment.contains(word), "{name} names {word}");
            }
        }
    }

    #[test]
    fn scripts_use_all_their_parameters() {
        for script in Script::ALL {
            let text = script.text(Dialect::GitHub, Systems::Linux);
            for parameter in Dialect::GitHub.parameters(*script).iter().chain(script.parameters()) {
                // `gh` and `aws` read these themselves.
                let by_tool = match *parameter {
                    "GH_TOKEN" => text.contains("gh api"),
                    "AWS_REGION" => text.contains("aws ecr"),
                    _ => false,
                };
                let is_read = by_tool || text.contains(parameter);
                assert!(is_read, "{script:?} does not use {parameter}");
            }
        }
    }

    /// Another engine. Its outputs are variables in a file, and its messages plain lines.
    const OTHER: shim::Shim = shim::Shim {
        name: "Other",
        output: "$OTHER_OUTPUT",
        summary: "$OTHER_SUMMARY",
        error: "error: ",
        escaped_line: "$line",
        warning: "warning: ",
        title_end: ": ",
        temp: "$OTHER_TEMP",
        checkout: "$OTHER_CHECKOUT",
        variables: "$OTHER_VARIABLES",
        job_mark: "OTHER_JOB=$OTHER_JOB",
        step: "OTHER_STEP",
        longest_job: "an hour",
        longest_wait: "55",
        largest_summary: "4 MiB",
        summary_bytes: "4000000",
        sha256: "sha256sum",
        as_text: "",
        attempt: "$OTHER_ATTEMPT",
        prelude: "",
    };

    #[test]
    fn another_engine_only_needs_a_shim() {
        const TEXT: &str = text!(OTHER; "fail", "clock");
        assert_eq!(
            TEXT.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>(),
            [
                "fail() {",
                "  echo \"error: $1\"",
                "  exit 1",
                "}",
                "echo \"started=$(date +%s)\" >> \"$OTHER_OUTPUT\"",
            ]
        );
        for (name, fragment) in fragments("") {
            assert!(!OTHER.expand(&fragment).contains("ENGINE_"), "{name}");
        }
    }
}
