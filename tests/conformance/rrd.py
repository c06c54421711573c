"""Reads the chunks of a recording as they are stored: nothing is migrated, canonicalised or merged on the way.

Only what a whole, single stream needs; see `rerun rrd` for everything else. Independent of Rerun's own decoder, which
does not show what a column's type was before it was loaded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

STREAM_HEADER_LENGTH = 12
MESSAGE_HEADER = struct.Struct("<QQ")
KIND_END = 0
KIND_ARROW = 2
COMPRESSION_LZ4 = 2


@dataclass(frozen=True)
class StoreId:
    application_id: str
    recording_id: str


@dataclass(frozen=True)
class Chunk:
    store: StoreId
    batch: pa.RecordBatch

    @property
    def entity(self) -> str:
        return self.batch.schema.metadata[b"rerun:entity_path"].decode()


def read_chunks(path: str) -> Iterator[Chunk]:
    """The chunks of all stores, in the order of the file."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"RRF2":
        raise ValueError(f"{path} is no recording")
    at = STREAM_HEADER_LENGTH
    while at < len(data):
        kind, length = MESSAGE_HEADER.unpack_from(data, at)
        at += MESSAGE_HEADER.size
        if kind == KIND_END:
            return
        if kind == KIND_ARROW:
            yield decode_arrow_message(data[at : at + length])
        at += length


def decode_arrow_message(payload: bytes) -> Chunk:
    fields = protobuf_fields(payload)
    store = protobuf_fields(fields[1])
    application = protobuf_fields(store[3])
    stream = pa.py_buffer(fields[5])
    if fields[2] == COMPRESSION_LZ4:
        stream = pa.Codec("lz4_raw").decompress(stream, decompressed_size=fields[3])
    batch = pa.ipc.open_stream(stream).read_next_batch()
    return Chunk(StoreId(application[1].decode(), store[2].decode()), batch)


def protobuf_fields(message: bytes) -> dict[int, int | bytes]:
    """The fields of a protobuf message by number: integers, and bytes for everything of a length."""
    fields: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        tag, at = read_varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            fields[number], at = read_varint(message, at)
        elif wire_type == 2:
            length, at = read_varint(message, at)
            fields[number] = message[at : at + length]
            at += length
        elif wire_type == 1:
            (fields[number],) = struct.unpack_from("<Q", message, at)
            at += 8
        else:
            raise ValueError(f"unexpected wire type {wire_type}")
    return fields


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if byte < 128:
            return value, at
