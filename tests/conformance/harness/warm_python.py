"""Runs the programs of this suite for a parent process, one after the other: the packages that they import are loaded
once.

Each line of standard input is a list of a program's path and its arguments. Each line of the answer is null, or the
error with which the program has ended.
"""

import json
import os
import runpy
import sys
import traceback

# What programs and Rerun print, also from native code, must not get between the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    program, *arguments = json.loads(line)
    sys.argv = [program, *arguments]
    sys.path[0] = os.path.dirname(program)
    error = None
    try:
        runpy.run_path(program, run_name="__main__")
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps(error), file=answers, flush=True)
