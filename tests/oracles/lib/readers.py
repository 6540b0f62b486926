"""Runs the YAML readers on one text and lists their differences. The judges `dialects` and `yaml-writer` use it."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"


def reading(name, command, text):
    """The data that one reader read from the text, or its error as a string under `refused`."""
    run = subprocess.run([str(part) for part in command], input=text, capture_output=True, check=False)
    if run.returncode != 0:
        return {"refused": f"{name}: {(run.stderr or run.stdout).decode(errors='replace').strip()}"}
    return {"data": json.loads(run.stdout)}


def readings(text, workflow=False):
    """The readings by dialect. Kubernetes does not read workflows, so its reader is left out for them."""
    flag = ["--workflow"] if workflow else []
    found = {
        "PyYAML": reading("PyYAML", [CACHE / "venv/bin/python", ROOT / "judges/pyyaml.py", *flag], text),
        "npm yaml": reading("npm yaml", [CACHE / "node24", ROOT / "judges/npm-yaml.mjs"], text),
    }
    if not workflow:
        found["sigs.k8s.io/yaml"] = reading("sigs.k8s.io/yaml", [CACHE / "bin/sigs-yaml"], text)
    return found


def difference(found):
    """One line for each refusal and for each place where a reader differs from the first that accepted the text."""
    problems = [one["refused"] for one in found.values() if "refused" in one]
    accepted = [(name, one["data"]) for name, one in found.items() if "data" in one]
    for name, data in accepted[1:]:
        first, expected = accepted[0]
        problems += [f"{where}: {first} reads {left}, {name} reads {right}" for where, left, right in walk("", expected, data)]
    return problems


def walk(where, left, right):
    """The places where two readings differ. 1 and true are different, and so are 1 and 1.0."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted({*left, *right}):
            if key in left and key in right:
                yield from walk(f"{where}/{key}", left[key], right[key])
            else:
                yield f"{where}/{key}", ("a value" if key in left else "nothing"), ("a value" if key in right else "nothing")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right)):
            yield from walk(f"{where}/{index}", *pair)
    elif type(left) is not type(right) or left != right:
        yield where or "/", json.dumps(left)[:80], json.dumps(right)[:80]
