//! The fixed scripts that an output runs beside the user's own, as data.
//!
//! A script is put together from fragments (`scripts/*.sh`) and takes its parameters from environment variables. Its
//! bytes are a contract between an emitter and the model of its engine: the emitter writes them, and the model recognises
//! them byte for byte and relies on what [`Script`] documents. For example, a step that runs [`Script::Soak`] with
//!
//! ```yaml
//! env:
//!   SOAK: "300"
//! ```
//!
//! waits for five minutes, and both sides know it from here.

macro_rules! fragments {
    ($($name:literal),+) => { concat!($(include_str!(concat!("../scripts/", $name, ".sh"))),+) };
}

/// A fixed script, and what it does with its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// Decides the facts in FACTS, with their case; fails in a manual run on a tag.
    Plan,
    /// Works out the facts that are parts of others: the short commit, the version in a tag.
    Facts,
    /// Records the digest of FILE as the output `digest` and packs the file into PACKED.
    RecordFile,
    /// Records the digest of the files in PATHS as the output `digest` and packs them into PACKED.
    RecordFolder,
    /// Fails unless the file in PACKED has the digest DIGEST; unpacks it into FOLDER.
    VerifyFile,
    /// Fails unless the files in PACKED have the digest DIGEST; unpacks them into FOLDER.
    VerifyFolder,
    /// Creates the folder PIPE_IMAGE_LAYOUT.
    ImageFolder,
    /// Records the digest of the one image in LAYOUT as the output `digest` and packs the layout into PACKED.
    RecordImage,
    /// Fails unless PACKED holds the image DIGEST; unpacks it into FOLDER.
    VerifyImage,
    /// Pushes the image in LAYOUT as NAME, under DIGEST.
    ///
    /// It logs in with REGISTRY_PASSWORD, as REGISTRY_USER or, without one, as the user who started the run; then the image
    /// must belong to the owner of the repository.
    PushImage,
    /// Verifies an artefact that several legs built.
    ///
    /// It fails unless the file named PACKED, a dot and the name of a leg has the digest in LEGS, for each line of LEGS. The
    /// output `digest` is the digest of all of them.
    VerifyLegs,
    /// Fails unless at least QUORUM lines of RUNS passed.
    ///
    /// A line has passed if exactly SCRIPTS words follow its first one, and each is `success`.
    Quorum,
    /// Clears the ground for another attempt of NODE: ATTEMPT of ATTEMPTS.
    ///
    /// It ends the processes that steps with an id of `try-…` left running (where there is a `/proc`), and empties the folder
    /// of the checkout and those of artefacts, secrets and the image layout. BECAUSE goes to the run's summary.
    Again,
    /// Fails unless the report FILE meets each line of EXPECTATIONS; moves it aside as the report of RUN, if RUN is set.
    Measure,
    /// Decodes PIPE_SCRIPT from base64 and runs it with `-euo pipefail`.
    Encoded,
    /// Installs Rust, as VERSION or as the toolchain in FILE, for all later scripts.
    ToolRust,
    /// Fails unless the command READY succeeds in CONTAINER in time.
    Ready,
    /// Writes SECRET to FILE.
    SecretFile,
    /// Sets the output `outcome` to `exempt`.
    Exempt,
    /// Fails unless somebody approved the run for ENVIRONMENT.
    ///
    /// Unless AUTHOR_MAY_APPROVE is `true`, the approval must come from somebody who neither started the run nor wrote or
    /// committed the commit.
    Approval,
    /// Fails unless the commit is, or descends from, the one that WORKFLOW last deployed to ENVIRONMENT.
    Forward,
    /// Shows the files that match REPORT in the run's summary; sets the output `found` to `true` if any file matches.
    Report(ReportForm),
    /// Fails unless each job of JOBS, JOBS_2 and so on succeeded if it was due and was skipped if it was not.
    ///
    /// A failed job counts as successful if the result of its override is `success`.
    Verdict,
    /// Fails in a manual run that is neither ordinary nor a valid override.
    ///
    /// A run is ordinary if GATE equals ORDINARY (which may be empty: then no run is). An override is valid if it is the
    /// first attempt, GATE is listed in GATES, COMMIT is the run's commit and the head of a branch that matches PUSHED and
    /// PROTECTED and that the platform protects, and REASON is one line that is not blank.
    OverrideAsked,
    /// Fails unless this is the first attempt of a run that somebody approved for ENVIRONMENT.
    ///
    /// It records the approval of GATE with REASON, and its time as the output `approved-at`.
    OverrideApproved,
    /// Fails if an override that this run relies on has expired.
    ///
    /// That is, if GATE is in a line of OVERRIDES whose result is neither `success` nor `skipped`, and the approval is older
    /// than the seconds of that line.
    OverrideInForce,
    /// Sets the output `started` to the current time.
    Clock,
    /// Sets the output `minutes` to the time left of LIMIT seconds since STARTED, divided by PARTS; fails if none is left.
    TimeLeft,
    /// Waits for SOAK seconds.
    Soak,
    /// Writes the record of the run to RECORD: the jobs of NODES with their results from NEEDS; shows it as a summary.
    RecordRun,
    /// Waits until it is one of DAYS (1 is Monday) and between FROM and UNTIL in ZONE; fails if that is hours away.
    WindowWait,
    /// Fails unless it is one of DAYS and between FROM and UNTIL in ZONE.
    WindowOpen,
    /// Fails unless PULL_REQUEST is open and COMMIT is its head.
    PreviewWanted,
    /// Finds the pull requests whose ephemeral environment is due for teardown.
    ///
    /// It looks at those that a deployment to ENVIRONMENT got past [`Script::PreviewWanted`] for (told by the name of its
    /// step), or only at PULL_REQUEST if that is not empty. Those that are closed, or whose newest such deployment is TTL
    /// seconds old, become the output `pull-requests`: a JSON list of at most 256 numbers. The output `deployments` holds
    /// the ids of their deployments.
    PreviewFind,
    /// Deletes DEPLOYMENTS.
    PreviewForget,
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
    /// Only that the report exists.
    Other,
}

impl Script {
    /// Every fixed script.
    pub const ALL: &[Script] = &[
        Script::Plan,
        Script::Facts,
        Script::RecordFile,
        Script::RecordFolder,
        Script::VerifyFile,
        Script::VerifyFolder,
        Script::ImageFolder,
        Script::RecordImage,
        Script::VerifyImage,
        Script::PushImage,
        Script::VerifyLegs,
        Script::Quorum,
        Script::Again,
        Script::Measure,
        Script::Encoded,
        Script::ToolRust,
        Script::Ready,
        Script::SecretFile,
        Script::Exempt,
        Script::Approval,
        Script::Forward,
        Script::Report(ReportForm::Other),
        Script::Report(ReportForm::Junit),
        Script::Report(ReportForm::Coverage),
        Script::Report(ReportForm::Markdown),
        Script::Verdict,
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
    ];

    /// Its text.
    pub const fn text(self) -> &'static str {
        match self {
            Script::Plan => fragments!("names", "fail", "glob", "plan"),
            Script::Facts => fragments!("facts"),
            Script::RecordFile => fragments!("names", "fail", "digest", "record-file"),
            Script::RecordFolder => {
                fragments!("names", "fail", "digest", "manifest", "glob", "record-folder")
            }
            Script::VerifyFile => fragments!("names", "fail", "digest", "verify-file"),
            Script::VerifyFolder => fragments!("names", "fail", "digest", "manifest", "verify-folder"),
            Script::ImageFolder => fragments!("image-folder"),
            Script::RecordImage => fragments!("names", "fail", "digest", "record-image"),
            Script::VerifyImage => fragments!("names", "fail", "digest", "verify-image"),
            Script::PushImage => fragments!("names", "fail", "digest", "push-image"),
            Script::VerifyLegs => fragments!("names", "fail", "digest", "manifest", "verify-legs"),
            Script::Quorum => fragments!("names", "fail", "quorum"),
            Script::Again => fragments!("fail", "again"),
            Script::Measure => fragments!("names", "fail", "measure"),
            Script::Encoded => fragments!("script"),
            Script::ToolRust => fragments!("fail", "tool-rust"),
            Script::Ready => fragments!("ready"),
            Script::SecretFile => fragments!("secret-file"),
            Script::Exempt => fragments!("exempt"),
            Script::Approval => fragments!("approval"),
            Script::Forward => fragments!("forward"),
            Script::Report(ReportForm::Other) => fragments!("names", "glob", "report"),
            Script::Report(ReportForm::Junit) => fragments!("names", "glob", "report", "xml", "junit"),
            Script::Report(ReportForm::Coverage) => fragments!("names", "glob", "report", "xml", "coverage"),
            Script::Report(ReportForm::Markdown) => fragments!("names", "glob", "report", "markdown"),
            Script::Verdict => fragments!("verdict"),
            Script::OverrideAsked => fragments!("names", "fail", "glob", "override-asked"),
            Script::OverrideApproved => fragments!("names", "fail", "override-approved"),
            Script::OverrideInForce => fragments!("names", "fail", "override-in-force"),
            Script::Clock => fragments!("clock"),
            Script::TimeLeft => fragments!("time-left"),
            Script::Soak => fragments!("soak"),
            Script::RecordRun => fragments!("record-run"),
            Script::WindowWait => fragments!("names", "fail", "window", "window-wait"),
            Script::WindowOpen => fragments!("names", "fail", "window", "window-open"),
            Script::PreviewWanted => fragments!("names", "fail", "preview-wanted"),
            Script::PreviewFind => fragments!("names", "preview-find"),
            Script::PreviewForget => fragments!("names", "preview-forget"),
        }
    }

    /// The script with exactly this text.
    pub fn of(text: &str) -> Option<Script> {
        Script::ALL.iter().copied().find(|script| script.text() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_is_recognised_by_its_own_text_only() {
        for script in Script::ALL {
            assert_eq!(Script::of(script.text()), Some(*script));
        }
        let verdict = Script::Verdict.text();
        assert_eq!(Script::of(&verdict.replacen("status=1", "status=0", 1)), None);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test may look at the folder of the fragments")]
    fn every_fragment_is_part_of_a_script() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts");
        for entry in std::fs::read_dir(folder).unwrap() {
            let fragment = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(Script::ALL.iter().any(|script| script.text().contains(&fragment)), "{fragment}");
        }
    }
}
