//! A runner in a temporary folder, with a git workspace and a replacement of `gh`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A replacement of `gh`. It answers with the file named after the endpoint, with `_` for `/` and `?`. Without such a
/// file it fails, like an error of the API. It records the requests in `asked`, and fails once there are more than the
/// number in the file `limit`.
///
/// GraphQL answers with the deployments of the file `deployments`, 100 to a page and all pages with `--paginate`, and with
/// those fields alone that the query names.
const GH: &str = r#"#!/usr/bin/env bash
set -euo pipefail
[[ $1 == api ]]
shift
filter=.
endpoint=
environment=
query=
pages=1
printf '%s\n' "${*//$'\n'/ }" >> "$GH_FOLDER/asked"
while (($#)); do
  case $1 in
    --jq) filter=$2; shift 2 ;;
    --method) shift 2 ;;
    -f | -F)
      case $2 in on=*) environment=${2#*=} ;; query=*) query=${2#*=} ;; esac
      shift 2
      ;;
    --paginate) pages=1000; shift ;;
    --silent) shift ;;
    *) endpoint=${1%%\?*}; shift ;;
  esac
done
answered() {
  pages_asked=${1:-1}
  for ((page = 0; page < pages_asked; page++)); do echo >> "$GH_FOLDER/count"; done
  [[ ! -f $GH_FOLDER/limit ]] || (($(wc -l < "$GH_FOLDER/count") <= $(< "$GH_FOLDER/limit"))) ||
    { echo "HTTP 403: API rate limit exceeded" >&2; exit 1; }
}
if [[ $endpoint == graphql ]]; then
  [[ $pages == 1 || $query == *'endCursor: String'*'after: $endCursor'*hasNextPage*endCursor* ]]
  [[ -f $GH_FOLDER/deployments ]] || { echo "HTTP 502" >&2; exit 1; }
  all=$(jq -c --arg environment "$environment" --arg query "$query" --argjson pages "$pages" '
    def asked: with_entries(select(.key as $key | $query | contains($key)));
    [.[] | select(.environment == $environment)] as $all
      | if ($all | length) == 0 then [[]] else [$all | _nwise(100)][:$pages] end | .[]
      | {data: {repository: {deployments: {nodes: map(asked | .statuses.nodes |= map(asked))}}}}' "$GH_FOLDER/deployments")
  answered "$(wc -l <<< "$all")"
  jq -r "$filter" <<< "$all"
  exit
fi
answered
answer=$GH_FOLDER/${endpoint//[\/?]/_}
[[ -f $answer ]] || { echo "HTTP 404" >&2; exit 1; }
jq -r "$filter" "$answer"
"#;

/// The machine of a job.
pub struct Bench {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

/// The result of a script.
pub struct Done {
    pub success: bool,
    pub log: String,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
}

impl Bench {
    pub fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench { folder, variables: BTreeMap::new() };
        for name in ["workspace", "temp", "bin", "gh", "home"] {
            std::fs::create_dir(bench.path(name)).unwrap();
        }
        let bench = bench.program("gh", GH);
        // The ordinary tests must pass without jq, even on a machine that has it.
        let has_jq = cfg!(feature = "jq");
        let bench = if has_jq { bench } else { bench.program("jq", "#!/bin/sh\nexit 127\n") };
        bench
            .with("GITHUB_REPOSITORY", "acme/shop")
            .with("GITHUB_EVENT_NAME", "push")
            .with("GITHUB_REF", "refs/heads/main")
            .with("GITHUB_REF_NAME", "main")
            .with("GITHUB_REF_TYPE", "branch")
            .with("GITHUB_RUN_ID", "77")
            .with("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567")
            .event("{\"forced\": false}")
    }

    /// A machine on which `date +%s` prints this number.
    pub fn at(seconds: u64) -> Bench {
        let date = format!("#!/usr/bin/env bash\n[[ $* == +%s ]] && echo {seconds}\n");
        Bench::new().program("date", &date)
    }

    /// Installs a program, which replaces one of the machine.
    pub fn program(self, name: &str, text: &str) -> Bench {
        std::fs::write(self.path("bin").join(name), text).unwrap();
        self.shell(&format!("chmod +x ../bin/{name}"));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn temp(&self, name: &str) -> String {
        self.path("temp").join(name).to_str().unwrap().to_owned()
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Bench {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    pub fn event(self, json: &str) -> Bench {
        std::fs::write(self.path("event.json"), json).unwrap();
        self
    }

    /// Sets an answer of the API.
    pub fn answer(&self, endpoint: &str, json: &str) {
        std::fs::write(self.path("gh").join(endpoint.replace(['/', '?'], "_")), json).unwrap();
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path("workspace").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn command(&self, arguments: &[&str], folder: &Path) -> Output {
        let search = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        Command::new("bash")
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", search)
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("temp"))
            .env("RUNNER_TEMP", self.path("temp"))
            .env("GH_FOLDER", self.path("gh"))
            .env("GITHUB_EVENT_PATH", self.path("event.json"))
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_STEP_SUMMARY", self.path("summary"))
            .env("GIT_AUTHOR_NAME", "a")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "a")
            .env("GIT_COMMITTER_EMAIL", "a@example.com")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(&self.variables)
            .output()
            .unwrap()
    }

    /// Runs commands in the workspace, which must succeed. Returns their output.
    pub fn shell(&self, commands: &str) -> String {
        let output = self.command(&["-euo", "pipefail", "-c", commands], &self.path("workspace"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Commits all files. Returns the commit.
    pub fn commit(&self) -> String {
        self.shell("git add -A && git commit -q --allow-empty -m c && git rev-parse HEAD")
    }

    /// Runs a script like the runner.
    pub fn run(&self, script: &str) -> Done {
        for name in ["output", "summary"] {
            std::fs::write(self.path(name), "").unwrap();
        }
        let file = self.path("temp/step.sh");
        std::fs::write(&file, script).unwrap();
        let arguments = ["--noprofile", "--norc", "-p", "-euo", "pipefail", file.to_str().unwrap()];
        let output = self.command(&arguments, &self.path("workspace"));
        let read = |name| std::fs::read_to_string(self.path(name)).unwrap();
        let outputs = read("output")
            .lines()
            .map(|line| {
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        let log = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Done { success: output.status.success(), log: log.concat(), outputs, summary: read("summary") }
    }
}

impl Done {
    /// An output of a script, which must have succeeded.
    pub fn output(&self, name: &str) -> &str {
        assert!(self.success, "{}", self.log);
        &self.outputs[name]
    }
}
