"""Reads the chunks of a recording as they are stored, without migrating, canonicalising or merging anything.

It supports complete streams of one file; use `rerun rrd` for anything else. It is independent of Rerun's own decoder,
which does not show the type of a column before it is loaded.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

STREAM_HEADER_LENGTH = 12
MESSAGE_HEADER = struct.Struct("<QQ")
KIND_END = 0
KIND_STORE_INFO = 1
KIND_ARROW = 2
STORE_KIND_BLUEPRINT = 2
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
    for kind, start, length in find_messages(data):
        if kind == KIND_ARROW:
            payload = start + MESSAGE_HEADER.size
            yield decode_arrow_message(data[payload : payload + length])


def write_blueprint(path: str, out: str) -> None:
    """Writes the messages of the blueprint in a file to one of its own."""
    with open(path, "rb") as file:
        data = file.read()
    end = find_end(data)
    with open(out, "wb") as file:
        file.write(data[:STREAM_HEADER_LENGTH])
        for kind, start, length in find_messages(data):
            payload = start + MESSAGE_HEADER.size
            if start == end:
                file.write(MESSAGE_HEADER.pack(KIND_END, 0))
            elif store_kind(kind, data[payload : payload + length]) == STORE_KIND_BLUEPRINT:
                file.write(data[start : payload + length])


def store_kind(kind: int, message: bytes) -> int:
    """The kind of the store that a message belongs to."""
    fields = protobuf_fields(message)
    store_id = protobuf_fields(fields[2])[2] if kind == KIND_STORE_INFO else fields[1]
    return protobuf_fields(store_id)[1]


def find_end(data: bytes) -> int:
    """The position of the message that ends a stream."""
    return next(start for kind, start, _ in find_messages(data) if kind == KIND_END)


def find_messages(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The kind of each message up to the end, and the position and length of its payload."""
    if data[:4] != b"RRF2":
        raise ValueError("this is no recording")
    at, kind = STREAM_HEADER_LENGTH, None
    while at < len(data) and kind != KIND_END:
        kind, length = MESSAGE_HEADER.unpack_from(data, at)
        yield kind, at, length
        at += MESSAGE_HEADER.size + length


def decode_arrow_message(payload: bytes) -> Chunk:
    fields = protobuf_fields(payload)
    store = protobuf_fields(fields[1])
    application = protobuf_fields(store[3])
    batch = decode_batch(fields[5], fields[2], fields[3])
    return Chunk(StoreId(application[1].decode(), store[2].decode()), batch)


def decode_dataframe(message: bytes) -> pa.RecordBatch:
    fields = protobuf_fields(message)
    return decode_batch(fields[2], fields[3], fields[4])


def decode_batch(payload: bytes, compression: int, uncompressed_size: int) -> pa.RecordBatch:
    stream = pa.py_buffer(payload)
    if compression == COMPRESSION_LZ4:
        stream = pa.Codec("lz4_raw").decompress(stream, decompressed_size=uncompressed_size)
    return pa.ipc.open_stream(stream).read_next_batch()


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
