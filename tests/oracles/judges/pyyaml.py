"""Reads YAML from standard input as PyYAML does (YAML 1.1) and prints it as JSON.

With --workflow, a top-level `on` is restored: YAML 1.1 reads this key as a boolean, and GitHub does not.
Values without a JSON form (a date, a set) are an error, because they would be a misreading.
"""

import json
import sys

import yaml


class StrictLoader(yaml.SafeLoader):
    """A loader that refuses equal keys. PyYAML silently keeps the last of them."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def text_keys(value):
    """Refuses keys that are not text. JSON would silently turn them into text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                sys.exit(f"key {key!r} is not read as text")
            text_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            text_keys(inner)


def main():
    """Reads, restores `on`, and prints. Any error is one line."""
    try:
        data = yaml.load(sys.stdin.buffer.read().decode("utf-8"), Loader=StrictLoader)
        if "--workflow" in sys.argv and isinstance(data, dict) and True in data:
            data = {("on" if key is True else key): value for key, value in data.items()}
        text_keys(data)
        print(json.dumps(data, sort_keys=True, indent=1, allow_nan=False))
    except (yaml.YAMLError, TypeError, ValueError) as complaint:
        sys.exit(" ".join(str(complaint).split()))


main()
