//! The fixed scripts in the form of the workflows.

use pipec_runtime::{Dialect, ReportForm, Script};

/// The translation of globs, which several scripts share.
pub const GLOB: &str = concat!(
    include_str!("../../../runtime/scripts/names.sh"),
    include_str!("../../../runtime/scripts/glob.sh")
);
pub const PLAN: &str = Script::Plan.text(Dialect::GitHub);
pub const RECORD_FILE: &str = Script::RecordFile.text(Dialect::GitHub);
pub const RECORD_FOLDER: &str = Script::RecordFolder.text(Dialect::GitHub);
pub const VERIFY_FILE: &str = Script::VerifyFile.text(Dialect::GitHub);
pub const VERIFY_FOLDER: &str = Script::VerifyFolder.text(Dialect::GitHub);
pub const VERIFY_LEGS: &str = Script::VerifyLegs.text(Dialect::GitHub);
pub const AGAIN: &str = Script::Again.text(Dialect::GitHub);
pub const QUORUM: &str = Script::Quorum.text(Dialect::GitHub);
pub const APPROVAL: &str = Script::Approval.text(Dialect::GitHub);
pub const EXEMPT: &str = Script::Exempt.text(Dialect::GitHub);
pub const FACTS: &str = Script::Facts.text(Dialect::GitHub);
pub const FORWARD: &str = Script::Forward.text(Dialect::GitHub);
pub const REPORT: &str = Script::Report(ReportForm::Other).text(Dialect::GitHub);
pub const REPORT_COVERAGE: &str = Script::Report(ReportForm::Coverage).text(Dialect::GitHub);
pub const REPORT_JUNIT: &str = Script::Report(ReportForm::Junit).text(Dialect::GitHub);
pub const REPORT_MARKDOWN: &str = Script::Report(ReportForm::Markdown).text(Dialect::GitHub);
pub const SCRIPT: &str = Script::Encoded.text(Dialect::GitHub);
pub const SECRET_FILE: &str = Script::SecretFile.text(Dialect::GitHub);
pub const OVERRIDE_ASKED: &str = Script::OverrideAsked.text(Dialect::GitHub);
pub const OVERRIDE_APPROVED: &str = Script::OverrideApproved.text(Dialect::GitHub);
pub const OVERRIDE_IN_FORCE: &str = Script::OverrideInForce.text(Dialect::GitHub);
pub const PREVIEW_WANTED: &str = Script::PreviewWanted.text(Dialect::GitHub);
pub const PREVIEW_FIND: &str = Script::PreviewFind.text(Dialect::GitHub);
pub const PREVIEW_FORGET: &str = Script::PreviewForget.text(Dialect::GitHub);
pub const TOOL_RUST: &str = Script::ToolRust.text(Dialect::GitHub);
pub const WINDOW_OPEN: &str = Script::WindowOpen.text(Dialect::GitHub);
pub const WINDOW_WAIT: &str = Script::WindowWait.text(Dialect::GitHub);
pub const CLOCK: &str = Script::Clock.text(Dialect::GitHub);
pub const TIME_LEFT: &str = Script::TimeLeft.text(Dialect::GitHub);
pub const SOAK: &str = Script::Soak.text(Dialect::GitHub);
pub const VERDICT: &str = Script::Verdict.text(Dialect::GitHub);
pub const IMAGE_FOLDER: &str = Script::ImageFolder.text(Dialect::GitHub);
pub const RECORD_IMAGE: &str = Script::RecordImage.text(Dialect::GitHub);
pub const VERIFY_IMAGE: &str = Script::VerifyImage.text(Dialect::GitHub);
pub const PUSH_IMAGE: &str = Script::PushImage.text(Dialect::GitHub);
