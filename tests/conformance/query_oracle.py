"""Answers queries of recordings with Rerun's own query engine, and compares tables with its answers.

`query_oracle.py REQUEST.json ANSWER.json`: the request is a list of `{file, store?, query, table?}`, where `query` are the
arguments of `ChunkStore.reader` and `table` is the path of an Arrow IPC stream. The answer has a line for each:
`{problem}`, which is null if both are equal in columns, types, metadata, order and values; or `{error}` if the query fails.
"""

from __future__ import annotations

import functools
import json
import sys
from typing import Any

import pyarrow as pa
from rerun.chunk import RrdReader


@functools.lru_cache(maxsize=4)
def load(file: str, store: str | None) -> Any:
    reader = RrdReader(file)
    if store is None:
        return reader.stream().collect()
    entry = next(entry for entry in reader.recordings() if entry.recording_id == store)
    return reader.stream(store=entry).collect()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    query = dict(request["query"])
    index = query.pop("index")
    values = query.pop("using_index_values", None)
    if values is not None:
        query["using_index_values"] = pa.array([int(value) for value in values], pa.int64()).to_numpy()
    try:
        theirs = load(request["file"], request.get("store")).reader(index, **query).to_arrow_table()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    if "table" not in request:
        return {"problem": "there is no table to compare", "rows": theirs.num_rows}
    with pa.OSFile(request["table"]) as stream:
        ours = pa.ipc.open_stream(stream).read_all()
    try:
        ours.validate(full=True)
    except pa.ArrowInvalid as error:
        return {"problem": f"the table is not valid: {error}"}
    return {"problem": compare(theirs, ours), "rows": theirs.num_rows, "columns": theirs.num_columns}


def compare(theirs: pa.Table, ours: pa.Table) -> str | None:
    """What is different, or None."""
    if theirs.column_names != ours.column_names:
        return f"columns {ours.column_names} instead of {theirs.column_names}"
    for field, own in zip(theirs.schema, ours.schema):
        if field.type != own.type:
            return f"{field.name} has the type {own.type} instead of {field.type}"
        if (field.metadata or {}) != (own.metadata or {}):
            return f"{field.name} has the metadata {own.metadata} instead of {field.metadata}"
        if field.nullable != own.nullable:
            return f"{field.name} is nullable: {own.nullable} instead of {field.nullable}"
    if theirs.num_rows != ours.num_rows:
        return f"{ours.num_rows} rows instead of {theirs.num_rows}"
    for name in theirs.column_names:
        left, right = theirs[name], ours[name]
        if left.equals(right):
            continue
        for row, (value, own) in enumerate(zip(left, right)):
            if is_static_video(theirs.schema.field(name)) and None in (value.as_py(), own.as_py()):
                continue
            # As text, in which NaN equals NaN, and which exists for all types.
            if repr(value) != repr(own):
                return f"{name} has in row {row} {own!r} instead of {value!r}"
    return None


def is_static_video(field: pa.Field) -> bool:
    """Whether a column has static frames, which Rerun 0.41 leaves out in some rows, depending on the chunks."""
    metadata = field.metadata or {}
    return metadata.get(b"rerun:archetype") == b"rerun.archetypes.VideoStream" and metadata.get(b"rerun:is_static") == b"true"


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        requests = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        for request in requests:
            # One by one, because Rerun's engine may end the process.
            print(json.dumps(answer(request)), file=file, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
