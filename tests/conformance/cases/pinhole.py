from itertools import permutations, product

import rerun as rr


def all_fields(rec: rr.RecordingStream) -> None:
    pinhole = rr.Pinhole(
        image_from_camera=[[500, 0, 320], [0, 400, 240], [0, 0, 1]],
        resolution=[640, 480],
        camera_xyz=rr.ViewCoordinates.RUB,
        child_frame="camera",
        parent_frame="robot",
        image_plane_distance=0.5,
        color=[255, 128, 0],
        line_width=0.01,
    )
    rec.log("camera", pinhole)


def focal_length(rec: rr.RecordingStream) -> None:
    rdf = rr.ViewCoordinates.RDF
    rec.log("size", rr.Pinhole(focal_length=500, width=640, height=480))
    rec.log("odd size", rr.Pinhole(focal_length=123.456, width=641, height=479))
    rec.log("resolution", rr.Pinhole(focal_length=[500, 400], resolution=[640, 480]))
    rec.log("principal point", rr.Pinhole(focal_length=[500, 400], principal_point=[1, 2]))
    rec.log("both", rr.Pinhole(focal_length=3, principal_point=[1, 2], width=4, height=5, camera_xyz=rdf))


def field_of_view(rec: rr.RecordingStream) -> None:
    rec.log("camera", rr.Pinhole(fov_y=0.8, aspect_ratio=1.5))
    rec.log("wide", rr.Pinhole(fov_y=2.5, aspect_ratio=16 / 9, image_plane_distance=10))


def matrices(rec: rr.RecordingStream) -> None:
    matrix = [[500, 0, 320], [0, 400, 240], [0, 0, 1]]
    for path in ["rows", "columns"]:
        rec.log(path, rr.Pinhole(image_from_camera=matrix))
    rec.log("cleared", rr.Pinhole.from_fields(image_from_camera=[]))


def every_view_coordinates(rec: rr.RecordingStream) -> None:
    for order in permutations([0, 1, 2]):
        for axes in product("UD", "RL", "FB"):
            name = "".join(axes[axis] for axis in order)
            _log_view_coordinates(rec, "camera", getattr(rr.ViewCoordinates, name))


def forms_of_view_coordinates(rec: rr.RecordingStream) -> None:
    for path in ["initials", "lower case", "names"]:
        _log_view_coordinates(rec, path, rr.ViewCoordinates.RDF)
    for path in ["numbers", "bytes"]:
        _log_view_coordinates(rec, path, [3, 2, 5])


def _log_view_coordinates(rec: rr.RecordingStream, path: str, camera_xyz: rr.components.ViewCoordinates) -> None:
    rec.log(path, rr.Pinhole(focal_length=1, principal_point=[0, 0], camera_xyz=camera_xyz))
