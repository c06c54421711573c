"""Compares the footers of recordings, which random access relies on and `rerun rrd verify` only checks in part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from rerun.chunk import RrdReader
from rrd import MESSAGE_HEADER, decode_dataframe, find_end, protobuf_fields

# Columns that differ between recordings.
UNCOMPARED = {"chunk_id", "chunk_byte_offset", "chunk_byte_size", "chunk_byte_size_uncompressed"}


@dataclass(frozen=True)
class Manifest:
    # All columns of all chunks.
    schema: pa.Schema
    # One row for each chunk.
    chunks: pa.RecordBatch


def compare_footers(ours: str, theirs: str, one_chunk_per_row: bool) -> list[str]:
    try:
        # Only reads the footer, and checks its checksum.
        our_columns, their_columns = (str(RrdReader(path).store().schema()) for path in (ours, theirs))
        our_manifest, their_manifest = read_manifest(ours), read_manifest(theirs)
    except (RuntimeError, ValueError, KeyError, pa.ArrowException) as error:
        return [f"the footer cannot be read: {error}"]
    differences = []
    if our_columns != their_columns:
        differences.append(f"columns by the footer: ours {our_columns}, theirs {their_columns}")
    our_fields, their_fields = (sorted(describe_fields(m.schema)) for m in (our_manifest, their_manifest))
    differences += compare_lists("schema in the footer", our_fields, their_fields)
    our_fields, their_fields = (describe_fields(m.chunks.schema) for m in (our_manifest, their_manifest))
    differences += compare_lists("columns of the manifest", our_fields, their_fields)
    # The batchers of the SDKs produce different chunks.
    if not differences and one_chunk_per_row:
        our_chunks, their_chunks = (describe_chunks(m.chunks) for m in (our_manifest, their_manifest))
        differences += compare_lists("chunks in the manifest", sorted(our_chunks), sorted(their_chunks))
    return differences


def read_manifest(path: str) -> Manifest:
    """The manifest of a recording with one store."""
    with open(path, "rb") as file:
        data = file.read()
    end = find_end(data)
    _, length = MESSAGE_HEADER.unpack_from(data, end)
    footer = data[end + MESSAGE_HEADER.size :][:length]
    fields = protobuf_fields(protobuf_fields(footer)[1])
    schema = pa.ipc.read_schema(pa.py_buffer(protobuf_fields(fields[2])[1]))
    return Manifest(schema, decode_dataframe(fields[4]))


def describe_fields(schema: pa.Schema) -> list[str]:
    return [
        f"{field.name}: {field.type}{'' if field.nullable else ' not null'} {sorted((field.metadata or {}).items())}"
        for field in schema
    ]


def describe_chunks(chunks: pa.RecordBatch) -> list[str]:
    """The entry of each chunk in a manifest; of the wall clock only whether there is a time."""
    columns: dict[str, list[Any]] = {}
    for field, column in zip(chunks.schema, chunks.columns):
        if field.name in UNCOMPARED:
            continue
        if pa.types.is_timestamp(field.type) or pa.types.is_duration(field.type):
            column = column.cast(pa.int64())
        values = column.to_pylist()
        is_clock = field.name.startswith("log_time:") and not field.name.endswith(":num_rows")
        columns[field.name] = [value is not None for value in values] if is_clock else values
    return [str({name: values[row] for name, values in columns.items()}) for row in range(chunks.num_rows)]


def compare_lists(what: str, ours: list[str], theirs: list[str]) -> list[str]:
    if ours == theirs:
        return []
    only_ours, only_theirs = (list((Counter(a) - Counter(b)).elements()) for a, b in ((ours, theirs), (theirs, ours)))
    if not only_ours and not only_theirs:
        return [f"{what}: in another order: ours {ours}, theirs {theirs}"]
    return [f"{what}: only ours {only_ours[:3]}, only theirs {only_theirs[:3]}"]
