"""Logs files with Rerun's importers, and compares recordings: `compare_files.py REQUEST.json ANSWER.json`.

The request is a list of `{path, ours, theirs, near}`; `ours` is a recording, `theirs` the path of another one that is
written. The answer is a list of `{values, differences}`: the number of values that Rerun has logged, and what is
different. Compared are the values by entity, times and component, however the rows are divided into chunks. Floats may
differ in their last digits where `near` is true. Times are nanoseconds. Lists without a value count as no value.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import rerun as rr

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../conformance"))
from rrd import read_chunks  # noqa: E402

MAX_TEXT = 300
MAX_NUMBERS = 64

Key = tuple[str, str, str]


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    answers = []
    for entry in request:
        log_file(entry["path"], entry["theirs"])
        theirs = cells(entry["theirs"])
        found = differences(cells(entry["ours"]), theirs, entry["near"])
        answers.append({"values": sum(map(len, theirs.values())), "differences": found})
        os.remove(entry["theirs"])
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answers, file)


def log_file(path: str, out: str) -> None:
    recording = rr.RecordingStream("files", recording_id="files", send_properties=False)
    recording.save(out)
    recording.log_file_from_path(path, static=True, entity_path_prefix="world")
    recording.flush()
    recording.disconnect()


def differences(own: dict[Key, list[Any]], other: dict[Key, list[Any]], near: bool) -> list[str]:
    found = []
    for key in sorted({*own, *other}):
        ours, theirs = own.get(key, []), other.get(key, [])
        if len(ours) != len(theirs):
            found.append(f"{key}: {len(ours)} values instead of {len(theirs)}: {ours[:1]} instead of {theirs[:1]}")
            continue
        wrong = [pair for pair in zip(ours, theirs) if not equal(*pair, near)]
        if wrong:
            found.append(f"{key}: {len(wrong)} of {len(ours)} values: {wrong[0][0]} instead of {wrong[0][1]}")
    return [text[:MAX_TEXT] for text in found]


def equal(ours: Any, theirs: Any, near: bool) -> bool:
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(equal(one, other, near) for one, other in zip(ours, theirs))
    if near and isinstance(ours, float) and isinstance(theirs, float):
        return bool(np.isclose(ours, theirs, rtol=1e-5, atol=1e-6))
    return ours == theirs


def cells(path: str) -> dict[Key, list[Any]]:
    """All values of a recording, by their entity, times and component. The times are a text."""
    found: dict[Key, list[Any]] = defaultdict(list)
    for chunk in read_chunks(path):
        if chunk.entity.startswith("/__properties"):
            continue
        schema = chunk.batch.schema
        kinds = {field.name: (field.metadata or {}).get(b"rerun:kind") for field in schema}
        timelines = sorted(name for name, kind in kinds.items() if kind == b"index")
        raw = {name: chunk.batch.column(name).cast("int64").to_pylist() for name in timelines}
        for name in schema.names:
            if kinds[name] in (b"control", b"index"):
                continue
            column = chunk.batch.column(name)
            for row in range(len(column)):
                value = plain(column.slice(row, 1))
                if value in (None, [None], [[]]):
                    continue
                times = ", ".join(f"{schema.field(line).type} {line}={raw[line][row]}" for line in timelines)
                key = (chunk.entity, times, name)
                found[key].append(value)
    return dict(found)


def plain(array: pa.Array) -> Any:
    """The values of an array, and hashes of long ones."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("ns", tz=array.type.tz)).cast("int64")
    kind = array.type
    if array.null_count == 0 and (pa.types.is_integer(kind) or pa.types.is_floating(kind)) and len(array) > MAX_NUMBERS:
        numbers = array.to_numpy(zero_copy_only=False)
        if pa.types.is_floating(kind):
            numbers = np.where(np.isnan(numbers), np.nan, numbers + 0)
        return [str(kind), len(array), hashlib.sha256(np.ascontiguousarray(numbers).tobytes()).hexdigest()[:16]]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        if len(array) == 1:
            items = array.flatten()
            return [None] if array.null_count else [[] if len(items) == 0 else plain(items)]
        lengths = [None if not valid else length for valid, length in zip(array.is_valid().to_pylist(), lengths_of(array))]
        if len(lengths) > MAX_NUMBERS and len(set(lengths)) == 1:
            lengths = [len(lengths), lengths[0]]
        return [lengths, plain(array.flatten())]
    if pa.types.is_struct(kind):
        valid = array.is_valid().to_pylist()
        return [None if all(valid) else valid, *([field.name, plain(each)] for field, each in zip(kind, array.flatten()))]
    return [str(kind), *("NaN" if value != value else value for value in map(simple, array.to_pylist()))]


def lengths_of(array: pa.Array) -> list[int]:
    if pa.types.is_fixed_size_list(array.type):
        return [array.type.list_size] * len(array)
    return [0 if length is None else length for length in array.value_lengths().to_pylist()]


def simple(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool, type(None))) else repr(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
