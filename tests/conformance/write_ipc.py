"""Writes a table as Arrow IPC streams and files with every compression of buffers: `write_ipc.py REQUEST.json ANSWER.json`.

The request is the folder for them, the answer a list of their paths.
"""

from __future__ import annotations

import json
import os
import sys

import pyarrow as pa


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        folder = json.load(file)
    rows = 5000
    table = pa.table(
        {
            "step": pa.array(range(rows), pa.int64()),
            "height": pa.array([None if row % 7 == 0 else row / 4 for row in range(rows)], pa.float64()),
            "name": pa.array([f"row {row % 100}" for row in range(rows)]),
            "path": pa.array([[float(row), 0.5] * (row % 3) for row in range(rows)], pa.list_(pa.float32())),
        }
    )
    paths = []
    for compression in (None, "lz4", "zstd"):
        options = pa.ipc.IpcWriteOptions(compression=compression)
        for name, writer in (("stream", pa.ipc.new_stream), ("file", pa.ipc.new_file)):
            path = os.path.join(folder, f"ipc.{compression}.{name}.arrow")
            with pa.OSFile(path, "wb") as sink, writer(sink, table.schema, options=options) as ipc:
                ipc.write_table(table, max_chunksize=2000)
            paths.append(path)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(paths, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
