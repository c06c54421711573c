"""Runs the tool that comes with the golden recordings, for many files in one process:
`golden.py REQUEST.json ANSWER.json`, in their folder.

The request is `{tables: [file, ...], commands: [[argument, ...], ...]}`. The answer has the `tables` of the files, in
the form of `data` in the index but with nothing left out, and for each of the commands its exit code and output.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
from typing import Any


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    sys.path.insert(0, os.getcwd())
    import rrdtools

    outcomes = [run(rrdtools, arguments) for arguments in request["commands"]]
    # It is by this function alone that the tables of the index are shortened.
    rrdtools.short = lambda value, budget=0: value
    tables = {file: rrdtools.table(rrdtools.load(file), max_rows=sys.maxsize) for file in request["tables"]}
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump({"tables": tables, "outcomes": outcomes}, file)


def run(tool: Any, arguments: list[str]) -> dict[str, Any]:
    """What `python rrdtools.py ARGUMENTS` does."""
    sys.argv = ["rrdtools.py", *arguments]
    output = io.StringIO()
    code: Any = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            tool.main()
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
            code = 1
    return {"code": code, "output": output.getvalue()}


if __name__ == "__main__":
    main(*sys.argv[1:])
