"""Says how large the thumbnail of an image is."""

import json
import os


def fit(width, height, longest):
    """The size that fits into a square, in the proportions of the image; never larger than the image."""
    scale = min(1, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def handle(event, _context):
    if event.get("rawPath") == "/health":
        return {"statusCode": 200, "body": "well"}
    asked = event.get("queryStringParameters") or {}
    try:
        size = fit(int(asked["width"]), int(asked["height"]), int(os.environ["LONGEST"]))
    except (KeyError, ValueError, ZeroDivisionError):
        return {"statusCode": 400, "body": "width and height, in pixels"}
    return {"statusCode": 200, "body": json.dumps(size)}
