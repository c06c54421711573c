"""Answers requests about a catalog with Rerun's own client, and compares tables with its answers.

`catalog_oracle.py URL`: each line of standard input is a request, and each line of standard output its answer: what the
function of that name below returns, or `{error, kind}`.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Callable

import pyarrow as pa
from rerun.catalog import CatalogClient

client: CatalogClient


def names(include_hidden: bool) -> Any:
    return {
        "datasets": sorted(client.dataset_names(include_hidden=include_hidden)),
        "tables": sorted(client.table_names(include_hidden=include_hidden)),
    }


def entry(kind: str, name: str) -> Any:
    found = client.get_dataset(name) if kind == "dataset" else client.get_table(name)
    return {"id": str(found.id), "name": found.name, "createdMs": int(found.created_at.timestamp() * 1000)}


def dataset(name: str) -> Any:
    found = client.get_dataset(name)
    info = found.info()
    return {
        "entityPaths": sorted(found.schema().entity_paths()),
        "segmentIds": sorted(found.segment_ids()),
        "manifestUrl": found.manifest_url,
        "defaultBlueprint": found.default_blueprint(),
        "blueprints": sorted(found.blueprints()),
        "assets": sorted(found.assets()),
        "info": {
            "datasetName": info.dataset_name,
            "numSegments": info.num_segments,
            "sizeBytes": info.size_bytes,
            "layers": sorted([layer.name, layer.num_segments] for layer in info.layers),
            "timelines": sorted(
                [
                    line.name,
                    line.kind,
                    line.num_segments,
                    None if line.min is None else str(int(line.min.astype("int64"))),
                    None if line.max is None else str(int(line.max.astype("int64"))),
                ]
                for line in info.timelines
            ),
            "numEntities": info.num_entities,
            "numComponentColumns": info.num_component_columns,
            "propertyColumns": sorted(info.property_columns),
        },
    }


def segment(dataset: str, id: str, times: list[Any]) -> Any:
    found = client.get_dataset(dataset)
    one = found.segment(id)
    return {
        "layers": sorted(one.layers()),
        "url": one.url,
        "urlWithTimes": found.segment_url(id, *times),
        "assets": sorted(found.assets_for_segment(id)),
    }


def layer(dataset: str, name: str) -> Any:
    return sorted(client.get_dataset(dataset).layer(name).segment_ids())


def table(what: str, name: str, path: str) -> Any:
    """Compares one of the tables of a dataset, or a table of the catalog, with ours. Rows and columns have no order."""
    if what == "table":
        theirs = client.get_table(name).to_arrow_reader().read_all()
    else:
        frame = getattr(client.get_dataset(name), what)()
        theirs = frame.to_arrow_table()
    return {"problem": compare(theirs, read(path), by_row=False), "rows": theirs.num_rows}


def layouts(table: str) -> Any:
    found = client.get_table(table)
    return {"blueprints": sorted(found.blueprints()), "defaultBlueprint": found.default_blueprint()}


def give_layout(table: str, url: str) -> Any:
    found = client.get_table(table)
    found.register_blueprint(url)
    return found.default_blueprint()


def schema(name: str, path: str) -> Any:
    return compare_schemas(client.get_dataset(name).schema().to_arrow(), read(path).schema)


def table_schema(name: str, path: str) -> Any:
    return compare_schemas(client.get_table(name).arrow_schema(), read(path).schema)


def compare_schemas(theirs: pa.Schema, ours: pa.Schema) -> Any:
    fields = {field.name: field for field in theirs}
    if sorted(fields) != sorted(ours.names):
        return {"problem": f"columns {ours.names} instead of {sorted(fields)}"}
    different = [
        f"{field} {field.metadata} instead of {fields[field.name]} {fields[field.name].metadata}"
        for field in ours
        if field.type != fields[field.name].type or (field.metadata or {}) != (fields[field.name].metadata or {})
    ]
    return {"problem": "; ".join(different) or None}


def query(dataset: str, segments: list[str] | None, contents: list[str] | None, reader: dict[str, Any], path: str) -> Any:
    selection = client.get_dataset(dataset).filter_contents(["/**"] if contents is None else contents)
    if segments is not None:
        selection = selection.filter_segments(segments)
    arguments = dict(reader)
    values = arguments.pop("using_index_values", None)
    if isinstance(values, dict):
        arguments["using_index_values"] = {key: times(each) for key, each in values.items()}
    elif values is not None:
        arguments["using_index_values"] = times(values)
    theirs = selection._read_arrow(arguments.pop("index"), **arguments).read_all()
    # Of a segment with static data alone Rerun's client leaves out the index values that were asked for.
    hidden = values is not None and reader["index"] is not None and theirs[reader["index"]].null_count > 0
    return {"problem": compare(theirs, read(path), True, reader["index"] if hidden else None), "rows": theirs.num_rows, "columns": theirs.num_columns}


def filtered(dataset: str, segments: list[list[str]], contents: list[list[str]]) -> Any:
    found: Any = client.get_dataset(dataset)
    for expressions in contents:
        found = found.filter_contents(expressions)
    for ids in segments:
        found = found.filter_segments(ids)
    return found


def selection_schema(dataset: str, segments: list[list[str]], contents: list[list[str]], path: str) -> Any:
    return compare_schemas(filtered(dataset, segments, contents).arrow_schema(), read(path).schema)


def selection(dataset: str, segments: list[list[str]], contents: list[list[str]], path: str) -> Any:
    """Compares the rows of chained filters with ours."""
    found = filtered(dataset, segments, contents)
    theirs = found._read_arrow("frame").read_all()
    return {"problem": compare(theirs, read(path), True), "segmentIds": sorted(found.segment_ids())}


def joined(dataset: str, meta: str, path: str) -> Any:
    theirs = client.get_dataset(dataset).segment_table(client.get_table(meta)).to_arrow_table()
    return {"problem": compare(theirs, read(path), by_row=False)}


def times(values: list[str]) -> Any:
    return pa.array([int(value) for value in values], pa.int64()).to_numpy()


def read(path: str) -> pa.Table:
    with pa.OSFile(path) as stream:
        ours = pa.ipc.open_stream(stream).read_all()
    ours.validate(full=True)
    return ours


def compare(theirs: pa.Table, ours: pa.Table, by_row: bool, ignored: str | None = None) -> str | None:
    """What is different, or None. Columns have no order."""
    if sorted(theirs.column_names) != sorted(ours.column_names):
        return f"columns {ours.column_names} instead of {theirs.column_names}"
    if theirs.num_rows != ours.num_rows:
        return f"{ours.num_rows} rows instead of {theirs.num_rows}"
    for field in theirs.schema:
        own = ours.schema.field(field.name)
        if field.type != own.type:
            return f"{field.name} has the type {own.type} instead of {field.type}"
        if by_row and (field.metadata or {}) != (own.metadata or {}):
            return f"{field.name} has the metadata {own.metadata} instead of {field.metadata}"
        if field.nullable != own.nullable:
            return f"{field.name} is nullable: {own.nullable} instead of {field.nullable}"
    columns = sorted(name for name in theirs.column_names if name != ignored)
    left, right = rows_of(theirs, columns), rows_of(ours, columns)
    if not by_row:
        left, right = sorted(left), sorted(right)
    for number, (row, own) in enumerate(zip(left, right)):
        if row != own:
            name = next(column for column, one, other in zip(columns, row, own) if one != other)
            at = columns.index(name)
            return f"{name} has in row {number} {own[at]} instead of {row[at]}"
    return None


def rows_of(table: pa.Table, columns: list[str]) -> list[tuple[str, ...]]:
    # As text, in which NaN equals NaN, and which exists for all types.
    return list(zip(*([repr(value) for value in table[name]] for name in columns)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (names, entry, dataset, segment, layer, table, schema, query, selection, selection_schema, table_schema, layouts, give_layout, joined)
}


def main() -> None:
    global client
    client = CatalogClient(sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = FUNCTIONS[request.pop("call")](**request)
        except Exception as error:  # noqa: BLE001
            answer = {"error": str(error), "kind": type(error).__name__}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
