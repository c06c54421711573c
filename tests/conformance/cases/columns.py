import numpy as np
import rerun as rr

FRAMES = rr.TimeColumn("frame", sequence=[1, 2, 3])


def one_instance_per_row(rec: rr.RecordingStream) -> None:
    rec.send_columns("numbers", [FRAMES], rr.Scalars.columns(scalars=[1.5, 2.5, 3.5]))
    rec.send_columns("typed", [FRAMES], rr.Scalars.columns(scalars=np.array([1.0, 2.0, 3.0])))
    rec.send_columns("vectors", [FRAMES], rr.Points3D.columns(positions=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]))
    rec.send_columns("flat vectors", [FRAMES], rr.Points3D.columns(positions=np.full((3, 3), 0.5)))
    rec.send_columns("texts", [FRAMES], rr.TextLog.columns(text=["a", "b", "c"], level=["INFO", "WARN", "INFO"]))


def partitioned(rec: rr.RecordingStream) -> None:
    positions = np.arange(18).reshape(6, 3)
    points = rr.Points3D.columns(positions=positions)
    rec.send_columns("points", [FRAMES], points.partition([1, 2, 3]))
    points = rr.Points3D.columns(positions=positions, radii=[1, 2, 3, 4, 5, 6])
    rec.send_columns("gaps", [FRAMES], points.partition([0, 6, 0]))
    rec.send_columns("typed lengths", [FRAMES], rr.Scalars.columns(scalars=[1, 2, 3, 4]).partition([2, 1, 1]))
    rec.send_columns("texts", [FRAMES], rr.Points3D.columns(labels=["a", "b", "c", "d"]).partition([3, 0, 1]))
    nothing = rr.ComponentColumn("Points3D:positions", rr.components.Position3DBatch([]), lengths=[0, 0, 0])
    nothing.descriptor = rr.Points3D.columns(positions=positions)._columns[0].component_descriptor()
    rec.send_columns("nothing at all", [FRAMES], [nothing])


def several_archetypes(rec: rr.RecordingStream) -> None:
    columns = [
        *rr.Points3D.columns(positions=np.zeros((6, 3))).partition([1, 2, 3]),
        *rr.Points3D.columns(colors=[0xFF0000FF, 0x00FF00FF, 0x0000FFFF]),
        *rr.Scalars.columns(scalars=[1, 2, 3]),
        *rr.TextLog.columns(text=["a", "b", "c"]),
    ]
    rec.send_columns("cloud", [rr.TimeColumn("time", duration=[0, 0.5, 1])], columns)


def every_kind_of_time(rec: rr.RecordingStream) -> None:
    def instants(*nanoseconds: int) -> np.ndarray:
        return np.array(nanoseconds, dtype="datetime64[ns]")

    def spans(*nanoseconds: int) -> np.ndarray:
        return np.array(nanoseconds, dtype="timedelta64[ns]")

    times = [
        rr.TimeColumn("date", timestamp=instants(0, 1_700_000_000_123_000_000, -1_000_000)),
        rr.TimeColumn("sequence", sequence=[3, -2, 2**40]),
        rr.TimeColumn("int32", sequence=np.array([-5, 0, 5], dtype=np.int32)),
        rr.TimeColumn("int64", sequence=[-(2**62), 0, 2**62]),
        rr.TimeColumn("seconds", duration=[0, 0.25, 2.5e-9]),
        rr.TimeColumn("bigint", duration=spans(1, 2, 3)),
        rr.TimeColumn("millis", duration=spans(1_000_000, 2_500_000, 3_000_000)),
        rr.TimeColumn("micros", duration=spans(1_000, 2_500, 3_000)),
        rr.TimeColumn("timestamp", timestamp=[1_700_000_000, 1_700_000_000.5, -1]),
        rr.TimeColumn("nanos", timestamp=instants(1, 2, -3)),
        rr.TimeColumn("milliseconds", timestamp=instants(1_700_000_000_123_000_000, 0, -1_000_000)),
    ]
    columns = rr.Scalars.columns(scalars=[1, 2, 3])
    rec.send_columns("all", times, columns)
    for time in times:
        rec.send_columns(time.timeline_name(), [time], columns)


def limits_of_time(rec: rr.RecordingStream) -> None:
    times = [2**63 - 1, 0, -(2**63) + 1]
    for path in ["list", "typed"]:
        rec.send_columns(path, [rr.TimeColumn("frame", sequence=times)], rr.Scalars.columns(scalars=[1, 2, 3]))


def times_that_go_back(rec: rr.RecordingStream) -> None:
    frames = rr.TimeColumn("frame", sequence=[3, 1, 2])
    elapsed = rr.TimeColumn("elapsed", duration=[1, 1, 0.5])
    columns = rr.Scalars.columns(scalars=[1, 2, 3])
    rec.send_columns("one", [frames], columns)
    rec.send_columns("two", [frames, elapsed], columns)
    rec.send_columns("equal", [rr.TimeColumn("frame", sequence=[1, 0, 1])], columns)
    rec.send_columns("around zero", [rr.TimeColumn("frame", sequence=[1, -(2**40), -1])], columns)


def sorted_rows_of_every_kind(rec: rr.RecordingStream) -> None:
    times = rr.TimeColumn("frame", sequence=[2, 3, 1])
    rotations = [rr.RotationAxisAngle([angle, 0, 0], angle) for angle in [1, 2, 3]]
    points = [
        *rr.Points3D.columns(positions=np.arange(18).reshape(6, 3)).partition([1, 2, 3]),
        *rr.Points3D.columns(labels=["a", "bc", "", "d"]).partition([3, 0, 1]),
        *rr.Points3D.columns(show_labels=[True, False, True], class_ids=[1, 2, 3]),
        *rr.Transform3D.columns(rotation_axis_angle=rotations),
    ]
    rec.send_columns("points", [times], points)
    formats = [
        rr.components.ImageFormat(2, 1, color_model=1),
        rr.components.ImageFormat(1, 1, pixel_format=26),
        rr.components.ImageFormat(0, 0),
    ]
    rec.send_columns("images", [times], rr.Image.columns(buffer=[bytes([1, 2]), bytes([3]), b""], format=formats))


def without_times(rec: rr.RecordingStream) -> None:
    rec.send_columns("one row", [], rr.Points3D.columns(positions=[[1, 2, 3], [4, 5, 6]]).partition([2]))
    rec.send_columns("several rows", [], rr.Scalars.columns(scalars=[1, 2, 3]))


def ignore_the_current_time(rec: rr.RecordingStream) -> None:
    rec.set_time("step", sequence=7)
    rec.send_columns("numbers", [FRAMES], rr.Scalars.columns(scalars=[1, 2, 3]))
    rec.log("numbers", rr.Scalars(4))


def among_rows(rec: rr.RecordingStream) -> None:
    for round in range(20):
        rec.set_time("frame", sequence=round * 10)
        rec.log("numbers", rr.Scalars(round))
        frames = rr.TimeColumn("frame", sequence=[round * 10 + 1, round * 10 + 2])
        rec.send_columns("numbers", [frames], rr.Scalars.columns(scalars=[0.25, 0.5]))


def of_a_view(rec: rr.RecordingStream) -> None:
    times = [FRAMES, rr.TimeColumn("run", sequence=[3, 3, 3]), rr.TimeColumn("when", timestamp=[1, 1, 1])]
    rec.send_columns("numbers", times, rr.Scalars.columns(scalars=[1, 2, 3]))


def many_rows(rec: rr.RecordingStream) -> None:
    frames = np.arange(5000)
    rec.send_columns("wave", [rr.TimeColumn("frame", sequence=frames)], rr.Scalars.columns(scalars=frames / 3))


def spatial_archetypes(rec: rr.RecordingStream) -> None:
    vectors = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    boxes = rr.Boxes3D.columns(half_sizes=vectors, fill_mode=["Solid", 1, "DenseWireframe"])
    rec.send_columns("boxes", [FRAMES], boxes)
    transforms = rr.Transform3D.columns(
        translation=vectors,
        quaternion=[[0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]],
        rotation_axis_angle=[rr.RotationAxisAngle(axis, index) for index, axis in enumerate(vectors)],
        mat3x3=[rr.encodings.Mat3x3(vectors)] * 3,
        scale=vectors,
        relation=["ParentFromChild", "ChildFromParent", "ParentFromChild"],
        child_frame=["a", "b", "c"],
    )
    rec.send_columns("transforms", [FRAMES], transforms)
    matrices = [rr.encodings.Mat3x3(vectors)] * 3
    rec.send_columns("cameras", [FRAMES], rr.Pinhole.columns(image_from_camera=matrices, resolution=[[8, 8]] * 3))


def images(rec: rr.RecordingStream) -> None:
    formats = [rr.components.ImageFormat(width, 1, color_model="L", channel_datatype="U8") for width in [1, 2, 0]]
    buffers = [bytes([1, 2]), bytes([3, 4]), b""]
    rec.send_columns("images", [FRAMES], rr.Image.columns(buffer=buffers, format=formats, opacity=[0.1, 0.2, 0.3]))


def other_archetypes(rec: rr.RecordingStream) -> None:
    rec.send_columns("clear", [FRAMES], rr.Clear.columns(is_recursive=[True, False, True]))
    rec.send_columns("document", [FRAMES], rr.TextDocument.columns(text=["a", "", "😀"]))
    rec.send_columns("info", [FRAMES], rr.archetypes.RecordingInfo.columns(name=["a", "b", "c"], start_time=[1, 2, 3]))
