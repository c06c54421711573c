"""Writes a recording with chunks that have no rows: `empty_chunks.py REQUEST.json ANSWER.json`.

The request is the path; the answer the columns that Rerun finds, and the rows of a query.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import rerun as rr
from rerun.chunk import Chunk, LazyChunkStream, RrdReader


def chunk(entity: str, times: list[int] | None, timeline: str = "frame", **columns: pa.Array) -> Any:
    indexes = [] if times is None else [rr.TimeColumn(timeline, sequence=times)]
    return Chunk.from_columns(entity, indexes=indexes, columns=rr.AnyValues.columns(**columns))


def main(request_path: str, answer_path: str) -> None:
    path = json.loads(Path(request_path).read_text(encoding="utf-8"))
    chunks = [
        chunk("/b", [], v=pa.array([], pa.int32())),
        chunk("/a", [1, 2], v=pa.array([1.0, 2.0])),
        chunk("/a", [], "other", w=pa.array([], pa.int32())),
        chunk("/a", None, v=pa.array([], pa.float64())),
        chunk("/b", [3], v=pa.array([1.5])),
    ]
    LazyChunkStream.from_iter(chunks).write_rrd(path, application_id="empty", recording_id="empty")
    table = RrdReader(path).stream().collect().reader("frame", include_semantically_empty_columns=True).to_arrow_table()
    Path(answer_path).write_text(json.dumps([table.column_names, table.to_pylist()]), encoding="utf-8")


main(*sys.argv[1:])
