from typing import Any

import rerun as rr
from rerun.blueprint import archetypes
from rerun.blueprint.encodings import VisualizerComponentMapping
from rerun.encodings import AbsoluteTimeRange, TimeRange, TimeRangeBoundary, VisibleTimeRange

ID = bytes([*range(15), 255])


def containers(rec: rr.RecordingStream) -> None:
    container = archetypes.ContainerBlueprint(
        "grid",
        display_name="Größe",
        contents=["/view/a", "/container/b"],
        col_shares=[1, 0.1],
        row_shares=[2, 0.2],
        active_tab="/view/a",
        visible=True,
        grid_columns=3,
    )
    rec.log("container", container)
    viewport = archetypes.ViewportBlueprint(
        root_container=ID,
        maximized=ID,
        auto_layout=True,
        auto_views=False,
        past_viewer_recommendations=[1, 2**64 - 1],
    )
    rec.log("viewport", viewport)


def views(rec: rr.RecordingStream) -> None:
    view: dict[str, Any] = {"display_name": "Größe", "space_origin": "/world", "visible": False, "titlebar": True}
    rec.log("view", archetypes.ViewBlueprint("3D", **view))
    rec.log("contents", archetypes.ViewContents(["+ /**", "- /robot/**"]))
    rec.log("visualizers", archetypes.ActiveVisualizers([[*ID], [*ID]]))
    component_map = [
        VisualizerComponentMapping("Scalars:scalars", "sourcecomponent", source_component="a:b", selector=".x"),
        VisualizerComponentMapping("SeriesLines:colors", "override"),
        VisualizerComponentMapping("SeriesLines:widths", "default"),
        VisualizerComponentMapping("SeriesLines:names", "annotationcontext", source_component=""),
    ]
    rec.log("instruction", archetypes.VisualizerInstruction("SeriesLines", component_map=component_map))


def entities(rec: rr.RecordingStream) -> None:
    rec.log("hidden", archetypes.EntityBehavior(interactive=False, visible=False), static=True)
    rec.log("shown", archetypes.EntityBehavior(visible=[True]))


def panels(rec: rr.RecordingStream) -> None:
    rec.log("panel", archetypes.PanelBlueprint(state="collapsed"))
    playback: dict[str, Any] = {"play_state": "following", "playback_speed": 0.1}
    time: dict[str, Any] = {"state": "expanded", "timeline": "frame", "fps": 29.97, "loop_mode": "selection"}
    selection = AbsoluteTimeRange(10, 2**60)
    rec.log("time", archetypes.TimePanelBlueprint(**time, **playback, time_selection=selection))
    rec.log("previews", archetypes.PreviewsConfig(timeline="frame", **playback, start_point=0.1))
    rec.log("sound", archetypes.AudioPlayback(volume=0.1))


def forms_of_uuids(rec: rr.RecordingStream) -> None:
    for index in range(4):
        rec.log(f"{index}", archetypes.ViewportBlueprint(root_container=ID))
        rec.log(f"{index}", archetypes.ActiveVisualizers([[*ID]]))


def forms_of_time_selections(rec: rr.RecordingStream) -> None:
    for index in range(5):
        rec.log(f"{index}", archetypes.TimePanelBlueprint(time_selection=AbsoluteTimeRange(-5, 7)))
    rec.log("limits", archetypes.TimePanelBlueprint(time_selection=AbsoluteTimeRange(-(2**63), 2**63 - 1)))


def time_ranges(rec: rr.RecordingStream) -> None:
    boundaries = [
        TimeRangeBoundary.cursor_relative(),
        TimeRangeBoundary.cursor_relative(seq=-5),
        TimeRangeBoundary.cursor_relative(nanos=2**62),
        TimeRangeBoundary.absolute(seq=0),
        TimeRangeBoundary.absolute(nanos=-(2**63)),
        TimeRangeBoundary.infinite(),
    ]
    for start in boundaries:
        for end in boundaries:
            rec.log("view", archetypes.VisibleTimeRanges(timeline="frame", start=start, end=end))
            rec.log("axis", archetypes.TimeAxis(view_range=TimeRange(start=start, end=end)))
    ranges = [VisibleTimeRange(name, start=boundaries[0], end=boundaries[3]) for name in ["frame", "größe"]]
    rec.log("two", archetypes.VisibleTimeRanges(ranges))
