#!/usr/bin/env python3
"""Tests the judges: comments in each file of broken/ name the judge that must report it, and the expected words.

A judge without such a file is a failure, too, because nobody would notice if it stopped reporting.
usage: self_test.py
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROKEN = ROOT / "broken"
# The arguments of a judge in addition to the file.
ALSO = {"conditions": [BROKEN / "expected-conditions.json"], "yaml-writer": [BROKEN / "awkward.json"]}
# Scenarios that take a workflow are tested like judges.
SCENARIOS = {"vicious": [ROOT / "scenarios/vicious_scripts.py", "--workflow"]}
JUDGES = {path.name for path in (ROOT / "judges").iterdir() if path.suffix == "" and path.is_file()} | set(SCENARIOS)

failed = 0
heard = set()
for file in sorted([*BROKEN.glob("*.yml"), *BROKEN.glob("*.yaml")]):
    expectations = re.findall(r"^# oracle ([a-z-]+): (.+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for judge, words in expectations:
        command = [*SCENARIOS.get(judge, [ROOT / "judges" / judge]), file, *ALSO.get(judge, [])]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        said = run.stdout + run.stderr
        good = run.returncode != 0 and words in said
        heard.add(judge)
        failed += not good
        print(f"{'pass' if good else 'FAIL'} broken: {judge} flags {file.name}")
        if not good:
            print(f"  wanted `{words}`; it said ({run.returncode}): {said.strip()}")
    if not expectations:
        failed += 1
        print(f"FAIL broken: {file.name} names no judge")
for judge in sorted(JUDGES - heard):
    failed += 1
    print(f"FAIL broken: nothing shows that {judge} flags anything")
sys.exit(1 if failed else 0)
