"""Random Parquet files, and their rows: `write_tables.py REQUEST.json ANSWER.json`.

The request is `{folder, seed, count}`. Writes `0.parquet`, `1.parquet`, … to the folder, and answers with the columns of
each: lists of cells by the column's name. A cell is a list of instances or `null`, times are integers, and of timestamps
and dates nanoseconds.
"""

from __future__ import annotations

import json
import random
import sys
from base64 import b64encode
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Rng = random.Random
INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
TIMES = [pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("us", "UTC"), pa.date32(), pa.time32("ms"),
         pa.time64("us"), pa.time64("ns"), pa.duration("us")]
PLAIN = [pa.bool_(), pa.float16(), pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.binary(4),
         pa.decimal128(9, 2), pa.decimal128(30, 4), pa.dictionary(pa.int32(), pa.string())]
NAMES = ["pos_x", "label", "Ünï", "with space", "sl/ash", "_lead", "row"]
NANOS = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}


def random_type(rng: Rng, depth: int = 0) -> pa.DataType:
    kind = rng.random()
    if depth > 2 or kind < 0.6:
        return rng.choice(rng.choice([INTEGERS, TIMES, PLAIN]))
    if kind < 0.75:
        return pa.list_(random_type(rng, depth + 1))
    if kind < 0.8:
        return pa.list_(pa.float32(), 3)
    if kind < 0.85:
        return pa.map_(pa.string(), random_type(rng, depth + 1))
    return pa.struct([(name, random_type(rng, depth + 1)) for name in rng.sample(["x", "y", "name"], rng.randint(1, 3))])


def random_value(rng: Rng, of: pa.DataType) -> Any:
    if rng.random() < 0.12:
        return None
    if pa.types.is_dictionary(of):
        return random_value(rng, of.value_type)
    if pa.types.is_struct(of):
        return {field.name: random_value(rng, field.type) for field in of}
    if pa.types.is_map(of):
        return [(key, random_value(rng, of.item_type)) for key in rng.sample("abc", rng.randint(0, 3))]
    if pa.types.is_fixed_size_list(of):
        return [random_value(rng, of.value_type) for _ in range(of.list_size)]
    if pa.types.is_list(of):
        return [random_value(rng, of.value_type) for _ in range(rng.randint(0, 3))]
    if pa.types.is_boolean(of):
        return rng.random() < 0.5
    if pa.types.is_floating(of):
        return rng.choice([0.0, -0.5, rng.randrange(100) / 4])
    if pa.types.is_string(of) or pa.types.is_large_string(of):
        return rng.choice(["", "a", "ü", "null", "1"])
    if pa.types.is_binary(of) or pa.types.is_fixed_size_binary(of):
        return rng.randbytes(4 if pa.types.is_fixed_size_binary(of) else rng.randrange(4))
    if pa.types.is_decimal(of):
        return Decimal(rng.randint(-(10**6), 10**6)).scaleb(-of.scale)
    if pa.types.is_integer(of):
        signed = pa.types.is_signed_integer(of)
        low, high = (-(2 ** (of.bit_width - 1)), 2 ** (of.bit_width - 1) - 1) if signed else (0, 2**of.bit_width - 1)
        return rng.choice([low, high, 0, rng.randint(low, high)])
    return rng.randrange(20_000) * (1 if pa.types.is_date(of) else 1000)


def cell(value: pa.Scalar, in_map: bool = False) -> Any:
    """The value that a cell, or a part of it, has. Maps are JSON: large integers and bytes are texts."""
    of = value.type
    if not value.is_valid:
        return None
    if pa.types.is_dictionary(of):
        return value.as_py()
    if pa.types.is_struct(of):
        return {field.name: cell(value[field.name], in_map) for field in of}
    if pa.types.is_map(of):
        return {entry["key"].as_py(): cell(entry["value"], True) for entry in value.values}
    if pa.types.is_list(of) or pa.types.is_fixed_size_list(of):
        return [cell(item, in_map) for item in value.values]
    if pa.types.is_date(of):
        return integer(value.value * 86_400 * 10**9, in_map)
    if pa.types.is_timestamp(of):
        return integer(value.value * NANOS[of.unit], in_map)
    if pa.types.is_time(of) or pa.types.is_duration(of):
        return value.value
    if pa.types.is_integer(of):
        return integer(value.as_py(), in_map)
    if pa.types.is_decimal(of):
        return str(value.as_py()) if of.precision > 15 else float(value.as_py())
    made = value.as_py()
    if not isinstance(made, bytes):
        return made
    return b64encode(made).decode() if in_map else list(made)


def integer(value: int, in_map: bool) -> int | str:
    return str(value) if in_map and abs(value) >= 2**53 else value


def cells(column: pa.ChunkedArray) -> list[Any]:
    is_list = pa.types.is_list(column.type) or pa.types.is_fixed_size_list(column.type)
    made = [cell(value) for value in column]
    return made if is_list else [None if value is None else [value] for value in made]


def main(request_path: str, answer_path: str) -> None:
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    rng = Rng(request["seed"])
    answers = []
    while len(answers) < request["count"]:
        rows = rng.choice([1, 5, 60])
        columns = {}
        for name in rng.sample(NAMES, rng.randint(1, 4)):
            of = random_type(rng)
            values = pa.array([random_value(rng, of) for _ in range(rows)], of.value_type if pa.types.is_dictionary(of) else of)
            columns[name] = values.dictionary_encode() if pa.types.is_dictionary(of) else values
        path = Path(request["folder"]) / f"{len(answers)}.parquet"
        table = pa.table(columns)
        try:
            pq.write_table(
                table, path, compression=rng.choice(["none", "snappy", "zstd", "lz4", "gzip", "brotli"]), use_dictionary=rng.random() < 0.5,
                data_page_version=rng.choice(["1.0", "2.0"]), row_group_size=rng.choice([7, 1000]), data_page_size=rng.choice([100, 10**6]),
                store_schema=rng.random() < 0.5)
        except pa.ArrowIndexError:
            # pyarrow cannot write every dictionary without values.
            continue
        answers.append({name: cells(table[name]) for name in table.column_names})
    Path(answer_path).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
