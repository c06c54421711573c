"""Writes random recordings: `write_random.py REQUEST.json ANSWER.json`.

The request is `{folder, seed, first, count}`; recording `n` depends only on `seed + n`, and is written to `FOLDER/n.rrd`.
"""

from __future__ import annotations

import json
import random
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pyarrow as pa
import rerun as rr

ENTITIES = ["a", "a/b", "a/b/c", "a10", "a2", "Z", "p\\ q", "ü"]
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


def decimal(rng: Rng, scale: int) -> Decimal:
    return Decimal(rng.randrange(-(10**6), 10**6)).scaleb(-scale)


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
    "side": lambda rng: encoded(rng, lambda: rng.choice(WORDS), pa.string(), pa.int16()),
    "code": lambda rng: encoded(rng, lambda: rng.randrange(5), pa.int64(), pa.int32()),
    "price": lambda rng: pa.array(several(rng, lambda: decimal(rng, 3)), pa.decimal128(12, 3)),
    "wide_price": lambda rng: pa.array(several(rng, lambda: decimal(rng, 2)), pa.decimal256(50, 2)),
    "small_price": lambda rng: pa.array(several(rng, lambda: decimal(rng, 1)), pa.decimal64(12, 1)),
    "nothing": lambda rng: pa.nulls(rng.randrange(3)),
    "nested": lambda rng: pa.array(several(rng, lambda: nested(rng)), NESTED),
    "lists": lambda rng: pa.array(several(rng, lambda: several(rng, lambda: rng.choice(WORDS))), pa.list_(pa.string())),
    "pairs": lambda rng: pa.array(several(rng, lambda: [rng.randrange(9), rng.randrange(9)]), pa.list_(pa.float32(), 2)),
    "stamp": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**60)), pa.timestamp("ns")),
    "stamp_ms": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**40)), pa.timestamp("ms")),
    "span": lambda rng: pa.array(several(rng, lambda: rng.randrange(2**50)), pa.duration("us")),
    "date": lambda rng: pa.array(several(rng, lambda: rng.randrange(20_000)), pa.date32()),
    "keyed": lambda rng: pa.array(with_value(rng, lambda: {"side": rng.choice(WORDS), "price": decimal(rng, 3)}), KEYED),
}


def value(rng: Rng) -> Any:
    kind = rng.randrange(12)
    if kind == 0:
        return rr.Points3D([[rng.randrange(9), 0, 1]] * rng.randrange(4), labels=[rng.choice(WORDS)])
    if kind == 1:
        return rr.TextLog(rng.choice(WORDS), level="WARN")
    if kind == 2:
        frames = {"child_frame": f"link {rng.randrange(3)}", "parent_frame": "world"} if rng.random() < 0.5 else {}
        return rr.Transform3D(translation=[rng.randrange(9), 0, 0], **frames)
    if kind == 3:
        return rr.Boxes3D(half_sizes=[[1, 2, 3]], fill_mode="solid")
    if kind == 4:
        return rr.Clear(recursive=rng.random() < 0.5)
    if kind in (5, 6):
        return rr.Scalars([rng.randrange(1000) / 8 for _ in range(rng.choice([1, 1, 2]))])
    names = rng.sample(sorted(ARRAYS), rng.choice([1, 2, 4]))
    return rr.AnyValues(**{name: ARRAYS[name](rng) for name in names})


def send_columns(recording: rr.RecordingStream, rng: Rng, entity: str) -> None:
    count = 1 + rng.randrange(8)
    times = [rng.randrange(40) for _ in range(count)]
    if rng.random() < 0.5:
        times.sort()
    sides = pa.array([rng.choice(WORDS) for _ in range(count)]).cast(pa.dictionary(pa.int16(), pa.string()))
    columns = {"side": sides, "uint8": pa.array([rng.randrange(256) for _ in range(count)], pa.uint8())}
    recording.send_columns(entity, [rr.TimeColumn("f", sequence=times)], rr.AnyValues.columns(**columns))


def log_step(recording: rr.RecordingStream, rng: Rng, static_rate: float) -> None:
    entity = rng.choice(ENTITIES)
    if rng.random() < static_rate:
        recording.log(entity, value(rng), static=True)
        return
    if rng.random() < 0.1:
        send_columns(recording, rng, entity)
        return
    recording.set_time("f", sequence=rng.randrange(40))
    if rng.random() < 0.4:
        recording.set_time("d", duration=rng.randrange(40) / 4)
    elif rng.random() < 0.3:
        recording.disable_timeline("d")
    if rng.random() < 0.2:
        recording.set_time("t", timestamp=1_700_000_000 + rng.randrange(40) * 100)
    recording.log(entity, value(rng))


def write(path: Path, rng: Rng, number: int) -> None:
    recording = rr.RecordingStream(f"random {number % 3}", recording_id=f"random {number}")
    recording.save(path)
    static_rate = rng.choice([0, 0.1, 0.3])
    flush_rate = rng.choice([0, 0.05, 0.3])
    for _ in range(rng.choice([3, 10, 30])):
        log_step(recording, rng, static_rate)
        if rng.random() < flush_rate:
            recording.flush()
    recording.flush()
    recording.disconnect()


def main(request_path: str, answer_path: str) -> None:
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    for n in range(request["first"], request["first"] + request["count"]):
        write(Path(request["folder"]) / f"{n}.rrd", random.Random(request["seed"] + n), n)
    Path(answer_path).write_text(json.dumps(request["count"]), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
