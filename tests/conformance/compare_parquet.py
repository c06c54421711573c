"""Compares a Parquet file with the Arrow stream of the same table: `compare_parquet.py REQUEST.json ANSWER.json`.

The request is the folder with both; the answer the numbers of rows, and what differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def plain(value: Any) -> Any:
    """A list of bytes is bytes in Parquet."""
    if isinstance(value, list):
        items = [plain(item) for item in value]
        is_bytes = len(items) > 0 and all(isinstance(item, int) and not isinstance(item, bool) for item in items)
        return bytes(items) if is_bytes and all(0 <= item < 256 for item in items) else items
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return value


def is_json(type: pa.DataType) -> bool:
    """Whether values of the type are JSON in Parquet, which has nothing like them, or other numbers."""
    if pa.types.is_union(type) or pa.types.is_map(type) or pa.types.is_interval(type) or pa.types.is_time(type):
        return True
    return any(is_json(type.field(index).type) for index in range(type.num_fields))


def main(request_path: str, answer_path: str) -> None:
    folder = json.loads(Path(request_path).read_text(encoding="utf-8"))
    arrow = pa.ipc.open_stream((Path(folder) / "table.arrow").read_bytes()).read_all()
    parquet = pq.read_table(Path(folder) / "table.parquet")
    different = [name for name in arrow.column_names if name not in parquet.column_names]
    for name in arrow.column_names:
        if name in different or is_json(arrow[name].type):
            continue
        expected = [plain(value) for value in as_integers(arrow[name]).to_pylist()]
        found = [plain(value) for value in as_integers(parquet[name]).to_pylist()]
        if expected != found:
            at = next(row for row, pair in enumerate(zip(expected, found)) if pair[0] != pair[1])
            different.append(f"{name} at {at}: {found[at]!r} instead of {expected[at]!r}")
    answer = [arrow.num_rows, parquet.num_rows, different]
    Path(answer_path).write_text(json.dumps(answer), encoding="utf-8")


def as_integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as their nanoseconds, which Python's own classes lack. Parquet has no seconds, and no durations."""
    if pa.types.is_list(column.type):
        item = column.type.value_type
        if pa.types.is_timestamp(item):
            return column.cast(pa.list_(pa.timestamp("ns"))).cast(pa.list_(pa.int64()))
        return column.cast(pa.list_(pa.int64())) if pa.types.is_duration(item) else column
    is_time = pa.types.is_timestamp(column.type) or pa.types.is_duration(column.type)
    return column.cast(pa.int64()) if is_time else column


main(*sys.argv[1:])
