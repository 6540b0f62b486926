//! Names in an output that the emitter writes and the engine model looks for.

use crate::{Dialect, Script};

/// Beginnings of variables that a shell, a tool, an action or an engine reads.
const READ_BY_TOOLS: [&str; 42] = [
    "ACTIONS_",
    "ARM_",
    "AWS_",
    "AZURE_",
    "BASH",
    "BUILDKIT_",
    "BUILDX_",
    "CARGO_",
    "CI_",
    "CLOUDSDK_",
    "CURL_",
    "DOCKER_",
    "DYLD_",
    "GCLOUD_",
    "GH_",
    "GITHUB_",
    "GITLAB_",
    "GIT_",
    "GO",
    "GRADLE_",
    "HELM_",
    "INPUT_",
    "JAVA_",
    "JQ_",
    "KUBE",
    "LC_",
    "LD_",
    "MAVEN_",
    "NODE_",
    "NPM_",
    "OPENSSL_",
    "PIP_",
    "PNPM_",
    "PYTHON",
    "RUNNER_",
    "RUST",
    "SSL_",
    "STATE_",
    "TAR_",
    "TF_",
    "UV_",
    "XDG_",
];

/// Whole names of such variables.
const READ_BY_SHELLS: [&str; 21] = [
    "CDPATH",
    "COPYFILE_DISABLE",
    "DEBUG",
    "ENV",
    "GLOBIGNORE",
    "HOME",
    "HOSTNAME",
    "IFS",
    "LANG",
    "LANGUAGE",
    "OSTYPE",
    "PATH",
    "POSIXLY_CORRECT",
    "PS4",
    "SHELL",
    "SHELLOPTS",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TZ",
    "USER",
];

/// Whether all steps of a job may see a variable, although it is meant for the scripts of the source.
///
/// No fixed script has such a parameter, and no tool is known to read it.
pub fn may_be_of_job(variable: &str, dialect: Dialect) -> bool {
    let is_parameter = |script: &Script| {
        let parameters = script.parameters().iter().chain(dialect.parameters(*script));
        let mut numbered = parameters.clone();
        parameters.clone().any(|parameter| *parameter == variable)
            || numbered
                .any(|parameter| variable.strip_prefix(parameter).is_some_and(|rest| rest.starts_with('_')))
    };
    let is_read = READ_BY_TOOLS.iter().any(|beginning| variable.starts_with(beginning))
        || READ_BY_SHELLS.contains(&variable)
        || variable.ends_with("_PROXY")
        || variable.contains(|letter: char| letter.is_ascii_lowercase());
    !is_read && !Script::ALL.iter().any(is_parameter)
}

/// The job that decides facts which the engine's own conditions can't decide.
pub const PLAN: &str = "plan";

/// The job whose result is the required check.
pub const VERDICT: &str = "verdict";

/// The job that records the run, and the artefact that it stores.
pub const RECORD: &str = "record";

/// The suffix of a job for unreviewed code, after the name of its node.
pub const UNTRUSTED: &str = "-untrusted";

/// The prefix of the job that waits for a window. The id of its deploy follows.
pub const WAIT_TO: &str = "wait-to-";

/// The prefix of the job that asks for an override. The name of its gate follows.
pub const OVERRIDE: &str = "override-";

/// The id of the step that tells what became of the nodes before, and its first output.
pub const OUTCOME: &str = "outcome";

/// The output of the same step with the nodes that have failed.
pub const FAILED: &str = "failed";

/// The id of the step that logs in to the registry of an image.
pub const REGISTRY: &str = "registry";

/// The prefix of the id of a login that only some steps have. The word of its provider follows, and a number from the
/// second on.
pub const LOGIN: &str = "login-";

/// The prefix of the id of a raw step, before its name.
pub const RAW: &str = "raw-";

/// The input of a manual run that names the overridden gate.
pub const OVERRIDE_GATE: &str = "override-gate";

/// The input that names the commit of the override.
pub const OVERRIDE_COMMIT: &str = "override-commit";

/// The input with the reason.
pub const OVERRIDE_REASON: &str = "override-reason";

/// The value of [`OVERRIDE_GATE`] in a manual run that overrides nothing.
pub const ORDINARY: &str = "no override";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_others_read_are_not_of_a_job() {
        for own in ["LEVEL", "SMOKE_URL", "IMAGE", "DEPLOYMENT_VERSION", "GREETING"] {
            assert!(may_be_of_job(own, Dialect::GitHub), "{own}");
        }
        for other in [
            "FILE",
            "RUN",
            "DUE_2",
            "INPUT_SIZE",
            "REGISTRY_USER",
            "GH_TOKEN",
            "AWS_REGION",
            "PATH",
            "BASH_ENV",
            "NODE_OPTIONS",
            "HTTPS_PROXY",
            "path",
            "GOFLAGS",
        ] {
            assert!(!may_be_of_job(other, Dialect::GitHub), "{other}");
        }
    }
}
