from typing import Any

import rerun as rr

PLACE: dict[str, Any] = {
    "translation": [1, 2, 0.1],
    "rotation_axis_angle": rr.RotationAxisAngle([0, 0, 1], degrees=90),
    "quaternion": [0, 0, 0.1, 0.9],
}


def grids(rec: rr.RecordingStream) -> None:
    data = bytes(range(6))
    format = rr.components.ImageFormat(3, 2, color_model="L", channel_datatype="U8")
    shown: dict[str, Any] = {"cell_size": 0.05, "opacity": 0.1, "draw_order": 1.5, "colormap": "rvizmap"}
    rec.log("map", rr.GridMap(data=data, format=format, **PLACE, **shown))
    rec.log("plain", rr.GridMap(data=data, format=rr.components.ImageFormat(3, 2), cell_size=1))


def voxels(rec: rr.RecordingStream) -> None:
    map = rr.VoxelGridMap(
        [[-1, 2, 3], [4, 5, -(2**31)]],
        [0.1, 0.2, 0.3],
        values=[0, 0.1],
        colors=[0xFF0000FF, 0x00FF0080],
        opacity=0.1,
        value_range=[0, 0.5],
        colormap="inferno",
        **PLACE,
    )
    rec.log("map", map)


def forms_of_indices(rec: rr.RecordingStream) -> None:
    for index in range(5):
        rec.log(f"{index}", rr.VoxelGridMap([[1, 2, 3], [-4, 5, 6]], [1, 1, 1]))
