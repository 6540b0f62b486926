//! The fixed scripts in the form of the workflows.

use pipec_runtime::{ApprovalForm, Dialect, ForwardForm, PlanForm, PushForm, ReportForm, Script, Systems};

const fn text(script: Script) -> &'static str {
    script.text(Dialect::GitHub, Systems::Linux)
}

pub const PLAN: &str = text(Script::Plan(PlanForm::Changes));
pub const PLAN_NAMES: &str = text(Script::Plan(PlanForm::Names));
pub const OF_A_BRANCH: &str = text(Script::OfABranch);
pub const RECORD_FILE: &str = text(Script::RecordFile);
pub const RECORD_FILE_ANYWHERE: &str = Script::RecordFile.text(Dialect::GitHub, Systems::Any);
pub const RECORD_FOLDER_ANYWHERE: &str = Script::RecordFolder.text(Dialect::GitHub, Systems::Any);
pub const RECORD_FOLDER: &str = text(Script::RecordFolder);
pub const VERIFY_FILE: &str = text(Script::VerifyFile);
pub const VERIFY_FOLDER: &str = text(Script::VerifyFolder);
pub const VERIFY_LEGS: &str = text(Script::VerifyLegs);
pub const AGAIN: &str = text(Script::Again);
pub const QUORUM: &str = text(Script::Quorum);
pub const APPROVAL: &str = text(Script::Approval(ApprovalForm::Anybody));
pub const APPROVAL_NOT_AUTHOR: &str = text(Script::Approval(ApprovalForm::NotAuthor));
pub const EXEMPT: &str = text(Script::Exempt);
pub const FACTS: &str = text(Script::Facts);
pub const FORWARD: &str = text(Script::Forward(ForwardForm::History));
pub const FORWARD_SHARED: &str = text(Script::Forward(ForwardForm::SharedHistory));
pub const FORWARD_VERSION: &str = text(Script::Forward(ForwardForm::Version));
pub const REPORT: &str = text(Script::Report(ReportForm::Other));
pub const REPORT_COVERAGE: &str = text(Script::Report(ReportForm::Coverage));
pub const REPORT_JUNIT: &str = text(Script::Report(ReportForm::Junit));
pub const REPORT_MARKDOWN: &str = text(Script::Report(ReportForm::Markdown));
pub const SCRIPT: &str = text(Script::Encoded);
pub const SECRET_FILE: &str = text(Script::SecretFile);
pub const SECRET_REMOVED: &str = text(Script::SecretRemoved);
pub const AZURE_LOG_OUT: &str = text(Script::AzureLogOut);
pub const OVERRIDE_ASKED: &str = text(Script::OverrideAsked);
pub const OVERRIDE_APPROVED: &str = text(Script::OverrideApproved);
pub const OVERRIDE_IN_FORCE: &str = text(Script::OverrideInForce);
pub const PREVIEW_WANTED: &str = text(Script::PreviewWanted);
pub const PREVIEW_FIND: &str = text(Script::PreviewFind);
pub const PREVIEW_FORGET: &str = text(Script::PreviewForget);
pub const TOOL_RUST: &str = text(Script::ToolRust);
pub const WINDOW_OPEN: &str = text(Script::WindowOpen);
pub const WINDOW_WAIT: &str = text(Script::WindowWait);
pub const CLOCK: &str = text(Script::Clock);
pub const TIME_LEFT: &str = text(Script::TimeLeft);
pub const SOAK: &str = text(Script::Soak);
pub const IMAGE_FOLDER: &str = text(Script::ImageFolder);
pub const RECORD_IMAGE: &str = text(Script::RecordImage);
pub const VERIFY_IMAGE: &str = text(Script::VerifyImage);
pub const PUSH_IMAGE: &str = text(Script::PushImage(PushForm::Password));
pub const PUSH_TO_AMAZON: &str = text(Script::PushImage(PushForm::Amazon));
pub const PUSH_TO_AZURE: &str = text(Script::PushImage(PushForm::Azure));
pub const OUTCOME: &str = text(Script::Outcome);
pub const RECORD_DEPLOYMENT: &str = text(Script::RecordDeployment);
