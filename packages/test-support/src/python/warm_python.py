"""Runs programs for a parent process, one after the other: the packages that they import are loaded once.

Each line of standard input has the arguments of a program, and its path or its text. Each line of the answer has what
it has printed, and the error with which it has ended, or null.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback

# What Rerun prints, also from native code, must not get between the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    command = json.loads(line)
    path = command.get("path")
    sys.argv = [path or "-c", *command["args"]]
    printed = io.StringIO()
    error = None
    try:
        with contextlib.redirect_stdout(printed):
            if path is not None:
                sys.path[0] = os.path.dirname(path)
                runpy.run_path(path, run_name="__main__")
            else:
                exec(compile(command["text"], "<program>", "exec"), {"__name__": "__main__"})
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"stdout": printed.getvalue(), "error": error}), file=answers, flush=True)
