"""Compares what this SDK and Rerun still read of damaged recordings: `compare_damage.py REQUEST.json ANSWER.json`.

The request is `{rerun, cases}` with the command `rerun` and a list of `{original, damaged, repaired, kind}`, three files
each; the answer a list of problems. What Rerun reads of a damaged file is what `rerun rrd merge` makes of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from compare_chunks import load


def problems_of(rerun: str, case: dict[str, str]) -> list[str]:
    damaged, repaired = Path(case["damaged"]), Path(case["repaired"])
    theirs = read_by_rerun(rerun, damaged)
    try:
        ours = load_all(repaired)
    except RuntimeError:
        # A chunk is damaged in a way that only Rerun finds; it reads nothing of a file with one unless it goes on.
        ours = read_by_rerun(rerun, repaired)
    original = load(case["original"])
    # Rerun also reads LZ4 blocks that are shorter than they should be, and finds other values in them. They may be lost.
    problems = [
        f"{key} is lost"
        for key in theirs
        if key not in ours and (key not in original or has_values_of(theirs[key], original[key]))
    ]
    for key, batch in ours.items():
        # A value that has other bytes is another value, for Rerun, too.
        if not any(key in known and equal(batch, known[key]) for known in (theirs, original)):
            problems.append(f"{key} is neither as it was nor as Rerun reads it")
    return [f"{damaged} ({case['kind']}): {problem}" for problem in problems]


def read_by_rerun(rerun: str, path: Path) -> dict[str, Any]:
    copy = path.with_suffix(".merged.rrd")
    command = [rerun, "rrd", "merge", "--continue-on-error", str(path), "-o", str(copy)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    # The merged recordings are incomplete after a panic, and there is none after some errors.
    return load_all(copy) if result.returncode == 0 and copy.stat().st_size > 0 else {}


def load_all(path: Path) -> dict[str, Any]:
    return load(str(path))


def equal(ours: Any, theirs: Any) -> bool:
    if ours.schema.equals(theirs.schema, check_metadata=True) and ours.equals(theirs):
        return True
    # As text, in which NaN equals NaN.
    return str(ours.schema) == str(theirs.schema) and has_values_of(ours, theirs)


def has_values_of(one: Any, other: Any) -> bool:
    return repr(one.columns) == repr(other.columns)


def main(request_path: str, answer_path: str) -> None:
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    problems: list[str] = []
    for case in request["cases"]:
        try:
            problems += problems_of(request["rerun"], case)
        except Exception as error:
            problems.append(f"{case['damaged']} ({case['kind']}): {type(error).__name__}: {error}")
    Path(answer_path).write_text(json.dumps(problems), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
