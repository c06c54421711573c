"""Random Arrow arrays of the types that Rerun accepts in components; `write_random.py` logs them."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any, Callable

import numpy as np
import pyarrow as pa

WORDS = ["left", "right", "up", "", "ä", 'a "quoted", one', "line\nbreak", "null", "0", "a longer string than others"]
Rng = random.Random


def several(rng: Rng, make: Callable[[], Any], nulls: bool = True) -> list[Any]:
    """Up to four values; at times some are null."""
    has_nulls = nulls and rng.random() < 0.3
    return [None if has_nulls and rng.random() < 0.4 else make() for _ in range(rng.choice([0, 1, 1, 1, 2, 4]))]


def number(rng: Rng) -> float:
    return rng.choice([0.0, -0.5, 1e300, 3.25, float("inf"), rng.randrange(1000) / 8])


def nested(rng: Rng) -> dict[str, Any] | None:
    return {"k": rng.choice(WORDS), "n": rng.choice([None, rng.randrange(9)]), "l": [rng.randrange(5) for _ in range(rng.randrange(3))]}


def encoded(rng: Rng, make: Callable[[], Any], type: pa.DataType, indices: pa.DataType) -> pa.Array:
    """A dictionary array with a value: Rerun 0.41 cannot read the files that it writes of dictionaries without any."""
    return pa.array(with_value(rng, make), type).dictionary_encode().cast(pa.dictionary(indices, type))


def with_value(rng: Rng, make: Callable[[], Any]) -> list[Any]:
    values = several(rng, make)
    return values if any(value is not None for value in values) else [*values, make()]


NESTED = pa.struct({"k": pa.string(), "n": pa.int16(), "l": pa.list_(pa.uint32())})
KEYED = pa.struct({"side": pa.dictionary(pa.int8(), pa.string()), "price": pa.decimal128(12, 3)})
DEEP = pa.list_(pa.struct({"spans": pa.list_(pa.duration("ms")), "words": pa.list_(pa.string()), "raw": pa.list_(pa.uint8())}))


def decimal(rng: Rng, scale: int) -> Decimal:
    return Decimal(rng.randrange(-(10**6), 10**6)).scaleb(-scale)


def deep(rng: Rng) -> list[Any]:
    """Lists of structs of lists, in which anything may be null."""
    def item() -> dict[str, Any] | None:
        spans = several(rng, lambda: rng.randrange(-(2**40), 2**40))
        raw = rng.choice([None, [rng.randrange(256) for _ in range(rng.randrange(3))]])
        return rng.choice([None, {"spans": spans, "words": None, "raw": raw}, {"spans": None, "words": several(rng, lambda: rng.choice(WORDS)), "raw": raw}])
    return several(rng, item)


def choices(rng: Rng) -> list[int]:
    """The type ids of up to four elements of a union."""
    return [rng.randrange(4) for _ in range(rng.choice([0, 1, 1, 2, 4]))]


def members(rng: Rng, counts: list[int]) -> list[pa.Array]:
    """The arrays of a union: numbers, words, times, and structs with lists."""
    made = [
        [rng.choice([None, number(rng)]) for _ in range(counts[0])],
        [rng.choice(WORDS) for _ in range(counts[1])],
        [rng.choice([None, rng.randrange(2**60)]) for _ in range(counts[2])],
        [rng.choice([None, nested(rng)]) for _ in range(counts[3])],
    ]
    types = [pa.float64(), pa.string(), pa.timestamp("ns"), NESTED]
    return [pa.array(values, type) for values, type in zip(made, types, strict=True)]


MEMBERS = ["number", "word", "time", "nested"]


def dense_union(rng: Rng) -> pa.Array:
    ids = choices(rng)
    # Elements without reference, before those that are used.
    unused = [rng.randrange(2) for _ in MEMBERS]
    offsets = [unused[id] + ids[:at].count(id) for at, id in enumerate(ids)]
    counts = [unused[id] + ids.count(id) for id in range(len(MEMBERS))]
    return pa.UnionArray.from_dense(pa.array(ids, pa.int8()), pa.array(offsets, pa.int32()), members(rng, counts), MEMBERS)


def sparse_union(rng: Rng) -> pa.Array:
    ids = choices(rng)
    return pa.UnionArray.from_sparse(pa.array(ids, pa.int8()), members(rng, [len(ids)] * len(MEMBERS)), MEMBERS)


def union_inside(rng: Rng) -> pa.Array:
    union = dense_union(rng)
    return pa.StructArray.from_arrays([union, pa.array([rng.choice([None, 1.5]) for _ in range(len(union))], pa.float32())], ["any", "n"])


def entries(rng: Rng, key: Callable[[], Any], value: Callable[[], Any]) -> list[Any]:
    return list({key(): rng.choice([None, value()]) for _ in range(rng.randrange(4))}.items())


# Arrays by the names of their components: a component has one type.
ARRAYS: dict[str, Callable[[Rng], pa.Array]] = {
    "float64": lambda rng: pa.array(several(rng, lambda: number(rng)), pa.float64()),
    "float32": lambda rng: pa.array(several(rng, lambda: rng.randrange(100) / 4), pa.float32()),
    "float16": lambda rng: pa.array(several(rng, lambda: np.float16(rng.randrange(100) / 4)), pa.float16()),
    "int8": lambda rng: pa.array(several(rng, lambda: rng.randrange(-128, 128)), pa.int8()),
    "uint8": lambda rng: pa.array(several(rng, lambda: rng.randrange(256)), pa.uint8()),
    "int64": lambda rng: pa.array(several(rng, lambda: rng.choice([0, -1, 2**60, rng.randrange(100)])), pa.int64()),
    "uint64": lambda rng: pa.array(several(rng, lambda: rng.choice([0, 2**64 - 1, rng.randrange(100)])), pa.uint64()),
    "bool": lambda rng: pa.array(several(rng, lambda: rng.random() < 0.5), pa.bool_()),
    "text": lambda rng: pa.array(several(rng, lambda: rng.choice(WORDS)), pa.string()),
    "large_text": lambda rng: pa.array(several(rng, lambda: rng.choice(WORDS)), pa.large_string()),
    "bytes": lambda rng: pa.array(several(rng, lambda: rng.randbytes(rng.randrange(4))), pa.binary()),
    "large_bytes": lambda rng: pa.array(several(rng, lambda: rng.randbytes(rng.randrange(4))), pa.large_binary()),
    "digest": lambda rng: pa.array(several(rng, lambda: rng.randbytes(5)), pa.binary(5)),
    "side": lambda rng: encoded(rng, lambda: rng.choice(WORDS), pa.string(), pa.int16()),
    "code": lambda rng: encoded(rng, lambda: rng.randrange(5), pa.int64(), pa.int32()),
    "moment": lambda rng: encoded(rng, lambda: rng.randrange(5) * 10**15, pa.timestamp("us"), pa.uint8()),
    "price": lambda rng: pa.array(several(rng, lambda: decimal(rng, 3)), pa.decimal128(12, 3)),
    "wide_price": lambda rng: pa.array(several(rng, lambda: decimal(rng, 2)), pa.decimal256(50, 2)),
    "small_price": lambda rng: pa.array(several(rng, lambda: decimal(rng, 1)), pa.decimal64(12, 1)),
    "nothing": lambda rng: pa.nulls(rng.randrange(3)),
    "nested": lambda rng: pa.array(several(rng, lambda: nested(rng)), NESTED),
    "lists": lambda rng: pa.array(several(rng, lambda: several(rng, lambda: rng.choice(WORDS))), pa.list_(pa.string())),
    "large_lists": lambda rng: pa.array(several(rng, lambda: several(rng, lambda: number(rng))), pa.large_list(pa.float64())),
    "pairs": lambda rng: pa.array(several(rng, lambda: [rng.randrange(9), rng.randrange(9)]), pa.list_(pa.float32(), 2)),
    "deep": lambda rng: pa.array(several(rng, lambda: deep(rng)), DEEP),
    "stamp": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**60)), pa.timestamp("ns")),
    "stamp_ms": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**40)), pa.timestamp("ms")),
    "zoned": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**40)), pa.timestamp("us", "Europe/Paris")),
    "span": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**50)), pa.duration("us")),
    "span_s": lambda rng: pa.array(several(rng, lambda: rng.randrange(-(2**40), 2**40)), pa.duration("s")),
    "time": lambda rng: pa.array(several(rng, lambda: rng.randrange(86_400_000)), pa.time32("ms")),
    "long_time": lambda rng: pa.array(several(rng, lambda: rng.randrange(86_400 * 10**9)), pa.time64("ns")),
    "date": lambda rng: pa.array(several(rng, lambda: rng.randrange(20_000)), pa.date32()),
    "date_ms": lambda rng: pa.array(several(rng, lambda: rng.randrange(20_000) * 86_400_000), pa.date64()),
    "keyed": lambda rng: pa.array(with_value(rng, lambda: {"side": rng.choice(WORDS), "price": decimal(rng, 3)}), KEYED),
    "dense": dense_union,
    "sparse": sparse_union,
    "union_inside": union_inside,
    "map": lambda rng: pa.array(
        several(rng, lambda: entries(rng, lambda: rng.choice(WORDS), lambda: rng.randrange(9))), pa.map_(pa.string(), pa.int32())
    ),
    "number_map": lambda rng: pa.array(
        several(rng, lambda: entries(rng, lambda: rng.choice([-(2**40), 3, 7, 2**60]), lambda: nested(rng))), pa.map_(pa.int64(), NESTED)
    ),
}
