import numpy as np
import rerun as rr
from rerun.blueprint import archetypes

POINTS = np.zeros((3, 3))


def numbers(rec: rr.RecordingStream) -> None:
    values = [1, 2, 3]
    for index in range(12):
        rec.log(f"float32/{index}", rr.Points3D(POINTS, radii=values))
        rec.log(f"float64/{index}", rr.Scalars(values))
        rec.log(f"uint16/{index}", rr.Points3D(POINTS, class_ids=values, keypoint_ids=values))
        rec.log(f"uint32/{index}", archetypes.ContainerBlueprint.from_fields(grid_columns=values))
        rec.log(f"uint64/{index}", archetypes.ViewportBlueprint.from_fields(past_viewer_recommendations=values))


def integers(rec: rr.RecordingStream) -> None:
    for index in range(7):
        rec.log(f"{index}", archetypes.ViewportBlueprint(past_viewer_recommendations=[1, 2]))
    for value in [0, 1, 2**53 - 1, 2**64 - 1]:
        rec.log("one", archetypes.ViewportBlueprint(past_viewer_recommendations=value))


def texts_and_booleans(rec: rr.RecordingStream) -> None:
    for _ in range(3):
        rec.log("one text", rr.Points3D(POINTS, labels="a"))
    for _ in range(2):
        rec.log("texts", rr.Points3D(POINTS, labels=["a", "", "b"]))
    for _ in range(3):
        rec.log("one", rr.Points3D(POINTS, show_labels=True))
    rec.log("many", rr.SeriesLines.from_fields(visible_series=[index % 3 == 0 for index in range(19)]))


def ranges(rec: rr.RecordingStream) -> None:
    for index in range(4):
        rec.log(f"{index}", archetypes.ScalarAxis(range=[-1, 0.1]))
    for _ in range(3):
        rec.log("two", rr.Tensor.from_fields(value_range=[[1, 2], [3, 4]]))
