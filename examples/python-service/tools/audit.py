"""Looks into the wheel for what must not be shipped."""

import sys
import zipfile

FORBIDDEN = (".env", ".pem", ".key", "credentials")


def main() -> int:
    names = zipfile.ZipFile(sys.argv[1]).namelist()
    found = [name for name in names if name.lower().endswith(FORBIDDEN)]
    for name in found:
        print(f"must not be shipped: {name}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
