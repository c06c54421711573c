from typing import Any

import rerun as rr

STYLE: dict[str, Any] = {
    "colors": [0xFF0000FF, 0x00FF0080],
    "labels": ["left", "right"],
    "show_labels": True,
    "draw_order": 30.5,
    "class_ids": [1, 65535],
}


def points(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points2D([[1, 2], [-0.1, 4.5]], **STYLE, radii=[0.5, -2], keypoint_ids=[0, 7]))
    rec.log("keypoints without class", rr.Points2D([1, 2], keypoint_ids=7))
    rec.log("keypoints of a class", rr.Points2D([1, 2], keypoint_ids=7, class_ids=3))
    rec.log("update", rr.Points2D.from_fields(keypoint_ids=7))
    one = rr.Points2D([[1, 2], [3, 4]], radii=0.1, colors=[0, 255, 0], labels="all", class_ids=0)
    rec.log("one of each", one)


def boxes(rec: rr.RecordingStream) -> None:
    half_sizes, centers = [[0.5, 1], [0.1, 0.2]], [[1, 2], [-3, 4.5]]
    rec.log("boxes", rr.Boxes2D(half_sizes=half_sizes, centers=centers, **STYLE, radii=[0.01, -2]))
    rec.log("one", rr.Boxes2D(half_sizes=[1, 2], colors=[255, 165, 0]))
    rec.log("none", rr.Boxes2D(half_sizes=[], centers=[]))


def ellipses(rec: rr.RecordingStream) -> None:
    half_sizes, centers = [[0.5, 1], [0.1, 0.2]], [[1, 2], [-3, 4.5]]
    rec.log("ellipses", rr.Ellipses2D(half_sizes=half_sizes, centers=centers, **STYLE, line_radii=[0.01, -2]))
    rec.log("one", rr.Ellipses2D(half_sizes=[0.1, 0.2], line_radii=-1))


def arrows(rec: rr.RecordingStream) -> None:
    rec.log("arrows", rr.Arrows2D(vectors=[[1, 0], [0, -1]], origins=[[0, 0], [5, 5]], **STYLE, radii=[0.1, -3]))
    rec.log("one", rr.Arrows2D(vectors=[0.1, 0.2]))


def forms_of_vectors(rec: rr.RecordingStream) -> None:
    forms = ["flat", "nested", "float32", "float64", "int8", "uint32", "part of a buffer"]
    for path in [*forms, "list of typed arrays", "objects", "mixed", "iterable"]:
        rec.log(path, rr.Points2D([[1, 2], [3, 4]]))
