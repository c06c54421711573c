from itertools import permutations

import rerun as rr


def every_view_coordinates(rec: rr.RecordingStream) -> None:
    for order in permutations(["UD", "RL", "FB"]):
        for directions in range(8):
            name = "".join(axis[(directions >> place) & 1] for place, axis in enumerate(order))
            rec.log("world", getattr(rr.ViewCoordinates, name), static=True)


def forms_of_view_coordinates(rec: rr.RecordingStream) -> None:
    for index in range(6):
        rec.log(f"{index}", rr.ViewCoordinates.RDF)
    rec.log("none", rr.ViewCoordinates.from_fields(xyz=[]))


def columns(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[1, 2])
    rec.send_columns("world", [frames], rr.ViewCoordinates.columns(xyz=[[3, 2, 5], [5, 4, 1]]))


def names(rec: rr.RecordingStream) -> None:
    rec.log("robot", rr.CoordinateFrame("größe"))
    rec.log("arm", rr.CoordinateFrame("tf#/arm"), static=True)
    rec.log("arm", rr.TransformAxes3D(0.1, show_frame=True))
    rec.log("hand", rr.TransformAxes3D([0.5, 2]))
