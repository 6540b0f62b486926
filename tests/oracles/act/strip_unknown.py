"""Removes from a workflow's text only the two keys that act's schema does not know.

They are `concurrency.queue` and `environment.deployment`, each on its own line. The rest stays byte for byte.
"""

import yaml


def entry(node, name):
    """The (key, value) nodes of a mapping's entry, or None."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next(((key, value) for key, value in node.value if key.value == name), None)


def doomed(root):
    """The key and value nodes to remove."""
    jobs = entry(root, "jobs")
    places = [root, *(job for _, job in (jobs[1].value if jobs else []))]
    for place in places:
        for section, name in (("concurrency", "queue"), ("environment", "deployment")):
            found = entry(place, section)
            inner = found and entry(found[1], name)
            if inner:
                yield inner


def strip(text):
    """The text without the two keys."""
    lines = text.split("\n")
    drop = set()
    for key, value in doomed(yaml.compose(text)):
        alone = lines[key.start_mark.line].lstrip().startswith(f"{key.value}:") and value.end_mark.line == key.start_mark.line
        if not alone:
            raise SystemExit(f"line {key.start_mark.line + 1}: `{key.value}` is not alone on its line")
        drop.add(key.start_mark.line)
    return "\n".join(line for number, line in enumerate(lines) if number not in drop)
