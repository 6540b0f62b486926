#!/usr/bin/env python3
"""The stand-ins for the artifact actions must place files like the real ones. The expectations are from their source.

usage: stand_ins.py
(actions/upload-artifact v7.0.0: src/shared/search.ts; actions/download-artifact v8.0.1: src/download-artifact.ts.)
"""

import json
import tempfile
from pathlib import Path

from scenario import Checks, run_workflow

FILES = ("dist/a.txt", "dist/sub/b.txt", "dist/sub/c.tmp", "dist/.hidden/d.txt", "dist/.e.txt", "logs/x.log", "tool")
# The uploaded paths, and the files that are then in the folder of the download.
LAYOUTS = {
    "one file lies at the root": ({"path": "dist/sub/b.txt"}, ["b.txt"]),
    "a folder is the root": ({"path": "dist"}, ["a.txt", "sub/b.txt", "sub/c.tmp"]),
    "the fixed part of a glob is the root": ({"path": "dist/**/*.txt"}, ["a.txt", "sub/b.txt"]),
    "a glob that finds one file keeps folders": ({"path": "dist/**/b.txt"}, ["sub/b.txt"]),
    "several paths keep what is below their common ancestor": ({"path": "dist/a.txt\nlogs/x.log"}, ["dist/a.txt", "logs/x.log"]),
    "several paths in one folder": ({"path": "dist/a.txt\ndist/sub/b.txt"}, ["a.txt", "sub/b.txt"]),
    "an exclusion": ({"path": "dist\n!dist/**/*.tmp"}, ["a.txt", "sub/b.txt"]),
    "hidden files if asked for": (
        {"path": "dist/**/*.txt", "include-hidden-files": True},
        [".e.txt", ".hidden/d.txt", "a.txt", "sub/b.txt"],
    ),
    "a file as it is": ({"path": "dist/sub/b.txt", "archive": False}, ["b.txt"]),
    "missing files ignored": ({"path": "nowhere", "if-no-files-found": "ignore"}, None),
    "missing files warned about": ({"path": "nowhere"}, None),
    "a hidden folder is empty": ({"path": "dist/.hidden/**"}, None),
}
REFUSED = {
    "missing files": [{"path": "nowhere", "if-no-files-found": "error"}],
    "a name taken": [{"path": "dist/a.txt"}, {"path": "logs/x.log"}],
    "two files as they are": [{"path": "dist", "archive": False}],
    "a name with a colon": [{"path": "dist", "name": "a:b"}],
}


def upload(inputs):
    """A step that uploads."""
    return {"uses": "actions/upload-artifact@v7", "with": inputs}


def download(inputs):
    """Steps that download into a fresh folder and print what is there, with modes."""
    listing = "cd down && find . -type f -printf 'got %P %m\\n' | sort"
    return [{"uses": "actions/download-artifact@v8", "with": {"path": "down", **inputs}}, {"run": listing}]


def job(*steps, needs=()):
    """A job that checks out and does the steps."""
    checkout = {"uses": "actions/checkout@v7"}
    return {"runs-on": "ubuntu-24.04", "needs": list(needs), "steps": [checkout, *steps]}


def jobs():
    """All jobs. Their ids are numbers, because the names of checks are not valid ids."""
    found = {}
    for number, (inputs, files) in enumerate(LAYOUTS.values()):
        name = f"layout-{number}"
        stored = "b.txt" if inputs.get("archive") is False else name
        found[name] = job(upload({"name": name, **inputs}), *(download({"name": stored}) if files else []))
    for number, uploads in enumerate(REFUSED.values()):
        found[f"refused-{number}"] = job(*(upload({"name": f"refused-{number}", **inputs}) for inputs in uploads))
    found["modes"] = job({"run": "chmod +x tool"}, upload({"name": "all-1", "path": "tool"}), *download({"name": "all-1"}))
    found["second"] = job(upload({"name": "all-2", "path": "logs"}))
    found["every"] = job(*download({"pattern": "all-*"}), needs=["modes", "second"])
    found["merged"] = job(*download({"pattern": "all-*", "merge-multiple": True}), needs=["modes", "second"])
    found["absent"] = job(*download({"name": "absent"}))
    return found


def got(found, name):
    """The files a job listed, and their modes."""
    lines = [line.split() for line in found["jobs"][name]["log"] if line.startswith("got ")]
    return [line[1] for line in lines], {line[2] for line in lines}


with tempfile.TemporaryDirectory(prefix="pipec-stand-ins-") as project:
    for file in FILES:
        Path(project, file).parent.mkdir(parents=True, exist_ok=True)
        Path(project, file).write_text(file)
    # JSON is YAML.
    Path(project, "workflow.yml").write_text(json.dumps({"name": "x", "on": "push", "jobs": jobs()}))
    found = run_workflow(project, "workflow.yml")

checks = Checks("stand-ins")
for number, (name, (_, files)) in enumerate(LAYOUTS.items()):
    seen, _ = got(found, f"layout-{number}")
    result = found["jobs"][f"layout-{number}"]["result"]
    checks.check(name, result == "success" and seen == (files or []), f"{result}: {seen}")
for number, name in enumerate(REFUSED):
    result = found["jobs"][f"refused-{number}"]["result"]
    checks.check(f"{name}: refused", result == "failure", result)
checks.check("modes are lost", got(found, "modes") == (["tool"], {"644"}), got(found, "modes"))
checks.check("several into folders", got(found, "every")[0] == ["all-1/tool", "all-2/x.log"], got(found, "every"))
checks.check("several into one", got(found, "merged")[0] == ["tool", "x.log"], got(found, "merged"))
checks.check("an absent one is refused", found["jobs"]["absent"]["result"] == "failure", found["jobs"]["absent"])
checks.finish()
