#!/usr/bin/env python3

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run_workflow(project, workflow, *options):
    """The results of one run: see act/run_workflow."""
    command = [ROOT / "act/run_workflow", project, workflow, *options]
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"FAIL the workflow could not be run: {run.stderr}")
    return json.loads(run.stdout)


class Checks:
    """Prints a line for each check and remembers whether all passed."""

    def __init__(self, subject):
        self.subject = subject
        self.failed = 0

    def check(self, name, good, why=""):
        """One check. `why` describes the unexpected result."""
        print(f"{'pass' if good else 'FAIL'} {self.subject}: {name}{'' if good else f' ({why})'}")
        self.failed += not good

    def finish(self):
        """Ends the scenario. The exit status shows whether all checks passed."""
        sys.exit(1 if self.failed else 0)
