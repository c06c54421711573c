"""Runs programs for a parent process, one after the other: the packages that they import are loaded once.

Each line of standard input is a list of a program's text and its arguments, and each line of the answer is what the
program has printed, or the error with which it has ended.
"""

import contextlib
import io
import json
import sys
import traceback

answers = sys.stdout
for line in sys.stdin:
    program, *arguments = json.loads(line)
    sys.argv = ["-c", *arguments]
    printed = io.StringIO()
    answer = {}
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})
        answer["stdout"] = printed.getvalue()
    except BaseException:
        answer["error"] = traceback.format_exc()
    print(json.dumps(answer), file=answers, flush=True)
