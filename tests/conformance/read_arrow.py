"""Reads the Arrow data of chunks: `read_arrow.py REQUEST.json ANSWER.json`.

The request is a list of Arrow IPC streams in base64; the answer has the metadata of each chunk.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import pyarrow as pa


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        streams = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([describe(base64.b64decode(stream)) for stream in streams], file)


def describe(stream: bytes) -> dict[str, Any]:
    batch = pa.ipc.open_stream(stream).read_next_batch()
    batch.validate(full=True)
    kinds = [field.metadata[b"rerun:kind"] for field in batch.schema]
    return {
        "id": batch.schema.metadata[b"rerun:id"].decode(),
        "entity": batch.schema.metadata[b"rerun:entity_path"].decode(),
        "isStatic": b"index" not in kinds,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
