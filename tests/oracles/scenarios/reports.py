#!/usr/bin/env python3
"""Checks pipec's output for programs with the judges of each form: findings as SARIF, for every failing program on the
pages of the codes; the path to production as SVG, HTML, Mermaid and DOT, for every example and for the programs in the tests of
the drawings.

usage: reports.py PIPEC
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ORACLES = Path(__file__).resolve().parent.parent
ROOT = ORACLES.parent.parent
PIPEC = Path(sys.argv[1]).resolve()
FENCE = re.compile(r"^```pipe(?: name=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

failed = False


def pipec(*arguments, codes=(0, 1)):
    """The output of a command. Any exit status except these is a failure."""
    run = subprocess.run([PIPEC, *map(str, arguments)], capture_output=True, text=True, check=False)
    if run.returncode not in codes:
        raise SystemExit(f"pipec {' '.join(map(str, arguments))} ended with {run.returncode}: {run.stderr}")
    return run.stdout


def judged(title, judge, files):
    """One check: the output of a judge on files. There must be at least one file."""
    global failed
    run = subprocess.run([ORACLES / "judges" / judge, *files], capture_output=True, text=True, check=False)
    good = run.returncode == 0 and files
    failed |= not good
    print(f"{'pass' if good else 'FAIL'} {title}: {len(files)} files")
    if not good:
        print("  " + (run.stdout + run.stderr).strip().replace("\n", "\n  "))


with tempfile.TemporaryDirectory() as folder:
    scratch = Path(folder)
    logs = []
    for page in sorted((ROOT / "compiler/base/codes").glob("P*.md")):
        failing = re.search(r"^## Fails$(.*?)^## ", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        if failing is None:
            continue
        workspace = scratch / page.stem
        for name, text in FENCE.findall(failing.group(1)):
            path = workspace / (name or "pipeline.pipe")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        log = scratch / f"{page.stem}.sarif"
        log.write_text(pipec("check", workspace, "--format", "sarif"), encoding="utf-8")
        logs.append(log)
    nothing = scratch / "nothing.sarif"
    nothing.write_text(pipec("check", scratch / "nowhere", "--format", "sarif", codes=(2,)), encoding="utf-8")
    judged("sarif: the failing programs of the pages", "sarif", [*logs, nothing])

    programs = [path for path in sorted((ROOT / "examples").iterdir()) if any(path.rglob("*.pipe"))]
    for program in sorted((ROOT / "compiler/report/tests/graph").glob("*.pipe")):
        workspace = scratch / program.stem
        workspace.mkdir()
        (workspace / program.name).write_text(program.read_text(encoding="utf-8"), encoding="utf-8")
        programs.append(workspace)
    for form in ["svg", "html", "mermaid", "dot"]:
        drawings = []
        for program in programs:
            drawing = scratch / f"{program.name}.{form}"
            drawing.write_text(pipec("graph", program, "--format", form), encoding="utf-8")
            drawings.append(drawing)
        judged(f"{form}: the drawings of examples and tests", form, drawings)
sys.exit(1 if failed else 0)
