from typing import Any

import numpy as np
import rerun as rr

STYLE: dict[str, Any] = {
    "colors": [0xFF0000FF, 0x00FF0080],
    "labels": ["left", "right"],
    "show_labels": True,
    "class_ids": [1, 65535],
}
POSE: dict[str, Any] = {
    "quaternions": [[0, 0, 0, 1], [0.5, -0.5, 0.5, 0.5]],
    "rotation_axis_angles": [
        rr.RotationAxisAngle([0, 0, 1], degrees=90),
        rr.RotationAxisAngle([1, 2, 3], radians=0.1),
    ],
}
PLACES = [[1, 2, 3], [-0.1, 5.5, 1e30]]


def ellipsoids(rec: rr.RecordingStream) -> None:
    shape = {"half_sizes": [[1, 2, 3], [0.1, 0.2, 0.3]], "centers": PLACES, "fill_mode": "solid"}
    rec.log("ellipsoids", rr.Ellipsoids3D(**shape, **POSE, **STYLE, line_radii=[0.01, -2]))
    rec.log("one", rr.Ellipsoids3D(half_sizes=[1, 2, 3]))


def capsules(rec: rr.RecordingStream) -> None:
    shape = {"lengths": [1, 0.1], "radii": [0.5, 0.2], "translations": PLACES, "fill_mode": "densewireframe"}
    rec.log("capsules", rr.Capsules3D(**shape, **POSE, **STYLE, line_radii=[0.01, -2]))
    rec.log("one", rr.Capsules3D(lengths=1, radii=0.5))


def cylinders(rec: rr.RecordingStream) -> None:
    shape = {"lengths": [1, 0.1], "radii": [0.5, 0.2], "centers": PLACES, "fill_mode": "majorwireframe"}
    rec.log("cylinders", rr.Cylinders3D(**shape, **POSE, **STYLE, line_radii=[0.01, -2]))
    rec.log("one", rr.Cylinders3D(lengths=[0.1], radii=[2]))


def arrows(rec: rr.RecordingStream) -> None:
    origins = [[0, 0, 0], [5, 5, 5]]
    rec.log("arrows", rr.Arrows3D(vectors=PLACES, origins=origins, **STYLE, radii=[0.1, -3]))
    rec.log("one", rr.Arrows3D(vectors=[0.1, 0.2, 0.3]))


def poses(rec: rr.RecordingStream) -> None:
    lines = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    matrices = [rr.encodings.Mat3x3(lines), rr.encodings.Mat3x3(columns=lines)]
    rec.log("poses", rr.InstancePoses3D(translations=PLACES, scales=PLACES, **POSE, mat3x3=matrices))


def forms_of_rotations(rec: rr.RecordingStream) -> None:
    axis = [0, 0, 1]
    degrees, radians = rr.RotationAxisAngle(axis, degrees=30), rr.RotationAxisAngle(axis, radians=0.1)
    rotations = [degrees, radians, radians, radians, degrees, degrees, degrees, degrees, []]
    for index, rotation in enumerate(rotations):
        rec.log(f"axis and angle {index}", rr.InstancePoses3D(rotation_axis_angles=rotation))
    for index in range(8):
        rec.log(f"quaternion {index}", rr.InstancePoses3D(quaternions=[[0.1, 0.2, 0.3, 0.9]]))


def forms_of_matrices(rec: rr.RecordingStream) -> None:
    lines = [[1, 2, 3], [4, 5, 6], [7, 8, 0.1]]
    for index in range(6):
        rec.log(f"rows {index}", rr.InstancePoses3D(mat3x3=rr.encodings.Mat3x3(lines)))
    for index in range(5):
        rec.log(f"columns {index}", rr.InstancePoses3D(mat3x3=rr.encodings.Mat3x3(columns=lines)))


def forms_of_scales(rec: rr.RecordingStream) -> None:
    rec.log("number", rr.InstancePoses3D(scales=[[0.1, 0.1, 0.1]]))
    rec.log("list of one", rr.InstancePoses3D(scales=[[1, 2, 3]]))
    rec.log("typed", rr.InstancePoses3D(scales=np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)))
