#!/usr/bin/env python3
: 'still run by the shell of the step'
