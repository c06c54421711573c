import rerun as rr
import rerun.blueprint as rrb
from rerun.blueprint import archetypes as arch
from rerun.blueprint import components as comp
from rerun.blueprint.components import ComponentColumnSelector
from rerun.blueprint.encodings import FilterByRange, TextLogColumn, TimelineColumn
from rerun.encodings import Plane3D, TensorDimensionIndexSelection, TensorDimensionSelection

COLOR = [255, 136, 0, 128]
Boundary = rrb.TimeRangeBoundary


def _window() -> rrb.VisibleTimeRange:
    return rrb.VisibleTimeRange(
        "frame", start=Boundary.cursor_relative(seq=-10), end=Boundary.cursor_relative(seq=0)
    )


def common_options() -> rrb.View:
    contents = ["+ $origin/**", "- /logs/noise", "/world/robot/**", "+/a", "- $origin"]
    return rrb.TextLogView(origin="/logs", contents=contents, name="Größe", visible=False, titlebar=True)


def one_expression() -> rrb.View:
    return rrb.TextLogView(name="x", contents="/**")


def origin_as_parts() -> rrb.View:
    return rrb.TextLogView(name="x", origin="/world/robot\\ 1", titlebar=False, visible=True)


def contents_as_archetype() -> rrb.View:
    return rrb.TextLogView(name="x", contents=arch.ViewContents(["+ /a", "+ /b/**"]))


def own_class() -> rrb.View:
    properties = {"MyProperty": arch.MapZoom(3), "NearClipPlane": arch.NearClipPlane(0.1)}
    return rrb.View(
        class_identifier="MyView", origin="/", contents="$origin/**", name="x", properties=properties
    )


def audio() -> rrb.View:
    return rrb.AudioView(name="x", playback=rrb.AudioPlayback(volume=0.1))


def volume() -> rrb.View:
    return audio()


def bar_chart() -> rrb.View:
    legend = rrb.PlotLegend("leftbottom", visible=True)
    return rrb.BarChartView(
        name="x", plot_legend=legend, background=arch.PlotBackground(color=COLOR, show_grid=False)
    )


def bar_chart_short() -> rrb.View:
    return rrb.BarChartView(
        name="x", plot_legend=rrb.Corner2D.RightBottom, background=arch.PlotBackground(color=COLOR)
    )


def dataframe() -> rrb.View:
    query = arch.DataframeQuery(
        timeline="frame",
        filter_by_range=FilterByRange(-5, 2**60),
        filter_is_not_null=ComponentColumnSelector(entity_path="/points", component="Points3D:radii"),
        apply_latest_at=True,
        select=["frame", ComponentColumnSelector(entity_path="/points", component="Points3D:radii")],
        entity_order=["/b", "/a"],
    )
    return rrb.DataframeView(name="x", query=query)


def graph() -> rrb.View:
    return rrb.GraphView(
        name="x",
        background=arch.GraphBackground(color=COLOR),
        visual_bounds=rrb.VisualBounds2D(x_range=[-0.1, 640], y_range=[0, 480]),
        force_link=arch.ForceLink(enabled=True, distance=60.1, iterations=3),
        force_many_body=arch.ForceManyBody(enabled=False, strength=-60.1),
        force_position=arch.ForcePosition(enabled=True, strength=0.1, position=[0.1, -2]),
        force_collision_radius=arch.ForceCollisionRadius(enabled=True, strength=0.2, iterations=2**60),
        force_center=arch.ForceCenter(enabled=True, strength=0.3),
    )


def graph_short() -> rrb.View:
    return rrb.GraphView(
        name="x",
        background=arch.GraphBackground(color=COLOR),
        visual_bounds=rrb.VisualBounds2D(x_range=[-0.1, 640], y_range=[0, 480]),
        force_link=arch.ForceLink(enabled=False),
        force_many_body=arch.ForceManyBody(enabled=True),
        force_position=arch.ForcePosition(enabled=False),
        force_collision_radius=arch.ForceCollisionRadius(enabled=True),
        force_center=arch.ForceCenter(enabled=False),
    )


def map() -> rrb.View:
    return rrb.MapView(name="x", zoom=arch.MapZoom(16.1), background=arch.MapBackground("mapboxdark"))


def map_short() -> rrb.View:
    return rrb.MapView(name="x", zoom=16.1, background=rrb.MapProvider.MapboxDark)


def spatial2d() -> rrb.View:
    end = rrb.VisibleTimeRange("time", start=Boundary.infinite(), end=Boundary.absolute(seq=-(2**60)))
    return rrb.Spatial2DView(
        name="x",
        background=rrb.Background(kind="gradientbright", color=COLOR),
        visual_bounds=rrb.VisualBounds2D(x_range=[-0.1, 640], y_range=[0, 480]),
        spatial_information=rrb.SpatialInformation("tf#/robot", show_axes=True, show_bounding_box=False),
        time_ranges=[_window(), end],
    )


def spatial2d_short() -> rrb.View:
    return rrb.Spatial2DView(
        name="x",
        background=COLOR,
        visual_bounds=rrb.VisualBounds2D(x_range=[0, 1], y_range=[0, 1]),
        spatial_information="tf#/robot",
        time_ranges=_window(),
    )


def spatial3d() -> rrb.View:
    plane = Plane3D([0, 0, 1], 0.1)
    eye = rrb.EyeControls3D(
        kind="firstperson",
        position=[1, 2, 3],
        look_target=[0.1, 0, 0],
        eye_up=[0, 0, 1],
        speed=0.1,
        tracking_entity="/robot",
        spin_speed=-0.1,
    )
    axes = rr.components.ViewCoordinates.RDF
    return rrb.Spatial3DView(
        name="x",
        background=rrb.BackgroundKind.GradientDark,
        line_grid=rrb.LineGrid3D(visible=False, spacing=0.1, plane=plane, stroke_width=0.5, color=[255, 136, 0]),
        spatial_information=rrb.SpatialInformation("robot", show_axes=True, show_bounding_box=True, axes=axes),
        eye_controls=eye,
        time_ranges=rrb.VisibleTimeRange("frame", start=Boundary.infinite(), end=Boundary.infinite()),
    )


def spatial3d_short() -> rrb.View:
    return rrb.Spatial3DView(name="x", background=rrb.BackgroundKind.GradientBright, line_grid=True)


def background_by_number() -> rrb.View:
    return rrb.Spatial3DView(name="x", background=rrb.BackgroundKind.GradientBright)


def background_by_color() -> rrb.View:
    return rrb.Spatial3DView(name="x", background=rrb.Background(color=COLOR))


def state_timeline() -> rrb.View:
    view_range = rrb.TimeRange(start=Boundary.absolute(seq=1), end=Boundary.infinite())
    return rrb.StateTimelineView(
        name="x",
        time_view=rrb.TimeAxis(link="independent", view_range=view_range, zoom_lock=True),
        time_ranges=rrb.VisibleTimeRange("frame", start=Boundary.infinite(), end=Boundary.absolute(seq=100)),
    )


def tensor() -> rrb.View:
    indices = [TensorDimensionIndexSelection(dimension=2, index=4)]
    height = TensorDimensionSelection(0, invert=True)
    return rrb.TensorView(
        name="x",
        slice_selection=rrb.TensorSliceSelection(width=1, height=height, indices=indices, slider=[2]),
        scalar_mapping=rrb.TensorScalarMapping(mag_filter="linear", colormap="magma", gamma=2.2),
        view_fit="fillkeepaspectratio",
    )


def tensor_short() -> rrb.View:
    return rrb.TensorView(name="x", view_fit=comp.ViewFit.Original)


def text_document() -> rrb.View:
    return rrb.TextDocumentView(name="x", format_options=arch.TextDocumentFormat(monospace=True, word_wrap=False))


def text_log() -> rrb.View:
    timelines = [TimelineColumn("frame"), TimelineColumn("time", visible=False)]
    columns = [TextLogColumn("Body"), TextLogColumn("LogLevel")]
    return rrb.TextLogView(
        name="x",
        columns=rrb.TextLogColumns(timeline_columns=timelines, text_log_columns=columns),
        rows=rrb.TextLogRows(filter_by_log_level=["WARN", "ERROR"]),
        format_options=rrb.TextLogFormat(monospace_body=True),
    )


def time_series() -> rrb.View:
    view_range = rrb.TimeRange(start=Boundary.cursor_relative(seq=-100), end=Boundary.infinite())
    return rrb.TimeSeriesView(
        name="x",
        axis_x=rrb.TimeAxis(link="linktoglobal", view_range=view_range, zoom_lock=False),
        axis_y=rrb.ScalarAxis(range=[-0.1, 1e300], zoom_lock=True),
        plot_legend=rrb.PlotLegend("lefttop", visible=False),
        background=arch.PlotBackground(color=COLOR, show_grid=True),
        interaction=rrb.PlotInteraction(tooltip_mode="all", points_display="always"),
        time_ranges=_window(),
    )


def time_series_short() -> rrb.View:
    return rrb.TimeSeriesView(
        name="x",
        axis_y=rrb.ScalarAxis(range=[-5, 5]),
        plot_legend=rrb.PlotLegend(visible=False),
        background=arch.PlotBackground(color=COLOR),
    )
