"""Compares the chunks of two files by their ids: `compare_chunks.py REQUEST.json ANSWER.json`.

The request is `[ours, theirs]`, the answer a list of problems. `rerun rrd compare --unordered` at times fails to match
chunks that are equal, if they come in another order.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from rerun.chunk import RrdReader


def load(path: str) -> dict[str, Any]:
    reader = RrdReader(path)
    stores = [*reader.recordings(), *reader.blueprints()]
    return {
        f"{store.kind} {store.application_id} {store.recording_id} {chunk.id}": chunk.to_record_batch()
        for store in stores
        for chunk in reader.stream(store=store)
    }


def compare(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    problems = [f"{key} is missing" for key in theirs if key not in ours]
    problems += [f"{key} is too much" for key in ours if key not in theirs]
    for key in ours.keys() & theirs.keys():
        if not ours[key].schema.equals(theirs[key].schema, check_metadata=True):
            problems.append(f"{key} has the schema {ours[key].schema} instead of {theirs[key].schema}")
        elif not ours[key].equals(theirs[key]):
            problems.append(f"{key} has other values")
    return problems


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        ours, theirs = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(compare(load(ours), load(theirs)), file)


if __name__ == "__main__":
    main(*sys.argv[1:])
