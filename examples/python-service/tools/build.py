"""Builds the wheel: a zip with metadata, the same bytes from the same commit."""

import argparse
import zipfile
from pathlib import Path

VERSION = "1.4.0"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--commit", required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    info = f"forecast-{VERSION}.dist-info"
    files = {str(path.relative_to("src")): path.read_text() for path in sorted(Path("src").rglob("*.py"))}
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: forecast\nVersion: {VERSION}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tools\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/COMMIT"] = arguments.commit + "\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(arguments.out / f"forecast-{VERSION}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(zipfile.ZipInfo(name), text)


if __name__ == "__main__":
    main()
