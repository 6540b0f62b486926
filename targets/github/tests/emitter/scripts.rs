//! The fixed scripts as the workflows carry them, put together from the fragments of `targets/runtime`.

macro_rules! runtime {
    ($($name:literal),+) => { concat!($(include_str!(concat!("../../../runtime/scripts/", $name, ".sh"))),+) };
}

pub const GLOB: &str = runtime!("names", "glob");
pub const PLAN: &str = runtime!("names", "fail", "glob", "plan");
pub const RECORD_FILE: &str = runtime!("names", "fail", "digest", "record-file");
pub const RECORD_FOLDER: &str = runtime!("names", "fail", "digest", "manifest", "glob", "record-folder");
pub const VERIFY_FILE: &str = runtime!("names", "fail", "digest", "verify-file");
pub const VERIFY_FOLDER: &str = runtime!("names", "fail", "digest", "manifest", "verify-folder");
pub const VERIFY_LEGS: &str = runtime!("names", "fail", "digest", "manifest", "verify-legs");
pub const AGAIN: &str = runtime!("fail", "again");
pub const QUORUM: &str = runtime!("names", "fail", "quorum");
pub const APPROVAL: &str = runtime!("approval");
pub const EXEMPT: &str = runtime!("exempt");
pub const FACTS: &str = runtime!("facts");
pub const FORWARD: &str = runtime!("forward");
pub const REPORT: &str = runtime!("names", "glob", "report");
pub const REPORT_COVERAGE: &str = runtime!("names", "glob", "report", "xml", "coverage");
pub const REPORT_JUNIT: &str = runtime!("names", "glob", "report", "xml", "junit");
pub const REPORT_MARKDOWN: &str = runtime!("names", "glob", "report", "markdown");
pub const SCRIPT: &str = runtime!("script");
pub const SECRET_FILE: &str = runtime!("secret-file");
pub const OVERRIDE_ASKED: &str = runtime!("names", "fail", "glob", "override-asked");
pub const OVERRIDE_APPROVED: &str = runtime!("names", "fail", "override-approved");
pub const OVERRIDE_IN_FORCE: &str = runtime!("names", "fail", "override-in-force");
pub const PREVIEW_WANTED: &str = runtime!("names", "fail", "preview-wanted");
pub const PREVIEW_FIND: &str = runtime!("names", "preview-find");
pub const PREVIEW_FORGET: &str = runtime!("names", "preview-forget");
pub const TOOL_RUST: &str = runtime!("fail", "tool-rust");
pub const WINDOW_OPEN: &str = runtime!("names", "fail", "window", "window-open");
pub const WINDOW_WAIT: &str = runtime!("names", "fail", "window", "window-wait");
pub const CLOCK: &str = runtime!("clock");
pub const TIME_LEFT: &str = runtime!("time-left");
pub const SOAK: &str = runtime!("soak");
pub const VERDICT: &str = runtime!("verdict");
pub const IMAGE_FOLDER: &str = runtime!("image-folder");
pub const RECORD_IMAGE: &str = runtime!("names", "fail", "digest", "record-image");
pub const VERIFY_IMAGE: &str = runtime!("names", "fail", "digest", "verify-image");
pub const PUSH_IMAGE: &str = runtime!("names", "fail", "digest", "push-image");
