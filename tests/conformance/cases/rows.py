import numpy as np
import rerun as rr


def several_archetypes_in_one(rec: rr.RecordingStream) -> None:
    rec.log("robot", rr.Transform3D(translation=[1, 2, 3]), rr.Points3D([0, 0, 0]), rr.TextLog("here"))
    rec.log("robot", rr.Scalars([1, 2, 3]))


def different_components_from_row_to_row(rec: rr.RecordingStream) -> None:
    for frame in range(30):
        rec.set_time("frame", sequence=frame)
        if frame % 2 == 0:
            rec.log("mixed", rr.Points3D([frame, 0, 0]))
        if frame % 3 == 0:
            rec.log("mixed", rr.Points3D([0, frame, 0], colors=[frame, 0, 0]))
        if frame % 5 == 0:
            rec.log("mixed", rr.Points3D([0, 0, frame], labels=f"at {frame}", radii=frame))
        if frame % 7 == 0:
            rec.log("mixed", rr.Points3D.from_fields(radii=[]))
        if frame % 11 == 0:
            rec.log("mixed", rr.Scalars(frame), rr.TextLog("eleven"))


def interleaved_entities(rec: rr.RecordingStream) -> None:
    for frame in range(300):
        rec.set_time("frame", sequence=frame)
        rec.log(f"sensors/{frame % 7}", rr.Scalars(frame))
        if frame % 10 == 0:
            rec.log("log", rr.TextLog(f"frame {frame}", level="INFO"))


def changing_timelines(rec: rr.RecordingStream) -> None:
    for index in range(40):
        if index % 4 == 0:
            rec.disable_timeline("b")
        else:
            rec.set_time("b", sequence=index)
        if index % 6 == 0:
            rec.reset_time()
        rec.set_time("a", sequence=index)
        rec.log("row", rr.Scalars(index))


def out_of_order(rec: rr.RecordingStream) -> None:
    for index in range(200):
        rec.set_time("frame", sequence=index * 77 % 200)
        rec.set_time("elapsed", duration=index / 10)
        rec.log("row", rr.Scalars(index))


def static_and_temporal(rec: rr.RecordingStream) -> None:
    for frame in range(10):
        rec.set_time("frame", sequence=frame)
        rec.log("mixed", rr.Scalars(frame))
        rec.log("mixed", rr.TextDocument(f"page {frame}"), static=True)


def large_rows(rec: rr.RecordingStream) -> None:
    for frame in range(3):
        rec.set_time("frame", sequence=frame)
        rec.log("image", rr.Image(np.full((1000, 2100), frame, dtype=np.uint8)))
        rec.log("cloud", rr.Points3D(np.full((100_000, 3), frame / 3, dtype=np.float32)))


def reused_arrays(rec: rr.RecordingStream) -> None:
    for frame in range(5):
        rec.set_time("frame", sequence=frame)
        rec.log("cloud", rr.Points3D(np.full((100, 3), frame)))
        rec.log("point", rr.Points3D([[-float(frame)] * 3]))


def empty_lists_and_nothing(rec: rr.RecordingStream) -> None:
    rec.log("lists", rr.Points3D([], colors=[], labels=[], radii=[], class_ids=[]))
    rec.log("lists", rr.Points3D([1, 2, 3], colors=[], labels=[]))
    rec.log("texts", rr.TextLog([], level=[]))
    rec.log("texts", rr.TextLog([]))
    rec.log("image", rr.Image.from_fields(buffer=[], format=[]))
