"""Makes blueprints with Rerun's own SDK and compares them with ours: `compare_blueprints.py REQUEST.json ANSWER.json`.

The request has `cases`, a list of `{theme, name, ours, theirs}`: the Python function that makes a blueprint, and the
files of both sides; and `pairs`, a list of `{ours, theirs}`: files that exist. The answer has the differences of each,
what ours contains (`3D/Background:color`), and the names of functions that were not requested.

Blueprints consist of rows on paths with random UUIDs. They are equal if they are once every UUID is replaced by the
place of its view, container or visualizer in the layout. Rows without components do not count.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import traceback
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from compare_rows import Cell, Row, compare_rows, read_rows
from rerun.blueprint import Blueprint
from rerun.blueprint.table import TableBlueprint
from rrd import find_messages, protobuf_fields, read_chunks, write_blueprint

APPLICATION_ID = "conformance"
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The components whose instances are UUIDs.
UUID_COMPONENTS = {"ViewportBlueprint:root_container", "ActiveVisualizers:instruction_ids"}
KIND_END, KIND_STORE_INFO, KIND_ARROW, KIND_ACTIVATION = range(4)
MESSAGE_HEADER_LENGTH = 16


@dataclass(frozen=True)
class Stored:
    """A blueprint in a file: its rows by path, in the order of their ids."""

    rows: dict[str, list[Row]]
    # Everything about messages and the activation that must be equal.
    facts: dict[str, Any]


def main(request_path: str, answer_path: str) -> None:
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    answer = {
        "cases": [run(case) for case in request["cases"]],
        "pairs": [compare_pair(pair["ours"], pair["theirs"]) for pair in request["pairs"]],
        "unpaired": unpaired(request["cases"]),
    }
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def run(case: dict[str, Any]) -> dict[str, Any]:
    try:
        make = getattr(importlib.import_module(f"blueprints.{case['theme']}"), case["name"])
        blueprint = make()
        if not isinstance(blueprint, (Blueprint, TableBlueprint)):
            blueprint = blueprint.to_blueprint()
        blueprint.save(APPLICATION_ID, case["theirs"])
    except Exception:
        return {"differences": [traceback.format_exc()], "contents": []}
    return compare_files(case["ours"], case["theirs"])


def compare_pair(our_path: str, their_path: str) -> dict[str, Any]:
    """Compares the blueprints in two files, which may have a recording besides."""
    for path in (our_path, their_path):
        write_blueprint(path, f"{path}.rbl")
    return compare_files(f"{our_path}.rbl", f"{their_path}.rbl")


def compare_files(our_path: str, their_path: str) -> dict[str, Any]:
    try:
        ours, theirs = normalize(read_blueprint(our_path)), normalize(read_blueprint(their_path))
    except (OSError, ValueError, KeyError, IndexError) as error:
        return {"differences": [f"cannot be read: {error!r}"], "contents": []}
    differences = []
    if ours.facts != theirs.facts:
        differences.append(f"messages: ours {ours.facts}, theirs {theirs.facts}")
    for path in sorted({*ours.rows, *theirs.rows}):
        differences += compare_rows(path, ours.rows.get(path, []), theirs.rows.get(path, []))
    return {"differences": differences, "contents": sorted(contents(ours))}


def read_blueprint(path: str) -> Stored:
    rows: dict[str, list[Row]] = defaultdict(list)
    for chunk in read_chunks(path):
        rows[chunk.entity] += [row for row in read_rows(chunk) if row.cells]
    with open(path, "rb") as file:
        data = file.read()
    kinds, activation, stores = [], {}, set()
    for kind, start, length in find_messages(data):
        payload = data[start + MESSAGE_HEADER_LENGTH : start + MESSAGE_HEADER_LENGTH + length]
        if kind == KIND_ACTIVATION:
            activation = protobuf_fields(payload)
        if kind in (KIND_ARROW, KIND_ACTIVATION):
            stores.add(protobuf_fields(payload)[1])
        if kind != KIND_ARROW or kinds[-1:] != [KIND_ARROW]:
            kinds.append(kind)
    if len(stores) != 1:
        raise ValueError(f"{len(stores)} stores instead of one")
    store = protobuf_fields(stores.pop())
    facts = {
        # Rerun's SDK writes the store info twice.
        "kinds": [kind for index, kind in enumerate(kinds) if kinds[index - 1 : index] != [kind]],
        "store_kind": store[1],
        "application_id": protobuf_fields(store[3])[1].decode(),
        "make_active": activation.get(2, 0),
        "make_default": activation.get(3, 0),
    }
    return Stored({path: sorted(found, key=lambda row: row.id) for path, found in rows.items() if found}, facts)


def normalize(stored: Stored) -> Stored:
    """The same with the place in the layout for each UUID."""
    places = find_places(stored.rows)

    def text(value: str) -> str:
        return UUID_TEXT.sub(lambda match: places.get(match[0], "nowhere"), value)

    def cell(name: str, cell: Cell) -> Cell:
        if name in UUID_COMPONENTS:
            return replace(cell, value=[places.get(str(UUID(bytes=bytes(id))), "nowhere") for id in cell.value])
        return replace(cell, value=[text(value) if isinstance(value, str) else value for value in cell.value])

    rows: dict[str, list[Row]] = defaultdict(list)
    for path, found in stored.rows.items():
        rows[text(path)] += [replace(row, cells={n: cell(n, c) for n, c in row.cells.items()}) for row in found]
    return replace(stored, rows=rows)


def find_places(rows: dict[str, list[Row]]) -> dict[str, str]:
    """The place of each UUID: `root`, `root.0`, `root.0.visualizer of /points.1`."""
    places: dict[str, str] = {}

    def values(path: str, component: str) -> list[Any]:
        return [v for row in rows.get(path, []) if component in row.cells for v in row.cells[component].value]

    def visit(path: str, place: str) -> None:
        places[path.split("/")[1]] = place
        for index, child in enumerate(values(f"/{path}", "ContainerBlueprint:contents")):
            visit(child, f"{place}.{index}")
        overrides = f"/{path}/ViewContents/overrides"
        for entity in rows:
            if entity.startswith(overrides):
                for index, id in enumerate(values(entity, "ActiveVisualizers:instruction_ids")):
                    name = entity.removeprefix(overrides).removesuffix("/visualizers")
                    places[str(UUID(bytes=bytes(id)))] = f"{place}.visualizer of {name}.{index}"

    for root in values("/viewport", "ViewportBlueprint:root_container"):
        visit(f"container/{UUID(bytes=bytes(root))}", "root")
    for path in sorted(rows):
        for index, view in enumerate(values(path, "TableColumnPreview:views")):
            if view.split("/")[1] not in places:
                visit(view, f"preview.{index} of {path}")
    return places


def contents(stored: Stored) -> set[str]:
    """The components in a blueprint; those of a view with its class, as `3D/Background:color`."""
    found = set()
    for path, rows in stored.rows.items():
        view = stored.rows.get("/".join(path.split("/")[:3]), []) if path.startswith("/view/") else []
        classes = [value for row in view for value in row.cells["ViewBlueprint:class_identifier"].value]
        found |= {"/".join([*classes, component]) for row in rows for component in row.cells}
    return found


def unpaired(cases: list[dict[str, Any]]) -> list[str]:
    """The functions in the modules of the themes that were not requested."""
    asked = {(case["theme"], case["name"]) for case in cases}
    themes = {theme for theme, _ in asked}
    found = {(theme, name) for theme in themes for name in functions_of(theme)}
    return [".".join(case) for case in sorted(found - asked)]


def functions_of(theme: str) -> list[str]:
    module = importlib.import_module(f"blueprints.{theme}")
    functions = inspect.getmembers(module, inspect.isfunction)
    return [name for name, function in functions if function.__module__ == module.__name__ and name[0] != "_"]


if __name__ == "__main__":
    main(*sys.argv[1:])
