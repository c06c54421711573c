import rerun as rr
from rerun.blueprint import archetypes
from rerun.blueprint.encodings import TextLogColumn, TimelineColumn
from rerun.encodings import TensorDimensionIndexSelection, TensorDimensionSelection, TimeRange, TimeRangeBoundary


def plots(rec: rr.RecordingStream) -> None:
    rec.log("y", archetypes.ScalarAxis(range=[-0.1, 1e300], zoom_lock=True))
    view_range = TimeRange(start=TimeRangeBoundary.cursor_relative(seq=-100), end=TimeRangeBoundary.infinite())
    rec.log("x", archetypes.TimeAxis(link="linktoglobal", view_range=view_range, zoom_lock=False))
    rec.log("background", archetypes.PlotBackground(color=[255, 136, 0, 128], show_grid=False))
    rec.log("interaction", archetypes.PlotInteraction(tooltip_mode="all", points_display="always"))
    rec.log("legend", archetypes.PlotLegend("rightbottom", visible=True))


def texts(rec: rr.RecordingStream) -> None:
    rec.log("document", archetypes.TextDocumentFormat(monospace=True, word_wrap=False))
    rec.log("log", archetypes.TextLogFormat(monospace_body=True))
    rec.log("rows", archetypes.TextLogRows(filter_by_log_level=["WARN", "ERROR"]))
    timelines = [TimelineColumn("frame"), TimelineColumn("time", visible=False)]
    columns = [TextLogColumn("Body"), TextLogColumn("LogLevel"), TextLogColumn(1), TextLogColumn(1, visible=False)]
    rec.log("columns", archetypes.TextLogColumns(timeline_columns=timelines, text_log_columns=columns))
    one = archetypes.TextLogColumns(timeline_columns=timelines[:1], text_log_columns=columns[:1])
    rec.log("one column", one)


def tensors(rec: rr.RecordingStream) -> None:
    rec.log("colors", archetypes.TensorScalarMapping(mag_filter="linear", colormap="magma", gamma=2.2))
    rec.log("fit", archetypes.TensorViewFit("fillkeepaspectratio"))
    indices = [
        TensorDimensionIndexSelection(dimension=2, index=4),
        TensorDimensionIndexSelection(dimension=3, index=2**60),
    ]
    height = TensorDimensionSelection(0, invert=True)
    rec.log("slice", archetypes.TensorSliceSelection(width=1, height=height, indices=indices, slider=[2, 3]))
    rec.log("one", archetypes.TensorSliceSelection(width=1, indices=indices[:1], slider=[7]))


def forces(rec: rr.RecordingStream) -> None:
    rec.log("center", archetypes.ForceCenter(enabled=True, strength=0.1))
    rec.log("collision", archetypes.ForceCollisionRadius(enabled=False, strength=0.2, iterations=3))
    rec.log("link", archetypes.ForceLink(enabled=True, distance=60.1, iterations=2**64 - 1))
    rec.log("body", archetypes.ForceManyBody(enabled=True, strength=-60.1))
    rec.log("position", archetypes.ForcePosition(enabled=True, strength=0.3, position=[0.1, -2]))
    rec.log("background", archetypes.GraphBackground(color=[255, 136, 0, 128]))
