import rerun as rr
import rerun.blueprint as rrb
from rerun.blueprint import archetypes as arch
from rerun.encodings import TimeInt

COLOR = [255, 136, 0, 128]
Boundary = rrb.TimeRangeBoundary


def _spatial3d(**properties: object) -> rrb.View:
    return rrb.Spatial3DView(name="x", **properties)  # ty: ignore[invalid-argument-type]


def background_kind() -> rrb.View:
    return _spatial3d(background=rrb.Background(rrb.BackgroundKind.GradientBright))


def background_color() -> rrb.View:
    return _spatial3d(background=rrb.Background(COLOR))


def background_color_field() -> rrb.View:
    return _spatial3d(background=rrb.Background(color=COLOR))


def background_without_arguments() -> rrb.View:
    return _spatial3d(background=rrb.Background())


def line_grid() -> rrb.View:
    return _spatial3d(line_grid=rrb.LineGrid3D(False, spacing=0.5))


def line_grid_fields() -> rrb.View:
    return _spatial3d(line_grid=rrb.LineGrid3D(spacing=0.5))


def spatial_information() -> rrb.View:
    return _spatial3d(spatial_information=rrb.SpatialInformation("map", show_axes=True))


def plot_legend() -> rrb.View:
    return rrb.TimeSeriesView(name="x", plot_legend=rrb.PlotLegend("LeftTop", visible=False))


def plot_legend_visible() -> rrb.View:
    return rrb.TimeSeriesView(name="x", plot_legend=rrb.PlotLegend(visible=False))


def plot_background() -> rrb.View:
    return rrb.TimeSeriesView(name="x", background=arch.PlotBackground(color=COLOR, show_grid=True))


def scalar_axis() -> rrb.View:
    return rrb.TimeSeriesView(name="x", axis_y=rrb.ScalarAxis(range=(0.0, 1.5), zoom_lock=True))


def tensor_view_fit() -> rrb.View:
    return rrb.TensorView(name="x", view_fit=arch.TensorViewFit("Fill"))


def graph() -> rrb.View:
    return rrb.GraphView(
        name="x",
        background=arch.GraphBackground(color=COLOR),
        visual_bounds=rrb.VisualBounds2D(x_range=[-0.1, 640], y_range=[0, 480]),
        force_link=arch.ForceLink(enabled=True, distance=3),
        force_many_body=arch.ForceManyBody(enabled=False),
        force_position=arch.ForcePosition(enabled=False),
        force_collision_radius=arch.ForceCollisionRadius(enabled=False),
        force_center=arch.ForceCenter(enabled=False),
    )


def map() -> rrb.View:
    return rrb.MapView(name="x", zoom=arch.MapZoom(16), background=arch.MapBackground("mapboxdark"))


def volume() -> rrb.View:
    return rrb.AudioView(name="x", playback=rrb.AudioPlayback(volume=0.5))


def time_ranges() -> rrb.View:
    start, end = Boundary.cursor_relative(seconds=-2.5), Boundary.cursor_relative()
    return _spatial3d(time_ranges=rrb.VisibleTimeRanges(timeline="time", start=start, end=end))


def time_ranges_in_an_override() -> rrb.View:
    start, end = Boundary.absolute(seconds=1767225600), Boundary.infinite()
    ranges = rrb.VisibleTimeRanges(timeline="time", start=start, end=end)
    return _spatial3d(overrides={"/points": ranges})


def several_time_ranges() -> rrb.View:
    nanos = rrb.VisibleTimeRange(
        "time", start=Boundary.cursor_relative(nanos=-5), end=Boundary.cursor_relative(seconds=0.25)
    )
    frames = rrb.VisibleTimeRange("frame", start=Boundary.absolute(seq=3), end=Boundary.absolute(seq=7))
    return _spatial3d(time_ranges=[nanos, frames])


def dataframe() -> rrb.View:
    query = arch.DataframeQuery(
        filter_by_range=(TimeInt(seconds=1), TimeInt(seconds=1767225600)),
        filter_is_not_null="/points:speed",
        select=["frame", "/points:speed", "/other:speed"],
    )
    return rrb.DataframeView(name="x", query=query)


def dataframe_with_times_only() -> rrb.View:
    query = arch.DataframeQuery(filter_by_range=(-5, 7), select=["frame"])  # ty: ignore[invalid-argument-type]
    return rrb.DataframeView(name="x", query=query)


def view_range() -> rrb.View:
    view_range = rr.TimeRange(start=Boundary.cursor_relative(seconds=-1), end=Boundary.cursor_relative())
    return rrb.TimeSeriesView(name="x", axis_x=rrb.archetypes.TimeAxis(view_range=view_range))


def time_selection() -> rrb.Blueprint:
    selection = rr.encodings.AbsoluteTimeRange(TimeInt(seconds=1), TimeInt(seconds=1767225600))
    panel = rrb.TimePanel(timeline="time", time_selection=selection, loop_mode="selection")
    return rrb.Blueprint(rrb.TextLogView(name="x"), panel)
