#!/usr/bin/env python3
"""Runs the example `hello`: it deploys the file that it tested, and after a failure it deploys nothing.

usage: hello.py PROJECT
PROJECT is the built example: a gate `unit` that runs `cargo test`, an artefact `app`, a deploy whose script copies its
argument into $DEPLOY_DIR. The answers of GitHub's API are in hello-api.json: nothing was ever deployed.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from scenario import ROOT, Checks, run_workflow

PROJECT = Path(sys.argv[1]).resolve()
WORKFLOW = Path(".github/workflows/hello.yml")
DEPLOY = "deploy-app-to-production"
checks = Checks("hello")


def attempt(*options):
    """Runs the workflow with the options. Returns the results and the deployed files, by name."""
    with tempfile.TemporaryDirectory(prefix="pipec-deployed-") as deployed:
        api = ROOT / "scenarios/hello-api.json"
        found = run_workflow(PROJECT, WORKFLOW, "--api", api, "--env", f"DEPLOY_DIR={deployed}", *options)
        files = {path.name: path.read_bytes() for path in Path(deployed).rglob("*") if path.is_file()}
    return found["jobs"], files


def expect(scenario, jobs, **results):
    """One check for each job whose result is given."""
    for name, wanted in results.items():
        job = name.replace("_", "-")
        seen = jobs.get(job, {"result": "no such job"})
        why = f"{seen['result']}: {seen.get('steps')} {seen.get('log', [])[-5:]}"
        checks.check(f"{scenario}: {job} is {wanted}", seen["result"] == wanted, why)


jobs, files = attempt()
expect("all well", jobs, unit="success", app="success", deploy_app_to_production="success", verdict="success")
checks.check("all well: one file is deployed", len(files) == 1, sorted(files))
digests = {f"sha256:{hashlib.sha256(content).hexdigest()}" for content in files.values()}
handed_over = set(jobs["app"]["outputs"].values())
checks.check("all well: the digest the build recorded is the digest of what was deployed", digests <= handed_over, handed_over)

jobs, files = attempt("--env", f"PIPEC_BEFORE_DOWNLOAD={ROOT / 'scenarios/tamper.py'}")
expect("tampered artefact", jobs, unit="success", app="success", deploy_app_to_production="failure", verdict="failure")
tampered = any("tampered with" in line for line in jobs[DEPLOY]["log"])
checks.check("tampered artefact: it was tampered with", tampered, jobs[DEPLOY]["log"])
checks.check("tampered artefact: nothing is deployed", not files, sorted(files))

jobs, files = attempt("--path", ROOT / "scenarios/failing-tests")
expect("failing gate", jobs, unit="failure", app="success", deploy_app_to_production="skipped", verdict="failure")
checks.check("failing gate: nothing is deployed", not files, sorted(files))

checks.finish()
