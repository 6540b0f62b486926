#!/usr/bin/env python3
"""Runs overrides: after a failed gate, waiting jobs start only by the rules, and only after an approval.

usage: override.py PIPEC
PIPEC is the compiler; it builds a small pipeline in a scratch folder. Its gate fails unless $SCAN is `clean`. act waits for
no approval: GitHub's API says who approved.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from scenario import Checks, run_workflow

SOURCE = """
pipeline shop {
  on push to main

  stage commit {
    artefact app: binary {
      run "mkdir -p out && echo built > out/app"
      path "out/app"
    }

    gate scan: vulnerability of app {
      run "cat \\"$APP_PATH\\" && test \\"$(cat ./scan)\\" = clean"

      override by officers {
        expires 24h
        review within 3d
      }
    }
  }

  stage release {
    deploy app to production { run "cat \\"$APP_PATH\\"" }
  }
}

environment production { requires vulnerability }

role officers { github team "acme/officers" }
"""
WORKFLOW = Path(".github/workflows/shop.yml")
REPOSITORY = "/repos/oracle/project"
checks = Checks("override")


def git(project, *words):
    """Runs git in the project with a fixed author."""
    who = ["-c", "user.name=oracle", "-c", "user.email=oracle@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", "-C", project, *who, *words], check=True, capture_output=True, text=True).stdout.strip()


def build(folder, scan):
    """A repository of one commit in which the gate has the result of `scan`. Returns the commit."""
    folder.mkdir()
    (folder / "shop.pipe").write_text(SOURCE)
    (folder / "scan").write_text(scan)
    git(folder, "init", "--quiet", "--initial-branch=main")
    subprocess.run([sys.argv[1], "build"], check=True, cwd=folder, capture_output=True)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "the project")
    return git(folder, "rev-parse", "HEAD")


def attempt(project, sha, event="workflow_dispatch", state="approved", attempt=1, head=None, **inputs):
    """The results of one run, by job."""
    asked = {"override-gate": "scan", "override-commit": sha, "override-reason": "it's `$(exit 1)` | no fix yet"}
    asked.update({f"override-{name}": value for name, value in inputs.items()})
    payload = {"ref": "refs/heads/main", **({"inputs": asked} if event == "workflow_dispatch" else {"forced": False})}
    approval = {"state": state, "environments": [{"name": "shop-override-scan"}], "user": {"login": "carl"}}
    answers = {
        f"{REPOSITORY}/git/ref/heads/main": {"object": {"sha": head or sha}},
        f"{REPOSITORY}/actions/runs/1/approvals": [approval],
        "/graphql": {"data": {"repository": {"deployments": {"nodes": []}}}},
    }
    files = project.with_suffix(".payload"), project.with_suffix(".api")
    for file, content in zip(files, (payload, answers)):
        file.write_text(json.dumps(content))
    options = ["--event", event, "--payload", files[0], "--api", files[1], "--env", "GITHUB_REF_PROTECTED=true"]
    return run_workflow(project, WORKFLOW, *options, "--env", f"GITHUB_RUN_ATTEMPT={attempt}")["jobs"]


def expect(scenario, jobs, *results):
    """One check for each job: plan, scan, override-scan, the deploy and the verdict."""
    names = ("plan", "scan", "override-scan", "deploy-app-to-production", "verdict")
    for name, wanted in zip(names, results, strict=True):
        seen = jobs[name]
        why = f"{seen['result']}: {seen['steps']} {seen['log'][-5:]}"
        checks.check(f"{scenario}: {name} is {wanted}", seen["result"] == wanted, why)


GREEN, RED, NOT_AT_ALL = "success", "failure", "skipped"
with tempfile.TemporaryDirectory(prefix="pipec-override-") as scratch:
    project, clean = Path(scratch, "project"), Path(scratch, "clean")
    commit, other = build(project, "dirty"), build(clean, "clean")

    jobs = attempt(project, commit)
    expect("approved", jobs, GREEN, RED, GREEN, GREEN, GREEN)
    by = jobs["override-scan"]["outputs"].get("override.approved-by")
    checks.check("approved: it is recorded by whom", by == "carl", jobs["override-scan"]["outputs"])
    expect("rejected", attempt(project, commit, state="rejected"), GREEN, RED, RED, NOT_AT_ALL, RED)
    expect("a push", attempt(project, commit, event="push"), GREEN, RED, NOT_AT_ALL, NOT_AT_ALL, RED)
    expect("nothing to override", attempt(clean, other), GREEN, GREEN, NOT_AT_ALL, GREEN, GREEN)
    refused = {
        "another gate": {"gate": "app"},
        "no gate": {"gate": ""},
        "a gate in capitals": {"gate": "SCAN"},
        "another commit": {"commit": other},
        "a branch that moved on": {"head": other},
        "no reason": {"reason": " "},
        "a second attempt": {"attempt": 2},
    }
    for scenario, asked in refused.items():
        expect(scenario, attempt(project, commit, **asked), RED, NOT_AT_ALL, NOT_AT_ALL, NOT_AT_ALL, RED)

checks.finish()
