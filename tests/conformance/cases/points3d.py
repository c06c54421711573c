import numpy as np
import rerun as rr


def all_fields(rec: rr.RecordingStream) -> None:
    points = rr.Points3D(
        [[1, 2, 3], [4.5, -5.25, 1e-3]],
        radii=[0.5, 2],
        colors=[0xFF0000FF, 0x00FF0080],
        labels=["left", "right"],
        show_labels=True,
        point_shading=rr.components.PointShading.Flat,
        class_ids=[1, 65535],
        keypoint_ids=[0, 7],
    )
    rec.log("points", points)


def keypoints_without_class(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D([1, 2, 3], keypoint_ids=7))
    rec.log("empty", rr.Points3D([1, 2, 3], keypoint_ids=[]))
    rec.log("update", rr.Points3D.from_fields(keypoint_ids=7))


def one_of_everything(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D([1, 2, 3], radii=0.5, colors=0xFF8800FF, labels="one", class_ids=3))


def every_form_of_positions(rec: rr.RecordingStream) -> None:
    rec.log("one", rr.Points3D([1, 2, 3]))
    rec.log("flat", rr.Points3D([1, 2, 3, 4, 5, 6]))
    rec.log("nested", rr.Points3D([[1, 2, 3], [4, 5, 6]]))
    rec.log("float32", rr.Points3D(np.array([1.5, 2.5, 3.5, 4.5, 5.5, 6.5], dtype=np.float32)))
    rec.log("float64", rr.Points3D(np.array([0.1, 0.2, 0.3, 1e30, 1 / 3, -1e-30])))
    rec.log("integers", rr.Points3D(np.array([-32768, 0, 32767], dtype=np.int16)))
    for path in ["rows of typed arrays", "objects"]:
        rec.log(path, rr.Points3D([[1, 2, 3], [4, 5, 6]]))
    for path in ["object", "three"]:
        rec.log(path, rr.Points3D([1, 2, 3]))
    rec.log("iterable", rr.Points3D([[1, 2, 3], [4, 5, 6]]))


def no_points(rec: rr.RecordingStream) -> None:
    for path in ["array", "typed array", "null"]:
        rec.log(path, rr.Points3D([]))
    rec.log("fields", rr.Points3D([], colors=[], labels=[], radii=[]))


def radii_in_scene_units_and_ui_points(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D([0, 0, 0, 1, 1, 1], radii=[0.25, rr.components.Radius.ui_points(5)]))
    rec.log("typed", rr.Points3D([0, 0, 0, 1, 1, 1], radii=np.array([0.1, 0.3])))


def every_shading(rec: rr.RecordingStream) -> None:
    for name in ["Gradient", "Flat"]:
        rec.log("by name", rr.Points3D([0, 0, 0], point_shading=name))
    for number in [1, 2]:
        rec.log("by number", rr.Points3D([0, 0, 0], point_shading=number))


def one_value_for_many_points(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D([0, 0, 0, 1, 1, 1, 2, 2, 2], colors=[255, 0, 0], radii=1, show_labels=False))


def many_points(rec: rr.RecordingStream) -> None:
    positions = (np.arange(30_000) / 7).astype(np.float32)
    colors = (np.arange(10_000) * 256 + 255).astype(np.uint32)
    rec.log("points", rr.Points3D(positions, colors=colors))
