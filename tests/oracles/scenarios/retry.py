#!/usr/bin/env python3
"""Runs attempts: the result is the work of one complete attempt, which began with a fresh checkout.

usage: retry.py PIPEC
PIPEC is the compiler; it builds a small pipeline in a scratch folder. Files of the project say which of its scripts fail in
which attempt. A folder next to it, $TRACE, records what happened.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from scenario import Checks, run_workflow

SOURCE = """
pipeline shop {
  on push to main

  stage commit {
    artefact app: archive {
      retry 2 because "the mirror's \\"away\\" now and then"
      run fetch "./fetch.sh"
      check first "./first.sh"
      check second "./second.sh"
      run build "./build.sh"
      path "out/**"
    }

    artefact tool: binary {
      run "mkdir -p out && echo tool > out/tool"
      path "out/tool"
    }

    job once {
      retry 1 because "the network"
      uses tool
      run "./once.sh"
    }

    gate unit: test {
      uses app
      run "cp -R \\"$APP_PATH\\" \\"${TRACE:-.}/handed-over\\""
    }
  }
}
"""
BEGIN = """#!/usr/bin/env bash
set -euo pipefail
name=$(basename "$0" .sh)
"""
# Each attempt must find the commit's files and no others. It leaves extra files behind.
FETCH = BEGIN + """
test -z "$(git status --porcelain --ignored)"
echo attempt >> "$TRACE/attempts"
mkdir out closed
wc -l < "$TRACE/attempts" | tr -d ' ' > out/fetched
echo changed > README
touch ignored closed/file
chmod a-w closed
"""
FAILS = """
echo "$name" >> "$TRACE/ran"
! grep -qx "$(cat out/fetched)" "fails/$name"
"""
BUILD = BEGIN + "cp out/fetched out/app\n" + FAILS
# An attempt must not find an earlier attempt's version of the artefact.
ONCE = BEGIN + """
test "$(cat "$TOOL_PATH")" = tool
echo attempt >> "$TRACE/once"
chmod -R u+w "$(dirname "$TOOL_PATH")"
echo other > "$TOOL_PATH"
test "$(wc -l < "$TRACE/once")" -eq 2
"""
WORKFLOW = Path(".github/workflows/shop.yml")
checks = Checks("retry")


def attempt(folder, **fails):
    """The results of one run in which these scripts fail in these attempts, and its messages."""
    project, trace = folder / "project", folder / "trace"
    (project / "fails").mkdir(parents=True)
    trace.mkdir()
    scripts = {"fetch": FETCH + FAILS, "first": BEGIN + FAILS, "second": BEGIN + FAILS, "build": BUILD, "once": ONCE}
    for name, text in scripts.items():
        (project / "fails" / name).write_text("".join(f"{number}\n" for number in fails.get(name, [])))
        (project / f"{name}.sh").write_text(text)
        (project / f"{name}.sh").chmod(0o755)
    (project / "README").write_text("as it was\n")
    (project / ".gitignore").write_text("ignored\n")
    (project / "shop.pipe").write_text(SOURCE)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", project], check=True)
    subprocess.run([Path(sys.argv[1]).resolve(), "build"], check=True, cwd=project, capture_output=True)
    subprocess.run(["rm", "-rf", project / ".git"], check=True)
    ran = run_workflow(project, WORKFLOW, "--env", f"TRACE={trace}")
    told = {path.name: path.read_text().split() for path in trace.iterdir() if path.is_file()}
    return ran["jobs"], told, trace / "handed-over"


def passes(folder, name, wanted, scripts, **fails):
    """Checks a run whose artefact comes from one attempt."""
    jobs, told, handed_over = attempt(folder, **fails)
    results = {job: of["result"] for job, of in jobs.items()}
    good = all(results[job] == "success" for job in ("app", "unit", "once", "verdict"))
    app = [path.read_text().strip() for path in (handed_over / "out/fetched", handed_over / "out/app") if path.exists()]
    checks.check(f"{name}: green", good, f"{results} {jobs['app']['log']}")
    checks.check(f"{name}: built by attempt {wanted} alone", app == [str(wanted)] * 2, app)
    checks.check(f"{name}: these scripts ran", told.get("ran") == scripts.split(), told)
    begun = [step["name"] for step in jobs["app"]["steps"] if step["name"].startswith("Begin ") and step["result"] == "success"]
    checks.check(f"{name}: no attempt more", begun == [f"Begin attempt {number} of 3" for number in range(2, wanted + 1)], begun)


with tempfile.TemporaryDirectory() as scratch:
    scratch = Path(scratch)
    whole = "fetch first second build"
    passes(scratch / "well", "nothing fails", 1, whole)
    passes(scratch / "early", "the first script fails", 2, f"fetch {whole}", fetch=[1])
    passes(scratch / "late", "the last script fails twice", 3, f"{whole} {whole} {whole}", build=[1, 2])
    passes(scratch / "checks", "a check fails, its neighbour runs", 2, f"fetch first second {whole}", first=[1])

    jobs, told, handed_over = attempt(scratch / "never", first=[1, 2, 3])
    results = {job: of["result"] for job, of in jobs.items()}
    good = results["app"] == "failure" and results["unit"] == "skipped" and results["verdict"] == "failure"
    checks.check("no attempt passes: red", good and not handed_over.exists(), results)
    checks.check("no attempt passes: these scripts ran", told.get("ran") == "fetch first second".split() * 3, told)
    kept = [step for step in jobs["app"]["steps"] if step["name"] in ("Record app", "Keep app") and step["result"] == "success"]
    checks.check("no attempt passes: nothing is kept", not kept, kept)
    checks.check("an artefact is unpacked anew", told.get("once") == ["attempt"] * 2 and results["once"] == "success", told)
checks.finish()
