"""Asks the new version before anybody else does."""

import os

from hook import judge


def handle(event, _context):
    judge(event, os.environ["NEW_VERSION"])
