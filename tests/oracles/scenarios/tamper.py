#!/usr/bin/env python3
"""Changes every file of a stored artefact, even inside a tar, as an intruder between two jobs would.

usage: tamper.py FOLDER
"""

import io
import sys
import tarfile
from pathlib import Path

INTRUDER = b"\n# changed on the way\n"


def changed(archive):
    """The bytes of a tar with every file changed. It is packed like the old one."""
    old = archive.read_bytes()
    mode = "w:gz" if old.startswith(b"\x1f\x8b") else "w"
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(old)) as source, tarfile.open(fileobj=out, mode=mode) as target:
        for member in source:
            content = source.extractfile(member).read() + INTRUDER if member.isfile() else b""
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return out.getvalue()


for path in Path(sys.argv[1]).rglob("*"):
    if path.is_file():
        path.write_bytes(changed(path) if tarfile.is_tarfile(path) else path.read_bytes() + INTRUDER)
        print(f"tampered with {path.name}")
