//! The actions that the emitted workflows call, by commit. The digests are those of the actions' own tags.

/// An action at one commit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    /// `owner/name`.
    pub(crate) action: &'static str,
    /// The version whose tag names the commit.
    pub(crate) version: &'static str,
    /// The commit.
    pub(crate) commit: &'static str,
}

impl Pin {
    /// What stands behind `uses:`.
    pub(crate) fn reference(&self) -> String {
        format!("{}@{}", self.action, self.commit)
    }
}

pub(crate) static CHECKOUT: Pin =
    Pin { action: "actions/checkout", version: "v7.0.1", commit: "3d3c42e5aac5ba805825da76410c181273ba90b1" };

pub(crate) static UPLOAD_ARTIFACT: Pin = Pin {
    action: "actions/upload-artifact",
    version: "v7.0.0",
    commit: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
};

pub(crate) static DOWNLOAD_ARTIFACT: Pin = Pin {
    action: "actions/download-artifact",
    version: "v8.0.1",
    commit: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
};

pub(crate) static AWS_CREDENTIALS: Pin = Pin {
    action: "aws-actions/configure-aws-credentials",
    version: "v6.2.3",
    commit: "e6de054238d6b7531b4efff3b6587d9aade6a06c",
};

pub(crate) static AZURE_LOGIN: Pin =
    Pin { action: "Azure/login", version: "v3.0.1", commit: "f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca" };

pub(crate) static GOOGLE_AUTH: Pin = Pin {
    action: "google-github-actions/auth",
    version: "v3.0.0",
    commit: "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093",
};
