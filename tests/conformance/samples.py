"""Two instances of every component and encoding (view coordinates are one), in the plainest form that Python accepts.

samples.ts has the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import rerun as rr
from definitions import COMPONENTS, ENCODINGS
from rerun import components, encodings
from rerun.blueprint import components as blueprint_components
from rerun.blueprint import encodings as blueprint_encodings


def two_instances(type: str) -> Any:
    """The sample of a component or an encoding, by its full name."""
    definition = COMPONENTS.get(type) or ENCODINGS[type]
    if "enum" in definition:
        return [*definition["enum"]][:2]
    return _BY_COMPONENT[type] if type in _BY_COMPONENT else _BY_ENCODING[definition["encoding"]]


def one_by_one(batch: Any, *values: Any) -> pa.Array:
    """Instances of a component whose batches in Python accept one instance at a time."""
    return pa.concat_arrays([batch(value).as_arrow_array() for value in values])


def channel_counts(*counts: dict[int, int]) -> pa.Array:
    """Python's own batches of these are not implemented."""
    pairs = [[{"channel_id": id, "message_count": count} for id, count in items.items()] for items in counts]
    return pa.array(pairs, components.ChannelMessageCountsBatch._ARROW_DATATYPE)


def _column(component: str) -> Any:
    return blueprint_components.ComponentColumnSelector(entity_path="/points", component=component)


def _mapping(*options: Any, **more: Any) -> Any:
    return blueprint_encodings.VisualizerComponentMapping(*options, **more)


_SIXTEEN = (np.arange(16) / 10).reshape(4, 4)
_CLASSES: list[Any] = [
    rr.ClassDescription(info=1),
    rr.ClassDescription(info=(2, "a"), keypoint_annotations=[3]),
]
_TENSORS = one_by_one(
    components.TensorDataBatch,
    np.arange(6, dtype=np.uint8),
    encodings.TensorData(array=np.array([0.5, 1.5]), dim_names=["x"]),
)
_BOUNDARY = rr.encodings.TimeRangeBoundary
_RANGES = [
    encodings.TimeRange(start=_BOUNDARY.cursor_relative(seq=-5), end=_BOUNDARY.infinite()),
    encodings.TimeRange(start=_BOUNDARY.absolute(seq=3), end=_BOUNDARY.cursor_relative()),
]

_BY_ENCODING = {
    "rerun.blueprint.encodings.ColumnType": [
        blueprint_encodings.ColumnType(component="GridMap:colormap"),
        blueprint_encodings.ColumnType(component_type_name="rerun.components.Flag"),
    ],
    "rerun.blueprint.encodings.ComponentColumnSelector": [
        _column("radii"),
        blueprint_components.ComponentColumnSelector(entity_path="/", component=""),
    ],
    "rerun.blueprint.encodings.FilterByRange": [
        blueprint_encodings.FilterByRange(1, 2),
        blueprint_encodings.FilterByRange(-(2**60), 2**60),
    ],
    "rerun.blueprint.encodings.FilterIsNotNull": [
        blueprint_encodings.FilterIsNotNull(active=True, column=_column("Points3D:radii")),
        blueprint_encodings.FilterIsNotNull(active=False, column=_column("Points3D:colors")),
    ],
    "rerun.blueprint.encodings.SelectedColumns": [
        blueprint_encodings.SelectedColumns(["frame", "time", _column("radii")]),
        blueprint_encodings.SelectedColumns([]),
    ],
    "rerun.blueprint.encodings.SortBy": [
        blueprint_encodings.SortBy("name", direction="Descending"),
        blueprint_encodings.SortBy("size"),
    ],
    "rerun.blueprint.encodings.TensorDimensionIndexSlider": [1, 2],
    "rerun.blueprint.encodings.TextLogColumn": [
        blueprint_encodings.TextLogColumn("Body"),
        blueprint_encodings.TextLogColumn("LogLevel", visible=False),
    ],
    "rerun.blueprint.encodings.TimelineColumn": [
        blueprint_encodings.TimelineColumn("frame"),
        blueprint_encodings.TimelineColumn("time", visible=False),
    ],
    "rerun.blueprint.encodings.VisualizerComponentMapping": [
        _mapping("Scalars:scalars", "SourceComponent", source_component="a:b", selector=".x"),
        _mapping("Scalars:colors", "Default"),
    ],
    "rerun.encodings.AbsoluteTimeRange": [encodings.AbsoluteTimeRange(1, 2), encodings.AbsoluteTimeRange(-3, 2**60)],
    "rerun.encodings.Angle": [encodings.Angle(deg=90), encodings.Angle(rad=0.1)],
    "rerun.encodings.AnnotationInfo": [encodings.AnnotationInfo(1, "a", (255, 0, 0)), encodings.AnnotationInfo(2)],
    "rerun.encodings.Blob": [b"\x01\x02\x03", b""],
    "rerun.encodings.Bool": [True, False],
    "rerun.encodings.ChannelCountPair": [(1, 2), (3, 2**60)],
    "rerun.encodings.ClassDescription": _CLASSES,
    "rerun.encodings.ClassDescriptionMapElem": _CLASSES,
    "rerun.encodings.ClassId": [1, 65535],
    "rerun.encodings.DVec2D": [[59.3, 18.1], [-33.9, 151.2]],
    "rerun.encodings.EntityPath": ["/robot/arm", "/world"],
    "rerun.encodings.Float32": [0.1, -2.5],
    "rerun.encodings.Float64": [0.1, -1e300],
    "rerun.encodings.IVec3D": [[-1, 2, 3], [4, 5, -(2**31)]],
    "rerun.encodings.ImageFormat": [
        components.ImageFormat(2, 1, color_model="RGB", channel_datatype="U8"),
        components.ImageFormat(4, 2, pixel_format="NV12"),
    ],
    "rerun.encodings.KeypointId": [0, 7],
    "rerun.encodings.KeypointPair": [(1, 2), (3, 4)],
    "rerun.encodings.Mat3x3": [
        encodings.Mat3x3([[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
        encodings.Mat3x3(columns=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
    ],
    "rerun.encodings.Mat4x4": [encodings.Mat4x4(_SIXTEEN), encodings.Mat4x4(columns=_SIXTEEN)],
    "rerun.encodings.Plane3D": [encodings.Plane3D([0, 0, 1], 0.5), encodings.Plane3D([1, 0, 0])],
    "rerun.encodings.Quaternion": [[0, 0, 0, 1], [0.5, -0.5, 0.5, 0.5]],
    "rerun.encodings.Range1D": [[0, 1], [-2.5, 1e300]],
    "rerun.encodings.Range2D": [
        blueprint_components.VisualBounds2D(x_range=[0, 640], y_range=[0, 480]),
        blueprint_components.VisualBounds2D(x_range=[-1, 1], y_range=[-0.1, 0.1]),
    ],
    "rerun.encodings.Rgba32": [[255, 136, 0, 128], [0, 0, 255, 255]],
    "rerun.encodings.RotationAxisAngle": [
        rr.RotationAxisAngle([0, 0, 1], degrees=90),
        rr.RotationAxisAngle([1, 2, 3], radians=0.5),
    ],
    "rerun.encodings.SphericalHarmonics3Rgb": np.arange(90).reshape(2, 45) / 64,
    "rerun.encodings.TensorBuffer": _TENSORS.field("buffer"),
    "rerun.encodings.TensorData": _TENSORS,
    "rerun.encodings.TensorDimensionIndexSelection": [
        encodings.TensorDimensionIndexSelection(dimension=1, index=2),
        encodings.TensorDimensionIndexSelection(dimension=2, index=2**60),
    ],
    "rerun.encodings.TensorDimensionSelection": [
        encodings.TensorDimensionSelection(1),
        encodings.TensorDimensionSelection(2, invert=True),
    ],
    "rerun.encodings.TimeInt": [1, -(2**60)],
    "rerun.encodings.TimeRange": _RANGES,
    "rerun.encodings.TimeRangeBoundary": [_BOUNDARY.infinite(), _BOUNDARY.absolute(seq=-(2**60))],
    "rerun.encodings.UInt16": [1, 65535],
    "rerun.encodings.UInt32": [1, 2**32 - 1],
    "rerun.encodings.UInt64": [1, 2**64 - 1],
    "rerun.encodings.UVec2D": [[0, 1], [2, 2**32 - 1]],
    "rerun.encodings.UVec3D": [[0, 1, 2], [3, 4, 2**32 - 1]],
    "rerun.encodings.UVec4D": [[0, 1, 2, 3], [4, 5, 6, 2**32 - 1]],
    "rerun.encodings.Utf8": ["größe", ""],
    "rerun.encodings.Utf8Pair": [("a", "b"), ("b", "")],
    "rerun.encodings.Uuid": [list(range(16)), [255] * 16],
    "rerun.encodings.Vec2D": [[1, 2], [-0.1, 4.5]],
    "rerun.encodings.Vec3D": [[1, 2, 3], [-0.1, 5.5, 1e30]],
    "rerun.encodings.Vec4D": [[1, 2, 3, 4], [-0.1, 5.5, 1e30, 0]],
    "rerun.encodings.VideoTimestamp": [1, 1_500_000_000],
    "rerun.encodings.ViewCoordinates": [3, 2, 5],
    "rerun.encodings.VisibleTimeRange": [
        encodings.VisibleTimeRange(timeline, range) for timeline, range in zip(["frame", "time"], _RANGES)
    ],
}

_BY_COMPONENT = {
    "rerun.blueprint.components.ColumnOrder": one_by_one(
        blueprint_components.ColumnOrderBatch, ["/a", "/b"], ["/c"]
    ),
    "rerun.components.AnnotationContext": one_by_one(
        components.AnnotationContextBatch,
        [(1, "car", (255, 0, 0)), 2],
        [rr.ClassDescription(info=3, keypoint_annotations=[(0, "nose")], keypoint_connections=[(0, 0)])],
    ),
    "rerun.components.ChannelMessageCounts": channel_counts({1: 10, 2: 2**60}, {3: 0}),
    "rerun.components.GeoLineString": [[[59.3, 18.1], [59.4, 18.2]], [[-33.9, 151.2]]],
    "rerun.components.KeyValuePairs": [{"a": "1", "b": ""}, {"c": "3"}],
    "rerun.components.LineStrip2D": [[[0, 0], [1, 1], [2, 0]], [[5, 5], [6, 6]]],
    "rerun.components.LineStrip3D": [[[0, 0, 0], [1, 1, 1]], [[5, 5, 5], [6, 6, 6], [7, 7, 7]]],
}
