"""Compares what two importers made of MCAP files or LeRobot datasets: `compare_mcap.py REQUEST.json ANSWER.json`.

The request is a list of `{ours, theirs}`, the answer a list of differences for each pair. With `components` only those
that begin so are compared, on the timeline `message_log_time` alone. With `recordings` the ids of recordings must be
equal, too. Compared are the sets of (entity, static, times, component, types, value), however the rows are divided into
chunks. Lists without a value count
as no value, as do components that are null.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from typing import Any

import pyarrow as pa
from rrd import read_chunks

MAX_DIFFERENCES = 12
MAX_TEXT = 400


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        pairs = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump([differences(pair["ours"], pair["theirs"], pair.get("components"), "recordings" in pair) for pair in pairs], file)


def differences(ours: str, theirs: str, components: list[str] | None, recordings: bool) -> list[str]:
    own, other = cells(ours, components, recordings), cells(theirs, components, recordings)
    found = [f"missing: {text}" for text in sorted((other - own).elements())]
    found += [f"too much: {text}" for text in sorted((own - other).elements())]
    return [text[:MAX_TEXT] for text in found[:MAX_DIFFERENCES]] + [f"{len(found)} differences"] * (len(found) > 0)


def cells(path: str, components: list[str] | None, recordings: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for chunk in read_chunks(path):
        kinds = {field.name: (field.metadata or {}).get(b"rerun:kind") for field in chunk.batch.schema}
        columns = {name: chunk.batch.column(name).to_pylist() for name in chunk.batch.schema.names}
        timelines = [name for name, kind in kinds.items() if kind == b"index"]
        if components is not None:
            timelines = [name for name in timelines if name == "message_log_time"]
        raw = {name: chunk.batch.column(name).cast("int64").to_pylist() for name in timelines}
        for field in chunk.batch.schema:
            if kinds[field.name] in (b"control", b"index"):
                continue
            if components is not None and not field.name.startswith(tuple(components)):
                continue
            metadata = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
            kept = {key: value for key, value in sorted(metadata.items()) if key not in ("rerun:kind",)}
            arrow_type = type_text(field.type)
            for row, value in enumerate(columns[field.name]):
                if value is None:
                    continue
                times = {name: (str(chunk.batch.schema.field(name).type), raw[name][row]) for name in timelines}
                recording = chunk.store.recording_id if recordings else None
                cell = repr((recording, chunk.entity, sorted(times.items()), field.name, plain(value), arrow_type, kept))
                # Static values may be sent again.
                found[cell] = found[cell] + 1 if timelines else 1
    return found


def type_text(of: pa.DataType) -> str:
    """A type with the extension types inside. Nullability differs, but not what a reader gets."""
    inside = [of.field(index) for index in range(of.num_fields)]
    extensions = [(field.metadata or {}).get(b"ARROW:extension:name") for field in inside]
    parts = [f"{field.name} {extension} {type_text(field.type)}" for field, extension in zip(inside, extensions)]
    return f"{str(of).split('<')[0]}<{', '.join(parts)}>"


def plain(value: Any) -> Any:
    """A value whose text is equal for equal values."""
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, str) and value.startswith(("{\"", "[")):
        try:
            return f"{json.loads(value)!r}".replace(".0", "")
        except json.JSONDecodeError:
            return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


if __name__ == "__main__":
    main(*sys.argv[1:])
