import numpy as np
import rerun as rr


def all_fields(rec: rr.RecordingStream) -> None:
    boxes = rr.Boxes3D(
        half_sizes=[[1, 2, 3], [0.5, 0.25, 0.125]],
        centers=[[0, 0, 0], [10, -10, 1]],
        quaternions=[[0, 0, 0, 1], [0.5, 0.5, 0.5, 0.5]],
        rotation_axis_angles=[
            rr.RotationAxisAngle(axis=[0, 0, 1], angle=0.5),
            rr.RotationAxisAngle(axis=[1, 0, 0], angle=1.0),
        ],
        colors=[0xFF0000FF, 0x00FF0080],
        radii=[0.01, -2],
        fill_mode=rr.components.FillMode.Solid,
        labels=["one", "two"],
        show_labels=False,
        class_ids=[7, 8],
    )
    rec.log("boxes", boxes)


def half_sizes(rec: rr.RecordingStream) -> None:
    rec.log("one", rr.Boxes3D(half_sizes=[1, 2, 3]))
    flat = np.array([1, 2, 3, 4, 5, 6], dtype=np.float32)
    rec.log("flat", rr.Boxes3D(half_sizes=flat, centers=[0, 0, 0, 1, 1, 1]))


def sizes(rec: rr.RecordingStream) -> None:
    rec.log("one", rr.Boxes3D(sizes=[1, 2, 3]))
    rec.log("several", rr.Boxes3D(sizes=[[1, 2, 3], [0.1, 0.2, 0.3]], centers=[[1, 1, 1], [2, 2, 2]]))


def mins(rec: rr.RecordingStream) -> None:
    rec.log("with sizes", rr.Boxes3D(mins=[1, 1, 1], sizes=[1, 2, 3]))
    rec.log("with half sizes", rr.Boxes3D(mins=[1, 1, 1], half_sizes=[1, 2, 3]))
    rec.log("several", rr.Boxes3D(mins=[[0.1, 0.2, 0.3], [-1, -1, -1]], sizes=[[0.7, 0.8, 0.9], [1, 1, 1]]))
    rec.log("of one size", rr.Boxes3D(mins=[[0, 0, 0], [5, 5, 5]], sizes=[[2, 2, 2]]))


def rotations(rec: rr.RecordingStream) -> None:
    half = [1, 1, 1]
    degrees = rr.RotationAxisAngle(axis=[0, 0, 1], degrees=30)
    rec.log("degrees", rr.Boxes3D(half_sizes=half, rotation_axis_angles=degrees))
    radians = rr.RotationAxisAngle(axis=[0, 3, 0], radians=2)
    rec.log("radians", rr.Boxes3D(half_sizes=half, rotation_axis_angles=radians))
    rec.log("object", rr.Boxes3D(half_sizes=half, quaternions=rr.Quaternion(xyzw=[0.1, 0.2, 0.3, 0.9])))


def every_fill_mode(rec: rr.RecordingStream) -> None:
    for name in ["MajorWireframe", "DenseWireframe", "Solid", "TransparentFillMajorWireframe"]:
        rec.log("by name", rr.Boxes3D(half_sizes=[1, 1, 1], fill_mode=name))
    for number in [1, 2, 3, 4]:
        rec.log("by number", rr.Boxes3D(half_sizes=[1, 1, 1], fill_mode=number))


def no_boxes(rec: rr.RecordingStream) -> None:
    rec.log("boxes", rr.Boxes3D(half_sizes=[], centers=[]))
    rec.log("null", rr.Boxes3D(half_sizes=[]))
