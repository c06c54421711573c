"""Writes and compares recordings with a component of each Arrow type: `arrow_types.py REQUEST.json ANSWER.json`.

The request `{ write }` writes a recording, one entity for each type; the answer lists the types. The request
`{ ours, theirs, plain }` compares the components of two recordings by entity; the answer lists the problems. With
`plain` our components have the plain form of types that repeat or reorder what is stored. The request `{ frames }`
writes a recording with times, and `{ cut }` lists the types that the chunks of its component have.
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
    texts = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 7], pa.int16()), pa.array(["a", None, LONG]))
    numbers = pa.array([1, None, 3, 4], pa.int32())
    shared = pa.array([2, 0, 1, 0], pa.int32()), pa.array([2, 4, 0, 3], pa.int32())
    return {
        "null": pa.nulls(3),
        "null_inside": pa.array([{"n": None, "l": [None, None]}], pa.struct({"n": pa.null(), "l": pa.list_(pa.null())})),
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
        "run_ends_text": texts,
        "run_ends_long": pa.RunEndEncodedArray.from_arrays(pa.array([1, 400], pa.int64()), pa.array([[1, 2], [3]])),
        "run_ends_dictionary": pa.RunEndEncodedArray.from_arrays(pa.array([3, 5], pa.int32()), words.dictionary_encode()[:2]),
        "run_ends_inside": pa.StructArray.from_arrays([texts, pa.array(range(7))], ["texts", "n"]),
        "string_view": pa.array(["a", LONG, None], pa.string_view()),
        "binary_view": pa.array([b"a", LONG.encode(), None], pa.binary_view()),
        "list_view": pa.array([[1], [2, 3]], pa.list_view(pa.int32())),
        "list_view_null": pa.array([["a"], None, [], ["b", None]], pa.list_view(pa.utf8())),
        "list_view_shared": pa.ListViewArray.from_arrays(*shared, numbers),
        "large_list_view": pa.array([["a"], None, ["b", LONG]], pa.large_list_view(pa.utf8())),
        "list_view_run_ends": pa.ListViewArray.from_arrays(*shared, texts),
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


def write_frames(path: str) -> None:
    """Writes two chunks of `/cut` with run ends, and of `/null` with nulls."""
    batching = rr.ChunkBatcherConfig.NEVER()
    recording = rr.RecordingStream("arrow_types", recording_id="frames", batcher_config=batching)
    recording.save(path)
    for frame in range(10):
        recording.set_time("frame", sequence=frame)
        ends = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array([0.5, frame]))
        recording.log("cut", rr.AnyValues(value=ends))
        recording.log("null", rr.AnyValues(value=pa.nulls(frame % 3)))
        if frame == 6:
            recording.flush()
    recording.disconnect()


def load(path: str) -> dict[str, pa.RecordBatch]:
    reader = RrdReader(path)
    chunks = [chunk for chunk in reader.stream() if str(chunk.entity_path).startswith("/types/")]
    batches = {str(chunk.entity_path): chunk.to_record_batch() for chunk in chunks}
    summaries = [line.split()[0] for line in reader.store().summary().splitlines() if line.startswith("/types/")]
    assert sorted(summaries) == sorted(batches), f"the footer of {path} has {summaries}"
    for batch in batches.values():
        batch.validate(full=True)
    return batches


def plain_type(type: pa.DataType) -> pa.DataType:
    """The type without views and run ends."""
    if pa.types.is_run_end_encoded(type):
        return plain_type(type.value_type)
    if pa.types.is_string_view(type):
        return pa.string()
    if pa.types.is_binary_view(type):
        return pa.binary()
    if pa.types.is_struct(type):
        return pa.struct([field.with_type(plain_type(field.type)) for field in type])
    for is_list, make in LISTS:
        if is_list(type):
            return make(type.value_field.with_type(plain_type(type.value_type)))
    return type


LISTS = [
    (pa.types.is_list, pa.list_),
    (pa.types.is_large_list, pa.large_list),
    (pa.types.is_list_view, pa.list_),
    (pa.types.is_large_list_view, pa.large_list),
]


def compare(ours: dict[str, pa.RecordBatch], theirs: dict[str, pa.RecordBatch], plain: bool) -> list[str]:
    problems = [f"{name} is missing" for name in theirs if name not in ours]
    for name, batch in ours.items():
        own, other = batch.column("value"), theirs[name].column("value")
        expected = plain_type(other.type) if plain else other.type
        if own.type != expected:
            problems.append(f"{name} has the type {own.type} instead of {expected}")
        elif expected != other.type:
            if own.to_pylist() != other.to_pylist():
                problems.append(f"{name} has the values {own} instead of {other}")
        elif not own.equals(other):
            problems.append(f"{name} has the values {own} instead of {other}")
    return sorted(problems)


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request: dict[str, Any] = json.load(file)
    if "frames" in request:
        answer = write_frames(request["frames"])
    elif "cut" in request:
        chunks = [chunk for chunk in RrdReader(request["cut"]).stream() if str(chunk.entity_path) == "/cut"]
        answer = [str(chunk.to_record_batch().column("value").type) for chunk in chunks]
    elif "write" in request:
        answer = write(request["write"])
    else:
        answer = compare(load(request["ours"]), load(request["theirs"]), request["plain"])
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
