import math

import numpy as np
import rerun as rr


def all_fields(rec: rr.RecordingStream) -> None:
    transform = rr.Transform3D(
        translation=[1, 2, 3],
        rotation_axis_angle=rr.RotationAxisAngle(axis=[0, 0, 1], angle=0.5),
        quaternion=[0, 0, 0, 1],
        scale=[1, 2, 3],
        mat3x3=[[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        relation=rr.TransformRelation.ChildFromParent,
        child_frame="hand",
        parent_frame="arm",
    )
    rec.log("arm", transform)


def each_field_by_itself(rec: rr.RecordingStream) -> None:
    rec.log("translation", rr.Transform3D(translation=np.array([0.1, 0.2, 0.3], dtype=np.float32)))
    rec.log("quaternion", rr.Transform3D(quaternion=rr.Quaternion(xyzw=[0.5, -0.5, 0.5, -0.5])))
    rec.log("frames", rr.Transform3D(child_frame="tf#/a", parent_frame="wörld"))


def scales(rec: rr.RecordingStream) -> None:
    rec.log("number", rr.Transform3D(scale=2.5))
    for path in ["vector", "object"]:
        rec.log(path, rr.Transform3D(scale=[1, 2, 3]))


def axis_angles(rec: rr.RecordingStream) -> None:
    for degrees in [0, 30, 45, 90, 180, 360, -123.456]:
        rotation = rr.RotationAxisAngle(axis=[0, 0, 1], degrees=degrees)
        rec.log("degrees", rr.Transform3D(rotation_axis_angle=rotation))
    for radians in [0, 0.1, math.pi, -1]:
        rotation = rr.RotationAxisAngle(axis=[0, 2, 0], radians=radians)
        rec.log("radians", rr.Transform3D(rotation_axis_angle=rotation))
    rec.log("angle", rr.Transform3D(rotation_axis_angle=rr.RotationAxisAngle(axis=[1, 1, 1], angle=1.25)))


def matrices(rec: rr.RecordingStream) -> None:
    lines = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    for path in ["nested", "rows", "flat rows"]:
        rec.log(path, rr.Transform3D(mat3x3=lines))
    for path in ["columns", "flat columns", "three"]:
        rec.log(path, rr.Transform3D(mat3x3=rr.encodings.Mat3x3(columns=lines)))


def every_relation(rec: rr.RecordingStream) -> None:
    for name in ["ParentFromChild", "ChildFromParent"]:
        rec.log("by name", rr.Transform3D(translation=[0, 0, 0], relation=name))
    for number in [1, 2]:
        rec.log("by number", rr.Transform3D(translation=[0, 0, 0], relation=number))


def nothing(rec: rr.RecordingStream) -> None:
    rec.log("arm", rr.Transform3D(translation=[1, 2, 3]))
