//! The fixed scripts of the output, recognised by their exact bytes, and what each is documented to do. Their texts are
//! the one thing this model shares with the emitter: they are a contract.

use super::text::Text;

macro_rules! runtime {
    ($($name:literal),+) => { concat!($(include_str!(concat!("../runtime/", $name, ".sh"))),+) };
}

/// A fixed script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fixed {
    /// Decides the facts of FACTS with their case; fails on a manual run of a tag.
    Plan,
    /// Works out parts of names.
    Facts,
    /// Records the digest of FILE as the output `digest` and packs it in PACKED.
    RecordFile,
    /// The same of the files of PATHS.
    RecordFolder,
    /// Fails unless what PACKED holds has the digest DIGEST.
    VerifyFile,
    /// The same of several files.
    VerifyFolder,
    /// Makes the folder PIPE_IMAGE_LAYOUT.
    ImageFolder,
    /// Records the digest of the one image in LAYOUT as the output `digest` and packs it in PACKED.
    RecordImage,
    /// Fails unless what PACKED holds is the image DIGEST; unpacks it in FOLDER.
    VerifyImage,
    /// Pushes the image in LAYOUT as NAME under DIGEST, with REGISTRY_PASSWORD, as REGISTRY_USER or, without one, as who
    /// started the run, to an owner who is the repository's.
    PushImage,
    /// Fails unless what PACKED, a dot and a leg's name hold has the digest that LEGS gives it, for each of its lines; the
    /// output `digest` is that of all.
    VerifyLegs,
    /// Fails unless in QUORUM lines of RUNS or more, SCRIPTS words and no others stand behind the first, each `success`.
    Quorum,
    /// Ends what the steps whose ids begin with `try-` left running, where there is a `/proc`; empties the folder of the checkout, and those in which artefacts, secrets and the layout of an image are; says in the run's
    /// summary that ATTEMPT of ATTEMPTS of NODE begins, and BECAUSE of what.
    Again,
    /// Fails unless the report FILE is as each line of EXPECTATIONS says; puts it aside as that of RUN, if that is said.
    Measure,
    /// Runs the base64 of PIPE_SCRIPT, with `-euo pipefail`.
    Script,
    /// Installs Rust of VERSION, or of the toolchain that FILE names, for all scripts behind it.
    ToolRust,
    /// Fails unless READY succeeds in CONTAINER in time.
    Ready,
    /// Writes SECRET to FILE.
    SecretFile,
    /// Sets the output `outcome` to `exempt`.
    Exempt,
    /// Fails unless somebody approved the run for ENVIRONMENT: if AUTHOR_MAY_APPROVE is not `true`, somebody who neither
    /// started the run nor wrote or committed the commit.
    Approval,
    /// Fails unless the commit is, or descends from, the one last deployed to ENVIRONMENT by WORKFLOW.
    Forward,
    /// Shows what REPORT matches in the run's summary; sets the output `found` to `true` if anything does.
    Report(Form),
    /// Fails unless each job of JOBS, JOBS_2 and so on succeeded if it was due and was skipped if it was not. One that
    /// failed counts as one that succeeded where the result behind it is `success`.
    Verdict,
    /// Fails in a manual run, unless GATE is ORDINARY, if there is one; or it is the first attempt, GATE is one of GATES,
    /// COMMIT is the run's, which is the head of a branch in PUSHED and PROTECTED that GitHub protects, and REASON is one
    /// line that is not blank.
    OverrideAsked,
    /// Fails unless it is the first attempt of a run that somebody approved for ENVIRONMENT; records that of GATE, with
    /// REASON, and when: `approved-at`.
    OverrideApproved,
    /// Fails if GATE is in a line of OVERRIDES whose result is neither `success` nor `skipped`, and its approval is older
    /// than the seconds of that line.
    OverrideInForce,
    /// Sets the output `started` to the time.
    Clock,
    /// Sets the output `minutes` to how many of the LIMIT seconds since STARTED are left, shared by PARTS; fails if none are.
    TimeLeft,
    /// Waits for SOAK seconds.
    Soak,
    /// Writes what ran to RECORD, of the jobs of NODES as NEEDS tells them, and shows it.
    RecordRun,
    /// Waits until it is one of DAYS, 1 being Monday, and between FROM and UNTIL in ZONE; fails if that is hours away.
    WindowWait,
    /// Fails unless it is so now.
    WindowOpen,
    /// Fails unless PULL_REQUEST is open and COMMIT is the head of it.
    PreviewWanted,
    /// Sets the output `pull-requests` to a list, in JSON, of at most 256 numbers: of the pull requests that a deployment to
    /// ENVIRONMENT got past `PreviewWanted` for, as the name of its step tells, and of PULL_REQUEST alone if that is not
    /// empty, those that are closed or whose newest such deployment is TTL seconds old; `deployments` to the ids of theirs.
    PreviewFind,
    /// Deletes DEPLOYMENTS.
    PreviewForget,
}

/// What a script that shows a report makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Junit,
    Coverage,
    Markdown,
    /// Only that it is there.
    Other,
}

const TEXTS: &[(Fixed, &str)] = &[
    (Fixed::Plan, runtime!("names", "fail", "glob", "plan")),
    (Fixed::Facts, runtime!("facts")),
    (Fixed::RecordFile, runtime!("names", "fail", "digest", "record-file")),
    (Fixed::RecordFolder, runtime!("names", "fail", "digest", "manifest", "glob", "record-folder")),
    (Fixed::VerifyFile, runtime!("names", "fail", "digest", "verify-file")),
    (Fixed::VerifyFolder, runtime!("names", "fail", "digest", "manifest", "verify-folder")),
    (Fixed::ImageFolder, runtime!("image-folder")),
    (Fixed::RecordImage, runtime!("names", "fail", "digest", "record-image")),
    (Fixed::VerifyImage, runtime!("names", "fail", "digest", "verify-image")),
    (Fixed::PushImage, runtime!("names", "fail", "digest", "push-image")),
    (Fixed::VerifyLegs, runtime!("names", "fail", "digest", "manifest", "verify-legs")),
    (Fixed::Quorum, runtime!("names", "fail", "quorum")),
    (Fixed::Again, runtime!("fail", "again")),
    (Fixed::Measure, runtime!("names", "fail", "measure")),
    (Fixed::Script, runtime!("script")),
    (Fixed::ToolRust, runtime!("fail", "tool-rust")),
    (Fixed::Ready, runtime!("ready")),
    (Fixed::SecretFile, runtime!("secret-file")),
    (Fixed::Exempt, runtime!("exempt")),
    (Fixed::Approval, runtime!("approval")),
    (Fixed::Forward, runtime!("forward")),
    (Fixed::Report(Form::Other), runtime!("names", "glob", "report")),
    (Fixed::Report(Form::Junit), runtime!("names", "glob", "report", "xml", "junit")),
    (Fixed::Report(Form::Coverage), runtime!("names", "glob", "report", "xml", "coverage")),
    (Fixed::Report(Form::Markdown), runtime!("names", "glob", "report", "markdown")),
    (Fixed::Verdict, runtime!("verdict")),
    (Fixed::OverrideAsked, runtime!("names", "fail", "glob", "override-asked")),
    (Fixed::OverrideApproved, runtime!("names", "fail", "override-approved")),
    (Fixed::OverrideInForce, runtime!("names", "fail", "override-in-force")),
    (Fixed::Clock, runtime!("clock")),
    (Fixed::TimeLeft, runtime!("time-left")),
    (Fixed::Soak, runtime!("soak")),
    (Fixed::RecordRun, runtime!("record-run")),
    (Fixed::WindowWait, runtime!("names", "fail", "window", "window-wait")),
    (Fixed::WindowOpen, runtime!("names", "fail", "window", "window-open")),
    (Fixed::PreviewWanted, runtime!("names", "fail", "preview-wanted")),
    (Fixed::PreviewFind, runtime!("names", "preview-find")),
    (Fixed::PreviewForget, runtime!("names", "preview-forget")),
];

/// The fixed script that a text is, byte for byte.
pub(crate) fn fixed(text: &Text) -> Option<Fixed> {
    text.fixed()
}

/// The same, sought.
pub(crate) fn sought(text: &str) -> Option<Fixed> {
    TEXTS.iter().find(|(_, known)| *known == text).map(|(fixed, _)| *fixed)
}

/// The bytes that base64 stands for; line breaks and blanks in it count for nothing.
pub(crate) fn decoded(base64: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letters: Vec<u8> = base64.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let text = letters.strip_suffix(b"==").or_else(|| letters.strip_suffix(b"=")).unwrap_or(&letters);
    if !letters.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.chunks(4) {
        let mut bits: u32 = 0;
        for letter in group {
            let value = ALPHABET.iter().position(|known| known == letter)?;
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        bits <<= 6 * (4 - u32::try_from(group.len()).ok()?);
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend([first, second, third].into_iter().take(group.len().checked_sub(1)?));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_the_standard_says() {
        assert_eq!(decoded("").unwrap(), b"");
        assert_eq!(decoded("Zg==").unwrap(), b"f");
        assert_eq!(decoded("Zm8=").unwrap(), b"fo");
        assert_eq!(decoded("Zm9v\nYmFy").unwrap(), b"foobar");
        assert_eq!(decoded("Zm9"), None);
        assert_eq!(decoded("Z*8="), None);
    }

    #[test]
    fn a_script_that_differs_by_a_byte_is_not_known() {
        let verdict = runtime!("verdict");
        assert_eq!(sought(verdict), Some(Fixed::Verdict));
        assert_eq!(sought(&verdict.replacen("status=1", "status=0", 1)), None);
    }
}
