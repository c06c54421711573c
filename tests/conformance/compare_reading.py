"""Compares what this SDK makes of recordings with what Rerun and pyarrow make of them.

`compare_reading.py REQUEST.json ANSWER.jsonl`: the request is a list of cases, the answer a line with a list of problems for
each. A case has a `file`, the `store` of the recording that is queried, and

- `copies`: files with the same chunks
- `filtered`: a file without an `entity` and a `timeline`
- `joined`: the parts of the recording, put together again, and the `index` on which it was cut; null if the file has several
- `queries`: each with its arguments, and our answers as an Arrow stream (`arrow`), and as `parquet`, `json` and `csv`
"""

from __future__ import annotations

import base64
import csv
import json
import math
import re
import sys
from pathlib import Path
from typing import Any, Callable

import pyarrow as pa
import pyarrow.parquet as pq
from compare_chunks import compare as compare_chunks
from compare_chunks import load as load_chunks
from query_oracle import compare as compare_tables
from rerun.chunk import RrdReader


def problems_of(case: dict[str, Any]) -> list[str]:
    file = case["file"]
    chunks = load_chunks(file)
    problems: list[str] = []
    for copy in case["copies"]:
        problems += [f"{copy}: {problem}" for problem in compare_chunks(load_chunks(copy), chunks)]
    problems += filter_problems(chunks, **case["filtered"])
    store = collect(file, case["store"])
    if case["joined"] is not None:
        problems += join_problems(store, **case["joined"])
    for request in case["queries"]:
        query = dict(request["query"])
        name = json.dumps(query)
        theirs = store.reader(query.pop("index"), **with_values(query)).to_arrow_table()
        problems += [f"{name}: {problem}" for problem in table_problems(theirs, request)]
    return problems


def is_overwritten(ours: pa.Table, column: str) -> bool:
    """
    Whether a column has no instance because static ones were overwritten.

    Rerun drops chunks whose static values are all overwritten, and takes the column for one that never had an instance.
    """
    is_static = (ours.schema.field(column).metadata or {}).get(b"rerun:is_static") == b"true"
    return is_static and all(not cell for cell in ours[column].to_pylist())


def collect(file: str, store: dict[str, str]) -> Any:
    reader = RrdReader(file)
    entry = next(
        entry
        for entry in reader.recordings()
        if (entry.application_id, entry.recording_id) == (store["applicationId"], store["recordingId"])
    )
    return reader.stream(store=entry).collect()


def with_values(query: dict[str, Any]) -> dict[str, Any]:
    values = query.get("using_index_values")
    if values is None:
        return query
    return {**query, "using_index_values": pa.array([int(value) for value in values], pa.int64()).to_numpy()}


def filter_problems(chunks: dict[str, Any], path: str, entity: str, timeline: str) -> list[str]:
    """What a filtered file must have: the blueprints, and of recordings the chunks of other entities, without the timeline."""
    expected: dict[str, Any] = {}
    for key, batch in chunks.items():
        if key.startswith("blueprint "):
            expected[key] = batch
            continue
        metadata = batch.schema.metadata
        indexes = [field.name for field in batch.schema if (field.metadata or {}).get(b"rerun:kind") == b"index"]
        if metadata[b"rerun:entity_path"].decode() == entity or indexes == [timeline]:
            continue
        kept = [name for name in batch.schema.names if name != timeline]
        expected[key] = batch.select(kept)
    return [f"{path}: {problem}" for problem in compare_chunks(load_chunks(path), expected)]


def join_problems(store: Any, path: str, index: str) -> list[str]:
    joined = RrdReader(path).stream().collect()
    if index not in [column.name for column in store.schema().index_columns()]:
        return []
    tables = [each.reader(index, include_semantically_empty_columns=True).to_arrow_table() for each in (store, joined)]
    problem = compare_tables(*tables)
    return [] if problem is None else [f"{path}: {problem}"]


def table_problems(theirs: pa.Table, answers: dict[str, Any]) -> list[str]:
    ours = pa.ipc.open_stream(Path(answers["arrow"]).read_bytes()).read_all()
    ours.validate(full=True)
    others = [column for column in ours.column_names if column not in theirs.column_names]
    problem = compare_tables(theirs, ours.drop_columns([column for column in others if is_overwritten(ours, column)]))
    if problem is not None:
        return [f"arrow: {problem}"]
    expected = {name: [plain(scalar, is_cell=True) for scalar in ours[name]] for name in ours.column_names}
    problems: list[str] = []
    parquet = pq.read_table(answers["parquet"])
    found = {name: [plain(scalar, is_cell=True) for scalar in parquet[name]] for name in parquet.column_names}
    types = {field.name: field.type for field in ours.schema}
    in_parquet = {name: [with_json(value, types[name], json_text_value) for value in values] for name, values in expected.items()}
    read_back = {name: [with_json(value, types[name], json.loads) for value in values] for name, values in found.items()}
    problems += differences("parquet", in_parquet, read_back)
    rows = [json.loads(line) for line in Path(answers["json"]).read_text(encoding="utf-8").splitlines()]
    in_json = {name: [json_value(value) for value in values] for name, values in expected.items()}
    problems += differences("json", in_json, {name: [row[name] for row in rows] for name in expected})
    with open(answers["csv"], encoding="utf-8", newline="") as file:
        names, *lines = list(csv.reader(file))
    problems += [] if names == list(expected) else [f"csv: the columns are {names}"]
    for column, (name, values) in enumerate(expected.items()):
        for row, cell in enumerate(values):
            if not is_csv(cell, lines[row][column]):
                problems.append(f"csv: {name} has in row {row} {lines[row][column]!r} instead of {cell!r}")
                break
    return problems


def differences(form: str, expected: dict[str, list[Any]], found: dict[str, list[Any]]) -> list[str]:
    if list(expected) != list(found):
        return [f"{form}: the columns are {list(found)} instead of {list(expected)}"]
    return [
        f"{form}: {name} has in row {row} {own!r} instead of {value!r}"
        for name in expected
        for row, (value, own) in enumerate(zip(expected[name], found[name], strict=True))
        if repr(value) != repr(own)
    ][:3]


def plain(scalar: pa.Scalar, is_cell: bool = False) -> Any:
    """A value as rows of this SDK have it: times are integers, decimals strings, and lists of bytes inside cells bytes."""
    kind = scalar.type
    if not scalar.is_valid:
        return None
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        if pa.types.is_uint8(kind.value_type) and not is_cell:
            return bytes(scalar.as_py())
        return [plain(item) for item in scalar.values]
    if pa.types.is_struct(kind):
        return {name: plain(inner) for name, inner in scalar.items()}
    if pa.types.is_dictionary(kind):
        return plain(scalar.value)
    if pa.types.is_union(kind):
        return plain(scalar.value)
    if pa.types.is_map(kind):
        pairs = {str(plain(entry["key"])): plain(entry["value"]) for entry in scalar.values}
        return in_order_of_javascript(pairs)
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_time(kind) or pa.types.is_date64(kind):
        return scalar.value
    if pa.types.is_date(kind):
        return scalar.value * 86_400_000
    if pa.types.is_decimal(kind):
        return f"{scalar.as_py():.{kind.scale}f}"
    return scalar.as_py()


def in_order_of_javascript(pairs: dict[str, Any]) -> dict[str, Any]:
    """Names that are small whole numbers come first, in their order."""
    def is_index(name: str) -> bool:
        return name.isdecimal() and name == str(int(name)) and int(name) < 2**32 - 1
    names = sorted(filter(is_index, pairs), key=int)
    return {name: pairs[name] for name in [*names, *(name for name in pairs if not is_index(name))]}


def with_json(value: Any, kind: pa.DataType, convert: Callable[[Any], Any]) -> Any:
    """A value whose unions and maps are converted, which are JSON in Parquet."""
    if value is None:
        return value
    if pa.types.is_union(kind) or pa.types.is_map(kind):
        return convert(value)
    if isinstance(value, bytes):
        return value
    if pa.types.is_struct(kind):
        return {field.name: with_json(value[field.name], field.type, convert) for field in kind}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return [with_json(item, kind.value_type, convert) for item in value]
    return value


def json_value(value: Any, not_finite: Callable[[float], Any] = lambda _: None) -> Any:
    if isinstance(value, list):
        return [json_value(item, not_finite) for item in value]
    if isinstance(value, dict):
        return {name: json_value(inner, not_finite) for name, inner in value.items()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float):
        if not math.isfinite(value):
            return not_finite(value)
        # JSON of JavaScript has no point in whole numbers.
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
        return str(value)
    return value


def is_csv(cell: Any, text: str) -> bool:
    if cell is None:
        return text == ""
    only = cell[0] if isinstance(cell, list) and len(cell) == 1 else cell
    if isinstance(only, bytes):
        return text == base64.b64encode(only).decode()
    # Readers would take an empty text for no cell, and one with a bracket for JSON.
    is_like_json = isinstance(only, str) and re.match(r"\s*(\[|$)", only)
    if only is None or isinstance(only, (list, dict)) or is_like_json:
        return repr(json.loads(text)) == repr(json_text_value(cell))
    if isinstance(only, bool):
        return text == str(only).lower()
    if isinstance(only, float):
        return float(text) == only
    return text == str(only)


def json_text_value(value: Any) -> Any:
    """The value, with the numbers that JSON does not have as JavaScript writes them."""
    return json_value(value, lambda number: "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity")


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        cases = json.load(file)
    with open(answer_path, "w", encoding="utf-8") as file:
        for case in cases:
            try:
                problems = problems_of(case)
            except Exception as error:
                problems = [f"{type(error).__name__}: {error}"]
            # One by one, because Rerun's engine may end the process.
            print(json.dumps(problems), file=file, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
