"""Makes a recording with about thirty archetypes, with the Rerun SDK of any release since 0.23.

`make_release.py OUTPUT.rrd`, or `make_release.py rerun+http://HOST:PORT/proxy` for a server.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

import numpy as np
import rerun as rr
import rerun.blueprint as rrb


def optional(archetype: Any, **arguments: Any) -> dict[str, Any]:
    """Those of the arguments that the archetype has in this release."""
    known = inspect.signature(archetype.__init__).parameters
    return {name: value for name, value in arguments.items() if name in known}


def layout() -> rrb.Blueprint:
    views = [
        rrb.TimeSeriesView(origin="/wave", name="Waves"),
        rrb.Spatial3DView(origin="/world", contents=["$origin/**", "- /world/mesh"], background=[10, 20, 30]),
        rrb.Spatial2DView(origin="/image"),
        rrb.TextLogView(name="Log"),
    ]
    return rrb.Blueprint(rrb.Horizontal(rrb.Tabs(*views[:2]), rrb.Vertical(*views[2:])), collapse_panels=True)


def log_static(rec: rr.RecordingStream) -> None:
    rec.log("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP, static=True)
    rec.log("classes", rr.AnnotationContext([(1, "one", (255, 0, 0)), (2, "two")]), static=True)
    rec.log("arm/hand", rr.InstancePoses3D(translations=[[1, 2, 3]], quaternions=[[0, 0, 0, 1]], scales=[[1, 1, 2]]), static=True)
    rec.log("wave/b", rr.SeriesLines(names="wave", colors=[1, 2, 3], visible_series=True), static=True)
    rec.log("wave/c", rr.SeriesPoints(markers="cross", marker_sizes=4), static=True)
    rec.log("camera", rr.Pinhole(focal_length=100, width=64, height=48), static=True)
    rec.log("doc", rr.TextDocument("# Title", media_type="text/markdown"), static=True)
    rec.log("map", rr.GeoPoints(lat_lon=[[47.6, 8.5]], radii=rr.Radius.ui_points(3)), static=True)
    rec.log("map/way", rr.GeoLineStrings(lat_lon=[[[47.6, 8.5], [47.7, 8.6]]]), static=True)
    rec.log("graph", rr.GraphNodes(["a", "b"], labels=["A", "B"]), rr.GraphEdges([("a", "b")], graph_type="directed"), static=True)
    rec.log("frame", *(rr.TransformAxes3D(0.5), ) if hasattr(rr, "TransformAxes3D") else (rr.Transform3D(**optional(rr.Transform3D, axis_length=0.5)), ), static=True)
    if hasattr(rr, "CoordinateFrame"):
        rec.log("frame/other", rr.CoordinateFrame("other"), static=True)


def log_frame(rec: rr.RecordingStream, frame: int) -> None:
    rec.set_time("frame", sequence=frame)
    rec.set_time("sim", duration=frame * 0.25)
    rec.set_time("clock", timestamp=1_700_000_000 + frame)
    rec.log("wave/a", rr.Scalars(frame * 0.5))
    rec.log("wave/b", rr.Scalars([frame, -frame]))
    if frame % 3 == 0:
        positions = [[frame, 1, 2], [3, 4, frame]]
        rec.log("world/points", rr.Points3D(positions, colors=[[frame, 0, 0], [0, 0, 255]], radii=[0.1, 0.2], labels=["a", "b"]))
        rec.log("log", rr.TextLog(f"frame {frame}", level="INFO"))
        rec.log("arm", rr.Transform3D(translation=[frame, 2, 3], **optional(rr.Transform3D, axis_length=0.5)))
        rec.log("any", rr.AnyValues(number=[frame, 2], text="a"))
    if frame == 4:
        rec.log("world", rr.Clear(recursive=True))


def log_shapes(rec: rr.RecordingStream) -> None:
    rec.log("world/boxes", rr.Boxes3D(half_sizes=[[1, 2, 3]], centers=[[0, 0, 1]], fill_mode="solid"))
    rec.log("world/arrows", rr.Arrows3D(vectors=[[1, 0, 0]], origins=[[0, 0, 0]]))
    rec.log("world/lines", rr.LineStrips3D([[[0, 0, 0], [1, 1, 1]], [[2, 2, 2], [3, 3, 3], [4, 4, 4]]]))
    rec.log("world/ellipsoids", rr.Ellipsoids3D(half_sizes=[[1, 2, 3]]))
    rec.log("world/capsules", rr.Capsules3D(lengths=[1], radii=[0.5]))
    rec.log("world/mesh", rr.Mesh3D(vertex_positions=[[0, 0, 0], [1, 0, 0], [0, 1, 0]], triangle_indices=[[0, 1, 2]], albedo_factor=[1, 2, 3]))
    rec.log("image", rr.Image(np.arange(36, dtype=np.uint8).reshape(3, 4, 3)))
    rec.log("image/depth", rr.DepthImage(np.arange(12, dtype=np.uint16).reshape(3, 4), meter=1000))
    rec.log("image/segments", rr.SegmentationImage(np.arange(12, dtype=np.uint8).reshape(3, 4)))
    rec.log("image/points", rr.Points2D([[1, 2], [3, 4]], class_ids=[1, 2], keypoint_ids=[0, 1]))
    rec.log("image/boxes", rr.Boxes2D(array=[1, 2, 3, 4], array_format=rr.Box2DFormat.XYWH))
    rec.log("image/arrows", rr.Arrows2D(vectors=[[1, 0]]))
    rec.log("image/lines", rr.LineStrips2D([[[0, 0], [1, 1]]]))
    rec.log("file", rr.EncodedImage(contents=b"\xff\xd8\xff\xd9", media_type="image/jpeg"))
    rec.log("tensor", rr.Tensor(np.arange(8, dtype=np.float32).reshape(2, 2, 2), dim_names=["x", "y", "z"]))
    rec.log("bars", rr.BarChart([1, 2, 3]))
    rec.log("video", rr.VideoFrameReference(seconds=1.5, video_reference="video"))


def main(target: str) -> None:
    rec = rr.RecordingStream("releases", recording_id="release", make_default=False, make_thread_default=False)
    if target.startswith("rerun+http"):
        rec.connect_grpc(target)
    else:
        rec.save(target)
    rec.send_recording_name("of a release")
    rec.send_property("episode", rr.AnyValues(number=7, success=True))
    # Before the rows: the footers of 0.28.0 to 0.32.0 then list these under the blueprint.
    rec.send_blueprint(layout())
    log_static(rec)
    for frame in range(8):
        log_frame(rec, frame)
    log_shapes(rec)
    rec.reset_time()
    rec.send_columns(
        "columns",
        indexes=[rr.TimeColumn("frame", sequence=[20, 21, 22])],
        columns=rr.Scalars.columns(scalars=[1.0, 2.0, 3.0]),
    )
    rec.flush()
    rec.disconnect()


if __name__ == "__main__":
    main(sys.argv[1])
