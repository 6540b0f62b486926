#!/usr/bin/env bash
echo shebang
