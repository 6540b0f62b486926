"""Puts the wheel where the service starts from, signed with the release key."""

import argparse
import hashlib
import hmac
import os
import subprocess
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    key = Path(os.environ["SIGNING_KEY"]).read_bytes()
    signature = hmac.new(key, arguments.wheel.read_bytes(), hashlib.sha256).hexdigest()
    target = f"s3://forecast-releases/{arguments.version}/{arguments.wheel.name}"
    metadata = f"signature={signature}"
    subprocess.run(["aws", "s3", "cp", str(arguments.wheel), target, "--metadata", metadata], check=True)


if __name__ == "__main__":
    main()
