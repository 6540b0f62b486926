//! Programs that act only on what their arguments name. A script of such programs alone can't use a variable that it never
//! mentions; any other program may read it from its environment.
//!
//! The sources are the manuals of the programs: none of them reads a variable that a team names itself.

use super::invocation::Invocation;
use super::parser;

/// The programs, sorted.
const ON_ARGUMENTS_ALONE: [&str; 101] = [
    ":",
    "[",
    "argocd",
    "awk",
    "aws",
    "az",
    "basename",
    "cat",
    "cd",
    "chmod",
    "conftest",
    "cosign",
    "cp",
    "crane",
    "curl",
    "cut",
    "date",
    "diff",
    "dirname",
    "docker",
    "dockle",
    "echo",
    "egrep",
    "exit",
    "export",
    "false",
    "fgrep",
    "firebase",
    "fly",
    "flyctl",
    "gcloud",
    "gh",
    "git",
    "gitleaks",
    "glab",
    "grep",
    "grype",
    "gsutil",
    "gunzip",
    "gzip",
    "hadolint",
    "head",
    "helm",
    "heroku",
    "jq",
    "kubectl",
    "kustomize",
    "ln",
    "local",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "netlify",
    "nslookup",
    "oc",
    "opa",
    "oras",
    "osv-scanner",
    "podman",
    "printf",
    "pwd",
    "read",
    "readonly",
    "realpath",
    "return",
    "rm",
    "rsync",
    "scp",
    "sed",
    "set",
    "sftp",
    "sha256sum",
    "shift",
    "skopeo",
    "sleep",
    "sort",
    "ssh",
    "ssh-add",
    "ssh-keyscan",
    "syft",
    "tail",
    "tar",
    "tee",
    "test",
    "touch",
    "tr",
    "trap",
    "trivy",
    "true",
    "umask",
    "uniq",
    "unset",
    "unzip",
    "vercel",
    "wait",
    "wc",
    "wget",
    "wrangler",
    "yq",
    "zip",
];

/// Whether a script runs only programs that act on what their arguments name. Not if it can't be parsed.
pub(crate) fn acts_on_arguments_alone(script: &str) -> bool {
    let Ok(tree) = parser::parse(script) else { return false };
    let mut is_so = true;
    tree.for_each_simple(&mut |simple| {
        let Some(program) = simple.words.first() else { return };
        let is_by_path = program.literal.as_deref().is_none_or(|name| name.contains('/'));
        let invocation = Invocation::of(simple);
        is_so &=
            !is_by_path && invocation.is_some_and(|it| ON_ARGUMENTS_ALONE.binary_search(&it.name).is_ok());
    });
    is_so
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_are_sorted() {
        assert!(ON_ARGUMENTS_ALONE.is_sorted());
    }

    #[test]
    fn scripts_of_other_programs_may_read_any_variable() {
        let acts = acts_on_arguments_alone;
        assert!(acts("kubectl rollout restart deployment/web") && acts("ssh host 'git pull'"));
        assert!(acts("sudo docker pull x | grep -q y && echo done"));
        assert!(acts("if ! curl -f https://a; then exit 1; fi"));
        for other in
            ["./deploy.sh", "bin/kubectl get", "make deploy", "$TOOL x", "bash <<'E'\nls\nE", "coproc x"]
        {
            assert!(!acts(other), "{other}");
        }
        assert!(!acts("echo \"$(./version)\""));
    }
}
