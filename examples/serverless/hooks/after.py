"""Asks the alias when all requests have moved."""

import os

from hook import judge


def handle(event, _context):
    judge(event, os.environ["ALIAS"])
