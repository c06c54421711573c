from pathlib import Path

import numpy as np
import rerun as rr

ASSETS = Path(__file__).parents[3] / "examples/assets"


def boxes2d_by_sizes_and_corners(rec: rr.RecordingStream) -> None:
    rec.log("sizes", rr.Boxes2D(sizes=[3, 5]))
    rec.log("several", rr.Boxes2D(sizes=[[1, 2], [0.1, 0.2]], centers=[[1, 1], [2, 2]], labels=["a", "b"]))
    rec.log("corners", rr.Boxes2D(mins=[1, 1], sizes=[1, 2]))
    rec.log("corners and half sizes", rr.Boxes2D(mins=[[0.1, 0.2], [-1, -1]], half_sizes=[[0.7, 0.8], [1, 1]]))


def boxes2d_by_arrays(rec: rr.RecordingStream) -> None:
    for format in ["XYWH", "YXHW", "XYXY", "YXYX", "XCYCWH", "XCYCW2H2"]:
        rec.log(format, rr.Boxes2D(array=[1, 2, 3.5, 4.5], array_format=rr.Box2DFormat[format]))
    array = [[1, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]]
    # The native SDK reverses the order of rows in formats that begin with Y.
    for format in ["XYWH", "XYXY", "XCYCWH", "XCYCW2H2"]:
        boxes = rr.Boxes2D(array=array, array_format=rr.Box2DFormat[format], colors=[255, 0, 0])
        rec.log(f"{format}/several", boxes)


def spheres(rec: rr.RecordingStream) -> None:
    rec.log("spheres", rr.Ellipsoids3D(radii=[1, 2.5], centers=[[0, 0, 0], [3, 3, 3]]))


def rotations_of_either_kind(rec: rr.RecordingStream) -> None:
    half_sizes = [1, 1, 1]
    rec.log("quaternions", rr.Boxes3D(half_sizes=half_sizes, rotations=[rr.Quaternion(xyzw=[0, 0, 0, 1])]))
    about_axis = rr.RotationAxisAngle(axis=[0, 0, 1], radians=0.5)
    rec.log("axes", rr.Boxes3D(half_sizes=half_sizes, rotations=[about_axis]))
    rec.log("transform", rr.Transform3D(rotation=rr.Quaternion(xyzw=[0, 0, 0.6, 0.8])))
    rec.log("transform", rr.Transform3D(rotation=rr.RotationAxisAngle(axis=[1, 0, 0], degrees=90), scale=2))


def degrees(rec: rr.RecordingStream) -> None:
    points = [[59.3, 18.1], [-33.5, 151.25]]
    for _ in range(2):
        rec.log("points", rr.GeoPoints(lat_lon=points))
    rec.log("lines", rr.GeoLineStrings(lat_lon=[[59.3, 18.1], [59.4, 18.2]]))
    rec.log("lines", rr.GeoLineStrings(lat_lon=[[[59.3, 18.1], [59.4, 18.2]], [[2, 1], [4, 3], [6, 5]]]))


def texture(rec: rr.RecordingStream) -> None:
    vertex_positions = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    rgb = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    rec.log("rgb", rr.Mesh3D(vertex_positions=vertex_positions, albedo_texture=rgb))
    rgba = (np.arange(4, dtype=np.float32) / 4).reshape(1, 1, 4)
    rec.log("rgba", rr.Mesh3D(vertex_positions=vertex_positions, albedo_texture=rgba))


def geometry(rec: rr.RecordingStream) -> None:
    mesh = rr.Mesh3D(
        vertex_positions=[[0, 0, 0], [1, 0, 0], [0, 1, 0]],
        vertex_normals=[[0, 0, 1]] * 3,
        vertex_texcoords=[[0, 0], [1, 0], [0, 1]],
        triangle_indices=[0, 1, 2],
        albedo_factor=[255, 0, 0],
    )
    rec.log("mesh", mesh)


def matrix4(rec: rr.RecordingStream) -> None:
    mat3x3 = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    relation = rr.TransformRelation.ChildFromParent
    rec.log("matrix", rr.Transform3D(translation=[10, 20, 30], mat3x3=mat3x3, relation=relation))


def files(rec: rr.RecordingStream) -> None:
    rec.log("picture", rr.EncodedImage(path=ASSETS / "picture.jpg", opacity=0.5))
    video = rr.AssetVideo(path=ASSETS / "clip.mp4")
    rec.log("video", video, static=True)
    times = video.read_frame_timestamps_nanos()
    columns = rr.VideoFrameReference.columns_nanos(times)
    rec.send_columns("video", indexes=[rr.TimeColumn("time", duration=1e-9 * times)], columns=columns)
    glb = bytes([0x67, 0x6C, 0x54, 0x46, 2, 0, 0, 0])
    rec.log("model", rr.Asset3D(contents=glb, media_type="model/gltf-binary", albedo_factor=[1, 2, 3]))
    rec.log("sound", rr.AssetAudio(contents=b"RIFF\0\0\0\0WAVEfmt ", media_type="audio/wav"))


def frames_of_videos(rec: rr.RecordingStream) -> None:
    for name in ["b-frames", "fragments"]:
        times = rr.AssetVideo(path=Path(__file__).parents[1] / f"assets/{name}.mp4").read_frame_timestamps_nanos()
        rec.send_columns(name, indexes=[], columns=rr.VideoFrameReference.columns_nanos(times))


def coordinate_systems(rec: rr.RecordingStream) -> None:
    systems = {name: value for name, value in vars(rr.components.ViewCoordinates).items() if name.isupper() and name[0] != "_"}
    for name in sorted(systems):
        rec.log(name, getattr(rr.ViewCoordinates, name))


def named_tensor(rec: rr.RecordingStream) -> None:
    data = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float64)
    rec.log("tensor", rr.Tensor(data, dim_names=["row", "column"]))


def ui_points(rec: rr.RecordingStream) -> None:
    rec.log("points", rr.Points3D([0, 0, 0], radii=rr.Radius.ui_points(5)))
    rec.log("points", rr.Points3D([[0, 0, 0], [1, 1, 1]], radii=rr.Radius.ui_points([5, 0.5])))
