from typing import Any

import rerun as rr
from rerun.blueprint import archetypes
from rerun.blueprint.components import ColumnOrderBatch, ComponentColumnSelector, SelectedColumns
from rerun.blueprint.encodings import ColumnType, SortBy
from samples import one_by_one


def dataframes(rec: rr.RecordingStream) -> None:
    radii = ComponentColumnSelector(entity_path="/points", component="Points3D:radii")
    query = archetypes.DataframeQuery(
        timeline="frame",
        filter_by_range=(-5, 2**60),
        filter_is_not_null=radii,
        apply_latest_at=True,
        select=["frame", "log_time", radii, "/a:b"],
        entity_order=["/points", "/a"],
        auto_scroll=True,
    )
    rec.log("query", query)
    rec.log("defaults", archetypes.DataframeQuery())


def tables(rec: rr.RecordingStream) -> None:
    table = archetypes.TableBlueprint(
        layout="cards",
        column_display_mode="component",
        filters=["size > 0.1", "name = 'größe'"],
        sort_by=SortBy("name", direction="descending"),
    )
    rec.log("table", table)
    rec.log("unsorted", archetypes.TableBlueprint(sort_by=SortBy("name")))
    column_type = ColumnType(component="GridMap:colormap", component_type_name="rerun.components.Colormap")
    rec.log("column", archetypes.TableColumn(name="Größe", editable=True, visible=False, column_type=column_type))
    rec.log("preview", archetypes.TableColumnPreview(["/view/a", "/view/b"]))
    rec.log("layout", archetypes.TableLayout(column_order=["name", "size"]))
    rec.log("cards", archetypes.CardLayout(["size", "name"], title="name", link="url"))


def structs(rec: rr.RecordingStream) -> None:
    sort_by = [SortBy("a"), SortBy("b", direction=2), SortBy("", direction="ascending")]
    _send(rec, "sorted", archetypes.TableBlueprint.from_fields(sort_by=sort_by), [1, 2])
    _send(rec, "typed", archetypes.TableColumn.from_fields(column_type=[ColumnType(), ColumnType(component="a")]))
    columns: Any = [SelectedColumns(["frame"])] * 2
    _send(rec, "selected", archetypes.DataframeQuery.from_fields(select=columns))
    order: Any = one_by_one(ColumnOrderBatch, ["/a", "/b"], [], ["/c"])
    _send(rec, "ordered", archetypes.DataframeQuery.from_fields(entity_order=order), [2, 1])


def _send(rec: rr.RecordingStream, path: str, archetype: Any, lengths: list[int] | None = None) -> None:
    """Blueprints have no `columns`."""
    columns = [batch.partition(lengths) for batch in archetype.as_component_batches()]
    rec.send_columns(path, [rr.TimeColumn("frame", sequence=[1, 2])], columns)
