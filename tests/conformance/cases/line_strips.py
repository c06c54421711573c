from typing import Any

import numpy as np
import rerun as rr

STYLE: dict[str, Any] = {
    "radii": [0.1, -2],
    "colors": [0xFF0000FF, 0x00FF0080],
    "labels": ["left", "right"],
    "show_labels": False,
    "class_ids": [1, 65535],
}


def strips2d(rec: rr.RecordingStream) -> None:
    strips = [[[0, 0], [1, 1], [2, 0]], [[0.1, 0.2], [5, 6]]]
    rec.log("strips", rr.LineStrips2D(strips, **STYLE, draw_order=-1.5))


def strips3d(rec: rr.RecordingStream) -> None:
    strips = [[[0, 0, 0], [1, 1, 1], [2, 0, 1]], [[0.1, 0.2, 0.3], [4, 5, 6]]]
    rec.log("strips", rr.LineStrips3D(strips, **STYLE))


def one_strip(rec: rr.RecordingStream) -> None:
    for index in range(13):
        rec.log(f"{index}", rr.LineStrips2D([[0, 0], [1, 1], [2, 0]]))


def several_strips(rec: rr.RecordingStream) -> None:
    strips = [[[0, 0, 0], [1, 1, 1]], [[5, 5, 5], [6, 6, 6], [7, 7, 7]]]
    for index in range(7):
        rec.log(f"{index}", rr.LineStrips3D(strips))


def empty_strips(rec: rr.RecordingStream) -> None:
    for path in ["no strips", "null", "no lengths"]:
        rec.log(path, rr.LineStrips3D([]))
    rec.log("without points", rr.LineStrips3D([np.zeros((0, 3))]))
    rec.log("among others", rr.LineStrips3D([np.zeros((0, 3)), np.array([[1, 2, 3]]), np.zeros((0, 3))]))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    each = rr.LineStrips3D.columns(strips=[[[1, 2, 3]], np.zeros((2, 3))])
    rec.send_columns("each row", [frames], each)
    points = np.arange(18).reshape(6, 3)
    parts = rr.LineStrips3D.columns(strips=[points[:1], points[1:3], points[3:]])
    rec.send_columns("partitioned", [frames], parts.partition([2, 1]))
    rec.send_columns("flat", [frames], rr.LineStrips2D.columns(strips=[[[1, 2]], [[3, 4]]]))
