"""Writes and compares recordings with a component of each Arrow type: `arrow_types.py REQUEST.json ANSWER.json`.

The request `{ write }` writes a recording, one entity for each type; the answer lists the types. The request
`{ ours, theirs }` compares the components of two recordings by entity; the answer lists the problems.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import pyarrow as pa
import rerun as rr
from rerun.chunk import RrdReader

LONG = "a string of more than twelve bytes"
DECIMALS = [Decimal("1.25"), None, Decimal("-7.50")]


def values() -> dict[str, pa.Array]:
    words = pa.array(["a", "b", None, "a"])
    ids = pa.array([0, 1, 0], pa.int8())
    return {
        "dictionary_int8": words.cast(pa.dictionary(pa.int8(), pa.utf8())),
        "dictionary_int32": words.dictionary_encode(),
        "dictionary_numbers": pa.array([5, 6, 5]).dictionary_encode(),
        "dictionary_inside": pa.StructArray.from_arrays([words.dictionary_encode(), pa.array([1, 2, 3, 4])], ["k", "n"]),
        "decimal32": pa.array(DECIMALS, pa.decimal32(5, 2)),
        "decimal64": pa.array(DECIMALS, pa.decimal64(10, 2)),
        "decimal128": pa.array(DECIMALS, pa.decimal128(10, 2)),
        "decimal256": pa.array(DECIMALS, pa.decimal256(40, 2)),
        **{f"timestamp_{unit}": pa.array([1, None, 3], pa.timestamp(unit)) for unit in ("s", "ms", "us")},
        "timestamp_zone": pa.array([1, 2], pa.timestamp("ms", "Europe/Paris")),
        **{f"duration_{unit}": pa.array([1, None, -3], pa.duration(unit)) for unit in ("s", "ms", "us")},
        "time32_s": pa.array([1, 2], pa.time32("s")),
        "time32_ms": pa.array([1, 2], pa.time32("ms")),
        "time64_us": pa.array([1, 2], pa.time64("us")),
        "time64_ns": pa.array([1, 2], pa.time64("ns")),
        "date64": pa.array([86_400_000, None], pa.date64()),
        "interval": pa.array([(1, 2, 3), None], pa.month_day_nano_interval()),
        "union_sparse": pa.UnionArray.from_sparse(ids, [pa.array([1, 2, 3]), pa.array(["a", "b", "c"])]),
        "union_dense": pa.UnionArray.from_dense(ids, pa.array([0, 0, 1], pa.int32()), [pa.array([1, 2]), pa.array(["b"])]),
        "large_list": pa.array([[1], None, [2, 3]], pa.large_list(pa.int32())),
        "map": pa.array([[("a", 1)], [], [("b", 2)]], pa.map_(pa.utf8(), pa.int32())),
        "run_ends": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array([1.5, 2.5])),
        "string_view": pa.array(["a", LONG, None], pa.string_view()),
        "binary_view": pa.array([b"a", LONG.encode(), None], pa.binary_view()),
        "list_view": pa.array([[1], [2, 3]], pa.list_view(pa.int32())),
    }


def write(path: str) -> list[str]:
    recording = rr.RecordingStream("arrow_types", recording_id="arrow_types")
    recording.save(path)
    types = values()
    for name, array in types.items():
        recording.log(f"types/{name}", rr.AnyValues(value=array), static=True)
    recording.log("end", rr.TextLog("the end"), static=True)
    recording.flush()
    recording.disconnect()
    return list(types)


def load(path: str) -> dict[str, pa.RecordBatch]:
    reader = RrdReader(path)
    chunks = [chunk for chunk in reader.stream() if str(chunk.entity_path).startswith("/types/")]
    batches = {str(chunk.entity_path): chunk.to_record_batch() for chunk in chunks}
    summaries = [line.split()[0] for line in reader.store().summary().splitlines() if line.startswith("/types/")]
    assert sorted(summaries) == sorted(batches), f"the footer of {path} has {summaries}"
    for batch in batches.values():
        batch.validate(full=True)
    return batches


def compare(ours: dict[str, pa.RecordBatch], theirs: dict[str, pa.RecordBatch]) -> list[str]:
    problems = [f"{name} is missing" for name in theirs if name not in ours]
    for name, batch in ours.items():
        own, other = batch.column("value"), theirs[name].column("value")
        if own.type != other.type:
            problems.append(f"{name} has the type {own.type} instead of {other.type}")
        elif not own.equals(other):
            problems.append(f"{name} has the values {own} instead of {other}")
    return sorted(problems)


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    answer = write(request["write"]) if "write" in request else compare(load(request["ours"]), load(request["theirs"]))
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
