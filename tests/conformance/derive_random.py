"""Random components, and what Rerun's own lenses make of them.

`derive_random.py REQUEST.json ANSWER.json`: the request is `{file, seed, count}`. Writes a recording with the entities
`/0`, `/1`, …, and answers with a lens for each: `{path, scatter, scalars, rows}`. The rows are `[frame, instances]`.

Left out, because Rerun 0.41 is wrong there: the elements of vectors, which it takes even if the vector is null, all
elements of a list that another list lacks (`[1][]`), and all elements twice (`[].a[]`), where nulls make it panic.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import pyarrow as pa
import rerun as rr
from rerun.chunk import Chunk, DeriveLens

Rng = random.Random
PLAIN = [pa.float64(), pa.float32(), pa.int64(), pa.uint8(), pa.string(), pa.bool_()]


def random_type(rng: Rng, depth: int) -> pa.DataType:
    kind = rng.choice(["struct", "struct", "list", "vector", "plain"]) if depth > 0 else "plain"
    if kind == "struct":
        return pa.struct([pa.field(name, random_type(rng, depth - 1)) for name in rng.sample("abcd", rng.randint(1, 3))])
    if kind == "list":
        return pa.list_(random_type(rng, depth - 1))
    if kind == "vector":
        return pa.list_(rng.choice(PLAIN), rng.choice([2, 3]))
    return rng.choice(PLAIN)


def random_value(rng: Rng, type: pa.DataType, nulls: float) -> Any:
    is_vector = pa.types.is_fixed_size_list(type)
    if not is_vector and rng.random() < nulls:
        return None
    if pa.types.is_struct(type):
        return {field.name: random_value(rng, field.type, nulls) for field in type}
    if is_vector:
        return [random_value(rng, type.value_type, nulls) for _ in range(type.list_size)]
    if pa.types.is_list(type):
        return [random_value(rng, type.value_type, nulls) for _ in range(rng.randint(0, 3))]
    if pa.types.is_boolean(type):
        return rng.random() < 0.5
    return rng.choice(["", "x", "ää"]) if pa.types.is_string(type) else rng.randint(0, 9)


def random_path(rng: Rng, type: pa.DataType) -> tuple[str, pa.DataType]:
    path = ""
    has_list = False
    for _ in range(rng.randint(1, 4)):
        if pa.types.is_struct(type):
            field = rng.choice(list(type))
            path, type = f"{path}.{field.name}", field.type
        elif pa.types.is_list(type) and rng.random() < 0.5:
            has_list = True
            path, type = f"{path}[{rng.randint(0, 2)}]", type.value_type
        elif pa.types.is_list(type) and not has_list:
            has_list = True
            path, type = f"{path}[]", type.value_type
    return path, type


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    recording = rr.RecordingStream("lenses", recording_id="lenses")
    recording.save(request["file"])
    answers = []
    while len(answers) < request["count"]:
        case = random_case(Rng(f"{request['seed']} {len(answers)}"), len(answers))
        rr.send_chunks([case.pop("chunk")], recording=recording)
        answers.append(case)
    recording.disconnect()
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answers, file)


def random_case(rng: Rng, number: int) -> dict[str, Any]:
    type = pa.struct([pa.field("a", random_type(rng, 2)), pa.field("b", random_type(rng, 3))])
    nulls = rng.choice([0, 0.2, 0.5])
    rows = [[random_value(rng, type, nulls) for _ in range(rng.randint(0, 3))] for _ in range(rng.randint(1, 6))]
    path, made = random_path(rng, type)
    scatter = rng.random() < 0.5
    scalars = (pa.types.is_floating(made) or pa.types.is_integer(made)) and rng.random() < 0.7
    instances = pa.array([instance for row in rows for instance in row], type)
    columns = rr.DynamicArchetype.columns(archetype="Any", components={"data": instances})
    chunk = Chunk.from_columns(
        f"/{number}",
        indexes=[rr.TimeColumn("frame", sequence=range(len(rows)))],
        columns=columns.partition([len(row) for row in rows]),
    )
    lens = DeriveLens("Any:data", output_entity="/out", scatter=scatter)
    component = rr.Scalars.descriptor_scalars() if scalars else "Any:value"
    lens = lens.to_component(component, path, cast_to="auto" if scalars else None)
    [derived] = chunk.apply_lenses([lens])
    batch = derived.to_record_batch()
    values = batch.column("Scalars:scalars" if scalars else "Any:value").to_pylist()
    frames = batch.column("frame").cast(pa.int64()).to_pylist()
    answer = {"path": path, "scatter": scatter, "scalars": scalars, "rows": list(zip(frames, values))}
    return {"chunk": chunk, **answer}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
