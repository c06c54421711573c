"""Runs examples one after the other: `run_twins.py REQUEST.json ANSWER.json`.

The request is a list of `{program, args, env}`: a file of examples/python, its arguments, and variables of its
environment. The answer has the error of each of them or null.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any
from unittest.mock import patch

EXAMPLES = Path(__file__).parents[2] / "examples/python"


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        requests = json.load(file)
    sys.path.insert(0, str(EXAMPLES))
    errors = [run(request) for request in requests]
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(errors, file)


def run(request: dict[str, Any]) -> str | None:
    """Runs one example. Returns the error, if there is one."""
    path = str(EXAMPLES / request["program"])
    try:
        with patch.dict(os.environ, request["env"]), patch.object(sys, "argv", [path, *request["args"]]):
            runpy.run_path(path, run_name="__main__")
    except (Exception, SystemExit):
        return traceback.format_exc()
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
