"""Answers queries of recordings with Rerun's own query engine, as JSON.

`query_answers.py REQUEST.json ANSWER.json`: the request is a list of `{file, query}`, where `query` are the arguments of
`ChunkStore.reader`. The answer is a list of `{columns, rows}`: the names of the columns, and the cells of each row, with
64-bit integers as strings.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pyarrow as pa
from query_oracle import load


def answer(request: dict[str, Any]) -> dict[str, Any]:
    query = dict(request["query"])
    index = query.pop("index")
    values = query.pop("using_index_values", None)
    if values is not None:
        query["using_index_values"] = pa.array([int(value) for value in values], pa.int64()).to_numpy()
    table = load(request["file"], None).reader(index, **query).to_arrow_table()
    columns = [cells(table.schema.field(name), table[name]) for name in table.column_names]
    rows = [[column[row] for column in columns] for row in range(table.num_rows)]
    return {"columns": table.column_names, "rows": rows}


def cells(field: pa.Field, column: pa.ChunkedArray) -> list[Any]:
    if (field.metadata or {}).get(b"rerun:kind") == b"index":
        return [None if value is None else str(value) for value in column.cast(pa.int64()).to_pylist()]
    return column.to_pylist()


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        requests = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([answer(request) for request in requests], file)


if __name__ == "__main__":
    main(*sys.argv[1:])
