"""Decodes LZ4 blocks with the reference implementation: `decode_lz4.py REQUEST.json ANSWER.json`.

The request is a list of `{block, size, sha256}`, the block in base64; the answer has the problem of each of them,
or null.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from typing import Any

import pyarrow as pa


def main(request_path: str, answer_path: str) -> None:
    codec = pa.Codec("lz4_raw")
    with open(request_path, encoding="utf-8") as file:
        requests = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([check(codec, **request) for request in requests], file)


def check(codec: pa.Codec, block: str, size: int, sha256: str) -> str | None:
    try:
        decoded = codec.decompress(base64.b64decode(block), decompressed_size=size)
    except (OSError, pa.ArrowException) as error:
        return str(error)
    return None if hashlib.sha256(decoded).hexdigest() == sha256 else "other bytes"


if __name__ == "__main__":
    main(*sys.argv[1:])
