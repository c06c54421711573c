"""Compares the parts of a split recording: `compare_splits.py REQUEST.json ANSWER.json`.

The request is `{ ours, theirs, timeline, parts }` with two folders of parts, ours named by their first times; the
answer lists the problems. Rows on the
timeline must have the same cells. A row before the part that Rerun has only some cells of may be whole in ours. Of
static data, and of what is not on the timeline, the latest values must be equal: Rerun leaves out what they hide.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from rerun.chunk import RrdReader

Cells = dict[tuple[str, str], dict[int, str]]


def cells_of(path: Path, timeline: str) -> tuple[Cells, dict[tuple[str, str], str], set[str]]:
    """The cells by component and time, the latest static ones, and the blueprints."""
    cells: Cells = defaultdict(dict)
    static: dict[tuple[str, str], tuple[str, str]] = {}
    reader = RrdReader(str(path))
    for store in reader.recordings():
        for chunk in reader.stream(store=store):
            batch = chunk.to_record_batch()
            times = batch.column(timeline).cast("int64").to_pylist() if timeline in batch.schema.names else None
            for field, column in zip(batch.schema, batch.columns):
                if (field.metadata or {}).get(b"rerun:kind") != b"data":
                    continue
                key = (str(chunk.entity_path), field.metadata[b"rerun:component"].decode())
                for row, value in enumerate(column.to_pylist()):
                    if value is None:
                        continue
                    row_id = batch.column(0)[row].as_py().hex()
                    if times is not None:
                        cells[key][times[row]] = repr(value)
                    elif key not in static or static[key][0] < row_id:
                        static[key] = (row_id, repr(value))
    return cells, {key: value for key, (_, value) in static.items()}, {str(entry) for entry in reader.blueprints()}


def problems_of(name: str, ours: Path, theirs: Path, timeline: str) -> list[str]:
    # `<stem>_<from>__<to>.rrd`
    start = int(name.split("_")[-3])
    own, own_static, own_blueprints = cells_of(ours / f"{start}.rrd", timeline)
    other, other_static, other_blueprints = cells_of(theirs / name, timeline)
    problems = []
    if own_static != other_static:
        problems.append(f"{name}: static {own_static} instead of {other_static}")
    if len(own_blueprints) != len(other_blueprints):
        problems.append(f"{name}: {len(own_blueprints)} blueprints instead of {len(other_blueprints)}")
    # Rows of ours are whole: their cells may go with one that is needed.
    rows = {(entity, time) for (entity, _), times in other.items() for time in times if time < start}
    for key in sorted(own.keys() | other.keys()):
        left = {t: v for t, v in own[key].items() if t in other[key] or (key[0], t) not in rows}
        if left != other[key]:
            problems.append(f"{name}: {key} is at {sorted(left)} instead of {sorted(other[key])}")
    return problems


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    ours, theirs = Path(request["ours"]), Path(request["theirs"])
    names = sorted(path.name for path in theirs.glob("*.rrd"))
    problems = [] if len(names) == request["parts"] else [f"Rerun has made {names}"]
    for name in names:
        problems += problems_of(name, ours, theirs, request["timeline"])
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(problems, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
