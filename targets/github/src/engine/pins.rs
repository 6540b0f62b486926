//! The actions that may stand behind `uses`, by commit (trap 22): resolved from the actions' own tags, newest two majors
//! each.

const KNOWN: [(&str, &[&str]); 6] = [
    (
        "actions/checkout",
        &["3d3c42e5aac5ba805825da76410c181273ba90b1", "d23441a48e516b6c34aea4fa41551a30e30af803"],
    ),
    (
        "actions/download-artifact",
        &["3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "37930b1c2abaa49bbe596cd826c3c89aef350131"],
    ),
    (
        "actions/upload-artifact",
        &["bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "b7c566a772e6b6bfb58ed0dc250532a479d7789f"],
    ),
    (
        "aws-actions/configure-aws-credentials",
        &["e6de054238d6b7531b4efff3b6587d9aade6a06c", "61815dcd50bd041e203e49132bacad1fd04d2708"],
    ),
    (
        "Azure/login",
        &["f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca", "7184910d9eb2b1c5e48f7073824a90609bb9b6d6"],
    ),
    (
        "google-github-actions/auth",
        &["7c6bc770dae815cd3e89ee6cdf493a5fab2cc093", "c200f3691d83b41bf9bbd8638997a462592937ed"],
    ),
];

/// Whether it is an action at one of its known commits.
pub(crate) fn is_known(uses: &str) -> bool {
    let Some((action, commit)) = uses.split_once('@') else { return false };
    KNOWN.iter().any(|(name, commits)| *name == action && commits.contains(&commit))
}

/// Whether the action takes on an identity.
pub(crate) fn is_identity(action: &str) -> bool {
    matches!(action, "aws-actions/configure-aws-credentials" | "Azure/login" | "google-github-actions/auth")
}
