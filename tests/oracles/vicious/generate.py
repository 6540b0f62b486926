#!/usr/bin/env python3
"""Writes the corpus in this folder as one .pipe file: with a job for every ten scripts. Each script is a step with the name of its file.

usage: generate.py > vicious.pipe

It uses only the escapes of the language (`\\" \\\\ \\n \\t \\u{…}`). Characters that an editor could lose or change are
escaped, all other text is unchanged.
"""

import sys
import unicodedata
from pathlib import Path

CORPUS = Path(__file__).resolve().parent
PER_JOB = 10
REASON = "the corpus means to be hostile"
# The findings in these hostile scripts. They must be allowed.
ALLOWED = {
    "P0901": ("exit-early", "star-and-ampersand"),
    "P0902": ("shebang-python",),
    "P0905": (
        "actions-expression-escaped",
        "actions-expression-in-heredoc",
        "actions-expression-many",
        "actions-expression-unclosed",
        "actions-expression",
        "exit-early",
        "format-arguments-with-expression",
        "gitlab-interpolation",
        "tekton-parameters",
    ),
    "P0906": ("workflow-commands-stopped",),
    "P0907": ("hash-only",),
}


def string(text):
    """The text as a string of the language."""
    named = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    out = []
    for character in text:
        if character in named:
            out.append(named[character])
        elif unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Mn"):
            out.append(f"\\u{{{ord(character):x}}}")
        else:
            out.append(character)
    return f'"{"".join(out)}"'


def corpus():
    """The scripts by name, each different from all others."""
    scripts = {path.stem: path.read_bytes().decode("utf-8") for path in sorted(CORPUS.glob("*.sh"))}
    assert len(scripts) >= 40 and len(set(scripts.values())) == len(scripts), "too few scripts, or two are the same"
    return scripts


def main():
    """Prints the pipeline."""
    scripts = list(corpus().items())
    lines = ["pipeline vicious {", "  on push to main", "", "  stage commit {"]
    for start in range(0, len(scripts), PER_JOB):
        lines.append(f"    job scripts-{start // PER_JOB + 1} {{")
        for name, text in scripts[start : start + PER_JOB]:
            for code, names in ALLOWED.items():
                if name in names:
                    lines.append(f'      allow {code} because "{REASON}"')
            lines.append(f"      run {name} {string(text)}")
        lines.append("    }")
    lines += ["  }", "}", ""]
    sys.stdout.buffer.write("\n".join(lines).encode("utf-8"))


if __name__ == "__main__":
    main()
