"""Runs one workflow of a project with act on this machine and prints the results as JSON.

usage: run_workflow PROJECT WORKFLOW [--event NAME] [--payload FILE] [--env NAME=VALUE]… [--secret NAME=VALUE]…
                    [--var NAME=VALUE]… [--path FOLDER]… [--api FILE] [--log FILE]

PROJECT is a folder; WORKFLOW is a file in it. A project without its own git repository becomes one, with a
single commit on `main`. The payload is the event's JSON. --path folders come first in PATH, so that they can replace
commands. --api is a table of answers of GitHub's API (see api.py); without it, every request gets 404.

The result has `asked`, the requests to the API; `complaints`, what act said outside any job; and by job id: `result`
(success, failure or skipped), `steps` (name and result), `outputs` (of steps, as `step.name`) and `log` (the lines its
scripts printed).

act knows no concurrency, no environment and no permissions: it judges scripts and data flow, never gating by settings.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from api import Api
from strip_unknown import strip

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
STAND_INS = {f"actions/{name}": ROOT / "stand-ins" / name for name in ("checkout", "upload-artifact", "download-artifact")}


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("workflow")
    parser.add_argument("--event", default="push")
    parser.add_argument("--payload", type=Path)
    parser.add_argument("--api", type=Path)
    parser.add_argument("--log", type=Path)
    for name in ("env", "secret", "var", "path"):
        parser.add_argument(f"--{name}", action="append", default=[])
    return parser.parse_args()


def git(folder, *words):
    """Runs git in the folder with a fixed author."""
    who = ["-c", "user.name=oracle", "-c", "user.email=oracle@example.invalid", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def repository(project, folder):
    """A git repository with the project's files. If the project is a repository, its clone."""
    if (project / ".git").exists():
        subprocess.run(["git", "clone", "--quiet", "--no-local", str(project), str(folder)], check=True)
        git(folder, "remote", "set-url", "origin", "https://github.com/oracle/project.git")
        return
    shutil.copytree(project, folder, symlinks=True, ignore=shutil.ignore_patterns("target", "node_modules"))
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "remote", "add", "origin", "https://github.com/oracle/project.git")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "the project")


def pictures(workflow):
    """A -P option for each runner label: run on this machine."""
    labels = set()
    for job in workflow["jobs"].values():
        label = job.get("runs-on", [])
        labels.update(label if isinstance(label, list) else [label])
    return [word for label in sorted(labels) for word in ("-P", f"{label}=-self-hosted")]


def stand_ins(workflow):
    """A --local-repository option for each used action. An action without a stand-in can't run."""
    used = {step["uses"] for job in workflow["jobs"].values() for step in job.get("steps", []) if "uses" in step}
    words = []
    for action in sorted(used):
        name, _, ref = action.partition("@")
        if name not in STAND_INS:
            sys.exit(f"there is no stand-in for {name}")
        words += ["--local-repository", f"{name}@{ref}={STAND_INS[name]}"]
    return words


def results(lines, workflow):
    """The outcome of each job from act's JSON log. A job without an outcome in the log was skipped."""
    jobs = {name: {"result": "skipped", "steps": [], "outputs": {}, "log": []} for name in workflow["jobs"]}
    complaints = []
    for line in lines:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            complaints.append(line)
            continue
        job = jobs.get(entry.get("jobID"))
        if job is None:
            if entry.get("level") in ("error", "fatal"):
                complaints.append(entry["msg"])
            continue
        if "jobResult" in entry:
            worse = job["result"] == "failure"  # one failed leg of a matrix fails the job
            job["result"] = "failure" if worse else entry["jobResult"]
        if "stepResult" in entry and entry.get("stage") == "Main":
            job["steps"].append({"name": entry.get("step", ""), "result": entry["stepResult"]})
        if entry.get("raw_output"):
            job["log"].append(entry["msg"].rstrip("\n"))
        if entry.get("command") == "set-output":
            job["outputs"][f"{entry['stepID'][-1]}.{entry['name']}"] = entry["arg"]
    return {"jobs": jobs, "complaints": complaints}


def act(args, scratch, project, copy, workflow, api):
    """Runs act and returns the finished process."""
    payload = json.loads(args.payload.read_text()) if args.payload else {}
    if args.event == "push":
        payload = {"ref": "refs/heads/main", "after": git(project, "rev-parse", "HEAD"), **payload}
    event = scratch / "event.json"
    event.write_text(json.dumps(payload))

    folders = [*args.path, ROOT / "act/commands", (CACHE / "node24").resolve().parent]
    path = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
    variables = {
        "PIPEC_STAND_INS": ROOT / "stand-ins",
        "PIPEC_NODE_PACKAGES": CACHE / "node/node_modules",
        "PIPEC_SOURCE": project,
        "PIPEC_ARTIFACTS": scratch / "artifacts",
        "GITHUB_API_URL": api.url,
        "PATH": path,
        **dict(pair.split("=", 1) for pair in args.env),
    }
    command = [CACHE / "bin/act", args.event, "--json", "--no-skip-checkout", "--action-offline-mode", "--no-cache-server"]
    command += ["-C", project, "-W", copy, "-e", event, "--action-cache-path", scratch / "actions"]
    command += ["--container-daemon-socket", "-", "--concurrent-jobs", "1", "--actor", "oracle"]
    command += [*pictures(workflow), *stand_ins(workflow)]
    options = {
        "env": [f"{name}={value}" for name, value in variables.items()],
        "secret": ["GITHUB_TOKEN=stand-in", *args.secret],
        "var": args.var,
    }
    for option, pairs in options.items():
        command += [word for pair in pairs for word in (f"--{option}", pair)]

    # act keeps its settings and caches in the home folder. A new home folder leaves no files behind and has no ~/.actrc.
    home = scratch / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8"}
    for name in ("CARGO_HOME", "RUSTUP_HOME"):
        environment[name] = os.environ.get(name, str(Path.home() / f".{name.split('_')[0].lower()}"))
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, env=environment)


def main():
    """Prepares a copy, runs it, prints the results."""
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="pipec-act-") as scratch:
        scratch = Path(scratch)
        project = scratch / "project"
        repository(args.project, project)
        # The copy of the workflow is outside the repository, so that the run's commit is the project's own.
        copy = scratch / "workflows" / Path(args.workflow).name
        copy.parent.mkdir()
        copy.write_bytes(strip((args.project / args.workflow).read_bytes().decode("utf-8")).encode("utf-8"))
        workflow = yaml.safe_load(copy.read_bytes())

        table = json.loads(args.api.read_text()) if args.api else {}
        with Api(table, git(project, "rev-parse", "HEAD")) as api:
            run = act(args, scratch, project, copy, workflow, api)
        if args.log:
            args.log.write_text(run.stdout + run.stderr)
        found = results(run.stdout.splitlines(), workflow)
        found["complaints"] += run.stderr.splitlines()
        found["asked"] = api.asked
        json.dump(found, sys.stdout, indent=1)
        print()


main()
