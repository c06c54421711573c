import numpy as np
import rerun as rr
from case import recordings


@recordings({}, {})
def two_at_once(left: rr.RecordingStream, right: rr.RecordingStream) -> None:
    for frame in range(10):
        left.set_time("frame", sequence=frame)
        right.set_time("step", sequence=-frame)
        left.log("same path", rr.Scalars(frame))
        right.log("same path", rr.TextLog(f"step {frame}"))
        if frame == 5:
            left.reset_time()


@recordings({"recording_id": "twin"}, {"recording_id": "twin"})
def one_in_two_files(first: rr.RecordingStream, second: rr.RecordingStream) -> None:
    for index, rec in enumerate([first, second]):
        rec.set_time("frame", sequence=index)
        rec.log(f"process {index}", rr.Scalars(index))
        rec.log("shared", rr.Scalars(index))


RECORDING_IDS = ["a", "with space/slash", "größe 😀", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x" * 300]


@recordings(*[{"recording_id": id} for id in RECORDING_IDS])
def recording_ids(*all: rr.RecordingStream) -> None:
    for rec in all:
        rec.log("row", rr.Scalars(1))


APPLICATION_IDS = [
    "x[1]:y_z-1 2",
    "dotted.name",
    "a/b c.d",
    "my.app x",
    "ä",
    "batch test/é",
    "😀😀",
    "a" * 180,
    "a" * 181,
    "a" * 200,
    "a" * 175 + "é",
    "é" * 100,
]


@recordings(*[{"application_id": id} for id in APPLICATION_IDS])
def application_ids(*all: rr.RecordingStream) -> None:
    for rec in all:
        rec.log("row", rr.Scalars(1))


@recordings({}, {}, {})
def every_compression(*all: rr.RecordingStream) -> None:
    even = np.arange(30_000, dtype=np.float32) % 100
    uneven = np.sqrt(np.arange(30_000) + 1).astype(np.float32)
    for rec in all:
        rec.log("small", rr.Scalars(1))
        rec.log("even", rr.Points3D(even))
        rec.log("uneven", rr.Points3D(uneven))
        rec.log("text", rr.TextDocument("The quick brown fox. " * 1000))


def nothing_logged(_: rr.RecordingStream) -> None:
    pass
