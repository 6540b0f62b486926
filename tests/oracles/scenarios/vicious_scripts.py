#!/usr/bin/env python3
"""Every script of the corpus must reach the shell byte for byte, and each must run.

usage: vicious_scripts.py PIPEC | --workflow FILE
PIPEC is the compiler; it builds the corpus' pipeline in a scratch folder. With --workflow, FILE is checked instead.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scenario import ROOT, Checks, run_workflow

sys.path.insert(0, str(ROOT / "vicious"))
from generate import corpus  # noqa: E402

PLACE = Path(".github/workflows/vicious.yml")
# act adds a line break before and after a script; GitHub's runner adds nothing (ScriptHandler, bash and sh).
FRAME = b"\n"


def build(project):
    """Puts the workflow into the project folder."""
    (project / PLACE).parent.mkdir(parents=True)
    if sys.argv[1] == "--workflow":
        shutil.copy(sys.argv[2], project / PLACE)
        return
    with open(project / "vicious.pipe", "wb") as source:
        subprocess.run([ROOT / "vicious/generate.py"], check=True, stdout=source)
    subprocess.run([sys.argv[1], "build"], check=True, cwd=project)


def nearest(wanted, recorded):
    """The first difference between the expected script and the most similar recording, for a person to read."""
    def common(text):
        return next((at for at, pair in enumerate(zip(text, wanted)) if pair[0] != pair[1]), min(len(text), len(wanted)))
    best = max(recorded, key=common, default=b"")
    at = common(best)
    return f"nearest differs at byte {at}: wanted {wanted[at : at + 40]!r}, got {best[at : at + 40]!r}"


with tempfile.TemporaryDirectory(prefix="pipec-vicious-") as scratch:
    project, record = Path(scratch, "project"), Path(scratch, "record")
    record.mkdir()
    build(project)
    found = run_workflow(project, PLACE, "--path", ROOT / "act/recording", "--env", f"PIPEC_RECORD={record}")
    recorded = [path.read_bytes() for path in record.iterdir()]

checks = Checks("vicious scripts")
steps = {step["name"]: step["result"] for job in found["jobs"].values() for step in job["steps"]}
for name, text in corpus().items():
    # If the workflow contains a script in encoded form, a script of pipec decodes it, and act does not see the result.
    wanted = text.encode("utf-8")
    arrived = FRAME + wanted + FRAME in recorded or wanted in recorded
    checks.check(f"{name} arrives byte for byte", arrived, "" if arrived else nearest(wanted, recorded))
    checks.check(f"{name} runs", steps.get(name) == "success", f"step result: {steps.get(name)}")
checks.check("every job succeeds", all(job["result"] == "success" for job in found["jobs"].values()), found["complaints"])
checks.finish()
