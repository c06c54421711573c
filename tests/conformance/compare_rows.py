"""Compares recordings row by row, however their rows are divided into chunks: `compare_rows.py REQUEST.json ANSWER.json`.

The request is a list of `{ours, theirs, recording_id, one_chunk_per_row}`: two files, whether their recording ids count,
and whether their chunks should be the same too.
The answer tells for each pair the differences, and how many instances of each component ours holds.

Everything counts that a reader can see, floats to the last bit (but one NaN is as good as another), except for ids,
the wall clock on `log_time` and the automatic start time.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from footers import compare_footers
from rrd import Chunk, StoreId, read_chunks

MAX_DIFFERENCES = 20
MAX_TEXT = 200
MINUTE_NS = 60 * 10**9
# Types whose values are only equal if they are identical.
PLAIN_KINDS = {bool, bytes, int, str, type(None)}


@dataclass(frozen=True)
class Cell:
    """One component of one row."""

    archetype: str | None
    component_type: str | None
    arrow_type: str
    value: Any


@dataclass(frozen=True)
class Row:
    id: bytes
    is_static: bool
    # By timeline: its kind and its value. That of log_time is left out unless it is wanted.
    times: dict[str, tuple[str, int | None]]
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Recording:
    stores: set[StoreId]
    # By entity, in the order they were logged.
    rows: dict[str, list[Row]]
    # False claims of chunks about themselves.
    false_claims: list[str]


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        pairs = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([answer(pair) for pair in pairs], file)


def answer(pair: dict[str, Any]) -> dict[str, Any]:
    try:
        ours, theirs = read_recording(pair["ours"]), read_recording(pair["theirs"])
    except (OSError, ValueError, pa.ArrowException) as error:
        return {"differences": [f"cannot be read: {error}"], "components": {}}
    differences = [*ours.false_claims, *compare(ours, theirs, pair["recording_id"])]
    if not differences:
        differences = compare_footers(pair["ours"], pair["theirs"], pair["one_chunk_per_row"])
    return {"differences": differences[:MAX_DIFFERENCES], "components": count_instances(ours)}


def read_recording(path: str, with_log_time: bool = False) -> Recording:
    recording = Recording(set(), defaultdict(list), [])
    for chunk in read_chunks(path):
        recording.stores.add(chunk.store)
        recording.rows[chunk.entity].extend(read_rows(chunk, with_log_time))
        recording.false_claims.extend(find_false_claims(chunk))
    for rows in recording.rows.values():
        rows.sort(key=lambda row: row.id)
    return recording


def read_rows(chunk: Chunk, with_log_time: bool = False) -> list[Row]:
    """The rows of a chunk, with the cells that are not null."""
    ids: list[bytes] = []
    times: dict[str, tuple[str, list[int]]] = {}
    columns: dict[str, list[Cell | None]] = {}
    for field, column in zip(chunk.batch.schema, chunk.batch.columns):
        metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        kind = metadata["rerun:kind"]
        if kind == "control":
            ids = column.to_pylist()
        elif kind == "index":
            times[metadata["rerun:index_name"]] = str(field.type), column.cast(pa.int64()).to_pylist()
        else:
            columns[metadata["rerun:component"]] = read_cells(field, column, metadata)
    return [
        Row(
            id=id,
            is_static=not times,
            times={
                name: (kind, None if name == "log_time" and not with_log_time else v[row])
                for name, (kind, v) in times.items()
            },
            cells={name: cell for name, cells in columns.items() if (cell := cells[row]) is not None},
        )
        for row, id in enumerate(ids)
    ]


def read_cells(field: pa.Field, column: pa.Array, metadata: dict[str, str]) -> list[Cell | None]:
    arrow_type = f"{field.type}{'' if field.nullable else ' not null'}"
    archetype, component_type = metadata.get("rerun:archetype"), metadata.get("rerun:component_type")
    return [
        Cell(archetype, component_type, arrow_type, exact(value)) if value is not None else None
        for value in plain_values(column)
    ]


def plain_values(column: pa.Array) -> list[Any]:
    """Python values; times as the integers that are stored, which Python's own types cannot hold."""
    item = column.type.value_type if pa.types.is_list(column.type) else column.type
    if pa.types.is_timestamp(item) or pa.types.is_duration(item):
        column = column.cast(pa.list_(pa.int64()))
    return column.to_pylist()


def exact(value: Any) -> Any:
    """A value that only equals bitwise identical values: 0.0 is not -0.0, NaN is NaN."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        # Most values are long lists of numbers.
        kinds = set(map(type, value))
        if kinds <= PLAIN_KINDS:
            return value
        if kinds == {float}:
            # Other floats than zeros and NaN are only equal if they are identical. The sum is NaN if one of them is.
            return list(map(repr, value)) if 0.0 in value or math.isnan(sum(value)) else value
        return [exact(item) for item in value]
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return value


def find_false_claims(chunk: Chunk) -> list[str]:
    """The columns whose claim to be sorted, or not, is false: queries rely on it."""
    problems = []
    for field, column in zip(chunk.batch.schema, chunk.batch.columns):
        metadata = field.metadata or {}
        if metadata.get(b"rerun:kind") == b"data":
            continue
        values = column.to_pylist() if pa.types.is_fixed_size_binary(field.type) else column.cast(pa.int64()).to_pylist()
        claims, is_sorted = metadata.get(b"rerun:is_sorted") == b"true", values == sorted(values)
        if claims != is_sorted:
            problems.append(f"{chunk.entity}: {field.name} is{' not' if claims else ''} sorted, but the chunk denies it")
    return problems


def compare(ours: Recording, theirs: Recording, with_recording_id: bool) -> list[str]:
    differences = []
    our_stores, their_stores = (
        sorted((store.application_id, store.recording_id if with_recording_id else "") for store in recording.stores)
        for recording in (ours, theirs)
    )
    if our_stores != their_stores:
        differences.append(describe("stores", our_stores, their_stores))
    for entity in sorted({*ours.rows, *theirs.rows}):
        differences += compare_rows(entity, ours.rows.get(entity, []), theirs.rows.get(entity, []))
    return differences


def compare_rows(entity: str, ours: list[Row], theirs: list[Row]) -> list[str]:
    if len(ours) != len(theirs):
        return [describe(f"{entity}: number of rows", len(ours), len(theirs))]
    differences = []
    for index, (our, their) in enumerate(zip(ours, theirs)):
        where = f"{entity} row {index}"
        if our.is_static != their.is_static:
            differences.append(describe(f"{where}: static", our.is_static, their.is_static))
        elif our.times != their.times:
            differences.append(describe(f"{where}: times", our.times, their.times))
        for name in sorted({*our.cells, *their.cells}):
            a, b = our.cells.get(name), their.cells.get(name)
            if a != b and not (name == "RecordingInfo:start_time" and is_automatic(our, a) and is_automatic(their, b)):
                differences.append(describe_cells(f"{where}: {name}", a, b))
    return differences


def is_automatic(row: Row, start_time: Cell | None) -> bool:
    """Whether a start time is the current time, according to the id of the row."""
    if start_time is None or len(start_time.value) != 1:
        return False
    return abs(start_time.value[0] - int.from_bytes(row.id[:8], "big")) < MINUTE_NS


def describe_cells(what: str, ours: Cell | None, theirs: Cell | None) -> str:
    """Describes the first difference, also deep inside the value."""
    if ours is None or theirs is None:
        return describe(f"{what} is there", ours is not None, theirs is not None)
    for key in ("archetype", "component_type", "arrow_type"):
        if getattr(ours, key) != getattr(theirs, key):
            return describe(f"{what}: {key}", getattr(ours, key), getattr(theirs, key))
    a, b = ours.value, theirs.value
    while isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        index = next(index for index, (x, y) in enumerate(zip(a, b)) if x != y)
        what += f"[{index}]"
        a, b = a[index], b[index]
    return describe(what, a, b)


def describe(what: str, ours: Any, theirs: Any) -> str:
    return f"{what}: ours {shorten(ours)}, theirs {shorten(theirs)}"


def shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}… ({len(text)} characters)"


def count_instances(recording: Recording) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for rows in recording.rows.values():
        for row in rows:
            for name, cell in row.cells.items():
                counts[name] += len(cell.value)
    return counts


if __name__ == "__main__":
    main(*sys.argv[1:])
