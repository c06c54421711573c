"""Checks dumps of flight recorders against the whole recordings: `check_dumps.py REQUEST.json ANSWER.json`.

The request is a list of `{whole, dump, first_step}`: two files, and the first step of the window. Each row of the whole
recording has its step in the component `step`. The answer is the differences of each pair.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from compare_rows import Cell, Row, read_recording, read_rows
from rrd import read_chunks

CLEAR = "Clear:is_recursive"
FRAME = "VideoStream:sample"
LABEL = "VideoStream:is_keyframe"
ORIGIN = "FlightRecorder:origin"
LATEST, GROUP = "latest value before the window", "group of pictures before the window"
REASON = "/flight_recorder"
LAYOUT = "/viewport"
BLUEPRINT_PATHS = ("/container", "/view", "/viewport")
MAX_DIFFERENCES = 10


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        pairs = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([[*check(**pair)][:MAX_DIFFERENCES] for pair in pairs], file)


def check(whole: str, dump: str, first_step: int) -> Iterator[str]:
    all_rows, dumped = read_recording(whole, with_log_time=True), read_recording(dump, with_log_time=True)
    yield from dumped.false_claims
    if "the reason" not in (texts := [row.cells["TextLog:text"].value[0] for row in dumped.rows.pop(REASON, [])]):
        yield f"the reason is missing: {texts}"
    dumped.rows.pop(f"/__properties{REASON}", None)
    # The ids of layouts of the same moment are in no order.
    layouts = [read_rows(chunk, with_log_time=True) for chunk in read_chunks(whole) if chunk.entity == LAYOUT]
    newest = layouts[-1] if layouts else []
    if dumped.rows.get(LAYOUT, []) != newest:
        yield f"the layout differs: {dumped.rows.get(LAYOUT)} instead of {newest}"
    for rows in (all_rows.rows, dumped.rows):
        for path in [path for path in rows if path.startswith(BLUEPRINT_PATHS)]:
            del rows[path]
    before = {path: [row for row in rows if step_of(row) < first_step] for path, rows in all_rows.rows.items()}
    window = {path: [row for row in rows if step_of(row) >= first_step] for path, rows in all_rows.rows.items()}
    starts = starts_of(window)
    for path in sorted({*all_rows.rows, *dumped.rows}):
        rows = dumped.rows.get(path, [])
        for difference in check_entity(path, before, window.get(path, []), rows, starts):
            yield f"{path}: {difference}"


def check_entity(
    path: str, before: dict[str, list[Row]], window: list[Row], rows: list[Row], starts: dict[str, int]
) -> Iterator[str]:
    plain = {row.id: row for row in rows if ORIGIN not in row.cells and not row.is_static}
    marked = [row for row in rows if ORIGIN in row.cells]
    temporal = {row.id: row for row in window if not row.is_static}
    if len(plain) + len(marked) + sum(row.is_static for row in rows) != len(rows):
        yield "rows have the same id"
    for id in {*plain, *temporal}:
        if plain.get(id) != temporal.get(id):
            yield f"a row of the window differs: {plain.get(id)} instead of {temporal.get(id)}"
    yield from check_statics(before.get(path, []), window, [row for row in rows if row.is_static])
    yield from check_group(before.get(path, []), window, [row for row in marked if origin(row) == GROUP])
    yield from check_latest(path, before, [row for row in marked if origin(row) == LATEST], starts)


def check_statics(before: list[Row], window: list[Row], rows: list[Row]) -> Iterator[str]:
    arrived = [row for row in window if row.is_static]
    for row in arrived:
        if row not in rows:
            yield f"a static row of the window is missing: {row}"
    newer = {name for row in arrived for name in row.cells}
    newest: dict[str, Cell] = {}
    for row in before:
        if row.is_static:
            newest.update({name: cell for name, cell in row.cells.items() if name not in newer})
    kept = [(name, cell) for row in rows if row not in arrived for name, cell in row.cells.items()]
    if sorted(kept, key=repr) != sorted(newest.items(), key=repr):
        yield f"the static values from before are {kept} instead of {newest}"


def check_group(before: list[Row], window: list[Row], rows: list[Row]) -> Iterator[str]:
    frames = [row for row in before if FRAME in row.cells]
    first = next((row for row in window if FRAME in row.cells), None)
    needed: dict[bytes, Row] = {}
    if frames and not (first and is_key(first)):
        start = max(index for index, row in enumerate(frames) if is_key(row))
        needed = {row.id: row for row in frames[start:]}
    found = {row.id: Row(row.id, row.is_static, row.times, without_origin(row)) for row in rows}
    for id in {*needed, *found}:
        if needed.get(id) != found.get(id):
            yield f"a frame of the group differs: {found.get(id)} instead of {needed.get(id)}"


def check_latest(path: str, before: dict[str, list[Row]], rows: list[Row], starts: dict[str, int]) -> Iterator[str]:
    expected: dict[tuple[str, str], tuple[int, Cell]] = {}
    for timeline in {name for row in before.get(path, []) for name in row.times}:
        for name, (time, cell) in latest_values(path, before, timeline).items():
            expected[timeline, name] = max(time, starts.get(timeline, time)), cell
    found: dict[tuple[str, str], tuple[int, Cell]] = {}
    for row in rows:
        for timeline, (_, time) in row.times.items():
            for name, cell in without_origin(row).items():
                if (timeline, name) in found:
                    yield f"{name} on {timeline} has two latest values"
                found[timeline, name] = time, cell
    for key in {*expected, *found}:
        if expected.get(key) != found.get(key):
            yield f"the latest value of {key} is {found.get(key)} instead of {expected.get(key)}"


def latest_values(path: str, before: dict[str, list[Row]], timeline: str) -> dict[str, tuple[int, Cell]]:
    """The latest values of an entity on a timeline that were not cleared."""
    latest: dict[str, tuple[tuple[int, bytes], Cell]] = {}
    for row in before.get(path, []):
        if timeline not in row.times:
            continue
        order = row.times[timeline][1], row.id
        for name, cell in row.cells.items():
            if name not in (FRAME, LABEL) and (name not in latest or order > latest[name][0]):
                latest[name] = order, cell
    clears = [
        (row.times[timeline][1], row.id)
        for other, rows in before.items()
        for row in rows
        if timeline in row.times and clears_entity(other, row, path)
    ]
    last = max(clears, default=None)
    return {name: (order[0], cell) for name, (order, cell) in latest.items() if last is None or order >= last}


def clears_entity(path: str, row: Row, entity: str) -> bool:
    flags = row.cells[CLEAR].value if CLEAR in row.cells else []
    return bool(flags) and (path == entity or (flags[0] and entity.startswith(f"{path}/")))


def starts_of(window: dict[str, list[Row]]) -> dict[str, int]:
    starts: dict[str, int] = {}
    for rows in window.values():
        for row in rows:
            for timeline, (_, time) in row.times.items():
                starts[timeline] = min(time, starts.get(timeline, time))
    return starts


def step_of(row: Row) -> float:
    # The properties of a recording come first.
    return float(row.cells["step"].value[0]) if "step" in row.cells else -1


def is_key(row: Row) -> bool:
    return LABEL in row.cells and row.cells[LABEL].value == [True]


def origin(row: Row) -> Any:
    return row.cells[ORIGIN].value[0]


def without_origin(row: Row) -> dict[str, Cell]:
    return {name: cell for name, cell in row.cells.items() if name != ORIGIN}


if __name__ == "__main__":
    main(*sys.argv[1:])
